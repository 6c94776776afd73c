from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class GuidelinesConfig(AppConfig):
    name = "guidelines"
    verbose_name = _("Guidelines")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.compliance.registry import TargetKind, target_kinds
        from cms.core.registry import PagePart, UseFinder, page_parts, use_finders
        from cms.versions.registry import VersionKind, version_kinds
        from guidelines import receivers  # noqa: F401
        from guidelines.actions.approving import approve_step
        from guidelines.enums import KIND
        from guidelines.queries import acknowledgements, approvals, documents, papers, readings, situations, uses
        from guidelines.registry import Approval, DraftReader, draft_readers
        from guidelines.registry import approvals as approval_kinds

        use_finders.register(UseFinder(KIND, uses.uses))
        draft_readers.register(DraftReader(KIND, readings.read_draft))
        approval_kinds.register(Approval(KIND, approvals.authors_of_page, approve_step))

        target_kinds.register(
            TargetKind(
                name=KIND,
                label=pgettext_lazy("kind of target", "Guideline"),
                done_label=pgettext_lazy("evidence", "has read"),
                progress=acknowledgements.progress,
            )
        )
        version_kinds.register(
            VersionKind(
                name=KIND,
                label=pgettext_lazy("kind of target", "Guideline"),
                address=documents.address,
                may_read=documents.may_read_any,
                resolve=documents.resolve,
                current_contents=documents.current_contents,
                at_pages=documents.at_pages,
                papers=papers.papers,
                numbered=documents.numbered,
                quotable=documents.quotable,
            )
        )
        page_parts.register(
            PagePart("poster", "references.contacts", "guidelines/components/poster.html", papers.poster_part)
        )
        page_parts.register(PagePart("search", "home.search", "guidelines/parts/search.html", situations.search_part))
        page_parts.register(
            PagePart("situations", "home.situations", "guidelines/parts/situations.html", situations.situations_part)
        )
        self._register_ways_in()
        self._register_mails()
        self._register_care()

    def _register_care(self) -> None:
        from cms.core.registry import CareFinder, care_finders
        from guidelines.queries.care import guidelines_waiting

        care_finders.register(CareFinder("guidelines", guidelines_waiting, order=30))

    def _register_ways_in(self) -> None:
        from cms.core.registry import NavItem, nav_items
        from guidelines.queries import documents

        nav_items.register(
            NavItem(
                "guidelines",
                pgettext_lazy("navigation", "Guidelines"),
                documents.index_address,
                order=20,
                description=_("What applies to you, and what you do when you are worried about a child."),
            )
        )
        nav_items.register(
            NavItem(
                "search",
                pgettext_lazy("navigation", "Search"),
                documents.search_address,
                order=15,
            )
        )

    def _register_mails(self) -> None:
        from cms.people.registry import MailKind, mail_kinds
        from guidelines.actions.acknowledging import MAIL
        from guidelines.actions.reviewing import REVIEW_MAIL
        from guidelines.queries import acknowledgements, reviews

        mail_kinds.register(MailKind(MAIL, acknowledgements.receipt_subject, "guidelines/emails/acknowledged.txt"))
        mail_kinds.register(
            MailKind(
                REVIEW_MAIL, reviews.review_subject, "guidelines/emails/review.txt", prepare=reviews.prepare_review
            )
        )
