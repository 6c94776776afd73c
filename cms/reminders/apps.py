from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RemindersConfig(AppConfig):
    name = "cms.reminders"
    label = "ledstang_reminders"
    verbose_name = _("Reminders")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        self._register_mail()
        self._register_personal_data()
        self._register_page_parts()

    def _register_mail(self) -> None:
        from cms.people.registry import MailKind, mail_kinds
        from cms.reminders.actions import prepare_reminder
        from cms.reminders.emails import digest_context, digest_subject
        from cms.reminders.names import MAIL

        mail_kinds.register(
            MailKind(
                MAIL,
                digest_subject,
                "ledstang_reminders/emails/reminder.txt",
                digest_context,
                prepare=prepare_reminder,
                is_repeatable=False,  # what did not get through stands in the next day's
            )
        )

    def _register_personal_data(self) -> None:
        from cms.people.registry import PersonalData, personal_data
        from cms.reminders.queries import personal

        heads, kept = _("You, your head and HR."), _("As long as what you have done is kept.")
        for name, label, rows, order in (
            ("reminders", _("Reminders to you, and why"), personal.reminder_rows, 72),
            ("reminders_about", _("What your head has been told by mail"), personal.told_rows, 74),
        ):
            personal_data.register(PersonalData(name, label, heads, kept, rows, order=order))

    def _register_page_parts(self) -> None:
        from cms.core.registry import PagePart, page_parts
        from cms.reminders.views import parts

        for place, context in (
            ("person", parts.on_person),
            ("people", parts.on_people),
            ("overview", parts.on_overview),
        ):
            page_parts.register(
                PagePart(f"reminders-{place}", f"oversight.{place}", f"ledstang_reminders/parts/{place}.html", context)
            )
