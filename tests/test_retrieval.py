"""Ranking passages."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from assistant.conversation import Assistant
from assistant.corpus import read_corpus
from assistant.encoder import Encoder, FloatArray
from assistant.index import Index, build_index, open_index
from assistant.lexical import analyse
from assistant.retrieval import BACKGROUNDS, Retriever, background_texts
from assistant.settings import RetrievalSettings, Settings
from assistant.testing import HashEncoder, write_document


@pytest.fixture
def retriever(tiny_index: Index) -> Retriever:
    """A retriever over the tiny corpus whose dense scale starts at 0."""
    return Retriever(tiny_index, HashEncoder(), RetrievalSettings(dense_floor=0.0))


def test_best_passage_comes_first(retriever: Retriever) -> None:
    """The passage that shares words with the query is first, with scores in their ranges."""
    ranking = retriever.search("Quand la mine a-t-elle fermé ?", 3)
    first = ranking.passages[0]
    assert first.passage.text == "La mine a fermé en 1990. Les mineurs sont partis."
    assert [scored.score for scored in ranking.passages] == sorted(
        (scored.score for scored in ranking.passages), reverse=True
    )
    assert all(0 <= scored.score <= 1 for scored in ranking.passages)


def test_fused_score_is_the_weighted_sum(tiny_index: Index) -> None:
    """A score is 0.65 of the dense share and 0.35 of the lexical one, worked out apart."""
    fake = HashEncoder()
    settings = RetrievalSettings(dense_floor=0.5, dense_weight=0.65, own_weight=0.4)
    ranking = Retriever(tiny_index, fake, settings).search("Le musée du lundi", 3)
    query = fake.encode_query("Le musée du lundi")
    for scored in ranking.passages:
        document = tiny_index.documents[scored.passage.document_id]
        vector = fake.encode_query(f"{document.title}. {scored.passage.text}")
        cosine = float(query @ vector)
        assert scored.dense == pytest.approx(cosine, abs=1e-5)
        dense = min(max((cosine - 0.5) / 0.5, 0), 1)
        assert scored.score == pytest.approx(0.65 * dense + 0.35 * scored.lexical, abs=1e-5)


def test_lexical_share_mixes_own_words_and_context(tiny_index: Index) -> None:
    """A passage's lexical share is 0.4 of its own field's and 0.6 of its context's."""
    terms = analyse("musée lundi inconnu")
    own = tiny_index.lexical.shares(terms, 1.0)
    context = tiny_index.lexical.shares(terms, 0.0)
    mixed = tiny_index.lexical.shares(terms, 0.4)
    np.testing.assert_allclose(mixed, 0.4 * own + 0.6 * context, rtol=1e-6)
    assert mixed.max() < 1


def test_term_that_occurs_nowhere_lowers_the_share(tiny_index: Index) -> None:
    """A question whose other words are unknown is covered less."""
    known = tiny_index.lexical.shares(analyse("musée"), 0.4).max()
    half = tiny_index.lexical.shares(analyse("musée xylophone"), 0.4).max()
    # idf of a term of 1 text in 3: ln(1 + 2.5/1.5); of a term of none: ln(1 + 3.5/0.5).
    expected = math.log1p(2.5 / 1.5) / (math.log1p(2.5 / 1.5) + math.log1p(3.5 / 0.5))
    assert half / known == pytest.approx(expected, rel=1e-5)


def test_never_more_than_there_is(retriever: Retriever) -> None:
    """Asking for more than the index holds gives each passage once."""
    ranking = retriever.search("musée", 50)
    names = [scored.passage.passage_id for scored in ranking.passages]
    assert len(names) == len(set(names)) == 3


def test_same_query_gives_the_same_ranking(retriever: Retriever) -> None:
    """Retrieval is deterministic."""
    assert retriever.search("le parc et la mine", 3) == retriever.search("le parc et la mine", 3)


@pytest.fixture
def other_index(tmp_path: Path) -> Index:
    """Another index, of one document that is in neither the tiny corpus nor its glossary."""
    write_document(tmp_path / "other", "beffroi", "Le FEDER a payé le beffroi.")
    (tmp_path / "other" / "glossary.yaml").write_text("FEDER:\n  en: [ERDF]\n", encoding="utf-8")
    fake = HashEncoder()
    build_index(
        read_corpus(tmp_path / "other"),
        tmp_path / "other-index",
        fake.identity,
        lambda: fake,
        Settings(),
        lambda _: lambda _: None,
    )
    return open_index(tmp_path / "other-index")


def test_other_index_is_searched_like_by_a_new_retriever(
    tiny_index: Index, other_index: Index
) -> None:
    """Over another index, a retriever finds what a new one finds, with the same settings."""
    settings = RetrievalSettings(dense_floor=0.5, dense_weight=0.3, own_weight=0.8)
    encoder = HashEncoder()
    retriever = Retriever(tiny_index, encoder, settings)
    embedded = list(encoder.embedded)
    assert embedded == [*background_texts("fr"), *background_texts("en")]
    other = retriever.over(other_index)
    for query in ("Qui a payé le beffroi ?", "ERDF"):
        expected = Retriever(other_index, HashEncoder(), settings).search(query, 3, "fr")
        assert other.search(query, 3, "fr") == expected
        assert [s.passage.document_id for s in expected.passages] == ["beffroi"]
        assert expected.passages[0].lexical > 0
    assert other.index is other_index
    assert encoder.embedded == embedded


