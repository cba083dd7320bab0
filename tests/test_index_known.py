"""Known questions of an index: kept with each version, and only new wordings are embedded."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.corpus import read_corpus, read_known_questions
from assistant.encoder import load_likeness
from assistant.errors import IndexDamaged
from assistant.index import (
    Changes,
    Index,
    SentenceKey,
    build_index,
    check_index,
    open_index,
    roll_back,
)
from assistant.index.known import QuestionIndex, fingerprint, resolve
from assistant.passages import cut_passages
from assistant.retrieval import Retriever
from assistant.settings import PassageSettings, RetrievalSettings, Settings
from assistant.testing import HashEncoder, write_document
from tests.small_indexes import Entries, index_of, write_questions

TEXT = "Le musée a ouvert en 2012. Il a coûté 3 millions. On y entre par le parc."
OPENED = {
    "sentence": "a ouvert en 2012",
    "suggested": "tourism",
    "fr": ["Quand le musée a-t-il ouvert ?", "Date d’ouverture"],
    "de": ["Wann wurde das Museum eröffnet?"],
}
BOTH = {"together": ["On y entre par le parc", "a coûté 3 millions"], "fr": ["Et le reste ?"]}
UNANSWERED = {"unanswered": "tarifs", "fr": ["Combien coûte l’entrée ?"]}
ENTRIES: Entries = [OPENED, BOTH, UNANSWERED]


class CountingLikeness:
    """Embeds by words alone and notes what it embeds.

    Args:
        identity: names the model.
    """

    def __init__(self, identity: str = "likeness of words") -> None:
        self.identity = identity
        self.embedded: list[str] = []

    def encode(self, questions: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Returns unit vectors, shape (n_questions, 64)."""
        self.embedded += questions
        return np.stack([HashEncoder().encode_query(text) for text in questions])


@pytest.fixture
def likeness(monkeypatch: pytest.MonkeyPatch) -> CountingLikeness:
    """Stands for the built-in model while an index is built."""
    counting = CountingLikeness()
    monkeypatch.setattr("assistant.index.building.load_likeness", lambda: counting)
    return counting


def _forbidden() -> Any:
    raise AssertionError("the model of likeness was loaded")


def _build(folder: Path, entries: Entries | None = ENTRIES, text: str = TEXT) -> Changes:
    write_document(folder / "corpus", "musee", text)
    if entries is None:
        (folder / "corpus" / "musee.questions.yaml").unlink(missing_ok=True)
    else:
        write_questions(folder / "corpus", "musee", entries)
    fake = HashEncoder()
    return build_index(
        read_corpus(folder / "corpus"),
        folder / "index",
        fake.identity,
        lambda: fake,
        Settings(),
        lambda _: lambda _: None,
    )


def _open(folder: Path) -> Index:
    return open_index(folder / "index")


def _current(folder: Path) -> Path:
    name = (folder / "index" / "current").read_text().split()[0]
    return folder / "index" / "versions" / name


WORDINGS = (
    "Quand le musée a-t-il ouvert ?", "Date d’ouverture", "Wann wurde das Museum eröffnet?",
    "Et le reste ?", "Combien coûte l’entrée ?",
)  # fmt: skip


# What is built is what is opened.


def test_known_questions_survive(tmp_path: Path, likeness: CountingLikeness) -> None:
    """Sentences in the order of reading, what is missing, themes and wordings are all there."""
    _build(tmp_path)
    index = _open(tmp_path)
    known = index.questions
    assert known.texts == WORDINGS
    assert len(known) == 5
    assert known.entry_of.tolist() == [0, 0, 0, 1, 2]
    opened, both, none = known.entries
    assert opened.answers == (SentenceKey("musee", 0),)
    assert both.answers == (SentenceKey("musee", 2), SentenceKey("musee", 1))
    assert (none.answers, none.missing) == ((), "tarifs")
    assert (opened.suggested, both.suggested, opened.missing) == ("tourism", None, "")
    assert opened.wordings == {"fr": WORDINGS[:2], "de": WORDINGS[2:3]}
    assert [known.entry(row) for row in range(5)] == [opened, opened, opened, both, none]
    assert likeness.embedded == list(WORDINGS)
    manifest = index.manifest
    assert manifest.likeness == "likeness of words"
    assert manifest.questions == fingerprint(read_known_questions(tmp_path / "corpus").entries)


