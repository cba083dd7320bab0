"""The commands, run as a script would run them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.settings import Settings
from assistant.testing import tiny_corpus, write_document
from tests.conftest import ASSISTANT

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process on the index of the project's corpus."""

    def run_command(*arguments: str, index: Path | None = None) -> tuple[int, str, str]:
        command, *rest = arguments
        capsys.readouterr()
        code = main([command, "--index", str(index or settings.index_folder), *rest])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_command


def test_ask_prints_answer_and_sources(run: Run) -> None:
    """The answer, then each source with title, publisher, « page non datée » and address."""
    code, out, err = run("ask", "Comment le bassin minier veut-il changer son image ?")
    assert (code, err) == (0, "")
    assert "Le bassin minier cherche à changer son image et à se développer par le tourisme." in out
    assert (
        "« Bassin Minier », Département du Pas-de-Calais, page non datée, consultée le 22/11/2026"
        in out
    )
    assert "http://www.echo62.com/Europe/" in out


def test_ask_prints_one_record(run: Run, settings: Settings) -> None:
    """--json prints the documented record, whose quote resolves in the printed source."""
    code, out, _ = run("ask", "--json", "cest quoi le parc des iles")
    record = json.loads(out)
    assert code == 0
    assert list(record) == [
        "schema_version", "conversation_id", "turn", "question", "standalone_question", "language",
        "outcome", "text", "statements", "citations", "confidence", "reason", "nearby",
        "timings_ms",
    ]  # fmt: skip
    assert (record["schema_version"], record["outcome"]) == (1, "answered")
    citation = record["citations"][0]
    assert (citation["date"], citation["document_id"]) == ("2026-11-23", "parc-des-iles.fr")
    assert citation["origins"][0].startswith("http")
    _, text, _ = run("sources", "--text", citation["document_id"])
    assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_abstention_is_an_answer(run: Run) -> None:
    """Every outcome exits with 0."""
    code, out, _ = run("ask", "Quelle est la capitale du Japon ?")
    assert code == 0
    assert out.startswith("Cette question ne porte pas sur ce dont parlent mes sources")


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("", "The question is empty. Write a question."),
        ("\x01\x02", "The question holds neither a word nor a number. Write it in words."),
        ("a" * 8001, "The question has 8,001 characters, more than 8,000. Ask a shorter one."),
    ],
)
def test_what_cannot_be_a_question_exits_2(run: Run, question: str, sentence: str) -> None:
    """One sentence on standard error and nothing on standard output."""
    assert run("ask", question) == (2, "", sentence + "\n")


def test_answer_writes_a_record_a_turn(run: Run, tmp_path: Path) -> None:
    """Conversations in, answers out in order, named and numbered; a bad turn is refused."""
    source = tmp_path / "conversations.jsonl"
    source.write_text(
        '{"id": "a", "turns": ["Où le Parc des îles a-t-il été aménagé ?", "", "Merci"]}\n\n'
        '{"id": "b", "turns": ["Quelle est la capitale du Japon ?"]}\n',
        encoding="utf-8",
    )
    code, out, _ = run("answer", str(source))
    records = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(r["id"], r["conversation_id"], r["turn"], r["outcome"]) for r in records] == [
        ("a", "a", 1, "answered"),
        ("a", "a", 2, "refused"),
        ("a", "a", 3, "small_talk"),
        ("b", "b", 1, "abstained"),
    ]
    assert records[1]["reason"] == "bad_input"


def test_answer_is_the_same_twice(run: Run, tmp_path: Path) -> None:
    """Same input, same output but for the times."""
    source = tmp_path / "conversations.jsonl"
    turns = ["ADITEC", "Which European fund helps people get back to work?", "\ud800 parc"]
    source.write_text(json.dumps({"id": "a", "turns": turns}) + "\n", encoding="utf-8")
    outputs = []
    for name in ("one", "two"):
        assert run("answer", str(source), "--out", str(tmp_path / name))[0] == 0
        lines = (tmp_path / name).read_text(encoding="utf-8").splitlines()
        outputs.append([{**json.loads(line), "timings_ms": None} for line in lines])
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) == 3


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "Line 1 of"),
        ("[1]", "is not a JSON object"),
        ('{"turns": ["a"]}', "Line 1 is not a conversation."),
        ('{"id": "a", "turns": "a"}', "Line 1 is not a conversation."),
        ('{"id": "a", "turns": [1]}', "Line 1 is not a conversation."),
    ],
)
def test_malformed_conversations_exit_2(run: Run, tmp_path: Path, line: str, problem: str) -> None:
    """The line is named, and nothing is written."""
    source = tmp_path / "conversations.jsonl"
    source.write_text(line + "\n", encoding="utf-8")
    code, out, err = run("answer", str(source))
    assert (code, out) == (2, "")
    assert problem in err


