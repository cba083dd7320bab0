"""The index: what was built is what is opened, only changes are embedded, no failure harms it."""

import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.corpus import Corpus, Refusal, read_corpus, read_text_document
from assistant.domain import GlossaryEntry, Heading, SourceDocument, Span
from assistant.encoder import Encoder, FloatArray, Progress, load_encoder
from assistant.errors import (
    CorpusError,
    EncoderMismatch,
    IndexDamaged,
    IndexMissing,
    IndexWriteError,
)
from assistant.index import (
    Changes,
    Index,
    Version,
    build_index,
    check_index,
    current_version,
    list_versions,
    open_index,
    roll_back,
)
from assistant.index.storage import IndexFolder
from assistant.index.vectors import VectorIndex
from assistant.lexical import Analyser, analyse
from assistant.passages import cut_passages
from assistant.settings import (
    EncoderSettings,
    IndexSettings,
    LexicalSettings,
    PassageSettings,
    Settings,
)
from assistant.testing import HashEncoder, tiny_corpus

SMALL = Settings(passages=PassageSettings(max_tokens=16))
IDENTITY = HashEncoder.identity


class OtherEncoder(HashEncoder):
    """Another model: its identity is another, and every text has three times as many tokens."""

    identity = "hash of thirds"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Counts every word three times."""
        return [3 * count for count in super().count_tokens(texts)]


class TurnedEncoder(HashEncoder):
    """Gives every text another vector under the same identity."""

    def encode_query(self, text: str) -> FloatArray:
        """Turns the numbers round."""
        return super().encode_query(text)[::-1].copy()


class KilledEncoder(HashEncoder):
    """Ends its own process while it embeds, as `kill -9` would."""

    def encode_passages(self, texts: Sequence[str], progress: Progress) -> FloatArray:
        """Does not return."""
        os.kill(os.getpid(), signal.SIGKILL)
        return super().encode_passages(texts, progress)


class BrokenEncoder(HashEncoder):
    """Fails while it embeds."""

    def encode_passages(self, texts: Sequence[str], progress: Progress) -> FloatArray:
        """Does not return."""
        progress(1)
        raise RuntimeError(f"the model fell over at text 2 of {len(texts)}")


def no_encoder() -> Encoder:
    """Stands for a load that must not happen."""
    raise AssertionError("the encoder was loaded")


def text_document(name: str, text: str, title: str = "Titre") -> SourceDocument:
    """Makes a document without headings."""
    return SourceDocument(name, title, text, "fr")


PAGE = SourceDocument(
    document_id="page",
    title="Bassin minier",
    text="Le bassin minier est un territoire.\nTourisme\nLe Louvre est à Lens. Il est beau.\n",
    language="fr",
    publisher="Département",
    url="http://exemple.fr",
    published="2016-07-11",
    accessed="2026-11-22",
    licence="CC-BY",
    headings=(Heading(Span(36, 44), 2, "Tourisme"),),
)
LONG = text_document(
    "long",
    "Les terrils jumeaux dominent la plaine de Loos depuis un siècle. "
    "Une cokerie fermée est devenue un parc à Drocourt, avec des jeux. "
    "Le site du 9-9 Bis accueille une salle de concert à Oignies.",
)
OTHER = text_document("other", "La fosse est fermée.", title="Une fosse")
DOCUMENTS = (LONG, OTHER, PAGE)


def build(  # noqa: PLR0913 - all but the folder have defaults
    folder: Path,
    documents: Sequence[SourceDocument] = DOCUMENTS,
    encoder: HashEncoder | None = None,
    settings: Settings = SMALL,
    *,
    load: Callable[[], Encoder] | None = None,
    refused: Sequence[Refusal] = (),
    glossary: Sequence[GlossaryEntry] = (),
    rebuild: bool = False,
) -> Changes:
    """Builds an index of `documents` with the given encoder, or a fresh one."""
    chosen = encoder or HashEncoder()
    return build_index(
        Corpus(tuple(documents), tuple(refused), glossary=tuple(glossary)),
        folder,
        chosen.identity,
        load or (lambda: chosen),
        settings,
        lambda _: lambda _: None,
        rebuild=rebuild,
    )


def nearest(index: Index, question: str, k: int = 1) -> list[str]:
    """Returns the words of the passages nearest to a question."""
    rows = index.vectors.nearest(HashEncoder().encode_query(question), k)
    return [index.passages[row].text for row in rows]


def snapshot(folder: Path) -> dict[str, bytes]:
    """Returns every file below a folder with its content, but for the lock."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def versions(folder: Path) -> list[str]:
    """Returns the names of all version folders, leftovers included."""
    return sorted(path.name for path in (folder / "versions").iterdir())


def current(folder: Path) -> Path:
    """Returns the folder of the current version."""
    return folder / "versions" / (folder / "current").read_text().split()[0]


def rewrite_manifest(folder: Path, change: dict[str, Any]) -> None:
    """Writes other values into the manifest of the current version, its checksum included."""
    file = current(folder) / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_bytes()), **change}))
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    (folder / "current").write_text(f"{current(folder).name} {checksum}\n")


def vectors_by_text(index: Index) -> dict[str, bytes]:
    """Returns the stored vector of every passage, bit by bit, by its words."""
    texts = [passage.text for passage in index.passages]
    return {text: vector.tobytes() for text, vector in zip(texts, index.vectors.all(), strict=True)}


LEXICAL_FILES = [
    f"lexical/{field}/{name}"
    for field in ("own", "context")
    for name in (
        "data.csc.index.npy",
        "indices.csc.index.npy",
        "indptr.csc.index.npy",
        "params.index.json",
        "vocab.index.json",
    )
]
FILES = [
    "documents.jsonl",
    "passages.jsonl",
    "vectors.faiss",
    "questions.json",
    "lexical/glossary.json",
    "lexical/vocabulary.json",
    *LEXICAL_FILES,
]

CHANGED = (LONG, replace(OTHER, text="La fosse est rouverte au public."), PAGE)


# What is built is what is opened.


def test_documents_and_passages_survive(tmp_path: Path) -> None:
    """An opened index has the very documents and passages that it was built from, in order."""
    changes = build(tmp_path)
    index = open_index(tmp_path, IDENTITY)
    assert index.documents == {document.document_id: document for document in DOCUMENTS}
    expected = [
        passage
        for document in DOCUMENTS
        for passage in cut_passages(document, HashEncoder().count_tokens, 16)
    ]
    assert index.passages == tuple(expected)
    assert len(index) == changes.passages == len(expected) == 6
    assert [(p.document_id, p.section, p.text) for p in index.passages[3:]] == [
        ("other", (), "La fosse est fermée."),
        ("page", (), "Le bassin minier est un territoire."),
        ("page", ("Tourisme",), "Le Louvre est à Lens. Il est beau."),
    ]


def test_first_build_says_what_it_did(tmp_path: Path) -> None:
    """A first build reports every document as added and every passage as embedded."""
    changes = build(tmp_path)
    assert changes == Changes(
        added=("long", "other", "page"),
        changed=(),
        removed=(),
        unchanged=(),
        refused=(),
        passages=6,
        embedded=6,
        version=current(tmp_path).name,
    )
    assert versions(tmp_path) == [changes.version]


def test_pointer_vouches_for_the_manifest(tmp_path: Path) -> None:
    """The pointer holds the name of the version and the checksum of its manifest, on one line."""
    name = build(tmp_path).version
    manifest = (tmp_path / "versions" / name / "manifest.json").read_bytes()
    expected = f"{name} {hashlib.sha256(manifest).hexdigest()}\n"
    assert (tmp_path / "current").read_text() == expected


def test_progress_is_told(tmp_path: Path) -> None:
    """The progress is told the number of passages first and then each of them."""
    told: list[int] = []

    def progress(total: int) -> Progress:
        told.append(total)
        return told.append

    encoder = HashEncoder()
    build_index(Corpus(DOCUMENTS, ()), tmp_path, IDENTITY, lambda: encoder, SMALL, progress)
    assert told == [6, 6]


def test_encoder_sees_title_and_section(tmp_path: Path) -> None:
    """What is embedded of a passage is its title, its innermost section and its words."""
    encoder = HashEncoder()
    build(tmp_path, encoder=encoder)
    assert encoder.embedded[3:] == [
        "Une fosse. La fosse est fermée.",
        "Bassin minier. Le bassin minier est un territoire.",
        "Bassin minier. Tourisme. Le Louvre est à Lens. Il est beau.",
    ]
    assert encoder.embedded[0] == (
        "Titre. Les terrils jumeaux dominent la plaine de Loos depuis un siècle."
    )


