"""The site's pages and settings. Guidelines and courses are laid as drafts: their own actions publish them."""

import json
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Page, Site

from cms.core.models import CitySettings
from cms.home.models import AccessibilityPage, HomePage, PlainPage
from cms.versions.blocks import Place
from cms.versions.freezing import fragment_anchor
from courses.enums import Credit
from courses.models import (
    Choice,
    CourseIndexPage,
    CoursePage,
    LearningPathPage,
    LearningPathStep,
    Question,
    QuestionBankChoice,
    QuestionBankItem,
    QuestionDraw,
    ScenarioChoice,
    ScenarioStep,
    UnitPage,
)
from demo.arms import city_arms
from demo.clock import workday
from demo.markup import NAMESPACE, stream
from demo.texts import (
    PLAIN_PAGES,
    CourseText,
    QuestionText,
    StepText,
    UnitText,
    bank,
    first_steps_text,
    guideline_text,
    page_text,
    table,
)
from guidelines.enums import GuidelineKind
from guidelines.models import GuidelineIndexPage, GuidelinePage


def key_of(*parts: object) -> uuid.UUID:
    """The same key for the same thing, however often the demo is laid out."""
    return uuid.uuid5(NAMESPACE, "/".join(str(part) for part in parts))


def publish(parent: Page, page: Page) -> Any:
    """Add a page that is published as it is, with a revision that editors can go on from."""
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page


def make_site(root: Page) -> HomePage:
    """The home page and the site that serves it on this machine, with the city's name and arms."""
    words = table("hem")["hem"]
    home = publish(root, HomePage(title=words["title"], slug="hem", lead=f"<p>{words['lead']}</p>"))
    address = urlsplit(settings.LEDSTANG_BASE_URL)
    site = Site.objects.create(
        hostname=address.hostname or "127.0.0.1",
        port=address.port or (443 if address.scheme == "https" else 80),
        site_name="Ledstång i Exempelstaden",
        root_page=home,
        is_default_site=True,
    )
    CitySettings.objects.update_or_create(
        site=site,
        defaults={
            "city_name": "Exempelstaden",
            "arms": city_arms(),
            "arms_alt": "En påhittad stads vapen: en trappa med ledstång under tre ekollon",
            "issuer": "Kommunstyrelsen",
            "signatory_function": "HR-direktören",
        },
    )
    return home  # type: ignore[no-any-return]


def make_plain_pages(home: HomePage, today: date) -> None:
    for name in PLAIN_PAGES:
        text = page_text(name)
        publish(home, PlainPage(title=text.title, slug=text.slug, body=text.html(idag=today.isoformat())))
    make_statement(home, today)


def make_statement(home: HomePage, today: date) -> None:
    """The accessibility statement, with what is known to be amiss."""
    words = table("tillganglighet")
    page = AccessibilityPage(**words["sidan"], tested_on=today, updated_on=today)
    page.faults = [
        ("fault", {**fault, "text": f"<p>{fault['text']}</p>", "mended_by": None})
        for fault in words["brister"].values()
    ]
    publish(home, page)


# The guideline


def make_guideline(home: HomePage, today: date, author: Any) -> GuidelinePage:
    """The draft of version 1.0 under the list of guidelines."""
    words, text = table("hem")["riktlinjer"], guideline_text()
    index = publish(home, GuidelineIndexPage(title=words["title"], slug=words["slug"], lead=f"<p>{words['lead']}</p>"))
    page = GuidelinePage(
        title=text.title,
        slug=text.slug,
        key=key_of("guideline", text.slug),
        summary=text.summary,
        statement="Jag har tagit del av riktlinjen",
        body=_stream_value(GuidelinePage, text.stream(1)),
        live=False,
        **decision(today - timedelta(days=221), number=1),
    )
    index.add_child(instance=page)
    page.save_revision(user=author)
    lead_to_the_steps(home, page)
    return page


