"""Tables: each row is a document, in sentences that a mapping makes of its fields.

`NAME.table.yaml` names the table and says how it is read::

    title: Liste des opérations
    publisher: Commissariat général à l’égalité des territoires
    language: fr
    published: 2016-07-11
    file: liste.xls                # beside the mapping, or in the folder that `tables` names
    fields:
      intitulé: {column: Intitulé du projet}
      montant: {column: Montant UE programmé, type: amount}
      début: {column: Date de début, type: date}
    constants: {période: 2014-2020}
    key: [intitulé, début]
    row_title: "{intitulé}"
    sentences:
      - ["L’opération « {intitulé} » reçoit {montant} (programme {période})."]

Of each list of sentences the first one is written whose fields the row fills. An amount below
« Montant (k€) » is in thousands. A row that cannot be read is refused; the others are documents all
the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Final, Self

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from assistant.corpus.files import as_written, checked_id, read_text
from assistant.corpus.metadata import (
    WEB_ADDRESS,
    Description,
    OptionalText,
    Text,
    parse_yaml,
)
from assistant.corpus.spreadsheets import Cell, read_rows
from assistant.corpus.table_headings import Place, find_columns
from assistant.corpus.table_values import FieldType, plain, written
from assistant.domain import Locator, SourceDocument, Span, Unit, content_hash
from assistant.errors import DocumentError

TABLE_SUFFIX: Final = ".table.yaml"
_BARE_NAME: Final = re.compile(r"[^/\\:\0]+")
_LONGEST_NAME: Final = 255


class AbsentTable(DocumentError):
    """A mapping is there, its table is not: nothing is wrong, but nothing is read either."""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Sentences = Annotated[list[Text], BeforeValidator(_as_list)]


class Column(BaseModel):
    """How one column is read.

    Attributes:
        column: its heading.
        type: what its cells hold.
        values: what is written for a cell, by what stands there; an empty text empties it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: Text
    type: FieldType = FieldType.TEXT
    values: dict[str, str] = Field(default_factory=dict)


class TableMapping(Description):
    """How a table is read; see the module.

    Attributes:
        file: name of the table's file, without a folder.
        sheet: of a workbook; the first one when not given.
        header_row: row of the headings, from 1; the last one where they take several, whose words
            are then put together.
        delimiter: of a text file; the usual one when not given.
        encoding: of a text file; UTF-8 when not given.
        decimal: sign before the decimals of numbers written as text; needed only where `1.234`
            or `1,234` could be meant either way.
        currency: of every amount.
        fields: columns by the name that sentences know them by.
        constants: what the whole list shares.
        key: fields that tell one row from another, whatever stands around it.
        only: rows are left out unless the field begins with one of these.
        at_most: an amount, and another one that it should not exceed; rows where it does are
            reported.
        row_title: title of a row's document.
        row_url: address of a row, or empty.
    """

    file: Text
    sheet: OptionalText = None
    header_row: Annotated[int, Field(ge=1, le=100)] = 1
    delimiter: Annotated[str | None, Field(min_length=1, max_length=1)] = None
    encoding: OptionalText = None
    decimal: Annotated[str | None, Field(pattern=r"^[.,]$")] = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    fields: Annotated[dict[Text, Column], Field(min_length=1)]
    constants: dict[Text, Text] = Field(default_factory=dict)
    key: Annotated[Sentences, Field(min_length=1)]
    only: dict[Text, Sentences] = Field(default_factory=dict)
    at_most: dict[Text, Text] = Field(default_factory=dict)
    row_title: Text
    row_url: str = ""
    sentences: Annotated[list[Sentences], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        short = len(self.file.encode()) <= _LONGEST_NAME
        if not short or not _BARE_NAME.fullmatch(self.file) or self.file.startswith("."):
            raise ValueError("`file` must be a name without a folder")
        known = self.fields.keys() | self.constants.keys()
        if both := self.fields.keys() & self.constants.keys():
            raise ValueError(f"{min(both)} is both a field and a constant")
        templates = [
            self.row_title,
            self.row_url,
            *(one for some in self.sentences for one in some),
        ]
        used = {name for template in templates for name in _names(template)}
        used |= {*self.key, *self.only, *self.at_most, *self.at_most.values()}
        if unknown := used - known:
            raise ValueError(f"{min(unknown)} is neither in `fields` nor in `constants`")
        try:
            Locale.parse(self.language)
        except UnknownLocaleError as error:
            raise ValueError(f"{self.language} is no language whose numbers are known") from error
        return self


def _names(template: str) -> list[str]:
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"“{template}”: {error}") from error
    for _, name, form, conversion in parts:
        if name is not None and (not name.isidentifier() or form or conversion):
            raise ValueError(f"“{template}”: write {{name}} with the name of a field")
    return [name for _, name, _, _ in parts if name]


