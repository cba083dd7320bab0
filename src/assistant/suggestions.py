"""Questions that visitors are offered, to begin with and to go on, all of which the index answers.

What staff wrote in `corpus/questions.yaml` is asked by the assistant itself, once for every version
of the index, in a thread of its own. Only a wording that is answered in its language, from the text
that staff name and with the words that they expect, is ever offered; the others are logged::

    questions.yaml ──ask──▶ offers ──themes──▶ starting questions
                              └──────after───▶ what to ask next, nearest first

How near a question is to another is the cosine of their embeddings, which compares what they ask
about in any words and language. Questions on the text that was just cited come before the others.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Final

from assistant.conversation import Assistant
from assistant.corpus import BankQuestion, QuestionBank
from assistant.domain import Answer, Citation, Outcome
from assistant.encoder import FloatArray
from assistant.errors import AssistantError
from assistant.index import Index
from assistant.spelling import fold
from assistant.texts import LANGUAGES

_LOG: Final = logging.getLogger(__name__)
_FALLBACKS: Final = ("en", "fr")
_SAME: Final = 0.97
"""Cosine from which two questions ask the same."""
_NEAR: Final = 0.9
"""Cosine from which a question may help somebody whose own has no answer."""
_SAME_TEXT: Final = 0.1
"""What a common text is worth beside the cosine, which differs by less among related questions."""
_SAME_THEME: Final = 0.02
_LATEST: Final = 8
"""Questions asked before that the next one is compared with in meaning; others only in words."""
_SHORT: Final = 300
"""Characters of a question that is like another; one that is longer takes long to embed."""
_NAMED: Final = 10
"""Wordings left out that the log names."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What a visitor can begin with.

    Attributes:
        theme_id: its id in the file of questions.
        label: its name in the visitor's language.
        questions: starting questions, in that language where they are worded in it.
    """

    theme_id: str
    label: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Offer:
    """A wording that is answered as staff expect.

    Attributes:
        texts: names of the texts that the answer cites.
        citation: the first of the answer.
    """

    question: BankQuestion
    theme_id: str
    wording: str
    vector: FloatArray
    texts: frozenset[str]
    citation: Citation


@dataclass(slots=True)
class _Round:
    """What is known so far of one version of the index, by language."""

    index: str
    offers: dict[str, list[_Offer]] = field(
        default_factory=lambda: {language: [] for language in LANGUAGES}
    )
    left_out: list[str] = field(default_factory=list)
    finished: Event = field(default_factory=Event)


class Suggestions:
    """Offers questions of a bank that the index of an assistant answers; all threads share it.

    Nobody waits for a version of the index to be checked: until then, what is known so far is
    offered.

    Args:
        assistant: answers the questions.
        bank: what staff wrote.
    """

    def __init__(self, assistant: Assistant, bank: QuestionBank) -> None:
        self._assistant = assistant
        self._bank = bank
        self._languages = {
            language for _, question in bank.questions() for language in question.wordings
        }
        self._lock = Lock()
        self._latest: _Round | None = None
        self._checking: Thread | None = None
        self._closed = Event()

    def check(self, timeout: float | None = None) -> tuple[str, ...]:
        """Waits until the current version of the index is checked.

        Args:
            timeout: seconds to wait at most; checking goes on behind.

        Returns:
            The wordings left out so far.
        """
        latest = self._round()
        latest.finished.wait(timeout)
        return tuple(latest.left_out)

    def close(self, timeout: float) -> None:
        """Stops checking; a thread that runs a model must not outlive the program.

        Args:
            timeout: seconds to wait for the question that is being asked.
        """
        self._closed.set()
        with self._lock:
            checking = self._checking
        if checking:
            checking.join(timeout)

    def themes(self, language: str) -> tuple[Theme, ...]:
        """Returns the themes that have starting questions, in the order of the file.

        Args:
            language: the visitor's; a question or a label that is not worded in it is given in
                English, else in French.
        """
        latest = self._round()
        themes = []
        for theme_id, theme in self._bank.themes.items():
            label = _worded(theme.label, language)
            offered = [
                offer.wording
                for question in theme.questions
                if question.starting
                for offer in latest.offers[_worded_in(question.wordings, language)]
                if offer.question is question
            ]
            if offered:
                themes.append(Theme(theme_id, label, tuple(offered)))
        return tuple(themes)

    def after(
        self, answer: Answer, asked: Collection[str], language: str, count: int = 3
    ) -> tuple[str, ...]:
        """Returns what to ask next, the best first.

        After an answer these are questions on the texts it cites that it did not answer already,
        then others on the same theme; the last one leads on to another text where there is one.
        After an abstention or a refusal they are those nearest to what was asked, those on the
        passages shown nearby before the others, or none when none is near enough to be of use.

        Args:
            answer: what the visitor was just told.
            asked: what the visitor asked so far, in order.
            language: the visitor's, when the answer is in none of `LANGUAGES`; where the bank has
                no wording in a language at all, the English ones are offered, else the French.
            count: how many at most.
        """
        if answer.outcome is Outcome.SMALL_TALK or not answer.standalone_question:
            return ()
        spoken = answer.language if answer.language in LANGUAGES else language
        offers = tuple(self._round().offers.get(_worded_in(self._languages, spoken), ()))
        vector = self._assistant.embed(answer.standalone_question)
        likeness = [float(vector @ offer.vector) for offer in offers]
        texts = _texts(answer.citations or answer.nearby, self._assistant.index)
        theme = _theme(offers, likeness, texts) if answer.citations else None
        worth = [
            like + _SAME_TEXT * bool(offer.texts & texts) + _SAME_THEME * (offer.theme_id == theme)
            for offer, like in zip(offers, likeness, strict=True)
        ]
        ranked = [
            offers[place]
            for place in sorted(range(len(offers)), key=lambda place: -worth[place])
            if offers[place].texts & texts
            or offers[place].theme_id == theme
            or worth[place] >= _NEAR
        ]
        new = self._new(ranked, answer, [*asked, answer.question])
        return tuple(offer.wording for offer in _chosen(new, texts, count))

    def _new(self, offers: Sequence[_Offer], answer: Answer, asked: Sequence[str]) -> list[_Offer]:
        """Returns the offers that were neither asked nor answered already."""
        known = {fold(text) for text in asked}
        vectors = [self._assistant.embed(text) for text in asked[-_LATEST:] if _is_short(text)]
        return [
            offer
            for offer in offers
            if not any(_tells(offer.citation, citation) for citation in answer.citations)
            and known.isdisjoint(map(fold, offer.question.wordings.values()))
            and not any(float(vector @ offer.vector) >= _SAME for vector in vectors)
        ]

    def _round(self) -> _Round:
        """Returns what is known of the current index; begins to check one that is new."""
        with self._lock:
            name = self._assistant.index.name
            if self._latest is None or self._latest.index != name:
                self._latest = _Round(name)
                self._checking = Thread(target=self._ask_all, args=(self._latest,), daemon=True)
                self._checking.start()
            return self._latest

    def _ask_all(self, latest: _Round) -> None:
        """Asks every wording, the starting ones first, unless another index comes meanwhile."""
        try:
            for language, theme_id, question in self._wordings():
                if self._closed.is_set():
                    return
                index = self._assistant.index
                offer = self._offer(language, theme_id, question)
                if latest.index != index.name or index is not self._assistant.index:
                    return
                if offer is None:
                    latest.left_out.append(question.wordings[language])
                else:
                    latest.offers[language].append(offer)
            _tell(latest)
        finally:
            latest.finished.set()

    def _wordings(self) -> Iterator[tuple[str, str, BankQuestion]]:
        for starting in (True, False):
            for language in LANGUAGES:
                for theme_id, question in self._bank.questions():
                    if question.starting is starting and language in question.wordings:
                        yield language, theme_id, question

    def _offer(self, language: str, theme_id: str, question: BankQuestion) -> _Offer | None:
        """Asks one wording and returns it if it is answered as staff expect."""
        wording = question.wordings[language]
        try:
            answer = self._assistant.conversation().ask(wording)
        except AssistantError as error:
            _LOG.warning("The suggested question “%s” cannot be asked: %s", wording, error)
            return None
        if answer.language != language or not answer.citations:
            return None
        first = answer.citations[0]
        sources = _texts([first], self._assistant.index)
        if not sources & set(question.sources) or not _says(first.quote, question.answer):
            return None
        texts = _texts(answer.citations, self._assistant.index)
        return _Offer(question, theme_id, wording, self._assistant.embed(wording), texts, first)


def _says(quote: str, expected: Sequence[str]) -> bool:
    """Whether a quote holds one of the expected words or numbers, whole."""
    said = fold(" ".join(quote.split()))
    return any(re.search(rf"(?<!\w){re.escape(fold(words))}(?!\w)", said) for words in expected)


def _is_short(text: str) -> bool:
    return 0 < len(text.strip()) <= _SHORT


def _theme(
    offers: Sequence[_Offer], likeness: Sequence[float], texts: frozenset[str]
) -> str | None:
    """Returns the theme of the question on these texts that is nearest to what was asked."""
    on_texts = [place for place, offer in enumerate(offers) if offer.texts & texts]
    nearest = max(on_texts, key=lambda place: likeness[place], default=None)
    return None if nearest is None else offers[nearest].theme_id


def _worded_in(languages: Collection[str], language: str) -> str:
    """Returns the language in which a visitor gets what there is in some languages."""
    known = (one for one in (language, *_FALLBACKS) if one in languages)
    return next(known, next(iter(languages), language))


def _worded(wordings: Mapping[str, str], language: str) -> str:
    return wordings[_worded_in(wordings, language)]


def _texts(citations: Sequence[Citation], index: Index) -> frozenset[str]:
    """Returns the names of the texts that are cited: their ids, or what translations share."""
    documents = [index.documents.get(citation.document_id) for citation in citations]
    return frozenset(
        name
        for document in documents
        if document
        for name in (document.document_id, document.translation_of)
        if name
    )


def _tells(one: Citation, other: Citation) -> bool:
    """Whether one quotes words of the other."""
    same = one.document_id == other.document_id
    return same and one.start < other.end and other.start < one.end


def _chosen(ranked: Sequence[_Offer], texts: frozenset[str], count: int) -> list[_Offer]:
    """Returns the first offers, no two answered by one sentence; the last leads to another text."""
    apart: list[_Offer] = []
    for offer in ranked:
        if not any(_tells(offer.citation, other.citation) for other in apart):
            apart.append(offer)
    chosen = apart[:count]
    elsewhere = [offer for offer in apart[count:] if not offer.texts & texts]
    if count > 1 and elsewhere and all(offer.texts & texts for offer in chosen):
        chosen[-1] = elsewhere[0]
    return chosen


def _tell(latest: _Round) -> None:
    """Logs which wordings are left out."""
    if latest.left_out:
        named = ", ".join(f"“{wording}”" for wording in latest.left_out[:_NAMED])
        more = len(latest.left_out) - _NAMED
        _LOG.warning(
            "%d suggested questions are not offered, since version %s of the index does not "
            "answer them as questions.yaml expects: %s%s",
            len(latest.left_out), latest.index, named, f" and {more} more" if more > 0 else "",
        )  # fmt: skip