def test_wording_is_given_in_the_language_that_there_is(
    tmp_path: Path, likeness: CountingLikeness
) -> None:
    """The first one in the visitor's language, else in English, else in French."""
    _build(tmp_path, [OPENED, UNANSWERED | {"en": ["How much is the ticket?"]}])
    opened, none = _open(tmp_path).questions.entries
    assert opened.wording("de") == WORDINGS[2]
    assert opened.wording("pl") == opened.wording("fr") == WORDINGS[0]
    assert none.wording("pl") == "How much is the ticket?"


def test_begun_questions_are_told_by_their_first_wording(
    tmp_path: Path, likeness: CountingLikeness
) -> None:
    """All words begin words of one wording, however they are accented; others' do not count."""
    _build(tmp_path)
    known = _open(tmp_path).questions
    assert known.begun(["mus", "quand"], "fr") == {0: 0}
    assert known.begun(["d", "ouv"], "fr") == {0: 1}
    assert known.begun(["ou"], "fr") == {0: 0}
    assert known.begun(["cout", "l", "entree"], "fr") == {2: 0}
    assert known.begun(["mus", "date"], "fr") == {}
    assert known.begun(["seum"], "de") == known.begun(["mus"], "it") == {}


def test_nearest_question_comes_first(tmp_path: Path, likeness: CountingLikeness) -> None:
    """Rows in falling order of their cosines, no more than asked for."""
    _build(tmp_path)
    known = _open(tmp_path).questions
    vector = likeness.encode(["Combien coûte l’entrée ?"])[0]
    near = known.near(vector, 3)
    assert near.rows[0] == 4
    assert near.cosines[0] == pytest.approx(1.0, abs=1e-5)
    assert near.cosines.tolist() == sorted(near.cosines.tolist(), reverse=True)
    assert len(near.rows) == len(near.cosines) == 3
    assert len(known.near(vector, 300).rows) == 5


def test_vectors_survive_bit_by_bit(tmp_path: Path, likeness: CountingLikeness) -> None:
    """What is stored is what the model made."""
    _build(tmp_path)
    vectors = _open(tmp_path).questions.vectors_by_text()
    assert {text: vector.tobytes() for text, vector in vectors.items()} == {
        text: vector.tobytes()
        for text, vector in zip(WORDINGS, likeness.encode(WORDINGS), strict=True)
    }


def test_built_in_model_is_named(tmp_path: Path) -> None:
    """The manifest names the model that the questions were embedded with."""
    index = index_of(tmp_path, {"musee": TEXT}, questions={"musee": ENTRIES})
    assert index.manifest.likeness == load_likeness().identity
    near = index.questions.near(load_likeness().encode(["When did the museum open?"])[0], 1)
    assert index.questions.entry(int(near.rows[0])).answers == (SentenceKey("musee", 0),)


# Without known questions.


