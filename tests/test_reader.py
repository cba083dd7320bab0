"""The reader: texts to tokens and back, its weights, and what it makes of passages."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import reader as reader_package
from assistant.domain import Span
from assistant.encoder.e5_file import WeightsFile, installed_file, open_weights
from assistant.errors import ReaderError
from assistant.reader import WEIGHTS, Reader, load_reader
from assistant.reader.inputs import Inputs
from assistant.reader.model import SHA256, TrainedReader, TrainedWeights
from assistant.reader.spans import likeliest, trimmed
from assistant.settings import ReaderSettings

LENS = (
    "Louvre-Lens",
    "Le Louvre-Lens a été inauguré le 4 décembre 2012 par le président François Hollande.",
)
VISITORS = ("Louvre-Lens", "Le musée a accueilli plus de 500 000 visiteurs en une année.")
BREAD = ("Boulangerie", "La pâte lève deux heures avant d'être mise au four.")


@pytest.fixture(scope="session")
def encoder_weights() -> WeightsFile:
    """The encoder's weights, whose tokens the reader shares."""
    return open_weights(installed_file())


@pytest.fixture(scope="session")
def inputs(encoder_weights: WeightsFile) -> Inputs:
    """Turns texts into tokens."""
    return Inputs(encoder_weights)


@pytest.fixture(scope="session")
def trained() -> Reader:
    """The reader that ships."""
    reader = load_reader(ReaderSettings(enabled=True), threads=0)
    assert reader is not None
    return reader


# Texts and tokens.


def test_row_is_question_heading_and_passage(inputs: Inputs) -> None:
    """The three parts follow each other, and only the passage's tokens are readable."""
    batch = inputs.batch([("Quand ?", *LENS), ("Où se trouve le musée du Louvre ?", "", "À Lens.")])
    assert batch.ids.shape == batch.mask.shape == batch.readable.shape
    assert batch.mask.sum(axis=1).tolist()[0] == batch.ids.shape[1]
    for row, (_, passage) in enumerate([LENS, ("", "À Lens.")]):
        tokens = np.flatnonzero(batch.readable[row])
        assert tokens[0] == batch.first[row]
        assert len(tokens) == len(batch.offsets[row])
        whole = batch.place_of(row, int(tokens[0]), int(tokens[-1]))
        assert passage[whole.start : whole.end] == passage


@pytest.mark.parametrize(
    ("passage", "words"),
    [
        ("Le Louvre‑Lens a été inauguré en décembre 2012.", "décembre 2012"),
        ("Coût : ½ million d’euros… soit 500 000 €.", "½ million"),
        ("Cité\u00a0n°\u202f9, à   Lens", "Lens"),
        ("e\u0301te\u0301 1990", "1990"),
        ("ﬁn de l’exploitation : 1990", "ﬁn de l’exploitation"),
    ],
)
def test_words_are_found_again_from_their_tokens(inputs: Inputs, passage: str, words: str) -> None:
    """Whatever is normalised before it is cut into tokens, places are those of the text."""
    batch = inputs.batch([("Quoi ?", "", passage)])
    start = passage.index(words)
    tokens = batch.tokens_of(0, Span(start, start + len(words)))
    assert tokens is not None
    place = trimmed(passage, batch.place_of(0, *tokens))
    assert passage[place.start : place.end] == words


@given(st.text(max_size=80))
def test_any_text_can_be_read(inputs: Inputs, text: str) -> None:
    """No text breaks the tokens: all places lie in it, in order."""
    batch = inputs.batch([(text, text, text)])
    places = [(span.start, span.end) for span in batch.offsets[0] if span != Span(0, 0)]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


def test_long_texts_are_cut(inputs: Inputs) -> None:
    """48 tokens of the question, 16 of the heading and 256 of the passage are read."""
    batch = inputs.batch([("mot " * 500, "mot " * 500, "mot " * 5000)])
    assert batch.ids.shape == (1, 1 + 48 + 1 + 16 + 1 + 256 + 1)
    assert batch.tokens_of(0, Span(4 * 4000, 4 * 4000 + 3)) is None


def test_likeliest_place(inputs: Inputs) -> None:
    """The best start and end in order are taken, and measured against those of no answer."""
    passage = "un deux trois quatre"
    batch = inputs.batch([("Quoi ?", "", passage)])
    words = [passage[span.start : span.end] for span in batch.offsets[0]]
    one, two, three = (batch.first[0] + words.index(word) for word in ("un", "deux", "trois"))
    places = np.zeros((1, batch.ids.shape[1], 2), dtype=np.float32)
    places[0, two, 0], places[0, three, 1] = 6, 6
    places[0, three, 0] = 3
    places[0, one, 1] = 9  # before the best start: not an end of it
    places[0, 0] = 1, 2
    found = likeliest(places, batch)
    assert passage[found.spans[0].start : found.spans[0].end] == "deux trois"
    assert found.margins.tolist() == [6 + 6 - (1 + 2)]


