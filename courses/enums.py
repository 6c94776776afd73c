from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QuestionKind(TextChoices):
    SINGLE = "single", _("One right choice")
    MULTIPLE = "multiple", _("Several right choices")
    TRUE_FALSE = "true_false", _("True or false")
    MATCH = "match", _("Match pairs")
    ORDER = "order", _("Put in order")
    NUMERIC = "numeric", _("A number")
    SHORT = "short", _("A word or a few")


class Credit(TextChoices):
    """What an answer earns that is right in part."""

    WHOLE = "whole", _("Only an answer that is right in whole gives points")
    PARTS = "parts", _("What is right gives a part of the points")


class Ending(TextChoices):
    """How a scenario ends at a step."""

    GOOD = "good", pgettext_lazy("scenario", "Ends well")
    OTHER = "other", pgettext_lazy("scenario", "Ends otherwise")


class Rule(TextChoices):
    """What it takes to complete a unit. Empty: what the unit has, see `needing`."""

    READ = "read", _("Marked as read; questions and scenario are voluntary")
    ANSWERED = "answered", _("All questions answered, right or wrong")
    PASSED = "passed", _("The questions passed; the scenario is voluntary")
    SCENARIO = "scenario", _("The scenario finished; questions are voluntary")
    BOTH = "both", _("All questions answered, right or wrong, and the scenario finished")


class UnitState(TextChoices):
    """What a cut would do to a unit."""

    ADDED = "added", pgettext_lazy("unit", "New")
    CHANGED = "changed", pgettext_lazy("unit", "Changed")
    UNCHANGED = "unchanged", pgettext_lazy("unit", "Unchanged")
    REMOVED = "removed", pgettext_lazy("unit", "Removed")
    LEFT_OUT = "left_out", pgettext_lazy("unit", "Not included")


class Step(TextChoices):
    """How far a learner has come with a unit."""

    NOT_STARTED = "not_started", pgettext_lazy("unit", "Not started")
    STARTED = "started", pgettext_lazy("unit", "Started")
    FAILED = "failed", pgettext_lazy("unit", "Not passed yet")
    DONE = "done", pgettext_lazy("unit", "Done")
    LOCKED = "locked", pgettext_lazy("unit", "Opens later")


class Stage(TextChoices):
    """When answers were counted."""

    FIRST_TRY = "first_try", pgettext_lazy("tally", "First try")
    AFTER_14 = "after_14", pgettext_lazy("tally", "After 14 days")
    AFTER_60 = "after_60", pgettext_lazy("tally", "After 60 days")
    EVALUATION = "evaluation", pgettext_lazy("tally", "Course evaluation")


class Matter(TextChoices):
    """What a course evaluation asks."""

    USE = "use", _("I have use for the course in my work.")
    CLEAR = "clear", _("It was easy to understand.")
    KNOW = "know", _("I know what to do when it happens.")


class Agreement(TextChoices):
    """How far one agrees."""

    WHOLLY = "4", pgettext_lazy("evaluation", "Yes, wholly")
    MOSTLY = "3", pgettext_lazy("evaluation", "Mostly")
    LITTLE = "2", pgettext_lazy("evaluation", "A little")
    NOT = "1", pgettext_lazy("evaluation", "No")


class Cover(TextChoices):
    """The drawings that stand over courses, in the order that `covers` has them in."""

    STAIRS = "stairs", pgettext_lazy("cover", "Stairs with a rail")
    TALK = "talk", pgettext_lazy("cover", "Two who talk")
    DOOR = "door", pgettext_lazy("cover", "A door ajar")
    LAMP = "lamp", pgettext_lazy("cover", "A lamp over the way")
    BRIDGE = "bridge", pgettext_lazy("cover", "A bridge")
    HILLS = "hills", pgettext_lazy("cover", "Hills and a path")
    TREE = "tree", pgettext_lazy("cover", "A tree to sit under")
