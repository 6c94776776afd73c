"""A third plugin, the yearly drill, works everywhere with nothing changed elsewhere, and stays small."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from cms.compliance.actions import set_rule
from cms.people.models import AuditEntry
from tests.cast import Cast, City
from tests.factories import RequirementFactory, moment
from tests.test_oversight import body, cells, page
from tests.third_kind.actions import evacuation_drill, hold_drill

FOLDER = Path(__file__).parent / "third_kind"


def test_the_whole_plugin_is_at_most_120_lines():
    files = [file for file in FOLDER.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    assert sum(len(file.read_text().splitlines()) for file in files) <= 120


def test_nothing_else_knows_of_it():
    house = FOLDER.parent.parent
    for folder in ("cms", "guidelines", "courses", "templates", "static"):
        for file in (house / folder).rglob("*"):
            if file.suffix in (".py", ".html", ".js") and "settings" not in file.parts:
                assert "third_kind" not in file.read_text(), file


def test_yearly_drill_is_seen_by_staff_and_by_hr(city: City, cast: Cast, oversight_open: None):
    today = timezone.localdate()
    start = today - timedelta(days=500)
    set_rule(
        requirement=RequirementFactory(target=evacuation_drill()), effective_on=start, due_days=30,
        org_units=[city.schools], validity_months=12, at=moment(start),
    )  # fmt: skip
    client = cast.learner.client()
    before = body(client.get(page("training")))
    assert "Utrymningsövning" in before
    assert "Försenat" in before
    assert "Delta i nästa övning" in before
    hold_drill(org_unit=city.almskolan, held_on=today, people=[cast.learner.person], leader=cast.head.person)
    after = body(client.get(page("training")))
    assert "Du har gjort allt som krävs" in after
    assert f"giltigt till {today.replace(year=today.year + 1)}" in after
    rows = cells(cast.hr.client(), page("people", city.schools.key), "lo-people")
    standing = {row[0].split(",")[0]: row[2] for row in rows[1:]}
    assert (standing["Lind"], standing["Rönn"]) == ("Klart", "Försenat")
    assert "Registrerat för hand" in body(cast.hr.client().get(page("person", cast.learner.person.key)))
    assert "1 av 5 medarbetare" in body(cast.hr.client().get(page("org-unit", city.schools.key)))


def test_a_drill_is_recorded_once_for_each(city: City, cast: Cast):
    people = [cast.learner.person, cast.head.person, cast.learner.person]
    drill = hold_drill(org_unit=city.almskolan, held_on=timezone.localdate(), people=people, leader=None)
    assert cast.learner.person.evidence.get().source_key == f"drills:{drill.key}:{cast.learner.person.key}"
    assert not AuditEntry.objects.filter(subject=cast.learner.person).exists()
