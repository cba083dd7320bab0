"""HTML pages: the main text with its headings, and nothing that a visitor does not see."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from assistant.corpus import read_corpus, read_html_document
from assistant.domain import Heading, SourceDocument, Span
from assistant.errors import DocumentError
from tests.documents import put

ROOT = Path(__file__).resolve().parent.parent
PAGE = """\
<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>Le musée | Le site</title>
<style>p { color: red }</style><script>var x = "SCRIPT";</script></head>
<body onload="alert('SCRIPT')">
<header><nav><ul><li><a href="/">Accueil</a></li><li><a href="/a">Agenda</a></li></ul></nav>
</header>
<div class="cookie-banner">Nous utilisons des cookies. <button>Accepter</button></div>
<main>
<h1>Le musée de la mine</h1>
<p>Le musée a ouvert en <strong>2012</strong> sur l’ancien
carreau de fosse, où <a href="javascript:alert('SCRIPT')">l’exposition</a> se tient.</p>
<h2>Tarifs</h2>
<ul><li>Plein tarif : 12 euros</li>
<li>Tarif réduit : <b>6 euros</b><ul><li>étudiants</li><li>chômeurs</li></ul></li></ul>
<dl><dt>Horaires</dt><dd>De 10 h à 18 h.</dd></dl>
<h2 onclick="alert('SCRIPT')">Financement</h2>
<table><tr><th>Fonds</th><th>Montant</th></tr>
<tr><td>FEDER</td><td>35 000 000 €</td></tr><tr><td>État</td><td></td></tr></table>
<blockquote>Une <b>citation</b> du directeur.</blockquote>
<p onmouseover="alert('SCRIPT')">La région a payé en 2013.<br>La commune aussi.</p>
<script>document.write("SCRIPT")</script><noscript>SCRIPT</noscript><template>SCRIPT</template>
<!-- SCRIPT --><p hidden>SCRIPT</p><svg><script>SCRIPT</script></svg>
<iframe srcdoc="<p>SCRIPT</p>"></iframe>
</main>
<aside>Articles liés</aside><footer><p>Mentions légales</p></footer></body></html>
"""
TEXT = """\
Le musée de la mine

Le musée a ouvert en 2012 sur l’ancien carreau de fosse, où l’exposition se tient.

Tarifs

Plein tarif : 12 euros

Tarif réduit : 6 euros

étudiants

chômeurs

Horaires

De 10 h à 18 h.

Financement

Fonds : FEDER ; Montant : 35 000 000 €.

Fonds : État.

Une citation du directeur.

La région a payé en 2013. La commune aussi."""


def _read(folder: Path, page: str | bytes) -> SourceDocument:
    return read_html_document(put(folder, "page.html", page))


def _problem(folder: Path, page: str | bytes) -> str:
    with pytest.raises(DocumentError) as refused:
        _read(folder, page)
    return refused.value.problem


def test_page_becomes_its_main_text(tmp_path: Path) -> None:
    """Headings, paragraphs, items and rows are kept; menus, banners and footers are not."""
    document = _read(tmp_path, PAGE)
    assert document.text == TEXT
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (1, "Le musée de la mine"),
        (2, "Tarifs"),
        (2, "Financement"),
    ]
    for heading in document.headings:
        assert document.text[heading.span.start : heading.span.end] == heading.text


def test_scripts_and_handlers_leave_no_trace(tmp_path: Path) -> None:
    """What a browser runs or hides is never text."""
    text = _read(tmp_path, PAGE).text
    for unseen in ("SCRIPT", "alert", "javascript", "Accueil", "cookies", "Mentions"):
        assert unseen not in text


def test_metadata_come_from_the_sidecar(tmp_path: Path) -> None:
    """The page's own title says nothing: the file beside it does."""
    document = _read(tmp_path, "<title>Autre</title><p>Le musée ouvre le mardi.</p>")
    assert document == SourceDocument(
        "page", "Titre", "Le musée ouvre le mardi.", "fr", publisher="Éditeur"
    )


def test_htm_is_read_as_well(tmp_path: Path) -> None:
    """Old pages end in .htm, and Windows writes endings in capitals."""
    put(tmp_path, "un.htm", "<p>Un texte.</p>")
    put(tmp_path, "deux.HTML", "<p>Deux textes.</p>")
    read = read_corpus(tmp_path)
    assert [document.text for document in read.documents] == ["Deux textes.", "Un texte."]
    assert read.refused == ()


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><h1>Le parc</h1><p>Le parc est grand.</p></body></html>",
        "<h1>Le parc</h1><p>Le parc est grand.</p>",
        "<html><body><div id='content'><h1>Le parc</h1><div>Le parc est grand.</div></div></body>",
        "<html><body><div class='texte'><h1>Le parc</h1><p>Le parc est grand.</p></div></body>",
        "<html><body><ul>"
        + "".join(f"<li><a href='/{number}'>Rubrique {number}</a></li>" for number in range(40))
        + "</ul><h1>Le parc</h1><p>Le parc est grand.</p></body></html>",
    ],
)
def test_short_page_keeps_its_heading_and_no_menu(tmp_path: Path, page: str) -> None:
    """A page of one sentence is not glued to its heading, nor to the menu beside it."""
    document = _read(tmp_path, page)
    assert document.text == "Le parc\n\nLe parc est grand."
    assert document.headings == (Heading(Span(0, 7), 1, "Le parc"),)


