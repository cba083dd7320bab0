"""Times and memory of the built-in model and of whole answers.

    python -m benchmarks.speed

Run it on an idle machine; the figures are medians of one process.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from assistant.bootstrap import open_assistant, update_index
from assistant.encoder import load_encoder
from assistant.settings import Settings
from benchmarks.collection import progress

QUESTIONS = (
    "Où le Parc des îles a-t-il été aménagé ?",
    "cest quoi le parc des iles",
    "Which European fund helps people get back to work?",
    "Quelle est la capitale du Japon ?",
    "Qui finance l'insertion professionnelle des bénéficiaires du RSA dans le bassin minier ?",
    "ADITEC",
)
REPEATS = 30
PASSAGES = 256


def median_ms(action: Callable[[str], object]) -> float:
    """Returns the median time of `action` over the questions, in milliseconds."""
    times = []
    for _ in range(REPEATS):
        for question in QUESTIONS:
            began = time.perf_counter()
            action(question)
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def main() -> None:
    """Measures and prints."""
    began = time.perf_counter()
    encoder = load_encoder(Settings().encoder)
    print(f"model loaded in {time.perf_counter() - began:.1f} s")
    print(f"query embedded in {median_ms(encoder.encode_query):.1f} ms (median)")

    corpus = Path(__file__).parent.parent / "corpus"
    words = (corpus / "bassin-minier.txt").read_text(encoding="utf-8").split()
    texts = [" ".join(words[start : start + 37]) for start in range(PASSAGES)]
    tokens = statistics.mean(encoder.count_tokens(texts))
    began = time.perf_counter()
    encoder.encode_passages(texts, lambda _: None)
    rate = PASSAGES / (time.perf_counter() - began)
    print(f"{rate:.1f} passages a second, of {tokens:.0f} tokens (mean)")

    with tempfile.TemporaryDirectory() as place:
        settings = Settings(corpus=corpus, index_folder=Path(place))
        update_index(settings, progress("passages"))
        assistant = open_assistant(settings, encoder)
        answered = median_ms(lambda question: assistant.conversation().ask(question))
    print(f"question answered in {answered:.1f} ms (median)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
