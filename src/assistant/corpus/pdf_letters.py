"""The letters of a page of a PDF that a reader sees, each where it stands.

PDFium knows each letter, its place, and where it saw a blank or the end of a line. Here they are
turned upright; left out is what nobody sees and what was drawn twice, letters get their accents
back, and numbers of notes go.
"""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from ctypes import c_double, c_int, create_string_buffer
from typing import Any, Final, NamedTuple

from assistant.corpus.note_marks import BEFORE, read_raised
from assistant.corpus.pdf_sight import Box, Sight

_NO_CHARACTER: Final = "\ufffd"
"""What stands for a code that a font gives no character, which `checks` reports."""
_LONGEST_FONT_NAME: Final = 200
_BOLD: Final = re.compile(r"bold|black|heavy|gras", re.IGNORECASE)
_QUARTER: Final = 90
_NEARLY: Final = 10
"""Degrees that a turned line may be off the upright ones, as scanners leave them."""
_SAME_PLACE: Final = 0.12
"""Distance, in sizes of the letters, up to which a letter was drawn twice; an l is wider."""
_CELL: Final = 5.0
"""Points between the lines of the grid in which letters that were drawn twice are looked for."""
_MARKS: Final = dict(
    zip("´`ˆ^¨¸˜~˚ˇ˘˙˝˛¯", "\u0301\u0300\u0302\u0302\u0308\u0327\u0303\u0303\u030a\u030c\u0306"
        "\u0307\u030b\u0328\u0304", strict=True)
)  # fmt: skip
_DOTLESS: Final = {"ı": "i", "ȷ": "j"}
_SMALLER: Final = 0.85
_RAISED: Final = range(15, 80)
"""How far the line of raised letters stands above that of others, in hundredths of their size."""
_LEVEL: Final = 0.2
_BLANK_WIDTH: Final = 0.15
"""Distance of two letters, in their sizes, from which there is a blank between them."""
_CLOSE: Final = 0.5
"""Distance, in sizes of the letters, up to which raised ones belong to what stands before them."""


class Letter(NamedTuple):
    """A letter, upright.

    Attributes:
        bottom: where its line runs, on which most letters stand.
        is_filled_in: whether it is of a form's value or a remark, not of the page itself.
    """

    char: str
    left: float
    right: float
    bottom: float
    size: float
    bold: bool
    is_filled_in: bool = False

    @property
    def middle(self) -> float:
        """Half way between its sides."""
        return (self.left + self.right) / 2


Stream = list[Letter | None]
"""Letters and blanks as they were written, None at the end of a line."""


class Turned(NamedTuple):
    """What of a page is written in one direction, in the coordinates of who reads it so.

    Attributes:
        turn: its direction, in degrees against the clock; 0 for what stands upright.
        width: of the page.
        height: of the page.
    """

    turn: int
    width: float
    height: float
    letters: Stream


def open_page(document: Any, position: int) -> tuple[Any, int]:
    """Returns a page with what was filled in and remarked on it, and where that begins in its text.

    Args:
        document: of pypdfium2, whose forms were set up.
        position: of the page, from 0.
    """
    from pypdfium2 import raw  # noqa: PLC0415

    page = document[position]
    if raw.FPDFPage_GetAnnotCount(page) <= 0:
        return page, sys.maxsize  # to read the words takes long, so not twice
    printed = page.get_textpage().count_chars()
    raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
    page.close()
    return document[position], printed


def read_letters(page: Any, words: Any, printed: int) -> list[Turned]:
    """Returns the letters of a page by their direction, that of the most letters first.

    Args:
        page: of pypdfium2.
        words: its text.
        printed: where in the text begins what was filled in.
    """
    box = page.get_bbox()
    streams = _streams(words, printed, box, Sight(page, words, box))
    if not any(_is_seen(letter) for stream in streams.values() for letter in stream):
        # Nothing but letters without ink: what a program read on a scanned page.
        streams = _streams(words, printed, box, None)
    found = []
    for turn, stream in streams.items():
        frame = _Frame(turn, box)
        letters = _without_notes(_with_accents(_once(stream)))
        found.append(Turned(turn, frame.width, frame.height, letters))
    return sorted(found, key=lambda turned: -len(turned.letters))


_BLANK: Final = Letter(" ", 0, 0, 0, 0, False)
_NOTHING: Final = Letter(" ", 0, 0, 0, 1, False)
"""Stands where an accent stood that its letter has now."""


