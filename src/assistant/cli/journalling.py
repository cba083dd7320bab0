"""Commands that keep the journal: `journal export`, `erase`, `purge`, `counts`."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from assistant.cli.terminal import print_json
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.journal import Journal


def export(parsed: argparse.Namespace, settings: Settings) -> int:
    """Prints all that is stored of a conversation."""
    with _opened(settings) as journal:
        print_json(journal.export(parsed.conversation))
    return 0


def erase(parsed: argparse.Namespace, settings: Settings) -> int:
    """Removes all that is stored of a conversation."""
    with _opened(settings) as journal:
        print(f"{journal.erase(parsed.conversation)} exchanges erased.")
    return 0


def purge(_: argparse.Namespace, settings: Settings) -> int:
    """Removes the texts whose time is over."""
    with _opened(settings) as journal:
        purged = journal.purge()
    print(f"Texts of {purged} exchanges removed: {settings.journal.retention_days} days are over.")
    return 0


def counts(parsed: argparse.Namespace, settings: Settings) -> int:
    """Prints how many exchanges there were by day, outcome and language."""
    since, until = (
        dt.date.fromisoformat(day) if day else None for day in (parsed.since, parsed.until)
    )
    with _opened(settings) as journal:
        found = journal.counts(since, until)
    if parsed.json:
        print_json([{**asdict(one), "day": one.day.isoformat()} for one in found])
        return 0
    for one in found:
        print(
            f"{one.day}  {one.outcome:<10}  {one.language:<3} {one.exchanges:>7} exchanges "
            f"{one.helpful:>6} helpful {one.unhelpful:>6} not"
        )
    print(f"{sum(one.exchanges for one in found)} exchanges.")
    return 0


@contextmanager
def _opened(settings: Settings) -> Iterator[Journal]:
    # Half a second to import, which no other command should wait for.
    from assistant.journal import open_journal  # noqa: PLC0415

    journal = open_journal(settings)
    try:
        yield journal
    finally:
        journal.close()