def test_file_that_cannot_be_read_or_written_exits_2(run: Run, tmp_path: Path) -> None:
    """A missing input and an impossible output each get a sentence."""
    code, _, err = run("answer", str(tmp_path / "none.jsonl"))
    assert code == 2
    assert "none.jsonl cannot be read" in err
    source = tmp_path / "c.jsonl"
    source.write_text('{"id": "a", "turns": ["x"]}\n', encoding="utf-8")
    code, _, err = run("answer", str(source), "--out", str(tmp_path / "no" / "out.jsonl"))
    assert code == 2
    assert "cannot be written (No such file or directory)" in err


def test_retrieve_writes_a_trec_run(run: Run, tmp_path: Path) -> None:
    """BEIR documents in, ranked documents out, best first, in the six columns of a TREC run."""
    collection, queries, out = tmp_path / "beir", tmp_path / "queries.jsonl", tmp_path / "run.txt"
    collection.mkdir()
    documents = {"d-1": "Le chat dort sur le lit.", "d-2": "La fusée décolle.", "d-3": "Il pleut."}
    (collection / "corpus.jsonl").write_text(
        "".join(
            json.dumps({"_id": name, "title": "", "text": text}) + "\n"
            for name, text in documents.items()
        ),
        encoding="utf-8",
    )
    queries.write_text(
        '{"_id": "q1", "text": "Où dort le chat ?"}\n{"_id": "q2", "text": "fusée"}\n'
        '{"_id": "q3", "text": "?"}\n',
        encoding="utf-8",
    )
    index = tmp_path / "index"
    assert run("index", "--corpus", str(collection), index=index)[0] == 0
    code, _, err = run("retrieve", str(queries), "--k", "2", "--run", str(out), index=index)
    assert code == 0
    assert "Query q3 finds nothing" in err
    rows = [line.split() for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row[:4] for row in rows if row[3] == "1"] == [
        ["q1", "Q0", "d-1", "1"],
        ["q2", "Q0", "d-2", "1"],
    ]
    assert [len(row) for row in rows] == [6] * 4
    assert float(rows[0][4]) > float(rows[1][4])


def test_sources_lists_the_documents(run: Run) -> None:
    """In JSON, a list of documents with the documented keys."""
    code, out, _ = run("sources", "--json")
    (record,) = [r for r in json.loads(out) if r["document_id"] == "bassin-minier"]
    assert code == 0
    assert list(record) == [
        "document_id", "title", "publisher", "url", "date", "language", "passages", "problems",
    ]  # fmt: skip
    assert record["publisher"] == "Département du Pas-de-Calais"
    assert (record["date"], record["language"], record["problems"]) == (None, "fr", [])
    assert record["passages"] == 16


def test_source_text_is_printed_exactly(settings: Settings) -> None:
    """--text prints the file byte for byte, nothing added."""
    index = settings.index_folder
    command = [str(ASSISTANT), "sources", "--index", str(index), "--text", "bassin-minier"]
    printed = subprocess.run(command, capture_output=True, check=True).stdout
    assert printed == (Path(__file__).parent.parent / "corpus" / "bassin-minier.txt").read_bytes()


def test_unknown_source_exits_2(run: Run) -> None:
    """A document that is not there is wrong input."""
    code, _, err = run("sources", "--text", "nothing")
    assert code == 2
    assert err == "There is no document called nothing. `assistant sources` lists them.\n"


