"""Word documents: what a reader sees once tracked changes are accepted, with its headings."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph

from assistant.corpus import files, read_docx_document
from assistant.domain import SourceDocument
from assistant.errors import DocumentError
from tests.documents import archive, put, repacked, word


def _read(folder: Path, document: Document | bytes) -> SourceDocument:
    data = document if isinstance(document, bytes) else word(document)
    return read_docx_document(put(folder, "note.docx", data))


def _refusal(folder: Path, document: Document | bytes) -> str:
    with pytest.raises(DocumentError) as refused:
        _read(folder, document)
    return str(refused.value)


def _insert(paragraph: Paragraph, xml: str) -> None:
    """Adds an element to a paragraph; `w:` is the namespace of Word."""
    paragraph._p.append(parse_xml(re.sub(r"^<[\w:]+", rf"\g<0> {nsdecls('w')}", xml)))


def _headings(document: SourceDocument) -> list[tuple[int, str]]:
    for heading in document.headings:
        assert document.text[heading.span.start : heading.span.end] == heading.text
    return [(heading.level, heading.text) for heading in document.headings]


def test_document_becomes_paragraphs_and_headings(tmp_path: Path) -> None:
    """The title is level 1, « Titre 1 » a section below it; items are paragraphs."""
    document = docx.Document()
    document.add_heading("La note", 0)
    document.add_heading("Le musée", 1)
    paragraph = document.add_paragraph("Le musée a ")
    paragraph.add_run("ouvert").bold = True
    paragraph.add_run(" en\u00a02012.\nIl est grand.\tEt beau.")
    document.add_heading("Les tarifs", 2)
    document.add_paragraph("", style="List Bullet")
    document.add_paragraph("plein tarif", style="List Bullet")
    document.add_paragraph("tarif réduit", style="List Number")
    read = _read(tmp_path, document)
    assert read.text == (
        "La note\n\nLe musée\n\nLe musée a ouvert en 2012. Il est grand. Et beau.\n\n"
        "Les tarifs\n\nplein tarif\n\ntarif réduit"
    )
    assert _headings(read) == [(1, "La note"), (2, "Le musée"), (3, "Les tarifs")]
    assert (read.document_id, read.title, read.locators) == ("note", "Titre", ())


def test_headings_are_known_by_their_style(tmp_path: Path) -> None:
    """French names, styles based on a heading and outline levels count; like names do not."""
    document = docx.Document()
    styles = document.styles
    for name, base in [("Titre 3", "Normal"), ("Mon titre", "Heading 2"), ("Titres", "Normal")]:
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles[base]
    document.add_paragraph("Par son nom", style="Titre 3")
    document.add_paragraph("Par sa base", style="Mon titre")
    outlined = document.add_paragraph("Par son niveau")
    outlined._p.get_or_add_pPr().append(parse_xml(f"<w:outlineLvl {nsdecls('w')} w:val='0'/>"))
    body = document.add_paragraph("Corps de texte", style="Heading 1")
    body._p.get_or_add_pPr().append(parse_xml(f"<w:outlineLvl {nsdecls('w')} w:val='9'/>"))
    document.add_paragraph("Trop profond", style="Heading 9")
    document.add_paragraph("Autre style", style="Titres")
    assert _headings(_read(tmp_path, document)) == [
        (4, "Par son nom"),
        (3, "Par sa base"),
        (2, "Par son niveau"),
        (6, "Trop profond"),
    ]


@pytest.mark.parametrize(
    ("xml", "seen"),
    [
        ("<w:ins w:id='1' w:author='a'><w:r><w:t>inséré</w:t></w:r></w:ins>", "inséré"),
        ("<w:del w:id='1' w:author='a'><w:r><w:delText>effacé</w:delText></w:r></w:del>", ""),
        ("<w:moveTo w:id='1' w:author='a'><w:r><w:t>arrivé</w:t></w:r></w:moveTo>", "arrivé"),
        ("<w:moveFrom w:id='1' w:author='a'><w:r><w:t>parti</w:t></w:r></w:moveFrom>", ""),
        ("<w:hyperlink><w:r><w:t>lié</w:t></w:r></w:hyperlink>", "lié"),
        ("<w:sdt><w:sdtContent><w:r><w:t>rempli</w:t></w:r></w:sdtContent></w:sdt>", "rempli"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>caché</w:t></w:r>", ""),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r>", ""),
        ("<w:r><w:pict><w:txbxContent><w:t>encadré</w:t></w:txbxContent></w:pict></w:r>", ""),
        ("<w:r><w:t>Nord</w:t><w:noBreakHyphen/><w:t>Pas</w:t></w:r>", "Nord-Pas"),
        ("<w:r><w:t>euro</w:t><w:softHyphen/><w:t>péen</w:t></w:r>", "européen"),
        ("<w:r><w:t>e\u0301te\u0301 de la \ufb01n</w:t></w:r>", "été de la fin"),
    ],
)
def test_text_is_what_a_reader_sees(tmp_path: Path, xml: str, seen: str) -> None:
    """Changes count as accepted; deleted, hidden and technical words are no text."""
    document = docx.Document()
    paragraph = document.add_paragraph("Avant ")
    _insert(paragraph, xml)
    paragraph.add_run(" après.")
    assert _read(tmp_path, document).text == " ".join(f"Avant {seen} après.".split())


def test_comments_headers_and_footers_are_no_text(tmp_path: Path) -> None:
    """What stands beside the text is not in it."""
    document = docx.Document()
    paragraph = document.add_paragraph("Le texte.")
    document.add_comment(paragraph.runs, text="Un commentaire.", author="A")
    document.sections[0].header.paragraphs[0].text = "En-tête"
    document.sections[0].footer.paragraphs[0].text = "Pied de page"
    assert _read(tmp_path, document).text == "Le texte."


@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        ("<w:sdt {}><w:sdtContent>", "</w:sdtContent></w:sdt>"),
        ("<w:customXml {}>", "</w:customXml>"),
    ],
)
def test_forms_are_read(tmp_path: Path, opens: str, closes: str) -> None:
    """Paragraphs and tables within a form's field stand where they are."""
    document = docx.Document()
    document.add_paragraph("Avant.")
    table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Une case</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    paragraph = "<w:p><w:r><w:t>Dedans.</w:t></w:r></w:p>"
    field = parse_xml(opens.format(nsdecls("w")) + paragraph + table + closes)
    document.element.body.insert(1, field)
    document.add_paragraph("Après.")
    assert _read(tmp_path, document).text == "Avant.\n\nDedans.\n\nUne case.\n\nAprès."


