"""Identification, XMP metadata, language, title."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from cms.certificates.pdf.conformance.reading import Reading, Rule

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"
DC = "{http://purl.org/dc/elements/1.1/}"
SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}"
# Schemas that ISO 19005 knows without being told, as far as our documents use them.
PREDEFINED = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://www.aiim.org/pdfa/ns/id/",
    "http://www.aiim.org/pdfa/ns/extension/",
    "http://www.aiim.org/pdfa/ns/schema#",
    "http://www.aiim.org/pdfa/ns/property#",
    "http://purl.org/dc/elements/1.1/",
    "http://ns.adobe.com/xap/1.0/",
    "http://ns.adobe.com/xap/1.0/mm/",
    "http://ns.adobe.com/pdf/1.3/",
    "http://www.w3.org/XML/1998/namespace",
}
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def _packet(reading: Reading) -> bytes:
    stream = reading.root.get("/Metadata")
    return stream.read_bytes() if stream is not None else b""


def _tree(reading: Reading) -> ElementTree.Element | None:
    try:
        return ElementTree.fromstring(_packet(reading))  # noqa: S314 expat of today refuses entity bombs
    except ElementTree.ParseError:
        return None


def _value(tree: ElementTree.Element | None, name: str) -> str | None:
    """A property, whether written as an element or as an attribute."""
    if tree is None:
        return None
    element = tree.find(f".//{name}")
    if element is not None:
        return "".join(element.itertext()).strip()
    return next((one.attrib[name] for one in tree.iter(f"{RDF}Description") if name in one.attrib), None)


def has_metadata(reading: Reading) -> Iterator[str]:
    stream = reading.root.get("/Metadata")
    if stream is None or stream.get("/Type") != "/Metadata" or stream.get("/Subtype") != "/XML":
        yield "the document has no metadata stream"
    elif _tree(reading) is None:
        yield "the metadata is not well-formed XML"


def packet_header(reading: Reading) -> Iterator[str]:
    head = _packet(reading).split(b"?>", 1)[0]
    if b"bytes=" in head or b"encoding=" in head:
        yield "the packet's header says its size or encoding"


def one_description(reading: Reading) -> Iterator[str]:
    tree = _tree(reading)
    count = len(list(tree.iter(f"{RDF}RDF"))) if tree is not None else 0
    if count != 1:
        yield f"the metadata holds {count} rdf:RDF elements, and readers look at the first only"


def extension_schemas(reading: Reading) -> Iterator[str]:
    tree = _tree(reading)
    if tree is None:
        return
    described = {"".join(one.itertext()).strip() for one in tree.iter(f"{SCHEMA}namespaceURI")}
    for description in tree.iter(f"{RDF}Description"):
        names = [*description.attrib, *(child.tag for child in description)]
        used = {name[1:].split("}")[0] for name in names if name.startswith("{")}
        for uri in sorted(used - PREDEFINED - described):
            yield f"no extension schema describes {uri}"


def pdfa_identification(reading: Reading) -> Iterator[str]:
    tree = _tree(reading)
    part, level = _value(tree, f"{PDFA}part"), _value(tree, f"{PDFA}conformance")
    if part not in ("2", "3") or level != "A":
        yield f"the document is marked as PDF/A-{part}{level}"


def pdfua_identification(reading: Reading) -> Iterator[str]:
    if _value(_tree(reading), f"{PDFUA}part") != "1":
        yield "the document is not marked as PDF/UA-1"


def has_title(reading: Reading) -> Iterator[str]:
    if not _value(_tree(reading), f"{DC}title"):
        yield "the metadata has no title"


def shows_title(reading: Reading) -> Iterator[str]:
    if reading.root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") is not True:
        yield "readers are not told to show the title"


def language(reading: Reading) -> Iterator[str]:
    if not LANGUAGE.fullmatch(str(reading.root.get("/Lang", ""))):
        yield "the document's language is missing or malformed"


def element_languages(reading: Reading) -> Iterator[str]:
    for element in reading.elements:
        given = element.node.get("/Lang")
        if given is not None and not LANGUAGE.fullmatch(str(given)):
            yield f"an element {element.tag} has the malformed language {given}"


RULES = (
    Rule("ISO 14289-1 5 identification", pdfua_identification),
    Rule("ISO 14289-1 7.1 title", has_title),
    Rule("ISO 14289-1 7.1 title shown", shows_title),
    Rule("ISO 14289-1 7.2 language", language),
    Rule("ISO 14289-1 7.2 language of elements", element_languages),
    Rule("ISO 19005-2 6.6.2.1 metadata stream", has_metadata),
    Rule("ISO 19005-2 6.6.2.1 packet header", packet_header),
    Rule("ISO 19005-2 6.6.2.1 one description", one_description),
    Rule("ISO 19005-2 6.6.2.3 extension schemas", extension_schemas),
    Rule("ISO 19005-2 6.6.4 identification", pdfa_identification),
)
