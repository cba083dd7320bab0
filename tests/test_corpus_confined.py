"""Source files made to take the machine: each is read, or refused by the limit that it passed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from assistant.cli import main
from assistant.corpus import USUAL_LIMITS, ConfinedReader, Limits, confined, files, read_corpus
from assistant.errors import CorpusError, DocumentError
from assistant.passages import cut_passages
from tests import hostile_documents as hostile
from tests.documents import put, put_table, read_beside_a_good_one

TIME: Final = "Reading the file takes more than 1 seconds."
MEMORY: Final = "Reading the file takes more than 500 MB of memory."
BROUGHT_DOWN: Final = "The file is damaged, or reading it takes more than 500 MB of memory."

READ_APART: Final = """
import json, sys
from pathlib import Path
from assistant.corpus import ConfinedReader, Limits, read_corpus

def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1000

before = peak()
with ConfinedReader(Limits(memory=500_000_000, seconds=1)) as reader:
    read = read_corpus(Path(sys.argv[1]), reader=reader)
refused = {one.name: one.reason for one in read.refused}
print(json.dumps([peak() - before, [one.document_id for one in read.documents], refused]))
"""


def _children(parent: int) -> list[int]:
    """Returns the processes that a process has started and that have not ended."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                state, above = (place / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:  # it has just ended
                continue
            if int(above) == parent and state != "Z":
                found.append(int(place.name))
    return found


