"""Numbers that identify a person, as people write them.

What has check digits is found where they are right, so that amounts, SIRET numbers, years and names
of sites stay as they are; other numbers where their form or the words before them tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from stdnum import luhn
from stdnum.fr import nif, nir
from stdnum.iso7064 import mod_97_10

from assistant.journal.masking.spans import (
    NO_DIGIT_AFTER,
    NO_DIGIT_BEFORE,
    QUANTITY,
    digits,
    groups,
)

# Telephone numbers.

_FRENCH: Final = re.compile(
    rf"(?<![^\W_])(?<!\+){NO_DIGIT_BEFORE}\(?[0oO]"
    rf"(?: {{0,2}}(?:[.\-/_,;:|·•*)]{{1,2}} {{0,2}})?[\doO]){{9}}(?![^\W_]){NO_DIGIT_AFTER}"
)
_FRENCH_GROUPS: Final = frozenset({
    (10,), (2, 2, 2, 2, 2), (4, 2, 2, 2), (4, 3, 3), (4, 6), (2, 8), (1, 9), (1, 3, 3, 3),
    (1, 3, 2, 2, 2), (1, 1, 2, 2, 2, 2), (3, 7), (3, 3, 4), (1,) * 10,
})  # fmt: skip
"""How most people write ten digits; in other groups they stand alone, not beside further digits."""
_LETTERS_FOR_DIGITS: Final = 3
_FRENCH_ABROAD: Final = re.compile(
    rf"(?<![\w+]){NO_DIGIT_BEFORE}(?:\( ?\+ ?33 ?\)|\+ ?33|00 ?33)"
    r"(?: {0,2}\(0\)| {0,2}[._\-/]? ?0)?(?:[.\-/_,· ]{0,3}\d){9}(?!\d)"
)
_FOREIGN: Final = re.compile(
    rf"(?<![\w+]){NO_DIGIT_BEFORE}(?:\(\+(?=\d{{1,3}}\))|\+ ?|00 ?)[1-9]"
    r"(?:[.\-/()_ ]{0,3}\d){7,13}(?!\d)"
)
_SAID: Final = re.compile(
    r"\b(?:tél(?:éphone)?|tel(?:efon\w{0,6}|éfono|ephone)?|portable|mobile|gsm|fax|phone|handy"
    r"|whatsapp)\b\.?(?: {0,3}(?:[:=]|n°|no\.?|est|is|ist|le|au|es) {0,3}| {1,3}){1,4}"
    rf"(?P<number>\(?\d(?:[ .\-/()_]{{0,2}}\d){{6,14}}){NO_DIGIT_AFTER}",
    re.IGNORECASE,
)
_DIGIT_WORDS: Final = (
    "zéro|zero|un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze"
    "|quinze|seize|vingts?|trente|quarante|cinquante|soixante|septante|quatre-vingts?|huitante"
    "|nonante|oh|one|two|three|four|five|seven|eight|nine|double|null|eins|zwei|zwo|drei|vier|fünf"
    "|sechs|sieben|acht|neun|nul|een|twee|drie|vijf|zes|zeven|negen|cero|uno|dos|tres|cuatro|cinco"
    "|seis|siete|ocho|nueve|due|tre|quattro|cinque|sei|sette|otto|nove|jeden|dwa|trzy|cztery|pięć"
    "|sześć|siedem|osiem|dziewięć"
)
_IN_WORDS: Final = re.compile(
    rf"\b(?:zéro|zero|oh|null|nul|cero|plus trente-trois)"
    rf"(?:[ ,.\-]{{1,3}}(?:et[ -])?(?:{_DIGIT_WORDS}|\d{{1,2}})\b){{4,24}}",
    re.IGNORECASE,
)
_MOST_IN_DECIMAL: Final = 4
"""Groups of digits in « 0,123 456 789 », at most."""


def telephones(text: str) -> Iterator[tuple[int, int]]:
    """Yields telephone numbers: French ones, foreign ones with their prefix, others if said so."""
    yield from (match.span("number") for match in _SAID.finditer(text))
    yield from (match.span() for match in _FRENCH_ABROAD.finditer(text))
    for match in _FRENCH.finditer(text):
        beside = text[max(0, match.start() - 2) : match.start()] + text[match.end() :][:2]
        if _is_french(match[0], alone=not any(char.isdigit() for char in beside)):
            opened = match[0].startswith("(") and ")" not in match[0]
            yield match.start() + opened, match.end()
    yield from (match.span() for match in _IN_WORDS.finditer(text))
    for match in _FOREIGN.finditer(text):
        if not QUANTITY.match(text, match.end()):
            yield match.span()


def _is_french(written: str, *, alone: bool) -> bool:
    """Tells ten digits that are a telephone number from a date, a decimal number and a list."""
    if len(re.findall("[oO]", written)) > _LETTERS_FOR_DIGITS:
        return False
    written = re.sub("[oO]", "0", written.lstrip("("))
    number, parts = digits(written), groups(written)
    if number[1] == "0" or not (alone or parts in _FRENCH_GROUPS):
        return False
    decimal = re.match(r"0[.,]\d", written) and len(parts) <= _MOST_IN_DECIMAL
    dated = parts[:3] == (2, 2, 4)
    values = [int(part) for part in re.findall(r"\d+", written)]
    # « les lots 01, 02, 03, 04, 05 » are counted.
    listed = "," in written and {after - before for before, after in pairwise(values)} == {1}
    return not (decimal or dated or listed)


# Bank accounts and cards.

_IBAN_LENGTHS: Final = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "DZ": 26, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28,
    "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MA": 28, "MC": 27,
    "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SE": 24, "SI": 19,
    "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29,
}  # fmt: skip
_GAP: Final = r"[ .\-/_]{0,2}"
_IBAN: Final = re.compile(
    rf"(?<![^\W_])(?=(?P<all>(?:[A-Z]{_GAP}[A-Z]|[a-z]{{2}}|[A-Z][a-z]){_GAP}\d{_GAP}\d"
    rf"(?:{_GAP}[A-Za-z0-9]){{11,30}}))"
)
_RIB: Final = re.compile(
    rf"(?<![^\W_])(?:\d{_GAP}){{10}}(?:[A-Za-z0-9]{_GAP}){{11}}\d{_GAP}\d(?![^\W_])"
)
_RIB_LETTERS: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
_CARD: Final = re.compile(rf"{NO_DIGIT_BEFORE}[2-6](?:[ .\-/_]{{0,2}}\d){{14,18}}{NO_DIGIT_AFTER}")
_CARD_BEGINS: Final = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6")
_CARD_LENGTHS: Final = frozenset({15, 16, 19})
_THOUSANDS: Final = 3


def bank_accounts(text: str) -> Iterator[tuple[int, int]]:
    """Yields IBANs and French account numbers (RIB) whose check digits are right."""
    end = 0
    for match in _IBAN.finditer(text):
        if match.start() >= end and (stop := _iban_end(text, *match.span("all"))):
            yield match.start(), stop
            end = stop
    for match in _RIB.finditer(text):
        number = re.sub("[^A-Z0-9]", "", match[0].upper()).translate(_RIB_LETTERS)
        bank, branch, account, key = number[:5], number[5:10], number[10:21], number[21:]
        if (89 * int(bank) + 15 * int(branch) + 3 * int(account) + int(key)) % 97 == 0:
            yield match.span()


def _iban_end(text: str, start: int, end: int) -> int:
    """Returns where an IBAN ends that its country gives a length; 0 when it is none."""
    places = [place for place in range(start, end) if text[place].isalnum()]
    iban = "".join(text[place] for place in places).upper()
    length = _IBAN_LENGTHS.get(iban[:2], len(iban) + 1)
    if len(iban) < length:
        return 0
    stop = places[length - 1] + 1
    iban = iban[:length]
    whole = not text[stop : stop + 1].isalnum()
    return stop if whole and mod_97_10.is_valid(iban[4:] + iban[:4]) else 0


def cards(text: str) -> Iterator[tuple[int, int]]:
    """Yields numbers of bank cards whose last digit is right."""
    for match in _CARD.finditer(text):
        number, parts = digits(match[0]), groups(match[0])
        amount = len(parts) > 1 and set(parts[1:]) == {_THOUSANDS}
        begins = len(number) in _CARD_LENGTHS and _CARD_BEGINS.match(number)
        if begins and not amount and luhn.is_valid(number):
            yield match.span()


# Numbers that the State gives.

_NIR: Final = re.compile(
    rf"{NO_DIGIT_BEFORE}(?<![^\W_])(?P<body>[1-478]{_GAP}\d{_GAP}\d{_GAP}\d{_GAP}\d{_GAP}"
    rf"(?:\d{_GAP}\d|2{_GAP}[ABab])(?:{_GAP}\d){{6}})"
    r"(?: {0,3}[/.\-_]?(?: ?(?:clé|cle|key))? {0,3}(?P<key>\d ?\d))?"
    rf"(?!\w){NO_DIGIT_AFTER}"
)
_NIR_SAID: Final = re.compile(
    r"\b(?:nir|sécu(?:rité sociale)?|secu(?:rite sociale)?|carte vitale|assuré social)\b", re.I
)
_NIR_GROUPS: Final = frozenset({(1, 2, 2, 2, 3, 3), (1, 2, 2, 2, 6), (1, 2, 2, 5, 3), (7, 6)})
_MONTHS: Final = frozenset((*range(1, 13), *range(20, 43), *range(50, 100)))
"""Those above 12 stand for a month that is not known."""
_OFFICIAL: Final = (
    r"(?:allocataire|caf|fiscal|impôts?|impots?|spi|passeport|passport|reisepass|paspoort"
    r"|pasaporte|passaporto|paszport\w{0,2}|carte (?:nationale )?d'identité"
    r"|carte d'identite|identity card|cni|permis(?: de conduire)?|titre de séjour|récépissé"
    r"|pôle emploi|pole emploi|france travail|identifiant|mutuelle|adhérent|étudiant|ine|matricule)"
)
_CODE: Final = r"(?P<number>(?=[A-Z0-9 .\-]{0,16}\d)[A-Z0-9](?:[ .\-]?[A-Z0-9]){4,14})"
_NUMBER_OF: Final = re.compile(
    r"\b(?:n°|nº|numéro|numero|num\.?|number|nummer|número|numer) {0,2}"
    rf"(?:d'|de l'|de la |du |de |des |of )?{_OFFICIAL}\b[^\d\n]{{0,16}}?{_CODE}(?![^\W_])",
    re.IGNORECASE,
)
_OFFICIAL_NUMBER: Final = re.compile(
    rf"\b(?:(?:allocataire|passeport|passport|cni|spi) |{_OFFICIAL}(?: {{0,2}}"
    r"(?:n°|nº|numéro|numero|num\.?|no\.?|number|nr\.?|:|=|est(?: le)?|is|ist) {0,2}){1,3})"
    rf"{_CODE}(?![^\W_])",
    re.IGNORECASE,
)
_PASSPORT: Final = re.compile(r"(?<![^\W_])\d\d ?[A-Z]{2} ?\d{5}(?![^\W_])")
_TAX: Final = re.compile(rf"{NO_DIGIT_BEFORE}[0-3]\d(?: ?\d){{11}}{NO_DIGIT_AFTER}(?!\w)")
_FEWEST_DIGITS: Final = 5


def social_security_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yields French social security numbers: with their key, in their groups, or if said so."""
    said = _NIR_SAID.search(text) is not None
    for match in _NIR.finditer(text):
        if QUANTITY.match(text, match.end()):
            continue
        body, key = re.sub(r"[^0-9AB]", "", match["body"].upper()), match["key"]
        if key and nir.is_valid(body + digits(key)):
            yield match.span()
        elif said:
            yield match.span("body" if key is None else 0)
        elif key is None and _written_as_nir(match["body"], body):
            yield match.span("body")


