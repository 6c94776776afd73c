import uuid
from collections.abc import Iterator
from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm


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


class UnitPageForm(KeyedForm, WagtailAdminPageForm):
    """All questions and steps, and the choices of each."""

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