class _Frame:
    """The coordinates of who turns the page to read what is written in one direction."""

    def __init__(self, turn: int, box: Box) -> None:
        self._cos, self._sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        self._is_slanted = turn % _QUARTER != 0
        self._left, self._bottom, right, top = self._turned_box(box) if turn else box
        self.width, self.height = right - self._left, top - self._bottom

    def letter(
        self, char: str, place: Box, origin: tuple[float, float], size: float, bold: bool
    ) -> Letter:
        x, y = self._turned(*origin)
        left, _, right, _ = self._turned_box(place)
        if self._is_slanted:  # the box of a slanted letter is larger than the letter
            left, right = x, x + (right - left) / 2
        return Letter(char, left - self._left, right - self._left, y - self._bottom, size, bold)

    def _turned(self, x: float, y: float) -> tuple[float, float]:
        return x * self._cos + y * self._sin, y * self._cos - x * self._sin

    def _turned_box(self, box: Box) -> Box:
        left, bottom, right, top = box
        corners = [self._turned(x, y) for x in (left, right) for y in (bottom, top)]
        across, up = zip(*corners, strict=True)
        return min(across), min(up), max(across), max(up)


def _streams(words: Any, printed: int, box: Box, sight: Sight | None) -> dict[int, Stream]:
    """Returns the letters that are seen, or all on the page, by their direction."""
    from pypdfium2 import raw  # noqa: PLC0415

    streams: dict[int, Stream] = defaultdict(list)
    frames = _Frames(box)
    x, y = c_double(), c_double()
    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    matrix, name = raw.FS_MATRIX(), create_string_buffer(_LONGEST_FONT_NAME)
    turn, size, bold, last = 0, 0.0, False, None
    for index in range(words.count_chars()):
        code = raw.FPDFText_GetUnicode(words, index)
        char = chr(code) if code <= sys.maxunicode else _NO_CHARACTER
        if char.isspace() or code == 0:
            streams[turn].append(None if char in "\r\n" else _BLANK)
            last = None
            continue
        raw.FPDFText_GetCharBox(words, index, left, right, bottom, top)
        raw.FPDFText_GetCharOrigin(words, index, x, y)
        origin = (x.value, y.value)
        # Within a word, what stands on the same line is drawn alike.
        if last is None or (last[0] != origin[0] and last[1] != origin[1]):
            raw.FPDFText_GetMatrix(words, index, matrix)
            turn = _turn(matrix.a, matrix.b)
            size = raw.FPDFText_GetFontSize(words, index) * math.hypot(matrix.c, matrix.d)
            raw.FPDFText_GetFontInfo(words, index, name, _LONGEST_FONT_NAME, c_int())
            bold = _BOLD.search(name.value.decode(errors="replace")) is not None
            if sight:
                sight.look_at_ink(index)
        last = origin
        place = (left.value, bottom.value, right.value, top.value)
        if sight is None or sight.sees(place):
            letter = frames[turn].letter(char, place, origin, size, bold)
            streams[turn].append(letter._replace(is_filled_in=True) if index >= printed else letter)
    return streams


class _Frames(dict[int, _Frame]):
    def __init__(self, box: Box) -> None:
        super().__init__()
        self._box = box

    def __missing__(self, turn: int) -> _Frame:
        self[turn] = _Frame(turn, self._box)
        return self[turn]


def _turn(across: float, up: float) -> int:
    """Returns the direction of letters in degrees, a quarter turn where it is nearly one."""
    degrees = math.degrees(math.atan2(up, across))
    quarter = _QUARTER * round(degrees / _QUARTER)
    return (quarter if abs(degrees - quarter) <= _NEARLY else round(degrees)) % 360


def _is_seen(letter: Letter | None) -> bool:
    return letter is not None and not letter.char.isspace()


def _once(stream: Stream) -> Stream:
    """Leaves out words, or letters of words, that were drawn again in the same place."""
    grid: dict[tuple[str, int, int], list[Letter]] = defaultdict(list)
    kept: Stream = []
    word: list[tuple[Letter, bool]] = []
    for letter in [*stream, None]:
        if letter and _is_seen(letter):
            near = (other for cell in _cells(letter) for other in grid.get(cell, ()))
            last = word[-1][0] if word else None
            word.append((letter, any(_is_copy(letter, other, last) for other in near)))
            grid[letter.char, int(letter.left / _CELL), int(letter.bottom / _CELL)].append(letter)
            continue
        # A letter that happens to lie on one like it is no copy unless others of its word are.
        is_drawn_twice = 2 * sum(copy for _, copy in word) >= len(word)
        kept += [one for one, copy in word if not (copy and is_drawn_twice)]
        kept.append(letter)
        word = []
    return kept[:-1]


def _cells(letter: Letter) -> Iterator[tuple[str, int, int]]:
    """Yields where in a grid letters like this one stand that are near to it."""
    across, up = int(letter.left / _CELL), int(letter.bottom / _CELL)
    for x in (across - 1, across, across + 1):
        for y in (up - 1, up, up + 1):
            yield letter.char, x, y


