"""Tables: rows of CSV, XLS and XLSX files that become sentences, and those that cannot."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from assistant.corpus import Refusal, read_corpus, spreadsheets
from assistant.corpus.tables import AbsentTable, read_table
from assistant.domain import Locator, SourceDocument, Span, Unit
from assistant.errors import CorpusError, DocumentError
from tests.documents import (
    MAPPING,
    archive,
    list_of_operations,
    number_cell,
    put_table,
    read_beside_a_good_one,
    repacked,
    text_cell,
    workbook,
)

ROOT = Path(__file__).resolve().parent.parent
LISTS = ROOT.parent / "shared" / "data" / "eu_operations" / "raw"
needs_lists = pytest.mark.skipif(
    not LISTS.is_dir(), reason="the State's lists are not kept in the repository"
)
TYPED = """\
title: La liste
publisher: Éditeur
language: {language}
file: liste.csv
delimiter: ";"
{extra}fields:
  valeur: {{column: Valeur, type: {type}}}
key: [valeur]
row_title: "Titre"
sentences: ["{{valeur}}"]
"""


def _rows(folder: Path) -> list[tuple[str, SourceDocument | DocumentError, str | None]]:
    return list(read_table(folder / "liste.table.yaml", [folder]))


def _documents(folder: Path) -> list[SourceDocument]:
    found = [read for _, read, _ in _rows(folder)]
    assert not [read for read in found if isinstance(read, DocumentError)]
    return [read for read in found if isinstance(read, SourceDocument)]


def _refusal(folder: Path) -> str:
    """Reads a folder with a good document; returns why its table was refused as a whole."""
    (refused,) = read_beside_a_good_one(folder).refused
    assert refused.name == "liste.table.yaml"
    return refused.reason


def _typed(folder: Path, cell: str, kind: str, language: str = "fr", extra: str = "") -> str:
    """Returns what is written for one cell, or why nothing is."""
    put_table(folder, "liste.csv", f"Valeur;Rien\n{cell};x\n")
    mapping = TYPED.format(language=language, extra=extra, type=kind).replace("{{", "{")
    (folder / "liste.table.yaml").write_text(mapping.replace("}}", "}"), encoding="utf-8")
    ((_, read, _),) = _rows(folder)
    return read.text if isinstance(read, SourceDocument) else str(read)


def test_row_becomes_a_document(tmp_path: Path) -> None:
    """Each row is cited as a part of the list, with its number in the file."""
    put_table(tmp_path, "liste.csv", 'Nom,Montant,Autre\nLe parc,"2 199 300,00",x\nLe bois,5.5,\n')
    first, second = _documents(tmp_path)
    assert first == SourceDocument(
        document_id=first.document_id,
        title="Le parc",
        text="L’opération « Le parc » reçoit 2\u00a0199\u00a0300\u00a0€.",
        language="fr",
        publisher="Éditeur",
        url="https://example.org/liste",
        part_of="La liste",
        locators=(Locator(Span(0, 43), Unit.ROW, 2),),
    )
    assert second.text == "L’opération « Le bois » reçoit 5,50\u00a0€."
    assert (second.locators[0].number, len(first.text)) == (3, 43)


def test_row_keeps_its_id_when_others_come(tmp_path: Path) -> None:
    """The id is of the key's fields; rows with the same key are counted."""
    put_table(tmp_path, "liste.csv", "Nom,Montant\nLe parc,1\nA-1,2\n")
    park, short = (document.document_id for document in _documents(tmp_path))
    assert short == "liste-A-1"
    put_table(tmp_path, "liste.csv", "Nom,Montant\nLe bois,9\nA-1,2\nLe parc,1\nA-1,3\n")
    names = [document.document_id for document in _documents(tmp_path)]
    assert names[1:] == ["liste-A-1", park, "liste-A-1.2"]
    assert names[0] not in {park, short}


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("2199300", "2\u00a0199\u00a0300\u00a0€"),
        ("3723528,41", "3\u00a0723\u00a0528,41\u00a0€"),
        ("3723528.41", "3\u00a0723\u00a0528,41\u00a0€"),
        ("3 723 528,41 €", "3\u00a0723\u00a0528,41\u00a0€"),
        ("3\u00a0723\u00a0528,41", "3\u00a0723\u00a0528,41\u00a0€"),
        ("3.723.528,41", "3\u00a0723\u00a0528,41\u00a0€"),
        ("3,723,528.41 EUR", "3\u00a0723\u00a0528,41\u00a0€"),
        ("1.234.567", "1\u00a0234\u00a0567\u00a0€"),
        ("12 euros", "12\u00a0€"),
        ("-5,5", "-5,50\u00a0€"),
        ("0", "0\u00a0€"),
        ("1.234", "Valeur: “1.234” can be read in two ways; set `decimal`."),
        ("1,234", "Valeur: “1,234” can be read in two ways; set `decimal`."),
        ("douze", "Valeur: “douze” is no number."),
        ("9" * 45, f"Valeur: “{'9' * 40}…” is too long for a number."),
        ("1e6", "Valeur: “1e6” is no number."),
        ("nan", "Valeur: “nan” is no number."),
        ("12 $", "Valeur: “12 $” is no number."),
        ("1.2.3,4,5", "Valeur: “1.2.3,4,5” is no number."),
    ],
)
def test_amounts(tmp_path: Path, cell: str, written: str) -> None:
    """An amount is written as French does, however it was typed, and never guessed."""
    assert _typed(tmp_path, cell, "amount").startswith(written)


