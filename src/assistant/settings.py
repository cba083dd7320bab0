"""Every setting of the assistant, one frozen section a stage.

The defaults work. A deployer changes some of them in a TOML file, `assistant.toml` in the working
directory unless `--settings FILE` names another::

    [encoder]
    model = "intfloat/multilingual-e5-base"

    [retrieval]
    dense_weight = 0.6

An unknown section or key, or a value out of range, raises `SettingsError`.
"""

from __future__ import annotations

import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from assistant.domain import content_hash
from assistant.errors import SettingsError

DEFAULT_FILE: Final = Path("assistant.toml")
BUILT_IN_MODEL: Final = "multilingual-e5-small-q4"


def _network(text: str) -> str:
    return str(ip_network(text))


Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Network = Annotated[str, AfterValidator(_network)]
Site = Annotated[str, Field(pattern=r"^https?://(\*\.)?[A-Za-z0-9.-]+(:\d+)?$")]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class PassageSettings(_Section):
    """How source texts are cut.

    Attributes:
        max_tokens: length that a passage is filled to, in tokens of the encoder; a longer
            sentence stays whole.
    """

    max_tokens: Annotated[int, Field(ge=16, le=448)] = 64


class EncoderSettings(_Section):
    """What turns texts into vectors.

    Attributes:
        model: the built-in model, or any name or folder that sentence-transformers can load.
        query_prompt: put before every query; E5 models need it.
        passage_prompt: put before every passage.
        threads: processor cores to use; 0 takes all.
        batch_size: passages embedded at once.
        allow_download: whether a model may be fetched from a hub.
    """

    model: Annotated[str, Field(min_length=1)] = BUILT_IN_MODEL
    query_prompt: str = "query: "
    passage_prompt: str = "passage: "
    threads: Annotated[int, Field(ge=0)] = 0
    batch_size: Count = 16
    allow_download: bool = False


class LexicalSettings(_Section):
    """BM25 parameters (Robertson and Zaragoza, 2009)."""

    k1: Annotated[float, Field(gt=0)] = 0.9
    b: Share = 0.4


class IndexSettings(_Section):
    """How vectors are searched and kept.

    Attributes:
        graph_from: number of passages from which a graph (HNSW) replaces exact search.
        graph_neighbours: links of a node in the graph.
        graph_effort_build: candidates looked at when a node is linked.
        graph_effort_search: candidates looked at when the graph is searched.
        keep_versions: how many built versions stay on disk, the current one included.
    """

    graph_from: Count = 50_000
    graph_neighbours: Count = 32
    graph_effort_build: Count = 200
    graph_effort_search: Count = 256
    keep_versions: Count = 3


class QuestionSettings(_Section):
    """How a question is understood.

    Attributes:
        max_seconds: processor time that it may take; then the question is searched for as it was
            typed. Ordinary ones take a hundredth of it.
    """

    max_seconds: Annotated[float, Field(gt=0, le=60)] = 0.5


class RetrievalSettings(_Section):
    """How both sides are fused.

    Attributes:
        dense_weight: share of the dense score in the fused one.
        dense_floor: cosine that counts as no likeness at all; E5 models hardly go below 0.7.
        own_weight: share of a passage's own words in the lexical score; its context has the rest.
        candidates: how many passages each side puts forward.
    """

    dense_weight: Share = 0.65
    dense_floor: Annotated[float, Field(ge=-1, lt=1)] = 0.7
    own_weight: Share = 0.4
    candidates: Count = 100


class ReaderSettings(_Section):
    """The small model that reads the best passages before one of them is quoted.

    Attributes:
        enabled: whether it is used.
        passages: how many are read for a question that the first stage is not sure about.
        sure: probability from which it is; None takes the calibrated one, 1 has all read.
    """

    enabled: bool = True
    passages: Annotated[int, Field(ge=1, le=16)] = 2
    sure: Share | None = None


class AnswerSettings(_Section):
    """When and how much the assistant answers.

    Attributes:
        min_confidence: below this probability the assistant abstains; None takes the calibrated
            threshold.
        max_statements: statements in one answer at most.
        nearby: passages shown when the assistant abstains.
        contact: whom visitors can ask instead, or empty.
    """

    min_confidence: Share | None = None
    max_statements: Count = 5
    nearby: Annotated[int, Field(ge=0)] = 3
    contact: str = ""


