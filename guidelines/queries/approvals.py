"""Who has written a draft, who has approved it, and what a workflow still asks before it is published."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from wagtail.models import Page, Revision, TaskState, WorkflowState

from cms.versions.queries import latest_version
from guidelines.models import GuidelinePage, GuidelineVersion, ReviewTask

# Every field of the page that an editor fills in, so that a new one is not forgotten here.
OWN = GuidelinePage._meta.local_concrete_fields
WRITTEN = ("title", *(field.name for field in OWN if field.editable and not field.primary_key))
NOTHING = (None, "", "[]")


def written(revision: Revision | None) -> dict[str, Any] | None:
    """What somebody has written, without what Wagtail keeps beside it. Empty is empty, however it was kept."""
    if revision is None:
        return None
    return {name: revision.content[name] for name in WRITTEN if revision.content.get(name) not in NOTHING}


def seen_words(page: GuidelinePage) -> str:
    """A word for exactly what the latest revision says: autosave writes new words into the same revision."""
    revision = page.latest_revision
    words = json.dumps(written(revision), sort_keys=True)
    return f"{revision.pk if revision else 0}.{sha256(words.encode()).hexdigest()[:32]}"


def authors_of_draft(page: GuidelinePage, revision: Revision, *, since: int | None) -> set[Any]:
    """The accounts that have changed the text after one revision and up to another.

    Out: those who only saved or published what others had written. If the revision to start from is gone, its
    successor counts as a change.
    """
    before = page.revisions.filter(pk=since).first() if since else None
    known, authors = written(before), set()
    for saved in page.revisions.filter(pk__gt=since or 0, pk__lte=revision.pk).order_by("pk"):
        now = written(saved)
        if now != known and saved.user_id is not None:
            authors.add(saved.user_id)
        known = now
    return authors


def authors_of_page(page: Page) -> set[Any]:
    """The accounts whose words wait on a page: of a guideline as above, of others all that saved since it went live."""
    revision = page.get_latest_revision()
    if revision is None:
        return {page.owner_id}
    if isinstance(page, GuidelinePage):
        latest = latest_version(GuidelineVersion, page.key)
        return authors_of_draft(page, revision, since=latest.revision_id if latest else None)
    saved = page.revisions.filter(pk__gt=page.live_revision_id or 0)
    return set(saved.values_list("user_id", flat=True))


@dataclass(frozen=True)
class Step:
    """A step of the workflow that a guideline has to pass, and who has approved exactly this text in it."""

    task: ReviewTask
    approved_by: Any = None
    approved_at: datetime | None = None
    is_of_finished: bool = False


@dataclass(frozen=True)
class Review:
    """All steps that a text has to pass. None: the page stands under no such workflow."""

    steps: tuple[Step, ...] = ()

    @property
    def is_asked(self) -> bool:
        return bool(self.steps)

    @property
    def is_finished(self) -> bool:
        """Every step has been approved, for this very text, in a workflow that has come to its end."""
        return all(step.is_of_finished for step in self.steps)

    @property
    def approvers(self) -> list[Any]:
        return [step.approved_by for step in self.steps if step.approved_by is not None]


def review_of(page: GuidelinePage, revision: Revision | None, *, since: int | None) -> Review:
    """What the page's workflow asks of one revision's words, and what of it is done after another revision.

    An edit afterwards asks anew, and so does going back to words that were approved for an earlier version.
    """
    workflow = page.get_workflow()
    if workflow is None:
        return Review()
    tasks = list(
        ReviewTask.objects.filter(workflow_tasks__workflow=workflow, active=True).order_by("workflow_tasks__sort_order")
    )
    done = _approvals(page, revision, tasks, since or 0) if tasks and revision is not None else {}
    return Review(tuple(done.get(task.pk, Step(task)) for task in tasks))


def _approvals(page: GuidelinePage, revision: Revision, tasks: Collection[ReviewTask], since: int) -> dict[int, Step]:
    words, by_id = written(revision), {task.pk: task for task in tasks}
    standing = (WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_APPROVED)
    rows = TaskState.objects.for_instance(page).filter(
        task__in=by_id,
        status=TaskState.STATUS_APPROVED,
        workflow_state__status__in=standing,
        revision__gt=since,
    )
    found: dict[int, Step] = {}
    for row in rows.select_related("revision", "finished_by", "workflow_state").order_by("finished_at", "pk"):
        if written(row.revision) == words:
            finished = row.workflow_state.status == WorkflowState.STATUS_APPROVED
            found[row.task_id] = Step(by_id[row.task_id], row.finished_by, row.finished_at, finished)
    return found
