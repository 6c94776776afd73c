from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MANUAL = "manual"  # the source of what somebody wrote in the admin: none that is read


class Protection(TextChoices):
    """Protected personal data. Whatever is not `NONE` fails closed everywhere."""

    NONE = "none", pgettext_lazy("protection", "None")
    CONFIDENTIAL = "confidential", _("Confidentiality mark")
    PROTECTED_REGISTRATION = "protected_registration", _("Protected registration")
    UNKNOWN = "unknown", _("Unknown, treated as protected")


class OrgUnitKind(TextChoices):
    CITY = "city", _("City")
    DEPARTMENT = "department", _("Department")
    OFFICE = "office", _("Office")
    PRESCHOOL = "preschool", _("Preschool")
    COMPULSORY_SCHOOL = "compulsory_school", _("Compulsory school")
    UPPER_SECONDARY = "upper_secondary", _("Upper secondary school")
    SOCIAL_SERVICES = "social_services", _("Social services")
    OTHER = "other", pgettext_lazy("kind of org unit", "Other")


class Right(TextChoices):
    """What a scope gives over a subtree of the organisation."""

    HEAD = "head", _("Head")
    HR = "hr", _("HR")
    VIEW_PROTECTED = "view_protected", _("May see protected personal data")


class AuditAction(TextChoices):
    """What the audit log tells. Names no persons: keys only."""

    COURSE_FINISHED = "course_finished", _("finished a course")
    GUIDELINE_ACKNOWLEDGED = "guideline_acknowledged", _("acknowledged a guideline")
    EVIDENCE_RECORDED = "evidence_recorded", _("recorded evidence")
    EVIDENCE_VOIDED = "evidence_voided", _("voided evidence")
    EXEMPTION_GRANTED = "exemption_granted", _("granted an exemption")
    EXEMPTION_ENDED = "exemption_ended", _("ended an exemption")
    DOCUMENT_FETCHED = "document_fetched", _("fetched a document of external training")
    REQUIREMENT_CHANGED = "requirement_changed", _("changed a requirement")
    VERSION_PUBLISHED = "version_published", _("published a version")
    VERSION_WITHDRAWN = "version_withdrawn", _("withdrew from publication")
    NOTICE_LAID = "notice_laid", _("laid a notice over a text")
    NOTICE_ENDED = "notice_ended", _("took a notice away")
    STOP_CONFIRMED = "stop_confirmed", _("confirmed an emergency stop")
    REVIEW_OVERRIDDEN = "review_overridden", _("published without the review")
    PASSAGE_REDACTED = "passage_redacted", _("took a passage out of published versions")
    CERTIFICATE_ISSUED = "certificate_issued", _("issued a certificate")
    CERTIFICATE_REVOKED = "certificate_revoked", _("revoked a certificate")
    CERTIFICATE_FETCHED = "certificate_fetched", _("fetched a certificate")
    OVERVIEW_VIEWED = "overview_viewed", _("viewed the overview of a workplace")
    PEOPLE_VIEWED = "people_viewed", _("viewed the list of people at a workplace")
    PERSON_VIEWED = "person_viewed", _("viewed what is kept about one person")
    LIST_EXPORTED = "list_exported", _("exported a list")
    DISCLOSED = "disclosed", _("disclosed a public record")
    EMPLOYMENT_CHANGED = "employment_changed", _("changed an employment")
    PERSON_MERGED = "person_merged", _("merged two person records")
    ROSTER_IMPORTED = "roster_imported", _("imported the roster")
    MAPPING_CHANGED = "mapping_changed", _("changed how a source's word is read")
    LOGIN_CODE_MADE = "login_code_made", _("printed a login code")
    LOGIN_LINKED = "login_linked", _("connected a login with a person")
    PROTECTION_CHANGED = "protection_changed", _("changed protection of personal data")
    SCOPE_GIVEN = "scope_given", _("gave a right over an org unit")
    SCOPE_ENDED = "scope_ended", _("ended a right over an org unit")
    TERMS_ENTERED = "terms_entered", _("entered the terms of follow-up")
    DISPOSED = "disposed", _("disposed of records")
    DISPOSAL_TRIED = "disposal_tried", _("tried a disposal")
    REGISTER_VERIFIED = "register_verified", _("verified entries of a register")
    REGISTER_IMPORTED = "register_imported", _("read a file into a register")
    REVIEW_SIGNED = "review_signed", _("signed an expert review")
    REMINDER_SENT = "reminder_sent", _("sent a reminder by hand")
    REMINDER_ESCALATED = "reminder_escalated", _("was told by mail that something is overdue")


class ImportState(TextChoices):
    """How far an import of the roster has come."""

    WAITING = "waiting", pgettext_lazy("import", "Waiting to be read")
    FAULTY = "faulty", pgettext_lazy("import", "Cannot be imported")
    READ = "read", pgettext_lazy("import", "Waiting for you to confirm")
    CONFIRMED = "confirmed", pgettext_lazy("import", "Being written")
    DONE = "done", pgettext_lazy("import", "Done")
    FAILED = "failed", pgettext_lazy("import", "Stopped by a fault")
    DISCARDED = "discarded", pgettext_lazy("import", "Not carried out")

    @classmethod
    def working(cls) -> tuple["ImportState", ...]:
        return (cls.WAITING, cls.CONFIRMED)


class MailOutcome(TextChoices):
    """How a mail that was owed ended."""

    SENT = "sent", pgettext_lazy("mail", "Sent")
    NO_ADDRESS = "no_address", pgettext_lazy("mail", "No address")
    PROTECTED = "protected", pgettext_lazy("mail", "Not sent: protected personal data")
    FAILED = "failed", pgettext_lazy("mail", "Could not be delivered")
    NOT_NEEDED = "not_needed", pgettext_lazy("mail", "Not sent: there was nothing left to say")
    INTERRUPTED = "interrupted", pgettext_lazy("mail", "Interrupted: may or may not have arrived")
