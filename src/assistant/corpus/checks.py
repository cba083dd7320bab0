"""What staff should see to in texts that can be read: nothing is changed, everything is reported.

Near-duplicates are found by the share of five-word shingles in common (Broder, 1997,
https://doi.org/10.1109/SEQUEN.1997.666900).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from assistant.corpus.oddities import find_oddities
from assistant.corpus.translations import out_of_step
from assistant.domain import SourceDocument, Unit
from assistant.language import identify

NEARLY_THE_SAME: Final = 0.8
"""Share of shingles in common from which two texts are reported."""

_SHINGLE: Final = 5
_MOST_WORDS: Final = 100_000
"""Words of a text that are compared with those of others; that is a book."""
_COMMON: Final = 50
"""Documents from which a shingle says nothing any more: a footer, a licence."""
_ENOUGH_LETTERS: Final = 300
_FEWEST_ACCENTS: Final = 0.01
"""Share of accented letters below which a French text has lost them; 3 to 4 % are usual."""
_MANY_BARE_PAGES: Final = 0.25
_MENU_LINES: Final = 5
_MENU_WORDS: Final = 4
_ACCENTED: Final = re.compile(r"[à-öø-ÿœÀ-ÖØ-ÝŒ]")


def find_problems(documents: Sequence[SourceDocument], folder: Path) -> dict[str, tuple[str, ...]]:
    """Returns what is odd about documents, by document id.

    Rows of tables are left out: they are as alike and as short as their list makes them.

    Args:
        documents: all of a corpus.
        folder: the corpus folder, which holds the record of translations.
    """
    problems: dict[str, list[str]] = defaultdict(list)
    texts = [document for document in documents if document.part_of is None]
    for document in texts:
        problems[document.document_id] += _oddities(document)
    for document_id, others in _near_duplicates(texts).items():
        problems[document_id] += others
    for document_id, problem in out_of_step(documents, folder).items():
        problems[document_id].append(problem)
    return {name: tuple(found) for name, found in problems.items() if found}


def _oddities(document: SourceDocument) -> Iterator[str]:
    text = document.text
    yield from find_oddities(document)
    if bare := _bare_pages(document):
        yield f"no text was found on {len(bare)} of its pages, the first of them page {bare[0]}"
    letters = sum(char.isalpha() for char in text)
    if letters < _ENOUGH_LETTERS:
        return
    language = identify(text)
    if language != document.language:
        yield f"reads like language “{language}”, but its metadata says “{document.language}”"
    elif document.language == "fr" and len(_ACCENTED.findall(text)) < _FEWEST_ACCENTS * letters:
        yield "has hardly any accents"
    if menu := _menu(document):
        yield f"holds what looks like a menu, from “{menu}” on"


def _bare_pages(document: SourceDocument) -> list[int]:
    """Returns the pages without text before the last one, if too many to be merely blank."""
    pages = {place.number for place in document.locators if place.unit is Unit.PAGE}
    bare = sorted(set(range(1, max(pages, default=0))) - pages)
    return bare if len(bare) >= _MANY_BARE_PAGES * max(pages, default=1) else []


def _menu(document: SourceDocument) -> str | None:
    """Returns the first of many short lines in a row that are neither titles nor sentences."""
    titles = {heading.text for heading in document.headings}
    run: list[str] = []
    for line in document.text.splitlines():
        words = line.split()
        if not words:
            continue
        if len(words) <= _MENU_WORDS and line.strip() not in titles and words[-1][-1].isalpha():
            run.append(line.strip())
            if len(run) >= _MENU_LINES:
                return run[0]
        else:
            run = []
    return None


def _near_duplicates(documents: Sequence[SourceDocument]) -> dict[str, list[str]]:
    shingles = {document.document_id: _shingles(document.text) for document in documents}
    holders: dict[int, list[str]] = defaultdict(list)
    for name, hashes in shingles.items():
        for shingle in hashes:
            holders[shingle].append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        if len(names) <= _COMMON:
            shared.update((one, two) for one in names for two in names if one != two)
    found: dict[str, list[str]] = {}
    for (one, two), common in sorted(shared.items()):
        likeness = common / (len(shingles[one]) + len(shingles[two]) - common)
        if likeness >= NEARLY_THE_SAME:
            found.setdefault(one, []).append(
                f"nearly the same text as {two} ({likeness:.0%}); keep one of them"
            )
    return found


def _shingles(text: str) -> set[int]:
    words = [word[0] for word in islice(re.finditer(r"\w+", text.casefold()), _MOST_WORDS)]
    count = max(1, len(words) - _SHINGLE + 1)
    return {hash(tuple(words[start : start + _SHINGLE])) for start in range(count)}
