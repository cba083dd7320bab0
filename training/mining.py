"""What the project's own retriever finds for the questions: passages that are on the subject."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tqdm import tqdm

from benchmarks.collection import open_collection
from training.pairs import Asked

_FOUND: Final = 12
"""Passages looked at for a question."""


def mine(asked: Sequence[Asked], file: Path, name: str) -> dict[str, list[tuple[str, str]]]:
    """Returns titles and texts of the passages found for each question, by its id.

    Args:
        asked: questions; what is searched are their paragraphs.
        file: keeps the result, and is read where it exists.
        name: shown beside the progress bar.
    """
    if file.is_file():
        kept = json.loads(file.read_text(encoding="utf-8"))
        return {key: [tuple(one) for one in found] for key, found in kept.items()}
    with tempfile.TemporaryDirectory() as place:
        documents = dict.fromkeys((one.title, one.paragraph) for one in asked)
        with (Path(place) / "corpus.jsonl").open("w", encoding="utf-8") as lines:
            for number, (title, text) in enumerate(documents):
                record = {"_id": f"d{number}", "title": title, "text": text}
                lines.write(json.dumps(record, ensure_ascii=False) + "\n")
        found = {}
        with open_collection(Path(place)) as retriever:
            for one in tqdm(asked, desc=f"{name}: passages", unit="question"):
                passages = [each.passage for each in retriever.search(one.text, _FOUND).passages]
                found[one.question_id] = [
                    (retriever.index.documents[each.document_id].title, each.text)
                    for each in passages
                ]
    file.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return found
