"""What identifies a person, replaced by a readable mark before anything is stored.

E-mail addresses, telephone, social-security, bank-account and card numbers and street addresses
with a house number. What has check digits is masked only where they are right, so that amounts,
SIRET numbers, years, dates, post codes and names of sites (11/19, 9-9 bis) stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from assistant.journal.streets import street_addresses

EMAIL: Final = "[adresse électronique]"
TELEPHONE: Final = "[numéro de téléphone]"
SOCIAL_SECURITY: Final = "[numéro de sécurité sociale]"
IBAN: Final = "[IBAN]"
CARD: Final = "[numéro de carte bancaire]"
STREET: Final = "[adresse postale]"

_GAP: Final = r"[ \t\u00a0\u202f\u2009]"
_NO_DIGIT_BEFORE: Final = r"(?<!\d)(?<!\d[.,/-])"
_NO_DIGIT_AFTER: Final = r"(?![.,/-]?\d)"

_EMAIL: Final = re.compile(
    rf"(?<![\w.%+-])[\w.%+-]++(?:{_GAP}?@{_GAP}?|{_GAP}?[(\[](?:at|arobase)[)\]]{_GAP}?"
    rf"|{_GAP}arobase{_GAP})"
    rf"[\w-]++(?:(?:\.|{_GAP}?[(\[](?:dot|point)[)\]]{_GAP}?|{_GAP}point{_GAP})[\w-]++)+",
    re.IGNORECASE,
)
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .\-\u00a0\u202f]?[A-Z0-9]){11,30}", re.I)
_SHORTEST_IBAN: Final = 15
_NIR: Final = re.compile(
    rf"{_NO_DIGIT_BEFORE}(?P<body>[1-478](?:{_GAP}|[.-])?\d\d(?:{_GAP}|[.-])?\d\d(?:{_GAP}|[.-])?"
    rf"(?:\d\d|2[AB])(?:{_GAP}|[.-])?\d{{3}}(?:{_GAP}|[.-])?\d{{3}})"
    rf"(?:{_GAP}*[/.-]?{_GAP}*(?P<key>\d\d))?(?!\w)",
    re.IGNORECASE,
)
_NIR_SAID: Final = re.compile(r"\b(?:nir|sécu(?:rité sociale)?|secu(?:rite sociale)?)\b", re.I)
_CARD: Final = re.compile(
    rf"{_NO_DIGIT_BEFORE}(?:\d{{15,16}}|\d{{19}}|\d{{4}}(?:(?:{_GAP}|-)\d{{4}}){{3}}"
    rf"(?:(?:{_GAP}|-)\d{{3}})?|\d{{4}}(?:{_GAP}|-)\d{{6}}(?:{_GAP}|-)\d{{5}}){_NO_DIGIT_AFTER}"
)
_CARD_BEGINS: Final = re.compile(r"4|5[1-5]|2[2-7]|3[457]|6")
_FRENCH: Final = re.compile(
    rf"{_NO_DIGIT_BEFORE}0(?:(?:{_GAP}{{0,2}}[.\-/–]?{_GAP}{{0,2}})\d){{9}}{_NO_DIGIT_AFTER}"
)
_FRENCH_GROUPS: Final = {
    (10,), (2, 2, 2, 2, 2), (4, 2, 2, 2), (4, 3, 3), (4, 6), (2, 8), (1, 9), (1, 3, 3, 3),
    (1, 3, 2, 2, 2), (1, 1, 2, 2, 2, 2), (3, 7), (3, 3, 4),
}  # fmt: skip
"""How people write ten digits; 01.02.2026 10 is written in another way."""
_FRENCH_ABROAD: Final = re.compile(
    rf"(?<![\w+]){_NO_DIGIT_BEFORE}(?:\(\+33\)|\+{_GAP}?33|00{_GAP}?33)"
    rf"{_GAP}{{0,2}}(?:\(0\)|0)?(?:[.\-/ \u00a0\u202f]{{0,3}}\d){{9}}(?!\d)"
)
_FOREIGN: Final = re.compile(
    rf"(?<![\w+]){_NO_DIGIT_BEFORE}(?:\(\+(?=\d{{1,3}}\))|\+{_GAP}?|00{_GAP}?)[1-9]"
    rf"(?:[.\-/() \u00a0\u202f]{{0,3}}\d){{7,13}}(?!\d)"
)
_QUANTITY: Final = re.compile(
    rf"(?:,\d+)?{_GAP}*(?:€|\$|£|%|[kM]€|d['’]|de\b|eur|million|milliard|habitant|emploi|m²|ha\b|km)",
    re.I,
)
_SAID: Final = re.compile(
    rf"\b(?:tél(?:éphone)?|tel(?:efon\w*|éfono|ephone)?|portable|mobile|gsm|fax|phone|handy)\b"
    rf"\.?(?:{_GAP}*(?:[:=]|n°|no\.?|est|is|ist|le|au|:){_GAP}*|{_GAP}+)+"
    rf"(?P<number>\(?\d(?:[ .\-/()\u00a0\u202f]{{0,2}}\d){{6,14}}){_NO_DIGIT_AFTER}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that may be stored.

    Attributes:
        text: with a mark for each thing that identifies a person.
        taken: the words that the marks stand for, with their marks; never stored.
    """

    text: str
    taken: tuple[tuple[str, str], ...]

    def echo(self, text: str) -> str:
        """Masks the same words where another text says them again, whole or as a quoted part."""
        for words, mark in self.taken:
            text = text.replace(words, mark)
        return _QUOTED.sub(self._quoted, text)

    def _quoted(self, match: re.Match[str]) -> str:
        inside = match["inside"].strip().casefold()
        for words, mark in self.taken:
            if inside and inside in words.casefold():
                return match[0].replace(match["inside"].strip(), mark)
        return match[0]


