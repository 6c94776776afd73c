"""What a substantive version would cost: figures only, without people whose data are protected."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from cms.compliance.models import Target
from cms.compliance.queries import employments_required, known_evidence
from cms.people.enums import Protection
from cms.people.queries import people_behind
from cms.versions.models import Notice
from cms.versions.queries import documents_citing
from guidelines.enums import KIND
from guidelines.models import GuidelinePage, GuidelineVersion


@dataclass(frozen=True)
class Cost:
    """Whom and what a new version of a guideline touches.

    `required` people at `workplaces` must read it; `done` of them have read the major version before and must read it
    again; `mailed` can be told by mail. `citing` names other texts that lead to it, `notices` lie over every version.
    """

    required: int = 0
    workplaces: int = 0
    done: int = 0
    mailed: int = 0
    citing: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def first_time(self) -> int:
        return self.required - self.done


def cost_of(page: GuidelinePage, latest: GuidelineVersion | None, on: date) -> Cost:
    """In a constant number of queries, whoever asks: the figures are the same for every editor."""
    target = Target.objects.filter(kind=KIND, key=page.key).first()
    own = GuidelineVersion.objects.of(page.key).values_list("content", flat=True)
    citing = tuple(documents_citing(KIND, str(page.key), but=own))
    notices = tuple(Notice.objects.standing().filter(kind=KIND, key=page.key))
    if target is None:
        return Cost(citing=citing, notices=notices)
    employments = employments_required(target, on).filter(
        Q(person__protection=Protection.NONE),
        Q(person__merged_into=None) | Q(person__merged_into__protection=Protection.NONE),
    )
    required = people_behind(employments).filter(protection=Protection.NONE).order_by()
    return Cost(
        required=required.count(),
        workplaces=employments.order_by().values("org_unit").distinct().count(),
        done=required.filter(_has_read(target, latest)).count() if latest else 0,
        mailed=required.exclude(email="").count(),
        citing=citing,
        notices=notices,
    )


def _has_read(target: Target, latest: GuidelineVersion) -> Exists:
    """Whether a person, or a record that was merged into theirs, has read the latest major version."""
    rows = known_evidence().filter(target=target, version_major__gte=latest.major)
    return Exists(rows.filter(Q(person=OuterRef("pk")) | Q(person__merged_into=OuterRef("pk"))))
