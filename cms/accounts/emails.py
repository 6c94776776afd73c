"""Mails about one's own account. They go to the account's address, whatever the roster says."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cms.accounts.models import User
from cms.accounts.tokens import LinkKind
from cms.core.addresses import site_address


def _mail(user: User, kind: LinkKind, route: str, subject: str) -> EmailMultiAlternatives:
    path = reverse(f"ledstang_accounts:{route}", args=kind.parts_for(user))
    context: dict[str, Any] = {
        "user": user,
        "link": site_address() + path,
        "hours": kind.hours,
        "site": settings.WAGTAIL_SITE_NAME,
    }
    template = f"ledstang_accounts/email/{kind.value}"
    mail = EmailMultiAlternatives(
        subject=subject % context,
        body=render_to_string(f"{template}.txt", context).strip() + "\n",
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return mail


def invitation(user: User) -> EmailMultiAlternatives:
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Choose your password in %(site)s within %(hours)s hours")
        return _mail(user, LinkKind.INVITATION, "accept", subject)


def reset(user: User) -> EmailMultiAlternatives:
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Choose a new password in %(site)s within %(hours)s hours")
        return _mail(user, LinkKind.RESET, "choose", subject)
