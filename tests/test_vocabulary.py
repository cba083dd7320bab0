"""The words of the corpus, and what visitors meant by words that it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.conversation import Assistant
from assistant.lexical import analyse
from assistant.spelling import DICTIONARIES, dictionary, fold
from assistant.vocabulary import Vocabulary

TEXTS = (
    "Le Métaphone accueille des concerts. À Oignies, le Métaphone a ouvert en 2013.",
    "Le Parlement siège loin de Oignies. On y parlera des terrils, et la cokerie de Drocourt a "
    "été fermée. La superficie est grande pour une agglomération.",
    "L’économie et le patrimoine : les terrils, le patrimoine.",
)


def _term(word: str) -> str:
    return analyse(word)[0]


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    """The words of three short texts."""
    return Vocabulary.build(TEXTS)


@pytest.fixture(scope="module")
def corpus(assistant: Assistant) -> Vocabulary:
    """The words of the project's own corpus."""
    return assistant.index.vocabulary


def test_every_word_that_means_something_is_kept(words: Vocabulary) -> None:
    """The vocabulary holds the terms of the texts' words; articles and numbers are not in it."""
    terms = {term for text in TEXTS for term in analyse(text) if not term.isdigit()}
    assert len(words) == len(terms)
    assert all(term in words for term in terms)
    assert "le" not in words
    assert "2013" not in words


def test_no_texts_give_no_words() -> None:
    """An empty corpus has an empty vocabulary, with which nothing is corrected."""
    empty = Vocabulary.build([])
    assert len(empty) == 0
    assert empty.correct("terils", "fr") is None


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Métaphone", True),
        ("metaphone", True),
        ("oignies", True),
        ("Drocourt", True),
        ("terrils", False),
        ("cokerie", False),
        ("superficie", False),
        ("piscine", False),
    ],
)
def test_names_are_the_words_with_capitals(words: Vocabulary, word: str, name: bool) -> None:
    """A word that texts write with a capital inside sentences is a name, however it is typed."""
    assert words.is_name(_term(word), word) is name


def test_capital_at_the_beginning_of_a_sentence_makes_no_name() -> None:
    """Every first word has a capital, so it tells nothing."""
    words = Vocabulary.build(["Des terrils. Terrils et puits. « Terrils » (Terrils) • Terrils"])
    assert not words.is_name(_term("terrils"), "Terrils")


def test_other_word_of_the_same_stem_is_no_name(words: Vocabulary) -> None:
    """« parlez » is not the « Parlement », though both have the same stem."""
    together = Vocabulary.build(["On va au Parlement, car le Parlement siège."])
    assert _term("parlez") == _term("Parlement")
    assert together.is_name(_term("Parlement"), "parlement")
    assert not together.is_name(_term("parlez"), "parlez")


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (["un patrimoine, un patrimoine, des patrimoines"], "patrimoine"),
        (["un patrimoine, des patrimoines, des patrimoines"], "patrimoines"),
        (["des patrimoines, un patrimoine"], "patrimoine"),
    ],
)
def test_word_is_offered_in_its_commonest_form(texts: list[str], written: str) -> None:
    """What a misspelling is corrected to is the form that sources use most; a tie is settled."""
    assert Vocabulary.build(texts).correct("patrimoynes", "fr") == written


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("metafone", "Métaphone"),
        ("mettaphone", "Métaphone"),
        ("patrimonie", "patrimoine"),
        ("superfisie", "superficie"),
        ("cokrie", "cokerie"),
        ("drocour", "Drocourt"),
        ("METAFONE", "Métaphone"),
        ("agglo", "agglomération"),
        ("lagglo", "l'agglomération"),
        ("lagglomération", "l'agglomeration"),
        ("leconomie", "l'economie"),
        ("doignies", "d'oignies"),
    ],
)
def test_misspelt_word_is_corrected(words: Vocabulary, typed: str, meant: str) -> None:
    """A slip or two, a missing apostrophe and a word cut short are understood."""
    assert words.correct(typed, "fr") == meant


