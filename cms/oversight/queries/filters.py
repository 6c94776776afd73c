"""What a view of follow-up is narrowed to, as it stands in the address, and the employments that are left."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.compliance.enums import CountedAs, State
from cms.compliance.models import Target
from cms.people.enums import OrgUnitKind
from cms.people.models import District, Employment, OrgUnit, Role
from cms.people.queries import View, visible_employments

SOON = "soon"  # as a state in the address: what stops being valid within 90 days
SOON_DAYS = timedelta(days=90)
STATE_WORDS: dict[str, Any] = {SOON: _("Expires within 90 days"), **{one.value: one.label for one in CountedAs}}


@dataclass(frozen=True)
class Filters:
    """A choice in an address. `order` is `name` or `due`; `on` None is today, `known_at` None is now.

    `on` is the day that is asked about, `known_at` the moment by which things had been recorded.
    """

    target: Target | None = None
    state: str = ""
    order: str = "name"
    role: Role | None = None
    kind: str = ""
    district: District | None = None
    on: date | None = None
    known_at: datetime | None = None

    @property
    def narrows_people(self) -> bool:
        """Whether some of those employed at the org units are left out."""
        return bool(self.role or self.kind or self.district)

    @property
    def is_past(self) -> bool:
        return self.on is not None or self.known_at is not None

    @property
    def state_label(self) -> Any:
        if not self.state:
            return ""
        return STATE_WORDS[self.state] if self.state in STATE_WORDS else State(self.state).label

    @property
    def kind_label(self) -> Any:
        return OrgUnitKind(self.kind).label if self.kind else ""

    def as_told(self) -> dict[str, str]:
        """The choices as an audit row keeps them: keys, no names. What is not chosen is left out."""
        told = {
            "role": self.role.key if self.role else "",
            "kind": self.kind,
            "district": self.district.key if self.district else "",
            "on": self.on.isoformat() if self.on else "",
            "known_at": self.known_at.isoformat() if self.known_at else "",
        }
        return {name: value for name, value in told.items() if value}


def name_of(target: Target) -> str:
    """How a target stands in an address."""
    return f"{target.kind}:{target.key}"


def employments_shown(view: View, org_units: frozenset[int], filters: Filters, on: date) -> QuerySet[Employment]:
    """Who works where at some org units on a day, as far as the view goes and the filters let through."""
    employments = visible_employments(view, on, filters.known_at).filter(org_unit__in=org_units & view.org_units)
    if filters.role:
        employments = employments.filter(role=filters.role)
    if filters.kind:
        employments = employments.filter(org_unit__kind=filters.kind)
    if filters.district:
        employments = employments.filter(org_unit__district=filters.district)
    return employments


def overseen_unit(view: View, key: uuid.UUID) -> OrgUnit | None:
    """An org unit of the actor's part of the organisation. None for others, closed and unknown ones alike."""
    return OrgUnit.objects.filter(pk__in=view.org_units, key=key).first()


def roles_chosen_from(view: View) -> list[Role]:
    """The roles that somebody at the view's org units has or has had, by name."""
    held = Employment.objects.known_at().filter(org_unit__in=view.org_units).order_by().values("role").distinct()
    return list(Role.objects.filter(pk__in=held).order_by("name"))


def districts_chosen_from(view: View) -> list[District]:
    placed = OrgUnit.objects.filter(pk__in=view.org_units).order_by().values("district")
    return list(District.objects.filter(pk__in=placed).order_by("name"))


def kinds_chosen_from(view: View) -> list[str]:
    held = {node.kind for unit, node in view.tree.nodes.items() if unit in view.org_units}
    return [kind for kind in OrgUnitKind.values if kind in held]


def kept_filters(filters: Filters) -> dict[str, Any]:
    """A choice as JSON of keys, for a file that is made later."""
    target = {"target": name_of(filters.target)} if filters.target else {}
    known_at = filters.known_at or timezone.now()
    return {
        "state": filters.state,
        "order": filters.order,
        **target,
        **filters.as_told(),
        "on": (filters.on or timezone.localdate()).isoformat(),
        "known_at": known_at.isoformat(),
    }


def filters_from(kept: dict[str, Any]) -> Filters:
    """The choice again. Raises DoesNotExist for what has been removed since, rather than widen the choice."""
    kind, _colon, key = kept.get("target", "").partition(":")
    return Filters(
        target=Target.objects.get(kind=kind, key=key) if key else None,
        state=kept.get("state", ""),
        order=kept.get("order", "name"),
        role=Role.objects.get(key=kept["role"]) if kept.get("role") else None,
        kind=kept.get("kind", ""),
        district=District.objects.get(key=kept["district"]) if kept.get("district") else None,
        on=date.fromisoformat(kept["on"]),
        known_at=datetime.fromisoformat(kept["known_at"]),
    )
