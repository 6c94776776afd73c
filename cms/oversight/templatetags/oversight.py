"""Pictures and words of standing: `{% load oversight %}`."""

from datetime import date
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cms.compliance.enums import Cause, State
from cms.compliance.models import Evidence
from cms.compliance.queries import Counts
from cms.compliance.standing import Standing
from cms.oversight import queries

register = template.Library()


@register.inclusion_tag("ledstang_oversight/components/standing_bar.html")
def standing_bar(counts: Counts) -> dict[str, Any]:
    """A bar in parts: done, to do, overdue. The same in words for those who do not see it."""
    parts = [("done", counts.met), ("to_do", counts.to_do), ("overdue", counts.overdue)]
    start, shown = 0, []
    for name, number in parts:
        if number:
            shown.append({"name": name, "start": start, "width": number})
        start += number
    return {"counts": counts, "parts": shown}


@register.filter
def in_days(day: date | None, on: date | None = None) -> str:
    """How far away a day is from today: "in 8 days", "tomorrow", "3 days ago". Nothing when another day is shown."""
    today = timezone.localdate()
    if day is None or (on is not None and on != today):
        return ""
    days = (day - today).days
    named = {0: pgettext("day", "today"), 1: pgettext("day", "tomorrow"), -1: pgettext("day", "yesterday")}
    if days in named:
        return named[days]
    if days > 0:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": -days}


@register.filter
def is_ahead(day: date) -> bool:
    return day > timezone.localdate()


@register.filter
def may_void(evidence: Evidence, is_hr: bool) -> bool:
    return queries.may_void(evidence, is_hr=is_hr)


@register.filter
def why(standing: Standing) -> str:
    """One sentence on why something is asked for, where it is not the first time."""
    if standing.state == State.EXPIRING:
        return _("It expires on %(day)s. Renew it before then.") % {"day": standing.valid_until}
    if standing.cause == Cause.NEW_VERSION:
        return _("There is a new version. What you did on %(day)s no longer covers it.") % {"day": standing.done_on}
    if standing.cause == Cause.EXPIRED:
        return _("What you did on %(day)s has expired.") % {"day": standing.done_on}
    return ""
