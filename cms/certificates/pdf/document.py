"""From facts to a rendering job: the HTML of a kind, its CSS, and every byte that it may show."""

from functools import cache
from importlib.metadata import version
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from cms.certificates.enums import CertificateKind
from cms.certificates.facts import (
    Facts,
    GuidelineFacts,
    Letterhead,
    PersonalFacts,
    PosterFacts,
    from_json,
    letterhead_of,
)
from cms.certificates.models import Certificate, CertificateAsset
from cms.certificates.names import direction
from cms.certificates.pdf import layout, qr
from cms.certificates.pdf.cleaning import cited, clean
from cms.certificates.pdf.ornament import handrail, rule
from cms.certificates.pdf.renderer import Attachment, Job, RenderingFailed
from cms.core.colours import readable

LANGUAGE = "sv"
FOLDER = "ledstang_certificates/pdf"
FOOT_LETTERS = 60
SHEETS = {
    CertificateKind.COURSE: ("diploma",),
    CertificateKind.PATH: ("diploma",),
    CertificateKind.UNITS: ("diploma",),
    CertificateKind.RECEIPT: ("document",),
    CertificateKind.TRANSCRIPT: ("document",),
    CertificateKind.STATEMENT: ("document",),
    CertificateKind.GUIDELINE: ("document",),
    CertificateKind.POSTER: ("document", "poster"),
}
LOOKS = {"diploma": "lying", "document": "standing", "poster": "poster"}
UNITS = pgettext_lazy("certificate", "Units")
PARTS = {  # what a certificate lists: in short, and as a heading
    CertificateKind.COURSE: (UNITS, gettext_lazy("The units of the course")),
    CertificateKind.PATH: (pgettext_lazy("certificate", "Courses"), gettext_lazy("The courses of the path")),
    CertificateKind.UNITS: (UNITS, gettext_lazy("Units done")),
}
Assets = dict[str, tuple[str, bytes]]


@cache
def _producer() -> str:
    """Only the renderer's own process loads WeasyPrint."""
    return f"WeasyPrint {version('weasyprint')}"


def compose(certificate: Certificate) -> Job:
    """What is rendered for a certificate: from its frozen facts and kept files, never from elsewhere."""
    facts, letterhead = from_json(certificate.facts), letterhead_of(certificate.facts)
    kept = _kept(facts, letterhead)
    return compose_facts(
        facts,
        letterhead,
        public_id=certificate.public_id,
        issued_on=timezone.localdate(certificate.issued_at).isoformat(),
        created=timezone.localtime(certificate.issued_at).isoformat(timespec="seconds"),
        kept=kept,
    )


def compose_facts(
    facts: Facts, letterhead: Letterhead, *, public_id: str, issued_on: str, created: str, kept: Assets
) -> Job:
    """The same from values alone, for previews and measurements."""
    with translation.override(LANGUAGE):
        _refuse_without_swedish()
        context = _context(facts, letterhead, public_id, issued_on, arms=letterhead.arms in kept)
        html = render_to_string(f"{FOLDER}/{facts.kind}.html", context)
        css = tuple(render_to_string(f"{FOLDER}/{name}.css") for name in ("common", *SHEETS[facts.kind]))
    embedded = facts.embedded if isinstance(facts, GuidelineFacts) else ()
    return Job(
        html=html,
        css=css,
        description={
            "title": context["title"],
            "author": context["issuer"] or "Ledstång",
            "subject": _subject(facts, public_id),
            "language": LANGUAGE,
            "created": created,
            "generator": "Ledstång",
            "producer": _producer(),
            "part": 3 if embedded else 2,
        },
        assets={
            "qr": ("image/svg+xml", qr.svg(context["address"])),
            "handrail": ("image/svg+xml", handrail(letterhead.colour)),
            "rule": ("image/svg+xml", rule(letterhead.colour)),
            **kept,
        },
        attachments=tuple(Attachment(one.sha256, one.name, one.description) for one in embedded),
    )


