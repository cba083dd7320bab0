"""The language of source texts and of questions."""

from __future__ import annotations

import pytest

from assistant.language import detect_language, identify, is_unsupported
from assistant.texts import LANGUAGES

SENTENCES = {
    "fr": "Le bassin minier est inscrit au patrimoine mondial depuis l’année 2012.",
    "en": "The mining basin has been on the world heritage list since the year 2012.",
    "de": "Das Bergbaubecken steht seit dem Jahr 2012 auf der Liste des Welterbes.",
    "nl": "Het mijnbekken staat sinds het jaar 2012 op de lijst van het werelderfgoed.",
    "pl": "Zagłębie górnicze jest na liście światowego dziedzictwa od 2012 roku.",
    "es": "La cuenca minera está en la lista del patrimonio mundial desde el año 2012.",
    "it": "Il bacino minerario è nella lista del patrimonio mondiale dall’anno 2012.",
}


def test_every_language_is_tried() -> None:
    """There is a sentence for each language that the assistant speaks."""
    assert SENTENCES.keys() == set(LANGUAGES)


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_language_of_a_source_text(language: str, sentence: str) -> None:
    """A sentence is enough, in capitals and without accents too where letters suffice."""
    assert identify(sentence) == language
    assert identify(f"{sentence}\n\n" * 20) == language


@pytest.mark.parametrize("text", ["", " \n", "12 345", "…", "\U0001f642" * 9])
def test_text_without_words_has_some_language(text: str) -> None:
    """What has no letters breaks nothing, and gives a language that the assistant speaks."""
    assert identify(text) in LANGUAGES


def test_other_languages_are_taken_for_one_that_is_spoken() -> None:
    """A text in a language that the assistant does not speak is never named by it."""
    assert identify("Olá, o património mundial da bacia mineira é muito bonito.") in LANGUAGES


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_language_of_a_question(language: str, sentence: str) -> None:
    """A whole sentence that a visitor types is told by its frequent words."""
    assert detect_language(sentence) == language


@pytest.mark.parametrize(
    "text",
    [
        "Quanto custou o museu do Louvre em Lens e quem pagou?",
        "Bună ziua, cât a costat muzeul Luvru din Lens?",
        "Mennyibe került a Louvre-Lens múzeum megépítése?",
        "Kolik stálo muzeum Louvre-Lens a kdo ho zaplatil?",
        "Hur mycket kostade museet Louvre-Lens att bygga?",
        "Louvre-Lens müzesi ne kadara mal oldu acaba?",
        "Сколько стоил музей Лувр-Ланс?",
        "Πόσο κόστισε το μουσείο;",
        "كم تكلفة متحف اللوفر لانس؟",
        "卢浮宫朗斯分馆花了多少钱?",
        "Дякую",
        "Сколько стоил Louvre?",
    ],
)
def test_other_language_is_told(text: str) -> None:
    """A question in a language that the assistant does not speak is known to be in none of its."""
    assert is_unsupported(text)


@pytest.mark.parametrize(
    "text",
    [
        *SENTENCES.values(),
        "Le Louvre-Lens a coûté combien ?",
        "Kto zaprojektował Parc des Îles w Drocourt?",
        "¿Cuánto costó el Louvre-Lens?",
        "Parc des Îles Drocourt Rouvroy Hénin-Beaumont",
        "Association des communes minières de France",
        "terrils Loos-en-Gohelle Oignies Lens Liévin",
        "budget ERBM 2017 communes Lens Liévin",
        "cité électriciens bruay buissière logement visite",
        "Louvre-Lens (卢浮宫), ouvert quand ?",
    ],
)
def test_spoken_language_and_names_are_no_other_language(text: str) -> None:
    """Questions in the seven languages and lists of names are never excused for."""
    assert not is_unsupported(text)


@pytest.mark.parametrize("text", ["", " ", "12 345", "…", "Olá", "Quanto custou?", "ADITEC"])
def test_few_words_are_not_told_to_be_in_another_language(text: str) -> None:
    """Too few words in Latin letters to be sure are read as well as can be."""
    assert not is_unsupported(text)
