"""What one person has to do, is doing and has done: the content of "Min utbildning"."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from cms.compliance.enums import State
from cms.compliance.models import Evidence, Exemption, Target
from cms.compliance.queries.standings import standings
from cms.compliance.registry import Progress, TargetKind, target_kinds
from cms.compliance.standing import Standing
from cms.people.models import Person

UNKNOWN = Standing(State.NOT_REQUIRED)


@dataclass(frozen=True)
class TrainingItem:
    """A target as one person meets it. `kind` and `progress` are None if its plugin is gone."""

    target: Target
    standing: Standing
    kind: TargetKind | None = None
    progress: Progress | None = None
    evidence: Evidence | None = None
    exempt_because: str = ""

    @property
    def is_in_progress(self) -> bool:
        return self.progress is not None and self.progress.is_started and self.progress.done < self.progress.total

    @property
    def url(self) -> str:
        """Where it goes on; what is done leads to the thing itself, also where it has been begun again."""
        if self.progress is None or (self.standing.state == State.DONE and self.progress.is_started):
            return self.target.path
        return self.progress.url

    @property
    def minutes_left(self) -> int:
        return (self.progress.minutes_left or 0) if self.progress is not None else 0


@dataclass(frozen=True)
class Training:
    """A person's targets by what is asked of them. The next action is the first of `asked`."""

    overdue: list[TrainingItem]
    to_do: list[TrainingItem]
    expiring: list[TrainingItem]
    in_progress: list[TrainingItem]
    done: list[TrainingItem]
    exempt: list[TrainingItem]

    @property
    def asked(self) -> list[TrainingItem]:
        """All that there is to do, the most pressing first."""
        return [*self.overdue, *self.to_do, *self.expiring, *self.in_progress]

    @property
    def next(self) -> TrainingItem | None:
        return next(iter(self.asked), None)

    @property
    def afterwards(self) -> "Training":
        """The same without the next action, for a page that has it on top."""

        def rest(items: list[TrainingItem]) -> list[TrainingItem]:
            return [item for item in items if item is not self.next]

        return replace(
            self,
            overdue=rest(self.overdue),
            to_do=rest(self.to_do),
            expiring=rest(self.expiring),
            in_progress=rest(self.in_progress),
        )

    @property
    def minutes_left(self) -> int:
        """Planned minutes of what is overdue and to do, as far as they are known."""
        return sum(item.minutes_left for item in (*self.overdue, *self.to_do))

    @property
    def required(self) -> int:
        return len(self.overdue) + len(self.to_do) + self.met

    @property
    def met(self) -> int:
        return len(self.expiring) + sum(item.standing.state == State.DONE for item in self.done)


def training_of(person: Person, on: date) -> Training:
    """Everything that is required of a person on a day, has been done, or has been begun without being required."""
    targets = list(Target.objects.order_by("title", "pk"))
    found = standings(Person.objects.filter(pk=person.pk), targets, on).get(person.pk, {})
    living = [target for target in targets if target.pk in found or not target.is_withdrawn]
    progress = _progress(person, living, on)
    evidence = Evidence.objects.in_bulk([one.proof for one in found.values() if one.proof])
    reasons = _reasons(person, on) if any(one.state == State.EXEMPT for one in found.values()) else {}
    items = [
        TrainingItem(
            target=target,
            standing=found.get(target.pk, UNKNOWN),
            kind=target_kinds.find(target.kind),
            progress=progress.get(target.pk),
            evidence=evidence.get(found[target.pk].proof or 0) if target.pk in found else None,
            exempt_because=reasons.get(target.pk, ""),
        )
        for target in living
    ]
    return sorted_training(items)


def _reasons(person: Person, on: date) -> dict[int, str]:
    """Why the person need not do what they are exempt from on a day, in the words of the closed list, by target."""
    holding = Exemption.objects.filter(person=person, starts_on__lte=on, until__gte=on, end=None)
    return {exemption.target_id: str(exemption.get_reason_display()) for exemption in holding}


def _progress(person: Person, targets: Iterable[Target], on: date) -> dict[int, Progress]:
    """How far the person has come, asked of each plugin once."""
    by_kind: dict[str, list[Target]] = {}
    for target in targets:
        by_kind.setdefault(target.kind, []).append(target)
    found: dict[int, Progress] = {}
    for name, some in by_kind.items():
        kind = target_kinds.find(name)
        if kind is not None:
            found.update(kind.progress(person, some, on))
    return found


def sorted_training(items: list[TrainingItem]) -> Training:
    """Items by state; what has a day by that day, the rest by title, what is done with the latest first."""

    def by_day(state: State) -> list[TrainingItem]:
        some = [item for item in items if item.standing.state == state]
        return sorted(some, key=lambda item: item.standing.due_on or date.max)

    loose = [item for item in items if item.standing.state == State.NOT_REQUIRED]
    done = [item for item in items if item.standing.state == State.DONE]
    done += [item for item in loose if item.standing.done_on is not None and not item.is_in_progress]
    return Training(
        overdue=by_day(State.OVERDUE),
        to_do=by_day(State.TO_DO),
        expiring=by_day(State.EXPIRING),
        in_progress=[item for item in loose if item.is_in_progress],
        done=sorted(done, key=lambda item: item.standing.done_on or date.min, reverse=True),
        exempt=by_day(State.EXEMPT),
    )
