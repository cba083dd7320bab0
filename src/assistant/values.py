"""What answers a question of a kind, where it stands in a sentence: an amount, a date, a name.

Sources are in French and English; the patterns are for these two.
"""

from __future__ import annotations

import re
from typing import Final

from assistant.domain import Span
from assistant.lexical import analyse

_MONTH: Final = (
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|January|February|March|April|May|June|July|August|September|October|November|December"
)
_YEAR: Final = r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)"
_DAY: Final = (
    rf"(?:(?:\d{{1,2}}|1er)\s)?(?:{_MONTH})\s(?:\d{{1,2}},\s)?{_YEAR}"
    rf"|\d{{1,2}}[./]\d{{1,2}}[./]{_YEAR}|{_YEAR}|(?:\d{{1,2}}|1er)\s(?:{_MONTH})\b"
)
_NUMBER: Final = r"(?<![\d/-])\d{1,20}(?:[\s\u00a0\u202f.,]\d{3}){0,5}(?:[.,]\d{1,20})?(?![\d/-])"
_BIG: Final = r"(?:\s(?:mille|thousand|millions?|milliards?|billions?|[Mk](?=\s?€)))"
_IN_WORDS: Final = (
    r"\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize"
    r"|vingt|trente|quarante|cinquante|soixante|cent|mille|two|three|four|five|seven|eight"
    r"|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundred|thousand)\b"
)
_COUNT: Final = rf"(?:{_NUMBER}{_BIG}?|{_IN_WORDS})"
_NAME: Final = (
    r"(?:[A-ZÀ-Ý]|\d{1,20}[/-]\d)[\w’'/-]*(?:\s(?:(?:de|des|du|la|le|les|et|of|the)\s)?(?:d’|l’|d'|l')?"
    r"[A-ZÀ-Ý0-9][\w’'/-]*)*"
)
_SOURCE: Final = re.compile(
    # « Selon la liste de l'État du 11 juillet 2016, » dates the source, not what it says.
    r"^(?:Selon|D['’]après|According\sto)\s[^,]{0,160},\s(?:(?:une?|an?|the)\s[^,]{0,60},\s)?"
    r"|,\s(?:selon|d['’]après|according\sto)\s[^,;:]{0,160}(?=[.,;:]|$)"
)

