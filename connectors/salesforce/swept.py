"""Accounts and contacts that have gone, or that are there though nobody has read them, as a nightly sweep finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connectors.quoting import literal, quoted

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from connectors.protocol import Table
    from connectors.salesforce.told import Raw

# Which accounts and contacts were told and are there (`around`), which were read, come across or found gone by this run.
EMPTY: Final = (
    "CREATE TABLE around (object VARCHAR, id VARCHAR);"
    "CREATE TABLE read_around (object VARCHAR, id VARCHAR, deleted BOOLEAN);"
    "CREATE TABLE left_around (object VARCHAR, id VARCHAR)"
)
# What is known after a run.
NOW: Final = """
    SELECT object, id FROM around EXCEPT SELECT object, id FROM left_around
        EXCEPT SELECT object, id FROM read_around WHERE deleted
    UNION SELECT object, id FROM read_around WHERE NOT deleted ORDER BY ALL"""
_TABLES: Final[dict[str, Table]] = {"Account": "account", "Contact": "contact"}


def lay(con: duckdb.DuckDBPyConnection, known: Path | None) -> None:
    """Lay out what was known before a run."""
    con.execute(EMPTY)
    if known is not None:
        con.execute(f"INSERT INTO around SELECT * FROM read_parquet({literal(known)})")


def read(name: str, raw: Raw) -> str:
    """Return the statement that notes which accounts or contacts a run has read."""
    return f"INSERT INTO read_around SELECT {literal(name)}, {quoted('Id')}, {raw.yes('IsDeleted')} FROM {raw.relation}"


def left(name: str, raw: Raw) -> str:
    """Return the statements that note those known ones that a sweep has not come across, and those that it has."""
    return (
        f"INSERT INTO left_around SELECT object, id FROM around WHERE object = {literal(name)} "
        f"AND id NOT IN (SELECT {quoted('Id')} FROM {raw.relation}) "
        f"AND id NOT IN (SELECT id FROM read_around WHERE object = {literal(name)});"
        f"INSERT INTO read_around SELECT {literal(name)}, {quoted('Id')}, FALSE FROM {raw.relation}"
    )


def found(name: str, raw: Raw) -> str:
    """Return the ids of those that a sweep has come across though nobody has read them, as SQL."""
    return (
        f"SELECT {quoted('Id')} FROM {raw.relation} WHERE {quoted('Id')} NOT IN "
        f"(SELECT id FROM around WHERE object = {literal(name)} UNION SELECT id FROM read_around) ORDER BY 1"
    )


def gone(name: str, _raw: Raw) -> tuple[tuple[Table, str]]:
    """Return the table and, as SQL, the rows of those that have gone: nothing but their ids."""
    return ((_TABLES[name], f"SELECT id FROM left_around WHERE object = {literal(name)}"),)
