"""What staff write about a source text: a sidecar file, or the front matter of a Markdown file."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from assistant.domain import Heading, Reference, SourceDocument
from assistant.errors import DocumentError

WEB_ADDRESS: Final = r"^https?://\S+$"
LANGUAGE: Final = r"^[a-z]{2}$"


def _iso_day(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise ValueError("write the date as YYYY-MM-DD")
    return value


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


Day = Annotated[dt.date, BeforeValidator(_iso_day)]
Level = Annotated[int, Field(ge=1, le=6)]
Address = Annotated[str, Field(pattern=WEB_ADDRESS)]


class Metadata(BaseModel):
    """What a citation needs to know of a source, as staff write it.

    Attributes:
        headings: for each level, the lines of the text that are titles; `*` stands for anything.
            Level 1 is the title of the document, 2 and more are sections.
        translation_of: the same name in every language of one text.
        sources: addresses that the text was written from, by the keys that it refers to them by.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    url: Annotated[str | None, BeforeValidator(_none_if_empty)] = Field(
        default=None, pattern=WEB_ADDRESS
    )
    language: str = Field(pattern=LANGUAGE)
    published: Annotated[Day | None, BeforeValidator(_none_if_empty)] = None
    accessed: Annotated[Day | None, BeforeValidator(_none_if_empty)] = None
    licence: Annotated[str | None, BeforeValidator(_none_if_empty)] = None
    headings: dict[Level, list[str]] = Field(default_factory=dict)
    translation_of: Annotated[str | None, BeforeValidator(_none_if_empty)] = None
    sources: dict[str, Address] = Field(default_factory=dict)

    def document(
        self,
        document_id: str,
        text: str,
        headings: tuple[Heading, ...],
        references: tuple[Reference, ...] = (),
    ) -> SourceDocument:
        """Returns the source document that this metadata and what was read make up."""
        return SourceDocument(
            document_id=document_id,
            title=self.title,
            text=text,
            language=self.language,
            publisher=self.publisher,
            url=self.url,
            published=self.published.isoformat() if self.published else None,
            accessed=self.accessed.isoformat() if self.accessed else None,
            licence=self.licence,
            translation_of=self.translation_of,
            headings=headings,
            references=references,
        )


def parse_metadata(text: str, name: str) -> Metadata:
    """Reads metadata written in YAML.

    Args:
        text: the YAML.
        name: what the reader of an error knows it by.

    Raises:
        DocumentError: it is not YAML, or a value is missing, unknown or wrong.
    """
    try:
        # Without YAML's own types: a title may be “No”, a date is checked by us.
        return Metadata.model_validate(yaml.load(text, yaml.BaseLoader))  # noqa: S506 - BaseLoader makes strings only
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" (line {where.line + 1})" if where else ""
        raise DocumentError(f"{name} is not valid YAML{line}.", "Correct that line.") from error
    except RecursionError as error:
        raise DocumentError(f"{name} is nested too deep.", "Write plain lines.") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or 'the file'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise DocumentError(f"{name}: {problems}.", "Correct these lines.") from error
