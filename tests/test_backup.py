"""Backups: one file from which journal and corpus come back as they were, or nothing changes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from assistant.backup import Contents, remove_leftovers, restore_backup, write_backup
from assistant.cli import main
from assistant.errors import BackupError, JournalError, JournalUnavailable
from assistant.journal import Feedback
from assistant.settings import JournalSettings, Settings
from tests.conftest import ROOT
from tests.journal_databases import (
    NOBODY,
    AnyDatabase,
    PostgresServer,
    SqliteFile,
    entered_by_all,
    opened,
    turn,
)

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
FILES = {
    "page.txt": "Le musée a ouvert.\r\n".encode(),
    "page.yaml": b"title: Page\n",
    "plan é œ.pdf": bytes(range(256)) * 300,
    "vide.txt": b"",
    "lists/2014.csv": "a;b\n1;é\n".encode("latin-1"),
    ".hidden": b"\xef\xbb\xbf",
}


@dataclass(frozen=True)
class Place:
    """A journal and a corpus of their own."""

    folder: Path
    database: AnyDatabase

    @property
    def settings(self) -> Settings:
        """Settings that name both."""
        return Settings(
            corpus=self.folder / "corpus", journal=JournalSettings(address=self.database.address)
        )

    @property
    def settings_file(self) -> Path:
        """A file that names both, if it was written."""
        return self.folder / "assistant.toml"

    def fill(self, *questions: str) -> None:
        """Writes a corpus, and a turn for each question."""
        for name, data in FILES.items():
            file = self.folder / "corpus" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        with opened(self.database.address) as journal:
            for number, question in enumerate(questions, start=1):
                name = journal.record(turn(number, question, "c"), "v", NOON)
                journal.feedback(name, Feedback(True, text=question), NOON)

    def write_settings(self, more: str = "") -> None:
        """Writes the settings file."""
        self.settings_file.write_text(
            f'corpus = "{self.folder / "corpus"}"\n'
            f'[journal]\naddress = "{self.database.address}"\n{more}'
        )

    def corpus(self) -> dict[str, bytes]:
        """Returns all files of the corpus."""
        folder = self.folder / "corpus"
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    def asked(self) -> list[str | None]:
        """Returns the questions in the journal."""
        with opened(self.database.address) as journal:
            return [one.question for one in journal.conversation("c")]

    def backup(self, file: Path) -> Contents:
        """Writes a backup."""
        return write_backup(self.settings, file, self.settings_file)

    def restore(self, file: Path, *, force: bool = False) -> Contents:
        """Restores one."""
        return restore_backup(self.settings, file, self.settings_file, force=force)

    def names(self) -> set[str]:
        """Returns what lies beside the corpus, the journal left out."""
        return {path.name for path in self.folder.iterdir()} - {"data"}


@pytest.fixture
def here(tmp_path: Path, sqlite_file: SqliteFile) -> Place:
    """A place with two questions and a corpus."""
    place = Place(tmp_path / "here", sqlite_file)
    place.folder.mkdir()
    place.fill("Où est le musée ?", "Et le terril ?")
    return place


@pytest.fixture
def there(tmp_path: Path, database: AnyDatabase) -> Place:
    """An empty place, with a database of each kind in turn."""
    (tmp_path / "there").mkdir()
    return Place(tmp_path / "there", database)


# There and back.


def test_backup_restores_journal_and_corpus(here: Place, there: Place, tmp_path: Path) -> None:
    """Every byte of the corpus and every row are in the other place, and both can be worked on."""
    written = here.backup(tmp_path / "b.zip")
    restored = there.restore(tmp_path / "b.zip")
    assert written == restored
    assert (restored.files, restored.tables > 3, restored.settings) == (6, True, False)
    assert there.corpus() == FILES
    assert there.asked() == ["Où est le musée ?", "Et le terril ?"]
    with opened(there.database.address) as target, opened(here.database.address) as source:
        assert target.conversation("c") == source.conversation("c")
        target.record(turn(3, "Encore ?", "c"), "v", NOON)
    assert there.names() == {"corpus"}
    assert here.corpus() == FILES


def test_backup_goes_back_from_either_kind(there: Place, here: Place, tmp_path: Path) -> None:
    """What PostgreSQL holds is restored into SQLite too."""
    there.fill("De là-bas ?")
    there.backup(tmp_path / "b.zip")
    here.restore(tmp_path / "b.zip", force=True)
    assert here.asked() == ["De là-bas ?"]


def test_place_that_is_not_empty_is_kept(here: Place, there: Place, tmp_path: Path) -> None:
    """A journal or a corpus with something in it is replaced only by force, and then wholly."""
    here.backup(tmp_path / "b.zip")
    there.fill("Déjà là ?")
    (there.folder / "corpus" / "more.txt").write_text("De plus.")
    with pytest.raises(BackupError, match=r"corpus folder .* is not empty\. .* --force"):
        there.restore(tmp_path / "b.zip")
    (there.folder / "corpus").rename(there.folder / "away")
    with pytest.raises(BackupError, match=r"The journal is not empty\. .* --force"):
        there.restore(tmp_path / "b.zip")
    assert not (there.folder / "corpus").exists()
    (there.folder / "away").rename(there.folder / "corpus")
    assert there.asked() == ["Déjà là ?"]
    there.restore(tmp_path / "b.zip", force=True)
    assert there.asked() == ["Où est le musée ?", "Et le terril ?"]
    assert there.corpus() == FILES
    assert there.names() == {"corpus"}


def test_empty_folder_is_no_hindrance(here: Place, there: Place, tmp_path: Path) -> None:
    """A corpus folder that is there but empty is as good as none."""
    (there.folder / "corpus").mkdir()
    here.backup(tmp_path / "b.zip")
    there.restore(tmp_path / "b.zip")
    assert there.corpus() == FILES


def test_linked_corpus_stays_a_link(here: Place, tmp_path: Path) -> None:
    """Where the corpus is a link to a folder, that folder is replaced."""
    here.backup(tmp_path / "b.zip")
    (here.folder / "corpus").rename(tmp_path / "real")
    (here.folder / "corpus").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "more.txt").write_text("De plus.")
    here.restore(tmp_path / "b.zip", force=True)
    assert (here.folder / "corpus").is_symlink()
    assert here.corpus() == FILES


def test_backup_is_consistent_while_the_chat_records(there: Place, tmp_path: Path) -> None:
    """Of turns that are recorded meanwhile, those of one moment are in it, with their feedback."""
    there.fill("Question 1 ?")
    stop = threading.Event()
    recorded = threading.Semaphore(0)

    def record() -> None:
        with opened(there.database.address) as journal:
            number = 1
            while not stop.is_set():
                number += 1
                name = journal.record(turn(number, f"Question {number} ?", "c"), "v", NOON)
                journal.feedback(name, Feedback(True), NOON)
                recorded.release()

    recorder = threading.Thread(target=record)
    recorder.start()
    try:
        for number in range(5):
            assert recorded.acquire(timeout=30)
            there.backup(tmp_path / f"{number}.zip")
    finally:
        stop.set()
        recorder.join()
    sizes = []
    for number in range(5):
        place = Place(tmp_path / str(number), SqliteFile(tmp_path / str(number)))
        place.folder.mkdir()
        place.restore(tmp_path / f"{number}.zip")
        asked = place.asked()
        assert asked == [f"Question {turn} ?" for turn in range(1, len(asked) + 1)]
        given = place.database.rows("SELECT count(*) FROM feedback")[0][0]
        assert len(asked) - 1 <= given <= len(asked)
        sizes.append(len(asked))
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]


# The settings file.


KILLED = """
import os, signal, sys
from pathlib import Path
from assistant import backup
from assistant.settings import load_settings
def stop(*_):
    if sys.argv[2] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    print("held", flush=True)
    sys.stdin.read()
