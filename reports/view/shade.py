"""What a session shows of the mirror where the system of record's own rights limit it: some deals, and some fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import duckdb

from connectors.access import Sight
from connectors.errors import NoData
from connectors.mirror.schema import BIT, COLUMNS, FIELDS, FOREVER

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# What stands for a field in tables other than the deal's own states.
_ELSEWHERE: Final = {"account": ("account_id",)}
# Without these a record of this kind is not there at all.
_WHOLE: Final = {"account": "account", "contact": "contact", "activity": "activity"}
_SEEN: Final = "SEMI JOIN sight ON sight.id = {key}"


def shade(
    con: DuckDBPyConnection, sights: tuple[Sight, ...], hidden: frozenset[str]
) -> tuple[DuckDBPyConnection, str]:
    """Return a connection in which the mirror's tables hold only what all these sights show, and how to name its own.

    The mirror's own tables stand behind temporary relations of the same names, so that no statement reads past them:
    deals that all sights have, with their states, events and activities; accounts with such a deal, and the contacts of
    these. A hidden field has no value anywhere, and a state that differs from the one before by it alone is none. What is
    returned stands before the name of a table where the mirror's own is meant.

    Raises:
        NoData: the ids of one of the sights cannot be read.
    """
    where = con.execute("SELECT current_database(), current_schema()").fetchall()[0]
    source = ".".join('"' + name.replace('"', '""') + '"' for name in where)
    own = con.cursor()
    own.execute(f"USE {source}; SET enable_progress_bar = false")
    if sights:
        files = " INTERSECT ".join("SELECT id FROM read_parquet(?)" for _ in sights)
        try:
            own.execute(f"CREATE TEMP TABLE sight AS {files}", [str(sight.deals) for sight in sights])
        except duckdb.Error as error:
            own.close()
            raise NoData(
                "what may be seen cannot be read; ask once more, and it is looked up again"
            ) from error
    masked = [name for name, _ in FIELDS if name in hidden]
    for table, key in (("deal", "id"), ("state", "deal_id"), ("event", "deal_id"), ("activity", "deal_id")):
        seen = _SEEN.format(key=f"t.{key}") if sights else ""
        there = "FALSE" if _WHOLE.get(table) in hidden else "TRUE"
        columns = _columns(table, hidden)
        match table:
            case "state" if masked:
                own.execute(
                    f"CREATE TEMP TABLE state AS {_joined(f'SELECT {columns} FROM {source}.state t {seen}')}"
                )
                continue
            case "event" if masked:
                shown = ~sum(BIT[name] for name in masked)
                columns = columns.replace("t.fields", f"t.fields & {shown} AS fields")
                there = f"t.fields & {shown} <> 0"
            case _:
                pass
        own.execute(
            f"CREATE TEMP VIEW {table} AS SELECT {columns} FROM {source}.{table} t {seen} WHERE {there}"
        )
    for table, key in (("account", "id"), ("contact", "account_id")):
        of = f" AND t.{key} IN (SELECT account_id FROM temp.deal)" if sights else ""
        there = "FALSE" if {"account", table} & hidden else "TRUE"
        own.execute(
            f"CREATE TEMP VIEW {table} AS SELECT {_columns(table, hidden)} FROM {source}.{table} t WHERE {there}{of}"
        )
    return own, f"{source}."


def _columns(table: str, hidden: frozenset[str]) -> str:
    """Return the columns of a table `t`, the hidden ones without a value."""
    gone = {column for word in hidden for column in (word, *_ELSEWHERE.get(word, ()))}
    return ", ".join(
        f"CAST(NULL AS {kind}) AS {name}" if name in gone and name != "id" else f"t.{name}"
        for name, kind in COLUMNS[table]
    )


def _joined(states: str) -> str:
    """Return the same states in the order of the mirror, those that repeat the one before joined to it."""
    values = "row(" + ", ".join(name for name, _ in FIELDS) + ")"
    names = ", ".join(name for name, _ in FIELDS)
    return f"""
        WITH changes AS (
            SELECT * FROM ({states}) WINDOW held AS (PARTITION BY deal_id ORDER BY valid_from)
            QUALIFY row_number() OVER held = 1 OR {values} IS DISTINCT FROM lag({values}) OVER held
        )
        SELECT deal_id, valid_from, coalesce(lead(valid_from) OVER (PARTITION BY deal_id ORDER BY valid_from),
            TIMESTAMP '{FOREVER}') AS valid_to, {names}
        FROM changes ORDER BY valid_to, status, close, deal_id
    """
