"""The journal keeps what happened, gives it back, counts it, and forgets it when it has to."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from assistant.domain import Answer, Outcome, Statement
from assistant.errors import InputError, JournalError, JournalUnavailable
from assistant.journal import (
    CitationJudgement,
    CitationVerdict,
    Count,
    Feedback,
    FeedbackReason,
    Journal,
    Review,
    Reviews,
    ReviewState,
    StatementJudgement,
    StatementVerdict,
    TestCase,
)
from assistant.journal import database as database_module
from assistant.journal.database import Database
from assistant.journal.masking import EMAIL, STREET, TELEPHONE
from assistant.journal.tables import Table
from tests.journal_databases import (
    CITATION,
    PASSAGE,
    AnyDatabase,
    PostgresDatabase,
    PostgresServer,
    SqliteFile,
    journal_settings,
    opened,
    turn,
)

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TABLES = (
    "exchanges", "feedback", "feedback_reasons", "shared_links", "citations", "reviews",
    "statement_judgements", "citation_judgements", "test_cases",
)  # fmt: skip
OF_STAFF = {"accounts", "audit", "staff_tokens", "stale_passages"}


def judge_all(journal: Journal, exchange_id: str) -> None:
    """Has a reviewer say all that there is to say of an exchange, with a marker in the words."""
    reviews = Reviews(journal.database)
    reviews.change(exchange_id, "lea", Review(ReviewState.IN_REVIEW, "lea", "Un marqueur"))
    right = StatementJudgement(exchange_id, 1, "lea", StatementVerdict.RIGHT, {}, NOON)
    cited = CitationJudgement(exchange_id, 1, "lea", CitationVerdict.NO, "page:abc", "0" * 16, NOON)
    reviews.judge(exchange_id, "lea", [right], [cited])
    reviews.put_case(TestCase(f"case-{exchange_id}", exchange_id, "lea", NOON, {"q": "marqueur"}))


def test_exchange_is_kept_whole(database: AnyDatabase) -> None:
    """Everything that staff need to see what happened comes back as it was."""
    one = turn(signs={"best": 0.25, "lift": -0.5})
    with opened(database.address) as journal:
        name = journal.record(one, "v-1", NOON)
    with opened(database.address) as journal:
        (found,) = journal.conversation("conversation-1")
    assert found.exchange_id == name
    assert (found.conversation_id, found.turn, found.asked_at) == ("conversation-1", 1, NOON)
    assert (found.language, found.outcome, found.reason) == ("fr", Outcome.ANSWERED, None)
    assert (found.question, found.standalone_question) == (one.question, one.question)
    assert (found.confidence, found.timings_ms) == (0.875, {"total": 31.25})
    assert found.signs == {"best": 0.25, "lift": -0.5}
    assert found.settings == journal_settings(database.address).fingerprint
    assert found.index_version == "v-1"
    assert found.answer is not None
    assert Answer.from_json(found.answer) == one.answer
    assert found.passages == (
        {
            "passage_id": "page:abc", "document_id": "page", "start": 6, "end": 41,
            "content_hash": PASSAGE.content_hash, "score": 0.75, "dense": 0.9, "lift": 0.125,
            "lexical": 0.5,
        },
    )  # fmt: skip
    assert found.feedback is None


def test_exchange_is_a_turn_again_while_its_text_is_kept(database: AnyDatabase) -> None:
    """Question, answer and signs come back as they were; after the purge there is no turn."""
    one = turn(signs={"best": 0.25})
    with opened(database.address) as journal:
        journal.record(one, "v", NOON)
        (kept,) = journal.conversation("conversation-1")
        journal.purge(NOON + 91 * DAY)
        (purged,) = journal.conversation("conversation-1")
    assert kept.as_turn() == replace(one, ranking=None)
    assert purged.as_turn() is None


def test_turns_come_back_in_order_and_apart(database: AnyDatabase) -> None:
    """A conversation is its own turns, by number, however they were recorded."""
    with opened(database.address) as journal:
        for number, conversation in ((2, "a"), (1, "b"), (10, "a"), (1, "a")):
            journal.record(turn(number, f"{conversation}{number} ?", conversation), "v", NOON)
        assert [one.question for one in journal.conversation("a")] == ["a1 ?", "a2 ?", "a10 ?"]
        assert journal.conversation("c") == ()


def test_moment_is_stored_in_utc(database: AnyDatabase) -> None:
    """A moment of another time zone is the same moment, and counts for its day in UTC."""
    paris = dt.timezone(dt.timedelta(hours=1))
    with opened(database.address) as journal:
        journal.record(turn(), "v", dt.datetime(2026, 11, 25, 0, 30, tzinfo=paris))
        (found,) = journal.conversation("conversation-1")
        assert found.asked_at.isoformat() == "2026-11-24T23:30:00+00:00"
        assert [one.day for one in journal.counts()] == [dt.date(2026, 11, 24)]


def test_turn_without_search_is_kept(database: AnyDatabase) -> None:
    """A refusal has neither passages nor signs."""
    refused = turn(outcome=Outcome.REFUSED, reason="bad_input", confidence=0.0, citations=())
    with opened(database.address) as journal:
        journal.record(replace(refused, ranking=None, signs={}), "v")
        (found,) = journal.conversation("conversation-1")
    assert (found.outcome, found.reason) == (Outcome.REFUSED, "bad_input")
    assert (found.passages, found.signs) == ((), {})


def test_storing_once_more_changes_nothing(database: AnyDatabase) -> None:
    """Who did not hear that a record was stored may store it again."""
    with opened(database.address) as journal:
        exchange = journal.exchange(turn(), "v", NOON)
        journal.store(exchange)
        journal.store(exchange)
        assert journal.conversation("conversation-1") == (exchange,)


def test_other_exchange_in_the_same_place_is_the_next(database: AnyDatabase) -> None:
    """Of two processes that go on with one conversation at once, nothing is lost."""
    with opened(database.address) as one, opened(database.address) as other:
        ids = []
        with ThreadPoolExecutor(2) as pool:
            for number in range(1, 11):
                both = [
                    pool.submit(journal.record, turn(number, f"{name} {number} ?"), "v")
                    for name, journal in (("a", one), ("b", other))
                ]
                ids += [recorded.result() for recorded in both]
        found = one.conversation("conversation-1")
    assert sorted(exchange.exchange_id for exchange in found) == sorted(ids)
    assert [exchange.turn for exchange in found] == list(range(1, 21))
    turns = [exchange.as_turn() for exchange in found]
    assert [one.answer.turn for one in turns if one] == list(range(1, 21))
    assert all(exchange.cited for exchange in found)


def test_record_that_is_no_exchange_is_refused(database: AnyDatabase) -> None:
    """The message holds nothing of what was asked."""
    with opened(database.address) as journal:
        journal.record(turn(), "v")
        with pytest.raises(JournalError, match="refuses a record") as caught:
            journal.record(turn(2, "Un secret ?", language=None), "v")
        assert not isinstance(caught.value, JournalUnavailable)
        assert "secret" not in str(caught.value)
        assert [one.question for one in journal.conversation("conversation-1")] == [
            "Où est le Louvre-Lens ?"
        ]


def test_odd_signs_and_numbers_are_kept_as_far_as_they_can_be(database: AnyDatabase) -> None:
    """Half characters, NUL and numbers that JSON has not are replaced, emoji are not."""
    with opened(database.address) as journal:
        odd = turn(question="\ud800 a\0b 🙂", text="\udfff c", signs={"x": float("inf")})
        journal.record(odd, "v")
        (found,) = journal.conversation("conversation-1")
    assert found.question == "\ufffd a\ufffdb 🙂"
    assert found.answer is not None
    assert found.answer["text"] == "\ufffd c"
    assert found.signs == {"x": None}


def test_very_long_question_is_cut(database: AnyDatabase) -> None:
    """Of a text that is too long to be a question the beginning is kept, masked at the cut too."""
    with opened(database.address) as journal:
        journal.record(turn(question="a " * 3_995 + "03 21 21 62 62 " + "b" * 100_000), "v")
        (found,) = journal.conversation("conversation-1")
    assert found.question == ("a " * 3_995 + TELEPHONE)[:8_000]


PRIVATE = "Je suis jean@exemple.fr, 12 rue Victor Hugo à Lens, 06 12 34 56 78, et vous ?"
SAID = f"Je suis {EMAIL}, {STREET} à Lens, {TELEPHONE}, et vous ?"


def test_what_identifies_a_person_is_stored_nowhere(database: AnyDatabase) -> None:
    """Neither in the columns nor in the answer that says the question again."""
    asked = turn(
        question=PRIVATE,
        outcome=Outcome.PARTIAL,
        text=f"L’accueil répond au 03 21 00 00 01. [1]\nRien sur « {PRIVATE} » ni « victor hugo ».",
        statements=(Statement("L’accueil répond au 03 21 00 00 01.", (1,)),),
    )
    with opened(database.address) as journal:
        name = journal.record(asked, "v")
        journal.feedback(name, Feedback(False, text="Écrivez à jean@exemple.fr"))
        (found,) = journal.conversation("conversation-1")
        stored = json.dumps(journal.export("conversation-1"), ensure_ascii=False)
    assert (found.question, found.standalone_question) == (SAID, SAID)
    assert found.answer is not None
    assert (found.answer["question"], found.answer["standalone_question"]) == (SAID, SAID)
    assert found.answer["text"] == (
        f"L’accueil répond au 03 21 00 00 01. [1]\nRien sur « {SAID} » ni « {STREET} »."
    )
    assert found.answer["citations"][0]["quote"] == CITATION.quote
    assert found.feedback is not None
    assert found.feedback.text == f"Écrivez à {EMAIL}"
    for secret in ("jean", "Hugo", "06 12"):
        assert secret not in stored
    if isinstance(database, SqliteFile):
        files = b"".join(file.read_bytes() for file in database.file.parent.iterdir())
        assert b"Lens" in files
        assert b"jean@" not in files


def test_latest_feedback_replaces_the_earlier(database: AnyDatabase) -> None:
    """A visitor who changes their mind is taken at the last word."""
    with opened(database.address) as journal:
        name = journal.record(turn(), "v")
        reasons = frozenset({FeedbackReason.WRONG, FeedbackReason.BAD_SOURCE})
        journal.feedback(name, Feedback(False, reasons, "Faux"), NOON)
        assert journal.conversation("conversation-1")[0].feedback == Feedback(
            False, reasons, "Faux"
        )
        journal.feedback(name, Feedback(True), NOON + DAY)
        assert journal.conversation("conversation-1")[0].feedback == Feedback(True)
        assert database.rows("SELECT count(*) FROM feedback") == [(1,)]
        assert database.rows("SELECT count(*) FROM feedback_reasons") == [(0,)]


def test_feedback_and_links_need_an_exchange(database: AnyDatabase) -> None:
    """What is unknown is named."""
    with opened(database.address) as journal:
        with pytest.raises(InputError, match="no exchange called nothing"):
            journal.feedback("nothing", Feedback(True))
        with pytest.raises(InputError, match="no exchange called nothing"):
            journal.share("nothing")


def test_link_opens_the_conversation_up_to_its_turn(database: AnyDatabase) -> None:
    """Not what came later, and not another conversation; asked for twice, it is the same."""
    with opened(database.address) as journal:
        names = [journal.record(turn(number), "v") for number in (1, 2, 3)]
        other = journal.record(turn(conversation="other"), "v")
        assert database.rows("SELECT count(*) FROM shared_links") == [(0,)]
        token = journal.share(names[1])
        assert [one.exchange_id for one in journal.shared(token)] == names[:2]
        assert journal.share(names[1]) == token
        assert journal.share(other) != token
        assert len(token) >= 32
        assert journal.shared("nothing") == ()
        assert journal.shared(names[1]) == ()


def test_export_holds_every_column_of_every_table(database: AnyDatabase) -> None:
    """What is exported is JSON, and nothing that is stored is left out."""
    with opened(database.address) as journal:
        journal.record(turn(1), "v-1", NOON)
        name = journal.record(turn(2), "v-1", NOON)
        journal.feedback(name, Feedback(False, frozenset({FeedbackReason.OTHER}), "Bof"), NOON)
        token = journal.share(name)
        judge_all(journal, name)
        exported = json.loads(json.dumps(journal.export("conversation-1")))
        with pytest.raises(InputError, match="no conversation called other"):
            journal.export("other")
    assert list(exported) == ["conversation_id", *TABLES]
    for table in Table.metadata.sorted_tables:
        if table.name in OF_STAFF:
            continue
        assert all(set(row) == set(table.columns.keys()) for row in exported[table.name])
    assert [one["turn"] for one in exported["exchanges"]] == [1, 2]
    assert exported["exchanges"][1]["asked_at"] == "2026-11-24T12:00:00+00:00"
    assert exported["exchanges"][1]["answer"]["text"] == "Le Louvre-Lens est à Lens. [1]"
    (feedback,) = exported["feedback"]
    assert (feedback["helpful"], feedback["text"], feedback["exchange_id"]) == (False, "Bof", name)
    assert exported["feedback_reasons"] == [{"exchange_id": name, "reason": "other"}]
    assert exported["shared_links"][0]["token"] == token
    assert all(exported[table] for table in TABLES)


def test_erased_conversation_leaves_nothing(database: AnyDatabase) -> None:
    """Rows of all tables go, those of others stay; not a byte is left in the files."""
    with opened(database.address) as journal:
        name = journal.record(turn(question="Un marqueur"), "v")
        journal.feedback(name, Feedback(False, frozenset({FeedbackReason.WRONG}), "marqueur"))
        token = journal.share(name)
        judge_all(journal, name)
        journal.record(turn(2, question="Deux marqueurs"), "v")
        kept = journal.record(turn(conversation="other"), "v")
        journal.feedback(kept, Feedback(True))
        assert journal.erase("conversation-1") == 2
        assert journal.conversation("conversation-1") == ()
        assert journal.shared(token) == ()
        counted = [database.rows(f"SELECT count(*) FROM {table}") for table in TABLES]  # noqa: S608 - fixed names
        assert counted == [[(1,)], [(1,)], [(0,)], [(0,)], [(1,)], [(0,)], [(0,)], [(0,)], [(0,)]]
        with pytest.raises(InputError, match="no conversation called conversation-1"):
            journal.erase("conversation-1")
        if isinstance(database, SqliteFile):
            for file in database.file.parent.iterdir():
                assert b"marqueur" not in file.read_bytes()


def test_purge_removes_texts_and_keeps_the_rest(database: AnyDatabase) -> None:
    """At the end of their time texts and links go; counts, scores and newer texts stay."""
    with opened(database.address, retention_days=90) as journal:
        old = journal.record(turn(1, "Un marqueur"), "v", NOON - 91 * DAY)
        journal.feedback(old, Feedback(False, frozenset({FeedbackReason.WRONG}), "marqueur"))
        new = journal.record(turn(2), "v", NOON - 89 * DAY)
        old_token, new_token = journal.share(old), journal.share(new)
        before = journal.counts()
        assert journal.purge(NOON) == 1
        assert journal.purge(NOON) == 0
        first, second = journal.conversation("conversation-1")
        assert (first.question, first.standalone_question, first.answer) == (None, None, None)
        assert (first.confidence, first.outcome, first.language) == (0.875, Outcome.ANSWERED, "fr")
        assert first.passages[0]["score"] == 0.75
        assert first.feedback == Feedback(False, frozenset({FeedbackReason.WRONG}))
        assert second.question == "Où est le Louvre-Lens ?"
        assert journal.counts() == before
        assert journal.shared(old_token) == ()
        assert database.rows("SELECT token FROM shared_links") == [(new_token,)]
        assert [one.turn for one in journal.shared(new_token)] == [2]
        with pytest.raises(JournalError, match="not kept"):
            journal.share(old)
        journal.feedback(old, Feedback(True, text="encore un marqueur"))
        assert journal.conversation("conversation-1")[0].feedback == Feedback(True)
        if isinstance(database, SqliteFile):
            for file in database.file.parent.iterdir():
                assert b"marqueur" not in file.read_bytes()


def test_purge_ends_however_many_are_due(
    database: AnyDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than one transaction takes are purged as well."""
    monkeypatch.setattr("assistant.journal.journal._AT_ONCE", 2)
    with opened(database.address, retention_days=1) as journal:
        for number in range(5):
            journal.record(turn(number), "v", NOON)
        assert journal.purge(NOON + DAY - dt.timedelta(seconds=1)) == 0
        assert journal.purge(NOON + DAY) == 5
        assert {one.question for one in journal.conversation("conversation-1")} == {None}


