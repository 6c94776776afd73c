"""The file itself: header, trailer, streams, permissions, limits."""

import re
from collections.abc import Iterator

from cms.certificates.pdf.conformance.reading import Reading, Rule, as_list

FORBIDDEN_FILTERS = {"/LZWDecode", "/Crypt"}
SMALLEST, LARGEST = 3, 14400


def header(reading: Reading) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", reading.data):
        yield "the file must begin with %PDF-1.n and a line of four bytes above 127"


def identifier(reading: Reading) -> Iterator[str]:
    if len(as_list(reading.pdf.trailer.get("/ID"))) != 2:
        yield "the trailer has no ID"


def nothing_after_the_end(reading: Reading) -> Iterator[str]:
    if not re.search(rb"%%EOF\r?\n?\Z", reading.data):
        yield "something follows the last %%EOF"


def no_encryption(reading: Reading) -> Iterator[str]:
    if reading.pdf.is_encrypted or "/Encrypt" in reading.pdf.trailer:
        yield "the file is encrypted"


def stream_filters(reading: Reading) -> Iterator[str]:
    for stream in reading.streams:
        used = {str(name) for name in as_list(stream.get("/Filter"))}
        if used & FORBIDDEN_FILTERS:
            yield f"a stream uses {', '.join(sorted(used & FORBIDDEN_FILTERS))}"


def no_external_streams(reading: Reading) -> Iterator[str]:
    for stream in reading.streams:
        if any(key in stream for key in ("/F", "/FFilter", "/FDecodeParms")):
            yield "a stream takes its bytes from another file"


def permissions(reading: Reading) -> Iterator[str]:
    unknown = set(reading.root.get("/Perms", {}).keys()) - {"/DocMDP", "/UR3"}
    if unknown:
        yield f"the permissions hold {', '.join(sorted(unknown))}"
    for signature in reading.of_type("/SigRef"):
        if any(key in signature for key in ("/DigestLocation", "/DigestMethod", "/DigestValue")):
            yield "a signature reference holds a digest"


def page_sizes(reading: Reading) -> Iterator[str]:
    for number, page in enumerate(reading.pages, start=1):
        left, bottom, right, top = (float(value) for value in page["/MediaBox"])
        if not all(SMALLEST <= side <= LARGEST for side in (right - left, top - bottom)):
            yield f"page {number} is too small or too large"


def no_alternatives(reading: Reading) -> Iterator[str]:
    if "/AlternatePresentations" in reading.root.get("/Names", {}):
        yield "the document has alternate presentations"
    for number, page in enumerate(reading.pages, start=1):
        if "/PresSteps" in page:
            yield f"page {number} has presentation steps"


def no_requirements(reading: Reading) -> Iterator[str]:
    if "/Requirements" in reading.root:
        yield "the document puts requirements on its reader"


def no_optional_content_without_name(reading: Reading) -> Iterator[str]:
    properties = reading.root.get("/OCProperties")
    if properties is None:
        return
    configurations = [properties.get("/D"), *as_list(properties.get("/Configs"))]
    if any(one is None or "/Name" not in one or "/AS" in one for one in configurations):
        yield "an optional content configuration has no name, or an AS key"


RULES = (
    Rule("ISO 19005-2 6.1.2 header", header),
    Rule("ISO 19005-2 6.1.3 identifier", identifier),
    Rule("ISO 19005-2 6.1.3 end of file", nothing_after_the_end),
    Rule("ISO 19005-2 6.1.3 encryption", no_encryption),
    Rule("ISO 19005-2 6.1.7.1 external streams", no_external_streams),
    Rule("ISO 19005-2 6.1.7.2 filters", stream_filters),
    Rule("ISO 19005-2 6.1.12 permissions", permissions),
    Rule("ISO 19005-2 6.1.13 page sizes", page_sizes),
    Rule("ISO 19005-2 6.9 optional content", no_optional_content_without_name),
    Rule("ISO 19005-2 6.10 alternate presentations", no_alternatives),
    Rule("ISO 19005-2 6.11 requirements", no_requirements),
)
