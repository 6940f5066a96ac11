"""The loader under SIGKILL: taken up again, nothing acknowledged is missing and nothing happened twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "tongqu.site.cli"]
LOAD = [*COMMAND, "demo", "load", "--cases", "10", "--processes", "0"]
PATIENCE_S = 600


def count(database: Path, query: str) -> int:
    """Return one number from the database, 0 while its tables are not there."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as connection:
        try:
            return int(connection.execute(query).fetchone()[0])
        except sqlite3.OperationalError:
            return 0


MOVES = "SELECT count(*) FROM journal_fact WHERE subject_kind = 'case' AND verb LIKE 'case.%'"
TWICE = """SELECT count(*) FROM (SELECT c.id, c.revision, count(f.id) AS told FROM cases_case c JOIN journal_fact f
ON f.subject_kind = 'case' AND f.subject_id = c.id AND f.verb LIKE 'case.%' GROUP BY c.id) WHERE told <> revision"""


@pytest.mark.kill
def test_a_killed_load_goes_on_where_it_stopped(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "TONGQU_DATABASE_URL"}
    environment |= {"TONGQU_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tongqu.site.settings"}
    database = tmp_path / "tongqu.sqlite3"
    subprocess.run([*COMMAND, "django", "migrate", "-v0"], env=environment, check=True)
    acknowledged = 0
    for wanted in (4, 17):
        running = subprocess.Popen(LOAD, env=environment, stderr=subprocess.DEVNULL)
        give_up = time.monotonic() + PATIENCE_S
        while count(database, MOVES) < wanted and running.poll() is None and time.monotonic() < give_up:
            time.sleep(0.05)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert count(database, MOVES) >= max(wanted, acknowledged), "what was acknowledged is still there"
        acknowledged = count(database, MOVES)
    done = subprocess.run(LOAD, env=environment, capture_output=True, text=True, check=True)
    assert "is ready" in done.stdout
    assert count(database, "SELECT count(*) FROM cases_case") == 10
    assert count(database, TWICE) == 0, "each move stands in the journal once"
    checked = subprocess.run(
        [*COMMAND, "journal", "verify"], env=environment, capture_output=True, text=True, check=True
    )
    assert "are sound" in checked.stdout