def test_encoder_sees_the_innermost_section_only(tmp_path: Path) -> None:
    """Of nested sections, the innermost title alone leads what is embedded."""
    nested = replace(
        text_document("a", "Un\nDeux\nTexte."),
        headings=(Heading(Span(0, 2), 2, "Un"), Heading(Span(3, 7), 3, "Deux")),
    )
    encoder = HashEncoder()
    build(tmp_path, (nested,), encoder)
    assert encoder.embedded == ["Titre. Deux. Texte."]
    assert open_index(tmp_path).passages[0].section == ("Un", "Deux")


@pytest.mark.parametrize("graph_from", [1, 50_000])
@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("Où est le Louvre de Lens", 5),
        ("une cokerie fermée un parc", 1),
        ("les terrils jumeaux dominent la plaine", 0),
        ("la fosse est fermée", 3),
    ],
)
def test_nearest_neighbour_and_its_cosine(
    tmp_path: Path, graph_from: int, question: str, row: int
) -> None:
    """Exact search and graph give the neighbour and the cosine that plain NumPy gives."""
    encoder = HashEncoder()
    settings = SMALL.model_copy(update={"index": IndexSettings(graph_from=graph_from)})
    build(tmp_path, encoder=encoder, settings=settings)
    index = open_index(tmp_path)
    query = HashEncoder().encode_query(question)
    expected = np.stack([encoder.encode_query(text) for text in encoder.embedded]) @ query
    order = np.argsort(-expected, kind="stable")
    assert order[0] == row
    assert expected[order[0]] > expected[order[1]] + 1e-3
    found = index.vectors.nearest(query, 3)
    assert found[0] == row
    np.testing.assert_allclose(
        index.vectors.cosines(query, found), np.sort(expected)[::-1][:3], atol=1e-6
    )
    np.testing.assert_allclose(index.vectors.cosines(query, np.arange(6)), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("graph_from", "kind"), [(1, b"IHNf"), (6, b"IHNf"), (7, b"IxFI"), (50_000, b"IxFI")]
)
def test_graph_is_used_from_its_size_on(tmp_path: Path, graph_from: int, kind: bytes) -> None:
    """A graph (FAISS writes IHNf) replaces exact search (IxFI) from the set size on."""
    build(
        tmp_path, settings=SMALL.model_copy(update={"index": IndexSettings(graph_from=graph_from)})
    )
    assert (current(tmp_path) / "vectors.faiss").read_bytes()[:4] == kind


@pytest.mark.parametrize("graph_from", [1, 50_000])
def test_vectors_survive_bit_by_bit(tmp_path: Path, graph_from: int) -> None:
    """The stored vectors are the encoder's own, in the order of the passages."""
    encoder = HashEncoder()
    settings = SMALL.model_copy(update={"index": IndexSettings(graph_from=graph_from)})
    build(tmp_path, encoder=encoder, settings=settings)
    expected = np.stack([encoder.encode_query(text) for text in encoder.embedded])
    stored = open_index(tmp_path).vectors.all()
    assert stored.shape == (6, 64)
    assert stored.tobytes() == expected.tobytes()


@pytest.mark.parametrize("graph_from", [1, 50_000])
@pytest.mark.parametrize("k", [1, 6, 7, 1_000])
def test_no_passage_is_found_twice(tmp_path: Path, graph_from: int, k: int) -> None:
    """However many are asked for, each passage is found once and none that is not there."""
    settings = SMALL.model_copy(update={"index": IndexSettings(graph_from=graph_from)})
    build(tmp_path, settings=settings)
    rows = open_index(tmp_path).vectors.nearest(HashEncoder().encode_query("fosse"), k).tolist()
    assert len(rows) == min(k, 6)
    assert len(set(rows)) == len(rows)
    assert set(rows) <= set(range(6))


def test_graph_that_finds_too_little_pads_nothing() -> None:
    """A graph that does not reach every vector gives fewer rows, never -1 for the rest."""
    vectors = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    sparse = IndexSettings(
        graph_from=1, graph_neighbours=2, graph_effort_build=1, graph_effort_search=1
    )
    rows = VectorIndex.build(vectors, sparse).nearest(vectors[7], 300).tolist()
    assert 0 < len(rows) < 300
    assert min(rows) >= 0
    assert len(set(rows)) == len(rows)


def test_lexical_side_has_the_same_order(tmp_path: Path) -> None:
    """A word of one passage scores that passage by its own words, and its neighbours by context."""
    build(tmp_path)
    lexical = open_index(tmp_path).lexical
    own, context = lexical.shares(["coker"], 1.0), lexical.shares(["coker"], 0.0)
    assert np.flatnonzero(own).tolist() == [1]
    assert np.flatnonzero(context).tolist() == [0, 1, 2]
    # Passages of another section lend no words; title and section count for every passage.
    assert np.flatnonzero(lexical.shares(["louvr"], 0.0)).tolist() == [5]
    assert np.flatnonzero(lexical.shares(["bassin"], 1.0)).tolist() == [4, 5]
    assert np.flatnonzero(lexical.shares(["tourism"], 1.0)).tolist() == [5]


def test_context_reaches_two_passages_far(tmp_path: Path) -> None:
    """A word counts for the context of the two passages before and after its own, no further."""
    marks = ("alpha", "bravo", "gamma", "delta", "sigma", "omega")
    text = " ".join(f"Ici {mark} dure neuf mots au moins pour suffire." for mark in marks)
    build(tmp_path, (text_document("a", text),))
    index = open_index(tmp_path)
    assert len(index) == 6
    for row in (0, 2):
        terms = analyse(marks[row])
        reached = [place for place in range(6) if abs(place - row) <= 2]
        assert np.flatnonzero(index.lexical.shares(terms, 0.0)).tolist() == reached
        assert np.flatnonzero(index.lexical.shares(terms, 1.0)).tolist() == [row]


@pytest.mark.parametrize(
    ("row", "distance", "neighbour"),
    [
        (0, 1, 1),
        (1, -1, 0),
        (0, 2, 2),
        (0, 0, 0),
        (0, -1, None),
        (2, 1, None),
        (4, 1, None),
        (5, 1, None),
        (5, -1, None),
    ],
)
def test_neighbour_stays_in_the_section(
    tmp_path: Path, row: int, distance: int, neighbour: int | None
) -> None:
    """The neighbour of a passage is in its section and document, or there is none."""
    build(tmp_path)
    index = open_index(tmp_path)
    expected = None if neighbour is None else index.passages[neighbour]
    assert index.neighbour(index.passages[row], distance) == expected


@pytest.mark.parametrize(
    ("document_id", "rows"), [("long", [0, 1, 2]), ("page", [4, 5]), ("x", [])]
)
def test_passages_of_a_document(tmp_path: Path, document_id: str, rows: list[int]) -> None:
    """The passages of a document stand in their order; there are none of one that is not there."""
    build(tmp_path)
    index = open_index(tmp_path)
    assert index.passages_of(document_id) == [index.passages[row] for row in rows]


# What an index knows of words.

TITLED = (
    SourceDocument("a.en", "The Moulin", "The moulin burns.", "en", translation_of="a"),
    SourceDocument("a.fr", "Le Moulin", "Le moulin de Zuydcoote brûle.", "fr", translation_of="a"),
    text_document("b", "Une ville a un moulin. " + "Un mot de plus. " * 6 + "Fin de ville."),
    text_document("c", "Une rue de la ville.", title="Le Moulin"),
)


@pytest.mark.parametrize(
    ("term", "spread", "holding"),
    [
        ("moulin", 3, {"a.en", "a.fr", "b", "c"}),
        ("zuydcoot", 1, {"a.fr"}),
        ("vill", 2, {"b", "c"}),
        ("burn", 1, {"a.en"}),
        ("xylophon", 0, set()),
    ],
)
def test_spread_counts_texts(tmp_path: Path, term: str, spread: int, holding: set[str]) -> None:
    """Documents that hold a term, their titles included; translations of one text count as one."""
    build(tmp_path, TITLED)
    index = open_index(tmp_path)
    assert len(index.passages_of("b")) > 1
    assert index.texts == 3
    assert [index.spread(term) for _ in range(2)] == [spread, spread]
    assert index.holding(term) == holding


