"""The lists of the registers: what each entry needs at a glance, where it is used, and the list as a file."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.forms import CheckboxSelectMultiple
from django.http import HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import DeleteView, IndexView
from wagtail.admin.views.generic.usage import UsageView
from wagtail.admin.widgets.button import Button

from cms.core.registry import Use
from cms.core.sheets import csv_lines, in_pieces, xlsx_pieces
from cms.core.templatetags.ledstang import iso
from cms.references.enums import ContactCare, LawCare
from cms.references.models import Contact, LegalReference
from cms.references.registers import REGISTERS, register_table, uses_of

CARES: dict[type, Any] = {LegalReference: LawCare, Contact: ContactCare}
WELL = (LawCare.REVIEWED, ContactCare.VERIFIED)
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class DayColumn(Column):
    """A date as 2026-11-23."""

    def get_value(self, instance: Any) -> str:
        return iso(super().get_value(instance))


class CareColumn(StatusTagColumn):
    """What an entry needs, as a word; those that need something stand out."""

    def __init__(self, cares: Any) -> None:
        super().__init__(
            "care",
            label=pgettext_lazy("register", "State"),
            accessor=lambda entry: cares(entry.care).label,
            primary=lambda entry: entry.care in WELL,
        )


class UsesColumn(Column):
    """In how many pages and versions an entry is cited, as a link to which."""

    cell_template_name = "ledstang_references/admin/uses_cell.html"

    def get_value(self, instance: Any) -> tuple[int, int]:
        uses: Sequence[Use] = instance.uses
        return sum(not use.is_frozen for use in uses), sum(use.is_frozen for use in uses)


class CareFilterSet(WagtailFilterSet):
    """Narrows a register to what needs care."""

    care = django_filters.MultipleChoiceFilter(label=pgettext_lazy("register", "State"), widget=CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        care = self.filters["care"]
        care.extra["choices"] = CARES[self._meta.model].choices
        self.filters.move_to_end("care", last=False)


class LegalReferenceFilterSet(CareFilterSet):
    class Meta:
        model = LegalReference
        fields = ["status"]


class ContactFilterSet(CareFilterSet):
    class Meta:
        model = Contact
        fields = ["kind", "district", "visibility"]


class RegisterIndexView(IndexView):
    """A register. Whoever may change it can tick entries and state that they have been looked at."""

    template_name = "ledstang_references/admin/register.html"
    import_url_name = ""
    usage_url_name = ""

    def get_base_queryset(self) -> Any:
        return REGISTERS[self.model].entries().with_care(timezone.localdate())

    @cached_property
    def columns(self) -> list[Any]:
        columns: list[Any] = super().columns
        if not self.user_has_permission("change"):
            return columns
        return [BulkActionsCheckboxColumn("bulk_actions", obj_type=self.model._meta.model_name), *columns]

    def _get_title_column(self, field_name: str, column_class: Any = TitleColumn, **kwargs: Any) -> Any:
        """With an id, by which the box before it is read out."""
        name = self.model._meta.model_name
        return super()._get_title_column(
            field_name, column_class, width="28%", get_title_id=lambda entry: f"{name}_{entry.pk}_title", **kwargs
        )

    def get_table(self, object_list: Any) -> Any:
        entries = list(object_list)
        uses = uses_of(entries)
        for entry in entries:
            entry.uses = uses[entry.pk]
            entry.uses_url = reverse(self.usage_url_name, args=[entry.pk])
        return super().get_table(entries)

    @cached_property
    def show_export_buttons(self) -> bool:
        return True

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        buttons: list[Any] = list(super().header_more_buttons)
        if self.user_has_permission("add") and self.user_has_permission("change"):
            buttons.append(
                Button(_("Read in a file"), url=reverse(self.import_url_name), icon_name="upload", priority=80)
            )
        return buttons

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> HttpResponseBase:
        """Exactly the entries of the list, in the columns that can be read in again."""
        table = register_table(REGISTERS[self.model], list(queryset))
        pieces = in_pieces(csv_lines(table)) if spreadsheet_format == "csv" else xlsx_pieces(table, too_long="…")
        response = StreamingHttpResponse(pieces, content_type=CONTENT_TYPES[spreadsheet_format])
        name = f"{REGISTERS[self.model].name}-{timezone.localdate().isoformat()}.{spreadsheet_format}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["X-Content-Type-Options"] = "nosniff"
        return response


class RegisterUsageView(UsageView):
    """Where an entry is cited: in pages as they are written now, and in versions that were published."""

    page_title = pgettext_lazy("register", "Used in")

    def get_queryset(self) -> list[Use]:
        return uses_of([self.object])[self.object.pk]

    @cached_property
    def columns(self) -> list[Any]:
        return [
            TitleColumn("title", label=gettext_lazy("Title"), get_url=lambda use: use.url),
            Column("where", label=gettext_lazy("Where")),
            StatusTagColumn(
                "is_current",
                label=pgettext_lazy("register", "What it is"),
                accessor=_what_it_is,
                primary=lambda use: not use.is_current,
            ),
        ]

    def get_table(self, object_list: Any, **kwargs: Any) -> Any:
        return super(UsageView, self).get_table(object_list, **kwargs)


def _what_it_is(use: Use) -> str:
    if not use.is_frozen:
        return _("Page, as it is written now")
    return _("Version that readers meet") if use.is_current else _("Earlier version")


class RegisterDeleteView(DeleteView):
    """Says what a removal would do to texts: they keep their citation, which then leads nowhere."""

    def get_usage(self) -> Any:
        return _Cited(uses_of([self.object])[self.object.pk])

    @property
    def confirmation_message(self) -> str:
        text: str = super().confirmation_message
        count = len(self.usage.uses)
        if not count:
            return text
        cited = ngettext(
            "It is cited in %(count)s place, where readers would be told that it must be checked.",
            "It is cited in %(count)s places, where readers would be told that it must be checked.",
            count,
        )
        return f"{cited % {'count': count}} {text}"


class _Cited:
    """What Wagtail asks about uses before something is removed."""

    is_protected = False

    def __init__(self, uses: Sequence[Use]) -> None:
        self.uses = uses

    def count(self) -> int:
        return len(self.uses)
