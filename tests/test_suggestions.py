"""Suggested questions: only what the index answers is offered, and nobody waits for the check."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.conversation import Assistant, Conversation
from assistant.corpus import QuestionBank, read_questions
from assistant.domain import Answer, Outcome
from assistant.retrieval import Retriever
from assistant.settings import AnswerSettings, RetrievalSettings
from assistant.suggestions import Suggestions, Theme
from assistant.testing import HashEncoder
from tests.conftest import ROOT
from tests.small_indexes import index_of

TEXTS = {
    "moulin": "Le moulin de Zuydcoote a ouvert en 1998. Le moulin de Zuydcoote compte 4 ailes.",
    "phare": "Le phare de Bray a ouvert en 2004. Le phare de Bray mesure 31 mètres.",
}
BANK = """\
sites:
  label: {fr: Les sites, en: The sites}
  questions:
    - sources: [moulin]
      answer: ["1998"]
      starting: true
      wordings:
        fr: Quand le moulin de Zuydcoote a-t-il ouvert ?
    - sources: [moulin]
      answer: [4 ailes]
      wordings:
        fr: Combien d’ailes le moulin de Zuydcoote compte-t-il ?
    - sources: [phare]
      answer: ["31"]
      starting: true
      wordings:
        fr: Combien de mètres le phare de Bray mesure-t-il ?
    - sources: [phare]
      answer: ["2004"]
      wordings:
        fr: Quand le phare de Bray a-t-il ouvert ?
"""
MILL, SAILS, HIGH, LIGHT = (
    "Quand le moulin de Zuydcoote a-t-il ouvert ?",
    "Combien d’ailes le moulin de Zuydcoote compte-t-il ?",
    "Combien de mètres le phare de Bray mesure-t-il ?",
    "Quand le phare de Bray a-t-il ouvert ?",
)


class PatientAssistant(Assistant):
    """Answers the questions of `held` only once it is let."""

    held: frozenset[str] = frozenset()

    def __init__(self, folder: Path, texts: dict[str, str]) -> None:
        retriever = Retriever(
            index_of(folder, texts), HashEncoder(), RetrievalSettings(dense_floor=0.0)
        )
        super().__init__(retriever, AnswerSettings(min_confidence=0.0))
        self.let = threading.Event()
        self.asked: list[str] = []

    def conversation(self, conversation_id: str | None = None) -> Conversation:
        """Returns a conversation that notes what it is asked, and waits for it if it must."""
        outer = self

        class Waiting(Conversation):
            def ask(self, text: str) -> Answer:
                outer.asked.append(text)
                if text in outer.held:
                    assert outer.let.wait(30)
                return super().ask(text)

        return Waiting(self, conversation_id or "c")


def bank_of(folder: Path, text: str = BANK) -> QuestionBank:
    """Reads a bank that is written into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "questions.yaml").write_text(text, encoding="utf-8")
    return read_questions(folder)


@pytest.fixture
def tiny(tmp_path: Path) -> PatientAssistant:
    """An assistant over two texts."""
    return PatientAssistant(tmp_path, TEXTS)


@pytest.fixture
def suggestions(tiny: PatientAssistant, tmp_path: Path) -> Suggestions:
    """Suggestions of four questions, all of which are answered, checked."""
    suggestions = Suggestions(tiny, bank_of(tmp_path / "bank"))
    assert suggestions.check(30) == ()
    return suggestions


@pytest.fixture(scope="module")
def real(assistant: Assistant) -> Suggestions:
    """Suggestions as visitors get them."""
    suggestions = Suggestions(assistant, read_questions(ROOT / "corpus"))
    assert suggestions.check(300) == ()
    return suggestions


# What visitors begin with.


def test_themes_hold_their_starting_questions(suggestions: Suggestions) -> None:
    """A theme has its name and its starting questions, in the order of the file."""
    assert suggestions.themes("fr") == (Theme("sites", "Les sites", (MILL, HIGH)),)


def test_language_without_wordings_gets_english_then_french(suggestions: Suggestions) -> None:
    """The label is there in English, the questions are not, so those are French."""
    assert suggestions.themes("pl") == (Theme("sites", "The sites", (MILL, HIGH)),)
    assert suggestions.themes("pt") == suggestions.themes("pl")


