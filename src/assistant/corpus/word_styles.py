"""How the words of a Word document look, by what is said beside them and by their styles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from assistant.corpus.word_names import ON, child, children, is_on, name_of, value_of

_HEADING: Final = re.compile(r"(?:heading|titre) (\d)", re.IGNORECASE)
_NO_HEADING: Final = 9
"""Level in an outline, counted from 0, of what is no heading."""
_DEEPEST: Final = 6
_MOST_STYLES: Final = 20


class Look(NamedTuple):
    """What is said of words; None where nothing is.

    Attributes:
        hidden: whether nobody sees them.
        struck: whether they are struck out.
        raised: whether they stand raised.
    """

    hidden: bool | None = None
    struck: bool | None = None
    raised: bool | None = None

    def over(self, other: Look) -> Look:
        """Returns what is said here and, where nothing is, there."""
        pairs = zip(self, other, strict=True)
        return Look(*(there if here is None else here for here, there in pairs))


def look_of(properties: Any) -> Look:
    """Returns what `w:rPr` says of words.

    Args:
        properties: the element, or None.
    """
    if properties is None:
        return Look()
    said = {name_of(one): one for one in properties}
    struck = [is_on(said[name]) for name in ("w:strike", "w:dstrike") if name in said]
    raised = value_of(said["w:vertAlign"]) == "superscript" if "w:vertAlign" in said else None
    hidden = is_on(said["w:vanish"]) if "w:vanish" in said else None
    return Look(hidden, any(struck) if struck else None, raised)


@dataclass(frozen=True, slots=True)
class _Style:
    name: str = ""
    base: str = ""
    outline: int | None = None
    look: Look = field(default_factory=Look)


class Styles:
    """The styles of a document.

    Args:
        part: the root of the part that has them, or None.
    """

    def __init__(self, part: Any) -> None:
        self._styles: dict[str, _Style] = {}
        self._usual = ""
        for style in children(part, "w:style") if part is not None else ():
            key = value_of(style, "styleId")
            self._styles[key] = _Style(
                value_of(child(style, "w:name")),
                value_of(child(style, "w:basedOn")),
                outline_of(child(style, "w:pPr")),
                look_of(child(style, "w:rPr")),
            )
            if value_of(style, "type") == "paragraph" and value_of(style, "default") in ON:
                self._usual = key

    def look(self, name: str | None) -> Look:
        """Returns what a style, or else the usual one of paragraphs, says of its words."""
        look = Look()
        for style in self._chain(name):
            look = look.over(style.look)
        return look

    def level(self, name: str | None) -> int:
        """Returns the level of headings of a style or one that it is based on; 0 for no heading.

        « Titre 1 » has level 2: above it is the title of the document.
        """
        for style in self._chain(name):
            if style.name == "Title":
                return 1
            if match := _HEADING.fullmatch(style.name):
                return min(int(match[1]) + 1, _DEEPEST)
            if style.outline is not None:
                return level_of(style.outline)
        return 0

    def _chain(self, name: str | None) -> Iterator[_Style]:
        name = self._usual if name is None else name
        for _ in range(_MOST_STYLES):
            style = self._styles.get(name)
            if style is None:
                return
            yield style
            name = style.base


def outline_of(properties: Any) -> int | None:
    """Returns the level in an outline, from 0, that `w:pPr` gives a paragraph."""
    outline = child(properties, "w:outlineLvl") if properties is not None else None
    return None if outline is None else int(value_of(outline) or _NO_HEADING)


def level_of(outline: int) -> int:
    """Returns the level of a heading at a level of an outline; 0 for no heading."""
    return min(outline + 2, _DEEPEST) if outline < _NO_HEADING else 0
