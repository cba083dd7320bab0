"""Which sentences say what something is. Sources are in French and English."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Final

from assistant.index import Index
from assistant.values import without_source

_FIRST_WORDS: Final = 2
"""Words of a sentence among which its subject is, so that « Le projet X est un… » defines X and
« Le bénéficiaire de l’aide à X est la… » does not."""
_DEFINES: Final = re.compile(
    r"\b(?:est|sont|était|is|are|was|were)\s(?:un|une|le|la|les|des|a|an|the)\s(?!plus\b|most\b)|\best\sl['’]"
    r"|n['’]est\sni|\bis\sneither|désigne|signifie|\bmeans\b|réunit|\bbrings\stogether|visait\sà"
    r"|\baimed\s|\bconstitue\w*\s|\bregroupe\w*\s|\brassemble\w*\s|\bconsiste\w*\s|\bconsists\sof\b"
)
_PRESENTS: Final = re.compile(
    r"\b(?:présent\w+|presented|décrit\w*|described|transformée?s?\sen|turned\sinto"
    r"|qui\s(?:est|sont)|which\s(?:is|are)|tel(?:le)?s?\sque|such\sas)\s"
)
_BRACKETS: Final = re.compile(r"\(([^()]{2,80})\)")


def defines(names: AbstractSet[str], sentence: str, index: Index) -> bool:
    """Tells whether a sentence says what the thing is that some terms name.

    Args:
        names: terms.
        sentence: of a source; one that says the names in brackets spells them out.
        index: knows the terms of texts.
    """
    first = index.lexical.analyser.text(without_source(sentence))[:_FIRST_WORDS]
    if _DEFINES.search(sentence) and names & set(first):
        return True
    if any(names & index.terms(inside) for inside in _BRACKETS.findall(sentence)):
        return True
    return bool(_PRESENTS.search(sentence) and names & index.terms(sentence))
