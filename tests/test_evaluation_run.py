"""Runs from the first question to the report on disk."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from markdown_it import MarkdownIt

from assistant.conversation import Assistant, Conversation
from assistant.domain import Answer, Outcome
from assistant.errors import GoldError
from assistant.evaluation import (
    Comparison,
    GoldSet,
    Run,
    compare,
    evaluate,
    figure_lines,
    read_gold,
    score_answers,
    write_report,
    write_run,
)
from assistant.evaluation.beir import CollectionRun
from assistant.evaluation.comparison import COMPARED, Difference
from assistant.evaluation.measures.retrieval import MEASURES
from assistant.evaluation.report import report_texts
from assistant.evaluation.run import GROUPS, SET_MEASURES, TURN_MEASURES
from assistant.index import Index
from assistant.settings import Settings
from tests.conftest import ROOT
from tests.evaluation_builders import (
    HOSTILE,
    abstains,
    citation,
    oracle,
    run_of,
    said,
    tiny_assistant,
    tiny_gold,
)

FILES = {
    "manifest.json", "answers.jsonl", "run.trec", "scores.jsonl", "measures.json", "report.md",
    "report.html", "times.json",
}  # fmt: skip


@pytest.fixture
def gold(tmp_path: Path) -> GoldSet:
    """The small gold set."""
    return tiny_gold(tmp_path)


@pytest.fixture
def perfect(gold: GoldSet, tiny_index: Index) -> Run:
    """The run of the assistant that knows the gold set by heart."""
    return run_of(gold, tiny_index)


def _lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n")[:-1]]


# Runs


def test_every_turn_is_asked(gold: GoldSet, tiny_index: Index) -> None:
    """In conversations, in order; the progress is told how many there are and of each.

    Nine turns, and three first turns that three others on other themes can go before: 9 + 3·4.
    """
    told: list[int] = []

    def progress(total: int) -> Callable[[int], None]:
        told.append(total)
        return told.append

    run = evaluate(tiny_assistant(tiny_index), gold, Settings(), progress)
    assert told == [21] + [1] * 21
    assert [case.name for case in run.cases] == [
        "bonjour#1", "far#1", "hostile#1", "mine#1", "musee#1", "musee#2", "near-cout#1",
        "near-qui#1", "parc#1",
    ]  # fmt: skip
    assert [case.answer.question for case in run.cases] == [
        case.gold.question for case in run.cases
    ]
    assert run.conversations["musee#2"] == "musee"
    assert run.cases[0].answer.outcome is Outcome.SMALL_TALK
    assert len(run.times_ms()) == 9


def test_passages_are_found_and_relevant(gold: GoldSet, tiny_index: Index) -> None:
    """Each document is one passage; the museum's answers both turns and comes first for one."""
    run = evaluate(tiny_assistant(tiny_index), gold, Settings())
    passages = {passage.document_id: passage.passage_id for passage in tiny_index.passages}
    opening = next(case for case in run.cases if case.name == "musee#1")
    assert opening.relevant == {passages["musee"]}
    assert opening.ranked is not None
    assert opening.ranked[0] == passages["musee"]
    assert sorted(opening.ranked) == sorted(passages.values())
    assert run.scores["success_1"]["musee#1"] == 1
    assert run.scores["success_1"].keys() == {"mine#1", "musee#1", "musee#2", "parc#1"}


def test_first_turns_are_asked_again_after_others(gold: GoldSet, tiny_index: Index) -> None:
    """Where three others can go before; the second turn follows the first as ever."""
    run = evaluate(tiny_assistant(tiny_index), gold, Settings())
    later = {case.name: case.later for case in run.cases if case.later is not None}
    assert {name: (one.turn, one.question) for name, one in later.items()} == {
        "mine#1": (4, "When did the mine close?"),
        "musee#1": (4, "Quand le musée ouvre-t-il ?"),
        "parc#1": (4, "Que dit-on du parc ?"),
    }
    assert run.scores["independence"].keys() == later.keys()
    assert run.overall["independence"].count == 3


