"""Courses as files: nothing is lost on the way out and in, nothing shared, nothing written of a broken file."""

import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page
from wagtailmedia.models import get_media_model

from cms.compliance.models import Target
from courses.actions import enroll
from courses.actions.importing import BrokenParcel, Unpacker, duplicate_course, import_course
from courses.models import (
    CourseIndexPage,
    CoursePage,
    Enrollment,
    Question,
    QuestionBankChoice,
    QuestionBankItem,
    QuestionDraw,
    UnitPage,
)
from courses.queries import foreign
from courses.queries.exporting import parcel
from courses.queries.foreign import Unpacked
from courses.queries.parcels import children_of, own_fields, schema
from courses.queries.unpacking import Checker, unpack
from tests.factories import CourseIndexPageFactory, CoursePageFactory, UnitPageFactory, front_page, heading, text
from tests.learning import cut
from tests.test_docs import ROOT

pytestmark = pytest.mark.django_db
UUIDS = "[0-9a-f]{8}-"


def fill(thing: models.Model, turn: Iterator[int]) -> None:
    """Something of its own in every column that an editor fills in, whatever columns there are."""
    for field in own_fields(type(thing)):
        if field.name not in ("slug", "body", "key", "tag") and not field.is_relation:
            setattr(thing, field.name, field.to_python(some(field, next(turn))))


def some(field: Any, number: int) -> Any:
    if field.choices:
        return [key for key, _label in field.flatchoices if key not in ("", None)][number % 2]
    values: dict[type, Any] = {
        models.JSONField: ["preschool"] if number % 2 else ["compulsory_school", "preschool"],
        models.BooleanField: True,
        models.IntegerField: number % 90 + 1,
        models.DecimalField: "1.5000",
        models.DateField: f"2026-01-{number % 28 + 1:02}",
    }
    found = (value for kind, value in values.items() if isinstance(field, kind))
    return next(found, f"Ord {number} å"[: field.max_length or 90])


def grow(thing: Any, turn: Iterator[int]) -> Any:
    """A row with two of everything that can hang on it."""
    fill(thing, turn)
    for name, child in children_of(type(thing)):
        rows = [grow(child(sort_order=place), turn) for place in range(2)]
        setattr(thing, name, rows)
    return thing


def counting() -> Iterator[int]:
    yield from range(10**9)


@pytest.fixture
def course() -> CoursePage:
    """A course with something in every field, pictures, documents, links, and a draw from the bank."""
    image = get_image_model().objects.create(title="Bild", file=get_test_image_file("bild.png"), description="En bild")
    document = get_document_model().objects.create(title="Blankett", file=_file(b"%PDF-1.4 blankett", "b.pdf"))
    link = (
        f'<p>Se <a linktype="document" id="{document.pk}">blanketten</a> och <a linktype="page" id="{front_page().pk}">'
    )
    picture = {"type": "picture", "id": str(uuid.uuid4()), "value": {"image": image.pk, "alt": "Alt", "caption": ""}}
    captions = get_document_model().objects.create(title="Textning", file=_file(b"WEBVTT", "sv.vtt"))
    video = get_media_model().objects.create(title="Film", type="video", duration=61.5, file=_file(b"film", "f.mp4"))
    shown = {"type": "video", "id": str(uuid.uuid4()), "value": _video(video.pk, image.pk, captions.pk)}
    written = [heading("Först"), text("Läs."), picture, text(f"{link}start</a>.</p>")]
    page = CoursePageFactory(units=1, body=written)
    turn = counting()
    unit: Any = UnitPageFactory(parent=page, questions=False, body=[heading("Sist"), picture, shown])
    grow(unit, turn)
    for draw in unit.draws.all():
        draw.tag = "vapen"
    unit.draws = [QuestionDraw(tag="vapen", count=1), QuestionDraw(tag="vapen", count=2)]
    unit.save()
    unit.save_revision()
    for number in range(2):
        item = QuestionBankItem(text=f"Fråga {number}", kind="numeric", suffix="veckor", tolerance="1.25")
        item.choices = [QuestionBankChoice(text="7", is_correct=True), QuestionBankChoice(text="9", feedback="Nej")]
        item.save()
        item.tags.add("vapen", "annat")
        item.save()
    page.summary = "Bara i utkastet"
    page.save_revision()
    return CoursePage.objects.get(pk=page.pk)


