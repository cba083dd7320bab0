"""Names that people say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from assistant.journal.masking.spans import found

_TITLES: Final = (
    r"(?:m|mr|mme|mlle|mrs|ms|monsieur|madame|mademoiselle|herr|frau|mevrouw|meneer|señora?"
    r"|signora?)\b"
)
_NEAR: Final = (
    r"(?:ex-)?(?:mari|femme|époux|épouse|conjointe?|compagn(?:on|e)|copain|copine|père|mère|papa"
    r"|maman|fils|fille|frère|sœur|soeur|(?:arrière-)?grand[- ]?(?:père|mère)|oncle|tante|neveu"
    r"|nièce|cousine?|beau-(?:père|frère|fils)|belle-(?:mère|sœur|fille)|voisine?|amie?|collègue"
    r"|patronne?|médecin|propriétaire|assistante sociale|conseill(?:er|ère))"
)
_TWO_CAPITALS: Final = r"(?-i:[A-ZÀ-Ý][^\W\d_]{1,30} [A-ZÀ-Ý])"
_TWO_WORDS: Final = r"(?-i:[a-zà-ÿ]{3,20} [a-zà-ÿ]{3,20})"
_INTRODUCED: Final = re.compile(
    r"(?:\b(?:j[e']? ?m ?'? ?appell?e|je me nomme"
    r"|(?:mon|ma) (?:nom|prénom)(?: de famille)? (?:est|c'est)|nom(?: de famille| et prénom)? ?:"
    r"|prénom ?:|signé(?: ?:| (?=(?-i:[A-ZÀ-Ý])))|my name is|my name's|i am called"
    r"|ich heiße|ich heisse"
    r"|mein name ist|ik heet|mijn naam is|nazywam się|mam na imię|me llamo|mi nombre es|mi chiamo"
    r"|il mio nome è)"
    r"|\b(?:je suis|ici|c'est|de la part de|i am|i'm|ich bin|ik ben|soy|sono)"
    rf" (?={_TITLES})"
    rf"|\b(?:(?:moi,? c'est|je suis)|(?:mon|ma) {_NEAR}(?: (?:s'appelle|se nomme),?|,| :)?)"
    rf" (?={_TWO_CAPITALS})|\bmoi,? c'est (?={_TWO_WORDS}[,.!]))"
    r" {0,2}",
    re.IGNORECASE,
)
_TITLE: Final = re.compile(rf"{_TITLES}\.? {{0,2}}", re.IGNORECASE)
_NAME: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|['-](?=[^\W\d_])){0,40}\.?")
_PARTICLES: Final = frozenset("de du des d la le van von der den di da el ben".split())
_NO_NAMES: Final = frozenset(
    """et je j mais donc car que qui quoi où ou est à a au aux en dans pour avec sans mon ma mes
    il elle on nous vous ils elles c ce cette ici habitant habite née né and i but so from in at
    und ich aber aus en ik maar uit i y pero vivo e ma abito voudrais cherche suis ai veux merci
    bonjour svp prénom nom juste comment combien quel quelle quels quelles quand pourquoi is ist
    jest""".split()
)
_MOST_WORDS: Final = 4
_CAPITAL: Final = r"[A-ZÀ-Ý][^\W\d_]{0,30}(?:['-][^\W\d_]{1,30})?\.?"
_SIGNED: Final = re.compile(
    r"\b(?i:(?:bien )?cordialement|salutations(?: distinguées)?|bien à vous|sincèrement"
    r"|merci d'avance|mit freundlichen grüßen|kind regards|met vriendelijke groet)"
    rf"[ ,.!:;\n-]{{1,4}}(?P<name>{_CAPITAL}(?: {_CAPITAL}){{1,2}})(?= {{0,2}}(?:$|[.!?,;\n]))"
)
"""What stands at the end of a letter."""


def names(text: str) -> Iterator[tuple[int, int]]:
    """Yields names behind words such as « je m'appelle »."""
    end = 0
    for match in _INTRODUCED.finditer(text):
        start = match.end()
        if title := _TITLE.match(text, start):
            start = title.end()
        if start >= end and (stop := _name_end(text, start)):
            yield start, stop
            end = stop
    yield from found(text, _SIGNED, group="name")


def _name_end(text: str, start: int) -> int:
    """Returns where a name that begins at a place ends; 0 when none does."""
    end, place = 0, start
    for _ in range(_MOST_WORDS):
        word = _NAME.match(text, place)
        if word is None or word[0].lower().partition("'")[0] in _NO_NAMES:
            break
        if word[0].lower() not in _PARTICLES:
            end = word.end() - (word[0].endswith(".") and len(word[0]) > 2)  # noqa: PLR2004 - « J. »
        if text[word.end() : word.end() + 1] != " ":
            break
        place = word.end() + 1
    return end
