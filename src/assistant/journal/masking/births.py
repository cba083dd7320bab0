"""Dates of birth that people say of themselves or of somebody near."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from assistant.journal.masking.number_words import FRENCH
from assistant.journal.masking.spans import MONTHS, found

_WEEKDAY: Final = (
    r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday"
    r"|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag),? )?"
)
_MONTHS: Final = (
    rf"(?:{MONTHS}|janv|févr?|fevr?|avr|juil|sept?|oct|nov|déc|dec|jan|feb|mar|apr|jun|jul|aug|okt|dez"
    r"|ene|abr|ago|dic|mrt|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru)\.?"
)
_YEAR_WORDS: Final = (
    rf"(?:mille|dix[ -]neuf)[ -](?:{FRENCH})|deux[ -]mille(?:[ -](?:{FRENCH}|une?))?"
)
_DAY: Final = rf"(?:\d{{1,2}}(?:er|st|nd|rd|th|e|\.)?|premier|{FRENCH}) ?(?:de |of |d')?"
_DAY_OF_MONTH: Final = rf"(?:{_DAY}{_MONTHS}|{_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?)(?![^\W_])"
_YEAR: Final = rf"(?:\d{{4}}|'?\d\d|{_YEAR_WORDS}|{FRENCH})(?!\w)"
_IN_DIGITS: Final = (
    r"\d{1,2} ?[./\- ] ?\d{1,2} ?[./\- ] ?\d{2,4}(?!\d)|(?:19|20)\d\d[./\-]\d{1,2}[./\-]\d{1,2}"
    r"|[0-3]\d[01]\d(?:19|20)\d\d(?!\d)|\d{1,2} ?[./\- ] ?[IVX]{1,4} ?[./\- ] ?(?:19|20)\d\d(?!\d)"
)
_DATE: Final = (
    rf"{_WEEKDAY}(?:{_DAY_OF_MONTH} ?,? ?(?:de |del )?{_YEAR}|{_IN_DIGITS}"
    rf"|(?:19|20)\d\d,? (?:le |on |am |op )?{_DAY_OF_MONTH}"
    rf"|{_MONTHS} (?:19|20)\d\d,? (?:le|on the|am) \d{{1,2}}(?!\d))"
)
_MONTH: Final = rf"(?:{_MONTHS} (?:de )?(?:19|20)\d\d|[01]?\d/(?:19|20)\d\d)(?!\d)"
_LINK: Final = (
    r"(?:[ ,:=]{1,3}(?:(?:c'est|est|is|ist|to|am|op|on|el|il|le|la|the|der|den|dnia|w dniu|un|in"
    r"|au mois de|en|année|l'an|of|date du|się|roku)(?![^\W_]))?){1,4} ?"
)
_BORN: Final = re.compile(
    r"(?P<verb>\b(?:est|sont|fut|a été|ont été|is|was|were) )?\b"
    r"(?:n[ée]e?s?(?:\(e\)|\.e|·e)?(?: (?:à|a) [^\W\d_][\w'-]{0,40}(?: [\w'-]{1,40}){0,3}?)?|born"
    r"|urodził[ae]?m (?:się)?|naci(?:do|da)?|nací|nat[oa])"
    rf"{_LINK}(?P<date>{_DATE})",
    re.IGNORECASE,
)
_SAID: Final = re.compile(
    r"(?:\bd\.? ?d\.? ?n\b\.?|\bdate (?:de )?naiss\w{0,6}\.?|\bjour de naissance|\bnaissance"
    r"|(?<!\de )(?<!\dème )\banniv(?:ersaire)?|\b(?:j'ai|il a|elle a) vu le jour"
    r"|\bbirth ?da(?:y|te)|\bdate of birth|\bd\.?o\.?b\b\.?|\bgeburts(?:datum|tag)"
    r"|\bgeboorted(?:atum|ag)|\bverjaardag|\bgeb\.?[ -]?(?:datum)?|\bgeboren"
    r"|\bdat[ay] (?:urodzenia|ur\.)|\burodzin\w{0,3}|\bur\.|\burodzon[yaąe]\w{0,2}"
    r"|\burodził\w{0,4}|\bje suis du|\bik ben van|\bich bin vom|\bjestem z"
    r"|\bfecha de nacimiento|\bdata di nascita|\bmes (?:\d{1,3} )?ans)"
    rf"{_LINK}(?P<date>{_DATE})",
    re.IGNORECASE,
)
_OWN_DAY: Final = re.compile(
    r"\b(?:mon anniv(?:ersaire)?|ma (?:fête|date de naissance)|my birthday|mein geburtstag"
    r"|mijn verjaardag|moje urodziny|mi cumpleaños|il mio compleanno|birthday|date de naissance)"
    rf"{_LINK}(?P<date>{_DAY_OF_MONTH})",
    re.IGNORECASE,
)
_OWN_MONTH: Final = re.compile(
    r"\b(?:(?:je suis|j'étais|il est|elle est|i was|i am|i'm|he was|she was|ich bin|ik ben|jestem)"
    r" (?:né|née|nee|ne|born|geboren|urodzony|urodzona|de|of|from)"
    r"|(?:^|(?<=[.!?,;:] ))(?:n[ée]e?|born|geboren))"
    rf"{_LINK}(?P<date>{_MONTH})",
    re.IGNORECASE,
)
_BORN_BEHIND: Final = re.compile(
    rf"(?P<date>(?:{_DATE}|{_MONTH}))(?: [^\W\d_][\w'-]{{0,40}}){{0,3}} geboren\b",
    re.IGNORECASE,
)
_STAR: Final = re.compile(rf"(?<!\w)\* ?(?P<date>{_IN_DIGITS})")
_ONESELF: Final = re.compile(
    r"\b(?:je|j'|il|elle|ils|elles|i|he|she|(?:mon|ma|mes|notre|my|his|her) \w{1,20}) {1,2}$",
    re.IGNORECASE,
)


def births(text: str) -> Iterator[tuple[int, int]]:
    """Yields dates of birth; « l'agence est née le 7 mars 2017 » has none."""
    for match in _BORN.finditer(text):
        verb = match["verb"]
        if verb is None or _ONESELF.search(text, max(0, match.start() - 40), match.start()):
            yield match.span("date")
    patterns = (_SAID, _OWN_DAY, _OWN_MONTH, _BORN_BEHIND, _STAR)
    yield from found(text, *patterns, group="date")
