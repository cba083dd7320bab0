"""What staff do with exchanges, as one object that the pages, the commands and scripts call.

::

    with open_desk(load_settings()) as desk:
        for item in desk.queue(QueueFilter(helpful=False)).items:
            print(item.question, item.signs)

Who acts is named by the caller, who has checked it; everything that changes something is audited.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.domain import Answer, Passage
from assistant.encoder import Encoder
from assistant.errors import ReviewError
from assistant.index import Index, open_index
from assistant.journal import (
    Audit,
    CitationJudgement,
    CitationVerdict,
    Entry,
    Exchange,
    Figures,
    Journal,
    QueueFilter,
    QueuePage,
    Review,
    Reviews,
    StatementJudgement,
    StatementVerdict,
    TestCase,
    open_journal,
    read_queue,
)
from assistant.review.agreement import Agreement, agreement
from assistant.review.cases import CaseForm, make_conversation, write_gold
from assistant.review.dashboard import Dashboard, draw_up
from assistant.review.exporting import Exported, export_all
from assistant.review.gaps import MOST_QUESTIONS, Gap, find_gaps
from assistant.review.staleness import is_stale, passage_hashes, stale_pairs
from assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class CitationMark:
    """What a reviewer says of one citation, before it is stored.

    Attributes:
        better: id of the passage that should have been cited, or None.
    """

    verdict: CitationVerdict
    better: str | None = None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage that was found for a question.

    Attributes:
        rank: from 1.
        document_id: that it is a part of.
        score: fused score, in [0, 1].
        dense: cosine of question and passage.
        lift: that cosine less the one with texts that have nothing to do with it.
        lexical: share of the best BM25 score, in [0, 1].
        passage: as it is now, or None when it says something else now.
        cited: whether the answer cites it.
    """

    rank: int
    passage_id: str
    document_id: str
    score: float
    dense: float
    lift: float
    lexical: float
    passage: Passage | None
    cited: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """All that staff see of an exchange.

    Attributes:
        exchange: itself.
        answer: as the visitor saw it, or None when its time is over.
        earlier: what was said before in the conversation.
        retrieved: what was found, best first.
        review: where staff stand with it.
        statements: judgements of its statements.
        citations: judgements of its citations.
        stale: judgements that were made on words that are others now.
        cases: test cases made from it.
        trail: who did what with it, the latest first.
    """

    exchange: Exchange
    answer: Answer | None
    earlier: tuple[Exchange, ...]
    retrieved: tuple[Retrieved, ...]
    review: Review
    statements: tuple[StatementJudgement, ...]
    citations: tuple[CitationJudgement, ...]
    stale: tuple[StatementJudgement | CitationJudgement, ...]
    cases: tuple[TestCase, ...]
    trail: tuple[Entry, ...]


