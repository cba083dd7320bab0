"""Trains the reader, measures it on articles that it never saw, and writes what is served.

    python -m training DATA WORK [--seed N] [--passes N] [--further] [--write]

DATA is the folder of the collections (`piaf_fr`, `squad_v2_dev_en`, `bassin_minier_unesco`,
`eu_operations`), WORK a folder for what was mined and for checkpoints. A run that was stopped goes
on from its last checkpoint when it is started again with the same arguments. Each pass takes other
windows, other negatives and other typing errors. On two cores a pass takes about twenty minutes.
`--further` starts from the weights that ship in place of the encoder's, `--write` puts the new ones
into `src/assistant/reader/`.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from torch.utils.data import Dataset, SequentialSampler
from transformers import Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint, set_seed

from assistant.encoder.e5_file import installed_file, open_weights
from assistant.reader import WEIGHTS
from assistant.reader.inputs import Inputs
from assistant.reader.model import TrainedReader, TrainedWeights
from assistant.reader.spans import likeliest
from training.measuring import Figures, measure
from training.mining import mine
from training.model import Collator, ReaderModel
from training.pairs import (
    Asked,
    Pair,
    learning_pairs,
    measuring_pairs,
    names_of,
    read_piaf,
    read_squad,
    split_by_article,
    with_mined,
)
from training.projects import make_projects
from training.records import read_records, record_pairs
from training.writing import write

_BATCH: Final = 32
_RATE: Final = 1.5e-4
_FURTHER_RATE: Final = 1e-4
_DROPOUT: Final = 0.1
_WARM_UP: Final = 0.06
_RECORDS: Final = 1_600
"""Pairs a pass about records, one in twenty."""
_PROJECTS: Final = 8_000
"""Pairs a pass about projects that do not exist."""
_ALIKE: Final = 50
"""Batches whose pairs are sorted by length, so that little is computed on padding."""


class Ordered(Dataset[Pair]):
    """Pairs in the order in which they are learnt."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self._pairs = pairs

    def __len__(self) -> int:
        return len(self._pairs)

    def __getitem__(self, number: int) -> Pair:
        return self._pairs[number]


class InOrder(Trainer):
    """Takes the pairs as they come."""

    def _get_train_sampler(self, train_dataset: Any = None) -> SequentialSampler:
        pairs: Any = train_dataset or self.train_dataset
        return SequentialSampler(pairs)


def ordered(pairs: list[Pair], inputs: Inputs, chance: random.Random) -> list[Pair]:
    """Returns whole batches of pairs of about the same length, in an order that is drawn."""
    chance.shuffle(pairs)
    length = {
        id(pair): inputs.batch([(pair.question, pair.heading, pair.passage)]).ids.size
        for pair in pairs
    }
    batches = []
    for first in range(0, len(pairs), _ALIKE * _BATCH):
        chunk = pairs[first : first + _ALIKE * _BATCH]
        chunk.sort(key=lambda pair: length[id(pair)])
        batches += [chunk[i : i + _BATCH] for i in range(0, len(chunk), _BATCH)]
    whole = [batch for batch in batches if len(batch) == _BATCH]
    chance.shuffle(whole)
    return [pair for batch in whole for pair in batch]


def make_pairs(
    parts: Sequence[Sequence[Asked]],
    records: Sequence[tuple[list[dict[str, str]], int]],
    inputs: Inputs,
    seed: int,
    passes: int,
) -> list[Pair]:
    """Returns all pairs of all passes in the order in which they are learnt.

    Args:
        parts: questions about paragraphs, all of which are taken in each pass.
        records: what is asked about by templates, and how many pairs a pass are of it.
        inputs: tells how long a pair is.
        seed: what is drawn depends on it.
        passes: how many.
    """
    names = [names_of(asked) for asked in parts]
    pairs = []
    for number in range(passes):
        chance = random.Random(f"{seed} {number}")  # noqa: S311 - no secret
        of_pass = []
        for some, count in records:
            of_pass += record_pairs(some, count, chance)
        for asked, own in zip(parts, names, strict=True):
            of_pass += learning_pairs(asked, own, chance)
        pairs += ordered(of_pass, inputs, chance)
    return pairs


