"""Metadata that a form writes is read back, and what people wrote around it stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.corpus import read_description, read_markdown_document, write_description
from assistant.corpus.editing import edit_yaml
from assistant.domain import Origin
from assistant.errors import DocumentError

BY_HAND = """\
# Ce que dit une citation.
title: Avant
publisher: Département   # le nom entier
language: fr
headings:
  2: [Partie *]
"""


def test_comments_and_other_keys_stay() -> None:
    """Only the lines that were asked for are others; what was not there comes last."""
    edited = edit_yaml(BY_HAND, {"title": "Après : « non »", "url": "https://x.fr", "licence": ""})
    assert edited == BY_HAND.replace("title: Avant", "title: 'Après : « non »'") + (
        "url: https://x.fr\nlicence:\n"
    )


@pytest.mark.parametrize("value", ["No", "2026-11-23", "a: b", "# x", "'", '"', "é œ «", "-", "3"])
def test_any_line_comes_back_as_it_was(value: str, tmp_path: Path) -> None:
    """What YAML would take for something else is quoted."""
    file = tmp_path / "a.txt"
    (tmp_path / "a.yaml").write_text(BY_HAND, encoding="utf-8")
    write_description(file, {"title": value})
    assert read_description(file).title == value


def test_value_over_several_lines_is_left_to_people() -> None:
    """A value that goes on is not cut in two: nothing is changed, and it is said."""
    with pytest.raises(DocumentError, match="in a way that the form cannot change"):
        edit_yaml("title: >\n  Avant\n  et après\n", {"title": "Autre"})
    with pytest.raises(DocumentError, match="not valid YAML"):
        edit_yaml("title: [", {"title": "Autre"})
    with pytest.raises(DocumentError, match="no list of keys"):
        edit_yaml("- a\n", {"title": "Autre"})


def test_front_matter_of_markdown_is_written_in_place(tmp_path: Path) -> None:
    """The text below it is not touched; a file without any gets some."""
    file = tmp_path / "fiche.md"
    for before in ("# Titre\n\nUne phrase.\n", "---\ntitle: A\n---\n# Titre\n\nUne phrase.\n"):
        file.write_text(before, encoding="utf-8")
        write_description(file, {"title": "B", "publisher": "P", "language": "fr"})
        document = read_markdown_document(file)
        assert (document.title, document.text) == ("B", "Titre\n\nUne phrase.")
        assert read_description(file).publisher == "P"


def test_names_of_sources_stay(tmp_path: Path) -> None:
    """A form that changes the title of a sheet leaves what stands under `sources`."""
    file = tmp_path / "fiche.md"
    sources = "sources:\n  a: France 3   https://a.example/x   # vu hier\n  b: https://b.example\n"
    front = f"title: A\npublisher: P\nlanguage: fr\n{sources}"
    file.write_text(f"---\n{front}---\nUne phrase.[^a]\n", encoding="utf-8")
    write_description(file, {"title": "B"})
    assert sources in file.read_text(encoding="utf-8")
    assert read_description(file).sources == {
        "a": Origin("https://a.example/x", "France 3"),
        "b": Origin("https://b.example", None),
    }


def test_wrong_value_writes_nothing(tmp_path: Path) -> None:
    """A date that is none is refused, and the file is as it was."""
    file = tmp_path / "a.txt"
    (tmp_path / "a.yaml").write_text(BY_HAND, encoding="utf-8")
    with pytest.raises(DocumentError, match="YYYY-MM-DD"):
        write_description(file, {"published": "hier"})
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8") == BY_HAND
    sheet = tmp_path / "c.md"
    sheet.write_text("---\ntitle: T\npublished: 2026-11-23\n---\nUne phrase.\n", encoding="utf-8")
    with pytest.raises(DocumentError, match=r"YYYY-MM-DD \(line 3\)"):
        write_description(sheet, {"publisher": "P", "language": "fr", "published": "hier"})
    with pytest.raises(DocumentError, match="publisher: Field required"):
        write_description(tmp_path / "b.txt", {"title": "B", "language": "fr"})
    assert not (tmp_path / "b.yaml").exists()


def test_empty_address_is_none(tmp_path: Path) -> None:
    """A page without an address is described with an empty line, like one without a date."""
    file = tmp_path / "a.txt"
    (tmp_path / "a.yaml").write_text(BY_HAND, encoding="utf-8")
    write_description(file, {"url": "", "licence": "", "published": ""})
    found = read_description(file)
    assert (found.url, found.licence, found.published) == (None, None, None)
