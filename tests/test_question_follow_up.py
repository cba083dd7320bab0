"""Questions that go on from what was said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from assistant.conversation import Assistant
from assistant.domain import Span
from assistant.index import Index
from assistant.question import Context, Form, Question, Topic, names_in, understand
from assistant.question.follow_up import read, runs_of, without

FUND = Topic(
    "Fonds pour la transition juste", frozenset({"=FTJ"}), frozenset({"=FTJ", "fond", "fund"})
)


@pytest.fixture(scope="module")
def index(assistant: Assistant) -> Index:
    """The index of the project's own corpus."""
    return assistant.index


def _after(question: Question, *earlier: Topic) -> Context:
    """Returns what can be gone on from when a question was the last one."""
    return Context(
        language=question.language,
        topics=(*question.topics, *earlier),
        question=question.frame,
        kinds=question.kinds,
        counted=question.counted,
        form=question.form,
    )


def _ask(index: Index, *texts: str) -> Question:
    """Asks one question after the other and returns the last one, understood."""
    context: Context | None = None
    for text in texts:
        question = understand(text, index, context)
        earlier: list[Topic] = [
            topic
            for topic in (context.topics if context else ())
            if not any(topic.terms & other.terms for other in question.topics)
        ]
        context = _after(question, *earlier)
    return question


def _spans(text: str, words: list[str]) -> list[Span]:
    return [Span(text.index(word), text.index(word) + len(word)) for word in words]


def _words(text: str, spans: Iterable[Span]) -> list[str]:
    return [text[span.start : span.end] for span in sorted(spans, key=lambda span: span.start)]


# The topic goes on.


@pytest.mark.parametrize(
    ("first", "second", "standalone"),
    [
        (
            "Quand le Louvre-Lens a-t-il ouvert ?",
            "Combien a-t-il coûté ?",
            "Louvre-Lens : Combien a-t-il coûté ?",
        ),
        (
            "Qui a conçu le Parc des Îles ?",
            "Quelle est sa superficie ?",
            "Parc des Îles : Quelle est sa superficie ?",
        ),
        (
            "C'est quoi l'ERBM ?",
            "Il concerne combien de communes ?",
            "ERBM : Il concerne combien de communes ?",
        ),
        ("Parlez-moi du Métaphone", "quand ?", "Métaphone : quand ?"),
        (
            "When did the Louvre-Lens open?",
            "How much did it cost?",
            "Louvre-Lens : How much did it cost?",
        ),
        (
            "How much did the ERDF give to PROSPECTS?",
            "and when did it start?",
            "PROSPECTS : and when did it start?",
        ),
        (
            "Wann wurde das Louvre-Lens eröffnet?",
            "Wie viel hat es gekostet?",
            "Louvre-Lens : Wie viel hat es gekostet?",
        ),
        (
            "Quando ha aperto il Louvre-Lens?",
            "Quanto è costato?",
            "Louvre-Lens : Quanto è costato?",
        ),
    ],
)
def test_question_without_a_subject_gets_the_topic(
    index: Index, first: str, second: str, standalone: str
) -> None:
    """What the visitor goes on about is put before the question, which keeps its words."""
    question = _ask(index, first, second)
    assert (question.standalone, question.text) == (standalone, second)
    assert question.follows
    assert question.topics == understand(first, index).topics
    assert question.subjects == question.topics[0].terms


def test_topic_lasts_for_many_turns(index: Index) -> None:
    """Question after question is about the same thing until another one is named."""
    question = _ask(
        index,
        "Quand le Louvre-Lens a-t-il ouvert ?",
        "Combien a-t-il coûté ?",
        "Qui l'a financé ?",
        "Pourquoi ?",
    )
    assert question.standalone == "Louvre-Lens : Pourquoi ?"


@pytest.mark.parametrize(
    ("second", "alone"),
    [
        ("Quelle est sa superficie ?", []),
        ("Et combien a-t-il coûté ?", []),
        ("Combien de concerts ?", ["Combien de concerts ?"]),
        ("quand ?", ["quand ?"]),
        (
            "À quoi ça sert, tout cet argent, dans la région ?",
            ["À quoi ça sert, tout cet argent, dans la région ?"],
        ),
    ],
)
def test_question_that_points_back_cannot_stand_alone(
    index: Index, second: str, alone: list[str]
) -> None:
    """Without « sa », « il » or « et », or in many words, it may also be one of its own."""
    question = _ask(index, "Parlez-moi du Métaphone", second)
    assert question.standalone == f"Métaphone : {second}"
    assert [one.standalone for one in question.readings] == alone