_PATTERNS: Final[dict[str, re.Pattern[str]]] = {
    "amount": re.compile(
        rf"(?:€|EUR)\s?{_NUMBER}{_BIG}?"
        rf"|{_NUMBER}(?:{_BIG}\s(?:d['’]\s?|of\s)?|\s?[MGk]?)(?:€|euros?\b|EUR\b)"
        rf"(?:\s(?:hors\staxes|HT|TTC|excluding\stax|before\stax))?"
        rf"|{_NUMBER}\s(?:millions?|milliards?|billion)\b(?!\s(?:d['’]\s?|of\s)?[^\W\d])"
    ),
    "date": re.compile(
        rf"(?:du|de|d['’]|from|between|entre)\s?(?P<left>{_DAY})\s(?:au|à|to|and|et)\s(?:{_DAY})"
        rf"|(?:{_DAY})",
        re.IGNORECASE,
    ),
    "number": re.compile(
        rf"{_COUNT}[\s\u00a0\u202f-](?P<things>(?:d['’])?[^\W\d][\w’'-]*"
        rf"(?:\s(?!et\b|and\b|à\b|in\b|sur\b|ou\b|or\b|sont\b|are\b|est\b|is\b|par\b)"
        rf"[^\W\d][\w’'-]*){{0,3}})"
    ),
    "quantity": re.compile(rf"{_COUNT}"),
    "duration": re.compile(
        rf"(?:{_COUNT})\s(?:ans|années?|mois|jours?|semaines?|years?|months?|days?|weeks?)\b"
        rf"|(?:du|de|d['’]|from)\s?(?:{_DAY})\s(?:au|à|to)\s(?:{_DAY})",
        re.IGNORECASE,
    ),
    "area": re.compile(
        rf"{_NUMBER}{_BIG}?\s?(?:hectares?|ha\b|km²|km2|m²|m2|kilomètres\scarrés|mètres\scarrés"
        rf"|square\s(?:kilometres|metres|kilometers|meters))"
    ),
    "length": re.compile(rf"{_NUMBER}\s?(?:m\b|km\b|(?:kilo)?mètres?|(?:kilo)?met(?:re|er)s?)"),
    "share": re.compile(
        rf"{_NUMBER}\s?%|\d{{1,20}}\sper\s?cent|\bà\sparité|in\sequal\sparts|\b(?:la\s)?moitié"
        rf"|\bhalf\b|\b(?:un|deux)\s(?:tiers|quarts?)\b"
    ),
    "fee": re.compile(
        r"\b(?:tarifs?|gratuite?s?|billets?|tickets?|admission|free\sof\scharge)\b", re.IGNORECASE
    ),
    "contact": re.compile(
        r"(?:\+33|\b0)\s?[1-9](?:[\s.]?\d\d){4}\b|[^\s@]{1,64}@[^\s@]{1,255}\.\w{1,63}|\b\d{5}\s[A-ZÀ-Ý][\w-]+"
        r"|\b\d{1,5}(?:\s(?:bis|ter))?,?\s(?:rue|avenue|boulevard|place)\s\w+"
    ),
    "hours": re.compile(r"\b\d{1,2}\s?(?:h\d{0,2}|heures?)\b|\b\d{1,2}:\d\d\b|\b\d{1,2}\s?[ap]m\b"),
    "person": re.compile(
        r"\b(?:MM?\.|Mmes?|Monsieur|Madame|Mrs?\.?|Ms\.?|Dr)\s[A-ZÀ-Ý][\w’'-]+"
        r"(?:\s[A-ZÀ-Ý][\w’'-]+)*|(?<=, )[A-ZÀ-Ý][a-zà-ÿ-]+\s[A-ZÀ-Ý][a-zà-ÿ-]+(?=[,.])"
    ),
    "reason": re.compile(
        r"\b(?:car\s|parce\squ|puisqu|afin\s|grâce\sà|à\scause|en\sraison|à\sla\ssuite|suite\sà"
        r"|pour\s\w+[eio]r\b|a\svoulu|ont\svoulu|vis(?:e|ait|ent)\sà|cherche\sà|but|because|since"
        r"|due\sto|so\sthat|in\sorder\sto|following|wanted\sto|n['’]ont\s(?:ni|pas)|diffèrent"
        r"|differ\s|désigne)",
        re.IGNORECASE,
    ),
    "purpose": re.compile(
        r"\b(?:vis(?:e|ent|ait|aient)\s(?:à|aux?)\s|pour\s(?:but|objectifs?|mission|vocation|ambition)\b"
        r"|afin\s(?:de\s|d['’]|qu)|perme(?:t|ttent|ttait|ttra)\s|ser(?:t|vent|vait|vira)\s(?:à|de)\s"
        r"|destinée?s?\s(?:à|aux?)\s|aid(?:ent|ait)\s|(?<!['’])aide\s(?:les?|la)\s|accompagn(?:e|ent|ait)\s|soutien(?:t|nent)\s"
        r"|favoris(?:e|ent|ait)\s|encourag(?:e|ent|ait)\s|financ(?:e|ent|ait)[\s,]"
        r"|[ao](?:nt)?\svoulu\s|cherche(?:nt)?\sà\s"
        r"|aim(?:s|ed)\s(?:to|at)\s|(?:in\sorder|so\sas|meant|intended|designed|serves?|wanted)\sto\s"
        r"|helps?\s|supports?\s|finances?[\s,]|encourages?\s)",
        re.IGNORECASE,
    ),
    "place": re.compile(
        rf"\b(?:à|au|aux|en|dans|sur|couvre|in|at|on|across|covers)\s(?:l['’]|la\s|le\s|les\s|the\s)?"
        rf"(?P<value>{_NAME}(?:,\s{_NAME})*(?:,?\s(?:et|and)\s{_NAME})?)"
    ),
    "body": re.compile(
        r"\b(?:par|est|sont|aux?|by|is|are|was)\s"
        rf"(?P<value>(?:l['’]|la\s|le\s|les\s|the\s)?[^,.;:()]{{0,120}}\b{_NAME})"
    ),
}
_PART_OF_NAME: Final = re.compile(r"\b[A-ZÀ-Ý][\w’'-]*\s$")
"""What stands before the number in « Destination Terrils 2 »."""
_NOT_COUNTED: Final = {"number": ("date", "amount", "area", "share"), "quantity": ("date",)}
"""Numbers that answer no question of a kind."""
OPTIONAL: Final = frozenset({"place", "body"})
"""Kinds that a sentence may answer though no pattern finds where."""


def find_values(kind: str, sentence: str, question: str = "") -> list[Span]:
    """Returns where a sentence says something of a kind that the question does not say itself.

    Args:
        kind: one of `question.asked.KINDS`.
        sentence: of a source.
        question: what it says is no answer.

    What only dates or names the source (« selon la page du 26 octobre 2017 ») does not count.
    """
    masked = _SOURCE.sub(_blank, sentence)
    for other in _NOT_COUNTED.get(kind, ()):
        masked = _PATTERNS[other].sub(_blank, masked)
    said = set(analyse(question))
    spans = []
    for match in _PATTERNS[kind].finditer(masked):
        group = "value" if "value" in _PATTERNS[kind].groupindex else 0
        start, end = match.span(group)
        while end > start and sentence[end - 1].isspace():
            end -= 1
        terms = analyse(sentence[start:end])
        in_name = kind == "number" and _PART_OF_NAME.search(sentence, 0, start)
        if terms and not set(terms) <= said and not in_name:
            spans.append(Span(start, end))
    return spans


def _blank(match: re.Match[str]) -> str:
    return "\n" * len(match[0])


def counts(sentence: str) -> set[str]:
    """Returns the terms of the things that a sentence counts: « 51 terrils »."""
    masked = _PATTERNS["date"].sub(_blank, sentence)
    return {
        term for match in _PATTERNS["number"].finditer(masked) for term in analyse(match["things"])
    }


def without_source(sentence: str) -> str:
    """Returns a sentence without the words that say which source it follows."""
    return _SOURCE.sub("", sentence)
