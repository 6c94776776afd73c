"""Our own checker of PDF/UA-1 and PDF/A: it finds nothing in what we make, and finds each thing that is spoiled."""

import io
import re

import pikepdf
import pytest

from cms.certificates.pdf.conformance import RULES, check
from cms.certificates.pdf.renderer import renderer
from cms.certificates.pdf.seal import current_seal
from cms.certificates.pdf.signing import sign
from tests.certificates.samples import EVERY_KIND, EXTREMES, job
from tests.certificates.spoiled import SPOILED, edited

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def good() -> bytes:
    """A document with everything that rules look at: headings, lists, a table, pictures, links, an embedded file."""
    return renderer.render(job(EVERY_KIND["guideline"]))


@pytest.mark.parametrize("name", [*EVERY_KIND, *EXTREMES])
def test_every_kind_conforms_sealed_and_unsealed(name: str) -> None:
    unsigned = renderer.render(job({**EVERY_KIND, **EXTREMES}[name]))
    assert check(unsigned) == []
    assert check(sign(unsigned, current_seal(), issuer="Exempelstaden", reason="Intyg")) == []


def test_every_rule_has_a_spoiled_sample() -> None:
    assert sorted(rule.name for rule in RULES) == sorted(SPOILED)


def test_document_written_again_without_a_change_still_conforms(good: bytes) -> None:
    assert check(edited(lambda pdf: None)(good)) == []


@pytest.mark.parametrize("rule", SPOILED)
def test_spoiled_document_breaks_its_rule(rule: str, good: bytes) -> None:
    assert rule in {fault.rule for fault in check(SPOILED[rule](good))}


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(ValueError):
        check(b"hello")


def test_page_numbers_are_artifacts_and_figures_lie_where_they_are_drawn(good: bytes) -> None:
    with pikepdf.open(io.BytesIO(good)) as pdf:
        assert all(
            re.search(rb"/Artifact\s+<</Type /Pagination>>\s+BDC", page.Contents.read_bytes()) for page in pdf.pages
        )
    assert check(good) == []


def test_only_documents_with_embedded_files_are_part_3() -> None:
    for name, facts in EVERY_KIND.items():
        pdf = renderer.render(job(facts))
        assert (b"EmbeddedFile" in pdf) == (name == "guideline"), name


def test_same_facts_give_the_same_bytes() -> None:
    one, two = (renderer.render(job(EVERY_KIND["course"])) for _each in range(2))
    assert one == two
