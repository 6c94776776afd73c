"""The throw-away PostgreSQL starts, survives a crash when it should, and leaves nothing behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tools import suite
from tools.postgres import Cluster, cluster

TOOL = Path(__file__).resolve().parent.parent / "tools" / "postgres.py"


def connect(server: Cluster) -> psycopg.Connection:
    return psycopg.connect(host=str(server.folder), user="postgres", dbname="postgres", autocommit=True)


def test_committed_row_survives_a_crash():
    with cluster(durable=True) as server:
        with connect(server) as connection:
            connection.execute("CREATE TABLE ledger (row int)")
            connection.execute("INSERT INTO ledger VALUES (1)")
        server.crash()
        server.start()
        with connect(server) as connection:
            assert connection.execute("SELECT row FROM ledger").fetchall() == [(1,)]
    assert not server.folder.exists()


def test_command_gets_the_database_and_its_exit_code_comes_back():
    ask = "import os, psycopg; psycopg.connect(dbname='postgres'); raise SystemExit(7 * (os.environ['PGUSER'] != ''))"
    done = subprocess.run([sys.executable, TOOL, "--", sys.executable, "-c", ask], check=False)
    assert done.returncode == 7


def test_terminated_tool_leaves_nothing(tmp_path: Path):
    told = tmp_path / "told"
    say = f"import os, pathlib, time; pathlib.Path({str(told)!r}).write_text(os.environ['PGHOST']); time.sleep(60)"
    tool = subprocess.Popen([sys.executable, TOOL, "--", sys.executable, "-c", say])
    deadline = time.monotonic() + 30
    while not (told.exists() and told.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    folder = Path(told.read_text())
    assert folder.exists()
    tool.send_signal(signal.SIGTERM)
    assert tool.wait(30) == 128 + signal.SIGTERM
    assert not folder.exists()


def test_both_databases_run_and_either_failing_fails(capfd):
    assert suite.run(["--version"]) == 0
    assert suite.run(["--no-such-option"]) == 1
    told = capfd.readouterr().out
    assert told.count("On SQLite") == told.count("On PostgreSQL:") == 2
    assert told.count(f"pytest {pytest.__version__}") == 2
