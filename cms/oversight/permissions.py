"""Who may open the person-level views, who may say what is required, and who may disclose to the public."""

from typing import Any

from django.utils import timezone

from cms.people.enums import Right
from cms.people.models import Person
from cms.people.queries import org_tree


def user_can_enter_terms(user: Any, person: Person | None) -> bool:
    """Administrators, and HR of the whole organisation."""
    return bool(user.is_active and user.is_superuser) or is_hr_of_all(person)


def user_can_disclose(user: Any, person: Person | None) -> bool:
    """Registrars: HR of the whole organisation, and those with the permission. What they see is still their scope."""
    return bool(user.is_active and user.has_perm("ledstang_oversight.add_disclosure")) or is_hr_of_all(person)


def is_hr_of_all(person: Person | None) -> bool:
    if person is None:
        return False
    today = timezone.localdate()
    roots = org_tree(today).children.get(None, [])
    return person.scopes.held_on(today).filter(right=Right.HR, org_unit__in=roots).exists()


def user_can_edit_requirements(user: Any) -> bool:
    """HR administrators: a permission that an administrator gives to a group."""
    return bool(user.is_active and user.has_perm("ledstang_compliance.add_requirement"))


def user_can_dispose(user: Any) -> bool:
    """Whoever an administrator has given the permission: a disposal cannot be undone."""
    return bool(user.is_active and user.has_perm("ledstang_compliance.add_disposalrun"))