@pytest.mark.parametrize(
    ("term", "titles"),
    [("moulin", ["The Moulin", "Le Moulin"]), ("zuydcoot", []), ("vill", []), ("xylophon", [])],
)
def test_titles_hold_the_term(tmp_path: Path, term: str, titles: list[str]) -> None:
    """Titles that say a word are told once each; those of texts that only use it are not."""
    build(tmp_path, TITLED)
    assert open_index(tmp_path).titles(term) == titles


def test_terms_of_a_sentence_know_the_glossary(tmp_path: Path) -> None:
    """A sentence has the terms of its words and of the names in it; a question those of names."""
    build(tmp_path, (FUND, *DOCUMENTS), glossary=[FEDER])
    index = open_index(tmp_path)
    assert index.terms("L’ERDF finance la fosse.") == {"=FEDER", "erdf", "financ", "foss"}
    assert index.question_terms("L’ERDF finance la fosse ?") == ["=FEDER", "financ", "foss"]
    assert index.terms("L’ERDF finance la fosse.") == index.terms("L’ERDF finance la fosse.")


def test_question_term_gives_way_to_a_relative(tmp_path: Path) -> None:
    """A word that no source has is looked for as one of its family, if there is one."""
    text = "Le patrimoine environnemental est ici."
    build(tmp_path, (text_document("a", text),))
    index = open_index(tmp_path)
    held = analyse("environnemental")
    assert analyse("environnement") != held
    assert index.question_terms("environnement et xylophone") == [*held, *analyse("xylophone")]
    assert index.question_terms("patrimoine") == analyse("patrimoine")


def test_vocabulary_survives(tmp_path: Path) -> None:
    """An opened index knows the words of its texts, which of them are names, and their spelling."""
    build(tmp_path)
    vocabulary = open_index(tmp_path).vocabulary
    assert vocabulary.is_name("loos", "Loos")
    assert not vocabulary.is_name("foss", "fosse")
    assert vocabulary.correct("jumaux", "fr") == "jumeaux"
    written = json.loads((current(tmp_path) / "lexical" / "vocabulary.json").read_bytes())
    assert written["foss"] == ["fosse", False]
    assert len(written) == len(vocabulary)


def test_changed_document_changes_the_vocabulary(tmp_path: Path) -> None:
    """Words come and go with the texts that hold them, also where little is embedded anew."""
    build(tmp_path)
    assert "public" not in open_index(tmp_path).vocabulary
    build(tmp_path, CHANGED)
    vocabulary = open_index(tmp_path).vocabulary
    assert "public" in vocabulary
    assert analyse("fermée")[0] in vocabulary  # « Une cokerie fermée » is still there


def test_format_is_told(tmp_path: Path) -> None:
    """The manifest says format 6, the first one with the names of a sheet's sources."""
    build(tmp_path)
    assert open_index(tmp_path).manifest.format == 6


def test_manifest(tmp_path: Path) -> None:
    """The manifest says what a version was built from and with, and which file has which hash."""
    changes = build(tmp_path, refused=[Refusal("mauvais.txt", "Pas de texte.")])
    manifest = open_index(tmp_path).manifest
    assert changes.refused == (Refusal("mauvais.txt", "Pas de texte."),)
    assert manifest.refused == {"mauvais.txt": "Pas de texte."}
    assert manifest.documents == {
        document.document_id: document.fingerprint for document in DOCUMENTS
    }
    assert (manifest.encoder, manifest.dimension, manifest.passages) == (IDENTITY, 64, 6)
    assert manifest.settings["passages"] == {"max_tokens": 16}
    assert manifest.files == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in snapshot(current(tmp_path)).items()
        if name != "manifest.json"
    }
    assert {"documents.jsonl", "passages.jsonl", "vectors.faiss"} < set(manifest.files)


def test_nothing_is_pickled(tmp_path: Path) -> None:
    """No file of an index is a pickle, and every array loads with pickles forbidden."""
    build(tmp_path)
    files = [path for path in current(tmp_path).rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".json", ".jsonl", ".faiss", ".npy"}
    for path in files:
        assert path.read_bytes()[:1] != b"\x80"
        if path.suffix == ".npy":
            assert np.load(path, allow_pickle=False).ndim == 1


def test_real_page_with_real_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the real page, the built-in encoder finds the Louvre with the cosine that it computes."""
    for name in ("HF_HUB_DISABLE_TELEMETRY", "HF_HUB_OFFLINE", "TOKENIZERS_PARALLELISM"):
        monkeypatch.setenv(name, "1")
    encoder = load_encoder(EncoderSettings())
    page = read_text_document(Path(__file__).parents[1] / "corpus" / "bassin-minier.txt")
    corpus = Corpus((page,), ())
    build_index(
        corpus, tmp_path, encoder.identity, lambda: encoder, Settings(), lambda _: lambda _: None
    )
    index = open_index(tmp_path, encoder.identity)
    query = encoder.encode_query("Quel musée a été implanté à Lens ?")
    row = int(index.vectors.nearest(query, 1)[0])
    passage = index.passages[row]
    assert "L’implantation du Louvre à Lens" in passage.text
    assert passage.section == ("Dans sa dimension touristique",)
    alone = encoder.encode_passages(
        [f"Bassin Minier. Dans sa dimension touristique. {passage.text}"], lambda _: None
    )[0]
    cosine = index.vectors.cosines(query, np.array([row]))[0]
    assert cosine == pytest.approx(float(alone @ query), abs=1e-5)
    assert check_index(tmp_path) == []


# Only what changed is done again.


def test_nothing_changed_writes_nothing(tmp_path: Path) -> None:
    """When nothing changed, no file is written and the encoder is not loaded."""
    first = build(tmp_path)
    before = snapshot(tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.name != ".lock"}
    second = build(tmp_path, load=no_encoder)
    assert second.version == first.version
    assert (second.embedded, second.passages) == (0, 6)
    assert second.unchanged == ("long", "other", "page")
    assert (second.added, second.changed, second.removed) == ((), (), ())
    assert snapshot(tmp_path) == before
    assert times == {
        path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.name != ".lock"
    }


def test_only_a_changed_document_is_embedded(tmp_path: Path) -> None:
    """When one document changed, its passages are embedded and no others."""
    build(tmp_path)
    encoder = HashEncoder()
    changes = build(tmp_path, CHANGED, encoder)
    assert encoder.embedded == ["Une fosse. La fosse est rouverte au public."]
    assert (changes.changed, changes.unchanged) == (("other",), ("long", "page"))
    assert (changes.added, changes.removed, changes.embedded) == ((), (), 1)
    index = open_index(tmp_path)
    assert index.documents["other"] == CHANGED[1]
    assert nearest(index, "fosse rouverte au public") == ["La fosse est rouverte au public."]


def test_one_sentence_more_embeds_one_passage(tmp_path: Path) -> None:
    """Of a longer document, only the passages whose words are new are embedded."""
    build(tmp_path)
    encoder = HashEncoder()
    longer = replace(LONG, text=LONG.text + " Un ajout ici.")
    build(tmp_path, (longer, OTHER, PAGE), encoder)
    assert encoder.embedded == [
        "Titre. Le site du 9-9 Bis accueille une salle de concert à Oignies. Un ajout ici."
    ]


def test_unchanged_vectors_are_bit_identical(tmp_path: Path) -> None:
    """Vectors of unchanged documents are taken over bit by bit, not computed anew."""
    build(tmp_path)
    before = vectors_by_text(open_index(tmp_path))
    build(tmp_path, CHANGED, TurnedEncoder())
    after = vectors_by_text(open_index(tmp_path))
    kept = before.keys() & after.keys()
    assert len(kept) == 5
    assert {text: after[text] for text in kept} == {text: before[text] for text in kept}


def test_new_title_embeds_again(tmp_path: Path) -> None:
    """A new title alone embeds the document's passages again, since the encoder sees it."""
    build(tmp_path)
    encoder = HashEncoder()
    changes = build(tmp_path, (LONG, replace(OTHER, title="La fosse 13"), PAGE), encoder)
    assert encoder.embedded == ["La fosse 13. La fosse est fermée."]
    assert changes.changed == ("other",)
    assert open_index(tmp_path).documents["other"].title == "La fosse 13"


def test_new_address_embeds_nothing(tmp_path: Path) -> None:
    """A new address alone is written, and nothing is embedded for it."""
    first = build(tmp_path)
    encoder = HashEncoder()
    changes = build(tmp_path, (LONG, OTHER, replace(PAGE, url="https://neuf.fr")), encoder)
    assert encoder.embedded == []
    assert (changes.changed, changes.embedded) == (("page",), 0)
    assert changes.version != first.version
    assert open_index(tmp_path).documents["page"].url == "https://neuf.fr"


