"""What a new version costs: whom it hits, which texts lead to it, what lies over it. Figures, nobody's name."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cms.compliance.actions import set_rule
from cms.compliance.models import Target
from cms.compliance.queries import people_required
from cms.versions.actions import lay_notice
from cms.versions.enums import Change, NoticeTone
from cms.versions.models import Citation
from courses.actions import cut_course_version
from guidelines.actions import acknowledge_guideline, publish_guideline
from guidelines.enums import KIND
from guidelines.models import GuidelinePage, GuidelineVersion
from guidelines.queries.costs import cost_of
from tests.factories import (
    CoursePageFactory,
    EmploymentFactory,
    GuidelinePageFactory,
    PersonFactory,
    RequirementFactory,
    as_stream,
    body,
    text,
)
from tests.test_guidelines import edit

TODAY = timezone.localdate


@pytest.fixture
def required(cast, city):
    """A guideline that everybody must read, read by one of two teachers."""
    page = GuidelinePageFactory()
    publish_guideline(page=page)
    requirement = RequirementFactory(target=Target.objects.get(key=page.key))
    set_rule(requirement=requirement, effective_on=TODAY() - timedelta(days=30), due_days=14)
    version = GuidelineVersion.objects.get(key=page.key)
    acknowledge_guideline(person=cast.learner.person, version=version)
    return GuidelinePage.objects.get(pk=page.pk)


def cost(page):
    return cost_of(page, GuidelineVersion.objects.of(page.key).latest_first().first(), TODAY())


def lead_to(page):
    """A course whose text links to a guideline's page, cut as a version."""
    course = CoursePageFactory(units=1, title="Kursen")
    words = text(f'Läs <a linktype="page" id="{page.pk}">riktlinjen</a> först.')
    course.body = as_stream(type(course), body(words))
    course.save_revision()
    cut_course_version(page=type(course).objects.get(pk=course.pk), change=Change.SUBSTANTIVE)
    return course


def test_cost_counts_those_hit_and_what_leads_here(required, cast, city, protected_colleague):
    lead_to(required)
    lay_notice(kind=KIND, key=required.key, tone=NoticeTone.INFO, text="Nytt nummer.", laid_by=None, actor=None)
    target = Target.objects.get(key=required.key)
    everybody = people_required(target, TODAY()).count()
    found = cost(required)
    assert found.required == everybody - 1  # not the one whose data are protected
    assert found.workplaces == len({city.almskolan, city.bokskolan, city.schools, city.root})
    assert (found.done, found.first_time) == (1, found.required - 1)
    assert found.mailed == found.required
    assert found.citing == ("Kursen",)
    assert [notice.text for notice in found.notices] == ["Nytt nummer."]
    cited = Citation.objects.get(kind=KIND, key=str(required.key))
    assert cited.version_sha256 == GuidelineVersion.objects.get(key=required.key).sha256


def test_only_the_workplace_through_which_it_falls_on_somebody_is_counted(cast, city):
    page = GuidelinePageFactory()
    publish_guideline(page=page)
    requirement = RequirementFactory(target=Target.objects.get(key=page.key))
    rule = {"effective_on": TODAY() - timedelta(days=30), "due_days": 14, "org_units": [city.almskolan]}
    set_rule(requirement=requirement, **rule)
    EmploymentFactory(person=cast.learner.person, org_unit=city.cedern, role=city.roles["larare"])
    assert cost(page).workplaces == 1


def test_dialog_shows_the_cost_without_names(required, cast):
    lead_to(required)
    edit(required)
    shown = cast.approver.client().get(reverse("guidelines_admin:publish", args=[required.pk])).content.decode()
    for words in ("Vad det kostar", "1 av dem har läst version 1", "1 annan text hänvisar", "Kursen"):
        assert words in shown, words
    assert cast.learner.person.family_name not in shown


def test_cost_asks_the_same_number_of_questions_however_many(required, cast, city, django_assert_num_queries):
    with django_assert_num_queries(QUERIES):
        cost(required)
    for _number in range(3):
        EmploymentFactory(person=PersonFactory(), org_unit=city.cedern, role=city.roles["larare"])
        lead_to(required)
        lay_notice(kind=KIND, key=required.key, tone=NoticeTone.INFO, text="Igen.", laid_by=None, actor=None)
    with django_assert_num_queries(QUERIES):
        cost(required)


QUERIES = 19
