"""Pieces of HTML that several pages of staff show; everything that is put in is escaped here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from html import escape


class Safe(str):
    """HTML that was made by these functions, and is not escaped again."""

    __slots__ = ()


def escaped(text: str) -> str:
    """Returns a text as HTML on one line: Markdown would begin to read after an empty one."""
    return " ".join(escape(text).splitlines())


def cell(value: object) -> str:
    """Returns a value as HTML: escaped, unless it is safe already."""
    return value if isinstance(value, Safe) else escaped(str(value))


def table(
    caption: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, name: str = ""
) -> Safe:
    """Returns a table whose first column names its rows.

    Args:
        caption: read out before it; shown to all.
        columns: headings.
        rows: one value a column.
        name: of the table in the style sheet.
    """
    heads = "".join(f'<th scope="col">{escaped(column)}</th>' for column in columns)
    lines = "".join(
        f'<tr><th scope="row">{cell(row[0])}</th>'
        + "".join(f"<td>{cell(value)}</td>" for value in row[1:])
        + "</tr>"
        for row in rows
    )
    return Safe(
        f'<div class="wide"><table class="{escaped(name)}"><caption>{escaped(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def details(summary: str, body: str, *, opened: bool = False) -> Safe:
    """Returns something that opens on a click; `body` is HTML."""
    state = " open" if opened else ""
    return Safe(f"<details{state}><summary>{escaped(summary)}</summary>{body}</details>")


def section(heading: str, *parts: str) -> Safe:
    """Returns parts under a heading; they are HTML."""
    return Safe(f"<section><h2>{escaped(heading)}</h2>{''.join(parts)}</section>")


def paragraph(text: str) -> Safe:
    """Returns a paragraph."""
    return Safe(f"<p>{escaped(text)}</p>")


def link(address: str, text: str) -> Safe:
    """Returns a link to another page of staff."""
    return Safe(f'<a href="{escaped(address)}">{escaped(text)}</a>')


def moment(at: dt.datetime) -> str:
    """Returns a moment as people here write it, in UTC."""
    return f"{at:%d/%m/%Y %H:%M}"


def day(on: dt.date) -> str:
    """Returns a day as people here write it."""
    return f"{on:%d/%m/%Y}"
