"""Kept figures = figures counted from standings = brute force, for any day, as known on any day, whatever happened."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cms.compliance.actions import (
    end_exemption,
    grant_exemption,
    keep_target,
    rebuild_summaries,
    record_evidence,
    record_release,
    roll_summaries,
    set_rule,
    void_evidence,
)
from cms.compliance.enums import EvidenceKind, ExemptionReason, VoidReason
from cms.compliance.models import Evidence, Exemption, StandingStep, SummaryRow, SummaryState
from cms.compliance.queries import (
    Figures,
    OverdueRow,
    counts_by_org_unit,
    end_of,
    kept_for,
    overdue_page,
    required_targets,
)
from cms.people.actions import (
    close_org_unit,
    correct_employment,
    merge_people,
    move_person,
    place_org_unit,
    record_employment,
    record_leave,
    retract_employment,
    set_protection,
)
from cms.people.enums import Protection
from cms.people.models import Employment, Person
from cms.people.queries import View, org_tree
from tests.campaigns import SEED, Campaign
from tests.organisations import BruteForce, Organisation, found

DAY = timedelta(days=1)


class Undo(Exception):
    pass


def whole(on: date, protected_in: frozenset[int] = frozenset()) -> View:
    tree = org_tree(on)
    return View(frozenset(tree.nodes), protected_in & frozenset(tree.nodes), tree)


def cells_of(figures: Figures, view: View, targets: list[Any]) -> dict[Any, Any]:
    """All that figures say, but for the nearest day of single targets, which kept ones do not tell."""
    found: dict[Any, Any] = {}
    for target in (None, *(one.pk for one in targets)):
        for name, one in (("together", figures.together(target)), *(
            (f"{kind} {unit}", ask(unit, target))
            for unit in view.tree.nodes
            for kind, ask in (("below", figures.of), ("own", figures.own_of))
        )):  # fmt: skip
            found[name, target] = (one.done, one.expiring, one.to_do, one.overdue, one.exempt, one.due_soon)
    found["next"] = figures.together().next_due_on
    return found


def asked(view: View, on: date, known_on: date | None, targets: list[Any] | None = None) -> dict[Any, Any]:
    targets = required_targets(on) if targets is None else targets
    known_at = None if known_on is None else end_of(known_on)
    assert kept_for(targets, on, known_at) is not None or not SummaryState.objects.exists()
    return cells_of(counts_by_org_unit(view, view.tree.nodes, targets, on, known_at), view, targets)


def counted(ask: Callable[[], Any]) -> Any:
    """The same question without anything kept."""
    state = list(SummaryState.objects.all())
    SummaryState.objects.all().delete()
    try:
        return ask()
    finally:
        SummaryState.objects.bulk_create(state)


def check_days(made: Organisation, protected_in: frozenset[int]) -> int:
    """Past, today and days to come; as known now and then."""
    rnd, today = made.random, made.today
    past = made.day(1, 120)
    days: list[tuple[date, date | None]] = [
        (today, None),
        (rnd.choice([past, today + 20 * DAY]), None),
        (past, min(today, past + timedelta(days=rnd.choice([0, 1, 10, 40])))),
    ]
    for on, known_on in days:
        view = whole(on, protected_in)
        assert asked(view, on, known_on) == counted(lambda: asked(view, on, known_on)), (on, known_on)  # noqa: B023
    one = [rnd.choice(made.targets)]
    view = whole(today)
    assert asked(view, today, None, one) == counted(lambda: asked(view, today, None, one))
    return len(days)


def check_brute(made: Organisation, on: date, known_on: date | None) -> None:
    brute = BruteForce(made, on, known_on)
    view = whole(on)
    known_at = None if known_on is None else end_of(known_on)
    figures = counts_by_org_unit(view, view.tree.nodes, required_targets(on), on, known_at)
    for unit in view.tree.nodes:
        people = {
            person
            for person, some in brute.jobs.items()
            for job in some
            if job.starts_on <= on
            and (job.ends_on is None or on <= job.ends_on)
            and not (brute.people[person].is_protected or brute.people[job.person_id].is_protected)
            and brute.lies_in(job.org_unit_id, unit, on)
        }
        one = figures.of(unit)
        assert (one.required, one.met, one.to_do, one.overdue) == brute.figures(people), (on, known_on, unit)


def state_now() -> tuple[Any, Any]:
    steps = StandingStep.objects.values_list(
        "person_id", "target_ref", "org_unit_id", "weight", "mark", "due_on", "starts_on", "ends_on", "known_from",
        "known_to",
    )  # fmt: skip
    columns = ("done", "expiring", "to_do", "soon", "overdue", "exempt")
    rows = SummaryRow.objects.values_list("org_unit_id", "target_ref", "is_place", *columns)
    return sorted(steps, key=str), sorted(row for row in rows if any(row[3:]))


def something_happens(made: Organisation) -> None:
    """One action of any kind, as the house does it."""
    rnd, today = made.random, made.today
    person = rnd.choice(list(Person.objects.filter(merged_into=None).exclude(family_name="Aktör")))
    target, unit = rnd.choice(made.targets), rnd.choice(made.units[1:])
    job = rnd.choice(list(Employment.objects.filter(retracted_at=None)))
    requirement = rnd.choice(list(target.requirements.all()))
    kind, reason = EvidenceKind.RECORDED, ExemptionReason.OTHER_WAY
    rnd.choice(
        [
            lambda: record_evidence(
                source_key=str(uuid.uuid4()), person=person, target=target, kind=kind,
                achieved_at=end_of(made.day(0, 50)),
            ),
            lambda: void_evidence(
                evidence=rnd.choice(list(Evidence.objects.filter(void=None))), reason=VoidReason.NOT_DONE, actor=None
            ),
            lambda: grant_exemption(
                person=person, target=target, reason=reason, starts_on=today, until=today + 50 * DAY, actor=None
            ),
            lambda: [
                end_exemption(exemption=one, ended_on=today, actor=None)
                for one in Exemption.objects.filter(end=None, until__gte=today)[:1]
            ],
            lambda: record_release(
                target=target, major=rnd.randint(3, 9), effective_on=today - 5 * DAY, redo_by=today + 10 * DAY
            ),
            lambda: set_rule(
                requirement=requirement, effective_on=today - rnd.randint(0, 30) * DAY, due_days=rnd.randint(0, 50),
                org_units=rnd.sample(made.units, rnd.randint(0, 1)), alternatives=[rnd.choice(made.targets)],
            ),
            lambda: keep_target(kind=target.kind, key=target.key, title="Mål", path="", is_withdrawn=True),
            lambda: set_protection(
                person=person, actor=None, protection=rnd.choice([Protection.NONE, Protection.CONFIDENTIAL])
            ),
            lambda: merge_people(
                duplicate=person, actor=None,
                into=rnd.choice([one for one in made.people if one != person and one.merged_into_id is None]),
            ),
            lambda: place_org_unit(org_unit=unit, parent=made.units[0], starts_on=today - rnd.randint(-9, 30) * DAY),
            lambda: close_org_unit(org_unit=unit, closes_on=rnd.choice([None, today - 3 * DAY, today + 9 * DAY])),
            lambda: record_leave(person=person, starts_on=today - 9 * DAY, ends_on=today + 9 * DAY),
            lambda: retract_employment(employment=job),
            lambda: correct_employment(employment=job, starts_on=job.starts_on - 9 * DAY),
            lambda: move_person(employment=job, org_unit=unit, on=max(today, job.starts_on + 2 * DAY)),
        ]
    )()  # fmt: skip


def check(made: Organisation) -> int:
    # People were merged behind the house's back: what lies below is what the roster's actions leave.
    made.people = [Person.objects.get(pk=person.pk) for person in made.people]
    rebuild_summaries(on=made.today)
    protected_in = frozenset(unit.pk for unit in made.random.sample(made.units, 2))
    days = check_days(made, protected_in)
    past = made.day(1, 100)
    check_brute(made, past, min(made.today, past + timedelta(days=made.random.choice([0, 7, 30, 200]))))
    for _n in range(3):
        something_happens(made)
    kept = state_now()
    rebuild_summaries(on=made.today)
    assert kept == state_now(), "what was kept up is what is found anew"
    roll_summaries(on=made.today + 15 * DAY)
    rolled = state_now()[1]
    rebuild_summaries(on=made.today + 15 * DAY)
    assert rolled == state_now()[1]
    return days + 1


def run(numbers: range, look: Callable[[Organisation], int]) -> int:
    seen = 0
    for number in numbers:
        try:
            with transaction.atomic():
                seen += look(found(Random(SEED + number)))
                raise Undo
        except Undo:
            pass
        except AssertionError as error:
            raise AssertionError(f"organisation {number}: {error}") from error
    return seen


@pytest.mark.campaign
def test_kept_figures_are_counted_figures_are_brute_force(db: None, campaign: Campaign):
    numbers = campaign.numbers(500)
    seen = run(numbers, check)
    campaign.tell(f"{len(numbers)} organisations, {seen} days, some as known then: kept = counted = brute force")


def test_the_campaign_can_fail(db: None, monkeypatch: pytest.MonkeyPatch):
    """The twin: without the rows that take away those who work at two places, sums are wrong."""
    monkeypatch.setattr("cms.compliance.steps.meetings", lambda tree, units: {})
    with pytest.raises(AssertionError):
        run(range(30), check)


def test_the_nightly_check_finds_what_was_changed_behind_its_back(db: None, capsys: pytest.CaptureFixture[str]):
    made = found(Random(SEED))
    call_command("rebuild_summaries")
    call_command("check_summaries")
    assert "what the ledger says" in capsys.readouterr().out
    step = StandingStep.objects.exclude(target_ref=0).filter(known_to=None).first()
    StandingStep.objects.filter(pk=step.pk).delete()
    with pytest.raises(CommandError):
        call_command("check_summaries")
    said = capsys.readouterr().out
    assert step.org_unit.name in said
    assert not any(person.family_name in said for person in made.people)
    call_command("rebuild_summaries")
    call_command("check_summaries")
    call_command("rebuild_summaries", "--off")
    assert not StandingStep.objects.exists()


def test_somebody_marked_behind_our_back_is_counted_nowhere(db: None):
    """Fails closed: while somebody protected is among what is kept, nothing kept is used."""
    made = found(Random(SEED + 1))
    rebuild_summaries()
    targets = required_targets(made.today)
    assert kept_for(targets, made.today, None) is not None
    Person.objects.filter(pk=StandingStep.objects.first().person_id).update(protection=Protection.UNKNOWN)
    assert kept_for(targets, made.today, None) is None


def test_statements_do_not_grow_with_people(db: None):
    made = found(Random(SEED + 2))
    rebuild_summaries()
    view, targets = whole(made.today), required_targets(made.today)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            counts_by_org_unit(view, view.tree.nodes, targets, made.today)
        return len(captured)

    first = statements()
    for number in range(5):
        person = Person.objects.create(family_name=f"Ny{number}")
        record_employment(person=person, org_unit=made.units[0], role=None, starts_on=made.today)
    assert statements() == first <= 6


def test_a_page_of_what_is_overdue_goes_on_where_the_last_one_ended(db: None):
    for number in range(6):
        made = found(Random(SEED + number))
    view, targets = whole(made.today, frozenset(unit.pk for unit in made.units)), required_targets(made.today)
    counted_rows = overdue_page(view, view.tree.nodes, targets, made.today, size=1000).rows
    rebuild_summaries()
    rows, after = [], None
    while True:
        page = overdue_page(view, view.tree.nodes, targets, made.today, after, size=3)
        rows += page.rows
        after = page.after
        if after is None:
            break
    assert rows == counted_rows
    assert len(rows) > 6
    Person.objects.filter(pk=rows[3].person).update(protection=Protection.UNKNOWN)  # behind our back
    nobody = whole(made.today)
    page = overdue_page(nobody, nobody.tree.nodes, targets, made.today, size=1000)
    assert rows[3].person not in {row.person for row in page.rows}
    assert rows[3].person not in page.people


def test_positions_in_an_address_are_rows_or_nothing():
    row = OverdueRow(date(2026, 3, 1), 17, 5)
    assert OverdueRow.at(row.position) == row
    for forged in ("", "2026-03-01", "2026-03-01.17", "2026-02-30.1.1", "x.1.1", "2026-03-01.1.x"):
        assert OverdueRow.at(forged) is None
    assert OverdueRow.at(f"2026-03-01.{9**40}.1").person < 2**63
