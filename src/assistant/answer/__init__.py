"""Evidence turned into statements with citations, or into a typed abstention.

Nothing is written that a source does not say: a statement is one or more whole sentences of a
source, in its own words, less an opening such as « Ainsi, » that ties it to what stood before.

::

    candidates ──plan──▶ sentences ──citing──▶ citations ──wording──▶ text
"""

from assistant.answer.citing import (
    cite,
    describe_source,
    labelled,
    source_lines,
    stands,
    who_said,
)
from assistant.answer.composing import Composed, Part, compose, decline, refuse, small_talk

__all__ = [
    "Composed",
    "Part",
    "cite",
    "compose",
    "decline",
    "describe_source",
    "labelled",
    "refuse",
    "small_talk",
    "source_lines",
    "stands",
    "who_said",
]
