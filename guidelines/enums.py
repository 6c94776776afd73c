from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

KIND = "guideline"  # the name of our target kind and version kind


class GuidelineKind(TextChoices):
    """What a text is: a guideline is decided on, support material is not, a proposal waits for a decision."""

    GUIDELINE = "guideline", pgettext_lazy("kind of document", "Guideline")
    SUPPORT = "support", pgettext_lazy("kind of document", "Support material")
    PROPOSAL = "proposal", pgettext_lazy("kind of document", "Proposal")


class FlagReason(TextChoices):
    """What a reader thinks of a section. No words of their own: they could be about a child."""

    UNCLEAR = "unclear", pgettext_lazy("flag", "Hard to understand")
    WRONG = "wrong", pgettext_lazy("flag", "Wrong")
    OUTDATED = "outdated", pgettext_lazy("flag", "Out of date")
