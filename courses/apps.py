from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        self._register_documents()
        self._register_personal_matters()
        self._register_disposal()
        self._register_pages()
        self._register_care()

    def _register_care(self) -> None:
        from cms.core.registry import CareFinder, care_finders
        from courses.queries.care import courses_waiting

        care_finders.register(CareFinder("courses", courses_waiting, order=40))

    def _register_documents(self) -> None:
        from cms.compliance.registry import TargetKind, target_kinds
        from cms.core.registry import UseFinder, use_finders
        from cms.versions.registry import VersionKind, version_kinds
        from courses import receivers  # noqa: F401
        from courses.queries import paths, progress, uses

        use_finders.register(UseFinder("course", uses.uses))
        target_kinds.register(
            TargetKind(
                name="course",
                label=pgettext_lazy("target", "Course"),
                done_label=_("has completed"),
                progress=progress.progress,
            )
        )
        version_kinds.register(
            VersionKind(
                name="course",
                label=pgettext_lazy("target", "Course"),
                address=progress.address,
                may_read=progress.may_read,
                resolve=progress.resolve,
                current_contents=progress.current_contents,
            )
        )

        target_kinds.register(
            TargetKind(
                name=paths.KIND,
                label=pgettext_lazy("target", "Learning path"),
                done_label=_("has completed"),
                progress=paths.progress,
            )
        )
        version_kinds.register(
            VersionKind(
                name=paths.KIND,
                label=pgettext_lazy("target", "Learning path"),
                address=paths.address,
                may_read=paths.may_read,
                resolve=paths.resolve,
            )
        )

    def _register_personal_matters(self) -> None:
        from cms.people.registry import MailKind, PersonalData, mail_kinds, personal_data
        from courses.actions.completing import FINISHED
        from courses.actions.paths import PATH_FINISHED
        from courses.queries import personal

        mail_kinds.register(MailKind(FINISHED, personal.finished_subject, "courses/emails/finished.txt"))
        mail_kinds.register(MailKind(PATH_FINISHED, personal.finished_subject, "courses/emails/finished.txt"))
        only_you = _("Only you. Your head and HR see that a course is done, nothing of this.")
        personal_data.register(
            PersonalData(
                "courses",
                _("Courses that you have begun"),
                _("You. Your head and HR see only what is completed."),
                _("As long as what you have completed is kept."),
                personal.enrollment_rows,
                order=200,
            )
        )
        personal_data.register(
            PersonalData(
                "answers",
                _("Your answers in courses"),
                only_you,
                _("12 months after the course is completed, once the city has decided on disposal."),
                personal.answer_rows,
                order=210,
            )
        )

        personal_data.register(
            PersonalData(
                "talks",
                _("Supervisor's talks that you have had"),
                _("You and your head."),
                _("As long as what you have completed is kept."),
                personal.talk_rows,
                order=205,
            )
        )

    def _register_disposal(self) -> None:
        from cms.compliance.registry import DisposalKind, disposal_kinds
        from courses.queries.disposal import old_attempts

        disposal_kinds.register(
            DisposalKind(
                "answers",
                _("Attempts and answers in courses that are completed"),
                _("from the day the course was completed"),
                old_attempts,
            )
        )

    def _register_pages(self) -> None:
        from django.urls import reverse

        from cms.core.registry import NavItem, PagePart, nav_items, page_parts
        from courses.registry import Preview, previews
        from courses.views import parts
        from courses.views import previews as views

        previews.register(Preview("courseindexpage", views.index))
        previews.register(Preview("coursepage", views.course))
        previews.register(Preview("unitpage", views.unit))
        previews.register(Preview("learningpathpage", views.path))
        page_parts.register(
            PagePart("courses-talks", "oversight.person", "courses/parts/talks.html", parts.on_person, order=50)
        )
        page_parts.register(
            PagePart("courses-recall", "oversight.training", "courses/parts/recall.html", parts.on_training)
        )
        nav_items.register(
            NavItem(
                name="courses",
                label=_("Courses"),
                url=lambda request: reverse("courses:index"),
                order=25,
                description=_("Short units on working hours. What you do is saved, and you get a certificate."),
            )
        )
