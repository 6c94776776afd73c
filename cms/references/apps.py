from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

CONTACT_CODES: dict[str, Any] = {"changed": "contact_changed", "gone": "contact_expired", "is_filled": True}


class ReferencesConfig(AppConfig):
    name = "cms.references"
    label = "ledstang_references"
    verbose_name = _("Registers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.core.registry import CareFinder, TokenKind, care_finders, token_kinds
        from cms.references import queries, receivers, slots  # noqa: F401

        law = TokenKind(
            slots.LAW,
            queries.freeze_law,
            queries.doubts_about_law,
            "law_changed",
            "law_changed",
            kept_at=queries.law_kept_at,
        )
        contact = TokenKind(
            slots.CONTACT,
            queries.freeze_contact,
            queries.doubts_about_contacts,
            filled=queries.filled_contact,
            kept_at=queries.contact_kept_at,
            **CONTACT_CODES,
        )
        contact_list = TokenKind(
            slots.CONTACT_LIST,
            queries.freeze_contact_list,
            queries.doubts_about_contact_lists,
            filled=queries.filled_contact_list,
            kept_at=queries.contact_list_kept_at,
            **CONTACT_CODES,
        )
        for kind in (law, contact, contact_list):
            token_kinds.register(kind)
        care_finders.register(CareFinder("registers", queries.registers_waiting, order=20))
        self._lead_to_contacts()

    def _lead_to_contacts(self) -> None:
        from django.urls import NoReverseMatch, reverse

        from cms.core.registry import NavItem, footer_items, nav_items

        def address(request: object) -> str | None:
            try:
                return reverse("ledstang_references:contacts")
            except NoReverseMatch:  # a host that has left the page out
                return None

        words = _("Whom you call, in your part of the city and at this hour.")
        nav_items.register(NavItem("contacts", _("Contact routes"), address, order=18, description=words))
        footer_items.register(NavItem("contacts", _("Contact routes"), address, order=10))
