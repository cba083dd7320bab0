"""Source documents cut into passages of whole sentences.

Sentences are found with rules for French (and English) typography: abbreviations, initials,
ordinals and numbers do not end one, nor does a stop inside « », quotes or brackets. Passages are
filled with sentences of one paragraph up to a length in tokens of the encoder, so that an edit
elsewhere leaves them as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from assistant.domain import Passage, SourceDocument, Span, content_hash

CountTokens = Callable[[Sequence[str]], list[int]]
"""Returns the number of encoder tokens of each text."""

HARD_LIMIT: Final = 448
"""Tokens above which even one sentence is cut; leaves the encoder's 512 room for the title."""

_NEVER_LAST: Final = frozenset(
    """M MM Mme Mmes Mlle Mlles Mgr Me Dr Drs Pr Prof St Ste Sts Stes Mr Mrs Ms Jr Sr cf Cf ex av
    apr Av Apr bd Bd bld boul coll éd Éd ibid vs approx e.g i.e p.ex""".split()
)
_NEVER_BEFORE_NUMBER: Final = frozenset(
    """n N no No nos Nos n° N° nᵒ art Art arts p pp P fig Fig vol Vol chap Chap tél Tél réf Réf env
    Env al alin h janv févr avr juil sept oct nov déc jan feb aug""".split()
)
# Here and below, a run is looked at once, however long: nothing is tried again from inside it.
_STOP: Final = re.compile(
    r"(?:(?<![.!?])[.!?]++|…)(?P<closers>(?:[\s\u00a0\u202f]?[»”\")\]])*)(?=\s|$)"
)
_NEXT: Final = re.compile(r"\s+(?P<next>\S\S?)")
_LAST_WORD: Final = re.compile(r"[^\s(«“\"'’]+$")
_LONGEST_ABBREVIATION: Final = 40
_INITIALS: Final = re.compile(r"[^\W\d_](?:\.-?[^\W\d_])*")
_EMPTY_LINE: Final = re.compile(r"\n\s*\n")
_GAP: Final = re.compile(r"\n\s*\n|\n(?=[^\S\n]*[-•*–—][^\S\n])")
_PAIRS: Final = {"«": "»", "(": ")", "[": "]", "“": "”"}
_LONGEST_SENTENCE: Final = 600
_LONGEST_COUNTED: Final = 10_000
"""Characters of which one encoder or another may still make less than `HARD_LIMIT` tokens."""


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Returns the sentences of `text[start:end]` as spans without surrounding blanks.

    Every character that is not blank belongs to exactly one span. An empty line and the start of
    a list item always end a sentence.
    """
    spans: list[Span] = []
    for block in _blocks(text, start, len(text) if end is None else end):
        left = block.start
        for stop in _STOP.finditer(text, block.start, block.end):
            if stop.start() < left or not _ends_sentence(text, left, stop, block.end):
                continue
            spans.append(Span(left, stop.end()))
            following = _NEXT.match(text, stop.end(), block.end)
            left = following.start("next") if following else block.end
        if left < block.end:
            spans.append(Span(left, block.end))
    return spans


def _blocks(text: str, start: int, end: int) -> Iterator[Span]:
    """Yields the paragraphs and list items of `text[start:end]` without surrounding blanks."""
    left = start
    bounds = [(gap.start(), gap.end()) for gap in _GAP.finditer(text, start, end)] + [(end, end)]
    for right, following in bounds:
        block = text[left:right]
        if stripped := block.strip():
            first = left + block.index(stripped[0])
            yield Span(first, first + len(stripped))
        left = following


def _ends_sentence(text: str, left: int, stop: re.Match[str], end: int) -> bool:
    following = _NEXT.match(text, stop.end(), end)
    if following is None:
        return True
    first = following["next"][0]
    if first.islower() or first in ",;:)]»" or _inside_aside(text, left, stop.end()):
        return False
    if stop[0] != ".":
        return True
    nearby = max(left, stop.start() - _LONGEST_ABBREVIATION)
    found = _LAST_WORD.search(text, nearby, stop.start())
    word = found[0] if found else ""
    before_number = first.isdigit() or following["next"][1:] == "."
    if word in _NEVER_LAST or (before_number and word in _NEVER_BEFORE_NUMBER):
        return False
    is_initial = _INITIALS.fullmatch(word) is not None and word[0].isupper()
    # « 1. Premier point »: the number of a list item is not a sentence.
    is_item_number = word.isdigit() and left + len(word) == stop.start()
    return not (is_initial or is_item_number)


def _inside_aside(text: str, left: int, end: int) -> bool:
    """Tells whether a quotation or bracket is still open at the end of `text[left:end]`."""
    if end - left > _LONGEST_SENTENCE:
        return False  # more likely one that somebody forgot to close
    sentence = text[left:end]
    return sentence.count('"') % 2 == 1 or any(
        sentence.count(opener) > sentence.count(closer) for opener, closer in _PAIRS.items()
    )


def cut_passages(
    document: SourceDocument, count_tokens: CountTokens, max_tokens: int
) -> list[Passage]:
    """Cuts a document into passages.

    Args:
        document: its headings become section paths and belong to no passage.
        count_tokens: the encoder's own count.
        max_tokens: a passage is closed before it would exceed this; one sentence alone may.

    Returns:
        Passages in the order of the text, without overlap.
    """
    passages: list[Passage] = []
    seen: Counter[str] = Counter()
    for section, start, end in _sections(document):
        for left, right in _paragraphs(document.text, start, end):
            sentences = split_sentences(document.text, left, right)
            groups = _fill(_short_enough(document.text, sentences, count_tokens), max_tokens)
            passages += [_passage(document, section, group, seen) for group in groups]
    return passages


def _sections(document: SourceDocument) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Yields section path, start and end of the text below every heading."""
    path: list[tuple[int, str]] = []
    left = 0
    for heading in document.headings:
        yield tuple(text for _, text in path), left, heading.span.start
        path = [entry for entry in path if entry[0] < heading.level]
        # The title of the document is said by the document, not by every section.
        if heading.level > 1:
            path.append((heading.level, heading.text))
        left = heading.span.end
    yield tuple(text for _, text in path), left, len(document.text)


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    left = start
    for gap in _EMPTY_LINE.finditer(text, start, end):
        yield left, gap.start()
        left = gap.end()
    yield left, end


