"""Take in a course from a file, or another one of a course that is here: always as a draft with keys of its own."""

import uuid
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.core.models import Refused
from courses.models import CourseIndexPage, CoursePage, QuestionBankItem, UnitPage
from courses.queries.exporting import Packer, bank_items, course_data
from courses.queries.foreign import Fault
from courses.queries.parcels import (
    LINK_KIND,
    LINK_REF,
    RICH_LINK,
    Reference,
    asset_fields,
    children_of,
    model_named,
    own_fields,
)
from courses.queries.unpacking import referred, unpack


class BrokenParcel(Refused):
    """The file cannot be taken in; nothing was written. `faults` names each place."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


@transaction.atomic
def import_course(*, content: bytes, parent: CourseIndexPage, user: Any = None) -> CoursePage:
    """Make a draft of the course in a file. Its keys are new: nothing that anybody has done is touched.

    Raises BrokenParcel, and then nothing is written.
    """
    found = unpack(content)
    if found.faults:
        raise BrokenParcel(found.faults)
    return Unpacker(found.files, user).course(found.data, parent)


@transaction.atomic
def duplicate_course(*, page: CoursePage, user: Any = None) -> CoursePage:
    """Another course with the latest drafts of this one, beside it. No key is shared, and no record is touched."""
    packer = Packer()
    data = course_data(page, packer)
    data["course"]["title"] = _("%(title)s (copy)") % {"title": data["course"]["title"]}
    return Unpacker(packer.files, user).course(data, page.get_parent().specific)


class Unpacker:
    """Writes rows from data that has been checked. Files that are here already are not written again."""

    def __init__(self, files: Mapping[str, bytes], user: Any) -> None:
        self.files, self.user = files, user
        self.specs: Mapping[str, Any] = {}
        self.assets: dict[str, Any] = {}

    def course(self, data: Mapping[str, Any], parent: Page) -> CoursePage:
        self.specs = data["assets"]
        tags = self._bank(data["bank"])
        page: CoursePage = self._page(CoursePage, data["course"], parent)
        for unit in data["course"]["units"]:
            self._page(UnitPage, _renamed(unit, tags), page)
        return page

    def _page(self, model: type[Any], data: Mapping[str, Any], parent: Page) -> Any:
        page = self.row(model, data)
        page.key, page.slug = uuid.uuid4(), _free_slug(parent, data)
        page.live, page.has_unpublished_changes, page.owner = False, True, self.user
        page.renew_keys()
        parent.add_child(instance=page)
        page.save_revision(user=self.user, changed=True, clean=False)
        return page

    def row(self, model: type[Any], data: Mapping[str, Any]) -> Any:
        values = {one.name: self._value(one, data[one.name]) for one in own_fields(model) if one.name in data}
        thing = model(**values)
        for name, child in children_of(model):
            rows = [self.row(child, one) for one in data.get(name, ())]
            for place, row in enumerate(rows):
                row.sort_order = place
            setattr(thing, name, rows)
        return thing

    def _value(self, one: models.Field[Any, Any], value: Any) -> Any:
        if isinstance(one, StreamField):
            return one.stream_block.to_python(self.block(one.stream_block, value))
        if one.is_relation:
            return self._referred(value)
        return value if isinstance(one, models.JSONField) else one.to_python(value)

    def block(self, block: blocks.Block, value: Any) -> Any:
        """A block's value as the database keeps it, with this site's ids."""
        if isinstance(block, blocks.StreamBlock):
            return [{**one, "value": self.block(block.child_blocks[one["type"]], one["value"])} for one in value]
        if isinstance(block, blocks.ListBlock):
            return [self._item(block.child_block, one) for one in value]
        if isinstance(block, blocks.StructBlock):
            return {name: self.block(block.child_blocks[name], one) for name, one in value.items()}
        if isinstance(block, blocks.ChooserBlock):
            return getattr(self._referred(value), "pk", None)
        if isinstance(block, blocks.RichTextBlock):
            return RICH_LINK.sub(lambda match: self._link(match[0]), value)
        return value

    def _item(self, block: blocks.Block, one: Any) -> Any:
        if isinstance(one, dict) and {"type", "value"} <= one.keys():
            return {**one, "value": self.block(block, one["value"])}
        return self.block(block, one)

    def _link(self, tag: str) -> str:
        named = LINK_REF.search(tag)
        if named is None or LINK_KIND.search(tag) is None:
            return tag
        found = self._referred(named[1]) if named[1] != "page:" else None
        return LINK_REF.sub(f'id="{found.pk if found is not None else 0}"', tag)

    def _referred(self, value: Any) -> Any:
        reference = Reference.read(value)
        if reference is None:
            return None
        return self._asset(reference.name) if reference.kind == "asset" else referred(reference)

    # Files

    def _asset(self, name: str) -> Any:
        """The picture or document: one that is here and says the same, or a new one."""
        if name not in self.assets:
            spec = self.specs[name]
            model: Any = model_named(spec["model"])
            told, _files = asset_fields(model)
            values = {one.name: one.to_python(spec["fields"][one.name]) for one in told if one.name in spec["fields"]}
            self.assets[name] = self._known(model, name, values) or self._new(model, values, spec["files"])
        return self.assets[name]

    def _known(self, model: Any, name: str, values: dict[str, Any]) -> Any:
        for thing in model.objects.filter(title=values.get("title", "")).order_by("pk"):
            if str(Packer().reference(thing)) == f"asset:{name}":
                return thing
        return None

    def _new(self, model: Any, values: dict[str, Any], files: Mapping[str, str]) -> Any:
        thing = model(**values)
        for name, path in files.items():
            kept = ContentFile(self.files[path], name=f"{_file_name(values, path)}")
            setattr(thing, name, kept)
        if hasattr(thing, "uploaded_by_user"):
            thing.uploaded_by_user = self.user
        thing.save()
        return thing

    # The bank

    def _bank(self, items: list[dict[str, Any]]) -> dict[str, str]:
        """The name of each tag here. Where a tag is in use for other questions, these get one of their own, so that
        neither course asks the other's."""
        wanted: dict[str, list[dict[str, Any]]] = {}
        for item in items:
            for tag in item["tags"]:
                wanted.setdefault(tag, []).append(item)
        names = {tag: self._name_of(tag, some) for tag, some in wanted.items()}
        for item in items:
            new = sorted(name for tag in item["tags"] if (name := names[tag]) != tag or not _is_used(tag))
            if new and not self._may_add_to_bank():
                raise BrokenParcel([Fault("$.bank", _("has questions that you may not add to the question bank"))])
            if new:
                self._item_of_bank(item, new)
        return names

    def _may_add_to_bank(self) -> bool:
        return self.user is None or bool(self.user.has_perm("courses.add_questionbankitem"))

    def _name_of(self, tag: str, items: list[dict[str, Any]]) -> str:
        if not _is_used(tag) or _has_the_same(tag, items):
            return tag
        return next(name for number in range(2, 10_000) if not _is_used(name := f"{tag} {number}"[-100:]))

    def _item_of_bank(self, data: dict[str, Any], tags: list[str]) -> None:
        item = self.row(QuestionBankItem, data)
        if QuestionBankItem.objects.filter(key=item.key).exists():
            item.key = uuid.uuid4()
        item.save()
        item.tags.add(*tags)
        item.save()


