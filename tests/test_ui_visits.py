"""Visits: found in memory, else in the journal, else not at all."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.conversation import Assistant
from assistant.journal import Journal, Recorder, open_journal
from assistant.settings import JournalSettings, Settings
from tests.journal_databases import SqliteFile
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
    exchange_id = recorder.record(visit.conversation.turns[-1], "v").exchange_id
    visit.shown.append(Shown(question, answer, Extras(exchange_id, visit.conversation_id)))


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
    assert found.asked() == (FIRST, "Et les terrils ?")
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
    assert again.asked() == second.asked()


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


def test_journal_that_is_down_recalls_nothing(
    page_assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    """The visitor begins anew, and the log says why."""
    journal = open_journal(
        Settings(journal=JournalSettings(address="sqlite:////proc/none/journal.db"))
    )
    assert Visits(page_assistant, journal, most=5).find("a visit") is None
    assert "could not be found again" in caplog.text


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
    assert visit.asked() == ("ADITEC", "PROSPECTS")
    assert len(visit.messages("fr")) == 4
    assert len(visit.conversation.turns) == 3
