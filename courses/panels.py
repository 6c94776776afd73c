from collections.abc import Iterator
from typing import Any

from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel

from courses.checking import scenario_problems
from courses.graph import Arrow, Box, graph_of, picture
from courses.scenario import Scenario, parse


class KeyPanel(FieldPanel):
    """Carries a key through the form without showing it."""

    def __init__(self, field_name: str = "key", **kwargs: Any) -> None:
        kwargs.setdefault("classname", "w-hidden")
        kwargs.setdefault("disable_comments", True)
        super().__init__(field_name, **kwargs)

    class BoundPanel(FieldPanel.BoundPanel):
        def get_comparison(self) -> list[Any]:
            return []


def only_for(*kinds: str) -> str:
    """Classes of a panel that belongs to some kinds of question. The admin's script hides it for the others."""
    return " ".join(["lc-only", *(f"lc-for-{kind}" for kind in kinds)])


SHORT = 22


class CourseUnitsPanel(Panel):
    """The units of a course in order, and the way to write another: they are pages of their own."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/admin/course_units.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            page = self.instance
            if page.pk is None:
                return {**context, "page": page}
            rights = page.permissions_for_user(self.request.user)
            may = {"may_add": rights.can_add_subpage(), "may_publish": rights.can_publish()}
            return {**context, "page": page, "units": list(page.get_children()), **may}


class ScenarioGroup(MultiFieldPanel):
    """Where a unit's scenario is written: folded as long as there is none."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        def classes(self) -> list[str]:
            has_steps = self.instance.pk is not None and bool(self.instance.steps.all())
            return [*self.panel.classes(), *([] if has_steps else ["collapsed"])]


class ScenarioPanel(Panel):
    """A picture of the scenario as it was last saved, the same as a list, and what is wrong with it."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/admin/scenario.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            data = self.instance.frozen_scenario() if self.instance.pk else None
            if data is None:
                return context
            return {**context, **drawn(parse(data)), "problems": scenario_problems(data), "page": self.instance}


def drawn(scenario: Scenario) -> dict[str, Any]:
    """What the template needs to draw a scenario."""
    names = {step.key: (number, step) for number, step in enumerate(scenario.steps, start=1)}
    graph = graph_of(scenario)
    ill = {*graph.dead_ends, *graph.unreachable, *graph.without_exit}

    def boxes(some: tuple[Box, ...]) -> Iterator[dict[str, Any]]:
        for box in some:
            number, step = names[box.node]
            words = f"{number}. {step.name}"
            short = words if len(words) <= SHORT else f"{words[: SHORT - 1].rstrip()}…"
            has_sign = step.is_ending or number == 1 or box.node in ill
            name_at = 22 if has_sign else 31
            yield {"box": box, "step": step, "short": short, "is_ill": box.node in ill, "name_at": name_at}

    def arrows(some: tuple[Arrow, ...]) -> Iterator[dict[str, Any]]:
        for arrow in some:
            ways = [choice for choice in names[arrow.node][1].choices if choice.leads_to is not None]
            yield {"arrow": arrow, "choice": ways[arrow.number - 1]}

    found = picture(graph)
    return {
        "picture": found,
        "boxes": list(boxes(found.boxes)),
        "arrows": list(arrows(found.arrows)),
        "rows": [
            {
                "number": number,
                "step": step,
                "is_ill": step.key in ill,
                "choices": [(choice, names.get(choice.leads_to or "", (None, None))[0]) for choice in step.choices],
            }
            for number, step in enumerate(scenario.steps, start=1)
        ],
    }
