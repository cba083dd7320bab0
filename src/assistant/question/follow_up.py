"""A question that goes on from what was said, made to stand alone.

What is added is no more than the name of the topic, or, where the question is nothing but a new
name (« Et la Région ? »), the question before with its old name taken out. Nothing is rephrased:
staff see at once where the words of a standalone question come from.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from assistant.domain import Span
from assistant.index import Index
from assistant.question.asked import Form
from assistant.question.patterns import flatten
from assistant.spelling import fold
from assistant.texts import DEFAULT_LANGUAGE, load_texts

_WORD: Final = re.compile(r"\w+(?:[/-]\w+)*")
_LETTERS: Final = re.compile(r"\w+")
_APOSTROPHE: Final = re.compile(r"['’]")
_FEW_TEXTS: Final = 3
_FEW: Final = 0.2
"""A name is the subject of a question when this share of the texts, or `_FEW_TEXTS`, hold it."""
_RARE: Final = 2
"""Texts that hold a word of a title which names its subject though it is no proper name."""
_SHORTEST_NUMBER: Final = 6
"""Digits of the shortest number that names something, as the number of an operation does."""
_BARE: Final = 2
"""Words besides names, at most, in a question that is nothing but a new name."""
_WIDEST_GAP: Final = 12
"""Characters between two words of one name, at most."""
_SHORT: Final = 3
"""Words of a question that can be nothing but a name with its article."""
_WHOLE: Final = 7
"""Words from which a question that does not point back is more likely one of its own."""
_FREE: Final = 0.15
"""How much that is worth beside the confidence."""
_ARTICLE: Final = re.compile(r"^(?:(?:le|la|les|the)\s|l['’])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Topic:
    """What a part of the conversation is about.

    Attributes:
        name: as a visitor or a source wrote it.
        terms: of the name.
        recalled_by: terms of which one is enough to come back to it.
    """

    name: str
    terms: frozenset[str]
    recalled_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """What a question can go on from.

    Attributes:
        language: of the question before.
        topics: the latest first.
        question: the question before, which a new name is put into.
        kinds: what that one asked for.
        counted: what it wanted to be counted.
        form: how its answer was put.
    """

    language: str
    topics: tuple[Topic, ...] = ()
    question: str = ""
    kinds: frozenset[str] = frozenset()
    counted: str | None = None
    form: Form = Form.FACT


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it stands alone.

    Attributes:
        standalone: what is searched.
        topics: what it is about, named here or before; the longest name first.
        follows: whether something was added.
        carries: whether it asks for the same kind of thing as the question before.
        frame: what the next new name is put into; the standalone question unless given.
        leaning: what speaks for this reading before anything is searched, to be added to its
            confidence.
    """

    standalone: str
    topics: tuple[Topic, ...] = ()
    follows: bool = False
    carries: bool = False
    frame: str = ""
    leaning: float = 0.0


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a question holds.

    Attributes:
        subjects: terms of names that few texts hold, by the span of the word.
        others: terms of names that many texts hold.
        plain: terms of all other words that mean something.
    """

    subjects: dict[Span, frozenset[str]] = field(default_factory=dict)
    others: dict[Span, frozenset[str]] = field(default_factory=dict)
    plain: dict[Span, frozenset[str]] = field(default_factory=dict)

    @property
    def subject_terms(self) -> frozenset[str]:
        """Terms of all subjects."""
        return frozenset().union(*self.subjects.values())


def names_in(text: str, index: Index) -> Names:
    """Returns the names in a question, as the texts of an index know them."""
    names = Names()
    found: dict[Span, frozenset[str]] = {}
    for span in _words(text, index):
        word = text[span.start : span.end]
        if terms := frozenset(index.lexical.analyser.question(word)):
            found[span] = terms
            if any(_is_subject(term, word, index) for term in terms):
                names.subjects[span] = terms
    for title in _titles_in(text, names.subjects, index):
        # « Destination Terrils 2 »: all words of a title are its name.
        names.subjects.update(
            (span, terms)
            for span, terms in found.items()
            if title.start <= span.start and span.end <= title.end
        )
    for span, terms in found.items():
        if span in names.subjects:
            continue
        word = text[span.start : span.end]
        kind = names.others if any(_is_name(one, word, index) for one in terms) else names.plain
        kind[span] = terms
    return names


def _titles_in(text: str, subjects: dict[Span, frozenset[str]], index: Index) -> Iterator[Span]:
    """Yields where a text names a document by its title, the article before it left out."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    flat = [flatten(text[start:end]) for start, end in words]
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(flat):
        places[word].append(place)
    terms = frozenset().union(*subjects.values())
    for title in dict.fromkeys(title for term in sorted(terms) for title in index.titles(term)):
        wanted = [flatten(word) for word in _WORD.findall(_ARTICLE.sub("", title, count=1))]
        for start in places[wanted[0]] if wanted else ():
            if flat[start : start + len(wanted)] == wanted:
                yield Span(words[start][0], words[start + len(wanted) - 1][1])


