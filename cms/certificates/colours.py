"""Colours as values: a city's colour made dark enough to be read."""


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
