"""Web pages as public sites have them: accordions, banners, hidden words, notes, wide cells."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from assistant.corpus import read_html_document
from assistant.domain import SourceDocument
from tests.documents import put

BANNER: Final = (
    "<p>Nous déposons des traceurs pour compter les visites de ce site. Vous êtes libre de les "
    "accepter ou de les refuser, et de changer d’avis à tout moment depuis chaque page.</p>"
)


def _read(folder: Path, body: str) -> SourceDocument:
    page = (
        f"<!doctype html><html lang=fr><head><meta charset=utf-8></head><body>{body}</body></html>"
    )
    return read_html_document(put(folder, "a.html", page))


def _text(folder: Path, body: str) -> str:
    return _read(folder, body).text


def _headings(folder: Path, body: str) -> list[tuple[int, str]]:
    document = _read(folder, body)
    for heading in document.headings:
        assert document.text[heading.span.start : heading.span.end] == heading.text
    return [(heading.level, heading.text) for heading in document.headings]


def _section(number: int, title: str, *, panel: str = "", button: str = "") -> str:
    return (
        f'<section class="fr-accordion"><h3 class="fr-accordion__title"><button {button} '
        f'aria-controls="p{number}">{title}</button></h3>'
        f'<div id="p{number}" {panel}><p>La réponse numéro {number} est là.</p></div></section>'
    )


@pytest.mark.parametrize(
    "panel", ["", "hidden", 'hidden="until-found"', 'style="display: none"', 'class="hidden"']
)
@pytest.mark.parametrize("button", ["", 'aria-expanded="false" class="fr-accordion__btn"'])
def test_headings_in_buttons_are_kept(tmp_path: Path, panel: str, button: str) -> None:
    """An accordion says the same whether its sections were open or closed."""
    body = (
        "<h1>Questions</h1><p>Les réponses sont données par la mairie de la commune.</p>"
        + _section(1, "Où se garer ?", panel=panel, button=button)
        + _section(2, "Comment payer ?", panel=panel, button=button)
    )
    assert _headings(tmp_path, body) == [
        (1, "Questions"),
        (3, "Où se garer ?"),
        (3, "Comment payer ?"),
    ]
    assert "La réponse numéro 2 est là." in _text(tmp_path, body)


@pytest.mark.parametrize(
    ("opener", "level"),
    [
        ("<details><summary>Horaires du bac</summary>{}</details>", 2),
        ("<details><summary><h3>Horaires du bac</h3></summary>{}</details>", 3),
        ('<button aria-controls="x">Horaires du bac</button><div id="x">{}</div>', 2),
        ('<button data-bs-target="#x">Horaires du bac</button><div id="x">{}</div>', 2),
        ('<a aria-expanded="false" href="#x">Horaires du bac</a><div id="x" hidden>{}</div>', 2),
        ('<div role="heading" aria-level="4">Horaires du bac</div>{}', 4),
        ('<div role="heading">Horaires du bac</div>{}', 2),
        ('<h4><span role="button">Horaires du bac</span></h4>{}', 4),
    ],
)
def test_what_opens_a_section_is_its_heading(tmp_path: Path, opener: str, level: int) -> None:
    """Whatever a site makes its accordions of."""
    body = "<h1>Le bac</h1>" + opener.format("<p>Il passe toutes les dix minutes.</p>")
    assert _headings(tmp_path, body) == [(1, "Le bac"), (level, "Horaires du bac")]
    assert _text(tmp_path, body).endswith("Horaires du bac\n\nIl passe toutes les dix minutes.")


def test_sections_that_are_opened_stand_side_by_side(tmp_path: Path) -> None:
    """The second one is no part of the first."""
    parts = "".join(
        f"<details><summary>Partie {name}</summary><p>Le texte de {name} est court.</p></details>"
        for name in ("une", "deux")
    )
    body = f"<h1>T</h1><h2>S</h2>{parts}"
    assert _headings(tmp_path, body)[2:] == [(3, "Partie une"), (3, "Partie deux")]


def test_buttons_that_open_no_section_are_no_headings(tmp_path: Path) -> None:
    """To print, to share, to open a menu."""
    body = (
        '<h1>Le bac</h1><button>Imprimer</button><button aria-controls="m">Menu</button>'
        '<nav id="m"><a href="/">Accueil</a></nav><p>Il passe toutes les dix minutes.</p>'
    )
    assert _headings(tmp_path, body) == [(1, "Le bac")]


@pytest.mark.parametrize(
    "around",
    [
        '<div class="cookie-banner">{}</div>',
        '<div id="tarteaucitronRoot">{}</div>',
        '<div id="didomi-host"><div>{}</div></div>',
        '<section class="fr-consent-banner">{}</section>',
        '<div role="dialog" aria-label="Cookies">{}</div>',
        "<dialog open>{}</dialog>",
        '<div aria-modal="true">{}</div>',
    ],
)
@pytest.mark.parametrize("main", ["main", "div"])
@pytest.mark.parametrize("first", [True, False])
def test_banner_is_never_the_text(tmp_path: Path, around: str, main: str, first: bool) -> None:
    """However short the page is, and wherever the banner stands."""
    banner = around.format(BANNER)
    page = f"<{main}><h1>Le bac</h1><p>Il passe de 7 h à 19 h.</p></{main}>"
    body = banner + page if first else page + banner
    assert _text(tmp_path, body) == "Le bac\n\nIl passe de 7 h à 19 h."


def test_page_about_cookies_is_read(tmp_path: Path) -> None:
    """A policy of a site is a text like any other."""
    body = f'<div class="page-cookies"><h1>Nos cookies</h1>{BANNER}</div>'
    assert _text(tmp_path, body).startswith("Nos cookies\n\nNous déposons")


@pytest.mark.parametrize(
    "hidden",
    [
        "hidden",
        'style="display:none"',
        'style="color:red; DISPLAY : none !important"',
        'style="visibility: hidden"',
        'class="hidden"',
        'class="texte d-none"',
    ],
)
def test_hidden_words_are_no_text(tmp_path: Path, hidden: str) -> None:
    """What nobody sees and nobody can open."""
    body = f"<h1>Le bac</h1><p>Il passe à 7 h.</p><p {hidden}>Il passe à 9 h.</p>"
    assert _text(tmp_path, body) == "Le bac\n\nIl passe à 7 h."


@pytest.mark.parametrize("shown", ['class="d-none d-md-block"', 'class="hidden lg:block"'])
def test_words_for_large_screens_are_text(tmp_path: Path, shown: str) -> None:
    """What is hidden on telephones only."""
    body = f"<h1>Le bac</h1><p>Il passe à 7 h.</p><p {shown}>Il passe à 9 h.</p>"
    assert _text(tmp_path, body) == "Le bac\n\nIl passe à 7 h.\n\nIl passe à 9 h."


def test_hidden_tab_is_text(tmp_path: Path) -> None:
    """A visitor who clicks on its name sees it."""
    body = (
        '<h1>Le bac</h1><ul><li><a href="#t1">Été</a></li><li><a href="#t2">Hiver</a></li></ul>'
        '<div id="t1"><p>Il passe à 7 h.</p></div>'
        '<div id="t2" style="display:none"><p>Il passe à 9 h.</p></div>'
    )
    assert "Il passe à 9 h." in _text(tmp_path, body)


@pytest.mark.parametrize(
    "struck",
    [
        "<del>3 €</del>",
        "<s>3 €</s>",
        "<strike>3 €</strike>",
        '<span style="text-decoration: line-through">3 €</span>',
    ],
)
def test_struck_out_words_are_no_text(tmp_path: Path, struck: str) -> None:
    """A price that no longer holds is not read before the one that does."""
    body = f"<h1>Le bac</h1><p>La traversée coûte {struck} 4 € depuis mai.</p>"
    assert _text(tmp_path, body) == "Le bac\n\nLa traversée coûte 4 € depuis mai."


@pytest.mark.parametrize(
    "mark",
    [
        "<sup>3</sup>",
        '<sup><a href="#fn3">3</a></sup>',
        '<sup class="reference"><a href="#cite-3">[3]</a></sup>',
        '<sup><a href="#note-a">note&nbsp;a</a></sup>',
        '<a href="#n3">3</a>',
        '<a role="doc-noteref" href="notes.html#n3">[3]</a>',
    ],
)
def test_numbers_of_notes_are_left_out(tmp_path: Path, mark: str) -> None:
    """However a site writes them."""
    body = f"<h1>Le bac</h1><p>Il date de <b>1911</b>{mark} et va à 4 m<sup>2</sup> près.</p>"
    assert _text(tmp_path, body) == "Le bac\n\nIl date de 1911 et va à 4 m2 près."


@pytest.mark.parametrize(
    ("html", "read"),
    [
        ("le 1<sup>er</sup> mai", "le 1er mai"),
        ("3 × 10<sup>6</sup> tonnes", "3 × 10⁶ tonnes"),
        ("du CO<sub>2</sub> en moins", "du CO2 en moins"),
        ('la figure <a href="#f2">2</a> le montre', "la figure 2 le montre"),
    ],
)
def test_other_raised_and_linked_numbers_stay(tmp_path: Path, html: str, read: str) -> None:
    """Ordinals, powers and names of figures are text."""
    assert _text(tmp_path, f"<h1>Le bac</h1><p>On lit {html}.</p>") == f"Le bac\n\nOn lit {read}."


def test_cells_over_several_rows_and_columns(tmp_path: Path) -> None:
    """One over rows stands for all of them, a heading over columns for each."""
    body = (
        "<h1>Les bacs</h1><table>"
        "<tr><th rowspan=2>Rive</th><th colspan=2>Tarif</th></tr>"
        "<tr><th>2024</th><th>2025</th></tr>"
        "<tr><td rowspan=2>Nord</td><td>3 €</td><td>4 €</td></tr>"
        "<tr><td colspan=2>gratuit</td></tr>"
        "<tr><td>Sud</td><td>5 €</td><td>6 €</td></tr></table>"
    )
    assert _text(tmp_path, body) == (
        "Les bacs\n\nRive : Nord ; Tarif 2024 : 3 € ; Tarif 2025 : 4 €.\n\n"
        "Rive : Nord ; Tarif 2024 : gratuit.\n\nRive : Sud ; Tarif 2024 : 5 € ; Tarif 2025 : 6 €."
    )


def test_second_row_of_headings(tmp_path: Path) -> None:
    """Rows of a `thead` are headings even where their cells are not marked."""
    body = (
        "<h1>Les bacs</h1><table><thead><tr><td></td><td colspan=2>Passages</td></tr>"
        "<tr><td>Rive</td><td>été</td><td>hiver</td></tr></thead>"
        "<tbody><tr><td>Nord</td><td>12</td><td>8</td></tr></tbody></table>"
    )
    assert _text(tmp_path, body) == (
        "Les bacs\n\nRive : Nord ; Passages été : 12 ; Passages hiver : 8."
    )


@pytest.mark.parametrize("span", ["99999999999", "0", "-1", "x", "1e9", "²"])
def test_spans_that_lie_take_no_memory(tmp_path: Path, span: str) -> None:
    """A cell over a thousand million rows is one cell."""
    body = (
        f"<h1>Les bacs</h1><table><tr><th>Rive</th><th>Tarif</th></tr>"
        f"<tr><td rowspan='{span}' colspan='{span}'>Nord</td><td>3 €</td></tr></table>"
    )
    assert "Nord" in _text(tmp_path, body)