class _Weary(Conversation):
    """Refuses from the fourth turn on."""

    def ask(self, text: str) -> Answer:
        answer = super().ask(text)
        return answer if answer.turn < 4 else replace(answer, outcome=Outcome.REFUSED)


def test_what_was_asked_before_is_seen(
    gold: GoldSet, tiny_index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An assistant that answers first turns, but not after others, is not independent."""
    assistant = tiny_assistant(tiny_index)
    assert evaluate(assistant, gold, Settings()).overall["independence"].value == 1
    monkeypatch.setattr(assistant, "conversation", partial(_Weary, assistant))
    run = evaluate(assistant, gold, Settings())
    assert run.scores["independence"] == {"mine#1": 0, "musee#1": 0, "parc#1": 0}


def test_what_is_no_question_finds_nothing(tmp_path: Path, tiny_index: Index) -> None:
    """An empty question has no ranking: nothing is searched, and nothing is right about it."""
    gold = tiny_gold(tmp_path)
    one = gold.conversations[3]
    asked = replace(gold, conversations=(one.model_copy(update={
        "turns": (one.turns[0].model_copy(update={"question": " "}),)
    }),))  # fmt: skip
    run = evaluate(tiny_assistant(tiny_index), asked, Settings())
    assert run.cases[0].ranked == ()
    assert run.scores["ndcg_10"] == {"mine#1": 0}


def test_turns_are_counted_by_group(perfect: Run) -> None:
    """By kind, language, theme and trait; a measure is there where a turn is eligible."""
    counts = {
        group: {name: figures["right"].count for name, figures in groups.items()}
        for group, groups in perfect.by_group.items()
    }
    assert counts == {
        "kind": {"fact": 3, "far": 1, "hostile": 1, "near": 2, "small_talk": 1, "summary": 1},
        "language": {"en": 1, "fr": 8},
        "theme": {"environment": 1, "heritage": 1, "none": 5, "tourism": 2},
        "trait": {"asks_amount": 1, "asks_person": 1, "follow_up": 1},
    }
    assert "source_cited" not in perfect.by_group["kind"]["far"]
    assert perfect.by_group["kind"]["fact"]["source_cited"].count == 3
    assert "auroc" not in perfect.by_group["kind"]["fact"]
    assert perfect.by_group["language"]["fr"]["auroc"].count == 6


def test_group_has_the_figures_of_its_turns(gold: GoldSet, tiny_index: Index) -> None:
    """One that always abstains is right on what is near and wrong on facts."""
    kinds = run_of(gold, tiny_index, abstains).by_group["kind"]
    assert (kinds["near"]["right"].value, kinds["fact"]["right"].value) == (1, 0)
    assert kinds["near"]["abstention_recall"].value == 1


def test_answers_made_elsewhere_are_scored_without_retrieval(perfect: Run) -> None:
    """No ranking is known, nothing was asked again, and the manifest claims no corpus."""
    assert not {*MEASURES, "independence"} & set(perfect.scores)
    assert (perfect.manifest.corpus, perfect.manifest.encoder) == (None, None)
    assert perfect.manifest.settings == {}


def _score(gold: GoldSet, index: Index, **changed: Any) -> None:
    answers = oracle(gold, index)
    answers["musee#2"] = replace(answers["musee#2"], **changed)
    score_answers(answers, gold, index, Settings())


def test_answers_that_do_not_fit_are_refused(gold: GoldSet, tiny_index: Index) -> None:
    """A turn without an answer, an answer to another question, a confidence that is none."""
    answers = oracle(gold, tiny_index)
    del answers["musee#2"]
    with pytest.raises(GoldError, match=r"no answer to musee#2\. Answer every turn"):
        score_answers(answers, gold, tiny_index, Settings())
    with pytest.raises(GoldError, match=r"musee#2 is to another question\. Answer the gold set"):
        _score(gold, tiny_index, question="Et quand ?")
    for confidence in (-0.01, 1.01, float("nan")):
        with pytest.raises(GoldError, match=r"musee#2 has the confidence .* from 0 to 1"):
            _score(gold, tiny_index, confidence=confidence)
    for confidence in (0.0, 1.0):
        _score(gold, tiny_index, confidence=confidence)


@pytest.mark.parametrize(
    "invented",
    [
        citation(25, 43, "musee", quote="Il ferme le jeudi."),
        citation(24, 42, "musee", quote="Il ferme le lundi."),
        citation(25, 43, "zoo", quote="Il ferme le lundi."),
    ],
)
def test_invented_quotes_are_refused(gold: GoldSet, tiny_index: Index, invented: Any) -> None:
    """Other words, another place, or a source that is not there."""
    with pytest.raises(GoldError, match=f"quotes what {invented.document_id} does not say there"):
        _score(gold, tiny_index, citations=(invented,))


def test_answer_is_scored_under_its_own_turn(gold: GoldSet, tiny_index: Index) -> None:
    """The name tells the turn, whatever number the answer carries."""
    answers = oracle(gold, tiny_index)
    answers["musee#2"] = replace(answers["musee#2"], turn=1)
    run = score_answers(answers, gold, tiny_index, Settings())
    assert run.scores["right"]["musee#2"] == 1
    assert len(run.scores["right"]) == 9


def _record(gold: GoldSet, index: Index) -> dict[str, Any]:
    answer = oracle(gold, index)["musee#2"]
    found: dict[str, Any] = json.loads(json.dumps(answer.to_json()))
    return found


def test_answer_in_the_documented_form_is_read(gold: GoldSet, tiny_index: Index) -> None:
    """Keys that the documentation does not name may be missing, and unknown ones be there."""
    record = _record(gold, tiny_index)
    for key in ("origins", "origin_names", "accessed", "part_of", "page", "row", "before", "after"):
        del record["citations"][0][key]
    for key in ("reason", "nearby", "timings_ms"):
        del record[key]
    record["citations"][0]["mood"] = record["mood"] = "happy"
    assert Answer.from_json(record) == oracle(gold, tiny_index)["musee#2"]


@pytest.mark.parametrize(
    "damage",
    [
        {"outcome": "shouted"},
        {"outcome": None},
        {"confidence": None},
        {"confidence": "high"},
        {"citations": [7]},
        {"citations": [{}]},
        {"citations": [{"start": "x", "end": 1, "section": []}]},
        {"statements": [{}]},
        {"statements": 7},
        {"timings_ms": 7},
    ],
)
def test_malformed_answer_raises(gold: GoldSet, tiny_index: Index, damage: dict[str, Any]) -> None:
    """One of the three errors that a reader of runs catches."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        Answer.from_json({**_record(gold, tiny_index), **damage})
    with pytest.raises(TypeError):
        Answer.from_json([])  # type: ignore[arg-type]


# Files


def test_run_is_written(gold: GoldSet, tiny_index: Index, tmp_path: Path) -> None:
    """Answers as `assistant answer` writes them, a TREC run, scores, figures, manifest."""
    run = evaluate(tiny_assistant(tiny_index), gold, Settings())
    folder = tmp_path / "new" / "run"
    write_run(run, folder)
    write_report(run, folder)
    assert {file.name for file in folder.iterdir()} == FILES
    answers = _lines(folder / "answers.jsonl")
    assert [(one["id"], one["turn"]) for one in answers][4:6] == [("musee", 1), ("musee", 2)]
    read = {f"{one['id']}#{one['turn']}": Answer.from_json(one) for one in answers}
    assert read == {case.name: case.answer for case in run.cases}
    case = run.cases[4]
    assert case.ranked is not None
    assert [
        line
        for line in (folder / "run.trec").read_text().splitlines()
        if line.startswith(case.name)
    ] == [
        f"musee#1 Q0 {case.ranked[0]} 1 1.000000 assistant",
        f"musee#1 Q0 {case.ranked[1]} 2 0.500000 assistant",
        f"musee#1 Q0 {case.ranked[2]} 3 0.333333 assistant",
    ]
    record = _lines(folder / "scores.jsonl")[4]
    assert record["scores"]["right"] == run.scores["right"]["musee#1"]
    assert {key: record[key] for key in list(record)[:8]} == {
        "id": "musee", "turn": 1, "question": "Quand le musée ouvre-t-il ?", "language": "fr",
        "kind": "fact", "theme": "tourism", "traits": [], "expected": "answered",
    }  # fmt: skip
    figures = json.loads((folder / "measures.json").read_bytes())
    assert list(figures) == ["overall", *GROUPS]
    right = run.overall["right"]
    assert figures["overall"]["right"] == {
        "value": right.value, "low": right.low, "high": right.high, "count": 9,
    }  # fmt: skip
    assert figures["kind"]["near"]["right"]["count"] == 2
    times = json.loads((folder / "times.json").read_bytes())
    assert list(times) == ["overall", *GROUPS]
    spent = sorted(run.times_ms())
    assert times["overall"]["all"]["count"] == len(spent) == 9
    assert times["overall"]["all"]["median"] == spent[4]
    # Of nine times, 95 % of the way from the first to the last lies .6 behind the eighth.
    assert times["overall"]["all"]["p95"] == pytest.approx(spent[7] + 0.6 * (spent[8] - spent[7]))


def test_manifest_tells_what_the_run_was_made_with(gold: GoldSet, tiny_index: Index) -> None:
    """Gold set, corpus, encoder, settings that answers depend on (no folders), versions."""
    run = evaluate(tiny_assistant(tiny_index), gold, Settings())
    made = run.manifest
    assert (made.gold, made.split) == (gold.fingerprint, None)
    assert (made.corpus, made.encoder) == (
        tiny_index.manifest.corpus_fingerprint,
        "hash of terms",
    )
    assert made.settings["answer"]["max_statements"] == 5
    assert not {"corpus", "tables", "index_folder", "chat"} & made.settings.keys()
    assert {"python", "assistant", "numpy", "onnxruntime"} <= made.versions.keys()


def test_manifest_tells_how_near_the_known_questions_are(
    gold: GoldSet, tiny_index: Index, perfect: Run, tmp_path: Path
) -> None:
    """Those of the corpus folder; none is told of without one, nor of a run made elsewhere."""
    folder = tmp_path / "known"
    known = Settings(corpus=folder)
    assert evaluate(tiny_assistant(tiny_index), gold, known).manifest.known_questions == {}
    folder.mkdir()
    (folder / "musee.questions.yaml").write_text(
        "- sentence: le mardi\n  fr: [Bonjour !]\n  en: [when did THE MINE close]\n", "utf-8"
    )
    told = evaluate(tiny_assistant(tiny_index), gold, known).manifest.known_questions
    assert told["equal"] == 2 / 9
    assert perfect.manifest.known_questions == {}


def _without_times(folder: Path) -> dict[str, Any]:
    """Returns the files of a run without what a clock says."""
    files: dict[str, Any] = {name: (folder / name).read_text(encoding="utf-8") for name in FILES}
    files["answers.jsonl"] = [
        {**one, "timings_ms": None} for one in _lines(folder / "answers.jsonl")
    ]
    times = re.compile(r"(?m)^(<p>)?Temps de réponse : .*$")
    files["report.md"] = times.sub("", files["report.md"])
    # The last picture shows the times.
    files["report.html"] = times.sub("", files["report.html"]).rpartition("<figure>")[0]
    return files


def test_twice_the_same_but_for_times(gold: GoldSet, tiny_index: Index, tmp_path: Path) -> None:
    """Two runs write the same files, the pictures included."""
    written = []
    for name in ("one", "two"):
        run = evaluate(tiny_assistant(tiny_index), gold, Settings())
        slower = [
            replace(
                case, answer=replace(case.answer, timings_ms={"total": float(len(name + str(n)))})
            )
            for n, case in enumerate(run.cases)
        ]
        write_run(replace(run, cases=tuple(slower)), tmp_path / name)
        write_report(run, tmp_path / name)
        written.append(_without_times(tmp_path / name))
    assert written[0] == written[1]
    assert all(written[0].values())


@pytest.mark.parametrize("write", [write_run, write_report])
def test_folder_that_cannot_be_written_is_refused(
    perfect: Run, tmp_path: Path, write: Callable[[Run, Path], None]
) -> None:
    """A file is in the way: name another folder."""
    (tmp_path / "file").write_text("")
    with pytest.raises(GoldError, match=r"cannot be written .*Name another folder with --out"):
        write(perfect, tmp_path / "file")
    with pytest.raises(GoldError, match="cannot be written"):
        write(perfect, tmp_path / "file" / "below")


# The report


def _hostile(run: Run) -> Run:
    """Returns a run that says hostile things and is wrong everywhere."""
    cases = tuple(
        replace(case, answer=replace(case.answer, text=HOSTILE + "\ud800")) for case in run.cases
    )
    scores = {**run.scores, "right": dict.fromkeys(run.scores["right"], 0.0)}
    return replace(run, cases=cases, scores=scores)


def _compared(
    run: Run, change: str = "contact: → <img src=x> ![x](http://evil.example)"
) -> Comparison:
    record = {"question": HOSTILE, "text": HOSTILE}
    difference = Difference("right", 0.5, 0.25, -0.4, -0.1, 0.012, 0.2, 9)
    return Comparison((change,), (difference,), ((record, record),), ((record, record),))


@pytest.fixture
def report(perfect: Run, tmp_path: Path) -> Path:
    """The folder of a report full of hostile text."""
    folder = tmp_path / "report"
    run = _hostile(perfect)
    write_run(run, folder)
    write_report(run, folder, _compared(run))
    return folder


ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "div", "table",
    "thead", "tbody", "tr", "th", "td", "ul", "li", "figure", "figcaption", "svg", "g", "path",
    "defs", "use", "text", "clippath", "rect", "metadata", "rdf", "work", "type", "format",
    "creator", "agent",
}  # fmt: skip


