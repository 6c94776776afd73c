"""What each register shows and asks for in Wagtail's admin."""

from typing import Any

from django import forms
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from cms.core.widgets import DayInput
from cms.people.models import District
from cms.references.enums import ContactCare, LawCare
from cms.references.forms import ContactForm
from cms.references.models import Contact, GlossaryTerm, LegalReference
from cms.references.viewsets.importing import RegisterImportView
from cms.references.viewsets.listing import (
    CareColumn,
    ContactFilterSet,
    DayColumn,
    LegalReferenceFilterSet,
    RegisterDeleteView,
    RegisterIndexView,
    RegisterUsageView,
    UsesColumn,
)

USED_IN = pgettext_lazy("register", "Used in")


def day_column(name: str, label: Any) -> DayColumn:
    return DayColumn(name, label=label, sort_key=name)


class RegisterViewSet(ModelViewSet):
    """A register that can be narrowed to what needs care, marked as looked at, written out and read in."""

    index_view_class = RegisterIndexView
    usage_view_class = RegisterUsageView
    delete_view_class = RegisterDeleteView

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        view_kwargs: dict[str, Any] = super().get_index_view_kwargs(
            import_url_name=self.get_url_name("import"), usage_url_name=self.get_url_name("usage"), **kwargs
        )
        return view_kwargs

    @property
    def import_view(self) -> Any:
        return RegisterImportView.as_view(model=self.model, index_url_name=self.get_url_name("index"))

    def get_urlpatterns(self) -> list[Any]:
        return [*super().get_urlpatterns(), path("las-in/", self.import_view, name="import")]


class LegalReferenceViewSet(RegisterViewSet):
    model = LegalReference
    icon = "draft"
    menu_label = _("Legal references")
    url_prefix = "register/lagrum"
    list_display = [
        "title",
        "key",
        "citation",
        CareColumn(LawCare),
        day_column("reviewed_on", _("Reviewed on")),
        UsesColumn("uses", label=USED_IN),
    ]
    filterset_class = LegalReferenceFilterSet
    search_fields = ["title", "key", "citation"]
    ordering = ["title"]
    copy_view_enabled = False
    panels = [
        FieldRowPanel([FieldPanel("title"), FieldPanel("key")]),
        FieldPanel("citation"),
        FieldPanel("summary"),
        FieldPanel("source_url"),
        MultiFieldPanel(
            [
                FieldPanel("status"),
                FieldRowPanel(
                    [FieldPanel("in_force_from", widget=DayInput), FieldPanel("in_force_to", widget=DayInput)]
                ),
            ],
            heading=_("In force"),
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("reviewed_on", widget=DayInput), FieldPanel("reviewed_by")])],
            heading=pgettext_lazy("register", "Review"),
        ),
    ]


VERIFIED_ON = day_column("verified_on", _("Verified on"))


class ContactViewSet(RegisterViewSet):
    model = Contact
    icon = "mail"
    menu_label = _("Contact routes")
    url_prefix = "register/kontaktvagar"
    list_display = [
        "name",
        "key",
        "district",
        "phone",
        CareColumn(ContactCare),
        VERIFIED_ON,
        UsesColumn("uses", label=USED_IN),
    ]
    filterset_class = ContactFilterSet
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
            FieldRowPanel([FieldPanel("verified_on", widget=DayInput), FieldPanel("valid_to", widget=DayInput)]),
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


class GlossaryTermViewSet(ModelViewSet):
    model = GlossaryTerm
    icon = "help"
    menu_label = _("Glossary")
    url_prefix = "register/ordlista"
    add_to_reference_index = False
    list_display = ["term", "explanation"]
    search_fields = ["term", "explanation"]
    ordering = ["term"]
    copy_view_enabled = False
    panels = [FieldPanel("term"), FieldPanel("explanation")]


class RegistersViewSetGroup(ModelViewSetGroup):
    menu_label = _("Registers")
    menu_icon = "list-ul"
    menu_order = 300
    items = (LegalReferenceViewSet, ContactViewSet, DistrictViewSet, GlossaryTermViewSet)
