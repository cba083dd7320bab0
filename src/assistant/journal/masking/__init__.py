"""What identifies a person, replaced by a readable mark before anything is stored.

E-mail addresses, telephone numbers, numbers of bank accounts and cards, of social security, of
taxpayers and passports, number plates, street addresses and flats, IP addresses, coordinates and
accounts; names and dates of birth that people tell of themselves. Each is looked for in plain signs
(`plain`), so that wide digits or invisible signs hide nothing.

What has check digits is masked only where they are right, so that amounts, SIRET numbers, years,
dates, post codes and names of sites (11/19, 9-9 bis) stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from assistant.journal.masking.births import births
from assistant.journal.masking.mail import emails
from assistant.journal.masking.numbers import (
    bank_accounts,
    cards,
    number_plates,
    official_numbers,
    social_security_numbers,
)
from assistant.journal.masking.online import accounts, coordinates, network_addresses
from assistant.journal.masking.people import names
from assistant.journal.masking.plain import Plain
from assistant.journal.masking.spans import Spans, joined
from assistant.journal.masking.streets import street_addresses
from assistant.journal.masking.telephones import telephones

EMAIL: Final = "[adresse électronique]"
TELEPHONE: Final = "[numéro de téléphone]"
SOCIAL_SECURITY: Final = "[numéro de sécurité sociale]"
IBAN: Final = "[IBAN]"
CARD: Final = "[numéro de carte bancaire]"
STREET: Final = "[adresse postale]"
OFFICIAL: Final = "[numéro personnel]"
PLATE: Final = "[plaque d’immatriculation]"
ACCOUNT: Final = "[compte]"
NETWORK: Final = "[adresse IP]"
COORDINATES: Final = "[coordonnées]"
BIRTH: Final = "[date de naissance]"
NAME: Final = "[nom]"

_KINDS: Final[tuple[tuple[Callable[[str], Spans], str], ...]] = (
    (emails, EMAIL),
    (accounts, ACCOUNT),
    (bank_accounts, IBAN),
    (social_security_numbers, SOCIAL_SECURITY),
    (cards, CARD),
    (network_addresses, NETWORK),
    (coordinates, COORDINATES),
    (telephones, TELEPHONE),
    (official_numbers, OFFICIAL),
    (number_plates, PLATE),
    (births, BIRTH),
    (street_addresses, STREET),
    (names, NAME),
)
"""In the order in which they are looked for: those with a clear form first."""


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
    plain = Plain(text)
    taken: list[tuple[str, str]] = []
    marks: list[tuple[int, int, str]] = []
    for find, mark in _KINDS:
        spans = list(joined(find(plain.text)))
        plain.take(spans)
        for span in spans:
            start, end = plain.span(*span)
            marks.append((start, end, mark))
            taken.append((text[start:end], mark))
    pieces, left = [], 0
    for start, end, mark in sorted(marks):
        pieces += [text[left:start], mark]
        left = max(left, end)
    return Masked("".join([*pieces, text[left:]]), tuple(taken))