def test_added_document(tmp_path: Path) -> None:
    """A document that is added is the only one embedded."""
    build(tmp_path, (LONG, PAGE))
    encoder = HashEncoder()
    changes = build(tmp_path, DOCUMENTS, encoder)
    assert changes.added == ("other",)
    assert encoder.embedded == ["Une fosse. La fosse est fermée."]
    assert nearest(open_index(tmp_path), "la fosse est fermée") == ["La fosse est fermée."]


def test_removed_document_is_gone(tmp_path: Path) -> None:
    """A document that is removed is found on neither side any more, without embedding."""
    build(tmp_path)
    changes = build(tmp_path, (LONG, PAGE), load=no_encoder)
    assert (changes.removed, changes.passages, changes.embedded) == (("other",), 5, 0)
    index = open_index(tmp_path)
    assert set(index.documents) == {"long", "page"}
    assert "La fosse est fermée." not in nearest(index, "la fosse est fermée", k=6)
    assert not index.lexical.shares(["foss"], 0.5).any()


def test_same_text_is_embedded_once(tmp_path: Path) -> None:
    """The same words under the same title in two documents are embedded once, found twice."""
    encoder = HashEncoder()
    changes = build(tmp_path, (replace(OTHER, document_id="a"), OTHER), encoder)
    assert encoder.embedded == ["Une fosse. La fosse est fermée."]
    assert (changes.passages, changes.embedded) == (2, 1)
    assert [passage.document_id for passage in open_index(tmp_path).passages] == ["a", "other"]


def test_new_refusal_is_recorded_without_embedding(tmp_path: Path) -> None:
    """A document refused since the last build is recorded, and nothing is embedded for it."""
    first = build(tmp_path)
    changes = build(tmp_path, load=no_encoder, refused=[Refusal("b.txt", "Illisible.")])
    assert changes.version != first.version
    assert open_index(tmp_path).manifest.refused == {"b.txt": "Illisible."}
    assert build(tmp_path, load=no_encoder).refused == ()
    assert open_index(tmp_path).manifest.refused == {}


def test_new_passage_length_cuts_again(tmp_path: Path) -> None:
    """Another passage length cuts everything again, and embeds the passages that are new."""
    build(tmp_path)
    encoder = HashEncoder()
    longer = Settings(passages=PassageSettings(max_tokens=64))
    changes = build(tmp_path, encoder=encoder, settings=longer)
    assert (changes.passages, changes.embedded) == (4, 1)
    assert encoder.embedded == [f"Titre. {LONG.text}"]
    assert changes.unchanged == ("long", "other", "page")
    assert [passage.text for passage in open_index(tmp_path).passages] == [
        LONG.text,
        "La fosse est fermée.",
        "Le bassin minier est un territoire.",
        "Le Louvre est à Lens. Il est beau.",
    ]


@pytest.mark.parametrize(
    ("section", "change"),
    [
        ("lexical", {"lexical": LexicalSettings(k1=1.5)}),
        ("lexical", {"lexical": LexicalSettings(b=0.0)}),
        ("index", {"index": IndexSettings(graph_from=1)}),
    ],
)
def test_new_search_settings_embed_nothing(
    tmp_path: Path, section: str, change: dict[str, Any]
) -> None:
    """Other settings of either search are written, and nothing is cut or embedded for them."""
    first = build(tmp_path)
    before = vectors_by_text(open_index(tmp_path))
    changes = build(tmp_path, load=no_encoder, settings=SMALL.model_copy(update=change))
    assert changes.version != first.version
    assert (changes.passages, changes.embedded) == (6, 0)
    assert changes.unchanged == ("long", "other", "page")
    assert (changes.added, changes.changed, changes.removed) == ((), (), ())
    index = open_index(tmp_path)
    written = change[section].model_dump(exclude={"keep_versions"})
    assert index.manifest.settings[section] == written
    assert vectors_by_text(index) == before


def test_new_search_settings_are_used(tmp_path: Path) -> None:
    """After a build with other settings of either search, the index has the new searches."""
    build(tmp_path)
    before = open_index(tmp_path).lexical.shares(["terril"], 1.0)
    others = {"lexical": LexicalSettings(k1=2.0), "index": IndexSettings(graph_from=1)}
    build(tmp_path, load=no_encoder, settings=SMALL.model_copy(update=others))
    after = open_index(tmp_path).lexical.shares(["terril"], 1.0)
    assert np.flatnonzero(before).tolist() == np.flatnonzero(after).tolist() == [0]
    assert after[0] < before[0]
    assert (current(tmp_path) / "vectors.faiss").read_bytes()[:4] == b"IHNf"


def test_rebuild_takes_nothing_over(tmp_path: Path) -> None:
    """A rebuild embeds everything although nothing changed."""
    first = build(tmp_path)
    encoder = HashEncoder()
    changes = build(tmp_path, encoder=encoder, rebuild=True)
    assert changes.version != first.version
    assert len(encoder.embedded) == changes.embedded == 6


def test_another_encoder_embeds_everything(tmp_path: Path) -> None:
    """Another encoder takes no vector over, though no document changed."""
    build(tmp_path)
    encoder = OtherEncoder()
    changes = build(tmp_path, encoder=encoder)
    assert len(encoder.embedded) == changes.embedded == changes.passages == 7
    assert changes.unchanged == ("long", "other", "page")
    assert (changes.added, changes.changed, changes.removed) == ((), (), ())
    assert open_index(tmp_path, "hash of thirds").manifest.encoder == "hash of thirds"


def test_another_encoder_cuts_again(tmp_path: Path) -> None:
    """Another encoder counts tokens in its own way, so passages are cut by its count."""
    build(tmp_path)
    assert "Le Louvre est à Lens. Il est beau." in vectors_by_text(open_index(tmp_path))
    build(tmp_path, encoder=OtherEncoder())
    index = open_index(tmp_path)
    expected = [
        passage
        for document in DOCUMENTS
        for passage in cut_passages(document, OtherEncoder().count_tokens, 16)
    ]
    assert index.passages == tuple(expected)
    assert [passage.text for passage in index.passages[5:]] == [
        "Le Louvre est à Lens.",
        "Il est beau.",
    ]


def test_empty_corpus_is_refused(tmp_path: Path) -> None:
    """A corpus without documents is refused before anything is written."""
    with pytest.raises(CorpusError) as caught:
        build(tmp_path / "index", (), load=no_encoder)
    assert caught.value.problem == "There is no document to index."
    assert not (tmp_path / "index").exists()


def test_empty_corpus_leaves_the_index(tmp_path: Path) -> None:
    """A corpus that lost all its documents does not empty the index."""
    build(tmp_path)
    before = snapshot(tmp_path)
    with pytest.raises(CorpusError):
        build(tmp_path, (), load=no_encoder)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_old_versions_are_dropped(tmp_path: Path, keep: int) -> None:
    """As many versions stay as the settings say, the newest ones."""
    settings = SMALL.model_copy(update={"index": IndexSettings(keep_versions=keep)})
    built = [
        build(tmp_path, (text_document("a", f"Texte {number}."),), settings=settings).version
        for number in range(5)
    ]
    assert versions(tmp_path) == built[-keep:]
    assert current(tmp_path).name == built[-1]
    assert list(open_index(tmp_path).documents["a"].text) == list("Texte 4.")


# The glossary is a part of the lexical side.

FEDER = GlossaryEntry("FEDER", ("FEDER", "Fonds européen de développement régional", "ERDF"))
FUND = text_document("fund", "Le FEDER finance la fosse.", title="Un fonds")


def test_glossary_survives(tmp_path: Path) -> None:
    """An opened index has the glossary that it was built with, in order."""
    glossary = (FEDER, GlossaryEntry("ICI", ("=ICI",)))
    build(tmp_path, glossary=glossary)
    assert open_index(tmp_path).lexical.analyser.glossary == glossary
    written = json.loads((current(tmp_path) / "lexical" / "glossary.json").read_bytes())
    assert written == [["FEDER", [*FEDER.variants]], ["ICI", ["=ICI"]]]