@pytest.mark.parametrize(
    "typed",
    [
        "terrils",  # the corpus has it
        "terril",
        "économie",
        "plage",  # French has it
        "piscine",
        "leçon",
        "beach",
        "le",
        "ter",  # too short
        "xetaphone",  # nobody mistakes the first letter
        "soprfcie",  # three slips are too many
        "zzzzzzzz",
    ],
)
def test_word_that_is_none_of_the_corpus_stays(words: Vocabulary, typed: str) -> None:
    """What is known, what the language has and what is far from everything are left alone."""
    language = "en" if typed == "beach" else "fr"
    assert words.correct(typed, language) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("budgte", "budget"), ("bugdet", "budget"), ("bidgot", None), ("budet", "budget")],
)
def test_short_word_may_have_one_slip(typed: str, meant: str | None) -> None:
    """Two letters that changed places are one slip; a short word with two stays as it is."""
    assert Vocabulary.build(["le budget"]).correct(typed, "fr") == meant


@pytest.mark.parametrize("language", ["de", "nl", "pl", "es", "it"])
def test_only_languages_with_a_dictionary_are_corrected(words: Vocabulary, language: str) -> None:
    """Without the words of a language nobody can tell a slip in it from a word of it."""
    assert language not in DICTIONARIES
    assert words.correct("metafone", language) is None


@pytest.mark.parametrize(
    ("language", "known"),
    [
        ("fr", ["plage", "piscine", "musee", "ete", "hotel", "randonnee"]),
        ("en", ["beach", "swimming", "museum", "parking", "closed"]),
    ],
)
def test_dictionary_has_the_words_of_its_language(language: str, known: list[str]) -> None:
    """Common words are in it, all of them folded, and no misspelt ones."""
    entries = dictionary(language)
    assert set(known) <= entries
    assert not entries & {"metafone", "superfisie", "oignie"}
    assert all(entry == fold(entry) for entry in entries)
    assert len(entries) > 100_000


@pytest.mark.parametrize("language", DICTIONARIES)
def test_words_of_the_language_are_never_changed(corpus: Vocabulary, language: str) -> None:
    """In the project's corpus, no word that the dictionary has is taken for another."""
    entries = sorted(dictionary(language))[::97]
    assert [word for word in entries if corpus.correct(word, language) is not None] == []


def test_words_of_the_corpus_are_never_changed(corpus: Vocabulary, assistant: Assistant) -> None:
    """Whatever a source writes is right."""
    texts = " ".join(passage.text for passage in assistant.index.passages)
    known = {word for word in texts.split() if word.isalpha()}
    assert [word for word in sorted(known) if corpus.correct(word, "fr") is not None] == []


def test_vocabulary_survives_the_disk(words: Vocabulary, tmp_path: Path) -> None:
    """What is loaded knows the same words, the same names and the same corrections."""
    words.save(tmp_path)
    loaded = Vocabulary.load(tmp_path)
    assert len(loaded) == len(words)
    for word in ("Métaphone", "terrils", "Drocourt", "piscine", "superficie"):
        assert (_term(word) in loaded) is (_term(word) in words)
        assert loaded.is_name(_term(word), word) is words.is_name(_term(word), word)
    assert loaded.correct("metafone", "fr") == "Métaphone"
    assert loaded.correct("lagglo", "fr") == "l'agglomération"


def test_same_words_are_written_alike(tmp_path: Path) -> None:
    """Two builds of the same words in another order give the same file, byte for byte."""
    written = []
    for name, texts in (("one", TEXTS), ("two", TEXTS[::-1])):
        folder = tmp_path / name
        folder.mkdir()
        Vocabulary.build(texts).save(folder)
        (file,) = folder.iterdir()
        written.append(file.read_bytes())
    assert written[0] == written[1]
    assert "Métaphone".encode() in written[0]