def test_without_retention_no_text_is_stored(database: AnyDatabase) -> None:
    """Not for a moment; what is counted is."""
    with opened(database.address, retention_days=0) as journal:
        name = journal.record(turn(question="Un marqueur"), "v", NOON)
        journal.feedback(name, Feedback(False, frozenset({FeedbackReason.WRONG}), "marqueur"))
        (found,) = journal.conversation("conversation-1")
        assert (found.question, found.standalone_question, found.answer) == (None, None, None)
        assert found.feedback == Feedback(False, frozenset({FeedbackReason.WRONG}))
        assert not journal.keeps_text
        with pytest.raises(JournalError, match="not kept"):
            journal.share(name)
        assert "marqueur" not in json.dumps(journal.export("conversation-1"))
        assert journal.counts()[0].exchanges == 1


def test_retention_that_became_zero_purges_all(database: AnyDatabase) -> None:
    """Texts of earlier days go at the next purge."""
    with opened(database.address) as journal:
        name = journal.record(turn(), "v")
    with opened(database.address, retention_days=0) as journal:
        journal.feedback(name, Feedback(True, text="Un texte"))
        assert journal.conversation("conversation-1")[0].feedback == Feedback(True)
        assert journal.purge() == 1


def test_counts_by_day_outcome_and_language(database: AnyDatabase) -> None:
    """Every exchange is counted once, with what visitors said of it."""
    with opened(database.address) as journal:
        names = [
            journal.record(turn(number, language=language, outcome=outcome), "v", day)
            for number, (day, outcome, language) in enumerate(
                [
                    (NOON, Outcome.ANSWERED, "fr"),
                    (NOON, Outcome.ANSWERED, "fr"),
                    (NOON, Outcome.ANSWERED, "en"),
                    (NOON, Outcome.ABSTAINED, "fr"),
                    (NOON + DAY, Outcome.ANSWERED, "fr"),
                ]
            )
        ]
        journal.feedback(names[0], Feedback(True))
        reasons = frozenset({FeedbackReason.WRONG, FeedbackReason.OTHER})
        journal.feedback(names[1], Feedback(False, reasons))
        today, tomorrow = NOON.date(), (NOON + DAY).date()
        assert journal.counts() == [
            Count(today, Outcome.ABSTAINED, "fr", 1, 0, 0),
            Count(today, Outcome.ANSWERED, "en", 1, 0, 0),
            Count(today, Outcome.ANSWERED, "fr", 2, 1, 1),
            Count(tomorrow, Outcome.ANSWERED, "fr", 1, 0, 0),
        ]
        assert [one.day for one in journal.counts(since=tomorrow)] == [tomorrow]
        assert {one.day for one in journal.counts(until=today)} == {today}
        assert journal.counts(since=tomorrow + DAY) == []


