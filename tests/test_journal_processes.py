"""Several processes share a journal, and one that is killed loses nothing it acknowledged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.journal_databases import AnyDatabase, SqliteFile, opened

ROOT = Path(__file__).parent.parent
ROUNDS = 20


def test_killed_processes_lose_no_acknowledged_exchange(database: AnyDatabase) -> None:
    """Two at once, killed at any moment, the making of the tables included, many times over."""
    command = [sys.executable, "-m", "tests.journal_killing", database.address, str(ROUNDS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    acknowledged = json.loads(done.stdout)
    stored = {name for (name,) in database.rows("SELECT exchange_id FROM exchanges")}
    assert len(acknowledged) > ROUNDS
    assert set(acknowledged) <= stored
    # Each process has one record under way at most when it is killed.
    assert len(stored) - len(acknowledged) <= 2 * ROUNDS
    if isinstance(database, SqliteFile):
        assert database.rows("PRAGMA integrity_check") == [("ok",)]
    with opened(database.address) as journal:
        for name in range(ROUNDS):
            for child in (1, 2):
                found = journal.conversation(f"{name}-{child}")
                assert [one.turn for one in found] == list(range(1, len(found) + 1))
                assert all(one.question == ("Où ? " * 200) for one in found)


OPEN = """
import sys
from tests.journal_databases import opened, turn
sys.stdin.readline()
with opened(sys.argv[1]) as journal:
    for number in range(1, 21):
        journal.record(turn(number, conversation=sys.argv[2]), "v")
"""


def test_processes_that_open_an_empty_database_at_once(database: AnyDatabase) -> None:
    """The tables are made once, and every process records all it has."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, database.address, f"p{number}"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for number in range(4)
    ]
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    counted = database.rows(
        "SELECT conversation_id, count(*) FROM exchanges GROUP BY conversation_id ORDER BY 1"
    )
    assert counted == [("p0", 20), ("p1", 20), ("p2", 20), ("p3", 20)]
