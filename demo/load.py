"""Lay out the demo city, step by step, in one transaction."""

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

from django.core.files.storage import Storage, default_storage
from django.db import transaction

from cms.compliance.actions import rebuild_summaries
from cms.core.storage import private_storage
from cms.people.models import Person
from demo.accounts import APPROVERS, ask_for_approval, ask_for_review, make_accounts, make_groups
from demo.city import SEED, Staff, plan
from demo.ground import lay_ground
from demo.history import Story, walk
from demo.past import Calendar, Step, plan_past
from demo.people import employ, found_city, give_scopes, open_follow_up
from demo.registers import write_contacts, write_glossary, write_laws, write_synonyms
from demo.reminding import remind_in_the_past
from demo.site import (
    make_bank,
    make_course,
    make_course_index,
    make_first_steps,
    make_guideline,
    make_plain_pages,
    make_site,
)
from demo.texts import COURSES, course_text

Say = Callable[[str], None]
FOLDERS = ("assets", "certificates", "evidence", "images", "original_images", "documents")
TELL_EVERY = 500


def is_empty() -> bool:
    return not Person.objects.exists()


def fingerprint(staff: tuple[Staff, ...], steps: list[Step]) -> str:
    """One hash over the whole plan: the same seed and day give the same city."""
    return hashlib.sha256(f"{staff!r}{steps!r}".encode()).hexdigest()


def remove_files() -> None:
    """The files that belonged to a demo that has been flushed."""
    for storage in (default_storage, private_storage()):
        for folder in FOLDERS:
            with suppress(FileNotFoundError, NotADirectoryError):
                _remove(storage, folder)


def _remove(storage: Storage, folder: str) -> None:
    folders, files = storage.listdir(folder)
    for name in files:
        storage.delete(f"{folder}/{name}")
    for name in folders:
        _remove(storage, f"{folder}/{name}")


@transaction.atomic
def load(today: date, say: Say = lambda words: None, seed: int = SEED) -> None:
    """Everything: organisation, people, registers, pages, accounts, and half a year of history."""
    start = time.monotonic()

    def tell(words: str) -> None:
        say(f"  {time.monotonic() - start:5.1f} s  {words}")

    staff = plan(today, seed)
    steps = plan_past(staff, today, seed)
    roster = found_city()
    employ(roster, staff)
    give_scopes(roster, staff)
    tell(f"{len(roster.districts)} stadsdelsområden, {len(roster.org_units)} enheter, {len(staff)} anställda")
    write_laws()
    write_glossary()
    write_synonyms()
    write_contacts(today, list(roster.districts.values()), roster.roles)
    home = make_site(lay_ground())
    make_plain_pages(home, today)
    groups = make_groups(home)
    ask_for_approval(home, groups[APPROVERS])
    users = make_accounts(staff, roster.people, groups)
    tell("lagrum, kontaktvägar, sidor och konton")
    story = _write_story(staff, today, roster, users, home)
    tell("riktlinjen och kurserna som utkast")
    walk(story, steps, _teller(tell, len(steps)))
    ask_for_review(story.guideline.get_parent(), groups[APPROVERS])  # what lies behind was decided without it
    tell("historien är skriven")
    remind_in_the_past(today)
    tell("påminnelserna är skickade")
    rebuild_summaries(on=today)
    tell("sammanställningarna är gjorda")


def _write_story(staff: tuple[Staff, ...], today: date, roster: Any, users: dict[str, Any], home: Any) -> Story:
    calendar, author = Calendar(today), users["redaktor"]
    guideline = make_guideline(home, today, author)
    first_steps = make_first_steps(home, author)
    index = make_course_index(home)
    make_bank()
    story = Story(
        roster=roster,
        staff=staff,
        calendar=calendar,
        users=users,
        guideline=guideline,
        first_steps=first_steps,
        courses={name: make_course(index, course_text(name), author, today) for name in COURSES},
    )
    open_follow_up(story.officer, calendar.informed)
    return story


def _teller(tell: Say, total: int) -> Callable[[int], None]:
    def hear(count: int) -> None:
        if count % TELL_EVERY == 0:
            tell(f"{count} av {total} händelser")

    return hear
