"""Everything the assistant can refuse to do, as one tree.

::

    AssistantError                 problem + remedy, one sentence each
    ├── SettingsError              a setting is unknown or has a wrong value
    ├── CorpusError                the corpus folder cannot be used as a whole
    │   └── DocumentError          one source document cannot be read; the others can
    ├── IndexUnusable              (never raised itself)
    │   ├── IndexMissing           nothing has been built yet
    │   ├── IndexDamaged           a file of the index is missing, truncated or altered
    │   ├── EncoderMismatch        the index was built with another encoder
    │   └── IndexWriteError        the index could not be written; the old one is intact
    ├── EncoderError               the embedding model cannot be loaded
    ├── ReaderError                the reader's weights are damaged or do not go with the encoder
    ├── CitationError              a citation does not resolve to the text it quotes
    ├── JournalError               the journal cannot do what it was asked
    │   └── JournalUnavailable     its database does not answer now; trying again later may help
    ├── InputError                 a file or value handed to a command is malformed
    │   ├── QuestionError          the text cannot be a question (empty, too long, …)
    │   ├── GoldError              a gold set or a run cannot be used
    │   ├── ReviewError            a judgement, a state or a draft of a source that cannot be
    │   └── BackupError            a backup cannot be written to its file or restored from it
    ├── AccessDenied               the name, the password or the role does not allow it
    │   └── AccessDelayed          too many log-ins failed or wait; later it may be allowed
    ├── NoticeError                the notice in place of the chat cannot be changed
    └── ServeError                 the web interface cannot be served (port in use, …)

Every error says what is wrong (`problem`) and what to do about it (`remedy`); `str(error)` is
both. Commands print that and nothing else.
"""

import math


class AssistantError(Exception):
    """Base of all errors that the assistant raises on purpose.

    Args:
        problem: what is wrong, one sentence.
        remedy: what the reader can do about it, one sentence.
    """

    exit_code = 1

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


class SettingsError(AssistantError):
    """A setting is unknown, or its value is not allowed."""

    exit_code = 2


class CorpusError(AssistantError):
    """The corpus folder cannot be used."""

    exit_code = 2


class DocumentError(CorpusError):
    """One source document cannot be read; the rest of the corpus is not concerned."""


class IndexUnusable(AssistantError):
    """Base of what can be wrong with an index on disk."""


class IndexMissing(IndexUnusable):
    """There is no index in the folder."""


class IndexDamaged(IndexUnusable):
    """A file of the index is missing, truncated or altered."""


class EncoderMismatch(IndexUnusable):
    """The index was built with another encoder than the one in the settings."""


class IndexWriteError(IndexUnusable):
    """The index could not be written (disk full, no permission); the old one is intact."""


class EncoderError(AssistantError):
    """The embedding model cannot be loaded."""


class ReaderError(AssistantError):
    """The weights of the reader are damaged, or made for another version of the encoder's."""


class CitationError(AssistantError):
    """A citation does not resolve to the text that it quotes."""


class JournalError(AssistantError):
    """The journal cannot do what it was asked."""


class JournalUnavailable(JournalError):
    """The database of the journal is locked, full, read-only or gone; later it may not be."""


class InputError(AssistantError):
    """A file or a value handed to a command is malformed."""

    exit_code = 2


class QuestionError(InputError):
    """The text cannot be a question.

    Args:
        code: `empty`, `unreadable` or `too_long`; names the sentence shown to the visitor.
        problem: see `AssistantError`.
        remedy: see `AssistantError`.
    """

    def __init__(self, code: str, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.code = code


class GoldError(InputError):
    """A gold set or a run to compare with cannot be used."""


class ReviewError(InputError):
    """What a member of staff asks for cannot be: a judgement, a state, a draft of a source."""


class AccessDenied(AssistantError):
    """The name and the password do not belong together, or the role does not allow it."""


class AccessDelayed(AccessDenied):
    """A log-in is not looked at now: too many failed before it, or too many are in line.

    Args:
        seconds: until another attempt may be made.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "Too many log-ins failed or wait.", f"Try again in {math.ceil(seconds)} seconds."
        )
        self.seconds = seconds


class BackupError(InputError):
    """A backup cannot be written, or its file cannot be restored; nothing was changed."""


class NoticeError(AssistantError):
    """The notice that stands in place of the chat cannot be put up or taken down."""


class ServeError(AssistantError):
    """The web interface cannot be served."""
