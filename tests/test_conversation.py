"""Conversations."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assistant.conversation import Assistant
from assistant.corpus import read_corpus
from assistant.domain import Outcome
from assistant.encoder import FloatArray
from assistant.index import Index, build_index, open_index
from assistant.retrieval import Retriever
from assistant.settings import AnswerSettings, RetrievalSettings, Settings
from assistant.testing import HashEncoder, write_document


@pytest.fixture
def tiny(tiny_index: Index) -> Assistant:
    """An assistant over the tiny corpus that answers whatever it finds."""
    retriever = Retriever(tiny_index, HashEncoder(), RetrievalSettings(dense_floor=0.0))
    return Assistant(retriever, AnswerSettings(min_confidence=0.0))


def test_answer_carries_its_conversation_and_turn(tiny: Assistant) -> None:
    """Turns count from 1 and keep the name of their conversation."""
    conversation = tiny.conversation("visite")
    first = conversation.ask("Quand la mine a-t-elle fermé ?")
    second = conversation.ask("Merci !")
    assert (first.conversation_id, first.turn, second.turn) == ("visite", 1, 2)
    assert first.text == "La mine a fermé en 1990. [1]"
    assert second.outcome is Outcome.SMALL_TALK
    assert [turn.answer for turn in conversation.turns] == [first, second]


def test_names_of_conversations_cannot_be_guessed(tiny: Assistant) -> None:
    """Each conversation gets its own random name of at least 128 bits."""
    names = {tiny.conversation().conversation_id for _ in range(100)}
    assert len(names) == 100
    assert min(map(len, names)) >= 22


def test_what_cannot_be_a_question_is_refused_and_the_rest_goes_on(tiny: Assistant) -> None:
    """A refusal is a turn like another, in the language of the conversation."""
    conversation = tiny.conversation()
    conversation.ask("Where is the museum?")
    refused = conversation.ask("   ")
    assert (refused.outcome, refused.reason, refused.turn) == (Outcome.REFUSED, "bad_input", 2)
    assert refused.text == "Write your question, then send it."
    assert conversation.ask("Quand la mine a-t-elle fermé ?").turn == 3


def test_too_long_question_is_told_the_limit(tiny: Assistant) -> None:
    """The sentence names the limit."""
    refused = tiny.conversation().ask("a" * 8_001)
    assert refused.text == "Votre question est trop longue : 8000 caractères au plus."


def test_times_are_given_by_stage(tiny: Assistant) -> None:
    """Every stage of an answer is timed, and the total is not less than their sum."""
    timings = dict(tiny.conversation().ask("Quand la mine a-t-elle fermé ?").timings_ms)
    total = timings.pop("total")
    assert timings.keys() == {"understand", "retrieve", "compose"}
    assert total >= sum(timings.values()) - 0.1


def test_same_conversation_gives_the_same_answers(tiny: Assistant) -> None:
    """Everything but the times is the same the second time."""
    questions = ["Quand la mine a-t-elle fermé ?", "le parc", "", "Bonjour", "Et le musée ?"]

    def run() -> list[dict[str, object]]:
        conversation = tiny.conversation("x")
        return [
            {**conversation.ask(question).to_json(), "timings_ms": None} for question in questions
        ]

    assert run() == run()


def test_visitors_do_not_mix(tiny: Assistant) -> None:
    """Sixteen visitors asking at once each get the answers to their own questions."""
    questions = ["Quand la mine a-t-elle fermé ?", "Combien d'hectares couvre le parc ?"]
    alone = {question: tiny.conversation().ask(question).text for question in questions}
    wrong: list[str] = []

    def visit(question: str) -> None:
        conversation = tiny.conversation()
        for turn in range(1, 11):
            answer = conversation.ask(question)
            if answer.text != alone[question] or answer.turn != turn:
                wrong.append(answer.text)

    threads = [threading.Thread(target=visit, args=(questions[n % 2],)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert alone[questions[0]] != alone[questions[1]]
    assert wrong == []


# Another index.

QUESTION = "Quand la mine a-t-elle fermé ?"


@pytest.fixture
def newer_index(tiny_index: Index, tmp_path: Path) -> Index:
    """The next version of the tiny index, in which the mine closed one year later."""
    write_document(tmp_path / "corpus", "mine", "Voici. La mine a fermé en 1991, dit-on.")
    fake = HashEncoder()
    build_index(
        read_corpus(tmp_path / "corpus"),
        tmp_path / "index",
        fake.identity,
        lambda: fake,
        Settings(),
        lambda _: lambda _: None,
    )
    return open_index(tmp_path / "index")


def test_next_question_is_answered_from_the_new_index(
    tiny: Assistant, tiny_index: Index, newer_index: Index
) -> None:
    """A conversation goes on over another index: turns are kept, answers are the new ones."""
    assert tiny.index is tiny_index
    conversation = tiny.conversation("visite")
    first = conversation.ask(QUESTION)
    tiny.take_up(newer_index)
    second = conversation.ask(QUESTION)
    assert tiny.index is newer_index
    assert first.text == "La mine a fermé en 1990. [1]"
    assert second.text == "La mine a fermé en 1991, dit-on. [1]"
    assert (second.conversation_id, second.turn) == ("visite", 2)
    assert [turn.answer for turn in conversation.turns] == [first, second]
    citation = second.citations[0]
    text = newer_index.documents["mine"].text
    assert text[citation.start : citation.end] == citation.quote
    assert tiny.rank_documents("1991", 1)[0][0] == "mine"


def test_answer_under_way_ends_with_its_index(tiny_index: Index, newer_index: Index) -> None:
    """A new index that is taken up in the middle of a question changes nothing about its answer."""

    class Meanwhile(HashEncoder):
        """Has the new index taken up while the question is embedded."""

        def encode_query(self, text: str) -> FloatArray:
            if text == QUESTION:
                assistant.take_up(newer_index)
            return super().encode_query(text)

    retriever = Retriever(tiny_index, Meanwhile(), RetrievalSettings(dense_floor=0.0))
    assistant = Assistant(retriever, AnswerSettings(min_confidence=0.0))
    during = assistant.conversation().ask(QUESTION)
    citation = during.citations[0]
    text = tiny_index.documents["mine"].text
    assert during.text == "La mine a fermé en 1990. [1]"
    assert text[citation.start : citation.end] == citation.quote
    assert text[citation.end :].startswith(citation.after)
    assert assistant.index is newer_index
    after = assistant.conversation().ask(QUESTION)
    assert after.text == "La mine a fermé en 1991, dit-on. [1]"
