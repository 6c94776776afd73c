"""Tags and filters that every template of the house may use: `{% load ledstang %}`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from cms.core.enums import Audience, Competence, Tone
from cms.core.readings import only as only_for
from cms.core.registry import nav_items

register = template.Library()

THEME_COOKIE = "ledstang_theme"
THEMES = ("auto", "light", "dark")


class OnlyNode(template.Node):
    def __init__(self, audiences: FilterExpression, nodelist: NodeList) -> None:
        self.audiences = audiences
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        audiences = self.audiences.resolve(context) or ()
        return mark_safe(only_for(audiences, self.nodelist.render(context)))


@register.tag
def only(parser: Parser, token: Token) -> OnlyNode:
    """Mark what stands between `{% only row.audiences %}` and `{% endonly %}` as written for some audiences."""
    _name, audiences = token.split_contents()
    nodelist = parser.parse(("endonly",))
    parser.delete_first_token()
    return OnlyNode(parser.compile_filter(audiences), nodelist)


@register.simple_tag
def token(kind: str, key: str) -> SafeString:
    """`{{kind:key}}` as literal text, which freezing replaces by what the register says."""
    return mark_safe(f"{{{{{kind}:{key}}}}}") if key else SafeString("")


@dataclass(frozen=True)
class NavLink:
    """A way in as the header shows it."""

    name: str
    label: Any
    url: str
    is_current: bool


@register.simple_tag(takes_context=True)
def nav(context: template.Context) -> list[NavLink]:
    """The ways into the site that this visitor may use, in order."""
    request = context.get("request")
    if request is None or not hasattr(request, "user"):
        return []
    links = []
    for item in sorted(nav_items, key=lambda item: (item.order, item.name)):
        url = item.url(request) if item.visible(request) else None
        if url:
            links.append(NavLink(item.name, item.label, url, url != "/" and request.path.startswith(url)))
    return links


@register.simple_tag
def site_name() -> str:
    """What the service calls itself."""
    return getattr(settings, "WAGTAIL_SITE_NAME", "Ledstång")


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """Light, dark or as the device says (auto): what the visitor has chosen, kept in a cookie."""
    request = context.get("request")
    chosen = request.COOKIES.get(THEME_COOKIE) if request is not None else None
    return chosen if chosen in THEMES else "auto"


@register.simple_tag
def is_demo() -> bool:
    """Whether this installation only shows example content."""
    return bool(getattr(settings, "LEDSTANG_DEMO", False))


@register.simple_tag
def exit_address() -> str:
    """Where the quick exit leads: somewhere harmless, the same for everyone."""
    return getattr(settings, "LEDSTANG_EXIT_URL", "https://www.smhi.se/")


@register.filter
def day(value: date | datetime | None) -> str:
    """A date as 2026-11-23, in local time."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = timezone.localdate(value) if timezone.is_aware(value) else value.date()
    return value.isoformat()


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


@register.filter
def audience_label(value: str) -> str:
    return _label(Audience, value)


@register.filter
def audience_labels(values: Iterable[str] | None) -> str:
    return ", ".join(audience_label(value) for value in values or ())


@register.filter
def tone_label(value: str) -> str:
    return _label(Tone, value)


@register.filter
def competence_label(value: str) -> str:
    return _label(Competence, value)


@register.filter
def competence_labels(values: Iterable[str] | None) -> str:
    return ", ".join(competence_label(value) for value in values or ())
