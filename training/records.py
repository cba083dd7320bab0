"""Questions in the project's languages about records in French, by templates.

A record of the data (a commune, a pit, an operation of a fund) becomes a passage that says some of
what it holds, and a question in one of the languages asks for a thing that the passage says or
does not say. `templates.toml` holds the sentences and the questions.
"""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from assistant.domain import Span
from training.pairs import Pair, as_typed

_TEMPLATES: Final = Path(__file__).with_name("templates.toml")
_RECORD_FIELD: Final = " : "
_FRENCH: Final = 0.3
"""Share of the questions that are in French."""
_MOST: Final = 4
"""Things that a passage says of a record at most."""
_LONGEST_NAME: Final = 70


def read_records(data: Path) -> list[dict[str, str]]:
    """Reads the records that the templates have things to say about."""
    records = []
    for line in (data / "bassin_minier_unesco" / "corpus.jsonl").open(encoding="utf-8"):
        record = json.loads(line)
        fields = (row.split(_RECORD_FIELD, 1) for row in record["text"].splitlines()[1:])
        values = {pair[0]: pair[1].strip() for pair in fields if len(pair) > 1}
        records.append({**values, "kind": record["layer"], "title": record["title"]})
    for line in (data / "eu_operations" / "operations.jsonl").open(encoding="utf-8"):
        record = json.loads(line)
        values = {key: _written(value) for key, value in record.items() if value is not None}
        records.append({**values, "kind": "operation", "title": record["liste"]})
    return [record for record in records if len(_sayable(record)) > 1]


def record_pairs(records: list[dict[str, str]], number: int, chance: random.Random) -> list[Pair]:
    """Returns so many pairs, about half of them with an answer."""
    return [_pair(chance.choice(records), chance) for _ in range(number)]


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}".replace(",", " ").replace(".", ",").removesuffix(",00")
    return str(value)


def _templates() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_TEMPLATES.read_text(encoding="utf-8"))


_KINDS: Final = _templates()


def _sayable(record: dict[str, str]) -> list[str]:
    kind = _KINDS.get(record["kind"])
    if kind is None or not 0 < len(record.get(kind["name"], "")) <= _LONGEST_NAME:
        return []
    return [field for field in kind["fields"] if record.get(field) not in {None, "", "NA"}]


def _pair(record: dict[str, str], chance: random.Random) -> Pair:
    kind = _KINDS[record["kind"]]
    sayable = _sayable(record)
    chance.shuffle(sayable)
    asked, *others = sayable
    told = [asked, *others[: chance.randint(0, _MOST - 1)]]
    if chance.random() < 0.5 and len(told) > 1:
        told = told[1:]
    chance.shuffle(told)
    name = record[kind["name"]].strip()
    passage, answer = "", None
    for field, sentence in _sentences(kind, told, chance):
        before, after = sentence.replace("{name}", name).split("{value}")
        start = len(passage) + len(before)
        if field == asked:
            answer = Span(start, start + len(record[field]))
        passage += before + record[field] + after + " "
    questions = kind["fields"][asked]["questions"]
    language = "fr" if chance.random() < _FRENCH else chance.choice(sorted(questions))
    question = chance.choice(questions[language]).replace("{name}", name)
    return Pair(as_typed(question, chance), record["title"], passage.rstrip(), answer)


def _sentences(
    kind: dict[str, Any], told: list[str], chance: random.Random
) -> Iterator[tuple[str, str]]:
    for field in told:
        yield field, chance.choice(kind["fields"][field]["sentences"])
