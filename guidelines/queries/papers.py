"""What our documents say: a version in one reading, the receipt of an acknowledgement, contact routes to put up."""

import re
from collections.abc import Collection
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.certificates.enums import CertificateKind
from cms.certificates.facts import GuidelineFacts, PosterFacts, ReceiptFacts, RouteFacts, SectionFacts
from cms.certificates.models import Certificate
from cms.core.enums import Audience, Competence
from cms.core.languages import listed
from cms.people.models import District
from cms.references.enums import ContactKind
from cms.references.queries import open_contacts
from cms.references.standby import nearest
from cms.versions.models import VersionAsset
from cms.versions.queries import asset_base, text_of
from cms.versions.registry import Paper
from guidelines.enums import GuidelineKind
from guidelines.models import Acknowledgement, GuidelineVersion
from guidelines.queries.documents import Document, address, may_read
from guidelines.queries.readings import EVERYTHING, Reading, read_text

ALWAYS_THERE = {"112", "114 14"}  # stand at the top of every poster
PICTURE = re.compile(r'src="asset:([0-9a-f]{64})"')


def document_facts(document: Document, version: GuidelineVersion, audience: str | None, on: date) -> GuidelineFacts:
    """A version as a visitor without an account may read it on a day: the same facts until something is said anew.

    Contacts that are not open to everyone are never in it, whoever asks.
    """
    applies = version == document.in_force(on) or version.is_pending(on)
    reading = read_text(
        text_of(version.content_id),
        person=None,
        on=on,
        audience=audience or EVERYTHING,
        frozen=None if applies else version.content.parts["cites"],
    )
    shown = asset_base()
    return GuidelineFacts(
        label=str(version.get_kind_display()),
        title=version.title,
        version=version.number,
        version_sha256=version.sha256,
        effective_on=version.effective_on.isoformat(),
        published_on=timezone.localdate(version.published_at).isoformat(),
        path=address(version),
        sections=tuple(SectionFacts(part.html.replace(f'src="{shown}', 'src="asset:')) for part in reading.sections),
        summary=version.summary,
        reading=reading_name(reading.audience),
        change_note=version.change_note,
        decided_by=version.decided_by,
        decided_on=_iso(version.decided_on),
        decision_ref=version.decision_ref,
        record_number=version.record_number,
        owner_function=version.owner_function,
        replaces=version.replaces,
        review_by=_iso(version.review_by),
        notice=" ".join(_notices(document, version, reading, on)),
        is_restricted=not may_read(document, AnonymousUser()),
    )


def reading_name(audience: str | None) -> str:
    """What a document calls the reading that it shows. Empty for everything."""
    if audience is None:
        return ""
    return _("Reading for %(audience)s") % {"audience": Audience(audience).label.lower()}


def papers(hashes: Collection[str]) -> dict[str, list[Paper]]:
    """The documents last made of some contents, one for each version and reading, by the content's hash.

    Those made before are out of what is answered for: whoever fetches the version today gets the last one.
    """
    rows = Certificate.objects.filter(kind=CertificateKind.GUIDELINE, facts__version_sha256__in=list(hashes))
    last: dict[tuple[str, str, str], Certificate] = {}
    for row in rows.order_by("pk"):
        last[row.facts["version_sha256"], row.facts["version"], row.facts.get("reading", "")] = row
    audiences: dict[str, str | None] = {reading_name(audience): audience for audience in Audience.values}
    found: dict[str, list[Paper]] = {}
    for (sha256, _number, reading), row in last.items():
        name = _("PDF of %(day)s") % {"day": timezone.localdate(row.issued_at).isoformat()}
        html = "".join(section["html"] for section in row.facts["sections"])
        found.setdefault(sha256, []).append(
            Paper(f"{name}, {reading.lower()}" if reading else name, audiences.get(reading), html)
        )
    return found


def _iso(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _notices(document: Document, version: GuidelineVersion, reading: Reading, on: date) -> list[str]:
    """What must be known before the text: what it is worth, and whether it applies."""
    laid = {notice.text: timezone.localdate(notice.laid_at).isoformat() for notice in document.notices}
    found = [_("Notice of %(day)s: %(text)s") % {"day": day, "text": text} for text, day in laid.items()]
    if version.kind == GuidelineKind.PROPOSAL:
        found.append(_("This is a proposal. Nobody has decided on it, and it does not apply."))
    elif version.kind == GuidelineKind.SUPPORT:
        found.append(_("This is support material: advice, not a decision."))
    if version.is_pending(on):
        words = {"number": version.number, "day": version.effective_on.isoformat()}
        found.append(_("Version %(number)s does not apply until %(day)s.") % words)
    elif version != document.in_force(on):
        found.append(_("This is version %(number)s, which does not apply any more.") % {"number": version.number})
    if reading.open_reviews:
        who = listed([str(Competence(competence).label) for competence in reading.open_reviews])
        found.append(_("Not reviewed: parts of the text are to be reviewed by %(who)s.") % {"who": who})
    return found


def pictures_in(facts: GuidelineFacts) -> dict[str, tuple[str, bytes]]:
    """The frozen pictures that a document shows, as media type and bytes by hash."""
    wanted = {sha256 for section in facts.sections for sha256 in PICTURE.findall(section.html)}
    found = {}
    for row in VersionAsset.objects.filter(sha256__in=wanted):
        with row.file.open("rb") as file:
            found[row.sha256] = (row.media_type, file.read())
    return found


def receipt_facts(kept: Acknowledgement) -> ReceiptFacts:
    """What somebody has stated, about the version that they had on their screen."""
    version = kept.version
    return ReceiptFacts(
        holder=kept.person.full_name,
        title=version.title,
        version=version.number,
        version_sha256=kept.sha256,
        statement=kept.statement,
        acknowledged_on=timezone.localdate(kept.acknowledged_at).isoformat(),
        effective_on=version.effective_on.isoformat(),
        decided_by=version.decided_by,
        path=address(version),
    )


def poster_facts(district: District | None, on: date) -> PosterFacts:
    """The contact routes of a district, or of the whole city, that anybody may see on a day: to put up on a wall."""
    address = reverse("ledstang_references:contacts")
    shown = nearest(open_contacts(on), district)
    in_order = sorted(shown, key=lambda contact: ContactKind.values.index(contact.kind))
    return PosterFacts(
        title=_("Contact routes in %(name)s") % {"name": district.name} if district else _("Contact routes"),
        path=f"{address}?{urlencode({'omrade': district.key})}" if district else address,
        routes=tuple(
            RouteFacts(
                list=str(ContactKind(contact.kind).label),
                name=contact.name,
                phone=contact.phone,
                web=contact.url,
                hours=contact.hours,
                ages=contact.ages,
            )
            for contact in in_order
            if contact.phone not in ALWAYS_THERE
        ),
    )


def poster_part(request: Any, *, district: str | None) -> dict[str, Any]:
    """What the page of contact routes needs to lead to the sheet of the district that it shows."""
    address = reverse("guidelines:poster")
    return {"poster_url": f"{address}?{urlencode({'omrade': district})}" if district else address}
