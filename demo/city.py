"""Exempelstaden as a plan: districts, org units, roles and 240 staff. Pure: the same seed and day, the same city."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cms.people.enums import OrgUnitKind, Protection
from demo.markup import NAMESPACE
from demo.names import names, plain

SEED = 1811
DOMAIN = "exempelstaden.example.se"

DISTRICTS = (
    "Almåker",
    "Björkholmen",
    "Dalängen",
    "Fågelbacken",
    "Granlunda",
    "Hamnudden",
    "Kvarnnäset",
    "Lindhöjden",
    "Sjövalla",
    "Strandåsen",
    "Åkervången",
)

ROLES = {
    "larare": "Lärare",
    "forskollarare": "Förskollärare",
    "barnskotare": "Barnskötare",
    "rektor": "Rektor",
    "bitradande_rektor": "Biträdande rektor",
    "specialpedagog": "Specialpedagog",
    "fritidspedagog": "Fritidspedagog",
    "elevassistent": "Elevassistent",
    "skolkurator": "Skolkurator",
    "skolskoterska": "Skolsköterska",
    "skolpsykolog": "Skolpsykolog",
    "skolsocionom": "Skolsocionom",
    "socialsekreterare": "Socialsekreterare",
    "faltassistent": "Fältassistent",
    "enhetschef": "Enhetschef",
    "hr_specialist": "HR-specialist",
    "kommunikator": "Kommunikatör",
    "utvecklingsledare": "Utvecklingsledare",
    "sakerhetssamordnare": "Säkerhetssamordnare",
    "administrator": "Administratör",
    "vikarie": "Vikarie",
}

# How two vocabularies say a role. None: known, and left to the one who imports. What is missing is unknown.
ROLE_WORDS: dict[str, dict[str, str | None]] = {
    "ss12000-sis": {
        "Rektor": "rektor",
        "Förskolechef": "rektor",
        "Lärare": "larare",
        "Förskollärare": "forskollarare",
        "Övrig pedagogisk personal": None,
        "Annan personal": None,
    },
    "ss12000-skolverket": {
        "Rektor": "rektor",
        "Lärare": "larare",
        "Förstelärare": "larare",
        "Förskollärare": "forskollarare",
        "Barnskötare": "barnskotare",
        "Fritidspedagog": "fritidspedagog",
        "Kurator": "skolkurator",
        "Skolsköterska": "skolskoterska",
        "Skolpsykolog": "skolpsykolog",
        "Speciallärare/specialpedagog": "specialpedagog",
        "Lärarassistent": "elevassistent",
        "Skoladministratör": "administrator",
        "Övrig arbetsledning": "bitradande_rektor",
        "Studie- och yrkesvägledare": None,
        "Bibliotekarie": None,
    },
}


@dataclass(frozen=True)
class Unit:
    """An org unit. `staff` says how many work there in which role; what is left over has the last role."""

    key: str
    name: str
    kind: OrgUnitKind
    parent: str | None = None
    controller: str = ""
    district: str | None = None
    school_unit_code: str | None = None
    size: int = 0

    @property
    def uuid(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, f"org-unit/{self.key}")


def _school(key: str, name: str, district: str, code: str, size: int, kind: OrgUnitKind) -> Unit:
    return Unit(key, name, kind, "utbildning", district=district, school_unit_code=code, size=size)


_CITY, _OFFICE, _DEPARTMENT = OrgUnitKind.CITY, OrgUnitKind.OFFICE, OrgUnitKind.DEPARTMENT
_PRE, _SOCIAL = OrgUnitKind.PRESCHOOL, OrgUnitKind.SOCIAL_SERVICES
_COMP, _UPPER = OrgUnitKind.COMPULSORY_SCHOOL, OrgUnitKind.UPPER_SECONDARY

UNITS = (
    Unit("staden", "Exempelstaden", _CITY, controller="Kommunstyrelsen"),
    Unit("ledning", "Stadsledningskontoret", _OFFICE, "staden", size=8),
    Unit("utbildning", "Utbildningsförvaltningen", _DEPARTMENT, "staden", controller="Utbildningsnämnden", size=6),
    _school("kvarnnas", "Kvarnnässkolan", "Kvarnnäset", "99000001", 24, _COMP),
    _school("sjovalla", "Sjövallaskolan", "Sjövalla", "99000002", 30, _COMP),
    _school("bjorkholmen", "Björkholmens skola", "Björkholmen", "99000003", 22, _COMP),
    _school("lindhojden", "Lindhöjdsskolan", "Lindhöjden", "99000004", 20, _COMP),
    _school("dalangen", "Dalängens gymnasium", "Dalängen", "99000005", 22, _UPPER),
    _school("hamnudden", "Hamnuddens gymnasium", "Hamnudden", "99000006", 18, _UPPER),
    Unit("social", "Socialförvaltningen", _DEPARTMENT, "staden", controller="Socialnämnden", size=3),
    Unit("ungdom", "Ungdoms- och fältenheten", _SOCIAL, "social", size=10),
    Unit("jour", "Socialjouren", _SOCIAL, "social", size=8),
    Unit("norr", "Stadsdelsförvaltningen Norr", _DEPARTMENT, "staden", controller="Stadsdelsnämnden Norr", size=2),
    Unit("kvisten", "Förskolan Kvisten", _PRE, "norr", district="Fågelbacken", size=12),
    Unit("slandan", "Förskolan Sländan", _PRE, "norr", district="Almåker", size=11),
    Unit("social_norr", "Socialkontoret Norr", _SOCIAL, "norr", district="Granlunda", size=10),
    Unit("soder", "Stadsdelsförvaltningen Söder", _DEPARTMENT, "staden", controller="Stadsdelsnämnden Söder", size=2),
    Unit("daggdroppen", "Förskolan Daggdroppen", _PRE, "soder", district="Åkervången", size=12),
    Unit("vindsnurran", "Förskolan Vindsnurran", _PRE, "soder", district="Strandåsen", size=10),
    Unit("social_soder", "Socialkontoret Söder", _SOCIAL, "soder", district="Strandåsen", size=10),
)
UNIT = {unit.key: unit for unit in UNITS}

# Who works where, in order; the last role fills the rest of the unit.
CREW: dict[str, tuple[str, ...]] = {
    "ledning": ("hr_specialist", "sakerhetssamordnare", "kommunikator", "hr_specialist", "administrator"),
    "utbildning": ("utvecklingsledare", "kommunikator", "utvecklingsledare", "administrator"),
    "social": ("enhetschef", "utvecklingsledare", "administrator"),
    "norr": ("enhetschef", "administrator"),
    "soder": ("enhetschef", "administrator"),
    "ungdom": ("enhetschef", "skolsocionom", "socialsekreterare", "socialsekreterare", "faltassistent"),
    str(_PRE): ("rektor", "vikarie", "forskollarare", "forskollarare", "forskollarare", "forskollarare", "barnskotare"),
    str(_COMP): (
        *("rektor", "bitradande_rektor", "skolkurator", "skolskoterska", "specialpedagog", "vikarie", "elevassistent"),
        *("fritidspedagog", "fritidspedagog", "larare"),
    ),
    str(_UPPER): (
        *("rektor", "bitradande_rektor", "skolkurator", "skolskoterska", "skolpsykolog", "vikarie", "larare"),
    ),
    str(_SOCIAL): ("enhetschef", "administrator", "socialsekreterare"),
}


@dataclass(frozen=True)
class Job:
    unit: str
    role: str
    starts_on: date
    ends_on: date | None = None

    def has(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Staff:
    """Somebody on the staff. `account` is the demo account's name, `moves_to` where the first job leads in March."""

    number: int
    given_name: str
    family_name: str
    jobs: tuple[Job, ...]
    account: str = ""
    protection: Protection = Protection.NONE
    leave: tuple[date, date] | None = None
    moves_to: tuple[str, date] | None = None

    @property
    def uuid(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, f"person/{self.number}")

    @property
    def email(self) -> str:
        name = self.account or f"{plain(self.given_name)}.{plain(self.family_name)}"
        return f"{name}@{DOMAIN}"

    def job_on(self, day: date) -> Job | None:
        """The first job held on a day, moves included."""
        if self.moves_to and day >= self.moves_to[1]:
            return Job(self.moves_to[0], self.jobs[0].role, self.moves_to[1])
        return next((job for job in self.jobs if job.has(day)), None)


