"""Killing the daily command in the middle and running it again: each mail once, or known to have been interrupted."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.campaigns import SEED, Campaign
from tests.reminders.sending import PEOPLE

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = [sys.executable, "-m", "tests.reminders.sending"]


def environment_of(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LEDSTANG_", "PYTEST"))}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "cms.settings.test",
        "LEDSTANG_DATA_DIR": str(folder),
        "LEDSTANG_TEST_DATABASE": "sqlite",
    }


def ask(verb: str, folder: Path) -> str:
    done = subprocess.run(
        [*PROGRAM, verb], cwd=ROOT, env=environment_of(folder), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    ask("prepare", folder)
    return folder


@dataclass
class Sender:
    folder: Path
    twin: bool = False
    ends: list[int] = field(default_factory=list)

    @contextmanager
    def serving(self) -> Iterator["subprocess.Popen[str]"]:
        command = [*PROGRAM, "serve", *(["--twin"] if self.twin else [])]
        with subprocess.Popen(
            command, cwd=ROOT, env=environment_of(self.folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as mother:
            try:
                yield mother
            finally:
                mother.kill()

    def run(self, mother: Any, kill_after: float | None) -> None:
        mother.stdin.write("go\n")
        mother.stdin.flush()
        child = int(mother.stdout.readline().split()[1])
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):  # it may be done by now
                os.kill(child, signal.SIGKILL)
        self.ends.append(int(mother.stdout.readline().split()[1]))

    @property
    def kills(self) -> int:
        return self.ends.count(-signal.SIGKILL)

    def killed_and_run_again(self, times: int, random: Random) -> None:
        """Kill so many runs at some moment; the sooner, the oftener one was done before it could be killed."""
        window = 0.5
        with self.serving() as mother:
            for _each in range(20 * times):
                self.run(mother, kill_after=random.uniform(0, window))
                if self.ends[-1] == 0:
                    window /= 2
                if self.kills == times:
                    break
            self.run(mother, kill_after=None)
            self.run(mother, kill_after=None)

    def faults(self) -> tuple[list[str], int]:
        """What is wrong, and how many mails were interrupted while the server had them."""
        told = json.loads(ask("tell", self.folder))
        mails, messages = told["mails"], dict(told["messages"])
        faults = [f"doubled {address}" for address, count in mails.items() if count > 1]
        faults += [f"lost {n}" for n in range(PEOPLE) if f"p{n}@example.se" not in messages]
        faults += [
            f"lost {address}"
            for address, outcome in messages.items()
            if outcome != "interrupted" and (outcome != "sent" or address not in mails)
        ]
        return faults, sum(outcome == "interrupted" for outcome in messages.values())


@pytest.mark.campaign
@pytest.mark.once
def test_killed_command_says_everything_once(tmp_path: Path, prepared: Path, campaign: Campaign) -> None:
    sender = Sender(Path(shutil.copytree(prepared, tmp_path / "data")))
    times = campaign.size(60)
    sender.killed_and_run_again(times, campaign.random)
    faults, interrupted = sender.faults()
    campaign.tell(
        f"{sender.kills} kills, {PEOPLE} people, {len(faults)} doubled or lost, {interrupted} known as interrupted"
    )
    assert faults == []
    assert sender.kills == times
    assert interrupted <= times
    assert sender.ends[-2:] == [0, 0]


@pytest.mark.once
def test_twin_without_uniqueness_says_things_twice(tmp_path: Path, prepared: Path) -> None:
    sender = Sender(Path(shutil.copytree(prepared, tmp_path / "data")), twin=True)
    sender.killed_and_run_again(2, Random(SEED))
    faults, _interrupted = sender.faults()
    assert any(fault.startswith("doubled") for fault in faults)
