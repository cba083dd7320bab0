"""Whether a passage holds the answer to a question, and where: a small trained model.

::

    question, headings, passages ──inputs──▶ tokens ──model──▶ logits ──spans──▶ Reading

The model is the built-in encoder's with its upper layers trained further, see `MODEL_CARD.md`; the
folder `training/` of the repository makes it. Importing this package is cheap; `load_reader` is
not.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from assistant.domain import Span
from assistant.settings import ReaderSettings

WEIGHTS: Final = Path(__file__).with_name("reader.safetensors")

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a passage tells.

    Attributes:
        probability: that the passage holds the answer, in [0, 1].
        span: where it most likely stands, in offsets of the passage.
    """

    probability: float
    span: Span


class Reader(Protocol):
    """What reads passages."""

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """Reads some passages with one question in mind.

        Args:
            question: a whole question, in any language.
            passages: heading and text of each.
        """
        ...


def load_reader(settings: ReaderSettings, threads: int) -> Reader | None:
    """Loads the reader; None when the settings do without it, or when its weights are not there.

    Args:
        settings: whether to read.
        threads: processor cores to use; 0 takes all.

    Raises:
        ReaderError: the weights are damaged.
        EncoderError: the encoder's weights, which it shares, are not there.
    """
    if not settings.enabled:
        return None
    if not WEIGHTS.is_file():
        _LOG.warning("The reader's weights, %s, are missing: answers are chosen without.", WEIGHTS)
        return None
    from assistant.reader.model import TrainedReader  # noqa: PLC0415 - takes seconds to import

    return TrainedReader(WEIGHTS, threads)
