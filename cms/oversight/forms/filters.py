"""What narrows a view. The names of the fields are those in the address."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.compliance.enums import State
from cms.compliance.models import Target
from cms.compliance.queries import end_of
from cms.oversight.queries import STATE_WORDS, Filters, districts_chosen_from, kinds_chosen_from, name_of
from cms.oversight.queries.filters import roles_chosen_from
from cms.oversight.queries.readers import NONE_READ
from cms.people.enums import OrgUnitKind
from cms.people.queries import View
from cms.versions.registry import version_kinds

SHOWN_STATES = (State.OVERDUE, State.TO_DO, State.EXPIRING, State.DONE, State.EXEMPT)
EARLIEST = date(2000, 1, 1)
FURTHEST = timedelta(days=3 * 366)


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class DayForm(forms.Form):
    """Which day is looked at, and what was known when. A day to come shows what comes if nothing more is done."""

    dag = day_field(pgettext_lazy("filter", "As of"))
    kand = day_field(pgettext_lazy("filter", "As known on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        for name, last in (("dag", today + FURTHEST), ("kand", today)):  # the browser says so before anything is sent
            self.fields[name].widget.attrs |= {"min": EARLIEST.isoformat(), "max": last.isoformat()}

    def clean_dag(self) -> date | None:
        day: date | None = self.cleaned_data["dag"]
        if day is not None and not EARLIEST <= day <= timezone.localdate() + FURTHEST:
            raise forms.ValidationError(_("The day lies too far away. Check the year."))
        return day

    def clean_kand(self) -> date | None:
        day: date | None = self.cleaned_data["kand"]
        if day is not None and not EARLIEST <= day <= timezone.localdate():
            raise forms.ValidationError(_("What is known is known until today."))
        return day

    @property
    def on(self) -> date | None:
        chosen: date | None = self.cleaned_data["dag"]
        return chosen

    @property
    def known_at(self) -> datetime | None:
        """The end of the chosen day; today is now."""
        day: date | None = self.cleaned_data["kand"]
        return end_of(day) if day is not None and day < timezone.localdate() else None


class TargetForm(DayForm):
    """Narrows figures to one target, a role, a kind of workplace or a district."""

    mal = forms.ChoiceField(label=_("What"), required=False)
    befattning = forms.ChoiceField(label=pgettext_lazy("employment", "Role"), required=False)
    slag = forms.ChoiceField(label=_("Kind of workplace"), required=False)
    omrade = forms.ChoiceField(label=_("District"), required=False)

    def __init__(self, *args: Any, targets: list[Target], view: View, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = {name_of(target): target for target in targets}
        self.roles = {role.key: role for role in roles_chosen_from(view)}
        self.districts = {district.key: district for district in districts_chosen_from(view)}
        kinds = [(kind, OrgUnitKind(kind).label) for kind in kinds_chosen_from(view)]
        every = pgettext_lazy("filter", "All")
        self._choices("mal", _("All that is required"), [(name, one.title) for name, one in self.targets.items()])
        self._choices("befattning", every, [(key, role.name) for key, role in self.roles.items()])
        self._choices("slag", every, kinds)
        self._choices("omrade", every, [(key, district.name) for key, district in self.districts.items()])

    def _choices(self, name: str, every: Any, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = [("", every), *choices]  # type: ignore[attr-defined]

    @property
    def filters(self) -> Filters:
        chosen = self.cleaned_data
        return Filters(
            target=self.targets.get(chosen["mal"]),
            state=chosen.get("lage", ""),
            order=chosen.get("ordning") or "name",
            role=self.roles.get(chosen["befattning"]),
            kind=chosen["slag"],
            district=self.districts.get(chosen["omrade"]),
            on=self.on,
            known_at=self.known_at,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether more than the target has been chosen: the further choices are then unfolded."""
        return any(self.cleaned_data.get(name) for name in ("befattning", "slag", "omrade", "dag", "kand"))

    @property
    def main_fields(self) -> list[Any]:
        return [self[name] for name in ("mal", "lage", "ordning", "niva") if name in self.fields]

    @property
    def further_fields(self) -> list[Any]:
        return [self[name] for name in ("befattning", "slag", "omrade")]


class StaffForm(TargetForm):
    """Narrows a list of people, and says in which order: by name or by day, never by how somebody is doing."""

    lage = forms.ChoiceField(
        label=_("Standing"),
        required=False,
        choices=[
            ("", pgettext_lazy("standing", "All")),
            *((state.value, state.label) for state in SHOWN_STATES),
            *STATE_WORDS.items(),
        ],
    )
    ordning = forms.ChoiceField(
        label=pgettext_lazy("list", "Order"),
        required=False,
        choices=[("", _("By name")), ("due", _("By due date"))],
    )


class MatrixForm(TargetForm):
    """Which org units the matrix has: those right below, or all."""

    niva = forms.ChoiceField(
        label=_("Org units"),
        required=False,
        choices=[("", _("Those right below")), ("alla", _("All below"))],
    )

    @property
    def is_deep(self) -> bool:
        return bool(self.cleaned_data["niva"] == "alla")


class VersionForm(TargetForm):
    """Which text, of those that have versions; and those who have read one of them, by its number."""

    last = forms.RegexField(rf"^(\d{{1,4}}\.\d{{1,4}}|{NONE_READ})$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, targets: list[Target], view: View, **kwargs: Any) -> None:
        versioned = [target for target in targets if target.kind in version_kinds]
        super().__init__(*args, targets=versioned, view=view, **kwargs)
        named = [(name, one.title) for name, one in self.targets.items()]
        self.fields["mal"].choices = named or [("", pgettext_lazy("filter", "Nothing"))]  # type: ignore[attr-defined]

    @property
    def filters(self) -> Filters:
        """Without a choice, the first."""
        chosen = super().filters
        return chosen if chosen.target else replace(chosen, target=next(iter(self.targets.values()), None))

    @property
    def version(self) -> str:
        number: str = self.cleaned_data["last"]
        return number
