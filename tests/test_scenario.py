"""Scenarios are pure: what is wrong with a graph against brute force, a picture without collisions, paths that hold."""

import re
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.checking import scenario_problems
from courses.enums import Rule
from courses.graph import HEIGHT, WIDTH, Graph, graph_of, picture, rows
from courses.needing import is_possible, needs
from courses.scenario import LONGEST, BadPath, Choice, Scenario, Step, walk

pytestmark = pytest.mark.once
few = settings(max_examples=120, deadline=None)


@st.composite
def graphs(draw):
    nodes = [f"n{number}" for number in range(draw(st.integers(1, 7)))]
    ways = {node: draw(st.lists(st.sampled_from(nodes), max_size=4)) for node in nodes}
    return Graph(ways, frozenset(draw(st.sets(st.sampled_from(nodes)))))


def closure(graph):
    """Every pair (from, to) with a way of one choice or more, by trying every node as a stop in between."""
    pairs = {(node, other) for node, ways in graph.ways.items() for other in ways}
    for stop in graph.ways:
        pairs |= {(a, b) for a, one in pairs if one == stop for other, b in pairs if other == stop}
    return pairs


@few
@given(graphs())
def test_faults_of_a_graph_are_those_that_brute_force_finds(graph):
    pairs = closure(graph)
    assert graph.unreachable == [n for n in graph.ways if n != graph.start and (graph.start, n) not in pairs]
    assert graph.dead_ends == [n for n in graph.ways if n not in graph.ends and not any(a == n for a, _b in pairs)]
    stuck = [n for n in graph.ways if n not in graph.ends and not any((n, end) in pairs for end in graph.ends)]
    assert graph.without_exit == [n for n in stuck if n not in graph.dead_ends]


def numbers(d):
    found = [int(number) for number in re.findall(r"-?\d+", d)]
    return list(zip(found[::2], found[1::2], strict=True))


@few
@given(graphs())
def test_a_picture_has_every_part_once_inside_and_nothing_on_top_of_another(graph):
    found = picture(graph)
    assert sorted(box.node for box in found.boxes) == sorted(graph.ways)
    for one, other in combinations(found.boxes, 2):
        assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT
    assert [(arrow.node, arrow.to) for arrow in found.arrows] == [
        (n, to) for n, ways in graph.ways.items() for to in ways
    ]
    points = [(box.x, box.y) for box in found.boxes] + [(box.x + WIDTH, box.bottom) for box in found.boxes]
    points += [point for arrow in found.arrows for point in [*numbers(arrow.d), (arrow.x, arrow.y)]]
    assert all(0 <= x <= found.width and 0 <= y <= found.height for x, y in points)
    assert sorted(node for row in rows(graph) for node in row) == sorted(graph.ways)


# Paths


def scenario_of(graph):
    return Scenario(
        "Fall",
        (),
        tuple(
            Step(
                node,
                node,
                f"Det händer {node}.",
                "good" if node in graph.ends else "",
                ()
                if node in graph.ends
                else tuple(
                    Choice(f"{node}-{number}", f"Gör {number}", number == 0, "Återkoppling", to)
                    for number, to in enumerate(ways)
                ),
            )
            for node, ways in graph.ways.items()
        ),
    )


@few
@given(graphs(), st.data())
def test_only_a_chain_of_choices_that_hang_together_is_a_path(graph, data):
    scenario = scenario_of(graph)
    every = [choice.key for step in scenario.steps for choice in step.choices] + ["påhittad"]
    here, path = scenario.steps[0], []
    while here.choices and len(path) < 8:
        choice = data.draw(st.sampled_from(here.choices))
        path.append(choice.key)
        here = scenario.step(choice.leads_to)
    found = walk(scenario, path)
    assert (found.path, found.step, found.has_ended) == (tuple(path), here, here.is_ending)
    if found.back is not None:
        before = walk(scenario, found.back)
        assert before.number == found.number - 1
        assert not before.has_ended
    forged = data.draw(st.lists(st.sampled_from(every), max_size=4))
    expected = scenario.steps[0]
    for key in forged:
        choice = next((one for one in expected.choices if one.key == key), None) if expected else None
        expected = scenario.step(choice.leads_to) if choice else None
    if expected is None:
        with pytest.raises(BadPath):
            walk(scenario, forged)
    else:
        assert walk(scenario, forged).step == expected


