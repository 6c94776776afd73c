from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VersionsConfig(AppConfig):
    name = "cms.versions"
    label = "ledstang_versions"
    verbose_name = _("Versions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.core.registry import CareFinder, PagePart, care_finders, page_parts
        from cms.versions import checks  # noqa: F401
        from cms.versions.care import reviews_waiting, way_to_stale

        care_finders.register(CareFinder("reviews", reviews_waiting, order=60))
        page_parts.register(PagePart("stale", "core.care", "ledstang_versions/admin/way_to_stale.html", way_to_stale))
