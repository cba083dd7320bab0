"""The glossary of a corpus folder: read whole, or refused with what to correct."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.corpus import read_corpus
from assistant.corpus.glossary import read_glossary
from assistant.domain import GlossaryEntry
from assistant.errors import CorpusError, DocumentError
from assistant.lexical import Analyser
from assistant.spelling import fold
from tests.documents import put

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


def _write(folder: Path, text: str | bytes) -> None:
    (folder / "glossary.yaml").write_bytes(text.encode() if isinstance(text, str) else text)


def test_entries_hold_all_variants(tmp_path: Path) -> None:
    """The usual name comes first, then those of each language, none of them twice."""
    _write(
        tmp_path,
        "FEDER:\n  fr: [Fonds européen, FEDER]\n  en: [ERDF, Fonds européen]\n"
        '"=CALL":\n  fr: [Communaupole]\nNo: {}\n',
    )
    assert read_glossary(tmp_path) == (
        GlossaryEntry("FEDER", ("FEDER", "Fonds européen", "ERDF")),
        GlossaryEntry("CALL", ("=CALL", "Communaupole")),
        GlossaryEntry("No", ("No",)),
    )


def test_folder_without_a_glossary_has_no_entries(tmp_path: Path) -> None:
    """A glossary is not needed, and one that is there is no document."""
    put(tmp_path, "a.txt", "Un texte.")
    assert read_corpus(tmp_path).glossary == ()
    _write(tmp_path, "FSE:\n  en: [ESF]\n")
    read = read_corpus(tmp_path)
    assert read.glossary == (GlossaryEntry("FSE", ("FSE", "ESF")),)
    assert ([document.document_id for document in read.documents], read.refused) == (["a"], ())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("FEDER: [ERDF]\n", "glossary.yaml: FEDER: Input should be a valid dictionary (line 1)."),
        ("FEDER:\n  en: ERDF\n", "glossary.yaml: FEDER.en: Input should be a valid list (line 2)."),
        ("FEDER:\n  eng: [ERDF]\n", "glossary.yaml: FEDER.eng.[key]: String should match pattern"),
        ("FEDER:\n  en: ['']\n", "glossary.yaml: FEDER.en.0: String should have at least 1"),
        ("- FEDER\n", "glossary.yaml: the file: Input should be a valid dictionary."),
        ("", "glossary.yaml: the file: Input should be a valid dictionary."),
        ("FEDER: {fr: [a\n", "glossary.yaml is not valid YAML (line 2)."),
        (b"FEDER: {fr: [\xe9]}\n", "This is not UTF-8 text (byte 13)."),
        ("FEDER:\n  fr: ['+']\n", "In glossary.yaml, “+” has no letter and no digit."),
        ("'=':\n  fr: [a]\n", "In glossary.yaml, “=” has no letter and no digit."),
        (
            "FEDER:\n  en: [Fund]\nFSE:\n  en: [fund]\n",
            "In glossary.yaml, “fund” stands for FEDER and for FSE.",
        ),
        (
            "Élan:\n  fr: [Œuvre]\nAutre:\n  fr: [oeuvre]\n",
            "In glossary.yaml, “oeuvre” stands for Élan and for Autre.",
        ),
        (
            "FSE:\n  fr: [a]\nfse:\n  fr: [b]\n",
            "In glossary.yaml, “fse” stands for FSE and for fse.",
        ),
    ],
)
def test_bad_glossary_is_refused(tmp_path: Path, text: str | bytes, problem: str) -> None:
    """What is malformed or ambiguous stops the reading, for no document would be right."""
    put(tmp_path, "a.txt", "Un texte.")
    _write(tmp_path, text)
    with pytest.raises(CorpusError, match=re.escape(problem)) as refused:
        read_corpus(tmp_path)
    assert not isinstance(refused.value, DocumentError)


def test_glossary_of_the_project_is_consistent() -> None:
    """Every variant of the shipped glossary gives the term of its own entry."""
    entries = read_glossary(CORPUS)
    assert {"FEDER", "FSE", "FTJ", "ERBM", "CALL", "ICI", "terril"} <= {e.term for e in entries}
    analyser = Analyser(entries)
    for entry in entries:
        for variant in entry.variants:
            assert analyser.question(variant.removeprefix("=")) == [f"={entry.term}"], variant
            assert fold(variant) != ""
