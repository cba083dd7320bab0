"""What looks wrong in a text that was read, with where it stands.

Converters leave traces: letters with blanks between them, words twice over, columns that were read
across, numbers of notes in years, and letters that make no words at all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from assistant.domain import SourceDocument, Unit
from assistant.spelling import DICTIONARIES, dictionary, fold

_EXAMPLES: Final = 3
_LONGEST_EXAMPLE: Final = 40
_MIXED: Final = "columns that seem mixed"
_SUSPICIOUS: Final = {
    "words that seem glued together": re.compile(
        r"\b[^\W\d_]{28,}\b|\b[a-zà-ÿ]{4,}[A-ZÀ-Ý][a-zà-ÿ]{2,}\b"
        r"|\b[a-zà-ÿ]{2,}[.!?;,][A-ZÀ-Ý][a-zà-ÿ]+\b"
    ),
    "a letter three times in a row": re.compile(
        r"\b(?![IVXLCDM]+(?:er?|es|ère|ème|th|rd|st|nd)?\b|www\b)[^\W\d_]*([^\W\d_])\1\1[^\W\d_]*\b"
    ),
    "characters of a wrong encoding": re.compile(
        r"(?<!\w)\w*(?:Ã[\u0080-\u00bf©ª®¨§]|â€.?|\ufffd)\w*"
    ),
    "letters with blanks between them": re.compile(
        r"(?<![\w’'])(?:[^\W\d_]\s){5,}[^\W\d_](?![\w’'])"
        r"|(?<![\w’'])(?:[^\W\d_]{1,2} ){9,}[^\W\d_]{1,2}(?![\w’'])"
    ),
    "words that stand twice": re.compile(
        r"\b(?:([^\W\d_])\1){4,}\b|\b([^\W\d_]{5,})\s\2\b|\b(\w+(?:[ ’'-]\w+){2,7})\s\3\b"
    ),
    "accents apart from their letters": re.compile(
        r"[A-Za-z][\u00b4\u02c6\u00a8\u00b8\u02dc]\w*|[\u00b4\u02c6\u00a8\u02dc][A-Za-z]\w*"
    ),
    "numbers that seem to end with that of a note": re.compile(
        r"(?<=\ben |\ble |\bof )(?:1[5-9]\d\d|20\d\d)\d{1,2}\b"
        r"(?!\s?(?:€|%|euros|habitants|exemplaires|personnes|tonnes|emplois|logements|k?m\b|ha\b))"
        r"|\b[a-zà-ÿ]{5,}\d{1,2}\b(?![-.]\w)|\d\s?€\d{1,2}\b"
    ),
    # Rows of a table end with a full stop where they have headings; prose does anyway.
    _MIXED: re.compile(
        r"(?<=[a-zà-ÿ]) ; [a-zà-ÿ][\w’'-]*(?: [\w’'-]+){3,}[^\n;:.]*$", re.MULTILINE
    ),
}
_FEWEST: Final = {_MIXED: 3}
"""How often what may be right now and then must stand in a text to be reported."""
_ADDRESS: Final = re.compile(r"(?<!\S)\S*(?:://|www\.|@)\S*")
_PLAIN_WORD: Final = re.compile(r"(?<![\w’'-])[a-zà-ÿœ]{4,}(?![\w’'-])")
_ENOUGH_WORDS: Final = 30
_MOST_UNKNOWN: Final = 0.3
"""Share of words that no dictionary has, from which a text is reported; 1 to 12 % are usual."""


def find_oddities(document: SourceDocument) -> Iterator[str]:
    """Yields what is odd about the words of a document, with examples and where they stand.

    Args:
        document: its accepted words are not reported.
    """
    # As long as it was, so that places stay.
    text = _ADDRESS.sub(lambda address: " " * len(address[0]), document.text)
    places = _Places(document)
    for what, pattern in _SUSPICIOUS.items():
        found: dict[str, int] = {}
        for match in pattern.finditer(text):
            found.setdefault(match[0], match.start())
        examples = [
            f"“{_short(words)}” ({places.of(start)})"
            for words, start in found.items()
            if words not in document.accepted
        ]
        if len(examples) >= _FEWEST.get(what, 1):
            yield f"{what}: {', '.join(examples[:_EXAMPLES])}"
    yield from _unknown_words(document, text, places)


def _unknown_words(document: SourceDocument, text: str, places: _Places) -> Iterator[str]:
    """Yields that a text has too many words that its language has not."""
    if document.language not in DICTIONARIES:
        return
    words: dict[str, int] = {}
    for match in _PLAIN_WORD.finditer(text):
        words.setdefault(match[0], match.start())
    if len(words) < _ENOUGH_WORDS:
        return
    # Words of another language are no words in pieces; that is reported as such.
    known = tuple(map(dictionary, DICTIONARIES))
    unknown = [
        word
        for word in words
        if word not in document.accepted and not any(fold(word) in one for one in known)
    ]
    if len(unknown) >= _MOST_UNKNOWN * len(words):
        examples = ", ".join(f"“{word}” ({places.of(words[word])})" for word in unknown[:_EXAMPLES])
        yield f"{len(unknown) / len(words):.0%} of its words are in no dictionary: {examples}"


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST_EXAMPLE else f"{line[: _LONGEST_EXAMPLE - 1]}…"


class _Places:
    """Where something stands in a document, as people look for it."""

    def __init__(self, document: SourceDocument) -> None:
        self._lines = [0, *(match.end() for match in re.finditer("\n", document.text))]
        self._pages = [
            (place.span.start, place.number)
            for place in document.locators
            if place.unit is Unit.PAGE
        ]

    def of(self, start: int) -> str:
        """Returns page, if there are any, and line of the text at an offset."""
        line = f"line {bisect_right(self._lines, start)}"
        before = bisect_right([at for at, _ in self._pages], start)
        return f"page {self._pages[before - 1][1]}, {line}" if before else line