def _video(video: int, poster: int, captions: int) -> dict[str, Any]:
    track = {"type": "item", "id": str(uuid.uuid4()), "value": {"language": "sv", "file": captions}}
    about = {"title": "Film", "transcript": "<p>Allt som sägs.</p>", "audiences": [], "review": []}
    return {**about, "video": video, "poster": poster, "tracks": [track]}


def _file(content: bytes, name: str) -> Any:
    from django.core.files.base import ContentFile

    return ContentFile(content, name=name)


def told(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found: dict[str, Any] = json.loads(archive.read("course.json"))
    return found


def keys_in(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if "key" in data:
            yield data["key"]
        for value in data.values():
            yield from keys_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from keys_in(value)


def without_keys(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: without_keys(value) for name, value in data.items() if name not in ("key", "slug")}
    return [without_keys(value) for value in data] if isinstance(data, list) else data


def test_out_and_in_and_out_again_is_the_same(course: CoursePage) -> None:
    first = parcel(course)
    assert parcel(course) == first
    before = told(first)
    assert before["course"]["summary"] == "Bara i utkastet"
    kinds = (get_image_model(), get_document_model(), get_media_model(), QuestionBankItem)
    counted = {model: model.objects.count() for model in kinds}
    page = import_course(content=first, parent=CourseIndexPage.objects.get())
    second = told(parcel(page))
    assert without_keys(second) == without_keys(before)
    assert {model: model.objects.count() for model in counted} == counted  # what is here already is not made again
    assert not set(keys_in(before["course"])) & set(keys_in(second["course"]))
    assert second["bank"] == before["bank"]
    assert (page.live, page.has_unpublished_changes, page.get_latest_revision() is not None) == (False, True, True)
    assert import_course(content=parcel(page), parent=CourseIndexPage.objects.get()).slug != page.slug


def test_what_another_site_gets(course: CoursePage) -> None:
    """Files and questions are made where they are not; other questions under the tag stay by themselves."""
    content, before = parcel(course), told(parcel(course))
    get_image_model().objects.all().delete()
    get_document_model().objects.all().delete()
    get_media_model().objects.all().delete()
    QuestionBankItem.objects.all().delete()
    other = QuestionBankItem(text="En annan")
    other.save()
    other.tags.add("vapen")
    other.save()
    page = import_course(content=content, parent=CourseIndexPageFactory())
    again = told(parcel(page))
    assert {draw.tag for unit in UnitPage.objects.child_of(page) for draw in unit.draws.all()} == {"vapen 2"}
    assert QuestionBankItem.objects.filter(tags__name="vapen").count() == 1
    assert again["assets"] == before["assets"]
    assert [one["text"] for one in again["bank"]] == [one["text"] for one in before["bank"]]
    assert QuestionBankItem.objects.filter(tags__name="annat").count() == 0


def test_everything_that_an_editor_writes_is_in_the_file(course: CoursePage) -> None:
    """Fails as soon as a model has a field, or a child, that the file lacks."""
    written = told(parcel(course))["course"]["units"][1]
    assert set(written) >= {"body", "key", "minutes", "audiences", "questions", "draws"}
    names = {field.name for field in UnitPage._meta.local_concrete_fields if not field.primary_key} - {"page_ptr"}
    assert names <= set(written)
    hanging = {
        relation.get_accessor_name()
        for relation in UnitPage._meta.related_objects
        if relation.related_model._meta.app_label == "courses"
        and not relation.related_model._meta.label.endswith("Version")
    }
    assert {name for name in hanging if name} <= set(written)
    for name, model in children_of(UnitPage):
        columns = {
            field.name for field in model._meta.concrete_fields if field.name not in ("id", "page", "sort_order")
        }
        assert columns <= set(written[name][0]), model
    editable = {field.name for field in Question._meta.concrete_fields} - {"id", "page", "sort_order"}
    assert editable == {field.name for field in own_fields(Question)}


def test_another_one_of_a_course_shares_no_key_and_touches_no_record(course: CoursePage, learner: Any) -> None:
    plain = CoursePageFactory(units=2)
    version = cut(plain)
    enrollment = enroll(person=learner.person, course_key=version.key)
    before = {
        model: list(model._base_manager.order_by("pk").values())
        for model in apps.get_app_config("courses").get_models()
        if not issubclass(model, Page) and not hasattr(model, "page")
    }
    pages = [duplicate_course(page=CoursePage.objects.get(pk=page.pk)) for page in (course, plain)]
    for original, page in zip((course, plain), pages, strict=True):
        one, other = told(parcel(CoursePage.objects.get(pk=original.pk)))["course"], told(parcel(page))["course"]
        assert other["title"] == f"{one['title']} (kopia)"
        assert not set(keys_in(one)) & set(keys_in(other))
        assert {**without_keys(one), "title": ""} == {**without_keys(other), "title": ""}
        assert not page.live
        assert not page.versions.exists()
        assert not Target.objects.filter(key=page.key).exists()
    changed = {
        model.__name__ for model, rows in before.items() if rows != list(model._base_manager.order_by("pk").values())
    }
    assert changed <= {"Choice", "ScenarioChoice", "Question", "QuestionDraw", "ScenarioStep"}  # of the copies
    assert Enrollment.objects.get().version_id == enrollment.version_id


def test_schema_that_is_published_is_that_of_the_models() -> None:
    path = ROOT / "docs" / "course.schema.json"
    wanted = json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert path.read_text() == wanted, "run: python manage.py course_schema > docs/course.schema.json"


# Broken files


def repacked(content: bytes, change: Callable[[dict[str, Any]], None] | None = None, **more: bytes) -> bytes:
    data = told(content)
    if change is not None:
        change(data)
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("course.json", json.dumps(data))
        for name in old.namelist():
            if name != "course.json":
                archive.writestr(name, old.read(name))
        for name, extra in more.items():
            archive.writestr(name, extra)
    return written.getvalue()


def put(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Set what stands at a path such as `course.units.0.minutes`; `...` takes it away."""

    def change(data: Any) -> None:
        *way, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
        for part in way:
            data = data[part]
        if value is ...:
            del data[last]
        else:
            data[last] = value

    return change


EVIL = [{"type": "text", "value": {"text": "<p onclick='x'>a<script>b</script></p>", "audiences": [], "review": []}}]
BROKEN: dict[str, tuple[Any, str]] = {
    "a title that is missing": (put("course.title", ...), "$.course.title"),
    "minutes in words": (put("course.units.0.minutes", "tio"), "$.course.units[0].minutes"),
    "too many minutes": (put("course.units.0.minutes", 10**9), "$.course.units[0].minutes"),
    "a kind that there is not": (
        put("course.units.0.questions.1.kind", "gissa"), "$.course.units[0].questions[1].kind",
    ),
    "a choice too long": (
        put("course.units.0.questions.0.choices.1.text", "x" * 501), "$.course.units[0].questions[0].choices[1].text",
    ),
    "a field from elsewhere": (put("course.owner", 1), "$.course.owner"),
    "an id": (put("course.units.0.questions.0.pk", 7), "$.course.units[0].questions[0].pk"),
    "a block that there is not": (put("course.body.0.type", "raw"), "$.course.body[0].type"),
    "a script": (put("course.body", EVIL), "$.course.body[0].value.text"),
    "a picture that is not there": (
        put("course.body.2.value.image", "asset:" + "0" * 64), "$.course.body[2].value.image",
    ),
    "a picture by its id": (put("course.body.2.value.image", 1), "$.course.body[2].value.image"),
    "a row of an account": (
        put("course.body.2.value.image", "key:ledstang_accounts.user:1"), "$.course.body[2].value.image",
    ),
    "units that are no list": (put("course.units", {}), "$.course.units"),
    "readings that there are not": (put("course.units.0.audiences", ["alla"]), "$.course.units[0].audiences"),
    "another kind of file": (put("format", "moodle"), "$.format"),
    "a later version": (put("version", 2), "$.version"),
}  # fmt: skip


def everything() -> list[int]:
    return [model._base_manager.count() for model in apps.get_models()]


def test_broken_files_are_told_where_and_write_nothing(course: CoursePage, monkeypatch: Any) -> None:
    content, index = parcel(course), CourseIndexPage.objects.get()
    before = everything()
    for what, (change, place) in BROKEN.items():
        sent = repacked(content, change)
        faults = unpack(sent).faults
        assert place in {fault.place for fault in faults}, (what, faults)
        with pytest.raises(BrokenParcel):
            import_course(content=sent, parent=index)
    for name, sent in zips(content).items():
        assert unpack(sent).faults, name
        with pytest.raises(BrokenParcel):
            import_course(content=sent, parent=index)
    assert everything() == before
    monkeypatch.setattr(foreign, "MOST_JSON", 1000)
    assert [str(fault) for fault in unpack(content).faults] == ["course.json: är för stor"]
    monkeypatch.undo()
    import_course(content=repacked(content), parent=index)  # the twin: a file that is whole writes
    assert everything() != before


def zips(content: bytes) -> dict[str, bytes]:
    """Files that lie about what they are."""
    picture = next(name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if name.endswith(".png"))
    lied = bytearray(repacked(content))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("course.json", b" " * (12 << 20))
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(600):
            archive.writestr(f"assets/{number}", b"")
    deep = io.BytesIO()
    with zipfile.ZipFile(deep, "w") as archive:
        archive.writestr("course.json", "[" * 200_000)
    return {
        "not a ZIP": b"PK\x03\x04 nej",
        "empty": b"",
        "half of it": content[: len(content) // 2],
        "a path that climbs": repacked(content, **{"../../etc/passwd": b"x"}),
        "an absolute path": repacked(content, **{"/tmp/x": b"x"}),
        "a name with a backslash": repacked(content, **{"assets\\x.png": b"x"}),
        "a file under another's hash": repacked(content, **{f"assets/{'0' * 64}.png": b"x"}),
        "a bomb": bomb.getvalue(),
        "too many files": many.getvalue(),
        "nested for ever": deep.getvalue(),
        "a picture that is a page": _swapped(content, picture, b"<script>alert(1)</script>", "png"),
        "a picture that calls itself a page": _swapped(content, picture, _bytes(content, picture), "html"),
        "a film that calls itself a page": _swapped(content, _named(content, ".mp4"), b"<script>", "html"),
        "changed on the way": bytes(lied[:200] + bytes(40) + lied[240:]),
    }


def _bytes(content: bytes, name: str) -> bytes:
    return zipfile.ZipFile(io.BytesIO(content)).read(name)


def _named(content: bytes, ending: str) -> str:
    return next(name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if name.endswith(ending))


def _swapped(content: bytes, old: str, page: bytes, ending: str) -> bytes:
    """A file replaced by another, under the name of its own hash."""
    name = f"assets/{hashlib.sha256(page).hexdigest()}.{ending}"

    def change(data: dict[str, Any]) -> None:
        for spec in data["assets"].values():
            spec["files"] = {key: name if path == old else path for key, path in spec["files"].items()}

    return repacked(content, change, **{name: page})


ODD: list[Any] = [None, [], {}, 1, -1, 1.5, "x", "", True, [[]], {"type": []}, [{}], "asset:", "key:a:b", 10**12]


def nodes(data: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for part in data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield (*way, part)
        yield from nodes(data[part], (*way, part))


def test_whatever_stands_anywhere_is_a_fault_or_can_be_taken_in(course: CoursePage, campaign: Any) -> None:
    """Any value replaced by an odd one: either its place is named, or the course is made. Never an error."""
    content, index, rng = parcel(course), CourseIndexPage.objects.get(), campaign.random
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != "course.json"}
    ways, taken_in = list(nodes(told(content))), 0
    for _run in range(campaign.size(600)):
        data, (*way, last) = told(content), rng.choice(ways)
        inner = data
        for part in way:
            inner = inner[part]
        inner[last] = rng.choice(ODD)
        found = Unpacked(files=files)
        Checker(found).document(data)
        assert all(str(fault.place) and fault.words for fault in found.faults)
        if not found.faults:
            taken_in += 1
            with transaction.atomic():
                Unpacker(files, None).course(data, index)
                transaction.set_rollback(True)
    assert taken_in > 0
