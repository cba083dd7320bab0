"""Numbers in words, and how many digits of a number they may stand for."""

from __future__ import annotations

from typing import Final

_ZERO: Final = "zéro zero oh null nul cero zéros"
_UNITS: Final = (
    "un une deux trois quatre cinq six sept huit neuf"
    " one two three four five seven eight nine"
    " eins ein zwei zwo drei vier fünf sechs sieben acht neun"
    " een één twee drie vijf zes zeven negen"
    " uno una dos tres cuatro cinco seis siete ocho nueve"
    " due tre quattro cinque sei sette otto nove"
    " jeden dwa trzy cztery pięć sześć siedem osiem dziewięć"
)
_TEENS: Final = (
    "dix onze douze treize quatorze quinze seize"
    " ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    " zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn"
    " tien twaalf dertien veertien vijftien zestien zeventien achttien negentien"
    " diez once doce trece catorce quince dieci undici dodici tredici quattordici quindici"
    " dziesięć jedenaście dwanaście trzynaście czternaście piętnaście"
)
_TENS: Final = (
    "vingt vingts trente quarante cinquante soixante septante huitante octante nonante"
    " twenty thirty forty fifty sixty seventy eighty ninety"
    " zwanzig dreißig dreissig vierzig fünfzig sechzig siebzig achtzig neunzig"
    " twintig dertig veertig vijftig zestig zeventig tachtig negentig"
    " veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"
    " venti trenta quaranta cinquanta sessanta settanta ottanta novanta"
    " dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt"
)

ZERO: Final = frozenset(_ZERO.split())
UNITS: Final = frozenset(_UNITS.split())
TEENS: Final = frozenset(_TEENS.split())
TENS: Final = frozenset(_TENS.split())
_GERMANIC: Final = (
    r"(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)und"
    r"(?:zwanzig|drei(?:ß|ss)ig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig)"
    r"|(?:een|twee|drie|vier|vijf|zes|zeven|acht|negen)[eë]n"
    r"(?:twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig)"
)
_PLAIN: Final = sorted(ZERO | UNITS | TEENS | TENS, key=len, reverse=True)
ANY: Final = f"(?:{_GERMANIC}|{'|'.join(_PLAIN)}|double|triple)"
"""Pattern of one word of a number."""

_FRENCH: Final = (
    "deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize"
    "|vingts?|trente|quarante|cinquante|soixante|cents?"
)
FRENCH: Final = rf"(?:{_FRENCH})(?:[ -](?:et[ -])?(?:{_FRENCH}|une?)\b){{0,4}}"
"""Pattern of a French number from two on."""


def digits_of(word: str, before: str) -> tuple[int, int]:
    """Returns how many digits a word adds to a number, at least and at most.

    Args:
        word: in small letters.
        before: the word before it, if that is one of the number; « quatre-vingt-dix » is 90 or 4,
            20 and 10.
    """
    follows_tens = before in TENS or before == "dix"
    if word in ZERO or word == "double":
        return 1, 1
    if word in UNITS:
        return (0 if follows_tens else 1), 1
    if word in TEENS:
        return (0 if follows_tens else 2), 2
    if word in TENS and before == "quatre":
        return 1, 2
    return 2, 2
