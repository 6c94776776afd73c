"""What an editor sees of who has read a guideline: a rough share of the city, and the way to those one answers for."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.compliance.models import Target
from cms.compliance.queries import rough_share
from cms.people.queries import org_tree
from guidelines.enums import KIND
from guidelines.permissions import user_can_plan
from guidelines.queries.documents import resolve
from guidelines.views.admin import GuidelineAdminView


class ReadersView(GuidelineAdminView):
    """How large a share of those who must have read so that it counts. Who has read what is for heads and HR."""

    template_name = "guidelines/admin/readers.html"
    form_class = forms.Form
    http_method_names = ["get", "head", "options"]
    header_icon = "group"

    def get_page_title(self) -> str:
        return _("Who has read it")

    def is_allowed(self) -> bool:
        return user_can_plan(self.request.user, self.page)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, target = timezone.localdate(), Target.objects.filter(kind=KIND, key=self.page.key).first()
        tree = org_tree(today)
        share = rough_share(tree, tree.children.get(None, []), [target], today) if target else None
        return super().get_context_data(target=target, share=share, version=resolve(self.page.key), **kwargs)