def test_models_and_migrations_agree(database: AnyDatabase) -> None:
    """The migrations make the tables that the code declares, no more and no less."""
    store = Database(database.address)
    with store.writing() as session:
        context = MigrationContext.configure(session.connection())
        assert compare_metadata(context, Table.metadata) == []
        rows = session.execute(text("SELECT version_num FROM alembic_version")).all()
    assert rows == [("0003",)]
    store.close()


def test_journal_of_a_newer_version_is_refused(database: AnyDatabase) -> None:
    """Tables that this version does not know are left alone."""
    store = Database(database.address)
    with store.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with (
        opened(database.address) as journal,
        pytest.raises(JournalError, match="newer version"),
    ):
        journal.record(turn(), "v")
    assert database.rows("SELECT count(*) FROM exchanges") == [(0,)]


@pytest.mark.parametrize("column", ["outcome", "language", "reason", "confidence"])
def test_lists_are_read_from_an_index(sqlite_file: SqliteFile, column: str) -> None:
    """Filtering by a column, latest first, neither scans nor sorts; nor does the list of all."""
    with opened(sqlite_file.address) as journal:
        journal.check()
    for query, index in (
        (f"WHERE {column} = 'x' ORDER BY asked_at DESC", f"exchanges_{column}"),
        (f"ORDER BY {column}, asked_at", f"exchanges_{column}"),
        ("ORDER BY asked_at DESC, exchange_id DESC", "exchanges_time"),
        ("WHERE conversation_id = 'x' ORDER BY turn", "exchanges_turn"),
    ):
        plan = sqlite_file.rows(f"EXPLAIN QUERY PLAN SELECT * FROM exchanges {query} LIMIT 50")  # noqa: S608 - fixed
        steps = " ".join(str(row[-1]) for row in plan)
        assert f"INDEX {index}" in steps
        assert "TEMP B-TREE" not in steps


