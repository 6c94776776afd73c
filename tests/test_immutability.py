"""What was written is never changed: the triggers of every record model, on both databases, each with its twin."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.utils import timezone
from wagtail.models import Page

from cms.core.checks import check_triggers
from cms.core.immutability import (
    MESSAGE,
    drop_triggers,
    gate_opened,
    install_triggers,
    missing_triggers,
    record_models,
)
from cms.core.models import DisposalGate, ImmutableRecordError, Record
from cms.core.receivers import take_triggers_down
from cms.oversight.models import Disclosure
from cms.people.models import AuditEntry, OrgUnit, OutboxMessage, Person
from cms.versions.models import Content, Fragment, Redaction
from courses.models import CoursePage, Enrollment
from guidelines.models import GuidelinePage
from tests.factories import (
    CoursePageFactory,
    GuidelinePageFactory,
    LearningPathPageFactory,
    OrgUnitFactory,
    PersonFactory,
    RequirementFactory,
    RoleFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

RECORDS = [model for model in record_models() if model.__module__.split(".")[0] in ("cms", "guidelines", "courses")]
every_record = pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)

# What a row needs beside a value of the right type, to pass the model's own constraints.
FITTING: dict[str, dict[str, Any]] = {
    "GuidelineVersion": {"change": "substantive", "minor": 0, "decided_by": "Nämnden", "decided_on": date(2026, 1, 1)},
    "CourseVersion": {"change": "substantive", "minor": 0},
    "LearningPathVersion": {"change": "substantive", "minor": 0},
    "RequirementRule": {"due_days": 14},
    "CertificateEvent": {"kind": "issued", "reason": ""},
}


def make_enrollment() -> Enrollment:
    from courses.models import CourseVersion

    return Enrollment.objects.create(
        person=PersonFactory(), course_key=uuid.uuid4(), version=make(CourseVersion), started_at=timezone.now()
    )


def make_message() -> OutboxMessage:
    return OutboxMessage.objects.create(source_key=str(uuid.uuid4()), person=PersonFactory(), created_at=timezone.now())


MAKERS = {
    "OutboxMessage": make_message,
    "Person": PersonFactory,
    "OrgUnit": OrgUnitFactory,
    "Role": lambda: RoleFactory(key=uuid.uuid4().hex[:12]),
    "Target": TargetFactory,
    "Requirement": RequirementFactory,
    "Enrollment": make_enrollment,
    "Disclosure": lambda: Disclosure.objects.create(
        reference="2026/1", org_unit=OrgUnitFactory(), opened_at=timezone.now()
    ),
    "GuidelinePage": GuidelinePageFactory,
    "CoursePage": lambda: CoursePageFactory(units=0),
    "LearningPathPage": LearningPathPageFactory,
    get_user_model().__name__: UserFactory,
}


def make(model: type[models.Model]) -> Any:
    """A row of any record model, with everything it names."""
    if not issubclass(model, Record):
        return MAKERS[model.__name__]()
    given = FITTING.get(model.__name__, {})
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    values = {field.name: given[field.name] if field.name in given else value_for(field) for field in fields}
    return model.objects.create(**values)


def value_for(field: models.Field) -> Any:
    """Some value. A record that may name another of its kind names none."""
    if field.is_relation:
        return None if field.related_model is field.model else make(field.related_model)
    return None if field.null else some(field, turn=1)


def some(field: models.Field, turn: int) -> Any:
    """A value of the field's type, different for each turn."""
    if field.choices:
        values = [value for value, _label in field.flatchoices]
        return values[turn % len(values)]
    simple = {
        models.UUIDField: uuid.uuid4,
        models.JSONField: lambda: [f"värde {turn}"],
        models.BooleanField: lambda: turn % 2 == 0,
        models.DateTimeField: lambda: timezone.now() + timedelta(days=turn),
        models.DateField: lambda: date(2026, 1, turn) + timedelta(days=uuid.uuid4().int % 9999 if field.unique else 0),
        models.IntegerField: lambda: turn,
        models.FileField: lambda: f"fil-{turn}",
        models.CharField: lambda: uuid.uuid4().hex[: field.max_length],
        models.TextField: lambda: f"Ord {turn}",
    }
    return next(make_value() for kind, make_value in simple.items() if isinstance(field, kind))


