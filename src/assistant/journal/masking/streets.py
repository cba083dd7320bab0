"""Where people live: a street with the number of a house, or a building with that of a flat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from assistant.journal.masking.abroad import YEARS, addresses_abroad
from assistant.journal.masking.number_words import FRENCH
from assistant.journal.masking.spans import MONTHS, found

_STRONG: Final = (
    r"rue|avenue|av\.?|ave\.?|boulevard|bld\.?|bd\.?|bvd\.?|blvd\.?|chemin|chem\.|ch\.|impasse"
    r"|imp\.?|allées?|allee|all\.|ruelle|sentier|faubourg|fbg\.?|lotissement|lot\.|chaussée|esplanade|venelle|clos"
    r"|lieu[- ]?dit"
)
_WEAK: Final = (
    r"place|pl\.?|cours|passage|pass\.|cité|cite|square|sq\.|quai|résidence|residence|rés\.|res\.|route"
    r"|rte\.?|voie|hameau|villa|coron|rond-point|montée|promenade|mail|parvis|r\.?|all|ch|domaine|quartier"
    r"|traverse|cour|côte|zone artisanale|zone d'activités?|za"
)
"""Words that also mean something else after a number: « 2 cours de français », « 1 place »."""
_HEAD: Final = re.compile(
    rf"(?<![\w/-])(?<!\d[., ])(?:(?P<number>\d{{1,4}})(?: ?- ?(?P<last>\d{{1,4}}))?|{FRENCH})"
    r"(?: ?(?:bis|ter|quater|[A-D])\b)?"
    # « 14rue » is glued; other kinds of streets would make a word of their own.
    r"(?: ?, ?| {1,2}|(?=(?:rue|avenue|boulevard|impasse|chemin|allée) ))"
    r"(?:(?:de la|de l'|du|des|de) ?)?"
    rf"(?:(?P<strong>{_STRONG})|(?:{_WEAK}))(?![^\W_])(?: {{1,2}}|-)",
    re.IGNORECASE,
)
_STREET: Final = re.compile(
    rf"\b(?:(?P<strong>{_STRONG})|place|quai|route|cité|square)(?![^\W_]) {{1,2}}", re.IGNORECASE
)
_NUMBER_BEHIND: Final = re.compile(
    r"(?:(?P<said>(?:, ?| )(?:(?:au |le )?(?:n°|nº|no\.?|num\.?|numéro|numero|maison|pavillon"
    r"|porte) ?|au ))"
    r"|(?P<comma>, ?)| )"
    r"(?P<number>\d{1,4})(?: ?(?:bis|ter|quater|[A-D]))?(?![\w/%€°-])(?! ?[.,]\d)"
    # « rue de Bourgogne, 12 logements » counts something.
    r"(?(said)|(?= {0,2}(?:$|[.,;:!?)\n]"
    r"|(?:à|a|au|in|bij|te|en|et|ou|sur|est|je|j|il|elle|merci|svp|bonjour|quand|combien|comment|quelle?s?|\d{5})\b)))",
    re.IGNORECASE,
)
_LINK: Final = re.compile(
    r"(?:de la|de l'|à la|de|du|des|d'|la|les?|l'|aux?|en|sur|sous|et|lès|lez)(?:(?<=')|(?= ))",
    re.IGNORECASE,
)
_STOPS: Final = frozenset(
    """à a au aux est et en ou où qui que quel quelle quels quelles dans pour par avec chez
    depuis je j il elle on nous vous ils elles c ce mais donc car sont ai suis habite près
    peut peux puis svp merci bonjour mon ma mes votre vos sur sans qu""".split()
)
_WORD: Final = re.compile(r"[^\W\d_][\w'.-]{0,60}")
_DATE: Final = re.compile(rf"\d{{1,2}}(?:er)? (?:{MONTHS})(?: \d{{4}})?", re.IGNORECASE)
_NUMBER_FOR_NAME: Final = re.compile(r"\d{2,3}(?= {0,2}(?:$|[,;:!?)\n]|\d{5}\b))")
"""« coron des 120 »"""
_MOST_CAPITALS: Final = 6
_MOST_WORDS: Final = 3
_MOST_LINKS: Final = 3
_SITES: Final = (
    r"bases?|fosses?|sites?|puits|carreaux?|terrils?|chevalements?|lots?|axes?|étapes?|phases?"
)
_SITE_BEFORE: Final = re.compile(rf"\b(?:{_SITES}) {{1,3}}$", re.IGNORECASE)
_SITE: Final = re.compile(rf"\b(?:{_SITES})$", re.IGNORECASE)
_OF_AN_ERA: Final = re.compile(r"J\.? ?-? ?C\b")
"""« 753 av. J.-C. »"""

_FLAT_NUMBER: Final = (
    r"(?![^\W\d_]) ?(?:(?:n°|nº|numéro|num\.?) ?)?(?:\d{1,4}[A-Za-z]?|(?-i:[A-Z])\d{0,4})\b"
)
_BUILDING: Final = (
    r"résidence|residence|rés\.|immeuble|imm\.|bâtiment|batiment|bât\.?|bat\.?|tour|hlm"
)
_DOOR: Final = (
    r"appartements?|appart\.?|appt\.?|apt\.?|app\.|logement|porte|studio|villa|pavillon|chambre|lot"
)
_FLAT: Final = re.compile(
    rf"\b(?:{_BUILDING}|cité|lotissement|étage)"
    r" (?:[\w'.-]{1,30}[ ,]{1,2}){1,8}?"
    rf"(?:{_DOOR}|bâtiment|batiment|bât\.?|bat\.?|bloc|entrée|escalier){_FLAT_NUMBER}"
    rf"(?:[ ,]{{1,2}}(?:{_DOOR}){_FLAT_NUMBER})?|\b(?:appartement|appart|appt|apt)\.?{_FLAT_NUMBER}"
    rf"(?:[ ,]{{1,2}}(?:de la |du |à la )?(?:{_BUILDING})"
    r"(?: (?:[A-ZÀ-Ý][\w'.-]{0,30}|des|les|de|du|la|le)){1,6})?",
    re.IGNORECASE,
)

_POST_BOX: Final = re.compile(
    r"\b(?:(?:BP|B\.P\.)(?: ?n° ?| )|(?i:boîte postale|boite postale) (?:n° ?)?)"
    r"(?!(?:19|20)\d\d\b)\d{1,6}(?: ?[A-Z]\b)?(?!\w)"
)

_GLUED: Final = re.compile(
    r"(?<![\w/-])\d{1,4}(?:bis|ter)?"
    r"(?:Rue|Avenue|Av|Boulevard|Bd|Place|Impasse|Allée|Chemin|Route|Square)(?:[A-ZÀ-Ý]\w{1,30})"
)


def street_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yields where street addresses with a house number and flats of buildings stand."""
    for match in _HEAD.finditer(text):
        end = _name_end(text, match.end(), strong=match["strong"] is not None)
        if end and _is_house(match, text):
            yield match.start(), end
    for match in _STREET.finditer(text):
        end = _name_end(text, match.end(), strong=True)
        number = _NUMBER_BEHIND.match(text, end) if end else None
        if number is None or int(number["number"]) in YEARS or _names_a_site(text, end):
            continue
        capital = match["strong"] and any(map(str.isupper, text[match.end() : end]))
        if number["said"] or number["comma"] or capital:
            yield match.start(), number.end()
    yield from found(text, _FLAT, _GLUED, _POST_BOX)
    yield from addresses_abroad(text)


