"""Mint versions: the one way by which anything is published."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.core.locks import Turn, wait_for_turn
from cms.core.tokens import find_slots
from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import Person
from cms.versions.actions.refusals import AlreadyRedacted, AlreadyWithdrawn, EffectiveTooEarly, NoteMissing
from cms.versions.enums import Change
from cms.versions.freezing import Draft, FrozenAsset
from cms.versions.models import (
    Citation,
    Content,
    Fragment,
    PublishingPlan,
    ReviewMark,
    Version,
    VersionAsset,
    Withdrawal,
    name_of,
)
from cms.versions.queries import has_redacted, latest_version, links_of, open_marks
from cms.versions.registry import version_kinds
from cms.versions.signals import version_minted

AnyVersion = TypeVar("AnyVersion", bound=Version)


def store_asset(asset: FrozenAsset) -> VersionAsset:
    """Keep a file under its hash; a second time changes nothing."""
    known: VersionAsset | None = VersionAsset.objects.filter(sha256=asset.sha256).first()
    if known is not None:
        return known
    row = VersionAsset(
        sha256=asset.sha256,
        media_type=asset.media_type,
        filename=asset.filename,
        width=asset.width,
        height=asset.height,
    )
    row.file.save(asset.sha256, ContentFile(asset.data), save=False)
    VersionAsset.objects.bulk_create([row], ignore_conflicts=True)
    kept: VersionAsset = VersionAsset.objects.get(sha256=asset.sha256)
    return kept


@transaction.atomic
def store_content(draft: Draft) -> Content:
    """Keep a frozen text with its fragments, files, citations and review marks, once per hash."""
    known: Content | None = Content.objects.filter(sha256=draft.sha256).first()
    if known is not None:
        return known
    content = Content.objects.create(sha256=draft.sha256, canonical=draft.canonical, html_sha256=draft.html_sha256)
    fragments = [
        Fragment.objects.create(
            content=content,
            position=position,
            key=piece.key,
            kind=piece.kind,
            audiences=list(piece.audiences),
            html=piece.html,
            text=piece.text,
            sha256=piece.sha256,
        )
        for position, piece in enumerate(draft.fragments)
    ]
    ReviewMark.objects.bulk_create(
        ReviewMark(fragment=fragment, competence=competence)
        for fragment, piece in zip(fragments, draft.fragments, strict=True)
        for competence in piece.review
    )
    _store_citations(content, draft)
    for asset in draft.assets.values():
        store_asset(asset)
    return content


def _store_citations(content: Content, draft: Draft) -> None:
    anchors: dict[tuple[str, str], str] = {}
    for piece in draft.fragments:
        for token in find_slots(piece.html):
            anchors.setdefault((token.kind, token.key), piece.key)
    rows = [
        Citation(content=content, kind=kind, key=key, anchor=anchors.get((kind, key), ""))
        for kind, keys in draft.cites.items()
        for key in keys
    ]
    rows += [Citation(content=content, kind="asset", key=sha) for sha in draft.assets]
    rows += _cited_documents(content, draft)
    rows += [
        Citation(content=content, kind=one["kind"], key=one["key"], version_sha256=one["sha256"], anchor=one["anchor"])
        for one in draft.quotes
    ]
    Citation.objects.bulk_create(rows)


def _cited_documents(content: Content, draft: Draft) -> Iterator[Citation]:
    """A link to the page of a document cites the document, in the version in force on this day."""
    pages = {pk for _key, kind, pk, _words in links_of(draft) if kind == "page"}
    for kind in version_kinds if pages else ():
        for key in sorted(set(kind.at_pages(pages).values())):
            version = kind.resolve(key)
            sha256 = version.sha256 if version is not None else ""
            yield Citation(content=content, kind=kind.name, key=str(key), version_sha256=sha256)


def next_number(latest: Version | None, change: Change) -> tuple[int, int]:
    """The number after `latest`: x+1.0 for a substantive change or the first, otherwise x.y+1."""
    if latest is None:
        return 1, 0
    if change.is_major:
        return latest.major + 1, 0
    return latest.major, latest.minor + 1


def _check(latest: Version | None, key: uuid.UUID, change: Change, note: str, effective_on: date) -> None:
    if Withdrawal.objects.filter(key=key).exists():
        raise AlreadyWithdrawn(_("This has been withdrawn and cannot be published again."))
    if latest is None:
        return
    if change.is_major and not note.strip():
        raise NoteMissing(_("A substantive change needs a note on what has changed."))
    if effective_on < latest.effective_on:
        raise EffectiveTooEarly(
            _("Version %(number)s applies from %(day)s. A later version cannot apply earlier.")
            % {"number": latest.number, "day": latest.effective_on.isoformat()}
        )


def _refuse_redacted(draft: Draft) -> None:
    """What has been taken out of published versions does not come back with the next."""
    if has_redacted(draft):
        raise AlreadyRedacted(
            _("The draft has a passage that has been taken out of the published versions. Take it out here too.")
        )


@transaction.atomic
def mint(
    *,
    model: type[AnyVersion],
    key: uuid.UUID,
    draft: Draft,
    change: Change,
    note: str = "",
    effective_on: date | None = None,
    published_by: Any = None,
    approved_by: Any = None,
    revision_id: int | None = None,
    actor: Person | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> AnyVersion | None:
    """Freeze a draft as the next version of the document `key`; None if nothing has changed.

    The first version is always 1.0. Raises NoteMissing, EffectiveTooEarly, AlreadyWithdrawn or AlreadyRedacted, and
    then nothing is written. Sends `version_minted` inside the transaction.
    """
    at = at or timezone.now()
    effective_on = effective_on or timezone.localdate(at)
    latest = latest_version(model, key)
    if latest is not None and latest.sha256 == draft.sha256:
        return None
    _check(latest, key, change, note, effective_on)
    wait_for_turn(Turn.FROZEN_TEXT, alone=False)  # what is being taken out does not come in meanwhile
    _refuse_redacted(draft)
    content = store_content(draft)
    major, minor = next_number(latest, change)
    version = model(
        key=key,
        major=major,
        minor=minor,
        change=Change.SUBSTANTIVE if latest is None else change,
        change_note=note.strip(),
        title=draft.title,
        content=content,
        sha256=content.sha256,
        is_reviewed=not open_marks(content).exists(),
        published_at=at,
        effective_on=effective_on,
        revision_id=revision_id,
        **_signed(published=published_by, approved=approved_by),
        **fields,
    )
    version.save()
    _announce(version, latest, actor)
    return version


def _announce(version: Version, previous: Version | None, actor: Person | None) -> None:
    write_audit(
        action=AuditAction.VERSION_PUBLISHED,
        actor=actor,
        object_key=str(version.key),
        details={"number": version.number, "sha256": version.sha256},
        at=version.published_at,
    )
    version_minted.send(sender=type(version), version=version, previous=previous)


def _signed(**users: Any) -> dict[str, Any]:
    """Who did it: the account, and its name as it is today, which stays when the account goes."""
    fields: dict[str, Any] = {}
    for verb, user in users.items():
        fields[f"{verb}_by"] = user
        fields[f"{verb}_by_name"] = name_of(user)
    return fields


@transaction.atomic
def plan_publishing(
    *,
    key: uuid.UUID,
    draft: Draft,
    change: Change,
    note: str,
    effective_on: date,
    redo_by: date | None = None,
    override_reason: str = "",
    made_by: Any = None,
    at: datetime | None = None,
) -> PublishingPlan:
    """Write down what an editor has decided about publishing exactly this text, whatever way it then takes."""
    return PublishingPlan.objects.create(
        key=key,
        draft_sha256=draft.written_sha256,
        change=change,
        change_note=note.strip(),
        effective_on=effective_on,
        redo_by=redo_by,
        override_reason=override_reason.strip(),
        made_by=made_by,
        made_at=at or timezone.now(),
    )
