"""Disposal: off by default, foreseen before it is done, exactly what is due, and nothing of anybody left behind."""

import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from cms.certificates.actions import make_whole
from cms.certificates.models import Certificate
from cms.compliance.actions import (
    NotDecided,
    check_summaries,
    dispose,
    grant_exemption,
    rebuild_summaries,
    record_evidence,
    void_evidence,
)
from cms.compliance.enums import EvidenceKind, ExemptionReason, VoidReason
from cms.compliance.models import DisposalRun, Evidence, Tombstone
from cms.compliance.queries import Disposed, counts_by_org_unit, disposed_before, finding_of, retentions
from cms.core.immutability import gate_opened
from cms.core.models import ImmutableRecordError
from cms.oversight.actions import open_disclosure, request_export
from cms.oversight.enums import FileFormat
from cms.oversight.models import ExportFile
from cms.oversight.queries import Filters
from cms.oversight.tasks import make_export
from cms.people.actions import merge_people, queue_message, write_audit
from cms.people.enums import AuditAction
from cms.people.models import Employment, Identity, Person
from cms.people.queries import view_of
from cms.reminders.models import Reminder, ReminderItem
from courses.actions import complete_unit, enroll
from courses.models import Answer, Attempt, Enrollment, UnitCompletion
from tests.cast import LOGIN_BACKEND, Cast, City, found_city, gather_cast
from tests.factories import (
    CoursePageFactory,
    EmploymentFactory,
    LeaveFactory,
    PersonFactory,
    TargetFactory,
    UserFactory,
    moment,
)
from tests.test_oversight import page
from tests.world import cut

TODAY = timezone.localdate
MARK = "Xyzzyberg"  # a name that is nowhere else
DECIDED = {
    "former_staff": {"months": 24, "decision": "KS 2027/12"},
    "answers": {"months": 12, "decision": "KS 2027/13"},
}


@pytest.fixture
def decided(settings: Any) -> None:
    settings.LEDSTANG_RETENTION = DECIDED


def left(days: int = 900, **how: Any) -> Person:
    """Somebody who left so many days ago, and left traces everywhere."""
    city = how.pop("city")
    user = UserFactory(email=f"{MARK}.{uuid.uuid4().hex[:6]}@example.se", first_name=MARK, last_name=MARK)
    person = PersonFactory(user=user, given_name=MARK, family_name=MARK, email=user.email)
    EmploymentFactory(
        person=person, org_unit=city.almskolan, role=city.roles["larare"], starts_on=TODAY() - timedelta(days=2000),
        ends_on=TODAY() - timedelta(days=days),
    )  # fmt: skip
    return person


def traces(person: Person, city: Any, other: Person) -> Evidence:
    """What the house writes about people, as far as its actions go."""
    course = cut(CoursePageFactory(units=1, units__questions=False))
    enrollment = enroll(person=person, course_key=course.key)
    completed = complete_unit(enrollment=enrollment, unit_key=course.units.get().unit_key)
    make_whole(certificate=completed.certificate)
    Identity.objects.create(person=person, issuer="hr", subject=f"{MARK}-17")
    LeaveFactory(person=person)
    target = TargetFactory()
    evidence, _new = record_evidence(
        source_key=f"hr:{MARK}", person=person, target=target, kind=EvidenceKind.RECORDED, recorded_by=other,
        achieved_at=moment(TODAY() - timedelta(days=1000)), document=ContentFile(MARK.encode(), f"{MARK}.pdf"),
    )  # fmt: skip
    void_evidence(evidence=evidence, reason=VoidReason.NOT_DONE, actor=other)
    start, until = TODAY() - timedelta(days=1000), TODAY() - timedelta(days=990)
    reason = ExemptionReason.OTHER_WAY
    grant_exemption(person=person, target=target, reason=reason, starts_on=start, until=until, actor=other)
    record_evidence(
        source_key=f"hr:{uuid.uuid4()}", person=other, target=target, kind=EvidenceKind.RECORDED, recorded_by=person
    )
    queue_message(source_key=f"prov:{MARK}", kind="prov", person=person, payload={"name": MARK})
    reminded_of(person, other, target)
    accounts_of(person)
    write_audit(action=AuditAction.PERSON_VIEWED, actor=other, subject=person, object_key=str(person.key))
    duplicate = PersonFactory(given_name=MARK, family_name=f"{MARK}sson")
    merge_people(duplicate=duplicate, into=person, actor=other)
    return evidence