def test_a_path_is_not_endless():
    scenario = scenario_of(Graph({"n0": ["n0"]}, frozenset()))
    assert walk(scenario, ["n0-0"] * LONGEST).number == 1
    with pytest.raises(BadPath):
        walk(scenario, ["n0-0"] * (LONGEST + 1))


# Rules


@pytest.mark.parametrize("rule", ["", *Rule.values])
def test_a_rule_asks_for_what_is_there_and_an_impossible_one_for_nothing(rule):
    for asked, played in ((True, True), (True, False), (False, True), (False, False)):
        found = needs(rule, asked, played)
        assert not (found.questions and not asked)
        assert not (found.scenario and not played)
        assert not (found.passed and found.answered)
        if is_possible(rule, asked, played):
            assert found.questions == (rule in ("answered", "passed", "both") or (rule == "" and asked))
            assert found.scenario == (rule in ("scenario", "both") or (rule == "" and played))
        else:
            assert rule not in ("", "read")


# What the editor is told


def step(name, *choices, ending="", text="Det händer."):
    made = [
        {"key": f"{name}{at}", "text": words, "is_good": False, "feedback": "Så.", "leads_to": to}
        for at, (words, to) in enumerate(choices)
    ]
    return {"key": name, "name": name, "text": text, "ending": ending, "choices": made}


def told(*steps, title="Fall"):
    return scenario_problems({"title": title, "audiences": [], "steps": list(steps)})


END = step("slut", ending="good")
FAULTS = {
    "dead end": (step("a", ("Gå", "b"), ("Stå", "slut")), step("b"), END),
    "nobody comes": (step("a", ("Gå", "slut")), step("b", ("Gå", "slut")), END),
    "no way to an ending": (step("a", ("Gå", "b"), ("Stå", "slut")), step("b", ("Om", "b")), END),
    "without an ending": (step("a", ("Om", "a")),),
    "an ending and has choices": (step("a", ("Gå", "slut")), step("slut", ("Gå", "a"), ending="other")),
    "leads to a step that is not there": (step("a", ("Gå", None), ("Stå", "slut")), END),
    "has no words": (step("a", (" ", "slut")), END),
    "a button cannot hold": (step("a", ("Ring {{kontakt:larm}}", "slut")), END),
    "does not say what happens": (step("a", ("Gå", "slut"), text=" "), END),
    "has the name of another": (step("a", ("Gå", "slut")), END, {**END, "key": "annat", "name": "SLUT "}),
    "is there twice": (step("a", ("Gå", "slut")), END, {**END, "name": "annat"}),
    "has no name": (step("a", ("Gå", "slut")), {**END, "name": ""}),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(fault, settings):
    from django.utils import translation

    with translation.override("en"):
        assert any(fault in line for line in told(*FAULTS[fault])), told(*FAULTS[fault])
        assert told(step("a", ("Gå", "slut"), ("Fel", "a")), END) == []
        assert told(step("a", ("Gå", "slut")), END, title=" ") == ["has a scenario without a title"]


def test_a_choice_that_leads_nowhere_is_never_good_and_says_why():
    one = step("a", ("Gå", "slut"), ("Fel", "a"))
    one["choices"][1].update(is_good=True, feedback="")
    assert len(told(one, END)) == 2


def test_a_choice_that_leads_nowhere_is_no_way():
    found = graph_of(
        Scenario("", (), (Step("a", "a", "", "", (Choice("x", "", False, "", None), Choice("y", "", True, "", "a"))),))
    )
    assert found.ways == {"a": ["a"]}
