"""Where a person stands with a target on a date: a pure function of what is known, without a database.

How it is read, and where each reading comes from (docs/decisions/2026-11-23-standing.md tells why):

- *Required* is who has, on the date, a job that the rule of that date applies to.
- *The clock* starts on the first day of the unbroken chain of required days that leads to the date. Someone who
  changes workplace the day after, or gets a new row for the same job, keeps the clock; a day's gap starts a new one.
  No rule applies before its own first day, so the chain cannot begin before it either.
- *A changed rule* holds from its day. It may put a deadline off at once, but moves it nearer only as far as it would
  lie for somebody on whom the rule falls on that day: nobody is overdue for a rule that was not there yesterday, and
  writing a rule once more resets nobody's deadline.
- *Leave and exemption pause* every clock that is running: as many days are added. What was overdue before stays so.
- *Evidence* belongs to the person: what was done before the employment, or at another workplace, counts, unless the
  rule says how old prior learning may be when the clock starts. A rule can name other targets that meet it as well;
  evidence of those counts as recorded without a version.
- *A substantive release* lets earlier evidence stand only until the day by which it must be done again. Between
  release and that day the state is "to do", afterwards "overdue". A later release does not put off an earlier one.
- *Validity* is counted in calendar months or to a yearly date (`due.Validity`). The last day of validity is the last
  day for renewal, and within the rule's window before it the state is "expiring".
- *An exemption* replaces whatever would ask something of the person; what is done stays done.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cms.compliance.due import Deadline, Span, Validity, add_days, add_months, earlier, joined, later, paused
from cms.compliance.enums import Cause, State

FOR_EVER = Validity()


@dataclass(frozen=True, slots=True)
class Job:
    """An employment: days, org unit (its id and kind) and role (its id, None if unknown)."""

    span: Span
    org_unit: int
    kind: str = ""
    role: int | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence that counts: not void, and known. `major` is None for what was recorded without a version.

    `instead` is the id of another target that it is of, for a rule that may be met by several; 0: the target itself.
    """

    achieved_on: date
    major: int | None = None
    valid_until: date | None = None
    id: int = 0
    instead: int = 0


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """All that is known about one person and one target."""

    jobs: tuple[Job, ...] = ()
    leaves: tuple[Span, ...] = ()
    proofs: tuple[Proof, ...] = ()
    exemptions: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Audience:
    """On whom a rule falls between two days. The subtrees are already org-unit ids; None is everywhere.

    Empty kinds or roles are all of them. A unit that moves in the tree gives one audience before and one after.
    """

    span: Span
    org_units: frozenset[int] | None = None
    kinds: frozenset[str] = frozenset()
    roles: frozenset[int] = frozenset()

    def has(self, job: Job) -> bool:
        return (
            (self.org_units is None or job.org_unit in self.org_units)
            and (not self.kinds or job.kind in self.kinds)
            and (not self.roles or job.role in self.roles)
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """How a requirement reads between two days. The spans of its audiences lie within its own."""

    span: Span
    audiences: tuple[Audience, ...]
    deadline: Deadline
    validity: Validity = FOR_EVER
    window_days: int = 90
    prior_months: int | None = None  # evidence older than this when the clock starts does not count
    alternatives: frozenset[int] = frozenset()  # other targets that meet the requirement as well

    def admits(self, proof: Proof, since: date) -> bool:
        """Whether evidence is of something that counts, and not older than prior learning may be."""
        if proof.instead and proof.instead not in self.alternatives:
            return False
        return self.prior_months is None or proof.achieved_on >= add_months(since, -self.prior_months)


@dataclass(frozen=True, slots=True)
class Release:
    """From `effective_on`, evidence of a lower major version stands only until `redo_by`."""

    major: int
    effective_on: date
    redo_by: date


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A requirement with all its readings, in order and without overlap, and the releases of its target.

    Days on which the requirement is ended lie in no reading. `requirement` is its id.
    """

    readings: tuple[Reading, ...]
    releases: tuple[Release, ...] = ()
    requirement: int = 0

    def on(self, day: date) -> Reading | None:
        return next((reading for reading in self.readings if reading.span.has(day)), None)

    def between(self, first: date, last: date) -> list[Reading]:
        return [reading for reading in self.readings if reading.span.overlap(Span(first, last))]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands. `due_on` None while open: the clock is paused without an end.

    `since` is the first day of the chain, `done_on` and `proof` tell of the evidence that counts, or last counted.
    """

    state: State
    since: date | None = None
    due_on: date | None = None
    done_on: date | None = None
    valid_until: date | None = None
    exempt_until: date | None = None
    cause: Cause | None = None
    is_paused: bool = False
    proof: int | None = None


def required_since(person: PersonFacts, rule: RuleFacts, on: date) -> date | None:
    """The first day of the unbroken chain of required days that leads to the date. None: not required that day."""
    days = [
        overlap
        for reading in rule.readings
        for audience in reading.audiences
        for job in person.jobs
        if audience.has(job) and (overlap := audience.span.overlap(job.span)) is not None
    ]
    return next((span.starts_on for span in joined(days) if span.has(on)), None)


def standing(person: PersonFacts, rule: RuleFacts, on: date) -> Standing:
    """Where a person stands with one requirement on a date."""
    proofs = [proof for proof in person.proofs if proof.achieved_on <= on]
    since = required_since(person, rule, on)
    if since is None:
        return unrequired(proofs)
    reckoning = _Reckoning(person, rule, since, on)
    proofs = [proof for proof in proofs if reckoning.reading.admits(proof, since)]
    found = reckoning.met(proofs) or reckoning.open(proofs)
    exempt_until = max((span.ends_on or date.max for span in person.exemptions if span.has(on)), default=None)
    if exempt_until is not None and found.state != State.DONE:
        return replace(found, state=State.EXEMPT, due_on=None, cause=None, exempt_until=exempt_until)
    return found


def unrequired(proofs: Iterable[Proof]) -> Standing:
    """Nothing is asked; what has been done is told all the same."""
    last = max(
        (proof for proof in proofs if not proof.instead), key=lambda proof: (proof.achieved_on, proof.id), default=None
    )
    if last is None:
        return Standing(State.NOT_REQUIRED)
    return Standing(State.NOT_REQUIRED, done_on=last.achieved_on, valid_until=last.valid_until, proof=last.id)


class _Reckoning:
    """One person's clocks under one requirement, on one date."""

    def __init__(self, person: PersonFacts, rule: RuleFacts, since: date, on: date) -> None:
        self.pauses = joined([*person.leaves, *person.exemptions])
        self.rule, self.since, self.on = rule, since, on
        self.releases = [release for release in rule.releases if release.effective_on <= on]
        self.reading = rule.on(on) or rule.readings[-1]

    def met(self, proofs: list[Proof]) -> Standing | None:
        """Done or expiring, by the evidence that holds longest."""
        holding = [(self.valid_until(proof, self.reading), proof) for proof in proofs if self.holds(proof)]
        if not holding:
            return None
        until, proof = max(holding, key=lambda pair: (pair[0] or date.max, pair[1].achieved_on, pair[1].id))
        done = Standing(
            State.DONE, since=self.since, done_on=proof.achieved_on, valid_until=until, proof=proof.id,
            is_paused=self.is_paused,
        )  # fmt: skip
        if until is None or self.on < add_days(until, -self.reading.window_days):
            return done
        return replace(done, state=State.EXPIRING, due_on=self.expiry_due(proof), cause=Cause.EXPIRED)

    def open(self, proofs: list[Proof]) -> Standing:
        """To do or overdue. The latest of what is due the first time and what is due for a renewal is binding."""
        due, last, cause = self.first_due(), None, Cause.FIRST
        for proof in sorted(proofs, key=lambda proof: (proof.achieved_on, proof.id)):
            redo, expiry = self.redo_due(proof), self.expiry_due(proof)
            due, last = later(due, earlier(redo, expiry)), proof
            cause = Cause.NEW_VERSION if self.is_superseded(proof) else Cause.EXPIRED
        return Standing(
            State.TO_DO if due is None or self.on <= due else State.OVERDUE,
            since=self.since,
            due_on=due,
            done_on=last.achieved_on if last else None,
            valid_until=self.valid_until(last, self.reading) if last else None,
            cause=cause,
            is_paused=self.is_paused,
            proof=last.id if last else None,
        )

    @property
    def is_paused(self) -> bool:
        return any(pause.has(self.on) for pause in self.pauses)

    def holds(self, proof: Proof) -> bool:
        until = self.valid_until(proof, self.reading)
        return (until is None or self.on <= until) and not self.is_superseded(proof)

    def valid_until(self, proof: Proof, reading: Reading) -> date | None:
        """The last day a proof holds: as it says itself or as the rule says, whichever ends first."""
        return earlier(proof.valid_until, reading.validity.until(proof.achieved_on, reading.window_days))

    def is_superseded(self, proof: Proof) -> bool:
        return any(release.major > self.major_of(proof) for release in self.releases)

    def major_of(self, proof: Proof) -> int:
        """What was recorded without a version counts as the one that applied when it was done."""
        if proof.major is not None:
            return proof.major
        by_then = (release.major for release in self.releases if release.effective_on <= proof.achieved_on)
        return max(by_then, default=0)

    def first_due(self) -> date | None:
        return self.agreed(
            self.since,
            lambda reading: paused(self.since, reading.deadline.from_start(self.since), self.pauses),
        )

    def redo_due(self, proof: Proof) -> date | None:
        """By when releases want it done again: the first of those that the proof is too old for."""
        due = None
        for release in self.releases:
            if release.major > self.major_of(proof):
                opens_on = max(release.effective_on, self.since)
                due = earlier(due, paused(opens_on, release.redo_by, self.pauses))
        return due

    def expiry_due(self, proof: Proof) -> date | None:
        """By when it must be renewed since its validity ends. The clock opens with the window."""

        def under(reading: Reading) -> date | None:
            until = self.valid_until(proof, reading)
            if until is None:
                return None
            opens_on = max(add_days(until, -reading.window_days), self.since)
            return paused(opens_on, until, self.pauses)

        return self.agreed(max(self.since, proof.achieved_on), under)

    def agreed(self, first: date, under: Callable[[Reading], date | None]) -> date | None:
        """A deadline through all readings from a day on: put off at once, moved nearer only with fair warning."""
        readings: Sequence[Reading] = self.rule.between(first, self.on)
        due = under(readings[0])
        for reading in readings[1:]:
            starts_on = reading.span.starts_on
            fair = paused(starts_on, reading.deadline.from_start(starts_on), self.pauses)
            due = later(under(reading), earlier(due, fair))
        return due


GRAVITY = (State.NOT_REQUIRED, State.DONE, State.EXEMPT, State.EXPIRING, State.TO_DO, State.OVERDUE)


def combined(standings: Iterable[Standing]) -> Standing:
    """Several requirements of one target as one: the gravest state, and in it the earliest day.

    Exempt only if no requirement asks for more: an exemption holds for the target, so it is then exempt from all that
    is not done. Nothing required at all: not required.
    """
    every = list(standings)
    if len(every) < 2:
        return every[0] if every else Standing(State.NOT_REQUIRED)
    gravest = max(GRAVITY.index(one.state) for one in every)
    same = [one for one in every if GRAVITY.index(one.state) == gravest]
    first = min(same, key=lambda one: (one.due_on or date.max, one.valid_until or date.max))
    since = min((one.since for one in every if one.since is not None), default=None)
    return replace(first, since=since)


def worst(states: Iterable[State]) -> State:
    """One person's state over several targets: the gravest. Exempt only if exempt from all that is required."""
    required = {state for state in states if state != State.NOT_REQUIRED}
    if not required:
        return State.NOT_REQUIRED
    if required == {State.EXEMPT}:
        return State.EXEMPT
    return max(required - {State.EXEMPT}, key=GRAVITY.index)