_QUOTED: Final = re.compile(r"[«“„”\"](?P<inside>[^«»“„”\"\n]*)[»“”\"]")


def mask(text: str) -> Masked:
    """Replaces what identifies a person in a text that a visitor wrote."""
    taken: list[tuple[str, str]] = []
    for find, mark in _KINDS:
        pieces, end = [], 0
        for start, stop in find(text):
            taken.append((text[start:stop], mark))
            pieces += [text[end:start], mark]
            end = stop
        text = "".join([*pieces, text[end:]])
    return Masked(text, tuple(taken))


Spans = Iterable[tuple[int, int]]


def _emails(text: str) -> Spans:
    return (match.span() for match in _EMAIL.finditer(text))


def _ibans(text: str) -> Spans:
    place = 0
    while match := _IBAN.search(text, place):
        # Words that follow without punctuation look like a part of it; its check digits tell.
        if place := _iban_end(text, *match.span()):
            yield match.start(), place
        else:
            place = match.start() + 4


def _iban_end(text: str, start: int, end: int) -> int:
    for stop in range(end, start, -1):
        if text[stop : stop + 1].isalnum() or not text[stop - 1].isalnum():
            continue
        iban = re.sub(r"[^A-Z0-9]", "", text[start:stop].upper())
        if len(iban) >= _SHORTEST_IBAN:
            digits = "".join(str(int(char, 36)) for char in iban[4:] + iban[:4])
            if int(digits) % 97 == 1:  # ISO 7064, MOD 97-10
                return stop
    return 0


def _social_security_numbers(text: str) -> Spans:
    said = _NIR_SAID.search(text) is not None
    for match in _NIR.finditer(text):
        if said or (match["key"] and _nir_key(match["body"]) == int(match["key"])):
            yield match.span()


def _nir_key(body: str) -> int:
    """Returns the key of the thirteen signs; Corsica counts as 19 and 18."""
    signs = re.sub(r"[^0-9AB]", "", body.upper()).replace("2A", "19").replace("2B", "18")
    return 97 - int(signs) % 97


def _cards(text: str) -> Spans:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if _CARD_BEGINS.match(digits) and _luhn(digits):
            yield match.span()


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0  # noqa: PLR2004 - digits


def _telephones(text: str) -> Spans:
    spans = [match.span("number") for match in _SAID.finditer(text)]
    spans += [match.span() for match in _FRENCH_ABROAD.finditer(text)]
    for match in _FRENCH.finditer(text):
        groups = tuple(len(group) for group in re.findall(r"\d+", match[0]))
        decimal = match[0].startswith("0.") and groups == (1, 9)
        if groups in _FRENCH_GROUPS and not decimal and re.sub(r"\D", "", match[0])[1] != "0":
            spans.append(match.span())
    for match in _FOREIGN.finditer(text):
        if not _QUANTITY.match(text, match.end()):
            spans.append(match.span())
    return _apart(spans)


def _apart(spans: list[tuple[int, int]]) -> Spans:
    """Joins spans that overlap."""
    end = start = -1
    for begin, stop in sorted(spans):
        if begin >= end:
            if end > start:
                yield start, end
            start = begin
        end = max(end, stop)
    if end > start:
        yield start, end


_KINDS: Final[tuple[tuple[Callable[[str], Spans], str], ...]] = (
    (_emails, EMAIL),
    (_ibans, IBAN),
    (_social_security_numbers, SOCIAL_SECURITY),
    (_cards, CARD),
    (_telephones, TELEPHONE),
    (street_addresses, STREET),
)
