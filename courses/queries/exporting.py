"""A course as a file: its latest drafts, the questions of the bank that it draws, and every picture and document."""

import hashlib
import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import rfc8785
from django.db import models
from django.utils.translation import gettext as _
from modelcluster.models import get_field_value
from wagtail import blocks
from wagtail.documents import get_document_model
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.models import Page

from cms.core.models import Refused
from courses.models import CoursePage, QuestionBankItem, UnitPage
from courses.queries.drafts import unit_pages
from courses.queries.parcels import (
    FORMAT,
    FORMAT_NUMBER,
    JSON_NAME,
    LINK_ID,
    LINK_KIND,
    RICH_LINK,
    Reference,
    asset_fields,
    children_of,
    is_asset,
    own_fields,
)

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest day that a ZIP knows: equal courses give equal bytes


class CannotLeave(Refused):
    """The course points at something that has no name outside this site."""


class Packer:
    """Collects what a course points at while its rows are written down."""

    def __init__(self) -> None:
        self.assets: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}

    def row(self, thing: models.Model) -> dict[str, Any]:
        """A row with what hangs on it, as JSON-ready data without ids."""
        model = type(thing)
        values = {field: self._value(field, thing) for field in own_fields(model)}
        # What an unfinished draft lacks is left out, and is what it usually is where the file is taken in.
        data = {field.name: value for field, value in values.items() if value is not None or field.null}
        for name, _model in children_of(model):
            data[name] = [self.row(child) for child in getattr(thing, name).all()]
        return data

    def _value(self, field: models.Field[Any, Any], thing: models.Model) -> Any:
        if isinstance(field, StreamField):
            value = getattr(thing, field.name)
            return self.block(value.stream_block, value.get_prep_value())
        if isinstance(field, models.JSONField):
            return getattr(thing, field.name)
        if field.is_relation:
            related = getattr(thing, field.name)
            return str(self.reference(related)) if related is not None else None
        return plain(field, get_field_value(field, thing))

    def block(self, block: blocks.Block, value: Any) -> Any:
        """A block's value as the database keeps it, with references in the place of ids."""
        if isinstance(block, blocks.StreamBlock):
            return [
                {**one, "value": self.block(block.child_blocks[one["type"]], one["value"])}
                for one in value
                if one["type"] in block.child_blocks
            ]
        if isinstance(block, blocks.ListBlock):
            return [self._item(block.child_block, one) for one in value or ()]
        if isinstance(block, blocks.StructBlock):
            return {name: self.block(child, value[name]) for name, child in block.child_blocks.items() if name in value}
        if isinstance(block, blocks.ChooserBlock):
            found = block.bulk_to_python([value])[0] if value else None
            return str(self.reference(found)) if found is not None else None
        if isinstance(block, blocks.RichTextBlock):
            return RICH_LINK.sub(lambda match: self._link(match[0]), value or "")
        return value

    def _item(self, block: blocks.Block, one: Any) -> Any:
        if isinstance(one, dict) and {"type", "value"} <= set(one):
            return {**one, "value": self.block(block, one["value"])}
        return self.block(block, one)

    def _link(self, tag: str) -> str:
        """A link in a text. One that leads to what is gone stays as dead as it was."""
        kind, number = LINK_KIND.search(tag), LINK_ID.search(tag)
        if kind is None or number is None:
            return tag
        models_by_kind = {"document": get_document_model(), "image": get_image_model(), "page": Page}
        model = models_by_kind.get(kind[1])
        found = model.objects.filter(pk=int(number[1])).first() if model is not None else None
        name = str(self.reference(found)) if found is not None else "page:"
        return LINK_ID.sub(f'ref="{name}"', tag)

    def reference(self, thing: Any) -> Reference:
        """What something is called outside this site. Raises CannotLeave."""
        if is_asset(type(thing)):
            return Reference("asset", "", self._asset(thing))
        if isinstance(thing, Page):
            thing = thing.specific
        if hasattr(thing, "key"):
            return Reference("key", thing._meta.label_lower, str(thing.key))
        if isinstance(thing, Page):
            return Reference("page", "", thing.get_url_parts()[2] if thing.get_url_parts() else "")
        raise CannotLeave(_("“%(thing)s” cannot be taken along.") % {"thing": thing})

    def _asset(self, thing: Any) -> str:
        told, files = asset_fields(type(thing))
        spec = {
            "model": thing._meta.label_lower,
            "fields": {field.name: plain(field, get_field_value(field, thing)) for field in told},
            "files": {field.name: self._file(getattr(thing, field.name)) for field in files},
        }
        spec["files"] = {name: path for name, path in spec["files"].items() if path}
        name = hashlib.sha256(rfc8785.dumps(spec)).hexdigest()
        self.assets[name] = spec
        return name

    def _file(self, file: Any) -> str:
        if not file:
            return ""
        with file.storage.open(file.name, "rb") as opened:
            data = opened.read()
        ending = "".join(letter for letter in file.name.rpartition(".")[2].lower() if letter.isalnum())[:5] or "bin"
        path = f"assets/{hashlib.sha256(data).hexdigest()}.{ending}"
        self.files[path] = data
        return path


def plain(field: models.Field[Any, Any], value: Any) -> Any:
    """A value as JSON has it: one way to write each, so that the same gives the same."""
    value = field.to_python(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if value is None and not field.null and isinstance(field, models.CharField | models.TextField):
        return ""
    return str(value) if isinstance(value, UUID) else value


def course_data(page: CoursePage, packer: Packer | None = None) -> dict[str, Any]:
    """The latest drafts of a course as JSON-ready data. Raises CannotLeave."""
    packer = packer or Packer()
    units = unit_pages(page)
    draft: CoursePage = page.get_latest_revision_as_object()
    course = {**packer.row(draft), "units": [packer.row(unit) for unit in units]}
    bank = [{**packer.row(item), "tags": tags} for item, tags in bank_items(tags_drawn(units))]
    return {
        "format": FORMAT,
        "version": FORMAT_NUMBER,
        "course": course,
        "bank": bank,
        "assets": dict(sorted(packer.assets.items())),
    }


def tags_drawn(units: list[UnitPage]) -> set[str]:
    """The tags of the bank by which some units draw."""
    return {draw.tag for unit in units for draw in unit.draws.all() if draw.tag}


def bank_items(drawn: set[str]) -> list[tuple[QuestionBankItem, list[str]]]:
    """The questions of the bank that have any of some tags, each with those of its tags."""
    items = QuestionBankItem.objects.filter(tags__name__in=drawn).distinct().order_by("key")
    return [
        (item, sorted(tag.name for tag in item.tags.all() if tag.name in drawn))
        for item in items.prefetch_related("tags", "choices")
    ]


def parcel(page: CoursePage) -> bytes:
    """The file: the same course gives the same bytes. Raises CannotLeave."""
    packer = Packer()
    data = course_data(page, packer)
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        _add(archive, JSON_NAME, text.encode(), zipfile.ZIP_DEFLATED)
        for name, content in sorted(packer.files.items()):
            _add(archive, name, content, zipfile.ZIP_STORED)
    return written.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes, how: int) -> None:
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.compress_type, info.external_attr = how, 0o644 << 16
    archive.writestr(info, content)
