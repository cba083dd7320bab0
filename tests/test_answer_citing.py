"""Citations that were given some time ago: does their source still say so?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import cite, stands
from assistant.domain import Citation
from assistant.index import Index
from tests.small_indexes import index_of

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