@pytest.mark.parametrize(
    ("cell", "decimal", "written"),
    [
        ("1.234", ".", "1,234"),
        ("1.234", ",", "1\u00a0234"),
        ("1,234", ",", "1,234"),
        ("1,234", ".", "1\u00a0234"),
        ("12", ".", "12"),
    ],
)
def test_mapping_tells_the_sign_of_decimals(
    tmp_path: Path, cell: str, decimal: str, written: str
) -> None:
    """What could be read either way is read as the mapping says."""
    assert _typed(tmp_path, cell, "number", extra=f"decimal: '{decimal}'\n") == written


@pytest.mark.parametrize(
    ("cell", "language", "written"),
    [
        ("2014-07-01", "fr", "1er juillet 2014"),
        ("01/07/2014", "fr", "1er juillet 2014"),
        ("30.09.2016", "fr", "30 septembre 2016"),
        ("2016-09-30T00:00:00", "fr", "30 septembre 2016"),
        ("2016-09-30 12:30:00", "fr", "30 septembre 2016"),
        ("2014-08-11", "fr", "11 août 2014"),
        ("2014-07-01", "en", "July 1, 2014"),
        ("2014-07-01", "de", "1. Juli 2014"),
        ("2014-02-30", "fr", "Valeur: “2014-02-30” is no date."),
        ("07/2014", "fr", "Valeur: “07/2014” is no date."),
        ("hier", "fr", "Valeur: “hier” is no date."),
        ("41821", "fr", "Valeur: “41821” is no date."),
    ],
)
def test_dates(tmp_path: Path, cell: str, language: str, written: str) -> None:
    """A date is written out in the language of the list; the first of a month is « 1er »."""
    assert _typed(tmp_path, cell, "date", language).startswith(written)


@pytest.mark.parametrize(
    ("cell", "kind", "written"),
    [
        ("62000", "postcode", "62000"),
        ("1000", "postcode", "01000"),
        ("620000", "postcode", "Valeur: “620000” is no postcode."),
        ("2A004", "postcode", "Valeur: “2A004” is no postcode."),
        ("2014", "year", "2014"),
        ("214", "year", "Valeur: “214” is no year."),
        ("12345.5", "number", "12\u00a0345,5"),
        ("  Le   parc ", "text", "Le parc"),
        ("L’e\ufb03cacite\u0301", "text", "L’efficacité"),
        ("a\x07\u200bb", "text", "ab"),
        ("x" * 5_000, "text", "x" * 5_000),
        ("x" * 5_001, "text", "A cell holds 5,001 characters, more than 5,000."),
    ],
)
def test_other_types(tmp_path: Path, cell: str, kind: str, written: str) -> None:
    """Postcodes have five digits, years four, and text is tidied."""
    assert _typed(tmp_path, cell, kind).startswith(written)