def _table(document: Document, *rows: tuple[str, ...]) -> None:
    table = document.add_table(len(rows), len(rows[0]))
    for number, row in enumerate(rows):
        for position, text in enumerate(row):
            table.cell(number, position).text = text


def test_rows_of_a_table_name_their_columns(tmp_path: Path) -> None:
    """The first row of three columns and more is the header; empty cells are left out."""
    document = docx.Document()
    _table(document, ("Fonds", "Montant", "Année"), ("FEDER", "2 €", "2014"), ("État", "", "2015"))
    assert _read(tmp_path, document).text == (
        "Fonds : FEDER ; Montant : 2 € ; Année : 2014.\n\nFonds : État ; Année : 2015."
    )


def test_two_columns_are_names_and_values(tmp_path: Path) -> None:
    """No row of a sheet is taken for the header of the others."""
    document = docx.Document()
    _table(document, ("Bénéficiaire", "Commune de Lens"), ("Montant", "2 €"), ("Durée", ""))
    assert _read(tmp_path, document).text == (
        "Bénéficiaire : Commune de Lens.\n\nMontant : 2 €.\n\nDurée."
    )


def test_marked_header_of_two_columns_is_one(tmp_path: Path) -> None:
    """A header row that Word repeats on each page is a header."""
    document = docx.Document()
    _table(document, ("Fonds", "Montant"), ("FEDER", "2 €"))
    properties = document.tables[0].rows[0]._tr.get_or_add_trPr()
    properties.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    assert _read(tmp_path, document).text == "Fonds : FEDER ; Montant : 2 €."


def test_merged_cells_say_once_what_they_say(tmp_path: Path) -> None:
    """A cell over two columns is written once, one over two rows in both of them."""
    document = docx.Document()
    _table(document, ("Fonds", "Montant", "Année"), ("FEDER", "2 €", "2014"), ("x", "y", "2015"))
    table = document.tables[0]
    table.cell(1, 0).merge(table.cell(2, 0)).text = "FEDER"
    table.cell(2, 1).merge(table.cell(2, 2)).text = "rien"
    assert _read(tmp_path, document).text == (
        "Fonds : FEDER ; Montant : 2 € ; Année : 2014.\n\nFonds : FEDER ; Montant : rien."
    )


def test_paragraphs_of_a_cell_are_not_glued(tmp_path: Path) -> None:
    """A cell of several paragraphs, and a table in it, keep their blanks."""
    document = docx.Document()
    _table(document, ("Un encadré.",))
    cell = document.tables[0].cell(0, 0)
    cell.add_paragraph("Deux phrases")
    cell.add_table(1, 2).cell(0, 0).text = "dedans"
    assert _read(tmp_path, document).text == "Un encadré. Deux phrases dedans."


def test_empty_table_is_left_out(tmp_path: Path) -> None:
    """A table without rows or words breaks nothing."""
    document = docx.Document()
    document.add_table(0, 2)
    _table(document, ("", ""), ("", ""))
    document.add_paragraph("Le texte.")
    assert _read(tmp_path, document).text == "Le texte."


