"""What is known of the roster, as plain values for an import to compare with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet

from cms.core.storage import private_storage
from cms.people.enums import OrgUnitKind
from cms.people.models import (
    District,
    Employment,
    Identity,
    KindMapping,
    Leave,
    OrgUnit,
    OrgUnitIdentity,
    OrgUnitPlacement,
    Person,
    Role,
    RoleMapping,
    RosterImport,
)
from cms.people.roster.facts import PROBLEMS, RosterSource
from cms.people.roster.planning import Known, KnownDuty, KnownLeave, KnownPerson, KnownUnit
from cms.people.roster.reporting import COUNTS, Line
from cms.people.roster.sources import label_of
from cms.people.roster.vocabularies import folded


def known_roster(source: RosterSource, alias_issuers: Iterable[str] = ()) -> Known:
    """Everything that an import from a source is compared with: all org units, and the source's people and duties."""
    issuers = [source.name, *alias_issuers]
    identities = Identity.objects.filter(issuer__in=issuers)
    return Known(
        source=source.name,
        units=tuple(_units(source.name)),
        people=tuple(_people(issuers)),
        identities={
            (issuer, subject): person
            for issuer, subject, person in identities.values_list("issuer", "subject", "person_id").iterator()
        },
        duties=tuple(_duties(source.name)),
        leaves=tuple(_leaves(source.name)),
        roles=role_words(source.vocabulary),
        kinds=kind_words(source.vocabulary),
        districts=_districts(),
    )


def _units(issuer: str) -> Iterable[KnownUnit]:
    subjects = dict(OrgUnitIdentity.objects.filter(issuer=issuer).values_list("org_unit_id", "subject"))
    placements = OrgUnitPlacement.objects.filter(retracted_at=None).order_by("starts_on", "recorded_at", "pk")
    parents = dict(placements.values_list("org_unit_id", "parent_id"))
    for unit in OrgUnit.objects.order_by("pk"):
        yield KnownUnit(
            id=unit.pk,
            name=unit.name,
            kind=unit.kind,
            parent=parents.get(unit.pk),
            subject=subjects.get(unit.pk),
            local_code=unit.local_code,
            school_unit_code=unit.school_unit_code,
            controller=unit.controller,
            district=unit.district_id,
            opens_on=unit.opens_on,
            closes_on=unit.closes_on,
        )


def _people(issuers: list[str]) -> Iterable[KnownPerson]:
    people = Person.objects.filter(pk__in=Identity.objects.filter(issuer__in=issuers).values("person"))
    fields = ("pk", "given_name", "family_name", "email", "protection")
    return (KnownPerson(*row) for row in people.values_list(*fields).iterator())


def _duties(source: str) -> Iterable[KnownDuty]:
    rows = Employment.objects.known_at().filter(source=source).order_by("starts_on", "pk")
    fields = ("pk", "person_id", "org_unit_id", "role_id", "starts_on", "ends_on")
    words = ("source_id", "source_starts_on", "source_role")
    return (KnownDuty(*row) for row in rows.values_list(*fields, *words).iterator())


def _leaves(source: str) -> Iterable[KnownLeave]:
    rows = Leave.objects.known_at().filter(source=source).order_by("starts_on", "pk")
    return (KnownLeave(*row) for row in rows.values_list("pk", "person_id", "starts_on", "ends_on").iterator())


def role_words(vocabulary: str) -> dict[str, int | None]:
    """Words for roles: the names and keys of our own, and above them what the vocabulary's mapping says."""
    words: dict[str, int | None] = {}
    for pk, key, name in Role.objects.values_list("pk", "key", "name"):
        words |= {folded(key): pk, folded(name): pk}
    mapped = RoleMapping.objects.filter(source=vocabulary).values_list("value", "role_id")
    return words | {folded(value): role for value, role in mapped}


def kind_words(vocabulary: str) -> dict[str, str | None]:
    mapped = KindMapping.objects.filter(source=vocabulary).exclude(kind="").values_list("value", "kind")
    return {folded(value): kind for value, kind in mapped}


