"""Questions with passages that hold their answer or do not, made of PIAF and SQuAD 2.0.

A passage is some whole sentences of a paragraph. With an answer it is the answer's sentence with
its neighbours; without one it is

- another part of the same paragraph,
- a passage that the project's own retriever finds for the question, without the answer,
- the passage with the answer, where a name or a number in the question is another one's (as the
  authors of SQuAD 2.0 had people do), or
- the sentence of SQuAD's plausible answer to a question that has none.

Questions are also put as visitors type them: without accents, capitals or question mark, or with
two letters swapped; and as the assistant puts follow-ups, behind their topic. Articles are split by
their titles into those to learn from and those that are kept for measuring.
"""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from assistant.domain import Span
from assistant.passages import split_sentences

_HELD_OUT: Final = 6
"""One article of PIAF in so many is kept for measuring, and two of SQuAD's are."""
_HELD_OUT_SQUAD: Final = 2
_SHORTEST, _LONGEST = 160, 420
_NAME: Final = re.compile(r"(?<=\s)(?:[A-ZÀ-Ý][\w'’-]{2,}|\d{2,})")
_WORD: Final = re.compile(r"\w{5,}")
_SWAPPED: Final = 0.4
"""Share of the questions that are asked about another name as well."""
_FOLLOWING: Final = 0.1
"""Share of the questions that are put as the assistant puts follow-ups."""
_MINED_AGAIN: Final = 0.4
"""Share of the questions without an answer that get a second passage without one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a passage.

    Attributes:
        question: as typed.
        heading: title of the passage's document.
        passage: some sentences.
        answer: where they hold the answer, in offsets of the passage; None when they do not.
    """

    question: str
    heading: str
    passage: str
    answer: Span | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a paragraph.

    Attributes:
        question_id: unique.
        text: the question.
        title: of the article.
        paragraph: that it was asked about.
        place: where its answer stands, or for one that has none the plausible answer, in offsets
            of the paragraph.
        answers: strings that answer it; empty when the paragraph does not.
        mined: passages of any article found for it, without any of the answers, as title and text.
    """

    question_id: str
    text: str
    title: str
    paragraph: str
    place: Span
    answers: tuple[str, ...]
    mined: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Questions to learn from, and those about articles that are kept for measuring."""

    learn: list[Asked]
    measure: list[Asked]


def read_piaf(folder: Path) -> list[Asked]:
    """Reads the questions whose answer stands in a sentence of their paragraph."""
    documents = {record["_id"]: record for record in _records(folder / "corpus.jsonl")}
    rows = (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]
    relevant = {row.split("\t")[0]: row.split("\t")[1] for row in rows}
    asked = []
    for record in _records(folder / "queries.jsonl"):
        document = documents[relevant[record["_id"]]]
        answers = tuple(answer for answer in record["metadata"]["answers"] if answer.strip())
        if place := _likeliest(record["text"], document["text"], answers):
            question = record["text"], document["title"], document["text"]
            asked.append(Asked(record["_id"], *question, place, answers))
    return asked


def read_squad(file: Path) -> list[Asked]:
    """Reads SQuAD 2.0, with the questions that have no answer."""
    asked = []
    for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
        title = article["title"].replace("_", " ")
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                given = question["answers"] or question.get("plausible_answers", [])
                if not given:
                    continue
                start = given[0]["answer_start"]
                place = Span(start, start + len(given[0]["text"]))
                answers = tuple(dict.fromkeys(one["text"] for one in question["answers"]))
                text = question["question"].strip(), title, paragraph["context"]
                asked.append(Asked(question["id"], *text, place, answers))
    return asked


