"""Kinds of field that courses need. In the database and in migrations they are Django's own."""

import uuid
from typing import Any

from django import forms
from django.apps import apps
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cms.core.enums import Audience


class KeyFormField(forms.UUIDField):
    """A key that travels as a hidden input. One that comes without gets a new one, never the same as its sibling."""

    def clean(self, value: Any) -> uuid.UUID:
        return super().clean(value) or uuid.uuid4()


class KeyField(models.UUIDField):  # type: ignore[type-arg]
    """Names a part of a page through all its revisions, unlike its primary key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", uuid.uuid4)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.UUIDField", args, kwargs

    def formfield(self, **kwargs: Any) -> forms.Field:
        return KeyFormField(required=False, widget=forms.HiddenInput)


class AudiencesField(models.JSONField):
    """For whom a unit or a question is. Empty: for all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def formfield(self, **kwargs: Any) -> forms.Field:
        return forms.MultipleChoiceField(
            choices=Audience.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            label=capfirst(self.verbose_name),
            help_text=self.help_text or _("Leave empty for everyone."),
        )


def _bank_tags() -> list[tuple[str, str]]:
    tags = apps.get_model("courses", "QuestionBankItem").tags.most_common().order_by("name")
    return [("", "---------"), *((tag.name, f"{tag.name} ({tag.num_times})") for tag in tags)]


class TagField(models.CharField):  # type: ignore[type-arg]
    """A tag of the question bank, by name: chosen among those that are in use."""

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def formfield(self, **kwargs: Any) -> forms.Field:
        return TagFormField(
            choices=_bank_tags, label=capfirst(self.verbose_name), help_text=self.help_text, required=True
        )


class TagFormField(forms.ChoiceField):
    """A tag that nothing has any longer is kept in a draft; that it is empty is said before a version is cut."""

    def valid_value(self, value: Any) -> bool:
        return True
