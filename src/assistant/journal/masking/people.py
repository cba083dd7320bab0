"""Names that people say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TITLES: Final = (
    r"(?:m|mr|mme|mlle|mrs|ms|monsieur|madame|mademoiselle|herr|frau|mevrouw|meneer|señora?"
    r"|signora?)\b"
)
_INTRODUCED: Final = re.compile(
    r"(?:\b(?:j[e']? ?m ?'? ?appell?e|je me nomme"
    r"|(?:mon|ma) (?:nom|prénom)(?: de famille)? (?:est|c'est)|nom et prénom ?:|mon nom ?:"
    r"|prénom ?:|signé ?:|my name is|my name's|i am called|ich heiße|ich heisse"
    r"|mein name ist|ik heet|mijn naam is|nazywam się|mam na imię|me llamo|mi nombre es|mi chiamo"
    r"|il mio nome è)"
    r"|\b(?:je suis|ici|c'est|de la part de|i am|i'm|ich bin|ik ben|soy|sono)"
    rf" (?={_TITLES})"
    r"|\b(?:moi,? c'est|je suis) (?=(?-i:[A-ZÀ-Ý][^\W\d_]{1,30} [A-ZÀ-Ý])))"
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
    bonjour svp comment combien quel quelle quels quelles quand pourquoi is ist jest""".split()
)
_MOST_WORDS: Final = 4


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
