"""The commands, run as a script would run them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.corpus import read_corpus
from assistant.index import Index, build_index
from assistant.settings import Settings
from assistant.testing import HashEncoder, tiny_corpus, write_document
from assistant.texts import LANGUAGES
from tests.conftest import ASSISTANT
from tests.small_indexes import write_questions

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


def test_ask_says_who_said_it(run: Run) -> None:
    """Of a sheet: who said it and the sheet, then each address behind its name."""
    _, out, _ = run("ask", "cest quoi le parc des iles")
    assert "Ilex (paysagistes), Euralens, d’après la fiche « Le Parc des Îles », publication" in out
    assert (
        "\n    Ilex (paysagistes) http://www.ilex-paysages.com/en/realisation/parc-des-iles/" in out
    )
    assert "\n    Euralens https://www.euralens.org/projets/le-parc-des-iles.html\n" in out
    assert "\n    http://www.echo62.com/Europe/" in out
    assert "fiche rédigée par le projet" not in out


def test_ask_prints_one_record(run: Run, settings: Settings) -> None:
    """--json prints the documented record, whose quote resolves in the printed source."""
    code, out, _ = run("ask", "--json", "cest quoi le parc des iles")
    record = json.loads(out)
    assert code == 0
    assert list(record) == [
        "schema_version", "conversation_id", "turn", "question", "standalone_question", "language",
        "outcome", "text", "statements", "citations", "confidence", "reason", "nearby",
        "suggestions", "timings_ms",
    ]  # fmt: skip
    assert (record["schema_version"], record["outcome"]) == (1, "answered")
    citation = record["citations"][0]
    assert (citation["date"], citation["document_id"]) == ("2026-11-23", "parc-des-iles.fr")
    assert citation["origins"][0].startswith("http")
    assert len(citation["origin_names"]) == len(citation["origins"])
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
        ("a" * 2001, "The question has 2,001 characters, more than 2,000. Ask a shorter one."),
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
        "state",
    ]  # fmt: skip
    assert record["publisher"] == "Département du Pas-de-Calais"
    assert (record["date"], record["language"], record["problems"]) == (None, "fr", [])
    assert (record["passages"], record["state"]) == (16, "indexed")


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


# Versions of the index.


@pytest.fixture
def two_versions(tiny_index: Index, tmp_path: Path) -> tuple[str, str]:
    """An index in `tmp_path`/index of which two versions are kept; the parc is new in the second.

    Returns:
        The name of the former version and of the current one.
    """
    write_document(tmp_path / "corpus", "parc", "Le parc couvre 46 hectares. Il est vert.")
    write_document(tmp_path / "corpus", "terril", "Le terril est haut.")
    fake = HashEncoder()
    changes = build_index(
        read_corpus(tmp_path / "corpus"),
        tmp_path / "index",
        fake.identity,
        lambda: fake,
        Settings(),
        lambda _: lambda _: None,
    )
    return tiny_index.name, changes.version


def test_versions_are_listed(run: Run, tmp_path: Path, two_versions: tuple[str, str]) -> None:
    """One line a version, the newest first, a star before the current one."""
    former, newest = two_versions
    assert run("index", "--list", index=tmp_path / "index") == (
        0,
        f"* {newest}       4 documents        4 passages\n"
        f"  {former}       3 documents        3 passages\n",
        "",
    )


def test_roll_back_and_forth(run: Run, tmp_path: Path, two_versions: tuple[str, str]) -> None:
    """--rollback goes to the version before, or to the one that is named; the list says so."""
    index, (former, newest) = tmp_path / "index", two_versions
    text = ("sources", "--text", "parc")
    assert run(*text, index=index)[1] == "Le parc couvre 46 hectares. Il est vert."
    assert run("index", "--rollback", index=index) == (0, f"Current version: {former}\n", "")
    assert run(*text, index=index)[1] == "Le parc couvre 45 hectares. Des arbres y poussent."
    lines = run("index", "--list", index=index)[1].splitlines()
    assert [line.split("  ")[0] for line in lines if line.startswith("*")] == [f"* {former}"]
    assert run("index", "--rollback", newest, index=index) == (
        0,
        f"Current version: {newest}\n",
        "",
    )
    assert run("index", "--check", index=index)[0] == 0
    assert run(*text, index=index)[1] == "Le parc couvre 46 hectares. Il est vert."


def test_roll_back_that_cannot_be_exits_1(
    run: Run, tmp_path: Path, two_versions: tuple[str, str]
) -> None:
    """No such version, a path, a damaged one, none before: a sentence, and all stays as it is."""
    index, (former, newest) = tmp_path / "index", two_versions
    pointer = (index / "current").read_bytes()
    for name in ("absent", "../x", f"../versions/{former}", "x" * 5_000):
        assert run("index", "--rollback", name, index=index) == (
            1,
            "",
            f"There is no version {name} in {index}. `assistant index --list` lists them.\n",
        )
    damaged = index / "versions" / former / "lexical" / "glossary.json"
    damaged.write_text("[]\n")
    assert run("index", "--rollback", former, index=index) == (
        1,
        "",
        f"{damaged} was truncated or altered. Run `assistant index --rebuild`.\n",
    )
    assert run("index", "--rollback", index=index) == (
        1,
        "",
        "No version is older than the current one. `assistant index --list` lists what is kept.\n",
    )
    assert (index / "current").read_bytes() == pointer
    assert run("index", "--list", index=index)[1].split()[:2] == ["*", newest]


def test_roll_back_during_a_build_exits_1(
    run: Run, tmp_path: Path, two_versions: tuple[str, str]
) -> None:
    """While another process holds the lock of the index, nothing is changed."""
    index = tmp_path / "index"
    pointer = (index / "current").read_bytes()
    code = (
        "import sys, filelock\n"
        f"with filelock.FileLock({str(index / '.lock')!r}):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert run("index", "--rollback", index=index) == (
            1,
            "",
            f"Another build is writing to {index}. Wait until it has ended.\n",
        )
        assert (index / "current").read_bytes() == pointer
        other.communicate()
    assert run("index", "--rollback", two_versions[0], index=index)[0] == 0


@pytest.mark.parametrize("option", ["--list", "--rollback"])
def test_without_an_index_there_are_no_versions(run: Run, tmp_path: Path, option: str) -> None:
    """Without an index, a sentence that says how to make one, and no folder."""
    folder = tmp_path / "none"
    expected = f"There is no index in {folder}. Run `assistant index`.\n"
    assert run("index", option, index=folder) == (1, "", expected)
    assert not folder.exists()


@pytest.mark.parametrize("options", [["--check", "--list"], ["--list", "--rollback", "x"]])
def test_one_thing_at_a_time(options: list[str]) -> None:
    """Verifying, listing and going back exclude each other."""
    with pytest.raises(SystemExit) as stopped:
        main(["index", *options])
    assert stopped.value.code == 2


def test_index_goes_on_after_a_roll_back(run: Run, tmp_path: Path) -> None:
    """A glossary alone embeds nothing; one can go back from it, and a build brings it again."""
    corpus, index = tiny_corpus(tmp_path / "corpus"), tmp_path / "index"
    build = ("index", "--corpus", str(corpus))
    first = run(*build, index=index)[1].split()[-1]
    (corpus / "glossary.yaml").write_text("musée:\n  pl: [muzeum]\n", encoding="utf-8")
    code, out, err = run(*build, index=index)
    second = out.split()[-1]
    assert (code, out, err) == (
        0,
        "0 documents added, 0 changed, 0 removed, 3 unchanged, 0 refused; 0 of 3 passages "
        f"embedded. Current version: {second}\n",
        "",
    )
    assert second > first
    assert run(*build, index=index)[1] == out
    assert run("index", "--rollback", index=index)[1] == f"Current version: {first}\n"
    third = run(*build, index=index)[1].split()[-1]
    assert third > second
    assert [line.split()[-5] for line in run("index", "--list", index=index)[1].splitlines()] == [
        third,
        second,
        first,
    ]


# Tables.

MAPPING = """title: Liste
publisher: Éditeur
url: https://example.org/liste
language: fr
published: 2016-07-11
file: liste.csv
fields:
  nom: {column: Nom}
