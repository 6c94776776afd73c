"""Turn a page's StreamField into what a version keeps: fragments, register values and files, as values.

Nothing is written here, so a preview uses the very same path as a publication.
"""

import hashlib
import io
import mimetypes
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rfc8785
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import conditional_escape, strip_tags
from django.utils.translation import gettext as _
from wagtail.blocks import ListBlock, MultipleChoiceBlock, RichTextBlock, StreamValue, StructBlock
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import VideoChooserBlock

from cms.core.models import Refused
from cms.core.registry import FrozenToken, token_kinds
from cms.core.tokens import Token, find_slots, find_tokens, replace_tokens
from cms.versions.blocks import Place
from cms.versions.models import VersionAsset
from cms.versions.quoting import Quoted, quote

SCHEMA = 1
ASSET = "asset:"
IMAGE_FILTER = "max-1600x1600"
BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')  # Wagtail's rich-text editor names paragraphs, for comments
MARKS = ("audiences", "review")  # for whom a section is and who must review it: kept beside what it says
FROZEN_FILE = re.compile(r"asset:([0-9a-f]{64})")
DOCUMENT_LINK = re.compile(r'<a\b(?=[^>]*\blinktype="document")[^>]*\bid="(\d+)"')


class UnknownTokens(Refused):
    """A text cites keys that no register has."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        names = ", ".join(f"{{{{{token.kind}:{token.key}}}}}" for token in tokens)
        super().__init__(_("The text cites keys that are in no register: %(keys)s") % {"keys": names})


def sha256(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


@dataclass(frozen=True)
class FrozenAsset:
    """A file to keep. `sha256` is over `data`; `source_url` is where it lies today, for previews."""

    sha256: str
    data: bytes
    media_type: str
    width: int | None = None
    height: int | None = None
    filename: str = ""
    source_url: str = ""

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
        return self._keep(
            FrozenAsset(
                sha256(data),
                data,
                _sniff(data, media_type),
                rendition.width,
                rendition.height,
                source_url=rendition.url,
            )
        )

    def add_document(self, document: Any) -> FrozenAsset:
        with document.file.open("rb") as file:
            data = file.read()
        name = Path(document.filename).name
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return self._keep(FrozenAsset(sha256(data), data, media_type, filename=name, source_url=document.url))

    def add_video(self, video: Any) -> FrozenAsset:
        with video.file.open("rb") as file:
            data = file.read()
        media_type = mimetypes.guess_type(video.filename)[0] or "application/octet-stream"
        width, height = (video.width, video.height) if video.width and video.height else (None, None)
        asset = FrozenAsset(sha256(data), data, media_type, width=width, height=height, source_url=video.url)
        return self._keep(asset)

    def add_frozen(self, hashes: Iterable[str]) -> None:
        """Files that another version has frozen already."""
        for row in VersionAsset.objects.filter(sha256__in=set(hashes) - set(self.assets)):
            with row.file.open("rb") as file:
                data = file.read()
            address = reverse("ledstang_versions:asset", args=[row.sha256])
            kept = FrozenAsset(row.sha256, data, row.media_type, row.width, row.height, row.filename, address)
            self._keep(kept)

    def _keep(self, asset: FrozenAsset) -> FrozenAsset:
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
    quotes: tuple[dict[str, str], ...] = ()

    def _written(self) -> dict[str, Any]:
        """What the editor wrote. Neither rendering nor the registers' values are part of it."""
        return {
            "schema": SCHEMA,
            "title": self.title,
            "fragments": [
                {
                    "key": fragment.key,
                    "kind": fragment.kind,
                    "audiences": list(fragment.audiences),
                    "data": fragment.data,
                    "review": list(fragment.review),
                }
                for fragment in self.fragments
            ],
            "assets": sorted(self.assets),
            "extra": self.extra,
            **({"quotes": list(self.quotes)} if self.quotes else {}),
        }

    @property
    def canonical(self) -> str:
        """RFC 8785 JSON of what was written and of what the cited registers said. Rendering is not part of it."""
        return rfc8785.dumps({**self._written(), "cites": self.cites}).decode()

    @property
    def sha256(self) -> str:
        return sha256(self.canonical)

    @property
    def written_sha256(self) -> str:
        """What a plan to publish is bound to: an edit changes it, a new telephone number in a register does not."""
        return sha256(rfc8785.dumps(self._written()))

    @property
    def html_sha256(self) -> str:
        return sha256("\n".join(fragment.html for fragment in self.fragments))


