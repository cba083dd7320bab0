"""Word documents as programs write them: both forms, loose links, styles, equations, tables."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from assistant.corpus import read_docx_document
from tests.documents import archive, put

_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TRANSITIONAL: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT: Final = {
    _OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    _TRANSITIONAL: "http://purl.oclc.org/ooxml/wordprocessingml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": (
        "http://purl.oclc.org/ooxml/officeDocument/math"
    ),
}
_NAMES: Final = (
    f'xmlns:w="{_TRANSITIONAL}" xmlns:r="{_OFFICE}" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"


def _relations(*relations: tuple[str, str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in relations
    )
    return f'<Relationships xmlns="{_PACKAGE}">{inner}</Relationships>'


def _package(
    body: str, styles: str = "", *links: tuple[str, str, str], part: str = "word/document.xml"
) -> dict[str, str]:
    folder, _, name = part.rpartition("/")
    return {
        "_rels/.rels": _relations(("r", "officeDocument", part)),
        f"{folder}/_rels/{name}.rels": _relations(("s", "styles", "styles.xml"), *links),
        f"{folder}/styles.xml": f"<w:styles {_NAMES}>{styles}</w:styles>",
        part: f"<w:document {_NAMES}><w:body>{body}</w:body></w:document>",
    }


def _text(folder: Path, body: str, styles: str = "", *links: tuple[str, str, str]) -> str:
    data = archive(_package(body, styles, *links))
    return read_docx_document(put(folder, "note.docx", data)).text


def _run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def _paragraph(*runs: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}{''.join(runs)}</w:p>"


HEADING: Final = '<w:style w:type="paragraph" w:styleId="T1"><w:name w:val="heading 1"/></w:style>'


@pytest.mark.parametrize(
    "link",
    [
        ("x", "image", "NULL"),
        ("x", "hyperlink", "#_Toc1"),
        ("x", "image", "media/absent.png"),
        ("x", "hyperlink", "http://[::1"),
        ("x", "footnotes", ""),
    ],
)
def test_links_that_lead_nowhere_end_nothing(tmp_path: Path, link: tuple[str, str, str]) -> None:
    """Word opens such a file without a word, and so do we."""
    body = _paragraph(_run("Le refuge a douze lits."))
    assert _text(tmp_path, body, "", link) == "Le refuge a douze lits."


def test_strict_form_is_read_like_the_other(tmp_path: Path) -> None:
    """Its namespaces are others, its styles, headings and equations the same."""
    body = (
        _paragraph(_run("Le refuge"), style="T1")
        + _paragraph(_run("Il a "), "<m:oMath><m:r><m:t>12</m:t></m:r></m:oMath>", _run(" lits."))
        + _paragraph(_run("Caché.", '<w:vanish w:val="true"/>'))
    )
    members = _package(body, HEADING)
    for transitional, strict in _STRICT.items():
        members = {name: text.replace(transitional, strict) for name, text in members.items()}
    document = read_docx_document(put(tmp_path, "note.docx", archive(members)))
    assert document.text == "Le refuge\n\nIl a 12 lits."
    assert [(heading.level, heading.text) for heading in document.headings] == [(2, "Le refuge")]


def test_main_part_is_where_the_file_says(tmp_path: Path) -> None:
    """Some programs call it otherwise than Word does."""
    body = _paragraph(_run("Le gîte est ouvert."), style="T1") + _paragraph(_run("Il est grand."))
    data = archive(_package(body, HEADING, part="texte/document2.xml"))
    document = read_docx_document(put(tmp_path, "note.docx", data))
    assert document.text == "Le gîte est ouvert.\n\nIl est grand."
    assert len(document.headings) == 1


@pytest.mark.parametrize(
    ("properties", "seen"),
    [
        ("<w:vanish/>", False),
        ('<w:vanish w:val="1"/>', False),
        ('<w:vanish w:val="0"/>', True),
        ('<w:vanish w:val="false"/>', True),
        ('<w:rStyle w:val="Cachette"/>', False),
        ('<w:rStyle w:val="SousCachette"/>', False),
        ('<w:rStyle w:val="Cachette"/><w:vanish w:val="0"/>', True),
        ('<w:rStyle w:val="Inconnu"/>', True),
        ("<w:strike/>", False),
        ("<w:dstrike/>", False),
        ('<w:strike w:val="false"/>', True),
        ('<w:rStyle w:val="Barre"/>', False),
    ],
)
def test_hidden_and_struck_out_words_are_no_text(
    tmp_path: Path, properties: str, seen: bool
) -> None:
    """Whether by themselves or by their style, and unless it is switched off."""
    styles = (
        '<w:style w:type="character" w:styleId="Cachette"><w:name w:val="C"/>'
        "<w:rPr><w:vanish/></w:rPr></w:style>"
        '<w:style w:type="character" w:styleId="SousCachette"><w:basedOn w:val="Cachette"/>'
        "</w:style>"
        '<w:style w:type="character" w:styleId="Barre"><w:rPr><w:strike/></w:rPr></w:style>'
    )
    body = _paragraph(_run("Le prix est de "), _run("4 € ", properties), _run("5 €."))
    expected = "Le prix est de 4 € 5 €." if seen else "Le prix est de 5 €."
    assert _text(tmp_path, body, styles) == expected


def test_paragraphs_of_a_hidden_style_are_no_text(tmp_path: Path) -> None:
    """Forms from the web have lines that only programs see."""
    styles = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Z"><w:basedOn w:val="N"/>'
        "<w:rPr><w:vanish/></w:rPr></w:style>"
    )
    body = (
        _paragraph(_run("Début du formulaire"), style="Z")
        + _paragraph(_run("Bon."))
        + _paragraph(_run("Vu.", '<w:vanish w:val="0"/>'), style="Z")
    )
    assert _text(tmp_path, body, styles) == "Bon.\n\nVu."


def _equation(inner: str) -> str:
    return _paragraph(_run("On a "), f"<m:oMath>{inner}</m:oMath>", _run("."))


def _m(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("inner", "read"),
    [
        (_m("37,4"), "37,4"),
        (f"<m:f><m:num>{_m('3')}</m:num><m:den>{_m('4')}</m:den></m:f>", "3/4"),
        (f"<m:f><m:num>{_m('a+b')}</m:num><m:den>{_m('2')}</m:den></m:f>", "(a+b)/2"),
        (f"<m:sSup><m:e>{_m('m')}</m:e><m:sup>{_m('2')}</m:sup></m:sSup>", "m2"),
        (f"<m:sSup><m:e>{_m('10')}</m:e><m:sup>{_m('6')}</m:sup></m:sSup>", "10^6"),
        (f"<m:sSub><m:e>{_m('CO')}</m:e><m:sub>{_m('2')}</m:sub></m:sSub>", "CO2"),
        (f"<m:rad><m:deg/><m:e>{_m('x+1')}</m:e></m:rad>", "√(x+1)"),
        (f"<m:d><m:e>{_m('x')}</m:e></m:d>", "(x)"),
        (
            f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{_m("i")}</m:sub><m:sup/>'
            f"<m:e>{_m('x')}</m:e></m:nary>",
            "∑ix",
        ),
        (f"<m:oMathPara><m:oMath>{_m('y=2')}</m:oMath></m:oMathPara>", "y=2"),
    ],
)
def test_equations_are_read(tmp_path: Path, inner: str, read: str) -> None:
    """A rate or an area written as an equation is part of its sentence."""
    assert _text(tmp_path, _equation(inner)) == f"On a {read}."


def test_one_of_alternatives_is_read(tmp_path: Path) -> None:
    """The first one with words, within a line and around paragraphs, but never both."""
    within = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='w14'><w:t>La salle</w:t></mc:Choice>"
        "<mc:Fallback><w:t>La pièce</w:t></mc:Fallback></mc:AlternateContent></w:r>"
    )
    around = (
        f"<mc:AlternateContent><mc:Choice Requires='w14'>{_paragraph(_run(''))}</mc:Choice>"
        f"<mc:Fallback>{_paragraph(_run('Elle est neuve.'))}</mc:Fallback></mc:AlternateContent>"
    )
    body = _paragraph(within, _run(" ouvre.")) + around
    assert _text(tmp_path, body) == "La salle ouvre.\n\nElle est neuve."


def test_raised_numbers_of_notes_are_left_out(tmp_path: Path) -> None:
    """By themselves or by a style; powers and ordinals stay."""
    raised = '<w:vertAlign w:val="superscript"/>'
    styles = f'<w:style w:type="character" w:styleId="Appel"><w:rPr>{raised}</w:rPr></w:style>'
    body = _paragraph(
        _run("Le puits ouvre en 1891"),
        _run("1", '<w:rStyle w:val="Appel"/>'),
        _run("2", raised),
        _run(" au XX"),
        _run("e", raised),
        _run(" siècle, sur 40 m"),
        _run("2", raised),
        _run("."),
    )
    assert _text(tmp_path, body, styles) == "Le puits ouvre en 1891 au XXe siècle, sur 40 m2."


def _row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{_paragraph(_run(text))}</w:tc>"


@pytest.mark.parametrize("mark", ["", "<w:tblHeader/>"])
def test_two_rows_of_headings_are_put_together(tmp_path: Path, mark: str) -> None:
    """« Coût » above « 2012 » and « 2013 », beside a heading of two rows."""
    rows = [
        _row(
            _cell("Ville", '<w:vMerge w:val="restart"/>'),
            _cell("Coût", '<w:gridSpan w:val="2"/>'),
            properties=mark,
        ),
        _row(_cell("", "<w:vMerge/>"), _cell("2012"), _cell("2013"), properties=mark),
        _row(_cell("Avion"), _cell("5 €"), _cell("6 €")),
        _row(_cell("Méricourt"), _cell("7 €"), _cell("8 €")),
    ]
    assert _text(tmp_path, f"<w:tbl>{''.join(rows)}</w:tbl>") == (
        "Ville : Avion ; Coût 2012 : 5 € ; Coût 2013 : 6 €.\n\n"
        "Ville : Méricourt ; Coût 2012 : 7 € ; Coût 2013 : 8 €."
    )


def test_wide_heading_of_one_row_takes_no_row_below(tmp_path: Path) -> None:
    """Where the first row below fills all columns, it is no heading."""
    rows = [
        _row(_cell("Ville"), _cell("Contact", '<w:gridSpan w:val="2"/>')),
        _row(_cell("Avion"), _cell("Mairie"), _cell("03 21 00 00 00")),
        _row(_cell("Méricourt"), _cell("Maison"), _cell("03 21 11 11 11")),
    ]
    assert _text(tmp_path, f"<w:tbl>{''.join(rows)}</w:tbl>").startswith(
        "Ville : Avion ; Contact : Mairie ; Contact : 03 21 00 00 00."
    )


def test_caption_in_a_table_is_a_paragraph(tmp_path: Path) -> None:
    """What stands above the headings, over the whole width, names no column."""
    rows = [
        _row(_cell("Subventions de 2013", '<w:gridSpan w:val="3"/>')),
        _row(_cell("Ville"), _cell("Fonds"), _cell("Montant")),
        _row(_cell("Avion"), _cell("FEDER"), _cell("5 €")),
    ]
    assert _text(tmp_path, f"<w:tbl>{''.join(rows)}</w:tbl>") == (
        "Subventions de 2013\n\nVille : Avion ; Fonds : FEDER ; Montant : 5 €."
    )


@pytest.mark.parametrize("mark", ["<w:hidden/>", "<w:del w:id='1' w:author='a'/>"])
def test_rows_that_nobody_sees_are_no_text(tmp_path: Path, mark: str) -> None:
    """A hidden row, or one that was deleted while changes were tracked."""
    rows = [
        _row(_cell("Ville"), _cell("Fonds"), _cell("Montant")),
        _row(_cell("Avion"), _cell("FEDER"), _cell("5 €"), properties=mark),
        _row(_cell("Méricourt"), _cell("FSE"), _cell("6 €")),
    ]
    assert _text(tmp_path, f"<w:tbl>{''.join(rows)}</w:tbl>") == (
        "Ville : Méricourt ; Fonds : FSE ; Montant : 6 €."
    )
