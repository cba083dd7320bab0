"""The queue puts first what needs eyes; what staff say is kept, audited and outlives the texts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from alembic import command

from assistant.domain import Outcome
from assistant.errors import InputError, ReviewError
from assistant.journal import (
    PAGE_SIZE,
    Accounts,
    Audit,
    CitationJudgement,
    Citations,
    CitationVerdict,
    Cited,
    Feedback,
    Figures,
    Journal,
    QueueFilter,
    Review,
    Reviews,
    ReviewState,
    Role,
    Sign,
    StatementJudgement,
    StatementVerdict,
    TestCase,
    read_queue,
)
from assistant.journal.asked import asked_words
from assistant.journal.database import Database, migrations
from tests.journal_databases import CITATION, AnyDatabase, SqliteFile, opened, turn

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def asked(journal: Journal, number: int, question: str, **changes: object) -> str:
    """Records a question of a conversation of its own, `number` hours after noon."""
    one = turn(1, question, f"conversation-{number}", **changes)  # type: ignore[arg-type]
    return journal.record(one, "v", NOON + number * HOUR)


def questions(journal: Journal, wanted: QueueFilter | None = None) -> list[str | None]:
    """Returns the questions of the first page of the queue, in its order."""
    page = read_queue(journal.database, wanted or QueueFilter())
    return [item.question for item in page.items]


def test_queue_puts_first_what_most_needs_eyes(database: AnyDatabase) -> None:
    """Unhelpful, then changed sources, then questions often unanswered, then doubtful answers."""
    with opened(database.address) as journal:
        asked(journal, 1, "Sûr ?", confidence=1.0)
        asked(journal, 2, "Douteux ?", confidence=0.5)
        for number in (3, 4, 5, 6):
            asked(journal, number, "Où est le bus ?", outcome=Outcome.ABSTAINED, citations=())
        moved = replace(CITATION, passage_id="page:old")
        asked(journal, 7, "Changé ?", confidence=1.0, citations=(moved,))
        bad = asked(journal, 8, "Mauvais ?", confidence=1.0)
        journal.feedback(bad, Feedback(False))
        Reviews(journal.database).mark_stale([("page:old", CITATION.content_hash)])
        page = read_queue(journal.database, QueueFilter())
    found = [(item.question, item.signs, item.points) for item in page.items]
    assert found[0] == ("Mauvais ?", (Sign.UNHELPFUL,), 40.0)
    assert found[1] == ("Changé ?", (Sign.SOURCE_CHANGED,), 25.0)
    assert found[2:6] == [("Où est le bus ?", (Sign.OFTEN_UNANSWERED,), 20.0)] * 4
    assert found[6:] == [("Douteux ?", (Sign.DOUBTFUL,), 15.0), ("Sûr ?", (), 0.0)]
    assert page.items[2].alike == 4
    assert page.items[2].asked_at == NOON + 6 * HOUR
    assert (page.total, page.page, page.pages) == (8, 1, 1)


def test_passage_with_other_words_alone_is_stale(database: AnyDatabase) -> None:
    """The same passage cited with the words that it has now is no reason to look."""
    with opened(database.address) as journal:
        asked(journal, 1, "Avant ?", confidence=1.0)
        now = replace(CITATION, content_hash="f" * 16)
        asked(journal, 2, "Après ?", confidence=1.0, citations=(now,))
        reviews = Reviews(journal.database)
        assert set(reviews.cited_passages()) == {
            ("page:abc", CITATION.content_hash),
            ("page:abc", "f" * 16),
        }
        reviews.mark_stale([("page:abc", CITATION.content_hash)])
        assert questions(journal) == ["Avant ?", "Après ?"]
        reviews.mark_stale([])
        assert questions(journal) == ["Après ?", "Avant ?"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (QueueFilter(), {"a", "b", "c"}),
        (QueueFilter(states=frozenset(ReviewState)), {"a", "b", "c", "d"}),
        (QueueFilter(states=frozenset({ReviewState.CLOSED})), {"d"}),
        (QueueFilter(states=frozenset({ReviewState.NEW})), {"a", "b"}),
        (QueueFilter(states=frozenset({ReviewState.IN_REVIEW})), {"c"}),
        (QueueFilter(outcome=Outcome.ABSTAINED), {"b"}),
        (QueueFilter(helpful=False), {"a"}),
        (QueueFilter(helpful=True), {"b"}),
        (QueueFilter(language="en"), {"c"}),
        (QueueFilter(assignee="lea"), {"c"}),
        (QueueFilter(assignee=""), {"a", "b"}),
        (QueueFilter(since=(NOON + DAY).date()), {"b", "c"}),
        (QueueFilter(until=NOON.date()), {"a"}),
        (QueueFilter(words="TERRILS de l'été"), {"a"}),
        (QueueFilter(words="terrils", outcome=Outcome.ABSTAINED), set()),
        (QueueFilter(words="100%"), {"b"}),
        (QueueFilter(words="%_"), set()),
    ],
)
def test_queue_is_filtered(database: AnyDatabase, wanted: QueueFilter, expected: set[str]) -> None:
    """By state, outcome, feedback, language, assignee, day and words, together too."""
    names = {
        "Les Terrils de l’Été ?": "a",
        "Le bus à 100 % ?": "b",
        "Where?": "c",
        "Fermé ?": "d",
    }
    with opened(database.address) as journal:
        a = asked(journal, 0, "Les Terrils de l’Été ?")
        b = asked(journal, 24, "Le bus à 100 % ?", outcome=Outcome.ABSTAINED)
        c = asked(journal, 48, "Where?", language="en")
        d = asked(journal, 49, "Fermé ?")
        journal.feedback(a, Feedback(False))
        journal.feedback(b, Feedback(True))
        reviews = Reviews(journal.database)
        reviews.change(c, "lea", Review(ReviewState.IN_REVIEW, "lea"))
        reviews.change(d, "lea", Review(ReviewState.CLOSED, "lea"))
        page = read_queue(journal.database, wanted)
    assert {names[item.question or ""] for item in page.items} == expected
    assert page.total == len(expected)


def test_pages_hold_every_exchange_once(database: AnyDatabase) -> None:
    """Equals keep one order over all pages; a page beyond the last is the last."""
    with opened(database.address) as journal:
        everything = {asked(journal, number, f"Q{number} ?") for number in range(PAGE_SIZE + 5)}
        pages = [read_queue(journal.database, QueueFilter(), number) for number in (1, 2, 9, -1)]
    assert [len(page.items) for page in pages] == [PAGE_SIZE, 5, 5, PAGE_SIZE]
    assert [(page.page, page.pages, page.total) for page in pages[2:]] == [(2, 2, 55), (1, 2, 55)]
    assert {item.exchange_id for page in pages[:2] for item in page.items} == everything


def test_judgements_are_kept_by_reviewer_and_audited(database: AnyDatabase) -> None:
    """A second word of one reviewer replaces their first; another reviewer's stands beside it."""
    with opened(database.address) as journal:
        name = asked(journal, 1, "Q ?")
        reviews = Reviews(journal.database)

        def statement(who: str, verdict: StatementVerdict) -> StatementJudgement:
            return StatementJudgement(name, 1, who, verdict, {"page:abc": "a" * 16}, NOON)

        cited = CitationJudgement(
            name, 1, "lea", CitationVerdict.PARTLY, "page:abc", "a" * 16, NOON, "page:x", "b" * 16
        )
        reviews.judge(name, "lea", [statement("lea", StatementVerdict.WRONG)], [cited])
        reviews.judge(name, "lea", [statement("lea", StatementVerdict.RIGHT)], [cited])
        reviews.judge(name, "max", [statement("max", StatementVerdict.HARMFUL)], [])
        assert reviews.statement_judgements(name) == [
            statement("lea", StatementVerdict.RIGHT),
            statement("max", StatementVerdict.HARMFUL),
        ]
        assert reviews.citation_judgements() == [cited]
        trail = Audit(journal.database).entries(name)
        with pytest.raises(InputError, match="no exchange called none"):
            reviews.judge("none", "lea", [], [])
    assert [(one.actor, one.action) for one in trail] == [
        ("max", "judge"), ("lea", "judge"), ("lea", "judge"),
    ]  # fmt: skip
    assert trail[1].details == {"statements": {"1": "right"}, "citations": {"1": "partly"}}


