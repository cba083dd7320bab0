"""Commands that review exchanges, count and export: `review list`, `review show` and others."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, Final

from assistant.cli.terminal import print_json
from assistant.domain import Outcome
from assistant.encoder import load_encoder
from assistant.errors import AccessDenied, InputError
from assistant.evaluation import Quote
from assistant.journal import (
    Accounts,
    CitationVerdict,
    QueueFilter,
    ReviewState,
    StatementVerdict,
)
from assistant.review import CaseForm, CitationMark, Desk, draft_case, open_desk
from assistant.settings import Settings

_PERIOD: Final = dt.timedelta(days=83)
"""Twelve weeks, today included."""


def list_queue(parsed: argparse.Namespace, settings: Settings) -> int:
    """Lists the exchanges that most need eyes."""
    with open_desk(settings) as desk:
        page = desk.queue(_filter(parsed), parsed.page)
    if parsed.json:
        print_json(_plain({**asdict(page), "pages": page.pages}))
        return 0
    for item in page.items:
        signs = ", ".join(item.signs) or "-"
        question = " ".join((item.question or "(no text kept)").split())
        print(f"{item.exchange_id}  {item.state:<9} {item.outcome:<10} {signs}  {question}")
    print(f"Page {page.page} of {page.pages}; {page.total} exchanges.")
    return 0


def show(parsed: argparse.Namespace, settings: Settings) -> int:
    """Shows all that staff see of an exchange."""
    with open_desk(settings) as desk:
        shown = desk.show(parsed.exchange)
    if parsed.json:
        print_json(_plain(asdict(shown)))
        return 0
    exchange = shown.exchange
    print(f"{exchange.question or '(no text kept)'}\n")
    print(shown.answer.text if shown.answer else "(no text kept)")
    print(f"\n{exchange.outcome}, confidence {exchange.confidence:.2f}, {shown.review.state}")
    for one in shown.retrieved:
        words = " ".join(one.passage.text.split()) if one.passage else "(says something else now)"
        print(f"{one.rank:>2}  {one.score:.3f}  {one.passage_id}  {words[:80]}")
    for said in shown.statements:
        print(f"statement {said.statement}: {said.verdict} ({said.reviewer})")
    for cited in shown.citations:
        print(f"citation {cited.marker}: {cited.verdict} ({cited.reviewer})")
    return 0


def judge(parsed: argparse.Namespace, settings: Settings) -> int:
    """Stores a reviewer's verdicts on an answer, in place of their former ones."""
    statements = {
        number: _one_of(StatementVerdict, verdict)
        for number, verdict in map(_numbered, parsed.statement)
    }
    citations = {number: _mark(text) for number, text in map(_numbered, parsed.citation)}
    with open_desk(settings) as desk:
        _require_reviewer(desk, parsed.reviewer)
        desk.judge(parsed.exchange, parsed.reviewer, statements, citations)
    print(f"{len(statements)} statements and {len(citations)} citations judged.")
    return 0


def change(parsed: argparse.Namespace, settings: Settings) -> int:
    """Changes state, assignee, note or what mended it; what is not given stays."""
    given = {
        name: getattr(parsed, name)
        for name in ("assignee", "note", "mended_in")
        if getattr(parsed, name) is not None
    }
    if parsed.state:
        given["state"] = ReviewState(parsed.state)
    with open_desk(settings) as desk:
        _require_reviewer(desk, parsed.reviewer)
        review = replace(desk.show(parsed.exchange).review, **given)
        desk.change(parsed.exchange, parsed.reviewer, review)
    print(f"{parsed.exchange} is {review.state}.")
    return 0


def case(parsed: argparse.Namespace, settings: Settings) -> int:
    """Prints the form of a test case, or makes one from a form."""
    with open_desk(settings) as desk:
        if parsed.form is None:
            shown = desk.show(parsed.exchange)
            form = draft_case(shown.exchange, shown.citations)
            print_json({**asdict(form), "quotes": [one.model_dump() for one in form.quotes]})
            return 0
        if parsed.reviewer is None:
            raise InputError("Nobody is named who makes the case.", "Add --reviewer NAME.")
        _require_reviewer(desk, parsed.reviewer)
        made = desk.make_case(parsed.exchange, parsed.reviewer, _form(parsed.form))
        print(f"{made.case_id} is in {desk.gold_file}.")
    return 0


def export(parsed: argparse.Namespace, settings: Settings) -> int:
    """Writes gold set, qrels and judgements into a folder."""
    with open_desk(settings) as desk:
        done = desk.export(parsed.folder)
    if parsed.json:
        print_json(asdict(done))
        return 0
    print(
        f"{done.cases} conversations, {done.qrels} judged passages and {done.judgements} judgements"
        f" written to {parsed.folder}."
    )
    if done.left_out:
        print(f"Left out, since the sources have changed: {', '.join(done.left_out)}.")
    return 0


