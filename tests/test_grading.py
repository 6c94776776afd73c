"""Grading is pure: bounds, order, exactness, and what cannot be an answer."""

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.grading import (
    FALSE,
    TRUE,
    BadAnswer,
    Choice,
    MultipleQuestion,
    SingleQuestion,
    TrueFalseQuestion,
    grade,
    parse,
)

keys = st.lists(st.uuids().map(str), min_size=2, max_size=8, unique=True)


@st.composite
def single_questions(draw):
    names = draw(keys)
    right = draw(st.sampled_from(names))
    return SingleQuestion(key=draw(st.uuids().map(str)), choices=tuple(Choice(n, n, n == right) for n in names))


@st.composite
def multiple_questions(draw):
    names = draw(keys)
    right = draw(st.sets(st.sampled_from(names), min_size=1))
    return MultipleQuestion(key=draw(st.uuids().map(str)), choices=tuple(Choice(n, n, n in right) for n in names))


@st.composite
def statements(draw):
    data = {"key": draw(st.uuids().map(str)), "kind": "true_false", "text": "", "feedback": "", "audiences": []}
    return parse({**data, "is_true": draw(st.booleans())})


questions = st.one_of(single_questions(), multiple_questions(), statements())
quizzes = st.lists(questions, max_size=8, unique_by=lambda question: question.key)


@st.composite
def answered(draw):
    """A quiz with some answers, right, wrong or none."""
    quiz = draw(quizzes)
    answers = {}
    for question in quiz:
        names = [choice.key for choice in question.choices]
        most = question.most or len(names)
        picked = draw(st.none() | st.sets(st.sampled_from(names), max_size=most))
        if picked is not None:
            answers[question.key] = question.clean(picked)
    return quiz, answers


@given(answered())
def test_score_is_a_share(case):
    result = grade(*case)
    assert 0 <= result.score <= 1
    assert result.right | result.wrong == {question.key for question in case[0]}
    assert not result.right & result.wrong
    assert result.score * max(1, len(case[0])) == len(result.right) or not case[0]


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
    return type(question)(key=question.key, choices=tuple(choices))


@given(quizzes)
def test_right_answers_are_worth_everything_and_none_nothing(quiz):
    right = {question.key: question.right for question in quiz}
    assert grade(quiz, right).score == 1
    assert grade(quiz, {}).score == (0 if quiz else 1)


@given(questions, st.data())
def test_only_the_right_answer_is_right(question, data):
    names = [choice.key for choice in question.choices]
    picked = data.draw(st.sets(st.sampled_from(names), max_size=question.most or len(names)))
    assert question.is_right(picked) == (picked == question.right)


@given(questions, st.uuids().map(str))
def test_a_choice_from_elsewhere_is_refused(question, stranger):
    with pytest.raises(BadAnswer):
        question.clean([stranger])


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
