"""Sources: added, corrected and withdrawn in a draft, checked and tried before it is live."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import gradio as gr

from assistant.corpus import DESCRIBED
from assistant.errors import AssistantError
from assistant.journal import QueueFilter
from assistant.review import Checked, Kind, Trial
from ui.staff.html import Safe, details, paragraph, section, table
from ui.staff.office import Office, note
from ui.staff.page import Page, html_area
from ui.staff.texts import SourcesWords, StaffWords

_TRIED: Final = 20
_LONGEST: Final = 300


def build_sources(page: Page, office: Office) -> None:
    """Adds the components of this page to one that is being built."""
    words = office.words.sources
    gr.Markdown(words.intro)
    told = html_area(elem_id="told")
    drafted = html_area(elem_id="draft")
    with gr.Column(elem_id="forms") as forms:
        steps = _Steps(office)
        results = html_area(elem_id="results")
        with gr.Accordion(words.add, open=False, elem_id="add"):
            adding = _Adding(words)
        with gr.Accordion(words.correct, open=False, elem_id="correct"):
            correcting = _Correcting(words)
    view = _View(office, correcting)
    outputs = [told, drafted, correcting.document]

    def opened(request: gr.Request) -> list[Any]:
        account = office.reader(request)
        return [
            page.header(account), gr.Column(visible=account.may_change), *view.state("")
        ]  # fmt: skip

    page.on_load(opened, [], [forms, *outputs])
    page.on(adding.save.click, view.add, [adding.file, *adding.fields], [*outputs, adding.file])
    page.on(
        correcting.load.click,
        view.load,
        [correcting.document],
        [told, correcting.text, *correcting.fields],
    )
    correction = [correcting.document, correcting.text, *correcting.fields]
    page.on(correcting.save.click, view.correct, correction, outputs)
    page.on(correcting.withdraw.click, view.withdraw, [correcting.document], outputs)
    page.on(steps.check.click, view.check, [], [*outputs, results])
    page.on(steps.try_out.click, view.try_out, [], [*outputs, results])
    page.on(steps.publish.click, view.publish, [], outputs)
    page.on(steps.discard.click, view.discard, [], outputs)
    page.on(steps.roll_back.click, view.roll_back, [], outputs)


class _Steps:
    """The buttons that take a draft further."""

    def __init__(self, office: Office) -> None:
        words = office.words.sources
        with gr.Row(elem_id="steps"):
            self.check = gr.Button(words.check, elem_id="check")
            self.try_out = gr.Button(words.try_out, elem_id="try-out")
            self.publish = gr.Button(words.publish, variant="primary", elem_id="publish")
            self.discard = gr.Button(words.discard, elem_id="discard")
            self.roll_back = gr.Button(words.roll_back, elem_id="roll-back")


class _Adding:
    """The form for a new text."""

    def __init__(self, words: SourcesWords) -> None:
        self.file = gr.File(label=words.file, elem_id="upload", file_count="single")
        self.fields = _description_fields(words, "add")
        self.save = gr.Button(words.put, variant="primary", elem_id="add-source")


class _Correcting:
    """The form for a text that there is."""

    def __init__(self, words: SourcesWords) -> None:
        self.document = gr.Dropdown([], label=words.document, elem_id="document")
        self.load = gr.Button(words.load, elem_id="load-source")
        self.text = gr.Textbox(label=words.text, lines=8, max_lines=24, elem_id="source-text")
        self.fields = _description_fields(words, "correct")
        self.save = gr.Button(words.correct_put, variant="primary", elem_id="correct-source")
        self.withdraw = gr.Button(words.withdraw, elem_id="withdraw-source")


def _description_fields(words: SourcesWords, form: str) -> list[gr.Textbox]:
    with gr.Row():
        return [
            gr.Textbox(
                label=getattr(words, name),
                value="fr" if name == "language" else "",
                elem_id=f"{form}-{name}",
                min_width=260,
            )
            for name in DESCRIBED
        ]


class _View:
    """The handlers of the page."""

    def __init__(self, office: Office, correcting: _Correcting) -> None:
        self._office = office
        self._words = office.words.sources
        self._correcting = correcting

    def state(self, told: str) -> list[Any]:
        """Returns what there is to say, the draft, and the texts that can be corrected."""
        drafts = self._office.drafts
        published = self._office.releases.published()
        return [
            told,
            draft_html(drafts.changes(), published, self._office.words),
            gr.Dropdown(choices=drafts.documents()),
        ]

    def add(self, request: gr.Request, file: Any, *values: Any) -> list[Any]:
        """Puts an uploaded file into the draft."""
        account = self._office.reviewer(request)
        if not isinstance(file, str):
            return [*self.state(note(self._words.missing_file, problem=True)), gr.skip()]
        upload = Path(file)

        def put() -> str:
            data, described = upload.read_bytes(), _described(values)
            name = self._office.drafts.add(upload.name, data, described, account.name)
            upload.unlink()  # the draft keeps it, where only staff see it
            return self._words.put_done.format(document=name)

        told = self._office.told(put)
        # What could not be taken in stays there to be sent again with other words.
        return [*self.state(told), gr.skip() if upload.exists() else None]

    def load(self, request: gr.Request, document: Any) -> list[Any]:
        """Shows a text and its metadata."""
        self._office.reviewer(request)
        drafts, nothing = self._office.drafts, [gr.skip() for _ in (0, *DESCRIBED)]
        try:
            text = drafts.text(str(document))
            described = drafts.description(str(document))
        except AssistantError as error:
            return [note(self._office.reason(error), problem=True), *nothing]
        told = self._words.loaded.format(document=document)
        if text is None:
            told += f" {self._words.not_editable}"
        field = gr.Textbox(value=text or "", interactive=text is not None)
        return [note(told), field, *described.values()]

    def correct(self, request: gr.Request, document: Any, text: Any, *values: Any) -> list[Any]:
        """Puts a corrected text and its metadata into the draft."""
        account = self._office.reviewer(request)

        def put() -> str:
            drafts, name = self._office.drafts, str(document)
            edited = str(text) if drafts.text(name) is not None else None
            drafts.correct(name, _described(values), edited, account.name)
            return self._words.put_done.format(document=name)

        return self.state(self._office.told(put))

    def withdraw(self, request: gr.Request, document: Any) -> list[Any]:
        """Takes a text away in the draft."""
        account = self._office.reviewer(request)

        def take() -> str:
            self._office.drafts.withdraw(str(document), account.name)
            return self._words.withdrawn_done.format(document=document)

        return self.state(self._office.told(take))

    def check(self, request: gr.Request) -> list[Any]:
        """Checks the draft and shows its passages."""
        self._office.reviewer(request)
        found: list[str] = []

        def look() -> str:
            found.append(checked_html(self._office.releases.check(), self._office.words))
            return ""

        return [*self.state(self._office.told(look)), "".join(found)]

    def try_out(self, request: gr.Request) -> list[Any]:
        """Answers the first questions of the queue from the draft, beside today's answers."""
        self._office.reviewer(request)
        found: list[str] = []

        def answer() -> str:
            items = self._office.desk.queue(QueueFilter()).items
            questions = list(dict.fromkeys(one.question for one in items if one.question))
            if not questions:
                return self._words.no_questions
            trials = self._office.releases.try_out(questions[:_TRIED])
            found.append(trials_html(trials, self._words))
            changed = sum(trial.differs for trial in trials)
            return self._words.trial_done.format(count=len(trials), changed=changed)

        return [*self.state(self._office.told(answer)), "".join(found)]

    def publish(self, request: gr.Request) -> list[Any]:
        """Makes the draft what visitors are answered from."""
        account = self._office.reviewer(request)

        def live() -> str:
            version = self._office.releases.publish(account.name)
            lost = self._office.desk.write_gold()
            left_out = self._words.left_out.format(cases=", ".join(lost)) if lost else ""
            return self._words.published_done.format(version=version, left_out=left_out).strip()

        return self.state(self._office.told(live))

    def discard(self, request: gr.Request) -> list[Any]:
        """Throws the draft away."""
        account = self._office.reviewer(request)

        def throw() -> str:
            self._office.drafts.discard(account.name)
            return self._words.discarded

        return self.state(self._office.told(throw))

    def roll_back(self, request: gr.Request) -> list[Any]:
        """Undoes what was published last."""
        account = self._office.reviewer(request)

        def back() -> str:
            version = self._office.releases.roll_back(account.name)
            self._office.desk.write_gold()
            return self._words.rolled_back.format(version=version)

        return self.state(self._office.told(back))


