"""The registers in Wagtail's admin. What changes here shows in every text at the next request."""

from cms.references.viewsets.bulk import ReviewLaws, VerifyContacts
from cms.references.viewsets.registers import RegistersViewSetGroup

__all__ = ["RegistersViewSetGroup", "ReviewLaws", "VerifyContacts"]
