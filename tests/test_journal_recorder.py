"""Recording costs a visitor no answer: it waits a little, then goes on by itself, in order."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import event

from assistant.errors import InputError, JournalUnavailable
from assistant.journal import Feedback, Journal, Receipt, Recorder, RecorderState
from assistant.journal import database as database_module
from tests.journal_databases import AnyDatabase, SqliteFile, opened, turn

WAIT = 0.3
QUIET = RecorderState(waiting=0, lost=0, problem=None)


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "_WAIT", 1)
    monkeypatch.setattr(database_module, "_PAUSE", 0.1)


@contextmanager
def recording(journal: Journal, **changes: int) -> Iterator[Recorder]:
    """Starts a recorder that tries often, and stops it."""
    with suppress(JournalUnavailable):
        journal.check()  # makes the tables, which can take longer than a record may
    recorder = Recorder(journal, WAIT, pause=0.05, **changes)
    try:
        yield recorder
    finally:
        recorder.close(5)


def until(condition: Callable[[], bool]) -> None:
    """Waits until something is so, for ten seconds at most."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def questions(journal: Journal) -> list[str | None]:
    """Returns what is recorded, in order of turns."""
    return [one.question for one in journal.conversation("conversation-1")]


def test_exchange_is_stored_before_it_is_acknowledged(database: AnyDatabase) -> None:
    """When the receipt says stored, the database itself has it."""
    with opened(database.address) as journal, recording(journal) as recorder:
        receipt = recorder.record(turn(), "v")
        assert receipt.stored
        assert database.rows("SELECT exchange_id FROM exchanges") == [(receipt.exchange_id,)]
        assert recorder.state == QUIET


def test_acknowledgement_comes_at_once(sqlite_file: SqliteFile) -> None:
    """The wait is over when the record is stored, or refused, and not when its time is."""
    with opened(sqlite_file.address) as journal:
        recorder = Recorder(journal, 60)
        start = time.monotonic()
        assert recorder.record(turn(1), "v").stored
        assert not recorder.record(turn(2, language=None), "v").stored
        assert time.monotonic() - start < 30
        recorder.close(5)


