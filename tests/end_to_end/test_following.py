"""The chat as a real process: while questions are asked, its index is changed by commands."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from assistant.settings import Settings
from assistant.testing import write_document
from tests.conftest import ASSISTANT, ROOT, start_chat

PATIENCE = 90
"""Seconds after which what should have happened never will."""
OLD = "Comment le bassin minier veut-il changer son image ?"
OLD_ANSWER = "se développer par le tourisme"
NEW = "Combien a coûté la passerelle du Grand Hibou ?"
NEW_SENTENCE = "La passerelle du Grand Hibou a coûté 4 567 euros en 2019."


def ask(client: httpx.Client, question: str) -> str:
    """Asks as the page does, through Gradio's queue; returns the answer's HTML."""
    visit = secrets.token_hex(8)
    joined = client.post(
        "/gradio_api/queue/join",
        json={"data": [question, None], "fn_index": 0, "session_hash": visit},
    )
    joined.raise_for_status()
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": visit}) as lines:
        for line in lines.iter_lines():
            event = json.loads(line.removeprefix("data: ")) if line else {}
            if event.get("msg") == "process_completed":
                assert event["success"], event
                shown: str = event["output"]["data"][1][-1]["content"][0]["text"]
                return shown
    raise AssertionError("no answer came")


class Visitors:
    """Four threads that ask a running chat all the time, two of them about what is new.

    Attributes:
        answers: what was answered to each question, in order.
        failures: what went wrong, one a question.
    """

    def __init__(self, address: str) -> None:
        self.answers: dict[str, list[str]] = {OLD: [], NEW: []}
        self.failures: list[str] = []
        self._address = address
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(question,)) for question in (OLD, NEW) * 2
        ]

    def _ask(self, question: str) -> None:
        with httpx.Client(base_url=self._address, timeout=PATIENCE) as client:
            while not self._stop.wait(0.05):
                try:
                    answer = ask(client, question)
                    assert '<div class="answer' in answer, answer
                    assert question == NEW or OLD_ANSWER in answer, answer
                except BaseException as error:  # noqa: BLE001 - whatever it is, it must not happen
                    self.failures.append(repr(error))
                else:
                    self.answers[question].append(answer)

    def __enter__(self) -> Visitors:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def wait_until(self, condition: Callable[[str], bool]) -> None:
        """Waits for an answer about what is new that is as it should be."""
        seen, end = len(self.answers[NEW]), time.monotonic() + PATIENCE
        while not any(condition(answer) for answer in self.answers[NEW][seen:]):
            assert self.failures == []
            assert time.monotonic() < end, self.answers[NEW][-1:]
            time.sleep(0.1)

    def wait_for_more(self) -> None:
        """Waits until both questions were answered some more times."""
        seen = {question: len(answers) for question, answers in self.answers.items()}
        end = time.monotonic() + PATIENCE
        while any(len(self.answers[question]) < seen[question] + 5 for question in seen):
            assert time.monotonic() < end, self.failures
            time.sleep(0.1)


class Chat:
    """A chat on a copy of the index and of the corpus.

    Attributes:
        said: the lines on its standard error.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.process, self.address = start_chat(
            settings, more="[chat]\nquestions_per_minute = 100000\n"
        )
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line.rstrip("\n"))

    def stop(self) -> None:
        """Ends the process."""
        self.process.terminate()
        self.process.wait(30)
        self._reader.join(30)

    def wait_for_line(self, beginning: str) -> str:
        """Waits until a line is said, and returns it."""
        end = time.monotonic() + PATIENCE
        while not (found := [line for line in self.said if line.startswith(beginning)]):
            assert time.monotonic() < end, self.said
            time.sleep(0.1)
        return found[0]

    def command(self, *arguments: str) -> str:
        """Runs `assistant index` on the chat's index in a process of its own."""
        done = subprocess.run(
            [ASSISTANT, "index", "--index", self.settings.index_folder, *arguments],
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        return done.stdout

    def current(self) -> tuple[str, str]:
        """Returns the name and the checksum of the current version."""
        name, checksum = (self.settings.index_folder / "current").read_text().split()
        return name, checksum


@pytest.fixture
def chat(settings: Settings, tmp_path: Path) -> Iterator[Chat]:
    """A running chat on an index and a corpus of its own."""
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    shutil.copytree(settings.index_folder, tmp_path / "index")
    chat = Chat(Settings(corpus=tmp_path / "corpus", index_folder=tmp_path / "index"))
    yield chat
    chat.stop()


def test_running_chat_follows_its_index(chat: Chat) -> None:
    """A new document is cited without a restart, and no question fails, whatever comes next.

    After the document, a damaged version is left alone, and going back takes the document away.
    """
    corpus, folder = chat.settings.corpus, chat.settings.index_folder
    first, _ = chat.current()
    with Visitors(chat.address) as visitors:
        visitors.wait_for_more()
        assert not any(NEW_SENTENCE in answer for answer in visitors.answers[NEW])

        write_document(corpus, "hibou", NEW_SENTENCE, title="Le Grand Hibou")
        said = chat.command("--corpus", str(corpus))
        assert said.startswith("1 documents added, 0 changed, 0 removed, ")
        assert re.search(r"; 1 of \d+ passages embedded", said)
        visitors.wait_until(lambda answer: f"<mark>{NEW_SENTENCE}</mark>" in answer)
        second, checksum = chat.current()
        assert chat.wait_for_line("Answers now come from") == (
            f"Answers now come from version {second} of the index."
        )
        assert "« Le Grand Hibou », Éditeur" in visitors.answers[NEW][-1]

        bad = folder / "versions" / f"bad-{second}"
        shutil.copytree(folder / "versions" / second, bad)
        with (bad / "passages.jsonl").open("a") as passages:
            passages.write("\n")
        (folder / "current.bad").write_text(f"{bad.name} {checksum}\n")
        (folder / "current.bad").replace(folder / "current")
        assert chat.wait_for_line("The new version") == (
            "The new version of the index is not taken up: "
            f"{bad / 'passages.jsonl'} was truncated or altered. Run `assistant index --rebuild`."
        )
        visitors.wait_for_more()
        assert NEW_SENTENCE in visitors.answers[NEW][-1]

        assert chat.command("--rollback", first) == f"Current version: {first}\n"
        visitors.wait_until(lambda answer: NEW_SENTENCE not in answer)
        visitors.wait_for_more()
        assert not any(NEW_SENTENCE in answer for answer in visitors.answers[NEW][-2:])
    assert visitors.failures == []
    assert chat.process.poll() is None
    chat.stop()
    assert [line.split(":")[0] for line in chat.said] == [
        f"Answers now come from version {second} of the index.",
        "The new version of the index is not taken up",
        f"Answers now come from version {first} of the index.",
    ]
