"""Dispose of what the city has decided to: the only way evidence ends."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from cms.compliance.actions.ledger import ComplianceError
from cms.compliance.actions.summaries import recount_people
from cms.compliance.models import DisposalRun, StandingStep, Tombstone
from cms.compliance.queries.disposal import Finding, Retention, Rows, finding_of, in_batches, references, retentions
from cms.core.immutability import gate_opened
from cms.core.models import Record
from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import Employment, Person


class NotDecided(ComplianceError):
    """Disposal of this kind is switched off: no months or no decision in the settings."""


@transaction.atomic
def dispose(*, kind: str, actor: Person | None = None, dry_run: bool = False) -> DisposalRun | None:
    """Remove what is due of one kind, with all that hangs on it, and leave tombstones. None: nothing was due.

    Safe to run again: the second run finds nothing. A dry run is written down and removes nothing. Raises NotDecided.
    """
    retention = next((one for one in retentions() if one.kind.name == kind), None)
    if retention is None:
        raise NotDecided(f"disposal of {kind} is not switched on")
    finding = finding_of(retention)
    if not finding.rows:
        return None
    run = _write_down(retention, finding, actor, dry_run)
    if not dry_run:
        _remove(finding)
    return run


def _write_down(retention: Retention, finding: Finding, actor: Person | None, dry_run: bool) -> DisposalRun:
    run: DisposalRun = DisposalRun.objects.create(
        kind=retention.kind.name,
        months=retention.months,
        decision=retention.decision,
        before=retention.before,
        is_dry_run=dry_run,
        is_ledger=retention.kind.is_ledger,
        counts=finding.counts,
        run_at=timezone.now(),
        run_by=actor,
    )
    if not dry_run:
        Tombstone.objects.bulk_create(
            Tombstone(run=run, what=what, org_unit_id=unit, month=month, count=count)
            for (what, unit, month), count in sorted(finding.tombstones.items(), key=str)
        )
    action = AuditAction.DISPOSAL_TRIED if dry_run else AuditAction.DISPOSED
    write_audit(action=action, actor=actor, object_key=str(run.key), details={"kind": run.kind, **finding.counts})
    return run


def _remove(finding: Finding) -> None:
    """Exactly these rows and their files. On SQLite the bytes are overwritten, not only let go of."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    files = list(_files(finding.rows))
    rows = {model: keys for model, keys in finding.rows.items() if model is not StandingStep}
    first = {Employment: rows.pop(Employment)} if Employment in rows else {}
    for some in (first, rows):
        for model, keys in some.items():
            for pks in in_batches(keys):
                _remove_rows(model, pks)
        if some is first and finding.people:
            recount_people(person_ids=finding.people)
    _let_go(finding.rows)
    transaction.on_commit(lambda: _delete_files(files))


def _remove_rows(model: type[models.Model], pks: list[int]) -> None:
    rows: models.QuerySet[Any] = models.QuerySet(model).filter(pk__in=pks)
    if issubclass(model, Record):
        with gate_opened(model, pks):
            rows._raw_delete(rows.db)
    else:
        rows._raw_delete(rows.db)


def _let_go(gone: Rows) -> None:
    """Others' rows that named what is gone: whoever recorded or saw something has been somebody."""
    for model, pointing in references(models.SET_NULL).items():
        for other, field in pointing:
            for pks in in_batches(gone.get(model, {})):
                models.QuerySet(other).filter(**{f"{field.name}__in": pks}).update(**{field.name: None})


def _files(rows: Rows) -> Iterable[tuple[Any, str]]:
    for model, keys in rows.items():
        for field in model._meta.local_fields:
            if isinstance(field, models.FileField):
                for pks in in_batches(keys):
                    names: Iterable[str] = models.QuerySet(model).filter(pk__in=pks).values_list(field.name, flat=True)
                    yield from ((field.storage, name) for name in names if name)


def _delete_files(files: list[tuple[Any, str]]) -> None:
    for storage, name in files:
        storage.delete(name)