def _districts() -> dict[str, int]:
    words: dict[str, int] = {}
    for pk, key, name in District.objects.values_list("pk", "key", "name"):
        words |= {folded(key): pk, folded(name): pk}
    return words


def recent_imports(limit: int = 20) -> QuerySet[RosterImport]:
    return RosterImport.objects.select_related("created_by").defer("report", "problems")[:limit]


@dataclass(frozen=True)
class WordUse:
    """A source's word for a role, and how many current employments use it."""

    mapping: RoleMapping
    uses: int

    @property
    def vocabulary(self) -> str:
        return label_of(self.mapping.source)


def role_word_uses() -> list[WordUse]:
    """Every mapped or seen word for a role; those that nobody has mapped first."""
    current = Employment.objects.known_at().exclude(source_role="")
    uses = {
        folded(word): count
        for word, count in current.values_list("source_role").annotate(count=Count("pk")).values_list(
            "source_role", "count"
        )
    }  # fmt: skip
    mappings = RoleMapping.objects.select_related("role").order_by(F("role").desc(nulls_first=True), "source", "value")
    found = [WordUse(mapping, uses.get(folded(mapping.value), 0)) for mapping in mappings]
    return sorted(found, key=lambda use: (use.mapping.role_id is not None, use.mapping.source, use.mapping.value))


def kind_mappings() -> list[KindMapping]:
    return sorted(KindMapping.objects.all(), key=lambda row: (row.kind in OrgUnitKind.values, row.source, row.value))


@dataclass(frozen=True)
class ReportRow:
    """A line of an import's report, with our own words for what the source no longer mentions."""

    line: Line
    unit: str = ""
    number: str = ""
    since: date | None = None


@dataclass(frozen=True)
class Report:
    """What an import would do or has done, as far as it is kept."""

    counts: list[tuple[int, Any]]
    problems: list[dict[str, Any]]
    rows: list[ReportRow]
    has_file: bool

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [problem for problem in self.problems if problem["is_error"]]

    @property
    def notes(self) -> list[dict[str, Any]]:
        return [problem for problem in self.problems if not problem["is_error"]]


def import_report(run: RosterImport, limit: int = 200) -> Report:
    """An import's report for a page: the first lines, and where an employment lies that is not in the file."""
    lines = [Line(**line) for line in run.report[:limit]]
    rows = Employment.objects.select_related("org_unit").in_bulk([line.duty for line in lines if line.duty])
    leaves = Leave.objects.in_bulk([line.leave for line in lines if line.leave])
    people = [row.person_id for row in (*rows.values(), *leaves.values())]
    numbers = dict(
        Identity.objects.filter(issuer=run.source, person__in=people)
        .order_by("-pk").values_list("person_id", "subject")
    )  # fmt: skip
    units = OrgUnit.objects.in_bulk([line.unit for line in lines if line.unit])
    found = []
    for line in lines:
        duty, unit, leave = rows.get(line.duty or 0), units.get(line.unit or 0), leaves.get(line.leave or 0)
        if duty is not None:
            number = numbers.get(duty.person_id, "")
            found.append(ReportRow(line, duty.org_unit.name, number, duty.starts_on))
        elif leave is not None:
            found.append(ReportRow(line, "", numbers.get(leave.person_id, ""), leave.starts_on))
        else:
            found.append(ReportRow(line, unit.name if unit is not None else line.which))
    counts = [(run.counts[name], label) for name, label in COUNTS.items() if run.counts.get(name)]
    problems = [{**problem, "text": PROBLEMS.get(problem["code"], problem["code"])} for problem in run.problems]
    return Report(counts, problems, found, report_file(run) is not None)


def report_file(run: RosterImport) -> bytes | None:
    """The whole report as CSV. None where it has been removed, or was never made."""
    try:
        with private_storage().open(f"roster/{run.key}/report.csv") as kept:
            return bytes(kept.read())
    except OSError:
        return None
