"""What every Wagtail site stands on, laid anew: a database that was flushed looks like one that was migrated."""

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Collection, Locale, Page, Site, Task, Workflow


def lay_ground() -> Page:
    """The root page, without the pages, groups and workflow that Wagtail's own migrations bring."""
    Locale.objects.get_or_create(language_code="sv")
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    root = Page.objects.filter(depth=1).first()
    if root is None:
        content_type = ContentType.objects.get_for_model(Page)
        root = Page.add_root(title="Root", slug="root", content_type=content_type, url_path="/")
    Site.objects.all().delete()
    for page in root.get_children():
        page.delete()
    Workflow.objects.all().delete()
    Task.objects.all().delete()
    Group.objects.all().delete()
    return Page.objects.get(pk=root.pk)