@pytest.mark.parametrize("fault", ["locked", "read_only", "gone"])
def test_fault_holds_up_no_visitor_and_loses_nothing(
    database: AnyDatabase, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """While the database takes nothing, records wait in line; then all are there, in order."""
    with opened(database.address) as journal, recording(journal) as recorder:
        first = recorder.record(turn(1, "Un secret 1 ?"), "v")
        assert first.stored
        if fault == "read_only":
            journal.close()  # a file that is open stays so, whoever may open it anew
        with getattr(database, fault)():
            start = time.monotonic()
            second = recorder.record(turn(2, "Un secret 2 ?"), "v")
            assert second.exchange_id is not None
            assert not second.stored
            assert not recorder.feedback("conversation-1", second.exchange_id, Feedback(True))
            assert not recorder.record(turn(3, "Un secret 3 ?"), "v").stored
            assert time.monotonic() - start < 3 * WAIT + 0.5
            until(lambda: recorder.state.problem is not None)
            assert (recorder.state.waiting, recorder.state.lost) == (3, 0)
            assert "does not answer (" in str(recorder.state.problem)
        until(lambda: recorder.state == QUIET)
        assert questions(journal) == [f"Un secret {number} ?" for number in (1, 2, 3)]
        assert journal.conversation("conversation-1")[1].feedback == Feedback(True)
    assert "wait in line" in caplog.text
    assert "secret" not in caplog.text


def test_full_database_holds_up_no_visitor_and_loses_nothing(sqlite_file: SqliteFile) -> None:
    """Records wait until there is room again."""
    room = {"pages": 1}
    with opened(sqlite_file.address) as journal:
        journal.record(turn(1, "Question 1 ?"), "v")
        engine = journal.database.engine

        @event.listens_for(engine, "checkout")
        def limit(connection: sqlite3.Connection, *_: object) -> None:
            connection.execute(f"PRAGMA max_page_count={room['pages']}")

        with pytest.raises(JournalUnavailable, match="database or disk is full"):
            journal.record(turn(2, "x " * 4_000), "v")
        with recording(journal) as recorder:
            assert not recorder.record(turn(2, "x " * 4_000), "v").stored
            until(lambda: "disk is full" in str(recorder.state.problem))
            room["pages"] = 10_000
            until(lambda: recorder.state == QUIET)
        assert questions(journal) == ["Question 1 ?", "x " * 4_000]


def test_database_that_is_down_at_the_start_is_used_once_it_is_up(database: AnyDatabase) -> None:
    """Neither the opening nor the first question needs it."""
    database.go_before_use()
    with opened(database.address) as journal, recording(journal) as recorder:
        assert not recorder.record(turn(), "v").stored
        database.come_back()
        until(lambda: recorder.state == QUIET)
        assert questions(journal) == ["Où est le Louvre-Lens ?"]


def test_record_that_is_refused_for_good_does_not_stop_the_next(
    sqlite_file: SqliteFile, caplog: pytest.LogCaptureFixture
) -> None:
    """It is counted and logged, without a visitor's words."""
    with opened(sqlite_file.address) as journal, recording(journal) as recorder:
        assert recorder.record(turn(1), "v").stored
        assert not recorder.record(turn(2, "Un secret ?", language=None), "v").stored
        assert recorder.record(turn(2), "v").stored
        assert recorder.state == RecorderState(waiting=0, lost=1, problem=None)
    assert caplog.text.count("lost a record") == 1
    assert "secret" not in caplog.text


def test_feedback_on_what_was_never_recorded_is_no_loss(
    sqlite_file: SqliteFile, caplog: pytest.LogCaptureFixture
) -> None:
    """Who makes an id up is told, and no monitor is."""
    with opened(sqlite_file.address) as journal, recording(journal) as recorder:
        with pytest.raises(InputError, match="no exchange called nothing"):
            recorder.feedback("conversation-1", "nothing", Feedback(True, text="Un secret"))
        assert recorder.state == QUIET
    assert caplog.text == ""


def test_nobody_waits_while_a_record_hangs(sqlite_file: SqliteFile) -> None:
    """Once one has waited for as long as it may, the next wait for nothing."""
    with opened(sqlite_file.address) as journal, recording(journal) as recorder:
        assert recorder.record(turn(1), "v").stored
        with sqlite_file.locked():
            assert not recorder.record(turn(2), "v").stored
            time.sleep(0.05)
            start = time.monotonic()
            for number in range(3, 13):
                assert not recorder.record(turn(number), "v").stored
            assert time.monotonic() - start < WAIT
        until(lambda: recorder.state == QUIET)
        assert len(questions(journal)) == 12


def test_error_in_recording_costs_no_answer(
    sqlite_file: SqliteFile, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Even a fault of the code itself is only counted and logged."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Un secret")

    with opened(sqlite_file.address) as journal, recording(journal) as recorder:
        monkeypatch.setattr(journal, "exchange", fail)
        assert recorder.record(turn(), "v") == Receipt(None, stored=False)
        monkeypatch.undo()
        monkeypatch.setattr(journal, "store", fail)
        assert not recorder.record(turn(), "v").stored
        assert recorder.state.lost == 2
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_line_has_an_end(sqlite_file: SqliteFile, caplog: pytest.LogCaptureFixture) -> None:
    """What no longer fits is lost at once, counted and logged; what was in line is not."""
    with opened(sqlite_file.address) as journal:
        journal.check()
        with recording(journal, most_waiting=2) as recorder:
            with sqlite_file.locked():
                receipts = [recorder.record(turn(number, f"{number} ?"), "v") for number in (1, 2)]
                start = time.monotonic()
                assert recorder.record(turn(3), "v") == Receipt(None, stored=False)
                assert time.monotonic() - start < WAIT
                assert recorder.state.lost == 1
            assert all(receipt.exchange_id for receipt in receipts)
            until(lambda: recorder.state.waiting == 0)
            assert questions(journal) == ["1 ?", "2 ?"]
    assert "takes no more records; 1 are lost" in caplog.text


def test_erasing_goes_behind_what_waits(sqlite_file: SqliteFile) -> None:
    """What was in line when a visitor had everything erased does not come back."""
    with opened(sqlite_file.address) as journal, recording(journal) as recorder:
        assert recorder.record(turn(1), "v").stored
        with sqlite_file.locked():
            assert not recorder.record(turn(2), "v").stored
            assert not recorder.erase("conversation-1")
        until(lambda: recorder.state == QUIET)
        assert journal.conversation("conversation-1") == ()
        assert recorder.erase("unknown")
        assert recorder.state == QUIET


def test_closing_writes_what_waits(sqlite_file: SqliteFile) -> None:
    """An orderly end loses nothing that can be written in time."""
    with opened(sqlite_file.address) as journal:
        journal.check()
        recorder = Recorder(journal, 0.01, pause=0.05)
        with sqlite_file.locked():
            for number in (1, 2, 3):
                recorder.record(turn(number, f"{number} ?"), "v")
        recorder.close(5)
        assert questions(journal) == ["1 ?", "2 ?", "3 ?"]
        assert recorder.state == QUIET
        assert recorder.record(turn(4), "v") == Receipt(None, stored=False)


def test_closing_ends_though_the_database_does_not_answer(
    sqlite_file: SqliteFile, caplog: pytest.LogCaptureFixture
) -> None:
    """What could not be written is counted and logged."""
    with opened(sqlite_file.address) as journal:
        journal.check()
        recorder = Recorder(journal, 0.01, pause=0.05)
        with sqlite_file.locked(), caplog.at_level(logging.ERROR):
            recorder.record(turn(1), "v")
            recorder.record(turn(2), "v")
            recorder.close(3)
        assert recorder.state.lost == 2
        assert "lost 2 records" in caplog.text


def test_nobody_waits_behind_a_record_that_cannot_be_written(sqlite_file: SqliteFile) -> None:
    """Only the first visitor after a fault waits; the next are answered at once."""
    with opened(sqlite_file.address) as journal:
        journal.record(turn(1), "v")
        recorder = Recorder(journal, 60, pause=0.05)
        with sqlite_file.gone():
            threading.Thread(target=recorder.record, args=(turn(2), "v"), daemon=True).start()
            until(lambda: recorder.state.problem is not None)
            start = time.monotonic()
            assert not recorder.record(turn(3), "v").stored
            assert time.monotonic() - start < 30
        until(lambda: recorder.state == QUIET)
        assert len(questions(journal)) == 3
        recorder.close(5)
