"""The composition root: the only place that names every app."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("", include("guidelines.urls")),  # first, since most is asked of it
    # One door: Wagtail's own lead to ours.
    path("admin/login/", RedirectView.as_view(pattern_name="ledstang_accounts:login", query_string=True)),
    re_path(r"^admin/password_reset/", RedirectView.as_view(pattern_name="ledstang_accounts:reset")),
    path("_util/login/", RedirectView.as_view(pattern_name="ledstang_accounts:login", query_string=True)),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    path("konto/", include("cms.accounts.urls")),
    path("konto/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("", include("cms.home.urls")),
    path("", include("cms.core.urls")),
    path("", include("cms.references.urls")),
    path("", include("courses.urls")),
    path("", include("cms.certificates.urls")),
    path("", include("cms.oversight.urls")),
    path("", include("cms.reminders.urls")),
    path("", include("cms.versions.urls")),
    path("", include(wagtail_urls)),
]
