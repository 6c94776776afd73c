"""The demo city: its texts keep the rules of content, its plan is always the same, its history is laid by actions."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.utils import timezone
from wagtail.models import Page, Site

from cms.certificates.models import Certificate, CertificateFile
from cms.compliance.enums import Cause, State
from cms.compliance.models import Evidence, Requirement, Target
from cms.compliance.queries import training_of
from cms.core.enums import Audience
from cms.core.readings import is_for
from cms.people.enums import OrgUnitKind, Protection, Right
from cms.people.models import AuditEntry, District, Employment, OrgUnit, OutboxMessage, Person, RoleMapping, Scope
from cms.people.queries import people_at, person_views_are_open, view_of, visible_people
from cms.references.enums import ContactKind
from cms.references.models import Contact, LegalReference
from cms.versions.models import ReviewMark
from courses.models import Attempt, CoursePage, CourseVersion, Enrollment, LearningPathVersion, UnitCompletion
from courses.queries.citations import overtaken
from courses.queries.drafts import gather
from demo.accounts import ACCOUNTS, ADMINISTRATOR, PASSWORD, WHO, address, introduction
from demo.city import DISTRICTS, UNITS, Staff, plan
from demo.clock import moment
from demo.history import BEFORE_WORK
from demo.load import fingerprint
from demo.markup import MarkupError, rich_text, stream
from demo.past import LONG_COURSE, NEW_COURSE, SHORT_COURSE, Calendar, plan_past
from demo.registers import district_phone
from demo.texts import (
    CONTENT,
    COURSES,
    PLAIN_PAGES,
    CourseText,
    course_text,
    first_steps_text,
    guideline_text,
    page_text,
    table,
)
from guidelines.models import Acknowledgement, GuidelineVersion
from tests import database

TODAY = date(2026, 11, 23)
WORDS_A_MINUTE = 180
MINUTES_A_QUESTION = 0.4
READINGS = [str(audience) for audience in Audience]

# Texts: rules that each sentence keeps, and a sentence that breaks each


RULES = {
    "a phone number": (r"\b112\b|\b11 ?4 ?14\b|\b116 ?111\b|(?:\d[\s-]?){7,}", "Ring 070-174 06 05."),
    "a personal identity number": (r"\b\d{6,8}[-+]\d{4}\b", "Född 20100101-1234."),
    "a paragraph of law": (r"§|\bkap\.|\d+ kap\b", "Se 19 kap. 1 § socialtjänstlagen."),
    "holding a child back": (r"(?i)håll\w*\s+(?:\w+\s+){0,2}kvar\b|kvarhåll", "Håll barnet kvar i skolan."),
    "a proposal told as law": (r"48[ -]timm", "Inom 48 timmar."),
    "party politics": (
        r"(?i)\bmoderat|socialdemokrat|sverigedemokrat|vänsterparti|riksdagsval",
        "Ett moderat förslag.",
    ),
    "a word that hides": (r"(?i)\bLMS\b|kontakta Mika|prostituerad", "Logga in i vårt LMS."),
}


def written() -> Iterator[tuple[str, str]]:
    """Every text of the demo that a reader meets, tokens and marks taken out.

    Out: units that rest on a decision of the city, which say of themselves that they are proposals.
    """
    for path in sorted(CONTENT.glob("*.md")):
        parts = re.split(r"(?m)^(?==== )", path.read_text())
        text = "".join(part for part in parts if not re.search(r"(?m)^beslut: .*påhittat", part))
        yield path.name, re.sub(r"\{\{[^}]*\}\}|\{[^}]*\}", "", text)
    yield "hem.toml", (CONTENT / "hem.toml").read_text()


@pytest.mark.parametrize("what", RULES)
def test_no_text_has(what: str) -> None:
    pattern = re.compile(RULES[what][0])
    found = [f"{name}: {match[0]}" for name, text in written() for match in pattern.finditer(text)]
    assert not found


@pytest.mark.parametrize("what", RULES)
def test_rule_catches_its_offence(what: str) -> None:
    pattern, offence = RULES[what]
    assert re.search(pattern, offence)


def test_every_token_key_is_in_a_register() -> None:
    known = {
        "lag": set(table("lagrum")),
        "kontakt": set(table("kontakter")),
        "kontaktlista": set(ContactKind.values),
        "": {"idag"},
    }
    text = "".join(path.read_text() for path in CONTENT.glob("*.md"))
    tokens = re.findall(r"\{\{(?:(\w+):)?(\w+)\}\}", text) + re.findall(r"^::(lagrum) (\w+)", text, re.MULTILINE)
    tokens = [("lag" if kind == "lagrum" else kind, key) for kind, key in tokens]
    assert len(tokens) > 80
    assert not [token for token in tokens if token[1] not in known[token[0]]]


def test_every_contact_list_has_contacts() -> None:
    assert {row["kind"] for row in table("kontakter").values()} == set(ContactKind.values)


def test_every_key_of_the_domain_is_there() -> None:
    laws = (
        "orosanmalan var_och_en aterkoppling skyddsbedomning uppgifter_till_socialnamnd anmalan_sekretess "
        "hedersfortryck barnaktenskap aktenskapsresa oskuldskontroll konsstympning utreseforbud kop_av_barn"
        " involverande straffbarhetsalder lul_underrattelse lul_31 lag_2025_170 osl_10_18a skolan_brottsanmalan"
        " ledighet krankande"
    )
    contacts = (
        "anhorig avhoppare_24h ecpat stod_under_18 heder stod_18_och_aldre nch_yrkesverksamma orosanmalan"
        " orosanmalan_etjanst polis socialjour socialtjanst_mottagning socialtjanst_ungdom"
    )
    assert set(laws.split()) <= set(table("lagrum"))
    assert set(contacts.split()) <= set(table("kontakter"))


def test_law_that_was_not_read_says_that_it_must_be_checked() -> None:
    for key, row in table("lagrum").items():
        assert "reviewed_on" in row or "ska kontrolleras" in row["summary"].lower(), key
    assert "reviewed_on" not in table("lagrum")["straffbarhetsalder"]


# Courses: each unit is a lesson


def all_courses() -> list[CourseText]:
    return [course_text(name) for name in COURSES]


UNIT_TEXTS = [pytest.param(course, unit, id=unit.slug) for course in all_courses() for unit in course.units]


def blocks_for(blocks: list[dict[str, Any]], audience: str) -> list[dict[str, Any]]:
    """The blocks of one reading; rows for others taken out."""
    kept = [block for block in blocks if is_for(block["value"]["audiences"], audience)]
    return [
        {
            **block,
            "value": {
                name: [row for row in value if not isinstance(row, dict) or is_for(row["audiences"], audience)]
                if isinstance(value, list)
                else value
                for name, value in block["value"].items()
            },
        }
        for block in kept
    ]


def words_in(blocks: list[dict[str, Any]]) -> int:
    """How many words a reader reads. A token counts as six: a contact with its number."""
    text = json.dumps([{**block["value"], "audiences": "", "review": ""} for block in blocks], ensure_ascii=False)
    text = re.sub(r"\{\{[^}]*\}\}", " ett två tre fyra fem sex ", re.sub(r"<[^>]+>", " ", text))
    return len(re.findall(r"[^\W\d_]{2,}", text))


def readings_of(course: CourseText, unit: Any) -> list[str]:
    readings = READINGS[:3] if course.slug == SHORT_COURSE else READINGS
    return [reading for reading in readings if is_for(unit.audiences, reading)]


@pytest.mark.parametrize("slug", [LONG_COURSE, NEW_COURSE])
def test_teachers_have_a_reading_of_half_an_hour(slug: str) -> None:
    units = course_text(slug).units
    for reading in READINGS[:3]:
        assert 20 <= sum(unit.minutes for unit in units if is_for(unit.audiences, reading)) <= 30
    assert sum(unit.minutes for unit in units if is_for(unit.audiences, "social_services")) >= 75
    assert sum(unit.minutes for unit in units) >= 75


def test_a_proposal_says_of_itself_that_it_is_one() -> None:
    units = [unit for course in all_courses() for unit in course.units]
    assert [unit.slug for unit in units if "48 timmar" in unit.body] == ["samtal-inom-48-timmar"]
    (proposal,) = [unit for unit in units if unit.decision]
    assert all("påhittat" in words for words in proposal.decision or ())
    assert "Det finns inte i någon lag" in proposal.body


@pytest.mark.parametrize(("course", "unit"), UNIT_TEXTS)
def test_unit_is_a_lesson_that_fits_its_minutes(course: CourseText, unit: Any) -> None:
    blocks = stream(unit.body, document=unit.slug)
    assert unit.goal.endswith(".")
    assert any(block["value"]["review"] for block in blocks)
    for audience in readings_of(course, unit):
        words = words_in(blocks_for(blocks, audience))
        questions = [question for question in unit.questions if is_for(question.audiences, audience)]
        assert words >= 200, audience
        assert len(questions) >= 3, audience
        assert words / WORDS_A_MINUTE + len(questions) * MINUTES_A_QUESTION <= unit.minutes, (audience, words)


@pytest.mark.parametrize(("course", "unit"), UNIT_TEXTS)
def test_questions_keep_the_rules_of_their_kind(course: CourseText, unit: Any) -> None:
    headings = {
        block["value"]["text"]: block["value"]["audiences"]
        for block in stream(unit.body, document=unit.slug)
        if block["type"] == "heading"
    }
    assert len({question.text for question in unit.questions}) == len(unit.questions)
    for question in unit.questions:
        right = sum(choice.is_correct for choice in question.choices)
        assert question.read_again in headings
        assert not headings[question.read_again] or set(question.audiences) <= set(headings[question.read_again])
        assert all(choice.feedback and len(choice.text) <= 500 for choice in question.choices)
        assert len({choice.text for choice in question.choices}) == len(question.choices)
        if question.kind == "true_false":
            assert question.is_true is not None
            assert not question.choices
            assert question.feedback.startswith("Sant." if question.is_true else "Falskt.")
        elif question.kind == "single":
            assert (right, question.is_true) == (1, None)
            assert len(question.choices) >= 3
        elif question.kind == "multiple":
            assert 2 <= right < len(question.choices)
        elif question.kind in ("match", "order"):
            assert 3 <= len(question.choices) <= 6
            assert all(bool(choice.match) == (question.kind == "match") for choice in question.choices)
        else:
            assert 1 <= right < len(question.choices)
        assert question.kind in ("single", "multiple", "true_false") or question.feedback


def test_all_four_scenarios_are_whole_and_explain_every_choice() -> None:
    units = [unit for course in all_courses() for unit in course.units if unit.scenario]
    scenarios = {unit.scenario.title: unit.scenario for unit in units if unit.scenario}
    assert set(scenarios) == {"Nya skor", "Två telefoner", "Moppekillen", "Kompisens skuld"}
    for unit in units:
        assert "Ett fall sist i delen" in unit.body
    for scenario in scenarios.values():
        names = {step.name for step in scenario.steps}
        for step in scenario.steps:
            assert len(step.choices) >= 2 or step.ending
            assert not step.choices or sum(choice.is_correct for choice in step.choices) == 1
            assert all(choice.feedback and choice.match in {*names, ""} for choice in step.choices)
            assert all(bool(choice.match) for choice in step.choices if choice.is_correct)
        firsts = [step.choices[0].is_correct for step in scenario.steps if step.choices]
        assert any(firsts) != all(firsts)


@pytest.mark.parametrize(("course", "unit"), UNIT_TEXTS)
def test_the_first_choice_is_not_always_the_right_one(course: CourseText, unit: Any) -> None:
    singles = [question for question in unit.questions if question.kind == "single"]
    assert not singles or not all(question.choices[0].is_correct for question in singles)


def test_courses_have_the_units_and_minutes_they_promise() -> None:
    short, long = (course_text(name) for name in (SHORT_COURSE, LONG_COURSE))
    assert [len(short.units), sum(unit.minutes for unit in short.units), short.pass_mark] == [5, 20, 80]
    assert [len(long.units), sum(unit.minutes for unit in long.units)] == [7, 75]
    new = course_text(NEW_COURSE)
    assert [len(new.units), sum(unit.minutes for unit in new.units)] == [7, 90]


def test_every_text_that_cites_law_waits_for_a_lawyer() -> None:
    streams = [guideline_text().stream(1), guideline_text().stream(2), first_steps_text().stream(1)]
    streams += [stream(unit.body, document=unit.slug) for course in all_courses() for unit in course.units]
    for block in (block for blocks in streams for block in blocks):
        cites = block["type"] == "legal_reference" or "{{lag:" in json.dumps(block["value"])
        assert not cites or "J" in block["value"]["review"], block


# The guideline


def test_guideline_has_two_readings_and_two_versions_that_share_their_blocks() -> None:
    first, second = (guideline_text().stream(version) for version in (1, 2))
    kept = {block["id"] for block in first} & {block["id"] for block in second}
    changed = [block for block in second if block["id"] in kept and block not in first]
    assert len(kept) > 40
    assert changed
    assert len(second) > len(first)
    for blocks in (first, second):
        assert len({block["id"] for block in blocks}) == len(blocks)
        preschool, school = (json.dumps(blocks_for(blocks, audience)) for audience in READINGS[:2])
        assert "1\\u20133" in preschool
        assert "1\\u20133" not in school
        assert "16\\u201319" in school
        assert "16\\u201319" not in preschool


# The format


def test_markup_reads_what_it_should() -> None:
    assert rich_text(["Ett **fet** ord", "fortsätter.", "", "- en", "- två"]) == (
        "<p>Ett <b>fet</b> ord fortsätter.</p><ul><li>en</li><li>två</li></ul>"
    )
    assert rich_text(["<script> & [länk](https://example.se/)"]) == (
        '<p>&lt;script&gt; &amp; <a href="https://example.se/">länk</a></p>'
    )
    heading, text = stream("## Hej {S !JP #nyckel}\n\nText om {{lag:orosanmalan}}", document="prov")
    assert heading["value"]["review"] == ["J", "P"]
    assert heading["value"]["audiences"] == ["compulsory_school", "upper_secondary"]
    assert text["value"]["audiences"] == []
    assert stream("## Hej {#nyckel}", document="prov")[0]["id"] == heading["id"]


@pytest.mark.parametrize(
    "text", ["## Hej {X}", ":::fara Aldrig stängd", ":::okänt A\n:::", "::bara", ":::steg\nutan\n:::"]
)
def test_markup_refuses_what_it_cannot_read(text: str) -> None:
    with pytest.raises(MarkupError):
        stream(text, document="prov")


# The plan


@pytest.fixture(scope="module")
def staff() -> tuple[Staff, ...]:
    return plan(TODAY)


def test_same_seed_gives_the_same_city(staff: tuple[Staff, ...]) -> None:
    mine = fingerprint(staff, plan_past(staff, TODAY))
    again = plan(TODAY)
    other = plan(TODAY, seed=7)
    assert fingerprint(again, plan_past(again, TODAY)) == mine
    assert fingerprint(other, plan_past(other, TODAY, seed=7)) != mine


def test_people_stay_who_they_are_whatever_the_day(staff: tuple[Staff, ...]) -> None:
    later = plan(TODAY + timedelta(days=100))
    assert [(member.uuid, member.email) for member in later] == [(member.uuid, member.email) for member in staff]


def test_the_city_has_the_size_and_the_people_it_promises(staff: tuple[Staff, ...]) -> None:
    assert (len(DISTRICTS), len(UNITS), len(staff)) == (11, 20, 240)
    assert {unit.kind for unit in UNITS} == set(OrgUnitKind) - {OrgUnitKind.OTHER}  # what an import finds no word for
    assert len({member.email for member in staff}) == 240
    protections = [member.protection for member in staff if member.protection != Protection.NONE]
    assert sorted(protections) == ["confidential", "protected_registration", "unknown"]
    assert sum(len(member.jobs) > 1 for member in staff) >= 5
    assert sum(member.jobs[0].role == "vikarie" for member in staff) >= 8
    assert [member.moves_to[1] for member in staff if member.moves_to] == [date(2026, 3, 1)]
    assert sum(member.leave is not None for member in staff) == 1
    assert sum(member.jobs[0].ends_on is not None and member.jobs[0].ends_on < TODAY for member in staff) == 1
    assert {member.account for member in staff if member.account} == set(ACCOUNTS)


@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2027, 1, 1), date(2028, 2, 29), date(2027, 3, 5)])
def test_history_never_lies_in_the_future(today: date) -> None:
    people = plan(today)
    steps = plan_past(people, today)
    by_number = {member.number: member for member in people}
    assert len(steps) > 600
    assert all(timezone.localdate(step.at) < today for step in steps)
    assert all(step.at.weekday() < 5 for step in steps)
    assert all(by_number[step.number].job_on(timezone.localdate(step.at)) for step in steps)


@pytest.mark.parametrize("weekday", range(7))
def test_nobody_does_anything_before_it_is_published(weekday: int) -> None:
    today = TODAY + timedelta(days=weekday)
    calendar = Calendar(today)
    published = {
        "1.0": calendar.guideline_1,
        "2.0": calendar.guideline_2,
        SHORT_COURSE: calendar.short_course,
        LONG_COURSE: calendar.long_course,
        NEW_COURSE: calendar.new_course,
    }
    steps = plan_past(plan(today), today)
    assert [step for step in steps if step.at < moment(published[step.what], BEFORE_WORK)] == []
    assert all(step.at.weekday() < 5 for step in steps)


def test_numbers_for_districts_stay_in_the_series_for_fiction() -> None:
    assert district_phone("070-174 06 05", 3) == "070-174 06 08"
    assert district_phone("070-174 06 18", 11) == "070-174 06 29"


# The city in the database: laid out once for all the tests below, and taken back after them


@pytest.fixture(scope="module")
def laid_out(django_db_setup: database.Templates, django_db_blocker: Any) -> Iterator[date]:
    today = timezone.localdate()
    with django_db_blocker.unblock():
        django_db_setup.make(database.DEMO)
        django_db_setup.put(database.DEMO)
    yield today
    with django_db_blocker.unblock():
        django_db_setup.put(database.MIGRATED)


@pytest.fixture
def demo(laid_out: date, db: None) -> date:
    return laid_out


def person_with(account: str) -> Person:
    return Person.objects.get(user__email=address(account))


def signed_in(account: str) -> Client:
    client = Client()
    client.force_login(
        get_user_model().objects.get(email=address(account)), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def test_counts(demo: date) -> None:
    assert District.objects.count() == 11
    assert OrgUnit.objects.count() == 20
    assert Person.objects.count() == 240
    assert Person.objects.exclude(protection=Protection.NONE).count() == 3
    assert LegalReference.objects.count() == len(table("lagrum"))
    assert GuidelineVersion.objects.count() == 3
    assert CourseVersion.objects.count() == 4
    path = LearningPathVersion.objects.get()
    assert (path.number, path.needs_talk, path.courses.count()) == ("1.0", True, 2)
    assert Requirement.objects.count() == 4
    assert RoleMapping.objects.values("source").distinct().count() == 2
    assert RoleMapping.objects.filter(role=None).exists()


def test_schools_have_codes_and_preschools_none(demo: date) -> None:
    schools = OrgUnit.objects.filter(kind__in=(OrgUnitKind.COMPULSORY_SCHOOL, OrgUnitKind.UPPER_SECONDARY))
    assert all(re.fullmatch(r"99\d{6}", unit.school_unit_code or "") for unit in schools)
    assert not OrgUnit.objects.filter(kind=OrgUnitKind.PRESCHOOL).exclude(school_unit_code=None).exists()
    workplaces = OrgUnit.objects.filter(kind__in=(OrgUnitKind.PRESCHOOL, OrgUnitKind.COMPULSORY_SCHOOL))
    assert not workplaces.filter(district=None).exists()


REAL_NUMBERS = {"112", "114 14", "116 111"}


def is_for_fiction(phone: str) -> bool:
    return bool(re.fullmatch(r"070-174 06 (0[5-9]|[1-9]\d)", phone))


def test_all_numbers_and_addresses_are_allowed(demo: date) -> None:
    contacts = list(Contact.objects.all())
    phones = [contact.phone for contact in contacts if contact.phone]
    assert all(phone in REAL_NUMBERS or is_for_fiction(phone) for phone in phones)
    assert len(set(phones)) == len(phones)
    assert all(re.match(r"https://([a-z]+\.)*example\.se/?", contact.url) for contact in contacts if contact.url)
    assert {contact.visibility for contact in contacts} == {"open", "signed_in", "role"}
    assert all(person.email.endswith(".example.se") for person in Person.objects.all())
    assert not is_for_fiction("070-174 06 04")
    assert not is_for_fiction("070-175 06 05")


def test_contacts_cover_every_district(demo: date) -> None:
    reception = Contact.objects.filter(key="socialtjanst_mottagning")
    assert reception.exclude(district=None).count() == 11
    assert reception.filter(district=None).exists()


def test_history_in_the_database_is_the_plan(demo: date) -> None:
    staff = plan(demo)
    steps = plan_past(staff, demo)
    keys = {member.number: member.uuid for member in staff}
    planned = sorted((keys[step.number], step.at) for step in steps if step.unit is None)
    assert planned == sorted(Acknowledgement.objects.values_list("person__key", "acknowledged_at"))
    assert UnitCompletion.objects.count() == sum(step.unit is not None for step in steps)
    assert Attempt.objects.filter(is_passed=False).count() == sum(step.is_first_wrong for step in steps)


def test_nothing_happened_in_the_future(demo: date) -> None:
    now = timezone.now()
    columns: list[tuple[Any, str]] = [
        (Evidence, "achieved_at"),
        (Evidence, "recorded_at"),
        (Acknowledgement, "acknowledged_at"),
        (UnitCompletion, "completed_at"),
        (Attempt, "submitted_at"),
        (Enrollment, "started_at"),
        (Enrollment, "finished_at"),
        (Certificate, "issued_at"),
        (AuditEntry, "at"),
        (Employment, "recorded_at"),
        (GuidelineVersion, "published_at"),
        (CourseVersion, "published_at"),
    ]
    for model, column in columns:
        assert model.objects.exists()
        assert not model.objects.filter(**{f"{column}__gt": now}).exists(), (model, column)


def test_certificates_are_issued_and_their_files_left_for_the_first_fetch(demo: date) -> None:
    finished = Enrollment.objects.exclude(finished_at=None).count()
    assert finished > 80
    assert Certificate.objects.count() == finished
    assert not CertificateFile.objects.exists()


def test_no_mail_is_owed_for_what_happened_long_ago(demo: date) -> None:
    assert OutboxMessage.objects.exists()
    assert not OutboxMessage.objects.filter(settled_at=None).exists()


def test_the_story_has_every_kind_of_standing(demo: date) -> None:
    started = Enrollment.objects.filter(finished_at=None, completions__isnull=False).distinct()
    assert started.count() >= 5
    second = Acknowledgement.objects.filter(version__major=2)
    assert 10 <= second.count() < Acknowledgement.objects.filter(version__major=1).count()
    target = Target.objects.get(kind="guideline", title=guideline_text().title)
    release = target.releases.get(major=2)
    assert release.effective_on < demo < release.redo_by


def test_the_teacher_has_something_of_each(demo: date) -> None:
    teacher = person_with("larare")
    assert list(teacher.acknowledgements.values_list("version__major", flat=True)) == [1]
    assert list(teacher.certificates.values_list("facts__title", flat=True)) == ["Sugardejting"]
    assert not teacher.enrollments.filter(finished_at=None).exists()
    (next_one, *_rest) = training_of(teacher, demo).asked
    assert (next_one.standing.state, next_one.standing.cause) == (State.TO_DO, Cause.EXPIRED)


def test_scopes(demo: date) -> None:
    head, officer, keeper = (person_with(account) for account in ("rektor", "hr", "skydd"))
    assert [str(scope.org_unit) for scope in head.scopes.all()] == ["Sjövallaskolan"]
    assert person_views_are_open()
    assert Scope.objects.filter(right=Right.VIEW_PROTECTED).get().person == keeper
    everyone = people_at(view_of(officer, demo).org_units, demo).count()
    assert visible_people(officer, demo).count() == everyone - 3
    assert visible_people(keeper, demo).count() == everyone


def test_accounts_can_sign_in_and_are_introduced(demo: date) -> None:
    words = introduction()
    assert PASSWORD in words
    for account in WHO:
        assert address(account) in words
        request = RequestFactory().post("/konto/logga-in/")
        user = authenticate(request, username=address(account), password=PASSWORD)
        assert user is not None
        assert user.has_perm("wagtailadmin.access_admin") is (account in ("redaktor", "godkannare", ADMINISTRATOR))


def test_editors_write_and_approvers_publish(demo: date) -> None:
    page = Page.objects.get(slug="tillganglighet")
    editor, approver = (get_user_model().objects.get(email=address(name)) for name in ("redaktor", "godkannare"))
    assert page.permissions_for_user(editor).can_edit()
    assert not page.permissions_for_user(editor).can_publish()
    assert page.permissions_for_user(approver).can_publish()
    assert page.permissions_for_user(editor).can_submit_for_moderation()


def test_the_short_course_quotes_the_guideline_and_its_editor_is_told_of_the_newer_one(demo: date) -> None:
    course = CoursePage.objects.get(slug=SHORT_COURSE)
    (told,) = overtaken(gather(course))
    assert (told.section, told.number, told.newer, told.is_there) == ("Dokumentation", "1.0", "2.0", True)
    unit = course.versions.get().units.get(title=told.unit)
    (quote,) = unit.content.fragments.filter(kind="quote")
    assert "Använd barnets egna ord som citat." in quote.text


def test_guideline_waits_for_experts(demo: date) -> None:
    marks = ReviewMark.objects.filter(fragment__content__guidelineversions__major=2)
    assert set(marks.values_list("competence", flat=True)) == {"J", "S", "H", "P", "B", "A"}


def page_addresses() -> list[str]:
    addresses = [page.get_url() for page in Page.objects.live().filter(depth__gte=2) if page.get_url()]
    addresses += [target.path for target in Target.objects.all()]
    return sorted({*addresses, "/", "/konto/logga-in/", "/kontakter/"})


@pytest.mark.once
@pytest.mark.parametrize("account", [None, "larare"])
def test_every_page_says_that_it_is_an_example(demo: date, account: str | None) -> None:
    client = signed_in(account) if account else Client()
    served = 0
    for path in page_addresses():
        response = client.get(path, follow=True)
        if response.status_code == 200:
            served += 1
            assert "Exempelinnehåll" in response.content.decode(), path
    assert served >= 9


def test_site_is_served_on_this_machine(demo: date) -> None:
    site = Site.objects.get()
    assert site.is_default_site
    assert Client().get("/", headers={"host": "127.0.0.1:8000"}).status_code == 200
    for name in PLAIN_PAGES:
        assert page_text(name).title in Client().get(f"/{name}/").content.decode()


def test_if_empty_leaves_a_city_alone(demo: date) -> None:
    before = Evidence.objects.count()
    call_command("demo", if_empty=True)
    assert Evidence.objects.count() == before


def test_command_does_not_overwrite(demo: date) -> None:
    with pytest.raises(CommandError, match="--reset"):
        call_command("demo")


def test_command_refuses_a_real_installation(settings: Any, db: None) -> None:
    settings.LEDSTANG_DEMO = False
    with pytest.raises(CommandError, match="LEDSTANG_DEMO"):
        call_command("demo", reset=True)
