"""Files inside the file."""

from collections.abc import Iterator

import pikepdf

from cms.certificates.pdf.conformance.metadata import PDFA, _tree, _value
from cms.certificates.pdf.conformance.reading import Reading, Rule, as_list, key_of

RELATIONSHIPS = {"/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified", "/EncryptedPayload"}


def _embedded(reading: Reading) -> list[pikepdf.Object]:
    return [one for one in reading.dictionaries if one.get("/Type") == "/Filespec" and "/EF" in one]


def are_named(reading: Reading) -> Iterator[str]:
    for one in _embedded(reading):
        if not str(one.get("/F", "")) or not str(one.get("/UF", "")):
            yield "an embedded file has no name"


def are_described(reading: Reading) -> Iterator[str]:
    for one in _embedded(reading):
        if not str(one.get("/Desc", "")).strip():
            yield "an embedded file has no description"


def only_in_part_3(reading: Reading) -> Iterator[str]:
    if _embedded(reading) and _value(_tree(reading), f"{PDFA}part") != "3":
        yield "a PDF/A-2 document embeds a file that is not PDF/A"


def have_relationships(reading: Reading) -> Iterator[str]:
    associated = {key_of(one) for one in as_list(reading.root.get("/AF"))}
    for one in _embedded(reading):
        if str(one.get("/AFRelationship")) not in RELATIONSHIPS or key_of(one) not in associated:
            yield "an embedded file has no relationship to the document"


def have_types(reading: Reading) -> Iterator[str]:
    for one in _embedded(reading):
        stream = one["/EF"]["/F"]
        if "/" not in str(stream.get("/Subtype", ""))[1:] or "/ModDate" not in stream.get("/Params", {}):
            yield "an embedded file has no media type, or no date"


RULES = (
    Rule("ISO 14289-1 7.11 names of embedded files", are_named),
    Rule("ISO 14289-1 7.11 descriptions of embedded files", are_described),
    Rule("ISO 19005-2 6.8 embedded files", only_in_part_3),
    Rule("ISO 19005-3 6.8 relationships", have_relationships),
    Rule("ISO 19005-3 6.8 media types", have_types),
)
