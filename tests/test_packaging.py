"""What is installed is all that there is."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDERS: Final = {"assistant": ROOT / "src" / "assistant", "ui": ROOT / "ui"}
SETTINGS: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS: Final = SETTINGS["tool"]["setuptools"]


def test_every_package_is_installed() -> None:
    """A folder of modules that is not named would be missing once the project is installed."""
    found = {
        ".".join([name, *file.parent.relative_to(folder).parts])
        for name, folder in FOLDERS.items()
        for file in folder.rglob("__init__.py")
    }
    assert sorted(SETUPTOOLS["packages"]) == sorted(found)


@pytest.mark.parametrize("name", FOLDERS)
def test_every_file_beside_the_modules_is_installed(name: str) -> None:
    """So would a model, a language file or a page."""
    folder, patterns = FOLDERS[name], SETUPTOOLS["package-data"][name]
    installed = {file for pattern in patterns for file in folder.glob(pattern)}
    there = {
        file
        for file in folder.rglob("*")
        if file.is_file() and file.suffix != ".py" and "__pycache__" not in file.parts
    }
    assert sorted(there - installed) == []
