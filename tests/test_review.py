"""From an exchange to a judgement, a test case, an export and figures, on a real journal."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from assistant.domain import Citation, Outcome, Passage, Ranking, ScoredPassage, Statement
from assistant.errors import GoldError, InputError, ReviewError
from assistant.evaluation import Quote, read_gold
from assistant.index import Index
from assistant.journal import (
    CitationVerdict,
    Feedback,
    Journal,
    QueueFilter,
    Review,
    ReviewState,
    Sign,
    StatementVerdict,
)
from assistant.review import CaseForm, CitationMark, Desk, draft_case, offered_quotes, open_desk
from assistant.review.agreement import cohen_kappa
from assistant.review.exporting import write_table
from assistant.review.runs import read_runs
from assistant.settings import Settings, StaffSettings
from assistant.testing import HashEncoder, write_document
from tests.journal_databases import AnyDatabase, SqliteFile, journal_settings, opened, turn
from tests.small_indexes import index_in, index_of

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TEXTS = {
    "mine": "La mine a fermé en 1990.",
    "musee": "Le musée ouvre le mardi.",
    "parc": "Le parc couvre 45 hectares.",
}


@dataclass
class Office:
    """A desk with its journal and an index that a test can replace."""

    desk: Desk
    journal: Journal
    folder: Path
    index: Index

    def passage(self, name: str) -> Passage:
        """The only passage of a document."""
        (found,) = self.index.passages_of(name)
        return found

    def record(
        self,
        day: int = 1,
        number: int = 1,
        *,
        question: str = "Quand ouvre le musée ?",
        conversation: str | None = None,
        cites: str = "musee",
        **changes: Any,
    ) -> str:
        """Records an answer that cites the one sentence of a document.

        Args:
            day: after the first one.
            number: of the turn.
            question: of the visitor.
            conversation: one of its own for each day when it is not given.
            cites: id of the document.
            changes: of the answer.
        """
        passage = self.passage(cites)
        values: dict[str, Any] = {
            "text": f"{passage.text} [1]",
            "statements": (Statement(passage.text, (1,)),),
            "citations": (cited(passage),),
        }
        one = turn(number, question, conversation or f"day-{day}", **{**values, **changes})
        found = Ranking(question, (ScoredPassage(passage, 0.75, 0.9, 0.125, 0.5),))
        moment = NOON + day * DAY
        return self.journal.record(replace(one, ranking=found), self.index.name, moment)


def cited(passage: Passage) -> Citation:
    """Returns a citation of a whole passage."""
    return Citation(
        marker=1, passage_id=passage.passage_id, document_id=passage.document_id, title="Titre",
        section=(), publisher=None, url=None, date=None, accessed=None, language="fr",
        quote=passage.text, start=passage.start, end=passage.end,
        content_hash=passage.content_hash,
    )  # fmt: skip


@pytest.fixture
def office(database: AnyDatabase, tmp_path: Path) -> Iterator[Office]:
    """A desk over an index of three sentences."""
    with opened(database.address) as journal:
        index = index_of(tmp_path, TEXTS)
        found = Office(None, journal, tmp_path, index)  # type: ignore[arg-type]
        found.desk = Desk(journal, lambda: found.index, tmp_path / "staff")
        yield found


def test_shown_exchange_has_all_that_staff_need(office: Office) -> None:
    """The answer, what was said before, what was found with its scores, and who did what."""
    office.record(conversation="talk", question="Bonjour ?")
    name = office.record(2, 2, conversation="talk")
    office.desk.change(name, "lea", Review(ReviewState.IN_REVIEW, "lea"))
    shown = office.desk.show(name)
    assert shown.answer is not None
    assert shown.answer.text == "Le musée ouvre le mardi. [1]"
    assert [one.question for one in shown.earlier] == ["Bonjour ?"]
    (found,) = shown.retrieved
    assert found.passage == office.passage("musee")
    assert (found.rank, found.score, found.dense, found.lexical) == (1, 0.75, 0.9, 0.5)
    assert found.cited
    assert shown.review.assignee == "lea"
    assert [(one.actor, one.action) for one in shown.trail] == [("lea", "review")]
    with pytest.raises(InputError, match="no exchange called none"):
        office.desk.show("none")


def test_judgement_goes_stale_with_the_passage(office: Office) -> None:
    """When the cited words change, the judgement is stale and the exchange comes up again."""
    name = office.record(confidence=1.0)
    office.desk.judge(
        name, "lea", {1: StatementVerdict.RIGHT}, {1: CitationMark(CitationVerdict.SUPPORTS)}
    )
    assert office.desk.show(name).stale == ()
    assert office.desk.queue().items[0].signs == ()
    write_document(office.folder / "corpus", "musee", "Le musée ouvre le mercredi.")
    office.index = index_in(office.folder)
    shown = office.desk.show(name)
    assert shown.stale == (*shown.statements, *shown.citations)
    assert len(shown.stale) == 2
    assert shown.retrieved[0].passage is None
    assert office.desk.queue().items[0].signs == (Sign.SOURCE_CHANGED,)
    write_document(office.folder / "corpus", "musee", TEXTS["musee"])
    office.index = index_in(office.folder)
    assert office.desk.show(name).stale == ()
    assert office.desk.queue().items[0].signs == ()


def test_better_passage_is_kept_with_its_hash(office: Office) -> None:
    """What should have been cited is a passage of the index, as it is now."""
    name = office.record()
    better = office.passage("parc")
    mark = CitationMark(CitationVerdict.NO, better.passage_id)
    office.desk.judge(name, "lea", {0: StatementVerdict.WRONG}, {1: mark})
    (judged,) = office.desk.show(name).citations
    assert (judged.better_passage_id, judged.better_hash) == (
        better.passage_id, better.content_hash,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("statements", "citations", "message"),
    [
        ({2: StatementVerdict.RIGHT}, {}, "no statement 2"),
        ({-1: StatementVerdict.RIGHT}, {}, "no statement -1"),
        ({}, {2: CitationMark(CitationVerdict.NO)}, "no citation 2"),
        ({}, {1: CitationMark(CitationVerdict.NO, "parc:none")}, "no passage parc:none"),
    ],
)
def test_judgement_of_what_is_not_there_is_refused(
    office: Office,
    statements: dict[int, StatementVerdict],
    citations: dict[int, CitationMark],
    message: str,
) -> None:
    """A statement, a citation or a passage that there is not; nothing is stored."""
    name = office.record()
    with pytest.raises(ReviewError, match=message):
        office.desk.judge(name, "lea", statements, citations)
    assert office.desk.show(name).trail == ()


def test_case_is_a_gold_set_that_the_evaluation_reads(office: Office) -> None:
    """The drafted form makes a conversation with its quotes; the file holds it."""
    name = office.record()
    exchange = office.journal.recorded(name)
    form = draft_case(exchange, ())
    assert form.quotes == (Quote(document="musee", quote="Le musée ouvre le mardi."),)
    form = replace(
        form, theme="tourism", must=(("mardi", "Tuesday"),), must_not=("lundi",), answer="le mardi"
    )
    case = office.desk.make_case(name, "lea", form)
    gold = read_gold(office.desk.gold_file)
    (conversation,) = gold.conversations
    assert conversation.id == case.case_id == f"staff-{name[:16]}"
    (made,) = conversation.turns
    assert (made.question, made.outcome) == ("Quand ouvre le musée ?", Outcome.ANSWERED)
    assert made.support == ((Quote(document="musee", quote="Le musée ouvre le mardi."),),)
    assert (made.must, made.must_not, made.answer) == (
        (("mardi", "Tuesday"),), ("lundi",), "le mardi",
    )  # fmt: skip
    office.desk.remove_case(case.case_id, "lea")
    assert office.desk.gold_file.read_text() == ""


def test_case_of_a_conversation_holds_what_was_said_before(office: Office) -> None:
    """Earlier turns are taken as they were; the last is a follow-up."""
    office.record(conversation="talk", cites="parc", question="Et le parc ?")
    name = office.record(2, 2, conversation="talk", question="Et le musée ?")
    form = draft_case(office.journal.recorded(name), ())
    office.desk.make_case(name, "lea", replace(form, in_conversation=True))
    (conversation,) = read_gold(office.desk.gold_file).conversations
    assert [one.question for one in conversation.turns] == ["Et le parc ?", "Et le musée ?"]
    assert conversation.turns[0].support[0][0].document == "parc"
    assert conversation.turns[1].traits == ("follow_up",)


def test_any_quote_or_every_quote(office: Office) -> None:
    """Several quotes are several needs, or one need that any of them meets."""
    name = office.record()
    quotes = tuple(Quote(document=key, quote=text) for key, text in TEXTS.items())
    form = replace(draft_case(office.journal.recorded(name), ()), quotes=quotes)
    for one_suffices, needs in ((False, [1, 1, 1]), (True, [3])):
        office.desk.make_case(name, "lea", replace(form, one_suffices=one_suffices))
        (conversation,) = read_gold(office.desk.gold_file).conversations
        assert [len(need) for need in conversation.turns[0].support] == needs


def test_unanswered_question_becomes_a_test_with_the_passage_that_answers(office: Office) -> None:
    """An abstention that was wrong: the expected outcome and the quote are corrected."""
    name = office.record(
        outcome=Outcome.ABSTAINED, citations=(), statements=(), text="Je ne sais pas."
    )
    form = draft_case(office.journal.recorded(name), ())
    assert (form.outcome, form.kind, form.quotes) == (Outcome.ABSTAINED, "near", ())
    quote = Quote(document="musee", quote=TEXTS["musee"])
    office.desk.make_case(
        name, "lea", replace(form, outcome=Outcome.ANSWERED, kind="fact", quotes=(quote,))
    )
    (conversation,) = read_gold(office.desk.gold_file).conversations
    assert conversation.turns[0].answerable


def test_offered_quotes_are_what_the_sources_say_now(office: Office) -> None:
    """Cited quotes and better passages are offered, but not what is gone."""
    name = office.record()
    mark = CitationMark(CitationVerdict.NO, office.passage("parc").passage_id)
    office.desk.judge(name, "lea", {}, {1: mark})
    exchange, judged = office.journal.recorded(name), office.desk.show(name).citations
    offered = [one.document for one in offered_quotes(exchange, judged, office.index)]
    assert offered == ["musee", "parc"]
    assert draft_case(exchange, judged).quotes == ()
    write_document(office.folder / "corpus", "musee", "Fermé pour travaux, hélas.")
    changed = index_in(office.folder)
    assert [one.document for one in offered_quotes(exchange, judged, changed)] == ["parc"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": "  "}, "question of the test case is empty"),
        ({"kind": "gossip"}, "gossip is no kind"),
        ({"theme": "food"}, "food is no theme"),
        ({"quotes": ()}, "only an answer has support, and every answer has"),
        ({"quotes": (Quote(document="musee", quote="Il ferme."),)}, "musee does not say"),
        ({"outcome": Outcome.ABSTAINED}, "only an answer has support"),
        ({"must": (("",),)}, "must.0.0"),
    ],
)
def test_case_that_no_gold_set_may_hold_is_refused(
    office: Office, change: dict[str, object], message: str
) -> None:
    """What `assistant evaluate` would refuse is refused here, and nothing is written."""
    name = office.record()
    form: CaseForm = replace(draft_case(office.journal.recorded(name), ()), **change)  # type: ignore[arg-type]
    with pytest.raises(GoldError, match=message):
        office.desk.make_case(name, "lea", form)
    assert not office.desk.gold_file.exists()
    assert office.desk.reviews.cases() == []


def test_case_outlives_the_texts_and_the_sources(office: Office) -> None:
    """After the purge it is still there; when its quote is gone it is left out, and said so."""
    name = office.record()
    office.desk.make_case(name, "lea", draft_case(office.journal.recorded(name), ()))
    office.journal.purge(NOON + 200 * DAY)
    assert office.desk.write_gold() == []
    with pytest.raises(ReviewError, match="not kept any more"):
        draft_case(office.journal.recorded(name), ())
    write_document(office.folder / "corpus", "musee", "Fermé pour travaux, hélas.")
    office.index = index_in(office.folder)
    assert office.desk.write_gold() == [f"staff-{name[:16]}"]
    assert office.desk.gold_file.read_text() == ""


def test_export_writes_gold_qrels_and_table(office: Office, tmp_path: Path) -> None:
    """Every file is one that other tools read; the better passage is the most relevant."""
    name = office.record(question="=1+1 ?")
    better = office.passage("parc").passage_id
    office.desk.judge(
        name, "lea", {1: StatementVerdict.INCOMPLETE},
        {1: CitationMark(CitationVerdict.PARTLY, better)},
    )  # fmt: skip
    office.desk.make_case(name, "lea", draft_case(office.journal.recorded(name), ()))
    done = office.desk.export(tmp_path / "out")
    assert (done.cases, done.left_out, done.qrels, done.judgements) == (1, (), 2, 2)
    assert len(read_gold(tmp_path / "out" / "gold.jsonl").conversations) == 1
    qrels = (tmp_path / "out" / "qrels.tsv").read_text().splitlines()
    cited_id = office.passage("musee").passage_id
    assert qrels == [f"{name}\t0\t{cited_id}\t1", f"{name}\t0\t{better}\t2"]
    query = json.loads((tmp_path / "out" / "queries.jsonl").read_text())
    assert query == {"_id": name, "text": "=1+1 ?"}
    text = (tmp_path / "out" / "judgements.csv").read_text(encoding="utf-8-sig")
    statement, citation = csv.DictReader(io.StringIO(text))
    assert statement["question"] == "'=1+1 ?"
    assert (statement["about"], statement["verdict"]) == ("statement", "incomplete")
    assert (citation["verdict"], citation["better_passage_id"]) == ("partly", better)
    assert citation["stale"] == "False"
    with pytest.raises(ReviewError, match="cannot be written"):
        office.desk.export(tmp_path / "out" / "qrels.tsv")


def test_qrels_leave_out_what_the_sources_have_no_more(office: Office, tmp_path: Path) -> None:
    """A grade belongs to the words that were judged."""
    name = office.record()
    office.desk.judge(name, "lea", {}, {1: CitationMark(CitationVerdict.SUPPORTS)})
    write_document(office.folder / "corpus", "musee", "Fermé pour travaux, hélas.")
    office.index = index_in(office.folder)
    assert office.desk.export(tmp_path / "out").qrels == 0


def test_no_cell_is_a_formula() -> None:
    """A question that begins like a formula is text in every spreadsheet."""
    stream = io.StringIO()
    write_table(stream, [{"question": text} for text in ("=A1", "+1", "-1", "@x", "non = oui")])
    cells = [row["question"] for row in csv.DictReader(io.StringIO(stream.getvalue()))]
    assert cells == ["'=A1", "'+1", "'-1", "'@x", "non = oui"]


def test_agreement_of_two_reviewers(office: Office) -> None:
    """Kappa by hand: four of five the same, where chance gives .48."""
    right, wrong = StatementVerdict.RIGHT, StatementVerdict.WRONG
    first = [right, right, right, wrong, wrong]
    second = [right, right, wrong, wrong, wrong]
    for number, (one, other) in enumerate(zip(first, second, strict=True), start=1):
        name = office.record(number)
        office.desk.judge(name, "lea", {1: one}, {})
        office.desk.judge(name, "max", {1: other}, {})
    alone = office.record(9)
    office.desk.judge(alone, "zoe", {1: right}, {})
    (found,) = office.desk.agreement()
    assert (found.about, found.first, found.second, found.both) == ("statements", "lea", "max", 5)
    assert found.same == 0.8
    assert found.kappa == pytest.approx((0.8 - 0.48) / (1 - 0.48))


def test_kappa_of_one_verdict_is_undefined() -> None:
    """Two who only ever say the same word have shown nothing; full disagreement is below 0."""
    assert cohen_kappa(["right"] * 3, ["right"] * 3) is None
    assert cohen_kappa(["right", "wrong"], ["wrong", "right"]) == -1.0


def test_dashboard_counts_by_week(office: Office) -> None:
    """Weeks without gaps, with outcomes, feedback, times and subjects; what is never cited."""
    monday = dt.date(2026, 11, 23)
    first = office.record(0, timings_ms={"total": 10.0})  # Tuesday the 24th
    office.record(1, timings_ms={"total": 30.0}, language="en")
    office.record(14, cites="parc", timings_ms={"total": 5.0})
    office.record(15, outcome=Outcome.ABSTAINED, citations=(), statements=(), timings_ms={})
    office.journal.feedback(first, Feedback(False))
    found = office.desk.dashboard(monday, monday + dt.timedelta(days=20))
    assert [week.start.isoformat() for week in found.weeks] == [
        "2026-11-23", "2026-11-30", "2026-12-07",
    ]  # fmt: skip
    one, two, three = found.weeks
    assert (one.outcomes, one.languages) == ({Outcome.ANSWERED: 2}, {"fr": 1, "en": 1})
    assert (one.helpful, one.unhelpful, one.median_ms, one.p95_ms) == (0, 1, 20.0, 29.0)
    assert (two.exchanges, two.median_ms) == (0, None)
    assert three.outcomes == {Outcome.ANSWERED: 1, Outcome.ABSTAINED: 1}
    assert three.subjects == {"parc": 1}
    assert found.subjects == ("musee", "parc")
    assert found.cited == (("musee", 2), ("parc", 1))
    assert found.never_cited == ("mine",)
    assert json.loads(json.dumps(found.to_json()))["weeks"][0]["exchanges"] == 2


def test_gaps_are_grouped_by_subject(office: Office) -> None:
    """Unanswered questions about the same thing are one gap, the most asked first."""
    asked = ["Où est la piscine ?", "La piscine, où ?", "Piscine ouverte ?", "Quel bus prendre ?"]
    for number, question in enumerate(asked):
        office.record(
            number, question=question, outcome=Outcome.ABSTAINED, citations=(), statements=()
        )
    office.record(9, question="Quand ouvre le musée ?")
    day = NOON.date()
    gaps = office.desk.gaps(HashEncoder(), day, day + dt.timedelta(days=30))
    assert [(gap.times, gap.terms[0].lower()) for gap in gaps] == [(3, "piscine"), (1, "bus")]
    assert set(gaps[0].questions) == set(asked[:3])
    assert gaps[0].unknown[0].lower() == "piscine"
    assert len(gaps[0].exchange_ids) == 3
    assert office.desk.gaps(HashEncoder(), day - dt.timedelta(days=9), day - DAY) == []


def test_past_runs_are_read_and_damaged_ones_named(tmp_path: Path) -> None:
    """Each run with its figures; what is no run is said."""
    measures = {"overall": {"right": {"value": 0.5, "low": 0.4, "high": 0.6, "count": 7}}}
    manifest = {
        "gold": "g", "split": "dev", "corpus": "c", "versions": {"assistant": "0.1.0"},
    }  # fmt: skip
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "good" / "measures.json").write_text(json.dumps(measures))
    (tmp_path / "bad").mkdir()
    found = read_runs(tmp_path)
    (run,) = found.runs
    assert (run.name, run.turns, run.measures) == ("good", 7, {"right": (0.5, 0.4, 0.6)})
    assert found.unreadable == ("bad",)
    assert read_runs(tmp_path / "none").runs == ()


def test_desk_opens_from_the_settings(sqlite_file: SqliteFile, tmp_path: Path) -> None:
    """A script needs the settings alone; the index is opened when it is needed."""
    index_of(tmp_path, TEXTS)
    settings = Settings(
        index_folder=tmp_path / "index",
        journal=journal_settings(sqlite_file.address).journal,
        staff=StaffSettings(folder=tmp_path / "staff"),
    )
    with open_desk(settings) as desk:
        desk.journal.record(turn(), "v", NOON)
        (item,) = desk.queue(QueueFilter(words="louvre lens")).items
        assert item.signs == (Sign.SOURCE_CHANGED,)
        assert desk.show(item.exchange_id).exchange.question == "Où est le Louvre-Lens ?"
