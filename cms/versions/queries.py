"""Reads over frozen content: the version in force, its readings, its open marks."""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.html import strip_tags
from wagtail.documents import get_document_model
from wagtail.models import Page

from cms.core.enums import Audience
from cms.core.readings import audiences_in, is_for, read_for
from cms.core.registry import token_kinds
from cms.core.tokens import find_slots
from cms.versions.enums import RemarkKind
from cms.versions.freezing import ASSET, Draft, fragment_anchor, strings_in
from cms.versions.models import (
    Content,
    Fragment,
    PublishingPlan,
    Redaction,
    ReviewMark,
    ReviewSignature,
    Version,
    Withdrawal,
)
from cms.versions.proofing import Remark, Written, remarks, written
from cms.versions.registry import version_kinds

AnyVersion = TypeVar("AnyVersion", bound=Version)
REDACTED = 'class="ls-redacted '  # of the tombstone: templates/ledstang_versions/blocks/redacted.html


def in_force(model: type[AnyVersion], key: uuid.UUID, on: date) -> AnyVersion | None:
    """The version of a document that applied on a day: the greatest (effective_on, major, minor) by then.

    None before the first, and from the day the document was withdrawn.
    """
    if Withdrawal.objects.filter(key=key, withdrawn_on__lte=on).exists():
        return None
    return model.objects.of(key).in_force_on(on).select_related("content").first()


def version_numbered(model: type[AnyVersion], key: uuid.UUID, major: int, minor: int) -> AnyVersion | None:
    return model.objects.of(key).filter(major=major, minor=minor).select_related("content").first()


def in_force_among(versions: Iterable[AnyVersion], on: date) -> AnyVersion | None:
    """The same rule over versions that are already at hand. Does not know of withdrawals."""
    by_then = (version for version in versions if version.effective_on <= on)
    return max(by_then, key=lambda version: (version.effective_on, version.major, version.minor), default=None)


def noted_since(earlier: AnyVersion, later: AnyVersion, among: Iterable[AnyVersion]) -> list[AnyVersion]:
    """The versions after one up to another that say what has changed in them, the newest first.

    Whoever comes from an earlier version is told of all that lies between, not only of the last.
    """
    after, upto = (earlier.major, earlier.minor), (later.major, later.minor)
    between = [one for one in among if one.change_note and after < (one.major, one.minor) <= upto]
    return sorted(between, key=lambda one: (one.major, one.minor), reverse=True)


def latest_version(model: type[AnyVersion], key: uuid.UUID) -> AnyVersion | None:
    """The version with the highest number, in force or not."""
    return model.objects.of(key).latest_first().first()


def plan_for(key: uuid.UUID, draft: Draft, *, after: int | None = None) -> PublishingPlan | None:
    """The latest decision about publishing exactly this text. `after` is the last plan that was carried out."""
    plans = PublishingPlan.objects.filter(key=key, draft_sha256=draft.written_sha256, pk__gt=after or 0)
    return plans.order_by("-pk").first()


def open_marks(content: Content | int) -> QuerySet[ReviewMark]:
    """The marks of a text that no expert has signed, for exactly that text."""
    signed = ReviewSignature.objects.filter(
        fragment_sha256=OuterRef("fragment__sha256"), competence=OuterRef("competence")
    )
    return _not_redacted(ReviewMark.objects.filter(fragment__content=content).exclude(Exists(signed)))


def _not_redacted(marks: QuerySet[ReviewMark]) -> QuerySet[ReviewMark]:
    """There is nothing to review any more in what has been taken out."""
    return marks.exclude(Exists(Redaction.objects.filter(fragment_sha256=OuterRef("fragment__sha256"))))


@dataclass(frozen=True)
class Waiting:
    """A piece of text that an expert has not signed, wherever it stands unchanged. `mark` is one of its marks."""

    mark: ReviewMark
    documents: tuple[str, ...]
    section: str = ""  # the heading that it stands below


def waiting_for_review(contents: Mapping[int, str], competence: str | None = None) -> list[Waiting]:
    """The open marks of some frozen texts, named by their documents, in the texts' order; equal pieces once."""
    signed = ReviewSignature.objects.filter(
        fragment_sha256=OuterRef("fragment__sha256"), competence=OuterRef("competence")
    )
    marks = _not_redacted(ReviewMark.objects.filter(fragment__content__in=contents).exclude(Exists(signed)))
    if competence is not None:
        marks = marks.filter(competence=competence)
    above = Fragment.objects.filter(
        kind="heading", content=OuterRef("fragment__content"), position__lt=OuterRef("fragment__position")
    )
    marks = marks.annotate(section=Subquery(above.order_by("-position").values("text")[:1]))
    found: dict[tuple[str, str], list[Any]] = {}
    for mark in marks.select_related("fragment").order_by("fragment__content", "fragment__position", "competence"):
        found.setdefault((mark.fragment.sha256, mark.competence), []).append(mark)
    return [
        Waiting(
            same[0], tuple(dict.fromkeys(contents[mark.fragment.content_id] for mark in same)), same[0].section or ""
        )
        for same in found.values()
    ]


