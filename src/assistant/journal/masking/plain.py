"""A text as it reads, whatever signs it is typed with, and where each of its letters came from.

« ０６ １２ » with wide digits, letters with invisible signs between them and blanks and dashes of
any kind read like plain ones, so that what identifies a person is looked for in one spelling.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

TAKEN: Final = "\x00"
"""Stands where something was found: no letter, no digit, no blank."""
_ALIKE: Final = {
    **dict.fromkeys("\u2019\u2018\u02bc\u00b4\u2032`", "'"),
    **dict.fromkeys("\u2033\u201d\u201c", '"'),
    **dict.fromkeys("\u2044\u2215", "/"),
    "\u2212": "-",
}

_BY_CATEGORY: Final = {**dict.fromkeys(("Cf", "Mn", "Me"), ""), "Zs": " ", "Pd": "-"}


class Plain:
    """A text in plain signs.

    Args:
        text: as it was typed.

    Attributes:
        text: the same in plain signs; what was taken out of it stands as `TAKEN`.
    """

    def __init__(self, text: str) -> None:
        signs: list[str] = []
        self._spans: list[tuple[int, int]] = []
        for start, end in _letters(text):
            plain = _plain(text[start:end])
            if not plain and self._spans:
                # What cannot be seen goes with the letter before.
                self._spans[-1] = self._spans[-1][0], end
            signs.append(plain)
            self._spans += [(start, end)] * len(plain)
        self.text = "".join(signs)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Returns where a part of the plain text stands in the text as it was typed."""
        return self._spans[start][0], self._spans[end - 1][1]

    def take(self, spans: Sequence[tuple[int, int]]) -> None:
        """Takes parts out, which stand in order, so that they are not found again."""
        pieces, left = [], 0
        for start, end in spans:
            pieces += [self.text[left:start], TAKEN * (end - start)]
            left = end
        self.text = "".join([*pieces, self.text[left:]])


def _letters(text: str) -> Iterator[tuple[int, int]]:
    """Yields where each letter stands, with the accents that were typed behind it."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.combining(text[place]):
            yield start, place
            start = place


def _plain(letter: str) -> str:
    """Returns a letter in plain signs; nothing for one that cannot be seen."""
    if letter.isascii():
        return " " if letter == "\t" else letter
    category = unicodedata.category(letter[0])
    if category == "Nd":
        return str(unicodedata.digit(letter[0]))
    if category in _BY_CATEGORY:
        return _BY_CATEGORY[category]
    # « ² » and « ½ » are no digits of a number.
    plain = letter if category == "No" else unicodedata.normalize("NFKC", letter)
    return _ALIKE.get(letter, plain)
