"""Numbers that identify a person, as people write them.

What has check digits is found where they are right, so that amounts, SIRET numbers, years and names
of sites stay as they are; other numbers where their form or the words before them tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import luhn
from stdnum.fr import nif, nir
from stdnum.iso7064 import mod_97_10

from assistant.journal.masking.spans import (
    ALIKE,
    NO_DIGIT_AFTER,
    NO_DIGIT_BEFORE,
    QUANTITY,
    digits,
    found,
    groups,
    in_digits,
)

# Bank accounts and cards.

_IBAN_LENGTHS: Final = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "DZ": 26, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28,
    "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MA": 28, "MC": 27,
    "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SE": 24, "SI": 19,
    "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29,
}  # fmt: skip
_GAP: Final = r"(?:[^\w\n\x00%€$£]|_){0,3}"
_IBAN: Final = re.compile(
    rf"(?<![^\W_])(?=(?P<all>(?:[A-Z]{_GAP}[A-Z]|[a-z]{{2}}|[A-Z][a-z]){_GAP}[\dO]{_GAP}[\dO]"
    rf"(?:{_GAP}[A-Za-z0-9]){{11,30}}))"
)
_IBAN_SAID: Final = re.compile(
    r"\b(?:iban|rib|bic|(?:num(?:éro|ero)|n°) de compte|compte bancaire|konto\w{0,12}"
    r"|rekening\w{0,8}|bank account(?: number)?|numer konta|rachun\w{0,4})\b[^\d\n]{0,24}?"
    rf"(?P<number>(?:\b[A-Z]{_GAP}[A-Z]{_GAP})?\d{_GAP}\d(?:{_GAP}[A-Z]{{4}})?(?:{_GAP}\d){{8,26}})"
    rf"{NO_DIGIT_AFTER}",
    re.IGNORECASE,
)
_RIB: Final = re.compile(
    rf"(?<![^\W_])(?:\d{_GAP}){{10}}(?:[A-Za-z0-9]{_GAP}){{11}}\d{_GAP}\d(?![^\W_])"
)
_RIB_LETTERS: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
_CARD: Final = re.compile(rf"{NO_DIGIT_BEFORE}[2-6](?:[ .\-/_]{{0,2}}\d){{14,18}}{NO_DIGIT_AFTER}")
_CARD_BEGINS: Final = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6")
_CARD_LENGTHS: Final = frozenset({15, 16, 19})
_CARD_SAID: Final = re.compile(
    r"\b(?:cb|carte (?:bancaire|bleue|visa|de crédit|de credit|de paiement)|visa|mastercard"
    r"|credit card|debit card|kreditkarte)\b",
    re.IGNORECASE,
)
_CARD_GROUPS: Final = frozenset({(16,), (8, 8), (4, 4, 4, 4), (4, 6, 5)})
_THOUSANDS: Final = 3


def bank_accounts(text: str) -> Iterator[tuple[int, int]]:
    """Yields IBANs and French account numbers (RIB): with right check digits, or if said so."""
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
    for match in _IBAN_SAID.finditer(text):
        if not QUANTITY.match(text, match.end()):
            yield match.span("number")


def _iban_end(text: str, start: int, end: int) -> int:
    """Returns where an IBAN ends that its country gives a length; 0 when it is none."""
    places = [place for place in range(start, end) if text[place].isalnum()]
    iban = "".join(text[place] for place in places).upper()
    length = _IBAN_LENGTHS.get(iban[:2], len(iban) + 1)
    if len(iban) < length:
        return 0
    stop = places[length - 1] + 1
    country, rest = iban[:2], iban[2:length]
    whole = not text[stop : stop + 1].isalnum()
    # Typed with letters for digits it is right only once they are digits again.
    right = any(mod_97_10.is_valid(one[2:] + country + one[:2]) for one in (rest, in_digits(rest)))
    return stop if whole and right else 0


def cards(text: str) -> Iterator[tuple[int, int]]:
    """Yields numbers of bank cards: whose last digit is right, or if said so."""
    said = _CARD_SAID.search(text) is not None
    for match in _CARD.finditer(text):
        number, parts = digits(match[0]), groups(match[0])
        amount = len(parts) > 1 and set(parts[1:]) == {_THOUSANDS}
        begins = len(number) in _CARD_LENGTHS and _CARD_BEGINS.match(number)
        if begins and not amount and (luhn.is_valid(number) or (said and parts in _CARD_GROUPS)):
            yield match.span()


# Numbers that the State gives.

_D: Final = rf"[\d{ALIKE}]"
_NIR: Final = re.compile(
    rf"{NO_DIGIT_BEFORE}(?<![^\W_])(?P<body>[1-478]{_GAP}{_D}{_GAP}{_D}{_GAP}{_D}{_GAP}{_D}{_GAP}"
    rf"(?:{_D}{_GAP}{_D}|2{_GAP}[ABab])(?:{_GAP}{_D}){{6}})"
    rf"(?:{_GAP}(?:(?:clé|cle|key){_GAP})?(?P<key>{_D} ?{_D})\)?)?"
    rf"(?!\w){NO_DIGIT_AFTER}"
)
_NIR_SAID: Final = re.compile(
    r"\b(?:nir|sécu(?:rité sociale)?|secu(?:rite sociale)?|carte vitale|assuré social)\b", re.I
)
_NIR_GROUPS: Final = frozenset({
    (1, 2, 2, 2, 3, 3), (1, 2, 2, 2, 6), (1, 2, 2, 5, 3), (7, 6), (3, 2, 2, 3, 3), (3, 2, 2, 6),
})  # fmt: skip
_MONTHS: Final = frozenset((*range(1, 13), *range(20, 43), *range(50, 100)))
"""Those above 12 stand for a month that is not known."""
_ABROAD: Final = (
    r"(?:pesel|bsn(?:-?nummer)?|burgerservicenummer|steuer-?id\w{0,4}|steuer(?:identifikations)?nummer|nino"
    r"|national insurance(?: number)?|ni number|rijksregister\w{0,6}|insz|nip|sv-nummer"
    r"|(?:sozial|renten)versicherungs\w{0,6}|krankenversicherungs\w{0,6}|personalausweis\w{0,8}"
    r"|social security number|ssn|dowód osobisty|numer dowodu|dni|nie|codice fiscale)"
)
"""Numbers of persons in other countries, which hardly anything else bears the name of."""
_OFFICIAL: Final = (
    r"(?:allocataire|caf|fiscal|impôts?|impots?|spi|passeport|passport|reisepass|paspoort"
    r"|pasaporte|passaporto|paszport\w{0,2}|carte (?:nationale )?d'identité"
    r"|carte d'identite|identity card|cni|permis(?: de conduire)?|titre de séjour|récépissé"
    r"|pôle emploi|pole emploi|france travail|identifiant|mutuelle|adhérent|étudiant|ine|matricule"
    rf"|{_ABROAD})"
)
_CODE: Final = r"(?P<number>(?=[A-Z0-9 .\-/]{0,16}\d)[A-Z0-9](?:[ .\-/]?[A-Z0-9]){4,14})"
_NUMBER_OF: Final = re.compile(
    r"\b(?:n°|nº|numéro|numero|num\.?|number|nummer|número|numer) {0,2}"
    rf"(?:d'|de l'|de la |du |de |des |of )?{_OFFICIAL}\b[^\d\n]{{0,16}}?{_CODE}(?![^\W_])",
    re.IGNORECASE,
)
_OFFICIAL_NUMBER: Final = re.compile(
    rf"\b(?:(?:allocataire|passeport|passport|cni|spi|{_ABROAD}) {{1,2}}|{_OFFICIAL}(?: {{0,2}}"
    r"(?:n°|nº|numéro|numero|num\.?|no\.?|number|nummer|nr\.?|:|=|est(?: le)?|is|ist|to|jest"
    r"|lautet) {0,2}){1,3})"
    rf"{_CODE}(?![^\W_])",
    re.IGNORECASE,
)
_NINO: Final = re.compile(
    r"(?<![^\W_])[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D](?![^\W_])"
)
_RIJKSREGISTER: Final = re.compile(r"(?<![\w.])\d\d\.[01]\d\.[0-3]\d ?- ?\d{3}[. ]\d\d(?![\w.])")
_PASSPORT: Final = re.compile(r"(?<![^\W_])\d\d ?[A-Z]{2} ?\d{5}(?![^\W_])")
_TAX: Final = re.compile(rf"{NO_DIGIT_BEFORE}[0-3]\d(?: ?\d){{11}}{NO_DIGIT_AFTER}(?!\w)")
_FEWEST_DIGITS: Final = 5
_CORSICA: Final = frozenset({"2A", "2B"})


def social_security_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yields French social security numbers: with their key, in their groups, or if said so."""
    said = _NIR_SAID.search(text) is not None
    for match in _NIR.finditer(text):
        if QUANTITY.match(text, match.end()):
            continue
        body, key = _nir_digits(match["body"]), match["key"]
        if key and nir.is_valid(body + digits(in_digits(key))):
            yield match.span()
        elif said:
            yield match.span("body" if key is None else 0)
        elif key is None and _written_as_nir(match["body"], body):
            yield match.span("body")


