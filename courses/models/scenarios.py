"""A branching case that belongs to a unit: steps, the choices at each, and what each choice leads to."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable

from courses.enums import Ending
from courses.models.fields import AudiencesField, KeyField
from courses.panels import KeyPanel, ScenarioGroup, ScenarioPanel


class WithScenario(models.Model):
    """What a unit says of its scenario. The first of its steps is where it begins; without steps there is none."""

    steps: Any  # its children, through `ScenarioStep.page`
    objects: ClassVar[Any]  # that of pages

    scenario_title = models.CharField(_("title of the scenario"), max_length=120, blank=True)
    scenario_audiences = AudiencesField(_("scenario only for"))

    scenario_panel = ScenarioGroup(
        [
            FieldRowPanel([FieldPanel("scenario_title"), FieldPanel("scenario_audiences")]),
            ScenarioPanel(),
            InlinePanel(
                "steps",
                heading=pgettext_lazy("scenario", "Steps"),
                label=pgettext_lazy("scenario", "Step"),
                help_text=_("The first step is where the scenario begins. Choices lead to steps by their names."),
            ),
        ],
        heading=_("Scenario"),
    )

    class Meta:
        abstract = True

    def frozen_scenario(self) -> dict[str, Any] | None:
        """The scenario as JSON-ready data; None without steps. A choice that leads to no step says so with None."""
        steps = list(self.steps.all())
        if not steps:
            return None
        keys: dict[str, str] = {}
        for step in steps:
            keys.setdefault(folded(step.name), str(step.key))
        return {
            "title": self.scenario_title or "",
            "audiences": sorted(self.scenario_audiences or ()),
            "steps": [_step(step, keys) for step in steps],
        }


def folded(name: str | None) -> str:
    """A step's name as it is compared."""
    return " ".join((name or "").split()).casefold()


def _lines(text: str | None) -> str:
    """The same lines, whichever way a browser ends them: saving a page does not change what it says."""
    return "\n".join((text or "").strip().splitlines())


def _step(step: "ScenarioStep", keys: dict[str, str]) -> dict[str, Any]:
    return {
        "key": str(step.key),
        "name": step.name or "",
        "text": _lines(step.text),
        "ending": step.ending or "",
        "choices": [
            {
                "key": str(choice.key),
                "text": choice.text or "",
                "is_good": bool(choice.is_good),
                "feedback": _lines(choice.feedback),
                "leads_to": keys.get(folded(choice.leads_to)) if folded(choice.leads_to) else str(step.key),
            }
            for choice in step.choices.all()
        ],
    }


class ScenarioStep(Orderable, ClusterableModel):
    """Something that happens, and what one can do then; or how it ended."""

    choices: Any  # its children, through `ScenarioChoice.step`

    page = ParentalKey("courses.UnitPage", on_delete=models.CASCADE, related_name="steps")
    key = KeyField()
    name = models.CharField(
        pgettext_lazy("scenario", "name"),
        max_length=60,
        help_text=_("A short name that choices lead to. Learners do not see it."),
    )
    text = models.TextField(
        pgettext_lazy("scenario", "what happens"),
        help_text=_("Law and contacts can be cited by key, as in texts: {{lag:orosanmalan}}."),
    )
    ending = models.CharField(
        pgettext_lazy("scenario", "ends the scenario"),
        max_length=8,
        choices=Ending,
        blank=True,
        help_text=_("An ending has no choices."),
    )

    panels = [
        KeyPanel(),
        FieldRowPanel([FieldPanel("name"), FieldPanel("ending")]),
        FieldPanel("text"),
        InlinePanel("choices", heading=pgettext_lazy("scenario", "Choices"), label=pgettext_lazy("scenario", "Choice")),
    ]

    class Meta(Orderable.Meta):
        verbose_name = pgettext_lazy("scenario", "step")
        verbose_name_plural = pgettext_lazy("scenario", "steps")

    def __str__(self) -> str:
        return self.name or ""


class ScenarioChoice(Orderable):
    """Something one can do at a step, what is said of it, and the step it leads to."""

    step = ParentalKey(ScenarioStep, on_delete=models.CASCADE, related_name="choices")
    key = KeyField()
    text = models.CharField(pgettext_lazy("scenario", "choice"), max_length=500)
    is_good = models.BooleanField(pgettext_lazy("scenario", "this is a good choice"), default=False)
    feedback = models.TextField(
        pgettext_lazy("scenario", "feedback"), blank=True, help_text=_("Shown to those who chose this.")
    )
    leads_to = models.CharField(
        pgettext_lazy("scenario", "leads to"),
        max_length=60,
        blank=True,
        help_text=_("The name of a step. Leave empty for a choice that one has to think about again."),
    )

    panels = [
        KeyPanel(),
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("leads_to"), FieldPanel("is_good")]),
        FieldPanel("feedback"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = pgettext_lazy("scenario", "choice")
        verbose_name_plural = pgettext_lazy("scenario", "choices")

    def __str__(self) -> str:
        return self.text or ""
