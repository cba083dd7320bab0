"""Makes `src/assistant/calibration.json` from the `dev` half of the gold set and other collections.

    python -m benchmarks.calibrate DATA [--write]

Every turn is answered with no threshold at all, once without and once with the reader. A logistic
regression learns from the signs of each (`assistant.abstention.Signs`) whether what was said is
right. Turns that are declined whatever the signs say, for want of an amount or a name, teach
nothing. What is asked:

- the gold set, of the whole corpus and of its French texts alone, as a deployer's may be: an
  answer with the right source and content to a question that has one is right;
- questions on articles that neither the rules nor the reader were made with in view, those of
  PIAF and of SQuAD 2.0 (`DATA`) that `training.pairs` keeps: of every second paragraph of the
  French ones only, so that half of the questions are near and have no answer;
- questions on all sorts of subjects, which have no answer in the corpus: others of PIAF and of
  SQuAD, the latter asked of both corpora, so that some are in another language than the texts.

The second kind counts half, the third a quarter. What similarity tells is learnt without the second
kind, whose subjects are others than the corpus's; reading is then added to that, and only how much
either counts is learnt. What is printed is measured on turns of the gold set across ten folds of
whole conversations, each judged by weights that never saw it. The threshold gets most turns right
there, within one in a hundred: answers where they are right, abstentions elsewhere. So does the
confidence `sure`, from which on passages are not read (`when_to_read`). A new sign is put into the
file with weight 0 first.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from assistant.abstention import Signs
from assistant.bootstrap import update_index
from assistant.conversation import Assistant
from assistant.domain import Outcome
from assistant.encoder import load_encoder
from assistant.evaluation.gold import ANSWERS, Split, read_gold
from assistant.evaluation.run import evaluate
from assistant.index import open_index
from assistant.question import prepare
from assistant.reader import Reader, Reading, load_reader
from assistant.retrieval import Retriever
from assistant.settings import AnswerSettings, ReaderSettings, Settings
from benchmarks.collection import progress
from training.pairs import Asked, read_piaf, read_squad, split_by_article

ROOT = Path(__file__).parent.parent
CALIBRATION = ROOT / "src" / "assistant" / "calibration.json"
GOLD = ROOT / "tests" / "gold" / "conversations.jsonl"
REGULARISATION = 0.1
FOLDS = 10
FAR_QUESTIONS = 600
EQUALLY_GOOD = 0.01
"""Of the thresholds that get nearly as many turns right as the best, the middle is taken: below
it more is answered wrongly, above it more is declined that could be answered."""

SURE = (0.3, 0.4, 0.5, 0.6)
"""Confidences below which to read that are tried; with higher ones fifty visitors who ask at once
wait for more than two seconds."""

FloatArray = npt.NDArray[np.float64]
Line = tuple[FloatArray, float]
"""Weights of the signs, and the intercept."""
READ = Signs._fields.index("read")


class From(StrEnum):
    """Where a turn comes from."""

    GOLD = "gold"
    KEPT = "kept"
    FAR = "far"


WEIGHTS = {From.GOLD: 1.0, From.KEPT: 0.5, From.FAR: 0.25}
"""How much a turn counts, by where it comes from."""


@dataclass(frozen=True)
class Sample:
    """A turn that the signs decide about.

    Attributes:
        name: of the turn, unique.
        group: its conversation.
        source: where it comes from.
        signs: in the order of `Signs`.
        right: whether an answer would be right.
        answerable: whether the sources hold one.
        read: whether passages were read for it.
    """

    name: str
    group: str
    source: From
    signs: list[float]
    right: bool
    answerable: bool
    read: bool


@dataclass
class Counting:
    """A reader that counts how often it was asked, and reads nothing twice."""

    reader: Reader
    calls: int = 0
    told: dict[tuple[str, tuple[tuple[str, str], ...]], list[Reading]] = field(default_factory=dict)

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """Reads, and counts."""
        self.calls += 1
        asked = question, tuple(passages)
        if asked not in self.told:
            self.told[asked] = self.reader.read(question, passages)
        return self.told[asked]


class Asking:
    """An assistant that answers however unsure it is.

    Args:
        corpus: folder that it answers from.
        place: folder for the index.
        reader: reads whatever the first stage says; None does without.
    """

    def __init__(self, corpus: Path, place: Path, reader: Counting | None) -> None:
        self.settings = Settings(
            corpus=corpus, index_folder=place, answer=AnswerSettings(min_confidence=0.0)
        )
        update_index(self.settings, progress("passages"))
        prepare()
        retriever = Retriever(
            open_index(place), load_encoder(self.settings.encoder), self.settings.retrieval
        )
        self.reader = reader
        always = ReaderSettings(enabled=True, sure=1.0)
        self.assistant = Assistant(retriever, self.settings.answer, reader, always)

    @property
    def calls(self) -> int:
        """How often passages were read."""
        return self.reader.calls if self.reader else 0

    def gold(self) -> Iterator[Sample]:
        """Yields the turns of the gold set."""
        gold = read_gold(GOLD, Split.DEV)
        run = evaluate(self.assistant, gold, self.settings)
        cases = iter(run.cases)
        for conversation in gold.conversations:
            talk = self.assistant.conversation(conversation.id)
            for turn in conversation.turns:
                case, calls = next(cases), self.calls
                talk.ask(turn.question)
                signs = talk.turns[-1].signs
                if case.answered and signs and turn.outcome is not Outcome.SMALL_TALK:
                    yield Sample(
                        name=f"{self.settings.corpus} {case.name}",
                        group=conversation.id,
                        source=From.GOLD,
                        signs=[signs[name] for name in Signs._fields],
                        right=turn.answerable and run.scores["right"][case.name] == 1,
                        answerable=turn.answerable,
                        read=self.calls > calls,
                    )

    def kept(self, asked: Sequence[Asked], there: set[str]) -> Iterator[Sample]:
        """Yields questions on articles; an answer is right that quotes one from their paragraph."""
        for one in asked:
            talk, calls = self.assistant.conversation(), self.calls
            answer = talk.ask(one.text)
            signs = talk.turns[-1].signs
            if answer.outcome in ANSWERS and signs:
                quotes = [citation.quote for citation in answer.citations]
                told = any(text in quote for text in one.answers for quote in quotes)
                answerable = bool(one.answers) and one.paragraph in there
                yield Sample(
                    name=one.question_id,
                    group=one.title,
                    source=From.KEPT,
                    signs=[signs[name] for name in Signs._fields],
                    right=answerable and told,
                    answerable=answerable,
                    read=self.calls > calls,
                )

    def far(self, questions: Sequence[str]) -> Iterator[Sample]:
        """Yields questions that the corpus has no answer to."""
        for question in questions:
            talk, calls = self.assistant.conversation(), self.calls
            answered = talk.ask(question).outcome in ANSWERS
            if answered and (signs := talk.turns[-1].signs):
                yield Sample(
                    name=f"{self.settings.corpus} {question}",
                    group=question,
                    source=From.FAR,
                    signs=[signs[name] for name in Signs._fields],
                    right=False,
                    answerable=False,
                    read=self.calls > calls,
                )


def gather(data: Path, place: Path, reader: Counting | None) -> list[Sample]:
    """Answers all questions, without a reader or with one."""
    piaf = read_piaf(data / "piaf_fr")
    squad = read_squad(data / "squad_v2_dev_en" / "dev-v2.0.json")
    french, english = split_by_article(piaf, squad)
    chance = random.Random(0)  # noqa: S311 - no secret
    far_french = [one.text for one in chance.sample(french.learn, FAR_QUESTIONS)]
    far_english = [one.text for one in chance.sample(english.learn, FAR_QUESTIONS // 2)]
    whole = Asking(ROOT / "corpus", place / "index", reader)
    samples = [*whole.gold(), *whole.far(far_french), *whole.far(far_english)]
    part = Asking(_french_part(place / "french"), place / "french-index", reader)
    samples += [*part.gold(), *part.far(far_english)]
    for name, asked, step in (("piaf", french.measure, 2), ("squad", english.measure, 1)):
        paragraphs = list(dict.fromkeys((one.title, one.paragraph) for one in asked))[::step]
        articles = Asking(_collection(place / name, paragraphs), place / f"{name}-index", reader)
        samples += articles.kept(asked, {text for _, text in paragraphs})
    return samples


def _french_part(folder: Path) -> Path:
    if not folder.is_dir():
        foreign = shutil.ignore_patterns("*.en.md", "translations.yaml")
        shutil.copytree(ROOT / "corpus", folder, ignore=foreign)
    return folder


def _collection(folder: Path, paragraphs: Sequence[tuple[str, str]]) -> Path:
    folder.mkdir(exist_ok=True)
    lines = [
        json.dumps({"_id": f"d{number}", "title": title, "text": text}, ensure_ascii=False)
        for number, (title, text) in enumerate(paragraphs)
    ]
    (folder / "corpus.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


class Fitted:
    """Weights learnt from samples, and what they say of each sample unseen.

    Args:
        samples: turns.
        base: what was learnt without reading; then only how much that and the reading count is.

    Attributes:
        weights: of the signs.
        intercept: added to the weighed signs.
        folds: the same without each tenth of the conversations.
        unseen: probability of each sample by weights that never saw its conversation, shape (n,).
        threshold: from which to answer.
        out_of_scope: below which it is on another subject.
        auroc: on turns of the gold set.
    """

    weights: FloatArray
    intercept: float

    def __init__(self, samples: Sequence[Sample], base: Fitted | None = None) -> None:
        self._signs = np.array([one.signs for one in samples])
        self._right = np.array([one.right for one in samples])
        counts = WEIGHTS if base else {**WEIGHTS, From.KEPT: 0.0}
        self._counts = np.array([counts[one.source] for one in samples])
        self._kept = np.array([float(one.source is From.KEPT) for one in samples])
        self.unseen = np.zeros(len(samples))
        self.folds: list[Line] = []
        folds = np.array([zlib.crc32(one.group.encode()) % FOLDS for one in samples])
        for fold in range(FOLDS):
            line = self._fit(folds != fold, base.folds[fold] if base else None)
            self.folds.append(line)
            unseen = self._signs[folds == fold] @ line[0] + line[1]
            self.unseen[folds == fold] = 1 / (1 + np.exp(-unseen))
        everything = np.full(len(samples), fill_value=True)
        self.weights, self.intercept = self._fit(
            everything, (base.weights, base.intercept) if base else None
        )
        gold = np.array([one.source is From.GOLD for one in samples])
        far = np.array([one.source is From.FAR for one in samples])
        near, right = self.unseen[gold], self._right[gold]
        self.auroc = float(roc_auc_score(right, near))
        self.threshold = best_threshold(near, right)
        # Where it tells questions on other subjects best from all others.
        self.out_of_scope = float(
            max(
                np.unique(self.unseen[far]),
                key=lambda one: (self.unseen[far] < one).mean() + (near >= one).mean(),
            )
        )
        answered = near >= self.threshold
        print(
            f"{len(near)} turns of the gold set, {int(right.sum())} with a right answer:"
            f" AUROC {self.auroc:.3f}; threshold {self.threshold:.3f}, {int(answered.sum())}"
            f" answered, {int(right[answered].sum())} of them right,"
            f" {int(right[~answered].sum())} right ones declined;"
            f" {int((self.unseen[far] >= self.threshold).sum())} of {int(far.sum())} far ones"
            f" answered; below {self.out_of_scope:.3f}"
            f" {(self.unseen[far] < self.out_of_scope).mean():.3f} of the far ones,"
            f" {(near < self.out_of_scope).mean():.3f} of the others"
        )
        kept = np.array([one.source is From.KEPT for one in samples])
        auroc = roc_auc_score(self._right[kept], self.unseen[kept])
        print(f"{int(kept.sum())} on articles that were kept: AUROC {auroc:.3f}")

    def _fit(self, rows: npt.NDArray[np.bool_], base: Line | None) -> Line:
        rows = rows & (self._counts > 0)
        signs, right, counts = self._signs[rows], self._right[rows], self._counts[rows]
        if base:
            # As few figures as can be: all signs but reading keep their weights among each other.
            # What similarity is worth on other subjects is another matter, and is left there.
            told, kept = signs @ base[0] + base[1], self._kept[rows]
            features = np.stack([told, signs[:, READ], kept, kept * told], axis=1)
            model = LogisticRegression(max_iter=10_000).fit(features, right, counts)
            slope, read, *_ = model.coef_[0]
            weights = slope * base[0]
            weights[READ] = read
            return weights, float(slope * base[1] + model.intercept_[0])
        scaler = StandardScaler().fit(signs)
        model = LogisticRegression(C=REGULARISATION, max_iter=10_000)
        model.fit(scaler.transform(signs), right, counts)
        weights = model.coef_[0] / scaler.scale_
        return weights, float(model.intercept_[0] - weights @ scaler.mean_)

    def record(self) -> dict[str, Any]:
        """Returns what the calibration file holds of it."""
        return {
            "threshold": round(self.threshold, 3),
            "out_of_scope": round(self.out_of_scope, 3),
            "intercept": round(self.intercept, 3),
            "weights": {
                name: round(float(weight), 3)
                for name, weight in zip(Signs._fields, self.weights, strict=True)
            },
        }


def when_to_read(
    found: Sequence[Sample], first: Fitted, read: Sequence[Sample], second: Fitted
) -> tuple[float, float]:
    """Returns below which confidence to read, and the threshold then.

    Only turns of the gold set are looked at, each judged by weights that never saw it. Of the
    confidences with which nearly as many are right as with the best, the highest is taken: on the
    articles that the rules were not written for reading always pays.
    """
    again = {one.name: (one, p) for one, p in zip(read, second.unseen, strict=True)}
    gold = [
        (one, probability)
        for one, probability in zip(found, first.unseen, strict=True)
        if one.source is From.GOLD
    ]
    tried = []
    for sure in SURE:
        unsure = [again[one.name] for one, p in gold if p < sure and one.name in again]
        told = [(one, p) for one, p in gold if p >= sure or one.name not in again]
        threshold = best_threshold(
            np.array([p for _, p in unsure]), np.array([one.right for one, _ in unsure])
        )
        good = sum(_well(one, p, threshold) for one, p in unsure)
        good += sum(_well(one, p, first.threshold) for one, p in told)
        print(f"read below {sure}, answered from {threshold:.3f}: {good} of {len(gold)} right")
        tried.append((good, sure, threshold))
    enough = max(tried)[0] - EQUALLY_GOOD * len(gold)
    return next((sure, threshold) for good, sure, threshold in reversed(tried) if good >= enough)


def best_threshold(probabilities: FloatArray, right: npt.NDArray[np.bool_]) -> float:
    """Returns the middle of the thresholds that get nearly as many turns right as the best."""
    shares = {one: ((probabilities >= one) == right).mean() for one in np.unique(probabilities)}
    enough = max(shares.values()) - EQUALLY_GOOD
    good = [one for one, share in shares.items() if share >= enough]
    return float((min(good) + max(good)) / 2)


def _well(one: Sample, probability: float, threshold: float) -> bool:
    return one.right if probability >= threshold else not one.answerable


def main() -> None:
    """Fits, measures and, when asked to, writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    reader = load_reader(ReaderSettings(enabled=True), threads=0)
    with tempfile.TemporaryDirectory() as place:
        found = gather(arguments.data, Path(place), None)
        read = gather(arguments.data, Path(place), Counting(reader)) if reader else []
    print("Without a reader:")
    first = Fitted(found)
    record = {"made": _made(found, first), "sure": 0.0, "stages": {"found": first.record()}}
    if read:
        print("With it, turns for which passages are read:")
        read = [one for one in read if one.read]
        second = Fitted(read, first)
        names = {one.name for one in read}
        print("The same turns without it:")
        same = [number for number, one in enumerate(found) if one.name in names]
        gold = [number for number in same if found[number].source is From.GOLD]
        kept = [number for number in same if found[number].source is From.KEPT]
        for source, chosen in (("gold set", gold), ("articles that were kept", kept)):
            right = [found[number].right for number in chosen]
            print(f"{len(chosen)} of the {source}: AUROC", end=" ")
            print(f"{roc_auc_score(right, first.unseen[chosen]):.3f}")
        record["sure"], second.threshold = when_to_read(found, first, read, second)
        record["stages"] = {"found": first.record(), "read": second.record()}
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    print(text, end="")
    if arguments.write:
        CALIBRATION.write_text(text, encoding="utf-8")


def _made(samples: Sequence[Sample], fitted: Fitted) -> str:
    number = {source: sum(one.source is source for one in samples) for source in From}
    right = sum(one.right for one in samples if one.source is From.GOLD)
    return (
        f"benchmarks/calibrate.py on {dt.datetime.now(dt.UTC).date()}: {number[From.GOLD]} turns of"
        " the dev half of the gold set, from all texts and from the French ones,"
        f" {right} of them with a right answer, and of piaf_fr and squad_v2_dev_en"
        f" {number[From.KEPT]} questions on articles kept for measuring and {number[From.FAR]} far"
        f" ones; AUROC {fitted.auroc:.3f} across {FOLDS} folds of whole conversations, without a"
        " reader."
    )


if __name__ == "__main__":
    main()
