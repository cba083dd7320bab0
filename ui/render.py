"""Answers as HTML: pure functions, known to no web framework.

Whatever comes from a visitor or a source is escaped; what a message of the chat shows is one line,
because the chat component would read Markdown after an empty one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from assistant.answer import describe_source, labelled, source_lines, who_said
from assistant.domain import Answer, Citation, Outcome, Statement
from assistant.texts import load_texts
from ui.links import is_web, original_address, shortened
from ui.texts import Words

_BULLET: Final = "- "
_MARKER: Final = re.compile(r"\[(\d+)\]")
_BESIDE_A_SIGN: Final = re.compile(r" (?=[?!:;»])|(?<=«) ")
_LINE_END: Final = Markup("&#10;")
_BAD_INPUT: Final = "bad_input"
"""Reason of a sentence that answers no question: nothing, signs alone, too much."""
_SAID: Final = frozenset({Outcome.ANSWERED, Outcome.PARTIAL})


@dataclass(frozen=True, slots=True)
class Extras:
    """What is shown with an answer beside its own words and sources.

    Attributes:
        exchange_id: under which it is kept; without one nobody can say anything of it.
        conversation_id: by which the page finds the conversation again, or None.
        next_questions: what can be asked next.
        changed: markers of citations whose source says something else now.
        sharable: whether a permanent link can be made.
        finished: whether all is there that will be; tools come then.
    """

    exchange_id: str | None = None
    conversation_id: str | None = None
    next_questions: tuple[str, ...] = ()
    changed: frozenset[int] = frozenset()
    sharable: bool = False
    finished: bool = True


@cache
def templates() -> Environment:
    """Returns the environment of the interface's own templates; all of them escape."""
    environment = Environment(
        loader=PackageLoader("ui"), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    environment.tests["is_web"] = is_web
    environment.filters["unbroken"] = _unbroken
    return environment


def question_html(text: str, words: Words, *, editable: bool = False) -> str:
    """Returns a visitor's question, as ordinary text.

    Args:
        text: as it was typed.
        words: the interface's words.
        editable: whether it can be put into the box again.
    """
    page = templates().get_template("question.html")
    return _on_one_line(page.render(lines=text.splitlines(), words=words, editable=editable))


def note_html(text: str) -> str:
    """Returns a sentence of the interface itself."""
    return str(Markup('<div class="note"><p>{}</p></div>').format(text))


def answer_html(answer: Answer, words: Words, language: str, extras: Extras | None = None) -> str:
    """Returns an answer with its sources; its citation numbers open them.

    Args:
        answer: any answer.
        words: the interface's words.
        language: of these words.
        extras: what is shown with it.
    """
    texts = load_texts(answer.language)
    page = templates().get_template("answer.html")
    html = page.render(
        answer=answer,
        words=words,
        texts=texts,
        extras=extras or Extras(),
        said=answer.outcome in _SAID,
        understood=answer.reason != _BAD_INPUT,
        asked_for_feedback=answer.outcome is not Outcome.SMALL_TALK,
        blocks=list(_blocks(answer)),
        copied=_LINE_END.join(copied_text(answer).split("\n")),
        cards=_cards,
        anchor=lambda marker: _anchor(answer, marker),
        source_lines=lambda citation: source_lines(citation, answer.language),
        language_name=lambda name: load_texts(language).languages.get(name, name),
        original_address=original_address,
        shortened=shortened,
    )
    return _on_one_line(html)


def copied_text(answer: Answer) -> str:
    """Returns an answer with its references, as plain text that stands alone."""
    lines = [answer.text]
    if answer.citations:
        lines += ["", load_texts(answer.language).citations.heading]
    for citation in answer.citations:
        described = describe_source(citation, answer.language)
        section = " › ".join(citation.section)
        url = citation.url if is_web(citation.url) else None
        origins = [origin for origin in citation.named_origins if is_web(origin.address)]
        parts = (described, section, url, *labelled(origins))
        lines.append(f"[{citation.marker}] {' – '.join(part for part in parts if part)}")
    return "\n".join(lines)


def _on_one_line(html: str) -> str:
    return " ".join(html.strip().split("\n"))


def _cards(citations: Iterable[Citation]) -> list[list[Citation]]:
    """Returns citations by source, page and who said it, in the order of their numbers."""
    cards: dict[tuple[str, int | None, frozenset[str]], list[Citation]] = {}
    for citation in citations:
        key = (citation.document_id, citation.page, frozenset(who_said(citation)))
        cards.setdefault(key, []).append(citation)
    return list(cards.values())


def _unbroken(text: str) -> str:
    """Keeps French signs on the line of the word that they stand beside with a blank."""
    return _BESIDE_A_SIGN.sub("\N{NO-BREAK SPACE}", text)


def _blocks(answer: Answer) -> Iterator[Markup | list[Markup]]:
    """Yields the lines of an answer; those that begin with a hyphen are items of a list."""
    lines = [line for line in answer.text.splitlines() if line]
    for listed, group in groupby(lines, lambda line: line.startswith(_BULLET)):
        if listed:
            yield [_rich(line[len(_BULLET) :], answer) for line in group]
        else:
            yield from (_rich(line, answer) for line in group)


def _rich(line: str, answer: Answer) -> Markup:
    """Emphasises the asked-for words, marks quotations in another language, links the numbers."""
    html: str = escape(line)
    languages = {citation.marker: citation.language for citation in answer.citations}
    for statement in answer.statements:
        language = languages.get(statement.citations[0], answer.language)
        text = _emphasised(statement)
        if language != answer.language:
            text = Markup('<span lang="{}">{}</span>').format(language, text)
        html = str(html).replace(str(escape(statement.text)), text, 1)
    return _linked(str(html), answer)


def _emphasised(statement: Statement) -> Markup:
    parts, left = [Markup()], 0
    for start, end in statement.emphasis:
        parts.append(escape(statement.text[left:start]))
        parts.append(Markup("<strong>{}</strong>").format(statement.text[start:end]))
        left = end
    return Markup().join([*parts, statement.text[left:]])


def _linked(html: str, answer: Answer) -> Markup:
    markers = {str(citation.marker) for citation in answer.citations}

    def link(match: re.Match[str]) -> str:
        if match[1] not in markers:
            return match[0]
        target: Any = _anchor(answer, int(match[1]))
        return f'<a class="marker" href="#{target}">[{match[1]}]</a>'

    return Markup(_MARKER.sub(link, html))  # noqa: S704 - every part was escaped above


def _anchor(answer: Answer, marker: int) -> str:
    return f"source-{answer.turn}-{marker}"
