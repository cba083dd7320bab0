"""The questions that visitors are offered, as staff write them in `corpus/questions.yaml`.

They are grouped by theme; each is worded in several languages and says which texts answer it and
what the answer has to hold::

    environment:
      label: {fr: Environnement, en: Environment}
      questions:
        - sources: [base-11-19]
          answer: ["186"]
          starting: true
          wordings:
            fr: Quelle hauteur fait le terril de la Base 11/19 ?
            en: How high is the slag heap at Base 11/19?
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel

from assistant.corpus.files import read_text
from assistant.corpus.metadata import Text, parse_yaml
from assistant.domain import SourceDocument
from assistant.errors import CorpusError, DocumentError
from assistant.spelling import fold
from assistant.texts import LANGUAGES

QUESTIONS_FILE: Final = "questions.yaml"


def _spoken(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"write one of {', '.join(LANGUAGES)}")
    return language


_InLanguages = Annotated[dict[Annotated[str, AfterValidator(_spoken)], Text], Field(min_length=1)]
_Some = Annotated[list[Text], Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class BankQuestion(_Entry):
    """A question that the sources answer.

    Attributes:
        sources: the texts that may answer it, each by the id of a document or the name that its
            translations share.
        answer: words of which the first sentence that is quoted holds some or others.
        starting: whether it is offered before anything was asked.
        wordings: the question by language.
    """

    sources: _Some
    answer: _Some
    starting: bool = False
    wordings: _InLanguages


class BankTheme(_Entry):
    """Questions on one subject.

    Attributes:
        label: what visitors read, by language.
    """

    label: _InLanguages
    questions: list[BankQuestion]


class _File(RootModel[dict[Text, BankTheme]]):
    """What the file holds."""


@dataclass(frozen=True, slots=True)
class QuestionBank:
    """All questions, by the id of their theme, in the order of the file."""

    themes: Mapping[str, BankTheme]

    def questions(self) -> Iterator[tuple[str, BankQuestion]]:
        """Yields every question after the id of its theme."""
        for theme_id, theme in self.themes.items():
            for question in theme.questions:
                yield theme_id, question


def read_questions(folder: Path) -> QuestionBank:
    """Reads the questions of a corpus folder; one without such a file offers none.

    Raises:
        CorpusError: the file is malformed, or one wording stands for two questions.
    """
    file = folder / QUESTIONS_FILE
    if not file.exists():
        return QuestionBank({})
    try:
        bank = QuestionBank(parse_yaml(_File, read_text(file), file.name).root)
    except DocumentError as error:
        raise CorpusError(error.problem, error.remedy) from error
    known: set[tuple[str, str]] = set()
    for _, question in bank.questions():
        for language, wording in question.wordings.items():
            if (language, fold(wording)) in known:
                raise CorpusError(
                    f"In {file.name}, “{wording}” stands twice.", "Leave one of them away."
                )
            known.add((language, fold(wording)))
    return bank


def missing_sources(bank: QuestionBank, documents: Sequence[SourceDocument]) -> tuple[str, ...]:
    """Returns which questions name a text that is not there, one sentence each."""
    names = {document.document_id for document in documents}
    names |= {document.translation_of for document in documents if document.translation_of}
    return tuple(
        f"“{next(iter(question.wordings.values()))}” names {source}, which is no document."
        for _, question in bank.questions()
        for source in question.sources
        if source not in names
    )
