"""The file of questions that visitors are offered: read whole, or refused with what to correct."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.corpus import missing_sources, read_corpus, read_questions
from assistant.errors import CorpusError, DocumentError
from assistant.texts import LANGUAGES
from tests.conftest import ROOT
from tests.documents import SIDECAR, put

ONE = """\
mine:
  label: {fr: La mine, en: The mine}
  questions:
    - sources: [mine, fosse.fr]
      answer: [1990, "No"]
      starting: true
      wordings:
        fr: " Quand la mine a-t-elle fermé ? "
        en: When did the mine close?
    - sources: [musee]
      answer: [mardi]
      wordings:
        fr: Quand le musée ouvre-t-il ?
"""


def _write(folder: Path, text: str | bytes) -> None:
    (folder / "questions.yaml").write_bytes(text.encode() if isinstance(text, str) else text)


def test_questions_are_read_as_they_are_written(tmp_path: Path) -> None:
    """Words stay words, blanks around them go, and a question is no starting one by itself."""
    _write(tmp_path, ONE)
    bank = read_questions(tmp_path)
    assert bank.themes["mine"].label == {"fr": "La mine", "en": "The mine"}
    (theme, first), (_, second) = bank.questions()
    assert (theme, first.sources, first.answer) == ("mine", ["mine", "fosse.fr"], ["1990", "No"])
    assert first.wordings["fr"] == "Quand la mine a-t-elle fermé ?"
    assert (first.starting, second.starting) == (True, False)


def test_folder_without_the_file_offers_none(tmp_path: Path) -> None:
    """The file is not needed, and one that is there is no document."""
    put(tmp_path, "a.txt", "Un texte.")
    assert list(read_questions(tmp_path).questions()) == []
    _write(tmp_path, ONE)
    read = read_corpus(tmp_path)
    assert ([document.document_id for document in read.documents], read.refused) == (["a"], ())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("sources: [musee]", "source: musee"), "mine.questions.1.sources: Field required"),
        (("sources: [musee]", "sources: []"), "mine.questions.1.sources: List should have at"),
        (("answer: [mardi]", "answer: mardi"), "mine.questions.1.answer: Input should be a valid"),
        (
            ("\n        fr: Quand le musée ouvre-t-il ?", " {}"),
            "wordings: Dictionary should have at least",
        ),
        (("fr: Quand le", "xx: Quand le"), "wordings.xx.[key]: Value error, write one of fr, en"),
        (("starting: true", "starting: peut-être"), "starting: Input should be a valid boolean"),
        (("starting: true", "start: true"), "mine.questions.0.start: Extra inputs are not"),
        (("label: {fr: La mine, en: The mine}", "label: {}"), "mine.label: Dictionary should have"),
        (("  questions:\n", "  questions\n"), "questions.yaml is not valid YAML"),
        (("mine:", "- mine:"), "questions.yaml: the file: Input should be a valid dictionary"),
    ],
)
def test_malformed_file_is_refused(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    """Each mistake is named by its place, so that staff can correct it."""
    text = ONE.replace(*change)
    assert text != ONE
    if change[0] == "mine:":
        text = "- mine\n"
    _write(tmp_path, text)
    with pytest.raises(CorpusError, match=re.escape(problem)) as refused:
        read_questions(tmp_path)
    assert not isinstance(refused.value, DocumentError)
    assert refused.value.remedy.startswith("Correct ")


def test_wording_stands_for_one_question(tmp_path: Path) -> None:
    """The same words twice, however they are typed, are a mistake."""
    _write(tmp_path, ONE.replace("Quand le musée ouvre-t-il ?", "quand la MINE a-t-elle ferme ?"))
    with pytest.raises(CorpusError, match="“quand la MINE a-t-elle ferme \\?” stands twice"):
        read_questions(tmp_path)


def test_bytes_of_another_encoding_are_refused(tmp_path: Path) -> None:
    """A file that is not UTF-8 is said to be none."""
    _write(tmp_path, ONE.encode("latin-1"))
    with pytest.raises(CorpusError, match="not UTF-8"):
        read_questions(tmp_path)


def test_questions_without_their_source_are_named(tmp_path: Path) -> None:
    """A source is a document or the name that translations share; what is neither is told."""
    _write(tmp_path, ONE)
    put(tmp_path, "mine.txt", "La mine a fermé en 1990.")
    put(tmp_path, "musee.fr.txt", "Le musée ouvre.", f"{SIDECAR}translation_of: musee\n")
    documents = read_corpus(tmp_path).documents
    assert missing_sources(read_questions(tmp_path), documents) == (
        "“Quand la mine a-t-elle fermé ?” names fosse.fr, which is no document.",
    )


def test_project_offers_enough_in_every_language() -> None:
    """Each theme has two or three starting questions in all languages, all others two languages."""
    bank = read_questions(ROOT / "corpus")
    assert list(bank.themes) == ["environment", "economy", "social", "tourism", "funds"]
    assert len(list(bank.questions())) >= 60
    for theme in bank.themes.values():
        assert set(theme.label) == set(LANGUAGES)
        assert sum(question.starting for question in theme.questions) in {2, 3}
    for _, question in bank.questions():
        least = set(LANGUAGES) if question.starting else {"fr", "en"}
        assert least <= set(question.wordings), question.wordings


def test_every_text_of_the_corpus_answers_a_question() -> None:
    """No text is left out of what visitors are led to, and no question names one that is gone."""
    bank, documents = read_questions(ROOT / "corpus"), read_corpus(ROOT / "corpus").documents
    named = {source for _, question in bank.questions() for source in question.sources}
    assert named == {document.translation_of or document.document_id for document in documents}
    assert missing_sources(bank, documents) == ()