def test_state_is_kept_and_audited_without_the_note(database: AnyDatabase) -> None:
    """State, assignee, note and version come back; the trail says that a note changed, not what."""
    with opened(database.address) as journal:
        name = asked(journal, 1, "Q ?")
        reviews = Reviews(journal.database)
        assert reviews.review(name) == Review()
        reviews.change(name, "max", Review(ReviewState.TO_MEND, "lea", "Écrire à a@example.org"))
        found = reviews.review(name)
        assert (found.state, found.assignee) == (ReviewState.TO_MEND, "lea")
        assert found.note == "Écrire à [adresse électronique]"
        with pytest.raises(ReviewError, match="Only a closed exchange names the version"):
            reviews.change(name, "max", Review(ReviewState.NEW, mended_in="v-2"))
        reviews.change(name, "lea", Review(ReviewState.CLOSED, "lea", found.note, None, "v-2"))
        assert reviews.review(name).mended_in == "v-2"
        trail = Audit(journal.database).entries(name)
    assert [one.details for one in trail] == [
        {"state": "closed", "mended_in": "v-2"},
        {"state": "to_mend", "assignee": "lea", "note": True},
    ]


def test_purge_leaves_judgements_and_cases_but_no_words(database: AnyDatabase) -> None:
    """When the texts go, notes and words to search go with them; verdicts and cases stay."""
    with opened(database.address, retention_days=90) as journal:
        old = journal.record(turn(question="Un marqueur"), "v", NOON - 91 * DAY)
        reviews = Reviews(journal.database)
        reviews.change(old, "lea", Review(ReviewState.TO_MEND, "lea", "Un marqueur"))
        judged = StatementJudgement(old, 1, "lea", StatementVerdict.WRONG, {}, NOON)
        reviews.judge(old, "lea", [judged], [])
        case = TestCase("case-1", old, "lea", NOON, {"id": "case-1"})
        reviews.put_case(case)
        assert journal.purge(NOON) == 1
        review = reviews.review(old)
        assert (review.state, review.note) == (ReviewState.TO_MEND, None)
        assert reviews.statement_judgements(old) == [judged]
        assert reviews.cases() == reviews.cases(old) == [case]
        assert journal.recorded(old).cited == (Cited(1, "page", "page:abc", CITATION.content_hash),)
        reviews.change(old, "lea", replace(review, note="Encore un marqueur"))
        assert reviews.review(old).note is None
    assert database.rows("SELECT count(*) FROM exchanges WHERE asked IS NULL") == [(1,)]


