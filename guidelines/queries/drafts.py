"""Reads over drafts: what has changed since the latest version, and what stands in the way of publishing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.core.registry import token_kinds
from cms.versions.comparison import Compared, Passage, compare
from cms.versions.freezing import Draft, DraftFragment, UnknownTokens
from cms.versions.models import Fragment, PublishingPlan
from cms.versions.proofing import Remark
from cms.versions.queries import canonical_extra, has_redacted, latest_version, plan_for, remarks_on, signed_reviews
from cms.versions.videos import video_problems
from guidelines.models import GuidelinePage, GuidelineVersion
from guidelines.queries.approvals import Review, review_of
from guidelines.queries.costs import Cost, cost_of

# Fields beside the text whose words are compared; the others are named.
IN_WORDS = ("title", "summary", "statement", "decided_by", "decision_ref", "record_number", "owner_function")


def without_plan(pages: Sequence[Page], *, below: bool) -> list[GuidelinePage]:
    """The guideline pages among some, or not live below them too, that have changed without a decision on it."""
    found: dict[int, GuidelinePage] = {}
    for page in pages:
        guidelines = GuidelinePage.objects.descendant_of(page, inclusive=True).filter(alias_of=None)
        wanted = Q(pk=page.pk) | Q(live=False) if below else Q(pk=page.pk)
        found.update({guideline.pk: guideline for guideline in guidelines.filter(wanted)})
    drafts = (page.get_latest_revision_as_object() for page in found.values())
    return [draft for draft in drafts if _lacks_plan(draft)]


def _lacks_plan(page: GuidelinePage) -> bool:
    seen = outlook(page)
    return bool(seen.problems or seen.must_be_mended) or seen.needs_plan


# What a publication would do


@dataclass(frozen=True)
class ChangedEntry:
    """An entry of a register that says something else than a version did: its words, and where the admin keeps it."""

    words: str
    address: str


@dataclass(frozen=True)
class Change:
    """A section that differs from the latest version: under which heading it stands, and how it begins."""

    how: str
    under: str
    words: str


@dataclass(frozen=True)
class Waiting:
    """A section that experts have not signed, with the address of its place in the editor."""

    under: str
    words: str
    competences: tuple[str, ...]
    address: str


@dataclass(frozen=True)
class Note:
    """A remark on the draft, under its heading, with the address of the place in the editor."""

    remark: Remark
    under: str
    address: str


@dataclass(frozen=True)
class Outlook:
    """What an editor sees before deciding how a draft is published."""

    page: GuidelinePage
    latest: GuidelineVersion | None
    draft: Draft | None
    problems: tuple[str, ...]
    fields: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    compared: tuple[Compared, ...] = ()
    registers: tuple[ChangedEntry, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    notes: tuple[Note, ...] = ()
    plan: PublishingPlan | None = None

    @cached_property
    def cost(self) -> Cost:
        return cost_of(self.page, self.latest, timezone.localdate())

    @cached_property
    def review(self) -> Review:
        return review_of(self.page, self.page.latest_revision, since=self.latest.revision_id if self.latest else None)

    @property
    def waits_for_review(self) -> bool:
        """Whether the workflow that the page stands under has not let exactly these words through. A change in a
        register alone needs no review."""
        return self._has_new_words and self.review.is_asked and not self.review.is_finished

    @property
    def _has_new_words(self) -> bool:
        if not self.has_changed or self.draft is None:
            return False
        return self.latest is None or self.latest.content.written_sha256 != self.draft.written_sha256

    @property
    def has_changed(self) -> bool:
        return self.draft is not None and (self.latest is None or self.latest.sha256 != self.draft.sha256)

    @property
    def needs_plan(self) -> bool:
        """Whether publishing would fail for want of a decision. A change in a register alone needs none."""
        return self.plan is None and self._has_new_words

    @property
    def must_be_mended(self) -> list[Note]:
        return [note for note in self.notes if note.remark.stops]

    @property
    def to_be_judged(self) -> list[Note]:
        return [note for note in self.notes if not note.remark.stops]

    @property
    def earliest(self) -> date:
        """The first day that a new version can apply from."""
        live = timezone.localdate(self.page.go_live_at) if self.page.go_live_at else timezone.localdate()
        return max(live, timezone.localdate(), *([self.latest.effective_on] if self.latest else []))

    @property
    def is_scheduled(self) -> bool:
        return self.page.go_live_at is not None and self.page.go_live_at > timezone.now()


def outlook(page: GuidelinePage) -> Outlook:
    """What would be published of a draft, what has changed in short, and what a substantive change would cost."""
    latest = latest_version(GuidelineVersion, page.key)
    problems = list(_problems(page))
    try:
        draft = page.draft()
    except UnknownTokens as unknown:
        return Outlook(page, latest, None, (*problems, str(unknown)))
    if has_redacted(draft):
        problems.append(
            _("The draft has a passage that has been taken out of the published versions. Take it out here too.")
        )
    problems += [f"{line[:1].upper()}{line[1:]}." for line in video_problems(draft)]
    frozen = list(Fragment.objects.filter(content=latest.content_id)) if latest else []
    return Outlook(
        page=page,
        latest=latest,
        draft=draft,
        problems=tuple(problems),
        fields=tuple(_changed_fields(latest, draft)) if latest else (),
        changes=tuple(_changes(frozen, draft)) if latest else (),
        compared=tuple(_compared(latest, frozen, draft)) if latest else (),
        registers=tuple(_changed_registers(latest, draft)) if latest else (),
        waiting=tuple(_waiting(page, draft)),
        notes=tuple(_notes(page, draft)),
        plan=plan_for(page.key, draft, after=latest.plan_id if latest else None),
    )


def _problems(page: GuidelinePage) -> Iterator[str]:
    if page.withdrawal is not None:
        yield _("This has been withdrawn and cannot be published again.")
    if page.is_undecided:
        yield _("A guideline needs a decision: enter who has decided and when, or choose support material or proposal.")


def _notes(page: GuidelinePage, draft: Draft) -> Iterator[Note]:
    under, edit = _headings(draft.fragments), reverse("wagtailadmin_pages:edit", args=[page.pk])
    for remark in remarks_on(draft, timezone.localdate()):
        place = f"body.{remark.key}" if remark.key in under else remark.key
        yield Note(remark, under.get(remark.key, ""), f"{edit}#:w:contentpath={place}")


def _changed_fields(latest: GuidelineVersion, draft: Draft) -> Iterator[str]:
    """The names of fields beside the text that differ, as the editor knows them."""
    before = {"title": latest.title, **canonical_extra(latest)}
    now = {"title": draft.title, **draft.extra}
    for name in dict.fromkeys([*now, *before]):
        if before.get(name) != now.get(name):
            yield str(GuidelinePage._meta.get_field(name).verbose_name)


def _headings(pieces: Sequence[Fragment | DraftFragment]) -> dict[str, str]:
    """The heading that each section stands under, by the section's key."""
    found, heading = {}, ""
    for piece in pieces:
        heading = piece.text if piece.kind == "heading" else heading
        found[piece.key] = heading
    return found