def test_sqlite_survives_more_than_a_kill(sqlite_file: SqliteFile) -> None:
    """Every commit is flushed to a write-ahead log; what is deleted is overwritten."""
    store = Database(sqlite_file.address)
    with store.writing() as session:
        values = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    store.close()
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_many_threads_lose_and_mix_nothing(database: AnyDatabase) -> None:
    """Eight conversations at once, on a journal that none has opened yet."""
    with opened(database.address) as journal:
        threads = [
            threading.Thread(target=record_ten, args=(journal, f"c{number}")) for number in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for number in range(8):
            found = journal.conversation(f"c{number}")
            assert [one.question for one in found] == [f"c{number} {n} ?" for n in range(1, 11)]


def record_ten(journal: Journal, conversation: str) -> None:
    """Records ten turns of a conversation."""
    for number in range(1, 11):
        journal.record(turn(number, f"{conversation} {number} ?", conversation), "v")


@pytest.mark.parametrize("fault", ["locked", "read_only", "gone"])
def test_fault_is_an_error_and_passes(
    database: AnyDatabase, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that takes nothing says so in a sentence; once it does again, all is as before."""
    monkeypatch.setattr(database_module, "_WAIT", 1)
    monkeypatch.setattr(database_module, "_PAUSE", 0.0)
    with opened(database.address) as journal:
        journal.record(turn(1), "v")
        if fault == "read_only":
            journal.close()  # a file that is open stays so, whoever may open it anew
        with getattr(database, fault)(), pytest.raises(JournalUnavailable) as caught:
            journal.record(turn(2, "Un secret ?"), "v")
        assert "does not answer (" in caught.value.problem
        assert "secret" not in str(caught.value)
        journal.record(turn(2), "v")
        assert [one.turn for one in journal.conversation("conversation-1")] == [1, 2]


def test_silent_database_is_given_up_and_others_do_not_wait(postgres: PostgresServer) -> None:
    """A frozen server says nothing to a connection that is open, nor to a new one."""
    with opened(postgres.new_database().address) as journal:
        journal.record(turn(1), "v")
        with postgres.frozen():
            waits = []
            for _ in range(5):
                began = time.monotonic()
                with pytest.raises(JournalUnavailable):
                    journal.conversation("conversation-1")
                waits.append(time.monotonic() - began)
        assert waits[0] < 8
        assert max(waits[1:]) < 0.5
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with suppress(JournalUnavailable):
                assert len(journal.conversation("conversation-1")) == 1
                return
            time.sleep(0.1)
        raise AssertionError("the journal is not used again")


def test_statement_that_the_server_never_ends_is_given_up(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server cancels what takes too long, and one that freezes meanwhile is left."""
    monkeypatch.setattr(database_module, "_LONGEST", 1)
    monkeypatch.setattr(database_module, "_PAUSE", 0.0)
    store = Database(postgres.new_database().address)
    with store.reading() as session:
        session.execute(text("SELECT 1"))
    began = time.monotonic()
    with pytest.raises(JournalUnavailable, match="statement timeout"), store.reading() as session:
        session.execute(text("SELECT pg_sleep(60)"))
    with ExitStack() as thaw, pytest.raises(JournalUnavailable, match="no answer in 3 seconds"):
        _freeze_between(store, thaw, postgres)
    assert time.monotonic() - began < 20
    store.close()


def _freeze_between(store: Database, thaw: ExitStack, postgres: PostgresServer) -> None:
    store.close()
    with store.reading() as session:
        session.execute(text("SELECT 1"))
        thaw.enter_context(postgres.frozen())
        session.execute(text("SELECT 2"))


def test_reader_is_not_held_up_after_a_writer_was(
    sqlite_file: SqliteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One who writes for long keeps others from writing alone, in a process just started too."""
    monkeypatch.setattr(database_module, "_WAIT", 1)
    with opened(sqlite_file.address) as journal, opened(sqlite_file.address) as started:
        journal.record(turn(1), "v")
        with sqlite_file.locked():
            with pytest.raises(JournalUnavailable, match="locked"):
                journal.record(turn(2), "v")
            began = time.monotonic()
            for one in (journal, started):
                assert len(one.conversation("conversation-1")) == 1
            with pytest.raises(JournalUnavailable, match="let others wait a moment ago"):
                journal.record(turn(2), "v")
            assert time.monotonic() - began < 0.9


def test_check_finds_a_disk_that_takes_nothing(
    sqlite_file: SqliteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reads well and cannot be written is told, and so is a disk that will soon be full."""
    code = """
import resource, signal, sys
from pathlib import Path
from assistant.errors import JournalUnavailable
from tests.journal_databases import opened, turn
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
file = Path(sys.argv[1])
with opened(f"sqlite:///{file}") as journal:
    journal.record(turn(), "v")
    journal.check()
    full = Path(f"{file}-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (full, full))
    assert len(journal.conversation("conversation-1")) == 1
    try:
        journal.check()
    except JournalUnavailable as error:
        print(error.problem)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(sqlite_file.file)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0, done.stderr
    assert "does not answer (" in done.stdout
    with opened(sqlite_file.address) as journal:
        journal.check()
        monkeypatch.setattr(database_module, "_ROOM", 1 << 60)
        with pytest.raises(JournalUnavailable, match="MB are free"):
            journal.check()


def test_database_that_was_gone_unnoticed_is_found_again(database: AnyDatabase) -> None:
    """A connection that died while nobody asked costs nothing."""
    with opened(database.address) as journal:
        journal.record(turn(1), "v")
        with database.gone():
            pass
        journal.record(turn(2), "v")
        assert [one.turn for one in journal.conversation("conversation-1")] == [1, 2]


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    """A file of another kind is left as it is."""
    file = tmp_path / "journal.db"
    file.write_text("Ceci est une lettre.\n" * 100)
    with (
        opened(f"sqlite:///{file}") as journal,
        pytest.raises(JournalUnavailable, match="file is not a database"),
    ):
        journal.check()
    assert file.read_text().startswith("Ceci est une lettre.")


def test_password_is_not_shown() -> None:
    """An error names the database without what opens it."""
    with (
        opened("postgresql://user:secret@127.0.0.1:1/name") as journal,
        pytest.raises(JournalUnavailable) as caught,
    ):
        journal.check()
    assert "postgresql://user:***@127.0.0.1:1/name" in caught.value.problem
    assert "secret" not in str(caught.value)


def test_address_that_is_none_is_refused() -> None:
    """One that cannot be read is an error when the journal is opened."""
    with pytest.raises(JournalError, match="not one of a database"):
        Database("postgresql://host:port/name")


def test_lookup_is_not_held_up_by_a_writer(sqlite_file: SqliteFile) -> None:
    """Staff read while someone writes."""
    with opened(sqlite_file.address) as journal:
        journal.record(turn(), "v")
        with sqlite_file.locked():
            assert len(journal.conversation("conversation-1")) == 1


def test_postgresql_is_asked_in_utc(database: AnyDatabase) -> None:
    """Days are counted in UTC whatever the server's time zone is."""
    if not isinstance(database, PostgresDatabase):
        pytest.skip("SQLite has no time zone")
    database.rows(f"ALTER DATABASE {database.name} SET timezone = 'Pacific/Auckland'")
    with opened(database.address) as journal:
        journal.record(turn(), "v", NOON)
        assert [one.day for one in journal.counts(since=NOON.date())] == [NOON.date()]


def test_half_characters_are_no_fault_wherever_they_come_in(database: AnyDatabase) -> None:
    """Half a pair and NUL, in what is stored and in what is looked up, cost neither the record."""
    odd = "\ud83d a\0b \udc00"
    stored = "\ufffd a\ufffdb \ufffd"
    with opened(database.address) as journal:
        name = journal.record(turn(question=f"Où {odd} ?"), "v", NOON)
        journal.feedback(name, Feedback(False, text=odd), NOON)
        reviews = Reviews(journal.database)
        reviews.change(name, odd, Review(ReviewState.CLOSED, odd, odd, mended_in=odd))
        right = StatementJudgement(name, 1, odd, StatementVerdict.RIGHT, {"page": odd}, NOON)
        cited = CitationJudgement(name, 1, odd, CitationVerdict.NO, odd, "0" * 16, NOON, odd)
        reviews.judge(name, odd, [right], [cited])
        reviews.put_case(TestCase(odd, name, odd, NOON, {"turns": [{"question": odd}]}))
        reviews.mark_stale([(odd, "0")])
        (found,) = journal.conversation("conversation-1")
        assert (found.question, found.feedback) == (f"Où {stored} ?", Feedback(False, text=stored))
        kept = reviews.review(name)
        assert (kept.assignee, kept.note, kept.mended_in) == (stored, stored, stored)
        assert [one.reviewer for one in reviews.statement_judgements(name)] == [stored]
        assert [one.conversation for one in reviews.cases()] == [{"turns": [{"question": stored}]}]
        for half in ("\ud800", "\0"):
            assert journal.conversation(half) == ()
            assert journal.shown([half]) == {half: set()}
            assert journal.shared(half) == ()
            with pytest.raises(InputError, match="no exchange called"):
                journal.feedback(half, Feedback(True))
            with pytest.raises(InputError, match="no conversation called"):
                journal.erase(half)