def lead_to_the_steps(home: HomePage, page: GuidelinePage) -> None:
    """The home page's short way to what one does when a child has told: shown once the guideline is published."""
    steps = next(block.id for block in page.body if block.value.get("text") == "Så här agerar du")
    told = table("hem")["hem"]
    points = "".join(f"<li>{point}</li>" for point in told["urgent"])
    home.urgent_title = told["urgent_title"]
    home.urgent_text, home.urgent_page, home.urgent_anchor = f"<ol>{points}</ol>", page, fragment_anchor(steps)
    home.save_revision().publish()


def make_first_steps(home: HomePage, author: Any) -> GuidelinePage:
    """The draft of the support material for whatever has happened, which the home page lists section by section."""
    text = first_steps_text()
    page = GuidelinePage(
        title=text.title,
        slug=text.slug,
        key=key_of("guideline", text.slug),
        kind=GuidelineKind.SUPPORT,
        summary=text.summary,
        owner_function="Utbildningsdirektören",
        body=_stream_value(GuidelinePage, _linked(text.stream(1))),
        live=False,
    )
    GuidelineIndexPage.objects.get().add_child(instance=page)
    page.save_revision(user=author)
    home.situations_page = page
    home.save_revision().publish()
    return page


def decision(on: date, number: int) -> dict[str, Any]:
    """A made-up decision by the made-up city's executive board."""
    on = workday(on)
    return {
        "decided_by": "Kommunstyrelsen i Exempelstaden (påhittat beslut)",
        "decided_on": on,
        "decision_ref": f"Beslut {40 + number}, {on.year} (påhittat)",
        "record_number": f"KS {on.year}/{1170 + number} (påhittat)",
        "owner_function": "Utbildningsdirektören",
        "review_by": on + timedelta(days=365),
        "replaces": "Rutin vid hedersrelaterat våld (påhittad)" if number == 1 else "Version 1.0",
    }


def rewrite_guideline(page: GuidelinePage, today: date, author: Any) -> GuidelinePage:
    """The draft of version 2.0."""
    page = GuidelinePage.objects.get(pk=page.pk)
    page.body = _stream_value(GuidelinePage, guideline_text().stream(2))
    for name, value in decision(today - timedelta(days=34), number=2).items():
        setattr(page, name, value)
    page.save_revision(user=author)
    return page


