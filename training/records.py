"""Questions in the project's languages about records in French and English, by templates.

A record of the data (a commune, a pit, an operation of a fund) becomes a passage that says some of
what it holds, and a question in one of the languages asks for a thing that the passage says or
does not say. To these come projects that do not exist (`training.projects`). `templates.toml`
holds the sentences and the questions.
"""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from assistant.domain import Span
from training.pairs import Pair, as_typed, following

_TEMPLATES: Final = Path(__file__).with_name("templates.toml")
_RECORD_FIELD: Final = " : "
_FRENCH: Final = 0.3
"""Share of the questions about a record that are in French."""
_FRENCH_OF_PROJECTS: Final = 0.6
"""Share of the questions about a project that are; the projects are about what visitors ask."""
_FOREIGN: Final = ("de", "en", "es", "it", "nl", "pl")
_SHORT: Final = 0.35
"""Share of the French ones among them that do not name the project."""
_ENGLISH: Final = 0.6
"""Share of the questions in other languages that are read with a passage in English."""
_LIKE_IT: Final = 0.6
"""Share of the passages that tell a thing of the same kind as the one that is asked for."""
_ANOTHER: Final = 0.15
"""Share of the questions that are about another record than the passage."""
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
    return records


def record_pairs(records: list[dict[str, str]], number: int, chance: random.Random) -> list[Pair]:
    """Returns so many pairs, about half of them with an answer."""
    sayable = [record for record in records if len(_sayable(record)) > 1]
    pairs = []
    for _ in range(number):
        record = chance.choice(sayable)
        other = chance.choice(sayable)
        another = other["kind"] == record["kind"] and chance.random() < _ANOTHER
        pairs.append(_pair(record, chance, _name(other) if another else None))
    return pairs


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}".replace(",", " ").replace(".", ",").removesuffix(",00")
    return str(value)


def _templates() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_TEMPLATES.read_text(encoding="utf-8"))


KINDS: Final = _templates()
"""Of records."""


def _sayable(record: dict[str, str]) -> list[str]:
    kind = KINDS.get(record["kind"])
    if kind is None or not 0 < len(record.get(kind["name"], "")) <= _LONGEST_NAME:
        return []
    return [field for field in kind["fields"] if record.get(field) not in {None, "", "NA"}]


def _name(record: dict[str, str]) -> str:
    return record[KINDS[record["kind"]]["name"]].strip()


def _pair(record: dict[str, str], chance: random.Random, another: str | None) -> Pair:
    fields = KINDS[record["kind"]]["fields"]
    sayable = _sayable(record)
    chance.shuffle(sayable)
    asked, *others = sayable
    french = _FRENCH_OF_PROJECTS if record["kind"] == "project" else _FRENCH
    language = "fr" if chance.random() < french else chance.choice(_FOREIGN)
    english = language != "fr" and "english" in fields[asked] and chance.random() < _ENGLISH
    if english:
        others = [field for field in others if "english" in fields[field]]
    if chance.random() < _LIKE_IT:
        value = fields[asked].get("value")
        others.sort(key=lambda field: fields[field].get("value") != value)
    told = [asked, *others[: chance.randint(0, _MOST - 1)]]
    if chance.random() < 0.5 and others:
        told = told[1:] or others[:1]
    chance.shuffle(told)
    name = _name(record)
    passage, answer = "", None
    for field, before, after in _sentences(fields, told, name, chance, english=english):
        value = record[f"{field}.en" if english else field]
        start = len(passage) + len(before)
        if field == asked:
            answer = Span(start, start + len(value))
        passage += before + value + after + " "
    question = _question(fields[asked], language, another or name, chance)
    other = another not in {None, name}
    return Pair(question, record["title"], passage.rstrip(), None if other else answer)


def _question(field: dict[str, Any], language: str, name: str, chance: random.Random) -> str:
    if language == "fr" and "short" in field and chance.random() < _SHORT:
        return following(as_typed(chance.choice(field["short"]), chance), name)
    return as_typed(chance.choice(field["questions"][language]).replace("{name}", name), chance)


def _sentences(
    fields: dict[str, Any], told: list[str], name: str, chance: random.Random, *, english: bool
) -> Iterator[tuple[str, str, str]]:
    """Yields fields, and what stands before and after the value of each."""
    for field in told:
        sentence = chance.choice(fields[field]["english" if english else "sentences"])
        before, after = sentence.replace("{name}", name).split("{value}")
        yield field, before, after
