"""From a draft to what visitors are answered from, and back.

::

    draft ──check──▶ passages, problems ──try──▶ answers before and after
      └──publish──▶ corpus and index ──▶ roll back

What is published is written down beside the draft, with the files as they were before::

    published/NUMBER/
      record.json       versions before and after, and what each file was and became
      before/           the files that were replaced or taken away
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.conversation import Assistant
from assistant.corpus import Corpus, read_corpus
from assistant.domain import Answer, Passage
from assistant.errors import ReviewError
from assistant.index import (
    build_index,
    current_version,
    list_versions,
    open_index,
    roll_back,
)
from assistant.journal import Audit
from assistant.private import make_private_folder
from assistant.review.drafts import Drafts, Kind
from assistant.settings import Settings

MOST_TRIED: Final = 30


@dataclass(frozen=True, slots=True)
class Checked:
    """What the corpus would be with the draft.

    Attributes:
        changes: what the draft does, by document id.
        passages: of the documents that it adds or corrects, by document id.
        problems: what the checks say of them.
        refused: why files of the draft cannot be read, by name.
    """

    changes: Mapping[str, Kind]
    passages: Mapping[str, tuple[Passage, ...]]
    problems: Mapping[str, tuple[str, ...]]
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Trial:
    """One question, answered from the sources as they are and as they would be."""

    question: str
    before: Answer
    after: Answer

    @property
    def differs(self) -> bool:
        """Whether the visitor would read something else."""
        return (self.before.outcome, self.before.text) != (self.after.outcome, self.after.text)


class Releases:
    """Checks, tries, publishes and takes back a draft.

    Args:
        drafts: the draft.
        settings: name the index and the tables, and say how texts are cut and embedded.
        assistant: whose model embeds the texts, and whose answers are compared.
        audit: told what is done.
    """

    def __init__(
        self, drafts: Drafts, settings: Settings, assistant: Assistant, audit: Audit
    ) -> None:
        self._drafts = drafts
        self._settings = settings
        self._assistant = assistant
        self._audit = audit
        self._candidate = drafts.folder / "index"
        self._published = drafts.folder.parent / "published"

    def check(self) -> Checked:
        """Reads the corpus with the draft, builds its index beside the current one, checks both.

        Raises:
            CorpusError: nothing would be left that can be read.
            ReviewError: the draft is in use, or cannot be written.
            IndexWriteError: the index cannot be written.
        """
        drafts = self._drafts
        with drafts.writing():
            corpus = read_corpus(drafts.lay_out(), self._settings.tables)
            self._begin_candidate()
            self._build(corpus, self._candidate)
        index = open_index(self._candidate)
        changes, mine = drafts.changes(), drafts.files()
        return Checked(
            changes=changes,
            passages={
                name: tuple(index.passages_of(name))
                for name, kind in changes.items()
                if kind is not Kind.WITHDRAWN
            },
            problems={name: corpus.problems[name] for name in changes if name in corpus.problems},
            refused={one.name: one.reason for one in corpus.refused if one.name in mine},
        )

    def try_out(self, questions: Sequence[str]) -> list[Trial]:
        """Answers questions from the sources as they are and as they were last checked.

        Args:
            questions: no more than `MOST_TRIED` are asked.

        Raises:
            ReviewError: the draft was not checked yet.
            IndexUnusable: its index cannot be opened.
        """
        if not (self._candidate / "current").exists():
            raise ReviewError("The draft was not checked yet.", "Check it first.")
        candidate = self._assistant.over(open_index(self._candidate))
        return [
            Trial(
                question,
                self._assistant.conversation().ask(question),
                candidate.conversation().ask(question),
            )
            for question in questions[:MOST_TRIED]
        ]

    def publish(self, actor: str) -> str:
        """Makes the draft the corpus, and its index the one that answers come from.

        Returns:
            The name of the new version.

        Raises:
            ReviewError: there is nothing to publish, or a file of it cannot be read.
            IndexWriteError: the index cannot be written; the corpus is as it was.
        """
        checked = self.check()
        if not checked.changes:
            raise ReviewError("The draft changes nothing.", "Add, correct or withdraw a source.")
        for name, reason in checked.refused.items():
            raise ReviewError(f"{name} cannot be read: {reason}", "Correct it, or discard it.")
        drafts, folder = self._drafts, self._settings.index_folder
        before = current_version(folder)
        with drafts.writing():
            new: dict[str, Path | None] = {**dict.fromkeys(drafts.withdrawn()), **drafts.files()}
            place = self._published / f"{len(_listed(self._published)) + 1:05}"
            with _replaced(drafts.corpus, new, place / "before"):
                version = self._build(read_corpus(drafts.corpus, self._settings.tables), folder)
            _write_record(place, before, version, drafts.corpus, new)
            drafts.clear()
        self._take_up()
        details = {"from": before, "changes": dict(checked.changes)}
        self._audit.add(actor, "publish", version, details)
        return version

    def published(self) -> list[str]:
        """Returns the versions that were published and not taken back, the latest first."""
        return [record["version"] for _, record in self._records()]

    def roll_back(self, actor: str) -> str:
        """Undoes what was published last, in the corpus and in the index.

        Returns:
            The name of the version that answers come from now.

        Raises:
            ReviewError: nothing was published, or the files were changed since.
            IndexWriteError: the index cannot be written; the corpus is as it was.
        """
        records = self._records()
        if not records:
            raise ReviewError("Nothing was published from here.", "Publish a draft first.")
        place, record = records[0]
        corpus = self._drafts.corpus
        for name, digest in record["files"].items():
            if _digest(corpus / name) != digest:
                raise ReviewError(
                    f"{name} was changed since it was published.",
                    "Correct or withdraw the source with a new draft.",
                )
        with self._drafts.writing():
            former = {file.name: file for file in _listed(place / "before")}
            back = {name: former.get(name) for name in record["files"]}
            with _replaced(corpus, back, place / "after"):
                version = self._return_to(record["from"])
            (place / "record.json").rename(place / "undone.json")
        self._take_up()
        self._audit.add(actor, "roll_back", record["version"], {"to": version})
        return version

    def _take_up(self) -> None:
        """Has answers come from what is current now at once, not only when it is noticed."""
        self._assistant.take_up(open_index(self._settings.index_folder))

    def _begin_candidate(self) -> None:
        """Puts the current version beside, so that only what is new has to be embedded."""
        shutil.rmtree(self._candidate, ignore_errors=True)
        live = self._settings.index_folder
        name = current_version(live)
        shutil.copytree(live / "versions" / name, self._candidate / "versions" / name)
        shutil.copy(live / "current", self._candidate / "current")

    def _build(self, corpus: Corpus, folder: Path) -> str:
        encoder, settings = self._assistant.encoder, self._settings
        return build_index(
            corpus, folder, encoder.identity, lambda: encoder, settings, lambda _: lambda _: None
        ).version

    def _return_to(self, version: str) -> str:
        """Makes a version current again, or builds the like where it is not kept any more."""
        folder = self._settings.index_folder
        if version in {kept.name for kept in list_versions(folder)}:
            return roll_back(folder, version)
        return self._build(read_corpus(self._drafts.corpus, self._settings.tables), folder)

    def _records(self) -> list[tuple[Path, dict[str, Any]]]:
        return [
            (place, json.loads((place / "record.json").read_text(encoding="utf-8")))
            for place in reversed(_listed(self._published))
            if (place / "record.json").exists()
        ]


@contextmanager
def _replaced(folder: Path, new: Mapping[str, Path | None], former: Path) -> Iterator[None]:
    """Puts files into a folder, and puts the former ones back if what follows fails.

    Args:
        folder: of the corpus.
        new: by name, the file to copy; None takes the one of that name away.
        former: folder for what was there before.
    """
    make_private_folder(former)
    for name in new:
        if (folder / name).exists():
            shutil.copy(folder / name, former / name)
    try:
        _put(folder, new)
        yield
    except BaseException:
        _put(folder, {name: former / name if (former / name).exists() else None for name in new})
        shutil.rmtree(former)
        raise


def _put(folder: Path, new: Mapping[str, Path | None]) -> None:
    for name, file in new.items():
        if file is None:
            (folder / name).unlink(missing_ok=True)
        else:
            # In one step: who reads the corpus meanwhile sees the whole file, former or new.
            successor = folder / f".{name}.new"
            shutil.copyfile(file, successor)
            successor.replace(folder / name)


def _write_record(
    place: Path, before: str, version: str, corpus: Path, names: Mapping[str, Path | None]
) -> None:
    record = {
        "from": before,
        "version": version,
        "files": {name: _digest(corpus / name) for name in names},
    }
    text = json.dumps(record, ensure_ascii=False, indent=1)
    (place / "record.json").write_text(text, encoding="utf-8")


def _digest(file: Path) -> str | None:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else None


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
