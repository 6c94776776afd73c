"""Factories for what tests stand on. Traits say what is special about a thing: `PersonFactory(protected=True)`."""

import uuid
from datetime import date, datetime, time
from typing import Any

import factory
import wagtail_factories
from django.contrib.auth import get_user_model
from django.utils import timezone
from factory.django import DjangoModelFactory
from wagtail.models import Page, Site

from cms.compliance.models import Requirement, Target
from cms.people.enums import OrgUnitKind, Protection, Right
from cms.people.models import District, Employment, Leave, OrgUnit, OrgUnitPlacement, Person, Role, Scope
from cms.references.enums import ContactKind
from cms.references.models import Contact, GlossaryTerm, LegalReference
from courses.enums import QuestionKind
from courses.models import (
    Choice,
    CourseIndexPage,
    CoursePage,
    LearningPathPage,
    LearningPathStep,
    Question,
    UnitPage,
)
from guidelines.enums import GuidelineKind
from guidelines.models import GuidelineIndexPage, GuidelinePage, Synonyms

PASSWORD = "en lång hemlighet att minnas"
LONG_AGO = date(2020, 1, 1)


def moment(day: date, hour: int = 12) -> datetime:
    """A moment of a day in the house's own time zone."""
    return datetime.combine(day, time(hour), tzinfo=timezone.get_default_timezone())


# Accounts, people and the organisation


class UserFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    class Params:
        superuser = factory.Trait(is_staff=True, is_superuser=True)

    email = factory.Sequence(lambda n: f"konto{n}@example.se")
    password = factory.django.Password(PASSWORD)


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    class Params:
        protected = factory.Trait(protection=Protection.CONFIDENTIAL)
        with_account = factory.Trait(user=factory.SubFactory(UserFactory))

    given_name = factory.Sequence(lambda n: f"Förnamn{n}")
    family_name = factory.Sequence(lambda n: f"Efternamn{n:03}")
    email = factory.LazyAttribute(lambda person: getattr(person.user, "email", ""))
    user = None


class DistrictFactory(DjangoModelFactory):
    class Meta:
        model = District
        django_get_or_create = ["key"]

    key = factory.Sequence(lambda n: f"omrade-{n}")
    name = factory.LazyAttribute(lambda district: district.key.capitalize())


class RoleFactory(DjangoModelFactory):
    class Meta:
        model = Role
        django_get_or_create = ["key"]

    key = "larare"
    name = factory.LazyAttribute(lambda role: role.key.capitalize())


class OrgUnitFactory(DjangoModelFactory):
    """`OrgUnitFactory(parent=city)` also places it, from `LONG_AGO` or `placed_on`."""

    class Meta:
        model = OrgUnit

    class Params:
        preschool = factory.Trait(kind=OrgUnitKind.PRESCHOOL)
        closed = factory.Trait(closes_on=date(2025, 6, 30))

    parent = None
    placed_on = LONG_AGO
    name = factory.Sequence(lambda n: f"Skolan {n}")
    kind = OrgUnitKind.COMPULSORY_SCHOOL

    @classmethod
    def _create(cls, model_class: Any, *args: Any, parent: Any, placed_on: date, **kwargs: Any) -> OrgUnit:
        org_unit: OrgUnit = super()._create(model_class, *args, **kwargs)
        OrgUnitPlacement.objects.create(
            org_unit=org_unit, parent=parent, starts_on=placed_on, recorded_at=moment(placed_on)
        )
        return org_unit

    @classmethod
    def _build(cls, model_class: Any, *args: Any, parent: Any, placed_on: date, **kwargs: Any) -> OrgUnit:
        return super()._build(model_class, *args, **kwargs)


class EmploymentFactory(DjangoModelFactory):
    class Meta:
        model = Employment

    class Params:
        ended = factory.Trait(ends_on=date(2025, 12, 31))

    person = factory.SubFactory(PersonFactory)
    org_unit = factory.SubFactory(OrgUnitFactory)
    role = factory.SubFactory(RoleFactory)
    starts_on = date(2024, 8, 12)
    recorded_at = factory.LazyAttribute(lambda employment: moment(employment.starts_on))


class LeaveFactory(DjangoModelFactory):
    class Meta:
        model = Leave

    person = factory.SubFactory(PersonFactory)
    starts_on = date(2025, 9, 1)
    recorded_at = factory.LazyAttribute(lambda leave: moment(leave.starts_on))


