"""The one place where the real parts are wired together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.conversation import Assistant
from assistant.corpus import read_corpus
from assistant.encoder import Encoder, Progress, encoder_identity, load_encoder
from assistant.index import Changes, build_index, open_index
from assistant.retrieval import Retriever
from assistant.settings import Settings


def open_assistant(settings: Settings, encoder: Encoder | None = None) -> Assistant:
    """Opens the index that the settings name and loads what answers from it.

    Args:
        settings: all settings.
        encoder: an encoder that is loaded already; None loads the one that the settings name.

    Raises:
        AssistantError: no index, a damaged one, another encoder's, or no model.
    """
    # The index first: when it is missing, nobody waits for the model to load.
    index = open_index(settings.index_folder, encoder_identity(settings.encoder))
    encoder = encoder or load_encoder(settings.encoder)
    return Assistant(Retriever(index, encoder, settings.retrieval), settings.answer)


def update_index(
    settings: Settings,
    progress: Callable[[int], Progress],
    *,
    corpus: Path | None = None,
    rebuild: bool = False,
) -> Changes:
    """Brings the index that the settings name up to date with its corpus.

    Args:
        settings: all settings.
        progress: see `assistant.index.build_index`.
        corpus: folder to read instead of the one in the settings.
        rebuild: takes nothing over from the current version.

    Raises:
        AssistantError: the corpus cannot be read, the model not loaded or the index not written.
    """
    return build_index(
        read_corpus(corpus or settings.corpus),
        settings.index_folder,
        encoder_identity(settings.encoder),
        lambda: load_encoder(settings.encoder),
        settings,
        progress,
        rebuild=rebuild,
    )
