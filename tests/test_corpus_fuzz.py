"""Whatever lies in a corpus folder: it is read or refused with a sentence, and the rest is read.

Hypothesis makes the files; each one lies beside a good document.
"""

from __future__ import annotations

import io
import os
import random
import re
import tempfile
import zipfile
from pathlib import Path
from typing import Final

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from assistant.corpus import Corpus, files, read_corpus
from assistant.errors import CorpusError, DocumentError
from assistant.index import build_index, open_index
from assistant.settings import Settings
from assistant.testing import HashEncoder
from tests.documents import (
    MAPPING,
    SIDECAR,
    archive,
    lines,
    list_of_operations,
    pdf,
    put,
    put_table,
    read_beside_a_good_one,
    shared_reader,
    word,
)

ROOT = Path(__file__).resolve().parent.parent
LISTS = ROOT.parent / "shared" / "data" / "eu_operations" / "raw"
TABLES: Final = {".csv", ".tsv", ".psv", ".xls", ".xlsx"}
TEXTS: Final = (".txt", ".md", ".htm", ".html", ".pdf", ".docx")
SENTENCE: Final = re.compile(r"[^\n]*[^\s.][^\n]*\.")

few = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
fewer = settings(few, max_examples=8)


def _word() -> bytes:
    document = docx.Document()
    document.add_heading("Titre", 1)
    document.add_paragraph("Le parc est grand. Il est ouvert.")
    document.add_table(2, 2).cell(0, 0).text = "Une case"
    table = document.add_table(3, 3)
    table.cell(0, 1).merge(table.cell(0, 2)).text = "Large"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "Haute"
    run = document.add_paragraph("En 1950").add_run("2")
    run.font.superscript = True
    document.add_paragraph().add_run("barré").font.strike = True
    return word(document)


def _letters(canvas: Canvas) -> None:
    """Draws letters of many kinds: raised, turned, without ink, white, of a form."""
    lines("Le parc est grand.", "Il est ouvert.")(canvas)
    text = canvas.beginText(60, 600)
    for rise, size, run in [(0, 11, "En 1950"), (4, 6, "2"), (0, 11, " me\xb4me")]:
        text.setRise(rise)
        text.setFont("Helvetica", size)
        text.textOut(run)
    text.setTextRenderMode(3)
    text.textLine("caché")
    canvas.drawText(text)
    canvas.saveState()
    canvas.rotate(90)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(300, -300, "Tourné et blanc")
    canvas.restoreState()
    canvas.acroForm.textfield(name="f", value="Rempli", x=60, y=500, height=20)


GOOD: Final[dict[str, bytes]] = {
    ".txt": b"\xef\xbb\xbfTitre\r\nLe parc est grand.\r\n",
    ".md": (
        f"---\n{SIDECAR}sources:\n  a: https://a.example\n---\n# T\n\nUn parc.[^a]\n\n"
        "| A | B |\n|--|--|\n| c | ~~d~~ e[^a] |\n\n<div>Un <b>mot</b><sup>2</sup></div>\n\n"
        "Un <!-- a --> <s>b</s> c.\n"
    ).encode(),
    ".html": b"<html><head><meta charset=utf-8></head><body><h1>T</h1><p>Le parc.<sup>2</sup></p>"
    b"<table><tr><th rowspan=2>A</th><th colspan=2>B</th></tr><tr><th>c<th>d</tr><tr><td>b</td>"
    b"<td colspan=2>e</td></tr></table><h2><button aria-controls=p>S</button></h2><div id=p hidden>"
    b"Un texte.</div><details><summary>U</summary>V</details><ul><li>c <del>d</del></ul></body>"
    b"</html>",
    ".pdf": pdf(_letters, lines("La suite est là.")),
    ".docx": _word(),
    ".csv": b'Nom,Montant\nLe parc,"1 000,50"\nLe bois,3\n',
    ".xlsx": list_of_operations(),
}


