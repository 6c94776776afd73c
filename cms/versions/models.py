"""What was published, frozen: content by hash, its fragments, assets, citations and review marks."""

import hashlib
import json
import uuid
from datetime import date
from typing import Any

import rfc8785
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.core.enums import Competence
from cms.core.models import Record, RecordQuerySet
from cms.core.storage import private_storage
from cms.people.models import Person
from cms.versions.enums import Change, NoticeTone


def asset_path(asset: "VersionAsset", filename: str) -> str:
    return f"assets/{asset.sha256[:2]}/{asset.sha256}"


class Content(Record):
    """A frozen text under its hash, like a tree in git: equal content is one row, whatever versions show it.

    `canonical` is RFC 8785 JSON of the text and of the register values it cites; `sha256` is over it.
    The HTML of the fragments has a hash of its own, so a new template mints nothing.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    canonical = models.TextField()
    html_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    redactable = ("canonical",)
    redaction_is_logged = (
        "EXISTS (SELECT 1 FROM ledstang_versions_redaction AS log JOIN ledstang_versions_fragment AS piece"
        " ON piece.sha256 = log.fragment_sha256 WHERE piece.content_id = OLD.id)"
    )

    class Meta:
        verbose_name = _("frozen content")
        verbose_name_plural = _("frozen contents")

    def __str__(self) -> str:
        return self.sha256[:12]

    @cached_property
    def parts(self) -> dict[str, Any]:
        """The canonical content as data: `title`, `fragments`, `cites`, `assets`, `extra`."""
        parts: dict[str, Any] = json.loads(self.canonical)
        return parts

    @property
    def written_sha256(self) -> str:
        """The hash of what the editor wrote, without what the registers said: see `freezing.Draft`."""
        written = {name: part for name, part in self.parts.items() if name != "cites"}
        return hashlib.sha256(rfc8785.dumps(written)).hexdigest()


class Fragment(Record):
    """A frozen piece of a text: what an anchor, an expert's review or a flag points at."""

    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="fragments")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    audiences = models.JSONField(default=list)
    html = models.TextField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)

    redactable = ("html", "text")
    redaction_is_logged = (
        "EXISTS (SELECT 1 FROM ledstang_versions_redaction AS log WHERE log.fragment_sha256 = OLD.sha256)"
    )

    class Meta:
        verbose_name = _("fragment")
        verbose_name_plural = _("fragments")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["content", "position"], name="ledstang_fragment_position"),
            models.UniqueConstraint(fields=["content", "key"], name="ledstang_fragment_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key[:8]}"


class VersionAsset(Record):
    """A file as it was when a version cited it, by hash."""

    sha256 = models.CharField(max_length=64, unique=True)
    file = models.FileField(storage=private_storage, upload_to=asset_path, max_length=120)
    media_type = models.CharField(max_length=100)
    filename = models.CharField(max_length=255, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("frozen file")
        verbose_name_plural = _("frozen files")

    def __str__(self) -> str:
        return self.sha256[:12]


class Citation(Record):
    """What a frozen text refers to: a register's key, a file, or another document's version and section.

    Bound to a hash and never to a row of another plugin, so nothing cited can take it away.
    """

    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="citations")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    version_sha256 = models.CharField(max_length=64, blank=True)
    anchor = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(
                fields=["content", "kind", "key", "version_sha256", "anchor"], name="ledstang_citation_once"
            )
        ]
        # "Used in": which frozen texts cite a key.
        indexes = [models.Index(fields=["kind", "key"], name="ledstang_citation_of")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


class ReviewMark(Record):
    """What an expert still has to sign in a fragment."""

    fragment = models.ForeignKey(Fragment, on_delete=models.PROTECT, related_name="review_marks")
    competence = models.CharField(max_length=2, choices=Competence)
    question = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("review mark")
        verbose_name_plural = _("review marks")
        constraints = [models.UniqueConstraint(fields=["fragment", "competence"], name="ledstang_review_mark_once")]

    def __str__(self) -> str:
        return self.get_competence_display()


class ReviewSignature(Record):
    """An expert's word on a fragment's exact text: it holds wherever that text stands unchanged."""

    fragment_sha256 = models.CharField(max_length=64)
    competence = models.CharField(max_length=2, choices=Competence)
    signed_by_function = models.CharField(max_length=120)
    signed_on = models.DateField()
    signed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("review signature")
        verbose_name_plural = _("review signatures")
        constraints = [
            models.UniqueConstraint(fields=["fragment_sha256", "competence"], name="ledstang_review_signature_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_competence_display()} {self.signed_on}"


class PublishingPlan(Record):
    """What an editor has decided about publishing one exact draft: whatever way it then takes, this holds.

    Bound to the hash of what was written, so an edit afterwards asks again.
    """

    key = models.UUIDField()
    draft_sha256 = models.CharField(max_length=64)
    change = models.CharField(max_length=12, choices=Change)
    change_note = models.TextField(blank=True)
    effective_on = models.DateField()
    redo_by = models.DateField(null=True)
    # Why it is published though the review that it should pass is not finished: only an administrator may say so.
    override_reason = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("publishing plan")
        verbose_name_plural = _("publishing plans")
        # Publishing looks for the latest plan of the draft at hand.
        indexes = [models.Index(fields=["key", "draft_sha256", "-made_at"], name="ledstang_plan_of_draft")]
        constraints = [
            models.CheckConstraint(
                condition=Q(redo_by=None) | Q(redo_by__gte=models.F("effective_on")), name="ledstang_plan_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.change} {self.effective_on}"


class Withdrawal(Record):
    """A document is no longer in use from a day on. Its versions and what people did remain."""

    kind = models.CharField(max_length=40)
    key = models.UUIDField(unique=True)
    withdrawn_on = models.DateField()
    reason = models.CharField(max_length=300)
    successor = models.UUIDField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


def name_of(user: Any) -> str:
    """An account's name as it is today, which stays in a record when the account goes."""
    return user.get_full_name() or user.get_username() if user is not None else ""


class NoticeQuerySet(RecordQuerySet):
    def standing(self) -> "NoticeQuerySet":
        """Those that readers see now."""
        return self.filter(end=None)


class Notice(Record):
    """A dated word on top of a document: what readers must know now, and the frozen text cannot say."""

    kind = models.CharField(max_length=40)
    key = models.UUIDField(db_index=True)
    tone = models.CharField(pgettext_lazy("notice", "kind"), max_length=8, choices=NoticeTone)
    text = models.CharField(_("text"), max_length=600)
    laid_at = models.DateTimeField()
    laid_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    laid_by_name = models.CharField(max_length=300, blank=True)

    objects = NoticeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = pgettext_lazy("document", "notice")
        verbose_name_plural = pgettext_lazy("document", "notices")
        ordering = ["-laid_at"]

    def __str__(self) -> str:
        return f"{self.tone} {self.laid_at:%Y-%m-%d}"


class NoticeEnd(Record):
    """A notice was taken away."""

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="end")
    ended_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_by_name = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("end of a notice")
        verbose_name_plural = _("ends of notices")

    def __str__(self) -> str:
        return f"{self.ended_at:%Y-%m-%d}"


class SecondLook(Record):
    """A second pair of eyes on what one person did alone."""

    looked_at = models.DateTimeField()
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    looked_by_name = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.looked_at:%Y-%m-%d}"


class NoticeLook(SecondLook):
    """Somebody else agrees with an emergency stop."""

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="second_look")

    class Meta(SecondLook.Meta):
        verbose_name = _("second look at a notice")
        verbose_name_plural = _("second looks at notices")


class WithdrawalLook(SecondLook):
    """Somebody else agrees with a withdrawal."""

    withdrawal = models.OneToOneField(Withdrawal, on_delete=models.PROTECT, related_name="second_look")

    class Meta(SecondLook.Meta):
        verbose_name = _("second look at a withdrawal")
        verbose_name_plural = _("second looks at withdrawals")


class Redaction(Record):
    """A passage was taken out of every version that has it. A tombstone stands in its place; its hash stays."""

    fragment_sha256 = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=300)
    redacted_at = models.DateTimeField()
    redacted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    redacted_by_name = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("redaction")
        verbose_name_plural = _("redactions")

    def __str__(self) -> str:
        return f"{self.fragment_sha256[:12]} {self.redacted_at:%Y-%m-%d}"


class VersionQuerySet(RecordQuerySet):
    def of(self, key: uuid.UUID) -> "VersionQuerySet":
        return self.filter(key=key)

    def in_force_on(self, day: date) -> "VersionQuerySet":
        """Effective by a day, the one in force first: the greatest (effective_on, major, minor)."""
        return self.filter(effective_on__lte=day).order_by("-effective_on", "-major", "-minor")

    def latest_first(self) -> "VersionQuerySet":
        return self.order_by("-major", "-minor")


class Version(Record):
    """Something that was published, frozen under a number. `key` names the document through all its versions."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(db_index=True)
    major = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    minor = models.PositiveSmallIntegerField()
    change = models.CharField(_("kind of change"), max_length=12, choices=Change)
    change_note = models.TextField(_("change note"), blank=True)
    title = models.CharField(_("title"), max_length=255)
    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="%(class)ss")
    sha256 = models.CharField(max_length=64)
    is_reviewed = models.BooleanField(_("reviewed by experts"), default=False)
    published_at = models.DateTimeField(_("published at"))
    effective_on = models.DateField(_("in force from"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    published_by_name = models.CharField(max_length=300, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    approved_by_name = models.CharField(max_length=300, blank=True)
    revision_id = models.PositiveBigIntegerField(null=True)

    objects = VersionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["key", "major", "minor"], name="%(app_label)s_%(class)s_number_once"),
            # Substantive or first versions, and only they, are x.0.
            models.CheckConstraint(
                condition=Q(change=Change.SUBSTANTIVE, minor=0) | (~Q(change=Change.SUBSTANTIVE) & Q(minor__gt=0)),
                name="%(app_label)s_%(class)s_number_fits_change",
            ),
            models.CheckConstraint(
                condition=~Q(change=Change.SUBSTANTIVE, major__gt=1) | ~Q(change_note=""),
                name="%(app_label)s_%(class)s_substantive_has_note",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    @property
    def number(self) -> str:
        return f"{self.major}.{self.minor}"

    def is_pending(self, on: date) -> bool:
        return self.effective_on > on
