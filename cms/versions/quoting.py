"""Quote a section of a published version: its frozen words, where they stand, and whether a newer one differs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.safestring import SafeString, mark_safe

from cms.core.readings import only, pieces_of
from cms.versions.blocks import Place
from cms.versions.models import Fragment, ReviewMark, ReviewSignature, Version
from cms.versions.registry import version_kinds

LEVEL = re.compile(r"<h([2-6])\b")
ANCHOR = re.compile(r'(?<=[" #])a-(?=[0-9a-f]{8})')
OF = "<!--of:{}-->"  # before each quoted passage: if it is taken out where it stands, it is found here too


@dataclass(frozen=True)
class Quoted:
    """A section as it stands in a version. `reviews`: which experts had not signed all of it."""

    place: Place
    version: Version
    label: str
    title: str
    url: str
    html: SafeString
    reviews: tuple[str, ...] = ()

    @property
    def citation(self) -> dict[str, str]:
        """What the citing text's canonical content says of it."""
        return {
            "kind": self.place.kind,
            "key": str(self.place.key),
            "number": self.version.number,
            "sha256": self.version.sha256,
            "anchor": self.place.fragment,
        }


def quote(place: Place | None, number: str, anchor: str) -> Quoted | None:
    """A section of a numbered version, or of the one in force. None if there is no such version or section.

    `anchor` is that of the quoting block: what the section's own anchors become, so that each stands once on a page.
    """
    version = _version(place, number)
    if place is None or version is None:
        return None
    heading, under = _section(Fragment.objects.filter(content=version.content_id).order_by("position"), place.fragment)
    if heading is None:
        return None
    kind = version_kinds.get(place.kind)
    return Quoted(
        place=place,
        version=version,
        label=str(kind.label),
        title=heading.text,
        url=f"{kind.address(version)}#a-{place.fragment[:8]}",
        html=mark_safe("\n".join(_piece(fragment, anchor) for fragment in under)),  # frozen when it was published
        reviews=_open_reviews([heading, *under]),
    )


def newer_version(place: Place | None, number: str) -> Version | None:
    """The version in force, if it is a later substantive one than the quoted."""
    pinned, current = _version(place, number), _version(place, "")
    return current if pinned is not None and current is not None and current.major > pinned.major else None


def has_section(version: Version, place: Place) -> bool:
    return Fragment.objects.filter(content=version.content_id, key=place.fragment, kind="heading").exists()


def _version(place: Place | None, number: str) -> Any:
    kind = version_kinds.find(place.kind) if place is not None else None
    if place is None or kind is None:
        return None
    return kind.numbered(place.key, number) if number else kind.resolve(place.key)


def _section(fragments: Sequence[Fragment] | Any, key: str) -> tuple[Fragment | None, list[Fragment]]:
    """A heading, and what stands under it until the next one of its level or above."""
    heading: Fragment | None = None
    under: list[Fragment] = []
    for fragment in fragments:
        if heading is not None:
            if fragment.kind == "heading" and _level(fragment) <= _level(heading):
                break
            under.append(fragment)
        elif fragment.key == key and fragment.kind == "heading":
            heading = fragment
    return heading, under


def _level(fragment: Fragment) -> int:
    found = LEVEL.search(fragment.html)
    return int(found[1]) if found else 2


def _piece(fragment: Fragment, anchor: str) -> str:
    """One passage, for whom it is marked inside instead of outside, its anchors under the quoting block's."""
    marked = "".join(_marked(fragment.audiences, fragment.html))
    return OF.format(fragment.sha256) + ANCHOR.sub(f"{anchor}-", marked)


def _marked(audiences: Sequence[str], html: str) -> Iterator[str]:
    for inner, words in pieces_of(html):
        both = [one for one in inner if one in audiences] if inner and audiences else [*inner, *audiences]
        if words and (both or not (inner and audiences)):
            yield only(both, words)


def _open_reviews(fragments: Sequence[Fragment]) -> tuple[str, ...]:
    signed = ReviewSignature.objects.filter(
        fragment_sha256=OuterRef("fragment__sha256"), competence=OuterRef("competence")
    )
    marks = ReviewMark.objects.filter(fragment__in=fragments).exclude(Exists(signed))
    return tuple(sorted(set(marks.values_list("competence", flat=True))))
