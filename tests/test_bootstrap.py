"""A running assistant takes up new versions of its index, and no question fails meanwhile."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.bootstrap import follow_index, open_assistant, purge_daily, remove_old_secret
from assistant.conversation import Assistant
from assistant.corpus import Corpus
from assistant.domain import Answer, Citation, Outcome, SourceDocument
from assistant.encoder import encoder_identity
from assistant.errors import EncoderMismatch
from assistant.index import build_index, current_version, open_index, roll_back
from assistant.settings import (
    AnswerSettings,
    ChatSettings,
    IndexSettings,
    RetrievalSettings,
    Settings,
    StaffSettings,
)
from assistant.testing import HashEncoder
from tests.journal_databases import SqliteFile, opened, turn

QUESTION = "Quels sont les lieux que dit la version ?"
PATIENCE = 60
"""Seconds after which what should have happened never will."""


@pytest.fixture
def follow(tmp_path: Path) -> Settings:
    """Settings of an assistant that answers whatever it finds and looks for a new index often."""
    return Settings(
        index_folder=tmp_path / "index",
        retrieval=RetrievalSettings(dense_floor=0.0),
        answer=AnswerSettings(min_confidence=0.0),
        chat=ChatSettings(follow_index=0.05),
    )


def documents(number: int) -> tuple[SourceDocument, ...]:
    """Returns three documents of which every title, sentence and offset tells the version."""
    lead = "Avant, " * number
    return tuple(
        SourceDocument(name, f"{name} {number}", f"{lead}la version {number} dit {words}.", "fr")
        for name, words in {
            "mine": "que la mine a fermé",
            "musee": "que le musée est ouvert",
            "parc": "que le parc est vert",
        }.items()
    )


def put(settings: Settings, number: int, identity: str | None = None) -> str:
    """Builds version `number` and returns its name."""
    changes = build_index(
        Corpus(documents(number), ()),
        settings.index_folder,
        identity or encoder_identity(settings.encoder),
        HashEncoder,
        settings,
        lambda _: lambda _: None,
    )
    return changes.version


@contextmanager
def following(assistant: Assistant, settings: Settings) -> Iterator[threading.Thread]:
    """Follows the index in a thread, which has to end when it is told to."""
    stop = threading.Event()
    thread = threading.Thread(target=follow_index, args=(assistant, settings, stop), daemon=True)
    thread.start()
    try:
        yield thread
        assert thread.is_alive()
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


def wait_for(condition: Callable[[], bool]) -> None:
    """Waits until something is so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came to be so"
        time.sleep(0.005)


def version_of(answer: Answer) -> int:
    """Returns the one version that an answer comes from, all its citations checked against it."""
    cited: tuple[Citation, ...] = (*answer.citations, *answer.nearby)
    assert answer.outcome is Outcome.ANSWERED
    assert len(answer.citations) >= 2
    (number,) = {int(citation.title.split()[1]) for citation in cited}
    texts = {document.document_id: document.text for document in documents(number)}
    for citation in cited:
        text = texts[citation.document_id]
        assert text[citation.start : citation.end] == citation.quote
        assert text[: citation.start].endswith(citation.before)
        assert text[citation.end :].startswith(citation.after)
        assert f"la version {number} dit" in citation.quote
    return number


class Visitors:
    """Eight threads that ask all the time.

    Attributes:
        versions: the versions that answers came from.
        failures: what went wrong, one a question.
        answers: how many were given.
    """

    def __init__(self, assistant: Assistant) -> None:
        self.versions: set[int] = set()
        self.failures: list[str] = []
        self.answers = 0
        self._assistant = assistant
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(8)]

    def _ask(self) -> None:
        last = 0
        while not self._stop.wait(0.02):
            try:
                number = version_of(self._assistant.conversation().ask(QUESTION))
                assert number >= last, f"version {number} after {last}"
            except BaseException as error:  # noqa: BLE001 - whatever it is, it must not happen
                self.failures.append(repr(error))
            else:
                last = number
                self.versions.add(number)
                self.answers += 1

    def __enter__(self) -> Visitors:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Returns what was logged by the one who follows."""
    return [record.message for record in caplog.records if record.name == "assistant.bootstrap"]


def test_new_version_is_taken_up(follow: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """Without a restart, answers come from the version that a build made, and a line says so."""
    put(follow, 1)
    assistant = open_assistant(follow, HashEncoder())
    conversation = assistant.conversation()
    assert version_of(conversation.ask(QUESTION)) == 1
    with following(assistant, follow):
        second = put(follow, 2)
        wait_for(lambda: assistant.index.name == second)
        assert version_of(conversation.ask(QUESTION)) == 2
    assert messages(caplog) == [f"Answers now come from version {second} of the index."]
    assert [turn.answer.turn for turn in conversation.turns] == [1, 2]


def test_former_version_is_taken_up(follow: Settings) -> None:
    """Going back to a former version is followed like a build."""
    first, second = put(follow, 1), put(follow, 2)
    assistant = open_assistant(follow, HashEncoder())
    assert assistant.index.name == second
    with following(assistant, follow):
        assert roll_back(follow.index_folder) == first
        wait_for(lambda: assistant.index.name == first)
        assert version_of(assistant.conversation().ask(QUESTION)) == 1


def test_same_version_is_not_opened_again(
    follow: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As long as the version is the same, the index is neither read nor told of."""
    put(follow, 1)
    assistant = open_assistant(follow, HashEncoder())
    index, looks = assistant.index, []

    def look(folder: Path) -> str:
        looks.append(folder)
        return current_version(folder)

    monkeypatch.setattr("assistant.bootstrap.current_version", look)
    monkeypatch.setattr("assistant.bootstrap.open_index", None)
    with following(assistant, follow):
        wait_for(lambda: len(looks) >= 5)
    assert assistant.index is index
    assert set(looks) == {follow.index_folder}
    assert messages(caplog) == []


