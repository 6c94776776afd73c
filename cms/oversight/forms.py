"""What narrows a list, and the terms of follow-up."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
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


class TermsForm(forms.Form):
    """Opens the person-level views: why, since when staff know, and the union consultation."""

    purpose = forms.CharField(
        label=_("Why people are followed up"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Such as: that everybody gets the training that the work requires, and support to get it."),
    )
    staff_informed_on = forms.DateField(
        label=_("The day staff were informed"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Names become visible from this day, not earlier."),
    )
    consultation_ref = forms.CharField(
        label=_("Reference of the consultation with the unions"),
        max_length=200,
        help_text=_("Where the minutes are found, such as “MBL § 11, 2026-03-02, record number 2026/114”."),
    )

    def clean_purpose(self) -> str:
        return str(self.cleaned_data["purpose"]).strip()

    def clean_staff_informed_on(self) -> date:
        day: date = self.cleaned_data["staff_informed_on"]
        if day > timezone.localdate().replace(year=timezone.localdate().year + 1, day=1):
            raise forms.ValidationError(_("The day lies too far ahead. Check the year."))
        return day
