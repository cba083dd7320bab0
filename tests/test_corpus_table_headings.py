"""Lists as people keep them: merged cells, headings of two rows, amounts in thousands."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.corpus.tables import read_table
from assistant.domain import SourceDocument
from assistant.errors import DocumentError
from tests.documents import number_cell, put_table, repacked, text_cell, workbook

MAPPING = """\
title: La liste
publisher: Éditeur
language: fr
file: {{file}}
header_row: {row}
fields:
  ville: {{{{column: "Ville"}}}}
  montant: {{{{column: "{column}", type: {kind}}}}}
key: [ville, montant]
row_title: "{{{{ville}}}}"
sentences: ["{{{{ville}}}} reçoit {{{{montant}}}}."]
"""


def _texts(
    folder: Path, name: str, data: str | bytes, column: str, row: int = 1, kind: str = "amount"
) -> list[str]:
    put_table(folder, name, data, MAPPING.format(column=column, row=row, kind=kind))
    found = [read for _, read, _ in read_table(folder / "liste.table.yaml", [folder])]
    return [read.text if isinstance(read, SourceDocument) else str(read) for read in found]


def _merged(rows: list[str], *ranges: str) -> bytes:
    """Returns a workbook of one sheet with merged cells."""
    data = workbook(Liste=rows)
    written = "".join(f'<row r="{row}">{cells}</row>' for row, cells in enumerate(rows, 1))
    merged = "".join(f'<mergeCell ref="{one}"/>' for one in ranges)
    names = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = (
        f"<worksheet {names}><sheetData>{written}</sheetData>"
        f"<mergeCells>{merged}</mergeCells></worksheet>"
    )
    return repacked(data, {"xl/worksheets/sheet0.xml": sheet})


def test_merged_cell_stands_for_all_its_rows(tmp_path: Path) -> None:
    """A name or an amount over several rows is that of each."""
    rows = [
        text_cell("A1", "Ville") + text_cell("B1", "Montant"),
        text_cell("A2", "Avion") + number_cell("B2", 5),
        number_cell("B3", 6),
        text_cell("A4", "Oignies") + number_cell("B4", 7),
        text_cell("A5", "Liévin"),
    ]
    data = _merged(rows, "A2:A3", "B4:B5")
    assert _texts(tmp_path, "liste.xlsx", data, "Montant") == [
        "Avion reçoit 5\u00a0€.",
        "Avion reçoit 6\u00a0€.",
        "Oignies reçoit 7\u00a0€.",
        "Liévin reçoit 7\u00a0€.",
    ]


def test_wide_cell_of_data_stands_in_its_first_column(tmp_path: Path) -> None:
    """A row that says one thing over all columns is no amount."""
    rows = [
        text_cell("A1", "Ville") + text_cell("B1", "Montant"),
        text_cell("A2", "Avion") + number_cell("B2", 5),
        text_cell("A3", "Total des villes"),
    ]
    data = _merged(rows, "A3:B3", "A9:Z99", "B2:XFD1048576")
    texts = _texts(tmp_path, "liste.xlsx", data, "Montant")
    assert texts[0] == "Avion reçoit 5\u00a0€."


@pytest.mark.parametrize(
    ("column", "amount"), [("Coût 2012", "5"), ("coût  2013", "6"), ("Observations", "7")]
)
def test_headings_of_two_rows_are_put_together(tmp_path: Path, column: str, amount: str) -> None:
    """Merged as in a workbook, or with empty cells as in what is saved from it."""
    rows = [
        text_cell("A1", "Subventions"),
        text_cell("A2", "Ville") + text_cell("B2", "Coût") + text_cell("D2", "Observations"),
        text_cell("B3", "2012") + text_cell("C3", "2013"),
        text_cell("A4", "Avion") + number_cell("B4", 5) + number_cell("C4", 6)
        + number_cell("D4", 7),
    ]  # fmt: skip
    data = _merged(rows, "A1:D1", "A2:A3", "B2:C2", "D2:D3")
    expected = [f"Avion reçoit {amount}\u00a0€."]
    assert _texts(tmp_path, "liste.xlsx", data, column, row=3) == expected
    (tmp_path / "liste.xlsx").unlink()
    saved = "Subventions,,,\nVille,Coût,,Observations\n,2012,2013,\nAvion,5,6,7\n"
    assert _texts(tmp_path, "liste.csv", saved, column, row=3) == expected


def test_heading_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """« 2012 » below « Coût » and below « Recette » may mean either."""
    saved = "Ville,Coût,,Recette,\n,2012,2013,2012,2013\nAvion,5,6,7,8\n"
    with pytest.raises(DocumentError, match=r"has 2 columns called “2012” in row 2\."):
        _texts(tmp_path, "liste.csv", saved, "2012", row=2)
    assert _texts(tmp_path, "liste.csv", saved, "Recette 2012", row=2) == ["Avion reçoit 7\u00a0€."]


@pytest.mark.parametrize(
    ("heading", "cell", "amount"),
    [
        ("Montant (k€)", "150", "150\u00a0000"),
        ("Montant en k€", "1,5", "1\u00a0500"),
        ("Montant KEUR", "2", "2\u00a0000"),
        ("Montant (en milliers d’euros)", "12", "12\u00a0000"),
        ("Montant M€", "3,25", "3\u00a0250\u00a0000"),
        ("Montant (millions d'euros)", "4", "4\u00a0000\u00a0000"),
        ("Montant (Md€)", "1", "1\u00a0000\u00a0000\u00a0000"),
        ("Montant (€)", "150", "150"),
        ("Montant programmé €", "150", "150"),
        ("Montant", "150 k€", "150\u00a0000"),
        ("Montant", "1,2 M€", "1\u00a0200\u00a0000"),
        ("Montant", "3 millions d’euros", "3\u00a0000\u00a0000"),
        ("Montant (k€)", "2 M€", "2\u00a0000\u00a0000"),
        ("Montant (k€)", "2000 €", "2\u00a0000"),
    ],
)
def test_units_of_amounts(tmp_path: Path, heading: str, cell: str, amount: str) -> None:
    """What a heading says of all amounts, or a cell of its own."""
    saved = f'Ville,"{heading}"\nAvion,"{cell}"\n'
    assert _texts(tmp_path, "liste.csv", saved, heading) == [f"Avion reçoit {amount}\u00a0€."]


def test_unit_in_the_upper_heading(tmp_path: Path) -> None:
    """« Coût en k€ » above the years holds for all of them."""
    saved = "Ville,Coût en k€,\n,2012,2013\nAvion,5,6\n"
    assert _texts(tmp_path, "liste.csv", saved, "2013", row=2) == [
        "Avion reçoit 6\u00a0000\u00a0€."
    ]


def test_numbers_have_no_unit(tmp_path: Path) -> None:
    """« Visiteurs (milliers) » as a number is written as it stands."""
    saved = "Ville,Visiteurs (milliers)\nAvion,5\n"
    texts = _texts(tmp_path, "liste.csv", saved, "Visiteurs (milliers)", kind="number")
    assert texts == ["Avion reçoit 5."]
