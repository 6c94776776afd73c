from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from cms.core.enums import Visibility
from cms.core.widgets import DayInput
from cms.people.queries import person_of
from cms.references.models import Contact

LARGEST_FILE = 1024 * 1024


class ContactForm(WagtailAdminModelForm):
    """A contact route. Whoever changes the day it was verified is kept as the one who did."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if data.get("visibility") == Visibility.ROLE and not data.get("roles"):
            self.add_error("roles", _("Choose the roles that see it, or let all signed-in staff see it."))
        return data

    def save(self, commit: bool = True) -> Contact:
        if "verified_on" in self.changed_data:
            self.instance.verified_by = person_of(self.for_user) if self.instance.verified_on else None
        contact: Contact = super().save(commit=commit)
        return contact


class VerifiedForm(forms.Form):
    """When somebody looked at the chosen entries."""

    day = forms.DateField(label=gettext_lazy("The day somebody called or looked"), widget=DayInput)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day


class ReviewedForm(VerifiedForm):
    """The same of law, where a function answers for the review."""

    reviewed_by = forms.CharField(
        label=gettext_lazy("Reviewed by"),
        max_length=120,
        help_text=gettext_lazy("Who has read the statute: a function, not a name. For example: the city's lawyer."),
    )
    field_order = ["day", "reviewed_by"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].label = _("The day of the review")


class RegisterFileForm(forms.Form):
    """A register as a file, to be read in."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or XLSX with the names of the columns in the first row, such as the list gives when it is downloaded."
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is too large."))
        return file
