"""Commands for those who run the chat: `notice`, `backup`."""

from __future__ import annotations

import argparse

from assistant.errors import InputError
from assistant.notice import put_up, read_notice, take_down
from assistant.settings import DEFAULT_FILE, Settings


def notice(parsed: argparse.Namespace, settings: Settings) -> int:
    """Puts a notice up in place of the chat, takes it down, or says whether there is one."""
    if parsed.off:
        if parsed.text is not None:
            raise InputError("--off goes without a text.", "Leave one of them away.")
        print("The chat is back." if take_down(settings) else "No notice was up.")
        return 0
    if parsed.text is not None:
        put_up(settings, parsed.text)
    text = read_notice(settings)
    print("No notice is up." if text is None else f"In place of the chat: {text}")
    return int(text is None)


def backup(parsed: argparse.Namespace, settings: Settings) -> int:
    """Writes a backup of the journal, the corpus and the settings file, or restores one."""
    # Half a second to import, which no other command should wait for.
    from assistant.backup import restore_backup, write_backup  # noqa: PLC0415

    settings_file = parsed.settings or DEFAULT_FILE
    if parsed.force and not parsed.restore:
        raise InputError("--force goes with --restore.", "Leave it away.")
    if not parsed.restore:
        found = write_backup(settings, parsed.file, settings_file)
        kept = "with" if found.settings else "without"
        print(
            f"{parsed.file}: {found.tables} tables of the journal, {found.files} files of the "
            f"corpus, {kept} a settings file."
        )
        return 0
    found = restore_backup(settings, parsed.file, settings_file, force=parsed.force)
    print(f"Restored as of {found.created}. Run `assistant index` now.")
    return 0
