"""Frozen HTML on its way into a PDF: only the elements that the house's blocks write, and only pictures that came
with the document. The closed fetcher stands behind."""

import re

import nh3
from django.utils.safestring import SafeString, mark_safe

TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "strong", "b", "em", "i", "br", "a", "span", "div",
    "section", "aside", "figure", "figcaption", "img", "table", "caption", "thead", "tbody", "tr", "th", "td",
    "blockquote", "abbr", "sup", "sub",
}  # fmt: skip
ATTRIBUTES = {
    "*": {"class", "lang", "dir", "id"},
    "a": {"href"},
    "img": {"src", "alt"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
ASSET = re.compile(r"asset:([0-9a-f]{64})")


def clean(html: str) -> SafeString:
    """Without scripts, styles, forms, frames, foreign addresses of pictures and unknown elements."""
    return mark_safe(
        nh3.clean(
            html,
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes={"https", "http", "mailto", "tel", "asset"},
            attribute_filter=_only_own_pictures,
            link_rel=None,
        )
    )


def _only_own_pictures(element: str, attribute: str, value: str) -> str | None:
    if element == "img" and attribute == "src":
        return value if ASSET.fullmatch(value) else None
    if element == "a" and attribute == "href":
        return value if not value.startswith("asset:") else None
    return value


def cited(html: str) -> set[str]:
    """The hashes of the pictures that the cleaned HTML shows."""
    return set(ASSET.findall(clean(html)))