def test_hostile_text_is_inert(report: Path) -> None:
    """Nothing but tables, headings and pictures; the text is there as it was typed."""
    page = html.fromstring((report / "report.html").read_bytes())
    names = {element.tag.split(":")[-1] for element in page.iter() if isinstance(element.tag, str)}
    assert names <= ELEMENTS
    cells = [cell.text_content() for cell in page.iterfind(".//td")]
    typed = " ".join(HOSTILE.split())
    assert f"{typed} (hostile#1, hostile)" in cells
    assert cells.count(typed) == 2 * 3  # question and both answers, better and worse
    assert any(
        "→ <img src=x> ![x](http://evil.example)" in item.text_content()
        for item in page.iterfind(".//li")
    )


def test_report_loads_nothing(report: Path) -> None:
    """No address but places in the page itself; no script, no style sheet from elsewhere."""
    text = (report / "report.html").read_text(encoding="utf-8")
    page = html.fromstring(text.encode())
    for element in page.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            if name.split(":")[-1] in {"src", "href", "srcset", "action", "data", "poster"}:
                assert value.startswith("#")
            if name != "style" and "url(" in value:
                assert "url(#" in value
            assert not (name == "style" and "url(" in value)
    styles = "".join(style.text or "" for style in page.iter("style"))
    assert "@import" not in styles
    assert "url(" not in styles


