"""What each district has and lacks: ways to reach help, and people who have been trained."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cms.compliance.models import Target
from cms.compliance.queries import Counts, required_targets, standings, workplaces
from cms.oversight.queries.filters import Filters, districts_chosen_from, employments_shown, name_of
from cms.people.models import District, OrgUnit
from cms.people.queries import View, people_behind
from cms.references.enums import ContactKind
from cms.references.models import Contact


@dataclass(frozen=True)
class Reach:
    """The contact routes of a kind in a district: its own, and those of the whole city. None valid at all: a lack."""

    kind: ContactKind
    own: int
    city: int

    @property
    def is_lacking(self) -> bool:
        return not (self.own or self.city)


@dataclass(frozen=True)
class Trained:
    target: Target
    name: str
    counts: Counts

    @property
    def is_lacking(self) -> bool:
        """Somebody has to, and nobody has."""
        return bool(self.counts.required) and not self.counts.met


@dataclass(frozen=True)
class DistrictRow:
    district: District
    contacts: list[Reach]
    training: list[Trained]

    @property
    def lacking_contacts(self) -> list[Any]:
        return [reach.kind.label for reach in self.contacts if reach.is_lacking]

    @property
    def lacking_training(self) -> list[str]:
        return [one.target.title for one in self.training if one.is_lacking]


@dataclass(frozen=True)
class Coverage:
    kinds: list[ContactKind]
    targets: list[Target]
    rows: list[DistrictRow]

    @property
    def lacking(self) -> list[DistrictRow]:
        return [row for row in self.rows if row.lacking_contacts or row.lacking_training]


def coverage_of(view: View, filters: Filters, on: date) -> Coverage:
    """The districts that the view's org units lie in, with what they have on a day. People as far as the view goes."""
    targets = [filters.target] if filters.target else required_targets(on)
    districts = districts_chosen_from(view)
    reach = _contacts(on)
    trained = _trained(view, targets, filters, on)
    rows = [
        DistrictRow(
            district=district,
            contacts=[
                Reach(kind, reach.get((district.pk, kind.value), 0), reach.get((None, kind.value), 0))
                for kind in ContactKind
            ],
            training=[
                Trained(target, name_of(target), trained.get((district.pk, target.pk)) or Counts())
                for target in targets
            ],
        )
        for district in districts
    ]
    return Coverage(kinds=list(ContactKind), targets=targets, rows=rows)


def _contacts(on: date) -> dict[tuple[int | None, str], int]:
    found: dict[tuple[int | None, str], int] = {}
    for contact in Contact.objects.all():
        if contact.is_valid(on):
            key = (contact.district_id, contact.kind)
            found[key] = found.get(key, 0) + 1
    return found


def _trained(view: View, targets: list[Target], filters: Filters, on: date) -> dict[tuple[int, int], Counts]:
    """People by state, district and target. Whoever works in two districts is counted in both."""
    district_of = dict(OrgUnit.objects.exclude(district=None).values_list("pk", "district_id"))
    employments = employments_shown(view, view.org_units, filters, on)
    found = standings(people_behind(employments), targets, on, filters.known_at)
    counts: dict[tuple[int, int], Counts] = {}
    for person, places in workplaces(employments).items():
        for district in {district_of[place] for place in places if place in district_of}:
            for target, standing in found.get(person, {}).items():
                counts.setdefault((district, target), Counts()).add(standing.state, standing.due_on, on)
    return counts
