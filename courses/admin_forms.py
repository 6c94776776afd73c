import uuid
from collections.abc import Iterator
from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm


class UnitPageForm(WagtailAdminPageForm):
    """Keeps the keys of questions and choices: through autosave, and apart when a form was doubled in the browser."""

    def _keyed_forms(self) -> Iterator[list[Any]]:
        """The forms whose keys must differ: all questions, and the choices of each."""
        questions = list(self.formsets["questions"].forms)
        yield questions
        for question in questions:
            yield list(question.formsets["choices"].forms)

    def save(self, commit: bool = True) -> Any:
        for siblings in self._keyed_forms():
            seen: set[uuid.UUID] = set()
            for form in siblings:
                if form.instance.key in seen:
                    form.instance.key = uuid.uuid4()
                seen.add(form.instance.key)
        return super().save(commit=commit)

    def get_field_updates_for_resave(self) -> list[tuple[str, str]]:
        updates: list[tuple[str, str]] = super().get_field_updates_for_resave()
        updates += [
            (form.add_prefix("key"), str(form.instance.key))
            for siblings in self._keyed_forms()
            for form in siblings
            if not self.data.get(form.add_prefix("key"))
        ]
        return updates
