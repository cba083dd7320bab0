"""What visitors asked and were answered, kept in a database for staff, and only as long as allowed.

::

    turn ──mask──▶ Exchange ──Recorder──▶ Journal ──▶ SQLite or PostgreSQL
                                             ├── conversation, feedback, share and shared
                                             ├── export, erase, purge, counts
                                             └── snapshot and replaced_by, for backups
       staff ──▶ Reviews, Accounts, StaffTokens, Figures, Audit, read_queue, on the same database

No address of a visitor is ever stored, and what identifies a person is masked before anything is.
The only room that imports SQLAlchemy and Alembic.
"""

from assistant.journal.accounts import Account, Accounts, Role
from assistant.journal.audit import Audit, Entry
from assistant.journal.copying import JournalCopy, Record
from assistant.journal.database import Database
from assistant.journal.figures import AskedQuestion, Citations, Figures
from assistant.journal.journal import Journal, open_journal
from assistant.journal.masking import Masked, mask
from assistant.journal.queue import (
    PAGE_SIZE,
    QueueFilter,
    QueueItem,
    QueuePage,
    ReviewState,
    Sign,
    read_queue,
)
from assistant.journal.recorder import Receipt, Recorder, RecorderState
from assistant.journal.records import Cited, Count, Exchange, Feedback, FeedbackReason
from assistant.journal.reviews import (
    CitationJudgement,
    CitationVerdict,
    Review,
    Reviews,
    StatementJudgement,
    StatementVerdict,
    TestCase,
)
from assistant.journal.tokens import StaffTokens, TokenKind

__all__ = [
    "PAGE_SIZE",
    "Account",
    "Accounts",
    "AskedQuestion",
    "Audit",
    "CitationJudgement",
    "CitationVerdict",
    "Citations",
    "Cited",
    "Count",
    "Database",
    "Entry",
    "Exchange",
    "Feedback",
    "FeedbackReason",
    "Figures",
    "Journal",
    "JournalCopy",
    "Masked",
    "QueueFilter",
    "QueueItem",
    "QueuePage",
    "Receipt",
    "Record",
    "Recorder",
    "RecorderState",
    "Review",
    "ReviewState",
    "Reviews",
    "Role",
    "Sign",
    "StaffTokens",
    "StatementJudgement",
    "StatementVerdict",
    "TestCase",
    "TokenKind",
    "mask",
    "open_journal",
    "read_queue",
]
