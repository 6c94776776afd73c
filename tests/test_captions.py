"""Captions are WebVTT, and files are answered in ranges: values in, values out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.core.captions import Fault, fault_in
from cms.versions.ranges import NotSatisfiable, range_of

pytestmark = pytest.mark.once

CUE = "00:01.000 --> 00:04.000\nHej."


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"WEBVTT\n\n{CUE}\n", None),
        (f"\ufeffWEBVTT Kursen\r\n\r\n1\r\n{CUE}\r\n", None),
        (f"WEBVTT\n\nNOTE från byrån\n\n{CUE} Hej\n\n100:00:05.000 --> 100:00:06.000 line:0\nHej då.", None),
        (f"WEBVTTX\n\n{CUE}", Fault.SIGNATURE),
        ("1\n00:00:01,000 --> 00:00:04,000\nEn SRT-fil.", Fault.SIGNATURE),
        ("WEBVTT\n\n00:01,000 --> 00:04,000\nKomma.", Fault.TIMING),
        ("WEBVTT\n\nBara ord.", Fault.TIMING),
        ("WEBVTT\n\n00:61.000 --> 01:04.000\nHej.", Fault.TIMING),
        ("WEBVTT\n\n00:04.000 --> 00:01.000\nBaklänges.", Fault.ORDER),
        (f"WEBVTT\n\n00:09.000 --> 00:10.000\nSen.\n\n{CUE}", Fault.ORDER),
        ("WEBVTT\n\n00:01.000 --> 00:04.000\n\n", Fault.EMPTY),
        ("WEBVTT", Fault.EMPTY),
    ],
)
def test_captions_are_what_browsers_show(text: str, fault: Fault | None) -> None:
    assert fault_in(text.encode()) == fault


def test_captions_are_utf_8() -> None:
    assert fault_in(f"WEBVTT\n\n{CUE} Öar".encode("latin-1")) == Fault.ENCODING


@given(st.binary(max_size=200))
def test_no_file_breaks_the_check(data: bytes) -> None:
    fault_in(data)
    fault_in(b"WEBVTT\n\n" + data)


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("", None),
        ("bytes=0-", (0, 99)),
        ("bytes=10-19", (10, 19)),
        ("bytes=90-500", (90, 99)),
        ("bytes=-30", (70, 99)),
        ("bytes=-500", (0, 99)),
        ("bytes=5-2", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=-", None),
    ],
)
def test_one_range_is_understood_and_the_rest_is_the_whole_file(header: str, span: tuple[int, int] | None) -> None:
    assert range_of(header, 100) == span


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(header: str) -> None:
    with pytest.raises(NotSatisfiable):
        range_of(header, 100)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 200))
def test_a_range_lies_within_the_file(first: int, last: int, size: int) -> None:
    try:
        span = range_of(f"bytes={first}-{last}", size)
    except NotSatisfiable:
        assert first >= size
    else:
        assert span is None if last < first else span is not None and 0 <= span[0] <= span[1] < size
