"""From pages to the log: rows are staged with their declared types, checked, merged; all of it in one transaction.

Sheets of rows that are all new skip the staging: they go straight into the mirror's tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import duckdb

from connectors.errors import BadRequest
from connectors.mirror.schema import ALL_FIELDS, BIT, COLUMNS, create_table
from connectors.protocol import Batch, Column, Sheet
from connectors.quoting import literal

# Rows are known by their id: the first kind is replaced by what is learned later, the second never changes.
REPLACED: Final = ("person", "account", "contact", "product", "deal", "activity")
APPENDED: Final = ("event",)
LOADED: Final = REPLACED + APPENDED

_DEFAULTS: Final[Mapping[tuple[str, str], str]] = {
    ("person", "role"): "''",
    ("person", "team"): "''",
    ("person", "region"): "''",
    ("person", "active"): "TRUE",
    ("event", "learned_at"): "valid_at",
    ("activity", "buyer"): "FALSE",
    ("activity", "subject"): "''",
}
_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "event": ("id", "deal_id", "valid_at"),
    "activity": ("id", "deal_id"),
}


def open_staging(con: duckdb.DuckDBPyConnection) -> None:
    """Create the empty staging tables of this connection; they are gone when it closes."""
    for table in LOADED:
        con.execute(
            create_table(table).replace(
                f'CREATE TABLE IF NOT EXISTS "{table}"', f'CREATE OR REPLACE TEMP TABLE "{_staged(table)}"'
            )
        )


def stage(con: duckdb.DuckDBPyConnection, part: Batch | Sheet) -> int:
    """Put the rows of a batch or a sheet into staging, cast to their declared types; return how many there were.

    The rows of a sheet whose ids are all new go into the mirror's table at once. The caller holds the transaction.

    Raises:
        BadRequest: it names a table or a column that is not ours, its columns differ in length or are not of the
            declared types, a value cannot become one, or a sheet's file is not what the sheet says.
    """
    if part.table not in LOADED:
        raise BadRequest(f"{_a(part)} names the table {part.table!r}; known are {', '.join(LOADED)}")
    if isinstance(part, Batch):
        names, source, hundredths = tuple(part.columns), "arrived", True
    else:
        names, source, hundredths = _columns_of(con, part), _source(part), False
    kinds = dict(COLUMNS[part.table])
    if unknown := [name for name in names if name not in kinds]:
        raise BadRequest(
            f"{_a(part)} of {part.table!r} has a column {unknown[0]!r}; known are {', '.join(kinds)}"
        )
    if isinstance(part, Batch):
        for name, column in part.columns.items():
            _refuse_misfit(part, name, column, kinds[name])
        if not len(part):
            return 0
    rows = _rows(part.table, names, source, hundredths=hundredths)
    try:
        if isinstance(part, Batch):
            _insert(con, f'INSERT INTO "{_staged(part.table)}" BY NAME {rows}', part.columns)
        else:
            _take(con, part, rows)
    except (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException) as error:
        raise BadRequest(
            f"{_a(part)} of {part.table!r} holds a value that does not fit its column: {_first_line(error)}"
        ) from error
    return len(part)


def merge(con: duckdb.DuckDBPyConnection) -> int:
    """Move everything staged into the mirror's tables, note whose states are stale; return how many events.

    Reference rows and activities replace those of the same id, the last one staged counting; an activity without an
    instant takes the one of its id away. Events whose id is known already are dropped: what was learned once never
    changes. The caller holds the transaction.

    Raises:
        BadRequest: a row lacks its id or what else it cannot be without, or a `fields` has unknown bits.
    """
    staged = {table: _count(con, f'SELECT count(*) FROM "{_staged(table)}"') for table in LOADED}
    arrived = [table for table in LOADED if staged[table]]
    for table in arrived:
        _check(con, table, f'"{_staged(table)}"')
        _unrepeat(con, table, staged[table])
        if not _empty(con, table):
            _let_go(con, table)
        con.execute(f'INSERT INTO "{table}" SELECT * FROM "{_staged(table)}" {_standing(table)}')
    added = _count(con, f'SELECT count(*) FROM "{_staged("event")}"')
    if added:
        _outdate(con, f'"{_staged("event")}"')
    for table in arrived:
        con.execute(f'TRUNCATE "{_staged(table)}"')
    return added


def _take(con: duckdb.DuckDBPyConnection, sheet: Sheet, rows: str) -> None:
    """Insert a sheet's rows: into the mirror's table where each id is there once and none is known, else into staging."""
    table, found = sheet.table, f"({rows})"
    [(count, single)] = con.execute(
        f"SELECT count(*), count(*) = count(DISTINCT hash(id)) FROM {found}"
    ).fetchall()
    if count != sheet.rows:
        raise BadRequest(f"a sheet of {table!r} has {count} rows, not {sheet.rows}")
    if not single or not _empty(con, _staged(table)) or _known(con, table, found):
        con.execute(f'INSERT INTO "{_staged(table)}" BY NAME {rows}')
        return
    _check(con, table, found)
    if table == "event":
        _outdate(con, found)
    con.execute(f'INSERT INTO "{table}" BY NAME {rows} {_standing(table)}')


def _known(con: duckdb.DuckDBPyConnection, table: str, rows: str) -> bool:
    """Say whether the mirror's table has an id of the rows."""
    if _empty(con, table):
        return False
    query = f'SELECT 1 FROM "{table}" AS known SEMI JOIN {rows} AS new ON known.id = new.id LIMIT 1'
    return bool(con.execute(query).fetchall())