def _written_as_nir(written: str, body: str) -> bool:
    corsican = body[5:7] in {"2A", "2B"}
    apart = tuple(len(one) for one in re.findall(r"[0-9ABab]+", written))
    return int(body[3:5]) in _MONTHS and (corsican or apart in _NIR_GROUPS)


def official_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yields numbers of passports and taxpayers, and those that are said to be of the kind."""
    for pattern in (_NUMBER_OF, _OFFICIAL_NUMBER):
        for match in pattern.finditer(text):
            enough = len(digits(match["number"])) >= _FEWEST_DIGITS
            if enough and not QUANTITY.match(text, match.end()):
                yield match.span("number")
    yield from (match.span() for match in _PASSPORT.finditer(text))
    for match in _TAX.finditer(text):
        if nif.is_valid(match[0]) and not QUANTITY.match(text, match.end()):
            yield match.span()


# Number plates.

_PLATE_LETTERS: Final = "[A-HJ-NP-TV-Z]{2}"
_PLATES: Final = (
    re.compile(
        rf"(?<![\w-]){_PLATE_LETTERS}(?P<gap>[ .\-_]?)\d{{3}}(?P=gap){_PLATE_LETTERS}(?![\w-])"
    ),
    re.compile(
        rf"(?<![\w-]){_PLATE_LETTERS}(?P<gap>-?)\d{{3}}(?P=gap){_PLATE_LETTERS}(?![\w-])",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\w-])\d{3,4}(?P<gap>[ -]?)[A-Z]{2,3}(?P=gap)(?:\d\d|2[AB])(?![\w-])"),
    re.compile(r"(?<![\w-])[1-9]-[A-Z]{3}-\d{3}(?![\w-])"),
)
_PLATE_SAID: Final = re.compile(
    r"\b(?:immatricul\w{0,8}|plaque|voiture|véhicule|license plate|kennzeichen|matrícula|targa)\b"
    r"[^\d\n]{0,30}?(?P<number>\b[A-Z]{2}[ .\-_]?\d{3}[ .\-_]?[A-Z]{2}\b)",
    re.IGNORECASE,
)
_WORDS: Final = frozenset(
    "AU CE DE DU EN ET EU IL LA LE MA ME NE NI ON OU PO SA SE SI SU TA TU UE UN VA HA KM EUR"
    " FSE EST LES DES SUR QUE QUI AUX UNE PAR".split()
)
"""Words of two or three capitals between which a number can stand."""


def number_plates(text: str) -> Iterator[tuple[int, int]]:
    """Yields French number plates of both kinds and Belgian ones."""
    yield from (match.span("number") for match in _PLATE_SAID.finditer(text))
    for pattern in _PLATES:
        for match in pattern.finditer(text):
            spaced = " " in match[0] or match[0].isalnum()
            if not (spaced and _WORDS & set(re.findall("[A-Z]+", match[0]))):
                yield match.span()
