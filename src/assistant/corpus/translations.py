"""Texts that exist in several languages: are they still the same?

`corpus/translations.yaml` holds, for each text, what every language's version looked like when
somebody last compared them. It is written by `assistant sources --in-step NAME`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import yaml

from assistant.corpus.files import read_text
from assistant.corpus.metadata import load_yaml
from assistant.domain import SourceDocument, content_hash
from assistant.errors import CorpusError, DocumentError

LEDGER: Final = "translations.yaml"
_HEADER: Final = """\
# Empreintes des textes traduits, au moment où leurs versions disaient la même chose.
# Écrit par `assistant sources --in-step NOM` ; ne pas modifier à la main.
"""

Groups = dict[str, dict[str, SourceDocument]]


def translation_groups(documents: Sequence[SourceDocument]) -> Groups:
    """Returns the documents that are translations of one another, by name and language."""
    groups: Groups = {}
    for document in documents:
        if document.translation_of:
            groups.setdefault(document.translation_of, {})[document.language] = document
    return groups


def out_of_step(documents: Sequence[SourceDocument], folder: Path) -> dict[str, str]:
    """Returns, by document id, in what its translations are no longer the same."""
    ledger = _read(folder / LEDGER)
    problems: dict[str, str] = {}
    for name, group in translation_groups(documents).items():
        known = ledger.get(name, {})
        changed = [
            document
            for language, document in group.items()
            if known.get(language) != content_hash(document.text)
        ]
        sources = {tuple(entry.addresses for entry in doc.references) for doc in group.values()}
        for document in group.values():
            if len(sources) > 1:
                problems[document.document_id] = (
                    f"the versions of {name} do not cite the same addresses in the same order"
                )
            elif document in changed:
                problems[document.document_id] = (
                    "changed since it was last compared with its translations; when they say the "
                    f"same, run `assistant sources --in-step {name}`"
                )
    return problems


def record_in_step(documents: Sequence[SourceDocument], folder: Path, name: str) -> None:
    """Records that the versions of a text say the same.

    Raises:
        CorpusError: there is no such text, or the ledger cannot be written.
    """
    group = translation_groups(documents).get(name)
    if group is None:
        raise CorpusError(
            f"No document is a translation of {name}.", "`assistant sources` lists the documents."
        )
    ledger = _read(folder / LEDGER)
    ledger[name] = {language: content_hash(doc.text) for language, doc in sorted(group.items())}
    text = _HEADER + yaml.safe_dump(ledger, allow_unicode=True, sort_keys=True)
    try:
        (folder / LEDGER).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CorpusError(
            f"{folder / LEDGER} cannot be written ({error.strerror}).", "Check its permissions."
        ) from error


def _read(file: Path) -> dict[str, dict[str, str]]:
    if not file.exists():
        return {}
    try:
        ledger = load_yaml(read_text(file), file.name)
        return {name: dict(hashes) for name, hashes in ledger.items()}
    except (DocumentError, AttributeError, TypeError, ValueError) as error:
        raise CorpusError(
            f"{file} is damaged.", "Remove it, then compare the translations anew."
        ) from error