def _standing(table: str) -> str:
    """Return the condition of rows that stay: an activity without an instant only takes the one of its id away."""
    return 'WHERE "at" IS NOT NULL' if table == "activity" else ""


def _outdate(con: duckdb.DuckDBPyConnection, events: str) -> None:
    """List the deals of some events as stale; while there is no state, all of them are derived anyhow."""
    if _empty(con, "state"):
        return
    known = "" if _empty(con, "stale") else "WHERE deal_id NOT IN (SELECT deal_id FROM stale)"
    con.execute(f"INSERT INTO stale SELECT DISTINCT deal_id FROM {events} {known}")


def _let_go(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Take the rows that are replaced out of the mirror's table, or those that are known already out of staging."""
    if table in REPLACED:
        con.execute(f'DELETE FROM "{table}" WHERE id IN (SELECT id FROM "{_staged(table)}")')
    else:
        # The inner semi join lets DuckDB skip the row groups whose ids lie outside those that arrived.
        con.execute(
            f'DELETE FROM "{_staged(table)}" WHERE id IN (SELECT known.id FROM "{table}" AS known '
            f'SEMI JOIN "{_staged(table)}" AS new ON known.id = new.id)'
        )


def _staged(table: str) -> str:
    return f"staged_{table}"


def _a(part: Batch | Sheet) -> str:
    return "a batch" if isinstance(part, Batch) else "a sheet"


def _source(sheet: Sheet) -> str:
    return f"read_parquet({literal(sheet.path)})"


def _columns_of(con: duckdb.DuckDBPyConnection, sheet: Sheet) -> tuple[str, ...]:
    """Return the names of a sheet's columns, in their order.

    Raises:
        BadRequest: its file cannot be read, or a column is of a type that would become another value unnoticed.
    """
    try:
        described = con.execute(f"DESCRIBE SELECT * FROM {_source(sheet)}").fetchall()
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise BadRequest(f"a sheet of {sheet.table!r} cannot be read: {_first_line(error)}") from error
    kinds = dict(COLUMNS[sheet.table])
    for name, kind, *_ in described:
        wanted = kinds.get(name, "")
        if wanted.startswith("DECIMAL") and kind != wanted:
            raise BadRequest(f"a sheet of {sheet.table!r}: money in {name!r} is {kind}; send {wanted}")
        if wanted == "TIMESTAMP" and kind == "TIMESTAMP WITH TIME ZONE":
            raise BadRequest(
                f"a sheet of {sheet.table!r}: {name!r} is {kind}; send TIMESTAMP in UTC, without a zone"
            )
    return tuple(str(row[0]) for row in described)


def _rows(table: str, given: tuple[str, ...], source: str, *, hundredths: bool) -> str:
    """Return the query of given columns of a source as a table's, with the defaults of those that were left out."""
    kinds = dict(COLUMNS[table])
    names = [name for name in kinds if name in given or _default(table, name, given) is not None]
    # learned_at falls back on valid_at, so expressions see the cast columns of the inner query by name.
    cast = ", ".join(f'{_cast(name, kinds[name], hundredths=hundredths)} AS "{name}"' for name in given)
    values = ", ".join(
        f'"{name}"' if name in given else f'{_default(table, name, given)} AS "{name}"' for name in names
    )
    return f"SELECT {values} FROM (SELECT {cast} FROM {source})"


def _default(table: str, name: str, given: Iterable[str]) -> str | None:
    """Return the SQL of the value of a column that was left out; None where that is NULL."""
    return str(_bits(given)) if (table, name) == ("event", "fields") else _DEFAULTS.get((table, name))


def _bits(names: Iterable[str]) -> int:
    return sum(BIT[name] for name in names if name in BIT)


def _cast(name: str, kind: str, *, hundredths: bool) -> str:
    if kind.startswith("DECIMAL") and hundredths:
        return f'CAST(CAST("{name}" AS DECIMAL(18,0)) * 0.01 AS {kind})'
    return f'CAST("{name}" AS {kind})'


def _refuse_misfit(batch: Batch, name: str, column: Column, kind: str) -> None:
    if column.ndim != 1 or len(column) != len(batch):
        raise BadRequest(
            f"a batch of {batch.table!r}: column {name!r} has shape {column.shape}, not ({len(batch)},)"
        )
    if kind.startswith("DECIMAL") and column.dtype.kind not in "iu":
        raise BadRequest(
            f"a batch of {batch.table!r}: money in {name!r} is {column.dtype}; send whole hundredths as int64"
        )


def _insert(con: duckdb.DuckDBPyConnection, statement: str, columns: Mapping[str, Column]) -> None:
    """Run the insert; where a text holds half a character (a lone surrogate), put a mark in its place.

    That is looked for before: a statement that fails ends the transaction it is in.
    """
    con.register(
        "arrived", {name: column if _sound(column) else _whole(column) for name, column in columns.items()}
    )
    try:
        con.execute(statement)
    finally:
        con.unregister("arrived")


def _sound(column: Column) -> bool:
    """Say whether the texts of a column are whole; what is no text is for the database to refuse."""
    try:
        "".join(filter(None, column.tolist() if column.dtype.kind == "O" else ())).encode()
    except UnicodeEncodeError:
        return False
    except TypeError:
        return True
    return True


def _whole(column: Column) -> Column:
    if column.dtype.kind != "O":
        return column
    import numpy as np  # noqa: PLC0415 — only a load needs it, and every reader imports the mirror

    return np.array(
        [
            text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            if isinstance(text, str)
            else text
            for text in column
        ],
        dtype=object,
    )


def _check(con: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
    required = _REQUIRED.get(table, ("id",))
    missing = " OR ".join(f'"{name}" IS NULL' for name in required)
    count = _count(con, f"SELECT count(*) FROM {rows} WHERE {missing}")
    if count:
        raise BadRequest(f"{count} rows of {table!r} lack one of {', '.join(required)}; every row needs them")
    if table == "event":
        unknown = con.execute(
            f"SELECT id, fields FROM {rows} WHERE (fields & ?) IS DISTINCT FROM fields LIMIT 1",
            [ALL_FIELDS],
        ).fetchall()
        for event, mask in unknown:
            raise BadRequest(f"event {event!r} has fields = {mask!r}; use a mask from 0 to {ALL_FIELDS}")


def _unrepeat(con: duckdb.DuckDBPyConnection, table: str, rows: int) -> None:
    """Leave one staged row per id: the last that arrived where rows are replaced, else the first."""
    staged = _staged(table)
    # As many hashes as rows: no id repeats. Numbers are counted many times faster than texts.
    if _count(con, f'SELECT count(DISTINCT hash(id)) FROM "{staged}"') == rows:
        return
    order = "DESC" if table in REPLACED else "ASC"
    con.execute(
        f'DELETE FROM "{staged}" WHERE rowid NOT IN (SELECT rowid FROM "{staged}" '
        f"QUALIFY row_number() OVER (PARTITION BY id ORDER BY rowid {order}) = 1)"
    )


def _empty(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return not con.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchall()


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    [(count,)] = con.execute(query).fetchall()
    return int(count)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