def _words(text: str, index: Index) -> list[Span]:
    """Returns the words of a text; the names of the glossary count as one word each."""
    spans = [span for span, _ in index.lexical.analyser.names(text)]
    taken = {place for span in spans for place in range(span.start, span.end)}
    spans += [
        Span(*match.span())
        for match in _WORD.finditer(text)
        if taken.isdisjoint(range(*match.span()))
    ]
    return sorted(spans, key=lambda span: span.start)


def _is_name(term: str, word: str, index: Index) -> bool:
    return term.startswith("=") or "/" in term or index.vocabulary.is_name(term, word)


def _is_subject(term: str, word: str, index: Index) -> bool:
    spread = index.spread(term)
    if not spread or (term.isdigit() and len(term) < _SHORTEST_NUMBER):
        return False
    if _is_name(term, word, index) or term.isdigit():
        return spread <= max(_FEW_TEXTS, _FEW * index.texts)
    return spread <= _RARE and any(
        index.vocabulary.same_word(titled, word)
        for title in index.titles(term)
        for titled in _WORD.findall(title)
        if term in index.terms(titled)
    )


def read(
    text: str, language: str, kinds: frozenset[str], context: Context | None, index: Index
) -> tuple[Reading, ...]:
    """Returns the ways in which a question may be meant, each so that it stands alone.

    It may be a question of its own, go on about an earlier topic, or put a new name into the
    question before; which of them it is turns out when each is searched.

    Args:
        text: the question.
        language: of the question.
        kinds: what it asks for; without any, it may be nothing but a new name.
        context: what was said before, or None at the beginning.
        index: knows which words are names.
    """
    names = names_in(text, index)
    own = _topics(text, names, language)
    if context is None or not context.question:
        return (Reading(text, own),)
    bare = not kinds and len(names.plain) <= _BARE and _is_elliptical(text, language)
    earlier = _recalled(names, context, index)
    topic = earlier or next(iter(context.topics), None)
    if own:
        if earlier and own[0].terms < earlier.terms:
            own_reading = _behind(earlier, text, carries=False)
        elif bare and not own[0].terms & _terms(context.question, index):
            own_reading = _with_new_name(text, own, context, names, index)
        else:
            own_reading = Reading(text, own)
        return (own_reading,)
    if topic is None:
        return (Reading(text, carries=bare),)
    if bare and context.kinds and (names.others or names.plain):
        return (_with_new_name(text, (topic,), context, names, index),)
    following = _behind(topic, text, carries=bare)
    tied = bool(earlier) or _points_back(text, language)
    whole = len(flatten(text).split()) >= _WHOLE
    if tied and not whole:
        return (following,)
    leaning = _FREE if whole and not tied else -_FREE
    return (following, Reading(text, carries=bare, leaning=leaning))


def _behind(topic: Topic, text: str, *, carries: bool) -> Reading:
    return Reading(f"{topic.name} : {text}", (topic,), follows=True, carries=carries)


def _with_new_name(
    text: str, topics: tuple[Topic, ...], context: Context, names: Names, index: Index
) -> Reading:
    """« Et la Région ? »: the question before, with what the new name stands for taken out."""
    before = names_in(context.question, index)
    dropped = before.subjects if names.subjects else before.others
    new = names.subject_terms | frozenset().union(*names.others.values())
    gone = [span for span, terms in dropped.items() if not terms & new]
    rest = without(context.question, gone, context.language)
    rest = rest.lstrip(" :,")
    standalone = f"{rest} {text}".strip()
    return Reading(standalone, topics, follows=True, carries=True, frame=rest)