def _rows(markdown: str, heading: str) -> list[list[str]]:
    """Returns the cells of the table below a heading, as GitHub shows them."""
    page = html.fromstring(MarkdownIt("commonmark").enable("table").render(markdown))
    title = next(one for one in page.iter("h2", "h3") if (one.text or "").startswith(heading))
    table = next(one for one in title.itersiblings("table"))
    return [[cell.text_content() for cell in row.iter("th", "td")] for row in table.iter("tr")]


def test_cells_stay_cells(report: Path) -> None:
    """Pipes and markup in a text neither open a cell nor become an element."""
    markdown = (report / "report.md").read_text(encoding="utf-8")
    rows = _rows(markdown, "Ce qui n’est pas juste")
    assert [len(row) for row in rows] == [4] * 10
    assert rows[0] == ["Question", "Attendu", "Obtenu", "Réponse"]
    typed = " ".join(HOSTILE.split())
    hostile = next(row for row in rows if "hostile#1" in row[0])
    assert hostile == [f"{typed} (hostile#1, hostile)", "refus", "refus", f"{typed}?"]
    comparison = _rows(markdown, "Comparaison")
    assert comparison[1] == [
        "Justes", "0,500", "0,250", "-0,400 – -0,100", "0,012", "réelle", "0,200",
    ]  # fmt: skip
    assert "Au moins une mesure décisive a vraiment baissé." in markdown
    assert "### Devenu juste (1)" in markdown