def read_table(
    mapping_file: Path, folders: Sequence[Path]
) -> Iterator[tuple[str, SourceDocument | DocumentError, str | None]]:
    """Yields, for every row, its name, its document or why it cannot be one, and what is odd.

    Args:
        mapping_file: the mapping.
        folders: where its table may lie, the first one that has it counts.

    Raises:
        AbsentTable: no folder has the table.
        DocumentError: the mapping or the table as a whole cannot be read.
    """
    name = mapping_file.name.removesuffix(TABLE_SUFFIX)
    mapping = parse_yaml(TableMapping, read_text(mapping_file), mapping_file.name)
    table = next(
        (found for folder in folders if (found := as_written(folder / mapping.file)).is_file()),
        None,
    )
    if table is None:
        raise AbsentTable(
            f"The table {mapping.file} is not there.",
            "Put it beside its mapping, or name its folder with --tables."
            + (f" It comes from {mapping.url}" if mapping.url else ""),
        )
    rows = read_rows(
        table,
        sheet=mapping.sheet,
        delimiter=mapping.delimiter,
        encoding=mapping.encoding,
        headings=mapping.header_row,
    )
    wanted = {field: column.column for field, column in mapping.fields.items()}
    columns = find_columns(wanted, rows[: mapping.header_row], mapping.header_row, mapping.file)
    seen: Counter[str] = Counter()
    for number, row in enumerate(rows[mapping.header_row :], start=mapping.header_row + 1):
        if not any(str(cell).strip() for cell in row):
            continue
        try:
            record = _record(mapping, columns, row)
            if _left_out(mapping, record):
                continue
            document = _document(mapping, checked_id(name), number, record.texts, seen)
            yield f"{table.name}:{number}", document, _excess(mapping, number, record)
        except DocumentError as error:
            yield f"{table.name}:{number}", error, None


class _Record:
    """One row: what is written for each field, and the amounts behind it."""

    def __init__(self, constants: Mapping[str, str]) -> None:
        self.texts: dict[str, str] = dict(constants)
        self.numbers: dict[str, Decimal] = {}


def _record(mapping: TableMapping, places: dict[str, Place], row: list[Cell]) -> _Record:
    record = _Record(mapping.constants)
    for field, column in mapping.fields.items():
        place = places[field]
        cell = row[place.position] if place.position < len(row) else ""
        raw = plain(cell)
        if raw in column.values:
            record.texts[field] = column.values[raw]
        elif raw == "":
            record.texts[field] = ""
        else:
            try:
                text, number = written(
                    column.type,
                    cell,
                    language=mapping.language,
                    currency=mapping.currency,
                    decimal=mapping.decimal,
                    unit=place.unit,
                )
            except ValueError as error:
                raise DocumentError(
                    f"{column.column}: {error}.",
                    "Correct the table, or say under `values` what is meant.",
                ) from error
            record.texts[field] = text
            if number is not None:
                record.numbers[field] = number
    return record


def _left_out(mapping: TableMapping, record: _Record) -> bool:
    return any(
        not record.texts[field].startswith(tuple(beginnings))
        for field, beginnings in mapping.only.items()
    )


def _excess(mapping: TableMapping, number: int, record: _Record) -> str | None:
    numbers = record.numbers
    for part, whole in mapping.at_most.items():
        if part in numbers and whole in numbers and numbers[part] > numbers[whole]:
            return (
                f"row {number}: {part} ({record.texts[part]}) is more than "
                f"{whole} ({record.texts[whole]})"
            )
    return None


def _document(
    mapping: TableMapping, name: str, number: int, texts: dict[str, str], seen: Counter[str]
) -> SourceDocument:
    sentences = [
        sentence
        for alternatives in mapping.sentences
        if (sentence := next((one for one in alternatives if _filled(one, texts)), None))
    ]
    if not sentences or not _filled(mapping.row_title, texts):
        raise DocumentError("The row fills no sentence.", "Correct the table or the mapping.")
    # Paragraphs, so that an open bracket in one cell cannot tie its sentence to the next.
    text = "\n\n".join(sentence.format_map(texts) for sentence in sentences)
    key = " ".join(texts[field] for field in mapping.key)
    stable = key if re.fullmatch(r"[\w.-]+", key) else content_hash(key)[:10]
    seen[stable] += 1
    repeated = f".{seen[stable]}" if seen[stable] > 1 else ""
    url = mapping.url
    if mapping.row_url and _filled(mapping.row_url, texts):
        url = mapping.row_url.format_map(texts)
        if not re.fullmatch(WEB_ADDRESS, url):
            raise DocumentError(f"“{url[:60]}” is no web address.", "Correct the table.")
    return SourceDocument(
        document_id=f"{name}-{stable}{repeated}",
        title=mapping.row_title.format_map(texts),
        text=text,
        language=mapping.language,
        publisher=mapping.publisher,
        url=url,
        published=mapping.published_day,
        accessed=mapping.accessed_day,
        licence=mapping.licence,
        part_of=mapping.title,
        locators=(Locator(Span(0, len(text)), Unit.ROW, number),),
    )


def _filled(template: str, texts: dict[str, Any]) -> bool:
    return all(texts[name] for name in _names(template))
