"""Pictures for staff."""

from __future__ import annotations

import re

import pytest

from ui.staff.charts import flat_bars, lines, stacked_bars

WEEKS = ["07/09", "14/09"]
NUMBERS = "<table></table>"


def _words(picture: str) -> list[str]:
    """Returns what can be read in a picture."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture)


@pytest.mark.parametrize("weeks", [2, 40])
def test_nothing_counted_is_shown_as_zero(weeks: int) -> None:
    """Without a single vote the scale goes from 0 to 1, and not below or between."""
    places = [f"{number}" for number in range(1000, 1000 + weeks)]
    words = _words(stacked_bars("Avis", places, {"utile": [0] * weeks}, NUMBERS))
    assert [word for word in words if word not in {*places, "utile"}] == ["0", "1"]


def test_no_time_known_is_an_empty_picture_from_zero() -> None:
    """Weeks without answers leave a hole; the scale does not go below zero."""
    words = _words(lines("Temps", WEEKS, {"médiane": [None, None]}, NUMBERS))
    assert not [word for word in words if word.startswith(("-", "−"))]
    assert "0.0" in words


def test_scale_holds_what_was_counted() -> None:
    """Bars on top of each other are read on a scale of whole numbers up to their sum."""
    words = _words(stacked_bars("Issues", WEEKS, {"a": [3, 0], "b": [4, 1]}, NUMBERS))
    assert {"0", "7", "a", "b", *WEEKS} <= set(words)


def test_names_are_text_and_the_numbers_stand_below() -> None:
    """Markup in a title of a source is shown as such; the picture is named for screen readers."""
    picture = flat_bars("Textes <b>", [("<script>x</script>", 2.0)], NUMBERS)
    assert "<script>" not in picture
    assert "&lt;script&gt;x&lt;/script&gt;" in picture
    assert 'aria-label="Textes &lt;b&gt;"' in picture
    assert NUMBERS in picture
