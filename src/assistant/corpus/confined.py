"""Source files read in processes of their own, so that none takes the machine.

A file may be made to ask for more memory than there is, never to end, or to bring down the library
that reads it. All readers therefore work in other processes (`reading_process`)::

    this process ──one line of JSON a file──▶ a process that has loaded the readers
                                                  └─ splits off a process for each file, with limits
                 ◀──one line of JSON a document───────┘

Splitting off takes milliseconds, starting the readers some tenths of a second: once a
`ConfinedReader`, and again after one had to be ended. What comes back is JSON, of a limited length.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self, cast

from assistant.corpus.formats import Read
from assistant.corpus.reading_process import OUT_OF_MEMORY, READY
from assistant.corpus.tables import TABLE_SUFFIX, AbsentTable
from assistant.domain import SourceDocument
from assistant.errors import CorpusError, DocumentError

_PROGRAM: Final = "from assistant.corpus.reading_process import main; main()"
_SECONDS: Final = 15
_SECONDS_A_MEGABYTE: Final = 10
_OUT_OF_TIME: Final = {-signal.SIGXCPU, -signal.SIGALRM}
_LONGEST_RECORD: Final = 10_000_000
"""Bytes of a document; the longest text has fewer, however it is written."""
_LONGEST_ANSWER: Final = 250_000_000
"""Bytes of all the rows of a table."""
_SIMPLER: Final = "Split it into several documents, or save it anew in a simpler form."


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take.

    Attributes:
        memory: bytes of address space.
        seconds: of processor time, for the largest files; small ones get fewer. By the clock it
            may take three times as long, where the machine has other things to do.
    """

    memory: int = 1_000_000_000
    seconds: int = 60

    def seconds_for(self, file: Path) -> int:
        """Returns the processor time for a file; a mapping of a table says nothing of its size."""
        if file.name.endswith(TABLE_SUFFIX):
            return self.seconds
        try:
            size = file.stat().st_size
        except OSError:  # its reader says why
            size = 0
        return min(self.seconds, _SECONDS + _SECONDS_A_MEGABYTE * size // 1_000_000)


USUAL_LIMITS: Final = Limits()


class ConfinedReader:
    """Reads source files in other processes, one file at a time.

    Whatever a file holds, it is read or refused within the limits. To be closed, or used in a
    `with`; what it started also ends with the process that it was started from.

    Args:
        limits: of each file.
    """

    def __init__(self, limits: Limits = USUAL_LIMITS) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(
        self,
        file: Path,
        table_folders: Sequence[Path] = (),
        *,
        description: Mapping[str, str] | None = None,
    ) -> list[Read]:
        """Returns what `read_file` yields, and a refusal where it raises.

        Args:
            file: see `read_file`.
            table_folders: see `read_file`.
            description: what is written about the text first, see `write_description`.

        Raises:
            CorpusError: the readers cannot be started.
        """
        seconds = self._limits.seconds_for(file)
        request = {
            "file": str(file.absolute()),
            "table_folders": [str(folder.absolute()) for folder in table_folders],
            "description": dict(description) if description is not None else None,
            "memory": self._limits.memory,
            "seconds": seconds,
        }
        reads = self._ask(request)
        if isinstance(reads, DocumentError):
            return [(file.name, reads, None)]
        return reads

    def close(self) -> None:
        """Ends the other processes; another `read` starts them anew."""
        if self._process is None:
            return
        process, self._process = self._process, None
        # Its group is its own: whatever it has split off ends too.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with process:  # closes its pipes and waits for it
            pass

    def _ask(self, request: Mapping[str, Any]) -> list[Read] | DocumentError:
        """Returns what a process of its own found in a file, or why it was refused as a whole."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = self._start()
        requests = cast(IO[bytes], self._process.stdin)
        answers = cast(IO[bytes], self._process.stdout)
        reads: list[Read] = []
        left = _LONGEST_ANSWER
        whole = True
        try:
            requests.write(f"{json.dumps(request)}\n".encode())
            requests.flush()
            while (line := answers.readline(min(left, _LONGEST_RECORD))).endswith(b"\n"):
                left -= len(line)
                answer = _parsed(line)
                if isinstance(answer, int):
                    refusal = _refusal(answer, request)
                    return refusal or (reads if whole else _unreadable(request))
                if answer is not None:
                    reads.append(answer)
                elif line.strip():
                    whole = False
        except OSError:
            line = b""
        self.close()
        longest = min(left, _LONGEST_RECORD)
        if len(line) == longest:
            most = _LONGEST_RECORD if longest == _LONGEST_RECORD else _LONGEST_ANSWER
            return DocumentError(
                f"What is read from the file takes more than {most:,} bytes.",
                "Split it into several documents.",
            )
        return _unreadable(request)

    @staticmethod
    def _start() -> subprocess.Popen[bytes]:
        # This process may have threads, and must not be split itself; neither must one that NumPy
        # has given threads.
        try:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", "-c", _PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
                start_new_session=True,
            )
        except OSError as error:
            raise _unstarted(error.strerror) from error
        if cast(IO[bytes], process.stdout).readline() != READY:
            with process:
                process.kill()
            raise _unstarted("it ended at once")
        return process


def _unstarted(why: str | None) -> CorpusError:
    return CorpusError(
        f"The process that reads source files cannot be started ({why}).",
        "Free some memory, or install the assistant anew.",
    )


def _parsed(line: bytes) -> Read | int | None:
    """Returns what a line of the other process says: a document or refusal, or how it ended.

    None stands for a line that was not written to its end.
    """
    try:
        record = json.loads(line)
        if "ended" in record:
            return int(record["ended"])
        name, note = record["name"], record["note"]
        if "document" in record:
            return name, SourceDocument.from_record(record["document"]), note
        kind = AbsentTable if record["absent"] else DocumentError
        problem, remedy = record["refused"]
        return name, kind(problem, remedy), note
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _refusal(ended: int, request: Mapping[str, Any]) -> DocumentError | None:
    """Returns why a process that ended so could not read its file."""
    if ended == 0:
        return None
    if ended == OUT_OF_MEMORY:
        return DocumentError(
            f"Reading the file takes more than {request['memory'] // 1_000_000:,} MB of memory.",
            _SIMPLER,
        )
    if ended in _OUT_OF_TIME:
        return DocumentError(
            f"Reading the file takes more than {request['seconds']} seconds.", _SIMPLER
        )
    return _unreadable(request)


def _unreadable(request: Mapping[str, Any]) -> DocumentError:
    """Says that a reader was brought down: by a damaged file, or where memory ran out."""
    megabytes = request["memory"] // 1_000_000
    return DocumentError(
        f"The file is damaged, or reading it takes more than {megabytes:,} MB of memory.",
        "Save it anew, or split it into several documents.",
    )
