"""Tags and filters that every template of the house may use: `{% load ledstang %}`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.forms.boundfield import BoundWidget
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from wagtail.images.shortcuts import get_rendition_or_not_found

from cms.core.enums import THEME_COOKIE, Audience, Competence, Theme, Tone
from cms.core.languages import Written, is_foreign, listed, offered, written
from cms.core.models import CitySettings
from cms.core.readings import only as only_for
from cms.core.registry import NavItem, Registry, footer_items, nav_items, page_parts
from cms.core.styles import icon_address, style_address

register = template.Library()
# What breaks badly on a narrow screen: a day, a word with one letter before its hyphen, an address of e-mail.
BRITTLE = re.compile(r"(?P<mail>[\w.+-]+@[\w.-]+)|(?P<day>\b\d{4}-\d\d-\d\d\b)|(?P<word>\b[^\W\d]-\w+)")
# Where the first part of a Swedish compound ends for certain: tillgänglighets-redogörelse, utbildnings-förteckning.
JOINT = re.compile(r"(?<=\w{3})(?P<end>(?:het|ning|tion|skap|itet)s)(?=\w{4})")

CONTROL_CLASS = "ds-input"
ARMS = "max-88x88"  # twice what is shown, for screens that are dense


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
    description: Any = ""


def _links(context: template.Context, items: Registry[NavItem]) -> list[NavLink]:
    """Worked out once a request: header, menu and home page show the same."""
    request = context.get("request")
    if request is None or not hasattr(request, "user"):
        return []
    known: dict[str, list[NavLink]] = request.__dict__.setdefault("_ledstang_links", {})
    if items.what not in known:
        shown = sorted((item for item in items if item.visible(request)), key=lambda item: (item.order, item.name))
        addresses = [(item, item.url(request)) for item in shown]
        known[items.what] = [
            NavLink(item.name, item.label, url, url != "/" and request.path.startswith(url), item.description)
            for item, url in addresses
            if url
        ]
    return known[items.what]


@register.simple_tag(takes_context=True)
def nav(context: template.Context) -> list[NavLink]:
    """The ways into the site that this visitor may use, in order."""
    return _links(context, nav_items)


@register.simple_tag(takes_context=True)
def footer(context: template.Context) -> list[NavLink]:
    """What the foot of every page links to."""
    return _links(context, footer_items)


@register.simple_tag(takes_context=True)
def parts(context: template.Context, place: str, **given: Any) -> SafeString:
    """What other apps add to this place of the page; `given` is what they need to know about it."""
    request = context.get("request")
    here = sorted((part for part in page_parts if part.place == place), key=lambda part: (part.order, part.name))
    found = [(part.template, part.context(request, **given)) for part in here if request is not None]
    shown = (render_to_string(name, values, request=request) for name, values in found if values is not None)
    return mark_safe("".join(shown))


@register.simple_tag
def site_name() -> str:
    """What the service calls itself."""
    return getattr(settings, "WAGTAIL_SITE_NAME", "Ledstång")


def _city(context: template.Context) -> CitySettings:
    """The city's settings, looked up once a request; in mails, which have none, once a mail."""
    request = context.get("request")
    if request is None:
        return CitySettings.current()
    if not hasattr(request, "_ledstang_city"):
        request._ledstang_city = CitySettings.current()
    found: CitySettings = request._ledstang_city
    return found


@register.simple_tag(takes_context=True)
def city_name(context: template.Context) -> str:
    """The city behind the site, where one has been entered."""
    return _city(context).city_name


@register.simple_tag(takes_context=True)
def city_arms(context: template.Context) -> Any:
    """The city's arms, small, where they have been entered: address, width and height."""
    arms = _city(context).arms
    return get_rendition_or_not_found(arms, ARMS) if arms is not None else None


@register.simple_tag(takes_context=True)
def style_sheet(context: template.Context) -> str:
    """The address of the one style sheet, in the city's colour if it has one of its own; empty in a host without it."""
    if not getattr(settings, "LEDSTANG_THEME", True):
        return ""
    return style_address(_city(context).colour)


@register.simple_tag(takes_context=True)
def site_icon(context: template.Context) -> str:
    """The address of the icon that browsers show beside the title."""
    return icon_address(_city(context).colour)


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """Light, dark or as the device says (auto): what the visitor has chosen, kept in a cookie."""
    request = context.get("request")
    chosen = request.COOKIES.get(THEME_COOKIE) if request is not None else None
    return chosen if chosen in Theme.values else Theme.AUTO.value


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """What the interface can speak, each with its own name for itself; empty where there is nothing to choose."""
    found = offered()
    return found if len(found) > 1 else []


@register.simple_tag
def content_lang() -> SafeString:
    """` lang="sv"` on an element whose text editors have written, when the interface speaks another language."""
    return format_html(' lang="{}"', settings.LANGUAGE_CODE) if is_foreign() else SafeString("")