def test_former_index_is_still_searched(tiny_index: Index, other_index: Index) -> None:
    """The retriever that another one is made from stays what it was."""
    retriever = Retriever(tiny_index, HashEncoder(), RetrievalSettings())
    before = retriever.search("Quand la mine a-t-elle fermé ?", 3)
    retriever.over(other_index)
    assert retriever.index is tiny_index
    assert retriever.search("Quand la mine a-t-elle fermé ?", 3) == before


def test_query_that_was_searched_is_not_embedded_again(tiny_index: Index) -> None:
    """The vector of a query is kept, also for a retriever over another index."""

    class Counting(HashEncoder):
        """Notes what it embeds."""

        def encode_query(self, text: str) -> FloatArray:
            embedded.append(text)
            return super().encode_query(text)

    embedded: list[str] = []
    retriever = Retriever(tiny_index, Counting(), RetrievalSettings())
    embedded.clear()
    retriever.search("la mine", 1)
    vector = retriever.over(tiny_index).embed("la mine")
    assert embedded == ["la mine"]
    assert vector.tolist() == HashEncoder().encode_query("la mine").tolist()
    retriever.embed("le musée")
    assert embedded == ["la mine", "le musée"]


def test_documents_are_ranked_by_their_best_passage(retriever: Retriever) -> None:
    """Each document is there once, with the score of its best passage."""
    ranked = retriever.search_documents("Le parc couvre 45 hectares", 2)
    assert ranked[0][0] == "parc"
    assert ranked[0][1] == retriever.search("Le parc couvre 45 hectares", 1).passages[0].score
    assert len({name for name, _ in ranked}) == len(ranked) == 2


def test_lift_is_the_cosine_above_the_background(tiny_index: Index) -> None:
    """The lift of a passage is its cosine less the query's mean cosine with the cohort."""
    fake = HashEncoder()
    first = Retriever(tiny_index, fake, RetrievalSettings()).search("le musée", 1).passages[0]
    query = fake.encode_query("le musée")
    cosines = [float(query @ fake.encode_query(text)) for text in background_texts("fr")]
    expected = first.dense - sum(cosines) / len(cosines)
    assert first.lift == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("language", BACKGROUNDS)
def test_background_says_nothing_of_the_subject(language: str) -> None:
    """The cohort's sentences are about anything but the mining basin and its funds."""
    texts = background_texts(language)
    words = set(analyse(" ".join(texts)))
    subject = "bassin minier terril mine FEDER européen Lens insertion mining slag heap European"
    assert len(set(texts)) == 48
    assert not words & set(analyse(subject))


def test_version_in_the_visitors_language_is_searched(tmp_path: Path) -> None:
    """Of translations, each visitor finds one: theirs, else the English, else the French one."""
    for language, text in (("fr", "Le musée a ouvert."), ("en", "The museum opened.")):
        write_document(tmp_path / "corpus", f"musee.{language}", text, language=language)
        yaml = tmp_path / "corpus" / f"musee.{language}.yaml"
        yaml.write_text(yaml.read_text() + "translation_of: musee\n")
    write_document(tmp_path / "corpus", "autre", "Le musée est grand.")
    fake = HashEncoder()
    corpus = read_corpus(tmp_path / "corpus")
    build_index(
        corpus, tmp_path / "i", fake.identity, lambda: fake, Settings(), lambda _: lambda _: None
    )
    retriever = Retriever(open_index(tmp_path / "i"), fake, RetrievalSettings())

    def found(language: str | None) -> set[str]:
        ranking = retriever.search("musée museum", 9, language)
        return {scored.passage.document_id for scored in ranking.passages}

    assert found("fr") == {"autre", "musee.fr"}
    assert found("en") == found("pl") == {"autre", "musee.en"}
    assert found(None) == {"autre", "musee.en", "musee.fr"}


@pytest.mark.parametrize(
    ("query", "beginning"),
    [
        ("parc des iles", "D’autres espaces"),
        ("où sont les terrils du 9 9 bis", "C’est le cas notamment"),
        ("c'est quoi le 11-19", "Le bassin minier est un territoire d’innovations."),
        ("qui paie pour les gens au RSA", "Ainsi, le Fonds social européen"),
        ("Which European fund helps people get back to work?", "Ainsi, le Fonds social"),
        ("Museum in Lens", "L’implantation du Louvre"),
    ],
)
def test_right_passage_of_the_real_page_is_found(
    page_assistant: Assistant, encoder: Encoder, query: str, beginning: str
) -> None:
    """The Department's page is found by other words than its own, and in other languages."""
    ranking = Retriever(page_assistant.index, encoder, RetrievalSettings()).search(query, 1)
    assert ranking.passages[0].passage.text.startswith(beginning)
