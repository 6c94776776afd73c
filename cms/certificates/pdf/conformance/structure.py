"""Tags: that everything is tagged, and that headings, figures, tables and lists are what they say."""

from collections.abc import Iterator

import pikepdf

from cms.certificates.pdf.conformance.reading import Element, Reading, Rule, as_list, key_of

STANDARD = {
    "Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct", "Private",
    "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "THead",
    "TBody", "TFoot", "Span", "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Annot", "Ruby", "RB", "RT",
    "RP", "Warichu", "WT", "WP", "Figure", "Formula", "Form",
}  # fmt: skip
TRANSPARENT = {"NonStruct", "Div", "Private"}
LIST_PARTS = {"L": {"LI", "Caption", "L", "Lbl"}, "LI": {"Lbl", "LBody"}}
TABLE_PARENTS = {"TR": {"Table", "THead", "TBody", "TFoot"}, "TH": {"TR"}, "TD": {"TR"}}


def is_marked(reading: Reading) -> Iterator[str]:
    if reading.root.get("/MarkInfo", {}).get("/Marked") is not True or "/StructTreeRoot" not in reading.root:
        yield "the document is not marked as tagged, or has no structure tree"


def no_suspects(reading: Reading) -> Iterator[str]:
    if reading.root.get("/MarkInfo", {}).get("/Suspects") is True:
        yield "the tags are marked as suspect"


def standard_tags(reading: Reading) -> Iterator[str]:
    roles = reading.root.get("/StructTreeRoot", {}).get("/RoleMap", {})
    for name in roles.keys():  # noqa: SIM118 a pikepdf dictionary iterates otherwise
        if name[1:] in STANDARD:
            yield f"the standard tag {name[1:]} is given another role"
    for element in reading.elements:
        tag, seen = element.tag, set()
        while tag not in STANDARD and f"/{tag}" in roles and tag not in seen:
            seen.add(tag)
            tag = str(roles[f"/{tag}"])[1:]
        if tag not in STANDARD:
            yield f"the tag {element.tag} has no standard role"


def all_content_is_marked(reading: Reading) -> Iterator[str]:
    for one in reading.painted:
        if not one.artifact and one.mcid is None:
            yield f"page {one.page + 1} paints ({one.operator}) something that is neither tagged nor an artifact"


def no_artifact_in_content(reading: Reading) -> Iterator[str]:
    for one in reading.painted:
        if one.nested:
            yield f"page {one.page + 1} has an artifact in tagged content, or the reverse"


def marked_content_hangs_on_the_tree(reading: Reading) -> Iterator[str]:
    in_tree = {key_of(element.node) for element in reading.elements}
    for number, page in enumerate(reading.pages):
        used = {one.mcid for one in reading.painted if one.page == number and one.mcid is not None}
        row = as_list(reading.parent_tree.get(int(page.get("/StructParents", -1))))
        for mcid in sorted(used):
            owner = row[mcid] if mcid < len(row) else None
            if not isinstance(owner, pikepdf.Dictionary) or key_of(owner) not in in_tree:
                yield f"page {number + 1}: marked content {mcid} hangs on no tag"


def marked_content_is_used_once(reading: Reading) -> Iterator[str]:
    seen: set[tuple[tuple[int, int], int]] = set()
    for element in reading.elements:
        for kid in as_list(element.node.get("/K")):
            if isinstance(kid, int):
                place = (key_of(element.node["/Pg"]), kid)
                if place in seen:
                    yield f"marked content {kid} hangs on two tags"
                seen.add(place)


def headings_in_order(reading: Reading) -> Iterator[str]:
    last = 0
    for element in reading.elements:
        if element.tag == "H":
            yield "the tag H is used beside numbered headings"
        if len(element.tag) == 2 and element.tag[0] == "H" and element.tag[1].isdigit():
            level = int(element.tag[1])
            if level > last + 1:
                yield f"a heading of level {level} follows one of level {last}"
            last = level


def one_first_heading(reading: Reading) -> Iterator[str]:
    count = sum(element.tag == "H1" for element in reading.elements)
    if count != 1:
        yield f"the document has {count} headings of level 1"


def _text(element: Element, key: str) -> str:
    return str(element.node.get(key, "")).strip()


def figures_have_alternatives(reading: Reading) -> Iterator[str]:
    for element in reading.elements:
        if element.tag in ("Figure", "Formula") and not (_text(element, "/Alt") or _text(element, "/ActualText")):
            yield f"a {element.tag} has no alternative text"


