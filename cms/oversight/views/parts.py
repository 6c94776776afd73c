"""What follow-up adds to the pages of others."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from cms.compliance.models import Target
from cms.oversight.queries import name_of
from cms.people.models import OrgUnit
from cms.people.queries import view_of
from cms.people.views import acting_person


def on_readers(request: HttpRequest, *, target: Target) -> dict[str, Any] | None:
    """The way to who has read which version, at each of the topmost org units that the visitor oversees."""
    view = view_of(acting_person(request), timezone.localdate())
    if view.is_empty:
        return None
    units = OrgUnit.objects.filter(pk__in=view.tree.tops_of(view.org_units)).order_by("name")
    return {"units": units, "mal": name_of(target)}