def test_page_of_the_department_keeps_its_sections(tmp_path: Path) -> None:
    """The real page, in the markup of its time, has the headings that staff listed by hand."""
    source = (ROOT / "corpus" / "bassin-minier.txt").read_text(encoding="utf-8")
    blocks = [block.strip() for block in source.split("\n") if block.strip()]
    body = "".join(
        f"<h2>{block}</h2>" if block.startswith("Dans sa ") else f"<p>{block}</p>"
        for block in blocks[2:]
    )
    menu = (
        "<table><tr><td><a href='/'>Accueil</a></td><td><a href='/e'>Europe</a></td></tr></table>"
    )
    page = f"<table><tr>{menu}</tr></table><div class='texte'>{body}</div>"
    document = _read(tmp_path, f"<html><body>{page}</body></html>")
    assert [heading.text for heading in document.headings] == [
        "Dans sa dimension environnementale",
        "Dans sa dimension économique",
        "Dans sa dimension sociale",
        "Dans sa dimension touristique",
    ]
    assert document.text.split() == " ".join(blocks[2:]).split()


FRENCH = "Où est l’été ? À côté du cœur, pour 3 €."


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("<meta charset='utf-8'>", "utf-8"),
        ("", "utf-8"),
        ("<meta charset='iso-8859-1'>", "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ("<meta charset=windows-1252>", "cp1252"),
        ("<meta charset='ISO-8859-1'>", "cp1252"),
        ("<META http-equiv='Content-Type' content='text/html; charset=iso-8859-1'>", "cp1252"),
        ("<meta charset='us-ascii'>", "cp1252"),
        ("", "cp1252"),
        ("<meta charset='iso-8859-15'>", "iso-8859-15"),
        ("<meta charset='macintosh'>", "mac-roman"),
    ],
)
def test_accents_survive_every_encoding(tmp_path: Path, head: str, encoding: str) -> None:
    """Whatever a browser saved the page in, its accents are right, not guessed."""
    french = FRENCH if encoding != "iso-8859-15" else FRENCH.replace("’", "'")
    page = f"<html><head>{head}</head><body><p>{french}</p></body></html>"
    assert _read(tmp_path, page.encode(encoding)).text == french


def test_encoding_of_xhtml_is_declared_in_its_first_line(tmp_path: Path) -> None:
    """An XML declaration counts as well, and is no reason to fail."""
    page = f"<?xml version='1.0' encoding='iso-8859-1'?><html><body><p>{FRENCH}</p></body></html>"
    assert _read(tmp_path, page.encode("cp1252")).text == FRENCH
    assert _read(tmp_path, page).text == FRENCH


@pytest.mark.parametrize("name", ["klingon", "ascii-compatible", "zlib"])
def test_unknown_encoding_is_refused(tmp_path: Path, name: str) -> None:
    """A page that is not UTF-8 and declares what nobody knows is refused by that name."""
    page = f"<meta charset='{name}'><p>{FRENCH}</p>".encode("cp1252")
    assert _problem(tmp_path, page) == f"The page is not written in {name}."


def test_broken_utf16_is_refused(tmp_path: Path) -> None:
    """A page that is cut within a character of two bytes is refused."""
    page = f"<p>{FRENCH}</p>".encode("utf-16")[:-1]
    assert _problem(tmp_path, page) == "The page is not written in utf-16."


@pytest.mark.parametrize("reference", ["&#146;", "&#146", "&#x92;", "&rsquo;", "&#8217;", "’"])
def test_apostrophe_of_old_pages_is_one(tmp_path: Path, reference: str) -> None:
    """A reference to a position of Windows' alphabet means what browsers show."""
    assert _read(tmp_path, f"<p>l{reference}Europe</p>").text == "l’Europe"


def test_control_characters_are_dropped(tmp_path: Path) -> None:
    """What no page may hold does not stop it from being read."""
    page = f"<p>Le pa\x00rc est\x1f <b>gr\x01and</b>.</p>\x02<p>{FRENCH * 20}</p>"
    assert _read(tmp_path, page).text == f"Le parc est grand.\n\n{FRENCH * 20}"


