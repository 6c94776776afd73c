"""What the database itself refuses of people, rules, evidence and files: each constraint with its twin without it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from cms.core.models import Record
from tests import factories
from tests.test_immutability import MAKERS, make, some, value_for

pytestmark = pytest.mark.django_db

OURS = ("people", "compliance", "oversight", "reminders", "certificates", "accounts", "home", "versions", "references")
APPS = ("courses", "guidelines", *(f"ledstang_{name}" for name in OURS))
CONSTRAINTS = [
    (model, constraint)
    for app in APPS
    for model in apps.get_app_config(app).get_models()
    for constraint in model._meta.constraints
]
UNIQUE = [pair for pair in CONSTRAINTS if isinstance(pair[1], models.UniqueConstraint)]
CHECKS = [pair for pair in CONSTRAINTS if isinstance(pair[1], models.CheckConstraint)]


def named(constraint: Any) -> str | None:
    return getattr(constraint, "name", None)


EARLY, LATE = date(2026, 1, 1), date(2026, 2, 1)
ENDS_EARLY = {"starts_on": LATE, "ends_on": EARLY}
OWN_KEY = 987_654_321
NUMBERS = ("number", "cycle", "position", "major")  # which one further row of the same thing needs another of
# For every check, what it refuses.
REFUSED: dict[str, dict[str, Any]] = {
    "ledstang_org_unit_dates_in_order": {"opens_on": LATE, "closes_on": EARLY},
    "ledstang_placement_not_under_itself": {"parent_id": lambda row: row.org_unit_id},
    "ledstang_person_not_into_itself": {"merged_into_id": OWN_KEY},
    "ledstang_scope_dates_in_order": ENDS_EARLY,
    "ledstang_employment_dates_in_order": ENDS_EARLY,
    "ledstang_leave_dates_in_order": ENDS_EARLY,
    "ledstang_outbox_settled_with_outcome": {"settled_at": timezone.now()},
    "ledstang_certificate_not_itself": {"supersedes_id": OWN_KEY},
    "ledstang_certificate_event_has_reason": {"kind": "revoked", "reason": ""},
    "ledstang_disposal_has_decision": {"decision": ""},
    "ledstang_disposal_keeps_a_month": {"months": 0},
    "ledstang_release_in_order": {"effective_on": LATE, "redo_by": EARLY},
    "ledstang_rule_has_a_due": {"due_days": None},
    "ledstang_rule_window_in_a_year": {"window_days": 366},
    "ledstang_rule_validity_in_reason": {"validity_months": 0},
    "ledstang_rule_one_validity": {"validity_months": 12, "yearly_month": 1, "yearly_day": 31},
    "ledstang_rule_prior_in_reason": {"prior_months": 601},
    "ledstang_evidence_dates_in_order": {"valid_until": date(1999, 1, 1)},
    "ledstang_exemption_dates_in_order": {"starts_on": LATE, "until": EARLY},
    "ledstang_export_made_with_file": {"made_at": timezone.now(), "file": ""},
    "ledstang_fault_says_something": {"text": ""},
    "ledstang_fault_settled_after": {"settled_at": datetime(1999, 1, 1, tzinfo=UTC)},
    "ledstang_written_rule_has_place": {"written_at": timezone.now(), "requirement_id": None},
    "ledstang_secrecy_has_ground": {"decision": "mask", "ground": ""},
    "ledstang_ground_holds_back": {"decision": "release", "ground": "other"},
    "courses_enrollment_in_order": {"finished_at": datetime(1999, 1, 1, tzinfo=UTC)},
    "courses_score_is_a_share": {"score": 1.5, "is_passed": True, "submitted_at": timezone.now()},
    "courses_attempt_graded_when_submitted": {"score": None, "is_passed": None, "submitted_at": timezone.now()},
    "courses_tally_in_batches": {"people": 5},
    "guidelines_version_is_decided": {"change": "substantive", "minor": 0, "kind": "guideline", "decided_on": None},
    "ledstang_plan_in_order": {"effective_on": LATE, "redo_by": EARLY},
    "ledstang_legal_dates_in_order": {"in_force_from": LATE, "in_force_to": EARLY},
    "ledstang_contact_can_be_reached": {"phone": "", "url": ""},
    "ledstang_contact_ages_in_order": {"age_from": 18, "age_to": 12},
}
for version in ("courses_courseversion", "courses_learningpathversion", "guidelines_guidelineversion"):
    REFUSED[f"{version}_number_fits_change"] = {"change": "editorial", "minor": 0}
    noteless = {"change": "substantive", "major": 2, "minor": 0, "change_note": ""}
    REFUSED[f"{version}_substantive_has_note"] = noteless | (
        {"decided_on": EARLY, "decided_by": "Nämnden"} if version.startswith("guidelines") else {}
    )


# What a row has to be for a constraint with a condition to speak of it.
FITTING_FOR: dict[str, dict[str, Any]] = {
    "ledstang_certificate_ends_once": {"kind": "revoked", "reason": "error"},
    "courses_one_row_a_cycle": {"finished_at": lambda row: row.started_at},
    "courses_attempt_number_once": {"score": 1, "is_passed": True, "submitted_at": timezone.now()},
    "ledstang_contact_once_a_district": {"district_id": lambda row: factories.DistrictFactory().pk},
}
TWIN_WRITTEN: dict[str, dict[str, Any]] = {
    "ledstang_accounts_email_once": {"email": lambda row: row.email.upper()},
    "ledstang_fragment_position": {"key": "another"},
}


def row_of(model: type[models.Model]) -> Any:
    """A row that is as it should be."""
    factory = getattr(factories, f"{model.__name__}Factory", None)
    if issubclass(model, Record) or model.__name__ in MAKERS:
        return make(model)
    if factory is not None:
        return factory()
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    values = {}
    for field in fields:
        if field.is_relation:
            values[field.name] = None if field.null else row_of(field.related_model)
        else:
            values[field.name] = value_for(field) if not field.blank else field.get_default()
    return model._base_manager.create(**values)


def values_of(model: type[models.Model]) -> Any:
    """A row that is as it should be and is not there, so that nothing stands in the way of one like it."""
    with transaction.atomic():
        row = row_of(model)
        transaction.set_rollback(True)
    return row


def every_column(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.local_concrete_fields}


def again(row: Any, held: set[str], **changes: Any) -> Any:
    """The same row once more: what is unique by itself is another value, but for the columns that are held."""
    values: dict[str, Any] = {}
    for field in row._meta.local_concrete_fields:
        value = getattr(row, field.attname)
        if field.name not in held and field.is_relation and field.unique:
            value = None if field.null else make(field.related_model).pk
        elif field.name not in held and not field.is_relation and (field.unique or isinstance(field, models.UUIDField)):
            value = some(field, turn=7)
        elif field.name not in held and field.name in NUMBERS:
            value = (value or 0) + 7
        values[field.attname] = value
    values |= {row._meta.pk.attname: changes.pop("pk", OWN_KEY)}
    return type(row)(**values | {name: see(row) if callable(see) else see for name, see in changes.items()})


def put(row: Any) -> None:
    with transaction.atomic():
        models.QuerySet(type(row)).bulk_create([row])


def columns_of(constraint: models.UniqueConstraint) -> set[str]:
    named = (re.findall(r"F\((\w+)\)", str(part)) for part in constraint.expressions)
    return {*constraint.fields, *(name for names in named for name in names)}


@contextmanager
def without(model: type[models.Model], constraint: models.BaseConstraint) -> Iterator[None]:
    """As if the constraint had never been made, for as long as this lasts."""
    table, name = connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name(constraint.name)
    is_check = isinstance(constraint, models.CheckConstraint)
    is_index = not is_check and bool(constraint.condition or constraint.expressions)  # type: ignore[attr-defined]
    with transaction.atomic(), connection.cursor() as cursor:
        if is_check and connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        elif is_index:
            cursor.execute(f"DROP INDEX {name}")
        else:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        try:
            yield
        finally:
            if is_check and connection.vendor == "sqlite":
                cursor.execute("PRAGMA ignore_check_constraints = OFF")
            transaction.set_rollback(True)


def test_every_check_is_tried():
    assert {constraint.name for _model, constraint in CHECKS} == set(REFUSED)


@pytest.mark.parametrize(("model", "constraint"), CHECKS, ids=named)
def test_what_a_check_is_for_is_refused_and_passes_without_it(model: Any, constraint: models.CheckConstraint):
    row = values_of(model)
    bad = again(row, every_column(model), **REFUSED[constraint.name])
    with pytest.raises(IntegrityError, match=constraint.name):
        put(bad)
    with without(model, constraint):
        put(bad)


@pytest.mark.parametrize(("model", "constraint"), UNIQUE, ids=named)
def test_what_is_to_be_once_is_refused_twice_and_passes_without_the_constraint(
    model: Any, constraint: models.UniqueConstraint
):
    """On SQLite a constraint inside the table cannot be taken away in a transaction: PostgreSQL shows that one."""
    row = again(values_of(model), every_column(model), **FITTING_FOR.get(constraint.name, {}))
    twin = again(row, columns_of(constraint), pk=OWN_KEY + 1, **TWIN_WRITTEN.get(constraint.name, {}))
    with transaction.atomic():
        put(row)
        with pytest.raises(IntegrityError):
            put(twin)
        transaction.set_rollback(True)
    if connection.vendor == "postgresql" or constraint.condition or constraint.expressions:
        with without(model, constraint):
            put(row)
            put(twin)
