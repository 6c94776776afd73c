"""What README and docs promise: links that lead somewhere, pictures that are there, few and small."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PICTURES = "docs/pictures/"
LINK = re.compile(r"""(?:\]\(|src=")([^)"#\s]+)""")
MOST_BYTES = 1_500_000

pytestmark = pytest.mark.once


def tracked(pattern: str) -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z", pattern], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name]


def documents() -> list[str]:
    return [name for name in tracked("*.md") if not name.startswith("demo/content/")]


def links(document: str) -> set[str]:
    """What a document links to inside the repository, from its root."""
    folder = (ROOT / document).parent
    found = {link for link in LINK.findall((ROOT / document).read_text()) if ":" not in link}
    return {str((folder / link).resolve().relative_to(ROOT)) for link in found}


def test_links_lead_somewhere():
    assert "README.md" in documents()
    broken = [f"{name}: {link}" for name in documents() for link in links(name) if not (ROOT / link).exists()]
    assert broken == []


def test_each_kept_picture_is_used_and_all_are_small():
    pictures = tracked(f"{PICTURES}*")
    used = {link for name in documents() for link in links(name) if link.startswith(PICTURES)}
    assert set(pictures) == used
    assert sum((ROOT / name).stat().st_size for name in pictures) < MOST_BYTES


def test_readme_shows_the_main_screen_of_each_user():
    assert len([link for link in links("README.md") if link.startswith(PICTURES)]) >= 3


EXPECTATION = re.compile(r"^\| (\d+) ?[TEH]? \|")
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_expectation_has_a_proof_that_exists():
    rows = [line for line in (ROOT / "docs/expectations.md").read_text().splitlines() if EXPECTATION.match(line)]
    assert [int(EXPECTATION.match(row)[1]) for row in rows] == list(range(1, 36))
    for row in rows:
        named = NAMED_TEST.findall(row)
        assert named, row
        for path, name in named:
            assert f"def {name}(" in (ROOT / path).read_text(), f"{path}::{name}"
