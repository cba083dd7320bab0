"""Makes `src/assistant/scoring/model.json`: how much each feature of a sentence tells.

    python -m training.scorer DATA [--write]

What is learnt from:

- **Known questions**, a part of them, each as if it were not known: it is taken out of the index
  together with what its entry has that is nearly the same (rewordings and translations with a
  cosine of `SAME` and more), and the projection that tells how like questions are has not seen it
  either. A sentence is right when the question stands beside it; of one that the sources do not
  answer, none is. Half are asked as if no question were known of their text.
- The same questions over the same sources with no question known at all, and questions on articles
  that neither the rules nor the reader were made with, those of PIAF and of SQuAD 2.0 (`DATA`): of
  every second paragraph, so that half of them have no answer. They count half, and also tell what
  reading adds.
- Questions on other subjects (`intents.tsv` and `DATA`), which tell what is near the subject.

The `dev` half of the gold set gives the confidence its scale and the threshold, and nothing else;
what is printed of it is by weights that never saw it.
`--ablation` prints what each feature is worth, by cross-validation over the known questions (folds
of whole entries) and on `dev`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from assistant.bootstrap import update_index
from assistant.corpus import KnownQuestions, read_corpus
from assistant.encoder import FloatArray, join, load_encoder, load_likeness
from assistant.encoder.likeness import UNIVERSAL
from assistant.evaluation.gold import GoldTurn, Split, locate, read_gold
from assistant.index import Index, Near, QuestionIndex, build_index, open_index
from assistant.question import prepare, understand
from assistant.reader import Reader, load_reader
from assistant.retrieval import NEAR, Retriever
from assistant.scoring import Features, Found, Nearness, Nothing, find, nearness, read
from assistant.settings import ReaderSettings, Settings
from training.intents import OTHERS, read_intents
from training.likeness import learn as learn_projection
from training.pairs import Asked, read_piaf, read_squad, split_by_article

ROOT: Final = Path(__file__).parent.parent
MODEL: Final = ROOT / "src" / "assistant" / "scoring" / "model.json"
GOLD: Final = ROOT / "tests" / "gold" / "conversations.jsonl"
SAME: Final = 0.85
"""Cosine from which two wordings of an entry are nearly the same. With it, the likest question that
is left is about as like as it is for a question of the gold set."""
EQUAL: Final = 0.92
"""Cosine from which two questions ask the same."""
ASKED: Final = 0.35
"""Share of the known questions that are asked."""
MIXED: Final = 0.5
"""Share of the known questions that are asked as if none were known of some texts."""
UNKNOWN: Final = 0.3
"""Share of the texts, then."""
PENALTY: Final = 3e-4
FOLDS: Final = 5
FAR: Final = 400
BARE: Final = 1_500
ARTICLES: Final = 800
OTHERS_COUNT: Final = 0.5
"""How much a question counts that is not asked of the sources with their known questions."""
UNANSWERED_COUNT: Final = 3.0
"""How much a known question counts that no source answers: one in eleven is, of those that visitors
ask one in four."""
EQUALLY_GOOD: Final = 0.005
"""Of the thresholds that get nearly as many turns right as the best, the middle is taken."""
ENOUGH: Final = 0.6
"""Confidence from which passages are not read: with a higher one fifty visitors who ask at once
wait for more than two seconds."""

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sample:
    """A question with the sentences found for it.

    Attributes:
        sentences: features of each, shape (n, len(Features)).
        nothing: what speaks for no answer, shape (len(Nothing),).
        right: which sentences answer, shape (n,).
        answerable: whether the sources answer.
        group: what must not be split between learning and measuring.
        told: probability that a reader gives each sentence, shape (n,).
        near: what tells the subject, shape (len(Nearness),).
        counts: how much it counts.
    """

    sentences: Floats
    nothing: Floats
    right: Bools
    answerable: bool
    group: str
    told: Floats
    near: Floats
    counts: float = 1.0


def sample(found: Found, right: Collection[Any], group: str, *, answerable: bool) -> Sample:
    """Returns a question with what was found for it; `right` holds the keys that answer it."""
    return Sample(
        sentences=np.array([one.features for one in found.candidates]),
        nothing=np.array(found.nothing),
        right=np.array([one.key in right for one in found.candidates]),
        answerable=answerable,
        group=group,
        told=np.array(
            [one.reading.probability if one.reading else 0.0 for one in found.candidates]
        ),
        near=np.array(nearness(found)),
    )


class Unseen(Retriever):
    """Compares known questions under a projection that some of them had no part in.

    Args:
        retriever: searches everything else.
        asked: which known questions had none, shape (n,).
        joined: see `LikenessEncoder.join`, of all known questions.
    """

    def __init__(self, retriever: Retriever, asked: Bools, joined: FloatArray) -> None:
        super().__init__(retriever.index, retriever.encoder, Settings().retrieval)
        self._projection = learn_projection(
            joined[~asked], retriever.index.questions.entry_of[~asked]
        )
        self._vectors = self._projection.apply(joined)

    def near(self, query: str, k: int = NEAR) -> Near:
        """Returns the known questions that are most like a query."""
        cosines = self._vectors @ self._projection.apply(join(query)[None])[0]
        rows = np.argsort(-cosines)[:k]
        return Near(rows, cosines[rows])


def known_samples(retriever: Retriever) -> Iterator[Sample]:
    """Asks known questions as if they were not known, some as if none were of that text."""
    index, questions = retriever.index, retriever.index.questions
    joined = load_likeness().join(questions.texts)
    chance = random.Random(0)  # noqa: S311 - no secret
    asked = np.array([chance.random() < ASKED for _ in questions.texts])
    unseen = Unseen(retriever, asked, joined)
    # As they are like each other before anything is learnt.
    plain = joined[:, :UNIVERSAL]
    rows_of = _rows_by_text(index)
    for row in map(int, np.flatnonzero(asked)):
        entry, number = questions.entry(row), questions.entry_of[row]
        siblings = np.flatnonzero(questions.entry_of == number)
        left_out = {row, *map(int, siblings[plain[siblings] @ plain[row] >= SAME])}
        right = {index.canonical(key) for key in entry.answers}
        if right:
            # The same question may stand beside what another source says of the matter.
            for other in np.flatnonzero(plain @ plain[row] >= EQUAL):
                right |= {index.canonical(key) for key in questions.entry(int(other)).answers}
        # Whatever text: what has no known question is no likelier to answer for that.
        left_out |= _some(rows_of, chance)
        question = understand(questions.texts[row], index)
        if not question.small_talk and not question.refusal:
            found = find(question, unseen, left_out)
            yield sample(found, right, str(number), answerable=bool(right))


def _rows_by_text(index: Index) -> dict[str, set[int]]:
    """Returns which known questions each text answers."""
    rows_of: dict[str, set[int]] = {}
    for row, number in enumerate(index.questions.entry_of):
        for key in index.questions.entries[number].answers:
            rows_of.setdefault(index.canonical(key).document_id, set()).add(row)
    return rows_of


def _some(rows_of: Mapping[str, set[int]], chance: random.Random) -> set[int]:
    """Returns the known questions of some texts, half of the times, else none."""
    if chance.random() >= MIXED:
        return set()
    return set().union(*(rows for rows in rows_of.values() if chance.random() < UNKNOWN))


def bare_samples(retriever: Retriever, known: QuestionIndex, most: int) -> Iterator[Sample]:
    """Asks known questions of an index that does not know them."""
    index = retriever.index
    rows = list(range(len(known)))
    random.Random(1).shuffle(rows)  # noqa: S311 - no secret
    for row in rows[:most]:
        question = understand(known.texts[row], index)
        if not question.small_talk and not question.refusal:
            right = {index.canonical(key) for key in known.entry(row).answers}
            found = find(question, retriever)
            yield sample(found, right, str(known.entry_of[row]), answerable=bool(right))


def article_samples(
    retriever: Retriever, asked: Sequence[Asked], there: set[str], reader: Reader | None
) -> Iterator[Sample]:
    """Asks questions on articles; a sentence of their paragraph that holds the answer is right."""
    for one in asked:
        question = understand(one.text, retriever.index)
        if question.small_talk or question.refusal:
            continue
        found = find(question, retriever)
        if reader:
            found = read(question, found, reader, 2, retriever.index)
        answerable = bool(one.answers) and one.paragraph in there
        right = {
            each.key
            for each in found.candidates
            if answerable
            and each.scored.passage.text in one.paragraph
            and any(text in each.text for text in one.answers)
        }
        yield sample(found, right, one.title, answerable=answerable)


def gold_samples(retriever: Retriever) -> Iterator[Sample]:
    """Asks the first turns of the `dev` half of the gold set."""
    index = retriever.index
    for conversation in read_gold(GOLD, Split.DEV).conversations:
        turn = conversation.turns[0]
        question = understand(turn.question, index)
        if question.small_talk or question.refusal or turn.kind in {"small_talk", "hostile"}:
            continue
        found = find(question, retriever)
        yield sample(found, _places(turn, index), conversation.id, answerable=turn.answerable)


def _places(turn: GoldTurn, index: Index) -> set[Any]:
    return {
        index.sentence_key(place.document_id, span.start)
        for need in locate(turn, index.documents)
        for place in need
        for passage in index.passages_of(place.document_id)
        for span in passage.sentences
        if span.start < place.span.end and place.span.start < span.end
    }


@dataclass(frozen=True)
class Logit:
    """A conditional logit over some features.

    Attributes:
        sentence: weights by feature of a sentence.
        nothing: weights by feature of no answer.
        intercept: of no answer.
    """

    sentence: dict[str, float]
    nothing: dict[str, float]
    intercept: float

    def weights(self, one: Sample) -> Floats:
        """Returns the weight of each sentence and, last, that of no answer, shape (n + 1,)."""
        columns = [Features._fields.index(name) for name in self.sentence]
        places = [Nothing._fields.index(name) for name in self.nothing]
        none = one.nothing[places] @ np.array(list(self.nothing.values())) + self.intercept
        of_sentences = one.sentences[:, columns] @ np.array(list(self.sentence.values()))
        return np.append(of_sentences, none)


def fit(samples: Sequence[Sample], sentence: Sequence[str], nothing: Sequence[str]) -> Logit:
    """Fits a conditional logit with an L2 penalty on standardised features."""
    columns = [Features._fields.index(name) for name in sentence]
    places = [Nothing._fields.index(name) for name in nothing]
    scale = StandardScaler().fit(np.concatenate([one.sentences for one in samples])[:, columns])
    scale_none = StandardScaler().fit(np.array([one.nothing for one in samples])[:, places])
    rows = np.concatenate([scale.transform(one.sentences[:, columns]) for one in samples])
    none = scale_none.transform(np.array([one.nothing[places] for one in samples]))
    right = np.concatenate([one.right for one in samples]).astype(float)
    counts = np.array([one.counts for one in samples])
    counts = counts / counts.sum()
    lengths = np.array([len(one.right) for one in samples])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    segment = np.repeat(np.arange(len(samples)), lengths)
    answered = np.add.reduceat(right, starts) > 0

    def loss(point: Floats) -> tuple[float, Floats]:
        """Returns the negative mean log likelihood and its gradient."""
        of_rows, of_none = rows @ point[: len(columns)], none @ point[len(columns) : -1] + point[-1]
        highest = np.maximum(np.maximum.reduceat(of_rows, starts), of_none)
        shares, rest = np.exp(of_rows - highest[segment]), np.exp(of_none - highest)
        total = np.add.reduceat(shares, starts) + rest
        good = np.where(answered, np.add.reduceat(shares * right, starts), rest)
        pulled = np.where(answered[segment], shares * right / good[segment], 0.0)
        by_row = (shares / total[segment] - pulled) * counts[segment]
        by_none = (rest / total - ~answered) * counts
        slope = np.concatenate([rows.T @ by_row, none.T @ by_none])
        penalty, inner = PENALTY * (point[:-1] ** 2).sum(), 2 * PENALTY * point[:-1]
        value = -(counts * np.log(good / total)).sum() + penalty
        return float(value), np.append(slope + inner, by_none.sum())

    start = np.zeros(len(columns) + len(places) + 1)
    point = minimize(loss, start, jac=True, method="L-BFGS-B").x
    weights = point[: len(columns)] / np.where(scale.scale_ > 0, scale.scale_, 1.0)
    of_none = point[len(columns) : -1] / np.where(scale_none.scale_ > 0, scale_none.scale_, 1.0)
    # What centring the sentences took away is taken from the alternative to all of them.
    intercept = point[-1] - of_none @ scale_none.mean_ + weights @ scale.mean_
    return Logit(
        dict(zip(sentence, map(float, weights), strict=True)),
        dict(zip(nothing, map(float, of_none), strict=True)),
        float(intercept),
    )


@dataclass(frozen=True)
class Told:
    """How good a model is.

    Attributes:
        first: share of answerable questions whose likeliest sentence is right.
        three: the same among the three likeliest.
        auroc: of the confidence, answerable or not.
        right: share of questions answered rightly or rightly declined, at `threshold`.
    """

    first: float
    three: float
    auroc: float
    right: float
    threshold: float

    def __str__(self) -> str:
        return f"{self.first:.3f} | {self.three:.3f} | {self.auroc:.3f} | {self.right:.3f}"


@dataclass(frozen=True)
class Decided:
    """What a model says of a question.

    Attributes:
        logit: of the probability that something answers.
        share: of that probability, which the likeliest sentence has.
        first: whether the likeliest sentence is right.
        three: whether one of the three likeliest is.
        answerable: whether the sources answer.
    """

    logit: float
    share: float
    first: bool
    three: bool
    answerable: bool


def decide(one: Sample, weights: Floats) -> Decided:
    """Returns what weights of the sentences and, last, of no answer lead to."""
    shares = np.exp(weights - weights.max())
    order = np.argsort(-weights[:-1], kind="stable")
    some = shares[:-1].sum()
    return Decided(
        logit=float(np.log(max(some, 1e-6) / max(shares[-1], 1e-6))),
        share=float(shares[order[0]] / max(some, 1e-12)),
        first=bool(one.right[order[0]]),
        three=bool(one.right[order[:3]].any()),
        answerable=one.answerable,
    )


def measure(decided: Sequence[Decided], confidence: Floats | None = None) -> Told:
    """Measures decisions, by the logit where no confidence is given."""
    told = np.array([one.logit for one in decided]) if confidence is None else confidence
    well = np.array([one.first for one in decided])
    can = np.array([one.answerable for one in decided])
    threshold = best_threshold(told, well, can)
    answered = told >= threshold
    return Told(
        float(well[can].mean()),
        float(np.array([one.three for one in decided])[can].mean()),
        float(roc_auc_score(can, told)) if 0 < can.mean() < 1 else float("nan"),
        float(np.where(answered, well & can, ~can).mean()),
        threshold,
    )


def best_threshold(told: Floats, well: Bools, can: Bools) -> float:
    """Returns the middle of the thresholds that get nearly as many questions right as the best."""
    tried = np.unique(np.round(told, 3))
    shares = np.array([np.where(told >= one, well & can, ~can).mean() for one in tried])
    good = tried[shares >= shares.max() - EQUALLY_GOOD]
    return float((good.min() + good.max()) / 2)


def crossed(
    samples: Sequence[Sample],
    others: Sequence[Sample],
    sentence: Sequence[str],
    nothing: Sequence[str],
) -> list[Decided]:
    """Returns what models say of samples whose groups they never saw.

    Args:
        samples: what is decided.
        others: what is learnt from besides.
        sentence: names of features.
        nothing: names of features.
    """
    groups = [one.group for one in samples]
    decided: dict[int, Decided] = {}
    for learn, rest in GroupKFold(FOLDS).split(samples, groups=groups):
        logit = fit([*(samples[number] for number in learn), *others], sentence, nothing)
        decided |= {
            number: decide(samples[number], logit.weights(samples[number])) for number in rest
        }
    return [decided[number] for number in range(len(samples))]


def ablation(
    known: Sequence[Sample], others: Sequence[Sample], gold: Sequence[Sample]
) -> Iterator[str]:
    """Yields the lines of a table: what is lost without each feature."""
    yield "| without | known: first | three | AUROC | right | dev: first | three | AUROC | right |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for gone in (None, *dict.fromkeys((*Features._fields, *Nothing._fields))):
        sentence = [name for name in Features._fields if name != gone]
        nothing = [name for name in Nothing._fields if name != gone]
        logit = fit([*known, *others], sentence, nothing)
        unseen = measure(crossed(known, others, sentence, nothing))
        on_gold = measure([decide(one, logit.weights(one)) for one in gold])
        yield f"| {gone or '(nothing)'} | {unseen} | {on_gold} |"


def subject(known: Sequence[Sample], far: Sequence[Sample]) -> dict[str, Any]:
    """Fits what tells questions on the subject from others."""
    near = np.array([one.near for one in (*known, *far)])
    about = np.array([True] * len(known) + [False] * len(far))
    model = LogisticRegression(C=10.0, class_weight="balanced", max_iter=10_000).fit(near, about)
    told = model.predict_proba(near)[:, 1]
    print(
        f"Subject: AUROC {roc_auc_score(about, told):.3f};"
        f" {(told[about] < 0.5).mean():.3f} of those on it are taken for others,"
        f" {(told[~about] >= 0.5).mean():.3f} of the others for one on it."
    )
    return _line(Nearness._fields, model.coef_[0], model.intercept_[0])


def reading(samples: Sequence[Sample], logit: Logit) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fits what a reader's probability adds to the weights."""
    weights = [logit.weights(one) for one in samples]

    def moved(point: Floats, one: Sample, before: Floats) -> Floats:
        none = before[-1] + point[1] * one.told.max() + point[2]
        return np.append(before[:-1] + point[0] * one.told, none)

    def loss(point: Floats) -> float:
        lost = 0.0
        for one, before in zip(samples, weights, strict=True):
            after = moved(point, one, before)
            good = np.append(one.right, not one.right.any())
            lost += np.logaddexp.reduce(after) - np.logaddexp.reduce(after[good])
        return lost / len(samples)

    point = minimize(loss, np.zeros(3), method="Nelder-Mead").x
    without = [decide(one, before) for one, before in zip(samples, weights, strict=True)]
    with_it = [
        decide(one, moved(point, one, before)) for one, before in zip(samples, weights, strict=True)
    ]
    print("| articles, not read |", measure(without), "|")
    print("| articles, read |", measure(with_it), "|")
    return _line(["told"], point[:1], 0.0), _line(["told"], point[1:2], point[2])