def _words(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(90)


def _changes(frozen: Sequence[Fragment], draft: Draft) -> Iterator[Change]:
    before, now = {piece.key: piece for piece in frozen}, {piece.key: piece for piece in draft.fragments}
    was_under, is_under = _headings(frozen), _headings(draft.fragments)
    for key, piece in now.items():
        if key not in before:
            yield Change(_("New:"), is_under[key], _words(piece.text))
        elif before[key].sha256 != piece.sha256:
            yield Change(_("Changed:"), is_under[key], _words(piece.text))
    for key, gone in before.items():
        if key not in now:
            yield Change(_("Removed:"), was_under[key], _words(gone.text))
    kept_before = [key for key in before if key in now]
    if kept_before != [key for key in now if key in before]:
        yield Change(_("The order has changed."), "", "")


def _compared(latest: GuidelineVersion, frozen: Sequence[Fragment], draft: Draft) -> Iterator[Compared]:
    """What differs, word by word: fields in running text first, each with its name before it, then the text."""
    before = _lines({"title": latest.title, **canonical_extra(latest)})
    found = [
        *compare(before, _lines({"title": draft.title, **draft.extra})),
        *compare(_passages(frozen), _passages(draft.fragments)),
    ]
    yield from (one for one in found if not one.is_same)


def _passages(pieces: Sequence[Fragment | DraftFragment]) -> list[Passage]:
    return [Passage(piece.key, piece.kind, piece.text, piece.sha256) for piece in pieces]


def _lines(fields: Mapping[str, Any]) -> list[Passage]:
    said = {name: fields[name] for name in IN_WORDS if fields.get(name)}
    names = {name: capfirst(str(GuidelinePage._meta.get_field(name).verbose_name)) for name in said}
    return [Passage(name, "field", f"{names[name]}: {value}", value) for name, value in said.items()]


def _changed_registers(latest: GuidelineVersion, draft: Draft) -> Iterator[ChangedEntry]:
    """The law and contacts whose register says something else than when the latest version was published."""
    before = latest.content.parts["cites"]
    for name, cited in draft.cites.items():
        kind = token_kinds.get(name)
        for key, value in cited.items():
            if key in before.get(name, {}) and before[name][key] != value:
                frozen = kind.freeze(key)
                yield ChangedEntry(frozen.text.strip("[]") if frozen else key, kind.kept_at(key))


def _waiting(page: GuidelinePage, draft: Draft) -> Iterator[Waiting]:
    under, edit = _headings(draft.fragments), reverse("wagtailadmin_pages:edit", args=[page.pk])
    signed = signed_reviews(piece.sha256 for piece in draft.fragments)
    for piece in draft.fragments:
        competences = tuple(mark for mark in piece.review if (piece.sha256, mark) not in signed)
        if competences:
            address = f"{edit}#:w:contentpath=body.{piece.key}"
            yield Waiting(under[piece.key], _words(piece.text), competences, address)
