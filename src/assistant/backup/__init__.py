"""Backups: the journal, the corpus and the settings file in one archive, and back.

::

    backup.json               when it was made, the revision of the tables, a checksum of each file
    journal/TABLE.jsonl       the rows of a table as JSON, all of one moment
    corpus/…                  the corpus folder, byte for byte
    settings.toml             the settings file, if there is one

A journal in SQLite can be restored into PostgreSQL and the other way round. The index is not part
of a backup: `assistant index` makes it from the corpus.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import shutil
import stat
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from glob import escape
from pathlib import Path
from typing import Final

from assistant.backup.archive import (
    Archive,
    ArchiveWriter,
    opened_archive,
    written_archive,
)
from assistant.backup.leftovers import held, remove_unheld
from assistant.durable import sync
from assistant.errors import BackupError, SettingsError
from assistant.journal import Journal, JournalCopy, Record, open_journal
from assistant.private import make_private_file, make_private_folder
from assistant.settings import Settings, load_settings

_JOURNAL: Final = "journal/"
_CORPUS: Final = "corpus/"
_SETTINGS: Final = "settings.toml"
_ROWS: Final = ".jsonl"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds.

    Attributes:
        created: when it was made, in UTC, ISO form.
        files: how many there are of the corpus.
        tables: how many there are of the journal.
        settings: whether a settings file is in it.
    """

    created: str
    files: int
    tables: int
    settings: bool


def write_backup(settings: Settings, file: Path, settings_file: Path) -> Contents:
    """Writes a backup, while the chat may go on.

    Args:
        settings: name the journal and the corpus.
        file: replaced when it is there, once the new one is whole; only its owner may read it.
        settings_file: taken in if it is there.

    Raises:
        BackupError: the file cannot be written or the corpus not read.
        JournalUnavailable: the journal does not answer.
    """
    corpus = settings.corpus
    if not corpus.is_dir():
        raise BackupError(f"There is no corpus folder at {corpus}.", "Name it in the settings.")
    if file.resolve().is_relative_to(corpus.resolve()):
        raise BackupError(f"{file} is in the corpus.", "Name a file outside of it.")
    created = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with (
        closing(open_journal(settings)) as journal,
        journal.snapshot() as copy,
        written_archive(file, created, copy.revision) as writer,
    ):
        for name, records in copy.tables.items():
            writer.add(f"{_JOURNAL}{name}{_ROWS}", map(_line, records()))
        for path in _files(corpus):
            _add_file(writer, f"{_CORPUS}{path.relative_to(corpus).as_posix()}", path)
        if settings_file.is_file():
            _add_file(writer, _SETTINGS, settings_file)
        return _contents(created, writer.files)


def restore_backup(
    settings: Settings, file: Path, settings_file: Path, *, force: bool = False
) -> Contents:
    """Puts the journal and the corpus of a backup in their places, both or neither.

    Its settings file is put in its place only where there is none.

    Args:
        settings: name the journal and the corpus to restore to.
        file: a backup; read and compared with its checksums before anything is touched.
        settings_file: see above.
        force: replaces a journal and a corpus that are not empty.

    Raises:
        BackupError: the file is not whole or of a newer version, its place is not empty or cannot
            be written.
        JournalError: the journal does not answer, or the records do not fit it.
    """
    with (
        opened_archive(file) as archive,
        closing(open_journal(settings)) as journal,
        _staged(archive, settings.corpus.resolve()) as staged,
    ):
        takes_settings = _SETTINGS in archive.manifest.files and not settings_file.exists()
        if takes_settings:
            _check_settings(staged / _SETTINGS, settings)
        if not force:
            _check_empty(journal, settings.corpus)
        with ExitStack() as undo:
            with journal.replaced_by(_copy(archive)):
                former = _put(staged / "corpus", settings.corpus.resolve(), undo)
                if takes_settings:
                    _put_settings(staged / _SETTINGS, settings_file.absolute(), undo)
            undo.pop_all()  # all is stored: nothing is undone
        _remove(former)
        return _contents(archive.manifest.created, archive.manifest.files)


def _files(folder: Path) -> list[Path]:
    """Returns all files below a folder; one that cannot be looked into is not passed over."""

    def fail(error: OSError) -> None:
        raise BackupError(
            f"{error.filename} cannot be read ({error.strerror}).", "Check its permissions."
        ) from error

    return sorted(
        Path(place) / name for place, _, names in os.walk(folder, onerror=fail) for name in names
    )


