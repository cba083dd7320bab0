"""Files that outlive a power cut."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.durable import sync


def test_every_path_is_handed_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files and folders, in order, and each is closed again."""
    (tmp_path / "a").write_text("a")
    flushed: list[Path] = []
    held = Path("/proc/self/fd")
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: flushed.append((held / str(descriptor)).readlink())
    )
    open_before = len(list(held.iterdir()))
    sync([tmp_path / "a", tmp_path])
    assert flushed == [tmp_path / "a", tmp_path]
    assert len(list(held.iterdir())) == open_before


def test_missing_path_is_told(tmp_path: Path) -> None:
    """What is not there cannot be kept."""
    with pytest.raises(FileNotFoundError):
        sync([tmp_path / "nothing"])
