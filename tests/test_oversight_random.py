"""Screen = CSV = XLSX = brute force, on small organisations made at random, for an actor made at random."""

from datetime import date
from io import BytesIO
from random import Random
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.test import Client

from cms.compliance.enums import State
from cms.people.enums import Right
from cms.people.models import OversightTerms
from tests.campaigns import SEED, Campaign
from tests.organisations import BruteForce, Organisation, found
from tests.test_oversight import cells, page, rows_of

pytestmark = pytest.mark.campaign


class Undo(Exception):
    pass


def of_screen(row: list[str]) -> tuple[str, int, int, int, int]:
    """Name, required, done, to do, overdue, from a row of figures on a page."""
    name, share, to_do, overdue = row
    done, required = share.split("% ")[1].split(" av ") if "%" in share else ("0", "0")
    return name, int(required), int(done), int(to_do.split()[0]), int(overdue.split()[0])


def of_file(row: list[str]) -> tuple[str, int, int, int, int]:
    name, _what, required, done, _expiring, to_do, overdue, _exempt, _share = row
    return name, int(required), int(done), int(to_do), int(overdue)


def expected_rows(brute: BruteForce, unit: Any) -> list[tuple[Any, ...]]:
    below = [
        one for one in brute.units.values() if brute.parent(one.pk, brute.today) == unit.pk and brute.oversees(one.pk)
    ]
    rows = [(one.name, *brute.figures(brute.shown_at(one.pk))) for one in sorted(below, key=lambda one: one.name)]
    own = brute.figures(brute.shown_own(unit.pk))
    exempt = any(brute.together(person) == State.EXEMPT for person in brute.shown_own(unit.pk))
    if below and (own[0] or exempt):
        rows.append((f"{unit.name}, egen personal", *own))
    return rows


def check_figures(client: Client, brute: BruteForce, unit: Any, **days: str) -> None:
    total = brute.figures(brute.shown_at(unit.pk))
    rows = expected_rows(brute, unit)
    file = [of_file(row) for row in rows_of(client.get(page("org-unit-csv", unit.key, **days)))[1:]]
    assert file[: len(rows) + 1] == [*rows, ("Tillsammans, varje person en gång" if rows else unit.name, *total)]
    if rows:
        screen = [of_screen(row) for row in cells(client, page("org-unit", unit.key, **days), "lo-figures")[1:]]
        assert screen[: len(rows) + 1] == [*rows, ("Tillsammans", *total)]


def check_people(client: Client, brute: BruteForce, unit: Any, **days: str) -> None:
    expected = []
    for person in brute.shown_at(unit.pk):
        name = brute.people[person].family_name
        mine = [(target.title, *brute.standing(person, target.pk)) for target in brute.made.targets]
        required = [(title, state.label, due) for title, state, due in mine if state != State.NOT_REQUIRED]
        expected += [(name, *row) for row in required] or [(name, "", State.NOT_REQUIRED.label, None)]
    file = rows_of(client.get(page("people-csv", unit.key, **days)))[1:]
    in_file = [
        (row[0], row[4], row[5], date.fromisoformat(row[6]) if row[6] and row[5] != State.EXPIRING.label else None)
        for row in file
    ]
    assert sorted(in_file, key=str) == sorted(expected, key=str)
    if file:
        on_screen = cells(client, page("people", unit.key, **days), "lo-people")[1:]
        names = [row[0].split(",")[0] for row in on_screen if row[0].startswith(("P", "Aktör"))]
        assert list(dict.fromkeys(names)) == list(dict.fromkeys(row[0] for row in file))
        said = [row[-3:] if len(row) > 2 else ["", "Inget krävs"] for row in on_screen]
        assert [row[0] for row in said] == [row[4] for row in file]
        assert [row[1] for row in said] == [row[5] if row[4] else "Inget krävs" for row in file]


def check_sheet(client: Client, unit: Any) -> None:
    """The sheet has the rows of the CSV, with dates as dates."""
    for name in ("people", "org-unit"):
        content = b"".join(client.get(page(f"{name}-xlsx", unit.key)).streaming_content)
        rows = [
            ["" if value is None else str(value).removesuffix(" 00:00:00") for value in row]
            for row in openpyxl.load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
        ]
        start = next(number for number, row in enumerate(rows) if not any(row))
        assert rows[start + 1 :] == rows_of(client.get(page(f"{name}-csv", unit.key)))


class KnownThen(BruteForce):
    """Everything as it was known, the organisation too; but nothing is seen that lies outside the actor's part now."""

    def __init__(self, made: Organisation, on: date, known_on: date | None) -> None:
        super().__init__(made, on, known_on)
        self.now = BruteForce(made, on)
        self.placed_now = self.placed_then

    def _holds(self, right: Right, unit: int) -> bool:
        return super()._holds(right, unit) and self.now._holds(right, unit)


def check_another_day(client: Client, made: Organisation) -> None:
    """The same on a day of the past or to come, as known now or at the end of some day."""
    on = made.day(-60)
    known_on = made.random.choice([None, made.day(1), made.day(1)])
    brute = KnownThen(made, on, known_on)
    days = {"dag": on.isoformat(), **({"kand": known_on.isoformat()} if known_on else {})}
    inside = [unit for unit in brute.units.values() if brute.oversees(unit.pk)]
    for unit in made.random.sample(inside, min(1, len(inside))):
        check_figures(client, brute, unit, **days)
        check_people(client, brute, unit, **days)


def check(made: Organisation) -> int:
    brute = BruteForce(made)
    client = Client()
    client.force_login(made.actor.user, backend="django.contrib.auth.backends.ModelBackend")
    inside = [unit for unit in brute.units.values() if brute.oversees(unit.pk)]
    outside = [unit for unit in brute.units.values() if unit not in inside]
    for unit in inside:
        check_figures(client, brute, unit)
        check_people(client, brute, unit)
    for unit in made.random.sample(inside, min(1, len(inside))):
        check_sheet(client, unit)
    if inside:
        check_another_day(client, made)
    for unit in made.random.sample(outside, min(2, len(outside))):
        for name in ("org-unit", "org-unit-csv", "people", "people-csv"):
            assert client.get(page(name, unit.key)).status_code == 404
    shown = {person for person, _unit in brute.shown()}
    for person in made.random.sample(list(brute.people.values()), 4):
        response = client.get(page("person", person.key))
        assert response.status_code == (200 if person.pk in shown else 404), person.family_name
    return len(inside)


def test_random_organisations(db: None, campaign: Campaign):
    OversightTerms.objects.create(purpose="Prov", staff_informed_on=date(2020, 1, 1), consultation_ref="Prov")
    seen = 0
    numbers = campaign.numbers(500)
    for number in numbers:
        try:
            with transaction.atomic():
                seen += check(found(Random(SEED + number)))
                raise Undo
        except Undo:
            pass
        except AssertionError as error:
            raise AssertionError(f"organisation {number}: {error}") from error
    campaign.tell(f"{len(numbers)} organisations, {seen} org units seen: screen = CSV = XLSX = brute force, on any day")


def check_some() -> None:
    with transaction.atomic():
        for number in range(20):
            check(found(Random(SEED + number)))


def test_the_campaign_can_fail(db: None, monkeypatch: pytest.MonkeyPatch):
    """The twin: where protected people are let in, brute force finds it."""
    OversightTerms.objects.create(purpose="Prov", staff_informed_on=date(2020, 1, 1), consultation_ref="Prov")
    monkeypatch.setattr("cms.people.queries.scope.Protection", SimpleNamespace(NONE="confidential"))
    with pytest.raises(AssertionError):
        check_some()
