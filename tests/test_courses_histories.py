"""Random lives of a course against a second book: 0 differences, and each bug that is put in is found."""

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from cms.compliance.models import Evidence
from courses.actions import Completed, completing, learning, moving
from courses.models import learning as records
from courses.models import versions
from courses.queries import drafts
from courses.queries import moving as plans
from tests.campaigns import SEED, Campaign
from tests.course_lives import Lives, Stage

STEPS = 50
HOW = settings(
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


@pytest.fixture
def stage(db):
    return Stage.build()


def live(stage, number, *, first=0, often=Lives.often, **how):
    """So many lives, of `STEPS` steps each."""

    def begin():
        return type("Lives", (Lives,), {"stage": stage, "often": often})()

    run_state_machine_as_test(seed(SEED + first)(begin), settings=settings(HOW, max_examples=number, **how))


@pytest.mark.campaign
def test_random_lives_agree_with_the_book(campaign: Campaign, stage):
    runs = campaign.numbers(2000)
    began = time.process_time()
    live(stage, len(runs), first=runs.start, report_multiple_bugs=False)
    while sum(stage.lengths) < len(runs) * STEPS:  # some lives are short
        live(stage, max(1, len(runs) // 8), first=1000 + len(stage.lengths))
    took = f"{time.process_time() - began:.0f} s of computing"
    campaign.tell(f"{len(stage.lengths)} lives, {sum(stage.lengths)} steps: 0 differences ({took})")


# Eleven bugs, and each is found

REAL_FACTS, REAL_ENROLL = completing._facts, learning.enroll


def last_change_only(done: Any, later: Any) -> bool:
    later = list(later)
    return not later or later[-1].sha256 == done.sha256 or not later[-1].must_redo


def one_unit_too_few(enrollment: Any, units: Any, *args: Any) -> Any:
    return REAL_FACTS(enrollment, list(units)[: max(1, len(units) - 1)], *args)


def everything_changed(gathered: Any) -> frozenset[Any]:
    return frozenset(unit.key for unit in gathered.units)


# Where a bug shows itself at once; another seed finds it too, later. All others show with the seed beside the first.
SEEDS = {
    "withdrawn units are asked of those who move": 7,
    "redo asks for every unit": 0,
    "a renewal goes on with what was finished": 5,
    "the certificate forgets a unit": 0,
}
BUGS: dict[str, tuple[Any, str, Any]] = {
    "everything that was done is carried": (plans, "still_counts", lambda done, later: True),
    "nothing is carried": (plans, "still_counts", lambda done, later: False),
    "only the last change is looked at": (plans, "still_counts", last_change_only),
    "a move that leaves nothing to do does not finish": (moving, "finish_if_done", lambda *args: Completed()),
    "begun answers stay behind": (moving, "_take_attempts_along", lambda *args: None),
    "withdrawn units are asked of those who move": (versions.UnitVersionQuerySet, "standing", lambda units: units),
    "redo asks for every unit": (drafts.Gathered, "changed_keys", property(everything_changed)),
    "what was taken back still counts": (plans, "known_evidence", Evidence.objects.all),
    "merged records are not seen": (
        records.EnrollmentQuerySet, "of", lambda rows, person: rows.filter(person=person)
    ),
    "a renewal goes on with what was finished": (
        learning, "enroll", lambda *, again=False, **kwargs: REAL_ENROLL(**kwargs)
    ),
    "the certificate forgets a unit": (completing, "_facts", one_unit_too_few),
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("bug", BUGS)
def test_each_bug_that_is_put_in_is_found(stage, monkeypatch, bug):
    monkeypatch.setattr(*BUGS[bug])
    with pytest.raises(BaseException) as found:
        live(stage, 100, first=SEEDS.get(bug, 1), often=5, phases=[Phase.generate], report_multiple_bugs=False)
    assert not isinstance(found.value, KeyboardInterrupt)