def train(
    model: ReaderModel,
    pairs: Sequence[Pair],
    collate: Collator,
    work: Path,
    seed: int,
    rate: float,
) -> None:
    """Trains a model, from the last checkpoint in a folder if there is one."""
    arguments = TrainingArguments(
        output_dir=str(work),
        per_device_train_batch_size=_BATCH,
        num_train_epochs=1,
        learning_rate=rate,
        warmup_steps=_WARM_UP,
        weight_decay=0.01,
        lr_scheduler_type="linear",
        bf16=True,
        use_cpu=not torch.cuda.is_available(),
        save_steps=150,
        save_total_limit=2,
        logging_steps=50,
        seed=seed,
        report_to="none",
        remove_unused_columns=False,
    )
    trainer = InOrder(
        model=model, args=arguments, train_dataset=Ordered(pairs), data_collator=collate
    )
    # theirs has no annotations
    last = get_last_checkpoint(str(work)) if work.is_dir() else None  # type: ignore[no-untyped-call]
    trainer.train(resume_from_checkpoint=last)


def read(
    model: ReaderModel, pairs: Sequence[Pair], collate: Collator, inputs: Inputs
) -> tuple[np.ndarray[Any, np.dtype[np.float32]], list[str]]:
    """Returns the logit that a pair holds the answer, and the likeliest answer, for each."""
    model.eval()
    logits, found = [], []
    for first in range(0, len(pairs), _BATCH):
        some = pairs[first : first + _BATCH]
        with torch.no_grad():
            output = model(**collate(some))
        batch = inputs.batch([(one.question, one.heading, one.passage) for one in some])
        reading = likeliest(output["places"].numpy(), batch)
        logits.append(output["answerable"].numpy() + reading.margins)
        found += [
            one.passage[span.start : span.end]
            for one, span in zip(some, reading.spans, strict=True)
        ]
    return np.concatenate(logits), found


def main() -> None:
    """Trains, measures and, when asked to, writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--further", action="store_true")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    data, work, seed = arguments.data, arguments.work, arguments.seed
    work.mkdir(parents=True, exist_ok=True)
    set_seed(seed)
    weights = open_weights(installed_file())
    inputs = Inputs(weights)
    collate = Collator(weights, inputs)
    trained = TrainedWeights(WEIGHTS, weights) if arguments.further else None
    model = ReaderModel(weights, _DROPOUT, trained)
    piaf = read_piaf(data / "piaf_fr")
    squad = read_squad(data / "squad_v2_dev_en" / "dev-v2.0.json")
    piaf = with_mined(piaf, mine(piaf, work / "mined-piaf.json", "PIAF"))
    squad = with_mined(squad, mine(squad, work / "mined-squad.json", "SQuAD"))
    french, english = split_by_article(piaf, squad)
    records = read_records(data)
    parts = [french.learn, english.learn]
    projects = make_projects(records, random.Random(seed))  # noqa: S311 - no secret
    told = [(records, _RECORDS), (projects, _PROJECTS)]
    pairs = make_pairs(parts, told, inputs, seed, arguments.passes)
    print(f"{len(pairs)} pairs in {arguments.passes} passes")
    run = f"seed-{seed}-passes-{arguments.passes}{'-further' * arguments.further}"
    train(model, pairs, collate, work / run, seed, _FURTHER_RATE if trained else _RATE)
    kept = {
        "PIAF": measuring_pairs(french.measure),
        "SQuAD 2.0": measuring_pairs(english.measure),
    }
    found = {name: read(model, some, collate, inputs) for name, some in kept.items()}
    for name, some in kept.items():
        print(name, measure(some, *found[name]))
    if arguments.write:
        logits = np.concatenate([logits for logits, _ in found.values()])
        holds = [pair.answer is not None for some in kept.values() for pair in some]
        checksum = write(model, *calibrated(logits, holds), WEIGHTS)
        print(f"SHA-256 of {WEIGHTS}: {checksum}")
        served = TrainedReader(WEIGHTS, checksum=checksum)
        for name, some in kept.items():
            print(f"{name}, as served", measure_served(served, some))


def calibrated(
    logits: np.ndarray[Any, np.dtype[np.float32]], holds: Sequence[bool]
) -> tuple[float, float]:
    """Returns slope and offset that make probabilities of logits (Platt, 1999)."""
    model = LogisticRegression().fit(logits[:, None], holds)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def measure_served(reader: TrainedReader, pairs: Sequence[Pair]) -> Figures:
    """Measures the reader as it is served: in eight bits, run by ONNX Runtime."""
    readings = [reader.read(one.question, [(one.heading, one.passage)])[0] for one in pairs]
    found = [
        one.passage[each.span.start : each.span.end]
        for one, each in zip(pairs, readings, strict=True)
    ]
    return measure(pairs, np.array([each.probability for each in readings]), found)


if __name__ == "__main__":
    main()