def test_new_glossary_rewrites_the_lexical_side_only(tmp_path: Path) -> None:
    """Another glossary alone embeds nothing and loads no encoder, and its names are found."""
    documents = (FUND, *DOCUMENTS)
    first = build(tmp_path, documents)
    before, old = snapshot(current(tmp_path)), open_index(tmp_path)
    changes = build(tmp_path, documents, load=no_encoder, glossary=[FEDER])
    after, index = snapshot(current(tmp_path)), open_index(tmp_path)
    assert changes == Changes(
        added=(),
        changed=(),
        removed=(),
        unchanged=("fund", "long", "other", "page"),
        refused=(),
        passages=7,
        embedded=0,
        version=index.name,
    )
    assert index.name > first.version
    for name in ("documents.jsonl", "passages.jsonl", "vectors.faiss"):
        assert after[name] == before[name]
    assert after["lexical/own/vocab.index.json"] != before["lexical/own/vocab.index.json"]
    question = "ERDF"
    assert not old.lexical.shares(old.lexical.analyser.question(question), 1.0).any()
    shares = index.lexical.shares(index.lexical.analyser.question(question), 1.0)
    assert np.flatnonzero(shares).tolist() == [0]


def test_same_glossary_writes_nothing(tmp_path: Path) -> None:
    """The same glossary again is no change, and one that is taken away is."""
    first = build(tmp_path, glossary=[FEDER])
    before = snapshot(tmp_path)
    assert build(tmp_path, load=no_encoder, glossary=[FEDER]).version == first.version
    assert snapshot(tmp_path) == before
    assert build(tmp_path, load=no_encoder).version > first.version
    assert open_index(tmp_path).lexical.analyser.glossary == Analyser().glossary == ()


@pytest.mark.parametrize(
    "change",
    [
        {"problems": {"page": ("url is missing", "is odd")}},
        {"folder": "/elsewhere"},
        {"tables": "/tables"},
    ],
)
def test_what_is_known_of_the_corpus_is_recorded(tmp_path: Path, change: dict[str, Any]) -> None:
    """Other problems and other folders are written into a version that embeds nothing."""

    def build_from(corpus: Corpus) -> Changes:
        return build_index(corpus, tmp_path, IDENTITY, HashEncoder, SMALL, lambda _: lambda _: None)

    first = build_from(Corpus(DOCUMENTS, (), folder="/here"))
    second = build_from(replace(Corpus(DOCUMENTS, (), folder="/here"), **change))
    assert (second.embedded, second.unchanged) == (0, ("long", "other", "page"))
    assert second.version > first.version
    manifest = open_index(tmp_path).manifest
    expected = {"problems": {}, "folder": "/here", "tables": None} | change
    assert {
        "problems": manifest.problems,
        "folder": manifest.corpus,
        "tables": manifest.tables,
    } == expected


def test_absent_tables_are_told(tmp_path: Path) -> None:
    """A mapping without its table is reported by every build, and changes nothing."""
    absent = (Refusal("a.table.yaml", "The table a.csv is not there."),)
    corpus = Corpus(DOCUMENTS, (), absent=absent)
    told = [
        build_index(corpus, tmp_path, IDENTITY, HashEncoder, SMALL, lambda _: lambda _: None)
        for _ in range(2)
    ]
    assert [changes.absent for changes in told] == [absent, absent]
    assert told[0].version == told[1].version
    assert told[1].refused == ()


# Versions are kept, and one can go back to them.


def built(folder: Path, number: int, keep: int = 3) -> str:
    """Builds an index of one document that says its number; returns the version's name."""
    settings = SMALL.model_copy(update={"index": IndexSettings(keep_versions=keep)})
    return build(folder, (text_document("a", f"Texte {number}."),), settings=settings).version


def says(folder: Path) -> str:
    """Returns the text of that document in the current version."""
    return open_index(folder, IDENTITY).documents["a"].text


def test_versions_are_listed_newest_first(tmp_path: Path) -> None:
    """What is kept is listed with its time and size, newest first, the current one marked."""
    first = build(tmp_path).version
    second = built(tmp_path, 2)
    times = {}
    for name in (first, second):
        manifest = json.loads((tmp_path / "versions" / name / "manifest.json").read_bytes())
        times[name] = manifest["created"]
    assert list_versions(tmp_path) == [
        Version(second, times[second], documents=1, passages=1, current=True),
        Version(first, times[first], documents=3, passages=6, current=False),
    ]
    assert first < second
    roll_back(tmp_path)
    assert [(version.name, version.current) for version in list_versions(tmp_path)] == [
        (second, False),
        (first, True),
    ]


def test_only_what_is_kept_and_whole_is_listed(tmp_path: Path) -> None:
    """Versions that were dropped, damaged ones, leftovers and strange files are not listed."""
    names = [built(tmp_path, number) for number in range(4)]
    (tmp_path / "versions" / names[2] / "passages.jsonl").write_text("")
    (tmp_path / "versions" / ".building-1").mkdir()
    (tmp_path / "versions" / "empty").mkdir()
    (tmp_path / "versions" / "notes.txt").write_text("mine")
    assert [version.name for version in list_versions(tmp_path)] == [names[3], names[1]]


def test_roll_back_goes_to_the_version_before(tmp_path: Path) -> None:
    """Each step goes one version back, nothing else is touched, and before the oldest is none."""
    names = [built(tmp_path, number) for number in range(3)]
    before = snapshot(tmp_path / "versions")
    for number in (1, 0):
        assert roll_back(tmp_path) == names[number] == current_version(tmp_path)
        assert says(tmp_path) == f"Texte {number}."
        assert check_index(tmp_path) == []
    with pytest.raises(IndexMissing) as caught:
        roll_back(tmp_path)
    assert caught.value.problem == "No version is older than the current one."
    assert caught.value.remedy == "`assistant index --list` lists what is kept."
    assert current_version(tmp_path) == names[0]
    assert snapshot(tmp_path / "versions") == before
    assert versions(tmp_path) == names


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("start", [0, 2])
def test_roll_back_to_a_named_version(tmp_path: Path, start: int, number: int) -> None:
    """Any version that is kept can be named, a newer one and the current one too."""
    names = [built(tmp_path, each) for each in range(3)]
    roll_back(tmp_path, names[start])
    assert roll_back(tmp_path, names[number]) == names[number] == current_version(tmp_path)
    assert says(tmp_path) == f"Texte {number}."
    manifest = (tmp_path / "versions" / names[number] / "manifest.json").read_bytes()
    expected = f"{names[number]} {hashlib.sha256(manifest).hexdigest()}\n"
    assert (tmp_path / "current").read_text() == expected


def test_build_after_roll_back_goes_on(tmp_path: Path) -> None:
    """From a former version on, a build compares with that one and makes a new version."""
    names = [built(tmp_path, number) for number in range(3)]
    roll_back(tmp_path, names[0])
    assert built(tmp_path, 0) == names[0]
    assert says(tmp_path) == "Texte 0."
    again = built(tmp_path, 2)
    assert again > names[2]
    assert (current_version(tmp_path), says(tmp_path)) == (again, "Texte 2.")
    assert versions(tmp_path) == [*names[1:], again]
    assert roll_back(tmp_path) == names[2]


def test_build_after_roll_back_embeds_what_the_former_lacks(tmp_path: Path) -> None:
    """Vectors are taken over from the version gone back to; of the newer one nothing is."""
    build(tmp_path)
    build(tmp_path, CHANGED)
    roll_back(tmp_path)
    encoder = HashEncoder()
    changes = build(tmp_path, CHANGED, encoder)
    assert (changes.changed, changes.unchanged) == (("other",), ("long", "page"))
    assert encoder.embedded == ["Une fosse. La fosse est rouverte au public."]


@pytest.mark.parametrize("keep", [1, 2])
def test_version_gone_back_to_is_not_dropped(tmp_path: Path, keep: int) -> None:
    """While an old version is current, builds that change nothing keep it, with the newest."""
    names = [built(tmp_path, number) for number in range(3)]
    roll_back(tmp_path, names[0])
    for _ in range(2):
        assert built(tmp_path, 0, keep) == names[0]
        assert versions(tmp_path) == [names[0], *names[3 - keep :]]
        assert says(tmp_path) == "Texte 0."
    last = built(tmp_path, 5, keep)
    assert versions(tmp_path) == [*names, last][-keep:]