class ScopeFactory(DjangoModelFactory):
    class Meta:
        model = Scope

    class Params:
        hr = factory.Trait(right=Right.HR)
        view_protected = factory.Trait(right=Right.VIEW_PROTECTED)

    person = factory.SubFactory(PersonFactory)
    org_unit = factory.SubFactory(OrgUnitFactory)
    right = Right.HEAD
    starts_on = LONG_AGO


# Registers


class LegalReferenceFactory(DjangoModelFactory):
    class Meta:
        model = LegalReference
        django_get_or_create = ["key"]

    class Params:
        repealed = factory.Trait(status="repealed", in_force_to=date(2025, 6, 30))
        stale = factory.Trait(reviewed_on=date(2024, 1, 15))

    key = factory.Sequence(lambda n: f"lagrum_{n}")
    title = factory.LazyAttribute(lambda law: law.key.capitalize())
    citation = "19 kap. 1 § socialtjänstlagen (2025:400)"
    summary = "Den som arbetar i skolan ska genast anmäla oro för ett barn."
    source_url = "https://lag.example.se/sol"
    reviewed_on = factory.LazyFunction(timezone.localdate)


class ContactFactory(DjangoModelFactory):
    """A fictional number: only 070-174 06 05 to 99 and 112, 114 14, 116 111 may stand in tests."""

    class Meta:
        model = Contact

    class Params:
        open = factory.Trait(visibility="open")
        expired = factory.Trait(valid_to=date(2025, 1, 31))

    key = factory.Sequence(lambda n: f"kontakt_{n}")
    kind = ContactKind.CONCERN
    name = factory.LazyAttribute(lambda contact: contact.key.capitalize())
    phone = factory.Sequence(lambda n: f"070-174 06 {5 + n % 95:02}")
    verified_on = factory.LazyFunction(timezone.localdate)


class GlossaryTermFactory(DjangoModelFactory):
    class Meta:
        model = GlossaryTerm

    term = "vårdnadshavare"
    explanation = "Den som enligt lag bestämmer om barnet, oftast en förälder."


class SynonymsFactory(DjangoModelFactory):
    class Meta:
        model = Synonyms

    words = "bortgift, gifta sig mot sin vilja"


# Pages


def front_page() -> Page:
    """Where the site begins."""
    return Site.objects.get(is_default_site=True).root_page.specific


def text(*paragraphs: str, audiences: tuple[str, ...] = (), review: tuple[str, ...] = ()) -> dict[str, Any]:
    """A text block as the database keeps it, for the `body` of a page."""
    return {
        "id": str(uuid.uuid4()),
        "type": "text",
        "value": {
            "text": "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
            "audiences": list(audiences),
            "review": list(review),
        },
    }


def heading(words: str, *, level: int = 2, audiences: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "type": "heading",
        "value": {"text": words, "level": str(level), "audiences": list(audiences), "review": []},
    }


def body(*blocks: dict[str, Any] | str) -> list[dict[str, Any]]:
    """A StreamField's raw value, from blocks or plain sentences."""
    return [text(block) if isinstance(block, str) else block for block in blocks]


class PageFactory(wagtail_factories.PageFactory):
    """A draft under the site's first page. Nothing is published by a factory: actions do that."""

    class Meta:
        abstract = True

    parent = factory.LazyFunction(front_page)
    title = factory.Sequence(lambda n: f"Sida {n}")
    live = False

    @classmethod
    def _create(cls, model_class: Any, *args: Any, body: Any = None, **kwargs: Any) -> Any:
        if body is not None:
            kwargs["body"] = as_stream(model_class, body)
        return super()._create(model_class, *args, **kwargs)


def as_stream(model_class: Any, blocks: Any) -> Any:
    field = model_class._meta.get_field("body")
    return field.stream_block.to_python(blocks)


class GuidelineIndexPageFactory(PageFactory):
    class Meta:
        model = GuidelineIndexPage

    title = "Riktlinjer"
    slug = factory.Sequence(lambda n: f"riktlinjer-{n}")
    live = True


