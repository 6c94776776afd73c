"""Mends what WeasyPrint leaves undone in a tagged PDF, before it is written.

- Text in page margins (page numbers) is marked as content but hangs on no tag: it becomes an artifact.
- A figure's bounding box is in CSS pixels from the top: it becomes points from the bottom.
- Paragraphs in a list item stand beside its label: they are put into a body.
- Each piece inside a link has an annotation of its own, which hangs on that piece: only the link's own is kept.
"""

from typing import Any

import pydyf
from weasyprint.document import Document

CSS_TO_POINTS = 0.75


def finish(document: Document, pdf: pydyf.PDF) -> None:
    elements = {thing.reference: thing for thing in pdf.objects if _type_of(thing) == "/StructElem"}
    reached = _reached(pdf, elements)
    loose = set(elements) - reached
    if loose:
        _to_artifacts(pdf, elements, loose)
    for item in [elements[reference] for reference in reached if elements[reference]["S"] == "/LI"]:
        _gather_body(pdf, elements, reached, item)
    _drop_inner_links(pdf, elements, reached)
    heights = {reference: page.height for reference, page in zip(pdf.page_references, document.pages, strict=True)}
    for reference in reached:
        _mend_figure(elements[reference], heights)


def _type_of(thing: Any) -> str | None:
    return thing.get("Type") if isinstance(thing, dict) else None


def _reached(pdf: pydyf.PDF, elements: dict[bytes, Any]) -> set[bytes]:
    """The elements that hang on the tree."""
    root = next(thing for thing in pdf.objects if _type_of(thing) == "/StructTreeRoot")
    waiting = list(root["K"])
    found: set[bytes] = set()
    while waiting:
        reference = waiting.pop()
        if reference in elements and reference not in found:
            found.add(reference)
            waiting.extend(kid for kid in elements[reference]["K"] if isinstance(kid, bytes))
    return found


def _to_artifacts(pdf: pydyf.PDF, elements: dict[bytes, Any], loose: set[bytes]) -> None:
    pages = {thing.reference: thing for thing in pdf.objects if _type_of(thing) == "/Page"}
    streams = {thing.reference: thing for thing in pdf.objects if isinstance(thing, pydyf.Stream)}
    for reference in loose:
        element = elements[reference]
        numbers = {kid for kid in element["K"] if isinstance(kid, int)}
        if numbers:
            _mark_as_artifact(streams[pages[element["Pg"]]["Contents"]], numbers)
        element.clear()
    # Their places in the parent tree stay, since the numbers are positions.
    for tree in (thing for thing in pdf.objects if isinstance(thing, dict) and "Nums" in thing):
        for row in (row for row in tree["Nums"] if isinstance(row, list)):
            row[:] = [b"null" if kid in loose else kid for kid in row]


def _gather_body(pdf: pydyf.PDF, elements: dict[bytes, Any], reached: set[bytes], item: Any) -> None:
    """Put whatever stands in a list item, but its label, into one body, in its order."""
    kids = [kid for kid in item["K"] if kid in elements and elements[kid]["S"] != "/Lbl"]
    if [elements[kid]["S"] for kid in kids] in ([], ["/LBody"]):
        return
    body = pydyf.Dictionary({"Type": "/StructElem", "S": "/LBody", "Pg": item["Pg"], "P": item.reference})
    pdf.add_object(body)
    inner = [grandkid for kid in kids for grandkid in _unwrapped(elements, kid)]
    body["K"] = pydyf.Array(inner)
    for kid in inner:
        elements[kid]["P"] = body.reference
    item["K"][:] = [kid for kid in item["K"] if kid not in kids] + [body.reference]
    elements[body.reference] = body
    reached.add(body.reference)


def _unwrapped(elements: dict[bytes, Any], kid: bytes) -> list[bytes]:
    """An element, or those in it if it is a body that holds nothing but elements; a body with text becomes a piece."""
    element = elements[kid]
    if element["S"] != "/LBody":
        return [kid]
    if all(inner in elements for inner in element["K"]):
        return list(element["K"])
    element["S"] = "/NonStruct"
    return [kid]


def _drop_inner_links(pdf: pydyf.PDF, elements: dict[bytes, Any], reached: set[bytes]) -> None:
    objects: dict[bytes, Any] = {thing.reference: thing for thing in pdf.objects if isinstance(thing, pydyf.Dictionary)}
    dropped: dict[bytes, Any] = {}
    for element in (elements[reference] for reference in reached if elements[reference]["S"] != "/Link"):
        for kid in [kid for kid in element["K"] if _type_of(objects.get(kid)) == "/OBJR"]:
            annotation = objects[kid]["Obj"]
            if objects[annotation].get("Subtype") == "/Link":
                element["K"].remove(kid)
                dropped[annotation] = objects[annotation]
    if dropped:
        _forget_annotations(pdf, dropped)


def _forget_annotations(pdf: pydyf.PDF, dropped: dict[bytes, Any]) -> None:
    numbers = {annotation["StructParent"] for annotation in dropped.values()}
    for thing in (thing for thing in pdf.objects if isinstance(thing, dict)):
        if "Annots" in thing:
            thing["Annots"][:] = [one for one in thing["Annots"] if one not in dropped]
        if "Nums" in thing:
            pairs = zip(thing["Nums"][::2], thing["Nums"][1::2], strict=True)
            thing["Nums"][:] = [item for pair in pairs if pair[0] not in numbers for item in pair]
    for annotation in dropped.values():
        annotation.clear()


def _mark_as_artifact(stream: pydyf.Stream, numbers: set[int]) -> None:
    """A marked sequence stands in the stream as three items: tag, properties, operator."""
    items = stream.stream
    for position in range(len(items) - 2):
        properties = items[position + 1]
        if items[position + 2] == b"BDC" and isinstance(properties, dict) and properties.get("MCID") in numbers:
            items[position] = "/Artifact"
            items[position + 1] = pydyf.Dictionary({"Type": "/Pagination"})


def _mend_figure(element: Any, heights: dict[bytes, float]) -> None:
    if element["S"] != "/Figure" or "A" not in element:
        return
    left, top, right, bottom = element["A"]["BBox"]
    height = heights[element["Pg"]]
    box = (left, height - bottom, right, height - top)
    element["A"]["BBox"] = pydyf.Array([round(value * CSS_TO_POINTS, 2) for value in box])
