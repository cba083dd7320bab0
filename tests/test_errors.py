"""The tree of errors is the one that its module draws, and every error speaks for itself."""

import inspect
import re

import pytest

from assistant import errors
from assistant.errors import AccessDelayed, AssistantError, QuestionError


def drawn_tree() -> dict[str, str]:
    """Returns the parent of every class in the drawing of the module's docstring."""
    parents = {"AssistantError": "Exception"}
    path = ["AssistantError"]
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"^ {4}([│ ]*)[├└]── (\w+)", line):
            depth = len(found[1]) // 4 + 1
            path = [*path[:depth], found[2]]
            parents[found[2]] = path[depth - 1]
    return parents


def real_tree() -> dict[str, str]:
    """Returns the parent of every exception that the module defines."""
    return {
        name: member.__bases__[0].__name__
        for name, member in inspect.getmembers(errors, inspect.isclass)
        if issubclass(member, Exception) and member.__module__ == errors.__name__
    }


def test_drawing_is_read_whole() -> None:
    """The drawing names every error below the base, nested ones under their parent."""
    drawn = drawn_tree()
    assert len(drawn) == 23
    assert drawn["DocumentError"] == "CorpusError"
    assert drawn["EncoderMismatch"] == "IndexUnusable"
    assert drawn["JournalUnavailable"] == "JournalError"
    assert drawn["ServeError"] == "AssistantError"


def test_tree_is_as_drawn() -> None:
    """Every drawn class exists under its drawn parent, and no class is left undrawn."""
    assert real_tree() == drawn_tree()


@pytest.mark.parametrize("name", sorted(set(real_tree()) - {"QuestionError", "AccessDelayed"}))
def test_error_says_problem_and_remedy(name: str) -> None:
    """Every error keeps its problem and its remedy apart and says both when printed."""
    error = getattr(errors, name)("The disk is full.", "Free some space.")
    assert error.problem == "The disk is full."
    assert error.remedy == "Free some space."
    assert str(error) == "The disk is full. Free some space."
    assert isinstance(error, AssistantError)


@pytest.mark.parametrize("name", sorted(real_tree()))
def test_exit_code(name: str) -> None:
    """What the user handed in ends a command with 2, everything else with 1."""
    handed_in = {
        "SettingsError", "CorpusError", "DocumentError", "InputError", "QuestionError", "GoldError",
        "ReviewError", "BackupError",
    }  # fmt: skip
    assert getattr(errors, name).exit_code == (2 if name in handed_in else 1)


def test_delay_says_how_long() -> None:
    """In whole seconds for people, exactly for what counts on it."""
    error = AccessDelayed(14.2)
    assert error.seconds == 14.2
    assert str(error) == "Too many log-ins failed or wait. Try again in 15 seconds."


@pytest.mark.parametrize("code", ["empty", "unreadable", "too_long"])
def test_question_error_keeps_its_code(code: str) -> None:
    """A refused question carries the code of its sentence, which is not part of the message."""
    error = QuestionError(code, "The question is empty.", "Type a question.")
    assert error.code == code
    assert str(error) == "The question is empty. Type a question."
    assert (error.problem, error.remedy) == ("The question is empty.", "Type a question.")
