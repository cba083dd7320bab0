"""Texts and names as they are typed: signs that nobody sees, accents apart from their letters."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from assistant.corpus import Corpus, read_corpus
from assistant.question.cleaning import clean
from tests.documents import MAPPING, SIDECAR, put, shared_reader

SIGNS = ["\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u200e", "\u202a"]


def _apart(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _read(folder: Path) -> Corpus:
    return read_corpus(folder, reader=shared_reader())


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
def test_signs_that_nobody_sees_are_no_part_of_words(
    tmp_path: Path, sign: str, suffix: str
) -> None:
    """A page that was copied brings them along."""
    words = f"Le télé{sign}phérique dessert dix com{sign}munes."
    text = {".txt": words, ".md": f"---\n{SIDECAR}---\n{words}\n", ".html": f"<p>{words}</p>"}
    put(tmp_path, f"page{suffix}", text[suffix], None if suffix == ".md" else SIDECAR)
    (document,) = _read(tmp_path).documents
    assert document.text == "Le téléphérique dessert dix communes."


@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_accents_apart_in_a_text_are_put_together(tmp_path: Path, suffix: str) -> None:
    """MacOS writes them so; questions are typed the other way."""
    words = _apart("Le téléphérique est fermé.")
    text = f"---\n{SIDECAR}---\n{words}\n" if suffix == ".md" else words
    put(tmp_path, f"page{suffix}", text, None if suffix == ".md" else SIDECAR)
    (document,) = _read(tmp_path).documents
    assert document.text == "Le téléphérique est fermé."


@pytest.mark.parametrize("sign", SIGNS)
def test_signs_in_a_question_are_left_out(sign: str) -> None:
    """A question that was copied finds what one that was typed finds."""
    assert clean(f"Où est le télé{sign}phérique ?") == "Où est le téléphérique ?"


@pytest.mark.parametrize("apart", [(True, False), (False, True), (True, True), (False, False)])
def test_text_and_metadata_belong_together_by_their_letters(
    tmp_path: Path, apart: tuple[bool, bool]
) -> None:
    """However the system that each was written on spells its name."""
    for name, text, is_apart in zip(
        ("été.txt", "été.yaml"), ("Le bac passe.", SIDECAR), apart, strict=True
    ):
        (tmp_path / (_apart(name) if is_apart else name)).write_text(text, encoding="utf-8")
    read = _read(tmp_path)
    assert [document.document_id for document in read.documents] == ["été"]
    assert read.refused == ()


def test_table_and_questions_are_found_by_their_letters(tmp_path: Path) -> None:
    """So are the table that a mapping names, and the source that questions are about."""
    put(tmp_path, _apart("été.txt"), "Le bac passe.", None)
    put(tmp_path, "été.yaml", SIDECAR, None)
    put(
        tmp_path,
        _apart("été.questions.yaml"),
        '- sentence: Le bac\n  fr: ["Passe-t-il ?"]\n',
        None,
    )
    put(tmp_path, _apart("données.csv"), "Nom,Montant\nParc,3\n", None)
    put(tmp_path, "liste.table.yaml", MAPPING.format(file="données.csv"), None)
    read = _read(tmp_path)
    assert {document.document_id for document in read.documents} == {"été", "liste-Parc"}
    (entry,) = read.known.entries
    assert entry.answers[0].source == "été"
    assert (read.refused, read.absent) == ((), ())


def test_same_name_in_both_forms_is_refused(tmp_path: Path) -> None:
    """Two files would be one document."""
    for name in ("été", _apart("été")):
        put(tmp_path, f"{name}.txt", f"Le bac {len(name)} passe.")
    read = _read(tmp_path)
    assert len(read.documents) == 1
    assert "already called été" in read.refused[0].reason


def test_question_words_are_found_without_their_signs(tmp_path: Path) -> None:
    """What staff copied into the known questions is found in the text that is read."""
    put(tmp_path, "bac.txt", "Le télé\u00adphérique passe.")
    questions = '- sentence: télé\u200bphérique\n  fr: ["Passe-t-il ?"]\n'
    put(tmp_path, "bac.questions.yaml", questions, None)
    read = _read(tmp_path)
    (entry,) = read.known.entries
    assert read.documents[0].text.count(entry.answers[0].words) == 1
