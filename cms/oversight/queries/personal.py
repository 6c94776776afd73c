"""What is kept about one person, and who has looked: the content of "Mina uppgifter"."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from cms.certificates.models import Certificate, CertificateBundle
from cms.compliance.enums import EvidenceKind
from cms.compliance.models import Evidence, Exemption
from cms.compliance.registry import target_kinds
from cms.core.languages import Written
from cms.oversight.enums import LineDecision
from cms.oversight.models import DisclosureLine, ExportFile
from cms.people.enums import MailOutcome
from cms.people.models import AuditEntry, Employment, Leave, OutboxMessage, Person, Scope
from cms.people.queries import controllers_of, employments_on, org_tree, records_of
from cms.people.registry import PersonalData, mail_kinds, personal_data
from cms.people.roster.sources import label_of

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Kept:
    """One kind of data about a person, with its rows."""

    kind: PersonalData
    rows: Rows

    @property
    def columns(self) -> list[str]:
        return list(self.rows[0]) if self.rows else []

    @property
    def shown(self) -> list[str]:
        """The columns that say something in some row: what is empty all the way down takes no room on the page."""
        return [name for name in self.columns if any(row[name] for row in self.rows)]

    @property
    def cells(self) -> list[list[Any]]:
        return [[row[name] for name in self.shown] for row in self.rows]


def kept_about(person: Person) -> list[Kept]:
    """All that any app keeps about a person, in the order in which the apps want it."""
    return [Kept(kind, kind.rows(person)) for kind in sorted(personal_data, key=lambda kind: (kind.order, kind.name))]


def own_records(person: Person) -> Any:
    return records_of(Person.objects.filter(pk=person.pk)).values("pk")


def _iso(value: date | datetime | None) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if value else ""


def named(actor: Person | None) -> str:
    """Who has written something down. Nothing of those who are protected."""
    return Written(actor.full_name if actor is not None and not actor.is_protected else "")


def record_rows(person: Person) -> Rows:
    rows = (
        Person.objects.filter(pk__in=own_records(person))
        .order_by("pk")
        .select_related("user")
        .prefetch_related("identities")
    )
    return [
        {
            _("Given name"): Written(row.given_name),
            _("Family name"): Written(row.family_name),
            _("E-mail"): row.email,
            _("Protected personal data"): row.get_protection_display(),
            _("Known to"): Written(", ".join(f"{label_of(one.issuer)} {one.subject}" for one in row.identities.all())),
            _("Kept since"): _iso(row.created_at),
            _("Account since"): _iso(row.user.date_joined if row.user else None),
            _("Last logged in"): _iso(row.user.last_login if row.user else None),
        }
        for row in rows
    ]


def employment_rows(person: Person) -> Rows:
    rows = Employment.objects.known_at().filter(person__in=own_records(person)).select_related("org_unit", "role")
    return [
        {
            _("Workplace"): Written(row.org_unit.name),
            pgettext("employment", "Role"): Written(row.role.name if row.role else ""),
            _("From"): _iso(row.starts_on),
            _("To"): _iso(row.ends_on),
            _("Source"): Written(label_of(row.source)),
        }
        for row in rows.order_by("starts_on", "pk")
    ]


def leave_rows(person: Person) -> Rows:
    rows = Leave.objects.known_at().filter(person__in=own_records(person)).order_by("starts_on", "pk")
    return [
        {_("From"): _iso(row.starts_on), _("To"): _iso(row.ends_on), _("Source"): Written(label_of(row.source))}
        for row in rows
    ]


def scope_rows(person: Person) -> Rows:
    rows = Scope.objects.filter(person__in=own_records(person)).select_related("org_unit").order_by("starts_on", "pk")
    return [
        {
            _("Right"): row.get_right_display(),
            _("Over"): Written(row.org_unit.name),
            _("From"): _iso(row.starts_on),
            _("To"): _iso(row.ends_on),
        }
        for row in rows
    ]


def evidence_rows(person: Person) -> Rows:
    rows = Evidence.objects.filter(person__in=own_records(person)).select_related(
        "target", "recorded_by", "void__voided_by"
    )
    return [_evidence_row(row) for row in rows.order_by("achieved_at")]


def _evidence_row(row: Evidence) -> dict[str, Any]:
    void = getattr(row, "void", None)
    return {
        _("What"): Written(row.target.title),
        _("How"): _how(row),
        _("Version"): row.version_number,
        # What somebody has recorded has a day; its hour is nobody's.
        _("Done"): _iso(timezone.localdate(row.achieved_at) if row.kind == EvidenceKind.RECORDED else row.achieved_at),
        _("Valid until"): _iso(row.valid_until),
        _("Recorded"): _iso(row.recorded_at),
        _("Recorded by"): named(row.recorded_by),
        _("Taken back"): _iso(void.voided_at if void else None),
        _("Why taken back"): void.get_reason_display() if void else "",
        _("Taken back by"): named(void.voided_by if void else None),
    }


def _how(evidence: Evidence) -> str:
    kind = target_kinds.find(evidence.target.kind)
    return str(kind.done_label) if kind and evidence.kind != EvidenceKind.RECORDED else evidence.get_kind_display()


def exemption_rows(person: Person) -> Rows:
    rows = Exemption.objects.filter(person__in=own_records(person)).select_related(
        "target", "recorded_by", "end__recorded_by"
    )
    return [_exemption_row(row) for row in rows.order_by("starts_on", "pk")]


def _exemption_row(row: Exemption) -> dict[str, Any]:
    end = getattr(row, "end", None)
    return {
        _("What"): Written(row.target.title),
        _("Reason"): row.get_reason_display(),
        _("From"): _iso(row.starts_on),
        _("To"): _iso(row.until),
        _("Recorded"): _iso(row.recorded_at),
        _("Recorded by"): named(row.recorded_by),
        _("Ended"): _iso(end.ended_on if end else None),
        _("Ended by"): named(end.recorded_by if end else None),
    }


def certificate_rows(person: Person) -> Rows:
    rows = Certificate.objects.filter(person__in=own_records(person)).order_by("issued_at", "pk")
    return [
        {
            _("Kind"): row.get_kind_display(),
            _("What"): Written(row.facts.get("title", "")),
            _("Issued"): _iso(row.issued_at),
            pgettext("certificate", "Number"): row.public_id,
        }
        for row in rows
    ]


def message_rows(person: Person) -> Rows:
    rows = OutboxMessage.objects.filter(person__in=own_records(person)).order_by("created_at", "pk")
    return [
        {
            _("What"): _subject_of(row),
            pgettext("mail", "Created"): _iso(row.created_at),
            _("Sent"): _iso(row.settled_at if row.outcome == MailOutcome.SENT else None),
        }
        for row in rows
    ]


def _subject_of(mail: OutboxMessage) -> str:
    """What the mail is about, as its subject line says it: mails are in the site's language."""
    kind = mail_kinds.find(mail.kind)
    with translation.override(settings.LANGUAGE_CODE):
        return Written(" ".join(str(kind.subject(mail.payload)).split())) if kind else mail.kind


