"""Words that several pages of a course share: `{% load courses %}`."""

from django import template
from django.utils.translation import ngettext, pgettext

from courses.queries.learning import Course
from courses.queries.progress import invitation

register = template.Library()


@register.filter
def about_minutes(count: int) -> str:
    """Planned time in words."""
    return ngettext("about %(count)s minute", "about %(count)s minutes", count) % {"count": count}


@register.filter
def question_words(count: int) -> str:
    """How a unit is done: by questions, or by reading."""
    if not count:
        return pgettext("unit", "is read")
    return ngettext("%(count)s question", "%(count)s questions", count) % {"count": count}


@register.filter
def unit_words(count: int) -> str:
    return ngettext("%(count)s unit", "%(count)s units", count) % {"count": count}


@register.filter
def go_on_words(course: Course) -> str:
    """What the button to the next unit says."""
    return invitation(course)