def _add_file(writer: ArchiveWriter, name: str, file: Path) -> None:
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise BackupError(f"{file} is no ordinary file.", "Remove it from the corpus.")
        name.encode()
        content = file.read_bytes()
    except (OSError, UnicodeEncodeError) as error:
        raise BackupError(
            f"{name!r} cannot be taken in ({error}).", "Check its name and its permissions."
        ) from error
    writer.add(name, [content])


def _line(record: Record) -> bytes:
    return f"{json.dumps(record, ensure_ascii=False)}\n".encode()


def _copy(archive: Archive) -> JournalCopy:
    """Returns the journal that is in an archive."""
    names = [name for name in archive.manifest.files if name.startswith(_JOURNAL)]
    return JournalCopy(
        revision=archive.manifest.revision,
        tables={
            name.removeprefix(_JOURNAL).removesuffix(_ROWS): partial(_rows, archive, name)
            for name in names
        },
    )


def _rows(archive: Archive, name: str) -> Iterator[Record]:
    with archive.open(name) as stream:
        for line in stream:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise ValueError("a row is a JSON object")
            yield record


@contextmanager
def _staged(archive: Archive, corpus: Path) -> Iterator[Path]:
    """Gives a folder beside the corpus that holds the corpus and the settings of an archive."""
    folder = corpus.with_name(f"{_staging(corpus)}{secrets.token_hex(4)}")
    try:
        remove_leftovers(corpus)
        make_private_folder(folder)
        with held(folder):
            (folder / "corpus").mkdir()
            archive.unpack(_CORPUS, folder)
            archive.unpack(_SETTINGS, folder)
            sync([*folder.rglob("*"), folder])
            yield folder
    except OSError as error:
        raise _unwritable(corpus, error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # what was staged is of no use any more


def remove_leftovers(corpus: Path) -> None:
    """Removes what restores that were killed left beside a corpus; not what one under way needs.

    Args:
        corpus: the folder that they restored to.
    """
    corpus = corpus.resolve()
    remove_unheld(corpus.parent.glob(f"{escape(_staging(corpus))}*"))


def _staging(corpus: Path) -> str:
    return f".{corpus.name}.restoring-"


def _unwritable(place: Path, error: OSError) -> BackupError:
    return BackupError(
        f"{place} cannot be written ({error.strerror or error}). Nothing was changed.",
        "Free some disk space or correct the permissions; a folder that is mounted there cannot "
        "be replaced.",
    )


def _check_empty(journal: Journal, corpus: Path) -> None:
    if corpus.exists() and (not corpus.is_dir() or any(corpus.iterdir())):
        problem = f"The corpus folder {corpus} is not empty."
    elif not journal.is_empty():
        problem = "The journal is not empty."
    else:
        return
    raise BackupError(problem, "Name other places in the settings, or replace both with --force.")


def _check_settings(file: Path, settings: Settings) -> None:
    """Raises when the settings of a backup name other places than it is restored to."""
    try:
        theirs = load_settings(file)
    except SettingsError as error:
        raise BackupError(
            f"The settings in the backup cannot be used. {error.problem}",
            "Write a settings file first; it is kept then.",
        ) from error
    if (theirs.journal.address, theirs.corpus) != (settings.journal.address, settings.corpus):
        raise BackupError(
            "The settings in the backup name another journal or corpus than those of now.",
            f"Unpack {_SETTINGS} from it, check what it names, and add it with --settings.",
        )


def _put(new: Path, place: Path, undo: ExitStack) -> Path | None:
    """Puts a folder in a place; returns where the former one is now."""
    former = None
    try:
        if place.exists():
            former = place.rename(place.with_name(f".{place.name}.former-{secrets.token_hex(4)}"))
            undo.callback(former.rename, place)
        undo.callback(new.rename(place).rename, new)
        sync([place.parent])
    except OSError as error:
        raise _unwritable(place, error) from error
    return former


def _put_settings(new: Path, place: Path, undo: ExitStack) -> None:
    undo.callback(place.unlink, missing_ok=True)
    try:
        make_private_file(place)  # it may hold the password of the journal
        shutil.copyfile(new, place)
        sync([place, place.parent])
    except OSError as error:
        raise _unwritable(place, error) from error


def _remove(former: Path | None) -> None:
    try:
        if former is not None:
            shutil.rmtree(former)
    except OSError as error:
        raise BackupError(
            f"All was restored, but the former corpus cannot be removed ({error.strerror}).",
            f"Remove {former} by hand.",
        ) from error


def _contents(created: str, names: Collection[str]) -> Contents:
    return Contents(
        created=created,
        files=sum(name.startswith(_CORPUS) for name in names),
        tables=sum(name.startswith(_JOURNAL) for name in names),
        settings=_SETTINGS in names,
    )