@pytest.mark.parametrize("cell", ["=1+1", "=cmd|'/c calc'!A0", "@SUM(A1)", "+A1", "-A1", " =A1"])
@pytest.mark.parametrize("kind", ["text", "amount", "date"])
def test_formula_is_no_value(tmp_path: Path, cell: str, kind: str) -> None:
    """A cell that a spreadsheet would run is refused, and never in a sentence."""
    assert _typed(tmp_path, cell, kind).startswith(
        f"Valeur: “{cell.strip()}” is a formula, not a value."
    )


@pytest.mark.parametrize("cell", ["- le parc", "-5 °C", "+33 3 21", "a=b", "nom@exemple.fr"])
def test_signs_alone_make_no_formula(tmp_path: Path, cell: str) -> None:
    """Dashes, telephone numbers and addresses are text."""
    assert _typed(tmp_path, cell, "text") == cell


def test_text_is_never_a_template(tmp_path: Path) -> None:
    """Braces in a cell stay braces."""
    assert _typed(tmp_path, "{valeur} {0.__class__} %s", "text") == "{valeur} {0.__class__} %s"


def test_bad_row_leaves_the_others(tmp_path: Path) -> None:
    """A row that cannot be read is refused by its number; the others are documents."""
    put_table(tmp_path, "liste.csv", "Nom,Montant\nUn,1\n=A1,2\n\n,\nTrois,x\n,4\nCinq,5\n")
    read = read_beside_a_good_one(tmp_path)
    assert [document.title for document in read.documents if document.part_of] == ["Cinq", "Un"]
    assert read.refused == (
        Refusal(
            "liste.csv:3",
            "Nom: “=A1” is a formula, not a value. "
            "Correct the table, or say under `values` what is meant.",
        ),
        Refusal(
            "liste.csv:6",
            "Montant: “x” is no number. Correct the table, or say under `values` what is meant.",
        ),
        Refusal("liste.csv:7", "The row fills no sentence. Correct the table or the mapping."),
    )


RICH = """\
title: La liste
publisher: Éditeur
language: fr
published: 2016-07-11
file: liste.csv
header_row: 2
fields:
  nom: {column: " nom du   PROJET "}
  fonds: {column: Fonds, values: {FEDER: du FEDER, NR: ""}}
  région: {column: Région}
  aide: {column: Aide, type: amount}
  coût: {column: Coût, type: amount}
  adresse: {column: Adresse}
constants: {période: 2007-2013}
key: nom
only: {région: [Nord, Pas]}
at_most: {aide: coût}
row_title: "{nom}"
row_url: "{adresse}"
sentences:
  - - "{nom} reçoit {aide} {fonds} ({période})."
    - "{nom} reçoit {aide} ({période})."
  - "{nom} coûte {coût}."
"""


def test_mapping_says_how_rows_are_written(tmp_path: Path) -> None:
    """Header row, values, choice of sentences, rows left out, and a part above its whole."""
    (tmp_path / "liste.table.yaml").write_text(RICH, encoding="utf-8")
    (tmp_path / "liste.csv").write_text(
        "Liste de l’État,,,,,\n"
        "Nom du projet,Fonds,Région,Aide,Coût,Adresse\n"
        "Un,FEDER,Nord-Pas de Calais,10,20,https://example.org/un\n"
        "Deux,NR,Pas-de-Calais,30,20,\n"
        "Trois,FSE,Corse,=A1,,\n"
        "Quatre,FEDER,Corse,1,2,\n",
        encoding="utf-8",
    )
    read = read_beside_a_good_one(tmp_path)
    texts = {doc.title: (doc.text, doc.url) for doc in read.documents if doc.part_of}
    assert texts == {
        "Un": (
            "Un reçoit 10\u00a0€ du FEDER (2007-2013).\n\nUn coûte 20\u00a0€.",
            "https://example.org/un",
        ),
        "Deux": ("Deux reçoit 30\u00a0€ (2007-2013).\n\nDeux coûte 20\u00a0€.", None),
    }
    assert read.problems == {
        "liste-Deux": ("row 4: aide (30\u00a0€) is more than coût (20\u00a0€)",)
    }
    assert [refused.name for refused in read.refused] == ["liste.csv:5"]