# A new name.


@pytest.mark.parametrize(
    ("first", "second", "kept", "gone"),
    [
        (
            "Combien la Région a-t-elle donné au Louvre-Lens ?",
            "Et le Département ?",
            ["Combien", "donné", "Louvre-Lens", "Et le Département ?"],
            "Région",
        ),
        (
            "Combien le Département a-t-il donné au Louvre-Lens ?",
            "Et la Région ?",
            ["Combien", "donné", "Louvre-Lens", "Et la Région ?"],
            "Département",
        ),
        (
            "How much did the Region contribute to the Louvre-Lens?",
            "And the Department?",
            ["How much", "contribute", "Louvre-Lens", "And the Department?"],
            "Region",
        ),
        (
            "Wie viel Geld hat die Région dem Louvre-Lens gegeben?",
            "Und das Département?",
            ["Wie viel Geld", "gegeben", "Louvre-Lens", "Und das Département?"],
            "Région",
        ),
        (
            "Quanto ha dato la Région al Louvre-Lens?",
            "E il Département?",
            ["Quanto ha dato", "Louvre-Lens", "E il Département?"],
            "Région",
        ),
    ],
)
def test_new_actor_takes_the_place_of_the_old_one(
    index: Index, first: str, second: str, kept: list[str], gone: str
) -> None:
    """« Et la Région ? » asks the question before about the Region, for the same project."""
    question = _ask(index, first, second)
    assert all(part in question.standalone for part in kept)
    assert gone not in question.standalone
    assert question.follows
    assert question.kinds == {"amount"}
    assert [topic.name for topic in question.topics] == ["Louvre-Lens"]


def test_actors_follow_one_another(index: Index) -> None:
    """A third actor takes the place of the second, and none of them is left over."""
    question = _ask(
        index,
        "Combien la Région a-t-elle donné au Louvre-Lens ?",
        "Et le Département ?",
        "Et l'Union européenne ?",
    )
    assert "Louvre-Lens" in question.standalone
    assert question.standalone.endswith("Et l'Union européenne ?")
    assert "Région" not in question.standalone
    assert "Département" not in question.standalone


@pytest.mark.parametrize(
    ("first", "second", "asked"),
    [
        ("Quel est le budget de PROSPECTS ?", "Et la Cité des Électriciens ?", "budget"),
        ("Quel est le budget de PROSPECTS ?", "Et celui de la Cité des Électriciens ?", "budget"),
        ("What is the budget of PROSPECTS?", "And the Cité des Électriciens?", "budget"),
        ("Wie hoch ist das Budget von PROSPECTS?", "Und die Cité des Électriciens?", "Budget"),
        ("Qual è il budget di PROSPECTS?", "E la Cité des Électriciens?", "budget"),
    ],
)
def test_new_project_takes_the_place_of_the_old_one(
    index: Index, first: str, second: str, asked: str
) -> None:
    """A bare name asks the question before about another project."""
    question = _ask(index, first, second)
    assert asked in question.standalone
    assert question.standalone.endswith(second)
    assert "PROSPECTS" not in question.standalone
    assert question.kinds == {"amount"}
    assert [topic.name for topic in question.topics] == ["Cité des Électriciens"]
    assert (question.follows, question.text) == (True, second)


def test_bare_name_asks_for_the_same_kind_of_thing(index: Index) -> None:
    """What was counted and how it was put go on with the question."""
    first = understand("Combien de partenaires compte PROSPECTS ?", index)
    question = understand("Et le Louvre-Lens ?", index, _after(first))
    assert question.kinds == {"number"}
    assert question.counted == first.counted == "partenair"
    assert question.form is Form.FACT


# A new subject, and an earlier one.


@pytest.mark.parametrize(
    ("first", "second", "topic"),
    [
        ("Quel est le budget de PROSPECTS ?", "Qui a conçu le Parc des Îles ?", "Parc des Îles"),
        ("Quand le Louvre-Lens a-t-il ouvert ?", "Et l'ERBM, c'est quoi ?", "ERBM"),
        ("When did the Louvre-Lens open?", "Who designed the Parc des Îles?", "Parc des Îles"),
        ("Wann wurde das Louvre-Lens eröffnet?", "Was ist der ERBM?", "ERBM"),
        ("Quando ha aperto il Louvre-Lens?", "Che cos'è l'ERBM?", "ERBM"),
    ],
)
def test_new_subject_drops_the_old(index: Index, first: str, second: str, topic: str) -> None:
    """A question that names its own subject is searched as it was typed."""
    question = _ask(index, first, second)
    assert question.standalone == second
    assert not question.follows
    assert [one.name for one in question.topics] == [topic]


