"""The sources that a site has named in LEDSTANG_ROSTER_SOURCES."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.people.enums import MANUAL
from cms.people.roster.vocabularies import NAMES

FILES, SS12000 = "files", "ss12000"
DEFAULT: dict[str, dict[str, Any]] = {"hr": {"label": _("Files from the HR system")}}


@dataclass(frozen=True)
class SourceSettings:
    """`name` is the issuer of the source's keys and never changes; `label` is what people call it."""

    name: str
    label: str | Promise
    kind: str
    vocabulary: str
    options: dict[str, Any] = field(default_factory=dict, repr=False)


def named_sources() -> dict[str, SourceSettings]:
    found = {}
    for name, options in getattr(settings, "LEDSTANG_ROSTER_SOURCES", DEFAULT).items():
        found[name] = SourceSettings(
            name=name,
            label=options.get("label", name),
            kind=options.get("kind", FILES),
            vocabulary=options.get("vocabulary", name),
            options=dict(options),
        )
    return found


def label_of(name: str) -> str:
    """What people call a source, by its name or its vocabulary's. The name itself where nobody has named it."""
    called = {word: one.label for one in named_sources().values() for word in (one.vocabulary, one.name)}
    return str({MANUAL: _("Written in by hand"), **called, **NAMES}.get(name, name))
