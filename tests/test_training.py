"""What the reader learns from: pairs whose labels are true, the same for the same seed."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.domain import Span
from assistant.encoder.e5_file import installed_file, open_weights
from assistant.encoder.e5_graph import open_layers
from assistant.reader import WEIGHTS
from assistant.reader import model as reader_model
from assistant.reader.inputs import Inputs
from assistant.reader.model import TrainedReader, TrainedWeights
from training.__main__ import make_pairs, ordered, read
from training.measuring import measure
from training.model import Collator, ReaderModel
from training.pairs import (
    Asked,
    Pair,
    as_typed,
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

PARAGRAPH = (
    "Le phare de Bray fut bâti par Anne Morel en 1904. Sa lampe porte à 12 milles. "
    "Le gardien y vivait avec sa famille. Un musée l'occupe depuis 1998. "
    "Les enfants de Bray y viennent chaque mardi. On y monte par 200 marches."
)


def _asked(text: str, answer: str, *, answered: bool = True, title: str = "Phare") -> Asked:
    start = PARAGRAPH.index(answer)
    place = Span(start, start + len(answer))
    return Asked(text, text, title, PARAGRAPH, place, (answer,) if answered else ())


BUILT = _asked("Qui a bâti le phare de Bray en 1904 ?", "Anne Morel")
OTHER = _asked("Qui a peint le phare ?", "Anne Morel", answered=False)


def _said(pair: Pair) -> str | None:
    return pair.passage[pair.answer.start : pair.answer.end] if pair.answer else None


def test_passage_with_an_answer_holds_it_and_others_do_not() -> None:
    """In a hundred passes each positive holds the answer in whole sentences, no negative does."""
    mined = with_mined(
        [BUILT], {BUILT.question_id: [("Autre", "Anne Morel peignait."), ("Pont", "Un pont.")]}
    )
    sentences = PARAGRAPH.split(". ")
    for number in range(100):
        chance = random.Random(number)
        pairs = learning_pairs(mined, ["Lille", "1875", "Rose"], chance)
        positive, *negatives = pairs
        assert _said(positive) == "Anne Morel"
        assert positive.passage.startswith(sentences[0])
        assert positive.passage.rstrip(".").split(". ")[-1] in {
            one.rstrip(".") for one in sentences
        }
        same, found, *swapped = negatives
        assert "Anne Morel" not in same.passage
        assert same.passage in PARAGRAPH
        assert (found.heading, found.passage, found.answer) == ("Pont", "Un pont.", None)
        assert all(pair.answer is None for pair in swapped)


def test_another_name_in_the_question_takes_its_answer_away() -> None:
    """The passage stays, and the name or the number in the question is not in it."""
    swapped = set()
    for number in range(200):
        pairs = learning_pairs([BUILT], ["Lens", "1875", "Bray", "1904"], random.Random(number))
        for pair in pairs[2:]:
            words = pair.question.lower()
            assert ("lens" in words) != ("1875" in words)
            assert pair.passage.startswith("Le phare de Bray fut bâti")
            swapped.add("Lens" if "lens" in words else "1875")
    assert swapped == {"Lens", "1875"}


def test_question_without_an_answer_gets_what_misleads() -> None:
    """The sentence of the plausible answer is a negative, in learning and in measuring."""
    (pair,) = learning_pairs([OTHER], [], random.Random(0))
    assert ("Anne Morel" in pair.passage, pair.answer) == (True, None)
    (pair,) = measuring_pairs([OTHER])
    assert ("Anne Morel" in pair.passage, pair.answer) == (True, None)


def test_measuring_pairs_are_three_sentences() -> None:
    """The answer's sentence with its neighbours, and another part without it."""
    weekly = _asked("Quand viennent les enfants ?", "chaque mardi")
    there, elsewhere = measuring_pairs([weekly])
    assert there.passage == PARAGRAPH[PARAGRAPH.index("Un musée") :]
    assert _said(there) == "chaque mardi"
    assert (elsewhere.answer, "chaque mardi" in elsewhere.passage) == (None, False)
    assert there.question == weekly.text


