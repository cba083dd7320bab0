"""Everything that is understood of a question, as one record."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from assistant.domain import Span
from assistant.index import Index
from assistant.language import detect_language, identify, is_unsupported
from assistant.question.asked import Form, counted_in, form_of, kinds_of
from assistant.question.budget import Budget
from assistant.question.cleaning import clean
from assistant.question.follow_up import Context, Reading, Topic, names_in, read, runs_of, without
from assistant.question.intents import Refusal, SmallTalk, read_intent
from assistant.question.patterns import flatten
from assistant.spelling import DICTIONARIES, dictionary, fold
from assistant.texts import load_texts
from assistant.vocabulary import Vocabulary

_LETTERS: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_INNER_CAPITAL: Final = re.compile(
    r"(?<=[a-zà-ÿ,'’] )[A-ZÀ-Ý][^\W\d_]{3,}|(?<=['’])[A-ZÀ-Ý][^\W\d_]{3,}"
)
_FEW_WORDS: Final = 6
_SENTENCE_END: Final = re.compile(r"(?<=[?!.])\s+(?=\S)")
_ORDERS: Final = (Refusal.INSTRUCTION, Refusal.INVENTION)
_MOST_SENTENCES: Final = 5
"""Sentences of a text that are each looked at for an order."""
_SHORTEST_PART: Final = 2
_MOST_PARTS: Final = 3
_TWO: Final = 2


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood.

    Attributes:
        text: what the visitor typed, cleaned.
        standalone: the same as it would be asked with nothing said before, corrected.
        language: one of `LANGUAGES`.
        kinds: kinds of thing that answer it (`asked.KINDS`); empty when any sentence may.
        counted: term of the thing that is counted when a number is asked for, or None.
        form: how the answer is put.
        compared: whether it asks for the value of one of several things that are compared.
        topics: what it is about, when it is known; the main one first.
        subjects: terms of the names that it is about.
        follows: whether it goes on from what was said before.
        frame: what a next question that is nothing but a new name is put into.
        readings: other ways in which it may be meant.
        leaning: see `Reading`.
        small_talk: set when nothing is asked.
        refusal: set when something is asked that the assistant does not do.
        excused: whether it is in a language that the assistant does not speak.
        unknown_name: a name in it that no source has, or None.
    """

    text: str
    standalone: str
    language: str
    kinds: frozenset[str] = frozenset()
    counted: str | None = None
    form: Form = Form.FACT
    compared: bool = False
    topics: tuple[Topic, ...] = ()
    subjects: frozenset[str] = frozenset()
    follows: bool = False
    frame: str = ""
    readings: tuple[Question, ...] = ()
    leaning: float = 0.0
    small_talk: SmallTalk | None = None
    refusal: Refusal | None = None
    excused: bool = False
    unknown_name: str | None = None


def prepare() -> None:
    """Loads what understanding needs, so that the first visitor does not wait for it."""
    for language in DICTIONARIES:
        dictionary(language)
    read_intent("quatre mots sans rien")
    is_unsupported("quatre mots sans rien")
    identify("quatre mots sans rien")


def understand(
    text: str, index: Index, context: Context | None = None, budget: Budget | None = None
) -> Question:
    """Reads a question.

    Once the budget is used up, patterns and spelling are done without: the question is searched for
    as it was typed.

    Args:
        text: what was typed.
        index: its words and names are those that a question is matched with.
        context: what was said before; None at the beginning of a conversation.
        budget: the time that it may take; None sets no limit.

    Raises:
        QuestionError: the text cannot be a question.
    """
    budget = budget or Budget()
    cleaned = clean(text)
    flat = flatten(cleaned)
    language = _language(cleaned, flat, context)
    excused = is_unsupported(cleaned)
    intent = None if excused else _intent(cleaned, index)
    if isinstance(intent, SmallTalk):
        return Question(cleaned, cleaned, language, small_talk=intent)
    if isinstance(intent, Refusal):
        return Question(cleaned, cleaned, language, refusal=intent)
    if excused:
        language = "en"
    corrected = cleaned if excused else _corrected(cleaned, language, index.vocabulary, budget)
    flat = flatten(corrected)
    kinds = kinds_of(flat, language) if budget.left() else frozenset()
    readings = read(corrected, language, kinds, context, index)
    question = Question(
        text=cleaned,
        standalone=corrected,
        language=language,
        kinds=kinds,
        counted=counted_in(flat, language) if "number" in kinds else None,
        form=form_of(corrected, flat, language, kinds) if budget.left() else Form.FACT,
        excused=excused,
        unknown_name=(
            None if excused or not budget.left() else _unknown_name(corrected, language, index)
        ),
    )
    first, *others = (_meant(question, one, context, index) for one in readings)
    return replace(first, readings=tuple(others))


def _intent(text: str, index: Index) -> SmallTalk | Refusal | None:
    """Returns what a text is when it is no question, or None.

    An order may stand behind a question; small talk names nothing that sources are about.
    """
    sentences = [one for one in _SENTENCE_END.split(text) if one.strip()]
    for sentence in sentences[:_MOST_SENTENCES] if len(sentences) > 1 else ():
        if (intent := read_intent(sentence)) in _ORDERS:
            return intent
    intent = read_intent(text)
    if isinstance(intent, SmallTalk) and names_in(text, index).subjects:
        return None
    return intent


