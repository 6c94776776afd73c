"""A rule in words, as it is edited: whom it falls on, by when, how often, and with days worked out as an example."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cms.compliance.due import Deadline, Validity
from cms.people.names import swedish_order

YEAR = 12


@dataclass(frozen=True)
class RuleInWords:
    """What a rule says, by name. `places`, `kinds` and `roles` are as people call them; empty means all."""

    target: str
    effective_on: date
    deadline: Deadline
    validity: Validity = field(default_factory=Validity)
    window_days: int = 90
    places: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    others: tuple[str, ...] = ()  # other targets that meet it as well
    prior_months: int | None = None


def sentences(rule: RuleInWords) -> list[str]:
    """The rule, and what it means for somebody who is employed on the day from which it applies."""
    whom = "".join((_as_roles(rule.roles), _at_kinds(rule.kinds), _within(rule.places)))
    said = _("Everyone who works%(whom)s must do “%(target)s” %(deadline)s%(again)s.") % {
        "whom": whom,
        "target": pgettext("targets", "” or “").join((rule.target, *sorted(rule.others, key=swedish_order))),
        "deadline": by_when(rule.deadline),
        "again": how_often(rule.validity),
    }
    return [said, *_prior(rule.prior_months), *_example(rule)]


def _prior(months: int | None) -> list[str]:
    """How old what was done before may be, for those on whom the rule comes to fall."""
    if months is None:
        return []
    if months == 0:
        return [_("What somebody did before it began to apply to them does not count.")]
    return [
        ngettext(
            "What somebody did more than %(months)s month before it began to apply to them does not count.",
            "What somebody did more than %(months)s months before it began to apply to them does not count.",
            months,
        )
        % {"months": months}
    ]


def alternatives(names: tuple[str, ...]) -> str:
    """ "a, b or c": in the order of the alphabet, in whichever order they were chosen."""
    names = tuple(sorted(names, key=swedish_order))
    if len(names) < 2:
        return "".join(names)
    return pgettext("alternatives", "%(some)s or %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}


def _as_roles(roles: tuple[str, ...]) -> str:
    names = tuple(role if role[1:2].isupper() else role[:1].lower() + role[1:] for role in roles)
    return _(" as %(roles)s") % {"roles": alternatives(names)} if roles else ""


def _at_kinds(kinds: tuple[str, ...]) -> str:
    names = tuple(kind.lower() for kind in kinds)
    return _(" at workplaces of the kind %(kinds)s") % {"kinds": alternatives(names)} if kinds else ""


def _within(places: tuple[str, ...]) -> str:
    return _(" within %(places)s") % {"places": alternatives(places)} if places else ""


def by_when(deadline: Deadline) -> str:
    days = deadline.days or 0
    within = ngettext("within %(days)s day from being employed", "within %(days)s days from being employed", days) % {
        "days": days
    }
    if deadline.on is None:
        return within if days else _("from the first day")
    if deadline.days is None:
        return _("by %(day)s") % {"day": deadline.on.isoformat()}
    return _("by %(day)s, and those who come later %(within)s") % {"day": deadline.on.isoformat(), "within": within}


def how_often(validity: Validity) -> str:
    if validity.yearly is not None:
        month, day = validity.yearly
        return _(", and then again every year by %(day)s") % {"day": date_format(date(2000, month, day), "j F")}
    if validity.months is None:
        return ""
    named = {
        YEAR: _(", and then again every year"),
        2 * YEAR: _(", and then again every other year"),
        3 * YEAR: _(", and then again every third year"),
    }
    months = ngettext(
        ", and then again within %(months)s month", ", and then again within %(months)s months", validity.months
    )
    return named.get(validity.months) or months % {"months": validity.months}


def _example(rule: RuleInWords) -> list[str]:
    due_on = rule.deadline.from_start(rule.effective_on)
    next_on = rule.validity.until(due_on, rule.window_days)
    days = {"start": rule.effective_on.isoformat(), "due": due_on.isoformat()}
    if next_on is None:
        return [_("Whoever is employed on %(start)s must be done by %(due)s.") % days]
    days["next"] = next_on.isoformat()
    return [
        _("Whoever is employed on %(start)s must be done by %(due)s; next time %(next)s.") % days,
        ngettext(
            "It can be renewed from %(days)s day before it expires.",
            "It can be renewed from %(days)s days before it expires.",
            rule.window_days,
        )
        % {"days": rule.window_days},
    ]
