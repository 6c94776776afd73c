"""What heads and HR write down about somebody. No free text: there is no place for a cause."""

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.compliance.enums import ExemptionReason, VoidReason
from cms.compliance.models import Target
from cms.oversight.queries import name_of

LARGEST = 10 << 20
BEGINNINGS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
LONGEST_EXEMPTION = timedelta(days=3 * 366)
A_YEAR = timedelta(days=365)


def _date_field(label: Any, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    messages = {"required": _("Enter the day.")}
    return forms.DateField(label=label, input_formats=["%Y-%m-%d"], widget=widget, error_messages=messages, **kwargs)


class _TargetForm(forms.Form):
    """About one of the targets that are required of a person."""

    mal = forms.ChoiceField(
        label=_("What"), widget=forms.RadioSelect, error_messages={"required": _("Choose what it is about.")}
    )

    def __init__(self, *args: Any, targets: list[Target], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = {name_of(target): target for target in targets}
        if len(self.targets) == 1:  # nothing is chosen for anybody where there is a choice
            self.fields["mal"].initial = next(iter(self.targets))
        self.fields["mal"].choices = [(name, one.title) for name, one in self.targets.items()]  # type: ignore[attr-defined]

    @property
    def target(self) -> Target:
        return self.targets[self.cleaned_data["mal"]]


class TrainingForm(_TargetForm):
    """Training that somebody has had elsewhere. `key` makes a form that is sent twice count once."""

    done_on = _date_field(pgettext_lazy("training", "Done on"))
    valid_until = _date_field(
        _("Valid until"), required=False, help_text=_("If the proof says so. Otherwise the requirement decides.")
    )
    document = forms.FileField(
        label=_("Document"),
        required=False,
        help_text=_("A certificate or the like, as PDF or picture, at most 10 MB. No personal identity numbers."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_done_on(self) -> date:
        day: date = self.cleaned_data["done_on"]
        if not date(1990, 1, 1) <= day <= timezone.localdate():
            raise forms.ValidationError(_("The day cannot lie ahead or very long ago. Check the year."))
        return day

    def clean_document(self) -> Any:
        file = self.cleaned_data["document"]
        if not file:
            return None
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        start = file.read(16)
        file.seek(0)
        ending = next((ending for begins, ending in BEGINNINGS.items() if start.startswith(begins)), None)
        if ending is None:
            raise forms.ValidationError(_("The file is neither a PDF nor a picture (PNG or JPEG)."))
        file.name = f"{uuid.uuid4()}.{ending}"  # the name it had may name somebody
        return file

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        done_on, valid_until = cleaned.get("done_on"), cleaned.get("valid_until")
        if done_on and valid_until and valid_until < done_on:
            self.add_error("valid_until", _("It cannot stop being valid before it was done."))
        return cleaned


class ExemptionForm(_TargetForm):
    """Lets somebody off for a time, for a reason of the closed list."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(reason.value, reason.label) for reason in ExemptionReason if reason != ExemptionReason.OTHER_WAY],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
        help_text=_("Nothing about health, faith or family, and no words of your own."),
    )
    until = _date_field(_("Until"))

    def clean_until(self) -> date:
        return _within_reason(self.cleaned_data["until"])


class OtherWayForm(_TargetForm):
    """Done in another way, as agreed with the head. No cause is asked for or kept."""

    until = _date_field(
        _("Holds until"),
        initial=lambda: timezone.localdate() + A_YEAR,
        help_text=_("After that day it is required again."),
    )

    def clean_until(self) -> date:
        return _within_reason(self.cleaned_data["until"])


def _within_reason(day: date) -> date:
    today = timezone.localdate()
    if not today <= day <= today + LONGEST_EXEMPTION:
        raise forms.ValidationError(_("Choose a day from today on, at most three years ahead."))
    return day


class VoidForm(forms.Form):
    """Why something is taken back."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=VoidReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