def _context(facts: Facts, letterhead: Letterhead, public_id: str, issued_on: str, *, arms: bool) -> dict[str, Any]:
    """Everything that a kind's template may show."""
    address = _address(facts, letterhead, public_id)
    sections = _sections(facts, letterhead.address)
    holder = facts.holder if isinstance(facts, PersonalFacts) else ""
    return {
        "facts": facts,
        "letterhead": letterhead,
        "title": title_of(facts),
        "issuer": facts.issuer or letterhead.issuer or letterhead.city,
        "colour": letterhead.colour,
        "ink": readable(letterhead.colour),
        "signed_by": "" if isinstance(facts, GuidelineFacts | PosterFacts) else letterhead.function,
        "public_id": public_id,
        "number": in_groups(public_id),
        "foot": _foot(facts, public_id),
        "address": address,
        "issued_on": issued_on,
        "shown_address": address.split("://", 1)[-1],
        "direction": direction(holder),
        "size": layout.step(holder, layout.NAME_STEPS),
        "title_size": layout.step(getattr(facts, "title", ""), layout.TITLE_STEPS),
        "units_in_front": layout.units_in_front(facts),
        "parts": PARTS.get(CertificateKind(facts.kind)),
        "language": LANGUAGE,
        "look": " ".join(LOOKS[name] for name in SHEETS[CertificateKind(facts.kind)]),
        "crowded": layout.is_crowded(facts),
        "arms": arms,
        "shows_contacts": any('class="contact' in section for section in sections),
        "sections": sections,
    }


def _address(facts: Facts, letterhead: Letterhead, public_id: str) -> str:
    """Where the code on the sheet leads: to the verification, from a poster to the contact routes of today."""
    if isinstance(facts, PosterFacts):
        return letterhead.address.rstrip("/") + facts.path
    return verification_address(letterhead.address, public_id)


def _sections(facts: Facts, address: str) -> list[SafeString]:
    return [clean(section.html, address) for section in facts.sections] if isinstance(facts, GuidelineFacts) else []


def _kept(facts: Facts, letterhead: Letterhead) -> Assets:
    wanted = {letterhead.arms} if letterhead.arms else set()
    if isinstance(facts, GuidelineFacts):
        wanted |= {one.sha256 for one in facts.embedded}
        wanted |= {sha for section in facts.sections for sha in cited(section.html)}
    if not wanted:
        return {}
    rows = CertificateAsset.objects.filter(sha256__in=wanted)
    found = {row.sha256: (row.media_type, row.read()) for row in rows}
    if wanted - found.keys():
        raise RenderingFailed("a file that belongs to the certificate is not kept")
    return found


def _refuse_without_swedish() -> None:
    """A certificate in the wrong language would be wrong for ever."""
    if pgettext("certificate", "Certificate") == "Certificate":
        raise RenderingFailed("the Swedish translation is not compiled")


def in_groups(public_id: str) -> str:
    """The number as it is read aloud: in groups of four."""
    return " ".join(public_id[start : start + 4] for start in range(0, len(public_id), 4))


def verification_address(base: str, public_id: str) -> str:
    return base.rstrip("/") + reverse("ledstang_certificates:verify", args=[public_id])


def title_of(facts: Facts) -> str:
    """What the document is called, in readers and in lists. Names nobody."""
    kind = CertificateKind(facts.kind)
    if kind == CertificateKind.TRANSCRIPT:
        return _("Transcript as of %(day)s") % {"day": facts.as_of}  # type: ignore[union-attr]
    if kind == CertificateKind.STATEMENT:
        return _("Statement as of %(day)s: %(unit)s") % {"day": facts.as_of, "unit": facts.org_unit}  # type: ignore[union-attr]
    if isinstance(facts, PosterFacts):
        return facts.title
    values = {"title": facts.title, "version": facts.version}  # type: ignore[union-attr]
    if kind == CertificateKind.RECEIPT:
        return _("Receipt: %(title)s, version %(version)s") % values
    if kind == CertificateKind.GUIDELINE:
        return _("%(title)s, version %(version)s") % values
    return _("Certificate: %(title)s, version %(version)s") % values


def _foot(facts: Facts, public_id: str) -> str:
    """What stands at the foot of every sheet, so that a loose one can be told: which document, and its number."""
    name = title_of(facts) if isinstance(facts, GuidelineFacts | PosterFacts) else CertificateKind(facts.kind).label
    return f"{Truncator(str(name)).chars(FOOT_LETTERS)} · {pgettext('certificate', 'Number')} {in_groups(public_id)}"


def _subject(facts: Facts, public_id: str) -> str:
    values: dict[str, Any] = {"kind": CertificateKind(facts.kind).label, "number": public_id}
    with translation.override(LANGUAGE):
        return _("%(kind)s number %(number)s") % values
