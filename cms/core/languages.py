"""The languages that the interface speaks. What editors have written is always in the site's own."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

# As each calls itself: that is never translated. A language stands here when its catalogue is complete.
OWN_NAMES = {"sv": "Svenska", "en": "English"}


def offered() -> list[tuple[str, str]]:
    """The languages of this site that a visitor may choose from, with their names."""
    return [(code, name) for code, name in OWN_NAMES.items() if code in dict(settings.LANGUAGES)]


def is_foreign() -> bool:
    """Whether the interface now speaks another language than the texts."""
    return get_language() != settings.LANGUAGE_CODE


class Written(str):
    """A name, or words that somebody has written: in the site's own language, whatever the interface speaks."""

    __slots__ = ()


def written(words: Any) -> SafeString:
    """Words that somebody has written, to stand inside a sentence of the interface: marked when that is foreign."""
    if not is_foreign():
        return conditional_escape(words)
    return format_html('<span lang="{}">{}</span>', settings.LANGUAGE_CODE, words)


def listed(words: Sequence[str]) -> str:
    """ "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return gettext("%(some)s and %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}
