"""Citations that were given some time ago: does their source still say so?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import cite, describe_source, labelled, source_lines, stands, who_said
from assistant.domain import Citation, Origin
from assistant.index import Index
from tests.small_indexes import index_in, index_of

QUOTED = "La mine de Bray a fermé en 1990."


def _index(folder: Path, text: str, name: str = "mine") -> Index:
    return index_of(folder, {name: text, "musee": "Le musée ouvre le mardi."})


@pytest.fixture
def citation(tmp_path: Path) -> Citation:
    """A citation of the second sentence of a text."""
    index = _index(tmp_path / "then", f"La mine était profonde. {QUOTED} On s’en souvient.")
    passage = index.passages_of("mine")[0]
    found = cite(passage, passage.sentences[1], 1, index)
    assert found.quote == QUOTED
    return found


@pytest.mark.parametrize(
    ("text", "still"),
    [
        (f"La mine était profonde. {QUOTED} On s’en souvient.", True),
        (f"{QUOTED} La mine était profonde.", True),
        (f"Un mot de plus au début. {QUOTED}", True),
        ("La mine était profonde. La mine de Bray\na  fermé en\u00a01990. Fin.", True),
        ("La mine était profonde. La mine de Bray a fermé en 1991. On s’en souvient.", False),
        ("La mine était profonde. La mine de Bray a fermé. En 1990, on s’en souvient.", False),
        ("La mine était profonde.", False),
    ],
    ids=["same", "moved", "moved on", "blanks", "other year", "cut", "gone"],
)
def test_citation_stands_while_its_words_do(
    citation: Citation, tmp_path: Path, text: str, still: bool
) -> None:
    """The quoted words may move and be broken otherwise; one that changes is enough to fall."""
    assert stands(citation, _index(tmp_path / "now", text)) is still


def test_citation_falls_with_its_document(citation: Citation, tmp_path: Path) -> None:
    """The same words in another document are another source."""
    assert not stands(citation, _index(tmp_path / "now", QUOTED, name="archives"))


def test_offsets_of_nowhere_are_no_fault(citation: Citation, tmp_path: Path) -> None:
    """A citation of a text that became shorter is judged by its words alone."""
    moved = replace(citation, start=9_000, end=9_000 + len(QUOTED))
    assert stands(moved, _index(tmp_path / "now", QUOTED))


# Who said it


SHEET = """---
title: Le musée
publisher: fiche du projet
language: fr
published: 2026-11-23
sources:
  tele: France 3 https://france3.example/1
  tele-2: France 3 https://france3.example/2
  lexique: http://www.abamm.example:8080/lexique?q=1
---
Le musée a ouvert en 2012.[^tele] Il a coûté 3 millions d’euros.[^tele-2][^lexique][^tele]
"""


@pytest.fixture
def sheet(tmp_path: Path) -> tuple[Citation, Citation]:
    """Citations of the two sentences of a sheet."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "musee.md").write_text(SHEET, encoding="utf-8")
    index = index_in(tmp_path)
    (passage,) = index.passages_of("musee")
    first, second = (cite(passage, span, 1, index) for span in passage.sentences)
    return first, second


def test_citation_of_a_sheet_holds_names_beside_addresses(
    sheet: tuple[Citation, Citation],
) -> None:
    """In the order of the footnotes of that sentence, and of no other."""
    first, second = sheet
    assert first.origins == ("https://france3.example/1",)
    assert first.origin_names == ("France 3",)
    assert second.origins == (
        "https://france3.example/2",
        "http://www.abamm.example:8080/lexique?q=1",
        "https://france3.example/1",
    )
    assert second.origin_names == ("France 3", None, "France 3")
    assert who_said(second) == ("France 3", "abamm.example")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", "d’après la fiche « Le musée », publication du 23/11/2026"),
        ("en", "according to the sheet “Le musée”, published 2026-11-23"),
        ("de", "laut Infoblatt „Le musée“, veröffentlicht am 23.11.2026"),
        ("nl", "volgens het infoblad „Le musée”, gepubliceerd op 23-11-2026"),
        ("pl", "według karty informacyjnej „Le musée”, opublikowano 23.11.2026"),
        ("es", "según la ficha «Le musée», publicado el 23/11/2026"),
        ("it", "secondo la scheda «Le musée», pubblicato il 23/11/2026"),
    ],
)
def test_who_said_it_comes_before_the_sheet(
    sheet: tuple[Citation, Citation], language: str, told: str
) -> None:
    """In the visitor's language, without the publisher of the sheet, who said nothing."""
    assert source_lines(sheet[0], language) == ("France 3", told)
    assert describe_source(sheet[0], language) == f"France 3, {told}"


@pytest.mark.parametrize(
    ("count", "language", "name"),
    [
        (3, "fr", "A, B, C"),
        (4, "fr", "A, B, C et un autre"),
        (6, "fr", "A, B, C et 3 autres"),
        (4, "en", "A, B, C and one other"),
        (5, "en", "A, B, C and 2 others"),
        (5, "de", "A, B, C und 2 weitere"),
        (5, "nl", "A, B, C en nog 2"),
        (5, "pl", "A, B, C i jeszcze 2"),
        (5, "es", "A, B, C y 2 más"),
        (4, "it", "A, B, C e un’altra"),
        (5, "it", "A, B, C e altre 2"),
    ],
)
def test_three_are_named_and_the_others_counted(
    sheet: tuple[Citation, Citation], count: int, language: str, name: str
) -> None:
    """Whoever is named twice counts once."""
    names = (*"ABCDEF"[:count], "A")
    addresses = tuple(f"https://{number}.example" for number in range(count + 1))
    citation = replace(sheet[0], origins=addresses, origin_names=names)
    assert source_lines(citation, language)[0] == name


def test_old_citation_names_hosts(sheet: tuple[Citation, Citation]) -> None:
    """One that was stored before names were known says the hosts of its addresses."""
    old = replace(sheet[1], origin_names=())
    assert source_lines(old, "fr")[0] == "france3.example, abamm.example"


def test_source_without_origins_is_told_by_its_title(citation: Citation) -> None:
    """Nobody else said what stands in a document that was not written from others."""
    assert who_said(citation) == ()
    assert source_lines(citation, "fr")[0] == f"« {citation.title} »"


def test_addresses_bear_names_where_there_are_several() -> None:
    """One name alone need not be told again: it stands before."""
    named, bare = Origin("https://a.example", "France 3"), Origin("https://b.example")
    assert labelled([]) == []
    assert labelled([named]) == ["https://a.example"]
    other = Origin("https://a.example/2", "France 3")
    assert labelled([named, other]) == ["https://a.example", "https://a.example/2"]
    assert labelled([named, bare]) == ["France 3 https://a.example", "https://b.example"]