class GuidelinePageFactory(PageFactory):
    """Decided on and with two sentences, so that it can be published as it is."""

    class Meta:
        model = GuidelinePage

    class Params:
        undecided = factory.Trait(decided_by="", decided_on=None)
        support = factory.Trait(kind=GuidelineKind.SUPPORT, decided_by="", decided_on=None)
        proposal = factory.Trait(kind=GuidelineKind.PROPOSAL, decided_by="", decided_on=None)

    parent = factory.SubFactory(GuidelineIndexPageFactory)
    title = factory.Sequence(lambda n: f"Riktlinje {n}")
    summary = "Vad du ska göra när du är orolig för ett barn."
    decided_by = "Utbildningsnämnden"
    decided_on = date(2026, 1, 15)
    decision_ref = "§ 12"
    record_number = "UBN 2026/12"
    owner_function = "Utvecklingschefen"
    body = factory.LazyFunction(lambda: body("Du som är orolig för ett barn ska anmäla det.", "Lova inte att tiga."))


class CourseIndexPageFactory(PageFactory):
    class Meta:
        model = CourseIndexPage

    title = "Kurser"
    slug = factory.Sequence(lambda n: f"kurser-{n}")
    live = True


class CoursePageFactory(PageFactory):
    """`CoursePageFactory(units=2)` has units with a question of each kind; `units=0` has none."""

    class Meta:
        model = CoursePage
        skip_postgeneration_save = True

    parent = factory.SubFactory(CourseIndexPageFactory)
    title = factory.Sequence(lambda n: f"Kurs {n}")
    summary = "En kort kurs."
    for_whom = "Alla som arbetar i skolan"
    pass_mark = 80
    body = factory.LazyFunction(lambda: body("Kursen har korta delar. Du kan göra paus när du vill."))

    @factory.post_generation
    def units(self: Any, create: bool, extracted: int | None, **kwargs: Any) -> None:
        if create:
            for number in range(1, (2 if extracted is None else extracted) + 1):
                UnitPageFactory(parent=self, title=f"Del {number}", slug=f"del-{number}", **kwargs)


class UnitPageFactory(PageFactory):
    """With one question of each kind, or `questions=False` for a unit that is only read."""

    class Meta:
        model = UnitPage
        skip_postgeneration_save = True

    parent = factory.SubFactory(CoursePageFactory, units=0)
    title = factory.Sequence(lambda n: f"Del {n}")
    goal = "Du vet vad du ska göra."
    minutes = 10
    body = factory.LazyFunction(lambda: body("Läs det här först.", "Svara sedan på frågorna."))

    @factory.post_generation
    def questions(self: Any, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if create and extracted is not False:
            self.questions = [single_question(), multiple_question(), true_false_question()]
            self.save()


class LearningPathPageFactory(PageFactory):
    """`LearningPathPageFactory(steps=[version, …])`: each course required; a supervisor's talk belongs to it."""

    class Meta:
        model = LearningPathPage
        skip_postgeneration_save = True

    parent = factory.SubFactory(CourseIndexPageFactory)
    title = factory.Sequence(lambda n: f"Fördjupning {n}")
    needs_talk = True

    @factory.post_generation
    def steps(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            self.steps = [
                LearningPathStep(course=version.page, sort_order=place) for place, version in enumerate(extracted or ())
            ]
            self.save()


def _question(kind: QuestionKind, words: str, choices: dict[str, bool], **fields: Any) -> Question:
    question = Question(kind=kind, text=words, feedback="Därför att det står i texten.", **fields)
    question.choices = [
        Choice(text=choice, is_correct=right, feedback=f"Om {choice.lower()}.", sort_order=order)
        for order, (choice, right) in enumerate(choices.items())
    ]
    return question


def single_question() -> Question:
    return _question(QuestionKind.SINGLE, "Vem anmäler?", {"Du": True, "Rektor": False, "Ingen": False}, sort_order=0)


def multiple_question() -> Question:
    choices = {"Ring 112": True, "Stanna hos barnet": True, "Gå hem": False}
    return _question(QuestionKind.MULTIPLE, "Vad gör du vid fara?", choices, sort_order=1)


def true_false_question() -> Question:
    return _question(QuestionKind.TRUE_FALSE, "En misstanke räcker.", {}, is_true=True, sort_order=2)


# Requirements


class TargetFactory(DjangoModelFactory):
    class Meta:
        model = Target

    kind = "guideline"
    key = factory.LazyFunction(uuid.uuid4)
    title = factory.Sequence(lambda n: f"Mål {n}")
    path = factory.LazyAttribute(lambda target: f"/r/{target.key}/")


class RequirementFactory(DjangoModelFactory):
    """A requirement without rules; `cms.compliance.actions.set_rule` gives it some."""

    class Meta:
        model = Requirement

    target = factory.SubFactory(TargetFactory)
    name = factory.LazyAttribute(lambda requirement: f"Krav: {requirement.target.title}")