def _short_enough(
    text: str, spans: Sequence[Span], count_tokens: CountTokens
) -> list[tuple[Span, int]]:
    """Returns spans with their tokens; what the encoder could not take whole is halved."""
    spans = [part for span in spans for part in _countable(text, span)]
    result: list[tuple[Span, int]] = []
    counts = count_tokens([text[span.start : span.end] for span in spans])
    for span, count in zip(spans, counts, strict=True):
        if count <= HARD_LIMIT or span.end - span.start == 1:
            result.append((span, count))
        else:
            result += _short_enough(text, _halves(text, span), count_tokens)
    return result


def _countable(text: str, span: Span) -> Iterator[Span]:
    """Yields a span, in parts where it is too long for its tokens to be counted again and again."""
    if span.end - span.start <= _LONGEST_COUNTED:
        yield span
    else:
        for half in _halves(text, span):
            yield from _countable(text, half)


def _halves(text: str, span: Span) -> tuple[Span, Span]:
    middle = (span.start + span.end) // 2
    blank = text.find(" ", middle, span.end - 1)
    if blank > 0:
        return Span(span.start, blank), Span(blank + 1, span.end)
    return Span(span.start, middle), Span(middle, span.end)


def _fill(measured: Sequence[tuple[Span, int]], max_tokens: int) -> Iterator[tuple[Span, ...]]:
    group: list[Span] = []
    total = 0
    for span, count in measured:
        if group and total + count > max_tokens:
            yield tuple(group)
            group, total = [], 0
        group.append(span)
        total += count
    if group:
        yield tuple(group)


def _passage(
    document: SourceDocument, section: tuple[str, ...], group: tuple[Span, ...], seen: Counter[str]
) -> Passage:
    start, end = group[0].start, group[-1].end
    text = document.text[start:end]
    # From the words alone, so that an edit elsewhere, or of a comma here, leaves the id as it is.
    words = content_hash(" ".join(re.findall(r"\w+", text.casefold())))[:12]
    seen[words] += 1
    repeated = f".{seen[words]}" if seen[words] > 1 else ""
    return Passage(
        passage_id=f"{document.document_id}:{words}{repeated}",
        document_id=document.document_id,
        language=document.language,
        start=start,
        end=end,
        text=text,
        section=section,
        sentences=group,
    )
