"""What it takes to complete a unit. Pure."""

from dataclasses import dataclass

from courses.enums import Rule


@dataclass(frozen=True)
class Needs:
    """The parts of a unit that have to be done. `passed` is stronger than `answered`; without any, it is read."""

    answered: bool = False
    passed: bool = False
    scenario: bool = False

    @property
    def read(self) -> bool:
        """Whether the learner says by themselves that it is done."""
        return not (self.answered or self.passed or self.scenario)

    @property
    def questions(self) -> bool:
        return self.answered or self.passed


def needs(rule: str, has_questions: bool, has_scenario: bool) -> Needs:
    """What a rule comes to in a reading. Nobody is asked for what the reading does not have: then it is read."""
    return Needs(
        answered=has_questions and rule in (Rule.ANSWERED, Rule.BOTH),
        passed=has_questions and rule in ("", Rule.PASSED),
        scenario=has_scenario and rule in ("", Rule.SCENARIO, Rule.BOTH),
    )


def is_possible(rule: str, has_questions: bool, has_scenario: bool) -> bool:
    """Whether everything that a rule asks for is there."""
    if rule in (Rule.ANSWERED, Rule.PASSED, Rule.BOTH) and not has_questions:
        return False
    return has_scenario or rule not in (Rule.SCENARIO, Rule.BOTH)
