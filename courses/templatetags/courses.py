"""Words that several pages of a course share: `{% load courses %}`."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from courses.needing import Needs
from courses.queries.learning import Course, UnitStep
from courses.queries.progress import invitation
from courses.queries.units import Outline

register = template.Library()


@register.filter
def about_minutes(count: int) -> str:
    """Planned time in words."""
    return ngettext("about %(count)s minute", "about %(count)s minutes", count) % {"count": count}


@register.filter
def content_words(unit: Outline | UnitStep) -> str:
    """What a unit has besides its text."""
    words = []
    if unit.questions:
        words.append(ngettext("%(count)s question", "%(count)s questions", unit.questions) % {"count": unit.questions})
    if unit.has_scenario:
        words.append(_("1 scenario"))
    return ", ".join(words) or pgettext("unit", "is read")


@register.filter
def needs_words(needs: Needs) -> str:
    """When a unit is done, as it is told before it is begun."""
    if needs.passed and needs.scenario:
        return _("Done when the questions are passed and the scenario is finished.")
    if needs.passed:
        return _("Done when the questions are passed.")
    if needs.answered and needs.scenario:
        return _("Done when all questions are answered, right or wrong, and the scenario is finished.")
    if needs.answered:
        return _("Done when all questions are answered, right or wrong.")
    return _("Done when the scenario is finished.") if needs.scenario else _("Done when you mark it as read.")


@register.filter
def any_needs(units: Iterable[Outline | UnitStep], name: str) -> bool:
    """Whether any unit asks for a thing: "passed", "read"…"""
    return any(getattr(unit.needs, name) for unit in units)


@register.filter
def any_asks(units: Iterable[Outline | UnitStep]) -> bool:
    """Whether any unit has questions, voluntary ones included."""
    return any(unit.questions for unit in units)


@register.filter
def unit_words(count: int) -> str:
    return ngettext("%(count)s unit", "%(count)s units", count) % {"count": count}


@register.filter
def go_on_words(course: Course) -> str:
    """What the button to the next unit says, as one: a button lays out its parts apart."""
    return format_html("<span>{}</span>", invitation(course))
