"""The questions that visitors are offered first, asked of the assistant in every language."""

from __future__ import annotations

from assistant.conversation import Assistant
from assistant.corpus import THEMES
from assistant.domain import Outcome
from assistant.index import Entry
from assistant.texts import LANGUAGES


def _fault(assistant: Assistant, entry: Entry, language: str) -> str | None:
    """Returns what is wrong with the answer to one question, or None."""
    answer = assistant.conversation().ask(entry.wordings[language][0])
    if answer.outcome is not Outcome.ANSWERED:
        return f"{answer.outcome} ({answer.reason})"
    if answer.language != language:
        return f"answered in {answer.language}"
    quotes = [one.quote for one in answer.citations]
    for key in entry.answers:
        passage, span = assistant.index.sentence(key, language)
        if any(passage.slice(span) in quote for quote in quotes):
            return None
    return f"answered by {quotes}"


def test_every_suggested_question_is_answered_by_its_sentences(assistant: Assistant) -> None:
    """Each theme has two or three, worded in every language, and what answers them is quoted."""
    marked = [entry for entry in assistant.index.questions.entries if entry.suggested]
    counts = {theme: sum(one.suggested == theme for one in marked) for theme in THEMES}
    assert set(counts.values()) <= {2, 3}, counts
    faults = {
        entry.wordings[language][0]: fault
        for entry in marked
        for language in LANGUAGES
        if (fault := _fault(assistant, entry, language))
    }
    assert faults == {}
