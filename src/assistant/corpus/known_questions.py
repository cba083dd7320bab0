"""Known questions: what visitors ask, written beside the sentences that answer it.

`corpus/NAME.questions.yaml` belongs to the source NAME: the document of that id, or the French one
of those that share that name (`translation_of`)::

    - sentence: a ouvert en 2012            # words that stand once in the source
      fr:
      - En quelle année le musée a-t-il ouvert ?
      en:
      - When did the museum open?
    - together:                             # several sentences, in the order of reading
      - a ouvert en 2012
      - {source: unesco, words: inscrit en 2012}
      suggested: tourism                    # offered in the chat under this theme
      fr:
      - Quelles sont les dates du musée ?
    - unanswered: tarifs                    # what no source says
      fr:
      - Combien coûte l'entrée ?

An entry whose words no longer stand in its source rests, and `sources --check` says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.corpus.files import read_text
from assistant.corpus.metadata import Text, load_with_lines
from assistant.domain import SourceDocument
from assistant.errors import DocumentError
from assistant.spelling import fold
from assistant.texts import DEFAULT_LANGUAGE, LANGUAGES

KNOWN_QUESTIONS: Final = ".questions.yaml"
_MOST_PROBLEMS: Final = 3

Theme = Literal["environment", "economy", "social", "tourism", "heritage", "funds"]
THEMES: Final[tuple[Theme, ...]] = get_args(Theme)
"""In the order in which visitors see them."""
Wordings = Annotated[tuple[Text, ...], Field(min_length=1, max_length=100, fail_fast=True)]


class Words(BaseModel):
    """Words of another source.

    Attributes:
        source: its name.
        words: that stand once in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    source: Text
    words: Text


# One of thousands that is wrong is enough to say: a list of all would take a gigabyte.
Sentences = Annotated[tuple[Text | Words, ...], Field(min_length=2, max_length=50, fail_fast=True)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    sentence: Text | None = None
    together: Sentences | None = None
    unanswered: Text | None = None
    suggested: Theme | None = None
    fr: Wordings
    en: Wordings | None = None
    de: Wordings | None = None
    nl: Wordings | None = None
    pl: Wordings | None = None
    es: Wordings | None = None
    it: Wordings | None = None


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """One entry: questions that the same sentences answer, or that nothing answers.

    Attributes:
        file: that it stands in.
        line: on which it begins, from 1.
        answers: the words of each sentence that answers, and the source that they stand in; none
            when no source answers.
        missing: what no source says; empty when some do.
        suggested: theme under which it is offered, or None.
        wordings: the questions, by language.
    """

    file: str
    line: int
    answers: tuple[Words, ...]
    missing: str
    suggested: Theme | None
    wordings: Mapping[str, tuple[str, ...]]

    @property
    def place(self) -> str:
        """File and line, as staff look for it."""
        return f"{self.file}, line {self.line}"


@dataclass(frozen=True, slots=True)
class KnownQuestions:
    """All entries of a corpus folder, in the order of its files, and what could not be read.

    Attributes:
        refused: what is wrong in which file and line, and what to do.
    """

    entries: tuple[KnownQuestion, ...] = ()
    refused: tuple[str, ...] = ()


def is_known_questions(file: Path) -> bool:
    """Tells whether a file of the corpus holds known questions."""
    return file.name.endswith(KNOWN_QUESTIONS)


def read_known_questions(folder: Path) -> KnownQuestions:
    """Reads the known questions of a corpus folder.

    An entry that is malformed is refused with its line, and the others are read all the same.
    """
    entries: list[KnownQuestion] = []
    refused: list[str] = []
    for file in sorted(filter(is_known_questions, folder.iterdir())):
        try:
            for line, raw in _items(read_text(file), file.name):
                try:
                    entries.append(_entry(_Entry.model_validate(raw), file.name, line))
                except (ValidationError, DocumentError) as error:
                    refused.append(f"{file.name}, line {line}: {_told(error)}")
        except DocumentError as error:
            refused.append(str(error))
    return KnownQuestions(tuple(entries), tuple(refused))


def find_question_problems(
    known: KnownQuestions, documents: Sequence[SourceDocument]
) -> tuple[str, ...]:
    """Returns what staff should see to, one sentence each, with file and line.

    Args:
        known: of one folder.
        documents: of the same folder.
    """
    texts = _texts(documents)
    problems = list(known.refused)
    for entry in known.entries:
        problems += [f"{entry.place}: {problem}" for problem in _unresolved(entry, texts)]
        if entry.answers and (missing := [one for one in LANGUAGES if one not in entry.wordings]):
            problems.append(f"{entry.place}: no question in {', '.join(missing)}.")
    return (*problems, *_said_twice(known.entries))


def _items(text: str, name: str) -> Iterator[tuple[int, Any]]:
    """Yields every item of a list in YAML with the line that it begins on."""
    items, lines = load_with_lines(text, name)
    if not isinstance(items, list):
        raise DocumentError(f"{name} is no list.", "Begin every entry with a hyphen.")
    yield from zip(lines, items, strict=True)


def _entry(read: _Entry, file: str, line: int) -> KnownQuestion:
    kinds = [read.sentence, read.together, read.unanswered]
    if sum(kind is not None for kind in kinds) != 1:
        raise DocumentError(
            "An entry has one of “sentence”, “together” and “unanswered”.", "Correct it."
        )
    source = unicodedata.normalize("NFC", file.removesuffix(KNOWN_QUESTIONS))
    anchors = read.together or ((read.sentence,) if read.sentence else ())
    return KnownQuestion(
        file=file,
        line=line,
        answers=tuple(
            one if isinstance(one, Words) else Words(source=source, words=one) for one in anchors
        ),
        missing=read.unanswered or "",
        suggested=read.suggested,
        wordings={
            language: wordings
            for language in LANGUAGES
            if (wordings := getattr(read, language)) is not None
        },
    )


def _told(error: ValidationError | DocumentError) -> str:
    if isinstance(error, DocumentError):
        return str(error)
    told = [
        f"{'.'.join(str(part) for part in one['loc']) or 'the entry'}: {one['msg']}"
        for one in error.errors()[:_MOST_PROBLEMS]
    ]
    return "; ".join(told) + "."


def _texts(documents: Iterable[SourceDocument]) -> dict[str, str]:
    """Returns the texts of sources by the names that entries know them by."""
    texts = {}
    for document in documents:
        if document.translation_of and document.language == DEFAULT_LANGUAGE:
            texts[document.translation_of] = document.text
        texts.setdefault(document.document_id, document.text)
    return texts


def _unresolved(entry: KnownQuestion, texts: Mapping[str, str]) -> Iterator[str]:
    for answer in entry.answers:
        text = texts.get(answer.source)
        if text is None:
            yield f"there is no source called {answer.source}."
            continue
        count = text.count(answer.words)
        if count != 1:
            found = "no longer stands" if count == 0 else f"stands {count} times"
            yield f"“{answer.words}” {found} in {answer.source}. Write words that stand once."


def _said_twice(entries: Sequence[KnownQuestion]) -> Iterator[str]:
    """Yields each wording that stands under two entries: one question has one answer."""
    said = sorted(
        (_key(wording), position, wording)
        for position, entry in enumerate(entries)
        for wordings in entry.wordings.values()
        for wording in wordings
    )
    for (key, first, _), (other, second, wording) in pairwise(said):
        if key == other and first != second:
            yield (
                f"{entries[second].place}: “{wording}” stands in {entries[first].place} too. "
                "Leave it in one of them."
            )


def _key(wording: str) -> str:
    return " ".join(re.findall(r"\w+", fold(wording)))