def test_address_of_a_row_must_be_one(tmp_path: Path) -> None:
    """A row whose address is of no page is refused."""
    (tmp_path / "liste.table.yaml").write_text(RICH, encoding="utf-8")
    (tmp_path / "liste.csv").write_text(
        "\nNom du projet,Fonds,Région,Aide,Coût,Adresse\nUn,,Nord,1,2,javascript:alert(1)\n"
    )
    ((_, read, _),) = _rows(tmp_path)
    assert str(read) == "“javascript:alert(1)” is no web address. Correct the table."


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("file: liste.csv", "file: ../liste.csv", "`file` must be a name without a folder"),
        ("file: liste.csv", "file: /etc/passwd", "`file` must be a name without a folder"),
        ("file: liste.csv", r"file: a\liste.csv", "`file` must be a name without a folder"),
        ("file: liste.csv", "file: ..", "`file` must be a name without a folder"),
        ("file: liste.csv", 'file: "a\\0b"', "`file` must be a name without a folder"),
        ("file: liste.csv", f"file: {'é' * 128}", "`file` must be a name without a folder"),
        ("key: nom", "key: nim", "nim is neither in `fields` nor in `constants`"),
        ("only: {région", "only: {rigion", "rigion is neither in `fields` nor in `constants`"),
        ("{aide: coût}", "{aide: cout}", "cout is neither in `fields` nor in `constants`"),
        ("coûte {coût}", "coûte {cout}", "cout is neither in `fields` nor in `constants`"),
        ("coûte {coût}", "coûte {coût", "expected '}' before end of string"),
        ("coûte {coût}", "coûte {coût.real}", "write {name} with the name of a field"),
        ("coûte {coût}", "coûte {coût!r}", "write {name} with the name of a field"),
        ("coûte {coût}", "coûte {coût:>99999999}", "write {name} with the name of a field"),
        ("coûte {coût}", "coûte {}", "write {name} with the name of a field"),
        ("{période: 2007-2013}", "{nom: x}", "nom is both a field and a constant"),
        ("language: fr", "language: xx", "xx is no language whose numbers are known"),
        ("header_row: 2", "header_row: 0", "greater than or equal to 1"),
        ("header_row: 2", "header_rows: 2", "Extra inputs are not permitted"),
        ("type: amount", "type: money", "'text', 'amount', 'number', 'date', 'year' or 'postcode'"),
        ("file: liste.csv", "file: liste.csv\ndelimiter: ';;'", "at most 1 character"),
        ("file: liste.csv", "file: liste.csv\ncurrency: euro", "String should match pattern"),
        ("title: La liste\n", "", "title: Field required"),
    ],
)
def test_bad_mapping_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    """A mapping with a typo, a path or a template that could do more is refused by its line."""
    assert old in RICH
    (tmp_path / "liste.table.yaml").write_text(RICH.replace(old, new, 1), encoding="utf-8")
    (tmp_path.parent / "liste.csv").write_text("Nom\nSECRET\n")
    assert problem in _refusal(tmp_path)


def test_absent_table_is_told_apart_from_a_refused_one(tmp_path: Path) -> None:
    """A mapping may come without its table: that is said, with where it comes from."""
    (tmp_path / "liste.table.yaml").write_text(MAPPING.format(file="liste.csv"))
    read = read_beside_a_good_one(tmp_path)
    assert (read.refused, read.tables) == ((), None)
    assert read.absent == (
        Refusal(
            "liste.table.yaml",
            "The table liste.csv is not there. Put it beside its mapping, or name its folder with "
            "--tables. It comes from https://example.org/liste",
        ),
    )
    with pytest.raises(AbsentTable):
        _rows(tmp_path)


