"""Many visitors who ask a running chat at the same moment: how long they wait, and whose answer.

    python -m benchmarks.load [--visitors 50] [--rounds 4] [--address http://…]

Each visitor has a page and a conversation of their own, and asks questions of the gold set's `dev`
half, follow-ups included. In every round all ask at once and wait until all are answered. Before
that each conversation was held alone: what a visitor reads under load has to be the same. Without
an address a chat is started on this corpus, with a journal of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx
from lxml import html

from assistant.bootstrap import update_index
from assistant.evaluation import read_gold
from assistant.settings import Settings
from benchmarks.collection import progress

ROOT = Path(__file__).parent.parent
PATIENCE = 120
SETTINGS = """\
[chat]
questions_per_minute = 1000
[journal]
address = "sqlite:///{folder}/journal.db"
"""
"""What the chat under test is told: all visitors come from one address."""
READ = "//*[@class='said'] | //details"
"""What has to be the same; what is offered to ask next grows while the chat checks it."""


@dataclass
class Visitor:
    """One open page.

    Attributes:
        questions: what is asked, one a round.
        session: how Gradio knows the page.
        visit: how the chat names the conversation, once it does.
        read: the words on the screen after each answer.
        seconds: how long each answer took.
    """

    questions: Sequence[str]
    session: str = field(default_factory=lambda: secrets.token_hex(8))
    visit: str | None = None
    read: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


async def ask(client: httpx.AsyncClient, visitor: Visitor, question: str) -> str:
    """Asks as the page does, through Gradio's queue, and returns the HTML of the last message.

    The one place that knows what the page's handler takes and gives: the question and the name of
    the visit in; the box, the messages and that name out.
    """
    call = {"data": [question, visitor.visit], "fn_index": 0, "session_hash": visitor.session}
    joined = await client.post("/gradio_api/queue/join", json=call)
    joined.raise_for_status()
    where = {"session_hash": visitor.session}
    async with client.stream("GET", "/gradio_api/queue/data", params=where) as lines:
        async for line in lines.aiter_lines():
            event: dict[str, Any] = json.loads(line.removeprefix("data: ")) if line else {}
            outputs = event.get("output", {}).get("data", [])
            if len(outputs) > 2 and isinstance(outputs[2], str):
                visitor.visit = outputs[2]
            if event.get("msg") == "process_completed":
                if not event["success"]:
                    raise RuntimeError(f"the handler failed: {event}")
                shown: str = outputs[1][-1]["content"][0]["text"]
                return shown
    raise RuntimeError("the connection ended without an answer")


async def visit_once(client: httpx.AsyncClient, visitor: Visitor, question: str) -> None:
    """Asks one question and notes what was read and how long it took."""
    began = time.perf_counter()
    shown = await ask(client, visitor, question)
    visitor.seconds.append(time.perf_counter() - began)
    parts = html.fromstring(shown).xpath(READ)
    visitor.read.append(" ".join(" ".join(part.text_content() for part in parts).split()))


async def hold(address: str, visitors: Sequence[Visitor], *, at_once: bool) -> list[str]:
    """Has all visitors ask all their questions; returns what went wrong."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE, limits=limits) as client:
        if not at_once:
            for visitor in visitors:
                for question in visitor.questions:
                    await visit_once(client, visitor, question)
            return []
        errors = []
        for questions in zip(*(visitor.questions for visitor in visitors), strict=True):
            done = await asyncio.gather(
                *(visit_once(client, *pair) for pair in zip(visitors, questions, strict=True)),
                return_exceptions=True,
            )
            errors += [repr(one) for one in done if one is not None]
        return errors


def scripts(visitors: int, rounds: int) -> list[list[str]]:
    """Returns what each visitor asks: conversations of the gold set, one behind the other."""
    gold = read_gold(ROOT / "tests" / "gold" / "conversations.jsonl", "dev")
    asked = [turn.question for talk in gold.conversations for turn in talk.turns]
    endless = cycle(asked)
    return [list(islice(endless, rounds)) for _ in range(visitors)]


@contextmanager
def running_chat() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Builds an index, starts the chat on a free port and gives its address."""
    with tempfile.TemporaryDirectory() as place, socket.socket() as free:
        folder = Path(place)
        settings = Settings(corpus=ROOT / "corpus", index_folder=folder / "index")
        update_index(settings, progress("passages"))
        (folder / "chat.toml").write_text(SETTINGS.format(folder=folder), encoding="utf-8")
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        process = subprocess.Popen(  # noqa: S603 - our own command
            [
                Path(sys.executable).parent / "assistant", "chat", "--port", port,
                "--index", settings.index_folder, "--settings", folder / "chat.toml",
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        try:
            address = process.stdout.readline().strip() if process.stdout else ""
            if not address:
                raise SystemExit("The chat did not start.")
            yield address, process
        finally:
            process.terminate()
            process.wait(30)


def report(address: str, visitors: int, rounds: int) -> bool:
    """Measures, prints the figures and tells whether every visitor got their own answers."""
    asked = scripts(visitors, rounds)
    alone = [Visitor(questions) for questions in asked]
    asyncio.run(hold(address, alone, at_once=False))
    together = [Visitor(questions) for questions in asked]
    began = time.perf_counter()
    errors = asyncio.run(hold(address, together, at_once=True))
    took = time.perf_counter() - began
    seconds = [one for visitor in together for one in visitor.seconds]
    mixed = sum(visitor.read != other.read for visitor, other in zip(together, alone, strict=True))
    single = statistics.median(one for visitor in alone for one in visitor.seconds)
    print(f"{visitors} visitors at once, {rounds} rounds: {len(seconds)} answers in {took:.1f} s")
    print(f"alone: {single * 1000:.0f} ms (median)")
    print(
        f"together: {statistics.median(seconds):.2f} s (median), "
        f"{statistics.quantiles(seconds, n=20)[-1]:.2f} s (95 %), {max(seconds):.2f} s (longest)"
    )
    print(f"{len(errors)} errors, {mixed} conversations that differ from those held alone")
    for error in errors[:5]:
        print(error, file=sys.stderr)
    return not errors and not mixed


def main() -> int:
    """Measures a chat; exits 1 when an answer failed or was another one than alone."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--address", help="of a chat that runs already")
    parsed = parser.parse_args()
    if parsed.address:
        return int(not report(parsed.address, parsed.visitors, parsed.rounds))
    with running_chat() as (address, process):
        good = report(address, parsed.visitors, parsed.rounds)
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
        print(f"peak memory of the chat {int(peak) / 1024:.0f} MB")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