def _read(suffix: str, data: bytes, sidecar: str = SIDECAR) -> Corpus:
    """Reads a folder of a good document and one file, and checks what must always hold."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if suffix in TABLES:
            put_table(folder, f"liste{suffix}", data)
        else:
            put(folder, f"autre{suffix}", data, None if suffix == ".md" else sidecar)
        read = read_beside_a_good_one(folder)
    _check(read)
    if suffix not in TABLES:
        assert len(read.documents) + len(read.refused) == 2
    return read


def _check(read: Corpus) -> None:
    for refused in read.refused:
        assert SENTENCE.fullmatch(refused.reason), refused
        assert "\n" not in refused.name
    for document in read.documents:
        assert document.text.strip()
        document.text.encode()
        for heading in document.headings:
            assert document.text[heading.span.start : heading.span.end].strip() == heading.text
        places = [(place.span.start, place.span.end) for place in document.locators]
        assert places == sorted(places)
        assert all(0 <= start < end <= len(document.text) for start, end in places)


@pytest.mark.parametrize("suffix", GOOD)
def test_good_files_are_read(suffix: str) -> None:
    """What is damaged below is a file that is read when it is whole."""
    read = _read(suffix, GOOD[suffix])
    assert (len(read.documents), read.refused) == (3 if suffix == ".csv" else 2, ())


@pytest.mark.parametrize("suffix", GOOD)
@few
@given(share=st.floats(0, 1, exclude_max=True))
def test_truncated_files(suffix: str, share: float) -> None:
    """A file of which the end is missing is read or refused."""
    _read(suffix, GOOD[suffix][: int(share * len(GOOD[suffix]))])


@pytest.mark.parametrize("suffix", GOOD)
@few
@given(
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=9)
)
def test_altered_files(suffix: str, flips: list[tuple[float, int]]) -> None:
    """A file with some wrong bytes is read or refused."""
    data = bytearray(GOOD[suffix])
    for place, byte in flips:
        data[int(place * len(data))] = byte
    _read(suffix, bytes(data))


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
@few
@given(
    member=st.integers(0, 99),
    flips=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(b'<>/"=&;019AZ\x00\xff ')),
        min_size=1,
        max_size=9,
    ),
    cut=st.one_of(st.none(), st.floats(0, 1)),
)
def test_altered_members_of_archives(
    suffix: str, member: int, flips: list[tuple[float, int]], cut: float | None
) -> None:
    """A sound archive of damaged XML is read or refused."""
    with zipfile.ZipFile(io.BytesIO(GOOD[suffix])) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    name = sorted(members)[member % len(members)]
    data = bytearray(members[name] or b"<")
    for place, byte in flips:
        data[int(place * len(data))] = byte
    _read(
        suffix,
        archive(members | {name: bytes(data[: int((1 if cut is None else cut) * len(data))])}),
    )


@pytest.mark.parametrize("suffix", [*TEXTS, *sorted(TABLES)])
@fewer
@given(data=st.binary(max_size=300))
def test_random_bytes(suffix: str, data: bytes) -> None:
    """Bytes of no format under the name of one are read or refused."""
    _read(suffix, data)
    _read(suffix, GOOD.get(suffix, b"\xd0\xcf\x11\xe0")[:8] + data)


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".csv"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-be", "utf-32", "utf-7", "cp850"])
def test_wrong_encodings(suffix: str, encoding: str) -> None:
    """A text in another encoding is read right or refused; nobody sees broken letters."""
    text = GOOD[suffix].decode("utf-8-sig").replace("parc", "pré où l'été").encode(encoding)
    for document in _read(suffix, text).documents:
        if document.document_id != "bon":
            assert "pré où l'été" in document.text or encoding == "utf-7", document.text


@few
@given(
    text=st.text(max_size=200),
    tags=st.lists(
        st.sampled_from("p div h1 ul li table tr td a b br script q dl dt pre".split()), max_size=30
    ),
    seed=st.integers(0, 999),
)
def test_soups_of_tags(text: str, tags: list[str], seed: int) -> None:
    """HTML that nobody closed or nested right is read or refused."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    soup = "".join(
        f"<{'/' * chance.randrange(2)}{tag} onclick=alert(1)>{text[chance.randrange(9) :][:20]}"
        for tag in tags
    )
    _read(".html", soup.encode(errors="replace"))


@few
@given(
    cells=st.lists(
        st.lists(
            st.one_of(st.text(max_size=20), st.floats().map(str), st.dates().map(str)), max_size=4
        ),
        max_size=5,
    ),
    kind=st.sampled_from(["text", "amount", "number", "date", "year", "postcode"]),
)
def test_random_cells(cells: list[list[str]], kind: str) -> None:
    """Each row is a document or is refused with its number."""
    import csv  # noqa: PLC0415

    table = io.StringIO()
    csv.writer(table).writerows([["Nom", "Montant"], *cells])
    with tempfile.TemporaryDirectory() as name:
        data = table.getvalue().encode(errors="replace")
        put_table(Path(name), "liste.csv", data, MAPPING.replace("type: amount", f"type: {kind}"))
        read = read_beside_a_good_one(Path(name))
    _check(read)
    for document in read.documents:
        assert not re.search(r"« [=@]", document.text)