def _linked(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A link to `/riktlinje` in the texts is one to the guideline's page, as the editor would make it."""
    page = GuidelinePage.objects.get(slug=guideline_text().slug)
    words = json.dumps(blocks).replace('href=\\"/riktlinje\\"', f'linktype=\\"page\\" id=\\"{page.pk}\\"')
    linked: list[dict[str, Any]] = json.loads(words)
    return linked


def _quoting(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A quotation names a heading of the guideline in the texts; in the database, the place of its block."""
    page = GuidelinePage.objects.get(slug=guideline_text().slug)
    headings = {block.value["text"]: block.id for block in page.body if block.block_type == "heading"}
    for block in blocks:
        if block["type"] == "quote":
            block["value"]["section"] = str(Place("guideline", page.key, headings[block["value"]["section"]]))
    return blocks


def _stream_value(model: Any, blocks: list[dict[str, Any]]) -> Any:
    return model._meta.get_field("body").stream_block.to_python(blocks)


# Courses


def make_course_index(home: HomePage) -> CourseIndexPage:
    words = table("hem")["kurser"]
    index = CourseIndexPage(title=words["title"], slug=words["slug"], lead=f"<p>{words['lead']}</p>")
    return publish(home, index)  # type: ignore[no-any-return]


def make_course(index: CourseIndexPage, text: CourseText, author: Any, today: date) -> CoursePage:
    """The draft of a course and of its units."""
    course = CoursePage(
        title=text.title,
        slug=text.slug,
        key=key_of("course", text.slug),
        summary=text.summary,
        for_whom=text.for_whom,
        pass_mark=text.pass_mark,
        body=_stream_value(CoursePage, _linked(stream(text.body, document=text.slug))),
        live=False,
    )
    index.add_child(instance=course)
    course.save_revision(user=author)
    for unit in text.units:
        _make_unit(course, text.slug, unit, author, today)
    return course


def make_path(courses: list[CoursePage]) -> LearningPathPage:
    """The draft of a learning path under the list of courses, of published courses."""
    words = table("hem")["fordjupning"]
    page = LearningPathPage(**words, key=key_of("path", words["slug"]), needs_talk=True, live=False)
    page.steps = [LearningPathStep(course=course, sort_order=place) for place, course in enumerate(courses)]
    CourseIndexPage.objects.get().add_child(instance=page)
    page.save_revision()
    return page


def _decision_on(text: UnitText, today: date) -> dict[str, Any]:
    """A made-up decision that a unit rests on, where it rests on one."""
    if text.decision is None:
        return {}
    by, reference = text.decision
    on = workday(today - timedelta(days=150))
    return {"is_proposal": True, "decided_by": by, "decided_on": on, "decision_ref": reference}


def _make_unit(course: CoursePage, course_slug: str, text: UnitText, author: Any, today: date) -> None:
    name = f"{course_slug}/{text.slug}"
    page = UnitPage(
        title=text.title,
        slug=text.slug,
        key=key_of("unit", name),
        goal=text.goal,
        minutes=text.minutes,
        audiences=list(text.audiences),
        body=_stream_value(UnitPage, _quoting(stream(text.body, document=name))),
        live=False,
        **_decision_on(text, today),
    )
    page.questions = [_question(name, number, question) for number, question in enumerate(text.questions)]
    if text.scenario is not None:
        page.scenario_title, page.scenario_audiences = text.scenario.title, list(text.scenario.audiences)
        page.steps = [_step(name, number, step) for number, step in enumerate(text.scenario.steps)]
    page.draws = [QuestionDraw(tag=text.draw[0], count=text.draw[1])] if text.draw else []
    course.add_child(instance=page)
    page.save_revision(user=author)


def _question(unit: str, number: int, text: QuestionText) -> Question:
    question = Question(key=key_of("question", unit, text.text), sort_order=number, **_fields(text))
    question.choices = [Choice(**fields) for fields in _choices(unit, text)]
    return question


def _step(unit: str, number: int, text: StepText) -> ScenarioStep:
    step = ScenarioStep(
        key=key_of("step", unit, text.name), sort_order=number, name=text.name, text=text.text, ending=text.ending
    )
    step.choices = [
        ScenarioChoice(
            key=key_of("scenario-choice", unit, text.name, choice.text),
            sort_order=order,
            text=choice.text,
            is_good=choice.is_correct,
            feedback=choice.feedback,
            leads_to=choice.match,
        )
        for order, choice in enumerate(text.choices)
    ]
    return step


def make_bank() -> None:
    """The question bank, with its tags."""
    for text in bank():
        item = QuestionBankItem(key=key_of("question", "bank", text.text), **_fields(text))
        item.choices = [QuestionBankChoice(**fields) for fields in _choices("bank", text)]
        item.save()
        item.tags.add(*text.tags)
        item.save()


def _fields(text: QuestionText) -> dict[str, Any]:
    margin, suffix = text.rules if text.kind == "numeric" else (None, "")
    return {
        "kind": text.kind,
        "text": text.text,
        "feedback": text.feedback,
        "is_true": text.is_true,
        "audiences": list(text.audiences),
        "read_again": text.read_again,
        "credit": Credit.PARTS if "delar" in text.rules else Credit.WHOLE,
        "is_shuffled": "blandat" in text.rules,
        "tolerance": Decimal(margin) if margin else None,
        "suffix": suffix,
    }


def _choices(unit: str, text: QuestionText) -> Iterator[dict[str, Any]]:
    for order, choice in enumerate(text.choices):
        yield {
            "key": key_of("choice", unit, text.text, choice.text),
            "sort_order": order,
            "text": choice.text,
            "match": choice.match,
            "is_correct": choice.is_correct,
            "feedback": choice.feedback,
        }