def test_case_is_replaced_and_removed(database: AnyDatabase) -> None:
    """One id, one case; one that is not there cannot be removed."""
    with opened(database.address) as journal:
        name = asked(journal, 1, "Q ?")
        reviews = Reviews(journal.database)
        for answer in ("a", "b"):
            reviews.put_case(TestCase("case-1", name, "lea", NOON, {"answer": answer}))
        assert [case.conversation for case in reviews.cases()] == [{"answer": "b"}]
        reviews.remove_case("case-1", "lea")
        assert reviews.cases() == []
        with pytest.raises(InputError, match="no test case called case-1"):
            reviews.remove_case("case-1", "lea")


def test_figures_count_by_day_and_document(database: AnyDatabase) -> None:
    """Times, documents cited first and at all, and what was left unanswered, within the days."""
    with opened(database.address) as journal:
        both = (CITATION, replace(CITATION, marker=2, document_id="other"))
        asked(journal, 0, "Un ?", citations=both, timings_ms={"total": 10.0})
        asked(journal, 24, "Deux ?", citations=both[:1], timings_ms={"total": 20.0})
        asked(journal, 48, "Trois ?", citations=both)
        for number, question in ((1, "Le bus ?"), (2, "le BUS"), (3, "Le train ?")):
            asked(journal, number, question, outcome=Outcome.ABSTAINED, citations=(), timings_ms={})
        figures = Figures(journal.database)
        first, second = NOON.date(), (NOON + DAY).date()
        assert figures.times_ms(first, second) == [(first, 10.0), (second, 20.0)]
        assert sorted(figures.cited(first, second), key=str) == [
            Citations(first, "other", 0, 1),
            Citations(first, "page", 1, 1),
            Citations(second, "page", 1, 1),
        ]
        unanswered = figures.unanswered(first, second, 5)
        assert [(one.times, asked_words(one.standalone)) for one in unanswered] == [
            (2, "le bus"), (1, "le train"),
        ]  # fmt: skip
        assert figures.unanswered(first, second, 1) == unanswered[:1]
        assert figures.unanswered(second, second, 5) == []


