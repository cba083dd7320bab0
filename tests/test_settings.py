"""Settings have working defaults, and a wrong line in the file is named."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.errors import SettingsError
from assistant.settings import Settings, load_settings

DEFAULTS = {
    "corpus": Path("corpus"),
    "tables": None,
    "index_folder": Path("index"),
    "passages": {"max_tokens": 64},
    "encoder": {
        "model": "multilingual-e5-small-q4",
        "query_prompt": "query: ",
        "passage_prompt": "passage: ",
        "threads": 0,
        "batch_size": 16,
        "allow_download": False,
    },
    "lexical": {"k1": 0.9, "b": 0.4},
    "index": {
        "graph_from": 50_000,
        "graph_neighbours": 32,
        "graph_effort_build": 200,
        "graph_effort_search": 256,
        "keep_versions": 3,
    },
    "question": {"max_seconds": 0.5},
    "retrieval": {"dense_weight": 0.65, "dense_floor": 0.7, "own_weight": 0.4, "candidates": 100},
    "reader": {"enabled": True, "passages": 2, "sure": None},
    "answer": {"min_confidence": None, "max_statements": 5, "nearby": 3, "contact": ""},
    "chat": {
        "host": "127.0.0.1",
        "port": 7860,
        "max_turns": 50,
        "follow_index": 2.0,
        "notice": Path("journal/notice.txt"),
        "questions_per_minute": 20,
        "embed_on": (),
        "trusted_proxies": (),
    },
    "deployer": {"name": "", "address": "", "contact": "", "data_officer": "", "audit": ""},
    "journal": {
        "address": "sqlite:///journal/journal.db",
        "retention_days": 90,
        "max_wait": 1.0,
    },
    "staff": {"folder": Path("journal/staff"), "session_hours": 12.0},
}


def written(folder: Path, text: str) -> Path:
    """Writes a settings file and returns it."""
    file = folder / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_defaults() -> None:
    """Without a file, every setting has the documented value."""
    assert Settings().model_dump() == DEFAULTS


def test_no_file_gives_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory without assistant.toml gives the defaults."""
    monkeypatch.chdir(tmp_path)
    assert load_settings() == Settings()