def columns(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.local_concrete_fields if not field.primary_key]


def change(row: Any, **values: Any) -> None:
    """An UPDATE that Python's guards do not see."""
    with transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk).update(**values)


def remove(row: Any) -> None:
    with transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk)._raw_delete(connection.alias)


def refused(do: Any, *args: Any, **kwargs: Any) -> bool:
    """Whether the trigger, and nothing else, refused."""
    try:
        do(*args, **kwargs)
    except IntegrityError as error:
        if MESSAGE not in str(error):
            raise
        return True
    return False


def another(row: Any, field: models.Field) -> dict[str, Any]:
    """A change of one column to a value that it does not have."""
    if field.is_relation:
        return {field.attname: make(field.related_model).pk}
    now = getattr(row, field.attname)
    return {field.attname: next(value for turn in (2, 3, 4) if (value := some(field, turn)) != now)}


def harmless(row: Any) -> dict[str, Any]:
    """A change that no constraint minds, only the trigger."""
    if row.redactable:
        return another(row, row._meta.get_field(row.redactable[0]))
    fields = [field for field in columns(type(row)) if not field.unique]
    moments = [field for field in fields if isinstance(field, (models.DateTimeField, models.JSONField))]
    words = [field for field in fields if isinstance(field, (models.CharField, models.TextField)) and not field.choices]
    keys = [field for field in fields if field.is_relation]
    return another(row, (moments + words + keys)[0])


def redactable_fragments(row: Any) -> list[Any]:
    """What the log of redactions has to tell of before a frozen text passes the gate."""
    if isinstance(row, Content):
        return [Fragment.objects.create(content=row, position=0, key="a", kind="text", sha256=uuid.uuid4().hex * 2)]
    return [row] if isinstance(row, Fragment) else []


# In the database


@every_record
def test_no_column_can_be_changed(model):
    row = make(model)
    for field in columns(model):
        assert refused(change, row, **another(row, field)), field


@every_record
def test_row_cannot_be_removed(model):
    assert refused(remove, make(model))


@every_record
def test_nullable_key_may_become_null_and_nothing_else(model):
    row = make(model)
    nullable = [field for field in columns(model) if field.is_relation and field.null]
    for field in columns(model):
        if field.null and not field.is_relation:
            assert refused(change, row, **another(row, field)), field
    for field in nullable:
        change(row, **{field.attname: None})
        row.refresh_from_db()
        assert getattr(row, field.attname) is None


@every_record
def test_gate_opens_for_exactly_its_rows(model):
    mine, other = make(model), make(model)
    for fragment in redactable_fragments(mine):
        Redaction.objects.create(fragment_sha256=fragment.sha256, reason="Prov", redacted_at=timezone.now())
    with gate_opened(model, [mine.pk]):
        change(mine, **harmless(mine))
        assert refused(change, other, **harmless(other))
        assert refused(remove, other)
    mine.refresh_from_db()
    assert refused(change, mine, **harmless(mine))
    assert not DisposalGate.objects.exists()


def test_gate_lets_a_row_go():
    row = make(AuditEntry)
    with gate_opened(AuditEntry, [row.pk]):
        remove(row)
    assert not AuditEntry.objects.filter(pk=row.pk).exists()


@every_record
def test_twin_without_triggers_everything_passes(model):
    row = make(model)
    drop_triggers()
    change(row, **harmless(row))
    remove(row)
    assert not model._base_manager.filter(pk=row.pk).exists()


@every_record
def test_table_cannot_be_emptied(model):
    """TRUNCATE on PostgreSQL; on SQLite, where there is none, a DELETE without a condition."""
    make(model)
    connection.check_constraints()  # what waits for the end of a transaction would refuse TRUNCATE too
    table = connection.ops.quote_name(model._meta.db_table)
    empty = f"TRUNCATE {table} CASCADE" if connection.vendor == "postgresql" else f"DELETE FROM {table}"
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(empty)
    assert MESSAGE in str(refusal.value)


@every_record
def test_row_cannot_be_replaced(model):
    """SQLite's REPLACE removes what stands in the way without asking triggers, unless it is told to."""
    row = make(model)
    if connection.vendor == "sqlite":
        assert refused(replace, row)
    else:
        [(name, value)] = harmless(row).items()
        setattr(row, name, value)
        upsert = {"update_conflicts": True, "unique_fields": ["pk"], "update_fields": [name.removesuffix("_id")]}
        with transaction.atomic():
            assert refused(model._base_manager.bulk_create, [row], **upsert)
    assert model._base_manager.filter(pk=row.pk).exists()


