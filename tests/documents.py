"""Small files of every format, made as the tests need them."""

from __future__ import annotations

import atexit
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from docx.document import Document
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from assistant.corpus import ConfinedReader, Corpus, read_corpus

SIDECAR: Final = "title: Titre\npublisher: Éditeur\nlanguage: fr\n"
MAPPING: Final = """\
title: La liste
publisher: Éditeur
url: https://example.org/liste
language: fr
file: {file}
fields:
  nom: {{column: Nom}}
  montant: {{column: Montant, type: amount}}
key: [nom]
row_title: "{{nom}}"
sentences:
  - "L’opération « {{nom}} » reçoit {{montant}}."
"""
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEETS: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def put(folder: Path, name: str, data: str | bytes, sidecar: str | None = SIDECAR) -> Path:
    """Writes a file and, unless it is None, the metadata beside it."""
    file = folder / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    if sidecar is not None:
        file.with_suffix(".yaml").write_text(sidecar, encoding="utf-8")
    return file


def put_table(folder: Path, name: str, data: str | bytes, mapping: str = MAPPING) -> None:
    """Writes a table and the mapping beside it."""
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    (folder / "liste.table.yaml").write_text(mapping.format(file=name), encoding="utf-8")


@cache
def shared_reader() -> ConfinedReader:
    """Returns a reader for all tests; to start one takes longer than to read most files."""
    reader = ConfinedReader()
    atexit.register(reader.close)
    return reader


def read_beside_a_good_one(folder: Path, reader: ConfinedReader | None = None) -> Corpus:
    """Reads a corpus folder after a good document was put into it, which must be read.

    Args:
        folder: the corpus folder.
        reader: `shared_reader` unless another is given.
    """
    put(folder, "bon.txt", "Bon.")
    read = read_corpus(folder, reader=reader or shared_reader())
    assert [document.text for document in read.documents if document.document_id == "bon"] == [
        "Bon."
    ]
    return read


def pdf(*pages: Callable[[Canvas], object], **options: Any) -> bytes:
    """Returns a PDF; each page is drawn with 11 points of Helvetica set."""
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=A4, **options)
    for draw in pages:
        canvas.setFont("Helvetica", 11)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def lines(
    *texts: str, top: float = 700, left: float = 60, step: float = 14
) -> Callable[[Canvas], object]:
    """Returns what draws lines of text, one below the other."""

    def draw(canvas: Canvas) -> None:
        for number, text in enumerate(texts):
            canvas.drawString(left, top - number * step, text)

    return draw


def word(document: Document) -> bytes:
    """Returns a Word document as a file."""
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def archive(members: Mapping[str, str | bytes]) -> bytes:
    """Returns a zip archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return data.getvalue()


def repacked(data: bytes, changes: Mapping[str, str | bytes]) -> bytes:
    """Returns an archive with some of its members replaced or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members: dict[str, str | bytes] = {name: packed.read(name) for name in packed.namelist()}
    return archive(members | dict(changes))


def text_cell(name: str, text: str) -> str:
    """Returns a cell of a sheet that holds text."""
    return f'<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>'


def number_cell(name: str, number: object, style: int = 0) -> str:
    """Returns a cell of a sheet that holds a number; style 1 shows it as a date."""
    return f'<c r="{name}" s="{style}"><v>{number}</v></c>'


def workbook(**sheets: Sequence[str]) -> bytes:
    """Returns an .xlsx file; each sheet is a list of rows, each row its cells."""
    names = list(sheets)
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in range(len(names))
    )
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number + 1}" r:id="r{number}"/>'
        for number, name in enumerate(names)
    )
    members = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
        f'Id="r" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'{relations}<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": f'{_XML}<styleSheet xmlns="{_SHEETS}"><cellXfs>'
        '<xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    for number, rows in enumerate(sheets.values()):
        written = "".join(f'<row r="{row}">{cells}</row>' for row, cells in enumerate(rows, 1))
        members[f"xl/worksheets/sheet{number}.xml"] = (
            f'{_XML}<worksheet xmlns="{_SHEETS}"><sheetData>{written}</sheetData></worksheet>'
        )
    return archive(members)


def list_of_operations() -> bytes:
    """Returns an .xlsx file that `MAPPING` reads, of one row."""
    return workbook(
        Liste=[
            text_cell("A1", "Nom") + text_cell("B1", "Montant"),
            text_cell("A2", "Le parc") + number_cell("B2", 1000.5),
        ]
    )
