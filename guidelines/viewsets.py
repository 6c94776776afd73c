from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.viewsets.model import ModelViewSet

from guidelines.models import Synonyms


class SynonymsViewSet(ModelViewSet):
    """Words that a search takes for each other. What is changed here holds at the next search."""

    model = Synonyms
    icon = "search"
    menu_label = _("Synonyms")
    menu_order = 310
    add_to_admin_menu = True
    add_to_reference_index = False
    url_prefix = "synonymer"
    list_display = ["words"]
    search_fields = ["words"]
    ordering = ["words"]
    copy_view_enabled = False
    panels = [FieldPanel("words")]
