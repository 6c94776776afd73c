"""Links, other annotations, actions, form fields, signatures."""

import re
from collections.abc import Iterator

import pikepdf

from cms.certificates.pdf.conformance.reading import Reading, Rule, as_list, key_of

ALLOWED = {"/Link", "/Widget", "/Popup", "/Text"}
FORBIDDEN_ACTIONS = {
    "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState", "/Rendition", "/Trans",
    "/GoTo3DView", "/JavaScript",
}  # fmt: skip
PRINT, HIDDEN, INVISIBLE, NO_VIEW, TOGGLE = 4, 2, 1, 32, 256


def _has_no_size(annotation: pikepdf.Object) -> bool:
    left, bottom, right, top = (float(value) for value in annotation.get("/Rect", [0, 0, 0, 0]))
    return left == right and bottom == top


def kinds(reading: Reading) -> Iterator[str]:
    for _page, one in reading.annotations:
        if str(one.get("/Subtype")) not in ALLOWED:
            yield f"an annotation is of the kind {one.get('/Subtype')}"


def flags(reading: Reading) -> Iterator[str]:
    for _page, one in reading.annotations:
        given = int(one.get("/F", 0))
        if not given & PRINT or given & (HIDDEN | INVISIBLE | NO_VIEW | TOGGLE):
            yield f"a {one.get('/Subtype')} annotation does not print, or hides"


def appearances(reading: Reading) -> Iterator[str]:
    for _page, one in reading.annotations:
        needs = one.get("/Subtype") not in ("/Link", "/Popup") and not _has_no_size(one)
        if needs and "/N" not in one.get("/AP", {}):
            yield f"a {one.get('/Subtype')} annotation has no appearance"


def hang_on_the_tree(reading: Reading) -> Iterator[str]:
    referred = {
        key_of(kid["/Obj"]): element.tag
        for element in reading.elements
        for kid in as_list(element.node.get("/K"))
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/OBJR" and "/Obj" in kid
    }
    wanted = {"/Link": "Link", "/Widget": "Form"}
    for page, one in reading.annotations:
        if _has_no_size(one) or one.get("/Subtype") == "/Popup":
            continue
        tag = wanted.get(str(one.get("/Subtype")), "Annot")
        if referred.get(key_of(one)) != tag or int(one.get("/StructParent", -1)) not in reading.parent_tree:
            yield f"page {page + 1}: a {one.get('/Subtype')} annotation hangs on no {tag}"


def links_are_described(reading: Reading) -> Iterator[str]:
    for page, one in reading.annotations:
        if one.get("/Subtype") == "/Link" and not str(one.get("/Contents", "")).strip():
            yield f"page {page + 1}: a link has no description"


def tab_order(reading: Reading) -> Iterator[str]:
    for page in sorted({page for page, _one in reading.annotations}):
        if reading.pages[page].get("/Tabs") != "/S":
            yield f"page {page + 1} has annotations and no tab order by structure"


def actions(reading: Reading) -> Iterator[str]:
    for thing in reading.dictionaries:
        if str(thing.get("/S", "")) in FORBIDDEN_ACTIONS:
            yield f"the action {thing['/S']} is not allowed"


def no_additional_actions(reading: Reading) -> Iterator[str]:
    if any("/AA" in thing for thing in (reading.root, *reading.pages, *(one for _page, one in reading.annotations))):
        yield "the document, a page or a field acts by itself"


def fields(reading: Reading) -> Iterator[str]:
    form = reading.root.get("/AcroForm", {})
    if "/XFA" in form or form.get("/NeedAppearances") is True:
        yield "the form is dynamic, or leaves its looks to the reader"
    for field in as_list(form.get("/Fields")):
        if "/A" in field or not str(field.get("/TU", "")).strip():
            yield "a form field acts, or has no description"


def signatures(reading: Reading) -> Iterator[str]:
    for one in reading.of_type("/Sig"):
        start, length, resume, rest = (int(value) for value in one.get("/ByteRange", [0, 0, 0, 0]))
        covered = start == 0 and resume + rest == len(reading.data)
        field = reading.data[length:resume]
        if not covered or not re.fullmatch(rb"<[0-9A-Fa-f]+>", field):
            yield "a signature does not cover the whole file but itself"


RULES = (
    Rule("ISO 14289-1 7.18.1 annotations hang on tags", hang_on_the_tree),
    Rule("ISO 14289-1 7.18.3 tab order", tab_order),
    Rule("ISO 14289-1 7.18.5 links described", links_are_described),
    Rule("ISO 19005-2 6.3.1 kinds of annotations", kinds),
    Rule("ISO 19005-2 6.3.2 flags of annotations", flags),
    Rule("ISO 19005-2 6.3.3 appearances", appearances),
    Rule("ISO 19005-2 6.4 form fields", fields),
    Rule("ISO 19005-2 6.4.3 signatures", signatures),
    Rule("ISO 19005-2 6.5.1 actions", actions),
    Rule("ISO 19005-2 6.5.2 additional actions", no_additional_actions),
)
