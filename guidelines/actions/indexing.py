"""Keep the search index, in the transaction that publishes, withdraws or redacts: it never says anything else."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cms.core.stems import keys_in
from cms.versions.models import Fragment, Withdrawal
from cms.versions.queries import in_force_among
from guidelines.models import GuidelineVersion, SearchSection, SearchTerm
from guidelines.queries.readings import HEADING
from guidelines.queries.search import EVERYBODY, bits_of, pieces_in

OF_TITLE, OF_SUMMARY, OF_HEADING, OF_TEXT = 12, 6, 8, 1
OF_WHAT_STANDS_ABOVE = 0  # is there, but says nothing of this section
MOST_OF_TEXT = 4  # a word that comes again and again says no more than this
BATCH = 500


@dataclass
class _Section:
    """A section while its words are gathered: what each weighs, and who it is for."""

    key: str
    title: str
    readings: int
    weights: Counter[str] = field(default_factory=Counter)
    bits: dict[str, int] = field(default_factory=dict)

    def add(self, words: str, weight: int, bits: int, most: int | None = None) -> None:
        for key in keys_in(words) if bits else ():
            weighed = self.weights[key] + weight
            self.weights[key] = max(self.weights[key], min(weighed, most)) if most else weighed
            self.bits[key] = self.bits.get(key, 0) | bits


@transaction.atomic
def index_guideline(*, key: UUID) -> int:
    """Make a guideline's part of the search index anew. Returns how many sections it has.

    In: the version in force and those that are to come. Out: whatever has been withdrawn by today.
    """
    today = timezone.localdate()
    versions = list(GuidelineVersion.objects.select_for_update().filter(key=key))  # one at a time for each guideline
    SearchSection.objects.filter(version__in=versions).delete()
    if Withdrawal.objects.filter(key=key, withdrawn_on__lte=today).exists():
        return 0
    current = in_force_among(versions, today)
    return sum(_index(version) for version in versions if version == current or version.is_pending(today))


def rebuild_search() -> int:
    """Make the whole index anew, one guideline at a time, while others publish. Returns how many sections it has."""
    keys = set(GuidelineVersion.objects.values_list("key", flat=True))
    return sum(index_guideline(key=key) for key in sorted(keys))


def _index(version: GuidelineVersion) -> int:
    sections = list(_sections(version))
    rows = SearchSection.objects.bulk_create(
        SearchSection(version=version, key=one.key, position=place, title=one.title[:400], readings=one.readings)
        for place, one in enumerate(sections)
    )
    SearchTerm.objects.bulk_create(
        [
            SearchTerm(section=row, term=term, weight=weight, readings=one.bits[term])
            for row, one in zip(rows, sections, strict=True)
            for term, weight in one.weights.items()
        ],
        batch_size=BATCH,
    )
    return len(rows)


def _sections(version: GuidelineVersion) -> Iterator[_Section]:
    """A guideline's sections: what stands before its first heading, with title and summary; one for each heading."""
    section, above = _Section("", "", EVERYBODY), ""
    section.add(version.title, OF_TITLE, EVERYBODY)
    section.add(version.summary, OF_SUMMARY, EVERYBODY)
    for fragment in Fragment.objects.filter(content=version.content_id).order_by("position"):
        pieces = list(pieces_in(fragment))
        if fragment.kind != HEADING:
            for bits, words in pieces:
                section.add(words, OF_TEXT, bits & section.readings, most=MOST_OF_TEXT)
            continue
        yield section
        words, bits = " ".join(words for _bits, words in pieces), bits_of(fragment.audiences)
        is_part = fragment.html.startswith("<h3") and bool(above)
        section = _Section(fragment.key, f"{above}: {words}" if is_part else words, bits)
        section.add(words, OF_HEADING, bits)
        section.add(f"{version.title} {above if is_part else ''}", OF_WHAT_STANDS_ABOVE, bits)
        above = above if is_part else words
    yield section
