"""Issue certificates, make their files, revoke and supersede them."""

import contextvars
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cms.certificates import kept
from cms.certificates.enums import CorrectionReason, EventKind, RevocationReason
from cms.certificates.facts import Facts, Letterhead, PersonalFacts, as_json, from_json, sha256, without_name
from cms.certificates.models import (
    Certificate,
    CertificateAsset,
    CertificateBundle,
    CertificateEvent,
    CertificateFile,
    asset_path,
)
from cms.certificates.pdf.document import compose_facts
from cms.certificates.pdf.making import try_to_make
from cms.certificates.pdf.renderer import renderer
from cms.certificates.pdf.samples import NUMBER
from cms.certificates.queries import is_own
from cms.certificates.tasks import prepare_bundle
from cms.core.addresses import site_address
from cms.core.models import CitySettings
from cms.core.prepared import write_once
from cms.core.storage import private_storage
from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import OrgUnit, Person

logger = logging.getLogger(__name__)

KEEP_BUNDLES_DAYS = 30
ARMS = "max-800x800|format-png"
_files_later = contextvars.ContextVar("ledstang_files_later", default=False)


class CertificateError(ValueError):
    """A rule about certificates would be broken. The text names no person."""


class NotValid(CertificateError):
    """The certificate has been revoked or superseded already."""


@contextmanager
def files_later() -> Iterator[None]:
    """Inside, certificates are issued without their files, which are then made at the first fetch."""
    token = _files_later.set(True)
    try:
        yield
    finally:
        _files_later.reset(token)


# Issuing


@transaction.atomic(savepoint=False)  # the action that asks for it is one whole with it
def issue_certificate(
    facts: Facts,
    *,
    source_key: str,
    person: Person | None,
    at: datetime | None = None,
    org_unit: OrgUnit | None = None,
    assets: Mapping[str, tuple[str, bytes]] | None = None,
) -> tuple[Certificate, bool]:
    """Freeze facts as a certificate, exactly once per `source_key`; the PDF is made after the commit.

    `assets` are pictures and embedded files that the facts name, as media type and bytes by SHA-256. Nobody's name
    is kept for a person with protected data. Returns the certificate and whether this call issued it.
    """
    return _issue(facts, source_key=source_key, person=person, at=at, org_unit=org_unit, assets=assets)


def _issue(
    facts: Facts,
    *,
    source_key: str,
    person: Person | None,
    at: datetime | None,
    org_unit: OrgUnit | None = None,
    assets: Mapping[str, tuple[str, bytes]] | None = None,
    supersedes: Certificate | None = None,
    actor: Person | None = None,
) -> tuple[Certificate, bool]:
    at = at or timezone.now()
    data = as_json(_guarded(facts, person), current_letterhead())
    mine = Certificate(
        source_key=source_key,
        kind=facts.kind,
        person=person,
        facts=data,
        facts_sha256=sha256(data),
        issued_at=at,
        org_unit=org_unit,
        supersedes=supersedes,
    )
    created = write_once(mine)
    kept_row = mine if created else Certificate.objects.filter(source_key=source_key).latest("pk")
    if created:
        for key, (media_type, content) in (assets or {}).items():
            keep_asset(content, media_type, sha256_expected=key)
        write_once(CertificateEvent(certificate=kept_row, kind=EventKind.ISSUED, at=at))
        write_audit(
            action=AuditAction.CERTIFICATE_ISSUED,
            actor=actor if supersedes is not None else person,
            subject=person,
            org_unit=org_unit,
            object_key=kept_row.public_id,
            details={"supersedes": supersedes.public_id} if supersedes is not None else {},
            at=at,
        )
        if not _files_later.get():
            transaction.on_commit(partial(try_to_make, kept_row.pk), robust=True)
    return kept_row, created


def _guarded(facts: Facts, person: Person | None) -> Facts:
    """The facts without the name of somebody whose data are protected, or who is not to be named."""
    if isinstance(facts, PersonalFacts) and (not facts.shows_name or (person is not None and person.is_protected)):
        facts = without_name(facts)
    if getattr(settings, "LEDSTANG_DEMO", False) and not facts.is_demo:
        facts = replace(facts, is_demo=True)
    return facts


def current_letterhead() -> Letterhead:
    """The city as its settings say now. A picture that cannot be read is left out rather than stop an issue."""
    city = CitySettings.prepared()
    arms = ""
    if city.arms is not None:
        try:
            with transaction.atomic(), city.arms.get_rendition(ARMS).file.open("rb") as file:
                arms = keep_asset(file.read(), "image/png").sha256
        except Exception:
            logger.exception("the city's arms cannot be read")
    return Letterhead(
        city=city.city_name,
        issuer=city.issuer,
        function=city.signatory_function,
        colour=city.colour,
        address=site_address(),
        arms=arms,
        arms_alt=city.arms_alt,
    )


def keep_asset(data: bytes, media_type: str, *, sha256_expected: str | None = None) -> CertificateAsset:
    """Keep a picture or an embedded file under its hash. Raises CertificateError if the hash is another's."""
    digest = kept.digest(data)
    if sha256_expected not in (None, digest):
        raise CertificateError("the bytes of an asset do not have the hash they are given under")
    known: CertificateAsset | None = CertificateAsset.objects.filter(sha256=digest).first()
    if known is not None:
        return known
    row = CertificateAsset(sha256=digest, media_type=media_type)
    row.file = asset_path(row, "")
    kept.keep(private_storage(), row.file.name, data)
    CertificateAsset.objects.bulk_create([row], ignore_conflicts=True)
    return CertificateAsset.objects.get(sha256=digest)


def make_whole(*, certificate: Certificate) -> CertificateFile | None:
    """The file of a certificate, made now if it has none; None if that fails again."""
    return try_to_make(certificate.pk)


