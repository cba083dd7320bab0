"""What staff do with exchanges and sources, for better answers.

::

    exchange ──▶ queue ──▶ judgement ──▶ test case ──▶ evaluation ──▶ closed, with what mended it
                              └────────▶ draft of a source ──trial──▶ live ──▶ rolled back

Pages, commands and scripts call a `Desk` for exchanges, and `Drafts` and `Releases` for sources.
"""

from assistant.review.agreement import Agreement, cohen_kappa
from assistant.review.cases import CaseForm, draft_case, offered_quotes
from assistant.review.dashboard import Dashboard, Week
from assistant.review.desk import CitationMark, Desk, Retrieved, Shown, open_desk
from assistant.review.drafts import Drafts, Kind
from assistant.review.exporting import Exported
from assistant.review.gaps import Gap
from assistant.review.releases import Checked, Releases, Trial
from assistant.review.runs import PastRun, PastRuns, read_runs
from assistant.review.staleness import is_stale, passage_hashes

__all__ = [
    "Agreement",
    "CaseForm",
    "Checked",
    "CitationMark",
    "Dashboard",
    "Desk",
    "Drafts",
    "Exported",
    "Gap",
    "Kind",
    "PastRun",
    "PastRuns",
    "Releases",
    "Retrieved",
    "Shown",
    "Trial",
    "Week",
    "cohen_kappa",
    "draft_case",
    "is_stale",
    "offered_quotes",
    "open_desk",
    "passage_hashes",
    "read_runs",
]
