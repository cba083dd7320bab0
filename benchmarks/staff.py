"""Times of every page of staff over a journal of many exchanges.

    python -m benchmarks.staff [EXCHANGES]

Makes a journal of generated exchanges (100,000 unless another number is given) in SQLite, starts
the server on it and asks for every page as a browser does: the page itself, and the event that
fills it. Run it on an idle machine; the figures are the median and the worst of five.
"""

from __future__ import annotations

import datetime as dt
import random
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
from sqlalchemy import insert

from assistant.bootstrap import open_assistant, update_index
from assistant.conversation import Assistant
from assistant.journal import Exchange, Journal, open_journal
from assistant.journal.asked import asked_words
from assistant.journal.tables import CitationRow, ExchangeRow, FeedbackRow, ReviewRow
from assistant.settings import Settings
from tests.conftest import journal_of
from tests.staff_sites import REVIEWER, call, running_site

USUAL: Final = 100_000
REPEATS: Final = 5
AT_ONCE: Final = 2_000
DAYS: Final = 364
QUESTIONS: Final = (
    "Où le Parc des îles a-t-il été aménagé ?",
    "Combien a coûté le Louvre-Lens ?",
    "Que finance le Fonds social européen ?",
    "Which European fund helps people get back to work?",
    "Quels sont les horaires du Louvre-Lens ?",
    "Où prendre le bus pour Lens ?",
    "Quelle est la capitale du Japon ?",
    "Merci",
)
FILTERS: Final[dict[str, list[Any]]] = {
    "queue": ["", "open", "", "", "", "", ""],
    "queue, search": ["parc des iles 4321", "open", "", "", "", "", ""],
    "queue, search for what is common": ["louvre", "open", "", "", "", "", ""],
    "queue, unhelpful": ["", "open", "", "unhelpful", "", "", ""],
    "queue, all states, 30 days": ["", "all", "", "", "", "", "30"],
    "queue, closed": ["", "closed", "", "", "", "", ""],
}


def exchanges(journal: Journal, assistant: Assistant, count: int) -> Iterator[Exchange]:
    """Yields exchanges whose answers are real ones, and whose questions are worded apart."""
    patterns = []
    for question in QUESTIONS:
        conversation = assistant.conversation()
        conversation.ask(question)
        patterns.append(journal.exchange(conversation.turns[0], assistant.index.name))
    chance = random.Random(1)  # noqa: S311 - a benchmark
    now = dt.datetime.now(dt.UTC)
    for number in range(count):
        one = chance.choice(patterns)
        apart = f" {number}" if chance.random() < 0.8 else ""
        question = f"{one.question}{apart}"
        yield Exchange(
            **{
                **{name: getattr(one, name) for name in one.__slots__},
                "exchange_id": secrets.token_hex(16),
                "conversation_id": f"conversation-{number}",
                "asked_at": now - dt.timedelta(days=chance.random() * DAYS),
                "question": question,
                "standalone_question": question,
                "confidence": chance.random(),
                "timings_ms": {"total": chance.lognormvariate(3.5, 0.5)},
            }
        )


def fill(journal: Journal, assistant: Assistant, count: int) -> None:
    """Writes exchanges, with feedback to one in ten and a review of one in twenty."""
    chance = random.Random(2)  # noqa: S311 - a benchmark
    rows: list[Exchange] = []
    for one in exchanges(journal, assistant, count):
        rows.append(one)
        if len(rows) == AT_ONCE:
            _write(journal, rows, chance)
            rows = []
    if rows:
        _write(journal, rows, chance)


def _write(journal: Journal, rows: list[Exchange], chance: random.Random) -> None:
    elsewhere = {"feedback", "cited"}
    now = dt.datetime.now(dt.UTC)
    values = [
        {
            **{name: getattr(one, name) for name in one.__slots__ if name not in elsewhere},
            "passages": list(one.passages),
            "asked": asked_words(one.question),
            "total_ms": one.timings_ms["total"],
        }
        for one in rows
    ]
    cited = [
        {name: getattr(link, name) for name in link.__slots__} | {"exchange_id": one.exchange_id}
        for one in rows
        for link in one.cited
    ]
    opinions = [
        {"exchange_id": one.exchange_id, "given_at": now, "helpful": chance.random() < 0.7}
        for one in rows
        if chance.random() < 0.1
    ]
    reviews = [
        {"exchange_id": one.exchange_id, "state": "closed", "changed_at": now}
        for one in rows
        if chance.random() < 0.05
    ]
    with journal.database.writing() as session:
        session.execute(insert(ExchangeRow), values)
        for table, held in ((CitationRow, cited), (FeedbackRow, opinions), (ReviewRow, reviews)):
            if held:
                session.execute(insert(table), held)


def timed(name: str, action: Callable[[], object]) -> None:
    """Prints the median and the worst time of an action, in milliseconds."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        action()
        times.append((time.perf_counter() - began) * 1000)
    print(f"{name:<36} {statistics.median(times):>7.0f} ms, at worst {max(times):>6.0f} ms")


def ask_for_all(client: httpx.Client) -> None:
    """Times every page and the event that fills it."""
    config = client.get("/config").json()
    loads = {
        name: next(
            one["id"]
            for one in config["dependencies"]
            if one["id"] in page["dependencies"] and one["targets"][0][1] == "load"
        )
        for name, page in config["page"].items()
    }
    for name in loads:
        timed(f"page /{name}", partial(client.get, f"/{name}"))
    for name, values in FILTERS.items():
        timed(name, partial(filled, client, loads[""], values))
    listed = filled(client, loads[""], FILTERS["queue"])
    exchange = str(listed).partition("echange?id=")[2][:32]
    query = f"id={exchange}"
    timed("exchange", partial(filled, client, loads["echange"], [], query))
    for weeks in ("4", "12", "52"):
        timed(f"dashboard, {weeks} weeks", partial(filled, client, loads["tableau"], [weeks]))
    for days in ("30", "365"):
        timed(f"gaps, {days} days", partial(filled, client, loads["manques"], [days]))
    timed("sources", partial(filled, client, loads["sources"], []))
    timed("evaluations", partial(filled, client, loads["evaluations"], []))
    timed("export of judgements", partial(client.get, "/export.csv"))


def filled(client: httpx.Client, event: int, values: list[Any], query: str = "") -> list[Any]:
    """Returns what an event puts into the page."""
    done = call(client, event, values, query)
    if not done["success"]:
        raise RuntimeError(str(done["output"]))
    return list(done["output"]["data"])


def main() -> None:
    """Makes the journal, measures and prints."""
    count = int(sys.argv[1]) if sys.argv[1:] else USUAL
    with tempfile.TemporaryDirectory() as folder:
        root = Path(__file__).parent.parent
        settings = Settings(corpus=root / "corpus", index_folder=Path(folder) / "built")
        update_index(settings, lambda _: lambda _: None)
        assistant = open_assistant(settings)
        site_folder = Path(folder) / "site"
        site_folder.mkdir()
        mine = settings.model_copy(update={"index_folder": site_folder / "index"})
        address = journal_of(mine)
        journal = open_journal(
            settings.model_copy(
                update={"journal": settings.journal.model_copy(update={"address": address})}
            )
        )
        began = time.perf_counter()
        fill(journal, assistant, count)
        journal.close()
        print(f"{count} exchanges written in {time.perf_counter() - began:.0f} s")
        with running_site(settings, site_folder, "retention_days = 400\n") as site:
            ask_for_all(site.client(REVIEWER))


if __name__ == "__main__":
    main()
