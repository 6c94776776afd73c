"""How an owed mail is written: text always, HTML where there is a template for it. And what a digest says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string, select_template
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.compliance.models import Target
from cms.compliance.registry import Progress, target_kinds
from cms.core.addresses import site_address
from cms.core.languages import listed
from cms.people.models import OutboxMessage, Person
from cms.people.names import swedish_order
from cms.people.registry import MailKind
from cms.reminders.enums import Rule
from cms.reminders.queries import keeps_weekends_quiet, reminders_cadence
from cms.reminders.saying import Digest, Said, most_pressing


def compose(message: OutboxMessage, kind: MailKind, payload: dict[str, Any]) -> EmailMultiAlternatives:
    """The mail as it is sent. Its Message-ID follows from the key, so a second delivery is known as the same."""
    with translation.override(settings.LANGUAGE_CODE):
        context: dict[str, Any] = {
            "person": message.person,
            "payload": payload,
            "base_url": site_address(),
            **kind.context(message.person, payload),
        }
        mail = EmailMultiAlternatives(
            subject=" ".join(str(kind.subject(payload)).split()),
            body=render_to_string(kind.template, context).strip() + "\n",
            to=[message.person.email],
            headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
        )
        try:
            page = select_template([kind.template.removesuffix(".txt") + ".html"])
        except TemplateDoesNotExist:
            return mail
        mail.attach_alternative(page.render(context), "text/html")
        return mail


def message_id(message: OutboxMessage) -> str:
    domain = urlsplit(site_address()).hostname or make_msgid().split("@")[1].rstrip(">")
    return f"<{message.key}@{domain}>"


# Reminders


@dataclass(frozen=True)
class Line:
    """One thing to do, as the mail says it. `url` is the next step, without the base address."""

    title: str
    url: str
    when: str
    why: str
    minutes: int | None = None


@dataclass(frozen=True)
class StaffLine:
    """What a head is told of a member of the staff."""

    name: str
    title: str
    due_on: date


def digest_subject(payload: dict[str, Any]) -> str:
    """What and when: the most pressing thing and its day, and how much more there is."""
    digest: Digest | None = payload.get("digest")
    if digest is None:  # listed before it is sent, or long after: what it said is in the log of reminders
        return _("Reminder, %(day)s") % {"day": payload["on"]}
    first = most_pressing(digest.said) if digest.news else None
    if first is None:
        count = len({one.person for one in digest.escalations})
        words = ngettext(
            "Overdue for long: %(count)s member of your staff",
            "Overdue for long: %(count)s members of your staff",
            count,
        )
        return words % {"count": count}
    title = Target.objects.get(pk=first.matter.target).title
    facts = {"title": title, "day": first.matter.due_on.isoformat()}
    is_late = first.matter.due_on < payload["today"]
    subject = (_("Overdue since %(day)s: %(title)s") if is_late else _("By %(day)s: %(title)s")) % facts
    more = len(digest.said) - 1
    if not more:
        return subject
    return ngettext("%(subject)s, and %(more)s more", "%(subject)s, and %(more)s more", more) % {
        "subject": subject,
        "more": more,
    }


def digest_context(person: Person, payload: dict[str, Any]) -> dict[str, Any]:
    digest: Digest = payload["digest"]
    today: date = payload["today"]
    actor: Person | None = payload.get("actor")
    targets = Target.objects.in_bulk(digest.targets)
    progress = _progress(person, [targets[one.matter.target] for one in digest.said], today)

    def lines(some: Iterable[Said]) -> list[Line]:
        return [_line(one, targets[one.matter.target], progress.get(one.matter.target), today) for one in some]

    return {
        "news": lines(digest.news),
        "rest": lines(one for one in digest.said if not one.is_news),
        "staff": _staff(digest, targets),
        "asked_by": actor.full_name if actor is not None and not actor.is_protected else "",
        "is_by_hand": actor is not None,
        "ways": {name.replace("-", "_"): _way(name) for name in ("training", "overview", "my-data")},
        "has_quiet_days": keeps_weekends_quiet(),
        "cadence": reminders_cadence(),
        "days_before": _beforehand(reminders_cadence().days_before),
    }


def _way(name: str) -> str:
    """The address of a page of follow-up, by its name alone: we stand beside it. Empty where a host leaves it out."""
    try:
        return site_address() + reverse(f"ledstang_oversight:{name}")
    except NoReverseMatch:
        return ""


def _beforehand(days: Iterable[int]) -> str:
    """When somebody is told before the day has passed: "30 and 7 days before it is to be done, on the day itself"."""
    ahead = sorted((number for number in days if number), reverse=True)
    said = []
    if ahead:
        words = ngettext("%(days)s day before it is to be done", "%(days)s days before it is to be done", ahead[0])
        said.append(words % {"days": listed([str(number) for number in ahead])})
    if 0 in days:
        said.append(_("on the day itself"))
    return ", ".join(said)


def _progress(person: Person, targets: list[Target], today: date) -> dict[int, Progress]:
    """Where each thing goes on, asked of each plugin once."""
    found: dict[int, Progress] = {}
    for kind in target_kinds:
        some = [target for target in targets if target.kind == kind.name]
        if some:
            found.update(kind.progress(person, some, today))
    return found


def _line(said: Said, target: Target, progress: Progress | None, today: date) -> Line:
    return Line(
        title=target.title,
        url=progress.url if progress else target.path,
        when=_when(said, today),
        why=_why(said, today),
        minutes=progress.minutes_left if progress else None,
    )


def _when(said: Said, today: date) -> str:
    due_on = said.matter.due_on
    days = (due_on - today).days
    facts = {"day": due_on.isoformat(), "days": abs(days)}
    if days < 0:
        return (
            ngettext(
                "Was to be done by %(day)s, %(days)s day ago.", "Was to be done by %(day)s, %(days)s days ago.", -days
            )
            % facts
        )
    if days == 0:
        return _("Is to be done today, %(day)s.") % facts
    return (
        ngettext("Is to be done by %(day)s, in %(days)s day.", "Is to be done by %(day)s, in %(days)s days.", days)
        % facts
    )


def _why(said: Said, today: date) -> str:
    """The rule by which it is said, in words."""
    words: dict[Rule, Any] = {
        Rule.ASSIGNED: _("It is new on your list since %(day)s."),
        Rule.NEW_VERSION: _("There is a new version since %(day)s, which you need to read or do."),
        Rule.EXPIRING: _("What you have done expires. You can renew it now."),
        Rule.DUE_SOON: _("The day is coming closer."),
        Rule.OVERDUE: _("The day has passed."),
    }
    return str(words.get(said.rule, "")) % {"day": said.matter.begins_on.isoformat()}


def _staff(digest: Digest, targets: dict[int, Target]) -> list[StaffLine]:
    people = Person.objects.in_bulk({one.person for one in digest.escalations})
    lines = [
        StaffLine(people[one.person].full_name, targets[one.matter.target].title, one.matter.due_on)
        for one in digest.escalations
        if not people[one.person].is_protected
    ]
    return sorted(lines, key=lambda line: (swedish_order(line.name), line.due_on))