backup._check_empty = stop
settings = Path(sys.argv[1], "assistant.toml")
backup.restore_backup(load_settings(settings), Path(sys.argv[1], "b.zip"), settings)
"""


def test_killed_restores_leave_nothing_for_long(here: Place) -> None:
    """The next restore, or the chat when it starts, removes what they unpacked, and no other's."""
    here.write_settings()
    here.backup(here.folder / "b.zip")
    shutil.rmtree(here.folder / "corpus")
    start = partial(
        subprocess.Popen, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    for _ in range(2):
        killed = start([sys.executable, "-c", KILLED, str(here.folder), "kill"])
        assert killed.wait(60) == -signal.SIGKILL
    # The second removed what the first one left.
    (left,) = here.folder.glob(".corpus.restoring-*")
    assert stat.S_IMODE(left.stat().st_mode) == 0o700
    under_way = start([sys.executable, "-c", KILLED, str(here.folder), "wait"])
    assert under_way.stdout is not None
    assert under_way.stdout.readline() == "held\n"
    (mine,) = here.folder.glob(".corpus.restoring-*")
    remove_leftovers(here.folder / "corpus")
    assert mine.is_dir()
    under_way.communicate(timeout=60)
    assert here.names() == {"assistant.toml", "b.zip", "corpus"}
    assert here.corpus() == FILES


WRITING = """
import os, signal, sys
from pathlib import Path
from assistant import backup
from assistant.settings import load_settings
def stop(*_):
    if sys.argv[2] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    print("held", flush=True)
    sys.stdin.read()
    return []
backup._files = stop
settings = Path(sys.argv[1], "assistant.toml")
backup.write_backup(load_settings(settings), Path(sys.argv[1], "b[1].zip"), settings)
"""


def test_killed_backups_leave_nothing_for_long(here: Place) -> None:
    """The next backup to the same file removes what they wrote of theirs, and no other's."""
    here.write_settings()
    kept = here.folder / ".b[1].zip.old-name"
    kept.write_text("of the user")
    start = partial(
        subprocess.Popen, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    for _ in range(2):
        killed = start([sys.executable, "-c", WRITING, str(here.folder), "kill"])
        assert killed.wait(60) == -signal.SIGKILL
    unfinished = here.names() - {"assistant.toml", "corpus", kept.name}
    assert len(unfinished) == 1  # the second removed what the first one left
    under_way = start([sys.executable, "-c", WRITING, str(here.folder), "wait"])
    assert under_way.stdout is not None
    assert under_way.stdout.readline() == "held\n"
    assert here.backup(here.folder / "b[1].zip").files == len(FILES)
    assert len(here.names() - {"assistant.toml", "corpus", kept.name, "b[1].zip"}) == 1
    under_way.communicate(timeout=60)
    assert under_way.returncode == 0
    assert here.names() == {"assistant.toml", "corpus", kept.name, "b[1].zip"}


def test_settings_are_put_where_there_are_none(here: Place, tmp_path: Path) -> None:
    """The settings file comes back for its owner alone; one that is there stays."""
    here.write_settings("retention_days = 30\n")
    told = here.settings_file.read_text()
    assert here.backup(tmp_path / "b.zip").settings
    here.settings_file.unlink()
    assert here.restore(tmp_path / "b.zip", force=True).settings
    assert here.settings_file.read_text() == told
    assert stat.S_IMODE(here.settings_file.stat().st_mode) == 0o600
    here.settings_file.write_text("# autre\n")
    here.restore(tmp_path / "b.zip", force=True)
    assert here.settings_file.read_text() == "# autre\n"


def test_settings_that_name_other_places_are_not_put(
    here: Place, there: Place, tmp_path: Path
) -> None:
    """Settings of elsewhere would have the chat open another journal: refused, nothing changes."""
    here.write_settings()
    here.backup(tmp_path / "b.zip")
    with pytest.raises(BackupError, match=r"another journal or corpus .* Unpack settings\.toml"):
        there.restore(tmp_path / "b.zip")
    assert there.names() == set()
    assert there.asked() == []
    there.write_settings()
    there.restore(tmp_path / "b.zip")
    assert there.asked() == ["Où est le musée ?", "Et le terril ?"]


def test_settings_of_another_version_are_told(here: Place, there: Place, tmp_path: Path) -> None:
    """A key that is no setting here is named."""
    here.settings_file.write_text("unknown = 1\n")
    here.backup(tmp_path / "b.zip")
    with pytest.raises(BackupError, match=r"settings in the backup cannot be used.*unknown"):
        there.restore(tmp_path / "b.zip")
    assert there.names() == set()


def test_settings_nested_too_deep_are_told(here: Place, there: Place, tmp_path: Path) -> None:
    """Settings that no reader of TOML gets to the end of are refused like others."""
    here.settings_file.write_text(f"a = {'[' * 50_000}\n")
    here.backup(tmp_path / "b.zip")
    with pytest.raises(BackupError, match="settings in the backup cannot be used"):
        there.restore(tmp_path / "b.zip")
    assert there.names() == set()


# Faults while it is written.


def test_backup_is_for_its_owner_and_replaces_the_former(here: Place, tmp_path: Path) -> None:
    """Nobody else may read it; the former one of that name is there until it is whole."""
    file = tmp_path / "b.zip"
    file.write_text("former")
    here.backup(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert zipfile.ZipFile(file).testzip() is None
    assert [path.name for path in tmp_path.glob("*b.zip*")] == ["b.zip"]


@pytest.mark.parametrize("fault", ["no corpus", "inside", "no folder", "dangling", "pipe", "name"])
def test_backup_that_cannot_be_written_leaves_the_former(
    here: Place, tmp_path: Path, fault: str
) -> None:
    """What is wrong is told, and neither half a file nor a loss comes of it."""
    folder = tmp_path / "backups"
    folder.mkdir()
    file = folder / "b.zip"
    file.write_text("former")
    corpus = here.settings.corpus
    problem = {
        "no corpus": "There is no corpus folder",
        "inside": "is in the corpus",
        "no folder": "cannot be written",
        "dangling": "'corpus/page.txt' cannot be taken in",
        "pipe": "pipe is no ordinary file",
        "name": r"xff\.txt' cannot be taken in|udcff\.txt' cannot be taken in",
    }[fault]
    target = file
    if fault == "no corpus":
        corpus.rename(tmp_path / "away")
    elif fault == "inside":
        target = corpus / "b.zip"
    elif fault == "no folder":
        target = folder / "none" / "b.zip"
    elif fault == "dangling":
        (corpus / "page.txt").unlink()
        (corpus / "page.txt").symlink_to(tmp_path / "nothing")
    elif fault == "pipe":
        os.mkfifo(corpus / "pipe")
    else:
        Path(os.fsdecode(bytes(corpus) + b"/\xff.txt")).write_text("x")
    with pytest.raises(BackupError, match=problem):
        here.backup(target)
    assert file.read_text() == "former"
    assert [path.name for path in folder.iterdir()] == ["b.zip"]


def test_folder_that_cannot_be_looked_into_is_told(here: Place, tmp_path: Path) -> None:
    """A part of the corpus that is shut off is not left out in silence."""
    (here.settings.corpus / "lists").chmod(0)
    with as_nobody(here, tmp_path), pytest.raises(BackupError, match=r"lists cannot be read"):
        here.backup(tmp_path / "b.zip")
    assert not list(tmp_path.glob("*b.zip*"))


@contextmanager
def as_nobody(place: Place, folder: Path) -> Iterator[None]:
    """Is no superuser for a while, but may write to a place and a folder."""
    assert isinstance(place.database, SqliteFile)
    data = place.database.file.parent
    for path in (folder, place.folder, data, *data.iterdir()):
        path.chmod(0o777 if path.is_dir() else 0o666)
    user = os.geteuid()
    with entered_by_all(folder.parents[1], folder.parent, data.parent):
        try:
            if user == 0:
                os.seteuid(NOBODY)
            yield
        finally:
            os.seteuid(user)


def test_journal_that_is_gone_is_told(here: Place, postgres: PostgresServer) -> None:
    """Without the journal there is no backup and no restoring; the corpus is left alone."""
    there = Place(here.folder, postgres.new_database())
    there.fill("Question ?")
    file = here.folder / "b.zip"
    there.backup(file)
    before = file.read_bytes()
    with there.database.gone():
        with pytest.raises(JournalUnavailable):
            there.backup(file)
        with pytest.raises(JournalUnavailable):
            there.restore(file, force=True)
    assert file.read_bytes() == before
    assert there.corpus() == FILES
    assert there.asked() == ["Question ?"]


# Files that must not be restored.

Change = Callable[[Path], None]


def _remade(
    change: Callable[[dict[str, bytes]], None], *, keep_sums: bool = False
) -> Callable[[Path], None]:
    """Returns what rewrites an archive after a change, its manifest made to fit unless kept."""

    def remake(file: Path) -> None:
        with zipfile.ZipFile(file) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        manifest = json.loads(members["backup.json"])
        change(members)
        if not keep_sums:
            manifest["files"] = {
                name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
                for name, data in members.items()
                if name != "backup.json"
            }
            members["backup.json"] = json.dumps(manifest).encode()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)

    return remake


def _without(name: str) -> Callable[[dict[str, bytes]], None]:
    def leave_out(members: dict[str, bytes]) -> None:
        del members[name]

    return leave_out


def _manifest(**changes: object) -> Callable[[Path], None]:
    def change(members: dict[str, bytes]) -> None:
        manifest = {**json.loads(members["backup.json"]), **changes}
        members["backup.json"] = json.dumps(manifest).encode()

    return _remade(change, keep_sums=True)


def _named(name: str) -> Callable[[Path], None]:
    return _remade(lambda members: members.update({name: b"x"}))


def _as_link(file: Path) -> None:
    _named("corpus/link")(file)
    with zipfile.ZipFile(file) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o120777 if name == "corpus/link" else 0o100600) << 16
            archive.writestr(info, data)


def _twice(file: Path) -> None:
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("corpus/page.txt", "autre")


def _truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def _flipped(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[data.index(b"corpus/page.txt") + 40] ^= 1
    file.write_bytes(data)


def _lzma(file: Path) -> None:
    with zipfile.ZipFile(file, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("corpus/more.txt", "x" * 1000)


def _bomb(file: Path) -> None:
    _remade(lambda members: members.update({"corpus/bomb.txt": bytes(300_000_000)}))(file)


def _in_directory(place: int, data: bytes) -> Callable[[Path], None]:
    """Writes over a part of the first entry of the list of members, at the end of an archive."""

    def write(file: Path) -> None:
        whole = bytearray(file.read_bytes())
        start = whole.index(b"PK\x01\x02") + place
        whole[start : start + len(data)] = data
        file.write_bytes(whole)

    return write


def _encrypted(file: Path) -> None:
    data = bytearray(file.read_bytes())
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    file.write_bytes(data)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda file: file.write_text("no archive"), "It is no archive"),
        (lambda file: file.unlink(), "cannot be read"),
        (_truncated, "It is"),
        (_flipped, "It is damaged|is not as it was written"),
        (_remade(lambda m: m.update({"corpus/page.txt": b"Le mus\xc3\xa9e a ferm\xc3\xa9.\r\n"}),
                 keep_sums=True), "corpus/page.txt (is not as|has another size)"),
        (_remade(lambda m: m.update({"corpus/page.txt": b"y"}), keep_sums=True), "another size"),
        (_remade(lambda m: m.update({"corpus/new.txt": b"x"}), keep_sums=True), "other files"),
        (_remade(_without("corpus/page.txt"), keep_sums=True), "other files"),
        (_remade(_without("backup.json"), keep_sums=True), "has no manifest"),
        (_remade(lambda m: m.update({"backup.json": b"{}"}), keep_sums=True), "manifest cannot be"),
        (_manifest(format=2), "It has format 2, not 1"),
        (_manifest(more=1), "manifest cannot be read"),
        (_twice, "or one twice"),
        (_named("corpus/../../escaped.txt"), "leads out"),
        (_named("/escaped.txt"), "leads out"),
        (_named("corpus//escaped.txt"), "leads out"),
        (_named("corpus/./escaped.txt"), "leads out"),
        (_named("C:/escaped.txt"), "leads out"),
        (_named("corpus\\..\\escaped.txt"), "leads out"),
        (_named("corpus/folder/"), "leads out"),
        (_as_link, "no ordinary file"),
        (_encrypted, "no ordinary file"),
        (_in_directory(6, b"\xc1"), r"It is damaged: zip file version 19\.3"),
        (lambda file: (_in_directory(8, b"\x00\x08")(file), _in_directory(46, b"\xff")(file)),
         "It is damaged: 'utf-8' codec"),
        (_lzma, "packed in an unusual way"),
        (_bomb, "unpacks to too much"),
        (_named("corpus/page.txt/below"), "cannot be written"),
        (_named("corpus/" + "x" * 300), "cannot be written"),
    ],
)  # fmt: skip
def test_file_that_is_not_as_it_was_written_is_refused(
    here: Place, tmp_path: Path, change: Change, problem: str
) -> None:
    """Damaged, altered or hostile: refused before anything is touched, even with --force."""
    file = tmp_path / "b.zip"
    here.backup(file)
    change(file)
    corpus, names = here.corpus(), here.names()
    with pytest.raises(BackupError, match=problem):
        here.restore(file, force=True)
    assert here.corpus() == corpus
    assert here.asked() == ["Où est le musée ?", "Et le terril ?"]
    assert here.names() == names
    assert not list(tmp_path.rglob("escaped*"))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_manifest(revision="9999"), "is of a newer version"),
        (_named("journal/pg_class.jsonl"), "other tables than the copy"),
        (_remade(_without("journal/feedback.jsonl")), "other tables"),
        (_remade(lambda m: m.update({"journal/feedback.jsonl": b"[1]\n"})), "does not fit"),
        (_remade(lambda m: m.update({"journal/feedback.jsonl": b"{}\n"})), "does not fit"),
        (_remade(lambda m: m.update({"journal/feedback.jsonl": b"nonsense\n"})), "does not fit"),
    ],
)
def test_journal_that_does_not_fit_is_refused(
    here: Place, there: Place, tmp_path: Path, change: Change, problem: str
) -> None:
    """Rows of a newer version, or none at all: both places keep what they held."""
    file = tmp_path / "b.zip"
    here.backup(file)
    change(file)
    there.fill("Avant ?")
    with pytest.raises(JournalError, match=problem):
        there.restore(file, force=True)
    assert there.asked() == ["Avant ?"]
    assert there.corpus() == FILES
    assert there.names() == {"corpus"}


