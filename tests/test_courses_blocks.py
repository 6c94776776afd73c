"""Blocks of units: what stays in the browser, what is said before a heavy unit, what a guideline says word for word."""

import json
import re
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import PageViewRestriction
from wagtailmedia.models import Media

from cms.versions.actions import PublishingError, redact_passage, redacting
from cms.versions.blocks import section_choices
from cms.versions.enums import Change
from cms.versions.models import Citation, Fragment, VersionAsset
from courses.actions import CourseIncomplete, NothingNewer, renew_citation
from courses.actions.importing import BrokenParcel, import_course
from courses.blocks import unit_blocks
from courses.models import CoursePage, CourseVersion, UnitPage
from courses.queries.drafts import gather
from courses.queries.exporting import parcel
from guidelines.actions import publish_guideline
from guidelines.models import GuidelinePage, GuidelineVersion
from guidelines.queries.drafts import outlook
from tests.factories import (
    ContactFactory,
    CoursePageFactory,
    GuidelinePageFactory,
    UnitPageFactory,
    as_stream,
    body,
    heading,
    text,
)
from tests.learning import address, begin, cut
from tests.test_courses_parcels import repacked, told
from tests.test_guidelines import edit
from tests.test_interface import film

pytestmark = pytest.mark.django_db


def block(kind: str, **value: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "type": kind, "value": {"audiences": [], "review": [], **value}}


def course_with(*blocks: dict[str, Any] | str) -> tuple[CoursePage, UnitPage]:
    """A course of one unit with these blocks, as a draft."""
    page = CoursePageFactory(units=0)
    return page, UnitPageFactory(parent=page, slug="del", questions=False, body=body(*blocks))


def rewrite(unit: UnitPage, *blocks: dict[str, Any] | str) -> None:
    draft = unit.get_latest_revision_as_object()
    draft.body = as_stream(UnitPage, body(*blocks))
    draft.save_revision()


def problems_of(page: CoursePage) -> list[str]:
    return [problem.text for problem in gather(page).problems]


def test_notes_of_a_reflection_are_never_sent(learner: Any) -> None:
    page, _unit = course_with("Läs.", block("reflection", title="", text="<p>Vad gör du?</p>"))
    version = cut(page)
    html = learner.client().get(address("unit", begin(learner.person, version), version.units.get())).content.decode()
    (field,) = re.findall(r"<textarea[^>]*>", html)
    assert "name=" not in field
    assert "form=" not in field
    assert 'autocomplete="off"' in field
    assert f'aria-describedby="{re.search(r"for=.(a-[0-9a-f]+)-n", html)[1]}-h"' in field  # type: ignore[index]
    assert "inget skickas eller sparas" in html
    # It stands in no form that is sent.
    assert not [form for form in re.findall(r"<form.*?</form>", html, re.DOTALL) if "<textarea" in form]


def test_what_comes_is_said_before_the_start_and_first_in_the_unit(learner: Any) -> None:
    ContactFactory(key="stod", name="Stödet", open=True)
    note = block("what_comes", text="<p>Delen handlar om hot.</p>", support="stod")
    page, unit = course_with("Läs.", note)
    assert problems_of(page) == ["säger vad som kommer när det redan har kommit: den rutan ska stå först i texten"]
    with pytest.raises(CourseIncomplete):
        cut(page)
    rewrite(unit, note, "Läs.")
    assert problems_of(page) == []
    version = cut(page)
    before = Client().get(reverse("courses:course", args=[version.key])).content.decode()
    within = learner.client().get(address("unit", begin(learner.person, version), version.units.get())).content.decode()
    for html in (before, within):
        assert "Delen handlar om hot." in html
        assert "Stödet" in html
        assert "ta paus när som helst" in html
    assert within.index("Delen handlar om hot.") < within.index("Läs.")


def test_what_comes_is_only_for_those_whom_it_concerns(learner: Any) -> None:
    note = block("what_comes", text="<p>Delen handlar om hot.</p>", support="", audiences=["social_services"])
    page, _unit = course_with({**note, "value": {**note["value"], "audiences": ["social_services"]}}, "Läs.")
    course = reverse("courses:course", args=[cut(page).key])
    assert "Delen handlar om hot." in Client().get(course).content.decode()
    assert "Delen handlar om hot." not in learner.client().get(course).content.decode()


# A section of a guideline, word for word

STEPS, MORE, REST = heading("Så här agerar du"), heading("Vid fara", level=3), heading("Uppföljning")
SECRET = "Elsa Exempel på Gatan 1"


