"""Colour, images, transparency, drawn objects."""

from collections.abc import Iterator
from typing import Any

import pikepdf

from cms.certificates.pdf.conformance.reading import Reading, Rule, as_list

BLEND_MODES = {
    "Normal", "Compatible", "Multiply", "Screen", "Difference", "Darken", "Lighten", "ColorDodge", "ColorBurn",
    "Exclusion", "HardLight", "Overlay", "SoftLight", "Luminosity", "Hue", "Saturation", "Color",
}  # fmt: skip
DEVICE_CMYK = {"k", "K"}


def output_intent(reading: Reading) -> Iterator[str]:
    intents = [one for one in as_list(reading.root.get("/OutputIntents")) if one.get("/S") == "/GTS_PDFA1"]
    profiles = [one.get("/DestOutputProfile") for one in intents]
    if len(intents) != 1 or profiles[0] is None:
        yield "the document has no output intent with a profile, or several"
        return
    profile = profiles[0]
    data = profile.read_bytes()
    if data[36:40] != b"acsp" or data[16:20] != b"RGB " or int(profile.get("/N", 0)) != 3:
        yield "the profile of the output intent is not one for RGB"


def no_device_cmyk(reading: Reading) -> Iterator[str]:
    for number, page in enumerate(reading.pages, start=1):
        instructions: Any = pikepdf.parse_content_stream(page)
        if any(str(operator) in DEVICE_CMYK for _operands, operator in instructions):
            yield f"page {number} paints in CMYK, for which there is no profile"
    for thing in reading.dictionaries:
        if any(thing.get(key) == "/DeviceCMYK" for key in ("/ColorSpace", "/CS")):
            yield "an object is in CMYK, for which there is no profile"


def graphics_states(reading: Reading) -> Iterator[str]:
    for state in _states(reading):
        if "/TR" in state or "/HTP" in state or state.get("/TR2", "/Default") != "/Default":
            yield "a graphics state has a transfer function"
        modes = {str(one)[1:] for one in as_list(state.get("/BM"))}
        if modes - BLEND_MODES:
            yield f"unknown blend mode {', '.join(sorted(modes - BLEND_MODES))}"


def _states(reading: Reading) -> Iterator[pikepdf.Object]:
    for thing in reading.dictionaries:
        states = thing.get("/ExtGState")
        if isinstance(states, pikepdf.Dictionary):
            yield from (state for state in states.values() if isinstance(state, pikepdf.Dictionary))


def _x_objects(reading: Reading, kind: str) -> Iterator[Any]:
    return (stream for stream in reading.streams if stream.get("/Subtype") == kind)


def images(reading: Reading) -> Iterator[str]:
    for image in _x_objects(reading, "/Image"):
        if "/Alternates" in image or "/OPI" in image or image.get("/Interpolate") is True:
            yield "an image has alternates, OPI or interpolation"


def forms(reading: Reading) -> Iterator[str]:
    for form in _x_objects(reading, "/Form"):
        if "/Ref" in form or "/OPI" in form or "/PS" in form or form.get("/Subtype2") == "/PS":
            yield "a form refers to another document or holds PostScript"
    if any(True for _one in _x_objects(reading, "/PS")):
        yield "the document holds PostScript"


RULES = (
    Rule("ISO 19005-2 6.2.3 output intent", output_intent),
    Rule("ISO 19005-2 6.2.4.3 colour", no_device_cmyk),
    Rule("ISO 19005-2 6.2.5 graphics states", graphics_states),
    Rule("ISO 19005-2 6.2.8 images", images),
    Rule("ISO 19005-2 6.2.9 forms", forms),
)