def _meant(question: Question, reading: Reading, context: Context | None, index: Index) -> Question:
    """Returns a question in one of the ways in which it may be meant."""
    meant = replace(
        question,
        standalone=reading.standalone,
        topics=reading.topics,
        subjects=names_in(reading.standalone, index).subject_terms,
        follows=reading.follows,
        frame=reading.frame or reading.standalone,
        leaning=reading.leaning,
    )
    if reading.carries and context is not None and not question.kinds:
        # « Combien de terrils ? » then « Et de puits ? »: something else is counted.
        plain = [
            term for one in names_in(question.standalone, index).plain.values() for term in one
        ]
        counted = plain[0] if context.counted and plain else context.counted
        meant = replace(meant, kinds=context.kinds, counted=counted, form=context.form)
    return meant


def split(
    question: Question, index: Index, context: Context | None, budget: Budget | None = None
) -> list[Question]:
    """Returns the questions in one: two sentences, or the two things that are compared.

    Args:
        question: what was understood of the whole.
        index: as for `understand`.
        context: what was said before.
        budget: what understanding the whole left of it is for the parts.
    """
    if question.form is Form.COMPARISON and (compared := _compared(question, index)):
        return compared
    texts = parts_of(question.text, question.language)
    if len(texts) == 1:
        return [question]
    questions = []
    for text in texts:
        part = understand(text, index, context, budget)
        if part.small_talk or part.refusal:
            continue
        questions.append(replace(part, language=question.language))
        # The second question may be about what the first one named.
        context = Context(
            language=question.language,
            topics=part.topics,
            question=part.frame,
        )
    return questions or [question]


def _compared(question: Question, index: Index) -> list[Question]:
    """Returns the same question about each of the things that one compares."""
    text = question.standalone
    names = names_in(text, index)
    runs = runs_of(text, list(names.subjects), question.language)
    kept: list[Span] = []
    # « plus grand » is no name, though the corpus has a « Grand parc ».
    runs = [
        run for run in runs if not text[run.start : run.end].isalpha() or text[run.start].isupper()
    ]
    if len(runs) < _TWO:
        # Of two bodies and one project, the project stays in both questions.
        kept, runs = runs, runs_of(text, list(names.others), question.language)
    if len(runs) < _TWO:
        return []
    questions = []
    for run in runs[:_MOST_PARTS]:
        others = [other for other in runs if other != run and other not in kept]
        alone = without(text, others, question.language)
        subjects = names_in(alone, index).subject_terms
        questions.append(
            replace(
                question,
                text=text[run.start : run.end],
                standalone=alone,
                # Asked for nothing in particular, one says what each of them is.
                form=Form.FACT if question.kinds else Form.DEFINITION,
                compared=bool(question.kinds),
                subjects=subjects,
                topics=(Topic(text[run.start : run.end], subjects, subjects),),
            )
        )
    return questions


def parts_of(text: str, language: str) -> list[str]:
    """Returns the questions that a text asks, at most three; most ask one.

    « Quand la cokerie a-t-elle fermé, et combien d'ouvriers y travaillaient ? » asks two.
    """
    understanding = load_texts(language).understanding
    asking = "|".join(understanding.interrogatives)
    asks = re.compile(rf"\b(?:{asking})\b")
    tied = "|".join(map(re.escape, understanding.conjunctions))
    # Folding letter by letter keeps the places.
    same_length = "".join(fold(char)[:1] or " " for char in text)
    second = re.compile(rf"(?:,\s*|\s)(?:{tied})\s+(?=(?:\w{{1,5}}\s+)?(?:{asking})\b)")
    parts = []
    for sentence in _split(text, [match.span() for match in _SENTENCE_END.finditer(text)]):
        left = same_length[text.index(sentence) :][: len(sentence)]
        first = asks.search(left)
        cuts = [
            match.span()
            for match in second.finditer(left)
            if first and first.end() <= match.start()
        ]
        parts += [(part, bool(cuts)) for part in _split(sentence, cuts)]
    asking_parts = [
        part
        for part, cut in parts
        if (cut or part.endswith("?")) and len(flatten(part).split()) >= _SHORTEST_PART
    ]
    return asking_parts[:_MOST_PARTS] if len(asking_parts) > 1 else [text]


def _split(text: str, cuts: list[tuple[int, int]]) -> list[str]:
    """Returns what is left of a text when some spans are cut out of it."""
    bounds = [(0, 0), *cuts, (len(text), len(text))]
    return [text[left[1] : right[0]].strip() for left, right in pairwise(bounds)]


def _language(text: str, flat: str, context: Context | None) -> str:
    """A few words after others are most likely in the same language."""
    language = detect_language(text)
    if context is None or language == context.language:
        return language
    words = flat.split()
    frequent = set(map(fold, load_texts(language).understanding.frequent_words))
    before = set(map(fold, load_texts(context.language).understanding.frequent_words))
    told = sum(word in frequent for word in words)
    if len(words) <= _FEW_WORDS and told <= sum(word in before for word in words) + 1:
        return context.language
    return language


def _unknown_name(text: str, language: str, index: Index) -> str | None:
    """Returns a capitalised word inside a question that is no word of its language nor of a source.

    « Le parc de Chambord » is no park of these sources.
    """
    if language not in DICTIONARIES:
        return None
    for match in _INNER_CAPITAL.finditer(text):
        word = match[0]
        terms = index.question_terms(word)
        known = any(len(index.lexical.rows(term)) for term in terms)
        if terms and not known and fold(word) not in dictionary(language):
            return word
    return None


def _corrected(text: str, language: str, vocabulary: Vocabulary, budget: Budget) -> str:
    def correct(match: re.Match[str]) -> str:
        if not budget.left():
            return match[0]
        head, mark, word = match[0].rpartition("'" if "'" in match[0] else "’")
        return head + mark + (vocabulary.correct(word, language) or word)

    return _LETTERS.sub(correct, text)
