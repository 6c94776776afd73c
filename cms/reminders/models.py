import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.compliance.models import Target
from cms.core.models import Record
from cms.people.models import OutboxMessage, Person
from cms.reminders.enums import Rule


class ReminderRun(Record):
    """The daily command got through a day: everything that was to be said that day is owed. Once a day."""

    ran_on = models.DateField(_("day"), unique=True)
    finished_at = models.DateTimeField(_("finished at"))
    owed = models.PositiveIntegerField(_("mails owed"))

    class Meta:
        verbose_name = _("run of the reminders")
        verbose_name_plural = _("runs of the reminders")

    def __str__(self) -> str:
        return f"{self.ran_on}: {self.owed}"


class Reminder(Record):
    """A mail with reminders that was handed over to be sent: to whom, on which day, and who asked for it, if anybody.

    How it ended stands on its message. Written in the transaction that hands it over, so there is none of which
    nobody knows.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reminders")
    sent_on = models.DateField(_("day"))
    handed_at = models.DateTimeField(_("handed over at"))
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    message = models.OneToOneField(OutboxMessage, null=True, on_delete=models.SET_NULL, related_name="reminder")

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            # Nobody is reminded twice a day, whoever asks for it and however many senders there are.
            models.UniqueConstraint(fields=["person", "sent_on"], name="ledstang_reminder_once_a_day"),
        ]

    def __str__(self) -> str:
        return str(self.sent_on)


class ReminderItem(Record):
    """One thing that a reminder said, and by which rule. `about` is a member of the staff, in mails to heads."""

    reminder = models.ForeignKey(Reminder, on_delete=models.PROTECT, related_name="items")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="reminders_about")
    rule = models.CharField(_("rule"), max_length=12, choices=Rule)
    due_on = models.DateField(_("to be done by"))

    class Meta:
        verbose_name = _("item of a reminder")
        verbose_name_plural = _("items of reminders")

    def __str__(self) -> str:
        return f"{self.target}: {self.get_rule_display()}"