def _is_copy(letter: Letter, other: Letter, last: Letter | None) -> bool:
    # The two f of one sign ﬀ have the same place; PDFium itself leaves out what follows its copy.
    of_one_sign = other is last and other.left == letter.left
    most = _SAME_PLACE * letter.size
    across, up = abs(other.left - letter.left), abs(other.bottom - letter.bottom)
    return across < most and up < most and not of_one_sign


def _with_accents(stream: Stream) -> Stream:
    """Puts accents that were drawn by themselves, as TeX does, onto their letters."""
    if not any(letter and letter.char in _MARKS for letter in stream):
        return stream
    whole = list(stream)
    for place, mark in enumerate(stream):
        found = _bearer(whole, place, mark) if mark and mark.char in _MARKS else None
        if found:
            bearer, letter = found
            # Such a blank stands for nothing, and is left out by `_joined`.
            whole[place] = _NOTHING
            whole[bearer] = letter
    return _joined(whole)


def _joined(stream: Stream) -> Stream:
    """Leaves out what an accent stood for, and blanks and ends of lines that it alone brought."""
    joined: Stream = []
    place = 0
    while place < len(stream):
        end = place
        while end < len(stream) and not _is_seen(stream[end]):
            end += 1
        between = stream[place:end]
        if _NOTHING in between:
            last = joined[-1] if joined else None
            following = stream[end] if end < len(stream) else None
            between = [one for one in between if one is not _NOTHING]
            if last and following and _is_next(last, following):
                between = []
        joined += between
        joined += stream[end : end + 1]
        place = end + 1
    return joined


def _is_next(last: Letter, letter: Letter) -> bool:
    """Tells whether a letter follows another without a blank."""
    gap = letter.left - last.right
    level = abs(letter.bottom - last.bottom) < _LEVEL * last.size
    return level and -last.size < gap < _BLANK_WIDTH * last.size


def _bearer(stream: Stream, place: int, mark: Letter) -> tuple[int, Letter] | None:
    """Returns where the letter stands that a mark belongs to, and the letter with it."""
    best: tuple[float, int, Letter] | None = None
    for step in (-1, 1):
        position = _next_seen(stream, place, step)
        letter = stream[position] if position is not None else None
        if position is None or letter is None:
            continue
        bare = _DOTLESS.get(letter.char, letter.char)
        char = unicodedata.normalize("NFC", bare + _MARKS[mark.char])
        distance = abs(letter.middle - mark.middle)
        width = max(letter.right - letter.left, mark.right - mark.left)
        over = abs(letter.bottom - mark.bottom) < letter.size
        if len(char) == 1 and bare.isalpha() and over and distance <= width / 2:
            best = min(
                best or (math.inf, 0, letter), (distance, position, letter._replace(char=char))
            )
    return best and best[1:]


def _next_seen(stream: Stream, place: int, step: int) -> int | None:
    """Returns where the next letter stands that is neither a blank nor the end of a line."""
    place += step
    while 0 <= place < len(stream):
        letter = stream[place]
        if _is_seen(letter):
            return place
        place += step
    return None


def _without_notes(stream: Stream) -> Stream:
    """Leaves out small raised numbers that refer to notes, and puts other raised letters level."""
    kept: Stream = []
    place = 0
    while place < len(stream):
        base = _next_seen(kept, len(kept), -1)
        before = kept[base] if base is not None else None
        end = _end_of_raised(stream, place, before) if before else place
        if base is None or before is None or end == place:
            kept.append(stream[place])
            place += 1
            continue
        raised = [letter for letter in stream[place:end] if letter]
        if _is_next(before, raised[0]._replace(bottom=before.bottom)):
            del kept[base + 1 :]
        said = "".join(letter.char for letter in raised)
        following = stream[end] if end < len(stream) else None
        read = read_raised(_line_before(kept), said, following.char if following else "")
        # What follows would seem to stand apart if nothing reached to the end of what is left out.
        level = [letter._replace(bottom=before.bottom) for letter in raised]
        if read:
            kept += [_BLANK] * (len(read) - len(said))
            kept += [one._replace(char=char) for one, char in zip(level, read.strip(), strict=True)]
        else:
            kept[base] = before._replace(right=raised[-1].right)
        place = end
    return kept


def _end_of_raised(stream: Stream, place: int, base: Letter) -> int:
    """Returns where the raised letters end that begin at a place; the place if none do."""
    end, right = place, base.right
    while end < len(stream):
        letter = stream[end]
        if letter is None or letter.char.isspace():
            break
        height = round(100 * (letter.bottom - base.bottom) / (base.size or 1))
        close = -base.size < letter.left - right < _CLOSE * base.size
        if height not in _RAISED or letter.size > _SMALLER * base.size or not close:
            break
        end, right = end + 1, letter.right
    return end


def _line_before(stream: Stream) -> str:
    """Returns what stands at the end of letters, as far back as a sign depends on it."""
    return "".join(letter.char if letter else " " for letter in stream[-BEFORE:])
