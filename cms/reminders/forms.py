"""What narrows a rehearsal, and whom to remind."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.compliance.enums import CountedAs, State
from cms.compliance.models import Target
from cms.people.enums import OrgUnitKind
from cms.people.models import District, Role
from cms.people.queries import View
from cms.reminders.enums import Rule

FARTHEST = timedelta(days=366)
SHOWN = (Rule.OVERDUE, Rule.DUE_SOON, Rule.EXPIRING, Rule.NEW_VERSION, Rule.ASSIGNED, Rule.ESCALATED)
SOON = "soon"  # as a state in the address of a list: what stops being valid within some time
NO_BREAK = "\u00a0"


class SelectionForm(forms.Form):
    """Whom to remind, by the names that a list of people has in its address. An unknown value chooses nobody."""

    mal = forms.ChoiceField(required=False)
    lage = forms.ChoiceField(required=False, choices=[("", ""), *State.choices, *CountedAs.choices, (SOON, "")])
    befattning = forms.ModelChoiceField(Role.objects.all(), to_field_name="key", required=False)
    slag = forms.ChoiceField(required=False, choices=[("", ""), *OrgUnitKind.choices])
    omrade = forms.ModelChoiceField(District.objects.all(), to_field_name="key", required=False)

    def __init__(self, *args: Any, targets: list[Target], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = {f"{target.kind}:{target.key}": target for target in targets}
        self["mal"].field.choices = [("", ""), *((name, name) for name in self.targets)]  # type: ignore[attr-defined]

    @property
    def target(self) -> Target | None:
        return self.targets.get(self.cleaned_data["mal"])

    @property
    def state(self) -> str:
        chosen = self.cleaned_data["lage"]
        return State.EXPIRING.value if chosen == SOON else str(chosen)

    @property
    def where(self) -> dict[str, Any]:
        """What is true of the employments that are chosen."""
        chosen = self.cleaned_data
        named = {
            "role": chosen["befattning"], "org_unit__kind": chosen["slag"], "org_unit__district": chosen["omrade"]
        }  # fmt: skip
        return {name: value for name, value in named.items() if value}

    @property
    def words(self) -> list[str]:
        """The choice in words."""
        chosen = self.cleaned_data
        kind = OrgUnitKind(chosen["slag"]).label if chosen["slag"] else ""
        state = {**dict(State.choices), **dict(CountedAs.choices)}.get(self.state, "")
        return [str(word) for word in (state, chosen["befattning"], kind, chosen["omrade"]) if word]


class RehearsalForm(forms.Form):
    """Which day, where, by which rule and about what. The names are those in the address; all may be left out."""

    dag = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    enhet = forms.ChoiceField(label=_("Org unit"), required=False)
    mal = forms.ChoiceField(label=_("What"), required=False)
    regel = forms.ChoiceField(
        label=pgettext_lazy("reminders", "Why"),
        required=False,
        choices=[("", pgettext_lazy("reminders", "All")), *((rule.value, rule.label) for rule in SHOWN)],
    )

    def __init__(
        self, *args: Any, view: View, keys: dict[int, str], targets: list[Target], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self["dag"].field.widget.attrs |= {"min": today.isoformat(), "max": (today + FARTHEST).isoformat()}
        self.units = {keys[unit]: unit for unit in keys}
        self.targets = {f"{target.kind}:{target.key}": target.pk for target in targets}
        self["enhet"].field.choices = list(_indented(view, keys))  # type: ignore[attr-defined]
        named = [(f"{target.kind}:{target.key}", target.title) for target in targets]
        self["mal"].field.choices = [("", _("All that is required")), *named]  # type: ignore[attr-defined]

    def clean_dag(self) -> date | None:
        day: date | None = self.cleaned_data["dag"]
        if day is not None and not self.today <= day <= self.today + FARTHEST:
            raise forms.ValidationError(_("Choose a day from today up to a year ahead."))
        return day

    @property
    def unit(self) -> int:
        """The org unit that was chosen, or the first one that the viewer has."""
        return self.units.get(self.cleaned_data.get("enhet", ""), next(iter(self.units.values())))


def _indented(view: View, keys: dict[int, str]) -> Any:
    """The viewer's org units in the order of the tree, those below set in."""

    def walk(unit: int, depth: int) -> Any:
        yield keys[unit], NO_BREAK * 3 * depth + view.tree.nodes[unit].name
        for below in view.tree.children.get(unit, ()):
            if below in keys:
                yield from walk(below, depth + 1)

    for top in view.tree.tops_of(view.org_units):
        yield from walk(top, 0)