def reminded_of(person: Person, head: Person, target: Any) -> None:
    """A reminder to the person, and what the head was told about them."""
    for about, whom in ((None, person), (person, head)):
        day = TODAY() - timedelta(days=950)
        message = queue_message(source_key=f"reminder:{uuid.uuid4()}", kind="reminders", person=whom, payload={})
        sent = Reminder.objects.create(person=whom, sent_on=day, handed_at=moment(day), message=message)
        ReminderItem.objects.create(reminder=sent, target=target, about=about, rule="overdue", due_on=day)


def accounts_of(person: Person) -> None:
    """What logins keep."""
    user = person.user
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    SocialAccount.objects.create(user=user, provider="staden", uid=f"{MARK}-uid", extra_data={"name": MARK})


def dump() -> str:
    """Everything that is in the tables, as the database itself writes it out."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return "\n".join(connection.connection.iterdump())
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        said = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            said += [row for (row,) in cursor.fetchall()]
    return "\n".join(said)


@pytest.fixture
def files(settings: Any) -> Path:
    return Path(settings.DATA_DIR)


def holds_mark(folder: Path) -> bool:
    return any(
        MARK in path.name or MARK.encode() in path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "sqlite3" not in path.name
    )


def test_off_by_default(db: None, capsys: pytest.CaptureFixture[str]):
    assert retentions() == []
    with pytest.raises(NotDecided):
        dispose(kind="former_staff")
    call_command("dispose")
    assert "not switched on" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("dispose", "answers")
    assert not DisposalRun.objects.exists()


@pytest.mark.parametrize("half", [{"months": 24}, {"decision": "KS 1"}, {"months": 0, "decision": "KS 1"}])
def test_months_without_a_decision_switch_nothing_on(db: None, settings: Any, half: dict[str, Any]):
    settings.LEDSTANG_RETENTION = {"former_staff": half}
    assert retentions() == []


def test_after_a_disposal_nothing_of_the_person_is_left(
    transactional_db: None, decided: None, files: Path, capsys: pytest.CaptureFixture[str]
):
    city = found_city()
    other = gather_cast(city).hr.person
    assert other is not None
    gone = left(city=city)
    traces(gone, city, other)
    kept_one = PersonFactory(family_name="Stannarsson")
    ends_on = TODAY() - timedelta(days=100)
    EmploymentFactory(person=kept_one, org_unit=city.almskolan, role=None, ends_on=ends_on)
    rebuild_summaries()
    strings = [MARK, str(gone.key), gone.key.hex, gone.user.email]
    assert all(string in dump() for string in strings[:1])
    assert holds_mark(files)

    call_command("dispose", "--dry-run")
    assert MARK in dump()
    assert not Tombstone.objects.exists()
    assert disposed_before() is None

    call_command("dispose")
    said = capsys.readouterr().out
    assert MARK not in said
    text = dump()
    assert [string for string in strings if string in text] == []
    assert not holds_mark(files)
    if connection.vendor == "sqlite":
        raw = b"".join(path.read_bytes() for path in Path(connection.settings_dict["NAME"]).parent.glob("*.sqlite3*"))
        assert MARK.encode() not in raw

    run = DisposalRun.objects.get(is_dry_run=False)
    assert run.counts["ledstang_compliance.Evidence"] == 2
    assert run.decision == "KS 2027/12"
    stones = Tombstone.objects.filter(run=run, what="ledstang_compliance.Evidence")
    assert {(stone.org_unit, stone.count) for stone in stones} == {(city.almskolan, 1)}
    assert disposed_before() == run.before
    assert Person.objects.filter(pk=kept_one.pk).exists()
    assert Evidence.objects.filter(person=other).get().recorded_by is None
    assert list(Reminder.objects.values_list("person", flat=True)) == [other.pk], "the head's own stays"
    assert not ReminderItem.objects.exists()
    assert check_summaries() == []
    call_command("dispose")
    assert DisposalRun.objects.filter(is_dry_run=False).count() == 1, "a second run finds nothing"
    cache.clear()


def test_only_those_whose_time_has_passed_go(db: None, decided: None):
    city = found_city()
    member = gather_cast(city)
    old, new = left(city=city), left(days=100, city=city)
    back = left(city=city)
    EmploymentFactory(person=back, org_unit=city.bokskolan, role=None, starts_on=TODAY())
    retention = next(one for one in retentions() if one.kind.name == "former_staff")
    assert finding_of(retention).people == {old.pk}
    assert {new.pk, back.pk, member.head.person.pk}.isdisjoint(finding_of(retention).people)


def test_answers_go_and_what_was_done_stays(db: None, decided: None):
    city = found_city()
    person = gather_cast(city).learner.person
    course = cut(CoursePageFactory(units=1, units__questions=False))
    enrollment = enroll(person=person, course_key=course.key)
    complete_unit(enrollment=enrollment, unit_key=course.units.get().unit_key)
    attempt = Attempt.objects.create(
        enrollment=enrollment, unit_version=course.units.get(), number=1, started_at=timezone.now()
    )
    Answer.objects.create(attempt=attempt, question_key=uuid.uuid4(), value={"choices": []}, saved_at=timezone.now())
    assert dispose(kind="answers") is None
    long_ago = timezone.now() - timedelta(days=400)
    Enrollment.objects.filter(pk=enrollment.pk).update(started_at=long_ago, finished_at=long_ago)
    run = dispose(kind="answers")
    assert run is not None
    assert run.counts == {"courses.Answer": 1, "courses.Attempt": 1}
    assert not Answer.objects.exists()
    assert UnitCompletion.objects.filter(enrollment=enrollment).exists()
    assert Evidence.objects.filter(person=person).exists()
    assert Certificate.objects.filter(person=person).exists()
    assert disposed_before() is None, "answers are no part of the ledger"


def test_the_gate_opens_for_exactly_the_rows_that_are_due(db: None, decided: None, monkeypatch: pytest.MonkeyPatch):
    """The twin: without the gate the triggers refuse, and everything stays."""
    city = found_city()
    gone = left(city=city)
    target = TargetFactory()
    evidence, _new = record_evidence(source_key="x", person=gone, target=target, kind=EvidenceKind.RECORDED)
    with pytest.raises(ImmutableRecordError):
        evidence.delete()

    def shut(model: Any, pks: list[int]) -> Any:
        return gate_opened(model, [])

    monkeypatch.setattr("cms.compliance.actions.disposal.gate_opened", shut)
    with pytest.raises(IntegrityError), transaction.atomic():
        dispose(kind="former_staff")
    assert Evidence.objects.filter(pk=evidence.pk).exists()
    monkeypatch.undo()
    assert Employment.objects.filter(person=gone).exists()


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("ledstang_disposal_has_decision", {"decision": ""}),
        ("ledstang_disposal_keeps_a_month", {"months": 0}),
    ],
)
def test_a_run_needs_a_decision_and_a_month(db: None, constraint: str, values: dict[str, Any]):
    right = {
        "kind": "x", "months": 1, "decision": "KS 1", "before": date(2026, 1, 1), "is_dry_run": True,
        "is_ledger": False, "counts": {}, "run_at": timezone.now(),
    }  # fmt: skip
    DisposalRun.objects.create(**right)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DisposalRun.objects.create(**right | values)


def test_days_before_the_horizon_are_disposed_of_never_zero(db: None, decided: None, settings: Any):
    city = found_city()
    hr = gather_cast(city).hr
    left(city=city)
    client = hr.client()
    past, kept = TODAY() - timedelta(days=1000), TODAY() - timedelta(days=300)
    assert client.get("/uppfoljning/", {"dag": past.isoformat()}).status_code == 200
    run = dispose(kind="former_staff")
    assert run is not None
    response = client.get("/uppfoljning/", {"dag": past.isoformat()})
    assert response.status_code == 410
    assert "gallrat" in response.content.decode()
    answer = client.get("/uppfoljning/", {"dag": past.isoformat(), "omrade": "mitten"}).content.decode()
    assert '<a href="?omrade=mitten">Visa i dag</a>' in answer
    assert client.get("/uppfoljning/", {"dag": kept.isoformat()}).status_code == 200
    with pytest.raises(Disposed):
        counts_by_org_unit(view_of(hr.person, past), [city.root.pk], [], past)


def test_a_long_list_of_a_day_before_the_horizon_is_neither_made_nor_fetched(
    db: None, decided: None, oversight_open: None, city: City, cast: Cast
):
    """Whether it was asked for or made before the disposal. Files of such days go with the next nightly run."""
    left(city=city)
    client, past = cast.hr.client(), TODAY() - timedelta(days=1000)

    def asked(on: date) -> ExportFile:
        return request_export(
            person=cast.hr.person, org_unit=city.root, filters=Filters(on=on), file_format=FileFormat.CSV
        )  # fmt: skip

    made, waiting, later = asked(past), asked(past), asked(TODAY() - timedelta(days=300))
    make_export.call(made.pk)
    made.refresh_from_db()
    assert MARK in Path(made.file.path).read_text()
    assert dispose(kind="former_staff") is not None
    for export in (waiting, later):
        make_export.call(export.pk)
        export.refresh_from_db()
    assert (waiting.is_made, later.is_made) == (False, True)
    for name, statuses in (("export", [410, 410, 200]), ("fetch-export", [410, 410, 200])):
        asked_for = [client.get(page(name, export.key)) for export in (made, waiting, later)]
        assert [response.status_code for response in asked_for] == statuses
    kept = Path(made.file.path)
    call_command("remove_exports")
    assert list(ExportFile.objects.all()) == [later]
    assert not kept.exists()
    with pytest.raises(Disposed):
        open_disclosure(reference="2026/9", org_unit=city.root, filters=Filters(on=past), actor=cast.hr.person)
    asked_for = {"arende": "2026/9", "enhet": str(city.root.key), "dag": past.isoformat()}
    form = client.post(page("disclosures"), asked_for).content.decode()
    assert "är gallrat. Välj en senare dag." in form
    assert all(word in form for word in asked_for.values())


def test_an_administrator_sees_what_is_due_and_disposes_of_it(db: None, decided: None):
    city = found_city()
    left(city=city)
    admin = Client()
    admin.force_login(UserFactory(is_superuser=True, is_staff=True), backend=LOGIN_BACKEND)
    page = admin.get("/admin/gallring/").content.decode()
    assert "KS 2027/12" in page
    assert '<th scope="row">Personer</th>' in page
    admin.post("/admin/gallring/former_staff/", {"try": ""})
    assert Person.objects.filter(family_name=MARK).exists()
    asked = admin.post("/admin/gallring/former_staff/", {"run": ""}, follow=True).content.decode()
    assert "Kryssa i rutan först" in asked
    assert not DisposalRun.objects.filter(is_dry_run=False).exists()
    admin.post("/admin/gallring/former_staff/", {"run": "", "sure": "on"})
    assert not Person.objects.filter(family_name=MARK).exists()
    assert [run.is_dry_run for run in DisposalRun.objects.order_by("pk")] == [True, False]
    assert admin.post("/admin/gallring/other/", {"run": "", "sure": "on"}).status_code == 404
