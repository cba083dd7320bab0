"""Telephone numbers: in digits, in words, in both, and with letters that look like digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from assistant.journal.masking.number_words import ANY, ZERO, digits_of
from assistant.journal.masking.spans import (
    ALIKE,
    NO_DIGIT_AFTER,
    NO_DIGIT_BEFORE,
    QUANTITY,
    Spans,
    digits,
    found,
    groups,
    in_digits,
)

_SIGN: Final = r"(?:[^\w\n\x00%€$£°?!]|_)"
"""What stands between the digits of a number."""
_FRENCH: Final = re.compile(
    rf"(?<![^\W_])(?<!\+){NO_DIGIT_BEFORE}[(\[{{]?[0oO](?:{_SIGN}{{0,5}}[\doO]){{9}}"
    rf"(?![^\W_]){NO_DIGIT_AFTER}"
)
_FRENCH_GROUPS: Final = frozenset({
    (10,), (2, 2, 2, 2, 2), (4, 2, 2, 2), (4, 3, 3), (4, 6), (2, 8), (1, 9), (1, 3, 3, 3),
    (1, 3, 2, 2, 2), (1, 1, 2, 2, 2, 2), (3, 7), (3, 3, 4), (1,) * 10,
})  # fmt: skip
"""How most people write ten digits; in other groups they stand alone, not beside further digits."""
_ELEVEN_GROUPS: Final = frozenset({(11,), (3, 4, 4), (5, 6), (5, 3, 3), (4, 3, 4), (4, 7), (3, 8)})
"""How people in Germany and Great Britain write theirs."""
_IN_PAIRS: Final = (2,) * 5
_FRENCH_DIGITS: Final = 10
_LETTERS_FOR_DIGITS: Final = 3
_FRENCH_ABROAD: Final = re.compile(
    rf"(?<![\w+]){NO_DIGIT_BEFORE}(?:\( ?\+ ?33 ?\)|\+ ?3 ?3|00 ?33)"
    rf"(?: {{0,2}}\(0\)| {{0,2}}[._\-/]? ?0)?(?:{_SIGN}{{0,3}}\d){{9}}(?!\d)"
)
_FRENCH_WITHOUT_PLUS: Final = re.compile(
    rf"(?<![\w+]){NO_DIGIT_BEFORE}(?<!\d )33[ .-][1-9](?:[ .-]\d\d){{4}}{NO_DIGIT_AFTER}(?!\w)"
)
_FOREIGN: Final = re.compile(
    rf"(?<![\w+]){NO_DIGIT_BEFORE}(?:\(\+(?=\d{{1,3}}\))|\+ ?|00 ?)[1-9]"
    rf"(?:[.\-/()_ ]{{0,3}}\d){{7,13}}(?!\d)"
)
_MOST_IN_DECIMAL: Final = 4
"""Groups of digits in « 0,123 456 789 », at most."""

_UNIT: Final = re.compile(
    rf"(?<![^\W_])(?:(?P<written>(?=[A-Za-z]{{0,3}}\d)[\d{ALIKE}]{{1,14}}|[oO])|(?P<word>(?i:{ANY})))"
    r"(?![^\W_])"
)
_BETWEEN: Final = re.compile(
    rf"{_SIGN}{{1,5}}(?:(?:et|puis|enfin|and|then|und|dann|en|dan|y|i)\b{_SIGN}{{1,3}}){{0,2}}",
    re.IGNORECASE,
)
_PLUS: Final = re.compile(r"(?:\(?\+|\bplus) ?$", re.IGNORECASE)
_WITH_PREFIX: Final = range(9, 16)
_IN_WORDS: Final = range(9, 13)
_SAID: Final = re.compile(
    r"(?:\b(?:tél(?:éphone)?|tel(?:efo[on]\w{0,8}|éfono|ephone)?|t[ée]l\. ?kom|portable"
    r"|mobil\w{0,4}|gsm|fax|phone(?: number)?|handy\w{0,6}|whatsapp|sms|texto|rufnummer|numer"
    r"(?: telefonu)?"
    r"|(?:mon|my|mijn|meine|mój|mi|mio) (?:nouveau )?(?:num(?:éro|ero|er)?|number|nummer|número)"
    r"(?: de (?:tél(?:éphone)?|portable))?"
    r"|(?:r?appell?e[zrs]?|contacte[zrs]?|joindre|joign\w{1,3}|écri\w{1,4})(?:[ -]moi| me)?"
    r"|m(?:e |')(?:appeler|rappeler|contacter|joindre)|joignable"
    r"|(?:call|text|ring|reach|phone) me|bereikbaar|te bereiken|bel(?:len)?(?: me)?(?: op)?"
    r"|ruf(?:en sie)? mich(?: an)?|erreichbar|(?:za)?dzwoń\w{0,3}|dzwonić)\b\.?"
    r"(?: {0,3}(?:[:=]|n°|no\.?|est|is|ist|to|jest|le|au|aux?|sur|on|at|op|unter|pod|es|c'est)"
    r"(?![^\W_]) {0,3}| {1,3}){1,4}\(?)$",
    re.IGNORECASE,
)
_LONGEST_CUE: Final = 50
_SAID_DIGITS: Final = range(7, 15)


@dataclass(frozen=True, slots=True)
class _Run:
    """Units of a number that follow one another: where each stands and what it may add to it."""

    units: tuple[re.Match[str], ...]

    @property
    def span(self) -> tuple[int, int]:
        return self.units[0].start(), self.units[-1].end()

    @property
    def has_words(self) -> bool:
        return any(unit["word"] for unit in self.units)

    @property
    def begins_with_zero(self) -> bool:
        first = self.units[0]
        written = first["written"]
        return in_digits(written)[0] == "0" if written else first["word"].lower() in ZERO

    def digits(self) -> range:
        """Returns how many digits it may have."""
        least = most = 0
        before = ""
        for unit in self.units:
            word = (unit["word"] or "").lower()
            low, high = digits_of(word, before) if word else (len(unit[0]), len(unit[0]))
            least, most, before = least + low, most + high, word
        return range(least, most + 1)

    def may_have(self, wanted: range) -> bool:
        """Tells whether it may have so many digits."""
        own = self.digits()
        return own.start < wanted.stop and wanted.start < own.stop


def telephones(text: str) -> Iterator[tuple[int, int]]:
    """Yields telephone numbers: French ones, foreign ones with their prefix, others if said so."""
    yield from _in_any_spelling(text)
    yield from found(text, _FRENCH_ABROAD, _FRENCH_WITHOUT_PLUS)
    for match in _FRENCH.finditer(text):
        beside = text[max(0, match.start() - 2) : match.start()] + text[match.end() :][:2]
        if _is_french(match[0], alone=not any(char.isdigit() for char in beside)):
            opened = match[0][0] in "([{" and not set(match[0]) & set(")]}")
            yield match.start() + opened, match.end()
    for match in _FOREIGN.finditer(text):
        if not QUANTITY.match(text, match.end()):
            yield match.span()


def _is_french(written: str, *, alone: bool) -> bool:
    """Tells ten digits that are a telephone number from a date, a decimal number and a list."""
    if len(re.findall("[oO]", written)) > _LETTERS_FOR_DIGITS:
        return False
    written = re.sub("[oO]", "0", written.lstrip("([{"))
    number, parts = digits(written), groups(written)
    if number[1] == "0" or not (alone or parts in _FRENCH_GROUPS):
        return False
    decimal = re.match(r"0[.,]\d", written) and len(parts) <= _MOST_IN_DECIMAL
    dated = parts[:3] == (2, 2, 4)
    values = [int(part) for part in re.findall(r"\d+", written)]
    # « les lots 01, 02, 03, 04, 05 » are counted.
    listed = "," in written and {after - before for before, after in pairwise(values)} == {1}
    return not (decimal or dated or listed)


def _in_any_spelling(text: str) -> Spans:
    """Yields numbers with words or letters for digits, and those that are said to be one."""
    for run in _runs(text):
        start, end = run.span
        if plus := _PLUS.search(text, max(0, start - 8), start):
            by_word = plus[0].lower().startswith("plus")
            if (run.has_words or by_word) and run.may_have(_WITH_PREFIX):
                yield plus.start(), end
        elif _SAID.search(text, max(0, start - _LONGEST_CUE), start):
            if run.may_have(_SAID_DIGITS) and not QUANTITY.match(text, end):
                yield start, end
        else:
            yield from _with_zero(run)


def _with_zero(run: _Run) -> Spans:
    """Yields what begins with a zero and reads like a whole number."""
    for place in range(len(run.units)):
        rest = _Run(run.units[place:])
        if not rest.begins_with_zero:
            continue
        if rest.has_words:
            good = rest.may_have(_IN_WORDS)
        else:
            letters = [unit[0] for unit in rest.units if not unit[0].isdigit()]
            good = bool(letters) and rest.digits().start == _FRENCH_DIGITS
            parts = tuple(len(unit[0]) for unit in rest.units)
            if not letters and place == 0:
                good = parts in _ELEVEN_GROUPS or (parts == _IN_PAIRS and not _counts(rest))
        if good:
            yield rest.span
        return


def _counts(run: _Run) -> bool:
    """Tells whether the numbers of a run follow one another, as « 01, 02, 03, 04 et 05 »."""
    values = [int(unit[0]) for unit in run.units]
    return len({after - before for before, after in pairwise(values)}) == 1


def _runs(text: str) -> Iterator[_Run]:
    """Yields the units of numbers that stand close to one another."""
    units: list[re.Match[str]] = []
    for unit in _UNIT.finditer(text):
        if units and not _BETWEEN.fullmatch(text, units[-1].end(), unit.start()):
            yield _Run(tuple(units))
            units = []
        units.append(unit)
    if units:
        yield _Run(tuple(units))