def figures_have_boxes(reading: Reading) -> Iterator[str]:
    for element in reading.elements:
        if element.tag != "Figure":
            continue
        attributes = [one for one in as_list(element.node.get("/A")) if isinstance(one, pikepdf.Dictionary)]
        box = next((one["/BBox"] for one in attributes if one.get("/O") == "/Layout" and "/BBox" in one), None)
        page = element.node.get("/Pg")
        if box is None or page is None or not _lies_on(box, page):
            yield "a Figure has no bounding box, or one that is not on its page"


def _lies_on(box: pikepdf.Object, page: pikepdf.Object) -> bool:
    left, bottom, right, top = (float(value) for value in box)
    edges = [float(value) for value in page["/MediaBox"]]
    slack = 1.0
    return (
        edges[0] - slack <= left <= right <= edges[2] + slack and edges[1] - slack <= bottom <= top <= edges[3] + slack
    )


def _container(element: Element) -> Element | None:
    """The nearest tag above that is not just a wrapper."""
    above = element.parent
    while above is not None and above.tag in TRANSPARENT:
        above = above.parent
    return above


def tables_are_nested_rightly(reading: Reading) -> Iterator[str]:
    for element in reading.elements:
        allowed = TABLE_PARENTS.get(element.tag)
        above = _container(element)
        if allowed and (above is None or above.tag not in allowed):
            yield f"a {element.tag} stands in {above.tag if above else 'nothing'}"


def table_cells_have_headers(reading: Reading) -> Iterator[str]:
    for table in (element for element in reading.elements if element.tag == "Table"):
        cells = [cell for cell in _below(table) if cell.tag in ("TH", "TD")]
        headers = {str(cell.node["/ID"]) for cell in cells if cell.tag == "TH" and "/ID" in cell.node}
        scoped = any("/Scope" in one for cell in cells if cell.tag == "TH" for one in _attributes(cell))
        if not headers and not scoped:
            yield "a table has no header cells"
        for cell in cells:
            named = {str(one) for part in _attributes(cell) for one in as_list(part.get("/Headers"))}
            if cell.tag == "TD" and not scoped and not (named and named <= headers):
                yield "a cell of a table names no header"


def _attributes(element: Element) -> list[pikepdf.Object]:
    return [one for one in as_list(element.node.get("/A")) if isinstance(one, pikepdf.Dictionary)]


def _span(cell: Element, key: str) -> int:
    return next((int(part[key]) for part in _attributes(cell) if key in part), 1)


def _below(element: Element) -> Iterator[Element]:
    for child in element.children():
        yield child
        yield from _below(child)


def tables_are_even(reading: Reading) -> Iterator[str]:
    for table in (element for element in reading.elements if element.tag == "Table"):
        widths = set()
        for row in (one for one in _below(table) if one.tag == "TR"):
            widths.add(sum(_span(cell, "/ColSpan") for cell in row.children()))
        tall = any(_span(cell, "/RowSpan") > 1 for cell in _below(table))
        if len(widths) > 1 and not tall:
            yield f"the rows of a table have {', '.join(map(str, sorted(widths)))} cells"


def lists_are_nested_rightly(reading: Reading) -> Iterator[str]:
    for element in reading.elements:
        allowed = LIST_PARTS.get(element.tag, set())
        for child in element.children() if allowed else ():
            if child.tag not in allowed:
                yield f"a {child.tag} stands directly in {element.tag}"
        if element.tag == "LI" and (element.parent is None or element.parent.tag != "L"):
            yield "an LI stands outside a list"


RULES = (
    Rule("ISO 14289-1 7.1 tagged", is_marked),
    Rule("ISO 14289-1 7.1 suspects", no_suspects),
    Rule("ISO 14289-1 7.1 standard tags", standard_tags),
    Rule("ISO 14289-1 7.1 content is marked", all_content_is_marked),
    Rule("ISO 14289-1 7.1 artifacts apart", no_artifact_in_content),
    Rule("ISO 14289-1 7.1 content hangs on tags", marked_content_hangs_on_the_tree),
    Rule("ISO 14289-1 7.20 content used once", marked_content_is_used_once),
    Rule("ISO 14289-1 7.3 alternative text", figures_have_alternatives),
    Rule("ISO 14289-1 7.3 bounding box", figures_have_boxes),
    Rule("ISO 14289-1 7.4.2 order of headings", headings_in_order),
    Rule("ISO 14289-1 7.4.2 first heading", one_first_heading),
    Rule("ISO 14289-1 7.5 table structure", tables_are_nested_rightly),
    Rule("ISO 14289-1 7.5 table headers", table_cells_have_headers),
    Rule("ISO 14289-1 7.5 even rows", tables_are_even),
    Rule("ISO 14289-1 7.6 lists", lists_are_nested_rightly),
)