@pytest.mark.parametrize(
    "name",
    [
        "absent",
        "",
        ".",
        "..",
        "../x",
        "/",
        "a\0b",
        "x" * 5_000,
        ".building-1",
        "empty",
        "notes.txt",
    ],
)
def test_roll_back_to_no_version_is_refused(tmp_path: Path, name: str) -> None:
    """What is not the name of a version is refused, and the current one stays."""
    built(tmp_path, 1)
    built(tmp_path, 2)
    (tmp_path / "versions" / "empty").mkdir()
    (tmp_path / "versions" / "notes.txt").write_text("mine")
    before = snapshot(tmp_path)
    with pytest.raises((IndexMissing, IndexDamaged)) as caught:
        roll_back(tmp_path, name)
    if name not in {"empty", "notes.txt"}:
        assert type(caught.value) is IndexMissing
        assert caught.value.problem == f"There is no version {name} in {tmp_path}."
        assert caught.value.remedy == "`assistant index --list` lists them."
    assert snapshot(tmp_path) == before
    assert says(tmp_path) == "Texte 2."


@pytest.mark.parametrize("form", ["../../b/versions/{}", "{}/", "./{}", "../versions/{}"])
def test_roll_back_cannot_leave_the_folder(tmp_path: Path, form: str) -> None:
    """A path is refused even where a whole version stands at its end."""
    built(tmp_path / "a", 1)
    built(tmp_path / "b", 1)
    name = current_version(tmp_path / ("b" if "b" in form else "a"))
    path = form.format(name)
    assert (tmp_path / "a" / "versions" / path / "manifest.json").is_file()
    before = snapshot(tmp_path / "a")
    with pytest.raises(IndexMissing) as caught:
        roll_back(tmp_path / "a", path)
    assert caught.value.problem == f"There is no version {path} in {tmp_path / 'a'}."
    assert snapshot(tmp_path / "a") == before


@pytest.mark.parametrize("file", [*FILES, "manifest.json"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "emptied", "lengthened"])
def test_roll_back_to_a_damaged_version_is_refused(tmp_path: Path, file: str, damage: str) -> None:
    """A version of which a file is missing or altered cannot become the current one."""
    damaged, newest = built(tmp_path, 1), built(tmp_path, 2)
    path = tmp_path / "versions" / damaged / file
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        kept = {"truncated": content[:-1], "emptied": b"", "lengthened": content + b"\n"}[damage]
        path.write_bytes(kept)
    with pytest.raises(IndexDamaged) as caught:
        roll_back(tmp_path, damaged)
    assert str(path) in caught.value.problem
    assert (current_version(tmp_path), says(tmp_path)) == (newest, "Texte 2.")
    assert [version.name for version in list_versions(tmp_path)] == [newest]
    with pytest.raises(IndexMissing, match="No version is older"):
        roll_back(tmp_path)


def test_every_byte_of_an_old_manifest_counts(tmp_path: Path) -> None:
    """One altered byte in the manifest of a version keeps it from becoming the current one."""
    damaged, newest = built(tmp_path, 1), built(tmp_path, 2)
    file = tmp_path / "versions" / damaged / "manifest.json"
    content = file.read_bytes()
    for place in (round(part * (len(content) - 1) / 79) for part in range(80)):
        altered = bytearray(content)
        altered[place] ^= 0x01
        file.write_bytes(altered)
        with pytest.raises(IndexDamaged):
            roll_back(tmp_path, damaged)
        assert current_version(tmp_path) == newest
    file.write_bytes(content)
    assert roll_back(tmp_path) == damaged


def test_roll_back_passes_over_a_damaged_version(tmp_path: Path) -> None:
    """The version before is the newest older one that is whole."""
    names = [built(tmp_path, number) for number in range(3)]
    (tmp_path / "versions" / names[1] / "vectors.faiss").unlink()
    assert roll_back(tmp_path) == names[0]
    assert says(tmp_path) == "Texte 0."


@pytest.mark.parametrize("damage", ["altered", "removed"])
def test_roll_back_leaves_a_damaged_version(tmp_path: Path, damage: str) -> None:
    """When the current version is damaged or gone, going back gives one that answers."""
    former, damaged = built(tmp_path, 1), built(tmp_path, 2)
    if damage == "removed":
        shutil.rmtree(tmp_path / "versions" / damaged)
    else:
        (tmp_path / "versions" / damaged / "documents.jsonl").write_text("{}")
    assert len(check_index(tmp_path)) == 1
    assert [(v.name, v.current) for v in list_versions(tmp_path)] == [(former, False)]
    assert roll_back(tmp_path) == former
    assert check_index(tmp_path) == []
    assert says(tmp_path) == "Texte 1."


def test_without_an_index_there_is_nothing_to_go_back_to(tmp_path: Path) -> None:
    """Without an index, listing and going back say what to run and make no folder."""
    folder = tmp_path / "absent"
    actions: list[Callable[[Path], object]] = [roll_back, list_versions, current_version]
    for action in actions:
        with pytest.raises(IndexMissing) as caught:
            action(folder)
        assert caught.value.problem == f"There is no index in {folder}."
        assert not folder.exists()


def test_roll_back_waits_for_no_build(tmp_path: Path) -> None:
    """While a build runs, going back is refused and listing is not; the build ends well."""
    names = [built(tmp_path, number) for number in range(2)]
    said: list[str] = []

    class Meanwhile(HashEncoder):
        """Goes back while it embeds."""

        def encode_passages(self, texts: Sequence[str], progress: Progress) -> FloatArray:
            for name in (None, names[0]):
                with pytest.raises(IndexWriteError) as caught:
                    roll_back(tmp_path, name)
                said.append(caught.value.problem)
            assert [version.name for version in list_versions(tmp_path)] == names[::-1]
            assert current_version(tmp_path) == names[1]
            return super().encode_passages(texts, progress)

    changes = build(tmp_path, (text_document("a", "Texte 2."),), Meanwhile())
    assert said == [f"Another build is writing to {tmp_path}."] * 2
    assert (current_version(tmp_path), says(tmp_path)) == (changes.version, "Texte 2.")


def test_the_one_before_is_told_under_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that ends just before going back begins is the one that is left."""
    names = [built(tmp_path, number) for number in range(2)]
    locked = IndexFolder.locked

    def after_a_build(place: IndexFolder) -> AbstractContextManager[None]:
        monkeypatch.setattr(IndexFolder, "locked", locked)
        names.append(built(tmp_path, 2))
        return locked(place)

    monkeypatch.setattr(IndexFolder, "locked", after_a_build)
    assert roll_back(tmp_path) == names[1] == current_version(tmp_path)


@pytest.mark.parametrize("method", ["write_text", "replace"])
def test_full_disk_leaves_the_current_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """A disk that is full while going back is reported, and the current version stays."""
    former, newest = built(tmp_path, 1), built(tmp_path, 2)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, method, full)
        with pytest.raises(IndexWriteError) as caught:
            roll_back(tmp_path)
    assert caught.value.problem == (
        f"The index in {tmp_path} cannot be written (No space left on device)."
    )
    assert (current_version(tmp_path), says(tmp_path)) == (newest, "Texte 2.")
    assert roll_back(tmp_path) == former


# What is wrong is named.


def test_missing_index(tmp_path: Path) -> None:
    """A folder without an index, or no folder at all, says what to run."""
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(IndexMissing) as caught:
            open_index(folder)
        assert caught.value.problem == f"There is no index in {folder}."
        assert caught.value.remedy == "Run `assistant index`."
        assert check_index(folder) == [str(caught.value)]


def test_encoder_mismatch(tmp_path: Path) -> None:
    """An index of another encoder is refused with both names; without a name it opens."""
    build(tmp_path)
    with pytest.raises(EncoderMismatch) as caught:
        open_index(tmp_path, "other")
    assert caught.value.problem == (
        "The index was built with hash of terms, but the settings name other."
    )
    assert "assistant index" in caught.value.remedy
    assert len(open_index(tmp_path, IDENTITY)) == len(open_index(tmp_path)) == 6


def test_healthy_index_has_nothing_wrong(tmp_path: Path) -> None:
    """A check of an index as it was built finds nothing."""
    build(tmp_path)
    assert check_index(tmp_path) == []


def test_every_file_is_tried(tmp_path: Path) -> None:
    """The files that the next test damages are all files of a version."""
    build(tmp_path)
    assert sorted(snapshot(current(tmp_path))) == sorted([*FILES, "manifest.json"])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["missing", "truncated", "emptied", "flipped", "lengthened"])
def test_damaged_file_is_named(tmp_path: Path, name: str, damage: str) -> None:
    """A file that is missing, cut short or altered by one bit is refused by its path."""
    build(tmp_path)
    file = current(tmp_path) / name
    content = bytearray(file.read_bytes())
    if damage == "missing":
        file.unlink()
    elif damage == "flipped":
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    else:
        kept = {"truncated": content[:-1], "emptied": bytearray(), "lengthened": content + b"\n"}[
            damage
        ]
        file.write_bytes(kept)
    with pytest.raises(IndexDamaged) as caught:
        open_index(tmp_path)
    said = "is missing or cannot be read" if damage == "missing" else "was truncated or altered"
    assert caught.value.problem == f"{file} {said}."
    assert caught.value.remedy == "Run `assistant index --rebuild`."
    assert check_index(tmp_path) == [str(caught.value)]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe"])
def test_damaged_manifest_is_named(tmp_path: Path, content: bytes) -> None:
    """A manifest that is empty, cut short or no manifest is refused by its path."""
    build(tmp_path)
    file = current(tmp_path) / "manifest.json"
    file.write_bytes(content)
    with pytest.raises(IndexDamaged) as caught:
        open_index(tmp_path)
    assert caught.value.problem == f"{file} was truncated or altered."
    assert caught.value.remedy == "Run `assistant index --rebuild`."
    assert check_index(tmp_path) == [str(caught.value)]


def test_every_byte_of_the_manifest_counts(tmp_path: Path) -> None:
    """A manifest with one altered byte, wherever it is, or one byte less or more is refused."""
    build(tmp_path)
    file = current(tmp_path) / "manifest.json"
    content = file.read_bytes()
    places = [round(part * (len(content) - 1) / 39) for part in range(40)]
    assert len(set(places)) == 40
    damaged = [content[:-1], content[1:], content + b"\n", content + b" "]
    for place in places:
        for bit in (0x01, 0x20, 0x80):
            altered = bytearray(content)
            altered[place] ^= bit
            damaged.append(bytes(altered))
    for altered_content in damaged:
        file.write_bytes(altered_content)
        with pytest.raises(IndexDamaged) as caught:
            open_index(tmp_path)
        assert caught.value.problem == f"{file} was truncated or altered."
    file.write_bytes(content)
    assert check_index(tmp_path) == []


def test_manifest_of_another_index_is_refused(tmp_path: Path) -> None:
    """A whole manifest that belongs to another index is refused by its path."""
    build(tmp_path / "a")
    build(tmp_path / "b", CHANGED)
    file = current(tmp_path / "a") / "manifest.json"
    shutil.copy(current(tmp_path / "b") / "manifest.json", file)
    with pytest.raises(IndexDamaged) as caught:
        open_index(tmp_path / "a")
    assert caught.value.problem == f"{file} was truncated or altered."


def test_missing_manifest_is_named(tmp_path: Path) -> None:
    """A version without a manifest is refused by the manifest's path."""
    build(tmp_path)
    file = current(tmp_path) / "manifest.json"
    file.unlink()
    with pytest.raises(IndexDamaged) as caught:
        open_index(tmp_path)
    assert caught.value.problem == f"{file} is missing or cannot be read."
    assert check_index(tmp_path) == [str(caught.value)]


