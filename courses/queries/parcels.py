"""What a course takes along when it leaves as a file: read from the models, so that a new field comes along by itself.

A parcel is a ZIP of `course.json` and `assets/<sha256>.<ending>`. Database ids never leave: files are named by hash,
pages and rows by their `key`, pages without one by their address.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import get_all_child_relations
from taggit.models import ItemBase
from wagtail.fields import StreamField
from wagtail.models import Page

from courses.models import CoursePage, QuestionBankItem, UnitPage
from courses.models.fields import AudiencesField

FORMAT = "ledstang-course"
FORMAT_NUMBER = 1
JSON_NAME = "course.json"
ASSET_NAME = re.compile(r"assets/[0-9a-f]{64}\.[a-z0-9]{1,5}")
MOST_JSON, MOST_BYTES, MOST_FILES = 10 << 20, 300 << 20, 500
PAGE_FIELDS = ("title", "slug", "seo_title", "show_in_menus", "search_description")
RICH_LINK = re.compile(r"<(?:a|embed)\b[^>]*>")
LINK_ID = re.compile(r'\bid="(\d+)"')
LINK_REF = re.compile(r'\bref="([^"]*)"')
LINK_KIND = re.compile(r'\b(?:linktype|embedtype)="([a-z]+)"')


def own_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns that an editor has filled in, and the keys. Out: ids, the tree, what Wagtail keeps for itself."""
    return [field for field in model._meta.concrete_fields if _is_own(model, field)]


def _is_own(model: type[models.Model], field: models.Field[Any, Any]) -> bool:
    if field.primary_key or isinstance(field, ParentalKey) or getattr(field.remote_field, "parent_link", False):
        return False
    if issubclass(model, Page) and not field.model._meta.abstract and field.model is Page:
        return field.name in PAGE_FIELDS
    return bool(field.editable) or field.name == "key"


def children_of(model: type[models.Model]) -> list[tuple[str, type[models.Model]]]:
    """What hangs on a row of a model and is written with it, by name. Comments and tags have their own ways."""
    found = [
        (str(relation.get_accessor_name()), relation.related_model)
        for relation in get_all_child_relations(model)
        if relation.related_model._meta.app_label == CoursePage._meta.app_label
        and not issubclass(relation.related_model, ItemBase)
    ]
    return sorted(found, key=lambda child: child[0])


def asset_fields(model: type[models.Model]) -> tuple[list[models.Field[Any, Any]], list[models.FileField]]:
    """What tells about a file (title, description, focal point …), and the files themselves."""
    fields = [field for field in model._meta.concrete_fields if field.editable and not field.primary_key]
    files = [field for field in fields if isinstance(field, models.FileField)]
    told = [field for field in fields if not field.is_relation and not isinstance(field, models.FileField)]
    return told, files


def is_asset(model: type[models.Model]) -> bool:
    """Whether rows of a model are files: pictures, documents, media."""
    return any(isinstance(field, models.FileField) for field in model._meta.concrete_fields)


@dataclass(frozen=True)
class Reference:
    """A row that a course points to, without its id: `asset:<hash>`, `key:<model>:<key>` or `page:<address>`."""

    kind: str
    model: str
    name: str

    def __str__(self) -> str:
        return ":".join(part for part in (self.kind, self.model, self.name) if part)

    @classmethod
    def read(cls, words: Any) -> "Reference | None":
        parts = words.split(":", 2) if isinstance(words, str) else []
        if len(parts) == 2 and parts[0] in ("asset", "page"):
            return cls(parts[0], "", parts[1])
        if len(parts) == 3 and parts[0] == "key":
            return cls("key", parts[1], parts[2])
        return None


# The published schema


SIMPLE = {
    models.BooleanField: "boolean",
    models.IntegerField: "integer",
    models.FloatField: "number",
}


def _schema_of_field(field: models.Field[Any, Any]) -> dict[str, Any]:
    if isinstance(field, StreamField):
        return {"$ref": "#/$defs/blocks"}
    if isinstance(field, AudiencesField):
        return {"type": "array", "items": {"type": "string"}}
    if isinstance(field, models.JSONField):
        return {}
    kind = next((name for cls, name in SIMPLE.items() if isinstance(field, cls)), "string")
    schema: dict[str, Any] = {"type": [kind, "null"] if field.null else kind}
    if kind == "string" and field.choices:
        schema["enum"] = [*sorted(str(value) for value, _label in field.flatchoices), *_empty(field)]
    elif kind == "string" and field.max_length and not isinstance(field, models.UUIDField):
        schema["maxLength"] = field.max_length
    if isinstance(field, models.UUIDField):
        schema["format"] = "uuid"
    return schema


def _empty(field: models.Field[Any, Any]) -> list[str | None]:
    return [*([""] if field.blank else []), *([None] if field.null else [])]


def _definitions(model: type[models.Model]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema of a model's rows, and of everything that hangs on them."""
    properties = {field.name: _schema_of_field(field) for field in own_fields(model)}
    for name, child in children_of(model):
        properties[name] = {"type": "array", "items": {"$ref": f"#/$defs/{child._meta.model_name}"}}
        yield from _definitions(child)
    if model is CoursePage:
        properties["units"] = {"type": "array", "items": {"$ref": f"#/$defs/{UnitPage._meta.model_name}"}}
    if model is QuestionBankItem:
        properties["tags"] = {"type": "array", "items": {"type": "string"}}
    required = [field.name for field in own_fields(model) if not field.has_default() and not field.blank]
    yield (
        str(model._meta.model_name),
        {
            "type": "object",
            "properties": dict(sorted(properties.items())),
            "required": sorted(required),
            "additionalProperties": False,
        },
    )


def schema() -> dict[str, Any]:
    """The JSON schema of `course.json`, made of the models as they are."""
    definitions = dict(kind for model in (CoursePage, UnitPage, QuestionBankItem) for kind in _definitions(model))
    definitions["blocks"] = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"id": {"type": "string"}, "type": {"type": "string"}, "value": {}},
            "required": ["type", "value"],
            "additionalProperties": False,
        },
    }
    definitions["asset"] = {
        "type": "object",
        "properties": {
            "model": {"type": "string"},
            "fields": {"type": "object"},
            "files": {"type": "object", "additionalProperties": {"type": "string", "pattern": ASSET_NAME.pattern}},
        },
        "required": ["fields", "files", "model"],
        "additionalProperties": False,
    }
    named = {
        "format": {"const": FORMAT},
        "version": {"const": FORMAT_NUMBER},
        "course": {"$ref": f"#/$defs/{CoursePage._meta.model_name}"},
        "bank": {"type": "array", "items": {"$ref": f"#/$defs/{QuestionBankItem._meta.model_name}"}},
        "assets": {"type": "object", "additionalProperties": {"$ref": "#/$defs/asset"}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A course of Ledstång",
        "type": "object",
        "properties": named,
        "required": sorted(named),
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def model_named(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None
