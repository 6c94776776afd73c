"""What a page looks like, as far as a program can tell: nothing lies on anything else, or outside the paper."""

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from cms.certificates.facts import CourseFacts
from cms.certificates.pdf.renderer import renderer
from tests.certificates.samples import ARABIC_NAME, EVERY_KIND, EXTREMES, HEBREW_NAME, LONG_NAME, THAI_NAME, course, job

pytestmark = pytest.mark.once

WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')
PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
QR = (297 - 22 - 29, 210 - 12 - 29, 297 - 22, 210 - 12)  # of a diploma, in millimetres


def pages_of(pdf: bytes) -> list[Any]:
    """Each page as width, height and words with their boxes, in points."""
    said = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return [
        (float(width), float(height), [(*map(float, found[:4]), found[4]) for found in WORD.findall(inside)])
        for width, height, inside in PAGE.findall(said)
    ]


def overlap(one: Any, two: Any) -> float:
    """How much of the smaller of two boxes the other covers, without their edges since lines lie close."""
    one, two = (_heart(box) for box in (one, two))
    wide = min(one[2], two[2]) - max(one[0], two[0])
    high = min(one[3], two[3]) - max(one[1], two[1])
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, two))


def _heart(box: Any) -> tuple[float, float, float, float]:
    edge = (box[3] - box[1]) * 0.28
    return box[0], box[1] + edge, box[2], box[3] - edge


def faults_of(pdf: bytes, *, with_code: bool) -> list[str]:
    faults = []
    for number, (width, height, words) in enumerate(pages_of(pdf), start=1):
        faults += [f"{word[4]} leaves page {number}" for word in words if _is_outside(word, width, height)]
        code = tuple(side * 72 / 25.4 for side in QR)
        boxes = [*words, (*code, "the QR code")] if number == 1 and with_code else words
        faults += [
            f"{one[4]} lies on {two[4]} on page {number}" for one, two in _near(boxes) if overlap(one, two) > 0.05
        ]
    return faults


def _near(boxes: list[Any]) -> Iterator[tuple[Any, Any]]:
    """The pairs that share some height."""
    boxes = sorted(boxes, key=lambda box: box[1])
    for index, one in enumerate(boxes):
        for two in boxes[index + 1 :]:
            if two[1] >= one[3]:
                break
            yield one, two


def _is_outside(word: Any, width: float, height: float) -> bool:
    edge = 14  # points, some 5 mm that a printer cannot reach
    return word[0] < edge or word[1] < edge or word[2] > width - edge or word[3] > height - edge


@pytest.mark.parametrize("name", [*EVERY_KIND, *EXTREMES])
def test_nothing_lies_on_anything_else_or_leaves_the_paper(name: str) -> None:
    facts = {**EVERY_KIND, **EXTREMES}[name]
    assert faults_of(renderer.render(job(facts)), with_code=isinstance(facts, CourseFacts)) == []


def test_twin_too_large_a_name_is_noticed() -> None:
    composed = job(course(holder=LONG_NAME))
    crowded = renderer.render(
        type(composed)(**{**vars(composed), "css": (*composed.css, ".holder { font-size: 60pt !important }")})
    )
    assert faults_of(crowded, with_code=True)


@pytest.mark.parametrize("name", [LONG_NAME, ARABIC_NAME, HEBREW_NAME, THAI_NAME, "Åsa Öberg-Lindström"])
def test_names_can_be_copied_out_letter_by_letter(name: str) -> None:
    """What stands on the page is the name itself, in whatever order it is drawn, not pictures of letters."""
    words = [word[4] for word in pages_of(renderer.render(job(course(holder=name))))[0][2]]
    assert set(name) - {" "} <= set("".join(words))