def deed_rows(person: Person) -> Rows:
    """What the log says that the person has done."""
    rows = AuditEntry.objects.filter(actor__in=own_records(person)).select_related("org_unit").order_by("at", "pk")
    return [
        {
            _("When"): _iso(row.at),
            _("What"): row.get_action_display(),
            _("Where"): Written(row.org_unit.name if row.org_unit else ""),
        }
        for row in rows
    ]


def release_rows(person: Person) -> Rows:
    """What has left the house about the person, with or without a name."""
    lines = DisclosureLine.objects.filter(
        person__in=own_records(person), decision__in=(LineDecision.RELEASE, LineDecision.MASK)
    ).exclude(disclosure__release=None)
    return [
        {
            _("Released"): _iso(line.disclosure.release.released_at),
            _("What"): Written(line.target.title if line.target else ""),
            _("How"): _("with your name") if line.decision == LineDecision.RELEASE else _("without your name"),
        }
        for line in lines.select_related("disclosure__release", "target").order_by("disclosure__release__released_at")
    ]


def file_rows(person: Person) -> Rows:
    rows = ExportFile.objects.kept().filter(requested_by__in=own_records(person)).select_related("org_unit")
    return [
        {
            _("What"): Written(row.org_unit.name),
            _("Asked for"): _iso(row.created_at),
            _("Removed"): _iso(row.removed_at),
        }
        for row in rows.order_by("created_at")
    ]


