"""A rule that falls on the whole city: asked for in the web, written and counted by the worker."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cms.compliance.actions import NotReviewed, require, set_rule
from cms.compliance.models import Requirement, Target
from cms.oversight.models import AwaitedRule
from cms.oversight.tasks import write_rule
from cms.people.models import OrgUnit, Person, Role

LEASE = timedelta(minutes=15)
DAYS = ("effective_on", "due_on")
ROWS: dict[str, Any] = {"org_units": OrgUnit, "roles": Role, "alternatives": Target}


def _as_kept(rule: dict[str, Any]) -> dict[str, Any]:
    """What `set_rule` takes, as JSON."""
    kept: dict[str, Any] = {}
    for name, value in rule.items():
        if name in ROWS:
            value = [row.pk for row in value]
        kept[name] = value.isoformat() if isinstance(value, date) else value
    return kept


def _as_asked(kept: dict[str, Any]) -> dict[str, Any]:
    rule = dict(kept)
    for name, model in ROWS.items():
        if name in rule:
            rule[name] = list(model.objects.filter(pk__in=rule[name]))
    for name in DAYS:
        if rule.get(name):
            rule[name] = date.fromisoformat(rule[name])
    return rule


@transaction.atomic
def ask_for_rule(
    *,
    target: Target,
    requirement: Requirement | None,
    name: str,
    rule: dict[str, Any],
    people: int,
    actor: Person | None,
) -> AwaitedRule:
    """Let the worker write a rule, of a requirement that is there or of a new one. Nothing is required before."""
    awaited = AwaitedRule.objects.create(
        target=target,
        requirement=requirement,
        name=name,
        rule=_as_kept(rule),
        people=people,
        asked_by=actor,
        asked_at=timezone.now(),
    )
    transaction.on_commit(partial(write_rule.enqueue, awaited.pk), robust=True)
    return awaited


@transaction.atomic
def ask_again(*, awaited: AwaitedRule) -> None:
    """Let a worker take up what another has left."""
    transaction.on_commit(partial(write_rule.enqueue, awaited.pk), robust=True)


def write_awaited_rule(awaited_id: int) -> None:
    """What the worker does. Written once, however often it is begun; a fault in the middle writes nothing."""
    now = timezone.now()
    waiting = AwaitedRule.objects.filter(pk=awaited_id, written_at=None, is_refused=False)
    if not waiting.filter(Q(leased_until=None) | Q(leased_until__lt=now)).update(leased_until=now + LEASE):
        return
    try:
        with transaction.atomic():
            awaited = waiting.select_for_update().select_related("target").first()
            if awaited is not None:  # whoever was slower than the lease has written it by now
                _write(awaited)
    except NotReviewed:
        waiting.update(is_refused=True)


def _write(awaited: AwaitedRule) -> None:
    rule = _as_asked(awaited.rule)
    if awaited.requirement is None:
        awaited.requirement = require(target=awaited.target, name=awaited.name, actor=awaited.asked_by, **rule)
    else:
        set_rule(requirement=awaited.requirement, actor=awaited.asked_by, **rule)
    awaited.written_at = timezone.now()
    awaited.save(update_fields=["requirement", "written_at"])
