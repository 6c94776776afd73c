from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class GuidelinesConfig(AppConfig):
    name = "guidelines"
    verbose_name = _("Guidelines")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.compliance.registry import TargetKind, target_kinds
        from cms.core.registry import NavItem, nav_items
        from cms.people.registry import MailKind, mail_kinds
        from cms.versions.registry import VersionKind, version_kinds
        from guidelines import receivers  # noqa: F401
        from guidelines.actions.acknowledging import MAIL
        from guidelines.enums import KIND
        from guidelines.queries import acknowledgements, documents, readings
        from guidelines.registry import DraftReader, draft_readers

        draft_readers.register(DraftReader(KIND, readings.read_draft))

        target_kinds.register(
            TargetKind(
                name=KIND,
                label=pgettext_lazy("kind of target", "Guideline"),
                done_label=pgettext_lazy("evidence", "has taken part of"),
                progress=acknowledgements.progress,
            )
        )
        version_kinds.register(
            VersionKind(
                name=KIND,
                label=pgettext_lazy("kind of target", "Guideline"),
                address=documents.address,
                may_read=documents.may_read_any,
                resolve=documents.resolve,
                current_contents=documents.current_contents,
            )
        )
        nav_items.register(
            NavItem(
                "guidelines",
                pgettext_lazy("navigation", "Guidelines"),
                documents.index_address,
                order=20,
                description=_("What applies to you, and what you do when you are worried about a child."),
            )
        )
        mail_kinds.register(MailKind(MAIL, acknowledgements.receipt_subject, "guidelines/emails/acknowledged.txt"))
