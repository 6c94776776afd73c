"""Take a passage out of what has been published: the one change that a frozen text allows, and it says so itself."""

import json
from datetime import datetime
from typing import Any

import rfc8785
from django.conf import settings
from django.db import connection, models, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from cms.core.immutability import gate_opened
from cms.core.locks import Turn, wait_for_turn
from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import Person
from cms.versions.actions.refusals import AlreadyRedacted, NoSuchPassage, PublishingError
from cms.versions.freezing import fragment_anchor
from cms.versions.models import Content, Fragment, Redaction, name_of
from cms.versions.quoting import OF
from cms.versions.signals import passage_redacted


@transaction.atomic
def redact_passage(
    *, fragment_sha256: str, reason: str, redacted_by: Any, actor: Person | None, at: datetime | None = None
) -> Redaction:
    """Put a tombstone with day and reason in the place of a passage, in every version that has it. Hashes stay.

    Raises PublishingError without a reason, NoSuchPassage, and AlreadyRedacted the second time. Sends
    `passage_redacted` inside the transaction.
    """
    at = at or timezone.now()
    if not reason.strip():
        raise PublishingError(_("Say why it is taken out."))
    wait_for_turn(Turn.FROZEN_TEXT, alone=True)  # nobody freezes the passage anew meanwhile
    if Redaction.objects.filter(fragment_sha256=fragment_sha256).exists():
        raise AlreadyRedacted(_("This passage has been taken out already."))
    fragments = list(Fragment.objects.filter(sha256=fragment_sha256))
    if not fragments:
        raise NoSuchPassage(_("No version has this passage."))
    redaction: Redaction = Redaction.objects.create(
        fragment_sha256=fragment_sha256,
        reason=reason.strip(),
        redacted_at=at,
        redacted_by=redacted_by,
        redacted_by_name=name_of(redacted_by),
    )
    _overwrite(redaction, fragments)
    _redact_quotes(redaction, actor)
    contents = sorted({fragment.content_id for fragment in fragments})
    write_audit(
        action=AuditAction.PASSAGE_REDACTED,
        actor=actor,
        object_key=fragment_sha256,
        details={"reason": redaction.reason, "texts": len(contents)},
        at=at,
    )
    passage_redacted.send(sender=Redaction, redaction=redaction, contents=contents)
    return redaction


def _redact_quotes(redaction: Redaction, actor: Person | None) -> None:
    """The same wherever another text quotes the passage: a tombstone stands for the whole quotation."""
    mark = OF.format(redaction.fragment_sha256)
    quoting = Fragment.objects.filter(html__contains=mark).values_list("sha256", flat=True)
    for sha256 in sorted(set(quoting)):
        redact_passage(
            fragment_sha256=sha256,
            reason=redaction.reason,
            redacted_by=redaction.redacted_by,
            actor=actor,
            at=redaction.redacted_at,
        )


def _overwrite(redaction: Redaction, fragments: list[Fragment]) -> None:
    """Exactly these rows, through the gate. On SQLite the bytes are overwritten, not only let go of."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    keys: dict[int, set[str]] = {}
    with gate_opened(Fragment, [fragment.pk for fragment in fragments]):
        for fragment in fragments:
            keys.setdefault(fragment.content_id, set()).add(fragment.key)
            html = _tombstone(redaction, fragment)
            text = " ".join(strip_tags(html.replace("</p>", "</p> ")).split())
            models.QuerySet(Fragment).filter(pk=fragment.pk).update(html=html, text=text)
    with gate_opened(Content, list(keys)):
        for content in Content.objects.filter(pk__in=keys):
            canonical = _without(content, keys[content.pk], redaction)
            models.QuerySet(Content).filter(pk=content.pk).update(canonical=canonical)


def _tombstone(redaction: Redaction, fragment: Fragment) -> str:
    """What stands in the passage's place, in the site's language, under the same anchor."""
    with translation.override(settings.LANGUAGE_CODE):
        context = {"redaction": redaction, "anchor": fragment_anchor(fragment.key)}
        return render_to_string("ledstang_versions/blocks/redacted.html", context).strip()


def _without(content: Content, keys: set[str], redaction: Redaction) -> str:
    parts = json.loads(content.canonical)
    day = timezone.localdate(redaction.redacted_at).isoformat()
    for fragment in parts["fragments"]:
        if fragment["key"] in keys:
            fragment["data"] = {"redacted": {"on": day, "reason": redaction.reason}}
    return rfc8785.dumps(parts).decode()
