"""Colours as values: a city's colour made readable, and the accent that the interface gets from it."""

WHITE, BLACK = "#ffffff", "#000000"
PAPER, DIMMEST = (
    "#fbf8f3",
    "#efe9df",
)  # what text stands on in light, of tokens.css: the page, and the darkest of it
NIGHT, BRIGHTEST = "#171614", "#2d2a26"  # the same in dark
TEXT = 4.5  # the contrast that WCAG 2.2 asks of text


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(channels: tuple[int, int, int]) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in channels)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, background: str = "#ffffff") -> float:
    """The ratio of WCAG 2, from 1 to 21."""
    one, two = sorted((_luminance(_channels(colour)), _luminance(_channels(background))), reverse=True)
    return (one + 0.05) / (two + 0.05)


def readable(colour: str, ratio: float = 5.5) -> str:
    """The colour itself, or a darker one of the same hue, that stands out from white by at least `ratio`."""
    channels = _channels(colour)
    for step in range(100, -1, -2):
        darker = "#{:02x}{:02x}{:02x}".format(*(channel * step // 100 for channel in channels))
        if contrast(darker) >= ratio:
            return darker
    return "#000000"


def tint(colour: str, share: float) -> str:
    """The colour mixed with white: `share` of it, the rest white."""
    return "#{:02x}{:02x}{:02x}".format(*(round(255 + (channel - 255) * share) for channel in _channels(colour)))


def mix(colour: str, other: str, share: float) -> str:
    """`share` of the other in the colour."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#{:02x}{:02x}{:02x}".format(*(round(one + (two - one) * share) for one, two in pairs))


def told_from(colour: str, grounds: tuple[str, ...], ratio: float, towards: str) -> str:
    """The colour, or the first on its way to black or white that stands out from each ground by at least `ratio`."""
    for step in range(51):
        found = mix(colour, towards, step / 50)
        if all(contrast(found, ground) >= ratio for ground in grounds):
            return found
    return towards


def accent(colour: str) -> dict[str, tuple[str, str]]:
    """Designsystemet's accent, light and dark, made of a city's colour: any colour gives one that can be read."""
    deep = told_from(colour, (WHITE, PAPER, DIMMEST), TEXT + 0.3, BLACK)
    pale = told_from(colour, (NIGHT, BRIGHTEST), 6.5, WHITE)
    light = {share: mix(PAPER, deep, share) for share in (0.05, 0.12, 0.18, 0.28, 0.4)}
    dark = {share: mix(NIGHT, told_from(colour, (WHITE,), 7, BLACK), share) for share in (0.18, 0.35, 0.45, 0.6, 0.7)}
    text_light = told_from(deep, (light[0.05], light[0.12], DIMMEST), TEXT, BLACK)
    text_dark = told_from(pale, (dark[0.18], dark[0.35], BRIGHTEST), TEXT, WHITE)
    border = told_from(colour, (PAPER, DIMMEST), 3.1, BLACK), told_from(colour, (BRIGHTEST,), 3.1, WHITE)
    return {
        "background-tinted": (light[0.05], dark[0.18]),
        "surface-tinted": (light[0.12], dark[0.35]),
        "surface-hover": (light[0.18], dark[0.45]),
        "surface-active": (light[0.28], dark[0.6]),
        "border-subtle": (light[0.4], dark[0.7]),
        "border-default": border,
        "border-strong": (text_light, text_dark),
        "text-subtle": (text_light, text_dark),
        "text-default": (mix(deep, BLACK, 0.5), mix(pale, WHITE, 0.75)),
        "base-default": (deep, pale),
        "base-hover": (mix(deep, BLACK, 0.2), mix(pale, WHITE, 0.25)),
        "base-active": (mix(deep, BLACK, 0.4), mix(pale, WHITE, 0.45)),
    }


def accent_sheet(colour: str) -> str:
    """The same as a style sheet that lays itself over the house's own accent, in whatever layer that stands."""
    lines = "".join(
        f"--ds-color-accent-{name}:light-dark({light},{dark});" for name, (light, dark) in accent(colour).items()
    )
    return f":root{{{lines}}}"
