"""Street addresses with a house number, as people write them in seven languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_STRONG: Final = (
    r"rue|avenue|av\.?|ave\.?|boulevard|bld\.?|bd\.?|blvd\.?|chemin|impasse|allée|allee|ruelle|"
    r"sentier|faubourg|fbg\.?|lotissement|chaussée|esplanade|venelle|clos"
)
_WEAK: Final = (
    r"place|pl\.|cours|passage|cité|cite|square|quai|résidence|residence|route|rte\.?|voie|"
    r"hameau|villa|coron|rond-point|montée|promenade|mail|parvis"
)
"""Words that also mean something else after a number: « 2 cours de français », « 1 place »."""
_LINKS: Final = (
    r"(?:de[ \u00a0]la|de[ \u00a0]l['’]|de|du|des|d['’]|la|le|les|l['’]|aux?|à[ \u00a0]la|en|sur|"
    r"sous|et|lès|lez)"
)
_STOPS: Final = (
    r"(?:à|a|au|aux|est|et|en|ou|où|qui|que|qu['’]|quel\w*|dans|pour|par|avec|chez|depuis|je|"
    r"j['’]|il|elle|on|nous|vous|ils|elles|c['’]|ce|mais|donc|car|sont|ai|suis|habite|près|"
    r"peut|peux|puis|svp|merci|bonjour|mon|ma|mes|votre|vos|sur|sans)"
)
_WORD: Final = r"[^\W\d_][\w'’.-]*"
_CAPITAL: Final = r"[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒ][\w'’.-]*"
_DATE: Final = (
    r"\d{1,2}(?:er)?[ \u00a0](?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|"
    r"octobre|novembre|décembre)(?:[ \u00a0]\d{4})?"
)
_NAME: Final = (
    rf"(?:{_LINKS}\s*)*(?:{_DATE}"
    rf"|(?-i:{_CAPITAL})(?:[ \u00a0](?:{_LINKS}\s*)*(?-i:{_CAPITAL})){{0,5}}"
    rf"|(?!{_STOPS}\b){_WORD}(?:[ \u00a0](?!{_STOPS}\b){_WORD}){{0,2}})"
)
_CAPITAL_NAME: Final = (
    rf"(?:{_LINKS}\s*)*(?-i:{_CAPITAL})(?:[ \u00a0](?:{_LINKS}\s*)*(?-i:{_CAPITAL})){{0,5}}"
)
_FRENCH: Final = re.compile(
    r"(?<![\w/–-])(?<!\d[.,  ])(?P<number>\d{1,4})(?:\s?-\s?(?P<last>\d{1,4}))?"
    r"(?:\s?(?:bis|ter|quater|[A-D])\b)?\s?,?\s{1,2}"
    rf"(?:(?:{_STRONG})\s+{_NAME}|(?:{_WEAK})\s+{_CAPITAL_NAME})",
    re.IGNORECASE,
)
_SITE: Final = re.compile(
    r"\b(?:bases?|fosses?|sites?|puits|carreaux?|terrils?|chevalements?|lots?|axes?)\s+$", re.I
)
_YEARS: Final = range(1900, 2100)
_NUMBER: Final = r"\d{1,4}(?:\s?[a-dA-D]\b)?(?![\w/–-])(?![.,  ]\d)"
_FOREIGN: Final = (
    # 10 Downing Street
    rf"(?<![\w/–-])(?P<number>\d{{1,4}})[a-dA-D]?,?\s(?:{_CAPITAL}\s){{1,3}}"
    r"(?:Street|Road|Avenue|Lane|Drive|Way|Square|Terrace|Close|Crescent|St\b\.?|Rd\b\.?)",
    # Hauptstraße 12, Am Markt Straße 3, Kerkstraat 5
    rf"\b(?:{_CAPITAL}(?:straße|strasse|str\.|weg|allee|gasse|straat|laan|plein|gracht)"
    rf"|{_CAPITAL}\s(?:Straße|Strasse|Str\.|Allee))\s(?P<number>{_NUMBER})",
    # ul. Długa 5, aleja Jana Pawła 7
    rf"\b(?:ul\.|ulica|ulicy|al\.|aleja)\s(?:\w[\w.-]*\s){{1,3}}(?P<number>{_NUMBER})",
    # calle Mayor 5, c/ Mayor, 5
    rf"(?:\b(?:[Cc]alle|[Aa]venida|[Aa]vda\.|[Pp]aseo)|\b[Cc]/)\s?(?:(?:de|del|la|las|los)\s)*"
    rf"(?:{_CAPITAL}\s?){{1,3}},?\s?(?:n[.º°o]+\s?)?(?P<number>{_NUMBER})",
    # in via Roma 5; « via Interreg 5 » is French
    rf"\b(?:(?:in|alla|di)\s[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso)\s(?:(?:della|del|dei|di)\s)*"
    rf"(?:{_CAPITAL}\s?){{1,3}},?\s?(?P<number>{_NUMBER})",
)
_ABROAD: Final = tuple(re.compile(pattern) for pattern in _FOREIGN)


def street_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yields where street addresses with a house number stand, in order, without overlap."""
    spans = [match.span() for match in _FRENCH.finditer(text) if _is_house(match, text)]
    for pattern in _ABROAD:
        spans += [
            match.span()
            for match in pattern.finditer(text)
            if int(re.sub(r"\D", "", match["number"])) not in _YEARS
        ]
    end = 0
    for start, stop in sorted(spans):
        if start >= end:
            yield start, stop
            end = stop


def _is_house(match: re.Match[str], text: str) -> bool:
    """Tells a house number from a year and from the name of a mining site."""
    first, last = int(match["number"]), match["last"]
    if first in _YEARS or _SITE.search(text[: match.start()][-20:]):
        return False
    return last is None or int(last) > first