@pytest.mark.parametrize(
    ("change", "left_out"),
    [
        (('["1998"]', '["1997"]'), MILL),
        (('["1998"]', '["199", "98"]'), MILL),
        (("sources: [moulin]", "sources: [phare]"), MILL),
        (("fr: Quand le moulin", "en: Quand le moulin"), MILL),
        (("fr: Quand le moulin de Zuydcoote a-t-il ouvert ?", "fr: Bonjour"), "Bonjour"),
        (("fr: Quand le moulin de Zuydcoote a-t-il ouvert ?", 'fr: "!!!"'), "!!!"),
    ],
    ids=[
        "other words",
        "part of a word",
        "other text",
        "other language",
        "small talk",
        "no question",
    ],
)
def test_only_what_is_answered_as_expected_is_offered(
    tiny: PatientAssistant,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    change: tuple[str, str],
    left_out: str,
) -> None:
    """Another text, language or value than staff wrote, or no answer: left out, and logged."""
    changed = BANK.replace(*change, 1)
    assert changed != BANK
    suggestions = Suggestions(tiny, bank_of(tmp_path / "bank", changed))
    with caplog.at_level(logging.WARNING):
        assert suggestions.check(30) == (left_out,)
    assert suggestions.themes("fr")[0].questions == (HIGH,)
    (record,) = caplog.records
    assert record.getMessage() == (
        f"1 suggested questions are not offered, since version {tiny.index.name} of the index does "
        f"not answer them as questions.yaml expects: “{left_out}”"
    )


def test_theme_without_questions_is_not_shown(tiny: PatientAssistant, tmp_path: Path) -> None:
    """A theme of which nothing can be offered would be an empty heading."""
    bank = bank_of(tmp_path / "bank", BANK.replace("starting: true", "starting: false"))
    suggestions = Suggestions(tiny, bank)
    suggestions.check(30)
    assert suggestions.themes("fr") == ()


def test_no_bank_means_no_suggestions(tiny: PatientAssistant, tmp_path: Path) -> None:
    """Without a file of questions nothing is offered, and nothing fails."""
    suggestions = Suggestions(tiny, read_questions(tmp_path))
    answer = tiny.conversation().ask(MILL)
    assert suggestions.check(30) == ()
    assert suggestions.themes("fr") == ()
    assert suggestions.after(answer, [MILL], "fr") == ()


# What comes next.


def test_next_questions_are_on_the_text_and_lead_on(
    tiny: PatientAssistant, suggestions: Suggestions
) -> None:
    """After the mill comes what else there is of it, then another site of the theme."""
    answer = tiny.conversation().ask("En quelle année le moulin de Zuydcoote a-t-il ouvert ?")
    assert answer.text == "Le moulin de Zuydcoote a ouvert en 1998. [1]"
    offered = suggestions.after(answer, [answer.question], "fr")
    assert offered[0] == SAILS
    assert set(offered[1:]) == {HIGH, LIGHT}
    assert suggestions.after(answer, [answer.question], "fr", count=1) == (SAILS,)


def test_what_was_asked_or_just_told_is_not_offered(
    tiny: PatientAssistant, suggestions: Suggestions
) -> None:
    """Neither a question that was asked, however typed, nor one that the answer just answered."""
    answer = tiny.conversation().ask("Le moulin de Zuydcoote, il a ouvert quand ?")
    asked = [SAILS.upper(), LIGHT.replace("’", "'"), answer.question]
    assert suggestions.after(answer, asked, "fr") == (HIGH,)


def test_last_question_leads_to_another_text(real: Suggestions, assistant: Assistant) -> None:
    """However much there is to ask of one text, the last question opens another one."""
    answer = assistant.conversation().ask("Combien a coûté le Louvre-Lens ?")
    offered = real.after(answer, [answer.question], "fr")
    assert len(offered) == 3
    assert "Louvre-Lens" in offered[0]
    assert "Louvre-Lens" in offered[1]
    assert "Louvre-Lens" not in offered[2]


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Quels sont les horaires d’ouverture du Louvre-Lens ?", "Louvre-Lens"),
        ("Comment demander le RSA ?", "RSA"),
        ("Where can I park near the Louvre-Lens?", "Louvre"),
        ("Que penses-tu du Louvre-Lens ?", "Louvre-Lens"),
    ],
)
def test_near_questions_follow_an_abstention(
    real: Suggestions, assistant: Assistant, question: str, word: str
) -> None:
    """Who gets no answer is led to what the sources do say of the subject, in the same language."""
    answer = assistant.conversation().ask(question)
    assert answer.outcome in {Outcome.ABSTAINED, Outcome.REFUSED}
    # As the chat does: what the answer suggests itself goes first.
    first, *_ = answer.suggestions or real.after(answer, [question], "fr")
    assert word in first


@pytest.mark.parametrize(
    "question",
    ["Quelle est la capitale du Japon ?", "How tall is the Eiffel Tower?", "Bonjour", "  ", "?!"],
)
def test_nothing_follows_what_is_far(
    real: Suggestions, assistant: Assistant, question: str
) -> None:
    """A far question, a greeting and what is no question lead nowhere."""
    assert real.after(assistant.conversation().ask(question), [question], "fr") == ()