def _wait(happened: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


# Whole folders.


def test_hostile_files_are_refused_by_their_limits(tmp_path: Path) -> None:
    """A folder of them is read to its end, and the process that asks for it stays small."""
    put(tmp_path, "a-loop.pdf", hostile.looping_pdf())
    put(tmp_path, "b-expand.pdf", hostile.expanding_pdf())
    put(tmp_path, "c-strokes.pdf", hostile.pdf_of_many_strokes(40_000_000))
    put(tmp_path, "d-blanks.pdf", hostile.pdf_of_many_blanks(400_000_000))
    put(tmp_path, "e-letters.pdf", hostile.pdf_of_many_letters(300_000))
    put(tmp_path, "f-bomb.docx", hostile.word_bomb(50_000_000))
    put(tmp_path, "g-members.docx", hostile.zip_of_many_members(5_000))
    put(tmp_path, "h-emphasis.md", hostile.nested_emphasis(2_000_000), None)
    put(tmp_path, "i-notes.md", hostile.footnotes(900_000), None)
    put(tmp_path, "j-tags.html", hostile.html_of_many_tags(3_000_000))
    put(tmp_path, "k-nested.html", hostile.nested_html(1_000_000))
    put(tmp_path, "l-line.txt", hostile.one_long_line(9_000_000))
    put_table(tmp_path, "liste.xlsx", hostile.workbook_bomb(20_000_000))
    put(tmp_path, "z.txt", "Le dernier.")
    done = subprocess.run(
        [sys.executable, "-c", READ_APART, tmp_path], capture_output=True, text=True, check=True
    )
    grown, documents, refused = json.loads(done.stdout)
    assert documents == ["z"]
    said = {name: reason.partition(". ")[0] + "." for name, reason in refused.items()}
    # Whichever comes first on this machine; the rows are counted while they are read.
    limit = {TIME, MEMORY, BROUGHT_DOWN, "liste.xlsx has more than 200,000 rows."}
    assert {name: "a limit" if reason in limit else reason for name, reason in said.items()} == {
        "a-loop.pdf": "a limit",
        "b-expand.pdf": "a limit",
        "c-strokes.pdf": "a limit",
        "d-blanks.pdf": "a limit",
        "e-letters.pdf": "Page 1 of the PDF holds more than 200,000 characters.",
        "f-bomb.docx": "a limit",
        "g-members.docx": "This is no Word document, or a damaged one.",
        "h-emphasis.md": "a limit",
        "i-notes.md": "a limit",
        "j-tags.html": "a limit",
        "k-nested.html": "The page is nested too deep.",
        "l-line.txt": "The document holds more than 2,000,000 characters.",
        "liste.table.yaml": "a limit",
    }
    assert said["h-emphasis.md"] == TIME
    assert grown < 60


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("boucle.pdf", hostile.looping_pdf(), BROUGHT_DOWN),
        ("bombe.docx", hostile.word_bomb(40_000_000), MEMORY),
    ],
    ids=["loop", "bomb"],
)
def test_memory_is_limited(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    """With time enough it is the memory that ends, whoever notices: the library or its reader."""
    with ConfinedReader(Limits(memory=500_000_000)) as reader:
        ((_, read, _),) = reader.read(put(tmp_path, name, data))
    assert isinstance(read, DocumentError)
    assert read.problem == reason


@pytest.mark.parametrize(
    "text",
    [
        hostile.one_long_line(600_000),
        hostile.without_a_blank(600_000),
        hostile.initials(600_000),
        hostile.stops(600_000),
        hostile.blank_lines(600_000),
        hostile.dates(600_000),
        hostile.amounts(600_000),
        b"( a. " * 120_000,
        b"a1" * 300_000,
        "Ã©".encode() * 200_000,
        b"x@" * 300_000,
    ],
    ids=lambda text: text[:12].decode(errors="replace"),
)
def test_texts_of_any_shape_are_read_checked_and_cut(tmp_path: Path, text: bytes) -> None:
    """A long text takes seconds, whatever it looks like; nothing of it is lost."""
    put(tmp_path, "long.txt", text)
    start = time.process_time()
    read = read_beside_a_good_one(tmp_path)
    document = next(one for one in read.documents if one.document_id == "long")
    passages = cut_passages(document, lambda texts: [len(one) // 4 + 1 for one in texts], 64)
    assert time.process_time() - start < 6
    kept = "".join("".join(passage.text.split()) for passage in passages)
    assert kept == "".join(document.text.split())


def test_letters_outside_unicode_end_no_build(tmp_path: Path) -> None:
    """A code of no character is read as one that is missing, and reported."""
    put(tmp_path, "plan.pdf", hostile.pdf_of_codes_outside_unicode())
    read = read_beside_a_good_one(tmp_path)
    assert [document.text for document in read.documents] == ["Bon.", "Le parc. La\ufffdm"]
    assert read.problems == {
        "plan": ("characters of a wrong encoding: “La\ufffdm” (page 1, line 1)",)
    }


def test_command_goes_on_after_a_hostile_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`assistant index` says which limit a file passed, and indexes the rest."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    put(corpus, "boucle.pdf", hostile.looping_pdf())
    put(corpus, "parc.txt", "Le parc ouvre à midi.")
    assert main(["index", "--corpus", str(corpus), "--index", str(tmp_path / "index")]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("1 documents added")
    assert (
        "Refused: boucle.pdf: The file is damaged, or reading it takes more than 1,000 MB of "
        "memory. Save it anew, or split it into several documents." in captured.err
    )


def test_table_that_is_read_in_part_gives_no_row(tmp_path: Path) -> None:
    """Rows that came before the time was over are not taken for the table."""
    rows = "".join(f"Le parc {number},{number}\n" for number in range(150_000))
    put_table(tmp_path, "liste.csv", f"Nom,Montant\n{rows}")
    with ConfinedReader(Limits(seconds=1)) as reader:
        read = read_beside_a_good_one(tmp_path, reader)
    assert [document.document_id for document in read.documents] == ["bon"]
    (refused,) = read.refused
    assert (refused.name, refused.reason) == (
        "liste.table.yaml",
        "Reading the file takes more than 1 seconds. Split it into several documents, or save it "
        "anew in a simpler form.",
    )


@pytest.mark.parametrize(
    ("sidecar", "reason"),
    [
        ('title: "\\ud800"', "autre.yaml: title: Input should be a valid string"),
        ('title: "\\U00110000"', "autre.yaml is not valid YAML (chr() arg not in range("),
        ('title: "\\UFFFFFFFF"', "autre.yaml is not valid YAML ("),
        ("title: a\n" + "# \n" * 40_000, "autre.yaml holds more than 100,000 characters"),
        ("a: " + "[" * 5_000, "autre.yaml is nested too deep."),
        ("".join(f"k{n}: v\n" for n in range(5_000)), "autre.yaml: title: Field required; "),
    ],
    ids=["surrogate", "outside", "overflow", "long", "nested", "unknown"],
)
def test_hostile_metadata_is_refused(tmp_path: Path, sidecar: str, reason: str) -> None:
    """Whatever stands beside a text, it is the text that is refused, in few words."""
    put(tmp_path, "autre.txt", "Un texte.", f"{sidecar}\npublisher: É\nlanguage: fr\n")
    (refused,) = read_beside_a_good_one(tmp_path).refused
    assert refused.reason.startswith(reason)
    assert len(refused.reason) < 400


def test_longest_text_is_read(tmp_path: Path) -> None:
    """As many characters as are allowed are taken from every kind of text; one more are not."""
    put(tmp_path, "long.txt", "a" * files.MAX_CHARACTERS)
    read = read_beside_a_good_one(tmp_path)
    assert [len(document.text) for document in read.documents] == [4, files.MAX_CHARACTERS]
    put(tmp_path, "long.txt", "a" * (files.MAX_CHARACTERS + 1))
    (refused,) = read_beside_a_good_one(tmp_path).refused
    assert refused.reason == (
        "The document holds more than 2,000,000 characters. Split it into several documents."
    )


# The processes.


def test_time_follows_the_size(tmp_path: Path) -> None:
    """Small files get less time than large ones, and tables all of it."""
    file = tmp_path / "a.txt"
    seconds = []
    for size in (0, 500_000, 2_000_000, 20_000_000):
        with file.open("wb") as sized:
            sized.truncate(size)
        seconds.append(USUAL_LIMITS.seconds_for(file))
    assert seconds == [15, 20, 35, 60]
    assert USUAL_LIMITS.seconds_for(tmp_path / "a.table.yaml") == 60
    assert USUAL_LIMITS.seconds_for(tmp_path / "absent.txt") == 15


def test_what_is_read_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document or table of more parts than can be kept costs no memory, and no other file."""
    put(tmp_path, "notes.md", hostile.footnotes(6_000), None)
    put_table(tmp_path, "liste.csv", "Nom,Montant\nParc,1\nBois,2\n")
    monkeypatch.setattr(confined, "_LONGEST_RECORD", 5_000)
    monkeypatch.setattr(confined, "_LONGEST_ANSWER", 800)
    with ConfinedReader() as reader:
        read = read_beside_a_good_one(tmp_path, reader)
    assert {refused.name: refused.reason for refused in read.refused} == {
        name: f"What is read from the file takes more than {most} bytes. "
        "Split it into several documents."
        for name, most in (("liste.table.yaml", "800"), ("notes.md", "800"))
    }


def test_reader_that_was_ended_is_started_anew(tmp_path: Path) -> None:
    """Between two files and within one, the process that has the readers may be killed."""
    good = put(tmp_path, "page.txt", "Un texte.")
    slow = put(tmp_path, "lent.md", hostile.nested_emphasis(2_000_000), None)
    with ConfinedReader() as reader:
        before = set(_children(os.getpid()))
        reader.read(good)
        (process,) = set(_children(os.getpid())) - before
        os.kill(process, signal.SIGKILL)
        _wait(lambda: process not in _children(os.getpid()))
        ((_, read, _),) = reader.read(good)
        assert not isinstance(read, DocumentError)
        (process,) = set(_children(os.getpid())) - before
        command = f"sleep 1; kill -9 {process}"
        with subprocess.Popen(["sh", "-c", command]):
            ((_, read, _),) = reader.read(slow)
        assert isinstance(read, DocumentError)
        ((_, read, _),) = reader.read(good)
        assert not isinstance(read, DocumentError)
    assert set(_children(os.getpid())) <= before


def test_nothing_outlives_the_process_that_asked(tmp_path: Path) -> None:
    """Killed in the middle of a file, a command leaves no process behind."""
    put(tmp_path, "lent.md", hostile.nested_emphasis(2_000_000), None)
    with subprocess.Popen([sys.executable, "-c", READ_APART, tmp_path]) as command:
        _wait(lambda: any(_children(child) for child in _children(command.pid)))
        (readers,) = _children(command.pid)
        (reading,) = _children(readers)
        command.kill()
    _wait(lambda: not Path(f"/proc/{readers}").exists() and not Path(f"/proc/{reading}").exists())


def test_readers_that_cannot_be_started_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the readers nothing is refused one by one: the whole cannot be read."""
    put(tmp_path, "page.txt", "Un texte.")
    for program, reason in (("/bin/false", "it ended at once"), ("/absent", "No such file")):
        monkeypatch.setattr(sys, "executable", program)
        with pytest.raises(CorpusError, match=reason):
            read_corpus(tmp_path)
