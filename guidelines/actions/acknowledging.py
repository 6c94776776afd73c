"""A person states that they have read a version."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.compliance.actions import VersionRef, record_evidence
from cms.compliance.enums import EvidenceKind
from cms.compliance.models import Target
from cms.core.models import Refused
from cms.people.actions import queue_message, write_audit
from cms.people.enums import AuditAction
from cms.people.models import Person
from cms.versions.enums import NoticeTone
from cms.versions.models import Notice, Withdrawal
from guidelines.enums import KIND, GuidelineKind
from guidelines.grading import Question, answered_wrong
from guidelines.models import Acknowledgement, GuidelineVersion

MAIL = "guideline_acknowledged"


class NotInForce(Refused):
    """The version does not apply yet, or the guideline has been withdrawn."""


class NotRequirable(Refused):
    """Nobody can acknowledge it: a proposal, or a text that experts have not reviewed."""


class WrongAnswers(Refused):
    """Some control question is not answered right. Nothing is kept of it."""

    def __init__(self, questions: list[Question]) -> None:
        self.questions = questions
        super().__init__(_("Read again, and answer once more. What you have answered is not kept."))


@transaction.atomic
def acknowledge_guideline(
    *,
    person: Person,
    version: GuidelineVersion,
    answers: Mapping[str, Collection[str]] | None = None,
    at: datetime | None = None,
) -> Acknowledgement:
    """Write down, exactly once, that a person has read the version they had on the screen.

    It stays true when a newer version has come into force meanwhile; whether it is enough is standing's to say.
    `answers` are the keys of the choices picked, by control question: they are graded here and kept nowhere.
    Deposits evidence, and owes the person a mail. Raises NotInForce, NotRequirable or WrongAnswers.
    """
    at = at or timezone.now()
    target = _target(version, at)
    wrong = answered_wrong(version.questions, answers or {})
    if wrong:
        raise WrongAnswers(wrong)
    mine = Acknowledgement(
        person=person,
        version=version,
        sha256=version.sha256,
        statement=version.statement,
        acknowledged_at=at,
    )
    Acknowledgement.objects.bulk_create([mine], ignore_conflicts=True)
    kept: Acknowledgement = Acknowledgement.objects.filter(person=person, version=version).latest("pk")
    record_evidence(
        source_key=f"guidelines:{kept.key}",
        person=person,
        target=target,
        kind=EvidenceKind.ACKNOWLEDGED,
        version=VersionRef(version.number, version.major, version.sha256),
        achieved_at=kept.acknowledged_at,
        at=at,
    )
    if kept.key == mine.key:
        _tell(kept)
    return kept


def _target(version: GuidelineVersion, at: datetime) -> Target:
    day = timezone.localdate(at)
    if version.effective_on > day:
        raise NotInForce(
            _("Version %(number)s applies from %(day)s.")
            % {"number": version.number, "day": version.effective_on.isoformat()}
        )
    if Withdrawal.objects.filter(key=version.key, withdrawn_on__lte=day).exists():
        raise NotInForce(_("The guideline has been withdrawn and is not acknowledged any more."))
    if Notice.objects.standing().filter(key=version.key, tone=NoticeTone.STOP).exists():
        raise NotInForce(_("The guideline has been stopped for now and cannot be acknowledged."))
    target = Target.objects.filter(kind=KIND, key=version.key).first()
    if target is None or version.kind == GuidelineKind.PROPOSAL:
        raise NotRequirable(_("This text cannot be acknowledged: it waits for a decision or for review by experts."))
    return target


def _tell(kept: Acknowledgement) -> None:
    version = kept.version
    write_audit(
        action=AuditAction.GUIDELINE_ACKNOWLEDGED,
        actor=kept.person,
        subject=kept.person,
        object_key=str(version.key),
        details={"number": version.number, "sha256": version.sha256},
        at=kept.acknowledged_at,
    )
    queue_message(
        source_key=f"guidelines:{kept.key}",
        kind=MAIL,
        person=kept.person,
        payload={
            "title": version.title,
            "number": version.number,
            "statement": kept.statement,
            "at": kept.acknowledged_at.isoformat(),
            "path": reverse("guidelines:version", args=[version.key, version.major, version.minor]),
        },
        at=kept.acknowledged_at,
    )