def test_blank_passage_holds_nothing(inputs: Inputs, trained: Reader) -> None:
    """A passage without any token is as far from an answer as can be."""
    batch = inputs.batch([("Quoi ?", "", " ")])
    found = likeliest(np.zeros((1, batch.ids.shape[1], 2), dtype=np.float32), batch)
    assert found.spans == [Span(0, 0)]
    assert found.margins.tolist() == [-np.inf]
    assert trained.read("Quoi ?", [("", " ")])[0].probability == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [(" en 2012, ", "en 2012"), ("« Lens »", "Lens"), ("…", ""), ("l’été (1990).", "l’été (1990")],
)
def test_punctuation_at_the_ends_is_left_out(text: str, words: str) -> None:
    """What is marked begins and ends with a word."""
    span = trimmed(text, Span(0, len(text)))
    assert text[span.start : span.end] == words


# The model.


def test_passage_with_the_answer_is_told_from_one_on_the_subject(trained: Reader) -> None:
    """Who inaugurated it stands in the first, not in the second, least in the third."""
    question = "Qui a inauguré le Louvre-Lens ?"
    there, near, far = trained.read(question, [LENS, VISITORS, BREAD])
    assert there.probability > 0.5 > near.probability
    assert far.probability < 0.1
    assert "François Hollande" in LENS[1][there.span.start : there.span.end]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Quand le Louvre-Lens a-t-il été inauguré ?", "4 décembre 2012"),
        ("quand a ete inaugure le louvre lens", "4 décembre 2012"),
        ("When was the Louvre-Lens inaugurated?", "4 décembre 2012"),
        ("Wann wurde das Louvre-Lens eingeweiht?", "4 décembre 2012"),
    ],
)
def test_place_of_the_answer(trained: Reader, question: str, words: str) -> None:
    """The words that answer are found, in French however typed and from other languages."""
    (reading,) = trained.read(question, [LENS])
    assert words in LENS[1][reading.span.start : reading.span.end]


def test_reading_together_is_reading_alone(trained: Reader) -> None:
    """What is read beside a passage hardly changes what is made of it.

    What goes through a layer is put into eight bits with one scale for all that is read at once.
    """
    question = "Qui a inauguré le Louvre-Lens ?"
    together = trained.read(question, [LENS, BREAD])
    alone = [trained.read(question, [one])[0] for one in (LENS, BREAD)]
    assert [one.span for one in together] == [one.span for one in alone]
    assert [one.probability for one in together] == pytest.approx(
        [one.probability for one in alone], abs=0.01
    )


def test_nothing_to_read(trained: Reader) -> None:
    """No passages, no readings."""
    assert trained.read("Quoi ?", []) == []


# Its weights.


def test_weights_are_small_and_those_of_the_checksum() -> None:
    """At most 25 MB are added to the repository, and the card gives the checksum too."""
    data = WEIGHTS.read_bytes()
    assert len(data) <= 25_000_000
    assert hashlib.sha256(data).hexdigest() == SHA256
    assert SHA256 in WEIGHTS.with_name("MODEL_CARD.md").read_text(encoding="utf-8")


def test_lowest_layers_are_the_encoders(encoder_weights: WeightsFile) -> None:
    """What was not trained is taken from the encoder, what was is in its place."""
    weights = TrainedWeights(WEIGHTS, encoder_weights)
    same = [
        np.array_equal(
            weights.matrix(f"l{layer}.q.w", 384), encoder_weights.matrix(f"l{layer}.q.w", 384)
        )
        for layer in range(12)
    ]
    assert same == [True] * 3 + [False] * 9


@pytest.mark.parametrize("place", [0, 9, 5_000_000, -1])
def test_altered_weights_are_refused(tmp_path: Path, place: int) -> None:
    """One altered bit, wherever it is, is told with what to do about it."""
    file = tmp_path / "reader.safetensors"
    data = bytearray(WEIGHTS.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)
    with pytest.raises(ReaderError) as caught:
        TrainedReader(file)
    assert (
        caught.value.problem == f"The reader's weights, {file}, are damaged, or of another version."
    )
    assert caught.value.remedy == "Install the package anew, or set enabled = false in [reader]."


def test_without_weights_there_is_no_reader_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A missing file costs the reader, not the assistant, and is logged."""
    monkeypatch.setattr(reader_package, "WEIGHTS", tmp_path / "nothing")
    with caplog.at_level(logging.WARNING):
        assert load_reader(ReaderSettings(enabled=True), threads=0) is None
    assert "nothing, are missing: answers are chosen without." in caplog.text


def test_reader_that_is_switched_off(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is loaded, and nothing is said about it."""
    assert load_reader(ReaderSettings(enabled=False), threads=0) is None
    assert caplog.text == ""
