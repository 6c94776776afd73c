"""`{% load covers %}{% cover version.key version.cover %}`: the drawing over a course."""

from uuid import UUID

from django import template
from django.utils.safestring import SafeString

from courses.covers import cover_of, drawing

register = template.Library()


@register.simple_tag
def cover(key: UUID, chosen: str = "") -> SafeString:
    """The drawing of the course with this key: the one that was chosen, or always the same."""
    return drawing(cover_of(key, chosen))
