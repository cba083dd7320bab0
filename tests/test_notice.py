"""The notice in place of the chat: up at once, down at once, whoever wrote it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.errors import InputError, NoticeError
from assistant.notice import MOST_CHARACTERS, put_up, read_notice, take_down
from assistant.settings import ChatSettings, Settings
from assistant.texts import LANGUAGES, load_texts
from tests.journal_databases import NOBODY, entered_by_all


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose notice lies in a folder that is not there yet."""
    return Settings(chat=ChatSettings(notice=tmp_path / "journal" / "notice.txt"))


def test_notice_is_up_until_it_is_taken_down(settings: Settings) -> None:
    """The latest text is what visitors read, in words of any language, and then nothing."""
    assert read_notice(settings) is None
    put_up(settings, "Le chat revient à 14 h.")
    assert read_notice(settings) == "Le chat revient à 14 h."
    put_up(settings, "  Źródła są aktualizowane.\nWracamy !  ")
    assert read_notice(settings) == "Źródła są aktualizowane.\nWracamy !"
    assert take_down(settings) is True
    assert read_notice(settings) is None
    assert take_down(settings) is False
    assert list(settings.chat.notice.parent.iterdir()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_notice_without_words_is_the_usual_sentence(settings: Settings, language: str) -> None:
    """An empty file, as `touch` makes it, is a notice in the visitor's language."""
    settings.chat.notice.parent.mkdir()
    settings.chat.notice.touch()
    assert read_notice(settings, language) == load_texts(language).notice.default
    put_up(settings, " \n")
    assert read_notice(settings, language) == load_texts(language).notice.default


def test_usual_sentences_differ() -> None:
    """Each language has its own, and any other gets English."""
    assert len({load_texts(language).notice.default for language in LANGUAGES}) == 7
    assert load_texts("pt").notice.default.startswith("The assistant is unavailable")


def test_notice_of_an_editor_is_read(settings: Settings) -> None:
    """A byte order mark and foreign line ends leave no trace, a foreign encoding leaves marks."""
    settings.chat.notice.parent.mkdir()
    settings.chat.notice.write_bytes("\ufeffArrêt\r\ndu chat\r\n".encode())
    assert read_notice(settings) == "Arrêt\ndu chat"
    settings.chat.notice.write_bytes("Arrêt".encode("latin-1"))
    assert read_notice(settings) == "Arr\ufffdt"


def test_too_long_notice_is_refused_or_cut(settings: Settings) -> None:
    """The command refuses it and leaves the former one; a file by hand is cut."""
    put_up(settings, "a" * MOST_CHARACTERS)
    with pytest.raises(InputError, match="more than 2000 characters"):
        put_up(settings, "b" * (MOST_CHARACTERS + 1))
    assert read_notice(settings) == "a" * MOST_CHARACTERS
    settings.chat.notice.write_text("é" * 1_000_000, encoding="utf-8")
    assert read_notice(settings) == "é" * MOST_CHARACTERS + "…"


def test_notice_that_cannot_be_read_takes_the_chat_down(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody wants the chat down: the usual sentence stands there, and the log says why."""
    settings.chat.notice.mkdir(parents=True)
    assert read_notice(settings) == load_texts("fr").notice.default
    assert "notice.txt cannot be read: Is a directory" in caplog.text
    with pytest.raises(NoticeError, match=r"cannot be removed .* Remove it by hand"):
        take_down(settings)
    with pytest.raises(NoticeError, match=r"cannot be written"):
        put_up(settings, "Arrêt")


def test_notice_that_cannot_be_written_is_told(settings: Settings) -> None:
    """Where the folder takes nothing, the former notice stays and the command says so."""
    put_up(settings, "Avant.")
    folder, user = settings.chat.notice.parent, os.geteuid()
    folder.chmod(0o555)
    with entered_by_all(folder.parent):
        try:
            if user == 0:
                os.seteuid(NOBODY)
            with pytest.raises(NoticeError, match=r"cannot be written \(Permission denied\)"):
                put_up(settings, "Après.")
            with pytest.raises(NoticeError, match=r"cannot be removed \(Permission denied\)"):
                take_down(settings)
        finally:
            os.seteuid(user)
            folder.chmod(0o755)
    assert read_notice(settings) == "Avant."
    assert [file.name for file in folder.iterdir()] == ["notice.txt"]


def test_folder_that_is_a_file_holds_no_notice(settings: Settings) -> None:
    """What stands where the folder should be is no notice."""
    settings.chat.notice.parent.write_text("")
    assert read_notice(settings) is None
    assert take_down(settings) is False


def test_nobody_reads_half_a_notice(settings: Settings) -> None:
    """While one notice replaces another, a reader sees either of them whole."""
    texts = ["a" * MOST_CHARACTERS, "b" * MOST_CHARACTERS]
    put_up(settings, texts[0])
    seen: set[str | None] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add(read_notice(settings))

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(200):
        put_up(settings, texts[turn % 2])
    stop.set()
    reader.join()
    assert seen <= set(texts)
    assert seen


# The command.


@pytest.fixture
def told(tmp_path: Path, settings: Settings) -> str:
    """A settings file that names the notice."""
    file = tmp_path / "assistant.toml"
    file.write_text(f'[chat]\nnotice = "{settings.chat.notice}"\n')
    return str(file)


def test_command_puts_up_tells_and_takes_down(
    told: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Alone it says whether a notice is up, by its exit code too; off twice is no fault."""
    for arguments, code, printed in (
        ([], 1, "No notice is up.\n"),
        (["Le chat revient."], 0, "In place of the chat: Le chat revient.\n"),
        ([], 0, "In place of the chat: Le chat revient.\n"),
        ([""], 0, f"In place of the chat: {load_texts('fr').notice.default}\n"),
        (["--off"], 0, "The chat is back.\n"),
        (["--off"], 0, "No notice was up.\n"),
        ([], 1, "No notice is up.\n"),
    ):
        assert main(["notice", "--settings", told, *arguments]) == code
        assert capsys.readouterr().out == printed
    assert not settings.chat.notice.exists()


def test_command_takes_a_text_or_off(told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Both at once, or too much, is wrong use and changes nothing."""
    assert main(["notice", "--settings", told, "--off", "Texte"]) == 2
    assert capsys.readouterr().err == "--off goes without a text. Leave one of them away.\n"
    assert main(["notice", "--settings", told, "a" * 2001]) == 2
    assert main(["notice", "--settings", told]) == 1
