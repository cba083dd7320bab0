"""How much one visitor may ask."""

from __future__ import annotations

from ui.limits import VisitorLimit


def test_page_is_stopped_after_its_share() -> None:
    """Three a minute: the fourth is refused, another page's first is not."""
    limit = VisitorLimit(3)
    assert [limit.allows("a", "1.2.3.4") for _ in range(4)] == [True, True, True, False]
    assert limit.allows("b", "1.2.3.4")
    assert limit.allows("a", "5.6.7.8")


def test_address_is_stopped_however_many_pages_it_opens() -> None:
    """Ten times as many for one address, whoever asks behind it."""
    limit = VisitorLimit(3)
    allowed = [limit.allows(f"page {number}", "1.2.3.4") for number in range(40)]
    assert allowed == [True] * 30 + [False] * 10
    assert limit.allows("page", "5.6.7.8")
