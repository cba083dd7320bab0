"""What the visitor typed, understood.

::

    text ──clean──▶ small talk or refusal? ──▶ kinds and form ──correct──▶ standalone question
                                                                 ▲
                                       what was said before ─────┘ (follow_up)
"""

from assistant.question.asked import Form
from assistant.question.budget import Budget
from assistant.question.cleaning import MAX_CHARACTERS, clean
from assistant.question.follow_up import Context, Topic, names_in, shared_phrase
from assistant.question.intents import Refusal, SmallTalk
from assistant.question.understanding import Question, prepare, split, understand

__all__ = [
    "MAX_CHARACTERS",
    "Budget",
    "Context",
    "Form",
    "Question",
    "Refusal",
    "SmallTalk",
    "Topic",
    "clean",
    "names_in",
    "prepare",
    "shared_phrase",
    "split",
    "understand",
]
