"""What staff write about a source text: a sidecar file, or the front matter of a Markdown file."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
)

from assistant.corpus.files import as_written, read_text, refuse_long, visible
from assistant.domain import Heading, Locator, Origin, Reference, SourceDocument
from assistant.errors import DocumentError

WEB_ADDRESS: Final = r"^https?://\S+$"
LANGUAGE: Final = r"^[a-z]{2}$"
_LONGEST_METADATA: Final = 100_000
_LONGEST_YAML: Final = 1_000_000
"""Characters that staff may write in a file of YAML, which takes long to read."""
_MOST_PROBLEMS: Final = 5

Model = TypeVar("Model", bound=BaseModel)


def _iso_day(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise ValueError("write the date as YYYY-MM-DD")
    return value


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


def _origin(value: object) -> Origin:
    *words, address = value.split() if isinstance(value, str) and value.strip() else [""]
    name = " ".join(words)
    if not re.fullmatch(WEB_ADDRESS, address) or "://" in name:
        raise ValueError("write the name, if any, and then one web address")
    return Origin(address, name or None)


Day = Annotated[dt.date, BeforeValidator(_iso_day)]
Level = Annotated[int, Field(ge=1, le=6)]
Address = Annotated[str, Field(pattern=WEB_ADDRESS)]


Text = Annotated[str, Field(min_length=1)]
OptionalText = Annotated[str | None, BeforeValidator(_none_if_empty)]


class Description(BaseModel):
    """What a citation says of a source, as staff write it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    title: Text
    publisher: Text
    url: Annotated[Address | None, BeforeValidator(_none_if_empty)] = None
    language: Annotated[str, Field(pattern=LANGUAGE)]
    published: Annotated[Day | None, BeforeValidator(_none_if_empty)] = None
    accessed: Annotated[Day | None, BeforeValidator(_none_if_empty)] = None
    licence: OptionalText = None

    @property
    def published_day(self) -> str | None:
        """Day of publication in ISO form."""
        return self.published.isoformat() if self.published else None

    @property
    def accessed_day(self) -> str | None:
        """Day on which the text was taken from its address, in ISO form."""
        return self.accessed.isoformat() if self.accessed else None


class Metadata(Description):
    """What staff write about one text.

    Attributes:
        headings: for each level, the lines of the text that are titles; `*` stands for anything.
            Level 1 is the title of the document, 2 and more are sections.
        translation_of: the same name in every language of one text.
        sources: what the text was written from, by the keys that it refers to them by; each a
            name, if it is known, and an address.
        accepted: words that the checks find odd and that are right.
    """

    headings: dict[Level, list[str]] = Field(default_factory=dict)
    translation_of: OptionalText = None
    sources: dict[str, Annotated[Origin, PlainValidator(_origin)]] = Field(default_factory=dict)
    accepted: list[str] = Field(default_factory=list)

    def document(
        self,
        document_id: str,
        text: str,
        headings: tuple[Heading, ...],
        references: tuple[Reference, ...] = (),
        locators: tuple[Locator, ...] = (),
    ) -> SourceDocument:
        """Returns the source document that this metadata and what was read make up.

        Raises:
            DocumentError: the text is too long.
        """
        refuse_long(len(text))
        return SourceDocument(
            document_id=document_id,
            title=self.title,
            text=text,
            language=self.language,
            publisher=self.publisher,
            url=self.url,
            published=self.published_day,
            accessed=self.accessed_day,
            licence=self.licence,
            translation_of=self.translation_of,
            headings=headings,
            references=references,
            locators=locators,
            accepted=tuple(self.accepted),
        )


def sidecar_metadata(file: Path) -> Metadata:
    """Reads the `.yaml` file beside a source text.

    Raises:
        DocumentError: it is missing, cannot be read or is incomplete.
    """
    sidecar = as_written(file.with_suffix(".yaml"))
    if not sidecar.exists():
        raise DocumentError(
            f"{sidecar.name} is missing.",
            "Write it with at least title, publisher and language; README.md shows how.",
        )
    return parse_metadata(read_text(sidecar), sidecar.name)


def parse_metadata(text: str, name: str) -> Metadata:
    """Reads metadata written in YAML; see `parse_yaml`."""
    if len(text) > _LONGEST_METADATA:
        raise DocumentError(
            f"{name} holds more than {_LONGEST_METADATA:,} characters of metadata.", "Shorten it."
        )
    return parse_yaml(Metadata, text, name)


def parse_front_matter(text: str, name: str) -> Metadata:
    """Reads metadata that stands in a file below a line of hyphens."""
    return parse_metadata(f"\n{text}", name)  # in place of that line, so that lines are the file's


def parse_yaml(model: type[Model], text: str, name: str) -> Model:
    """Reads what staff wrote in YAML.

    Args:
        model: what must stand there.
        text: the YAML.
        name: what the reader of an error knows it by.

    Raises:
        DocumentError: it is not YAML, or a value is missing, unknown or wrong.
    """
    value, node = _load(text, name)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or 'the file'}: {problem['msg']}"
            f"{_line(node, problem['loc'])}"
            for problem in error.errors()[:_MOST_PROBLEMS]
        )
        raise DocumentError(f"{name}: {problems}.", "Correct these lines.") from error


def load_yaml(text: str, name: str) -> Any:
    """Returns what stands in YAML, without YAML's own types: a title may be “No”.

    Args:
        text: the YAML.
        name: see `parse_yaml`.

    Raises:
        DocumentError: it is not YAML, or too long, or uses a part of it again by its name.
    """
    return _load(text, name)[0]


def load_with_lines(text: str, name: str) -> tuple[Any, tuple[int, ...]]:
    """Returns what `load_yaml` does, and the line on which each item of a list begins, from 1."""
    value, node = _load(text, name)
    items = node.value if isinstance(node, yaml.SequenceNode) else ()
    return value, tuple(one.start_mark.line + 1 for one in items)


def _line(node: yaml.Node | None, place: tuple[int | str, ...]) -> str:
    """Tells the line of what stands at a place, or nearest to it; nothing when nothing does."""
    line: int | None = None
    for part in place:
        found = None
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            found = (node.value[part], node.value[part])
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return f" (line {line})" if line else ""


def _load(text: str, name: str) -> tuple[Any, yaml.Node | None]:
    if len(text) > _LONGEST_YAML:
        raise DocumentError(f"{name} holds more than {_LONGEST_YAML:,} characters.", "Shorten it.")
    try:
        loader = _PlainLoader(visible(text), name)
        node = loader.get_single_node()
        return (loader.construct_document(node) if node else None), node
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" (line {where.line + 1})" if where else ""
        raise DocumentError(f"{name} is not valid YAML{line}.", "Correct that line.") from error
    except (ValueError, OverflowError) as error:  # an escape such as \U00110000
        raise DocumentError(f"{name} is not valid YAML ({error}).", "Correct it.") from error
    except RecursionError as error:
        raise DocumentError(f"{name} is nested too deep.", "Write plain lines.") from error


class _PlainLoader(yaml.BaseLoader):
    """Makes strings, lists and mappings, each of which stands in the text itself.

    What is named once (`&a`) and used by thousands (`*a`) would take memory for each of them.
    """

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self._name = name

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            alias = self.peek_event()  # type: ignore[no-untyped-call]
            raise DocumentError(
                f"{self._name} uses something again by its name, with “*” "
                f"(line {alias.start_mark.line + 1}).",
                "Write it out there, or put quotation marks around a text that begins with “*”.",
            )
        return super().compose_node(parent, index)
