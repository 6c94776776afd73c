"""The registers in Wagtail's admin. What changes here shows in every text at the next request."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from cms.core.templatetags.ledstang import day
from cms.people.models import District
from cms.references.forms import ContactForm
from cms.references.models import Contact, LegalReference


class DayColumn(Column):
    """A date as 2026-11-23."""

    def get_value(self, instance: Any) -> str:
        return day(super().get_value(instance))


def day_column(name: str, label: Any) -> DayColumn:
    return DayColumn(name, label=label, sort_key=name)


class LegalReferenceViewSet(ModelViewSet):
    model = LegalReference
    icon = "draft"
    menu_label = _("Legal references")
    url_prefix = "register/lagrum"
    list_display = ["title", "key", "citation", "status", day_column("reviewed_on", _("Reviewed on"))]
    list_filter = ["status"]
    search_fields = ["title", "key", "citation"]
    ordering = ["title"]
    copy_view_enabled = False
    panels = [
        FieldRowPanel([FieldPanel("title"), FieldPanel("key")]),
        FieldPanel("citation"),
        FieldPanel("summary"),
        FieldPanel("source_url"),
        MultiFieldPanel(
            [FieldPanel("status"), FieldRowPanel([FieldPanel("in_force_from"), FieldPanel("in_force_to")])],
            heading=_("In force"),
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("reviewed_on"), FieldPanel("reviewed_by")])],
            heading=pgettext_lazy("register", "Review"),
        ),
    ]


VALID_TO, VERIFIED_ON = (
    day_column("valid_to", pgettext_lazy("contact", "Valid to")),
    day_column("verified_on", _("Verified on")),
)


class ContactViewSet(ModelViewSet):
    model = Contact
    icon = "mail"
    menu_label = _("Contact routes")
    url_prefix = "register/kontaktvagar"
    list_display = ["name", "key", "district", "phone", "visibility", VALID_TO, VERIFIED_ON]
    list_filter = ["kind", "district", "visibility"]
    search_fields = ["name", "key", "phone"]
    ordering = ["name"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("key")]),
            FieldRowPanel([FieldPanel("kind"), FieldPanel("district")]),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("phone"), FieldPanel("url")]), FieldPanel("hours")], heading=_("How")
            ),
            FieldRowPanel([FieldPanel("age_from"), FieldPanel("age_to")]),
            MultiFieldPanel(
                [FieldPanel("visibility"), FieldPanel("roles", widget=forms.CheckboxSelectMultiple)],
                heading=_("Who sees it"),
            ),
            FieldRowPanel([FieldPanel("verified_on"), FieldPanel("valid_to")]),
        ],
        base_form_class=ContactForm,
    )


class DistrictViewSet(ModelViewSet):
    model = District
    icon = "site"
    menu_label = _("Districts")
    url_prefix = "register/omraden"
    add_to_reference_index = False
    list_display = ["name", "key", "parent"]
    search_fields = ["name", "key"]
    ordering = ["name"]
    copy_view_enabled = False
    panels = [FieldPanel("name"), FieldPanel("key"), FieldPanel("parent")]


class RegistersViewSetGroup(ModelViewSetGroup):
    menu_label = _("Registers")
    menu_icon = "list-ul"
    menu_order = 300
    items = (LegalReferenceViewSet, ContactViewSet, DistrictViewSet)
