"""Pictures and words of standing: `{% load oversight %}`."""

from datetime import date
from typing import Any

from django import template
from django.apps import apps
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cms.certificates.models import Certificate
from cms.compliance.enums import Cause, State
from cms.compliance.models import Evidence
from cms.compliance.queries import Counts
from cms.compliance.standing import Standing
from cms.oversight import queries
from cms.oversight.queries.trend import Point

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


CHART = {"width": 720, "height": 240, "left": 48, "right": 16, "top": 14, "bottom": 40}


@register.inclusion_tag("ledstang_oversight/components/trend_chart.html")
def trend_chart(points: list[Point]) -> dict[str, Any]:
    """A line of how many per cent were done at each month's end. The table beside it has the same figures.

    Months in which nobody had to do anything leave a gap.
    """
    wide = CHART["width"] - CHART["left"] - CHART["right"]
    high = CHART["height"] - CHART["top"] - CHART["bottom"]
    base = CHART["top"] + high
    marks: list[dict[str, Any]] = []
    lines: list[list[str]] = [[]]
    last = len(points) - 1
    for number, point in enumerate(points):
        x = CHART["left"] + round(wide * number / max(1, last))
        share = point.counts.per_cent
        y = None if share is None else base - round(high * share / 100)
        is_labelled = (last - number) % 3 == 0 or (number == 0 and last < 6)
        marks.append({"x": x, "y": y, "share": share, "day": point.day, "is_labelled": is_labelled})
        if y is None:
            lines.append([])
        else:
            lines[-1].append(f"{x},{y}")
    grid = [{"share": share, "y": base - round(high * share / 100)} for share in (0, 50, 100)]
    shown = [" ".join(line) for line in lines if len(line) > 1]
    return {**CHART, "end": CHART["width"] - CHART["right"], "base": base, "marks": marks, "lines": shown, "grid": grid}


@register.simple_tag
def trend_words(points: list[Point]) -> str:
    """The picture in words: how it stands on the last day, and how it stood at the end of the month before."""
    known = [point for point in points if point.counts.per_cent is not None]
    if not known or known[-1] is not points[-1]:
        return ""
    words = {"now": known[-1].counts.per_cent, "day": known[-1].day.isoformat()}
    is_today = known[-1].day == timezone.localdate()
    if len(known) == 1:
        return (_("%(now)s %% are done today.") if is_today else _("%(now)s %% were done on %(day)s.")) % words
    words |= {"then": known[-2].counts.per_cent, "before": known[-2].day.isoformat()}
    if is_today:
        return _("%(now)s %% are done today. On %(before)s it was %(then)s %%.") % words
    return _("%(now)s %% were done on %(day)s. On %(before)s it was %(then)s %%.") % words


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
def has_expired(certificate: Certificate) -> bool:
    return certificate.has_expired(timezone.localdate())


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
        return _("What you did on %(day)s was valid until %(last)s.") % {
            "day": standing.done_on, "last": standing.valid_until,
        }  # fmt: skip
    if standing.state == State.NOT_REQUIRED and standing.done_on is not None:
        return _("What you did on %(day)s is kept.") % {"day": standing.done_on}
    return ""


@register.filter
def table_words(label: str) -> str:
    """What people call the rows of a table of a disposal. Its name where the app has gone since."""
    try:
        return str(apps.get_model(label)._meta.verbose_name_plural)
    except LookupError:
        return label