def test_manifest_of_another_format(tmp_path: Path) -> None:
    """An index in another format is refused with both format numbers."""
    build(tmp_path)
    written = open_index(tmp_path).manifest.format
    rewrite_manifest(tmp_path, {"format": written + 1})
    with pytest.raises(IndexDamaged) as caught:
        open_index(tmp_path)
    assert caught.value.problem == f"The index has format {written + 1}, not {written}."


def test_hash_of_another_file_is_noticed(tmp_path: Path) -> None:
    """A manifest that its pointer vouches for still has to agree with every file."""
    build(tmp_path)
    files = open_index(tmp_path).manifest.files
    digest = files["passages.jsonl"]
    wrong = ("1" if digest[0] == "0" else "0") + digest[1:]
    rewrite_manifest(tmp_path, {"files": {**files, "passages.jsonl": wrong}})
    with pytest.raises(IndexDamaged, match=r"passages\.jsonl was truncated or altered"):
        open_index(tmp_path)


def test_parts_that_do_not_match(tmp_path: Path) -> None:
    """A manifest with another number of passages than its files is refused."""
    name = build(tmp_path).version
    rewrite_manifest(tmp_path, {"passages": 7})
    with pytest.raises(IndexDamaged) as caught:
        open_index(tmp_path)
    assert caught.value.problem == f"The parts of the index {name} do not match."


def assert_pointer_is_refused(folder: Path) -> None:
    """Asserts that the index is refused as damaged and that the next build mends it."""
    with pytest.raises(IndexDamaged) as caught:
        open_index(folder)
    assert caught.value.remedy == "Run `assistant index --rebuild`."
    assert check_index(folder) == [str(caught.value)]
    assert build(folder).embedded == 6
    assert check_index(folder) == []


@pytest.mark.parametrize(
    "name", ["", "absent", "..", "../versions", ".", "../x", "/", "x" * 5_000, "é" * 200]
)
def test_pointer_to_no_version(tmp_path: Path, name: str) -> None:
    """A pointer that names no version is refused, whatever stands in it."""
    build(tmp_path)
    checksum = (tmp_path / "current").read_text().split()[1]
    for content in (name, f"{name} {checksum}\n"):
        (tmp_path / "current").write_text(content)
        assert_pointer_is_refused(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda _: "0" * 64,
        lambda checksum: checksum[:-1],
        lambda checksum: checksum + "0",
        lambda checksum: checksum + " 0",
        lambda checksum: ("1" if checksum[0] == "0" else "0") + checksum[1:],
    ],
    ids=["absent", "zeros", "truncated", "lengthened", "twofold", "altered"],
)
def test_pointer_with_a_wrong_checksum(tmp_path: Path, change: Callable[[str], str]) -> None:
    """A pointer to the right version with another checksum is refused."""
    build(tmp_path)
    name, checksum = (tmp_path / "current").read_text().split()
    (tmp_path / "current").write_text(f"{name} {change(checksum)}\n")
    with pytest.raises(IndexDamaged) as caught:
        open_index(tmp_path)
    file = tmp_path / "versions" / name / "manifest.json"
    assert caught.value.problem == f"{file} was truncated or altered."
    assert_pointer_is_refused(tmp_path)


def test_pointer_cannot_leave_the_folder(tmp_path: Path) -> None:
    """A pointer with a path in it is refused even where an index stands at its end."""
    build(tmp_path / "a")
    build(tmp_path / "b")
    name, checksum = (tmp_path / "b" / "current").read_text().split()
    assert (tmp_path / "a" / "versions" / f"../../b/versions/{name}/manifest.json").is_file()
    (tmp_path / "a" / "current").write_text(f"../../b/versions/{name} {checksum}\n")
    assert_pointer_is_refused(tmp_path / "a")


def test_unreadable_pointer(tmp_path: Path) -> None:
    """A pointer that is no text is refused by its path."""
    build(tmp_path)
    (tmp_path / "current").write_bytes(b"\xff\xfe")
    with pytest.raises(IndexDamaged) as caught:
        open_index(tmp_path)
    assert caught.value.problem == f"{tmp_path / 'current'} cannot be read."


@pytest.mark.parametrize("name", ["vectors.faiss", "manifest.json", "passages.jsonl"])
def test_build_mends_a_damaged_index(tmp_path: Path, name: str) -> None:
    """A build over a damaged index takes nothing over and leaves a healthy one."""
    build(tmp_path)
    file = current(tmp_path) / name
    file.write_bytes(file.read_bytes()[:-1])
    encoder = HashEncoder()
    assert build(tmp_path, encoder=encoder).embedded == len(encoder.embedded) == 6
    assert check_index(tmp_path) == []


