"""What a disposal would take: the rows that are due, and all that hangs on them, with the person each tells of."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Max, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from cms.compliance.due import add_months
from cms.compliance.models import DisposalRun, Evidence
from cms.compliance.registry import DisposalKind, disposal_kinds
from cms.people.models import Employment, Person, Scope
from cms.people.registry import person_traces

Rows = dict[type[models.Model], dict[int, int]]  # by model and key, the person that a row tells of
HOLDING = (models.PROTECT, models.CASCADE, models.RESTRICT)
BATCH = 500


@dataclass(frozen=True)
class Retention:
    """What the city has decided about a kind. `before`: what was due earlier than this day goes."""

    kind: DisposalKind
    months: int
    decision: str
    before: date


@dataclass(frozen=True)
class Finding:
    """What a disposal would take. `tombstones` counts by table, org unit and month."""

    rows: Rows
    people: frozenset[int]
    tombstones: Counter[tuple[str, int | None, date]]

    @property
    def counts(self) -> dict[str, int]:
        return {model._meta.label: len(found) for model, found in sorted(self.rows.items(), key=_label) if found}


def _label(item: tuple[type[models.Model], Any]) -> str:
    return item[0]._meta.label


def retentions(on: date | None = None) -> list[Retention]:
    """The kinds that disposal is switched on for, by the city's settings. None without months and a decision."""
    on = on or timezone.localdate()
    decided: dict[str, dict[str, Any]] = getattr(settings, "LEDSTANG_RETENTION", {})
    return [
        Retention(kind, months, decision, add_months(on, -months))
        for kind in disposal_kinds
        if (months := int(decided.get(kind.name, {}).get("months") or 0)) > 0
        and (decision := str(decided[kind.name].get("decision") or "").strip())
    ]


def disposed_before() -> date | None:
    """Figures of days before this one can no longer be told: what they would be counted from has been disposed of."""
    day: date | None = DisposalRun.objects.filter(is_dry_run=False, is_ledger=True).aggregate(day=Max("before"))["day"]
    return day


class Disposed(LookupError):
    """What a figure of a day would be counted from is gone by the city's decision. The answer is that, never 0."""

    def __init__(self, before: date) -> None:
        super().__init__(f"disposed of before {before}")
        self.before = before


def refuse_disposed(on: date) -> None:
    """Raises Disposed for a day of which figures can no longer be told."""
    before = disposed_before() if on < timezone.localdate() else None
    if before is not None and on < before:
        raise Disposed(before)


def former_staff(before: date) -> Rows:
    """People whose last employment ended before a day, with their merged records and accounts.

    Not: those who never were employed, hold a scope today, or work in the admin.
    """
    held = Scope.objects.held_on(timezone.localdate()).values("person")
    who = Coalesce(F("person__merged_into"), F("person"))
    left = (
        Employment.objects.filter(retracted_at=None)
        .values(who=who)
        .annotate(last=Max(Coalesce(F("ends_on"), Value(date.max, output_field=models.DateField()))))
        .filter(last__lt=before)
        .order_by()
    )
    roots = Person.objects.filter(pk__in=left.values("who")).exclude(pk__in=held).exclude(user__is_staff=True)
    found: Rows = {Person: {pk: pk for pk in roots.values_list("pk", flat=True)}}
    accounts = roots.filter(user__isnull=False).values_list("user_id", "pk")
    found[Person._meta.get_field("user").related_model] = dict(accounts)
    return found


def finding_of(retention: Retention) -> Finding:
    """The rows that are due with all that hangs on them."""
    rows = {model: dict(found) for model, found in retention.kind.find(retention.before).items()}
    _follow(rows, list(rows))
    people = frozenset(rows.get(Person, {}))
    if people:
        for trace in person_traces:
            for model, found in trace.rows(people).items():
                rows.setdefault(model, {}).update(found)
                _follow(rows, [model])
    rows = {model: found for model, found in rows.items() if found}
    return Finding(rows, people, _tombstones(rows))


def references(*kinds: Any) -> dict[type[models.Model], list[tuple[type[models.Model], models.ForeignKey[Any, Any]]]]:
    """By model, the foreign keys that point to it and say one of these things about its deletion."""
    found: dict[type[models.Model], list[tuple[type[models.Model], models.ForeignKey[Any, Any]]]] = {}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.remote_field.on_delete in kinds:
                found.setdefault(field.related_model, []).append((model, field))
    return found


def _follow(rows: Rows, waiting: list[type[models.Model]]) -> None:
    """Add what hangs on rows, and what hangs on that."""
    pointing = references(*HOLDING)
    while waiting:
        model = waiting.pop()
        have = rows.get(model, {})
        for other, field in pointing.get(model, ()):
            known = rows.setdefault(other, {})
            before = len(known)
            for some in in_batches(have):
                hanging = other._base_manager.filter(**{f"{field.name}__in": some})
                for pk, above in hanging.values_list("pk", field.attname):
                    known.setdefault(pk, have[above])
            if len(known) > before:
                waiting.append(other)


def in_batches(keys: Iterable[int]) -> Iterator[list[int]]:
    every = list(keys)
    for start in range(0, len(every), BATCH):
        yield every[start : start + BATCH]


def _tombstones(rows: Rows) -> Counter[tuple[str, int | None, date]]:
    """Evidence by the month it was achieved, all else by the month of the person's last day, at their last org unit."""
    last: dict[int, tuple[int, date]] = {}
    people = {person for found in rows.values() for person in found.values()}
    for some in in_batches(people):
        jobs = Employment.objects.filter(retracted_at=None).annotate(who=Coalesce("person__merged_into", "person"))
        for who, unit, ends_on in (
            jobs.filter(who__in=some).order_by("ends_on", "pk").values_list("who", "org_unit_id", "ends_on")
        ):
            last[who] = (unit, ends_on or timezone.localdate())
    months: dict[int, date] = {}
    for some in in_batches(rows.get(Evidence, {})):
        months.update(Evidence.objects.filter(pk__in=some).values_list("pk", "achieved_on"))
    found: Counter[tuple[str, int | None, date]] = Counter()
    for model, keys in rows.items():
        for pk, person in keys.items():
            unit, left = last.get(person, (None, timezone.localdate()))
            day = months[pk] if model is Evidence else left
            found[model._meta.label, unit, day.replace(day=1)] += 1
    return found