def test_report_says_what_was_measured(perfect: Run, tmp_path: Path) -> None:
    """Every figure with its interval and count, the times, and each group by its French name."""
    timed = tuple(
        replace(case, answer=replace(case.answer, timings_ms={"total": float(10 * number)}))
        for number, case in enumerate(perfect.cases)
    )
    run = replace(perfect, cases=timed)
    write_report(run, tmp_path)
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert _rows(markdown, "Les mesures")[1] == [
        "Justes", "1,000", "1,000 – 1,000", "9",
        "La réponse dit ce qu’il faut et cite une bonne source ; ou s’abstient quand il le faut.",
    ]  # fmt: skip
    # 0, 10 … 80: the median is 40; 95 % of the way between the first and the last is 76.
    assert "médiane 40 ms, 95 % des réponses en moins de 76 ms" in markdown
    kinds = _rows(markdown, "Par type de question")
    assert kinds[0][:3] == ["Groupe", "Questions", "Justes"]
    assert [row[:2] for row in kinds[1:]] == [
        ["fait", "3"], ["hors sujet", "1"], ["hostile", "1"], ["proche, sans réponse", "2"],
        ["politesse", "1"], ["résumé", "1"],
    ]  # fmt: skip
    assert "Comparaison" not in markdown
    assert f"Jeu de questions {run.manifest.gold} (entier)" in markdown
    assert "9 questions dans 8 conversations" in markdown
    assert markdown.rstrip().endswith("Rien.")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 4
    assert "proche, sans réponse (2)" in page


