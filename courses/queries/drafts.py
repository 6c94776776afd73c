"""What would be cut: a course's drafts, what has changed since the latest version, what is lacking."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cms.versions.freezing import UnknownTokens
from courses.enums import UnitState
from courses.freezing import (
    CourseDraft,
    Problem,
    UnitDraft,
    course_problems,
    every_question,
    freeze_course,
    freeze_unit,
)
from courses.models import CoursePage, CourseVersion, UnitPage, UnitVersion


@dataclass(frozen=True)
class UnitChange:
    """A unit beside what it was in the latest version. `details` says in words what differs."""

    key: UUID
    title: str
    state: UnitState
    page: UnitPage | None
    details: tuple[str, ...] = ()
    before: UnitVersion | None = None
    draft: UnitDraft | None = None

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether learners have it now: it can be taken out of use at once, without a new version."""
        return self.before is not None and not getattr(self.before, "withdrawal", None)

    @property
    def is_included(self) -> bool:
        return self.state not in (UnitState.REMOVED, UnitState.LEFT_OUT)


@dataclass(frozen=True)
class Gathered:
    """A course as it would be cut now. `left_out` are pages of units that are not part of it.

    `seen` is a word for exactly what the drafts say, whichever units are chosen, and for the version they stand beside.
    """

    course: CourseDraft
    latest: CourseVersion | None
    units: tuple[UnitChange, ...]
    left_out: tuple[UnitPage, ...] = ()
    problems: tuple[Problem, ...] = ()
    seen: str = ""

    @property
    def has_changed(self) -> bool:
        return self.latest is None or self.latest.sha256 != self.course.draft.sha256

    @property
    def changed_keys(self) -> frozenset[UUID]:
        return frozenset(unit.key for unit in self.units if unit.state in (UnitState.ADDED, UnitState.CHANGED))

    @property
    def changed(self) -> list[UnitChange]:
        """Units that somebody may have done on a text that is another now."""
        return [unit for unit in self.units if unit.state == UnitState.CHANGED]

    @property
    def is_reordered(self) -> bool:
        """Whether units that stay have changed places."""
        kept = [unit.before.position for unit in self.units if unit.before is not None and unit.draft is not None]
        return kept != sorted(kept)


def unit_pages(page: CoursePage) -> list[UnitPage]:
    """The latest drafts of a course's units, in order."""
    children = page.get_children().filter(alias_of=None).specific()
    return [child.get_latest_revision_as_object() for child in children if isinstance(child, UnitPage)]


def keys_left_out(page: CoursePage, latest: CourseVersion | None) -> set[UUID]:
    """Units that were part of the course once and are not part of its latest version, or were withdrawn from it."""
    if latest is None:
        return set()
    once = UnitVersion.objects.filter(course_version__key=page.key).values_list("unit_key", flat=True)
    return set(once) - set(latest.units.standing().values_list("unit_key", flat=True))


def gather(page: CoursePage, units: Collection[UUID] | None = None) -> Gathered:
    """The latest drafts of a course and of its units. `units` chooses some.

    None: all but those left out before, and those that wait for a decision of the city.
    """
    draft_page: CoursePage = page.get_latest_revision_as_object()
    latest = CourseVersion.objects.of(page.key).latest_first().select_related("content").first()
    pages = unit_pages(page)
    if units is None:
        absent = keys_left_out(page, latest) | {unit.key for unit in pages if unit.waits_for_decision}
    else:
        absent = {unit.key for unit in pages} - set(units)
    drafts = [_freeze_unit(unit_page) for unit_page in pages]
    chosen = [(unit, unknown) for unit, unknown in drafts if unit.key not in absent]
    course, unknown = _freeze_course(draft_page, [unit for unit, _unknown in chosen])
    left_out = tuple(unit_page for unit_page in pages if unit_page.key in absent)
    return Gathered(
        course=course,
        latest=latest,
        units=changes_since(latest, course.units, left_out),
        left_out=left_out,
        problems=(*(one for _unit, some in chosen for one in some), *unknown, *course_problems(course)),
        seen=_seen(course, latest, [unit for unit, _unknown in drafts]),
    )