def test_same_seed_same_pairs() -> None:
    """A pass is made anew from its seed; another seed makes another one."""
    asked = [BUILT, OTHER]
    first, again, other = (
        learning_pairs(asked, names_of(asked), random.Random(seed)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_questions_as_typed() -> None:
    """Accents, capitals and marks go, letters are swapped, and nothing else happens."""
    question = "Où se trouve l'Étang de Bray ?"
    forms = {as_typed(question, random.Random(seed)) for seed in range(300)}
    assert {question, "Où se trouve l'Étang de Bray", "Ou se trouve l'Etang de Bray ?"} <= forms
    assert any(form.startswith("où se") for form in forms)
    plain = "ousetrouveletangdebray"
    for form in forms:
        letters = "".join(filter(str.isalpha, form.lower()))
        letters = letters.translate(str.maketrans("ùé", "ue"))
        assert sorted(letters) == sorted(plain)


def _write_collections(data: Path) -> None:
    """Writes collections of the form of PIAF, SQuAD and the records, with a few lines each."""
    piaf = data / "piaf_fr"
    (piaf / "qrels").mkdir(parents=True)
    (data / "squad_v2_dev_en").mkdir()
    documents, queries, rows = [], [], ["query-id\tcorpus-id\tscore"]
    for number in range(12):
        name = f"Bray {number}"
        documents.append({"_id": f"d{number}", "title": name, "text": f"{PARAGRAPH} {name}."})
        queries.append(
            {"_id": f"q{number}", "text": "Qui l'a bâti ?", "metadata": {"answers": ["Anne Morel"]}}
        )
        rows.append(f"q{number}\td{number}\t1")
    for name, records in (("corpus", documents), ("queries", queries)):
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        (piaf / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (piaf / "qrels" / "test.tsv").write_text("\n".join(rows), encoding="utf-8")
    place = {"text": "Anne Morel", "answer_start": PARAGRAPH.index("Anne Morel")}
    questions: list[dict[str, Any]] = [
        {"id": "a", "question": "Who built it?", "answers": [place], "is_impossible": False},
        {"id": "b", "question": "Who painted it?", "answers": [], "plausible_answers": [place]},
        {"id": "c", "question": "Why?", "answers": [], "plausible_answers": []},
    ]
    articles = [
        {
            "title": f"Light_house_{number}",
            "paragraphs": [
                {
                    "context": PARAGRAPH,
                    "qas": [{**one, "id": f"{one['id']}{number}"} for one in questions],
                }
            ],
        }
        for number in range(5)
    ]
    file = data / "squad_v2_dev_en" / "dev-v2.0.json"
    file.write_text(json.dumps({"data": articles}), encoding="utf-8")


def test_articles_for_measuring_are_never_learnt_from(tmp_path: Path) -> None:
    """One French title in six and two English ones are kept, whole."""
    _write_collections(tmp_path)
    piaf = read_piaf(tmp_path / "piaf_fr")
    squad = read_squad(tmp_path / "squad_v2_dev_en" / "dev-v2.0.json")
    assert [(len(piaf), piaf[0].answers), len(squad)] == [(12, ("Anne Morel",)), 10]
    assert [one.answers for one in squad[:2]] == [("Anne Morel",), ()]
    for part, kept in zip(split_by_article(piaf, squad), (2, 2), strict=True):
        learnt, measured = ({one.title for one in half} for half in (part.learn, part.measure))
        assert len(measured) == kept
        assert not learnt & measured


RECORDS: dict[str, dict[str, Any]] = {
    "bassin_minier_unesco": {
        "layer": "communes-mbm",
        "title": "Commune : Bray",
        "text": "Commune : Bray\nnom : Bray\npopulation : 4321\nsurface_km2 : 5.5\ninsee : 62000",
    },
    "eu_operations": {
        "intitule": "Le Grand Chantier",
        "liste": "Liste",
        "beneficiaire": "Ville de Bray",
        "montant_ue_eur": 1234567.5,
        "fonds": "FEDER",
    },
}


def test_records_are_asked_about_in_every_language(tmp_path: Path) -> None:
    """A passage with the thing asked for says it where the answer is; one without does not."""
    for folder, record in RECORDS.items():
        (tmp_path / folder).mkdir()
        name = "corpus" if "layer" in record else "operations"
        (tmp_path / folder / f"{name}.jsonl").write_text(json.dumps(record), encoding="utf-8")
    records = read_records(tmp_path)
    pairs = record_pairs(records, 2000, random.Random(0))
    with_answer = [pair for pair in pairs if pair.answer]
    assert 0.4 < len(with_answer) / len(pairs) < 0.8
    values = {"4321", "5.5", "62000", "Ville de Bray", "1 234 567,50", "FEDER"}
    assert {_said(pair) for pair in with_answer} == values
    for pair in pairs:
        if pair.question.lower().startswith(("ilu", "how many people", "hoeveel inwoners")):
            assert _said(pair) == "4321" if pair.answer else "4321" not in pair.passage
    starts = {"Combien", "How", "Wie", "Hoeveel", "Ilu", "¿Cuántos", "Quanti"}
    assert starts <= {pair.question.split()[0] for pair in pairs}


def test_projects_are_told_and_asked_for() -> None:
    """The answer is a value of the project; without one the value is not told, or of another."""
    told = [
        {"kind": "communes-mbm", "title": "x : Bray", "nom": "Bray"},
        {"kind": "communes-mbm", "title": "x : Lens", "nom": "Lens"},
        {"kind": "communes-mbm", "title": "x : Loos", "nom": "Loos"},
        {"kind": "batis", "title": "Bâti minier : Dispensaire"},
        {"kind": "operation", "title": "liste", "beneficiaire": "Eden 62"},
    ]
    projects = make_projects(told, random.Random(1))
    assert projects == make_projects(told, random.Random(1))
    values = {project["name"]: set() for project in projects}  # type: dict[str, set[str]]
    for project in projects:
        values[project["name"]] |= set(project.values())
    pairs = record_pairs(projects, 3000, random.Random(2))
    for pair in pairs:
        name = pair.heading.split(", ")[0]
        assert name in pair.passage
        if pair.answer:
            assert _said(pair) in values[name]
    assert 0.35 < sum(pair.answer is not None for pair in pairs) / len(pairs) < 0.6
    assert any("€" in pair.passage and "How much" in pair.question for pair in pairs)
    of_other = [
        pair for pair in pairs if pair.question.startswith("Musée de") and " : " in pair.question
    ]
    strangers = [pair for pair in of_other if pair.question.split(" : ")[0] not in pair.passage]
    assert strangers
    assert not any(pair.answer for pair in strangers)


def test_follow_ups_are_put_behind_their_topic() -> None:
    """As the assistant asks the sources what a visitor asked without naming the topic."""
    asked = [replace(BUILT, question_id=str(number)) for number in range(300)]
    pairs = learning_pairs(asked, ["Lens"], random.Random(0))
    behind = [pair for pair in pairs if pair.question.startswith(f"{BUILT.title} : ")]
    assert 0.05 < len(behind) / len(pairs) < 0.15


def test_batches_are_of_pairs_of_about_the_same_length() -> None:
    """Every batch is whole, and no pair is taken twice."""
    inputs = Inputs(open_weights(installed_file()))
    pairs = [Pair("Quoi ?", str(number), "mot " * (number % 90 + 1), None) for number in range(320)]
    batches = ordered(list(pairs), inputs, random.Random(0))
    assert len(batches) == len(set(batches)) == 320
    lengths = np.array([len(pair.passage.split()) for pair in batches]).reshape(-1, 32)
    assert (lengths.max(axis=1) - lengths.min(axis=1)).max() <= 12


def test_training_goes_on_from_what_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before its first step the model says what the reader that ships says in 32 bits."""
    monkeypatch.setattr(
        reader_model, "open_layers", lambda weights, threads, **_: open_layers(weights, threads)
    )
    encoder = open_weights(installed_file())
    trained = TrainedWeights(WEIGHTS, encoder)
    inputs = Inputs(encoder)
    model = ReaderModel(encoder, dropout=0.1, trained=trained)
    pairs = [
        Pair("Quand le phare a-t-il été bâti ?", "Le phare", PARAGRAPH, None),
        Pair("Qui a bâti le phare ?", "Le phare", PARAGRAPH, None),
        Pair("Quelle est la recette du pain ?", "Le phare", PARAGRAPH, None),
    ]
    logits, found = read(model, pairs, Collator(encoder, inputs), inputs)
    slope, offset = trained.vector("calibration").tolist()
    served = TrainedReader(WEIGHTS)
    readings = [served.read(one.question, [(one.heading, one.passage)])[0] for one in pairs]
    told = 1 / (1 + np.exp(-(slope * logits + offset)))
    assert told == pytest.approx([one.probability for one in readings], abs=0.005)
    assert max(told) - min(told) > 0.5
    for reading, words in zip(readings[:2], found, strict=False):
        assert PARAGRAPH[reading.span.start : reading.span.end] in words


def test_passes_differ(tmp_path: Path) -> None:
    """A second pass takes other windows and negatives, and goes on after the first."""
    inputs = Inputs(open_weights(installed_file()))
    for folder, record in RECORDS.items():
        (tmp_path / folder).mkdir()
        name = "corpus" if "layer" in record else "operations"
        (tmp_path / folder / f"{name}.jsonl").write_text(json.dumps(record), encoding="utf-8")
    records = read_records(tmp_path)
    once, twice = (make_pairs([[BUILT]], [(records, 1600)], inputs, 7, passes) for passes in (1, 2))
    assert twice[: len(once)] == once
    assert twice[len(once) :] != once


def test_figures() -> None:
    """One of four pairs in the wrong order, one exact answer of two, half of the other's words."""
    passage = "en mai 1990 à Bray"
    pairs = [
        Pair("", "", passage, Span(3, 11)),
        Pair("", "", passage, Span(14, 18)),
        Pair("", "", passage, None),
        Pair("", "", passage, None),
    ]
    logits = np.array([2.0, 0.5, 1.0, 0.0], dtype=np.float32)
    figures = measure(pairs, logits, ["le MAI 1990,", "à Bray", "en", "en"])
    assert figures.auroc == pytest.approx(3 / 4)
    assert figures.exact == 1 / 2
    assert figures.overlap == pytest.approx((1 + 2 / 3) / 2)
    assert figures.pairs == 4