def test_95th_percentile_is_a_time_that_was_reached(perfect: Run, tmp_path: Path) -> None:
    """Of 10 and 30 ms: 10 + .95·20 = 29, never more than the slowest."""
    times = (10.0, 30.0)
    cases = tuple(
        replace(case, answer=replace(case.answer, timings_ms={"total": time}))
        for case, time in zip(perfect.cases, times, strict=False)
    )
    write_report(replace(perfect, cases=cases), tmp_path)
    assert "médiane 20 ms, 95 % des réponses en moins de 29 ms" in (
        (tmp_path / "report.md").read_text(encoding="utf-8")
    )


def test_equal_runs_are_told_so(perfect: Run, tmp_path: Path) -> None:
    """No change in settings, nothing better, nothing worse."""
    write_run(perfect, tmp_path)
    write_report(perfect, tmp_path, compare(perfect, tmp_path))
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "Les deux essais ont les mêmes réglages et le même corpus." in markdown
    assert "Aucune mesure décisive n’a vraiment baissé." in markdown
    assert {row[5] for row in _rows(markdown, "Comparaison")[1:]} == {"peut-être due au hasard"}
    assert "### Devenu faux (0)\n\nRien." in markdown


def test_long_lists_and_texts_are_cut(perfect: Run, tmp_path: Path) -> None:
    """300 failures and 300 characters of each text; the rest is in scores.jsonl."""
    record = {"question": "?", "text": "a" * 301}
    pair = (record, record)
    write_report(perfect, tmp_path, Comparison((), (), (pair,) * 303, (pair,) * 300))
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    rows = _rows(markdown, "Devenu juste (303)")
    assert len(rows) == 301
    assert rows[1] == ["?", "a" * 300 + "…", "a" * 300 + "…"]
    assert markdown.count("… et 3 autres, dans scores.jsonl.") == 1


