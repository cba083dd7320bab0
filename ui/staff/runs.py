"""Results of the evaluation over versions, and how far reviewers agree."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from assistant.errors import AssistantError
from assistant.review import Agreement, PastRuns, read_runs
from ui.staff.charts import intervals
from ui.staff.html import Safe, details, moment, paragraph, section, table
from ui.staff.office import Office, note
from ui.staff.page import Page, html_area
from ui.staff.texts import StaffWords


def build_runs(page: Page, office: Office) -> None:
    """Adds the components of this page to one that is being built."""
    folder = office.settings.staff.folder / "runs"
    gr.Markdown(office.words.runs.intro.format(folder=folder))
    shown = html_area(elem_id="runs")
    agreed = html_area(elem_id="agreement")

    def opened(request: gr.Request) -> tuple[str, str, str]:
        header = page.header(office.reader(request))
        try:
            agreement = agreement_html(office.desk.agreement(), office.words)
        except AssistantError as error:
            agreement = Safe(note(office.reason(error), problem=True))
        return header, runs_html(read_runs(folder), folder, office.words), agreement

    page.on_load(opened, [], [shown, agreed])


def runs_html(found: PastRuns, folder: Path, words: StaffWords) -> Safe:
    """Returns the runs in a folder as a picture with its numbers."""
    said = words.runs
    unreadable = (
        paragraph(said.unreadable.format(names=", ".join(found.unreadable)))
        if found.unreadable
        else ""
    )
    if not found.runs:
        return Safe(note(said.none.format(folder=folder)) + unreadable)
    rows = [
        [run.name, moment(run.made_at), run.version, run.turns,
         *(_percent(run.measures.get(name)) for name in said.measures)]
        for run in found.runs
    ]  # fmt: skip
    numbers = table(said.picture, [*said.columns, *said.measures.values()], rows, name="figures")
    places = [run.name for run in found.runs]
    values = [run.measures["right"] for run in found.runs]
    picture = intervals(said.picture, places, values, details(words.common.numbers, numbers))
    return Safe(picture + unreadable)


def agreement_html(found: list[Agreement], words: StaffWords) -> Safe:
    """Returns how far every two reviewers agree."""
    said = words.runs
    if not found:
        return section(said.agreement, paragraph(said.no_agreement))
    rows = [
        [f"{one.first}, {one.second}", said.about[one.about], one.both, f"{one.same:.0%}",
         said.undefined if one.kappa is None else f"{one.kappa:.2f}".replace(".", ",")]
        for one in found
    ]  # fmt: skip
    return section(said.agreement, table(said.agreement, said.agreement_columns, rows))


def _percent(estimate: tuple[float, float, float] | None) -> str:
    if estimate is None:
        return "–"
    value, low, high = estimate
    return f"{value:.0%} ({low:.0%} – {high:.0%})"
