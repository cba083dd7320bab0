"""Commands for those who run the chat: `notice`."""

from __future__ import annotations

import argparse

from assistant.errors import InputError
from assistant.notice import put_up, read_notice, take_down
from assistant.settings import Settings


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