def agreement(parsed: argparse.Namespace, settings: Settings) -> int:
    """Prints how far every two reviewers agree."""
    with open_desk(settings) as desk:
        found = desk.agreement()
    if parsed.json:
        print_json([asdict(one) for one in found])
        return 0
    for one in found:
        kappa = "undefined" if one.kappa is None else f"{one.kappa:.2f}"
        print(
            f"{one.first}, {one.second}: {one.about}, {one.both} in common, "
            f"{one.same:.0%} the same, kappa {kappa}"
        )
    if not found:
        print("No two reviewers judged anything in common.")
    return 0


def gaps(parsed: argparse.Namespace, settings: Settings) -> int:
    """Prints what was asked and the sources lack, by subject."""
    with open_desk(settings) as desk:
        found = desk.gaps(load_encoder(settings.encoder), *_period(parsed))
    if parsed.json:
        print_json([asdict(one) for one in found])
        return 0
    for one in found:
        print(f"{one.times:>5}  {', '.join(one.terms)}: {one.questions[0]}")
    print(f"{len(found)} subjects.")
    return 0


def dashboard(parsed: argparse.Namespace, settings: Settings) -> int:
    """Prints the figures of a period by week."""
    with open_desk(settings) as desk:
        found = desk.dashboard(*_period(parsed))
    if parsed.json:
        print_json(found.to_json())
        return 0
    for week in found.weeks:
        outcomes = ", ".join(f"{count} {name}" for name, count in sorted(week.outcomes.items()))
        print(f"{week.start}  {week.exchanges:>6} exchanges  {outcomes}")
    print(f"Most cited: {', '.join(title for title, _ in found.cited[:5]) or 'nothing'}.")
    print(f"Never cited: {len(found.never_cited)} texts.")
    return 0


def _filter(parsed: argparse.Namespace) -> QueueFilter:
    wanted = QueueFilter(
        outcome=Outcome(parsed.outcome) if parsed.outcome else None,
        helpful={"helpful": True, "unhelpful": False}.get(parsed.feedback or ""),
        language=parsed.language,
        assignee=parsed.assignee,
        since=_date(parsed.since),
        until=_date(parsed.until),
        words=parsed.words or "",
    )
    if not parsed.state:
        return wanted
    return replace(wanted, states=frozenset(map(ReviewState, parsed.state)))


def _require_reviewer(desk: Desk, name: str) -> None:
    account = Accounts(desk.journal.database).find(name)
    if account is None or not account.may_change:
        raise AccessDenied(
            f"{name} is not the account of a reviewer.",
            f"Add it with `assistant staff add {name} --role reviewer`.",
        )


def _numbered(text: str) -> tuple[int, str]:
    number, _, rest = text.partition("=")
    if not number.isdecimal() or not rest:
        raise InputError(f"“{text}” is no verdict on a number.", "Write 1=right, for instance.")
    return int(number), rest


def _mark(text: str) -> CitationMark:
    verdict, _, better = text.partition("=")
    return CitationMark(_one_of(CitationVerdict, verdict), better or None)


def _one_of(kind: Any, text: str) -> Any:
    try:
        return kind(text)
    except ValueError as error:
        raise InputError(f"“{text}” is no verdict.", f"Write one of {', '.join(kind)}.") from error


def _form(file: Path) -> CaseForm:
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        unknown = record.keys() - {field.name for field in fields(CaseForm)}
        if unknown:
            raise ValueError(f"{min(unknown)} is no part of the form")
        return CaseForm(
            **{
                **record,
                "outcome": Outcome(record["outcome"]),
                "quotes": tuple(Quote.model_validate(one) for one in record.get("quotes", ())),
                "must": tuple(tuple(one) for one in record.get("must", ())),
                "must_not": tuple(record.get("must_not", ())),
            }
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"The form {file} cannot be read ({error}).",
            "Begin with what `assistant review case EXCHANGE_ID` prints.",
        ) from error


def _period(parsed: argparse.Namespace) -> tuple[dt.date, dt.date]:
    until = _date(parsed.until) or dt.datetime.now(dt.UTC).date()
    return _date(parsed.since) or until - _PERIOD, until


def _date(day: str | None) -> dt.date | None:
    return dt.date.fromisoformat(day) if day else None


def _plain(record: Any) -> Any:
    """Returns a record as JSON values; moments in ISO form."""
    return json.loads(json.dumps(record, default=_as_text))


def _as_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else sorted(value)