def latest_march(today: date) -> date:
    """The first of March that was at least a month ago."""
    this_year = date(today.year, 3, 1)
    return this_year if today - this_year >= timedelta(days=31) else date(today.year - 1, 3, 1)


# Those whom the demo tells something about: unit, role, which of that role there.
ACCOUNTS: dict[str, tuple[str, str, int, str, str]] = {
    "larare": ("sjovalla", "larare", 0, "Lovisa", "Ekvret"),
    "rektor": ("sjovalla", "rektor", 0, "Henning", "Wahlås"),
    "hr": ("ledning", "hr_specialist", 0, "Majken", "Rönnlid"),
    "redaktor": ("utbildning", "kommunikator", 0, "Niklas", "Hedvall"),
    "godkannare": ("utbildning", "utvecklingsledare", 0, "Selma", "Klintås"),
    "skydd": ("ledning", "sakerhetssamordnare", 0, "Törje", "Videlid"),
}
PROTECTED = {
    ("sjovalla", "larare", 5): Protection.CONFIDENTIAL,
    ("kvisten", "forskollarare", 1): Protection.PROTECTED_REGISTRATION,
    ("social_soder", "socialsekreterare", 3): Protection.UNKNOWN,
}
SECOND_JOBS = {
    ("kvarnnas", "skolskoterska", 0): "lindhojden",
    ("bjorkholmen", "skolkurator", 0): "hamnudden",
    ("dalangen", "skolpsykolog", 0): "hamnudden",
    ("sjovalla", "larare", 3): "kvarnnas",
    ("slandan", "barnskotare", 1): "kvisten",
    ("daggdroppen", "forskollarare", 2): "vindsnurran",
    ("ungdom", "skolsocionom", 0): "social_norr",
}
MOVED, LEAVE, LEFT = ("bjorkholmen", "larare", 2), ("dalangen", "larare", 4), ("lindhojden", "larare", 1)
MOVED_TO = "kvarnnas"