def test_headings_alone_are_no_text(tmp_path: Path) -> None:
    """A document of titles, or of nothing, is refused as empty."""
    document = docx.Document()
    assert _refusal(tmp_path, document) == "The file has no text. Fill it or remove it."
    document.add_heading("Le musée", 1)
    assert _refusal(tmp_path, document) == "The file has no text. Fill it or remove it."


NO_TARGET = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="a" Type="b"/></Relationships>'
)
NO_WORD = "This is no Word document, or a damaged one. Save it anew."
DAMAGED = "The file is damaged. Save it anew."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", DAMAGED),
        (b"Bonjour.", DAMAGED),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, DAMAGED),
        (archive({}), NO_WORD),
        (archive({"mimetype": "application/epub+zip"}), NO_WORD),
        (repacked(word(docx.Document()), {"word/document.xml": "<w:document"}), NO_WORD),
        (repacked(word(docx.Document()), {"word/document.xml": ""}), NO_WORD),
        (repacked(word(docx.Document()), {"word/document.xml": "<document/>"}), NO_WORD),
        (repacked(word(docx.Document()), {"_rels/.rels": NO_TARGET}), NO_WORD),
        (word(docx.Document())[:-200], DAMAGED),
    ],
)
def test_what_is_no_word_document_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    """Other, old and truncated files are refused."""
    assert _refusal(tmp_path, data) == reason


def test_encrypted_member_is_refused(tmp_path: Path) -> None:
    """An archive that wants a password is refused by that reason."""
    data = bytearray(word(docx.Document()))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        data[at + flags] |= 1
    assert _refusal(tmp_path, bytes(data)) == (
        "The file is encrypted or packed in an unusual way. Save it anew, unencrypted."
    )


def test_unpacked_size_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zip bomb is refused as soon as it holds too much, all members counted together."""
    bomb = repacked(word(docx.Document()), {"word/media/a": b"0" * 400_000, "b": b"0" * 400_000})
    assert len(bomb) < 60_000
    monkeypatch.setattr(files, "MAX_UNPACKED", 500_000)
    assert _refusal(tmp_path, bomb) == (
        "The file unpacks to more than 500,000 bytes. Split it into several documents."
    )


def test_letters_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that unpacks to more text than a corpus needs is refused."""
    monkeypatch.setattr(files, "MAX_CHARACTERS", 30)
    document = docx.Document()
    document.add_paragraph("x" * 14)
    document.add_paragraph("y" * 14)
    assert len(_read(tmp_path, document).text) == 30
    document.add_paragraph("z")
    assert _refusal(tmp_path, document) == (
        "The document holds more than 30 characters. Split it into several documents."
    )


def test_sizes_that_lie_hide_no_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that says to be small is never unpacked beyond what it says."""
    data = bytearray(archive({"bombe": b"0" * 1_000_000}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.find(mark) + at
        data[start : start + 4] = (10).to_bytes(4, "little")
    with zipfile.ZipFile(BytesIO(bytes(data))) as packed:
        assert packed.infolist()[0].file_size == 10
    monkeypatch.setattr(files, "MAX_UNPACKED", 1_000)
    assert _refusal(tmp_path, bytes(data)) == DAMAGED


def _with_entities(folder: Path, entity: str) -> bytes:
    """Returns a document whose text ends with an entity."""
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    xml = (
        f"<!DOCTYPE x [<!ENTITY l0 'ha'>{laughs}<!ENTITY f SYSTEM 'file://{folder}/secret'>]>"
        f"<w:document {nsdecls('w')}><w:body><w:p><w:r><w:t>Un texte&{entity};.</w:t></w:r></w:p>"
        "</w:body></w:document>"
    )
    return repacked(word(docx.Document()), {"word/document.xml": xml})


def test_billion_laughs_are_refused(tmp_path: Path) -> None:
    """Entities of entities are not expanded."""
    assert _refusal(tmp_path, _with_entities(tmp_path, "l9")) == NO_WORD


def test_entity_reads_no_file(tmp_path: Path) -> None:
    """A document that names a file of this machine is refused; Word writes no entities."""
    (tmp_path / "secret").write_text("SECRET")
    assert _refusal(tmp_path, _with_entities(tmp_path, "f")) == NO_WORD


def test_names_in_an_archive_reach_no_folder(tmp_path: Path) -> None:
    """A member called ../ is nowhere written."""
    document = docx.Document()
    document.add_paragraph("Le texte.")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    data = repacked(
        word(document), {"../../evade.txt": "x", "/evade.txt": "x", "word\\..\\..\\evade": "x"}
    )
    assert _read(inner, data).text == "Le texte."
    assert not list(tmp_path.rglob("evade*"))
    assert not Path("/evade.txt").exists()
