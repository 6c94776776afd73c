from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.core.enums import Visibility
from cms.people.queries import person_of
from cms.references.models import Contact


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
