"""The glossary: acronyms and names with their variants in all languages.

`corpus/glossary.yaml` holds them, the usual name in French first::

    FEDER:
      fr: [Fonds européen de développement régional]
      en: [ERDF, European Regional Development Fund]

Case and accents do not matter, but for a variant after an equals sign: `=ICI` is not `ici`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, RootModel

from assistant.corpus.files import read_text
from assistant.corpus.metadata import LANGUAGE, Text, parse_yaml
from assistant.domain import GlossaryEntry
from assistant.errors import CorpusError, DocumentError
from assistant.spelling import fold

GLOSSARY_FILE: Final = "glossary.yaml"

_Language = Annotated[str, Field(pattern=LANGUAGE)]


class _File(RootModel[dict[Text, dict[_Language, list[Text]]]]):
    """What the file holds."""


def read_glossary(folder: Path) -> tuple[GlossaryEntry, ...]:
    """Reads the glossary of a corpus folder; one without a glossary has no entries.

    Raises:
        CorpusError: it is malformed, or one variant has two meanings.
    """
    file = folder / GLOSSARY_FILE
    if not file.exists():
        return ()
    try:
        terms = parse_yaml(_File, read_text(file), file.name).root
    except DocumentError as error:
        raise CorpusError(error.problem, error.remedy) from error
    entries = []
    meanings: dict[str, str] = {}
    for term, languages in terms.items():
        variants = dict.fromkeys([term, *(one for some in languages.values() for one in some)])
        for variant in variants:
            words = " ".join(re.findall(r"\w+", fold(variant)))
            if not words:
                raise CorpusError(
                    f"In {file.name}, “{variant}” has no letter and no digit.", "Remove it."
                )
            known = meanings.setdefault(words, term)
            if known != term:
                raise CorpusError(
                    f"In {file.name}, “{variant}” stands for {known} and for {term}.",
                    "Leave it out of one of them.",
                )
        entries.append(GlossaryEntry(term.removeprefix("="), tuple(variants)))
    return tuple(entries)
