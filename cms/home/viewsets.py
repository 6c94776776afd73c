from wagtail.admin.views.pages.search import SearchView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page


class NamedSearchView(SearchView):
    """Wagtail's search, which does not say of what it has found three."""

    verbose_name = Page._meta.verbose_name
    verbose_name_plural = Page._meta.verbose_name_plural


class FoundPagesViewSet(PageViewSet):
    search_view_class = NamedSearchView
