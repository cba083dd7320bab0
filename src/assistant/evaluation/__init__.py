"""How good are the answers?

::

    gold set ──ask──▶ answers ──score──▶ run ──▶ figures with intervals ──▶ report
                                          └──compare──▶ better, worse, or chance

From Python::

    from assistant.evaluation import evaluate, read_gold

    run = evaluate(assistant, read_gold(Path("tests/gold/conversations.jsonl"), "dev"), settings)
    print(run.overall["right"])
"""

from assistant.evaluation.beir import evaluate_collection, read_trec, score_collection
from assistant.evaluation.comparison import Comparison, Difference, compare
from assistant.evaluation.gold import (
    KINDS,
    THEMES,
    GoldConversation,
    GoldSet,
    GoldTurn,
    Quote,
    Split,
    locate,
    parse_conversation,
    read_gold,
)
from assistant.evaluation.intervals import Estimate
from assistant.evaluation.report import figure_lines, write_report
from assistant.evaluation.run import Run, evaluate, score_answers, write_run

__all__ = [
    "KINDS",
    "THEMES",
    "Comparison",
    "Difference",
    "Estimate",
    "GoldConversation",
    "GoldSet",
    "GoldTurn",
    "Quote",
    "Run",
    "Split",
    "compare",
    "evaluate",
    "evaluate_collection",
    "figure_lines",
    "locate",
    "parse_conversation",
    "read_gold",
    "read_trec",
    "score_answers",
    "score_collection",
    "write_report",
    "write_run",
]
