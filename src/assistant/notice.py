"""The notice that stands in place of the chat: it takes the chat down at once, without a stop.

It is a text file, so that whoever can write files on the machine can put it up with an editor and
take it down by removing it; `assistant notice` does the same. The running chat looks for it before
every page and every question.
"""

from __future__ import annotations

import logging
import secrets
from typing import Final

from assistant.errors import InputError, NoticeError
from assistant.private import make_private_folder
from assistant.settings import Settings
from assistant.texts import DEFAULT_LANGUAGE, load_texts

MOST_CHARACTERS: Final = 2000
_LOG: Final = logging.getLogger(__name__)


def read_notice(settings: Settings, language: str = DEFAULT_LANGUAGE) -> str | None:
    """Returns what visitors read in place of the chat, or None when there is no notice.

    A file without words stands for the default sentence, and so does one that cannot be read:
    somebody wants the chat down. Looking costs some microseconds.

    Args:
        settings: name the file.
        language: of the default sentence.
    """
    try:
        with settings.chat.notice.open(encoding="utf-8-sig", errors="replace") as file:
            text = file.read(MOST_CHARACTERS + 1).strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        _LOG.warning("The notice %s cannot be read: %s", settings.chat.notice, error.strerror)
        text = ""
    if len(text) > MOST_CHARACTERS:
        return f"{text[:MOST_CHARACTERS]}…"
    return text or load_texts(language).notice.default


def put_up(settings: Settings, text: str = "") -> None:
    """Puts a notice up, in place of any other.

    Args:
        settings: name the file.
        text: what visitors read; without words, the default sentence in their language.

    Raises:
        InputError: the text is too long.
        NoticeError: the file cannot be written; a former notice is as it was.
    """
    if len(text.strip()) > MOST_CHARACTERS:
        raise InputError(
            f"The notice has more than {MOST_CHARACTERS} characters.", "Write a shorter one."
        )
    file = settings.chat.notice
    # Beside it first, so that no visitor reads half of it.
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        make_private_folder(file.parent)  # the journal may lie there too
        try:
            beside.write_text(f"{text.strip()}\n", encoding="utf-8", errors="replace")
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise NoticeError(
            f"The notice {file} cannot be written ({error.strerror}).",
            "Check the permissions of its folder, or name another file in the settings.",
        ) from error


def take_down(settings: Settings) -> bool:
    """Removes the notice; returns whether there was one.

    Raises:
        NoticeError: it cannot be removed, so the chat stays down.
    """
    try:
        settings.chat.notice.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise NoticeError(
            f"The notice {settings.chat.notice} cannot be removed ({error.strerror}).",
            "Remove it by hand.",
        ) from error
    return True
