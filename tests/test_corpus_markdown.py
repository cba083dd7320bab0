"""Markdown documents with front matter and references."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.corpus import read_corpus, read_markdown_document
from assistant.domain import Heading, Origin, Reference, Span
from assistant.errors import DocumentError

FRONT = """---
title: Le musée
publisher: P
language: fr
published: 2026-11-23
sources:
  a: Le journal d’ici https://a.example/x
  b: https://b.example/y?z=1
---
"""


def _write(folder: Path, text: str, name: str = "musee.fr.md") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_references_are_taken_out_of_the_text_and_kept(tmp_path: Path) -> None:
    """Each reference covers what stands between it and the one before, with names and addresses."""
    body = "# Le musée\n\n## Prix\n\nIl coûte 3 euros.[^a] Il est\nouvert.[^a][^b]\n\nFin.\n"
    document = read_markdown_document(_write(tmp_path, FRONT + body))
    text = document.text
    assert text == "Le musée\n\nPrix\n\nIl coûte 3 euros. Il est ouvert.\n\nFin."
    assert document.headings == (
        Heading(Span(0, 8), 1, "Le musée"),
        Heading(Span(10, 14), 2, "Prix"),
    )
    assert document.references == (
        Reference(Span(16, 33), (Origin("https://a.example/x", "Le journal d’ici"),)),
        Reference(
            Span(33, 48),
            (
                Origin("https://a.example/x", "Le journal d’ici"),
                Origin("https://b.example/y?z=1", None),
            ),
        ),
    )
    assert document.references[1].addresses == ("https://a.example/x", "https://b.example/y?z=1")
    assert document.origins(Span(20, 40)) == document.references[1].origins
    assert document.origins(Span(17, 33)) == document.references[0].origins
    assert document.origins(Span(0, 16)) == ()
    assert text[16:33] == "Il coûte 3 euros."
    assert text[33:48] == " Il est ouvert."
    assert (document.document_id, document.published) == ("musee.fr", "2026-11-23")


def test_marks_and_lists_become_plain_text(tmp_path: Path) -> None:
    """Emphasis, links, code and list items keep their words only."""
    body = "Un *mot* **fort**, un [lien](https://x.example) et `code`.\n\n- un\n- deux\n"
    text = read_markdown_document(_write(tmp_path, FRONT + body)).text
    assert text == "Un mot fort, un lien et code.\n\nun\n\ndeux"


def test_markup_of_html_is_not_taken_for_text(tmp_path: Path) -> None:
    """A script in a source is not read as one of its sentences."""
    body = "<script>alert(1)</script>\n\nUne phrase.\n"
    assert read_markdown_document(_write(tmp_path, FRONT + body)).text == "Une phrase."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Une phrase.", "The file has no front matter."),
        ("---\ntitle: T\n", "The file has no front matter."),
        (FRONT, "The file has no text."),
        (FRONT + "# Titre\n", "The file has no text."),
        (FRONT + "Une phrase.[^c]\n", "The text refers to c, which `sources` does not list."),
        (FRONT.replace("language: fr\n", "") + "Une phrase.", "language: Field required"),
        *(
            (
                FRONT.replace("Le journal d’ici https://a.example/x", entry) + "Une phrase.",
                "musee.fr.md: sources.a: Value error, write the name, if any, and then one web "
                "address (line 7).",
            )
            for entry in (
                "javascript:a",
                "Le journal d’ici",
                "Le journal d’ici ftp://a.example/x",
                "https://a.example/x Le journal d’ici",
                "https://a.example/x https://a.example/y",
                "",
                "[https://a.example/x]",
            )
        ),
        (
            FRONT.replace("publisher", "editeur") + "Une phrase.",
            "musee.fr.md: publisher: Field required; "
            "editeur: Extra inputs are not permitted (line 3).",
        ),
        (
            FRONT.replace("title: ", "title: [") + "Une phrase.",
            "musee.fr.md is not valid YAML (line 3)",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(
    tmp_path: Path, text: str, problem: str
) -> None:
    """A sheet without front matter, text or a listed source is not taken in."""
    with pytest.raises(DocumentError) as refused:
        read_markdown_document(_write(tmp_path, text))
    assert problem in str(refused.value)


def test_one_bad_sheet_does_not_stop_the_others(tmp_path: Path) -> None:
    """The others are read, and the bad one is named."""
    _write(tmp_path, FRONT + "Une phrase.", "bon.md")
    _write(tmp_path, "Rien.", "mauvais.md")
    read = read_corpus(tmp_path)
    assert [document.document_id for document in read.documents] == ["bon"]
    assert [refusal.name for refusal in read.refused] == ["mauvais.md"]


def _text(folder: Path, body: str) -> str:
    return read_markdown_document(_write(folder, FRONT + body)).text


def test_rows_of_a_table_name_their_columns(tmp_path: Path) -> None:
    """As in Word and HTML; what stands around a table stays."""
    body = (
        "Avant.\n\n| Ville | Place | Prix |\n|:--|--|--:|\n| Avion | **Jaurès** | 5 € |\n"
        "| Oignies | | [6 €](https://x.example) |\n\nAprès.\n"
    )
    assert _text(tmp_path, body) == (
        "Avant.\n\nVille : Avion ; Place : Jaurès ; Prix : 5 €.\n\n"
        "Ville : Oignies ; Prix : 6 €.\n\nAprès."
    )


def test_references_in_a_table_cover_their_cells(tmp_path: Path) -> None:
    """The keys are taken out of a row as they are out of a paragraph."""
    body = "| Ville[^a] | Prix |\n|--|--|\n| Avion[^a] | 5 €[^b] |\n"
    document = read_markdown_document(_write(tmp_path, FRONT + body))
    assert document.text == "Ville : Avion ; Prix : 5 €."
    covered = [document.text[one.span.start : one.span.end] for one in document.references]
    assert covered == ["Ville : Avion", " ; Prix : 5 €."]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Un <!-- à vérifier --> texte.", "Un texte."),
        ("Un texte <!-- à vérifier -->.", "Un texte."),
        ("<!-- à vérifier -->\n\nUn texte.", "Un texte."),
        ("<!-- à\n\nvérifier -->\n\nUn texte.", "Un texte."),
        ("Une ligne<br>puis<br/>une autre.", "Une ligne puis une autre."),
        ("Le 3<sup>e</sup> étage de 9 m<sup>2</sup>.", "Le 3e étage de 9 m2."),
        ("En 1931<sup>4</sup>, déjà.", "En 1931, déjà."),
        ("Un <b>mot</b> <span class='x'>gras</span>.", "Un mot gras."),
        ("Il coûte ~~7 €~~ 8 €.", "Il coûte 8 €."),
        ("Il coûte <del>7 €</del> 8 €.", "Il coûte 8 €."),
        ("Il ferme, <s>parfois</s>, à 18 h.", "Il ferme,, à 18 h."),
        ("Environ ~7 €.", "Environ ~7 €."),
        ("Un <script>alert(1)</script> texte.", "Un texte."),
        ("<div align='center'>\nUn <b>texte</b> centré.\n</div>", "Un texte centré."),
        (
            "<table><tr><th>Ville</th><th>Prix</th></tr>"
            "<tr><td>Avion</td><td>5 €</td></tr></table>",
            "Ville : Avion ; Prix : 5 €.",
        ),
        ("<p style='display:none'>Caché.</p>\n\nUn texte.", "Un texte."),
        ("a < b et <3.", "a < b et <3."),
        ("<div>\nUn \x01mot<script>x</script>\x02.\n</div>", "Un mot."),
    ],
)
def test_html_and_marks_within_a_text(tmp_path: Path, body: str, text: str) -> None:
    """Comments, tags and struck-out words are no text; the words within tags are."""
    assert _text(tmp_path, body + "\n") == text


def test_damaged_html_is_refused(tmp_path: Path) -> None:
    """What HTML cannot hold, however it is written, is said and not dropped."""
    body = "<div>Un texte<script>x</script>&#1;<!-- a -->&#1;</div>"
    with pytest.raises(DocumentError, match=r"^A piece of HTML in the text is damaged\."):
        _text(tmp_path, body)


def test_headings_in_html_are_headings(tmp_path: Path) -> None:
    """As those of Markdown are."""
    body = "<h2>Les bacs</h2>\n\nIls passent.\n\n<details><summary>En été</summary>\n\nSouvent.\n"
    document = read_markdown_document(_write(tmp_path, FRONT + body + "\n</details>\n"))
    assert document.text == "Les bacs\n\nIls passent.\n\nEn été\n\nSouvent."
    assert [heading.text for heading in document.headings] == ["Les bacs", "En été"]
