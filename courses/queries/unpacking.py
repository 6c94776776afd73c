"""Read a course from a file, with every fault named by its place. Nothing is written, and nothing is taken on trust:
neither names in the ZIP, nor sizes, nor kinds of values, nor HTML."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.documents import get_document_model
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtailmedia.settings import wagtailmedia_settings as media_settings

from cms.core.enums import Audience
from courses.models import CoursePage, QuestionBankItem, UnitPage
from courses.models.fields import AudiencesField
from courses.queries.foreign import Unpacked, is_picture, opened, strange_html
from courses.queries.parcels import (
    FORMAT,
    FORMAT_NUMBER,
    JSON_NAME,
    LINK_REF,
    RICH_LINK,
    Reference,
    asset_fields,
    children_of,
    is_asset,
    model_named,
    own_fields,
)

PICTURE_ENDINGS = {"avif", "gif", "jpg", "jpeg", "png", "webp"}
DOCUMENT_ENDINGS = ("pdf",)  # where a host has not said which it takes
LARGEST, LARGEST_SMALL = 2**31 - 1, 2**15 - 1


def unpack(content: bytes) -> Unpacked:
    """A parcel, read and checked. Whatever it holds, this does not raise."""
    found = Unpacked()
    text = opened(content, found)
    if text is None:
        return found
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        found.fault(JSON_NAME, _("is not JSON: %(error)s") % {"error": str(error)[:120]})
        return found
    try:
        Checker(found).document(data)
    except RecursionError:
        found.fault(JSON_NAME, _("is nested too deep"))
    found.data = data if not found.faults else {}
    return found


def _is_of_kind(one: models.Field[Any, Any], value: Any) -> bool:
    if isinstance(one, models.BooleanField):
        return isinstance(value, bool)
    if isinstance(one, models.IntegerField | models.FloatField):
        kinds = int if isinstance(one, models.IntegerField) else int | float
        is_small = isinstance(one, models.SmallIntegerField | models.PositiveSmallIntegerField)
        most = LARGEST_SMALL if is_small else LARGEST
        return isinstance(value, kinds) and not isinstance(value, bool) and abs(value) <= most
    return isinstance(value, str)


def _no_constant(name: str) -> Any:
    raise ValueError(name)


# What it says


class Checker:
    """Goes through the data beside the models, and writes down each fault with its place."""

    def __init__(self, found: Unpacked) -> None:
        self.found = found
        self.assets: set[str] = set()

    def document(self, data: Any) -> None:
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            self.found.fault("$.format", _("this is not a course from Ledstång"))
            return
        if data.get("version") != FORMAT_NUMBER:
            self.found.fault("$.version", _("this kind of file is of a later Ledstång"))
            return
        for name in sorted(data.keys() - {"format", "version", "course", "bank", "assets"}):
            self.found.fault(f"$.{name}"[:80], _("is not known here"))
        assets = data.get("assets")
        if not isinstance(assets, dict):
            self.found.fault("$.assets", _("is missing"))
            return
        self.assets = set(assets)
        for name, spec in assets.items():
            self._asset(f"$.assets[{name[:70]}]", spec)
        self.row("$.course", CoursePage, data.get("course"), {"units"})
        course = data.get("course")
        if isinstance(course, dict):
            self._rows("$.course.units", UnitPage, course.get("units"))
        self._rows("$.bank", QuestionBankItem, data.get("bank"), {"tags"})

    def _rows(self, place: str, model: type[models.Model], rows: Any, besides: set[str] | None = None) -> None:
        if not isinstance(rows, list):
            self.found.fault(place, _("is not a list"))
            return
        for number, row in enumerate(rows):
            self.row(f"{place}[{number}]", model, row, besides)

    def row(self, place: str, model: type[models.Model], data: Any, besides: set[str] | None = None) -> None:
        """A row of a model with what hangs on it. `besides`: names that are looked at elsewhere."""
        if not isinstance(data, dict):
            self.found.fault(place, _("is missing"))
            return
        fields, children = {one.name: one for one in own_fields(model)}, dict(children_of(model))
        for name in sorted(data.keys() - fields.keys() - children.keys() - (besides or set())):
            self.found.fault(f"{place}.{name}"[:160], _("is not known here"))
        for name, one in fields.items():
            if name in data:
                self._value(f"{place}.{name}", one, data[name])
            elif not one.has_default() and not one.blank:
                self.found.fault(f"{place}.{name}", _("is missing"))
        for name, child in children.items():
            self._rows(f"{place}.{name}", child, data.get(name, []))
        if "tags" in (besides or ()):
            self._tags(f"{place}.tags", data.get("tags"))

    def _tags(self, place: str, tags: Any) -> None:
        if not isinstance(tags, list) or not all(isinstance(tag, str) and 0 < len(tag) <= 100 for tag in tags):
            self.found.fault(place, _("is not a list of words"))

    def _value(self, place: str, one: models.Field[Any, Any], value: Any) -> None:
        if isinstance(one, StreamField):
            self.block(place, one.stream_block, value)
        elif isinstance(one, AudiencesField):
            if not isinstance(value, list) or not set(map(str, value)) <= set(Audience.values):
                self.found.fault(place, _("is not a list of readings that there are"))
        elif isinstance(one, models.JSONField):
            pass
        elif one.is_relation:
            self._reference(place, value, one.related_model)
        else:
            self._simple(place, one, value)

    def _simple(self, place: str, one: models.Field[Any, Any], value: Any) -> None:
        if value is None or value == "":
            may_be_empty = one.null if value is None else _is_text(one) and one.name != "title"
            if not may_be_empty:
                self.found.fault(place, _("is missing"))
            return
        if not _is_of_kind(one, value):
            self.found.fault(place, _("is of the wrong kind"))
            return
        try:
            one.clean(value, None)
        except ValidationError as error:
            self.found.fault(place, " ".join(str(words) for words in error.messages))

    # Blocks

    def block(self, place: str, block: blocks.Block, value: Any) -> None:
        if isinstance(block, blocks.StreamBlock):
            self._stream(place, block, value)
        elif isinstance(block, blocks.ListBlock):
            self._list(place, block, value)
        elif isinstance(block, blocks.StructBlock):
            self._struct(place, block, value)
        elif isinstance(block, blocks.ChooserBlock):
            self._reference(place, value, block.model_class)
        elif isinstance(block, blocks.RichTextBlock):
            self._rich_text(place, value)
        elif value not in (None, "", []):
            self._leaf(place, block, value)

    def _stream(self, place: str, block: blocks.StreamBlock, value: Any) -> None:
        if not isinstance(value, list):
            self.found.fault(place, _("is not a list"))
            return
        for number, one in enumerate(value):
            here = f"{place}[{number}]"
            if not isinstance(one, dict) or not {"type", "value"} <= one.keys() <= {"type", "value", "id"}:
                self.found.fault(here, _("is not a block"))
            elif not isinstance(one["type"], str) or one["type"] not in block.child_blocks:
                self.found.fault(f"{here}.type", _("this kind of block is not known here"))
            elif one.get("id") is not None and not _is_uuid(one["id"]):
                self.found.fault(f"{here}.id", _("is of the wrong kind"))
            else:
                self.block(f"{here}.value", block.child_blocks[one["type"]], one["value"])

    def _list(self, place: str, block: blocks.ListBlock, value: Any) -> None:
        if not isinstance(value, list):
            self.found.fault(place, _("is not a list"))
            return
        for number, one in enumerate(value):
            is_item = isinstance(one, dict) and {"type", "value"} <= one.keys()
            self.block(f"{place}[{number}]", block.child_block, one["value"] if is_item else one)

    def _struct(self, place: str, block: blocks.StructBlock, value: Any) -> None:
        if not isinstance(value, dict):
            self.found.fault(place, _("is of the wrong kind"))
            return
        for name in sorted(value.keys() - block.child_blocks.keys()):
            self.found.fault(f"{place}.{name}"[:160], _("is not known here"))
        for name, child in block.child_blocks.items():
            if name in value:
                self.block(f"{place}.{name}", child, value[name])

    def _leaf(self, place: str, block: blocks.Block, value: Any) -> None:
        if not isinstance(value, str | int | float | bool | list):
            self.found.fault(place, _("is of the wrong kind"))
            return
        try:
            block.clean(block.to_python(value))
        except ValidationError as error:
            self.found.fault(place, " ".join(str(words) for words in error.messages))
        except (TypeError, ValueError, AttributeError):
            self.found.fault(place, _("is of the wrong kind"))

    def _rich_text(self, place: str, value: Any) -> None:
        if not isinstance(value, str):
            self.found.fault(place, _("is of the wrong kind"))
            return
        for words in strange_html(value):
            self.found.fault(place, _("HTML that is not allowed: %(what)s") % {"what": words})
        for tag in RICH_LINK.findall(value):
            named = LINK_REF.search(tag)
            if named is not None and named[1] != "page:":
                self._reference(place, named[1], None)

    # What is pointed at

    def _reference(self, place: str, value: Any, model: Any) -> None:
        if value is None:
            return
        reference = Reference.read(value)
        if reference is None:
            self.found.fault(place, _("does not say what it points at"))
        elif reference.kind == "asset":
            if reference.name not in self.assets:
                self.found.fault(place, _("points at a file that is not there"))
        elif referred(reference) is None:
            self.found.fault(place, _("points at something that this site does not have: %(what)s") % {"what": value})

    def _asset(self, place: str, spec: Any) -> None:
        if not isinstance(spec, dict) or not all(isinstance(spec.get(name), dict) for name in ("fields", "files")):
            self.found.fault(place, _("is not the description of a file"))
            return
        model = model_named(str(spec.get("model")))
        if model is None or not is_asset(model) or not _may_come(model):
            self.found.fault(f"{place}.model", _("this kind of file is not known here"))
            return
        told, files = asset_fields(model)
        self._told(f"{place}.fields", {one.name: one for one in told}, spec["fields"])
        if "file" not in spec["files"] or not spec["fields"].get("title"):
            self.found.fault(place, _("is not the description of a file"))
        for name, path in spec["files"].items():
            if name not in {one.name for one in files}:
                self.found.fault(f"{place}.files.{name}"[:160], _("is not known here"))
            else:
                self._file(f"{place}.files.{name}", model, name, path)

    def _file(self, place: str, model: type[models.Model], name: str, path: Any) -> None:
        """A file is what its ending says, and has an ending that this site takes: what is served as a page is not."""
        if not isinstance(path, str) or path not in self.found.files:
            self.found.fault(place, _("points at a file that is not there"))
            return
        has_picture = model is get_image_model() or name != "file"
        if path.rpartition(".")[2] not in (PICTURE_ENDINGS if has_picture else _endings(model)):
            self.found.fault(path, _("is of a kind that this site does not take"))
        elif has_picture and not is_picture(self.found.files[path]):
            self.found.fault(path, _("is not a picture that can be shown"))

    def _told(self, place: str, known: dict[str, models.Field[Any, Any]], values: dict[str, Any]) -> None:
        for name, value in values.items():
            if name in known:
                self._value(f"{place}.{name}", known[name], value)
            else:
                self.found.fault(f"{place}.{name}"[:160], _("is not known here"))


def _is_text(one: models.Field[Any, Any]) -> bool:
    return isinstance(one, models.CharField | models.TextField)


def _endings(model: type[models.Model]) -> set[str]:
    """The endings of files that an editor may upload here, in lower case."""
    if model is get_document_model():
        return {str(ending).lower() for ending in getattr(settings, "WAGTAILDOCS_EXTENSIONS", DOCUMENT_ENDINGS)}
    return {ending.lower() for ending in (*media_settings.VIDEO_EXTENSIONS, *media_settings.AUDIO_EXTENSIONS)}


def _may_come(model: type[models.Model]) -> bool:
    """Files of Wagtail's own kinds, or of a host's in their place. Nothing else is made by a file."""
    return model in (get_image_model(), get_document_model()) or model._meta.app_label == "wagtailmedia"


def _is_uuid(words: Any) -> bool:
    try:
        return str(UUID(words)) == str(words)
    except (ValueError, AttributeError, TypeError):
        return False


def referred(reference: Reference) -> Any:
    """The row of this site that a name of the file stands for. None if there is none."""
    from wagtail.models import Page, Site

    if reference.kind == "key":
        model: Any = model_named(reference.model)
        is_named = model is not None and any(one.name == "key" for one in model._meta.concrete_fields)
        try:
            return model.objects.filter(key=reference.name).first() if is_named and model is not None else None
        except (ValueError, ValidationError):
            return None
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None or not reference.name.startswith("/"):
        return None
    return Page.objects.filter(url_path=f"{site.root_page.url_path.rstrip('/')}{reference.name}").first()
