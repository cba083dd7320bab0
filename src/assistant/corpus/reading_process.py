"""Reads source files, each in a process that is split off from this one; see `confined`.

Standard input has a line of JSON for each file. Standard output gets a line for each document or
refusal and, when the process of the file has ended, one that says how.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import resource
import select
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, NoReturn

from assistant.corpus.editing import write_description
from assistant.corpus.files import printable
from assistant.corpus.formats import read_file
from assistant.corpus.tables import AbsentTable
from assistant.domain import SourceDocument
from assistant.errors import DocumentError

READY: Final = b"{}\n"
"""What is written before the first file."""
OUT_OF_MEMORY: Final = 12
"""How a process ends that may have no more memory."""
_BY_THE_CLOCK: Final = 3
_PR_SET_PDEATHSIG: Final = 1
"""Asks Linux for a signal when the process that this one was split off from ends."""
_LIBRARIES: Final = {
    ".docx": "lxml.etree",
    ".htm": "trafilatura",
    ".html": "trafilatura",
    ".pdf": "pypdfium2",
}
"""What takes long to load and is loaded here, before the first file of its kind."""


def main() -> None:
    """Reads the files that are asked for, until standard input ends."""
    # Whatever a library prints is no part of the answer.
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.write(answers, READY)
    for line in sys.stdin:
        request = json.loads(line)
        if library := _LIBRARIES.get(Path(request["file"]).suffix.lower()):
            importlib.import_module(library)
        ended = _read_apart(request, answers)
        # On a line of its own, wherever the other process stopped writing.
        os.write(answers, f'\n{{"ended": {ended}}}\n'.encode())


def _read_apart(request: dict[str, Any], answers: int) -> int:
    """Reads a file in another process; returns its exit code, or less than 0 for a signal."""
    alive, held = os.pipe()
    child = os.fork()
    if child == 0:
        _read_here(request, answers)
    os.close(held)
    waiting = select.poll()
    waiting.register(alive, 0)
    waiting.register(sys.stdin.fileno(), 0)
    ended = [place for place, _ in waiting.poll()]
    os.close(alive)
    if sys.stdin.fileno() in ended:  # nobody waits for an answer any more
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _read_here(request: dict[str, Any], answers: int) -> NoReturn:
    status = os.EX_SOFTWARE
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        _confine(request["memory"], request["seconds"])
        with os.fdopen(answers, "wb") as out:
            out.writelines(_lines(request))
        status = os.EX_OK
    except MemoryError:
        status = OUT_OF_MEMORY
    finally:
        os._exit(status)


def _confine(memory: int, seconds: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(_BY_THE_CLOCK * seconds)


def _lines(request: dict[str, Any]) -> Iterator[bytes]:
    """Yields what is found in a file, one line of JSON each."""
    file = Path(request["file"])
    try:
        if request["description"] is not None:
            write_description(file, request["description"])
        for name, read, note in read_file(file, [*map(Path, request["table_folders"])]):
            yield _line(name, read, note)
    except DocumentError as error:
        yield _line(file.name, error)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a library may raise anything over a file
        stumbled = DocumentError(
            f"The file is damaged: its reader stumbled over it ({type(error).__name__}).",
            "Save it anew.",
        )
        yield _line(file.name, stumbled)


def _line(name: str, read: SourceDocument | DocumentError, note: str | None = None) -> bytes:
    found: dict[str, object]
    if isinstance(read, SourceDocument):
        found = {"document": asdict(read)}
    else:
        refused = [printable(read.problem), printable(read.remedy)]
        found = {"refused": refused, "absent": isinstance(read, AbsentTable)}
    record = {"name": printable(name), "note": note, **found}
    return f"{json.dumps(record, ensure_ascii=False)}\n".encode()