def _seen(course: CourseDraft, latest: CourseVersion | None, units: Sequence[UnitDraft]) -> str:
    own = {name: part for name, part in course.draft.extra.items() if name != "units"}
    fragments = [piece.sha256 for piece in course.draft.fragments]
    shown = [(str(unit.key), unit.draft.sha256) for unit in units]
    words = json.dumps([latest.pk if latest else 0, course.draft.title, own, fragments, shown], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()


def _freeze_unit(page: UnitPage) -> tuple[UnitDraft, list[Problem]]:
    try:
        return freeze_unit(page), []
    except UnknownTokens as error:
        problem = Problem(page_id=page.pk, unit=page.title, text=str(error))
        return freeze_unit(page, strict=False), [problem]


def _freeze_course(page: CoursePage, units: list[UnitDraft]) -> tuple[CourseDraft, list[Problem]]:
    try:
        return freeze_course(page, units), []
    except UnknownTokens as error:
        problem = Problem(page_id=page.pk, unit="", text=str(error))
        return freeze_course(page, units, strict=False), [problem]


# What has changed


def changes_since(
    latest: CourseVersion | None, chosen: Iterable[UnitDraft], left_out: Iterable[UnitPage] = ()
) -> tuple[UnitChange, ...]:
    """Units that would be cut beside those of the latest version; then those that would not be."""
    before = {unit.unit_key: unit for unit in latest.units.select_related("content", "withdrawal")} if latest else {}
    return tuple(_changes(before, chosen, {page.key: page for page in left_out}))


def _changes(
    before: dict[UUID, UnitVersion], chosen: Iterable[UnitDraft], pages: dict[UUID, UnitPage]
) -> Iterator[UnitChange]:
    for unit in chosen:
        old, state = before.pop(unit.key, None), UnitState.ADDED
        details: tuple[str, ...] = ()
        if old is not None and old.sha256 == unit.draft.sha256:
            state = UnitState.UNCHANGED
        elif old is not None:
            state, details = UnitState.CHANGED, tuple(_differences(old.content.parts, unit.draft))
        yield UnitChange(unit.key, unit.page.title, state, unit.page, details, old, unit)
    for key, old in before.items():
        page = pages.pop(key, None)
        why = (pgettext("unit", "withdrawn"),) if getattr(old, "withdrawal", None) else _why_out(page)
        yield UnitChange(key, old.title, UnitState.REMOVED, page, why, old)
    for key, page in pages.items():
        yield UnitChange(key, page.title, UnitState.LEFT_OUT, page, _why_out(page))


def _why_out(page: UnitPage | None) -> tuple[str, ...]:
    waits = page is not None and page.waits_for_decision
    return (_("a proposal that waits for the city's decision"),) if waits else ()


def _differences(old: dict[str, Any], draft: Any) -> Iterator[str]:
    """In a few words, what differs between a frozen unit and its draft."""
    yield from _changed_fields(old, draft)
    texts = {piece["key"]: (piece["kind"], piece["audiences"], piece["data"]) for piece in old["fragments"]}
    now = {piece.key: (piece.kind, list(piece.audiences), piece.data) for piece in draft.fragments}
    yield from _counted(texts, now, _piece_words())
    questions = {question["key"]: question for question in every_question(old["extra"])}
    yield from _counted(
        questions, {question["key"]: question for question in every_question(draft.extra)}, _question_words()
    )
    if _draws(old["extra"]) != _draws(draft.extra):
        yield _("what is drawn from the question bank")
    optional = {
        "decision": _("the decision that it rests on"),
        "scenario": _("the scenario"),
        "rule": _("what it takes to complete it"),
    }
    for name, words in optional.items():
        if old["extra"].get(name) != draft.extra.get(name):
            yield words
    if old["cites"] != draft.cites:
        yield _("law or contacts that it cites")


def _changed_fields(old: dict[str, Any], draft: Any) -> Iterator[str]:
    if old["title"] != draft.title:
        yield _("the title, was “%(title)s”") % {"title": old["title"]}
    for name, words in {"goal": _("the goal"), "audiences": _("for whom")}.items():
        if old["extra"].get(name) != draft.extra[name]:
            yield words
    minutes = {"before": old["extra"].get("minutes"), "now": draft.extra["minutes"]}
    if minutes["before"] != minutes["now"]:
        yield _("the minutes, %(before)s are now %(now)s") % minutes


def _draws(extra: dict[str, Any]) -> list[tuple[str, int]]:
    return [(pool["tag"], pool["count"]) for pool in extra.get("pools", ())]


def _counted(old: dict[str, Any], new: dict[str, Any], words: dict[str, Any]) -> Iterator[str]:
    counts = {
        "added": len(new.keys() - old.keys()),
        "changed": sum(1 for key in new.keys() & old.keys() if new[key] != old[key]),
        "removed": len(old.keys() - new.keys()),
    }
    for name, count in counts.items():
        if count:
            yield words[name](count) % {"count": count}
    if not any(counts.values()) and list(old) != list(new):
        yield words["order"]


def _piece_words() -> dict[str, Any]:
    return {
        "added": lambda n: ngettext("%(count)s new section", "%(count)s new sections", n),
        "changed": lambda n: ngettext("%(count)s changed section", "%(count)s changed sections", n),
        "removed": lambda n: ngettext("%(count)s section removed", "%(count)s sections removed", n),
        "order": _("the order of the sections"),
    }


def _question_words() -> dict[str, Any]:
    return {
        "added": lambda n: ngettext("%(count)s new question", "%(count)s new questions", n),
        "changed": lambda n: ngettext("%(count)s changed question", "%(count)s changed questions", n),
        "removed": lambda n: ngettext("%(count)s question removed", "%(count)s questions removed", n),
        "order": _("the order of the questions"),
    }