def _is_used(tag: str) -> bool:
    found: bool = QuestionBankItem.objects.filter(tags__name=tag).exists()
    return found


def _has_the_same(tag: str, items: list[dict[str, Any]]) -> bool:
    """Whether the bank has exactly these questions, in these words, under a tag."""
    here = [Packer().row(item) for item, _tags in bank_items({tag})]
    there = [{name: value for name, value in item.items() if name != "tags"} for item in items]
    return sorted(here, key=_key) == sorted(there, key=_key)


def _key(item: Mapping[str, Any]) -> str:
    return str(item.get("key"))


def _renamed(unit: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    draws = [{**draw, "tag": tags.get(draw.get("tag", ""), draw.get("tag", ""))} for draw in unit.get("draws", ())]
    return {**unit, "draws": draws}


def _free_slug(parent: Page, data: Mapping[str, Any]) -> str:
    wanted = str(data.get("slug") or slugify(data["title"]) or "kurs")[:240]
    taken = set(parent.get_children().values_list("slug", flat=True))
    return next(
        slug for number in range(1, 10_000) if (slug := wanted if number == 1 else f"{wanted}-{number}") not in taken
    )


def _file_name(values: Mapping[str, Any], path: str) -> str:
    return f"{slugify(str(values.get('title') or 'fil'))[:60] or 'fil'}{PurePosixPath(path).suffix}"
