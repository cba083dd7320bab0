"""What the sources lack: questions left unanswered, put together by subject.

The vectors of the questions, less that of texts that have nothing to do with the subject, are
clustered agglomeratively, by average linkage on cosine distance: nobody has to say how many
subjects there are. A subject is called by the words that tell it from the others: those of the
highest mean TF-IDF.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assistant.encoder import Encoder
from assistant.errors import EncoderMismatch
from assistant.index import Index
from assistant.journal import AskedQuestion
from assistant.lexical import analyse
from assistant.retrieval import background_texts

FloatArray = npt.NDArray[np.float32]

MOST_QUESTIONS: Final = 300
"""Different questions that are looked at, those asked most often first: 10 ms each."""
_APART: Final = 0.5
"""Mean cosine distance from which two groups of questions are two subjects."""
_TERMS: Final = 3
_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """A subject that questions ask about and sources do not answer.

    Attributes:
        terms: the words that tell it from others, the most telling first.
        times: how often anything about it was left unanswered.
        questions: those asked most often.
        exchange_ids: one exchange for each of them.
        nearest: title of the source that speaks of something closest, or None.
        unknown: its words that no source has at all; what a new source should be about.
    """

    terms: tuple[str, ...]
    times: int
    questions: tuple[str, ...]
    exchange_ids: tuple[str, ...]
    nearest: str | None
    unknown: tuple[str, ...]


def find_gaps(questions: Sequence[AskedQuestion], encoder: Encoder, index: Index) -> list[Gap]:
    """Groups questions that were left unanswered, the subject asked about most often first.

    Args:
        questions: those asked most often first.
        encoder: that the index was made with.
        index: tells which source comes closest, and which words no source has.

    Raises:
        EncoderMismatch: the index was made with another encoder.
    """
    if index.manifest.encoder != encoder.identity:
        raise EncoderMismatch(
            f"The index was built with {index.manifest.encoder}, not with {encoder.identity}.",
            "Run `assistant index` to embed the corpus anew, or restore the former settings.",
        )
    if not questions:
        return []
    vectors = np.stack([encoder.encode_query(one.standalone) for one in questions])
    groups: dict[int, list[int]] = {}
    for position, label in enumerate(_cluster(vectors, encoder)):
        groups.setdefault(label, []).append(position)
    weights = _weights([one.standalone for one in questions])
    gaps = [
        _gap([questions[row] for row in rows], vectors[rows], [weights[row] for row in rows], index)
        for rows in groups.values()
    ]
    return sorted(gaps, key=lambda gap: (-gap.times, gap.terms))


def _cluster(vectors: FloatArray, encoder: Encoder) -> list[int]:
    """Returns the number of the group of every vector; shape (n, dimension) in."""
    if len(vectors) == 1:
        return [0]
    # Two seconds to import, which only this needs.
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415

    texts = background_texts("fr")
    away = vectors - np.mean([encoder.encode_query(text) for text in texts], axis=0)
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    clustering = AgglomerativeClustering(
        n_clusters=None, distance_threshold=_APART, metric="cosine", linkage="average"
    )
    return [int(label) for label in clustering.fit_predict(away)]


def _weights(texts: Sequence[str]) -> list[dict[str, float]]:
    """Returns the TF-IDF of every term of every text."""
    counts = [Counter(analyse(text)) for text in texts]
    spread = Counter(term for terms in counts for term in terms)
    return [
        {term: count * (1 + np.log(len(texts) / spread[term])) for term, count in terms.items()}
        for terms in counts
    ]


def _gap(
    questions: Sequence[AskedQuestion],
    vectors: FloatArray,
    weights: Sequence[dict[str, float]],
    index: Index,
) -> Gap:
    total: Counter[str] = Counter()
    for terms in weights:
        total.update(terms)
    written = _written(questions)
    telling = [term for term, _ in sorted(total.items(), key=lambda one: (-one[1], one[0]))]
    telling = [term for term in telling if term in written]
    ordered = sorted(questions, key=lambda one: -one.times)[:_EXAMPLES]
    near = index.vectors.nearest(vectors.mean(axis=0), 1)
    title = index.documents[index.passages[int(near[0])].document_id].title if len(near) else None
    return Gap(
        terms=tuple(written[term] for term in telling[:_TERMS]),
        times=sum(one.times for one in questions),
        questions=tuple(one.standalone for one in ordered),
        exchange_ids=tuple(one.exchange_id for one in ordered),
        nearest=title,
        unknown=tuple(written[term] for term in telling if not index.spread(term))[:_TERMS],
    )


def _written(questions: Sequence[AskedQuestion]) -> dict[str, str]:
    """Returns for every term how it is most often written."""
    forms: dict[str, Counter[str]] = {}
    for question in questions:
        for word in re.findall(r"[^\W_]+(?:[-/][^\W_]+)*", question.standalone):
            for term in analyse(word):
                forms.setdefault(term, Counter())[word] += question.times
    return {term: words.most_common(1)[0][0] for term, words in forms.items()}
