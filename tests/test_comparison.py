"""Two texts compared: nothing of either is lost, and a reader sees what was changed, not how it was computed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cms.versions.comparison import Passage, compare, compare_words, folded

WORDS = st.lists(st.sampled_from(["du", "ska", "anmäla", "oro", "genast,", "inte", "vänta.", "\n"]), max_size=12)
TEXT = WORDS.map(" ".join)


def passages(texts: dict[str, str]) -> list[Passage]:
    return [Passage(key, "text", text, mark=text) for key, text in texts.items()]


def joined(runs, *kinds: str) -> str:
    return "".join(run.text for run in runs if run.kind in kinds)


@settings(max_examples=300, deadline=None)
@given(TEXT, TEXT)
def test_both_texts_come_back_whole(before: str, after: str):
    runs = compare_words(before, after)
    assert joined(runs, "same", "removed") == before
    assert joined(runs, "same", "added") == after
    assert (before == after) == all(run.kind == "same" for run in runs)


def test_replaced_words_are_one_change():
    runs = compare_words("Ring rektor samma dag.", "Ring socialtjänsten utan dröjsmål dag.")
    assert [(run.kind, run.text) for run in runs] == [
        ("same", "Ring "),
        ("removed", "rektor samma"),
        ("added", "socialtjänsten utan dröjsmål"),
        ("same", " dag."),
    ]


def test_a_date_is_one_word():
    assert [run.text for run in compare_words("Beslut 2026-04-20", "Beslut 2026-10-23")][1:] == [
        "2026-04-20",
        "2026-10-23",
    ]


SECTIONS = st.permutations("abcdef").flatmap(
    lambda keys: st.integers(0, 6).map(lambda count: dict.fromkeys(keys[:count], "x"))
)


@settings(max_examples=200, deadline=None)
@given(SECTIONS, SECTIONS)
def test_every_section_of_both_is_there_once(before: dict[str, str], after: dict[str, str]):
    found = compare(passages(before), passages(after))
    assert sorted(one.passage.key for one in found) == sorted(before.keys() | after.keys())
    assert [one.passage.key for one in found if one.how != "removed"] == list(after)
    assert {one.passage.key for one in found if one.how == "removed"} == before.keys() - after.keys()
    assert {one.passage.key for one in found if one.how == "added"} == after.keys() - before.keys()


def test_removed_section_stands_where_it_stood_and_a_moved_one_is_told():
    found = compare(passages({"a": "1", "b": "2", "c": "3", "d": "4"}), passages({"a": "1", "d": "4", "c": "3!"}))
    assert [(one.passage.key, one.how) for one in found] == [
        ("a", "same"),
        ("d", "same"),
        ("b", "removed"),
        ("c", "changed"),
    ]
    assert sum(one.is_moved for one in found) == 1


def test_changed_picture_with_the_same_words_is_told():
    one = compare([Passage("a", "picture", "En trappa", "1")], [Passage("a", "picture", "En trappa", "2")])[0]
    assert one.how == "changed"
    assert one.differs_elsewhere


def test_unchanged_sections_are_folded_together():
    found = folded(compare(passages({"a": "1", "b": "2", "c": "3"}), passages({"a": "1", "b": "2", "c": "4"})))
    assert [(stretch.is_same, len(stretch.sections)) for stretch in found] == [(True, 2), (False, 1)]
