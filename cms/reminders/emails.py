"""How an owed mail is written: text always, HTML where there is a template for it."""

from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string, select_template
from django.utils import translation

from cms.people.models import OutboxMessage
from cms.people.registry import MailKind


def compose(message: OutboxMessage, kind: MailKind, payload: dict[str, Any]) -> EmailMultiAlternatives:
    """The mail as it is sent. Its Message-ID follows from the key, so a second delivery is known as the same."""
    with translation.override(settings.LANGUAGE_CODE):
        context: dict[str, Any] = {
            "person": message.person,
            "payload": payload,
            "base_url": settings.LEDSTANG_BASE_URL.rstrip("/"),
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
    domain = urlsplit(settings.LEDSTANG_BASE_URL).hostname or make_msgid().split("@")[1].rstrip(">")
    return f"<{message.key}@{domain}>"
