"""Where a citation leads."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import unquote

import pytest

from assistant.domain import Citation
from ui.links import original_address, shortened

QUOTE = "Le bassin minier cherche à changer son image et à se développer par le tourisme."
CITATION = Citation(
    marker=1, passage_id="p", document_id="d", title="T", section=(), publisher=None,
    url="https://example.org/page", date=None, accessed=None, language="fr", quote=QUOTE,
    start=0, end=len(QUOTE), content_hash="0",
)  # fmt: skip


def _address(**changes: Any) -> str | None:
    return original_address(dataclasses.replace(CITATION, **changes))


def test_page_is_opened_at_the_quoted_words() -> None:
    """A long quote by its first and its last five words, encoded."""
    address = _address()
    assert address is not None
    assert unquote(address) == (
        "https://example.org/page#:~:text=Le bassin minier cherche à,se développer par le tourisme."
    )
    assert " " not in address


def test_short_quote_is_named_whole_and_its_signs_are_encoded() -> None:
    """A hyphen or a comma of the quote is none of the directive."""
    assert _address(quote="Louvre-Lens, a & b") == (
        "https://example.org/page#:~:text=Louvre%2DLens%2C%20a%20%26%20b"
    )


def test_fragment_of_the_address_stays() -> None:
    """An address that already leads to a place in the page keeps it."""
    assert _address(url="https://example.org/page#x", quote="a") == (
        "https://example.org/page#x:~:text=a"
    )


def test_pdf_is_opened_at_its_page() -> None:
    """With the page's number, in place of any other fragment."""
    assert _address(url="https://example.org/a.pdf#x", page=7) == "https://example.org/a.pdf#page=7"


@pytest.mark.parametrize("changes", [{"row": 3}, {"origins": ("https://example.org/o",)}])
def test_page_that_does_not_hold_the_words_is_opened_as_it_is(changes: dict[str, Any]) -> None:
    """A row's list and a sheet's page do not have the quoted words."""
    assert _address(**changes) == "https://example.org/page"


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "data:text/html,x", "ftp://x"])
def test_only_the_web_is_linked(url: str | None) -> None:
    """Anything else is no address."""
    assert _address(url=url) is None


def test_long_address_is_cut_in_the_middle() -> None:
    """Beginning and end stay readable."""
    assert shortened("https://example.org/") == "example.org"
    long = shortened("https://example.org/" + "a" * 100)
    assert long == "example.org/" + "a" * 23 + "…" + "a" * 35
