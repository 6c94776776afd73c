"""What narrows a list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.compliance.enums import State
from cms.compliance.models import Target
from cms.oversight.queries import Filters, name_of

SHOWN_STATES = (State.OVERDUE, State.TO_DO, State.EXPIRING, State.DONE, State.EXEMPT)


class TargetForm(forms.Form):
    """Narrows figures to one target. The names are those in the address."""

    mal = forms.ChoiceField(label=_("What"), required=False)

    def __init__(self, *args: Any, targets: list[Target], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = {name_of(target): target for target in targets}
        choices = [(name, target.title) for name, target in self.targets.items()]
        self["mal"].field.choices = [("", _("All that is required")), *choices]  # type: ignore[attr-defined]

    @property
    def filters(self) -> Filters:
        chosen = self.cleaned_data
        return Filters(
            target=self.targets.get(chosen["mal"]),
            state=chosen.get("lage", ""),
            order=chosen.get("ordning") or "name",
        )


class StaffForm(TargetForm):
    """Narrows a list of people, and says in which order: by name or by day, never by how somebody is doing."""

    lage = forms.ChoiceField(
        label=_("Standing"),
        required=False,
        choices=[("", pgettext_lazy("standing", "All")), *((state.value, state.label) for state in SHOWN_STATES)],
    )
    ordning = forms.ChoiceField(
        label=pgettext_lazy("list", "Order"),
        required=False,
        choices=[("", _("By name")), ("due", _("By due date"))],
    )