@few
@given(text=st.text(max_size=300))
def test_random_sidecars(text: str) -> None:
    """Metadata of any letters are taken or refused."""
    _read(".txt", b"Un texte.", text.replace("\r", ""))


@few
@given(
    name=st.text(
        st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20
    )
)
def test_random_names(name: str) -> None:
    """A name with blanks, signs or ends of lines is an id or refused, in one line."""
    with tempfile.TemporaryDirectory() as folder:
        put(Path(folder), f"a{name}.txt", "Un texte.")
        _check(read_beside_a_good_one(Path(folder)))


@pytest.mark.parametrize("name", ["deux mots", "a#b", "a\nb", "a\tb", "a:b", "a\\b", "a\u2028b"])
@pytest.mark.parametrize("suffix", [".html", ".pdf", ".docx", ".md"])
def test_names_that_cannot_be_ids(tmp_path: Path, name: str, suffix: str) -> None:
    """Every reader refuses a name that cannot name a document."""
    put(tmp_path, f"{name}{suffix}", GOOD[suffix], None if suffix == ".md" else SIDECAR)
    (refused,) = read_beside_a_good_one(tmp_path).refused
    shown = " ".join(name.split())
    assert refused.name == f"{shown}{suffix}"
    assert refused.reason.startswith(f"“{shown}” cannot name a document.")


def test_name_of_no_encoding_is_refused(tmp_path: Path) -> None:
    """A name of bytes that are no text is refused so that the refusal can be written."""
    for name in (b"caf\xe9.txt", b"caf\xe9.yaml", b"caf\xe9.\xe9"):
        (tmp_path / os.fsdecode(name)).write_text(SIDECAR)
    read = read_beside_a_good_one(tmp_path)
    assert [refused.name for refused in read.refused] == ["caf?.txt", "caf?.?"]
    assert read.refused[0].reason.startswith("“caf?” cannot name a document.")
    _check(read)


def test_links_and_devices(tmp_path: Path) -> None:
    """A link to nothing or to itself, a folder and a pipe are refused; a link to a text is one."""
    put(tmp_path, "vrai.txt", "Un texte.")
    (tmp_path / "lien.txt").symlink_to(tmp_path / "vrai.txt")
    (tmp_path / "lien.yaml").symlink_to(tmp_path / "vrai.yaml")
    for name in ("nulle-part", "boucle", "dossier", "tuyau"):
        (tmp_path / f"{name}.yaml").write_text(SIDECAR)
    (tmp_path / "nulle-part.txt").symlink_to(tmp_path / "absent.txt")
    (tmp_path / "boucle.txt").symlink_to(tmp_path / "boucle.txt")
    (tmp_path / "dossier.pdf").mkdir()
    os.mkfifo(tmp_path / "tuyau.txt")
    (tmp_path / "autre").mkdir()
    read = read_beside_a_good_one(tmp_path)
    assert [document.document_id for document in read.documents] == ["bon", "lien", "vrai"]
    assert {refused.name: refused.reason.split(".")[0] for refused in read.refused} == {
        "autre": "Folders in the corpus are not read",
        "boucle.txt": "The file cannot be read (Too many levels of symbolic links)",
        "dossier.pdf": "The file cannot be read (Is a directory)",
        "nulle-part.txt": "The file cannot be read (No such file or directory)",
        "tuyau.txt": "This is no ordinary file",
    }
    _check(read)


def test_metadata_of_nothing_are_refused(tmp_path: Path) -> None:
    """A sidecar without its text is said; one of a text whose ending is in capitals is not."""
    put(tmp_path, "seul.txt", "x").unlink()
    put(tmp_path, "rapport.PDF", GOOD[".pdf"])
    read = read_beside_a_good_one(tmp_path)
    assert [document.document_id for document in read.documents] == ["bon", "rapport"]
    assert [(refused.name, refused.reason) for refused in read.refused] == [
        ("seul.yaml", "It describes no text. Add seul.txt, or remove it.")
    ]


def test_two_texts_of_one_name(tmp_path: Path) -> None:
    """Of a page and a PDF with the same name the first is read, the other refused."""
    put(tmp_path, "page.html", GOOD[".html"])
    put(tmp_path, "page.pdf", GOOD[".pdf"])
    (refused,) = read_beside_a_good_one(tmp_path).refused
    assert (refused.name, refused.reason) == (
        "page.pdf",
        "Another document is already called page. Rename one.",
    )


