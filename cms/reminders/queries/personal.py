"""What the reminders keep about somebody, as "Mina uppgifter" shows it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.core.languages import Written
from cms.people.models import Person
from cms.reminders.queries.logs import reminders_about, reminders_to

Rows = list[dict[str, Any]]


def reminder_rows(person: Person) -> Rows:
    """One row for each thing that was said, and the rule by which it was."""
    return [
        {
            _("When"): row.sent_on.isoformat(),
            _("What"): Written(item.target.title),
            pgettext("reminders", "Why"): item.get_rule_display(),
            pgettext("column", "To be done by"): item.due_on.isoformat(),
            pgettext("reminders", "Asked for by"): Written(row.asked_by),
            pgettext("reminders", "How it went"): row.outcome,
        }
        for row in reminders_to(person)
        for item in row.items
    ]


def told_rows(person: Person) -> Rows:
    return [
        {
            _("When"): item.reminder.sent_on.isoformat(),
            _("What"): Written(item.target.title),
            pgettext("column", "To be done by"): item.due_on.isoformat(),
        }
        for item in reminders_about(person)
    ]
