"""E-mail addresses, with their signs typed or said in words, in whatever stands around those."""

from __future__ import annotations

import re
from typing import Final

from assistant.journal.masking.spans import Spans, found

_ENDINGS: Final = (
    "fr|com|org|net|eu|be|de|nl|pl|es|it|lu|ch|at|uk|info|io|me|pro|biz|gouv|edu|bzh|paris|alsace"
)
_PROVIDERS: Final = (
    "gmail|googlemail|hotmail|outlook|live|yahoo|orange|wanadoo|free|sfr|laposte|icloud|proton"
    "|protonmail|bbox|numericable|neuf|gmx|web|t-online|aol|ziggo|kpnmail|hetnet|telenet|skynet|wp"
    "|onet|interia|o2"
)
_WRAP: Final = r"[ ()\[\]{}<>«»\"'*_\-=|/\\~:.]"
"""What people put around a sign that they write as a word."""
_DOT: Final = (
    rf"(?:{_WRAP}{{1,3}}(?:dott?|point|punkt|punto|punt|kropka|tiret|dash|minus){_WRAP}{{1,3}}"
    r"| ?[(\[{<]\.[)\]}>] ?|\.)"
)
_AT_SIGN: Final = rf"{_WRAP}{{0,2}}@{{1,3}}{_WRAP}{{0,2}}| ?[(\[{{<] ?(?:a|chez) ?[)\]}}>] ?|&#64;"
_AT_NAME: Final = (
    r"(?:arr?oba[sz]?e?|apen?staart(?:je)?|klammeraffe|affenschwanz|małpa|malpa|chiocciola|arroba"
    r"|at[ -]sign)"
)
_AT_WORD: Final = r"(?:att?|ät)"
"""In blanks it may be any word; not so in hyphens or brackets."""
_NOT_BLANK: Final = r"[()\[\]{}<>«»\"'*_\-=|/\\~]"
_HOST: Final = r"[^\W_](?:[\w-]{0,61}?[^\W_])??"
_DOTTED: Final = (
    rf"{_HOST}(?:{_DOT}{_HOST}){{0,4}}(?:{_DOT}[^\W\d_]{{2,18}}| ?[.,] ?(?:{_ENDINGS}))(?![\w@])"
)
_PROVIDED: Final = rf"(?:{_PROVIDERS})(?:{_DOT}| ?[.,] ?| )(?:{_ENDINGS})(?![\w@])"
_SAID_BEFORE: Final = (
    rf"(?:[\w-]{{1,40}}{_WRAP}{{1,2}}(?:point|dot|punkt|punto|punt|kropka|tiret(?: du)? bas|tiret"
    rf"|underscore){_WRAP}{{1,2}}){{0,3}}"
)
_ADDRESS: Final = re.compile(
    r"(?<![\w.%+-])[\w.%+-]{1,200}+ ?@ ?[\w-]{1,100}+(?:\.[\w-]{1,100}+){1,6}"
)
_SAID_ADDRESS: Final = re.compile(
    rf"(?<![\w.%+-]){_SAID_BEFORE}[\w.%+-]{{1,64}}?(?:"
    rf"(?:{_AT_SIGN}|{_WRAP}{{1,3}}{_AT_NAME}{_WRAP}{{1,3}}"
    rf"|{_WRAP}{{0,2}}{_NOT_BLANK} ?{_AT_WORD} ?{_NOT_BLANK}{_WRAP}{{0,2}})"
    rf"(?:{_DOTTED}|{_PROVIDED})"
    rf"| {_AT_WORD} {_HOST}(?:{_WRAP}{{1,3}}(?:dott?|point|punkt|punto|punt|kropka){_WRAP}{{1,3}}"
    rf"{_HOST}){{1,4}}(?![\w@])"
    rf"| ät {_DOTTED}"
    rf"|(?:[ _-](?:at|chez|à)[ _-]|\.at\.|#){_PROVIDED}"
    rf"| ?@ ?(?:{_PROVIDERS})(?:{_ENDINGS})?(?![\w.@-]))",
    re.IGNORECASE,
)
_SPELLED: Final = re.compile(
    r"(?<![\w@])(?:\w ){2,40}(?:@|arobase) ?"
    r"(?:(?:\w ){2,40}\. ?\w(?: ?\w){1,4}|[\w-]{2,60}\.\w{2,10})(?!\w)"
)
_AT_PROVIDER: Final = re.compile(
    r"\b(?:e-?mail\w{0,7}|mail\w{0,7}|courriel|mél)\b[^\n@]{0,20}?"
    rf"(?P<name>(?<!\w)[\w.+-]{{3,60}}) (?:sur|chez|on|at|bij|bei|na|su|en) (?:{_PROVIDERS})\b",
    re.IGNORECASE,
)


def emails(text: str) -> Spans:
    """Yields e-mail addresses."""
    yield from found(text, _ADDRESS, _SAID_ADDRESS, _SPELLED)
    yield from found(text, _AT_PROVIDER, group="name")