class Desk:
    """Reviews, test cases and figures over one journal and one index; all threads share it.

    Every method raises `JournalUnavailable` when the database does not answer.

    Args:
        journal: what visitors asked.
        index: returns the index that answers come from now.
        folder: where the gold set of the test cases is kept, as `gold.jsonl`.
    """

    def __init__(self, journal: Journal, index: Callable[[], Index], folder: Path) -> None:
        self.journal = journal
        self.reviews = Reviews(journal.database)
        self.audit = Audit(journal.database)
        self.gold_file = folder / "gold.jsonl"
        self._index = index
        self._compared: str | None = None

    @property
    def index(self) -> Index:
        """The index that answers come from now."""
        return self._index()

    def queue(self, wanted: QueueFilter | None = None, page: int = 1) -> QueuePage:
        """Returns a page of the exchanges that match, those first that most need eyes."""
        self._compare_sources()
        return read_queue(self.journal.database, wanted or QueueFilter(), page)

    def show(self, exchange_id: str) -> Shown:
        """Returns all that staff see of an exchange.

        Raises:
            InputError: there is no such exchange.
        """
        exchange = self.journal.recorded(exchange_id)
        statements = self.reviews.statement_judgements(exchange_id)
        citations = self.reviews.citation_judgements(exchange_id)
        judged: list[StatementJudgement | CitationJudgement] = [*statements, *citations]
        hashes = passage_hashes(self.index)
        return Shown(
            exchange=exchange,
            answer=Answer.from_json(exchange.answer) if exchange.answer else None,
            earlier=self._earlier(exchange),
            retrieved=tuple(self._retrieved(exchange)),
            review=self.reviews.review(exchange_id),
            statements=tuple(statements),
            citations=tuple(citations),
            stale=tuple(one for one in judged if is_stale(one, hashes)),
            cases=tuple(self.reviews.cases(exchange_id)),
            trail=tuple(self.audit.entries(exchange_id)),
        )

    def judge(
        self,
        exchange_id: str,
        reviewer: str,
        statements: Mapping[int, StatementVerdict],
        citations: Mapping[int, CitationMark],
    ) -> None:
        """Stores what a reviewer says of an answer, in place of what they said before.

        Args:
            exchange_id: of the answer.
            reviewer: name of the account.
            statements: verdicts by number of the statement, from 1; 0 is the answer as a whole.
            citations: verdicts by number of the citation.

        Raises:
            InputError: there is no such exchange.
            ReviewError: it has no such statement or citation, or the passage that is said to be
                better is not in the index.
        """
        exchange = self.journal.recorded(exchange_id)
        now = dt.datetime.now(dt.UTC)
        self.reviews.judge(
            exchange_id,
            reviewer,
            [
                StatementJudgement(
                    exchange_id, number, reviewer, verdict, _rests_on(exchange, number), now
                )
                for number, verdict in statements.items()
            ],
            [
                self._citation_judgement(exchange, marker, reviewer, mark, now)
                for marker, mark in citations.items()
            ],
        )

    def change(self, exchange_id: str, actor: str, review: Review) -> None:
        """Stores state, assignee, note and what mended it.

        Raises:
            InputError: there is no such exchange.
            ReviewError: one that is not closed names what mended it.
        """
        self.reviews.change(exchange_id, actor, review)

    def make_case(self, exchange_id: str, actor: str, form: CaseForm) -> TestCase:
        """Makes a test case of an exchange, in place of its former one, and writes the gold set.

        Raises:
            InputError: there is no such exchange.
            GoldError: no gold set may hold such a conversation.
            ReviewError: the text that it needs is not kept any more.
        """
        exchange = self.journal.recorded(exchange_id)
        conversation = make_conversation(form, exchange, self._earlier(exchange), self.index)
        case = TestCase(
            case_id=conversation.id,
            exchange_id=exchange_id,
            made_by=actor,
            made_at=dt.datetime.now(dt.UTC),
            conversation=conversation.model_dump(mode="json"),
        )
        self.reviews.put_case(case)
        self.write_gold()
        return case

    def remove_case(self, case_id: str, actor: str) -> None:
        """Removes a test case and writes the gold set without it.

        Raises:
            InputError: there is none with that id.
        """
        self.reviews.remove_case(case_id, actor)
        self.write_gold()

    def write_gold(self) -> list[str]:
        """Writes `gold_file`; returns the ids of the cases that the sources hold no more."""
        return write_gold(self.reviews.cases(), self.index, self.gold_file)

    def export(self, folder: Path) -> Exported:
        """Writes gold set, qrels, queries and a table of judgements into a folder.

        Raises:
            ReviewError: the folder cannot be written.
        """
        statements = self.reviews.statement_judgements()
        citations = self.reviews.citation_judgements()
        judged = {one.exchange_id for one in statements} | {one.exchange_id for one in citations}
        return export_all(
            folder,
            self.reviews.cases(),
            statements,
            citations,
            {name: self.journal.recorded(name) for name in judged},
            self.index,
        )

    def agreement(self) -> list[Agreement]:
        """Returns how far every two reviewers agree."""
        return agreement(self.reviews.statement_judgements(), self.reviews.citation_judgements())

    def dashboard(self, since: dt.date, until: dt.date) -> Dashboard:
        """Returns the figures of a period of days, both ends included, in UTC."""
        return draw_up(self.journal, self.index, since, until)

    def gaps(self, encoder: Encoder, since: dt.date, until: dt.date) -> list[Gap]:
        """Returns what was asked in a period and the sources lack, by subject.

        Args:
            encoder: that the index was made with.
            since: first day, in UTC.
            until: last day.

        Raises:
            EncoderMismatch: the index was made with another encoder.
        """
        figures = Figures(self.journal.database)
        return find_gaps(figures.unanswered(since, until, MOST_QUESTIONS), encoder, self.index)

    def _compare_sources(self) -> None:
        """Finds out which cited passages say something else, once for every version."""
        index = self.index
        if self._compared != index.name:
            pairs = self.reviews.cited_passages()
            self.reviews.mark_stale(stale_pairs(pairs, passage_hashes(index)))
            self._compared = index.name

    def _earlier(self, exchange: Exchange) -> tuple[Exchange, ...]:
        talk = self.journal.conversation(exchange.conversation_id)
        return tuple(one for one in talk if one.turn < exchange.turn)

    def _retrieved(self, exchange: Exchange) -> Iterator[Retrieved]:
        index = self.index
        cited = {one.passage_id for one in exchange.cited}
        for rank, one in enumerate(exchange.passages, start=1):
            passage = index.passage(one["passage_id"])
            same = passage is not None and passage.content_hash == one["content_hash"]
            yield Retrieved(
                rank=rank,
                passage=passage if same else None,
                cited=one["passage_id"] in cited,
                **{
                    name: one[name]
                    for name in ("passage_id", "document_id", "score", "dense", "lift", "lexical")
                },
            )

    def _citation_judgement(
        self,
        exchange: Exchange,
        marker: int,
        reviewer: str,
        mark: CitationMark,
        now: dt.datetime,
    ) -> CitationJudgement:
        cited = {one.marker: one for one in exchange.cited}.get(marker)
        if cited is None:
            raise ReviewError(f"The answer has no citation {marker}.", "Judge those that it has.")
        better = self.index.passage(mark.better) if mark.better else None
        if mark.better and better is None:
            raise ReviewError(
                f"There is no passage {mark.better} in the index.",
                "Search for it anew: the sources have changed.",
            )
        return CitationJudgement(
            exchange_id=exchange.exchange_id,
            marker=marker,
            reviewer=reviewer,
            verdict=mark.verdict,
            passage_id=cited.passage_id,
            content_hash=cited.content_hash,
            judged_at=now,
            better_passage_id=better.passage_id if better else None,
            better_hash=better.content_hash if better else None,
        )


def _rests_on(exchange: Exchange, number: int) -> dict[str, str]:
    """Returns the hashes of the passages that a statement cites, by their ids.

    Raises:
        ReviewError: there is no such statement, or its text is not kept any more.
    """
    cited = {one.marker: one for one in exchange.cited}
    if number == 0:
        return {one.passage_id: one.content_hash for one in cited.values()}
    statements = (exchange.answer or {}).get("statements", ())
    if not 1 <= number <= len(statements):
        raise ReviewError(
            f"The answer has no statement {number}, or its text is not kept any more.",
            "Judge those that it has; 0 is the answer as a whole.",
        )
    markers = statements[number - 1]["citations"]
    return {
        cited[marker].passage_id: cited[marker].content_hash
        for marker in markers
        if marker in cited
    }


@contextmanager
def open_desk(settings: Settings) -> Iterator[Desk]:
    """Opens the journal and, when it is needed, the index that the settings name.

    Raises:
        JournalError: the address of the journal is not one of a database.
    """
    journal = open_journal(settings)
    try:
        yield Desk(journal, cache(lambda: open_index(settings.index_folder)), settings.staff.folder)
    finally:
        journal.close()
