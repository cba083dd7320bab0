"""Makes `src/assistant/question/intents.npz`: what a visitor wants of a text.

    python -m training.intents [--write]

A logistic regression over the vector of a text (`assistant.encoder.likeness`) learns from the texts
of `intents.tsv` (intent, language, text; written for it) and from known questions of the corpus,
which are questions all. What is printed is measured across folds.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from assistant.corpus import read_known_questions
from assistant.encoder import load_likeness
from assistant.question.intents import LIKELY, QUESTION, WEIGHTS

ROOT: Final = Path(__file__).parent.parent
TEXTS: Final = Path(__file__).parent / "intents.tsv"
OTHERS: Final = "question_other"
"""Questions on other subjects, which are questions all the same."""
KNOWN: Final = 1_200
STRENGTH: Final = 30.0
FOLDS: Final = 4


def read_intents() -> list[tuple[str, str]]:
    """Returns the texts with their intents."""
    lines = [line.split("\t") for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    return [(intent, text) for intent, _, text in lines]


def main() -> None:
    """Learns, measures and, when asked to, writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    known = [
        wording
        for entry in read_known_questions(ROOT / "corpus").entries
        for wordings in entry.wordings.values()
        for wording in wordings
    ]
    chosen = random.Random(0).sample(known, KNOWN)  # noqa: S311 - no secret
    texts = [*read_intents(), *((QUESTION, wording) for wording in chosen)]
    intents = np.array([QUESTION if intent == OTHERS else intent for intent, _ in texts])
    vectors = load_likeness().join([text for _, text in texts])
    mean = vectors.mean(axis=0)
    vectors -= mean
    model = LogisticRegression(C=STRENGTH, max_iter=500)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    told = cross_val_predict(model, vectors, intents, cv=folds, method="predict_proba")
    names = np.unique(intents)
    share = told[:, names == QUESTION][:, 0]
    others = np.where(names == QUESTION, 0, told)
    likeliest = np.where(1 - share >= LIKELY, names[others.argmax(axis=1)], QUESTION)
    asked = intents == QUESTION
    right = likeliest == intents
    print(f"{right[~asked].mean():.3f} of what is no question is told right;")
    print(f"{right[asked][:-KNOWN].mean():.3f} of the questions written for this are kept,")
    print(f"{right[asked][-KNOWN:].mean():.4f} of the known questions.")
    if arguments.write:
        model.fit(vectors, intents)
        np.savez(
            WEIGHTS,
            names=model.classes_.astype(str),
            weights=model.coef_.astype(np.float32),
            intercepts=(model.intercept_ - model.coef_ @ mean).astype(np.float32),
        )


if __name__ == "__main__":
    main()