def test_file_of_working_directory_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file assistant.toml of the working directory is read when none is named."""
    (tmp_path / "assistant.toml").write_text("[chat]\nport = 9000\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings().chat.port == 9000


def test_named_file_wins_over_that_of_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is named is read instead of the working directory's own."""
    (tmp_path / "assistant.toml").write_text("[chat]\nport = 9000\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings(written(tmp_path, "[chat]\nport = 9001\n")).chat.port == 9001


def test_file_changes_only_what_it_names(tmp_path: Path) -> None:
    """Values of the file replace the defaults; every other setting keeps its own."""
    file = written(
        tmp_path,
        'corpus = "textes"\ntables = "listes"\n'
        '[encoder]\nmodel = "intfloat/multilingual-e5-base"\nallow_download = true\n'
        "[retrieval]\ndense_weight = 0.6\ndense_floor = -1\n"
        '[answer]\nnearby = 0\ncontact = "mediathèque@exemple.fr"\n',
    )
    assert load_settings(file).model_dump(exclude_unset=True) == {
        "corpus": Path("textes"),
        "tables": Path("listes"),
        "encoder": {"model": "intfloat/multilingual-e5-base", "allow_download": True},
        "retrieval": {"dense_weight": 0.6, "dense_floor": -1.0},
        "answer": {"nearby": 0, "contact": "mediathèque@exemple.fr"},
    }
    assert load_settings(file).encoder.query_prompt == "query: "


def test_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    """A file that an editor saved with a byte order mark is read like any other."""
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xef\xbb\xbf[chat]\nport = 9000\n")
    assert load_settings(file).model_dump(exclude_unset=True) == {"chat": {"port": 9000}}


def test_whole_number_is_a_number(tmp_path: Path) -> None:
    """A whole number is allowed where a fraction is, and becomes one."""
    weight = load_settings(written(tmp_path, "[retrieval]\ndense_weight = 1\n")).retrieval
    assert (weight.dense_weight, type(weight.dense_weight)) == (1.0, float)


def test_empty_file_gives_defaults(tmp_path: Path) -> None:
    """An empty file changes nothing."""
    assert load_settings(written(tmp_path, "")) == Settings()


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        ("depth = 3", "depth", "is not a setting"),
        ("[retriever]\ncandidates = 3", "retriever", "is not a setting"),
        ("[retrieval]\ncandidate = 3", "retrieval.candidate", "is not a setting"),
        ("[answer.style]\nlong = true", "answer.style", "is not a setting"),
        ("retrieval = 3", "retrieval", "valid dictionary"),
        ("corpus = 3", "corpus", "not a valid path"),
        ("tables = 3", "tables", "not a valid path"),
        ('[chat]\nfollow_index = "often"', "chat.follow_index", "valid number"),
        ('[chat]\nport = "high"', "chat.port", "valid integer"),
        ("[chat]\nport = 78.5", "chat.port", "valid integer"),
        ("[encoder]\nmodel = 3", "encoder.model", "valid string"),
        ('[encoder]\nallow_download = "maybe"', "encoder.allow_download", "valid boolean"),
        ("[retrieval]\ndense_weight = []", "retrieval.dense_weight", "valid number"),
        ('[chat]\nport = "7860"', "chat.port", "valid integer"),
        ("[chat]\nport = true", "chat.port", "valid integer"),
        ("[chat]\nport = 7860.0", "chat.port", "valid integer"),
        ('[encoder]\nallow_download = "yes"', "encoder.allow_download", "valid boolean"),
        ("[encoder]\nallow_download = 1", "encoder.allow_download", "valid boolean"),
        ('[retrieval]\ndense_weight = "0.5"', "retrieval.dense_weight", "valid number"),
        ("[retrieval]\ndense_weight = true", "retrieval.dense_weight", "valid number"),
        ("[lexical]\nk1 = inf", "lexical.k1", "finite number"),
        ("[lexical]\nk1 = nan", "lexical.k1", "finite number"),
        ("[answer]\nmin_confidence = inf", "answer.min_confidence", "finite number"),
        ("[answer]\ncontact = 3", "answer.contact", "valid string"),
        ('[journal]\naddress = "mysql://host/name"', "journal.address", "match pattern"),
        ('[journal]\naddress = "sqlite://"', "journal.address", "match pattern"),
        ('[journal]\naddress = "sqlite:///"', "journal.address", "match pattern"),
        ("[journal]\nretention_days = 1.5", "journal.retention_days", "valid integer"),
        ('[encoder]\nmodel = ""', "encoder.model", "at least 1 character"),
    ],
)
def test_wrong_key_or_type_is_named(tmp_path: Path, text: str, key: str, what: str) -> None:
    """An unknown section or key, or a value of the wrong type, is refused by its full name."""
    file = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert caught.value.problem.startswith(f"In {file}, {key}: ")
    assert what in caught.value.problem
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("section", "key", "allowed", "refused"),
    [
        ("passages", "max_tokens", 16, 15),
        ("passages", "max_tokens", 448, 449),
        ("encoder", "threads", 0, -1),
        ("encoder", "batch_size", 1, 0),
        ("lexical", "k1", 0.01, 0),
        ("lexical", "b", 0, -0.01),
        ("lexical", "b", 1, 1.01),
        ("index", "graph_from", 1, 0),
        ("index", "graph_neighbours", 1, 0),
        ("index", "graph_effort_build", 1, 0),
        ("index", "graph_effort_search", 1, 0),
        ("index", "keep_versions", 1, 0),
        ("retrieval", "dense_weight", 0, -0.01),
        ("retrieval", "dense_weight", 1, 1.01),
        ("retrieval", "dense_weight", 0.5, "nan"),
        ("retrieval", "own_weight", 0, -0.01),
        ("retrieval", "own_weight", 1, 1.01),
        ("retrieval", "dense_floor", -1, -1.01),
        ("retrieval", "dense_floor", 0.99, 1),
        ("retrieval", "candidates", 1, 0),
        ("answer", "min_confidence", 0, -0.1),
        ("answer", "min_confidence", 1, 1.1),
        ("answer", "max_statements", 1, 0),
        ("answer", "nearby", 0, -1),
        ("chat", "port", 1, 0),
        ("chat", "port", 65_535, 65_536),
        ("chat", "max_turns", 1, 0),
        ("chat", "follow_index", 0.001, 0),
        ("chat", "follow_index", 0.001, -1),
        ("chat", "follow_index", 86_400, 86_401),
        ("chat", "follow_index", 2, "inf"),
        ("journal", "retention_days", 0, -1),
        ("journal", "retention_days", 36_500, 36_501),
        ("journal", "max_wait", 0.001, 0),
        ("journal", "max_wait", 60, 60.1),
    ],
)
def test_range_of_numbers(
    tmp_path: Path, section: str, key: str, allowed: float, refused: float | str
) -> None:
    """The last allowed value of a range is taken and the first one beyond is refused by name."""
    file = written(tmp_path, f"[{section}]\n{key} = {allowed}\n")
    assert getattr(getattr(load_settings(file), section), key) == allowed
    file = written(tmp_path, f"[{section}]\n{key} = {refused}\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert f"{section}.{key}: input should be" in caught.value.problem


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A named file that does not exist is an error, not a reason to take the defaults."""
    file = tmp_path / "absent.toml"
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert str(file) in caught.value.problem
    assert "No such file" in caught.value.problem
    assert "remove it to use the defaults" in caught.value.remedy


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"model e5", "at line 1"),
        (b"[chat]\nport = 1\nport = 2\n", "overwrite"),
        (b'contact = "caf\xe9"', "byte 0xe9"),
    ],
)
def test_unreadable_file_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    """A file that is not TOML, or not UTF-8, is refused with the place in it."""
    file = tmp_path / "mine.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert caught.value.problem.startswith(f"The settings file {file} cannot be read (")
    assert why in caught.value.problem


def test_settings_are_frozen() -> None:
    """Neither a section nor a value can be changed once the settings are made."""
    settings = Settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.chat.port = 1
    with pytest.raises(ValidationError, match="frozen"):
        settings.chat = settings.chat.model_copy()
    assert settings == Settings()


def test_fingerprint_is_that_of_what_answers_depend_on() -> None:
    """Where things lie and where the journal is change nothing in an answer; a weight does."""
    plain = Settings()
    journal = plain.journal.model_copy(update={"address": "postgresql://u:secret@host/name"})
    chat = plain.chat.model_copy(update={"port": 1})
    moved = {"index_folder": Path("elsewhere"), "journal": journal, "chat": chat}
    assert plain.model_copy(update=moved).fingerprint == plain.fingerprint
    for section, change in (
        ("retrieval", {"dense_weight": 0.6}),
        ("answer", {"contact": "x"}),
        ("encoder", {"model": "x"}),
    ):
        changed = getattr(plain, section).model_copy(update=change)
        assert plain.model_copy(update={section: changed}).fingerprint != plain.fingerprint


def test_refused_address_does_not_show_its_password(tmp_path: Path) -> None:
    """A password in an address that is refused stays out of the message."""
    file = written(tmp_path, '[journal]\naddress = "mysql://user:secret@host/name"\n')
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert "secret" not in str(caught.value)
