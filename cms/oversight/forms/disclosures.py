"""A request for a public record, and the registrar's decisions."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.oversight.enums import LineDecision, SecrecyGround
from cms.oversight.forms.filters import StaffForm
from cms.people.models import OrgUnit


class DisclosureForm(StaffForm):
    """What has been asked for: where, what, who and as of when. Nobody has to say who they are."""

    arende = forms.CharField(
        label=_("Record number of the request"),
        max_length=100,
        help_text=_("Such as 2026/114. Not a name: whoever asks may be anonymous."),
    )
    enhet = forms.ModelChoiceField(label=_("Org unit"), queryset=OrgUnit.objects.none(), to_field_name="key")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = OrgUnit.objects.filter(pk__in=kwargs["view"].org_units).order_by("name")
        self.fields["enhet"].queryset = units  # type: ignore[attr-defined]
        self.fields["dag"].initial = timezone.localdate
        del self.fields["ordning"]

    @property
    def shown_fields(self) -> list[Any]:
        names = ("arende", "enhet", "mal", "lage", "befattning", "slag", "omrade", "dag", "kand")
        return [self[name] for name in names]


class LineForm(forms.Form):
    """The decision on one line. What is held back needs a ground, and nothing else has one."""

    decision = forms.ChoiceField(label=pgettext_lazy("disclosure", "Decision"), choices=LineDecision.choices)
    ground = forms.ChoiceField(label=_("Ground"), choices=SecrecyGround.choices, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        decision, ground = cleaned.get("decision"), cleaned.get("ground")
        if decision in (LineDecision.MASK, LineDecision.WITHHOLD):
            if not ground:
                self.add_error("ground", _("Say on which ground it is held back."))
        elif decision and ground:
            text = _("There is a ground: choose “Release without name” or “Withhold”, or take the ground away.")
            self.add_error("decision", text)
        return cleaned

    @property
    def decided(self) -> tuple[LineDecision, SecrecyGround]:
        return LineDecision(self.cleaned_data["decision"]), SecrecyGround(self.cleaned_data["ground"])