def test_table_is_taken_from_its_own_folder(tmp_path: Path) -> None:
    """The corpus folder comes first, then the folder of tables; a missing one is an error."""
    corpus, tables = tmp_path / "corpus", tmp_path / "tables"
    corpus.mkdir()
    tables.mkdir()
    (corpus / "liste.table.yaml").write_text(MAPPING.format(file="liste.csv"))
    (tables / "liste.csv").write_text("Nom,Montant\nLoin,1\n")
    read = read_corpus(corpus, tables)
    assert [document.title for document in read.documents] == ["Loin"]
    assert (read.folder, read.tables) == (str(corpus.resolve()), str(tables.resolve()))
    (corpus / "liste.csv").write_text("Nom,Montant\nPrès,1\n")
    assert [document.title for document in read_corpus(corpus, tables).documents] == ["Près"]
    with pytest.raises(CorpusError) as caught:
        read_corpus(corpus, tmp_path / "absent")
    assert caught.value.problem == f"There is no folder of tables at {tmp_path / 'absent'}."


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter"),
    [
        ("liste.csv", "utf-8", ","),
        ("liste.CSV", "utf-8", ","),
        ("liste.tsv", "utf-8", "\t"),
        ("liste.psv", "utf-8", "|"),
        ("liste.csv", "utf-8-sig", ","),
        ("liste.csv", "cp1252", ";"),
        ("liste.csv", "utf-16", ";"),
    ],
)
def test_text_tables(tmp_path: Path, name: str, encoding: str, delimiter: str) -> None:
    """The ending tells the delimiter, UTF-8 is usual, the mapping says what is not."""
    said = "" if encoding.startswith("utf-8") else f"encoding: {encoding}\ndelimiter: ';'\n"
    table = "Nom|Montant\r\nLa Cité|5\r\n".replace("|", delimiter)
    put_table(tmp_path, name, table.encode(encoding), MAPPING + said)
    (document,) = _documents(tmp_path)
    assert document.text == "L’opération « La Cité » reçoit 5\u00a0€."


@pytest.mark.parametrize(
    ("data", "extra", "reason"),
    [
        ("Nom,Montant\nCité,5\n".encode("cp1252"), "", "This is not UTF-8 text (byte 15)."),
        ("Nom\né\n", "encoding: ascii\n", "The table is not written in ascii."),
        ("Nom\n", "encoding: klingon\n", "The table is not written in klingon."),
        ("Nom\n", "encoding: zlib\n", "The table is not written in zlib."),
        ("Nom\n", 'encoding: "a\\0b"\n', "The table is not written in a"),
        ("", "", "The table liste.csv has 0 columns called “Nom” in row 1."),
        ("Nom\nUn\n", "", "The table liste.csv has 0 columns called “Montant” in row 1."),
        ("Nom,Montant,nom\n", "", "The table liste.csv has 2 columns called “Nom” in row 1."),
        ("Nom,Montant\n", "header_row: 9\n", "The table liste.csv has 0 columns called “Nom”"),
        (f"Nom,Montant\n{'x' * 140_000},1\n", "", "The table is damaged (field larger than"),
    ],
)
def test_bad_text_table_is_refused(
    tmp_path: Path, data: str | bytes, extra: str, reason: str
) -> None:
    """Another encoding, missing and doubled columns are refused as a whole, with the reason."""
    put_table(tmp_path, "liste.csv", data, MAPPING + extra)
    assert _refusal(tmp_path).startswith(reason)


