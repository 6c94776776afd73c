"""The admin's home page: what waits for each account today, no more than it may do something about."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from cms.references.models import Contact, LegalReference
from courses.models import UnitPage
from guidelines.actions import flag_section, publish_guideline
from guidelines.enums import FlagReason
from guidelines.models import GuidelinePage
from tests.cast import Cast, Member
from tests.factories import (
    ContactFactory,
    CoursePageFactory,
    GuidelinePageFactory,
    LegalReferenceFactory,
    PersonFactory,
    UnitPageFactory,
    UserFactory,
    heading,
    text,
)
from tests.learning import publish_course
from tests.test_guidelines import edit

CALM = "Inget väntar på dig i dag."


def panel(member: Member) -> Any:
    page = html.fromstring(member.client().get(reverse("wagtailadmin_home")).content.decode())
    return page.xpath("//div[contains(@class, 'ledstang-care')]")[0]


def lines(member: Member) -> dict[str, list[str]]:
    """Each line of the panel, with the addresses that it leads to."""
    return {
        " ".join(item.xpath("string(.)").split()): item.xpath(".//a/@href") for item in panel(member).xpath("./ul/li")
    }


def grow(today: date) -> None:
    """One of everything that needs care, and some that needs none."""
    ContactFactory(open=True, valid_to=today - timedelta(days=1), verified_on=today)
    ContactFactory(open=True, verified_on=today)
    LegalReferenceFactory(reviewed_on=today - timedelta(days=400))
    LegalReferenceFactory(reviewed_on=today)
    for review_by in (today - timedelta(days=1), today + timedelta(days=20), today + timedelta(days=200)):
        blocks = [heading("Ansvar"), text("Rektor leder.", review=("J", "S"))]
        page = GuidelinePageFactory(body=blocks, review_by=review_by)
        version = publish_guideline(page=page)
        flag_section(version=version, key=blocks[0]["id"], reason=FlagReason.UNCLEAR)
    edit(GuidelinePage.objects.last(), text("Rektor och huvudman leder."))
    publish_course(units=0, read_only=1)
    unit = UnitPage.objects.last()
    unit.goal = "Något annat."
    unit.save_revision()
    CoursePageFactory(units=0)
    waiting = publish_course(units=0, read_only=1).page
    UnitPageFactory(parent=waiting, title="Förslag", questions=False, is_proposal=True).save_revision()


@pytest.fixture
def editor_of_registers(cast: Cast) -> Member:
    """May edit pages and keep the registers, but not publish."""
    models = (LegalReference, Contact)
    names = [f"change_{model._meta.model_name}" for model in models]
    cast.editor.user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return cast.editor


def test_each_line_is_a_count_and_leads_to_where_it_is_dealt_with(editor_of_registers, approver, learner):
    editor, today = editor_of_registers, timezone.localdate()
    assert CALM in panel(editor).text_content()
    grow(today)
    found = lines(editor)
    late, rest = list(found)[:2], list(found)[2:]
    assert late[0].startswith("För sent: 1 kontaktväg gäller inte längre")
    assert late[1].startswith("För sent: 1 riktlinje skulle ha setts över")
    starts = (
        "1 lagrum har inte granskats på ett år",
        "1 riktlinje ska ses över inom 60 dagar",
        "1 riktlinje har ändringar som läsarna inte ser än",
        "1 avsnitt är publicerat innan en sakkunnig har granskat det",
        "3 avsnitt har flaggats av läsare",
        "1 kurs har ändringar som deltagarna inte ser än",
        "1 kurs har aldrig publicerats",
    )
    assert [line[: len(start)] for line, start in zip(rest, starts, strict=True)] == list(starts)
    assert CALM not in panel(editor).text_content()
    client = editor.client()
    for address in (address for addresses in found.values() for address in addresses):
        assert client.get(address).status_code == 200, address
    # Whoever may publish goes straight to the dialog; whoever keeps no register hears nothing of it.
    found = lines(approver)
    dialogs = [address for addresses in found.values() for address in addresses if address.endswith("/version/")]
    assert len(dialogs) == 2
    assert not any("lagrum" in line or "kontaktväg" in line for line in found)
    # Whoever may edit nothing is told of nothing.
    learner.user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert lines(learner) == {}
    assert CALM in panel(learner).text_content()


def test_more_of_everything_takes_no_more_queries(editor_of_registers):
    def asked() -> int:
        client = editor_of_registers.client()
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("wagtailadmin_home"))
        return len(queries)

    today, counts = timezone.localdate(), []
    for _time in range(2):
        grow(today)
        asked()  # what is remembered afterwards
        counts.append(asked())
    assert counts[0] == counts[1]


@pytest.mark.once
def test_menu_is_by_task_and_what_wagtailmedia_says_is_in_swedish(cast):
    user = UserFactory(superuser=True)
    client = Member("administrator", user, PersonFactory(user=user)).client()
    page = client.get("/admin/media/").content.decode()
    assert "Du har inte laddat upp något." in page
    assert "Lägg till film" in page
    for words in ("Granska", "Personal", "Film och ljud"):
        assert f'"{words}"' in page
    assert "upload" not in html.fromstring(page).xpath("string(//main)").lower()
    form = client.get("/admin/media/video/add/").content.decode()
    assert "Tillåtna filtyper: mp4, webm." in form
    assert "I sekunder." in form
    assert 'name="thumbnail"' not in form
    assert "Sparar " in client.get("/admin/jsi18n/").content.decode()


def test_way_to_the_admin_stands_on_every_page_for_those_who_may_go_there(cast, visitor):
    def ways(client: Any) -> list[str]:
        links = html.fromstring(client.get("/kurs/").content.decode()).xpath("//header//a[@href='/admin/']")
        return sorted({" ".join(link.text_content().split()) for link in links})

    assert ways(cast.editor.client()) == ["Redigera"]
    assert ways(cast.learner.client()) == ways(cast.hr.client()) == ways(visitor) == []


def test_what_is_wrong_with_a_film_is_said_once_beside_it(editor):
    add = reverse("wagtailmedia:add", args=["video"])
    form = editor.client().get(add).context["form"]
    assert form["duration"].value() is None  # what was not given is not zero seconds
    wrong = SimpleUploadedFile("film.txt", b"Ingen film")
    for sent, said in (({}, "Det här fältet är obligatoriskt"), ({"file": wrong}, "Filändelsen “txt” är inte giltig")):
        answer = editor.client().post(add, {"title": "Film", **sent})
        errors = answer.context["form"].errors
        assert list(errors) == ["file"]
        assert [one for one in errors["file"] if one.startswith(said)] == list(errors["file"])


def test_search_says_of_what_it_found_how_many(db):
    """Wagtail's own says “1–3 av 3 None”."""
    GuidelinePageFactory()
    user = UserFactory(superuser=True)
    client = Member("administrator", user, PersonFactory(user=user)).client()
    page = client.get(reverse("wagtailadmin_pages:search"), {"q": ""}).content.decode()
    assert re.search(r"1–(\d+) av \1 sidor\b", " ".join(page.split()))
