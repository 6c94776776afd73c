from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.core.widgets import DayInput
from cms.versions.models import ReviewMark
from cms.versions.queries import Waiting


class SignForm(forms.Form):
    """An expert vouches for pieces of text. Only those that wait can be chosen."""

    marks = forms.ModelMultipleChoiceField(
        label=_("Sections"),
        queryset=ReviewMark.objects.none(),
        error_messages={"required": _("Choose at least one section.")},
    )
    signed_by_function = forms.CharField(
        label=_("Reviewed by"), max_length=120, help_text=_("A function, not a name. Readers see it.")
    )
    signed_on = forms.DateField(label=_("Reviewed on"), widget=DayInput)

    def __init__(self, *args: Any, waiting: list[Waiting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        marks: Any = self.fields["marks"]
        marks.queryset = ReviewMark.objects.filter(pk__in=[one.mark.pk for one in waiting]).select_related("fragment")
        self.fields["signed_on"].initial = timezone.localdate

    def clean_signed_on(self) -> Any:
        day = self.cleaned_data["signed_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("The day lies ahead."))
        return day