def test_rows_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many rows as allowed are read; of a file with more, no more are ever held."""
    monkeypatch.setattr(spreadsheets, "MAX_ROWS", 3)
    put_table(tmp_path, "liste.csv", "Nom,Montant\nUn,1\nDeux,2\n")
    assert len(_documents(tmp_path)) == 2
    put_table(tmp_path, "liste.csv", "Nom,Montant\nUn,1\nDeux,2\n" + "\n" * 10_000)
    with pytest.raises(DocumentError, match=r"^liste\.csv has more than 3 rows\. Split it\.$"):
        _rows(tmp_path)


def test_other_kinds_of_table_are_refused(tmp_path: Path) -> None:
    """A mapping that names another kind of file is refused with those that can be read."""
    put_table(tmp_path, "liste.txt", "Nom,Montant\n")
    (refused, *_) = read_beside_a_good_one(tmp_path).refused
    assert refused.reason == (
        "liste.txt is no table that can be read. Save it as .csv, .psv, .tsv, .xls, .xlsx."
    )


def test_workbook_is_read(tmp_path: Path) -> None:
    """Numbers and text of a sheet become a row like those of a text file."""
    put_table(tmp_path, "liste.xlsx", list_of_operations())
    (document,) = _documents(tmp_path)
    assert document.text == "L’opération « Le parc » reçoit 1\u00a0000,50\u00a0€."
    assert document.locators == (Locator(Span(0, len(document.text)), Unit.ROW, 2),)


def test_rows_of_a_sheet_are_counted_from_its_top(tmp_path: Path) -> None:
    """Empty rows and columns before the table change neither its numbers nor its cells."""
    rows = ["", "", text_cell("B3", "Nom") + text_cell("C3", "Montant"), "", ""]
    rows[4] = text_cell("B5", "Le parc") + number_cell("C5", 7)
    data = workbook(Liste=rows)
    put_table(tmp_path, "liste.xlsx", data, MAPPING + "header_row: 3\n")
    (document,) = _documents(tmp_path)
    assert (document.title, document.locators[0].number) == ("Le parc", 5)


def test_cells_keep_their_types() -> None:
    """Dates, numbers, truths and text come as what the file says they are."""
    row = (
        text_cell("A1", "Cité")
        + number_cell("B1", 41821, style=1)
        + number_cell("C1", 3723528.41)
        + '<c r="D1" t="b"><v>1</v></c><c r="E1" t="e"><v>#REF!</v></c>'
        + '<c r="F1"><f>1+1</f><v>2</v></c>'
    )
    rows = spreadsheets._read_workbook(workbook(Liste=[row]), ".xlsx", None, 1)
    assert rows == [["Cité", dt.date(2014, 7, 1), 3723528.41, True, "", 2.0]]


@pytest.mark.parametrize(
    ("cell", "kind", "written"),
    [
        (number_cell("A2", 41821, style=1), "date", "1er juillet 2014"),
        (number_cell("A2", 41821.75, style=1), "date", "1er juillet 2014"),
        (number_cell("A2", 41821), "date", "1er juillet 2014"),
        (number_cell("A2", 0), "date", "Valeur: “0” is no date."),
        (number_cell("A2", 99999999), "date", "Valeur: “99999999” is no date."),
        (number_cell("A2", "inf"), "date", "Valeur: “inf” is no date."),
        (number_cell("A2", "NaN"), "date", "Valeur: “nan” is no date."),
        ('<c r="A2" t="b"><v>1</v></c>', "date", "Valeur: “True” is no date."),
        ('<c r="A2" t="b"><v>1</v></c>', "amount", "Valeur: “True” is no number."),
        (number_cell("A2", "inf"), "amount", "Valeur: “inf” is no number."),
        (number_cell("A2", "NaN"), "amount", "Valeur: “nan” is no number."),
        (number_cell("A2", 2014), "year", "2014"),
        (number_cell("A2", 1000), "postcode", "01000"),
        (number_cell("A2", 1234.5), "text", "1234.5"),
    ],
)
def test_cells_of_a_workbook_by_type(tmp_path: Path, cell: str, kind: str, written: str) -> None:
    """What Excel stores as a number is a date, a year or a postcode where the mapping says so."""
    mapping = TYPED.format(language="fr", extra="", type=kind).replace("liste.csv", "liste.xlsx")
    data = workbook(Liste=[text_cell("A1", "Valeur"), cell])
    put_table(tmp_path, "liste.xlsx", data)
    (tmp_path / "liste.table.yaml").write_text(mapping, encoding="utf-8")
    ((_, read, _),) = _rows(tmp_path)
    text = read.text if isinstance(read, SourceDocument) else str(read)
    assert text.startswith(
        written.replace("is a", "is no number") if "-inf" in written else written
    )


def test_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    """The first sheet is usual; a missing one is refused with those that there are."""
    other = [text_cell("A1", "Nom") + text_cell("B1", "Montant"), text_cell("A2", "Deux")]
    other[1] += number_cell("B2", 2)
    data = workbook(Garde=[text_cell("A1", "Page de garde")], Liste=other)
    put_table(tmp_path, "liste.xlsx", data, MAPPING + "sheet: Liste\n")
    assert [document.title for document in _documents(tmp_path)] == ["Deux"]
    put_table(tmp_path, "liste.xlsx", data)
    assert _refusal(tmp_path).startswith("The table liste.xlsx has 0 columns called “Nom”")
    put_table(tmp_path, "liste.xlsx", data, MAPPING + "sheet: Lyste\n")
    assert _refusal(tmp_path) == (
        "There is no sheet Lyste in the file (there is: Garde, Liste). Correct `sheet`."
    )


SHEET = "xl/worksheets/sheet0.xml"


@pytest.mark.parametrize(
    "cells",
    [
        '<c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c>',
        "<c r='A1'><v>1</v></c><c r='XFD1048576'><v>1</v></c>",
        '<c s="0" r = "A1"><v>1</v></c><c s="0" r = "XFD1048576"><v>1</v></c>',
        '<c r="a1"><v>1</v></c><c r="xfd1048576"><v>1</v></c>',
    ],
)
def test_sheet_with_cells_far_apart_is_refused(tmp_path: Path, cells: str) -> None:
    """Two cells at the corners of a sheet would ask for hundreds of gigabytes between them."""
    put_table(tmp_path, "liste.xlsx", workbook(Liste=[cells]))
    assert _refusal(tmp_path) == (
        "A sheet of the workbook is 1,048,576 rows by 16,384 columns. "
        "Remove the cells far from the table, or split it."
    )


def test_prefixed_and_hidden_sheets_are_checked_too(tmp_path: Path) -> None:
    """The check follows no name: any part of the file may be a sheet."""
    far = '<x:c r="A1"/><x:c r="XFD1048576"/>'
    put_table(tmp_path, "liste.xlsx", repacked(list_of_operations(), {"xl/autre/f.bin": far}))
    assert _refusal(tmp_path).startswith("A sheet of the workbook is 1,048,576 rows")


def test_sheet_of_too_many_cells_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cells without names are counted where the sheet is read."""
    monkeypatch.setattr(spreadsheets, "_MAX_CELLS", 4)
    put_table(tmp_path, "liste.xlsx", list_of_operations())
    assert len(_documents(tmp_path)) == 1
    data = workbook(Liste=["<c><v>1</v></c>" * 5])
    put_table(tmp_path, "liste.xlsx", data)
    with pytest.raises(DocumentError, match=r"^A sheet of the workbook is 1 rows by 5 columns\."):
        _rows(tmp_path)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("liste.xlsx", b"", "The file is damaged. Save it anew."),
        ("liste.xlsx", b"Nom,Montant\n", "The file is damaged. Save it anew."),
        ("liste.xlsx", archive({"a": "b"}), "The workbook is damaged. Save it anew."),
        ("liste.xlsx", list_of_operations()[:-80], "The file is damaged. Save it anew."),
        (
            "liste.xlsx",
            repacked(list_of_operations(), {"xl/workbook.xml": "<workbook"}),
            "The workbook is damaged. Save it anew.",
        ),
        ("liste.xls", b"", "This is no Excel file. Save it anew, as .xls or .xlsx."),
        ("liste.xls", b"<html></html>", "This is no Excel file. Save it anew, as .xls or .xlsx."),
        (
            "liste.xls",
            b"\xd0\xcf\x11\xe0" + b"\x00" * 2_000,
            "The workbook is damaged. Save it anew.",
        ),
    ],
)
def test_what_is_no_workbook_is_refused(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    """Other, empty and truncated files are refused."""
    put_table(tmp_path, name, data)
    assert _refusal(tmp_path) == reason


def test_billion_laughs_in_a_workbook(tmp_path: Path) -> None:
    """Entities of entities are not expanded: the sheet is refused, or read without them."""
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    sheet = (
        f"<!DOCTYPE x [<!ENTITY l0 'ha'>{laughs}]><worksheet><sheetData><row r='1'>"
        f"{text_cell('A1', 'Nom')}{text_cell('B1', 'Montant')}</row><row r='2'>"
        f"{text_cell('A2', '&l9;')}{number_cell('B2', 1)}</row></sheetData></worksheet>"
    )
    put_table(tmp_path, "liste.xlsx", repacked(list_of_operations(), {SHEET: sheet}))
    assert len(read_beside_a_good_one(tmp_path).refused) == 1


@needs_lists
def test_list_of_the_state_is_read() -> None:
    """Of the real .xls file, the 122 rows of the programme are documents, all of them."""
    rows = list(read_table(ROOT / "corpus" / "operations-2014-2020.table.yaml", [LISTS]))
    assert len(rows) == 122
    documents = [read for _, read, _ in rows if isinstance(read, SourceDocument)]
    assert len(documents) == len({document.document_id for document in documents}) == 122
    (cite,) = (document for document in documents if "Cité des Electriciens" in document.title)
    assert cite.title == "Réhabilitation de la Cité des Electriciens à Bruay-la-Buissière"
    text = cite.text.replace("\u00a0", " ")
    assert (
        f"L’opération « {cite.title} » reçoit 2 199 300 € du FEDER, pour 3 723 528,41 € de " in text
    )
    assert "va du 1er juillet 2014 au 30 septembre 2016 ; elle a été programmée le" in text
    assert cite.locators == (Locator(Span(0, len(cite.text)), Unit.ROW, 1039),)
    assert cite.part_of == "Liste des opérations FEDER-FSE-IEJ 2014-2020, état au 11 juillet 2016"
    assert cite.published == "2016-07-11"
    assert [name for name, read, _ in rows if read is cite] == [
        "20160711_listeoperations_FEDER_FSE_14-20.xls:1039"
    ]


@needs_lists
@pytest.mark.parametrize(
    ("mapping", "rows", "title", "words"),
    [
        (
            "operations-fse-2014-2020",
            57,
            "PASS'45",
            "L’opération « PASS'45 » (dossier 202100880) reçoit 36 927,84 € du FSE, pour "
            "56 927,84 € de dépenses totales (programme 2014-2020).",
        ),
        (
            "projets-2007-2013",
            18,
            "Tramway de Valenciennes – Phase 2",
            "Le projet « Tramway de Valenciennes – Phase 2 » (2009) reçoit 7 500 000 € du FEDER, "
            "pour un coût total de 87 783 853 €",
        ),
    ],
)
def test_other_lists_are_read(mapping: str, rows: int, title: str, words: str) -> None:
    """Every row that the shipped mappings keep of their lists is a document."""
    found = list(read_table(ROOT / "corpus" / f"{mapping}.table.yaml", [LISTS]))
    documents = [read for _, read, _ in found if isinstance(read, SourceDocument)]
    assert len(found) == len(documents) == rows
    (text,) = (document.text for document in documents if document.title == title)
    assert words in text.replace("\u00a0", " ")


@needs_lists
@pytest.mark.parametrize("cut", [10_000, 200_000, 400_000])
def test_truncated_xls_is_refused(tmp_path: Path, cut: int) -> None:
    """A part of the real .xls file is refused, and nothing else is harmed."""
    name = "20160711_listeoperations_FEDER_FSE_14-20.xls"
    shutil.copy(ROOT / "corpus" / "operations-2014-2020.table.yaml", tmp_path)
    (tmp_path / name).write_bytes((LISTS / name).read_bytes()[:cut])
    (refused,) = read_beside_a_good_one(tmp_path).refused
    assert refused.reason == "The workbook is damaged. Save it anew."


def test_shipped_mappings_are_valid() -> None:
    """Without their lists, the mappings of the project are absent, not refused."""
    read = read_corpus(ROOT / "corpus")
    assert read.refused == ()
    assert len(read.absent) == len(list((ROOT / "corpus").glob("*.table.yaml"))) == 3
