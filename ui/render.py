"""Answers as HTML: pure functions, known to no web framework.

Whatever comes from a visitor or a source is escaped; every block is one line, because the chat
component would read Markdown after an empty one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Final, TypeGuard

from assistant.answer import describe_source
from assistant.domain import Answer, Citation, Outcome, Statement
from assistant.texts import load_texts
from ui.texts import Words

_LONGEST_ADDRESS: Final = 70
_BULLET: Final = "- "
_MARKER: Final = re.compile(r"\[(\d+)\]")


def question_html(text: str, words: Words) -> str:
    """Returns a visitor's question, as ordinary text."""
    lines = "<br>".join(escape(line) for line in text.splitlines())
    return f'<div class="question"><h2 class="sr">{escape(words.you)}</h2><p>{lines}</p></div>'


def answer_html(answer: Answer, words: Words) -> str:
    """Returns an answer with its sources; its citation numbers open them.

    Args:
        answer: any answer.
        words: the interface's words.
    """
    blocks = [f'<h2 class="sr">{escape(words.assistant)}</h2>']
    blocks += _paragraphs(answer)
    texts = load_texts(answer.language)
    if answer.citations:
        blocks.append(f'<h3 class="label">{escape(texts.citations.heading)}</h3>')
        blocks += [_source(answer, citation, words) for citation in answer.citations]
    if answer.nearby:
        blocks.append(f'<h3 class="label">{escape(texts.answers.nearby)}</h3>')
        blocks += [
            _source(answer, citation, words, opened=citation.marker == 1)
            for citation in answer.nearby
        ]
    said = answer.outcome in {Outcome.ANSWERED, Outcome.PARTIAL}
    kind = "answer" if said else "answer aside"
    return _one_line(
        f'<div class="{kind}" lang="{escape(answer.language)}">{"".join(blocks)}</div>'
    )


def note_html(text: str) -> str:
    """Returns a sentence of the interface itself."""
    return f'<div class="note"><p>{escape(text)}</p></div>'


def _paragraphs(answer: Answer) -> Iterator[str]:
    """Yields the lines of an answer; those that begin with a hyphen are items of a list."""
    lines = [line for line in answer.text.splitlines() if line]
    for listed, group in groupby(lines, lambda line: line.startswith(_BULLET)):
        if listed:
            items = [f"<li>{_rich(line[len(_BULLET) :], answer)}</li>" for line in group]
            yield f"<ul>{''.join(items)}</ul>"
        else:
            yield from (f"<p>{_rich(line, answer)}</p>" for line in group)


def _rich(line: str, answer: Answer) -> str:
    """Emphasises the asked-for words, marks quotations in another language, links the numbers."""
    html = escape(line)
    languages = {citation.marker: citation.language for citation in answer.citations}
    for statement in answer.statements:
        language = languages[statement.citations[0]]
        text = _emphasised(statement)
        if language != answer.language:
            text = f'<span lang="{escape(language)}">{text}</span>'
        html = html.replace(escape(statement.text), text, 1)
    return _linked(html, answer)


def _emphasised(statement: Statement) -> str:
    parts, left = [], 0
    for start, end in statement.emphasis:
        parts.append(escape(statement.text[left:start]))
        parts.append(f"<strong>{escape(statement.text[start:end])}</strong>")
        left = end
    return "".join(parts) + escape(statement.text[left:])


def _linked(html: str, answer: Answer) -> str:
    markers = {str(citation.marker) for citation in answer.citations}

    def link(match: re.Match[str]) -> str:
        if match[1] not in markers:
            return match[0]
        target = _anchor(answer, int(match[1]))
        return f'<a class="marker" href="#{target}">[{match[1]}]</a>'

    return _MARKER.sub(link, html)


def _source(answer: Answer, citation: Citation, words: Words, *, opened: bool = False) -> str:
    parts = [
        f'<summary><span class="number">{citation.marker}</span> '
        f"{escape(describe_source(citation, answer.language))}</summary>"
    ]
    if citation.section:
        parts.append(f'<p class="section">{escape(" › ".join(citation.section))}</p>')
    parts.append(
        f'<blockquote lang="{escape(citation.language)}"><p>{escape(citation.before)}'
        f"<mark>{escape(citation.quote)}</mark>{escape(citation.after)}</p></blockquote>"
    )
    texts = load_texts(answer.language).citations
    if _is_web(citation.url):
        link = f'<a class="original" href="{escape(citation.url)}">{escape(texts.original)}</a>'
        parts.append(f"<p>{link} ({escape(words.new_window)})</p>")
    origins = [
        f'<li><a class="original" href="{escape(address)}">{escape(_short(address))}</a></li>'
        for address in citation.origins
        if _is_web(address)
    ]
    if origins:
        parts.append(f"<p>{escape(texts.origins)}</p><ul>{''.join(origins)}</ul>")
    anchor = _anchor(answer, citation.marker)
    state = " open" if opened else ""
    return f'<details class="source" id="{anchor}"{state}>{"".join(parts)}</details>'


def _is_web(address: str | None) -> TypeGuard[str]:
    return address is not None and address.startswith(("https://", "http://"))


def _short(address: str) -> str:
    """Returns an address without its scheme, cut in the middle where it is long."""
    text = address.partition("://")[2].rstrip("/")
    half = _LONGEST_ADDRESS // 2
    return text if len(text) <= _LONGEST_ADDRESS else f"{text[:half]}…{text[-half:]}"


def _anchor(answer: Answer, marker: int) -> str:
    return f"source-{answer.turn}-{marker}"


def _one_line(html: str) -> str:
    return " ".join(html.split("\n"))
