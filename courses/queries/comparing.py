"""Drafts beside the latest version, word by word: what an editor sees before cutting the next one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.versions.comparison import Compared, Passage, compare
from cms.versions.freezing import Draft
from cms.versions.models import Fragment
from courses.enums import Cover, UnitState
from courses.freezing import every_question
from courses.queries.drafts import Gathered, UnitChange

SHORT = 3


@dataclass(frozen=True)
class UnitWords:
    """A unit of the dialog with what differs in its text and in its questions; empty where nothing does."""

    unit: UnitChange
    sections: tuple[Compared, ...] = ()
    questions: tuple[Compared, ...] = ()

    @property
    def is_shown(self) -> bool:
        return bool(self.sections or self.questions)


@dataclass(frozen=True)
class Words:
    """A course of the dialog: what differs in its own fields and description, and each of its units.

    `details` says in a few words what of the course itself differs.
    """

    state: UnitState
    course: tuple[Compared, ...]
    details: tuple[str, ...]
    units: tuple[UnitWords, ...]

    @property
    def is_short(self) -> bool:
        """Little enough to be read at once, without being unfolded."""
        return bool(self.course) + sum(unit.is_shown for unit in self.units) <= SHORT


def words_of(gathered: Gathered) -> Words:
    """All that differs from the latest version, in one query however much it is."""
    changed = [unit for unit in gathered.changed if unit.before is not None]
    latest = gathered.latest
    contents = {unit.before.content_id for unit in changed if unit.before} | ({latest.content_id} if latest else set())
    frozen: dict[int, list[Passage]] = {}
    for row in Fragment.objects.filter(content__in=contents).order_by("position"):
        frozen.setdefault(row.content_id, []).append(Passage(row.key, row.kind, row.text, row.sha256))
    units = tuple(_words(unit, frozen) for unit in gathered.units)
    if latest is None:
        return Words(UnitState.ADDED, (), (), units)
    parts, draft = latest.content.parts, gathered.course.draft
    fields = _different(_fields(parts["title"], parts["extra"]), _fields(draft.title, draft.extra))
    text = _different(frozen.get(latest.content_id, []), _passages(draft))
    details = (*(one.passage.kind for one in fields), *((pgettext("what has changed", "the text"),) if text else ()))
    state = UnitState.CHANGED if details else UnitState.UNCHANGED
    return Words(state, (*fields, *text), details, units)


def _fields(title: str, extra: dict[str, Any]) -> list[Passage]:
    """What stands beside the text of a course or a unit, each field with its name before it."""
    share, orders = extra.get("pass_mark"), {True: pgettext("courses", "yes"), False: pgettext("courses", "no")}
    said = {
        _("the title"): title,
        pgettext("what has changed", "the summary"): extra.get("summary"),
        _("for whom"): extra.get("for_whom"),
        _("the goal"): extra.get("goal"),
        _("the pass mark"): None if share is None else _("%(share)s per cent") % {"share": share},
        pgettext("what has changed", "the drawing"): dict(Cover.choices).get(extra.get("cover", "")),
        _("whether the units are taken in order"): orders.get(extra.get("needs_order", "")),
    }
    lines = {name: f"{capfirst(name)}: {value}" for name, value in said.items() if value}
    return [Passage(name, name, line, line) for name, line in lines.items()]


def _words(unit: UnitChange, frozen: dict[int, list[Passage]]) -> UnitWords:
    if unit.before is None or unit.draft is None or not unit.details:
        return UnitWords(unit)
    before, draft = unit.before, unit.draft.draft
    parts = before.content.parts
    fields = _different(_fields(parts["title"], parts["extra"]), _fields(draft.title, draft.extra))
    return UnitWords(
        unit,
        sections=(*fields, *_different(frozen.get(before.content_id, []), _passages(draft))),
        questions=_different(list(_questions(parts["extra"])), list(_questions(draft.extra))),
    )


def _different(before: Sequence[Passage], after: Sequence[Passage]) -> tuple[Compared, ...]:
    return tuple(one for one in compare(before, after) if not one.is_same)


def _passages(draft: Draft) -> list[Passage]:
    return [Passage(piece.key, piece.kind, piece.text, piece.sha256) for piece in draft.fragments]


def _questions(extra: dict[str, Any]) -> Iterator[Passage]:
    """Each question with its choices and its right answer, as an editor reads them."""
    for data in every_question(extra):
        yield Passage(data["key"], "question", "\n".join(_lines(data)), rfc8785.dumps(data).decode())


def _lines(data: dict[str, Any]) -> Iterator[str]:
    yield data["text"]
    if "is_true" in data:
        yield f"– {_stated(data['is_true'])}"
    for choice in data.get("choices", ()):
        together = f"{choice['text']}: {choice['match']}" if choice.get("match") else choice["text"]
        is_right = pgettext("answer", "right") if choice.get("is_correct") else ""
        yield f"– {together} ({is_right})" if is_right else f"– {together}"
    if data["feedback"]:
        yield _("Why: %(words)s") % {"words": data["feedback"]}


def _stated(is_true: bool | None) -> str:
    return "" if is_true is None else pgettext("quiz", "True") if is_true else pgettext("quiz", "False")
