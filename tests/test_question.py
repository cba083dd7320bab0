"""Understanding a question."""

from __future__ import annotations

import pytest

from assistant.errors import QuestionError
from assistant.language import detect_language
from assistant.question import MAX_CHARACTERS, SmallTalk, clean, understand


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Où le Parc des îles a-t-il été aménagé ?", "fr"),
        ("cest quoi le parc des iles", "fr"),
        ("terrils 9 9 bis", "fr"),
        ("ADITEC", "fr"),
        ("11/19", "fr"),
        ("tourisme", "fr"),
        ("Which European fund helps people get back to work?", "en"),
        ("Who finances the Louvre-Lens?", "en"),
        ("Welcher Fonds hilft Menschen bei der Rückkehr in die Arbeit?", "de"),
        ("Waar werd het Parc des îles aangelegd?", "nl"),
        ("Gdzie powstał park wysp?", "pl"),
        ("¿Qué museo se instaló en Lens?", "es"),
        ("Dove si trova il museo del Louvre-Lens?", "it"),
    ],
)
def test_language_is_the_visitors(text: str, language: str) -> None:
    """The language of a question is recognised; a bare name counts as French."""
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Combien coûte le Louvre-Lens ?", {"amount"}),
        ("Quel est le budget de PROSPECTS ?", {"amount"}),
        ("Quand le Louvre-Lens a-t-il ouvert ?", {"date"}),
        ("En quelle année la cokerie a-t-elle fermé ?", {"date"}),
        ("Combien de terrils y a-t-il ?", {"number"}),
        ("Quel est le numéro de téléphone du Parc des îles ?", {"contact"}),
        ("Quels sont les horaires du musée ?", {"hours"}),
        ("How much did the museum cost?", {"amount"}),
        ("How many slag heaps are there?", {"number"}),
        ("When did the mine close?", {"date"}),
        ("Wann wurde das Museum eröffnet?", {"date"}),
        ("Hoeveel kost het museum?", {"amount"}),
        ("Kiedy otwarto muzeum?", {"date"}),
        ("¿Cuánto cuesta el museo?", {"amount"}),
        ("Quando è stato aperto il museo?", {"date"}),
        ("Où le Parc des îles a-t-il été aménagé ?", set()),
        ("Qui finance l'insertion ?", set()),
    ],
)
def test_kind_of_answer_is_recognised(text: str, kinds: set[str]) -> None:
    """What a question asks for is read from its words, in each language."""
    assert understand(text).kinds == kinds


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u00a0"])
def test_nothing_is_not_a_question(text: str) -> None:
    """Blanks alone are refused as empty."""
    with pytest.raises(QuestionError) as refused:
        understand(text)
    assert refused.value.code == "empty"


@pytest.mark.parametrize("text", ["\x00\x01\x02", "\u200b\u200e", "???", "🙂🙂", "\ud800"])
def test_nothing_readable_is_not_a_question(text: str) -> None:
    """Control characters, signs, pictures and broken characters alone are refused."""
    with pytest.raises(QuestionError) as refused:
        understand(text)
    assert refused.value.code == "unreadable"


def test_longest_question_is_eight_thousand_characters() -> None:
    """8,000 characters pass, one more does not."""
    assert clean("a" * MAX_CHARACTERS) == "a" * 8_000
    with pytest.raises(QuestionError) as refused:
        clean("a" * 8_001)
    assert refused.value.code == "too_long"
    assert "8,001" in str(refused.value)


def test_control_characters_become_blanks() -> None:
    """A readable question keeps its words and loses what cannot be seen."""
    assert clean("  Parc\x00des\tîles\u200b ?\n") == "Parc des îles ?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bonjour !", SmallTalk.GREETING),
        ("hello", SmallTalk.GREETING),
        ("Merci beaucoup.", SmallTalk.THANKS),
        ("Dziękuję!", SmallTalk.THANKS),
        ("Bonjour, où est le Parc des îles ?", None),
        ("merci de me dire où est le parc", None),
    ],
)
def test_small_talk_is_told_from_questions(text: str, expected: SmallTalk | None) -> None:
    """A greeting alone is small talk; a question that begins with one is a question."""
    assert understand(text).small_talk is expected