def finish_certificates() -> tuple[int, int]:
    """Make the files of certificates that have none, the oldest first: how many were made, how many still wait."""
    waiting = list(Certificate.objects.filter(file=None).order_by("pk").values_list("pk", flat=True))
    made = sum(try_to_make(certificate_id) is not None for certificate_id in waiting)
    return made, len(waiting) - made


def remove_old_bundles(*, at: datetime | None = None) -> int:
    """Forget what was asked for as one ZIP a month ago. The certificates stay."""
    before = (at or timezone.now()) - timedelta(days=KEEP_BUNDLES_DAYS)
    removed, _by_model = CertificateBundle.objects.filter(created_at__lt=before).delete()
    return removed


def note_fetch(*, certificate: Certificate, actor: Person) -> None:
    """Write down that somebody else has fetched a person's certificate; the person can see it."""
    write_audit(
        action=AuditAction.CERTIFICATE_FETCHED,
        actor=actor,
        subject=certificate.person,
        object_key=certificate.public_id,
    )


@transaction.atomic
def request_bundle(*, title: str, certificate_ids: Sequence[int], person: Person) -> CertificateBundle:
    """Ask for a set of certificates as one ZIP. Missing files are made by a task; who may have which is asked later."""
    bundle: CertificateBundle = CertificateBundle.objects.create(
        requested_by=person, title=title, certificate_ids=list(certificate_ids), created_at=timezone.now()
    )
    if Certificate.objects.filter(pk__in=bundle.certificate_ids, file=None).exists():
        transaction.on_commit(partial(prepare_bundle.enqueue, bundle.pk), robust=True)
    return bundle


@transaction.atomic
def note_bundle_fetch(*, certificate_ids: Sequence[int], actor: Person) -> None:
    """Write down a fetched bundle, and for each other person in it that their certificate was fetched."""
    write_audit(
        action=AuditAction.LIST_EXPORTED,
        actor=actor,
        details={"kind": "certificates", "count": len(certificate_ids)},
    )
    others = Certificate.objects.filter(pk__in=certificate_ids).exclude(person=None).select_related("person")
    for certificate in others:
        if not is_own(certificate, actor):
            note_fetch(certificate=certificate, actor=actor)


# Afterwards


@transaction.atomic
def revoke_certificate(
    *, certificate: Certificate, reason: RevocationReason, actor: Person | None, at: datetime | None = None
) -> CertificateEvent:
    """Take a certificate back, for a reason from the closed list. Its file stays as it is; verification says so.

    Raises NotValid if it has been revoked or superseded already.
    """
    event = _end(certificate, EventKind.REVOKED, RevocationReason(reason), actor, at)
    write_audit(
        action=AuditAction.CERTIFICATE_REVOKED,
        actor=actor,
        subject=certificate.person,
        object_key=certificate.public_id,
        details={"reason": str(reason)},
        at=at,
    )
    return event


@transaction.atomic
def supersede_certificate(
    *,
    certificate: Certificate,
    facts: Facts,
    reason: CorrectionReason,
    actor: Person | None,
    at: datetime | None = None,
) -> Certificate:
    """Issue a corrected certificate in place of another, which stays and points to the new one.

    Raises NotValid if the old one has been revoked or superseded, CertificateError if the kinds differ.
    """
    if str(facts.kind) != certificate.kind:
        raise CertificateError("a certificate is superseded by one of the same kind")
    at = at or timezone.now()
    _end(certificate, EventKind.SUPERSEDED, CorrectionReason(reason), actor, at)
    root = certificate.source_key.split("#")[0]
    newer, _created = _issue(
        facts,
        source_key=f"{root}#{certificate.pk}",
        person=certificate.person,
        at=at,
        org_unit=certificate.org_unit,
        supersedes=certificate,
        actor=actor,
    )
    return newer


def reissue_certificate(*, certificate: Certificate, reason: CorrectionReason, actor: Person | None) -> Certificate:
    """Issue a certificate anew with the holder's name and the city's letterhead as they are now.

    What was done is never typed by hand: it stays as it was frozen. Raises NotValid.
    """
    facts = from_json(certificate.facts)
    person = certificate.person
    if isinstance(facts, PersonalFacts) and person is not None:
        facts = replace(facts, holder=(person.merged_into or person).full_name, shows_name=True)
    return supersede_certificate(certificate=certificate, facts=facts, reason=reason, actor=actor)


def render_sample(facts: Facts) -> bytes:
    """A document with made-up facts on the city's paper: unsigned, kept nowhere, and marked as an example."""
    letterhead = current_letterhead()
    kept_arms = CertificateAsset.objects.filter(sha256=letterhead.arms).first() if letterhead.arms else None
    now = timezone.localtime()
    job = compose_facts(
        facts,
        letterhead,
        public_id=NUMBER,
        issued_on=now.date().isoformat(),
        created=now.isoformat(timespec="seconds"),
        kept={kept_arms.sha256: (kept_arms.media_type, kept_arms.read())} if kept_arms is not None else {},
    )
    return renderer.render(job)


def _end(
    certificate: Certificate,
    kind: EventKind,
    reason: RevocationReason | CorrectionReason,
    actor: Person | None,
    at: datetime | None,
) -> CertificateEvent:
    mine = CertificateEvent(
        certificate=certificate,
        kind=kind,
        reason=reason,
        actor=actor.user if actor is not None else None,
        at=at or timezone.now(),
    )
    CertificateEvent.objects.bulk_create([mine], ignore_conflicts=True)
    kept_event: CertificateEvent | None = certificate.events.exclude(kind=EventKind.ISSUED).order_by("pk").last()
    if kept_event is None or kept_event.key != mine.key:
        raise NotValid("this certificate is not valid any more")
    return kept_event
