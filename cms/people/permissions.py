"""Who may import the roster, say how its words are read, and merge records. Given to groups by an administrator."""

from typing import Any


def user_can_import_roster(user: Any) -> bool:
    """Whoever may handles everybody in the source, those with protected personal data too."""
    return bool(user.is_active and user.has_perm("ledstang_people.import_roster"))


def user_can_merge_people(user: Any) -> bool:
    return bool(user.is_active and user.has_perm("ledstang_people.merge_people"))