def plan(today: date, seed: int = SEED) -> tuple[Staff, ...]:
    """All staff of the city. People keep their place and name whatever the day; dates follow it."""
    rng = random.Random(seed)  # noqa: S311 names and dates of a demo, not secrets
    taken = {(given, family) for _unit, _role, _place, given, family in ACCOUNTS.values()}
    new_names = names(rng, taken)
    return tuple(_person(number, place, next(new_names), today, rng) for number, place in enumerate(_places(), start=1))


def _places() -> Iterator[tuple[str, str, int]]:
    """Unit, role, and the how-manieth of that role there."""
    for unit in UNITS:
        crew = CREW.get(unit.key) or CREW.get(str(unit.kind), ())
        seen: dict[str, int] = {}
        for index in range(unit.size):
            role = crew[min(index, len(crew) - 1)]
            yield unit.key, role, seen.get(role, 0)
            seen[role] = seen.get(role, 0) + 1


def _person(number: int, place: tuple[str, str, int], name: tuple[str, str], today: date, rng: random.Random) -> Staff:
    unit, role, _index = place
    starts_on = today - timedelta(days=rng.randint(240, 4000))
    newly = timedelta(days=rng.randint(3, 170))
    is_new = rng.random() < 0.08
    person = Staff(number, *name, jobs=(Job(unit, role, today - newly if is_new else starts_on),))
    if role == "vikarie":
        start = today - timedelta(days=rng.randint(12, 120))
        person = replace(person, jobs=(Job(unit, role, start, today + timedelta(days=rng.randint(15, 90))),))
    account = next((key for key, (*at, _given, _family) in ACCOUNTS.items() if tuple(at) == place), None)
    if account is not None:
        return _with_account(person, account, today)
    return _special(person, place, today)


def _with_account(person: Staff, account: str, today: date) -> Staff:
    """The teacher began three weeks ago, so there is something to do; the others have been there for years."""
    unit, role, _index, given, family = ACCOUNTS[account]
    days = 20 if account == "larare" else 1500
    job = Job(unit, role, today - timedelta(days=days))
    return replace(person, given_name=given, family_name=family, account=account, jobs=(job,))


def _special(person: Staff, place: tuple[str, str, int], today: date) -> Staff:
    job = replace(person.jobs[0], starts_on=min(person.jobs[0].starts_on, today - timedelta(days=400)))
    if place in PROTECTED:
        return replace(person, protection=PROTECTED[place], jobs=(job,))
    if place in SECOND_JOBS:
        return replace(person, jobs=(job, replace(job, unit=SECOND_JOBS[place])))
    if place == MOVED:
        return replace(person, jobs=(job,), moves_to=(MOVED_TO, latest_march(today)))
    if place == LEAVE:
        return replace(person, jobs=(job,), leave=(today - timedelta(days=75), today + timedelta(days=120)))
    if place == LEFT:
        return replace(person, jobs=(replace(job, ends_on=today - timedelta(days=45)),))
    return person
