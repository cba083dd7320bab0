"""Translations that must say the same, in small and in the project's own sheets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.corpus import read_corpus, record_in_step, translation_groups
from assistant.domain import Reference, SourceDocument, Span
from assistant.errors import CorpusError
from assistant.passages import split_sentences

CORPUS = Path(__file__).parents[1] / "corpus"


def _write(folder: Path, language: str, text: str, key: str = "a") -> None:
    (folder / f"musee.{language}.md").write_text(
        f"---\ntitle: T\npublisher: P\nlanguage: {language}\ntranslation_of: musee\n"
        f"sources:\n  {key}: https://{key}.example/\n---\n{text}[^{key}]\n",
        encoding="utf-8",
    )


def _problems(folder: Path) -> dict[str, str]:
    return {name: "; ".join(found) for name, found in read_corpus(folder).problems.items()}


def test_change_on_one_side_is_told(tmp_path: Path) -> None:
    """Never compared, compared, one side changed, compared again."""
    _write(tmp_path, "fr", "Le musée est grand.")
    _write(tmp_path, "en", "The museum is large.")
    assert _problems(tmp_path).keys() == {"musee.fr", "musee.en"}
    record_in_step(read_corpus(tmp_path).documents, tmp_path, "musee")
    assert _problems(tmp_path) == {}
    _write(tmp_path, "fr", "Le musée est petit.")
    assert _problems(tmp_path) == {
        "musee.fr": "changed since it was last compared with its translations; when they say the "
        "same, run `assistant sources --in-step musee`"
    }
    record_in_step(read_corpus(tmp_path).documents, tmp_path, "musee")
    assert _problems(tmp_path) == {}


def test_other_sources_on_one_side_are_told(tmp_path: Path) -> None:
    """Versions that cite other addresses are not the same, whatever was recorded."""
    _write(tmp_path, "fr", "Le musée est grand.")
    _write(tmp_path, "en", "The museum is large.", key="b")
    record_in_step(read_corpus(tmp_path).documents, tmp_path, "musee")
    assert set(_problems(tmp_path).values()) == {
        "the versions of musee do not cite the same addresses in the same order"
    }


def test_unknown_text_cannot_be_recorded(tmp_path: Path) -> None:
    """A typo in the name is an error."""
    _write(tmp_path, "fr", "Le musée est grand.")
    with pytest.raises(CorpusError, match="No document is a translation of muse"):
        record_in_step(read_corpus(tmp_path).documents, tmp_path, "muse")


def test_damaged_ledger_is_said(tmp_path: Path) -> None:
    """A ledger that is no ledger is named, and what to do."""
    _write(tmp_path, "fr", "Le musée est grand.")
    (tmp_path / "translations.yaml").write_text("- 1\n- 2\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"translations\.yaml is damaged"):
        read_corpus(tmp_path)


SHEETS = translation_groups(read_corpus(CORPUS).documents)


def test_there_are_sixteen_sheets_in_two_languages() -> None:
    """Every sheet exists in French and in English, and nothing is wrong with them."""
    assert len(SHEETS) == 16
    assert all(group.keys() == {"fr", "en"} for group in SHEETS.values())
    read = read_corpus(CORPUS)
    assert (read.problems, read.refused) == ({}, ())


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_sentence_of_a_sheet_has_its_addresses(name: str, language: str) -> None:
    """Each sentence of each sheet ends within the words that a reference covers."""
    sheet = SHEETS[name][language]
    assert len(sheet.references) >= 4
    for span in _sentences(sheet):
        covered = [r for r in sheet.references if r.span.start <= span.start < r.span.end]
        assert covered, sheet.text[span.start : span.end]
        assert span.end <= covered[0].span.end


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_says_who_wrote_it_and_when(name: str) -> None:
    """A citation of a sheet names the project as its author, and the day."""
    for sheet in SHEETS[name].values():
        assert "projet" in str(sheet.publisher) or "project" in str(sheet.publisher)
        assert sheet.published == "2026-11-23"


@pytest.mark.parametrize("name", SHEETS)
def test_both_languages_give_the_same_figures(name: str) -> None:
    """Sentence by sentence, French and English cite the same addresses and the same numbers."""
    french, english = SHEETS[name]["fr"], SHEETS[name]["en"]
    assert [r.addresses for r in french.references] == [r.addresses for r in english.references]
    for left, right in zip(french.references, english.references, strict=True):
        assert _numbers(french, left) == _numbers(english, right)


def _sentences(sheet: SourceDocument) -> list[Span]:
    spans: list[Span] = []
    start = 0
    for heading in sheet.headings:
        spans += split_sentences(sheet.text, start, heading.span.start)
        start = heading.span.end
    return spans + split_sentences(sheet.text, start)


def _numbers(sheet: SourceDocument, reference: Reference) -> list[str]:
    words = sheet.text[reference.span.start : reference.span.end]
    if sheet.language == "fr":
        plain = re.sub(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}\b)", "", words).replace(",", ".")
    else:
        plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", words)
    return sorted(re.findall(r"\d+(?:\.\d+)?", plain))
