"""Is the short answer there, word for word or nearly?

Containment, exact match and token F1 after SQuAD (Rajpurkar et al., 2016,
https://arxiv.org/abs/1606.05250), with the French articles in place of the English ones. What is
compared is what the answer emphasises, or, where it emphasises nothing, all that it quotes. A turn
without a short answer, or without an answer in the sources, is not eligible; one that is not
answered scores 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from assistant.domain import Answer
from assistant.evaluation.cases import Case
from assistant.evaluation.normalisation import tokens


def contains_answer(case: Case) -> float | None:
    """Returns 1 when what is quoted holds the short answer, else 0."""
    return _compared(case, lambda found, wanted: float(_quotes(found, wanted)))


def exact_match(case: Case) -> float | None:
    """Returns 1 when what is emphasised is the short answer, else 0."""
    return _compared(case, lambda found, wanted: float(emphasised(found) == wanted))


def token_f1(case: Case) -> float | None:
    """Returns the F1 of the words of what is emphasised, in [0, 1]."""
    return _compared(case, lambda found, wanted: f1(emphasised(found), wanted))


def emphasised(answer: Answer) -> list[str]:
    """Returns the words that an answer emphasises, or else all that it quotes."""
    marked = [
        word
        for statement in answer.statements
        for start, end in statement.emphasis
        for word in tokens(statement.text[start:end])
    ]
    return marked or _quoted(answer)


def f1(found: Sequence[str], wanted: Sequence[str]) -> float:
    """Returns the harmonic mean of precision and recall of two bags of words."""
    shared = (Counter(found) & Counter(wanted)).total()
    return 2 * shared / (len(found) + len(wanted)) if shared else 0.0


def contained(answer: Answer, wanted: str) -> bool:
    """Tells whether what an answer quotes holds some words in a row."""
    return _quotes(answer, tokens(wanted))


def _compared(case: Case, compare: Callable[[Answer, list[str]], float]) -> float | None:
    if case.gold.answer is None or not case.gold.answerable:
        return None
    return compare(case.answer, tokens(case.gold.answer)) if case.answered else 0.0


def _quoted(answer: Answer) -> list[str]:
    return [word for citation in answer.citations for word in tokens(citation.quote)]


def _quotes(answer: Answer, wanted: Sequence[str]) -> bool:
    # One quote at a time: the end of one and the beginning of the next are no words in a row.
    return any(_holds(tokens(citation.quote), wanted) for citation in answer.citations)


def _holds(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return bool(wanted) and any(
        list(words[start : start + len(wanted)]) == list(wanted)
        for start in range(len(words) - len(wanted) + 1)
    )