def test_new_subject_brings_no_kind_along(index: Index) -> None:
    """A definition asked after an amount asks for no amount."""
    question = _ask(index, "Quel est le budget de PROSPECTS ?", "C'est quoi l'ERBM ?")
    assert (question.kinds, question.form) == (frozenset(), Form.DEFINITION)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "pour le fonds, il a été lancé quand ?"),
        ("fr", "Combien d'emplois le fonds doit-il créer ?"),
        ("en", "How many jobs will the fund bring?"),
        ("de", "Wann wurde der Fonds gestartet?"),
    ],
)
def test_word_of_an_earlier_topic_brings_it_back(index: Index, language: str, text: str) -> None:
    """One word of what was talked about before the last question is enough to return to it."""
    last = replace(_after(understand("Qui a conçu le Parc des Îles ?", index)), language=language)
    question = understand(text, index, replace(last, topics=(*last.topics, FUND)))
    assert question.standalone == f"Fonds pour la transition juste : {text}"
    assert question.topics == (FUND,)


def test_latest_topic_goes_before_those_not_mentioned(index: Index) -> None:
    """A question without a word of an earlier topic is about the latest."""
    last = _after(understand("Qui a conçu le Parc des Îles ?", index), FUND)
    question = understand("Combien a-t-il coûté ?", index, last)
    assert question.standalone == "Parc des Îles : Combien a-t-il coûté ?"


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        (
            "Où se trouve la Cité des Électriciens ?",
            "Quand la cité a-t-elle ouvert ?",
            "Cité des Électriciens",
        ),
        (
            "Where is the Cité des Électriciens?",
            "When did the Cité open?",
            "Cité des Électriciens",
        ),
        ("Wo liegt der Parc des Îles?", "Wann wurde der Parc eröffnet?", "Parc des Îles"),
        (
            "Dove si trova la Cité des Électriciens?",
            "Quando ha aperto la Cité?",
            "Cité des Électriciens",
        ),
    ],
)
def test_shortened_name_is_the_whole_name(index: Index, first: str, second: str, name: str) -> None:
    """Part of the name of the topic is the topic, not something else of that name."""
    question = _ask(index, first, second)
    assert question.standalone == f"{name} : {second}"
    assert [topic.name for topic in question.topics] == [name]
    assert question.follows


# The beginning.


@pytest.mark.parametrize(
    "text",
    [
        "Et la Région ?",
        "Combien a-t-il coûté ?",
        "Quelle est sa superficie ?",
        "How much did it cost?",
        "And the Region?",
        "Wie viel hat es gekostet?",
        "Und die Region?",
        "Quanto è costato?",
        "E la Regione?",
    ],
)
@pytest.mark.parametrize("context", [None, Context("fr"), Context("fr", (FUND,))])
def test_nothing_is_added_at_the_beginning(
    index: Index, text: str, context: Context | None
) -> None:
    """Before anything was asked, a question is searched as it was typed."""
    question = understand(text, index, context)
    assert question.standalone == text
    assert not question.follows
    assert question.readings == ()
    assert question.topics == ()


def test_nothing_is_added_when_nothing_is_known(index: Index) -> None:
    """After a question that named nothing there is nothing to go on from."""
    first = understand("Combien de terrils y a-t-il ?", index)
    question = understand("Qui les gère ?", index, _after(first))
    assert first.topics == ()
    assert (question.standalone, question.follows) == ("Qui les gère ?", False)


@pytest.mark.parametrize(
    ("first", "language"),
    [
        ("Where is the Louvre-Lens?", "en"),
        ("Wo liegt das Louvre-Lens?", "de"),
        ("Dove si trova il Louvre-Lens?", "it"),
        ("Où se trouve le Louvre-Lens ?", "fr"),
    ],
)
def test_few_words_are_in_the_language_before(index: Index, first: str, language: str) -> None:
    """A bare name after a question is in the language of that question."""
    assert _ask(index, first, "Métaphone ?").language == language


def test_whole_question_changes_the_language(index: Index) -> None:
    """A visitor may go on in another language, about the same thing."""
    question = _ask(index, "Quand le Louvre-Lens a-t-il ouvert ?", "How much did it cost in total?")
    assert question.language == "en"
    assert question.standalone == "Louvre-Lens : How much did it cost in total?"


# The pieces.


