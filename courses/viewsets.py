"""The question bank in Wagtail's admin. What changes here waits for the next version of each course that draws it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ModelChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet

from courses.models import QuestionBankItem


class TagsColumn(Column):
    """The tags of a question, in order."""

    def get_value(self, instance: Any) -> str:
        return ", ".join(sorted(tag.name for tag in instance.tags.all()))


def _tags_in_use(request: Any) -> Any:
    return QuestionBankItem.tags.all().order_by("name")


class QuestionBankFilters(WagtailFilterSet):
    tags = ModelChoiceFilter(queryset=_tags_in_use, label=pgettext_lazy("quiz", "tag"))

    class Meta:
        model = QuestionBankItem
        fields = ["kind"]


class QuestionBankViewSet(SnippetViewSet):
    model = QuestionBankItem
    icon = "help"
    menu_label = _("Question bank")
    add_to_admin_menu = True
    menu_order = 250
    url_prefix = "fragebank"
    copy_view_enabled = False  # a copy would carry the key of the question it was made from
    list_display = ["text", "kind", TagsColumn("tags", label=pgettext_lazy("quiz", "Tags"))]
    filterset_class = QuestionBankFilters
    list_per_page = 50
    ordering = ["-changed_at"]

    def get_queryset(self, request: Any) -> Any:
        return QuestionBankItem.objects.prefetch_related("tags")