class ChatSettings(_Section):
    """The web interface.

    Attributes:
        host: address to listen on.
        port: port to listen on.
        max_turns: turns that a conversation remembers.
        follow_index: seconds between two looks whether there is a new version of the index.
        notice: file that stands in place of the chat as long as it is there, see
            `assistant.notice`.
        questions_per_minute: of one visitor; those behind one address have ten times as many.
        trusted_proxies: addresses or networks of the programs that stand in front of the chat; what
            they say of a visitor's address and scheme is believed, and of nobody else.
        embed_on: sites that may show the chat in a frame, such as `https://www.example.org`.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 7860
    max_turns: Count = 50
    follow_index: Annotated[float, Field(gt=0, le=86_400)] = 2.0
    notice: Annotated[Path, Field(strict=False)] = Path("journal/notice.txt")
    questions_per_minute: Count = 20
    # A TOML file has no tuples, only lists.
    embed_on: Annotated[tuple[Site, ...], Field(strict=False)] = ()
    trusted_proxies: Annotated[tuple[Network, ...], Field(strict=False)] = ()


class DeployerSettings(_Section):
    """Who offers the assistant to the public, for the page that says so; empty where not stated.

    Attributes:
        name: of the body.
        address: where letters reach it.
        contact: an e-mail address or a telephone number.
        data_officer: how its data protection officer is reached.
        audit: result of an accessibility audit, with its date.
    """

    name: str = ""
    address: str = ""
    contact: str = ""
    data_officer: str = ""
    audit: str = ""


class JournalSettings(_Section):
    """Where exchanges are kept, and for how long.

    Attributes:
        address: of the database: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`.
        retention_days: after so many days texts can be purged; 0 keeps no text at all.
        max_wait: seconds that storing or looking something up may hold up a visitor; storing then
            goes on by itself.
    """

    address: Annotated[str, Field(pattern=r"^(sqlite:///.|postgresql://.)")] = (
        "sqlite:///journal/journal.db"
    )
    retention_days: Annotated[int, Field(ge=0, le=36_500)] = 90
    max_wait: Annotated[float, Field(gt=0, le=60)] = 1.0


class StaffSettings(_Section):
    """The pages of staff.

    Attributes:
        folder: what they keep in files: test cases, drafts of sources, runs of the evaluation;
            readable by nobody else.
        session_hours: after so many hours one has to log in again.
    """

    folder: Annotated[Path, Field(strict=False)] = Path("journal/staff")
    session_hours: Annotated[float, Field(gt=0, le=720)] = 12.0


class Settings(_Section):
    """All sections, and the folders.

    Attributes:
        corpus: the source texts.
        tables: where the lists lie that mappings in the corpus name; beside them when not given.
        index_folder: what the build writes.
    """

    # A TOML file has no paths, only strings.
    corpus: Annotated[Path, Field(strict=False)] = Path("corpus")
    tables: Annotated[Path | None, Field(strict=False)] = None
    index_folder: Annotated[Path, Field(strict=False)] = Path("index")
    passages: PassageSettings = PassageSettings()
    encoder: EncoderSettings = EncoderSettings()
    lexical: LexicalSettings = LexicalSettings()
    index: IndexSettings = IndexSettings()
    question: QuestionSettings = QuestionSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    reader: ReaderSettings = ReaderSettings()
    answer: AnswerSettings = AnswerSettings()
    chat: ChatSettings = ChatSettings()
    deployer: DeployerSettings = DeployerSettings()
    journal: JournalSettings = JournalSettings()
    staff: StaffSettings = StaffSettings()

    @property
    def fingerprint(self) -> str:
        """Changes whenever a setting changes that answers depend on."""
        elsewhere = {"corpus", "tables", "index_folder", "chat", "deployer", "journal", "staff"}
        return content_hash(self.model_dump_json(exclude=elsewhere))


def load_settings(file: Path | None = None) -> Settings:
    """Reads the settings file.

    Args:
        file: a TOML file; None takes `assistant.toml` where it exists, else the defaults.

    Raises:
        SettingsError: the file cannot be read, or a key or value in it is not allowed.
    """
    if file is None:
        if not DEFAULT_FILE.is_file():
            return Settings()
        file = DEFAULT_FILE
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(
            f"The settings file {file} cannot be read ({error}).",
            "Check that it exists and is TOML, or remove it to use the defaults.",
        ) from error
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        what = "is not a setting" if first["type"] == "extra_forbidden" else first["msg"].lower()
        raise SettingsError(
            f"In {file}, {key}: {what}.",
            "Correct or remove that line; README.md lists the settings.",
        ) from error
