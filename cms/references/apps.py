from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferencesConfig(AppConfig):
    name = "cms.references"
    label = "ledstang_references"
    verbose_name = _("Registers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import NoReverseMatch, reverse

        from cms.core.registry import NavItem, TokenKind, footer_items, token_kinds
        from cms.references import queries, slots

        token_kinds.register(TokenKind(slots.LAW, queries.freeze_law, queries.doubts_about_law))
        token_kinds.register(TokenKind(slots.CONTACT, queries.freeze_contact, queries.doubts_about_contacts))
        token_kinds.register(
            TokenKind(slots.CONTACT_LIST, queries.freeze_contact_list, queries.doubts_about_contact_lists)
        )

        def address(request: object) -> str | None:
            try:
                return reverse("ledstang_references:contacts")
            except NoReverseMatch:  # a host that has left the page out
                return None

        footer_items.register(NavItem("contacts", _("Contact routes"), address, order=10))