def draft_html(changes: dict[str, Kind], published: list[str], words: StaffWords) -> Safe:
    """Returns what the draft does, and what was published."""
    said = words.sources
    rows = [[name, said.kinds[kind]] for name, kind in changes.items()]
    held = table(said.draft, said.draft_columns, rows) if rows else paragraph(said.empty)
    history = said.history.format(versions=", ".join(published)) if published else said.no_history
    return section(said.draft, held, paragraph(history))


def checked_html(checked: Checked, words: StaffWords) -> Safe:
    """Returns what the checks say of a draft, and its passages as they will be found."""
    said = words.sources
    remarks = [
        *((name, words.message(reason)) for name, reason in checked.refused.items()),
        *(
            (name, words.message(problem))
            for name, problems in checked.problems.items()
            for problem in problems
        ),
    ]
    listed = "".join(paragraph(f"{name} : {remark}") for name, remark in remarks)
    passages = [
        details(
            said.passages.format(document=name, count=len(found)),
            "".join(paragraph(passage.text) for passage in found),
        )
        for name, found in checked.passages.items()
    ]
    return section(said.check_heading, listed or paragraph(said.all_good), *passages)


def trials_html(trials: list[Trial], words: SourcesWords) -> Safe:
    """Returns answers before and after, those that change first."""
    ordered = sorted(trials, key=lambda trial: not trial.differs)
    rows = [[one.question, _cut(one.before.text), _cut(one.after.text)] for one in ordered]
    return table(words.trial_caption, words.trial_columns, rows)


def _described(values: tuple[Any, ...]) -> dict[str, str]:
    texts = (" ".join(value.split()) if isinstance(value, str) else "" for value in values)
    return dict(zip(DESCRIBED, texts, strict=True))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