def bundle_rows(person: Person) -> Rows:
    rows = CertificateBundle.objects.filter(requested_by__in=own_records(person)).order_by("created_at")
    return [
        {
            _("What"): Written(row.title) if row.title else _("Your certificates"),
            _("Asked for"): _iso(row.created_at),
        }
        for row in rows
    ]


def documents_of(person: Person) -> list[tuple[str, Any]]:
    """The documents of external training, each with a name for a file."""
    rows = Evidence.objects.filter(person__in=own_records(person)).exclude(document="").order_by("pk")
    return [(f"{row.achieved_on.isoformat()}-{row.document.name.rpartition('/')[2]}", row.document) for row in rows]


def boards_of(person: Person, on: date) -> list[str]:
    """The boards answerable for what is kept about a person: those of the workplaces on a day, or of the last one."""
    units = set(employments_on(person, on).values_list("org_unit", flat=True))
    if not units:
        last = Employment.objects.known_at().filter(person__in=own_records(person)).order_by("ends_on", "pk").last()
        units = {last.org_unit_id} if last else set()
    return sorted({board for board in controllers_of(units, org_tree(on)).values() if board})


HEADS = gettext_lazy("You, your head and HR.")
ADMINISTRATORS = gettext_lazy("You and administrators.")
EMPLOYED = gettext_lazy("As long as you are employed, then as the city's decision on disposal says.")


def _kind(name: str, label: Any, rows: Callable[[Person], Rows], order: int, seen_by: Any = HEADS) -> PersonalData:
    return PersonalData(name, label, seen_by, EMPLOYED, rows, order=order)


OWN_KINDS = (
    _kind("person", pgettext_lazy("personal data", "Who you are"), record_rows, 0),
    _kind("employments", pgettext_lazy("personal data", "Where you work"), employment_rows, 10),
    _kind(
        "leaves", pgettext_lazy("personal data", "When you are away"), leave_rows, 20,
        gettext_lazy("You and HR. No cause is kept."),
    ),
    _kind(
        "scopes", pgettext_lazy("personal data", "What you may see of others"), scope_rows, 30, ADMINISTRATORS
    ),
    _kind("evidence", pgettext_lazy("personal data", "What you have done"), evidence_rows, 40),
    _kind("exemptions", pgettext_lazy("personal data", "Exemptions"), exemption_rows, 50),
    _kind(
        "certificates", pgettext_lazy("personal data", "Certificates"), certificate_rows, 60,
        gettext_lazy("You, and whoever you show them to."),
    ),
    _kind("messages", pgettext_lazy("personal data", "Mails to you"), message_rows, 70, gettext_lazy("Only you.")),
    _kind(
        "releases", pgettext_lazy("personal data", "What has been released about you"), release_rows, 75,
        gettext_lazy("You and administrators; the file is public."),
    ),
    PersonalData(
        "files", pgettext_lazy("personal data", "Files that you have asked for"), gettext_lazy("Only you."),
        gettext_lazy("Seven days."), file_rows, order=76,
    ),
    PersonalData(
        "bundles", pgettext_lazy("personal data", "Certificates that you have asked for as one file"),
        gettext_lazy("Only you."), gettext_lazy("A month."), bundle_rows, order=77,
    ),
    _kind(
        "deeds", pgettext_lazy("personal data", "What the log says that you have done"), deed_rows, 80,
        ADMINISTRATORS,
    ),
)  # fmt: skip