register.filter("written", written)


@register.simple_tag
def lang_of(value: Any) -> SafeString:
    """The same for a value that says itself whether it is content, among words of the interface."""
    return content_lang() if isinstance(value, Written) and value else SafeString("")


@register.simple_tag
def interface_lang() -> SafeString:
    """The other way round: on an element with words of the interface inside one with `{% content_lang %}`."""
    return format_html(' lang="{}"', get_language()) if is_foreign() else SafeString("")


@register.simple_tag
def themes() -> list[tuple[str, Any]]:
    return list(Theme.choices)


ICONS = {
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "leave": '<path d="M9 5H5v14h4M14 8l4 4-4 4M18 12H9"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
    "alert": '<path d="M12 8v5M12 16.5v.01M12 3.5 2.8 19.5h18.4z"/>',
    "circle": '<circle cx="12" cy="12" r="8"/>',
    "dash": '<path d="M6 12h12"/>',
    "cross": '<path d="m6.5 6.5 11 11M17.5 6.5l-11 11"/>',
    "arrow": '<path d="M5 12h14M13 6l6 6-6 6"/>',
    "phone": '<path d="M6 4h3l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v3a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2z"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="9" rx="2"/><path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5"/>',
    "print": '<path d="M7 9V4h10v5M7 17H4.5v-7h15v7H17M7.5 14h9v6h-9z"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>',
    "download": '<path d="M12 4v10M8 10.5l4 4 4-4M5 19h14"/>',
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing beside a word. Never alone: it says nothing to those who do not see it."""
    return format_html(
        '<svg class="ls-icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(ICONS[name]),
    )


@dataclass(frozen=True)
class Look:
    """How a state looks beside its word."""

    color: str
    icon: str


LOOKS = {
    "to_do": Look("info", "circle"),
    "in_progress": Look("info", "clock"),
    "overdue": Look("danger", "alert"),
    "expiring": Look("warning", "clock"),
    "done": Look("success", "check"),
    "valid": Look("success", "check"),
    "exempt": Look("neutral", "dash"),
    "not_required": Look("neutral", "dash"),
    "superseded": Look("neutral", "dash"),
    "revoked": Look("danger", "cross"),
    "draft": Look("warning", "circle"),
}


@register.filter
def status_look(state: str) -> Look:
    return LOOKS.get(str(state), Look("neutral", "circle"))


@register.filter
def control(field: Any) -> SafeString:
    """A form control with the house's class. Takes a bound field, or one choice of a list."""
    if isinstance(field, BoundWidget):
        field.data["attrs"]["class"] = CONTROL_CLASS
        return field.tag(wrap_label=False)
    widget: SafeString = field.as_widget(attrs={"class": CONTROL_CLASS})
    return widget


@register.simple_tag
def is_demo() -> bool:
    """Whether this installation only shows example content."""
    return bool(getattr(settings, "LEDSTANG_DEMO", False))


@register.simple_tag
def exit_address() -> str:
    """Where the quick exit leads: somewhere harmless, the same for everyone."""
    return getattr(settings, "LEDSTANG_EXIT_URL", "https://www.smhi.se/")


@register.filter
def iso(value: date | datetime | None) -> str:
    """A date as 2026-11-23, in local time, where there is no place for an element."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = timezone.localdate(value) if timezone.is_aware(value) else value.date()
    return value.isoformat()


@register.filter
def day(value: date | datetime | None) -> str:
    """A date as 2026-11-23, in local time, that never breaks at its hyphens."""
    return format_html('<time datetime="{0}">{0}</time>', iso(value)) if value else ""


@register.filter
def is_over(day: date) -> bool:
    """Whether it is later than a day, in local time."""
    return day < timezone.localdate()


@register.filter
def hyphenated(words: str) -> str:
    """A heading whose long words may break where their parts meet: few browsers know where in Swedish.

    What is kept has no hyphens in it, so that whoever searches for the word finds it.
    """
    return JOINT.sub("\\g<end>\N{SOFT HYPHEN}", words)


@register.filter
def unbroken(words: Any) -> str:
    """Text in which days, and words such as e-tjänst, never break at their hyphens, and e-mail only at its signs."""
    return mark_safe(BRITTLE.sub(_whole, conditional_escape(words)))


def _whole(match: re.Match[str]) -> str:
    if match["day"]:
        return f'<time datetime="{match[0]}">{match[0]}</time>'
    if match["word"]:
        return f'<span class="ls-whole">{match[0]}</span>'
    return match[0].replace("@", "<wbr>@").replace(".", "<wbr>.")


@register.filter
def dial(phone: str) -> str:
    """A phone number as a tel: address takes it."""
    return "".join(ch for ch in phone if ch.isdigit() or ch == "+")


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
    return listed([competence_label(value) for value in values or ()])
