"""The index on disk and in memory: build, save, verify, open.

An index folder holds built versions side by side and a file that names the current one::

    index/
      current                    name of the current version, checksum of its manifest
      versions/NAME/
        manifest.json            what it was built from and with, and the checksum of every file
        documents.jsonl          source documents, texts included
        passages.jsonl           passages as offsets into them
        vectors.faiss            row i belongs to passage i
        questions.json           known questions with the sentences that answer them
        questions.faiss          row i belongs to their i-th wording
        lexical/                 BM25 over both fields of the same passages, in the same order

A version is written beside the others and only then named in `current`, in one atomic step: a
build that is killed leaves the current version as it was. Nothing is pickled.
"""

from assistant.index.building import Changes, build_index
from assistant.index.known import Entry, Near, QuestionIndex, SentenceKey
from assistant.index.reading import (
    Index,
    Version,
    check_index,
    current_version,
    list_versions,
    open_index,
    roll_back,
)
from assistant.index.storage import Manifest

__all__ = [
    "Changes",
    "Entry",
    "Index",
    "Manifest",
    "Near",
    "QuestionIndex",
    "SentenceKey",
    "Version",
    "build_index",
    "check_index",
    "current_version",
    "list_versions",
    "open_index",
    "roll_back",
]
