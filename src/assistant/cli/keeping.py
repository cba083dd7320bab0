"""Commands that keep the corpus and its index: `index`, `sources`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from assistant.bootstrap import update_index
from assistant.cli.terminal import print_json, progress_bars, tell
from assistant.corpus import read_corpus, record_in_step
from assistant.errors import InputError
from assistant.index import check_index, list_versions, open_index, roll_back
from assistant.settings import Settings
from assistant.sources import list_sources


def index(parsed: argparse.Namespace, settings: Settings) -> int:
    """Brings the index up to date, verifies it, lists its versions or goes back to one."""
    if parsed.check:
        problems = check_index(settings.index_folder)
        for problem in problems:
            print(problem, file=sys.stderr)
        if not problems:
            print(f"The index in {settings.index_folder} is complete and unaltered.")
        return 1 if problems else 0
    if parsed.list:
        for version in list_versions(settings.index_folder):
            mark = "*" if version.current else " "
            print(
                f"{mark} {version.name}  {version.documents:>6} documents  "
                f"{version.passages:>7} passages"
            )
        return 0
    if parsed.rollback is not None:
        name = roll_back(settings.index_folder, parsed.rollback or None)
        print(f"Current version: {name}")
        return 0
    with progress_bars("passages") as progress:
        changes = update_index(
            settings, progress, corpus=parsed.corpus, tables=parsed.tables, rebuild=parsed.rebuild
        )
    print(
        f"{len(changes.added)} documents added, {len(changes.changed)} changed, "
        f"{len(changes.removed)} removed, {len(changes.unchanged)} unchanged, "
        f"{len(changes.refused)} refused; {changes.embedded} of {changes.passages} passages "
        f"embedded. Current version: {changes.version}"
    )
    tell(f"Refused: {refusal.name}: {refusal.reason}" for refusal in changes.refused)
    tell(f"Left out: {absent.name}: {absent.reason}" for absent in changes.absent)
    return 0


def sources(parsed: argparse.Namespace, settings: Settings) -> int:
    """Lists the documents, prints one, checks them or records translations as in step."""
    if parsed.in_step is not None:
        folder = parsed.corpus or settings.corpus
        record_in_step(read_corpus(folder).documents, folder, parsed.in_step)
        print(f"The versions of {parsed.in_step} are recorded as saying the same.")
        return 0
    opened = open_index(settings.index_folder)
    if parsed.text is not None:
        if parsed.text not in opened.documents:
            raise InputError(
                f"There is no document called {parsed.text}.", "`assistant sources` lists them."
            )
        sys.stdout.write(opened.documents[parsed.text].text)
        return 0
    found = list_sources(
        opened, parsed.corpus, parsed.tables or settings.tables, older_than=parsed.older_than
    )
    if parsed.json:
        print_json([source.to_json() for source in found.documents])
    else:
        for source in found.documents:
            print(
                f"{source.document_id:<24} {source.language}  {source.state:<8} "
                f"{source.passages:>4} passages  {source.title}"
            )
    tell(
        f"{source.document_id}: {problem}"
        for source in found.documents
        for problem in source.problems
    )
    tell(f"Refused: {refusal.name}: {refusal.reason}" for refusal in found.refused)
    tell(f"Left out: {absent.name}: {absent.reason}" for absent in found.absent)
    tell(f"Question: {problem}" for problem in found.questions)
    if not parsed.check:
        return 0
    wrong = sum(len(source.problems) for source in found.documents)
    wrong += len(found.refused) + len(found.questions)
    languages = Counter(source.language for source in found.documents)
    spread = ", ".join(f"{count} {language}" for language, count in languages.most_common())
    print(f"{len(found.documents)} documents ({spread}), {wrong} problems.")
    return 1 if wrong else 0
