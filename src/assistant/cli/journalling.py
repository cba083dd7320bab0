"""Commands that keep the journal: `journal export`, `erase`, `purge`, `counts`."""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import asdict

from assistant.cli.terminal import opened_journal, print_json
from assistant.settings import Settings


def export(parsed: argparse.Namespace, settings: Settings) -> int:
    """Prints all that is stored of a conversation."""
    with opened_journal(settings) as journal:
        print_json(journal.export(parsed.conversation))
    return 0


def erase(parsed: argparse.Namespace, settings: Settings) -> int:
    """Removes all that is stored of a conversation."""
    with opened_journal(settings) as journal:
        print(f"{journal.erase(parsed.conversation)} exchanges erased.")
    return 0


def purge(_: argparse.Namespace, settings: Settings) -> int:
    """Removes the texts whose time is over."""
    with opened_journal(settings) as journal:
        purged = journal.purge()
    print(f"Texts of {purged} exchanges removed: {settings.journal.retention_days} days are over.")
    return 0


def counts(parsed: argparse.Namespace, settings: Settings) -> int:
    """Prints how many exchanges there were by day, outcome and language."""
    since, until = (
        dt.date.fromisoformat(day) if day else None for day in (parsed.since, parsed.until)
    )
    with opened_journal(settings) as journal:
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