def counts(version: Version) -> bool:
    """Whether a version can be required and give certificates: reviewed, or a demo."""
    if getattr(settings, "LEDSTANG_DEMO", False) or version.is_reviewed:
        return True
    return not open_marks(version.content_id).exists()


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


@dataclass(frozen=True)
class Piece:
    """A frozen or drafted fragment, before a reading has been chosen."""

    key: str
    kind: str
    audiences: tuple[str, ...]
    html: str
    text: str
    open_reviews: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """A whole frozen or drafted text, from which readings are made."""

    pieces: tuple[Piece, ...]

    @property
    def is_redacted(self) -> bool:
        """Whether a tombstone stands somewhere in it."""
        return any(REDACTED in piece.html for piece in self.pieces)

    @property
    def audiences(self) -> list[str]:
        """Every audience that a piece, or a row in one, is written for, in the house's order."""
        found = {audience for piece in self.pieces for audience in piece.audiences}
        found.update(audience for piece in self.pieces for audience in audiences_in(piece.html))
        return [audience for audience in Audience.values if audience in found]

    def sections(self, audience: str | None = None) -> list[Section]:
        """One reading. No audience: everything."""
        return [
            Section(
                key=piece.key,
                anchor=fragment_anchor(piece.key),
                kind=piece.kind,
                audiences=piece.audiences,
                html=read_for(piece.html, audience),
                text=piece.text,
                open_reviews=piece.open_reviews,
            )
            for piece in self.pieces
            if is_for(piece.audiences, audience)
        ]


def text_of(content: Content | int) -> Text:
    """A frozen text by itself or its primary key, in one query however long it is."""
    signed = ReviewSignature.objects.filter(
        fragment_sha256=OuterRef("sha256"), competence=OuterRef("review_marks__competence")
    )
    fragments: dict[int, Fragment] = {}
    marks: dict[int, list[str]] = {}
    rows = Fragment.objects.filter(content=content).annotate(
        mark=F("review_marks__competence"), is_signed=Exists(signed)
    )
    for row in rows.order_by("position"):
        fragments.setdefault(row.pk, row)
        if row.mark is not None and not row.is_signed and REDACTED not in row.html:
            marks.setdefault(row.pk, []).append(row.mark)
    base = asset_base()
    return Text(
        tuple(
            Piece(
                key=fragment.key,
                kind=fragment.kind,
                audiences=tuple(fragment.audiences),
                html=fragment.html.replace(ASSET, base),
                text=fragment.text,
                open_reviews=tuple(sorted(marks.get(fragment.pk, ()))),
            )
            for fragment in fragments.values()
        )
    )


def text_of_draft(draft: Draft) -> Text:
    """The same for a draft that is previewed. Nothing is stored; files are shown from where they lie today."""
    signed = signed_reviews(fragment.sha256 for fragment in draft.fragments)
    return Text(
        tuple(
            Piece(
                key=fragment.key,
                kind=fragment.kind,
                audiences=fragment.audiences,
                html=_with_sources(fragment.html, draft),
                text=fragment.text,
                open_reviews=tuple(mark for mark in fragment.review if (fragment.sha256, mark) not in signed),
            )
            for fragment in draft.fragments
        )
    )


def sections_of(content: Content | int, audience: str | None = None) -> list[Section]:
    """A frozen text in one reading. No audience: everything."""
    return text_of(content).sections(audience)


def sections_of_draft(draft: Draft, audience: str | None = None) -> list[Section]:
    return text_of_draft(draft).sections(audience)


def _with_sources(html: str, draft: Draft) -> str:
    for asset in draft.assets.values():
        html = html.replace(asset.address, asset.source_url)
    return html


def has_redacted(draft: Draft) -> bool:
    """Whether a draft has a passage that has been taken out of published versions."""
    return Redaction.objects.filter(fragment_sha256__in=[piece.sha256 for piece in draft.fragments]).exists()


