"""Everything in a journal as plain records, from one database into another of any kind.

The tables are those that are declared, so that new ones are copied without a change here. What was
written at an older revision goes into tables of that revision, which are then migrated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    Integer,
    MetaData,
    Table,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from assistant.errors import JournalError
from assistant.journal.database import migrations, upgrade
from assistant.journal.tables import NOT_COPIED

_AT_ONCE: Final = 500
"""Records held in memory."""

Record = dict[str, Any]
"""A row as JSON values, by column."""


@dataclass(frozen=True, slots=True)
class JournalCopy:
    """All that a journal holds but the sessions of staff, which nothing brings back.

    Attributes:
        revision: of its tables.
        tables: what gives the records of each table, by name.
    """

    revision: str
    tables: Mapping[str, Callable[[], Iterable[Record]]]


def copy_from(connection: Connection, metadata: MetaData) -> JournalCopy:
    """Returns what is in the tables, to be read as long as the connection is open.

    Args:
        connection: sees one state of a database whose tables are up to date.
        metadata: the tables.
    """
    revision = MigrationContext.configure(connection).get_current_revision()
    return JournalCopy(
        revision=revision or "",
        tables={table.name: partial(_records, connection, table) for table in _copied(metadata)},
    )


def copy_into(connection: Connection, metadata: MetaData, copy: JournalCopy) -> None:
    """Puts a copy in place of all that is in the tables.

    Args:
        connection: on which tables may be changed.
        metadata: the tables as they are now.
        copy: of a revision that `knows_revision`.

    Raises:
        JournalError: a record does not fit its table, or a table is missing.
    """
    metadata.drop_all(connection)
    Table("alembic_version", MetaData()).drop(connection, checkfirst=True)
    tables = _tables_at(copy.revision, connection)
    left_out = metadata.tables.keys() - {table.name for table in _copied(metadata)}
    taken_in = [table for table in tables.sorted_tables if table.name not in left_out]
    if {table.name for table in taken_in} != copy.tables.keys():
        raise JournalError(
            f"Revision {copy.revision} of the journal has other tables than the copy.",
            "Take another copy.",
        )
    for table in taken_in:
        try:
            for records in _batches(copy.tables[table.name]()):
                connection.execute(insert(table), [_row(record, table) for record in records])
        except DBAPIError:
            raise
        except (KeyError, TypeError, ValueError, SQLAlchemyError) as error:
            raise JournalError(
                f"A record does not fit the table {table.name}.", "Take another copy."
            ) from error
        _count_on(connection, table)
    upgrade(connection)


def is_empty(connection: Connection, metadata: MetaData) -> bool:
    """Returns whether there is no row in any table."""
    return all(
        connection.execute(select(table).limit(1)).first() is None for table in _copied(metadata)
    )


def knows_revision(revision: str) -> bool:
    """Returns whether tables of a revision can be brought up to date."""
    scripts = ScriptDirectory.from_config(migrations()).walk_revisions()
    return any(script.revision == revision for script in scripts)


def _copied(metadata: MetaData) -> list[Table]:
    return [table for table in metadata.sorted_tables if not table.info.get(NOT_COPIED)]


def _tables_at(revision: str, connection: Connection) -> MetaData:
    """Makes the tables of a revision, where there are none, and returns them."""
    others = set(inspect(connection).get_table_names())
    upgrade(connection, revision)
    made = set(inspect(connection).get_table_names()) - others - {"alembic_version"}
    tables = MetaData()
    tables.reflect(connection, only=sorted(made))
    for table in tables.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, JSON):  # nothing is not the JSON value null
                column.type = JSON(none_as_null=bool(column.nullable))
    return tables


def _records(connection: Connection, table: Table) -> Iterator[Record]:
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=_AT_ONCE)
    for row in connection.execute(query).mappings():
        yield {
            name: value.isoformat() if isinstance(value, dt.datetime) else value
            for name, value in row.items()
        }


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _row(record: Record, table: Table) -> Record:
    if record.keys() != set(table.columns.keys()):
        raise ValueError("other columns")
    return {column.name: _value(record[column.name], column) for column in table.columns}


def _value(value: Any, column: Column[Any]) -> Any:
    if isinstance(column.type, DateTime) and value is not None:
        return dt.datetime.fromisoformat(value).astimezone(dt.UTC)
    return value


def _count_on(connection: Connection, table: Table) -> None:
    """Has PostgreSQL count on from the highest number; SQLite does by itself."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key:
        if isinstance(column.type, Integer):
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            highest = select(func.max(column)).scalar_subquery()
            connection.execute(select(func.setval(sequence, highest)))
