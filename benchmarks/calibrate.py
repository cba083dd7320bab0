"""Makes `src/assistant/calibration.json` from the `dev` half of the gold set and far questions.

    python -m benchmarks.calibrate DATA [--write]

Every turn is answered with no threshold at all, once from the whole corpus and once from its French
texts alone, as a deployer's may be. A logistic regression learns from the signs of each
(`assistant.abstention.Signs`) whether what was said is right: an answer with the right source and
content to a question that has one. Turns that are declined whatever the signs say, for want of an
amount or a name, teach nothing. Questions on all sorts of subjects have no answer in the corpus:
the odd ones of PIAF (`DATA/piaf_fr`), and those of SQuAD 2.0 (`DATA/squad_v2_dev_en`), the latter
asked of both, so that some are in another language than the texts. They count a quarter each.

What is printed is measured across ten folds of whole conversations, each judged by weights that
never saw it. The threshold gets most turns right there, within one in a hundred: answers where they
are right, abstentions elsewhere. A new sign is put into the file with weight 0 first.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from assistant.abstention import Signs
from assistant.bootstrap import open_assistant, update_index
from assistant.conversation import Assistant
from assistant.domain import Outcome
from assistant.evaluation.gold import ANSWERS, Split, read_gold
from assistant.evaluation.run import evaluate
from assistant.settings import AnswerSettings, Settings
from benchmarks.collection import progress

ROOT = Path(__file__).parent.parent
CALIBRATION = ROOT / "src" / "assistant" / "calibration.json"
GOLD = ROOT / "tests" / "gold" / "conversations.jsonl"
REGULARISATION = 0.1
FOLDS = 10
FAR_QUESTIONS = 600
FAR_WEIGHT = 0.25
EQUALLY_GOOD = 0.01
"""Of the thresholds that get nearly as many turns right as the best, the middle is taken: below
it more is answered wrongly, above it more is declined that could be answered."""

FloatArray = npt.NDArray[np.float64]
Row = tuple[list[float], float, str]
"""Signs, whether an answer is right, and the conversation."""


@dataclass(frozen=True)
class Samples:
    """Turns that the signs decide about.

    Attributes:
        signs: shape (n, number of signs).
        right: 1 where an answer would be right, shape (n,).
        weights: how much each counts, shape (n,).
        groups: conversations.
        far: whether it is a question on another subject, shape (n,).
    """

    signs: FloatArray
    right: FloatArray
    weights: FloatArray
    groups: list[str]
    far: npt.NDArray[np.bool_]


def open_forced(corpus: Path, index: Path) -> tuple[Assistant, Settings]:
    """Opens an assistant that answers however unsure it is."""
    settings = Settings(
        corpus=corpus, index_folder=index, answer=AnswerSettings(min_confidence=0.0)
    )
    update_index(settings, progress("passages"))
    return open_assistant(settings), settings


def turns_of(assistant: Assistant, settings: Settings) -> Iterator[Row]:
    """Yields the signs of every turn of the gold set, whether it is right, and whose it is."""
    gold = read_gold(GOLD, Split.DEV)
    run = evaluate(assistant, gold, settings)
    cases = iter(run.cases)
    for conversation in gold.conversations:
        talk = assistant.conversation(conversation.id)
        for turn in conversation.turns:
            case = next(cases)
            talk.ask(turn.question)
            signs = talk.turns[-1].signs
            if case.answered and signs and turn.outcome is not Outcome.SMALL_TALK:
                right = float(turn.answerable and run.scores["right"][case.name] == 1)
                yield [signs[name] for name in Signs._fields], right, conversation.id


def far_questions(questions: Sequence[str], assistant: Assistant) -> Iterator[Row]:
    """Yields the same for questions that the corpus has no answer to."""
    for number, question in enumerate(questions):
        talk = assistant.conversation()
        answered = talk.ask(question).outcome in ANSWERS
        if answered and (signs := talk.turns[-1].signs):
            yield [signs[name] for name in Signs._fields], 0.0, f"far {number}"


def read_far(data: Path) -> tuple[list[str], list[str]]:
    """Returns questions of PIAF and of SQuAD."""
    with (data / "piaf_fr" / "queries.jsonl").open(encoding="utf-8") as lines:
        queries = [json.loads(line) for line in lines]
    french = [query["text"] for query in queries if int(query["_id"][-1]) % 2]
    squad = json.loads((data / "squad_v2_dev_en" / "dev-v2.0.json").read_text(encoding="utf-8"))
    english = [
        question["question"]
        for article in squad["data"]
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]
    chance = random.Random(0)  # noqa: S311 - no secret
    return chance.sample(french, FAR_QUESTIONS), chance.sample(english, FAR_QUESTIONS // 2)


def gather(data: Path, place: Path) -> Samples:
    """Answers all questions from both corpora."""
    shutil.copytree(
        ROOT / "corpus",
        place / "french",
        ignore=shutil.ignore_patterns("*.en.md", "translations.yaml"),
    )
    whole, settings = open_forced(ROOT / "corpus", place / "index")
    rows = list(turns_of(whole, settings))
    own = len(rows)
    french, settings = open_forced(place / "french", place / "french-index")
    rows += turns_of(french, settings)
    near = len(rows)
    piaf, squad = read_far(data)
    rows += [*far_questions(piaf, whole), *far_questions(squad, whole)]
    rows += far_questions(squad, french)
    far = np.arange(len(rows)) >= near
    print(f"{own} turns, {near - own} from French texts alone, {len(rows) - near} far questions")
    return Samples(
        np.array([signs for signs, _, _ in rows]),
        np.array([right for _, right, _ in rows]),
        np.where(far, FAR_WEIGHT, 1.0),
        [group for _, _, group in rows],
        far,
    )


def fit(samples: Samples, rows: npt.NDArray[np.int64]) -> tuple[FloatArray, float]:
    """Returns the weights of the signs and the intercept, learnt from some rows."""
    scaler = StandardScaler().fit(samples.signs[rows])
    model = LogisticRegression(C=REGULARISATION, max_iter=10_000)
    model.fit(scaler.transform(samples.signs[rows]), samples.right[rows], samples.weights[rows])
    weights = model.coef_[0] / scaler.scale_
    return weights, float(model.intercept_[0] - weights @ scaler.mean_)


def main() -> None:
    """Fits, measures and, when asked to, writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        samples = gather(arguments.data, Path(place))
    unseen = np.zeros(len(samples.right))
    for learn, judge in GroupKFold(FOLDS).split(samples.signs, groups=samples.groups):
        weights, intercept = fit(samples, learn)
        unseen[judge] = 1 / (1 + np.exp(-(samples.signs[judge] @ weights + intercept)))
    near, far = unseen[~samples.far], unseen[samples.far]
    right = samples.right[~samples.far] == 1
    got_right = {one: ((near >= one) == right).mean() for one in np.unique(near)}
    most = max(got_right.values())
    good = [one for one, share in got_right.items() if share >= most - EQUALLY_GOOD]
    threshold = (min(good) + max(good)) / 2
    # Where it tells questions on other subjects best from all others.
    scope = max(np.unique(far), key=lambda one: (far < one).mean() + (near >= one).mean())
    auroc = roc_auc_score(right, near)
    declined = int(right[near < threshold].sum())
    print(
        f"AUROC {auroc:.3f}; threshold {threshold:.3f}: {int((near >= threshold).sum())} answered,"
        f" {int(right[near >= threshold].sum())} of them right,"
        f" {declined} right ones declined;"
        f" {int((far >= threshold).sum())} of {len(far)} far ones answered;"
        f" below {scope:.3f} {(far < scope).mean():.3f} of the far ones,"
        f" {(near < scope).mean():.3f} of the others"
    )
    weights, intercept = fit(samples, np.arange(len(samples.right)))
    record = {
        "made": f"benchmarks/calibrate.py on {dt.datetime.now(dt.UTC).date()}: {len(near)} turns of"
        " the dev half of the gold set, from all texts and from the French ones,"
        f" {int(right.sum())} of them with a right answer, and {len(far)} questions of piaf_fr and"
        " squad_v2_dev_en as far ones;"
        f" AUROC {auroc:.3f} across {FOLDS} folds of whole conversations.",
        "threshold": round(float(threshold), 3),
        "out_of_scope": round(float(scope), 3),
        "intercept": round(intercept, 3),
        "weights": {
            name: round(float(weight), 3)
            for name, weight in zip(Signs._fields, weights, strict=True)
        },
    }
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    print(text, end="")
    if arguments.write:
        CALIBRATION.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
