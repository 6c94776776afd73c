"""A guideline through time: any two of its versions side by side, and all of them as a stream of news."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from cms.core.enums import Visibility
from cms.core.tokens import Token, replace_tokens
from cms.references.models import Contact
from cms.references.slots import CONTACT, LAW
from cms.versions.comparison import Passage, Run, Stretch, compare, compare_words, folded
from cms.versions.models import Fragment
from cms.versions.queries import REDACTED
from guidelines.models import GuidelinePage, GuidelineVersion
from guidelines.permissions import user_can_read
from guidelines.queries.documents import Document, restricted_orphans, restrictions_on

FACTS = (
    "title",
    "kind",
    "summary",
    "decided_by",
    "decided_on",
    "decision_ref",
    "record_number",
    "owner_function",
    "replaces",
    "review_by",
    "statement",
    "questions",
)
MOST_NEWS = 50


@dataclass(frozen=True)
class ChangedFact:
    """Something beside the text that differs: what editors call it, and its words."""

    label: str
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Comparison:
    """Two versions of a guideline, the earlier first."""

    earlier: GuidelineVersion
    later: GuidelineVersion
    facts: tuple[ChangedFact, ...]
    stretches: tuple[Stretch, ...]

    @property
    def changed(self) -> int:
        """How many sections differ in some way."""
        return sum(len(stretch.sections) for stretch in self.stretches if not stretch.is_same)

    @property
    def is_equal(self) -> bool:
        return not self.facts and not self.changed


def comparison(one: GuidelineVersion, other: GuidelineVersion) -> Comparison:
    """What differs between two versions, whichever is named first, in a few queries.

    A contact route that was open to everybody when its name was frozen, and is not any more, is not named.
    """
    earlier, later = sorted((one, other), key=lambda version: (version.major, version.minor))
    passages: dict[int, list[Passage]] = {}
    hidden = _hidden_today(earlier, later)
    rows = Fragment.objects.filter(content__in={earlier.content_id, later.content_id}).order_by("position")
    for row in rows:
        words = _without(row.text, hidden)
        passages.setdefault(row.content_id, []).append(Passage(row.key, row.kind, words, row.sha256))
    sections = compare(passages.get(earlier.content_id, []), passages.get(later.content_id, []))
    return Comparison(earlier, later, tuple(_facts(earlier, later)), folded(sections))


def _hidden_today(*versions: GuidelineVersion) -> set[str]:
    """The names that contact routes had when the versions were frozen, of those that not everybody may see today."""
    cited: dict[str, set[str]] = {}
    for version in versions:
        for key, then in version.content.parts["cites"].get(CONTACT, {}).items():
            cited.setdefault(key, set()).update(contact["name"] for contact in then)
    is_open: dict[str, bool] = {}
    for key, visibility in Contact.objects.filter(key__in=cited).values_list("key", "visibility"):
        is_open[key] = is_open.get(key, True) and visibility == Visibility.OPEN
    return {name for key, names in cited.items() if not is_open.get(key) for name in names}


def _without(text: str, names: Collection[str]) -> str:
    for name in names:
        text = text.replace(f"[{name}]", f"[{_('contact route')}]")
    return text


def _facts(earlier: GuidelineVersion, later: GuidelineVersion) -> Iterator[ChangedFact]:
    for name in FACTS:
        before, after = _shown(earlier, name), _shown(later, name)
        if before != after:
            yield ChangedFact(str(GuidelinePage._meta.get_field(name).verbose_name), compare_words(before, after))


def _shown(version: GuidelineVersion, name: str) -> str:
    if name == "kind":
        return str(version.get_kind_display())
    if name == "questions":
        return _asked(version)
    value = getattr(version, name)
    return "" if value is None else str(value)


def _asked(version: GuidelineVersion) -> str:
    """The control questions with their choices, and never which are right; contacts are not named."""
    laws = version.content.parts["cites"].get(LAW, {})

    def cited(token: Token) -> str:
        return str(laws[token.key]["citation"]) if token.kind == LAW else f"[{_('contact route')}]"

    return "\n".join(
        replace_tokens(f"{one.text} {' / '.join(choice.text for choice in one.choices)}", cited)
        for one in version.questions
    )


def pair_to_compare(document: Document, current: GuidelineVersion | None) -> tuple[GuidelineVersion, GuidelineVersion]:
    """What a reader most likely wants to compare: the version in force with the last of the major version before."""
    later = current or document.latest
    earlier = [v for v in document.versions if (v.major, v.minor) < (later.major, later.minor)]
    substantive = [version for version in earlier if version.major < later.major]
    return next(iter(substantive or earlier), later), later


def open_news(key: UUID | None = None) -> Sequence[GuidelineVersion]:
    """The latest published versions that anybody may read, the newest first; those of one guideline if asked."""
    rows = GuidelineVersion.objects.select_related("page").order_by("-published_at", "-pk")
    found = list((rows.filter(key=key) if key else rows)[:MOST_NEWS])
    restrictions = restrictions_on(version.page.path for version in found if version.page)
    orphans = restricted_orphans(version.key for version in found if version.page is None)
    visitor = AnonymousUser()
    return [
        version
        for version in found
        if user_can_read(
            visitor,
            restrictions.get(version.page.path, []) if version.page else [],
            is_orphan=version.key in orphans,
        )
    ]


def passages_of(key: UUID) -> list[tuple[str, str]]:
    """Every passage that stands in some version of a guideline: its hash, and where it stands with its words.

    Each once, as it first appears, and whole: it is looked for by its words and cannot be put back. Headings, and what
    has been taken out already, are not among them.
    """
    numbers: dict[int, list[str]] = {}
    for version in GuidelineVersion.objects.of(key).order_by("major", "minor"):
        numbers.setdefault(version.content_id, []).append(version.number)
    rows = Fragment.objects.filter(content__in=numbers).exclude(kind="heading").order_by("content", "position")
    texts: dict[str, str] = {}
    standing: dict[str, list[str]] = {}
    for row in rows:
        if REDACTED not in row.html:
            texts.setdefault(row.sha256, " ".join(row.text.split()))
            standing.setdefault(row.sha256, []).extend(numbers[row.content_id])
    return [
        (sha256, _("Version %(numbers)s: %(words)s") % {"numbers": ", ".join(standing[sha256]), "words": words})
        for sha256, words in texts.items()
    ]
