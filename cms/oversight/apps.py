from collections.abc import Callable
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OversightConfig(AppConfig):
    name = "cms.oversight"
    label = "ledstang_oversight"
    verbose_name = _("Oversight")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        self._register_ways_in()
        self._register_personal_data()
        self._register_page_parts()
        self._register_jobs()

    def _register_jobs(self) -> None:
        from cms.oversight.actions import write_awaited_rule
        from cms.people.registry import Job, jobs

        jobs.register(Job("awaited_rule", write_awaited_rule))

    def _register_ways_in(self) -> None:
        from cms.core.registry import NavItem, footer_items, nav_items
        from cms.people.queries import has_oversight
        from cms.people.views import acting_person

        def is_signed_in(request: Any) -> bool:
            return bool(request.user.is_authenticated)

        nav_items.register(
            NavItem(
                "training",
                _("My training"),
                _address("training"),
                visible=is_signed_in,
                order=30,
                description=_("What you have left to do, what you have done, and your certificates."),
            )
        )
        nav_items.register(
            NavItem(
                "oversight",
                _("Follow-up"),
                _address("overview"),
                visible=lambda request: has_oversight(acting_person(request)),
                order=40,
                description=_("Who has done what, at the workplaces that you are responsible for."),
            )
        )
        footer_items.register(NavItem("my-data", _("My data"), _address("my-data"), visible=is_signed_in, order=20))

    def _register_page_parts(self) -> None:
        from cms.core.registry import PagePart, page_parts
        from cms.oversight.views import parts

        template = "ledstang_oversight/parts/guideline_readers.html"
        page_parts.register(PagePart("oversight-readers", "guidelines.readers", template, parts.on_readers))

    def _register_personal_data(self) -> None:
        from cms.oversight.queries import personal
        from cms.people.registry import personal_data

        for kind in personal.OWN_KINDS:
            personal_data.register(kind)


def _address(name: str) -> Callable[[Any], str | None]:
    """The address of one of our pages; None where a host has left it out."""

    def address(request: Any) -> str | None:
        from django.urls import NoReverseMatch, reverse

        try:
            return reverse(f"ledstang_oversight:{name}")
        except NoReverseMatch:
            return None

    return address
