"""Metadata changed by a program, so that what staff wrote by hand around it stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from assistant.corpus.files import as_written, read_text
from assistant.corpus.markdown import FRONT_MATTER
from assistant.corpus.metadata import (
    Metadata,
    load_yaml,
    parse_front_matter,
    parse_metadata,
    sidecar_metadata,
)
from assistant.errors import DocumentError

DESCRIBED: Final = (
    "title", "publisher", "url", "language", "published", "accessed", "licence",
)  # fmt: skip
"""Keys of metadata that hold one word or line."""


def read_description(file: Path) -> Metadata:
    """Returns what staff wrote about a source text, beside it or in front of it.

    Raises:
        DocumentError: it is missing, cannot be read or is incomplete.
    """
    if file.suffix.lower() != ".md":
        return sidecar_metadata(file)
    front = FRONT_MATTER.match(read_text(file))
    if front is None:
        raise DocumentError(f"{file.name} has no front matter.", "Fill in its metadata.")
    return parse_front_matter(front[1], file.name)


def write_description(file: Path, values: Mapping[str, str]) -> None:
    """Writes what staff say about a source text, and leaves all else as it is.

    Args:
        file: the text; of Markdown the front matter is written, of others the `.yaml` beside it.
        values: some of `DESCRIBED`; an empty one means that there is none.

    Raises:
        DocumentError: a value is missing or wrong; nothing is written then.
    """
    if file.suffix.lower() == ".md":
        source = read_text(file)
        front = FRONT_MATTER.match(source)
        body = source[front.end() :] if front else source
        edited = edit_yaml(front[1] if front else "", values)
        parse_front_matter(edited, file.name)
        file.write_text(f"---\n{edited}---\n{body}", encoding="utf-8")
        return
    sidecar = as_written(file.with_suffix(".yaml"))
    edited = edit_yaml(read_text(sidecar) if sidecar.exists() else "", values)
    parse_metadata(edited, sidecar.name)
    sidecar.write_text(edited, encoding="utf-8")


def edit_yaml(text: str, values: Mapping[str, str]) -> str:
    """Returns YAML with other values for some top-level keys; comments and other keys stay.

    Args:
        text: a mapping, or nothing.
        values: one line each; keys that are not there are added at the end.

    Raises:
        DocumentError: the text is not a mapping in YAML, or its values cannot be changed line by
            line, such as those that go on over several lines.
    """
    edited = text if not text or text.endswith("\n") else f"{text}\n"
    for key, value in values.items():
        line = _line(key, value)
        found = re.search(rf"^{re.escape(key)}:.*\n", edited, re.MULTILINE)
        edited = edited.replace(found[0], line, 1) if found else edited + line
    expected = {**_mapping(text), **values}
    if _mapping(edited) != expected:
        raise DocumentError(
            "The metadata is written in a way that the form cannot change.",
            "Change its .yaml file by hand, with every value on one line.",
        )
    return edited


def _line(key: str, value: str) -> str:
    if not value:
        return f"{key}:\n"
    return str(yaml.safe_dump({key: value}, allow_unicode=True, width=10_000))


def _mapping(text: str) -> dict[str, object]:
    found = load_yaml(text, "The metadata") or {}
    if not isinstance(found, dict):
        raise DocumentError("The metadata is no list of keys and values.", "Correct it by hand.")
    return found