def test_reading_of_a_question_without_context(index: Index) -> None:
    """Alone, a question is read as it is, with the names it holds, the longest first."""
    text = "Le Métaphone et le Parc des Îles ont-ils ouvert ?"
    (reading,) = read(text, "fr", frozenset(), None, index)
    assert (reading.standalone, reading.follows, reading.carries) == (text, False, False)
    assert [topic.name for topic in reading.topics] == ["Parc des Îles", "Métaphone"]


def test_reading_of_a_bare_name_carries_the_kind(index: Index) -> None:
    """A bare name carries what was asked for; a question with a kind of its own does not."""
    context = _after(understand("Quel est le budget de PROSPECTS ?", index))
    (bare,) = read("Et le Louvre-Lens ?", "fr", frozenset(), context, index)
    (dated,) = read("Et le Louvre-Lens ?", "fr", frozenset({"date"}), context, index)
    assert (bare.carries, bare.standalone) == (True, "Quel est le budget ? Et le Louvre-Lens ?")
    assert bare.frame == "Quel est le budget ?"
    assert (dated.carries, dated.standalone) == (False, "Et le Louvre-Lens ?")


@pytest.mark.parametrize(
    ("text", "subjects", "others", "plain"),
    [
        (
            "Le 9-9bis d'Oignies et le FEDER",
            ["9-9bis", "Oignies"],
            ["FEDER"],
            [],
        ),
        (
            "la Région et le Département financent le Louvre-Lens",
            ["Louvre-Lens"],
            ["Région", "Département"],
            ["financent"],
        ),
        ("Quelle superficie a le parc des iles ?", ["parc", "iles"], [], ["superficie"]),
        (
            "Destination Terrils 2 concerne quoi ?",
            ["Destination", "Terrils", "2"],
            [],
            ["concerne"],
        ),
        ("l'opération 201505307", ["201505307"], [], ["opération"]),
        ("en 2012", [], [], ["2012"]),
        ("Quelle piscine ?", [], [], ["piscine"]),
        ("", [], [], []),
    ],
)
def test_names_of_a_question(
    index: Index, text: str, subjects: list[str], others: list[str], plain: list[str]
) -> None:
    """Names of few texts are subjects, names of many are actors, and all else is plain."""
    names = names_in(text, index)
    assert _words(text, names.subjects) == subjects
    assert _words(text, names.others) == others
    assert _words(text, names.plain) == plain
    assert names.subject_terms == frozenset().union(*names.subjects.values())


@pytest.mark.parametrize(
    ("text", "words", "language", "left"),
    [
        ("Combien la Région a-t-elle donné ?", ["Région"], "fr", "Combien a-t-elle donné ?"),
        ("Le budget de PROSPECTS et du reste", ["PROSPECTS"], "fr", "Le budget et du reste"),
        ("l’aide de l’Europe, en 2012", ["Europe"], "fr", "l’aide, en 2012"),
        ("Who paid, the Region or Lens?", ["Region", "Lens"], "en", "Who paid, or?"),
        ("Wer hat das Geld von der Region?", ["Region"], "de", "Wer hat das Geld?"),
        ("Quanto ha dato la Regione?", ["Regione"], "it", "Quanto ha dato?"),
        ("La mine a fermé.", [], "fr", "La mine a fermé."),
    ],
)
def test_words_go_with_their_determiners(
    text: str, words: list[str], language: str, left: str
) -> None:
    """A name that is taken out leaves neither its article nor a blank before the mark."""
    assert without(text, _spans(text, words), language) == left


@pytest.mark.parametrize(
    ("text", "words", "language", "runs"),
    [
        ("le Parc des Îles à Drocourt", ["Parc", "Îles"], "fr", ["Parc des Îles"]),
        ("the Parc des Îles", ["Parc", "Îles"], "en", ["Parc des Îles"]),
        ("Louvre, Lens", ["Louvre", "Lens"], "fr", ["Louvre", "Lens"]),
        ("Parc et Îles", ["Parc", "Îles"], "fr", ["Parc", "Îles"]),
        ("Base 11/19", ["11/19", "Base"], "fr", ["Base 11/19"]),
        ("Fund for the Region", ["Fund", "Region"], "en", ["Fund for the Region"]),
        ("Parc des du de la des Îles", ["Parc", "Îles"], "fr", ["Parc", "Îles"]),
        ("", [], "fr", []),
    ],
)
def test_words_of_one_name_stay_together(
    text: str, words: list[str], language: str, runs: list[str]
) -> None:
    """Small words tie the words of a name; a comma, an « et » and a long gap part two names."""
    found = runs_of(text, _spans(text, words), language)
    assert [text[span.start : span.end] for span in found] == runs