def test_it_ends_at_once_when_it_is_told_to(follow: Settings) -> None:
    """However seldom it looks, it does not wait for its next look to end."""
    put(follow, 1)
    seldom = follow.model_copy(update={"chat": ChatSettings(follow_index=86_400)})
    assistant = open_assistant(follow, HashEncoder())
    with following(assistant, seldom):
        put(follow, 2)
        assert version_of(assistant.conversation().ask(QUESTION)) == 1


def damage(folder: Path, kind: str) -> str:
    """Makes a whole copy of the current version current, damaged; returns what is said of it."""
    name, checksum = (folder / "current").read_text().split()
    bad = folder / "versions" / f"bad-{name}"
    shutil.copytree(folder / "versions" / name, bad)
    said = f"{bad / 'manifest.json'} was truncated or altered."
    if kind == "manifest":
        (bad / "manifest.json").write_text("{}")
    elif kind == "vectors":
        (bad / "vectors.faiss").write_bytes((bad / "vectors.faiss").read_bytes()[:-1])
        said = f"{bad / 'vectors.faiss'} was truncated or altered."
    elif kind == "gone":
        shutil.rmtree(bad)
        said = f"{bad / 'manifest.json'} is missing or cannot be read."
    pointer = b"\xff" if kind == "pointer" else f"bad-{name} {checksum}\n".encode()
    if kind == "pointer":
        said = f"{folder / 'current'} cannot be read."
    (folder / "current.new").write_bytes(pointer)
    (folder / "current.new").replace(folder / "current")
    return f"The new version of the index is not taken up: {said} Run `assistant index --rebuild`."