@pytest.mark.parametrize("page", [gzip.compress(b"", mtime=0) * 9, b"\x00" * 100, b"\x01<p>a"])
def test_what_is_no_page_is_refused(tmp_path: Path, page: bytes) -> None:
    """A file of another kind under the name of a page is no gibberish to be indexed."""
    assert _problem(tmp_path, page) == "This is no HTML page."


def test_two_line_breaks_end_a_paragraph(tmp_path: Path) -> None:
    """Pages without paragraphs part their text with empty lines."""
    page = "<div>Un premier texte.<br>Sa suite.<br> <br/>Un second texte.</div>"
    assert _read(tmp_path, page).text == "Un premier texte. Sa suite.\n\nUn second texte."


def test_dates_and_marks_within_a_sentence_are_kept(tmp_path: Path) -> None:
    """A sentence loses none of its words to their markup."""
    page = (
        "<article><h1>Le musée</h1><p>Ouvert le <time datetime='2012-12-04'>4 décembre 2012</time>,"
        " le <abbr title='x'>FEDER</abbr> a payé <data value=3>3 millions</data> d’<em>euros</em>"
        " pour 7&nbsp;000&#8239;m<sup>2</sup> &amp; plus.</p></article>"
    )
    assert _read(tmp_path, page).text == (
        "Le musée\n\n"
        "Ouvert le 4 décembre 2012, le FEDER a payé 3 millions d’euros pour 7 000 m2 & plus."
    )


def test_words_of_cells_are_not_glued(tmp_path: Path) -> None:
    """Paragraphs and items within a cell keep a blank between them."""
    page = (
        "<p>Voici les fonds du projet.</p><table><tr><th>Fonds</th><th>Actions</th></tr>"
        "<tr><td>FEDER</td><td><p>Le parc</p><p>Le terril</p></td></tr></table>"
    )
    assert _read(tmp_path, page).text == (
        "Voici les fonds du projet.\n\nFonds : FEDER ; Actions : Le parc Le terril."
    )


def test_table_that_lays_out_a_page_is_no_table(tmp_path: Path) -> None:
    """Where a cell holds headings, cells are parts of the page, not of a sentence."""
    page = (
        "<table><tr><td>Une légende.</td><td><h1>Le parc</h1><p>Il est grand.</p>"
        "<p>Il est ouvert.</p></td></tr></table>"
    )
    document = _read(tmp_path, page)
    assert document.text == "Une légende.\n\nLe parc\n\nIl est grand.\n\nIl est ouvert."
    assert [heading.text for heading in document.headings] == ["Le parc"]


def test_same_words_twice_are_kept_twice(tmp_path: Path) -> None:
    """Two sections may say the same."""
    page = "<h2>A</h2><p>Voir la carte.</p><h2>B</h2><p>Voir la carte.</p>"
    assert _read(tmp_path, page).text == "A\n\nVoir la carte.\n\nB\n\nVoir la carte."


@pytest.mark.parametrize(
    "page",
    [
        "",
        " \n",
        "<html></html>",
        "<html><body><h1>Titre</h1></body></html>",
        "<html><body><nav><a href='/'>Accueil</a> <a href='/b'>Plan</a></nav></body></html>",
        "<script>var texte = 'Un texte assez long pour en être un.';</script>",
        "<script type='application/ld+json'>"
        + json.dumps({"articleBody": "Un texte qu’un script tient caché. " * 4})
        + "</script><p></p>",
        "<html><frameset><frame src='a.html'></frameset></html>",
        "<!-- rien -->",
    ],
)
def test_page_without_text_is_refused(tmp_path: Path, page: str) -> None:
    """Menus, headings and scripts are no text, nor is what is no page."""
    assert _problem(tmp_path, page) == "The page has no text besides menus and headings."


@pytest.mark.parametrize("tag", ["div", "ul><li", "blockquote", "b", "table><tr><td"])
def test_page_that_is_nested_too_deep_is_refused(tmp_path: Path, tag: str) -> None:
    """Ten thousand open elements are refused in no time."""
    page = f"<html><body><p>Un texte.</p>{f'<{tag}>' * 10_000}x</body></html>"
    assert _problem(tmp_path, page) == "The page is nested too deep."


def test_entities_read_no_file(tmp_path: Path) -> None:
    """An entity that names a file of this machine stays what was typed."""
    (tmp_path / "secret").write_text("SECRET")
    page = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><html><body>'
        "<p>Bonjour &x; le monde.</p></body></html>"
    )
    assert _read(tmp_path, page).text == "Bonjour &x; le monde."


def test_missing_sidecar_is_said(tmp_path: Path) -> None:
    """A page alone is refused with the name of the file to write."""
    with pytest.raises(DocumentError, match=r"page\.yaml is missing"):
        read_html_document(put(tmp_path, "page.html", "<p>Un texte.</p>", None))
