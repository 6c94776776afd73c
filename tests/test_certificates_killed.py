"""Killing the issuing process, and the database under it: nothing promised is lost, doubled or torn."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cms.certificates.pdf.renderer import renderer
from tests.campaigns import Campaign
from tests.certificates.issuing import AGAIN
from tests.certificates.samples import course, job
from tools.postgres import Cluster, cluster

ROOT = Path(__file__).resolve().parent.parent
ONE_NEW = 2 * AGAIN + 1  # a child first asks again for the last ones, with their files
PROGRAM = [sys.executable, "-m", "tests.certificates.issuing"]


@dataclass
class Harness:
    """The issuing program, what it has promised, and how its children ended."""

    environment: dict[str, str]
    twin: bool = False
    issued: list[str] = field(default_factory=list)
    filed: dict[str, str] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def run(self, verb: str) -> str:
        done = subprocess.run(
            [*PROGRAM, verb], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator["subprocess.Popen[str]"]:
        command = [*PROGRAM, "serve", *(["--twin"] if self.twin else [])]
        with subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as mother:
            try:
                yield mother
            finally:
                mother.kill()

    def _next(self) -> int:
        return 1 + max((int(key.split(":")[1]) for key in self.issued), default=-1)

    def start_child(self, mother: Any) -> int:
        mother.stdin.write(f"{self._next()}\n")
        mother.stdin.flush()
        word, pid = mother.stdout.readline().split()
        assert word == "child"
        return int(pid)

    def listen(self, mother: Any, *, promises: int) -> None:
        """Wait until the child has promised so much: it is alive and at work."""
        for _each in range(promises):
            self._note(mother.stdout.readline())

    def hear_the_end(self, mother: Any) -> None:
        """What was promised up to the last moment, and how the child ended."""
        while True:
            line = mother.stdout.readline()
            if line.startswith("ended"):
                self.ends.append(int(line.split()[1]))
                return
            self._note(line)

    def _note(self, line: str) -> None:
        words = line.split()
        assert words, "the child is gone"
        if words[0] == "issued":
            self.issued.append(words[1])
        elif words[0] == "filed":
            self.filed[words[1]] = words[2]

    def judge(self) -> list[str]:
        """Everything that is wrong with what is kept, against what was promised."""
        rows = json.loads(self.run("tell"))
        kept = {row["key"]: row for row in rows}
        faults = [f"doubled {key}" for key, count in Counter(row["key"] for row in rows).items() if count > 1]
        faults += [f"lost {key}" for key in self.issued if key not in kept]
        faults += [f"torn {key}" for key, row in kept.items() if (row["events"], row["audits"]) != (1, 1)]
        faults += [f"lost file {key}" for key, sha256 in self.filed.items() if kept.get(key, {}).get("file") != sha256]
        return faults + [f"damaged {key}" for key, row in kept.items() if row["file"] == "damaged"]


@pytest.fixture(scope="module")
def canned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("canned") / "intyg.pdf"
    path.write_bytes(renderer.render(job(course())))
    return path


def environment_of(folder: Path, canned: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LEDSTANG_", "PYTEST"))}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "cms.settings.test",
        "LEDSTANG_DATA_DIR": str(folder),
        "LEDSTANG_CANNED_PDF": str(canned),
        "LEDSTANG_TEST_DATABASE": "sqlite",
        **more,
    }


def kill_children(harness: Harness, times: int, random: Random) -> None:
    with harness.serving() as mother:
        for _each in range(times):
            child = harness.start_child(mother)
            harness.listen(mother, promises=random.randrange(1, 9))
            time.sleep(random.uniform(0, 0.3))
            os.kill(child, 0)  # raises if it is not alive
            os.kill(child, signal.SIGKILL)
            harness.hear_the_end(mother)


@pytest.mark.campaign
def test_killing_the_issuing_process_loses_doubles_and_tears_nothing(
    tmp_path: Path, canned: Path, campaign: Campaign
) -> None:
    harness = Harness(environment_of(tmp_path, canned))
    harness.run("prepare")
    times = campaign.size(200)
    kill_children(harness, times, campaign.random)
    faults = harness.judge()
    campaign.tell(
        f"{times} kills on SQLite, {len(set(harness.issued))} certificates and {len(harness.filed)} files promised, "
        f"{len(faults)} lost, doubled or torn"
    )
    assert harness.ends == [-signal.SIGKILL] * times
    assert len(set(harness.issued)) > times // 2
    assert faults == []


@pytest.mark.once
def test_twin_with_two_transactions_is_torn(tmp_path: Path, canned: Path) -> None:
    harness = Harness(environment_of(tmp_path, canned), twin=True)
    harness.run("prepare")
    random = Random(3)
    for _round in range(6):
        kill_children(harness, 5, random)
        faults = harness.judge()
        if faults:
            break
    assert any(fault.startswith("torn") for fault in faults)


def create_database(server: Cluster) -> None:
    command = [str(server.bin / "createdb"), "-h", str(server.folder), "-U", server.environment["PGUSER"], "ledstang"]
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.once  # on a PostgreSQL of its own
@pytest.mark.campaign
def test_immediate_stop_of_postgresql_loses_doubles_and_tears_nothing(
    tmp_path: Path, canned: Path, campaign: Campaign
) -> None:
    times = max(3, campaign.size(20))
    with cluster(durable=True) as server:
        create_database(server)
        harness = Harness(environment_of(tmp_path, canned, **server.environment))
        harness.run("prepare")
        with harness.serving() as mother:
            for _each in range(times):
                child = harness.start_child(mother)
                harness.listen(mother, promises=ONE_NEW + campaign.random.randrange(3))
                time.sleep(campaign.random.uniform(0, 0.3))
                os.kill(child, 0)  # at work when the ground goes
                server.crash()
                harness.hear_the_end(mother)
                server.start()
        faults = harness.judge()
    campaign.tell(
        f"{times} immediate stops of PostgreSQL, {len(set(harness.issued))} certificates and {len(harness.filed)} "
        f"files promised, {len(faults)} lost, doubled or torn"
    )
    assert harness.ends == [1] * times  # the child noticed, and said so by ending
    assert len(set(harness.issued)) >= times
    assert faults == []
