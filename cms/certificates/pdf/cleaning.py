"""Frozen HTML on its way into a PDF: only the elements that the house's blocks write, and only pictures that came
with the document. The closed fetcher stands behind."""

import re
from functools import partial

import nh3
from django.utils.safestring import SafeString, mark_safe

TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "strong", "b", "em", "i", "br", "a", "span", "div",
    "section", "aside", "figure", "figcaption", "img", "table", "caption", "thead", "tbody", "tr", "th", "td",
    "blockquote", "abbr", "sup", "sub",
}  # fmt: skip
ATTRIBUTES = {
    "*": {"class", "lang", "dir", "id"},
    "div": {"data-tone"},
    "a": {"href"},
    "img": {"src", "alt"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
ASSET = re.compile(r"asset:([0-9a-f]{64})")


def clean(html: str, base: str = "") -> SafeString:
    """Without scripts, styles, forms, frames, foreign addresses of pictures and unknown elements.

    Links into our own site begin with `base`. Links within the text are dropped, since a reading may lack their
    goal, and so are links to call: a number on paper may have changed.
    """
    return mark_safe(
        nh3.clean(
            html,
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes={"https", "http", "mailto", "asset"},
            attribute_filter=partial(_kept, base),
            link_rel=None,
        )
    )


def _kept(base: str, element: str, attribute: str, value: str) -> str | None:
    if element == "img" and attribute == "src":
        return value if ASSET.fullmatch(value) else None
    if element == "a" and attribute == "href":
        if value.startswith("/") and not value.startswith("//"):
            return base.rstrip("/") + value if base else None
        return value if value.startswith(("https://", "http://", "mailto:")) else None
    return value


def cited(html: str) -> set[str]:
    """The hashes of the pictures that the cleaned HTML shows."""
    return set(ASSET.findall(clean(html)))
