"""The records that every stage exchanges. All are frozen; arrays and files live elsewhere."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

SCHEMA_VERSION: Final = 1


def content_hash(text: str) -> str:
    """Returns the hexadecimal SHA-256 of `text`, shortened to 16 digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points in a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of a source text that is a title, not a statement.

    Attributes:
        span: where the line stands in the text.
        level: 1 for the title of the document, 2 and more for sections.
        text: the line.
    """

    span: Span
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Origin:
    """A source that a text was written from.

    Attributes:
        address: its web address.
        name: who is behind it, as a reader knows them, or None.
    """

    address: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a part of a text was taken from.

    Attributes:
        span: the words that it covers.
        origins: the sources, in the order in which the text gives them.
    """

    span: Span
    origins: tuple[Origin, ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Web addresses of the sources."""
        return tuple(origin.address for origin in self.origins)


class Unit(StrEnum):
    """What the parts of a source are counted in."""

    PAGE = "page"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a part of a text stands in the file that it was read from.

    Attributes:
        span: the part.
        unit: a page of a PDF or a row of a table.
        number: as a reader of the file counts it, from 1.
    """

    span: Span
    unit: Unit
    number: int


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """One source text with what a citation says about it.

    Attributes:
        document_id: stable name, from the file name or the collection's `_id`.
        text: the source text, UTF-8 with LF, exactly as offsets count it.
        published: date of publication as the source states it, or None: an undated page.
        accessed: ISO date on which the text was taken from its address, or None.
        licence: licence as the source states it, or None.
        translation_of: the same name in every language of one text, or None.
        references: for a text that was written from other sources, which say what.
        part_of: title of the list or work that the document is a part of, or None.
        locators: pages or rows of the file, in order, without overlap; empty when it has none.
        accepted: words that look odd and are right, as staff say.
    """

    document_id: str
    title: str
    text: str
    language: str
    publisher: str | None = None
    url: str | None = None
    published: str | None = None
    accessed: str | None = None
    licence: str | None = None
    translation_of: str | None = None
    headings: tuple[Heading, ...] = ()
    references: tuple[Reference, ...] = ()
    part_of: str | None = None
    locators: tuple[Locator, ...] = ()
    accepted: tuple[str, ...] = ()

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """Returns the document that `dataclasses.asdict` made a record of, by way of JSON.

        Raises:
            KeyError, TypeError, ValueError: it is no such record.
        """
        return cls(
            **record
            | {
                "headings": tuple(
                    Heading(Span(**entry["span"]), entry["level"], entry["text"])
                    for entry in record["headings"]
                ),
                "references": tuple(
                    Reference(
                        Span(**entry["span"]), tuple(Origin(**one) for one in entry["origins"])
                    )
                    for entry in record["references"]
                ),
                "locators": tuple(
                    Locator(Span(**entry["span"]), Unit(entry["unit"]), entry["number"])
                    for entry in record["locators"]
                ),
                "accepted": tuple(record["accepted"]),
            }
        )

    @property
    def fingerprint(self) -> str:
        """Changes whenever the text or anything said about it changes."""
        return content_hash(repr(self))

    def origins(self, span: Span) -> tuple[Origin, ...]:
        """Returns what the words of a span were written from, each address once."""
        found: dict[str, Origin] = {}
        for reference in self.references:
            if reference.span.start < span.end and span.start < reference.span.end:
                for origin in reference.origins:
                    found.setdefault(origin.address, origin)
        return tuple(found.values())

    def locate(self, offset: int) -> Locator | None:
        """Returns the page or row on which an offset stands, if the source has any."""
        starts = [locator.span.start for locator in self.locators]
        position = bisect_right(starts, offset) - 1
        return self.locators[position] if position >= 0 else None


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """One thing and what it is called.

    Attributes:
        term: its usual name.
        variants: all its names in all languages, the usual one included; one that is meant only
            as it is written begins with an equals sign.
    """

    term: str
    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one section of a document: what is embedded, ranked and cited.

    Attributes:
        passage_id: same for the same words of the same document, however the rest changes.
        language: of the document.
        text: `document.text[start:end]`.
        section: titles from the outermost section to the innermost.
        sentences: spans in the document's text, in order, covering the passage.
    """

    passage_id: str
    document_id: str
    language: str
    start: int
    end: int
    text: str
    section: tuple[str, ...]
    sentences: tuple[Span, ...]

    @property
    def content_hash(self) -> str:
        """Tells whether the words of the passage are still those that were cited."""
        return content_hash(self.text)

    def slice(self, span: Span) -> str:
        """Returns the words of `span`, which is given in offsets of the document."""
        return self.text[span.start - self.start : span.end - self.start]


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage in a ranking.

    Attributes:
        score: fused score, in [0, 1], higher is better.
        dense: cosine between question and passage, in [-1, 1].
        lift: that cosine less the mean cosine of the question with texts of the passage's language
            that have nothing to do with the subject; tells how much the cosine means.
        lexical: share of the best BM25 score that the question could get, in [0, 1].
    """

    passage: Passage
    score: float
    dense: float
    lift: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The passages found for one query, best first."""

    query: str
    passages: tuple[ScoredPassage, ...]


class Outcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    ABSTAINED = "abstained"
    SMALL_TALK = "small_talk"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Citation:
    """A resolved pointer: `quote == source_text[start:end]`, always.

    Attributes:
        marker: the number shown in the answer, from 1.
        date: date of publication, or None for an undated page.
        accessed: date on which the source was seen, or None.
        language: language of the quote.
        origins: addresses of the sources that the quoted words were written from, when the
            document itself was written from others.
        origin_names: for each of these, who is behind it, or None; empty when nobody is known.
        part_of: title of the list or work that the source is a part of, or None.
        page: page of the source on which the quote begins, or None.
        row: row of the table that the quote says, or None.
        before: what stands before the quote in its passage and the one before.
        after: what stands behind it.
    """

    marker: int
    passage_id: str
    document_id: str
    title: str
    section: tuple[str, ...]
    publisher: str | None
    url: str | None
    date: str | None
    accessed: str | None
    language: str
    quote: str
    start: int
    end: int
    content_hash: str
    origins: tuple[str, ...] = ()
    origin_names: tuple[str | None, ...] = ()
    part_of: str | None = None
    page: int | None = None
    row: int | None = None
    before: str = ""
    after: str = ""

    @property
    def named_origins(self) -> tuple[Origin, ...]:
        """The addresses of `origins` with their names."""
        names = self.origin_names or (None,) * len(self.origins)
        return tuple(map(Origin, self.origins, names))


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing the answer says, with the citations that hold it.

    Attributes:
        citations: markers of citations, at least one.
        emphasis: spans of the asked-for words, as offsets in `text`.
    """

    text: str
    citations: tuple[int, ...]
    emphasis: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says to one question; every interface shows this record.

    Attributes:
        language: language of the answer's own words.
        confidence: calibrated probability that an answer from the sources would be right.
        reason: one code that says why there is no answer, or None.
        nearby: the closest passages when there is no answer.
        suggestions: known questions that are near and that the sources answer, then.
    """

    conversation_id: str
    turn: int
    question: str
    standalone_question: str
    language: str
    outcome: Outcome
    text: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    reason: str | None = None
    nearby: tuple[Citation, ...] = ()
    suggestions: tuple[str, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Returns the record as JSON values, in the order that the documentation gives."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Answer:
        """Reads what `to_json` returned; keys that it does not know are left out.

        Of what has a default, any key may be missing: an answer need not have been made here.

        Raises:
            KeyError, TypeError, ValueError: the record is malformed.
        """
        if not isinstance(record, dict):
            raise TypeError("an answer is a JSON object")
        known = {key: value for key, value in record.items() if key in cls.__dataclass_fields__}
        known["outcome"] = Outcome(known["outcome"])
        known["confidence"] = float(known.get("confidence", 0.0))
        known["timings_ms"] = dict(known.get("timings_ms", {}))
        known["suggestions"] = tuple(known.get("suggestions", ()))
        known["statements"] = tuple(
            Statement(
                one["text"],
                tuple(one["citations"]),
                tuple((start, end) for start, end in one.get("emphasis", ())),
            )
            for one in known.get("statements", ())
        )
        for key in ("citations", "nearby"):
            known[key] = tuple(_citation(one) for one in known.get(key, ()))
        return cls(**known)


def _citation(record: dict[str, Any]) -> Citation:
    if not isinstance(record, dict):
        raise TypeError("a citation is a JSON object")
    known = {key: value for key, value in record.items() if key in Citation.__dataclass_fields__}
    known["section"] = tuple(known["section"])
    known["origins"] = tuple(known.get("origins", ()))
    known["origin_names"] = tuple(known.get("origin_names", ()))
    if len(known["origin_names"]) not in {0, len(known["origins"])}:
        raise ValueError("a citation has a name, or null, for each of its origins, or no names")
    known["start"], known["end"] = int(known["start"]), int(known["end"])
    return Citation(**{"accessed": None, **known})


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer in a conversation.

    Attributes:
        ranking: the passages found for it, or None when nothing was searched.
        signs: what the decision to answer rests on, by name; empty when there was none.
    """

    question: str
    answer: Answer
    ranking: Ranking | None = None
    signs: Mapping[str, float] = field(default_factory=dict)
