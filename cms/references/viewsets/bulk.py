"""Several entries at once: state that somebody has looked at them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.views.bulk_action import BulkAction

from cms.references.actions import review_laws, verify_contacts
from cms.references.forms import ReviewedForm, VerifiedForm
from cms.references.models import Contact, LegalReference
from cms.references.registers import REGISTERS
from cms.references.viewsets.listing import CareFilterSet, ContactFilterSet, LegalReferenceFilterSet


class RegisterBulkAction(BulkAction):
    """For those who may change the register. "All" means what the list is narrowed to, never more."""

    template_name = "ledstang_references/admin/looked_at.html"
    filterset_class: type[CareFilterSet]
    search_fields: tuple[str, ...] = ()

    def check_perm(self, obj: Any) -> bool:
        meta = self.model._meta
        return bool(self.request.user.has_perm(f"{meta.app_label}.change_{meta.model_name}"))

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        rows = REGISTERS[self.model].entries().with_care(timezone.localdate())
        narrowed = self.filterset_class(self.request.GET, queryset=rows, request=self.request)
        rows = narrowed.qs if narrowed.is_valid() else rows.none()
        words, found = self.request.GET.get("q", "").strip(), Q()
        for name in self.search_fields if words else ():
            found |= Q(**{f"{name}__icontains": words})
        return rows.filter(found).values_list("pk", flat=True)

    def get_initial(self) -> dict[str, Any]:
        return {"day": timezone.localdate()}

    def get_execution_context(self) -> dict[str, Any]:
        return {"wanted": self.cleaned_form.cleaned_data, "user": self.request.user}

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        text = ngettext(
            "%(count)s entry is marked as looked at.", "%(count)s entries are marked as looked at.", num_parent_objects
        )
        return text % {"count": num_parent_objects}


class VerifyContacts(RegisterBulkAction):
    display_name = _("Mark as verified")
    action_type = "verify"
    aria_label = _("Mark the chosen contact routes as verified")
    models = [Contact]
    form_class = VerifiedForm
    filterset_class = ContactFilterSet
    search_fields = ("name", "key", "phone")

    @classmethod
    def execute_action(cls, objects: Sequence[Contact], **kwargs: Any) -> tuple[int, int]:
        return verify_contacts(contacts=objects, verified_on=kwargs["wanted"]["day"], by=kwargs["user"]), 0


class ReviewLaws(RegisterBulkAction):
    display_name = _("Mark as reviewed")
    action_type = "review"
    aria_label = _("Mark the chosen legal references as reviewed")
    models = [LegalReference]
    form_class = ReviewedForm
    filterset_class = LegalReferenceFilterSet
    search_fields = ("title", "key", "citation")

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        text = ngettext(
            "%(count)s legal reference is marked as reviewed.",
            "%(count)s legal references are marked as reviewed.",
            num_parent_objects,
        )
        return text % {"count": num_parent_objects}

    @classmethod
    def execute_action(cls, objects: Sequence[LegalReference], **kwargs: Any) -> tuple[int, int]:
        wanted = kwargs["wanted"]
        count = review_laws(
            laws=objects, reviewed_on=wanted["day"], reviewed_by=wanted["reviewed_by"], by=kwargs["user"]
        )
        return count, 0
