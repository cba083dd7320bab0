"""Visits: found in memory, else in the journal, else not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from assistant.conversation import Assistant
from assistant.journal import Feedback, Journal, Recorder, open_journal
from assistant.settings import JournalSettings, Settings
from tests.journal_databases import PostgresServer, SqliteFile, opened
from ui.render import Extras
from ui.visits import Shown, Visit, Visits

FIRST = "Où le Parc des îles a-t-il été aménagé ?"


@pytest.fixture
def journal(sqlite_file: SqliteFile) -> Iterator[Journal]:
    """A journal of its own."""
    journal = open_journal(Settings(journal=JournalSettings(address=sqlite_file.address)))
    yield journal
    journal.close()


@pytest.fixture
def recorder(journal: Journal) -> Iterator[Recorder]:
    """What writes to it."""
    recorder = Recorder(journal, 5.0)
    yield recorder
    recorder.close(5)


def _asked(visit: Visit, recorder: Recorder, question: str) -> None:
    answer = visit.conversation.ask(question)
    receipt = recorder.record(visit.conversation.turns[-1], "v")
    extras = Extras(receipt.exchange_id, visit.conversation_id)
    visit.shown.append(Shown(question, answer, extras, receipt.stored))


def _with_two_questions(
    page_assistant: Assistant, journal: Journal, recorder: Recorder
) -> tuple[Visits, Visit]:
    visits = Visits(page_assistant, journal, most=5)
    visit = visits.start()
    for question in (FIRST, "ADITEC"):
        _asked(visit, recorder, question)
    return visits, visit


def _questions(visit: Visit) -> tuple[str, ...]:
    return tuple(one.question for one in visit.shown)


def test_visit_in_memory_is_the_same(page_assistant: Assistant, journal: Journal) -> None:
    """Who comes back at once finds the very visit."""
    visits = Visits(page_assistant, journal, most=5)
    visit = visits.start()
    assert visits.find(visit.conversation_id) is visit
    assert visits.find("nobody's") is None
    assert visits.find("") is None


def test_visit_is_found_again_in_the_journal(
    page_assistant: Assistant, journal: Journal, recorder: Recorder
) -> None:
    """Another process shows the same messages but for next questions, and goes on."""
    visit = Visits(page_assistant, journal, most=5).start()
    _asked(visit, recorder, FIRST)
    _asked(visit, recorder, "Et les terrils ?")
    visits = Visits(page_assistant, journal, most=5)
    found = visits.find(visit.conversation_id)
    assert found is not None
    assert found is not visit
    assert _questions(found) == (FIRST, "Et les terrils ?")
    expected, kept = visit.shown, found.shown
    assert [one.question for one in kept] == [one.question for one in expected]
    assert [one.answer.text for one in kept] == [one.answer.text for one in expected]
    assert [one.extras.exchange_id for one in kept] == [one.extras.exchange_id for one in expected]
    assert all(one.extras.sharable and not one.extras.changed for one in kept)
    assert found.conversation.ask("ADITEC").turn == 3
    assert visits.find(visit.conversation_id) is found


def test_visit_silent_longest_leaves_memory_first(
    page_assistant: Assistant, journal: Journal, recorder: Recorder
) -> None:
    """With room for two, the third pushes out the one that was not looked at, which is recalled."""
    visits = Visits(page_assistant, journal, most=2)
    first, second = visits.start(), visits.start()
    for visit in (first, second):
        _asked(visit, recorder, FIRST)
    assert visits.find(first.conversation_id) is first
    visits.start()
    assert visits.find(first.conversation_id) is first
    again = visits.find(second.conversation_id)
    assert again is not None
    assert again is not second
    assert _questions(again) == _questions(second)


def test_visit_recalled_twice_at_once_is_one(
    page_assistant: Assistant, journal: Journal, recorder: Recorder
) -> None:
    """Two tabs that open together share the conversation."""
    visit = Visits(page_assistant, journal, most=5).start()
    _asked(visit, recorder, FIRST)
    visits = Visits(page_assistant, journal, most=5)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(visits.find, [visit.conversation_id] * 4))
    assert found[0] is not None
    assert all(one is found[0] for one in found)


def test_purged_visit_is_gone(
    page_assistant: Assistant, journal: Journal, recorder: Recorder
) -> None:
    """Without its texts there is nothing to show; erased, nothing at all."""
    visit = Visits(page_assistant, journal, most=5).start()
    _asked(visit, recorder, FIRST)
    journal.erase(visit.conversation_id)
    assert Visits(page_assistant, journal, most=5).find(visit.conversation_id) is None


def test_what_another_process_erased_or_purged_is_not_shown_again(
    page_assistant: Assistant, journal: Journal, recorder: Recorder, sqlite_file: SqliteFile
) -> None:
    """A visit in memory is compared with the journal when it is found, and every few seconds."""
    visits = Visits(page_assistant, journal, most=5)
    erased, purged, kept = (visits.start() for _ in range(3))
    for visit in (erased, purged, kept):
        _asked(visit, recorder, FIRST)
    with opened(sqlite_file.address) as elsewhere:
        elsewhere.erase(erased.conversation_id)
    assert visits.find(erased.conversation_id) is None
    assert visits.find(kept.conversation_id) is kept
    with journal.database.writing() as session:
        old = "UPDATE exchanges SET asked_at = '2020-01-01 00:00:00' WHERE conversation_id = :name"
        session.execute(text(old), {"name": purged.conversation_id})
    with opened(sqlite_file.address) as elsewhere:
        assert elsewhere.purge() == 1
    visits.forget_erased()
    assert list(visits._open) == [kept.conversation_id]
    assert visits.find(purged.conversation_id) is None


def test_partly_purged_visit_goes_on_with_the_rest(
    page_assistant: Assistant, journal: Journal, recorder: Recorder
) -> None:
    """What is left stays on the screen, and the next turn follows it."""
    visits, visit = _with_two_questions(page_assistant, journal, recorder)
    with journal.database.writing() as session:
        session.execute(text("UPDATE exchanges SET asked_at = '2020-01-01' WHERE turn = 1"))
    journal.purge()
    found = visits.find(visit.conversation_id)
    assert found is not None
    assert _questions(found) == ("ADITEC",)
    assert visits.find(visit.conversation_id) is found
    assert found.conversation.ask("PROSPECTS").turn == 3


def test_conversation_in_two_processes_is_one(
    page_assistant: Assistant, journal: Journal, recorder: Recorder
) -> None:
    """Each shows what was asked through the other, and nothing is lost."""
    one, other = (Visits(page_assistant, journal, most=5) for _ in range(2))
    name = one.start().conversation_id
    questions = (FIRST, "ADITEC", "PROSPECTS", "Et les terrils ?", FIRST, "ADITEC")
    for number, question in enumerate(questions):
        visit = (one, other)[number % 2].find(name)
        assert visit is not None
        assert _questions(visit) == questions[:number]
        _asked(visit, recorder, question)
    assert [exchange.turn for exchange in journal.conversation(name)] == [1, 2, 3, 4, 5, 6]
    assert recorder.state.lost == 0


def test_without_texts_a_visit_goes_on_until_it_is_erased(
    page_assistant: Assistant, sqlite_file: SqliteFile
) -> None:
    """With no retention the journal has no text of it, and that is no reason to forget it."""
    with opened(sqlite_file.address, retention_days=0) as journal:
        recorder = Recorder(journal, 5.0)
        visits = Visits(page_assistant, journal, most=5)
        visit = visits.start()
        for question in (FIRST, "ADITEC"):
            _asked(visit, recorder, question)
            assert visits.find(visit.conversation_id) is visit
        journal.erase(visit.conversation_id)
        assert visits.find(visit.conversation_id) is None
        recorder.close(5)


def test_record_that_waits_is_no_reason_to_forget(
    page_assistant: Assistant, journal: Journal, sqlite_file: SqliteFile
) -> None:
    """What is not stored yet was not erased either; once it is stored it can be."""
    journal.check()
    recorder = Recorder(journal, 0.1, pause=0.05)
    visits = Visits(page_assistant, journal, most=5)
    visit = visits.start()
    with sqlite_file.locked():
        _asked(visit, recorder, FIRST)
        assert visits.find(visit.conversation_id) is visit
    recorder.close(30)
    assert visits.find(visit.conversation_id) is visit
    journal.erase(visit.conversation_id)
    assert visits.find(visit.conversation_id) is None


def test_silent_journal_is_waited_for_no_longer_than_allowed(
    page_assistant: Assistant, postgres: PostgresServer
) -> None:
    """A visit in memory goes on, an unknown one is given up, and so is the tenth of them."""
    with opened(postgres.new_database().address) as journal:
        visits = Visits(page_assistant, journal, most=5, max_wait=0.3)
        journal.check()
        visit = visits.start()
        with postgres.frozen():
            began = time.monotonic()
            assert visits.find(visit.conversation_id) is visit
            with ThreadPoolExecutor(10) as pool:
                assert list(pool.map(visits.find, map(str, range(10)))) == [None] * 10
            assert time.monotonic() - began < 3


def test_what_was_said_of_answers_is_found_again(
    page_assistant: Assistant, journal: Journal, recorder: Recorder
) -> None:
    """Of one answer the visitor said that it helped, of the other nothing."""
    visits, visit = _with_two_questions(page_assistant, journal, recorder)
    exchange_id = visit.shown[0].extras.exchange_id
    assert exchange_id is not None
    recorder.feedback(visit.conversation_id, exchange_id, Feedback(True))
    assert visits.opinions(visit.conversation_id) == {exchange_id: True}
    assert visits.opinions("nobody's") == {}


def test_journal_that_is_down_recalls_nothing(
    page_assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    """The visitor begins anew, and the log says why."""
    journal = open_journal(
        Settings(journal=JournalSettings(address="sqlite:////proc/none/journal.db"))
    )
    visits = Visits(page_assistant, journal, most=5)
    assert visits.find("a visit") is None
    assert "A conversation could not be looked up" in caplog.text
    assert visits.opinions("a visit") == {}
    assert "What was said of answers could not be looked up" in caplog.text


def test_messages_follow_the_language(
    page_assistant: Assistant, journal: Journal, recorder: Recorder
) -> None:
    """The words around an answer are the page's, the answer stays as it is."""
    visit = Visits(page_assistant, journal, most=5).start()
    _asked(visit, recorder, FIRST)
    french, german = visit.messages("fr"), visit.messages("de")
    assert [one["role"] for one in french] == ["user", "assistant"]
    assert "Cette réponse vous a-t-elle aidé ?" in french[1]["content"]
    assert "Cette réponse" not in german[1]["content"]
    assert "ancienne cokerie de Drocourt" in german[1]["content"]
    assert visit.messages("fr")[1] is french[1]


def test_screen_keeps_the_last_turns(
    page_assistant: Assistant, journal: Journal, recorder: Recorder
) -> None:
    """What scrolled out of the limit is on the screen no more; the conversation goes on."""
    visit = Visits(page_assistant, journal, most=5).start()
    for question in (FIRST, "ADITEC", "PROSPECTS"):
        _asked(visit, recorder, question)
    visit.messages("fr")
    visit.keep_last(2)
    assert _questions(visit) == ("ADITEC", "PROSPECTS")
    assert len(visit.messages("fr")) == 4
    assert len(visit.conversation.turns) == 3
