import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.core.admin_forms import PageForm
from courses.covers import COVERS, drawing
from courses.enums import Cover


class CoverSelect(forms.RadioSelect):
    """Each drawing beside its name. Nothing chosen: the one that the course has by itself."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"class": "lc-covers", **(attrs or {})}, choices)

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if value in COVERS:
            label = format_html("{}<span>{}</span>", drawing(Cover(value)), label)
        else:
            label = _("The one that the course has by itself")
        option: dict[str, Any] = super().create_option(name, value, label, *args, **kwargs)
        return option


class KeyedForm:
    """Keeps keys: through autosave, and apart when a form was doubled in the browser."""

    data: Any
    formsets: Any

    def _keyed_forms(self) -> Iterator[list[Any]]:
        """Groups of forms whose keys must differ."""
        raise NotImplementedError

    def save(self, commit: bool = True) -> Any:
        for siblings in self._keyed_forms():
            seen: set[uuid.UUID] = set()
            for form in siblings:
                if form.instance.key in seen:
                    form.instance.key = uuid.uuid4()
                seen.add(form.instance.key)
        return super().save(commit=commit)  # type: ignore[misc]

    def get_field_updates_for_resave(self) -> list[tuple[str, str]]:
        updates: list[tuple[str, str]] = super().get_field_updates_for_resave()  # type: ignore[misc]
        updates += [
            (form.add_prefix("key"), str(form.instance.key))
            for siblings in self._keyed_forms()
            for form in siblings
            if not self.data.get(form.add_prefix("key"))
        ]
        return updates


class UnitPageForm(KeyedForm, PageForm):
    """All questions and steps, and the choices of each."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "rule" in self.fields:
            choices = [choice for choice in self.fields["rule"].choices if choice[0]]
            self.fields["rule"].choices = [("", _("What is usual")), *choices]

    def _keyed_forms(self) -> Iterator[list[Any]]:
        questions = list(self.formsets["questions"].forms)
        yield questions
        for question in questions:
            yield list(question.formsets["choices"].forms)
        steps = list(self.formsets["steps"].forms)
        yield steps
        for step in steps:
            yield list(step.formsets["choices"].forms)


class BankItemForm(KeyedForm, WagtailAdminModelForm):
    """The choices of one question."""

    def _keyed_forms(self) -> Iterator[list[Any]]:
        yield list(self.formsets["choices"].forms)
