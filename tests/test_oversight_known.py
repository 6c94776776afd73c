"""A report that was handed out can be computed again: February's, asked for in April, as it was known in February."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from cms.compliance.actions import grant_exemption, rebuild_summaries, record_evidence, set_rule, void_evidence
from cms.compliance.enums import EvidenceKind, ExemptionReason, VoidReason
from cms.compliance.models import Target
from cms.people.actions import move_person, place_org_unit, record_employment, record_leave, retract_employment
from cms.people.models import Employment
from tests.cast import Cast, City
from tests.factories import EmploymentFactory, PersonFactory, RequirementFactory, TargetFactory, moment
from tests.test_oversight import cells, page, prove, rows_of

FEBRUARY, MARCH, APRIL = date(2026, 2, 28), date(2026, 3, 16), date(2026, 4, 15)
AS_KNOWN_THEN = {"dag": FEBRUARY.isoformat(), "kand": FEBRUARY.isoformat()}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the day that it is."""

    def it_is(day: date) -> datetime:
        monkeypatch.setattr(timezone, "now", lambda: moment(day))
        return moment(day)

    return it_is


def sheet_of(response: Any) -> list[list[Any]]:
    content = b"".join(response.streaming_content)
    rows = [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]
    return rows[next(number for number, row in enumerate(rows) if not any(row)) + 1 :]


def report(cast: Cast, city: City, **days: str) -> dict[str, Any]:
    """All that is handed out of a day, without the lines above each table that say when it was made."""
    client = cast.hr.client()
    found: dict[str, Any] = {}
    for name in ("overview-csv", "matrix-csv", "trend-csv"):
        found[name] = rows_of(client.get(page(name, **days)))
    for unit in (city.root, city.schools, city.bokskolan):
        for name in ("org-unit-csv", "people-csv", "unit-matrix-csv"):
            found[f"{name} {unit}"] = rows_of(client.get(page(name, unit.key, **days)))
        found[f"sheet {unit}"] = sheet_of(client.get(page("people-xlsx", unit.key, **days)))
        screen = cells(client, page("people", unit.key, **days), "lo-people")
        found[f"screen {unit}"] = [[*row[:-1], row[-1][:10]] for row in screen]  # without "28 days ago", said of today
    found["late"] = rows_of(client.get(page("people-csv", city.root.key, lage="overdue", ordning="due", **days)))
    return found


def what_february_knew(city: City, cast: Cast) -> Target:
    target, start = TargetFactory(title="Sugardejting"), date(2026, 1, 1)
    set_rule(
        requirement=RequirementFactory(target=target), effective_on=start, at=moment(start), due_days=30,
        validity_months=24, org_units=[city.root],
    )  # fmt: skip
    prove(cast.learner.person, target)
    for unit in (city.almskolan, city.bokskolan, city.asken):
        EmploymentFactory(person=PersonFactory(), org_unit=unit, role=city.roles["larare"])
    return target


def what_came_to_light_in_march(city: City, cast: Cast, target: Target, at: datetime) -> None:
    """Late imports, corrections, moves, leave, exemptions, voids and rules, all about February or before."""
    learner, second, head = (cast[name].person for name in ("learner", "second_learner", "head"))
    job = {name: Employment.objects.known_at().get(person=cast[name].person) for name in ("learner", "second_learner")}
    record_employment(
        person=PersonFactory(), org_unit=city.bokskolan, role=city.roles["larare"], starts_on=date(2026, 1, 7)
    )
    move_person(employment=job["learner"], org_unit=city.asken, on=date(2026, 2, 9))
    void_evidence(evidence=learner.evidence.get(), reason=VoidReason.NOT_DONE, actor=cast.hr.person)
    retract_employment(employment=job["second_learner"])
    record_employment(person=second, org_unit=city.cedern, role=city.roles["rektor"], starts_on=date(2025, 8, 1))
    record_evidence(
        source_key="sent", person=head, target=target, kind=EvidenceKind.RECORDED, achieved_at=moment(date(2026, 1, 20))
    )
    late = {"person": cast.editor.person, "starts_on": date(2026, 1, 15)}
    record_leave(**late, ends_on=None)
    grant_exemption(
        **late | {"person": cast.approver.person}, target=target, reason=ExemptionReason.OTHER_WAY,
        until=date(2026, 12, 31), actor=cast.hr.person,
    )  # fmt: skip
    set_rule(
        requirement=RequirementFactory(target=TargetFactory(title="Brandskydd")), effective_on=date(2026, 2, 1),
        due_days=5, org_units=[city.schools],
    )  # fmt: skip
    place_org_unit(org_unit=city.bokskolan, parent=city.preschools, starts_on=date(2026, 2, 1))


@pytest.mark.parametrize("is_kept", [False, True], ids=["counted", "kept"])
def test_februarys_report_computed_in_april_as_known_in_february_is_februarys(
    city: City, cast: Cast, oversight_open: None, clock: Any, is_kept: bool
):
    clock(FEBRUARY)
    target = what_february_knew(city, cast)
    if is_kept:
        rebuild_summaries()
    handed_out = report(cast, city)
    assert any("Försenat" in row for row in handed_out["late"])
    what_came_to_light_in_march(city, cast, target, clock(MARCH))
    clock(APRIL)
    again = report(cast, city, **AS_KNOWN_THEN)
    assert {name for name, said in handed_out.items() if again[name] != said} == set()
    as_known_now = report(cast, city, dag=FEBRUARY.isoformat())
    differing = {name for name, said in handed_out.items() if as_known_now[name] != said}
    assert len(differing) > 8, "the test can fail: as known now, February looks different"
