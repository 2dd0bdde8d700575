"""Pages on disk as relations, and what can be asked of some of them without telling all."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from connectors.protocol import Unread
from connectors.quoting import literal
from connectors.salesforce import told, unread
from connectors.salesforce.followed import READ_FIRST
from connectors.salesforce.told import Raw, Teller
from connectors.scratch import scratch

if TYPE_CHECKING:
    from connectors.salesforce.kept import Kept


def relation(files: Iterable[Path]) -> Raw:
    """Return pages of one object as a relation of texts; their first line names the columns."""
    listed = tuple(files)
    with listed[0].open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    return Raw(
        relation=f"read_csv([{', '.join(map(literal, listed))}], columns = {{{columns}}}, header = true, delim = ',', "
        "quote = '\"', escape = '\"', nullstr = '', auto_detect = false, new_line = '\\n', max_line_size = 16777216)",
        paths=frozenset(names),
    )


def unread_of(kept: Kept) -> tuple[Unread, ...]:
    """Return which fields of which records could not be read, as far as they were not mended, the most first."""
    if not kept.unread.is_file():
        return ()
    with scratch() as con:
        con.execute(f"CREATE VIEW unread AS FROM read_parquet({literal(kept.unread)})")
        return unread.told(con)


def known_from(kept: Kept, teller: Teller) -> dict[str, datetime]:
    """Return from when on the changes of fields of deals are known, where that is later than their stages and amounts."""
    if not kept.tracked.is_file():
        return {}
    with scratch() as con:
        rows = con.execute(f"SELECT field, moment FROM read_parquet({literal(kept.tracked)})").fetchall()
    moments = {field: moment.replace(tzinfo=UTC) for field, moment in rows}
    # Since everything was read first, each sync tells what has changed, whether an org follows it or not.
    first = moments.get(READ_FIRST)
    found = {
        word: [
            at for at in (moments.get(teller.followed.names.get(word, READ_FIRST)), first) if at is not None
        ]
        for word in teller.early
        if word != "currency"
    }
    return {word: min(instants) for word, instants in found.items() if instants}


def asked(pages: tuple[Path, ...], query: Callable[[Raw], str]) -> list[dict[str, Any]]:
    """Return the rows of a query over the pages of one object on disk."""
    with scratch() as con:
        return _rows(con, query(relation(pages)))


def standing(page: Path, stages: Path, teller: Teller) -> list[dict[str, Any]]:
    """Return the deals of a page as they stand, by field; the stages are those of another page."""
    with scratch() as con:
        con.execute(f"CREATE TABLE stage AS {told.stages(relation((stages,)))}")
        read = relation((page,))
        return _rows(
            con,
            f"SELECT * FROM ({teller.now(read)}) AS n JOIN ({teller.deals(read)}) AS d ON d.id = n.deal_id",
        )


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    result = con.execute(query)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
