"""tools/packages.sh: what the system lacks is installed when one may, otherwise named with the exact command."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "tools/packages.sh"
PROGRAMS = {
    "dpkg-query": 'case "$*" in *here*) echo installed;; *) exit 1;; esac',
    "id": "echo $USER_ID",
    "sudo": "exit 1",
    "apt-get": 'echo "apt-get $*" >> "$LOG"',
}

pytestmark = pytest.mark.once


@pytest.fixture
def ask(tmp_path):
    """Run the script on a machine where only `here` is installed, as somebody who may install or may not."""
    for name, lines in PROGRAMS.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{lines}\n")
        (tmp_path / name).chmod(0o755)
    log = tmp_path / "log"
    log.touch()

    def run(*packages, user_id):
        environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "USER_ID": str(user_id), "LOG": str(log)}
        command = [SCRIPT, "PDF", *packages]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr, log.read_text().splitlines()

    return run


def test_nothing_is_done_when_nothing_is_missing(ask):
    assert ask("here", user_id=1000) == (0, "", [])


def test_whoever_may_not_install_is_told_the_command(ask):
    code, said, done = ask("here", "libpango-1.0-0", "fonts-dejavu-core", user_id=1000)
    assert (code, done) == (1, [])
    assert said.endswith("sudo apt-get install -y --no-install-recommends libpango-1.0-0 fonts-dejavu-core\n")


def test_what_is_missing_is_installed_by_whoever_may(ask):
    code, _said, done = ask("here", "libpango-1.0-0", user_id=0)
    assert code == 0
    assert done[0].startswith("apt-get update")
    assert "install -y --no-install-recommends libpango-1.0-0 " in done[1]