def _nir_digits(written: str) -> str:
    """Returns the number with digits for what was typed for them, but for the A or B of Corsica."""
    number = "".join(filter(str.isalnum, written))
    corsican = number[5:7].upper() in _CORSICA
    return (
        in_digits(number[:5])
        + (number[5:7].upper() if corsican else in_digits(number[5:7]))
        + (in_digits(number[7:]))
    )


def _written_as_nir(written: str, body: str) -> bool:
    corsican = body[5:7] in _CORSICA
    if not body.replace("A", "0").replace("B", "0").isdigit():
        return False
    apart = tuple(len(one) for one in re.findall(r"[^\W_]+", written))
    return (
        digits(written) == digits(body)
        and int(body[3:5]) in _MONTHS
        and (corsican or apart in _NIR_GROUPS)
    )


def official_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yields numbers of passports and taxpayers, and those that are said to be of the kind."""
    for pattern in (_NUMBER_OF, _OFFICIAL_NUMBER):
        for match in pattern.finditer(text):
            enough = len(digits(match["number"])) >= _FEWEST_DIGITS
            if enough and not QUANTITY.match(text, match.end()):
                yield match.span("number")
    yield from found(text, _PASSPORT, _NINO, _RIJKSREGISTER)
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
    yield from found(text, _PLATE_SAID, group="number")
    for pattern in _PLATES:
        for match in pattern.finditer(text):
            spaced = " " in match[0] or match[0].isalnum()
            if not (spaced and _WORDS & set(re.findall("[A-Z]+", match[0]))):
                yield match.span()
