"""The records keep their promises: JSON in a fixed order, fingerprints, slices, immutability."""

import json
from dataclasses import FrozenInstanceError, asdict, replace
from typing import Any

import pytest

from assistant.domain import (
    Answer,
    Citation,
    Heading,
    Locator,
    Origin,
    Outcome,
    Passage,
    Reference,
    SourceDocument,
    Span,
    Statement,
    Turn,
    Unit,
    content_hash,
)

CITATION = Citation(
    marker=1,
    passage_id="page:abc",
    document_id="page",
    title="Bassin Minier",
    section=("Dans sa dimension touristique",),
    publisher="Département",
    url=None,
    date=None,
    accessed="2026-11-22",
    language="fr",
    quote="Le Louvre est à Lens.",
    start=10,
    end=31,
    content_hash="0123456789abcdef",
    part_of="Liste des musées",
    page=3,
    before="Titre. ",
)
ANSWER = Answer(
    conversation_id="c1",
    turn=2,
    question="Et où ?",
    standalone_question="Où est le Louvre ?",
    language="fr",
    outcome=Outcome.ANSWERED,
    text="Le Louvre est à Lens. [1]",
    statements=(Statement("Le Louvre est à Lens.", (1,), ((16, 20),)),),
    citations=(CITATION,),
    confidence=0.875,
    timings_ms={"dense": 1.5},
)
DOCUMENT = SourceDocument(
    document_id="page",
    title="Bassin Minier",
    text="Titre\nLe Louvre est à Lens.",
    language="fr",
    publisher="Département",
    url="http://exemple.fr/page",
    published="2016-07-11",
    accessed="2026-11-22",
    licence="CC-BY",
    headings=(Heading(Span(0, 5), 1, "Titre"),),
)
PASSAGE = Passage(
    passage_id="page:abc",
    document_id="page",
    language="fr",
    start=6,
    end=27,
    text="Le Louvre est à Lens.",
    section=(),
    sentences=(Span(6, 27),),
)


def test_answer_keys_stand_in_documented_order() -> None:
    """An answer as JSON has the documented keys, all of them, in their order."""
    assert list(ANSWER.to_json()) == [
        "schema_version",
        "conversation_id",
        "turn",
        "question",
        "standalone_question",
        "language",
        "outcome",
        "text",
        "statements",
        "citations",
        "confidence",
        "reason",
        "nearby",
        "suggestions",
        "timings_ms",
    ]


def test_answer_survives_json() -> None:
    """An answer written as JSON and read again has every value, nested records included."""
    read = json.loads(json.dumps(ANSWER.to_json(), ensure_ascii=False))
    assert read == {
        "schema_version": 1,
        "conversation_id": "c1",
        "turn": 2,
        "question": "Et où ?",
        "standalone_question": "Où est le Louvre ?",
        "language": "fr",
        "outcome": "answered",
        "text": "Le Louvre est à Lens. [1]",
        "statements": [{"text": "Le Louvre est à Lens.", "citations": [1], "emphasis": [[16, 20]]}],
        "citations": [
            {
                "marker": 1,
                "passage_id": "page:abc",
                "document_id": "page",
                "title": "Bassin Minier",
                "section": ["Dans sa dimension touristique"],
                "publisher": "Département",
                "url": None,
                "date": None,
                "accessed": "2026-11-22",
                "language": "fr",
                "quote": "Le Louvre est à Lens.",
                "start": 10,
                "end": 31,
                "content_hash": "0123456789abcdef",
                "origins": [],
                "origin_names": [],
                "part_of": "Liste des musées",
                "page": 3,
                "row": None,
                "before": "Titre. ",
                "after": "",
            }
        ],
        "confidence": 0.875,
        "reason": None,
        "nearby": [],
        "suggestions": [],
        "timings_ms": {"dense": 1.5},
    }


SHEET_CITATION = replace(
    CITATION,
    origins=("https://a.example/x", "https://b.example"),
    origin_names=("France 3", None),
)


def test_names_of_origins_survive_json() -> None:
    """Names and addresses come back in their order, and belong together."""
    answer = replace(ANSWER, citations=(SHEET_CITATION,), nearby=(SHEET_CITATION,))
    read = Answer.from_json(json.loads(json.dumps(answer.to_json())))
    assert read == answer
    assert read.nearby[0].named_origins == (
        Origin("https://a.example/x", "France 3"),
        Origin("https://b.example", None),
    )


def test_answer_from_before_names_is_read() -> None:
    """Its citations keep their addresses, whose names nobody knows."""
    record = replace(ANSWER, citations=(SHEET_CITATION,)).to_json()
    del record["citations"][0]["origin_names"]
    (citation,) = Answer.from_json(record).citations
    assert citation == replace(SHEET_CITATION, origin_names=())
    assert citation.named_origins == (Origin("https://a.example/x"), Origin("https://b.example"))


@pytest.mark.parametrize("names", [["France 3"], ["France 3", None, None]])
def test_names_without_their_address_are_malformed(names: list[str | None]) -> None:
    """Names that cannot be laid beside the addresses are not guessed at."""
    record = replace(ANSWER, citations=(SHEET_CITATION,)).to_json()
    record["citations"][0]["origin_names"] = names
    with pytest.raises(ValueError, match="a name, or null, for each of its origins"):
        Answer.from_json(record)