def test_everything_odd_at_once_leaves_a_working_index(tmp_path: Path) -> None:
    """An index of a folder full of odd files is built, complete, and answers from the good one."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for suffix in GOOD.keys() - TABLES:
        (corpus / f"coupe{suffix[1:]}{suffix}").write_bytes(GOOD[suffix][: len(GOOD[suffix]) // 4])
        (corpus / f"coupe{suffix[1:]}.yaml").write_text(SIDECAR)
    (corpus / os.fsdecode(b"\xff\xfe.txt")).write_bytes(b"\xff")
    (corpus / "deux\nlignes.txt").write_text("x")
    put_table(corpus, "liste.xlsx", GOOD[".xlsx"][:500])
    encoder = HashEncoder()
    read = read_beside_a_good_one(corpus)
    assert len(read.refused) >= 6
    build_index(
        read,
        tmp_path / "index",
        encoder.identity,
        lambda: encoder,
        Settings(),
        lambda _: lambda _: None,
    )
    index = open_index(tmp_path / "index")
    assert index.documents["bon"].text == "Bon."
    assert set(index.manifest.refused) == {refused.name for refused in read.refused}


@pytest.mark.parametrize(
    "packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED]
)
def test_zip_bombs(packing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However a bomb is packed and spread, it is refused before it is unpacked."""
    monkeypatch.setattr(files, "MAX_UNPACKED", 100_000)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", packing) as packed:
        for number in range(40):
            packed.writestr(f"bombe{number}", b"0" * 5_000)
    with pytest.raises(DocumentError, match=r"^The file unpacks to more than 100,000 bytes\."):
        files.unpack(data.getvalue())


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@fewer
@given(
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=4)
)
def test_altered_archives_of_every_packing(packing: int, flips: list[tuple[float, int]]) -> None:
    """What unpacks one kind of archive may fail in its own way."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as written:
        written.writestr("word/document.xml", "<w:document>" * 30)
    data = bytearray(packed.getvalue())
    for place, byte in flips:
        data[int(place * len(data))] = byte
    _read(".docx", bytes(data))


def test_broken_lzma_is_refused(tmp_path: Path) -> None:
    """An archive packed in a rare way fails in a rare way, and is refused like the others."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as written:
        written.writestr("a", "texte " * 200)
    data = bytearray(packed.getvalue())
    data[35:45] = b"\xff" * 10
    put(tmp_path, "autre.docx", bytes(data))
    (refused,) = read_beside_a_good_one(tmp_path).refused
    assert refused.reason == "The file is damaged. Save it anew."


@pytest.mark.skipif(not LISTS.is_dir(), reason="the State's lists are not kept in the repository")
@settings(few, max_examples=6)
@given(places=st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 255)), max_size=4))
def test_altered_xls(places: list[tuple[int, int]]) -> None:
    """A real .xls file with some wrong bytes at its beginning is read or refused."""
    whole = (LISTS / "20160711_listeoperations_FEDER_FSE_14-20.xls").read_bytes()
    data = bytearray(whole)
    for place, byte in places:
        data[place] = byte
    _read(".xls", bytes(data))


@pytest.mark.parametrize("name", ["../../evade", "/evade", "..\\evade", "a/../../evade"])
def test_names_of_members_reach_no_folder(tmp_path: Path, name: str) -> None:
    """Nothing in an archive is ever written, whatever its name says."""
    inner = tmp_path / "un" / "deux"
    inner.mkdir(parents=True)
    before = set(tmp_path.rglob("*"))
    with zipfile.ZipFile(io.BytesIO(GOOD[".docx"])) as packed:
        members = {one: packed.read(one) for one in packed.namelist()}
    put(inner, "page.docx", archive({name: b"x", **members}))
    assert len(read_beside_a_good_one(inner).documents) == 2
    made = set(tmp_path.rglob("*")) - before
    assert {path.name for path in made} == {"page.docx", "page.yaml", "bon.txt", "bon.yaml"}


@few
@given(text=st.text(max_size=200))
def test_random_glossaries_and_mappings(text: str) -> None:
    """A glossary or mapping of any letters is read, refused or stops with a sentence."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        put(folder, "bon.txt", "Bon.")
        (folder / "liste.table.yaml").write_bytes(text.encode(errors="replace"))
        assert len(read_corpus(folder, reader=shared_reader()).documents) == 1
        (folder / "glossary.yaml").write_bytes(text.encode(errors="replace"))
        try:
            read_corpus(folder, reader=shared_reader())
        except CorpusError as error:
            said = str(error)
        else:
            said = "Rien."
        assert SENTENCE.fullmatch(said)