def replace(row):
    table, pk = connection.ops.quote_name(row._meta.db_table), row._meta.pk.column
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"REPLACE INTO {table} SELECT * FROM {table} WHERE {pk} = %s", [row.pk])


def rebuild_redactions():
    """What a migration does on SQLite: a new table in the place of the old, which other tables' triggers ask."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE new__redaction AS SELECT * FROM ledstang_versions_redaction")
        cursor.execute("DROP TABLE ledstang_versions_redaction")
        cursor.execute("ALTER TABLE new__redaction RENAME TO ledstang_versions_redaction")


def test_migrations_can_rebuild_a_table_that_triggers_ask():
    """PostgreSQL keeps its guards while it migrates; SQLite would refuse, as the twin shows."""
    if connection.vendor == "sqlite":
        with pytest.raises(OperationalError, match="error in trigger"):
            rebuild_redactions()
    take_triggers_down(using="default")
    if connection.vendor == "sqlite":
        rebuild_redactions()
        install_triggers()
    assert missing_triggers() == []


def test_twin_replacing_passes_unless_triggers_are_asked():
    if connection.vendor == "sqlite":
        row = make(AuditEntry)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = OFF")
        try:
            replace(row)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA recursive_triggers = ON")


# In Python


@every_record
def test_python_refuses_first(model):
    row = make(model)
    for do in (row.save, row.delete, model.objects.all().delete, lambda: model.objects.update(pk=1)):
        with pytest.raises(ImmutableRecordError):
            do()
    with pytest.raises(ImmutableRecordError):
        model.objects.bulk_update([row], [columns(model)[0].name])


def test_row_that_pretends_to_be_new_is_refused():
    row = make(AuditEntry)
    pretender = AuditEntry(pk=row.pk, at=row.at, action="person_merged")
    with pytest.raises(IntegrityError), transaction.atomic():
        pretender.save()


# What goes around them


def test_deleting_what_a_record_names_leaves_the_record():
    rows = [make(model) for model in RECORDS]
    before = {model: model.objects.count() for model in RECORDS}
    for page in (*GuidelinePage.objects.all(), *CoursePage.objects.all()):
        Page.objects.get(pk=page.pk).delete()
    for user in get_user_model().objects.all():
        user.delete()
    assert {model: model.objects.count() for model in RECORDS} == before
    assert all(type(row).objects.filter(pk=row.pk).exists() for row in rows)


def test_person_and_org_unit_that_evidence_names_cannot_be_removed():
    from cms.compliance.models import Evidence

    make(Evidence)
    with pytest.raises(models.ProtectedError):
        Person.objects.all().delete()
    assert OrgUnit.objects.count() == 0


# The guards themselves


def test_missing_guards_are_named_and_come_back():
    assert missing_triggers() == []
    assert check_triggers(databases=["default"]) == []
    drop_triggers()
    each = 3 if connection.vendor == "postgresql" else 2
    assert len(missing_triggers()) == each * len(record_models())
    problems = check_triggers(databases=["default"])
    assert {problem.id for problem in problems} == {"ledstang.E001"}
    install_triggers()
    assert missing_triggers() == []
    assert refused(remove, make(AuditEntry))


def test_guards_can_be_put_back_over_themselves():
    install_triggers()
    install_triggers()
    assert missing_triggers() == []


def test_no_two_tables_share_the_names_of_their_guards():
    names = [model._meta.db_table[:40] for model in record_models()]
    assert len(set(names)) == len(names)


def test_every_model_that_forbids_change_is_guarded():
    """Whatever another app declares as a record is found, without a list to keep."""
    assert {model.__name__ for model in RECORDS} >= {"GuidelineVersion", "CourseVersion", "Evidence", "Certificate"}


def test_flush_is_refused_where_evidence_is_real(settings):
    settings.LEDSTANG_DEMO = False
    make(AuditEntry)
    with pytest.raises(CommandError):
        call_command("flush", interactive=False, verbosity=0)
    assert AuditEntry.objects.exists()