# Faults while it is restored.


def test_corpus_that_cannot_be_replaced_keeps_the_journal(
    here: Place, there: Place, tmp_path: Path
) -> None:
    """Where the folder of the corpus takes nothing, the journal is as it was too."""
    here.backup(tmp_path / "b.zip")
    there.fill("Avant ?")
    settings = there.settings.model_copy(update={"corpus": Path("/proc/self/corpus")})
    with pytest.raises(BackupError, match=r"cannot be written .* Nothing was changed"):
        restore_backup(settings, tmp_path / "b.zip", there.settings_file, force=True)
    assert there.asked() == ["Avant ?"]


def test_fault_after_the_corpus_puts_it_back(here: Place, there: Place, tmp_path: Path) -> None:
    """The last step fails, since the settings file has no folder: all is as it was."""
    here.write_settings()
    here.backup(tmp_path / "b.zip")
    there.fill("Avant ?")
    (there.folder / "corpus" / "more.txt").write_text("De plus.")
    held = there.corpus()
    settings_file = there.folder / "none" / "assistant.toml"
    there.write_settings()
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert "settings.toml" in archive.namelist()
    _remade(lambda m: m.update({"settings.toml": there.settings_file.read_bytes()}))(
        tmp_path / "b.zip"
    )
    with pytest.raises(BackupError, match="cannot be written"):
        restore_backup(there.settings, tmp_path / "b.zip", settings_file, force=True)
    assert there.corpus() == held
    assert there.asked() == ["Avant ?"]
    assert there.names() == {"corpus", "assistant.toml"}