def without(text: str, spans: Sequence[Span], language: str) -> str:
    """Returns a text without some words and the determiners before them."""
    determiners = _determiners(language)
    kept, left = "", 0
    for span in sorted(spans, key=lambda span: span.start):
        kept += _without_last(text[left : span.start], determiners)
        left = span.end
    kept += text[left:]
    closing = r"\s+([,.])" if language == DEFAULT_LANGUAGE else r"\s+([,.?!])"
    return re.sub(closing, r"\1", " ".join(kept.split()))


def _without_last(text: str, determiners: set[str]) -> str:
    """Returns a text without the determiners that it ends with."""
    end = len(text)
    for word in reversed(list(_LETTERS.finditer(text))):
        behind = _APOSTROPHE.sub(" ", text[word.end() : end])
        if not behind.isspace() or word[0].lower() not in determiners:
            break
        end = word.start()
    return text[:end]


def runs_of(
    text: str, spans: Sequence[Span], language: str, joined: Sequence[str] = ()
) -> list[Span]:
    """Returns the names that words form together, with the small words inside them.

    Args:
        text: the question.
        spans: of the words.
        language: of the question.
        joined: further words that may stand inside a name.
    """
    small = _determiners(language) | set(joined)
    runs: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        between = text[runs[-1].end : span.start] if runs else ""
        tied = len(between) <= _WIDEST_GAP and set(flatten(between).split()) <= small
        if runs and tied and not re.search(r"[?!.;:,]", between):
            runs[-1] = Span(runs[-1].start, span.end)
        else:
            runs.append(span)
    return runs


def _determiners(language: str) -> set[str]:
    """Returns the determiners of a language and those of French, which names bring along."""
    return {
        word
        for one in (language, DEFAULT_LANGUAGE)
        for word in load_texts(one).understanding.determiners
    }


def shared_phrase(text: str, language: str, terms: frozenset[str], index: Index) -> Topic | None:
    """Returns the longest run of words of a question that all give one of some terms.

    Args:
        text: the question.
        language: of the question.
        terms: of the source that answered it.
        index: analyses the words.
    """
    names = names_in(text, index)
    words = {**names.subjects, **names.others, **names.plain}
    held = {span: found for span, found in words.items() if found <= terms}
    runs = runs_of(text, list(held), language, load_texts(language).understanding.conjunctions)
    several = [run for run in runs if sum(run.start <= span.start < run.end for span in held) > 1]
    if not several:
        return None
    run = max(several, key=lambda run: run.end - run.start)
    inside = (found for span, found in held.items() if run.start <= span.start < run.end)
    return Topic(text[run.start : run.end], frozenset().union(*inside))


def _topics(text: str, names: Names, language: str) -> tuple[Topic, ...]:
    """Returns the subjects that a question names, the longest name first."""
    topics = []
    for run in runs_of(text, list(names.subjects), language):
        inside = [
            terms for span, terms in names.subjects.items() if run.start <= span.start < run.end
        ]
        terms = frozenset().union(*inside)
        topics.append(Topic(text[run.start : run.end], terms, terms))
    return tuple(sorted(topics, key=lambda topic: -len(topic.name)))


def _recalled(names: Names, context: Context, index: Index) -> Topic | None:
    """Returns the earlier topic of whose name a question says most; the latest of equals."""
    said = frozenset().union(
        *names.subjects.values(), *names.others.values(), *names.plain.values()
    )
    weights = [
        sum(index.lexical.idf(term) for term in topic.recalled_by & said)
        for topic in context.topics
    ]
    best = max(weights, default=0.0)
    return context.topics[weights.index(best)] if best else None


def _is_elliptical(text: str, language: str) -> bool:
    """Tells whether a question has neither a word that asks nor room for a verb."""
    understanding = load_texts(language).understanding
    flat = flatten(text)
    words = flat.split()
    opened = re.match(rf"(?:{'|'.join(understanding.openings)})\b", flat)
    rest = words[len(opened[0].split()) :] if opened else words
    if set(rest) & set(understanding.interrogatives):
        return False
    return bool(opened) or len(words) <= _SHORT


def _points_back(text: str, language: str) -> bool:
    """Tells whether a question has a word that stands for something said before."""
    understanding = load_texts(language).understanding
    flat = flatten(text)
    pointing = "|".join(map(re.escape, understanding.pointers))
    opening = "|".join(map(re.escape, understanding.openings))
    return bool(re.search(rf"\b(?:{pointing})\b", flat) or re.match(rf"(?:{opening})\b", flat))


def _terms(text: str, index: Index) -> frozenset[str]:
    return frozenset(index.lexical.analyser.question(fold(text)))
