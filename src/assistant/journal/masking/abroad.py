"""Where people live outside of France: streets with the number of a house, in five languages."""

from __future__ import annotations

import re
from typing import Final

from assistant.journal.masking.spans import Spans

YEARS: Final = range(1900, 2100)
"""Numbers behind or before a name that are hardly those of a house."""

_CAPITAL: Final = r"[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒĆŁŃÓŚŹŻ][\w'.-]{0,40}"
_HOUSE: Final = (
    r"(?P<number>\d{1,4})(?:[- ]?[a-dA-D]\b| ?(?:bis|hs|I{1,3})\b)?"
    r"(?:/\d{1,4}[a-d]?| ?m\.? ?\d{1,4})?"
    r"(?![\w/-])(?![., ]\d)"
)
_DUTCH: Final = (
    r"(?:straat|laan|plein|gracht|kade|dijk|singel|dreef|steenweg|weg|markt|hof|pad|lei|vest|kaai)"
)
_GERMAN: Final = (
    r"(?:straße|strasse|str\.|weg|allee|gasse|platz|ring|damm|ufer|chaussee|markt|steig|stieg)"
)
_GERMAN_PLACES: Final = (
    r"(?:Markt|Kirche|Bach|Berg|Park|Bahnhof|Linden|Rathaus|Wald|See|Tor|Friedhof|Mühle|Schule|Hang"
    r"|Anger|Dorf|Brunnen|Garten|Ufer|Schloss|Hof|Ring|Platz|Graben|Deich|Feld|Weiher|Höhe|Heide|Wiese|Weide)"
)
_ENGLISH: Final = (
    r"(?:Street|Road|Avenue|Ave|Lane|Drive|Way|Square|Terrace|Close|Crescent|Gardens?|Grove|Park"
    r"|Hill|Court|Mews|Row|Walk|Green|Parade|Rise|St\b\.?|Rd\b\.?)"
)
_LIVES: Final = (
    r"(?:[Ii] live (?:at|in|on)|[Mm]y (?:home )?address is|[Ii]k woon (?:in|op|aan)?(?: de| het)?"
    r"|[Mm]ijn adres is|[Ii]ch wohne (?:in|am|an|auf)?(?: der| dem)?"
    r"|[Ww]ohnhaft(?: in| am)?(?: der)?|[Mm]eine [Aa]dresse ist"
    r"|[Mm]ieszkam (?:na|przy|w)(?: ulicy| ul\.)?|[Mm]ój adres to"
    r"|[Vv]ivo en|[Aa]bito in|[Jj]'habite(?: au| à)?|[Mm]on adresse (?:est|:|c'est)|[Aa]dresse ?:)"
)
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # 10 Downing Street; Flat 4, 12 High Street
        r"(?:\b(?i:flat|apartment|apt\.?|unit|suite) \w{1,4},? )?(?<![\w/-])(?P<number>\d{1,4})"
        rf"[a-zA-Z]?,? (?:{_CAPITAL} ){{1,3}}{_ENGLISH}(?![^\W_])",
        # Hauptstraße 12, Kerkstraat 5, Lange Nieuwstraat 3, Berliner Ring 33
        rf"(?:{_CAPITAL} (?:(?:de|den|der|het|van) )?){{0,2}}\b[A-ZÄÖÜ][\w'-]{{0,40}}?"
        rf"(?i:{_DUTCH}|{_GERMAN}),? (?:nr\.? ?)?{_HOUSE}",
        rf"\b{_CAPITAL} (?:Straße|Strasse|Str\.|Allee|Ring|Platz|Weg|Markt|Plein|Laan|Kade|Gracht"
        rf"|Straat|Dijk) {_HOUSE}",
        # Am Alten Markt 3, Unter den Linden 77
        r"\b(?:Am|An der|An den|Im|In der|In den|Auf dem|Auf der|Zum|Zur|Unter den|Hinter der"
        rf"|Vor dem) (?:{_CAPITAL} )?(?:[A-ZÄÖÜ]\w{{0,20}}(?i:{_GERMAN_PLACES})|{_GERMAN_PLACES})"
        rf" {_HOUSE}",
        # ul. Długa 5, aleja Jana Pawła 7, os. Kościuszki 14/22
        r"\b(?:ul\.|ulica|ulicy|al\.|aleja|alei|aleje|pl\.|plac|placu|os\.|osiedle|osiedlu)"
        rf" (?:[A-ZĆŁŃÓŚŹŻ\d][\w.-]{{0,40}} )(?:\w[\w.-]{{0,40}} ){{0,2}}{_HOUSE}",
        # calle Mayor 5, c/ Mayor, 5
        r"(?:\b(?:[Cc]alle|[Aa]venida|[Aa]vda\.|[Pp]aseo) |\b[Cc]/ ?)"
        rf"(?:(?:de|del|la|las|los) ){{0,3}}{_CAPITAL}(?: {_CAPITAL}){{0,2}}"
        rf"(?:, ?| )(?:n[.º°o]{{1,2}} ?)?{_HOUSE}",
        # in via Roma 5; « via Interreg 5 » is French
        r"\b(?:(?:in|alla|di) [Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso) (?:(?:della|del|dei|di) ){0,2}"
        rf"{_CAPITAL}(?: {_CAPITAL}){{0,2}}(?:, ?| ){_HOUSE}",
    )
)
_SAID: Final = re.compile(
    rf"\b{_LIVES} (?P<place>(?:\d{{1,4}}[a-d]?,? (?:{_CAPITAL} ){{0,3}}{_CAPITAL}|(?:{_CAPITAL} "
    rf"(?:(?:den|der|de|van|het) )?){{1,4}}{_HOUSE}))"
)


def addresses_abroad(text: str) -> Spans:
    """Yields streets with a house number as Germans, Poles and others write them."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if int(match["number"]) not in YEARS:
                yield match.span()
    for match in _SAID.finditer(text):
        if int(match["number"] or 0) not in YEARS:
            yield match.span("place")