def publish(page: GuidelinePage, words: str, change: Change) -> GuidelineVersion:
    note = {**text("Nämn aldrig namn."), "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "namn"))}
    school = block("text", text="<p>I skolan: tala med elevhälsan.</p>", audiences=["compulsory_school"])
    page = edit(
        page,
        "Syftet.",
        STEPS,
        {**text(words), "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "agera"))},
        school,
        MORE,
        note,
        REST,
        "Följ upp.",
    )
    version = publish_guideline(page=page, change=change, note="Nytt.", redo_by=timezone.localdate())
    assert version is not None
    return version


@pytest.fixture
def guideline(db: None) -> GuidelinePage:
    ContactFactory(key="jour", kind="orosanmalan", name="Jouren", phone="070-174 06 17", open=True)
    page = GuidelinePageFactory()
    publish(page, f"Ring {{{{kontakt:jour}}}}. Så gick det för {SECRET}.", Change.SUBSTANTIVE)
    return GuidelinePage.objects.get(pk=page.pk)


@pytest.fixture
def quoting(guideline: GuidelinePage) -> tuple[CoursePage, UnitPage]:
    return course_with("Läs.", block("quote", section=f"guideline:{guideline.key}:{STEPS['id']}", version="1.0"))


def unit_text(version: CourseVersion, learner: Any, audience: str = "") -> str:
    enrollment = begin(learner.person, version, audience=audience)
    return str(learner.client().get(address("unit", enrollment, version.units.get())).content.decode())


def test_a_section_is_quoted_as_its_version_has_it(
    guideline: GuidelinePage, quoting: tuple[CoursePage, UnitPage], learner: Any
) -> None:
    version = cut(quoting[0])
    html = unit_text(version, learner, "preschool")
    assert "Så här agerar du" in html
    assert f"Så gick det för {SECRET}" in html
    assert "070-174 06 17" in html  # today's number, as in the guideline itself
    assert "Nämn aldrig namn." in html  # under a heading of a lower level
    assert "tala med elevhälsan" not in html  # written for others
    assert "Följ upp." not in html
    assert f"/r/{guideline.key}/v/1.0/#a-{STEPS['id'][:8]}" in html
    assert len(re.findall(r' id="([^"]+)"', html)) == len(set(re.findall(r' id="([^"]+)"', html)))
    source = GuidelineVersion.objects.get()
    cited = Citation.objects.get(content=version.units.get().content, kind="guideline")
    assert (cited.key, cited.version_sha256, cited.anchor) == (str(guideline.key), source.sha256, STEPS["id"])
    assert Citation.objects.filter(content=version.units.get().content, kind="kontakt", key="jour").exists()


def test_a_newer_substantive_version_is_told_of_and_taken_over_with_one_click(
    guideline: GuidelinePage, quoting: tuple[CoursePage, UnitPage], learner: Any, approver: Any
) -> None:
    course, unit = quoting
    first = cut(course)
    desk, dialog = approver.client(), reverse("courses_cut", args=[course.pk])
    publish(guideline, "Ring genast.", Change.EDITORIAL)
    assert "Citera version" not in desk.get(dialog).content.decode()
    publish(guideline, "Ring nu.", Change.SUBSTANTIVE)
    assert gather(course).has_changed is False  # a new version of what is quoted changes nobody's course
    html = desk.get(dialog).content.decode()
    (button,) = re.findall(r'action="([^"]*hanvisning[^"]*)"', html)
    assert "version 1.0. Nu gäller version 2.0." in html
    assert desk.post(button).status_code == 302
    assert "Citera version" not in desk.get(dialog).content.decode()
    second = cut(course)
    assert "Ring nu." in second.units.get().content.fragments.get(kind="quote").text
    assert SECRET in first.units.get().content.fragments.get(kind="quote").text
    with pytest.raises(NothingNewer):
        renew_citation(page=unit, block=button.split("/")[-2], renewed_by=None)


def test_what_is_taken_out_of_the_guideline_is_taken_out_of_what_quotes_it(
    quoting: tuple[CoursePage, UnitPage], learner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = cut(quoting[0])
    passage = Fragment.objects.filter(text__contains=SECRET, kind="text").get().sha256
    with monkeypatch.context() as twin, transaction.atomic():
        twin.setattr(redacting, "_redact_quotes", lambda *given: None)
        redact_passage(fragment_sha256=passage, reason="Namn.", redacted_by=None, actor=None)
        assert SECRET in version.units.get().content.fragments.get(kind="quote").html
        transaction.set_rollback(True)
    redact_passage(fragment_sha256=passage, reason="Namn.", redacted_by=None, actor=None)
    html = unit_text(version, learner)
    assert SECRET not in html
    assert "Skäl: Namn." in html


def test_an_editor_may_quote_what_applies_and_only_what_exists(guideline: GuidelinePage) -> None:
    place = f"guideline:{guideline.key}:{STEPS['id']}"
    ((title, sections),) = section_choices()
    assert (title, sections[0]) == (guideline.title, (place, "Så här agerar du"))
    quote = dict(unit_blocks())["quote"]
    assert quote.clean(quote.to_python({"section": place, "version": ""}))["version"] == "1.0"
    with pytest.raises(ValidationError):
        quote.clean(quote.to_python({"section": place, "version": "3.0"}))
    page, _unit = course_with("Läs.", block("quote", section=place.replace(STEPS["id"][:4], "0000"), version="1.0"))
    assert problems_of(page) == ["citerar ett avsnitt som inte finns i någon publicerad version"]
    # What not everybody may read is quoted nowhere.
    PageViewRestriction.objects.create(page=guideline, restriction_type="login")
    assert section_choices() == []


# A video, with words for those who do not hear or see it


def captions(words: str) -> int:
    file = ContentFile(words.encode(), f"{uuid.uuid4()}.vtt")
    pk: int = get_document_model().objects.create(title="Text", file=file).pk
    return pk


def test_a_video_needs_swedish_captions_and_a_transcript(learner: Any) -> None:
    whole = film()
    lacks = {
        "har inga svenska undertexter": {"tracks": []},
        "har ingen text i stället för filmen": {"transcript": ""},
        "som inte är rätt: tiderna kommer inte i ordning": {
            "tracks": [{"language": "sv", "file": captions("WEBVTT\n\n00:02.000 --> 00:01.000\nHej.")}]
        },
    }
    page, unit = course_with("Läs.", block("video", **whole))
    assert problems_of(page) == []
    rewrite(unit, "Läs.", block("video", **{**whole, "tracks": [{"language": "sv", "file": captions("Hej.")}]}))
    assert len(problems_of(page)) == 1  # wrong, and so not missing
    for words, value in lacks.items():
        rewrite(unit, "Läs.", block("video", **{**whole, **value}))
        assert words in problems_of(page)[0]
        with pytest.raises(CourseIncomplete):
            cut(page)
        guideline = edit(GuidelinePageFactory(), block("video", **{**whole, **value}))
        assert any(words in problem for problem in outlook(guideline.get_latest_revision_as_object()).problems)
        with pytest.raises(PublishingError, match=words):
            publish_guideline(page=guideline)


def test_a_video_can_be_sought_in_by_those_who_take_the_course(learner: Any, second_learner: Any) -> None:
    page, _unit = course_with("Läs.", block("video", **film()))
    version = cut(page)
    begin(learner.person, version)
    video = VersionAsset.objects.get(media_type="video/mp4")
    with video.file.open("rb") as file:
        data = file.read()
    client, url = learner.client(), reverse("ledstang_versions:asset", args=[video.sha256])
    assert second_learner.client().get(url, headers={"range": "bytes=0-9"}).status_code == 404
    whole = client.get(url)
    assert (whole.status_code, whole["Accept-Ranges"]) == (200, "bytes")
    assert b"".join(whole.streaming_content) == data
    part = client.get(url, headers={"range": "bytes=10-19", "if-range": whole["ETag"]})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 10-19/{len(data)}")
    assert (b"".join(part.streaming_content), part["Content-Length"]) == (data[10:20], "10")
    assert client.get(url, headers={"range": f"bytes={len(data)}-"}).status_code == 416
    assert client.get(url, headers={"range": "bytes=10-19", "if-range": '"an older one"'}).status_code == 200


def test_files_of_blocks_travel_with_the_course(guideline: GuidelinePage) -> None:
    ContactFactory(key="stod", open=True)
    note = block("what_comes", text="<p>Hot.</p>", support="stod")
    words = block("quote", section=f"guideline:{guideline.key}:{STEPS['id']}", version="1.0")
    page, _unit = course_with(note, "Läs.", block("video", **film()), words)
    content = parcel(page)
    Media.objects.all().delete()
    get_document_model().objects.all().delete()
    again = import_course(content=content, parent=page.get_parent().specific)
    assert problems_of(again) == []
    assert Media.objects.get().duration == 95
    first, second = (gather(one).course.units[0].draft for one in (page, again))
    assert set(second.assets) == {asset.sha256 for asset in second.assets.values()}
    assert [one.kind for one in second.fragments] == ["what_comes", "text", "video", "quote"]
    assert second.fragments[3].data == first.fragments[3].data


def test_a_course_that_quotes_what_this_site_does_not_have_is_told_where_and_writes_nothing(quoting: Any) -> None:
    page, _unit = quoting
    key, pages = GuidelineVersion.objects.get().key, CoursePage.objects.count()
    elsewhere = json.loads(json.dumps(told(parcel(page))).replace(str(key), str(uuid.uuid4())))
    with pytest.raises(BrokenParcel) as fault:
        import_course(
            content=repacked(parcel(page), lambda data: data.update(elsewhere)), parent=page.get_parent().specific
        )
    assert "$.course.units[0].body[1].value.section" in str(fault.value)
    assert CoursePage.objects.count() == pages
