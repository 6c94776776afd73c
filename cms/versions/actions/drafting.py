from collections.abc import Callable
from typing import Any

from wagtail.fields import StreamField
from wagtail.models import Page

# What Wagtail notes about a page. It says nothing to readers, and a draft has its own.
NOTED = frozenset(
    {
        "depth", "draft_title", "expired", "first_published_at", "has_unpublished_changes", "last_published_at",
        "latest_revision", "latest_revision_created_at", "live", "live_revision", "locked", "locked_at", "locked_by",
        "numchild", "path", "url_path",
    }
)  # fmt: skip


def settle_draft(page: Page, words: Callable[[Any], str]) -> bool:
    """Let a page that has just been saved as it is published already have no changes. True if it has none.

    The editor may write the same text in other markup: `words` is a hash of what a page says.
    """
    if not (page.live and page.has_unpublished_changes) or page.current_workflow_state is not None:
        return False
    published = page.specific_class.objects.get(pk=page.pk)
    if _fields(page) != _fields(published) or words(page) != words(published):
        return False
    type(published).objects.filter(pk=page.pk).update(has_unpublished_changes=False)
    page.has_unpublished_changes = False
    return True


def _fields(page: Page) -> dict[str, Any]:
    """Fields of its own row, but for the texts, which `words` compares with all that hangs on the page."""
    fields = (field for field in page._meta.concrete_fields if field.name not in NOTED)
    return {field.attname: getattr(page, field.attname) for field in fields if not isinstance(field, StreamField)}