def test_without_known_questions_no_model_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither building, opening nor searching loads it."""
    monkeypatch.setattr("assistant.index.building.load_likeness", _forbidden)
    monkeypatch.setattr("assistant.retrieval.liken", _forbidden)
    _build(tmp_path, None)
    index = _open(tmp_path)
    assert (len(index.questions), index.questions.entries) == (0, ())
    assert index.manifest.likeness == ""
    assert not (_current(tmp_path) / "questions.faiss").exists()
    assert (_current(tmp_path) / "questions.json").read_bytes() == b"[]"
    near = Retriever(index, HashEncoder(), RetrievalSettings()).near("Quand ?")
    assert (near.rows.shape, near.cosines.shape) == ((0,), (0,))
    assert index.questions.vectors_by_text() == {}
    assert index.texts_with_questions() == frozenset()
    assert check_index(tmp_path / "index") == []


def test_last_known_question_that_goes_leaves_none(
    tmp_path: Path, likeness: CountingLikeness
) -> None:
    """A version without known questions is built when all are taken out."""
    _build(tmp_path)
    _build(tmp_path, None)
    assert len(_open(tmp_path).questions) == 0
    assert _open(tmp_path).manifest.likeness == ""


# Only what is new.


def test_nothing_changed_writes_and_embeds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, likeness: CountingLikeness
) -> None:
    """The same corpus and questions leave the version as it is."""
    version = _build(tmp_path).version
    monkeypatch.setattr("assistant.index.building.load_likeness", _forbidden)
    assert _build(tmp_path).version == version
    assert len(likeness.embedded) == 5


def test_only_new_wordings_are_embedded(tmp_path: Path, likeness: CountingLikeness) -> None:
    """One more wording is one more vector; the passages are not embedded again."""
    _build(tmp_path)
    before = _open(tmp_path).questions.vectors_by_text()
    likeness.embedded.clear()
    more = {**UNANSWERED, "fr": ["Combien coûte l’entrée ?", "C’est payant ?"]}
    changes = _build(tmp_path, [BOTH, OPENED, more])
    assert likeness.embedded == ["C’est payant ?"]
    assert changes.embedded == 0
    assert changes.unchanged == ("musee",)
    after = _open(tmp_path).questions.vectors_by_text()
    assert after.keys() == {*WORDINGS, "C’est payant ?"}
    assert all(after[text].tobytes() == before[text].tobytes() for text in WORDINGS)


def test_same_wording_twice_is_embedded_once(tmp_path: Path, likeness: CountingLikeness) -> None:
    """A wording in two languages has one vector, and a row for each."""
    entry = {"sentence": "a ouvert en 2012", "fr": ["Date ?"], "it": ["Date ?"]}
    _build(tmp_path, [entry])
    assert likeness.embedded == ["Date ?"]
    assert _open(tmp_path).questions.texts == ("Date ?", "Date ?")


def test_changed_text_embeds_no_question(tmp_path: Path, likeness: CountingLikeness) -> None:
    """A sentence before the others moves them; their questions move along as they are."""
    _build(tmp_path)
    likeness.embedded.clear()
    _build(tmp_path, text=f"C’est un musée. {TEXT}")
    index = _open(tmp_path)
    assert likeness.embedded == []
    assert index.questions.entries[0].answers == (SentenceKey("musee", 1),)
    passage, span = index.sentence(index.questions.entries[0].answers[0], "fr")
    assert passage.slice(span) == "Le musée a ouvert en 2012."


@pytest.mark.parametrize(
    "entries",
    [
        [OPENED, BOTH],
        [{**OPENED, "suggested": "heritage"}, BOTH, UNANSWERED],
        [OPENED, BOTH, {**UNANSWERED, "unanswered": "prix"}],
        [{**OPENED, "sentence": "On y entre par le parc"}, BOTH, UNANSWERED],
    ],
)
def test_every_change_of_a_known_question_is_written(
    tmp_path: Path, likeness: CountingLikeness, entries: Entries
) -> None:
    """One that goes, another theme, another lack and another sentence make a new version."""
    version = _build(tmp_path).version
    likeness.embedded.clear()
    assert _build(tmp_path, entries).version != version
    assert likeness.embedded == []
    assert _open(tmp_path).questions.entries != ()


def test_another_model_embeds_all_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, likeness: CountingLikeness
) -> None:
    """Vectors of two models are not compared."""
    _build(tmp_path)
    other = CountingLikeness("another likeness")
    monkeypatch.setattr("assistant.index.building.load_likeness", lambda: other)
    _build(tmp_path, [OPENED, BOTH])
    assert other.embedded == list(WORDINGS[:4])
    assert _open(tmp_path).manifest.likeness == "another likeness"


def test_every_version_keeps_its_questions(tmp_path: Path, likeness: CountingLikeness) -> None:
    """Going back a version goes back to its questions."""
    _build(tmp_path)
    _build(tmp_path, [OPENED])
    assert len(_open(tmp_path).questions) == 3
    roll_back(tmp_path / "index")
    assert _open(tmp_path).questions.texts == WORDINGS


# Entries that rest.


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("a ouvert en 2012", "ouvrira en 2030"),
        f"{TEXT} Le musée a ouvert en 2012.",
    ],
)
def test_entry_whose_words_do_not_stand_once_rests(
    tmp_path: Path, likeness: CountingLikeness, text: str
) -> None:
    """It leads to no sentence and is not embedded; the others stand; it wakes with its words."""
    _build(tmp_path, text=text)
    assert _open(tmp_path).questions.texts == WORDINGS[3:]
    assert likeness.embedded == list(WORDINGS[3:])
    _build(tmp_path)
    assert _open(tmp_path).questions.texts == WORDINGS


@pytest.mark.parametrize(
    "anchors",
    [
        ["a coûté 3 millions", "ce qui n’y est pas"],
        ["a coûté 3 millions", {"source": "autre", "words": "a ouvert"}],
    ],
)
def test_entry_rests_when_one_of_its_sentences_is_missing(
    tmp_path: Path, likeness: CountingLikeness, anchors: list[object]
) -> None:
    """Half an answer is none."""
    _build(tmp_path, [{"together": anchors, "fr": ["Et le reste ?"]}, UNANSWERED])
    assert _open(tmp_path).questions.texts == WORDINGS[4:]
    assert likeness.embedded == list(WORDINGS[4:])


def test_words_over_two_sentences_are_both(tmp_path: Path) -> None:
    """Words that reach into a second sentence are answered by the two."""
    corpus = tmp_path / "corpus"
    write_document(corpus, "musee", TEXT)
    write_questions(corpus, "musee", [{"sentence": "2012. Il a coûté", "fr": ["Dates et coûts ?"]}])
    read = read_corpus(corpus)
    (document,) = read.documents
    passages = cut_passages(document, HashEncoder().count_tokens, PassageSettings().max_tokens)
    (entry,) = resolve(read.known.entries, read.documents, passages)
    assert entry.answers == (SentenceKey("musee", 0), SentenceKey("musee", 1))


# Damage.


@pytest.mark.parametrize("name", ["questions.json", "questions.faiss"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "emptied", "flipped", "lengthened"])
def test_damage_is_named(
    tmp_path: Path, likeness: CountingLikeness, name: str, damage: str
) -> None:
    """A file of the known questions that is not what was written is refused by its path."""
    _build(tmp_path)
    file = _current(tmp_path) / name
    content = bytearray(file.read_bytes())
    changed: dict[str, Callable[[], bytes]] = {
        "truncated": lambda: bytes(content[:-1]),
        "emptied": lambda: b"",
        "flipped": lambda: bytes(content[:-1]) + bytes([content[-1] ^ 1]),
        "lengthened": lambda: bytes(content) + b"\n",
    }
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(changed[damage]())
    with pytest.raises(IndexDamaged) as caught:
        _open(tmp_path)
    said = "is missing or cannot be read" if damage == "missing" else "was truncated or altered"
    assert caught.value.problem == f"{file} {said}."
    assert check_index(tmp_path / "index") == [str(caught.value)]


def test_damaged_questions_are_mended_by_the_next_build(
    tmp_path: Path, likeness: CountingLikeness
) -> None:
    """Nothing is taken over from what is damaged."""
    _build(tmp_path)
    (_current(tmp_path) / "questions.faiss").write_bytes(b"")
    likeness.embedded.clear()
    _build(tmp_path)
    assert likeness.embedded == list(WORDINGS)
    assert _open(tmp_path).questions.texts == WORDINGS


def test_entries_are_plain_json(tmp_path: Path, likeness: CountingLikeness) -> None:
    """One record an entry, that anybody can read."""
    _build(tmp_path)
    records = json.loads((_current(tmp_path) / "questions.json").read_text(encoding="utf-8"))
    assert [record["answers"] for record in records] == [
        [["musee", 0]], [["musee", 2], ["musee", 1]], [],
    ]  # fmt: skip
    loaded = QuestionIndex.load(_current(tmp_path))
    assert loaded.entries == _open(tmp_path).questions.entries


# Sentences of the versions of one text.


def _versions(folder: Path, texts: dict[str, str], entries: Entries = ()) -> Index:
    corpus = folder / "corpus"
    corpus.mkdir()
    for language, text in texts.items():
        head = f"title: T\npublisher: P\nlanguage: {language}\ntranslation_of: musee\n"
        (corpus / f"musee.{language}.md").write_text(f"---\n{head}---\n\n{text}\n", "utf-8")
    return index_of(
        folder,
        {"autre": "Une autre page."},
        questions={"musee": entries} if entries else None,
    )


FR = "Le musée a ouvert. Il est grand."
EN = "The museum opened. It is large."
DE = "Das Museum ist offen. Es ist groß."


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fr", "Il est grand."), ("en", "It is large."), ("de", "Es ist groß."),
     ("it", "It is large.")],
)  # fmt: skip
@pytest.mark.parametrize("key", [SentenceKey(f"musee.{one}", 1) for one in ("fr", "en", "de")])
def test_sentence_is_shown_in_the_version_that_suits(
    tmp_path: Path, key: SentenceKey, language: str, expected: str
) -> None:
    """Theirs, else the English one, whichever version the key is of."""
    index = _versions(tmp_path, {"fr": FR, "en": EN, "de": DE})
    passage, span = index.sentence(key, language)
    assert passage.slice(span) == expected


def test_same_sentence_has_one_name_in_all_versions(tmp_path: Path) -> None:
    """The canonical key is the same; that of a text in one language is its own."""
    index = _versions(tmp_path, {"fr": FR, "en": EN})
    assert {index.canonical(SentenceKey(f"musee.{one}", 1)) for one in ("fr", "en")} == {
        SentenceKey("musee.en", 1)
    }
    for document in ("musee.fr", "musee.en"):
        (passage,) = index.passages_of(document)
        keys = [index.sentence_key(document, span.start) for span in passage.sentences]
        assert keys == [SentenceKey("musee.en", 0), SentenceKey("musee.en", 1)]
    alone = SentenceKey("autre", 0)
    assert index.canonical(alone) == alone == index.sentence_key("autre", 0)
    assert index.sentence(alone, "pl")[0].document_id == "autre"


def test_versions_of_other_lengths_do_not_go_together(tmp_path: Path) -> None:
    """Where one has a sentence more, each has its own names and is shown as it is."""
    index = _versions(tmp_path, {"fr": FR, "en": f"{EN} It is free."})
    key = SentenceKey("musee.fr", 1)
    assert index.canonical(key) == key
    assert index.canonical(SentenceKey("musee.en", 1)) == SentenceKey("musee.en", 1)
    passage, span = index.sentence(key, "en")
    assert passage.slice(span) == "Il est grand."


def test_entries_of_a_sentence_are_those_of_all_its_versions(
    tmp_path: Path, likeness: CountingLikeness
) -> None:
    """What stands beside the French text is known of the sentence in any language."""
    entries: Entries = [
        {"sentence": "Il est grand", "fr": ["Sa taille ?"]},
        {"together": ["Le musée a ouvert", "Il est grand"], "fr": ["Que sait-on ?"]},
        UNANSWERED,
    ]
    index = _versions(tmp_path, {"fr": FR, "en": EN}, entries)
    assert likeness.embedded == ["Sa taille ?", "Que sait-on ?", "Combien coûte l’entrée ?"]
    assert index.questions.entries[0].answers == (SentenceKey("musee.fr", 1),)
    assert index.entries_of(SentenceKey("musee.en", 1)) == [0, 1]
    assert index.entries_of(SentenceKey("musee.en", 0)) == [1]
    assert index.entries_of(SentenceKey("autre", 0)) == []
    assert index.texts_with_questions() == {"musee.en"}
    assert index.texts_with_questions({0}) == {"musee.en"}
    assert index.texts_with_questions({0, 1}) == frozenset()