def test_sources_check_tells_what_is_wrong(run: Run, tmp_path: Path) -> None:
    """A refused document and a missing address make --check exit 1, and are named."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    write_document(corpus, "bon", "Un texte.")
    (corpus / "bon.yaml").write_text("title: Bon\npublisher: X\nlanguage: fr\n", encoding="utf-8")
    (corpus / "seul.txt").write_text("Sans métadonnées.", encoding="utf-8")
    code, _, err = run("index", "--corpus", str(corpus), index=index)
    assert code == 0
    assert "Refused: seul.txt: seul.yaml is missing." in err
    code, _, err = run("sources", "--check", index=index)
    assert code == 1
    assert "bon: url is missing" in err
    assert "Refused: seul.txt" in err


def test_index_reports_what_changed(run: Run, tmp_path: Path) -> None:
    """Added, changed, removed, unchanged; the second time nothing is embedded."""
    corpus, index = tiny_corpus(tmp_path / "corpus"), tmp_path / "index"
    _, first, _ = run("index", "--corpus", str(corpus), index=index)
    assert first.startswith("3 documents added, 0 changed, 0 removed, 0 unchanged, 0 refused; 3 of")
    _, second, _ = run("index", "--corpus", str(corpus), index=index)
    assert second.startswith("0 documents added, 0 changed, 0 removed, 3 unchanged")
    assert "0 of 3 passages embedded" in second
    write_document(corpus, "parc", "Le parc couvre 46 hectares.")
    (corpus / "mine.txt").unlink()
    _, third, _ = run("index", "--corpus", str(corpus), index=index)
    assert third.startswith("0 documents added, 1 changed, 1 removed, 1 unchanged")


def test_index_check_exits_1_on_damage(run: Run, tmp_path: Path) -> None:
    """A complete index passes; an altered file is named."""
    corpus, index = tiny_corpus(tmp_path / "corpus"), tmp_path / "index"
    run("index", "--corpus", str(corpus), index=index)
    assert run("index", "--check", index=index)[0] == 0
    (passages,) = index.glob("versions/*/passages.jsonl")
    passages.write_bytes(passages.read_bytes()[:-1])
    code, _, err = run("index", "--check", index=index)
    assert code == 1
    assert f"{passages} was truncated or altered. Run `assistant index --rebuild`." in err
    code, _, err = run("ask", "Où est le parc ?", index=index)
    assert code == 1
    assert "was truncated or altered" in err
    assert run("index", "--corpus", str(corpus), index=index)[0] == 0
    assert run("index", "--check", index=index)[0] == 0


def test_no_index_says_what_to_do(run: Run, tmp_path: Path) -> None:
    """Without an index, a sentence that says how to make one."""
    code, _, err = run("ask", "Où est le parc ?", index=tmp_path / "none")
    assert code == 1
    assert err == f"There is no index in {tmp_path / 'none'}. Run `assistant index`.\n"


def test_other_encoder_says_what_to_do(run: Run, settings: Settings, tmp_path: Path) -> None:
    """An index of one encoder is not opened with another."""
    file = tmp_path / "assistant.toml"
    file.write_text('[encoder]\nmodel = "other/model"\n', encoding="utf-8")
    code, _, err = run("ask", "--settings", str(file), "Où est le parc ?")
    assert code == 1
    assert "The index was built with multilingual-e5-small-q4" in err
    assert "Run `assistant index` to embed the corpus anew" in err


def test_wrong_settings_exit_2(run: Run, tmp_path: Path) -> None:
    """A typo in the settings is refused by name."""
    file = tmp_path / "assistant.toml"
    file.write_text("[retrieval]\ndense_wieght = 0.5\n", encoding="utf-8")
    code, _, err = run("ask", "--settings", str(file), "Où est le parc ?")
    assert code == 2
    assert "retrieval.dense_wieght: is not a setting" in err


def test_corpus_that_is_not_there_exits_2(run: Run, tmp_path: Path) -> None:
    """A wrong folder is wrong input."""
    code, _, err = run("index", "--corpus", str(tmp_path / "none"), index=tmp_path / "index")
    assert code == 2
    assert "There is no corpus folder at" in err


@pytest.mark.parametrize("arguments", [[], ["dance"], ["ask"], ["retrieve", "x", "--k", "0"]])
def test_wrong_use_exits_2(arguments: list[str]) -> None:
    """Commands that do not exist or lack something exit 2."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_closed_pipe_is_not_an_error(settings: Settings) -> None:
    """`assistant sources | head -0` leaves no traceback."""
    command = f"'{ASSISTANT}' sources --json --index '{settings.index_folder}' | true"
    finished = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert finished.stderr == ""


def test_commands_that_embed_nothing_do_not_load_the_model(settings: Settings) -> None:
    """`sources` answers without importing sentence-transformers, which takes seconds."""
    code = (
        "import sys; from assistant.cli import main; "
        f"main(['sources', '--index', {str(settings.index_folder)!r}]); "
        "sys.exit('sentence_transformers' in sys.modules or 'torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_translations_are_recorded_as_in_step(run: Run, tmp_path: Path) -> None:
    """--check tells of versions that were never compared; --in-step records that they were."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    for language, text in (("fr", "Le musée a ouvert."), ("en", "The museum opened.")):
        write_document(corpus, f"musee.{language}", text, language=language)
        yaml = corpus / f"musee.{language}.yaml"
        yaml.write_text(yaml.read_text() + "translation_of: musee\n")
    run("index", "--corpus", str(corpus), index=index)
    code, _, err = run("sources", "--check", index=index)
    assert code == 1
    assert "musee.fr: changed since it was last compared with its translations" in err
    code, out, _ = run("sources", "--in-step", "musee", "--corpus", str(corpus), index=index)
    assert (code, out) == (0, "The versions of musee are recorded as saying the same.\n")
    run("index", "--corpus", str(corpus), index=index)
    assert run("sources", "--check", index=index)[0] == 0