@pytest.mark.parametrize("kind", ["manifest", "vectors", "gone", "pointer"])
def test_damaged_version_is_left_alone(
    follow: Settings, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    """The former version goes on answering, one line tells why, and the next build is taken up."""
    put(follow, 1)
    assistant = open_assistant(follow, HashEncoder())
    before = assistant.index
    with following(assistant, follow):
        said = damage(follow.index_folder, kind)
        wait_for(lambda: messages(caplog) != [])
        time.sleep(5 * follow.chat.follow_index)
        assert messages(caplog) == [said]
        assert assistant.index is before
        assert version_of(assistant.conversation().ask(QUESTION)) == 1
        second = put(follow, 2)
        wait_for(lambda: assistant.index.name == second)
        assert version_of(assistant.conversation().ask(QUESTION)) == 2
        again = damage(follow.index_folder, kind)
        wait_for(lambda: len(messages(caplog)) == 3)
    assert messages(caplog) == [
        said,
        f"Answers now come from version {second} of the index.",
        again,
    ]


def test_index_of_another_encoder_is_left_alone(
    follow: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Vectors of another model are not searched with this one's."""
    put(follow, 1)
    assistant = open_assistant(follow, HashEncoder())
    with following(assistant, follow):
        put(follow, 2, "other")
        wait_for(lambda: messages(caplog) != [])
        assert version_of(assistant.conversation().ask(QUESTION)) == 1
    (said,) = messages(caplog)
    assert said.startswith(
        "The new version of the index is not taken up: The index was built with other, but the "
        f"settings name {encoder_identity(follow.encoder)}."
    )
    with pytest.raises(EncoderMismatch):
        open_assistant(follow, HashEncoder())


def test_index_that_goes_and_comes_back(follow: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """While the folder of the index is away, answers go on; they follow it when it is back."""
    put(follow, 1)
    assistant = open_assistant(follow, HashEncoder())
    with following(assistant, follow):
        shutil.rmtree(follow.index_folder)
        wait_for(lambda: messages(caplog) != [])
        assert version_of(assistant.conversation().ask(QUESTION)) == 1
        second = put(follow, 2)
        wait_for(lambda: assistant.index.name == second)
    assert messages(caplog)[0] == (
        "The new version of the index is not taken up: "
        f"There is no index in {follow.index_folder}. Run `assistant index`."
    )


@pytest.mark.parametrize("error", [FileNotFoundError(2, "gone"), ValueError("no JSON")])
def test_version_that_is_removed_while_it_is_read(
    follow: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    """A file that goes away between its check and its reading is told, and tried again."""
    put(follow, 1)
    assistant = open_assistant(follow, HashEncoder())

    def removed(*_: object) -> None:
        raise error

    with following(assistant, follow), monkeypatch.context() as patch:
        patch.setattr("assistant.bootstrap.open_index", removed)
        second = put(follow, 2)
        wait_for(lambda: messages(caplog) != [])
        assert version_of(assistant.conversation().ask(QUESTION)) == 1
        patch.setattr("assistant.bootstrap.open_index", open_index)
        wait_for(lambda: assistant.index.name == second)
    assert messages(caplog) == [
        f"The new version of the index is not taken up: {error}",
        f"Answers now come from version {second} of the index.",
    ]


def test_every_version_is_answered_from(follow: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """Over twenty builds, eight visitors get answers from each version, each from one alone."""
    put(follow, 0)
    assistant = open_assistant(follow, HashEncoder())
    names = []
    with following(assistant, follow), Visitors(assistant) as visitors:
        for number in range(1, 21):
            names.append(put(follow, number))
            wait_for(lambda number=number: number in visitors.versions)  # type: ignore[misc]
    assert visitors.failures == []
    assert visitors.versions == set(range(21))
    assert messages(caplog) == [
        f"Answers now come from version {name} of the index." for name in names
    ]


def test_versions_may_come_faster_than_they_are_opened(
    follow: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Builds that each remove the version before, without a pause, fail no question either."""
    one = follow.model_copy(
        update={
            "index": IndexSettings(keep_versions=1),
            "chat": ChatSettings(follow_index=0.001),
        }
    )
    put(one, 0)
    assistant = open_assistant(one, HashEncoder())
    with following(assistant, one), Visitors(assistant) as visitors:
        for number in range(1, 21):
            name = put(one, number)
        wait_for(lambda: assistant.index.name == name)
        wait_for(lambda: 20 in visitors.versions)
    assert visitors.failures == []
    assert visitors.answers >= 8
    assert messages(caplog)[-1] == f"Answers now come from version {name} of the index."


def test_questions_do_not_wait_for_the_new_version(
    follow: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a version is being opened, however long that takes, the former one answers."""
    put(follow, 1)
    assistant = open_assistant(follow, HashEncoder())
    opening, go_on = threading.Event(), threading.Event()

    def slowly(folder: Path, encoder: str) -> object:
        opening.set()
        assert go_on.wait(PATIENCE)
        return open_index(folder, encoder)

    monkeypatch.setattr("assistant.bootstrap.open_index", slowly)
    with following(assistant, follow):
        second = put(follow, 2)
        assert opening.wait(PATIENCE)
        assert version_of(assistant.conversation().ask(QUESTION)) == 1
        go_on.set()
        wait_for(lambda: assistant.index.name == second)
        assert version_of(assistant.conversation().ask(QUESTION)) == 2


@pytest.fixture(autouse=True)
def _log_everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "assistant.bootstrap")


class _Stop(threading.Event):
    """Lets one round pass; remembers for how long each round was to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Stops the second time."""
        self.waits.append(timeout)
        return len(self.waits) > 1


def test_journal_is_purged_at_once_and_every_day(sqlite_file: SqliteFile) -> None:
    """Texts older than the retention go, younger ones stay; the next look is a day later."""
    stop = _Stop()
    now = dt.datetime.now(dt.UTC)
    with opened(sqlite_file.address, retention_days=90) as journal:
        journal.record(turn(conversation_id="old"), "v1", now - dt.timedelta(days=91))
        journal.record(turn(conversation_id="new"), "v1", now - dt.timedelta(days=89))
        purge_daily(journal, stop)
        (old,), (new,) = journal.conversation("old"), journal.conversation("new")
    assert (old.question, new.question is None) == (None, False)
    assert stop.waits == [0.0, 86_400.0]


def test_purge_is_tried_again_when_the_database_does_not_answer(
    sqlite_file: SqliteFile, caplog: pytest.LogCaptureFixture
) -> None:
    """A database that is away is logged, and looked for an hour later."""
    stop = _Stop()
    with opened(sqlite_file.address) as journal:
        journal.record(turn(), "v1")
        with sqlite_file.gone():
            purge_daily(journal, stop)
    assert stop.waits == [0.0, 3_600.0]
    assert "The journal was not purged" in caplog.text


def test_secret_of_former_versions_is_removed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once; what cannot be removed holds nothing up."""
    settings = Settings(staff=StaffSettings(folder=tmp_path / "staff"))
    remove_old_secret(settings)
    assert messages(caplog) == []
    secret = settings.staff.folder / "secret"
    secret.parent.mkdir()
    secret.write_bytes(b"x" * 32)
    remove_old_secret(settings)
    remove_old_secret(settings)
    assert not secret.exists()
    assert messages(caplog) == [
        f"{secret} was removed: sessions are signed with no secret any more."
    ]
    secret.mkdir()
    remove_old_secret(settings)
    assert "cannot be removed" in messages(caplog)[-1]