def sureness(decided: Sequence[Decided]) -> tuple[dict[str, Any], Floats]:
    """Fits a confidence (Platt, 1999), and returns that of each decision."""
    told = np.array([(one.logit, one.share) for one in decided])
    right = np.array([one.first and one.answerable for one in decided])
    model = LogisticRegression(C=1.0).fit(told, right)
    line = _line(("logit", "share"), model.coef_[0], model.intercept_[0])
    return line, np.asarray(model.predict_proba(told)[:, 1])


def _line(names: Sequence[str], weights: Floats, intercept: float) -> dict[str, Any]:
    pairs = zip(names, weights, strict=True)
    return {
        "weights": {name: round(float(weight), 4) for name, weight in pairs},
        "intercept": round(float(intercept), 4),
    }


def _retriever(corpus: Path, place: Path, *, known: bool = True) -> Retriever:
    settings = Settings(corpus=corpus, index_folder=place)
    if known:
        update_index(settings, lambda _: lambda _: None)
    else:
        bare = replace(read_corpus(corpus), known=KnownQuestions())
        encoder = load_encoder(settings.encoder)
        build_index(
            bare, place, encoder.identity, lambda: encoder, settings, lambda _: lambda _: None
        )
    return Retriever(open_index(place), load_encoder(settings.encoder), settings.retrieval)