def _name_end(text: str, start: int, *, strong: bool) -> int:
    """Returns where the name of a street ends; 0 when none begins at `start`.

    Args:
        text: in plain signs.
        start: behind the kind of street and a blank.
        strong: whether the kind means a street though the name is written without capitals.
    """
    place = _behind_links(text, start)
    if date := _DATE.match(text, place):
        return date.end()
    if number := _NUMBER_FOR_NAME.match(text, place):
        return number.end()
    first = _WORD.match(text, place)
    if first is None:
        return 0
    if first[0][0].isupper():
        return _behind_capitals(text, first.end())
    return _behind_words(text, first) if strong else 0


def _behind_capitals(text: str, end: int) -> int:
    """Returns where a name of several capitalised words ends, the small words between them too."""
    for _ in range(_MOST_CAPITALS - 1):
        if text[end : end + 1] != " ":
            break
        word = _WORD.match(text, _behind_links(text, end + 1))
        if word is None or not word[0][0].isupper():
            break
        end = word.end()
    return end


def _behind_words(text: str, word: re.Match[str] | None) -> int:
    """Returns where a name in small letters ends; 0 when it does not begin with a word of one."""
    end = 0
    for _ in range(_MOST_WORDS):
        if word is None or word[0].lower().partition("'")[0] in _STOPS:
            break
        end = word.end()
        word = _WORD.match(text, end + 1) if text[end : end + 1] == " " else None
    return end


def _behind_links(text: str, place: int) -> int:
    """Returns where a text goes on behind the small words that stand before a name."""
    for _ in range(_MOST_LINKS):
        link = _LINK.match(text, place)
        if link is None:
            break
        place = link.end()
        while text[place : place + 1] == " ":
            place += 1
    return place


def _is_house(match: re.Match[str], text: str) -> bool:
    """Tells a house number from a year and from the name of a mining site."""
    if match["number"] is None:
        return True
    first, last = int(match["number"]), match["last"]
    before = text[max(0, match.start() - 20) : match.start()]
    if first in YEARS or _SITE_BEFORE.search(before) or _OF_AN_ERA.match(text, match.end()):
        return False
    return last is None or int(last) > first


def _names_a_site(text: str, end: int) -> bool:
    return _SITE.search(text[max(0, end - 20) : end]) is not None
