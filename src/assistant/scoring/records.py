"""What is passed on from search to the decision."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.domain import Ranking, ScoredPassage, Span
from assistant.index import Near, SentenceKey
from assistant.reader import Reading
from assistant.scoring.features import Features, Nothing


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer.

    Attributes:
        scored: the passage that it stands in.
        span: the sentence, in offsets of the document.
        key: the same sentence in whatever version of its text.
        values: where it says what is asked for, in offsets of the sentence.
        own: share of the question's words that the sentence holds without its headings.
        features: what the probability rests on.
        weight: of the features, see `Model`; compares sentences.
        probability: that it is the one that answers.
        reading: what reading the passage told, with the answer's place in offsets of the sentence;
            None when it was not read or the answer stands in another sentence of it.
    """

    scored: ScoredPassage
    span: Span
    key: SentenceKey
    values: tuple[Span, ...]
    own: float
    features: Features
    weight: float = 0.0
    probability: float = 0.0
    reading: Reading | None = None

    @property
    def text(self) -> str:
        """The sentence."""
        return self.scored.passage.slice(self.span)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question.

    Attributes:
        ranking: the passages, best first; those that only a known question led to come last.
        candidates: sentences, the likeliest answer first.
        near: known questions that are like it.
        nothing: what speaks for it that nothing answers.
        confidence: calibrated probability that the likeliest sentence is a right answer.
    """

    ranking: Ranking
    candidates: tuple[Candidate, ...]
    near: Near
    nothing: Nothing
    confidence: float
