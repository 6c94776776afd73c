"""Bring a unit's quotations up to date, in its draft."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.versions.actions import PublishingError
from courses.models import UnitPage
from courses.queries.citations import overtaken_in


class NothingNewer(PublishingError):
    """The quotation has not been overtaken, or the newer version has no such section."""


@transaction.atomic
def renew_citation(*, page: UnitPage, block: str, renewed_by: Any) -> str:
    """Let a quotation in the latest draft follow the version in force, and save the draft. Returns its number.

    Raises NothingNewer. Nothing is published: the new words reach learners with the next version of the course.
    """
    page = UnitPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    draft: UnitPage = page.get_latest_revision_as_object()
    found = next((one for one in overtaken_in(draft) if one.block == block), None)
    if found is None or not found.is_there:
        raise NothingNewer(_("No newer version has this section. Choose another one in the unit's text."))
    for child in draft.body:
        if str(child.id) == block:
            child.value["version"] = found.newer
    draft.save_revision(user=renewed_by, log_action=True)
    return found.newer
