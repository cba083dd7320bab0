"""What visitors asked and were answered, kept in a database for staff, and only as long as allowed.

::

    turn ──mask──▶ Exchange ──Recorder──▶ Journal ──▶ SQLite or PostgreSQL
                                             ├── conversation, feedback, share and shared
                                             ├── export, erase, purge, counts
                                             └── snapshot and replaced_by, for backups

No address of a visitor is ever stored, and what identifies a person is masked before anything is.
The only room that imports SQLAlchemy and Alembic.
"""

from assistant.journal.copying import JournalCopy, Record
from assistant.journal.journal import Journal, open_journal
from assistant.journal.masking import Masked, mask
from assistant.journal.recorder import Receipt, Recorder, RecorderState
from assistant.journal.records import Count, Exchange, Feedback, FeedbackReason

__all__ = [
    "Count",
    "Exchange",
    "Feedback",
    "FeedbackReason",
    "Journal",
    "JournalCopy",
    "Masked",
    "Receipt",
    "Record",
    "Recorder",
    "RecorderState",
    "mask",
    "open_journal",
]
