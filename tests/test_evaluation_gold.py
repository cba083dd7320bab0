"""Reading gold sets and finding their quotes in the sources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.domain import Origin, Outcome, Reference, SourceDocument, Span
from assistant.errors import GoldError
from assistant.evaluation import Split, read_gold
from assistant.evaluation.gold import GoldTurn, Place, Quote, locate
from assistant.evaluation.run import locate_all
from assistant.index import Index
from tests.evaluation_builders import TURNS, answerable, tiny_gold, turn, write_gold

FACT = TURNS["mine"][0]


def _set(folder: Path, *lines: Any) -> Path:
    file = folder / "set.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return file


def _line(name: str = "a", **changed: Any) -> dict[str, Any]:
    return {"id": name, "turns": [{**FACT, **changed}]}


def test_gold_is_read_in_the_order_of_ids(tmp_path: Path) -> None:
    """Whatever the order of the lines; blank ones are skipped, what is left out has defaults."""
    file = tmp_path / "set.jsonl"
    lines = [json.dumps(_line("b")), "", json.dumps(_line("a.1")), "  "]
    file.write_text("\n".join(lines), encoding="utf-8")
    gold = read_gold(file)
    assert [conversation.id for conversation in gold.conversations] == ["a.1", "b"]
    assert gold.split is None
    assert gold.conversations[0].turns == (
        GoldTurn(
            question="When did the mine close?",
            language="en",
            kind="fact",
            theme="heritage",
            traits=(),
            outcome=Outcome.ANSWERED,
            support=((Quote(document="mine", quote="La mine a fermé en 1990."),),),
            must=(("1990",),),
            must_not=(),
            answer="en 1990",
        ),
    )


@pytest.mark.parametrize(
    ("outcome", "answerable", "declined"),
    [
        ("answered", True, False),
        ("partial", True, False),
        ("abstained", False, True),
        ("refused", False, True),
        ("small_talk", False, False),
    ],
)
def test_outcomes_are_of_three_sorts(outcome: str, answerable: bool, declined: bool) -> None:
    """Answered, declined, or neither: small talk."""
    found = GoldTurn.model_validate(turn("?", "fact", outcome=outcome))
    assert (found.answerable, found.declined) == (answerable, declined)


def test_question_may_hold_any_end_of_line(tmp_path: Path) -> None:
    """U+2028 and U+0085 stand in JSON as they are, and end no line of the file."""
    file = tmp_path / "set.jsonl"
    record = _line(question="a\u2028b\x85c")
    file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    assert read_gold(file).conversations[0].turns[0].question == "a\u2028b\x85c"


def test_split_is_fixed_by_the_id(tmp_path: Path) -> None:
    """An even first byte of the SHA-256 of the id is dev, an odd one test."""
    file = _set(tmp_path, *(_line(name) for name in "abcde"))
    dev, test = read_gold(file, "dev"), read_gold(file, Split.TEST)
    # SHA-256 begins with ca, 3e, 2e, 18 and 3f.
    assert [conversation.id for conversation in dev.conversations] == ["a", "b", "c", "d"]
    assert [conversation.id for conversation in test.conversations] == ["e"]
    assert (dev.split, test.split) == (Split.DEV, Split.TEST)


def test_fingerprint_tells_of_every_change(tmp_path: Path) -> None:
    """Order and blanks do not matter; any word of any turn does, and so does the half."""
    whole = read_gold(_set(tmp_path, _line("a"), _line("e")))
    assert read_gold(_set(tmp_path, _line("e"), _line("a"))).fingerprint == whole.fingerprint
    for changed in ({"question": "?"}, {"must": [["1991"]]}, {"traits": ["x"]}, {"answer": None}):
        other = read_gold(_set(tmp_path, _line("a"), _line("e", **changed)))
        assert other.fingerprint != whole.fingerprint
    file = _set(tmp_path, _line("a"), _line("e"))
    assert read_gold(file, "dev").fingerprint != whole.fingerprint


@pytest.mark.parametrize(
    ("line", "problem", "remedy"),
    [
        (_line(kind="riddle"), "set.jsonl:1, turn 1: riddle is no kind.", "Write one of fact, "),
        (_line(theme="sport"), "sport is no theme", "environment, economy"),
        (_line(language="pt"), "pt is no language", "fr"),
        (_line(outcome="shouted"), "turns.0.outcome: Input should be 'answered'", "Correct the"),
        (_line(support=[]), "only an answer has support, and every answer has", "Correct `outcome"),
        (_line(outcome="abstained"), "only an answer has support", "Correct `outcome`"),
        (_line(support=[[]]), "turns.0.support.0", "Correct the line"),
        (_line(must=[[]]), "turns.0.must.0", "Correct the line"),
        (_line(must=[[""]]), "turns.0.must.0.0", "Correct the line"),
        (_line(must_not=[""]), "turns.0.must_not.0", "Correct the line"),
        (_line(mood="happy"), "turns.0.mood: Extra inputs", "Correct the line"),
        (_line("Capital"), "set.jsonl:1: id: String should match", "Correct the line"),
        (_line("a#1"), "id: String should match", "Correct the line"),
        ({"id": "a", "turns": []}, "turns: Tuple should have at least 1", "Correct the line"),
        ({"id": "a"}, "turns: Field required", "Correct the line"),
        ([1], "set.jsonl:1: the line: Input should be a valid dict", "Correct the line"),
    ],
)
def test_malformed_line_is_refused(tmp_path: Path, line: Any, problem: str, remedy: str) -> None:
    """The error names file, line and key, and says what to do."""
    with pytest.raises(GoldError) as caught:
        read_gold(_set(tmp_path, line))
    assert problem in caught.value.problem
    assert remedy in caught.value.remedy


def test_line_that_is_no_json_is_refused(tmp_path: Path) -> None:
    """The second line is broken off."""
    file = tmp_path / "set.jsonl"
    file.write_text(json.dumps(_line()) + '\n{"id": "b", ', encoding="utf-8")
    with pytest.raises(GoldError, match=r"set\.jsonl:2 is not JSON .*Correct the line"):
        read_gold(file)


def test_two_conversations_of_one_id_are_refused(tmp_path: Path) -> None:
    """The second one would hide the first."""
    with pytest.raises(GoldError, match=r"set\.jsonl:3: a is there twice\. Rename one\."):
        read_gold(_set(tmp_path, _line("a"), _line("b"), _line("a")))


def test_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Missing, a folder, or not UTF-8: name another one."""
    with pytest.raises(GoldError, match=r"cannot be read .*Name one with --gold"):
        read_gold(tmp_path / "missing.jsonl")
    with pytest.raises(GoldError, match="cannot be read"):
        read_gold(tmp_path)
    (tmp_path / "latin.jsonl").write_bytes("é".encode("latin-1"))
    with pytest.raises(GoldError, match="cannot be read"):
        read_gold(tmp_path / "latin.jsonl")


