"""Keep the registers: state that entries have been looked at, read a file in; and what follows when a route changes."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from cms.core.locks import Turn, wait_for_turn
from cms.core.models import Refused
from cms.core.storage import READABLE, open_storage, write_whole
from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import District, Person, Role
from cms.people.queries import person_of
from cms.references.columns import Kind
from cms.references.models import Contact, LegalReference
from cms.references.registers import CONTACT_ROUTES, LAWS, Change, ImportPlan, Register
from cms.references.standby import FOLDER, pages


class NotVerified(Refused):
    """Nobody can have looked on a day that has not come."""


class CannotImport(Refused):
    """The file has faults, or the register has changed since its contents were shown."""


@transaction.atomic
def verify_contacts(
    *, contacts: Sequence[Contact], verified_on: date, by: Any = None, at: datetime | None = None
) -> int:
    """State that somebody has called or looked at contact routes on a day; how many. Raises NotVerified."""
    _check_day(verified_on)
    person = person_of(by)
    ids = [contact.pk for contact in contacts]
    count = Contact.objects.filter(pk__in=ids).update(verified_on=verified_on, verified_by=person)
    _tell(CONTACT_ROUTES, contacts, verified_on, by, person, at)
    return count


@transaction.atomic
def review_laws(
    *,
    laws: Sequence[LegalReference],
    reviewed_on: date,
    reviewed_by: str,
    by: Any = None,
    at: datetime | None = None,
) -> int:
    """State that a function has reviewed legal references on a day; how many. Raises NotVerified."""
    _check_day(reviewed_on)
    ids = [law.pk for law in laws]
    count = LegalReference.objects.filter(pk__in=ids).update(reviewed_on=reviewed_on, reviewed_by=reviewed_by.strip())
    _tell(LAWS, laws, reviewed_on, by, person_of(by), at)
    return count


def _check_day(day: date) -> None:
    if day > timezone.localdate():
        raise NotVerified(_("This day has not come yet."))


def _tell(
    register: Register, entries: Sequence[Any], day: date, by: Any, person: Person | None, at: datetime | None
) -> None:
    for entry in entries:
        log(instance=entry, action="wagtail.edit", user=by)
    write_audit(
        action=AuditAction.REGISTER_VERIFIED,
        actor=person,
        object_key=register.name,
        details={"day": day.isoformat(), "keys": sorted({entry.key for entry in entries})},
        at=at,
    )


@transaction.atomic
def import_register(*, register: Register, plan: ImportPlan, by: Any = None, at: datetime | None = None) -> int:
    """Write what a plan says, all of it or nothing; how many entries are new or changed. Raises CannotImport."""
    if plan.faults:
        raise CannotImport(_("The file has faults, so nothing has been read in."))
    person = person_of(by)
    districts = {district.key: district for district in District.objects.all()}
    roles = {role.key: role for role in Role.objects.all()}
    for change in (*plan.new, *plan.changed):
        entry = _write(register, change, districts, roles, person)
        log(instance=entry, action="wagtail.edit" if change.pk else "wagtail.create", user=by)
    write_audit(
        action=AuditAction.REGISTER_IMPORTED,
        actor=person,
        object_key=register.name,
        details={"new": len(plan.new), "changed": len(plan.changed), "digest": plan.digest},
        at=at,
    )
    return len(plan.new) + len(plan.changed)


def _write(
    register: Register, change: Change, districts: dict[str, District], roles: dict[str, Role], person: Person | None
) -> Any:
    entry = register.model.objects.get(pk=change.pk) if change.pk else register.model()
    for name, value in change.values.items():
        column = register.column(name)
        if column is None or column.kind == Kind.ROLES:
            continue
        if column.kind == Kind.DISTRICT:
            value = districts[value] if value else None
        if name == "verified_on" and value != entry.verified_on:
            entry.verified_by = person if value else None
        setattr(entry, name, value)
    entry.save()
    if "roles" in change.values:
        entry.roles.set([roles[key] for key in change.values["roles"]])
    return entry


# When the rest is down


@transaction.atomic
def write_standby_pages() -> int:
    """Write every district's page of open contact routes, and remove those of districts that are gone.

    Returns how many were written. On a disk each is whole or not there: a web server may read one at any moment.
    """
    wait_for_turn(Turn.CONTACT_PAGES, alone=True)  # an older reading of the register is never written last
    storage, written = open_storage(), pages(timezone.localdate())
    for name, html in written.items():
        write_whole(storage, name, html.encode(), READABLE)
    left = storage.listdir(FOLDER)[1]
    for name in (f"{FOLDER}/{file}" for file in left if file.endswith(".html")):
        if name not in written:
            storage.delete(name)
    return len(written)


def refresh_standby_pages() -> None:
    """Write the pages once the running transaction is committed, however many contact routes it changes."""
    waiting = (hook[1] for hook in connection.run_on_commit)
    if not any(getattr(call, "func", None) is write_standby_pages for call in waiting):
        transaction.on_commit(partial(write_standby_pages), robust=True)
