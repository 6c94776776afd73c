"""The cast of the tests, and the small city where they work.

The learner and the head share a school; the second learner works at another; HR oversees the whole city.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from cms.people.enums import OrgUnitKind, Right
from cms.people.models import District, OrgUnit, Person, Role
from tests.factories import (
    DistrictFactory,
    EmploymentFactory,
    OrgUnitFactory,
    PersonFactory,
    RoleFactory,
    ScopeFactory,
    UserFactory,
)

LOGIN_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class City:
    """Exempelstaden in small: three departments, five workplaces in two districts."""

    root: OrgUnit
    preschools: OrgUnit
    schools: OrgUnit
    social_services: OrgUnit
    asken: OrgUnit
    almskolan: OrgUnit
    bokskolan: OrgUnit
    cedern: OrgUnit
    social_office: OrgUnit
    north: District
    south: District
    roles: dict[str, Role]

    @property
    def workplaces(self) -> list[OrgUnit]:
        return [self.asken, self.almskolan, self.bokskolan, self.cedern, self.social_office]


@dataclass(frozen=True)
class Member:
    """Somebody of the cast. The outsider has neither account nor person."""

    name: str
    user: Any = None
    person: Person | None = None

    def client(self, **kwargs: Any) -> Client:
        """A new browser session, signed in unless this is the outsider."""
        client = Client(**kwargs)
        if self.user is not None:
            client.force_login(self.user, backend=LOGIN_BACKEND)
        return client


@dataclass(frozen=True)
class Cast:
    learner: Member
    second_learner: Member
    head: Member
    hr: Member
    editor: Member
    approver: Member
    outsider: Member
    former_employee: Member

    def __iter__(self) -> Any:
        return iter(vars(self).values())

    def __getitem__(self, name: str) -> Member:
        member: Member = getattr(self, name)
        return member


NAMES = tuple(Cast.__dataclass_fields__)


def found_city() -> City:
    north, south = DistrictFactory(key="norr"), DistrictFactory(key="soder", name="Söder")
    root = OrgUnitFactory(name="Exempelstaden", kind=OrgUnitKind.CITY, controller="Kommunstyrelsen")

    def department(name: str, controller: str) -> OrgUnit:
        return OrgUnitFactory(name=name, kind=OrgUnitKind.DEPARTMENT, controller=controller, parent=root)

    preschools = department("Förskoleförvaltningen", "Förskolenämnden")
    schools = department("Utbildningsförvaltningen", "Utbildningsnämnden")
    social = department("Socialförvaltningen", "Socialnämnden")
    upper, office = OrgUnitKind.UPPER_SECONDARY, OrgUnitKind.SOCIAL_SERVICES
    return City(
        root=root,
        preschools=preschools,
        schools=schools,
        social_services=social,
        asken=OrgUnitFactory(name="Förskolan Asken", preschool=True, parent=preschools, district=north),
        almskolan=OrgUnitFactory(name="Almskolan", parent=schools, district=north, school_unit_code="10000001"),
        bokskolan=OrgUnitFactory(name="Bokskolan", parent=schools, district=south, school_unit_code="10000002"),
        cedern=OrgUnitFactory(name="Cederns gymnasium", kind=upper, parent=schools, district=south),
        social_office=OrgUnitFactory(name="Socialkontoret Norr", kind=office, parent=social, district=north),
        north=north,
        south=south,
        roles={
            key: RoleFactory(key=key, name=name)
            for key, name in {
                "larare": "Lärare",
                "forskollarare": "Förskollärare",
                "rektor": "Rektor",
                "socialsekreterare": "Socialsekreterare",
                "hr": "HR-specialist",
                "kommunikator": "Kommunikatör",
            }.items()
        },
    )


def hire(
    name: str, given: str, family: str, org_unit: OrgUnit, role: Role, *, group: str = "", ends_on: date | None = None
) -> Member:
    """A member of the cast with account, person and employment; `group` is one of Wagtail's groups."""
    user = UserFactory(email=f"{given.lower()}@example.se", first_name=given, last_name=family, is_staff=bool(group))
    if group:
        user.groups.add(Group.objects.get(name=group))
    person = PersonFactory(user=user, given_name=given, family_name=family, email=user.email)
    EmploymentFactory(person=person, org_unit=org_unit, role=role, ends_on=ends_on)
    return Member(name, user, person)


def gather_cast(city: City) -> Cast:
    roles, department = city.roles, city.schools
    cast = Cast(
        learner=hire("learner", "Lena", "Lind", city.almskolan, roles["larare"]),
        second_learner=hire("second_learner", "Anton", "Asp", city.bokskolan, roles["larare"]),
        head=hire("head", "Rakel", "Rönn", city.almskolan, roles["rektor"]),
        hr=hire("hr", "Hedda", "Hassel", city.root, roles["hr"]),
        editor=hire("editor", "Erik", "Ek", department, roles["kommunikator"], group="Editors"),
        approver=hire("approver", "Gudrun", "Gran", department, roles["kommunikator"], group="Moderators"),
        outsider=Member("outsider"),
        former_employee=hire(
            "former_employee", "Frans", "Fura", city.almskolan, roles["larare"], ends_on=date(2025, 12, 31)
        ),
    )
    ScopeFactory(person=cast.head.person, org_unit=city.almskolan, right=Right.HEAD)
    ScopeFactory(person=cast.hr.person, org_unit=city.root, right=Right.HR)
    return cast