# No failure harms the index in use.


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A folder with a built index."""
    build(tmp_path)
    return tmp_path


def assert_intact(folder: Path, before: dict[str, bytes]) -> None:
    """Asserts that the index is the former one, answers, and can be built anew without help."""
    after = snapshot(folder)
    assert {name: after.get(name) for name in before} == before
    index = open_index(folder, IDENTITY)
    assert index.documents["other"].text == "La fosse est fermée."
    assert nearest(index, "la fosse est fermée") == ["La fosse est fermée."]
    assert check_index(folder) == []
    changes = build(folder, CHANGED)
    assert changes.embedded == 1
    assert open_index(folder).documents["other"].text == "La fosse est rouverte au public."
    assert [name for name in versions(folder) if name.startswith(".")] == []


def test_failing_encoder_leaves_the_index(used: Path) -> None:
    """An encoder that fails while embedding leaves the former index and no lock."""
    before = snapshot(used)
    with pytest.raises(RuntimeError, match="fell over at text 2 of 1"):
        build(used, CHANGED, BrokenEncoder())
    assert snapshot(used) == before
    assert_intact(used, before)


class UnreadableEncoder(HashEncoder):
    """Cannot read its own files while it embeds."""

    def encode_passages(self, texts: Sequence[str], progress: Progress) -> FloatArray:
        """Does not return."""
        progress(len(texts))
        raise OSError(errno.EIO, "Input/output error", "model.bin")


def unreadable_encoder() -> Encoder:
    """Stands for a load that cannot read its files."""
    raise OSError(errno.EIO, "Input/output error", "model.bin")


@pytest.mark.parametrize("load", [UnreadableEncoder, unreadable_encoder])
def test_error_of_the_encoder_is_not_one_of_the_index(
    used: Path, load: Callable[[], Encoder]
) -> None:
    """An OSError of the encoder is passed on as it is, and the former index is left."""
    before = snapshot(used)
    with pytest.raises(OSError, match="Input/output error") as caught:
        build(used, CHANGED, load=load)
    assert (type(caught.value), caught.value.filename) == (OSError, "model.bin")
    assert snapshot(used) == before
    assert_intact(used, before)


@pytest.mark.parametrize("documents", [DOCUMENTS, CHANGED], ids=["unchanged", "changed"])
def test_leftovers_are_removed_by_any_build(
    used: Path, documents: tuple[SourceDocument, ...]
) -> None:
    """What killed builds left is removed by the next build, even one that changes nothing."""
    former = current(used).name
    for name in (".building-1", ".building-20261122T000000000000-00000000"):
        (used / "versions" / name / "lexical" / "own").mkdir(parents=True)
        (used / "versions" / name / "documents.jsonl").write_text("{}")
    changes = build(used, documents)
    assert versions(used) == sorted({former, changes.version})
    assert (changes.version == former) == (documents == DOCUMENTS)
    assert check_index(used) == []


@pytest.mark.parametrize("method", ["write_bytes", "write_text", "mkdir", "rename", "replace"])
def test_full_disk_leaves_the_index(
    used: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """A disk that is full at any step of writing is reported and leaves the former index."""
    before = snapshot(used)
    real_mkdir = Path.mkdir

    def full(path: Path, *arguments: object, **options: object) -> None:
        if method == "mkdir" and not path.name.startswith(".building-"):
            real_mkdir(path, *arguments, **options)  # type: ignore[arg-type]
            return
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, method, full)
        with pytest.raises(IndexWriteError) as caught:
            build(used, CHANGED)
    assert caught.value.problem == (
        f"The index in {used} cannot be written (No space left on device)."
    )
    assert "the former index is intact" in caught.value.remedy
    assert [name for name in versions(used) if name.startswith(".")] == []
    assert_intact(used, before)


def test_full_disk_on_first_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first build on a full disk leaves no index rather than half of one."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(IndexWriteError):
            build(tmp_path)
    with pytest.raises(IndexMissing):
        open_index(tmp_path)
    assert versions(tmp_path) == []
    assert build(tmp_path).embedded == 6


KILLED_AT: dict[str, tuple[object, str, str]] = {
    "writing": (Path, "write_bytes", "vectors.faiss"),
    "listing": (Path, "write_text", "manifest.json"),
    "naming": (Path, "rename", ""),
    "promising": (Path, "write_text", "current.new"),
    "pointing": (Path, "replace", ""),
    "dropping": (shutil, "rmtree", ""),
}
"""What is called at each moment, and with which file; any when it does not matter."""


def die_at(moment: str) -> None:
    """Has this process killed at a moment, as `kill -9` would."""
    owner, name, file = KILLED_AT[moment]
    real = getattr(owner, name)

    def killed(path: Path, *arguments: object, **options: object) -> object:
        if path.name.endswith(file):
            os.kill(os.getpid(), signal.SIGKILL)
        return real(path, *arguments, **options)

    setattr(owner, name, killed)


def killed_build(folder: str, moment: str) -> None:
    """Builds the changed corpus in this process and kills the process at a moment."""
    if moment == "embedding":
        build(Path(folder), CHANGED, KilledEncoder())
        return
    die_at(moment)
    one = SMALL.model_copy(update={"index": IndexSettings(keep_versions=1)})
    build(Path(folder), CHANGED, settings=one)


def killed_roll_back(folder: str, moment: str) -> None:
    """Goes back one version in this process and kills the process at a moment."""
    die_at(moment)
    roll_back(Path(folder))


def run_killed(action: Callable[[str, str], None], folder: Path, moment: str) -> None:
    """Runs one of the two functions above in a process of its own, and sees it killed."""
    script = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('killed', {__file__!r})\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "sys.modules['killed'] = module\n"
        "spec.loader.exec_module(module)\n"
        f"module.{action.__name__}({str(folder)!r}, {moment!r})\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=environment, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.parametrize(
    ("moment", "leftovers"),
    [
        ("embedding", 0),
        ("writing", 1),
        ("listing", 1),
        ("naming", 1),
        ("promising", 0),
        ("pointing", 0),
    ],
)
def test_killed_build_leaves_the_index(used: Path, moment: str, leftovers: int) -> None:
    """A build killed at any moment leaves the former index, no lock, and litter for the next."""
    before = snapshot(used)
    run_killed(killed_build, used, moment)
    assert len([name for name in versions(used) if name.startswith(".")]) == leftovers
    assert_intact(used, before)


def test_build_that_is_killed_once_it_is_done_stays(used: Path) -> None:
    """A build killed while it removes old versions has become the current one."""
    former = current(used).name
    run_killed(killed_build, used, "dropping")
    assert versions(used) == [former, current(used).name]
    assert open_index(used).documents["other"] == CHANGED[1]
    assert build(used, CHANGED, load=no_encoder).version == current(used).name


@pytest.mark.parametrize("moment", ["promising", "pointing"])
def test_killed_roll_back_leaves_the_index(used: Path, moment: str) -> None:
    """Going back, killed at any moment, leaves the version that was current, and no lock."""
    former = current(used).name
    build(used, CHANGED)
    before = snapshot(used)
    run_killed(killed_roll_back, used, moment)
    assert {name: content for name, content in snapshot(used).items() if name in before} == before
    assert check_index(used) == []
    assert roll_back(used) == former == current(used).name
    assert check_index(used) == []


def test_two_builds_at_once(used: Path) -> None:
    """A build that starts while another runs is refused, and the first one ends well."""
    said: list[IndexWriteError] = []

    class Meanwhile(HashEncoder):
        """Starts another build while it embeds."""

        def encode_passages(self, texts: Sequence[str], progress: Progress) -> FloatArray:
            with pytest.raises(IndexWriteError) as caught:
                build(used, (OTHER,), load=no_encoder)
            said.append(caught.value)
            return super().encode_passages(texts, progress)

    changes = build(used, CHANGED, Meanwhile())
    assert [error.problem for error in said] == [f"Another build is writing to {used}."]
    assert said[0].remedy == "Wait until it has ended."
    assert current(used).name == changes.version
    assert open_index(used).documents["other"] == CHANGED[1]


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    """An index folder that is a file is refused by its path, and the file is left alone."""
    (tmp_path / "index").write_text("mine")
    with pytest.raises(IndexWriteError) as caught:
        build(tmp_path / "index")
    assert str(tmp_path / "index") in caught.value.problem
    assert (tmp_path / "index").read_text() == "mine"


def test_moved_folder_still_opens(tmp_path: Path) -> None:
    """An index does not know where it lies: moved elsewhere, it opens and needs no build."""
    version = build(tmp_path / "here").version
    shutil.move(tmp_path / "here", tmp_path / "there")
    assert nearest(open_index(tmp_path / "there"), "la fosse est fermée") == [
        "La fosse est fermée."
    ]
    assert build(tmp_path / "there", load=no_encoder).version == version


def test_pointer_full_of_zeros_is_mended(tmp_path: Path) -> None:
    """What a power cut may leave of `current` is damage, and the next build mends it."""
    encoder = HashEncoder()
    corpus = read_corpus(tiny_corpus(tmp_path / "corpus"))

    def build() -> None:
        build_index(
            corpus,
            tmp_path / "index",
            encoder.identity,
            lambda: encoder,
            Settings(),
            lambda _: lambda _: None,
        )

    build()
    (tmp_path / "index" / "current").write_bytes(b"\0" * 92)
    with pytest.raises(IndexDamaged):
        open_index(tmp_path / "index")
    build()
    assert len(open_index(tmp_path / "index")) == 3
