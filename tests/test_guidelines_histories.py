"""Random lives of a guideline: what applied on any day, and what every acknowledgement still says."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction

from cms.compliance.models import Evidence
from cms.references.models import Contact
from cms.versions.enums import Change
from cms.versions.queries import in_force
from guidelines.actions import NotInForce, acknowledge_guideline, publish_guideline, withdraw_guideline
from guidelines.models import Acknowledgement, GuidelinePage, GuidelineVersion
from guidelines.queries.documents import document, in_force_by_key
from tests.campaigns import SEED, Campaign
from tests.factories import ContactFactory, GuidelinePageFactory, PersonFactory, moment
from tests.test_guidelines import edit

pytestmark = pytest.mark.campaign

START = date(2026, 1, 1)
STEPS = 30


class Undo(Exception):
    pass


@dataclass
class Life:
    """A guideline that lives from day to day, and a second book of what happened, kept by hand."""

    random: Random
    page: GuidelinePage
    people: list[Any]
    day: date = START
    published: list[tuple[date, str]] = field(default_factory=list)
    screens: list[tuple[Any, GuidelineVersion, str]] = field(default_factory=list)
    stated: dict[tuple[int, int], str] = field(default_factory=dict)
    withdrawn_on: date | None = None
    number: int = 10
    is_overtaken: bool = False

    def applied_on(self, day: date) -> str | None:
        """Walk through what was published, in order: each takes over from its day, unless all has ended."""
        if self.withdrawn_on is not None and day >= self.withdrawn_on:
            return None
        current = None
        for effective_on, number in self.published:
            if effective_on <= day:
                current = number
        return current

    def step(self) -> None:
        self.day += timedelta(days=self.random.randint(0, 4))
        names, weights = zip(*HAPPENS.items(), strict=True)
        HAPPENING[self.random.choices(names, weights)[0]](self)

    def publish(self) -> None:
        if self.withdrawn_on is not None:
            return
        earliest = max([self.day, *(day for day, _number in self.published)])
        effective_on = earliest + timedelta(days=self.random.choice([0, 0, 3, 15]))
        page = edit(self.page, f"Ring {{{{kontakt:jour}}}}. Mening {len(self.published)}.")
        change = self.random.choice([Change.EDITORIAL, Change.SUBSTANTIVE])
        version = publish_guideline(
            page=page, change=change, note="Nytt", effective_on=effective_on, at=moment(self.day)
        )
        assert version is not None
        self.keep(version)

    def publish_again(self) -> None:
        """Without a change nothing is minted, unless a register says something else than when it was."""
        if self.published and self.withdrawn_on is None:
            version = publish_guideline(page=GuidelinePage.objects.get(pk=self.page.pk), at=moment(self.day))
            assert (version is not None) == self.is_overtaken
            if version is not None:
                self.keep(version)

    def keep(self, version: GuidelineVersion) -> None:
        self.published.append((version.effective_on, version.number))
        self.is_overtaken = False

    def open_page(self) -> None:
        """Somebody opens the guideline, and leaves it open for as long as they like."""
        shown = in_force(GuidelineVersion, self.page.key, self.day)
        if shown is not None:
            self.screens.append((self.random.choice(self.people), shown, shown.sha256))

    def acknowledge(self) -> None:
        """Somebody presses the button on a page that may have been open for weeks."""
        if not self.screens:
            return
        person, version, sha256 = self.random.choice(self.screens)
        if self.withdrawn_on is not None and self.withdrawn_on <= self.day:
            with pytest.raises(NotInForce):
                acknowledge_guideline(person=person, version=version, at=moment(self.day))
            return
        acknowledge_guideline(person=person, version=version, at=moment(self.day))
        self.stated.setdefault((person.pk, version.pk), sha256)

    def change_number(self) -> None:
        """What slots are filled with changes, and no version does."""
        self.number += 1
        Contact.objects.update(phone=f"070-174 06 {self.number}")
        self.is_overtaken = True

    def withdraw(self) -> None:
        if self.published and self.withdrawn_on is None:
            self.withdrawn_on = self.day + timedelta(days=self.random.choice([0, 10]))
            withdraw_guideline(key=self.page.key, reason="Ersatt", on=self.withdrawn_on, at=moment(self.day))

    def check_days(self) -> None:
        key, whole = self.page.key, document(self.page.key)
        for _number in range(6):
            day = START + timedelta(days=self.random.randint(-3, 110))
            expected = self.applied_on(day)
            found = in_force(GuidelineVersion, key, day)
            among = whole.in_force(day) if whole else None
            listed = in_force_by_key([key], day).get(key)
            assert [one.number if one else None for one in (found, among, listed)] == [expected] * 3, day

    def check_statements(self) -> None:
        rows = Acknowledgement.objects.filter(version__key=self.page.key).select_related("version__content")
        assert {(row.person_id, row.version_id): row.sha256 for row in rows} == self.stated
        for row in rows:
            content = row.version.content
            assert row.sha256 == content.sha256 == hashlib.sha256(content.canonical.encode()).hexdigest()
            evidence = Evidence.objects.get(source_key=f"guidelines:{row.key}")
            assert (evidence.version_sha256, evidence.version_number) == (row.sha256, row.version.number)


HAPPENS = {"publish": 5, "publish_again": 2, "open_page": 6, "acknowledge": 9, "change_number": 2, "withdraw": 1}
HAPPENING = {name: getattr(Life, name) for name in HAPPENS}


def test_random_lives_keep_what_applied_and_what_was_stated(campaign: Campaign, db):
    people = [PersonFactory() for _number in range(3)]
    ContactFactory(key="jour", open=True)
    told = {"versions": 0, "acknowledgements": 0, "withdrawn": 0}
    lives = campaign.numbers(40)
    for number in lives:
        try:
            with transaction.atomic():
                life = Life(Random(SEED + number), GuidelinePageFactory(), people)
                for _step in range(STEPS):
                    life.step()
                life.check_days()
                life.check_statements()
                told["versions"] += len(life.published)
                told["acknowledgements"] += len(life.stated)
                told["withdrawn"] += life.withdrawn_on is not None
                raise Undo
        except Undo:
            continue
    assert told["versions"] > 2 * len(lives)
    assert told["acknowledgements"] > len(lives)
    campaign.tell(f"{len(lives)} lives of a guideline: {told}")


def test_twin_a_moved_hash_would_be_seen(db):
    """An acknowledgement that pointed at another text than the one on the screen is found out."""
    ContactFactory(key="jour", open=True)
    life = Life(Random(SEED), GuidelinePageFactory(), [PersonFactory()])
    for happening in ("publish", "open_page", "acknowledge"):
        HAPPENING[happening](life)
        life.day += timedelta(days=20)
    life.check_statements()
    life.stated = dict.fromkeys(life.stated, "0" * 64)
    with pytest.raises(AssertionError):
        life.check_statements()