key: [nom]
row_title: "{nom}"
sentences: ["Le projet « {nom} » est aidé."]
"""
LEFT_OUT = (
    "Left out: liste.table.yaml: The table liste.csv is not there. Put it beside its mapping, or "
    "name its folder with --tables. It comes from https://example.org/liste\n"
)


def corpus_with_table(folder: Path) -> tuple[Path, Path]:
    """Writes a corpus with a mapping, and its table into a folder of its own; returns both."""
    corpus, tables = tiny_corpus(folder / "corpus"), folder / "tables"
    (corpus / "liste.table.yaml").write_text(MAPPING, encoding="utf-8")
    tables.mkdir()
    (tables / "liste.csv").write_text("Nom\nLe terril vert\nLe beffroi\n", encoding="utf-8")
    return corpus, tables


def test_tables_are_read_from_their_folder(run: Run, tmp_path: Path) -> None:
    """Without the tables their mapping is left out, which is not wrong; with them, rows come."""
    (corpus, tables), index = corpus_with_table(tmp_path), tmp_path / "index"
    code, out, err = run("index", "--corpus", str(corpus), index=index)
    assert (code, err) == (0, LEFT_OUT)
    assert out.startswith("3 documents added, 0 changed, 0 removed, 0 unchanged, 0 refused;")
    assert run("sources", "--check", index=index)[::2] == (0, LEFT_OUT)
    folders = ("--corpus", str(corpus), "--tables", str(tables))
    code, out, err = run("index", *folders, index=index)
    assert (code, err) == (0, "")
    assert out.startswith("2 documents added, 0 changed, 0 removed, 3 unchanged, 0 refused; 2 of 5")
    code, out, err = run("sources", "--check", index=index)
    assert (code, err) == (0, "")
    assert out.endswith("5 documents (5 fr), 0 problems.\n")


def test_tables_may_be_in_the_settings(run: Run, tmp_path: Path) -> None:
    """The folder that the settings name is read by `index` and compared with by `sources`."""
    (corpus, tables), index = corpus_with_table(tmp_path), tmp_path / "index"
    settings = tmp_path / "assistant.toml"
    settings.write_text(f'corpus = "{corpus}"\ntables = "{tables}"\n', encoding="utf-8")
    code, out, err = run("index", "--settings", str(settings), index=index)
    assert (code, err) == (0, "")
    assert out.startswith("5 documents added")
    tables.rename(tmp_path / "moved")
    settings.write_text(f'tables = "{tmp_path / "moved"}"\n', encoding="utf-8")
    code, out, _ = run("sources", "--json", "--settings", str(settings), index=index)
    assert (code, [record["state"] for record in json.loads(out)]) == (0, ["indexed"] * 5)
    code, out, _ = run("sources", "--json", index=index)
    assert (code, [record["state"] for record in json.loads(out)]) == (0, ["unknown"] * 5)


@pytest.mark.parametrize("command", ["index", "sources"])
@pytest.mark.parametrize("option", ["corpus", "tables"])
def test_named_folder_that_is_not_there_exits_2(
    run: Run, tmp_path: Path, tiny_index: Index, command: str, option: str
) -> None:
    """A wrong folder on the command line is wrong input, and nothing is written or listed."""
    named = {"corpus": tmp_path / "corpus", option: tmp_path / "none"}
    arguments = [text for name, path in named.items() for text in (f"--{name}", str(path))]
    before = (tmp_path / "index" / "current").read_bytes()
    what = {"corpus": "corpus folder", "tables": "folder of tables"}[option]
    assert run(command, *arguments, index=tmp_path / "index") == (
        2,
        "",
        f"There is no {what} at {tmp_path / 'none'}. Name the right folder with --{option}.\n",
    )
    assert (tmp_path / "index" / "current").read_bytes() == before


# The list of sources.


def test_sources_are_listed_with_their_states(
    run: Run, tmp_path: Path, two_versions: tuple[str, str]
) -> None:
    """One line a document: id, language, state, passages and title."""
    index, corpus = tmp_path / "index", tmp_path / "corpus"
    run("index", "--rollback", index=index)
    for suffix in ("txt", "yaml"):
        (corpus / f"mine.{suffix}").unlink()
    assert run("sources", index=index) == (
        0,
        "mine                     fr  removed     1 passages  mine\n"
        "musee                    fr  indexed     1 passages  Musée\n"
        "parc                     fr  changed     1 passages  parc\n"
        "terril                   fr  new         0 passages  terril\n",
        "",
    )
    shutil.rmtree(corpus)
    assert run("sources", index=index) == (
        0,
        "mine                     fr  unknown     1 passages  mine\n"
        "musee                    fr  unknown     1 passages  Musée\n"
        "parc                     fr  unknown     1 passages  parc\n",
        "",
    )


def test_sources_of_another_folder(run: Run, tmp_path: Path, tiny_index: Index) -> None:
    """--corpus compares with another folder than the one that the index was built from."""
    write_document(tmp_path / "other", "parc", "Le parc.")
    code, out, _ = run(
        "sources", "--json", "--corpus", str(tmp_path / "other"), index=tmp_path / "index"
    )
    states = {record["document_id"]: record["state"] for record in json.loads(out)}
    assert (code, states) == (0, {"mine": "removed", "musee": "removed", "parc": "changed"})


@pytest.mark.parametrize("change", ["nothing", "changed", "new", "removed", "gone"])
def test_state_alone_is_not_wrong(run: Run, tmp_path: Path, tiny_index: Index, change: str) -> None:
    """Whatever the states are, --check exits 0 as long as nothing is missing or refused."""
    corpus = tmp_path / "corpus"
    if change == "gone":
        shutil.rmtree(corpus)
    elif change == "removed":
        (corpus / "parc.txt").unlink()
        (corpus / "parc.yaml").unlink()
    elif change != "nothing":
        write_document(corpus, {"changed": "parc", "new": "terril"}[change], "Le beffroi sonne.")
    code, out, err = run("sources", "--check", index=tmp_path / "index")
    assert (code, err) == (0, "")
    count = 4 if change == "new" else 3
    assert out.splitlines()[-1] == f"{count} documents ({count} fr), 0 problems."


@pytest.mark.parametrize("wrong", ["problem", "refused", "old", "question"])
def test_what_is_wrong_makes_the_check_exit_1(
    run: Run, tmp_path: Path, tiny_index: Index, wrong: str
) -> None:
    """A problem, a refusal, an old document or a question without its text is told either way.

    --check exits 1 for any of them.
    """
    corpus, options = tmp_path / "corpus", []
    if wrong == "problem":
        yaml = corpus / "parc.yaml"
        yaml.write_text(yaml.read_text().replace("url: https://example.org/parc\n", ""))
        told = "parc: url is missing\n"
    elif wrong == "refused":
        (corpus / "notes.odt").write_text("Rien.")
        told = (
            "Refused: notes.odt: .odt cannot be read. "
            "Save it as one of .docx, .htm, .html, .md, .pdf, .txt.\n"
        )
    elif wrong == "question":
        write_questions(
            corpus, "terril", [{"sentence": "dort"} | {one: ["Quand ?"] for one in LANGUAGES}]
        )
        told = "Question: terril.questions.yaml, line 1: there is no source called terril.\n"
    else:
        yaml = corpus / "parc.yaml"
        yaml.write_text(yaml.read_text() + "published: 2016-07-11\n")
        options = ["--older-than", "2026-11-22"]
        told = "parc: is from 2016-07-11\n"
    code, out, err = run("sources", *options, index=tmp_path / "index")
    assert (code, err) == (0, told)
    assert "problems" not in out
    code, out, err = run("sources", "--check", *options, index=tmp_path / "index")
    assert (code, err) == (1, told)
    assert out.splitlines()[-1] == "3 documents (3 fr), 1 problems."


def test_check_counts_the_languages(run: Run, tmp_path: Path, tiny_index: Index) -> None:
    """The most frequent language stands first, and every problem counts."""
    write_document(tmp_path / "corpus", "museum", "The museum opened.", language="en")
    code, out, err = run(
        "sources", "--check", "--older-than", "2026-11-23", index=tmp_path / "index"
    )
    assert code == 1
    assert out.splitlines()[-1] == "4 documents (3 fr, 1 en), 4 problems."
    assert err.splitlines() == [
        f"{name}: is from 2026-11-22" for name in ("mine", "musee", "museum", "parc")
    ]


@pytest.mark.parametrize("day", ["", "hier", "2026-13-01", "2026-02-30", "11/22/2026", "20261122"])
def test_wrong_day_exits_2(capsys: pytest.CaptureFixture[str], day: str) -> None:
    """What is no day of the calendar, or written in another way, is wrong use."""
    with pytest.raises(SystemExit) as stopped:
        main(["sources", "--older-than", day])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.endswith(
        f"argument --older-than: {day} is no day; write YYYY-MM-DD\n"
    )


@pytest.mark.parametrize(("files", "more"), [(50, 0), (51, 1), (60, 10)])
def test_no_more_is_told_than_can_be_read(
    run: Run, tmp_path: Path, tiny_index: Index, files: int, more: int
) -> None:
    """Of each kind fifty lines are told and the rest is counted; --check counts all."""
    corpus = tmp_path / "corpus"
    for number in range(files):
        (corpus / f"f{number:02}.odt").write_text("Rien.")
    code, out, err = run(
        "sources", "--check", "--older-than", "2026-11-23", index=tmp_path / "index"
    )
    assert (code, out.splitlines()[-1]) == (1, f"3 documents (3 fr), {files + 3} problems.")
    lines = err.splitlines()
    assert [line.partition(":")[0] for line in lines[:3]] == ["mine", "musee", "parc"]
    assert [line.split()[1] for line in lines[3:53]] == [f"f{n:02}.odt:" for n in range(50)]
    assert lines[53:] == ([f"… and {more} more of this kind"] if more else [])
