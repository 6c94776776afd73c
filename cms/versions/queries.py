"""Reads over frozen content: the version in force, its readings, its open marks."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from cms.core.readings import is_for, read_for
from cms.versions.freezing import ASSET, Draft, fragment_anchor
from cms.versions.models import Content, ReviewMark, ReviewSignature, Version, Withdrawal

AnyVersion = TypeVar("AnyVersion", bound=Version)


def in_force(model: type[AnyVersion], key: uuid.UUID, on: date) -> AnyVersion | None:
    """The version of a document that applied on a day: the greatest (effective_on, major, minor) by then.

    None before the first, and from the day the document was withdrawn.
    """
    if Withdrawal.objects.filter(key=key, withdrawn_on__lte=on).exists():
        return None
    return model.objects.of(key).in_force_on(on).select_related("content").first()  # type: ignore[attr-defined,no-any-return]


def version_numbered(model: type[AnyVersion], key: uuid.UUID, major: int, minor: int) -> AnyVersion | None:
    return model.objects.of(key).filter(major=major, minor=minor).select_related("content").first()  # type: ignore[attr-defined,no-any-return]


def open_marks(content: Content) -> QuerySet[ReviewMark]:
    """The marks of a text that no expert has signed, for exactly that text."""
    signed = ReviewSignature.objects.filter(
        fragment_sha256=OuterRef("fragment__sha256"), competence=OuterRef("competence")
    )
    return ReviewMark.objects.filter(fragment__content=content).exclude(Exists(signed))  # type: ignore[no-any-return]


def counts(version: Version) -> bool:
    """Whether a version can be required and give certificates: reviewed, or a demo."""
    if getattr(settings, "LEDSTANG_DEMO", False) or version.is_reviewed:
        return True
    return not open_marks(version.content).exists()


@dataclass(frozen=True)
class Section:
    """A fragment as one reader gets it, before its slots are filled."""

    key: str
    anchor: str
    kind: str
    audiences: tuple[str, ...]
    html: str
    text: str
    open_reviews: tuple[str, ...] = ()


def sections_of(content: Content, audience: str | None = None) -> list[Section]:
    """A frozen text in one reading, in two queries however long it is. No audience: everything."""
    marks: dict[int, list[str]] = {}
    for fragment_id, competence in open_marks(content).values_list("fragment_id", "competence"):
        marks.setdefault(fragment_id, []).append(competence)
    return [
        Section(
            key=fragment.key,
            anchor=fragment_anchor(fragment.key),
            kind=fragment.kind,
            audiences=tuple(fragment.audiences),
            html=serve_html(fragment.html, audience),
            text=fragment.text,
            open_reviews=tuple(sorted(marks.get(fragment.pk, ()))),
        )
        for fragment in content.fragments.all()
        if is_for(fragment.audiences, audience)
    ]


def sections_of_draft(draft: Draft, audience: str | None = None) -> list[Section]:
    """The same for a draft that is previewed. Nothing is stored."""
    return [
        Section(
            key=piece.key,
            anchor=fragment_anchor(piece.key),
            kind=piece.kind,
            audiences=piece.audiences,
            html=read_for(piece.html, audience),
            text=piece.text,
            open_reviews=piece.review,
        )
        for piece in draft.fragments
        if is_for(piece.audiences, audience)
    ]


def serve_html(html: str, audience: str | None) -> str:
    """Frozen HTML in one reading, with the addresses of its files put in."""
    return read_for(html, audience).replace(ASSET, asset_base())


def asset_base() -> str:
    """What stands before a file's hash in its address."""
    address = reverse("ledstang_versions:asset", args=["0" * 64])
    return address.removesuffix("0" * 64)


def contents_citing(kind: str, key: str) -> list[int]:
    """The frozen texts that cite something. For "used in" and for the right to see a file."""
    return list(Content.objects.filter(citations__kind=kind, citations__key=key).values_list("pk", flat=True))


def canonical_extra(version: Version) -> dict[str, Any]:
    """What a plugin froze beside the text."""
    extra: dict[str, Any] = version.content.parts["extra"]
    return extra