def test_next_questions_are_in_the_language_of_the_answer(
    real: Suggestions, assistant: Assistant
) -> None:
    """A Polish answer is followed by Polish questions, whatever the page is in."""
    answer = assistant.conversation().ask("Gdzie znajduje się Cité des Électriciens?")
    polish = {
        question.wordings["pl"]
        for _, question in read_questions(ROOT / "corpus").questions()
        if "pl" in question.wordings
    }
    offered = real.after(answer, [answer.question], "fr")
    assert offered
    assert set(offered) <= polish


def test_language_that_is_not_spoken_takes_that_of_the_page(
    tiny: PatientAssistant, suggestions: Suggestions
) -> None:
    """An answer in none of the languages is followed by questions in the visitor's."""
    answer = replace(tiny.conversation().ask(MILL), language="pt")
    assert suggestions.after(answer, [MILL], "fr")[0] == SAILS
    assert suggestions.after(answer, [MILL], "xx")[0] == SAILS


# While the index is checked, and after it changes.


def wait_until(condition: Callable[[], bool]) -> None:
    """Waits for another thread."""
    pause, tries = threading.Event(), 0
    while not condition():
        tries += 1
        assert tries < 3000
        pause.wait(0.01)


def test_nobody_waits_for_the_check(tiny: PatientAssistant, tmp_path: Path) -> None:
    """While a question is being checked, visitors get what is known so far; the rest comes."""
    answer = tiny.conversation().ask(MILL)
    tiny.asked.clear()
    tiny.held = frozenset({HIGH})
    suggestions = Suggestions(tiny, bank_of(tmp_path / "bank"))
    assert suggestions.check(0) == ()
    wait_until(lambda: HIGH in tiny.asked)
    assert suggestions.themes("fr") == (Theme("sites", "Les sites", (MILL,)),)
    assert suggestions.after(answer, [MILL], "fr") == ()
    assert suggestions.check(0.01) == ()
    tiny.let.set()
    suggestions.check(30)
    assert suggestions.themes("fr") == (Theme("sites", "Les sites", (MILL, HIGH)),)
    assert suggestions.after(answer, [MILL], "fr")[0] == SAILS
    assert sorted(tiny.asked) == sorted([MILL, SAILS, HIGH, LIGHT])


def test_each_version_of_the_index_is_checked_once(
    tiny: PatientAssistant,
    suggestions: Suggestions,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Once another index is taken up, what it does not answer is offered no more."""
    assert len(tiny.asked) == 4
    suggestions.themes("fr")
    suggestions.check(30)
    assert len(tiny.asked) == 4
    texts = TEXTS | {"moulin": TEXTS["moulin"].replace("1998", "1999")}
    tiny.take_up(index_of(tmp_path / "newer", texts))
    assert suggestions.check(30) == (MILL,)
    assert suggestions.themes("fr") == (Theme("sites", "Les sites", (HIGH,)),)
    assert len(tiny.asked) == 8
    (told,) = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert f"version {tiny.index.name} of the index" in told


def test_check_of_a_former_index_ends(tiny: PatientAssistant, tmp_path: Path) -> None:
    """An index that is replaced in the middle of its check says nothing about the new one."""
    tiny.held = frozenset({MILL})
    suggestions = Suggestions(tiny, bank_of(tmp_path / "bank"))
    suggestions.check(0)
    wait_until(lambda: tiny.asked == [MILL])
    texts = TEXTS | {"moulin": TEXTS["moulin"].replace("1998", "1999")}
    tiny.take_up(index_of(tmp_path / "newer", texts))
    tiny.let.set()
    assert suggestions.check(30) == (MILL,)
    assert suggestions.themes("fr") == (Theme("sites", "Les sites", (HIGH,)),)
    assert sorted(tiny.asked) == sorted([MILL, MILL, SAILS, HIGH, LIGHT])


def test_threads_share_one_check(tiny: PatientAssistant, tmp_path: Path) -> None:
    """Many visitors who come at once have the index checked once, and get the same."""
    suggestions = Suggestions(tiny, bank_of(tmp_path / "bank"))
    found: list[tuple[Theme, ...]] = []

    def visit() -> None:
        suggestions.check(30)
        found.append(suggestions.themes("fr"))

    threads = [threading.Thread(target=visit) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [(Theme("sites", "Les sites", (MILL, HIGH)),)] * 12
    assert len(tiny.asked) == 4


def test_closed_suggestions_ask_no_more(tmp_path: Path) -> None:
    """Told to stop, the thread ends with the question under way; what it knew stays."""
    tiny = PatientAssistant(tmp_path, TEXTS)
    tiny.held = frozenset({HIGH})
    suggestions = Suggestions(tiny, bank_of(tmp_path / "bank"))
    assert suggestions.check(0) == ()
    suggestions.close(0)
    tiny.let.set()
    suggestions.close(30)
    assert suggestions.check(30) == ()
    assert len(tiny.asked) <= 2
    assert not [one for one in threading.enumerate() if "_ask_all" in one.name]