def test_accounts_are_kept(database: AnyDatabase) -> None:
    """Another password keeps the day it was made; what is removed is gone; all is audited."""
    with opened(database.address) as journal:
        accounts = Accounts(journal.database)
        assert accounts.put("max", Role.READER, "hash-1", "console") is True
        first = accounts.find("max")
        assert first is not None
        assert (first.role, first.password_hash, first.may_change) == (Role.READER, "hash-1", False)
        assert accounts.put("max", Role.REVIEWER, "hash-2", "console") is False
        second = accounts.find("max")
        assert second is not None
        assert second.may_change
        assert second.made_at == first.made_at
        accounts.put("lea", Role.READER, "hash", "console")
        assert [one.name for one in accounts.all()] == ["lea", "max"]
        accounts.remove("max", "lea")
        assert accounts.find("max") is None
        with pytest.raises(InputError, match="no account called max"):
            accounts.remove("max", "lea")
        trail = Audit(journal.database).entries("max", most=2)
    assert [(one.actor, one.action) for one in trail] == [
        ("lea", "remove_account"), ("console", "change_account"),
    ]  # fmt: skip


def test_journal_of_before_staff_is_filled_in(database: AnyDatabase) -> None:
    """Exchanges that were recorded before are searched, timed and cited like later ones."""
    if isinstance(database, SqliteFile):
        database.file.parent.mkdir()
    store = Database(database.address)
    with store._writer.begin() as connection:
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO exchanges (exchange_id, conversation_id, turn, asked_at, language,"
            " outcome, confidence, settings, index_version, question, standalone_question, signs,"
            " timings_ms, passages, answer) VALUES ('x1', 'c', 1, '2026-11-24 12:00:00', 'fr',"
            " 'answered', 0.5, 's', 'v', 'Où est-ce ?', 'Où est-ce ?', '{}', '{\"total\": 12.5}',"
            ' \'[]\', \'{"citations": [{"marker": 1, "document_id": "page", "passage_id": "page:a",'
            ' "content_hash": "0123456789abcdef"}]}\')'
        )
    store.close()
    with opened(database.address) as journal:
        (item,) = read_queue(journal.database, QueueFilter(words="ou est ce")).items
        assert item.exchange_id == "x1"
        assert journal.recorded("x1").cited == (Cited(1, "page", "page:a", "0123456789abcdef"),)
        day = dt.date(2026, 11, 24)
        assert Figures(journal.database).times_ms(day, day) == [(day, 12.5)]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Où est l’Œuvre, s'il-vous-plaît ?", "ou est l oeuvre s il vous plait"),
        ("  ", None),
        (None, None),
        ("ß" * 600, "s" * 500),
    ],
)
def test_asked_words(question: str | None, words: str | None) -> None:
    """Case, accents and signs do not tell two questions apart; length is bounded."""
    assert asked_words(question) == words
