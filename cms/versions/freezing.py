"""Turn a page's StreamField into what a version keeps: fragments, register values and files, as values.

Nothing is written here, so a preview uses the very same path as a publication.
"""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import rfc8785
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from wagtail.blocks import ListBlock, StreamValue, StructBlock
from wagtail.images.blocks import ImageChooserBlock

from cms.core.registry import FrozenToken, token_kinds
from cms.core.tokens import Token, find_tokens, replace_tokens

SCHEMA = 1
ASSET = "asset:"
IMAGE_FILTER = "max-1600x1600"


class UnknownTokens(ValueError):
    """A text cites keys that no register has."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        names = ", ".join(f"{{{{{token.kind}:{token.key}}}}}" for token in tokens)
        super().__init__(_("The text cites keys that are in no register: %(keys)s") % {"keys": names})


def sha256(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


@dataclass(frozen=True)
class FrozenAsset:
    """A file to keep. `sha256` is over `data`."""

    sha256: str
    data: bytes
    media_type: str
    width: int | None
    height: int | None

    @property
    def address(self) -> str:
        """What stands in frozen HTML; the real address is put in when served."""
        return ASSET + self.sha256


class AssetCollector:
    """Collects the files that blocks cite while they are rendered."""

    def __init__(self) -> None:
        self.assets: dict[str, FrozenAsset] = {}

    def add(self, image: Any) -> FrozenAsset:
        rendition = image.get_rendition(IMAGE_FILTER)
        with rendition.file.open("rb") as file:
            data = file.read()
        media_type = f"image/{rendition.image_format}" if hasattr(rendition, "image_format") else "image/jpeg"
        asset = FrozenAsset(sha256(data), data, _sniff(data, media_type), rendition.width, rendition.height)
        self.assets[asset.sha256] = asset
        return asset


def _sniff(data: bytes, default: str) -> str:
    signatures = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
    for start, media_type in signatures.items():
        if data.startswith(start):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return "image/avif" if io.BytesIO(data[4:12]).read() == b"ftypavif" else default


@dataclass(frozen=True)
class DraftFragment:
    key: str
    kind: str
    audiences: tuple[str, ...]
    html: str
    text: str
    data: Any
    review: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        return sha256(rfc8785.dumps({"kind": self.kind, "audiences": list(self.audiences), "data": self.data}))


@dataclass(frozen=True)
class Draft:
    """Everything that a version would freeze, before it is frozen."""

    title: str
    fragments: tuple[DraftFragment, ...]
    cites: dict[str, dict[str, Any]] = field(default_factory=dict)
    assets: dict[str, FrozenAsset] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def canonical(self) -> str:
        """RFC 8785 JSON. Rendering is not part of it."""
        return rfc8785.dumps(
            {
                "schema": SCHEMA,
                "title": self.title,
                "fragments": [
                    {
                        "key": fragment.key,
                        "kind": fragment.kind,
                        "audiences": list(fragment.audiences),
                        "data": fragment.data,
                        "review": list(fragment.review),
                        "text": fragment.text,
                    }
                    for fragment in self.fragments
                ],
                "cites": self.cites,
                "assets": sorted(self.assets),
                "extra": self.extra,
            }
        ).decode()

    @property
    def sha256(self) -> str:
        return sha256(self.canonical)

    @property
    def html_sha256(self) -> str:
        return sha256("\n".join(fragment.html for fragment in self.fragments))


class _Freezer:
    """State of one freezing: what has been looked up so far."""

    def __init__(self) -> None:
        self.assets = AssetCollector()
        self.tokens: dict[Token, FrozenToken] = {}
        self.unknown: list[Token] = []

    def look_up(self, text: str) -> None:
        for token in find_tokens(text):
            if token in self.tokens or token in self.unknown:
                continue
            kind = token_kinds.find(token.kind)
            frozen = kind.freeze(token.key) if kind else None
            if frozen is None:
                self.unknown.append(token)
            else:
                self.tokens[token] = frozen

    def cites(self) -> dict[str, dict[str, Any]]:
        cites: dict[str, dict[str, Any]] = {}
        for token, frozen in sorted(self.tokens.items()):
            cites.setdefault(token.kind, {})[token.key] = frozen.value
        return cites

    def fragment(self, child: Any) -> DraftFragment:
        rendered = child.render(context={"assets": self.assets, "anchor": fragment_anchor(child.id)})
        self.look_up(rendered)
        html = replace_tokens(rendered, lambda token: self._html(token)).strip()
        text = replace_tokens(_plain(rendered), lambda token: self._text(token))
        return DraftFragment(
            key=str(child.id),
            kind=child.block_type,
            audiences=tuple(sorted(child.value.get("audiences") or ())),
            html=html,
            text=text,
            data=_data(child.block, child.value, self.assets),
            review=tuple(sorted(child.value.get("review") or ())),
        )

    def _html(self, token: Token) -> str:
        return self.tokens[token].html if token in self.tokens else f"[{token.kind}:{token.key}?]"

    def _text(self, token: Token) -> str:
        return self.tokens[token].text if token in self.tokens else f"[{token.kind}:{token.key}?]"


def fragment_anchor(key: Any) -> str:
    """The id in the page's address: a block keeps it through all versions."""
    return f"a-{str(key)[:8]}"


def _plain(html: str) -> str:
    spaced = html.replace("</p>", "</p>\n").replace("</li>", "</li>\n").replace("</td>", "</td> ")
    lines = (" ".join(line.split()) for line in strip_tags(spaced).splitlines())
    return "\n".join(line for line in lines if line)


def _data(block: Any, value: Any, assets: AssetCollector) -> Any:
    """A block's value as JSON-ready data without database ids: an image becomes its hash."""
    if isinstance(block, StructBlock):
        return {
            name: _data(child, value.get(name), assets)
            for name, child in block.child_blocks.items()
            if name not in ("audiences", "review") or value.get(name)
        }
    if isinstance(block, ListBlock):
        return [_data(block.child_block, item, assets) for item in value]
    if isinstance(block, ImageChooserBlock):
        return assets.add(value).sha256 if value else None
    return block.get_prep_value(value)


def freeze(
    *,
    title: str,
    body: StreamValue,
    extra: dict[str, Any] | None = None,
    texts: Iterable[str] = (),
    strict: bool = True,
) -> Draft:
    """Freeze a StreamField value. `texts` are further texts that cite registers, such as questions.

    Raises UnknownTokens if a text cites a key that no register has, unless `strict` is off (previews).
    """
    body.get_prep_value()  # gives an id to blocks that were made in code
    freezer = _Freezer()
    fragments = tuple(freezer.fragment(child) for child in body)
    for text in texts:
        freezer.look_up(text)
    if freezer.unknown and strict:
        raise UnknownTokens(freezer.unknown)
    return Draft(
        title=title,
        fragments=fragments,
        cites=freezer.cites(),
        assets=freezer.assets.assets,
        extra=extra or {},
    )