def test_everything_that_is_measured_has_a_name() -> None:
    """Every measure has a label and a meaning; every group and outcome a name."""
    texts = report_texts()
    collection = {"answered", "contains_answer", "token_f1", *MEASURES}
    measured = {*TURN_MEASURES, *SET_MEASURES, *MEASURES, *collection, *COMPARED}
    assert texts["measures"].keys() == measured
    assert all(len(entry) == 2 and all(entry) for entry in texts["measures"].values())
    assert texts["groups"].keys() == GROUPS.keys() == texts["names"].keys()
    assert texts["outcomes"].keys() == set(Outcome)


def test_figures_are_shown_in_a_terminal() -> None:
    """Name, value, interval, count."""
    scores = {"rr_10": {"a": 0.5, "b": 0.5}, "nothing": {}}
    assert figure_lines(CollectionRun({}, scores).overall()) == [
        "rr_10                   0.500  [0.500, 0.500]      2"
    ]


# The real assistant


def test_real_assistant_against_broken_ones(assistant: Assistant, settings: Settings) -> None:
    """On eight conversations of dev: the real one is better than one that abstains or invents."""
    gold = read_gold(ROOT / "tests" / "gold" / "conversations.jsonl", "dev")
    facts = [one for one in gold.conversations if one.id.startswith("fr-base")][:5]
    others = [one for one in gold.conversations if one.turns[0].kind == "far"][:3]
    few = replace(gold, conversations=(*facts, *others))
    run = evaluate(assistant, few, settings)
    for case in run.cases:
        assert bool(case.relevant) is case.gold.answerable
        quotes = [quote.quote for need in case.gold.support for quote in need]
        for name in case.relevant:
            # In the version that is shown, and with a part of a quote: its beginning or its end.
            passage = assistant.index.passage(name)
            assert passage is not None
            assert passage.language == case.answer.language == "fr"
            assert any(one[:20] in passage.text or one[-20:] in passage.text for one in quotes)
    answers = {case.name: case.answer for case in run.cases}

    def broken(change: Callable[[Answer], Answer]) -> dict[str, float]:
        changed = {name: change(answer) for name, answer in answers.items()}
        found = score_answers(changed, few, assistant.index, settings).overall
        return {name: estimate.value for name, estimate in found.items()}

    real = broken(lambda answer: answer)
    assert real["source_cited"] > 0
    assert run.overall["source_cited"].value == real["source_cited"]
    silent = broken(abstains)
    assert silent["source_cited"] == silent["content"] == 0
    assert silent["false_abstention"] == silent["abstention_recall"] == 1
    bold = broken(
        lambda answer: replace(
            answer, outcome=Outcome.ANSWERED, statements=answer.statements or (said("Oui."),)
        )
    )
    assert bold["abstention_recall"] == bold["abstention_f1"] == 0
    assert bold["right"] < real["right"]
    assert broken(lambda one: replace(one, language="xx"))["language_match"] == 0
