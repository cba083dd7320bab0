"""The words of the pages of staff, in files that a translator edits."""

from __future__ import annotations

import math
import re
import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

Names = dict[str, str]
_ANYTHING = "{}"
_MINUTE = 60


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CommonWords(_Section):
    """Words of every page."""

    title: str
    heading: str
    skip: str
    navigation: str
    signed_in: str
    log_out: str
    save: str
    saved: str
    not_allowed: str
    signed_out: str
    failed: str
    unavailable: str
    nothing: str
    any: str
    numbers: str
    everyone: str
    nobody: str
    no_text: str
    wrong_origin: str


class LoginWords(_Section):
    """Words of the log-in page."""

    title: str
    heading: str
    intro: str
    name: str
    password: str
    submit: str
    wrong: str
    throttled: str
    seconds: str
    minutes: str

    def wait(self, seconds: float) -> str:
        """Returns the sentence that says how long to wait."""
        whole = math.ceil(seconds)
        said = (
            self.seconds.format(count=whole)
            if whole <= _MINUTE
            else self.minutes.format(count=math.ceil(whole / _MINUTE))
        )
        return self.throttled.format(wait=said)


class QueueWords(_Section):
    """Words of the queue."""

    intro: str
    search: str
    state: str
    outcome: str
    feedback: str
    language: str
    assignee: str
    period: str
    open_states: str
    all_states: str
    show: str
    previous: str
    next: str
    position: str
    caption: str
    columns: list[str]
    often: str


class ExchangeWords(_Section):
    """Words around one exchange."""

    back: str
    unknown: str
    choose: str
    as_seen: str
    earlier: str
    found: str
    standalone: str
    facts: str
    feedback: str
    reasons: str
    words: str
    passage_gone: str
    cited: str
    scores_caption: str
    columns: list[str]
    signs: str
    sign_columns: list[str]
    trail: str
    trail_columns: list[str]
    judgements: str
    judgement_columns: list[str]
    stale: str
    on_statement: str
    on_answer: str
    on_citation: str


class JudgingWords(_Section):
    """Words of the form for a judgement."""

    heading: str
    whole: str
    statement: str
    citation: str
    better: str
    more: str
    search: str
    find: str
    found: str
    save: str


class FollowWords(_Section):
    """Words of the form for state, assignee and note."""

    heading: str
    state: str
    assignee: str
    note: str
    mended_in: str
    save: str


class CaseWords(_Section):
    """Words of the form for a test case."""

    heading: str
    intro: str
    question: str
    outcome: str
    kind: str
    theme: str
    quotes: str
    one_suffices: str
    must: str
    must_not: str
    answer: str
    in_conversation: str
    save: str
    made: str
    remove: str
    removed: str


class DashboardWords(_Section):
    """Words of the dashboard."""

    period: str
    weeks: Names
    total: str
    outcomes: str
    feedback: str
    helpful: str
    unhelpful: str
    times: str
    median: str
    p95: str
    languages: str
    subjects: str
    others: str
    cited: str
    never_cited: str
    week: str
    count: str
    text: str
    export: str


class GapsWords(_Section):
    """Words of the page of what is missing."""

    intro: str
    period: str
    computing: str
    failed: str
    caption: str
    columns: list[str]
    computed: str


class SourcesWords(_Section):
    """Words of the page of sources."""

    intro: str
    draft: str
    empty: str
    draft_columns: list[str]
    kinds: Names
    add: str
    correct: str
    file: str
    document: str
    load: str
    loaded: str
    text: str
    not_editable: str
    title: str
    publisher: str
    url: str
    language: str
    published: str
    accessed: str
    licence: str
    put: str
    correct_put: str
    withdraw: str
    missing_file: str
    put_done: str
    withdrawn_done: str
    check: str
    check_heading: str
    all_good: str
    passages: str
    try_out: str
    trial_caption: str
    trial_columns: list[str]
    trial_done: str
    no_questions: str
    publish: str
    published_done: str
    left_out: str
    discard: str
    discarded: str
    roll_back: str
    rolled_back: str
    history: str
    no_history: str


class RunsWords(_Section):
    """Words of the page of evaluations."""

    intro: str
    none: str
    unreadable: str
    columns: list[str]
    picture: str
    agreement: str
    agreement_columns: list[str]
    no_agreement: str
    undefined: str
    about: Names
    measures: Names


class Named(_Section):
    """How codes are called."""

    roles: Names
    states: Names
    outcomes: Names
    feedback: Names
    signs: Names
    statements: Names
    citations: Names
    languages: Names
    periods: Names
    kinds: Names
    themes: Names
    reasons: Names
    actions: Names


class StaffWords(_Section):
    """All words of the pages of staff in one language."""

    common: CommonWords
    pages: Names
    login: LoginWords
    queue: QueueWords
    exchange: ExchangeWords
    judging: JudgingWords
    follow: FollowWords
    case: CaseWords
    dashboard: DashboardWords
    gaps: GapsWords
    sources: SourcesWords
    runs: RunsWords
    named: Named
    messages: Names

    def message(self, text: str) -> str:
        """Returns what a check or an error says, in this language where there are words for it."""
        for said, ours in self.messages.items():
            parts = [re.escape(part) for part in said.split(_ANYTHING)]
            if found := re.fullmatch("(.*?)".join(parts), text, re.DOTALL):
                return ours.format(*found.groups())
        return text


@cache
def load_staff_words(language: str) -> StaffWords:
    """Returns the words of a language for which there is a file."""
    source = (files("ui.staff") / "texts" / f"{language}.toml").read_text(encoding="utf-8")
    return StaffWords.model_validate(tomllib.loads(source))
