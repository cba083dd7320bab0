"""Which letters of a page of a PDF a reader sees.

Programs draw letters without ink, or white on white. Those without ink on a picture are what a
scanned page says.
"""

from __future__ import annotations

from ctypes import c_uint
from functools import cached_property
from typing import Any, Final

Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in points."""

_WITHOUT_INK: Final = frozenset({3, 7})
"""Modes in which letters are not drawn; 7 adds them to what other things are cut out by."""
_NEARLY_WHITE: Final = 250
_MOST_PIXELS: Final = 1_600
"""Of the longer side of the page as it is looked at."""
_PIXELS: Final = 2
"""A point, unless the page is large."""
_CONTRAST: Final = 8
"""Difference between the darkest and the lightest of 256 greys that makes a letter seen."""


class Sight:
    """Tells letters that are seen from those that are not.

    Args:
        page: of pypdfium2.
        words: its text.
        box: what of the page is shown.
    """

    def __init__(self, page: Any, words: Any, box: Box) -> None:
        self._page = page
        self._words = words
        self._box = box
        self._has_ink = True
        self._is_white = False

    def look_at_ink(self, index: int) -> None:
        """Notes how the letters from this one on are drawn.

        Args:
            index: of the letter in the text.
        """
        from pypdfium2 import raw  # noqa: PLC0415

        red, green, blue, cover = c_uint(), c_uint(), c_uint(), c_uint(255)
        coloured = raw.FPDFText_GetFillColor(self._words, index, red, green, blue, cover)
        drawn = raw.FPDFText_GetTextObject(self._words, index)
        mode = raw.FPDFTextObj_GetTextRenderMode(drawn) if drawn else 0
        self._has_ink = mode not in _WITHOUT_INK and not (coloured and cover.value == 0)
        self._is_white = bool(coloured) and min(red.value, green.value, blue.value) >= _NEARLY_WHITE

    def sees(self, place: Box) -> bool:
        """Tells whether a letter is seen, drawn like the last one that `look_at_ink` looked at.

        Args:
            place: the box of the letter.
        """
        if not self._has_ink:
            x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
            return any(
                left <= x <= right and bottom <= y <= top
                for left, bottom, right, top in self._pictures
            )
        return not self._is_white or self._stands_out(place)

    @cached_property
    def _pictures(self) -> list[Box]:
        from pypdfium2 import raw  # noqa: PLC0415

        # Where a picture within a form stands, the form decides; it is taken to fill the page.
        return [
            one.get_bounds() if one.level == 0 else self._box
            for one in self._page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])
        ]

    @cached_property
    def _picture_of_page(self) -> tuple[Any, Any]:
        """Returns the page in greys, and what tells where a point of it is there."""
        longest = max(self._page.get_size())
        scale = min(_PIXELS, _MOST_PIXELS / longest) if longest else _PIXELS
        bitmap = self._page.render(scale=scale, grayscale=True, may_draw_forms=False)
        return bitmap.to_numpy(), bitmap.get_posconv(self._page)

    def _stands_out(self, place: Box) -> bool:
        greys, positions = self._picture_of_page
        left, bottom, right, top = place
        corners = [positions.to_bitmap(left, bottom), positions.to_bitmap(right, top)]
        (left, right), (top, bottom) = map(sorted, zip(*corners, strict=True))
        seen = greys[max(top, 0) : bottom + 1, max(left, 0) : right + 1]
        return bool(seen.size) and int(seen.max()) - int(seen.min()) >= _CONTRAST
