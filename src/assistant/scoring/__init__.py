"""Which sentences answer a question, and how sure that is.

::

    question ──search, known questions──▶ candidate sentences ──features──▶ one calibrated model
                                                                                   │
                                            P(this sentence answers), or why none ◀┘

Nothing is ruled out by hand: that a sentence lacks the amount asked for, or that the sources are
known not to say, is weighed with everything else. `training/scorer.py` learns the weights.
"""

from assistant.scoring.candidates import RANKED, find, read
from assistant.scoring.features import Features, Nothing, term_weights
from assistant.scoring.model import Nearness, Verdict, judge, load_model, nearness, worth_reading
from assistant.scoring.records import Candidate, Found

__all__ = [
    "RANKED",
    "Candidate",
    "Features",
    "Found",
    "Nearness",
    "Nothing",
    "Verdict",
    "find",
    "judge",
    "load_model",
    "nearness",
    "read",
    "term_weights",
    "worth_reading",
]
