"""A PDF as the rules see it: its objects, its structure tree and what each page paints, read once."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pikepdf

TEXT_SHOWING = frozenset({"Tj", "TJ", "'", '"'})
PAINTING = TEXT_SHOWING | {"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "INLINE IMAGE"}


@dataclass(frozen=True)
class Rule:
    """One requirement. `name` begins with its clause; `check` yields a sentence for each breach."""

    name: str
    check: "Callable[[Reading], Iterator[str]]"


@dataclass(frozen=True)
class Fault:
    rule: str
    text: str


@dataclass(frozen=True)
class Element:
    """A structure element, with its place in the tree."""

    tag: str
    node: pikepdf.Object
    parent: "Element | None" = field(repr=False)

    def children(self) -> "Iterator[Element]":
        for kid in as_list(self.node.get("/K")):
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield Element(str(kid["/S"])[1:], kid, self)


@dataclass
class Painted:
    """Something that a content stream paints: where, with which operator, and in which marked content."""

    page: int
    operator: str
    artifact: bool
    mcid: int | None
    font: pikepdf.Object | None = None
    codes: tuple[bytes, ...] = ()
    nested: bool = False  # an artifact inside tagged content, or the other way round


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def key_of(thing: pikepdf.Object) -> tuple[int, int]:
    generation: tuple[int, int] = thing.objgen
    return generation


@dataclass
class Reading:
    """One file. Everything is computed when a rule first asks."""

    data: bytes
    pdf: pikepdf.Pdf

    @classmethod
    def of(cls, data: bytes) -> "Reading":
        try:
            return cls(data, pikepdf.open(io.BytesIO(data)))
        except pikepdf.PdfError as error:
            raise ValueError("not a PDF") from error

    @property
    def root(self) -> Any:
        return self.pdf.Root

    @property
    def pages(self) -> list[pikepdf.Object]:
        return [page.obj for page in self.pdf.pages]

    @cached_property
    def objects(self) -> list[pikepdf.Object]:
        return list(self.pdf.objects)

    @cached_property
    def streams(self) -> list[pikepdf.Object]:
        return [thing for thing in self.objects if isinstance(thing, pikepdf.Stream)]

    @cached_property
    def dictionaries(self) -> list[pikepdf.Object]:
        """Every dictionary and stream in the file, also those inside other objects."""
        found: list[pikepdf.Object] = []
        waiting = list(self.objects)
        while waiting:
            thing = waiting.pop()
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                found.append(thing)
                waiting.extend(value for value in thing.values() if _is_direct_container(value))
            elif isinstance(thing, pikepdf.Array):
                waiting.extend(value for value in thing if _is_direct_container(value))
        return found

    def of_type(self, kind: str) -> list[pikepdf.Object]:
        return [thing for thing in self.dictionaries if thing.get("/Type") == kind]

    @cached_property
    def annotations(self) -> list[tuple[int, pikepdf.Object]]:
        return [(number, one) for number, page in enumerate(self.pages) for one in as_list(page.get("/Annots"))]

    # The structure tree

    @cached_property
    def elements(self) -> list[Element]:
        """Every structure element, in reading order."""
        root = self.root.get("/StructTreeRoot")
        found: list[Element] = []
        seen: set[tuple[int, int]] = set()

        def walk(element: Element) -> None:
            if element.node.is_indirect and key_of(element.node) in seen:
                return
            seen.add(key_of(element.node))
            found.append(element)
            for child in element.children():
                walk(child)

        for kid in as_list(root.get("/K")) if root is not None else []:
            walk(Element(str(kid["/S"])[1:], kid, None))
        return found

    @cached_property
    def parent_tree(self) -> dict[int, Any]:
        root = self.root.get("/StructTreeRoot")
        tree = root.get("/ParentTree") if root is not None else None
        found: dict[int, Any] = {}
        waiting = [tree] if tree is not None else []
        while waiting:
            node = waiting.pop()
            waiting.extend(as_list(node.get("/Kids")))
            numbers = as_list(node.get("/Nums"))
            found.update({int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)})
        return found

    # What is painted

    @cached_property
    def painted(self) -> list[Painted]:
        found: list[Painted] = []
        for number, page in enumerate(self.pages):
            Painter(self, number, found).walk(page, page.get("/Resources"), [])
        return found


def _is_direct_container(value: Any) -> bool:
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


class Painter:
    """Walks a content stream and those it draws, and notes each painting operator with its marked content."""

    def __init__(self, reading: Reading, page: int, found: list[Painted]) -> None:
        self.reading, self.page, self.found = reading, page, found
        self.font: pikepdf.Object | None = None

    def walk(self, stream: pikepdf.Object, resources: Any, marks: list[tuple[bool, int | None]]) -> None:
        """`marks` is the stack of marked content: whether it is an artifact, and its MCID."""
        base = len(marks)
        instructions: Any = pikepdf.parse_content_stream(stream)
        for operands, operator in instructions:
            name = str(operator)
            if name in ("BMC", "BDC"):
                marks.append(self._mark(operands, resources))
            elif name == "EMC" and len(marks) > base:
                marks.pop()
            elif name == "Tf":
                self.font = resources["/Font"].get(str(operands[0])) if "/Font" in resources else None
            elif name in PAINTING:
                self._paint(name, operands, resources, marks)

    def _mark(self, operands: Any, resources: Any) -> tuple[bool, int | None]:
        properties = operands[1] if len(operands) > 1 else None
        if isinstance(properties, pikepdf.Name):
            properties = resources.get("/Properties", {}).get(str(properties))
        mcid = properties.get("/MCID") if isinstance(properties, pikepdf.Dictionary) else None
        return str(operands[0]) == "/Artifact", int(mcid) if mcid is not None else None

    def _paint(self, name: str, operands: Any, resources: Any, marks: list[tuple[bool, int | None]]) -> None:
        drawn = resources["/XObject"].get(str(operands[0])) if name == "Do" else None
        if drawn is not None and drawn.get("/Subtype") == "/Form":
            self.walk(drawn, drawn.get("/Resources", resources), list(marks))
            return
        artifact = any(is_artifact for is_artifact, _mcid in marks)
        mcids = [mcid for _is_artifact, mcid in marks if mcid is not None]
        text = name in TEXT_SHOWING
        self.found.append(
            Painted(
                page=self.page,
                operator=name,
                artifact=artifact,
                mcid=mcids[-1] if mcids else None,
                font=self.font if text else None,
                codes=tuple(_strings(operands)) if text else (),
                nested=artifact and bool(mcids),
            )
        )


def _strings(operands: Any) -> Iterator[bytes]:
    for operand in operands:
        if isinstance(operand, pikepdf.String):
            yield bytes(operand)
        elif isinstance(operand, pikepdf.Array):
            yield from (bytes(item) for item in operand if isinstance(item, pikepdf.String))