def _records(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _likeliest(question: str, paragraph: str, answers: Sequence[str]) -> Span | None:
    """Returns the place of an answer whose sentence shares most words with the question."""
    words = set(_WORD.findall(question.lower()))
    best, most = None, -1
    for answer in answers:
        for found in re.finditer(re.escape(answer), paragraph):
            sentence = next(
                (one for one in split_sentences(paragraph) if one.start <= found.start() < one.end),
                None,
            )
            if sentence is None or found.end() > sentence.end:
                continue
            near = paragraph[max(0, sentence.start - 150) : sentence.end].lower()
            if (shared := len(words & set(_WORD.findall(near)))) > most:
                best, most = Span(found.start(), found.end()), shared
    return best


def split_by_article(piaf: Sequence[Asked], squad: Sequence[Asked]) -> tuple[Part, Part]:
    """Keeps the same articles of PIAF and of SQuAD for measuring, whatever the seed."""
    french = sorted({one.title for one in piaf})
    english = sorted({one.title for one in squad})
    chance = random.Random(0)  # noqa: S311 - no secret
    kept = set(chance.sample(french, len(french) // _HELD_OUT))
    kept |= set(chance.sample(english, _HELD_OUT_SQUAD))

    def part(asked: Sequence[Asked]) -> Part:
        return Part(
            [one for one in asked if one.title not in kept],
            [one for one in asked if one.title in kept],
        )

    return part(piaf), part(squad)


def learning_pairs(
    asked: Sequence[Asked], names: Sequence[str], chance: random.Random
) -> list[Pair]:
    """Returns pairs for one pass over some questions; another pass gets others.

    Args:
        asked: the questions.
        names: names and numbers that may take the place of one in a question.
        chance: what is drawn from.
    """
    pairs = []
    for one in asked:
        question = as_typed(one.text, chance)
        if chance.random() < _FOLLOWING:
            question = following(question, one.title)
        span = _window(one.paragraph, one.place, chance)
        pairs.append(_pair(one, question, span))
        if one.answers and (other := _elsewhere(one, span, chance)):
            pairs.append(Pair(question, one.title, other, None))
        if one.mined and (one.answers or chance.random() < _MINED_AGAIN):
            pairs.append(Pair(question, *chance.choice(one.mined), None))
        if one.answers and chance.random() < _SWAPPED:
            passage = one.paragraph[span.start : span.end]
            if swapped := _about_another(one.text, passage, names, chance):
                pairs.append(Pair(as_typed(swapped, chance), one.title, passage, None))
    return pairs


def measuring_pairs(asked: Sequence[Asked]) -> list[Pair]:
    """Returns pairs to measure with: three sentences with the answer, or without it.

    A question that has an answer gets another part of its paragraph as well, one that has none the
    sentence of its plausible answer.
    """
    chance = random.Random(0)  # noqa: S311 - no secret
    pairs = []
    for one in asked:
        sentences = split_sentences(one.paragraph)
        at = next(i for i, each in enumerate(sentences) if one.place.start < each.end)
        last = next(i for i, each in enumerate(sentences) if one.place.end <= each.end)
        around = sentences[max(0, at - 1) : last + 2]
        span = Span(around[0].start, around[-1].end)
        pairs.append(_pair(one, one.text, span))
        if one.answers:
            others = [
                Span(group[0].start, group[-1].end)
                for i in range(len(sentences))
                if (group := sentences[max(0, i - 1) : i + 2])
                and not _holds(one.paragraph[group[0].start : group[-1].end], one.answers)
            ]
            if others:
                other = chance.choice(others)
                passage = one.paragraph[other.start : other.end]
                pairs.append(Pair(one.text, one.title, passage, None))
    return pairs


def names_of(asked: Sequence[Asked]) -> list[str]:
    """Returns the names and numbers in the paragraphs of some questions."""
    paragraphs = dict.fromkeys(one.paragraph for one in asked)
    return sorted({name for text in paragraphs for name in _NAME.findall(text)})


def as_typed(question: str, chance: random.Random) -> str:
    """Returns a question as a visitor may type it."""
    if chance.random() < 0.25:
        question = question.rstrip(" ?\u00a0\u202f")
    if chance.random() < 0.15:
        question = without_accents(question)
    if chance.random() < 0.15:
        question = question.lower()
    words = [word for word in _WORD.finditer(question) if word.group().isalpha()]
    if words and chance.random() < 0.12:
        word = chance.choice(words)
        at = chance.randrange(word.start(), word.end() - 1)
        question = question[:at] + question[at + 1] + question[at] + question[at + 2 :]
    return question


def following(question: str, topic: str) -> str:
    """Returns a question that names no topic as the assistant asks it of the sources."""
    return f"{topic} : {question}"


def without_accents(text: str) -> str:
    """Returns a text without accents and cedillas."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _pair(one: Asked, question: str, span: Span) -> Pair:
    answer = Span(one.place.start - span.start, one.place.end - span.start)
    passage = one.paragraph[span.start : span.end]
    return Pair(question, one.title, passage, answer if one.answers else None)


def _window(paragraph: str, place: Span, chance: random.Random) -> Span:
    """Returns whole sentences around a place, as many as fit into a length that is drawn."""
    sentences = split_sentences(paragraph)
    left = next(i for i, each in enumerate(sentences) if place.start < each.end)
    right = next(i for i, each in enumerate(sentences) if place.end <= each.end)
    longest = chance.randint(_SHORTEST, _LONGEST)
    while True:
        sides = [(left - 1, right), (left, right + 1)]
        fitting = [
            (first, last)
            for first, last in sides
            if first >= 0
            and last < len(sentences)
            and sentences[last].end - sentences[first].start <= longest
        ]
        if not fitting:
            return Span(sentences[left].start, sentences[right].end)
        left, right = chance.choice(fitting)


def _elsewhere(one: Asked, taken: Span, chance: random.Random) -> str | None:
    """Returns another part of a question's paragraph, without its answer."""
    sentences = [
        each
        for each in split_sentences(one.paragraph)
        if (each.end <= taken.start or each.start >= taken.end)
        or (each.end <= one.place.start or each.start >= one.place.end)
    ]
    if not sentences:
        return None
    chosen = chance.choice(sentences)
    span = _window(one.paragraph, chosen, chance)
    # Grown over the answer, it is cut back to the one sentence.
    for part in (span, chosen):
        text = one.paragraph[part.start : part.end]
        if not _holds(text, one.answers):
            return text
    return None


def _holds(passage: str, answers: Sequence[str]) -> bool:
    folded = without_accents(passage.lower())
    return any(without_accents(answer.lower()) in folded for answer in answers)


def _about_another(
    question: str, passage: str, names: Sequence[str], chance: random.Random
) -> str | None:
    """Returns a question with a name or number that the passage holds replaced by another one."""
    found = [name for name in _NAME.finditer(question) if name.group() in passage]
    if not found:
        return None
    name = chance.choice(found)
    number = name.group().isdigit()
    for _ in range(50):
        other = chance.choice(names)
        alike = other.isdigit() == number and (not number or len(other) == len(name.group()))
        if alike and other not in passage and other not in question:
            return question[: name.start()] + other + question[name.end() :]
    return None


def with_mined(asked: Sequence[Asked], found: dict[str, list[tuple[str, str]]]) -> list[Asked]:
    """Adds what a retriever found, less what holds an answer.

    Args:
        asked: the questions.
        found: by the id of a question titles and texts of passages.
    """
    return [
        replace(
            one,
            mined=tuple(
                (title, text)
                for title, text in found.get(one.question_id, ())
                if not _holds(text, one.answers) and text not in one.paragraph
            ),
        )
        for one in asked
    ]