def signed_reviews(hashes: Iterable[str]) -> set[tuple[str, str]]:
    """Which of some fragments experts have signed: pairs of the fragment's hash and the competence."""
    rows = ReviewSignature.objects.filter(fragment_sha256__in=list(hashes))
    return set(rows.values_list("fragment_sha256", "competence"))


def serve_html(html: str, audience: str | None) -> str:
    """Frozen HTML in one reading, with the addresses of its files put in."""
    return read_for(html, audience).replace(ASSET, asset_base())


def asset_base() -> str:
    """What stands before a file's hash in its address."""
    address = reverse("ledstang_versions:asset", args=["0" * 64])
    return address.removesuffix("0" * 64)


def contents_citing(kind: str, key: str) -> list[int]:
    """The frozen texts that cite something, for "used in"."""
    return list(Content.objects.filter(citations__kind=kind, citations__key=key).values_list("pk", flat=True))


def contents_showing(sha256: str) -> list[int]:
    """The frozen texts that a file stands in, for the right to see it. Out: those it was taken out of."""
    pieces = Fragment.objects.filter(content=OuterRef("pk"))
    is_redacted, is_left = pieces.filter(html__contains=REDACTED), pieces.filter(html__contains=sha256)
    cited = Content.objects.filter(citations__kind="asset", citations__key=sha256)
    return list(cited.exclude(Exists(is_redacted), ~Exists(is_left)).values_list("pk", flat=True))


def documents_citing(kind: str, key: str, *, but: Iterable[int] = ()) -> list[str]:
    """The names of the texts that readers get or will get and that cite something, contents `but` left out. By name."""
    contents = set(contents_citing(kind, key)).difference(but)
    names: dict[int, str] = {}
    for registered in version_kinds:
        names.update(registered.current_contents())
    return sorted({name for content, name in names.items() if content in contents})


def canonical_extra(version: Version) -> dict[str, Any]:
    """What a plugin froze beside the text."""
    extra: dict[str, Any] = version.content.parts["extra"]
    return extra


# What a second reader would point out

# Running text beside the body: a remark's key is then the name of the field.
BESIDE = ("summary", "statement", "questions")

PAGE_LINK = re.compile(r'<a\b(?=[^>]*\blinktype="(page|document)")[^>]*\bid="(\d+)"[^>]*>(.*?)</a>', re.DOTALL)


def remarks_on(draft: Draft, on: date) -> list[Remark]:
    """What an editor should look at before a draft is published, in the text's order.

    What the words give reason to, what stands in the registers about what is cited, and links that lead nowhere.
    """
    beside = {"title": draft.title, **{name: draft.extra[name] for name in BESIDE if draft.extra.get(name)}}
    pieces = [
        *(Written(name, "field", data, "\n".join(written(data))) for name, data in beside.items()),
        *(Written(one.key, one.kind, one.data, one.text) for one in draft.fragments),
    ]
    found = [*remarks(pieces), *_doubted(draft, on), *_dead_links(draft)]
    places = {piece.key: place for place, piece in enumerate(pieces)}
    return sorted(found, key=lambda remark: places.get(remark.key, -1))


def _doubted(draft: Draft, on: date) -> Iterator[Remark]:
    cited: dict[str, dict[str, list[str]]] = {}
    for fragment in draft.fragments:
        for token in find_slots(fragment.html):
            cited.setdefault(token.kind, {}).setdefault(token.key, []).append(fragment.key)
    for kind, keys in cited.items():
        for key, doubts in token_kinds.get(kind).doubts(list(keys), on).items():
            yield from (Remark(RemarkKind(doubt.code), place, doubt.words) for doubt in doubts for place in keys[key])


def links_of(draft: Draft) -> list[tuple[str, str, int, str]]:
    """Each link to a page or document in a draft: the fragment's key, "page" or "document", its id, its words."""
    return [
        (fragment.key, kind, int(pk), words)
        for fragment in draft.fragments
        for source in strings_in(fragment.data)
        for kind, pk, words in PAGE_LINK.findall(source)
    ]


def _dead_links(draft: Draft) -> Iterator[Remark]:
    links = links_of(draft)
    wanted = {kind: {pk for _key, of, pk, _words in links if of == kind} for kind in ("page", "document")}
    pages = set(Page.objects.live().filter(pk__in=wanted["page"]).values_list("pk", flat=True))
    documents = set(get_document_model().objects.filter(pk__in=wanted["document"]).values_list("pk", flat=True))
    there = {"page": pages, "document": documents}
    for key, kind, pk, words in links:
        if pk not in there[kind]:
            yield Remark(RemarkKind.DEAD_LINK, key, strip_tags(words))
