"""Known questions beside the sources: read whole, or said by file and line what to correct."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from assistant.corpus import find_question_problems, read_corpus, read_known_questions
from assistant.corpus.known_questions import Words
from assistant.spelling import fold
from assistant.texts import LANGUAGES
from tests.documents import put

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
OTHERS = "".join(f"  {one}: [Frage {one}]\n" for one in LANGUAGES if one != "fr")


def _problems(folder: Path, text: str) -> tuple[str, ...]:
    put(folder, "a.txt", "Le musée a ouvert en 2012. Il a coûté 3 millions. Il a ouvert tard.")
    (folder / "a.questions.yaml").write_text(text, encoding="utf-8")
    return find_question_problems(read_known_questions(folder), read_corpus(folder).documents)


def test_entries_hold_sentences_wordings_and_lines(tmp_path: Path) -> None:
    """One sentence, several in order across sources, or none; each with its line."""
    (tmp_path / "a.questions.yaml").write_text(
        "- sentence: a ouvert en 2012\n  suggested: tourism\n  fr: [Quand]\n  pl: [Kiedy]\n"
        "- together:\n  - a ouvert en 2012\n  - {source: b, words: inscrit}\n"
        "  fr:\n  - Quelles dates ?\n  - Les dates\n"
        "- unanswered: tarifs\n  fr: [Combien]\n",
        encoding="utf-8",
    )
    read = read_known_questions(tmp_path)
    assert read.refused == ()
    one, several, none = read.entries
    assert (one.line, one.answers, one.suggested) == (
        1, (Words(source="a", words="a ouvert en 2012"),), "tourism",
    )  # fmt: skip
    assert one.wordings == {"fr": ("Quand",), "pl": ("Kiedy",)}
    assert several.answers == (
        Words(source="a", words="a ouvert en 2012"), Words(source="b", words="inscrit"),
    )  # fmt: skip
    assert several.wordings == {"fr": ("Quelles dates ?", "Les dates")}
    assert (none.place, none.answers, none.missing) == ("a.questions.yaml, line 11", (), "tarifs")


def test_a_source_is_named_as_its_versions_are(tmp_path: Path) -> None:
    """The French one of several versions is meant."""
    for language, text in (("fr", "Le musée a ouvert."), ("en", "It opened.")):
        head = f"title: T\npublisher: P\nlanguage: {language}\ntranslation_of: m\n"
        (tmp_path / f"m.{language}.md").write_text(f"---\n{head}---\n\n{text}\n", "utf-8")
    (tmp_path / "m.questions.yaml").write_text(f"- sentence: musée\n  fr: [Q]\n{OTHERS}", "utf-8")
    documents = read_corpus(tmp_path).documents
    assert find_question_problems(read_known_questions(tmp_path), documents) == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- sentence: fermé\n  fr: [Q]\n" + OTHERS,
         "a.questions.yaml, line 1: “fermé” no longer stands in a. Write words that stand once."),
        ("- sentence: a ouvert\n  fr: [Q]\n" + OTHERS,
         "a.questions.yaml, line 1: “a ouvert” stands 2 times in a. Write words that stand once."),
        ("- together: [2012, {source: z, words: x}]\n  fr: [Q]\n" + OTHERS,
         "a.questions.yaml, line 1: there is no source called z."),
        ("- sentence: '2012'\n  fr: [Q]\n  en: [Q!]\n",
         "a.questions.yaml, line 1: no question in de, nl, pl, es, it."),
        ("- unanswered: a\n  fr: [Combien]\n\n- unanswered: b\n  fr: ['combien']\n",
         "a.questions.yaml, line 4: “combien” stands in a.questions.yaml, line 1 too. "
         "Leave it in one of them."),
        ("- sentence: '2012'\n  unanswered: x\n  fr: [Q]\n",
         "a.questions.yaml, line 1: An entry has one of “sentence”, “together” and “unanswered”. "
         "Correct it."),
        ("\n- unanswered: x\n  fr: Q\n",
         "a.questions.yaml, line 2: fr: Input should be a valid tuple."),
        ("- unanswered: x\n  fr: [Q]\n  ru: [Q]\n",
         "a.questions.yaml, line 1: ru: Extra inputs are not permitted."),
        ("- unanswered: x\n  suggested: sport\n  fr: [Q]\n",
         "a.questions.yaml, line 1: suggested: Input should be 'environment', 'economy', 'social', "
         "'tourism', 'heritage' or 'funds'."),
        ("- unanswered: x\n  fr: []\n",
         "a.questions.yaml, line 1: fr: Tuple should have at least 1 item after validation, not 0."),  # noqa: E501 - pydantic's own words
        ("a: b\n", "a.questions.yaml is no list. Begin every entry with a hyphen."),
        ("- [\n", "a.questions.yaml is not valid YAML (line 2). Correct that line."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, text: str, problem: str) -> None:
    """Each problem is one sentence."""
    assert _problems(tmp_path, text) == (problem,)


def test_a_wrong_entry_leaves_the_others(tmp_path: Path) -> None:
    """One malformed entry is refused, the next is read."""
    (tmp_path / "a.questions.yaml").write_text("- x\n- unanswered: y\n  fr: [Q]\n", "utf-8")
    read = read_known_questions(tmp_path)
    assert [entry.line for entry in read.entries] == [2]
    assert len(read.refused) == 1


def test_every_sentence_of_ours_is_asked_for_in_every_register_and_language() -> None:
    """Ten questions in French, two in each other language; fifteen unanswered a source."""
    read = read_known_questions(CORPUS)
    documents = read_corpus(CORPUS).documents
    assert find_question_problems(read, documents) == ()
    unanswered: Counter[str] = Counter()
    for entry in read.entries:
        if entry.answers:
            counts = {language: len(asked) for language, asked in entry.wordings.items()}
            assert counts.pop("fr") >= 10, entry.place
            assert min(counts.values()) >= 2, entry.place
        else:
            unanswered[entry.file] += len(entry.wordings["fr"])
    assert len(unanswered) == 17
    assert min(unanswered.values()) >= 15


def test_no_known_question_is_one_that_measures() -> None:
    """The gold set would measure memory otherwise."""
    gold = (ROOT / "tests" / "gold" / "conversations.jsonl").read_text(encoding="utf-8")
    asked = {_folded(text) for text in _strings(gold)}
    known = {
        _folded(wording)
        for entry in read_known_questions(CORPUS).entries
        for wordings in entry.wordings.values()
        for wording in wordings
    }
    assert len(asked & known) == 0


def _strings(gold: str) -> list[str]:
    return [turn["question"] for line in gold.splitlines() for turn in json.loads(line)["turns"]]


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            f"- {{sentence: a, fr: &many [{'q, ' * 50_000}q]}}\n"
            + "- {sentence: a, fr: *many}\n" * 25_000,
            "uses something again by its name, with “*” (line 2). Write it out there",
        ),
        (
            "- &a {fr: [x], sentence: x}\n- {fr: [x], together: [*a, *a]}\n",
            "uses something again by its name, with “*” (line 2). Write it out there",
        ),
        (
            f"- {{fr: [q], together: [{'q, ' * 30_000}q]}}\n",
            "together: Tuple should have at most 50 items after validation",
        ),
        (
            f"- {{unanswered: a, fr: [{'q, ' * 30_000}q]}}\n",
            "fr: Tuple should have at most 100 items after validation",
        ),
    ],
    ids=["multiplied", "named", "many sentences", "many wordings"],
)
def test_a_short_file_takes_no_memory_without_end(tmp_path: Path, text: str, told: str) -> None:
    """What would make gigabytes of a megabyte is refused with its line, in a bounded process."""
    (tmp_path / "a.questions.yaml").write_text(text, encoding="utf-8")
    program = (
        "import resource, sys, pathlib\n"
        "from assistant.corpus import read_known_questions\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\n"
        "print(read_known_questions(pathlib.Path(sys.argv[1])).refused)\n"
    )
    read = subprocess.run(
        [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True
    )
    assert told in read.stdout
