"""Who may import the roster, say how its words are read, merge records and give rights over org units.

Given to groups by an administrator.
"""

from typing import Any


def user_can_import_roster(user: Any) -> bool:
    """Whoever may handles everybody in the source, those with protected personal data too."""
    return bool(user.is_active and user.has_perm("ledstang_people.import_roster"))


def user_can_merge_people(user: Any) -> bool:
    return bool(user.is_active and user.has_perm("ledstang_people.merge_people"))


def user_can_give_scopes(user: Any) -> bool:
    """Whoever may says who is head and who is HR, and who sees protected personal data."""
    return bool(user.is_active and user.has_perm("ledstang_people.add_scope"))
