"""The questions that visitors are offered, asked of the assistant as they stand in the corpus."""

from __future__ import annotations

import re

from assistant.conversation import Assistant
from assistant.corpus import BankQuestion, read_questions
from assistant.domain import Outcome
from tests.conftest import ROOT


def _fault(assistant: Assistant, question: BankQuestion, language: str) -> str | None:
    """Returns what is wrong with the answer to one wording, or None."""
    answer = assistant.conversation().ask(question.wordings[language])
    if answer.outcome not in {Outcome.ANSWERED, Outcome.PARTIAL}:
        return f"{answer.outcome} ({answer.reason})"
    if answer.language != language:
        return f"answered in {answer.language}"
    document = assistant.index.documents[answer.citations[0].document_id]
    if not {document.document_id, document.translation_of} & set(question.sources):
        return f"answered from {document.document_id}"
    said = " ".join(answer.citations[0].quote.split())
    if not any(re.search(rf"\b{re.escape(words)}(?!\w)", said) for words in question.answer):
        return f"answered by “{said}”"
    return None


def test_every_wording_is_answered_from_its_text(assistant: Assistant) -> None:
    """Each is answered in its language, first by a sentence of its text that holds the answer."""
    faults, asked = {}, 0
    for _, question in read_questions(ROOT / "corpus").questions():
        for language, wording in question.wordings.items():
            asked += 1
            if fault := _fault(assistant, question, language):
                faults[wording] = fault
    assert faults == {}
    assert asked > 350
