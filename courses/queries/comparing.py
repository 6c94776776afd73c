"""Drafts beside the latest version, word by word: what an editor sees before cutting the next one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.versions.comparison import Compared, Passage, compare
from cms.versions.freezing import Draft
from cms.versions.models import Fragment
from courses.freezing import every_question
from courses.queries.drafts import Gathered, UnitChange


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
    """A course of the dialog: what differs in its description, and each of its units."""

    course: tuple[Compared, ...]
    units: tuple[UnitWords, ...]


def words_of(gathered: Gathered) -> Words:
    """All that differs from the latest version, in one query however much it is."""
    changed = [unit for unit in gathered.changed if unit.before is not None]
    latest = gathered.latest
    contents = {unit.before.content_id for unit in changed if unit.before} | ({latest.content_id} if latest else set())
    frozen: dict[int, list[Passage]] = {}
    for row in Fragment.objects.filter(content__in=contents).order_by("position"):
        frozen.setdefault(row.content_id, []).append(Passage(row.key, row.kind, row.text, row.sha256))
    course: tuple[Compared, ...] = ()
    if latest is not None:
        course = _different(frozen.get(latest.content_id, []), _passages(gathered.course.draft))
    return Words(course, tuple(_words(unit, frozen) for unit in gathered.units))


def _words(unit: UnitChange, frozen: dict[int, list[Passage]]) -> UnitWords:
    if unit.before is None or unit.draft is None or not unit.details:
        return UnitWords(unit)
    before, draft = unit.before, unit.draft.draft
    return UnitWords(
        unit,
        sections=_different(frozen.get(before.content_id, []), _passages(draft)),
        questions=_different(list(_questions(before.content.parts["extra"])), list(_questions(draft.extra))),
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
