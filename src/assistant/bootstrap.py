"""The one place where the real parts are wired together."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Final

from assistant.conversation import Assistant
from assistant.corpus import read_corpus
from assistant.encoder import Encoder, Progress, encoder_identity, load_encoder
from assistant.errors import AssistantError, JournalError
from assistant.index import Changes, build_index, current_version, open_index
from assistant.journal import Journal
from assistant.private import open_to_others
from assistant.question import prepare
from assistant.reader import load_reader
from assistant.retrieval import Retriever
from assistant.settings import Settings

_LOG: Final = logging.getLogger(__name__)
_HOUR: Final = 3_600.0
_DAY: Final = 24 * _HOUR


def open_assistant(settings: Settings, encoder: Encoder | None = None) -> Assistant:
    """Opens the index that the settings name and loads what answers from it.

    Args:
        settings: all settings.
        encoder: an encoder that is loaded already; None loads the one that the settings name.

    Raises:
        AssistantError: no index, a damaged one, another encoder's, or no model.
    """
    # The index first: when it is missing, nobody waits for the model to load.
    index = open_index(settings.index_folder, encoder_identity(settings.encoder))
    encoder = encoder or load_encoder(settings.encoder)
    prepare()
    reader = load_reader(settings.reader, settings.encoder.threads)
    retriever = Retriever(index, encoder, settings.retrieval)
    return Assistant(retriever, settings.answer, reader, settings.reader, settings.question)


def follow_index(assistant: Assistant, settings: Settings, stop: Event) -> None:
    """Has an assistant take up every new version of its index, until it is told to stop.

    Questions go on being answered from the former version while the new one is opened. A version
    that cannot be opened, or that another encoder made, is logged and left alone.

    Args:
        assistant: what was opened with the same settings.
        settings: all settings.
        stop: ends it when set.
    """
    refused = told = name = None
    while not stop.wait(settings.chat.follow_index):
        try:
            name = current_version(settings.index_folder)
            if name in {assistant.index.name, refused}:
                continue
            index = open_index(settings.index_folder, encoder_identity(settings.encoder))
        except (AssistantError, OSError, ValueError) as error:
            # OSError and ValueError: it was removed while it was being read, and is tried again.
            refused = name if isinstance(error, AssistantError) else None
            if told != str(error):
                _LOG.warning("The new version of the index is not taken up: %s", error)
            told = str(error)
            continue
        assistant.take_up(index)
        refused = told = None
        _LOG.warning("Answers now come from version %s of the index.", index.name)


def warn_of_rights(journal: Journal, settings: Settings) -> None:
    """Logs which files of the journal and of staff others on this machine can read.

    Args:
        journal: what is kept.
        settings: name the folder of staff.
    """
    for sentence in open_to_others([*journal.database.files, settings.staff.folder]):
        _LOG.warning("%s", sentence)


def remove_old_secret(settings: Settings) -> None:
    """Removes the secret that sessions of staff were once signed with; nothing reads it any more.

    Args:
        settings: name the folder of staff.
    """
    file = settings.staff.folder / "secret"
    try:
        file.unlink()
    except FileNotFoundError:
        return
    except OSError as error:
        _LOG.warning("%s is of no use any more and cannot be removed: %s", file, error)
        return
    _LOG.warning("%s was removed: sessions are signed with no secret any more.", file)


def purge_daily(journal: Journal, stop: Event) -> None:
    """Removes the texts of a journal whose time is over, now and every day, until told to stop.

    What cannot be removed, since the database does not answer, is logged and tried the next hour.

    Args:
        journal: what is kept.
        stop: ends it when set.
    """
    wait = 0.0
    while not stop.wait(wait):
        try:
            journal.purge()
            wait = _DAY
        except JournalError as error:
            _LOG.warning("The journal was not purged: %s", error)
            wait = _HOUR


def update_index(
    settings: Settings,
    progress: Callable[[int], Progress],
    *,
    corpus: Path | None = None,
    tables: Path | None = None,
    rebuild: bool = False,
) -> Changes:
    """Brings the index that the settings name up to date with its corpus.

    Args:
        settings: all settings.
        progress: see `assistant.index.build_index`.
        corpus: folder to read instead of the one in the settings.
        tables: folder of its tables instead of the one in the settings.
        rebuild: takes nothing over from the current version.

    Raises:
        AssistantError: the corpus cannot be read, the model not loaded or the index not written.
    """
    return build_index(
        read_corpus(corpus or settings.corpus, tables or settings.tables),
        settings.index_folder,
        encoder_identity(settings.encoder),
        lambda: load_encoder(settings.encoder),
        settings,
        progress,
        rebuild=rebuild,
    )
