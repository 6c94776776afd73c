from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