def test_journal_that_takes_nothing_keeps_the_corpus(
    here: Place, there: Place, tmp_path: Path
) -> None:
    """A database that may not be written is told, and the corpus is as it was."""
    here.backup(tmp_path / "b.zip")
    there.fill("Avant ?")
    (there.folder / "corpus" / "more.txt").write_text("De plus.")
    held = there.corpus()
    for path in (tmp_path, there.folder):
        path.chmod(0o777)
    (tmp_path / "b.zip").chmod(0o644)
    with (
        entered_by_all(tmp_path.parent),
        there.database.read_only(),
        pytest.raises((JournalError, BackupError)),
    ):
        there.restore(tmp_path / "b.zip", force=True)
    assert there.corpus() == held
    assert there.asked() == ["Avant ?"]


# The command.


def test_command_writes_and_restores(
    here: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what was done and what comes next; errors end it with 2 and change nothing."""
    here.write_settings()
    told, file = ["--settings", str(here.settings_file)], str(tmp_path / "b.zip")
    assert main(["backup", file, *told]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{file}: ")
    assert said.endswith(" tables of the journal, 6 files of the corpus, with a settings file.\n")
    assert main(["backup", file, "--restore", *told]) == 2
    assert capsys.readouterr().err == (
        f"The corpus folder {here.settings.corpus} is not empty. Name other places in the "
        "settings, or replace both with --force.\n"
    )
    (here.folder / "corpus" / "page.txt").unlink()
    assert main(["backup", file, "--restore", "--force", *told]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Restored as of 20")
    assert said.endswith("+00:00. Run `assistant index` now.\n")
    assert here.corpus() == FILES
    assert main(["backup", file, "--force", *told]) == 2
    assert capsys.readouterr().err == "--force goes with --restore. Leave it away.\n"
