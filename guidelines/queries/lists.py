"""The list of guidelines as one reader gets it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cms.people.models import Person
from guidelines.models import GuidelineIndexPage, GuidelinePage, GuidelineVersion
from guidelines.permissions import user_can_read
from guidelines.queries.acknowledgements import Receipt, acknowledged_by
from guidelines.queries.documents import in_force_by_key, restrictions_on


@dataclass(frozen=True)
class Entry:
    version: GuidelineVersion
    receipt: Receipt


def guidelines_under(page: GuidelineIndexPage, user: Any, person: Person | None, on: date) -> list[Entry]:
    """The guidelines in force under a page that an account may read, in the pages' order. Aliases are out."""
    rows = GuidelinePage.objects.child_of(page).filter(alias_of=None).order_by("path").values_list("key", "path")
    paths = dict(rows)
    restrictions = restrictions_on(paths.values())
    keys = [key for key, path in paths.items() if user_can_read(user, restrictions.get(path, []))]
    versions = in_force_by_key(keys, on)
    stated = acknowledged_by(person, keys) if person is not None else {}
    return [Entry(versions[key], Receipt.of(stated.get(key, []), versions[key])) for key in keys if key in versions]
