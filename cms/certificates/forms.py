from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.certificates.enums import CorrectionReason, RevocationReason
from cms.certificates.models import ID_LENGTH, Certificate
from cms.certificates.names import LONGEST
from cms.certificates.queries import find_certificate, plain_id

MAX_UPLOAD = 10 << 20


class LookUpForm(forms.Form):
    number = forms.CharField(
        label=_("Number of the certificate"),
        max_length=60,
        help_text=_("26 letters and digits, beside the QR code. Capitals and spaces do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_number(self) -> Certificate:
        """The certificate. What cannot be a number is told from one that nothing has, as nothing else here does."""
        typed = plain_id(self.cleaned_data["number"])
        if len(typed) != ID_LENGTH:
            text = _("A number has %(length)s letters and digits, and this one %(typed)s.")
            raise forms.ValidationError(text, params={"length": ID_LENGTH, "typed": len(typed)})
        found = find_certificate(typed)
        if found is None:
            raise forms.ValidationError(_("There is no certificate with that number here. Compare it once more."))
        return found


class RevokeForm(forms.Form):
    """Take a certificate back."""

    prefix = "aterkalla"
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "–"), *RevocationReason.choices])


class ReissueForm(forms.Form):
    """Issue a certificate anew, with name and letterhead as they are now."""

    prefix = "nytt"
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "–"), *CorrectionReason.choices])


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Name on the certificate"),
        max_length=LONGEST,
        help_text=_("The whole name as it is written on the certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("PDF file"),
        help_text=_("At most 10 MB. The file is looked at once and never kept."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={"empty": _("The file is empty.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        return file