def _collection(folder: Path, paragraphs: Sequence[tuple[str, str]]) -> Path:
    folder.mkdir()
    lines = [
        json.dumps({"_id": f"d{number}", "title": title, "text": text}, ensure_ascii=False)
        for number, (title, text) in enumerate(paragraphs)
    ]
    (folder / "corpus.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def far_samples(retriever: Retriever, texts: Sequence[str]) -> Iterator[Sample]:
    """Asks questions on other subjects, some as if no question were known of some texts."""
    rows_of = _rows_by_text(retriever.index)
    chance = random.Random(0)  # noqa: S311 - no secret
    for text in texts:
        question = understand(text, retriever.index)
        if not question.small_talk and not question.refusal:
            found = find(question, retriever, _some(rows_of, chance))
            yield sample(found, (), text, answerable=False)


def gathered(data: Path, place: Path) -> Mapping[str, list[Sample]]:
    """Asks everything."""
    prepare()
    corpus = _retriever(ROOT / "corpus", place / "index")
    plain = _retriever(ROOT / "corpus", place / "plain", known=False)
    french, english = split_by_article(
        read_piaf(data / "piaf_fr"), read_squad(data / "squad_v2_dev_en" / "dev-v2.0.json")
    )
    chance = random.Random(0)  # noqa: S311 - no secret
    far = [text for intent, text in read_intents() if intent == OTHERS]
    far += [one.text for one in chance.sample(french.learn, FAR)]
    far += [one.text for one in chance.sample(english.learn, FAR // 2)]
    found = {
        "known": list(known_samples(corpus)),
        "gold": list(gold_samples(corpus)),
        "bare_gold": list(gold_samples(plain)),
        "bare": list(bare_samples(plain, corpus.index.questions, BARE)),
        "far": list(far_samples(corpus, far)),
        "bare_far": list(far_samples(plain, far)),
        "articles": [],
    }
    reader = load_reader(ReaderSettings(enabled=True), threads=0)
    for name, asked in (("piaf", french.measure), ("squad", english.measure)):
        chosen = chance.sample(asked, min(len(asked), ARTICLES))
        paragraphs = list(dict.fromkeys((one.title, one.paragraph) for one in chosen))[::2]
        articles = _retriever(_collection(place / name, paragraphs), place / f"{name}-index")
        there = {text for _, text in paragraphs}
        found["articles"] += article_samples(articles, chosen, there, reader)
    return found


def learn(found: Mapping[str, list[Sample]], *, table: bool) -> dict[str, Any]:
    """Returns what the model's file holds, and prints how good it is."""
    gold, articles = found["gold"], found["articles"]
    known = [
        replace(one, counts=1.0 if one.answerable else UNANSWERED_COUNT) for one in found["known"]
    ]
    others = [
        replace(one, counts=OTHERS_COUNT)
        for one in (*found["bare"], *articles, *found["far"], *found["bare_far"])
    ]
    logit = fit([*known, *others], Features._fields, Nothing._fields)
    print("| | first | three | AUROC | right |\n| --- | --- | --- | --- | --- |")
    unseen = crossed(known, others, Features._fields, Nothing._fields)
    print("| known questions, unseen |", measure(unseen), "|")
    on_gold = [decide(one, logit.weights(one)) for one in gold]
    on_bare = [decide(one, logit.weights(one)) for one in found["bare_gold"]]
    print("| dev |", measure(on_gold), "|")
    print("| dev, no question known |", measure(on_bare), "|")
    sure, confidence = sureness([*on_gold, *on_bare])
    told = measure(on_gold, confidence[: len(on_gold)])
    print("| dev, calibrated |", told, f"| threshold {told.threshold:.3f}")
    read_line, unread = reading(articles, logit)
    if table:
        print("\n".join(ablation(known, others, gold)))
    return {
        "made": (
            f"training/scorer.py on {dt.datetime.now(dt.UTC).date()}: {len(known)} known questions"
            f" left out in turn, {len(found['bare'])} of them with none known, {len(articles)}"
            f" questions on articles, {len(found['far'])} on other subjects; confidence and"
            f" threshold from {len(gold)} first turns of dev."
        ),
        "threshold": round(told.threshold, 3),
        "enough": ENOUGH,
        "sentence": _line(tuple(logit.sentence), np.array(list(logit.sentence.values())), 0.0),
        "nothing": _line(
            tuple(logit.nothing), np.array(list(logit.nothing.values())), logit.intercept
        ),
        "reading": read_line,
        "unread": unread,
        "sure": sure,
        "near": subject([*known, *found["bare"]], [*found["far"], *found["bare_far"]]),
    }


def main() -> None:
    """Learns, measures and, when asked to, writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--ablation", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = gathered(arguments.data, Path(place))
    record = learn(found, table=arguments.ablation)
    if arguments.write:
        MODEL.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
