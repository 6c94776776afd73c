"""A roster by SS 12000: organisations, persons and duties, whole or what has changed since.

Read from Skolverket's reference API and a mock of the standard's version 2.1, not from the standard itself.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cms.people.enums import Protection
from cms.people.roster.asking import Client
from cms.people.roster.facts import (
    DutySaid,
    PersonSaid,
    Place,
    Problem,
    Progress,
    RosterSource,
    Said,
    UnitSaid,
    silent,
)
from cms.people.roster.sources import SourceSettings
from cms.people.roster.vocabularies import protection_of

OVERLAP = timedelta(minutes=5)  # what was written while the last page was read is asked for again
DELETED = {"organisations": "gone_units", "persons": "gone_people", "duties": "gone_duties"}


class BadRow(ValueError):
    """Its text is a code of `facts.PROBLEMS`, its second argument the word that was read."""


class Ss12000Source(RosterSource):
    """`since` is how far the last import had read; None asks for everything."""

    def __init__(self, named: SourceSettings, since: str | None = None) -> None:
        self.name, self.vocabulary, self.since = named.name, named.vocabulary, since
        self.client = Client(named.options)

    def read(self, progress: Progress = silent) -> Said:
        started = datetime.now(UTC) - OVERLAP
        self.problems: list[Problem] = []
        units = tuple(self._all("organisations", _unit, progress))
        people = tuple(self._all("persons", self._person, progress))
        duties = tuple(self._all("duties", _duty, progress))
        is_whole = self.since is None
        gone: dict[str, Any] = {} if is_whole else self._gone()
        return Said(
            units=units,
            people=people,
            duties=duties,
            whole_units=is_whole,
            whole_duties=is_whole,
            problems=tuple(self.problems),
            is_strict=False,
            read_until=started.isoformat(timespec="seconds"),
            **gone,
        )

    def _all(self, collection: str, read: Callable[[dict[str, Any], Place], Any], progress: Progress) -> Iterator[Any]:
        """Everything of a collection that can be read. What cannot is noted and passed over; the last word counts."""
        parameters = {"meta.modified.after": self.since} if self.since else {}
        found: dict[str, Any] = {}
        number = 0
        for page in self.client.pages(f"/{collection}", parameters):
            for row in page if isinstance(page, list) else []:
                number += 1
                place = Place(collection, number)
                try:
                    found[str(row["id"])] = read(row, place)
                except BadRow as fault:
                    code, value = fault.args
                    self.problems.append(Problem(place, code, value, is_error=False))
                except (KeyError, TypeError, AttributeError, ValueError):
                    self.problems.append(Problem(place, "bad_row", is_error=False))
            progress(collection, number, 0)
        yield from found.values()

    def _gone(self) -> dict[str, frozenset[str]]:
        """What has been removed since, by kind. Each entry is a key, or an object with one."""
        found: dict[str, set[str]] = {name: set() for name in DELETED.values()}
        parameters = {"after": self.since}
        for page in self.client.pages("/deletedEntities", parameters):
            for kind, rows in (page or {}).items():
                if kind in DELETED:
                    keys = (row.get("id") if isinstance(row, dict) else row for row in rows or ())
                    found[DELETED[kind]] |= {str(key) for key in keys if key}
        return {name: frozenset(keys) for name, keys in found.items()}

    def _person(self, row: dict[str, Any], place: Place) -> PersonSaid:
        """No civic number is read. Who has moved away or died is no reason to change anything: duties end."""
        protection = protection_of(row.get("securityMarking"))
        if protection == Protection.UNKNOWN:
            self.problems.append(Problem(place, "unknown_protection", is_error=False))
        names = row.get("eduPersonPrincipalNames") or []
        return PersonSaid(
            subject=str(row["id"]),
            place=place,
            given_name=_text(row.get("givenName"), 300),
            family_name=_text(row.get("familyName"), 300),
            email=_email(row.get("emails") or []),
            protection=protection,
            aliases=tuple(("eppn", str(name).casefold()) for name in names if name),
        )


def _unit(row: dict[str, Any], place: Place) -> UnitSaid:
    code = _text(row.get("schoolUnitCode"), 20)
    parent = row.get("parentOrganisation") or {}
    forms = [str(form) for form in row.get("schoolTypes") or [] if form]
    return UnitSaid(
        subject=str(row["id"]),
        name=_text(row["displayName"], 200) or str(row["id"]),
        place=place,
        kind_words=tuple(forms or [str(row["organisationType"])] if forms or row.get("organisationType") else []),
        parent=str(parent["id"]) if parent.get("id") else "",
        school_unit_code=code if re.fullmatch(r"\d{8}", code) else None,
        opens_on=_day(row.get("startDate")),
        closes_on=_day(row.get("endDate")),
    )


def _duty(row: dict[str, Any], place: Place) -> DutySaid:
    starts_on, ends_on = _day(row["startDate"]), _day(row.get("endDate"))
    if starts_on is None:
        raise BadRow("bad_date", "")
    if ends_on is not None and ends_on < starts_on:
        raise BadRow("dates_in_order", "")
    return DutySaid(
        person=str(row["person"]["id"]),
        unit=str(row["dutyAt"]["id"]),
        role=_text(row.get("dutyRole"), 200),
        starts_on=starts_on,
        place=place,
        ends_on=ends_on,
        source_id=str(row["id"]),
    )


def _text(value: Any, longest: int) -> str:
    return "" if value is None else str(value).strip()[:longest]


def _day(value: Any) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise BadRow("bad_date", str(value)[:20]) from None


def _email(rows: list[dict[str, Any]]) -> str:
    """The address at school or at work before a private one."""
    addresses = {str(row.get("type", "")).casefold(): str(row.get("value", "")) for row in reversed(rows)}
    order = ("skola", "arbete", "skola elev", "jobb", "")
    found = next((addresses[kind] for kind in order if addresses.get(kind)), "")
    return found if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", found) and len(found) <= 254 else ""
