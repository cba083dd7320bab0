"""How much one visitor may ask."""

from __future__ import annotations

import time

import pytest

from ui.limits import VisitorLimit, address_block


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


def test_minute_passes_whatever_the_clock_of_the_machine_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A clock that is put back by a year holds nobody up; of what was refused nothing counts."""
    now = [1_000.0]
    limit = VisitorLimit(3, lambda: now[0])
    assert [limit.allows("a", "1.2.3.4") for _ in range(50)] == [True] * 3 + [False] * 47
    assert limit.allows("b", "1.2.3.4")
    monkeypatch.setattr(time, "time", lambda: -30_000_000.0)
    now[0] += 59.9
    assert not limit.allows("a", "1.2.3.4")
    now[0] += 0.2
    assert [limit.allows("a", "1.2.3.4") for _ in range(4)] == [True, True, True, False]


def test_addresses_of_one_household_are_one() -> None:
    """Of IPv6 the first 64 bits count, of IPv4 the whole, also when it is written as IPv6."""
    limit = VisitorLimit(3)
    allowed = [limit.allows("a", f"2001:db8:1:2::{number:x}") for number in range(1, 5)]
    assert allowed == [True, True, True, False]
    assert limit.allows("a", "2001:db8:1:3::1")
    assert {
        address: address_block(address)
        for address in ("1.2.3.4", "::ffff:1.2.3.4", "fe80::1%eth0", "::1", "testclient", "")
    } == {
        "1.2.3.4": "1.2.3.4", "::ffff:1.2.3.4": "1.2.3.4", "fe80::1%eth0": "fe80::/64",
        "::1": "::/64", "testclient": "testclient", "": "",
    }  # fmt: skip


def test_what_is_over_a_minute_ago_takes_no_memory() -> None:
    """A million addresses and endless names of pages are forgotten with their minute."""
    now = [0.0]
    limit = VisitorLimit(3, lambda: now[0])
    for number in range(1_000):
        limit.allows("x" * 10_000, f"10.0.{number // 250}.{number % 250}")
    assert max(len(part) for key in limit._acts for part in key) == 100
    now[0] += 60
    assert limit.allows("a", "1.2.3.4")
    assert len(limit._acts) == 2