def test_sheet_survives_json() -> None:
    """A document that was written from others has its sources again, names included."""
    origins = (Origin("https://a.example/x", "France 3"), Origin("https://b.example"))
    sheet = replace(DOCUMENT, references=(Reference(Span(6, 27), origins),))
    read = SourceDocument.from_record(json.loads(json.dumps(asdict(sheet))))
    assert read == sheet
    assert read.fingerprint == sheet.fingerprint


def test_json_of_an_answer_is_a_copy() -> None:
    """Changing the JSON values of an answer leaves the answer as it is."""
    values = ANSWER.to_json()
    values["timings_ms"]["dense"] = 99.0
    assert ANSWER.timings_ms == {"dense": 1.5}


@pytest.mark.parametrize(
    ("outcome", "written"),
    [
        (Outcome.ANSWERED, "answered"),
        (Outcome.PARTIAL, "partial"),
        (Outcome.ABSTAINED, "abstained"),
        (Outcome.SMALL_TALK, "small_talk"),
        (Outcome.REFUSED, "refused"),
    ],
)
def test_outcomes_are_plain_words_in_json(outcome: Outcome, written: str) -> None:
    """Every outcome is written to JSON as one plain word."""
    values = json.loads(json.dumps(replace(ANSWER, outcome=outcome).to_json()))
    assert values["outcome"] == written


def test_fingerprint_is_stable() -> None:
    """Two equal documents have the same fingerprint, 16 hexadecimal digits."""
    assert DOCUMENT.fingerprint == replace(DOCUMENT).fingerprint
    assert len(DOCUMENT.fingerprint) == 16
    assert set(DOCUMENT.fingerprint) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    "change",
    [
        {"document_id": "autre"},
        {"title": "Bassin minier"},
        {"text": "Titre\nLe Louvre est à Lens!"},
        {"language": "en"},
        {"publisher": None},
        {"url": "https://exemple.fr/page"},
        {"published": None},
        {"accessed": "2026-11-23"},
        {"licence": None},
        {"headings": ()},
        {"headings": (Heading(Span(0, 5), 2, "Titre"),)},
    ],
    ids=str,
)
def test_fingerprint_changes_with_every_field(change: dict[str, Any]) -> None:
    """A change of the text, or of anything said about it, changes the fingerprint."""
    assert replace(DOCUMENT, **change).fingerprint != DOCUMENT.fingerprint


def test_content_hash_is_shortened_sha256() -> None:
    """The hash of a text is the start of its SHA-256 in UTF-8."""
    assert content_hash("abc") == "ba7816bf8f01cfea"
    assert content_hash("é") == "4a99557e4033c3539"[:16]


def test_passage_hash_follows_its_words() -> None:
    """The hash of a passage is that of its text and nothing else."""
    assert PASSAGE.content_hash == content_hash("Le Louvre est à Lens.")
    assert replace(PASSAGE, start=7, end=28).content_hash == PASSAGE.content_hash
    assert replace(PASSAGE, text="Le Louvre est à Lens !").content_hash != PASSAGE.content_hash


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(6, 27), "Le Louvre est à Lens."),
        (Span(9, 15), "Louvre"),
        (Span(22, 26), "Lens"),
        (Span(6, 6), ""),
    ],
)
def test_slice_takes_offsets_of_the_document(span: Span, words: str) -> None:
    """A slice of a passage is the same words as the span has in the document."""
    assert PASSAGE.slice(span) == words
    assert DOCUMENT.text[span.start : span.end] == words


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (ANSWER, "text"),
        (CITATION, "quote"),
        (DOCUMENT, "text"),
        (PASSAGE, "text"),
        (Span(0, 1), "start"),
        (Turn("Et où ?", ANSWER), "signs"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_records_are_frozen(record: object, field: str) -> None:
    """No record can be changed after it was made."""
    before = getattr(record, field)
    with pytest.raises(FrozenInstanceError):
        setattr(record, field, "x")
    assert getattr(record, field) == before


def test_place_of_an_offset() -> None:
    """An offset is on the page that begins at or before it; without pages, on none."""
    pages = (Locator(Span(5, 9), Unit.PAGE, 2), Locator(Span(9, 20), Unit.PAGE, 4))
    document = replace(DOCUMENT, locators=pages)
    assert [document.locate(offset) for offset in (4, 5, 8, 9, 19)] == [
        None,
        pages[0],
        pages[0],
        pages[1],
        pages[1],
    ]
    assert DOCUMENT.locate(5) is None
    assert document.fingerprint != DOCUMENT.fingerprint


def test_turn_without_a_search_has_neither_ranking_nor_signs() -> None:
    """A turn that nothing was searched for says so; two turns do not share their signs."""
    one, other = Turn("Merci", ANSWER), Turn("Merci", ANSWER)
    assert (one.ranking, one.signs) == (None, {})
    assert one == other
    assert one.signs is not other.signs
    assert Turn("Et où ?", ANSWER, None, {"dense": 0.9}).signs == {"dense": 0.9}
