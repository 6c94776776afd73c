"""Grading is pure: bounds, order, parts, exactness, and what cannot be an answer; twins that break each."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from courses.grading import (
    FALSE,
    TRUE,
    BadAnswer,
    Choice,
    MatchQuestion,
    MultipleQuestion,
    NumericQuestion,
    OrderQuestion,
    ShortQuestion,
    SingleQuestion,
    TrueFalseQuestion,
    grade,
    number_in,
    option_key,
    parse,
)

pytestmark = pytest.mark.once

keys = st.lists(st.uuids().map(str), min_size=2, max_size=6, unique=True)


@st.composite
def single_questions(draw):
    names = draw(keys)
    right = draw(st.sampled_from(names))
    return SingleQuestion(key=draw(st.uuids().map(str)), choices=tuple(Choice(n, n, n == right) for n in names))


@st.composite
def multiple_questions(draw):
    names = draw(keys)
    right = draw(st.sets(st.sampled_from(names), min_size=1))
    choices = tuple(Choice(n, n, n in right) for n in names)
    return MultipleQuestion(key=draw(st.uuids().map(str)), choices=choices, by_parts=draw(st.booleans()))


@st.composite
def statements(draw):
    data = {"key": draw(st.uuids().map(str)), "kind": "true_false", "text": "", "feedback": "", "audiences": []}
    return parse({**data, "is_true": draw(st.booleans())})


@st.composite
def pairs(draw):
    names = draw(keys)
    belongs = draw(st.lists(st.sampled_from("abc"), min_size=len(names), max_size=len(names)))
    rows = tuple(Choice(n, n, match=b, position=at) for at, (n, b) in enumerate(zip(names, belongs, strict=True)))
    return MatchQuestion(key=draw(st.uuids().map(str)), choices=rows, by_parts=draw(st.booleans()))


@st.composite
def orders(draw):
    steps = tuple(Choice(n, n, position=at) for at, n in enumerate(draw(keys)))
    return OrderQuestion(key=draw(st.uuids().map(str)), choices=steps, by_parts=draw(st.booleans()))


@st.composite
def numbers(draw):
    right = str(draw(st.integers(-50, 50)))
    margin = Fraction(draw(st.integers(0, 40)), 10)
    return NumericQuestion(key=draw(st.uuids().map(str)), choices=(Choice("r", right, True),), tolerance=margin)


@st.composite
def words(draw):
    forms = draw(st.lists(st.sampled_from(["genast", "Direkt", "nu på en gång"]), min_size=1, unique=True))
    choices = tuple(Choice(form, form, True, position=at) for at, form in enumerate(forms))
    return ShortQuestion(key=draw(st.uuids().map(str)), choices=(*choices, Choice("m", "i morgon", position=9)))


picked_questions = st.one_of(single_questions(), multiple_questions(), statements())
questions = st.one_of(picked_questions, pairs(), orders(), numbers(), words())


@st.composite
def answers_to(draw, question):
    """Something that a form can post."""
    if question.is_written:
        return [draw(st.sampled_from(["genast", " GENAST! ", "i morgon", "7", "-3,5", "3.5", "nej"]))]
    names = [choice.key for choice in question.choices]
    if isinstance(question, MatchQuestion):
        return [f"{name}:{draw(st.sampled_from(question.options))[0]}" for name in draw(st.permutations(names))]
    if isinstance(question, OrderQuestion):
        return [f"{name}:{place}" for place, name in enumerate(draw(st.permutations(names)), start=1)]
    return list(draw(st.sets(st.sampled_from(names), max_size=question.most or len(names))))


quizzes = st.lists(questions, max_size=6, unique_by=lambda question: question.key)


@st.composite
def answered(draw, quizzes=quizzes):
    """A quiz with some answers, right, wrong or none."""
    quiz = draw(quizzes)
    answers = {}
    for question in quiz:
        if draw(st.booleans()):
            answers[question.key] = question.clean(draw(answers_to(question)))
    return quiz, answers


@given(answered())
def test_score_is_a_share(case):
    result = grade(*case)
    assert 0 <= result.score <= 1
    assert result.right | result.wrong == {question.key for question in case[0]}
    assert not result.right & result.wrong
    assert result.score * max(1, len(case[0])) >= len(result.right) or not case[0]
    for question in case[0]:
        assert 0 <= question.share(frozenset(case[1].get(question.key, ()))) <= 1


@given(answered(), st.randoms(use_true_random=False))
def test_order_never_matters(case, chance):
    quiz, answers = case
    shuffled = [_shuffled(question, chance) for question in quiz]
    chance.shuffle(shuffled)
    mixed = {key: chance.sample(list(value), len(value)) for key, value in answers.items()}
    assert grade(shuffled, mixed) == grade(quiz, answers)


def _shuffled(question, chance: random.Random):
    choices = list(question.choices)
    chance.shuffle(choices)
    return replace(question, choices=tuple(choices))


@given(quizzes)
def test_right_answers_are_worth_everything_and_none_nothing(quiz):
    right = {question.key: question.clean(question.solution) for question in quiz}
    assert all(question.is_complete(right[question.key]) for question in quiz)
    assert grade(quiz, right).score == 1
    assert grade(quiz, {}).score == (0 if quiz else 1)


@given(picked_questions, st.data())
def test_only_the_right_answer_is_right(question, data):
    names = [choice.key for choice in question.choices]
    picked = data.draw(st.sets(st.sampled_from(names), max_size=question.most or len(names)))
    assert question.is_right(picked) == (picked == question.right)


@given(st.one_of(picked_questions, pairs(), orders()), st.uuids().map(str))
def test_a_choice_from_elsewhere_is_refused(question, stranger):
    with pytest.raises(BadAnswer):
        question.clean([stranger])
    with pytest.raises(BadAnswer):
        question.clean([f"{stranger}:1"])


@given(single_questions())
def test_one_choice_at_most_where_one_is_right(question):
    with pytest.raises(BadAnswer):
        question.clean([choice.key for choice in question.choices])


@given(multiple_questions(), st.data())
def test_an_answer_has_one_form(question, data):
    picked = data.draw(st.lists(st.sampled_from([choice.key for choice in question.choices])))
    assert question.clean(picked) == tuple(sorted(set(picked)))


@pytest.mark.parametrize("is_true", [True, False])
def test_true_or_false(is_true):
    question = parse(
        {"key": "q", "kind": "true_false", "text": "", "feedback": "", "audiences": [], "is_true": is_true}
    )
    assert isinstance(question, TrueFalseQuestion)
    assert question.is_right([TRUE]) == is_true
    assert question.is_right([FALSE]) != is_true


def test_a_statement_without_a_verdict_has_no_right_answer():
    question = parse({"key": "q", "kind": "true_false", "text": "", "feedback": "", "audiences": [], "is_true": None})
    assert not question.is_right([TRUE])
    assert not question.is_right([FALSE])
    assert not question.is_right([])


@pytest.mark.parametrize(("right", "total", "mark", "passes"), [(4, 5, 80, True), (3, 5, 80, False), (2, 3, 67, False)])
def test_pass_mark_is_exact(right, total, mark, passes):
    quiz = [SingleQuestion(key=str(n), choices=(Choice("a", is_correct=True), Choice("b"))) for n in range(total)]
    result = grade(quiz, {str(n): ["a" if n < right else "b"] for n in range(total)})
    assert result.score == Fraction(right, total)
    assert result.passes(mark) is passes


# Parts


@given(questions, st.data())
def test_a_mistake_is_wrong_and_parts_never_earn_less(question, data):
    if question.mistake:
        assert not question.is_right(question.clean(question.mistake))
    answer = question.clean(data.draw(answers_to(question)))
    whole, parts = (replace(question, by_parts=by_parts).score(answer) for by_parts in (False, True))
    assert whole in (0, 1)
    assert parts >= whole
    assert (parts == 1) == (whole == 1)


@given(multiple_questions(), st.data())
def test_a_right_choice_never_lowers_and_a_wrong_one_never_raises(question, data):
    question = replace(question, by_parts=True)
    answer = set(data.draw(answers_to(question)))
    more = data.draw(st.sampled_from(question.choices))
    before, after = question.score(answer - {more.key}), question.score(answer | {more.key})
    assert after >= before if more.is_correct else after <= before


@given(multiple_questions())
def test_whoever_picks_everything_earns_nothing(question):
    everything = [choice.key for choice in question.choices]
    assert replace(question, by_parts=True).score(everything) == (1 if question.right == set(everything) else 0)


@given(st.one_of(pairs(), orders()), st.data())
def test_mending_a_row_never_lowers(question, data):
    """A pair that becomes right; two neighbouring steps that change places into their right order."""
    question = replace(question, by_parts=True)
    given_rows = question.given(data.draw(answers_to(question)))
    before = question.score(f"{row}:{chosen}" for row, chosen in given_rows.items())
    if isinstance(question, MatchQuestion):
        row = data.draw(st.sampled_from(question.choices))
        given_rows[row.key] = question.answer_of(row)
    else:
        at = {place: row for row, place in given_rows.items()}
        place = data.draw(st.integers(1, len(at) - 1))
        first, second = at[str(place)], at[str(place + 1)]
        positions = {choice.key: choice.position for choice in question.choices}
        if positions[first] > positions[second]:
            given_rows[first], given_rows[second] = given_rows[second], given_rows[first]
    assert question.score(f"{row}:{chosen}" for row, chosen in given_rows.items()) >= before


@given(numbers(), st.fractions(-99, 99, max_denominator=10), st.fractions(-99, 99, max_denominator=10))
def test_a_nearer_number_is_never_worth_less(question, one, other):
    right = number_in(question.choices[0].text)
    near, far = sorted((one, other), key=lambda number: abs(number - right))
    scores = [question.score([f"{float(number):.4f}".replace(".", ",")]) for number in (near, far)]
    assert scores[0] >= scores[1]


FEW = settings(
    max_examples=200, derandomize=True, database=None, deadline=None, report_multiple_bugs=False,
    phases=[Phase.generate],
)  # fmt: skip
ONE_MULTIPLE, ONE_MATCH, ONE_ORDER = (answered(st.lists(kind(), min_size=1, max_size=1)) for kind in (
    multiple_questions, pairs, orders,
))  # fmt: skip
CHANCE = st.randoms(use_true_random=False)
BROKEN = {
    "a score above one": (
        MultipleQuestion, lambda q, a: Fraction(len(a)), test_score_is_a_share, [ONE_MULTIPLE],
    ),
    "a score below zero": (
        MatchQuestion, lambda q, a: Fraction(-1), test_score_is_a_share, [ONE_MATCH],
    ),
    "the first choice counts": (
        MultipleQuestion,
        lambda q, a: Fraction(q.choices[0].key in a),
        test_order_never_matters,
        [ONE_MULTIPLE, CHANCE],
    ),
    "the order of rows counts": (
        OrderQuestion,
        lambda q, a: Fraction(q.given(a).get(q.choices[0].key) == "1"),
        test_order_never_matters,
        [ONE_ORDER, CHANCE],
    ),
    "what is missed is rewarded": (
        MultipleQuestion,
        lambda q, a: Fraction(len(q.choices) - len(a & q.right), len(q.choices)),
        test_a_right_choice_never_lowers_and_a_wrong_one_never_raises,
        [multiple_questions(), st.data()],
    ),
    "wrong choices are free": (
        MultipleQuestion,
        lambda q, a: Fraction(len(a & q.right), len(q.right)),
        test_whoever_picks_everything_earns_nothing,
        [multiple_questions()],
    ),
    "wrong pairs count": (
        MatchQuestion,
        lambda q, a: Fraction(sum(q.given(a).get(c.key) != q.answer_of(c) for c in q.choices), len(q.choices)),
        test_mending_a_row_never_lowers,
        [pairs(), st.data()],
    ),
    "places count, not their order": (
        OrderQuestion,
        lambda q, a: Fraction(sum(q.given(a).get(c.key) == q.answer_of(c) for c in q.choices), len(q.choices)),
        test_mending_a_row_never_lowers,
        [orders(), st.data()],
    ),
    "far off is right": (
        NumericQuestion,
        lambda q, a: Fraction(abs(number_in(min(a)) - number_in(q.choices[0].text)) > 5),
        test_a_nearer_number_is_never_worth_less,
        [numbers(), st.fractions(-99, 99, max_denominator=10), st.fractions(-99, 99, max_denominator=10)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_each_rule_would_see_it_broken(monkeypatch, fault):
    """The twins."""
    kind, share, rule, strategies = BROKEN[fault]
    monkeypatch.setattr(kind, "share", share)
    with pytest.raises(AssertionError):
        FEW(given(*strategies)(rule.hypothesis.inner_test))()


# Words and numbers


@pytest.mark.parametrize(
    ("words", "number"),
    [("7", "7"), (" 2,5 ", "2.5"), ("2.50", "2.5"), ("1 000", "1000"), ("\N{MINUS SIGN}3", "-3"), ("18 år", "18"),
     ("8 Veckor", None), ("sju", None), ("", None), ("1e9", None), ("7-8", None), ("9" * 30, None)],
)  # fmt: skip
def test_numbers_as_people_write_them(words, number):
    assert number_in(words, "år") == (None if number is None else Fraction(number))


def test_margins_include_their_ends():
    question = NumericQuestion("q", choices=(Choice("r", "7", True), Choice("m", "4")), tolerance=Fraction(1))
    assert [question.is_right([words]) for words in ("5,9", "6", "7", "8", "8,1")] == [False, True, True, True, False]
    assert question.meant(["4"]).key == "m"
    assert not question.is_complete(["snart"])


def test_accepted_forms_stand_case_spaces_and_signs():
    question = ShortQuestion("q", choices=(Choice("r", "På en gång", True), Choice("m", "i morgon")))
    assert all(question.is_right([words]) for words in ("på  en gång", " PÅ EN GÅNG. ", "”På en gång!”"))
    assert not any(question.is_right([words]) for words in ("pa en gang", "på en", "", "i morgon"))
    assert question.meant(["I morgon?"]).key == "m"


def test_rows_and_places_are_whole_before_they_are_handed_in():
    steps = OrderQuestion("q", choices=tuple(Choice(name, name, position=at) for at, name in enumerate("abc")))
    assert steps.clean(["", "b:2", "a:2"]) == ("a:2", "b:2")
    assert not steps.is_complete(["a:2", "b:2", "c:1"])
    assert not steps.is_complete(["a:1", "b:2"])
    assert replace(steps, by_parts=True).score(["a:2", "b:1", "c:3"]) == Fraction(1, 3)
    match = MatchQuestion("q", choices=(Choice("a", match="x"), Choice("b", match="y")), by_parts=True)
    assert match.score([f"a:{option_key('x')}", f"b:{option_key('x')}"]) == Fraction(1, 2)
    for bad in (["a:9"], ["a:1", "a:2"], ["a"]):
        with pytest.raises(BadAnswer):
            steps.clean(bad)