def test_empty_half_is_refused(tmp_path: Path) -> None:
    """A set without conversations measures nothing."""
    with pytest.raises(GoldError, match="holds no conversation"):
        read_gold(_set(tmp_path, _line("a")), "test")
    with pytest.raises(GoldError, match="holds no conversation"):
        read_gold(_set(tmp_path))


def test_quotes_are_located(tmp_path: Path, tiny_index: Index) -> None:
    """“Il ferme le lundi.” begins at the 26th character of musee.txt."""
    needs = locate_all(tiny_gold(tmp_path), tiny_index)
    assert needs["musee#2"] == ((Place("musee", Span(25, 43)),),)
    assert needs["parc#1"] == ((Place("parc", Span(0, 27)),), (Place("parc", Span(28, 50)),))
    assert needs["far#1"] == ()


@pytest.mark.parametrize(
    ("document", "quote"),
    [("musee", "Le musée ouvre le jeudi."), ("zoo", "Le musée ouvre le mardi.")],
)
def test_quote_that_does_not_resolve_raises(
    tmp_path: Path, tiny_index: Index, document: str, quote: str
) -> None:
    """Words that the source does not say, or a source that is not there."""
    gold = read_gold(
        write_gold(tmp_path / "gold.jsonl", {"a": [turn("?", "fact", (document, quote))]})
    )
    with pytest.raises(GoldError, match=f"{document} does not say “{quote}”.*Correct the gold set"):
        locate_all(gold, tiny_index)


def _version(language: str, text: str, *ends: int) -> SourceDocument:
    """Returns a version of one text whose references end at the offsets given."""
    starts = (0, *ends)
    references = tuple(
        Reference(Span(start, end), (Origin("https://example.org"),))
        for start, end in zip(starts, ends, strict=False)
    )
    name = f"t.{language}"
    return SourceDocument(name, "T", text, language, translation_of="t", references=references)


def test_quote_stands_for_its_translations() -> None:
    """The second reference of the French text is quoted: so is the second one of the English."""
    documents = {
        "t.fr": _version("fr", "Un. Deux. Trois.", 3, 9, 16),
        "t.en": _version("en", "One. Two. Three.", 4, 9, 16),
        "t.de": _version("de", "Eins.", 5),  # has no second reference
        "u": SourceDocument("u", "U", "Deux.", "fr"),
    }
    gold = answerable(support=((Quote(document="t.fr", quote="Deux."),),))
    # “ Deux.” is the second reference, from 3; “Un.” ends where it begins and is not quoted.
    assert locate(gold, documents) == ((Place("t.fr", Span(4, 9)), Place("t.en", Span(4, 9))),)
    begun = answerable(support=((Quote(document="t.fr", quote=" Deux."),),))  # from 3 on
    assert locate(begun, documents)[0][1:] == (Place("t.en", Span(4, 9)),)
    both = answerable(support=((Quote(document="t.fr", quote="n. D"),),))
    assert locate(both, documents)[0][1:] == (
        Place("t.en", Span(0, 4)),
        Place("t.en", Span(4, 9)),
        Place("t.de", Span(0, 5)),
    )
    alone = answerable(support=((Quote(document="u", quote="Deux."),),))
    assert locate(alone, documents) == ((Place("u", Span(0, 5)),),)