class QuoteCollector:
    """Looks up the sections that blocks quote while they are rendered, with the files that stand in them."""

    def __init__(self, assets: AssetCollector) -> None:
        self.assets = assets
        self.found: dict[str, Quoted] = {}

    def of(self, value: Any, anchor: str) -> Quoted | None:
        quoted = quote(Place.parse(value.get("section")), (value.get("version") or "").strip(), anchor)
        if quoted is not None:
            self.found[anchor] = quoted
            self.assets.add_frozen(FROZEN_FILE.findall(quoted.html))
        return quoted

    @property
    def citations(self) -> tuple[dict[str, str], ...]:
        """What was quoted, each once, in the text's order."""
        return tuple(
            {str(quoted.place) + quoted.version.number: quoted.citation for quoted in self.found.values()}.values()
        )


class _Freezer:
    """State of one freezing: what has been looked up so far."""

    def __init__(self) -> None:
        self.assets = AssetCollector()
        self.quotes = QuoteCollector(self.assets)
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
        anchor = fragment_anchor(child.id)
        rendered = child.render(context={"assets": self.assets, "quotes": self.quotes, "anchor": anchor})
        data = _data(child.block, child.value, self.assets)
        for mark in MARKS:
            data.pop(mark, None)
        rendered = self.freeze_documents(BLOCK_KEY.sub("", rendered), data)
        self.look_up(rendered)
        self.look_up_quoted(rendered)
        quoted = self.quotes.found.get(anchor)
        html = replace_tokens(rendered, lambda token: self._html(token)).strip()
        text = replace_tokens(_plain(rendered), lambda token: self._text(token))
        return DraftFragment(
            key=str(child.id),
            kind=child.block_type,
            audiences=tuple(sorted(child.value.get("audiences") or ())),
            html=html,
            text=text,
            data=data,
            review=tuple(sorted({*(child.value.get("review") or ()), *(quoted.reviews if quoted else ())})),
        )

    def look_up_quoted(self, rendered: str) -> None:
        """What a quoted section cites is cited here too, as long as its register has it."""
        for token in find_slots(rendered):
            kind = token_kinds.find(token.kind)
            frozen = kind.freeze(token.key) if kind and token not in self.tokens else None
            if frozen is not None:
                self.tokens[token] = frozen

    def freeze_documents(self, rendered: str, data: Any) -> str:
        """Point links to documents at copies of the files, by hash. A document that is gone keeps its dead link."""
        ids = {int(match) for source in strings_in(data) for match in DOCUMENT_LINK.findall(source)}
        for document in get_document_model().objects.filter(pk__in=ids).order_by("pk") if ids else ():
            here = f'href="{conditional_escape(document.url)}"'
            rendered = rendered.replace(here, f'href="{self.assets.add_document(document).address}"')
        return rendered

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
    """A block's value as JSON-ready data without database ids: an image or a file becomes its hash."""
    if isinstance(block, StructBlock):
        return {
            name: _data(child, value.get(name), assets)
            for name, child in block.child_blocks.items()
            if name not in MARKS or value.get(name)
        }
    if isinstance(block, ListBlock):
        return [_data(block.child_block, item, assets) for item in value]
    if isinstance(block, ImageChooserBlock):
        return assets.add(value).sha256 if value else None
    if isinstance(block, VideoChooserBlock):
        return assets.add_video(value).sha256 if value else None
    if isinstance(block, DocumentChooserBlock):
        return assets.add_document(value).sha256 if value else None
    if isinstance(block, MultipleChoiceBlock):
        return sorted(value or ())
    if isinstance(block, RichTextBlock):
        return BLOCK_KEY.sub("", block.get_prep_value(value) or "")
    return block.get_prep_value(value)


def strings_in(data: Any) -> Iterator[str]:
    """Every string in a block's data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, (list, dict)):
        for part in data.values() if isinstance(data, dict) else data:
            yield from strings_in(part)


def freeze(
    *,
    title: str,
    body: StreamValue,
    extra: dict[str, Any] | None = None,
    texts: Iterable[str] = (),
    strict: bool = True,
) -> Draft:
    """Freeze a StreamField value. `texts` are further texts that cite registers, such as questions.

    Words of templates are in the site's language, whatever language the editor has chosen for the admin.
    Raises UnknownTokens if a text cites a key that no register has, unless `strict` is off (previews).
    """
    body.get_prep_value()  # gives an id to blocks that were made in code
    freezer = _Freezer()
    with translation.override(settings.LANGUAGE_CODE):
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
        quotes=freezer.quotes.citations,
    )
