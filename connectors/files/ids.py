"""Ids of Salesforce records, which have two forms: fifteen signs, or those and three letters that tell upper from lower case.

Reports export the one, data loads the other. What is not such an id, or has other letters at its end, is left as it is.
Deals of a file without ids have some that are made.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from connectors.quoting import literal

DEALS: Final = "006"
# Where a file of another kind is found by ids: those of accounts, people and products.
LINKED: Final = "001|005|01t"
# How the id of a deal begins that its file gave none.
MADE: Final = "made-"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_LONG, _SHORT, _PART = 18, 15, 5


def short(column: str, prefix: str = DEALS) -> str:
    """Return the expression of an id in its form of fifteen signs; of whatever else a column holds, that itself."""
    return (
        f"CASE WHEN length({column}) = {_LONG} AND regexp_full_match({column}, '({prefix})[0-9A-Za-z]*') "
        f"AND right({column}, {_LONG - _SHORT}) = {_check(column)} THEN left({column}, {_SHORT}) ELSE {column} END"
    )


def known(new: Path, held: Sequence[Path]) -> str:
    """Return as SQL which ids of the Parquet file `new` are known in the other form by files `held`, as id and known.

    The form counts in which the last of the files has the deal that has it at all.
    """
    fitting = f"length(id) IN ({_SHORT}, {_LONG}) AND starts_with(id, '{DEALS}')"
    files = " UNION ALL ".join(
        f"SELECT id, {place} AS place FROM read_parquet({literal(file)})" for place, file in enumerate(held)
    )
    # Most deals are those of the last file, and what is left finds few rows of the others.
    return (
        f"WITH n AS (SELECT DISTINCT id, {short('id')} AS key, left(id, {_SHORT}) AS start FROM read_parquet({literal(new)}) "
        f"WHERE {fitting} AND id NOT IN (SELECT id FROM read_parquet({literal(held[-1])}))), "
        f"h AS (SELECT id, max(place) AS place, {short('id')} AS key FROM ({files}) "
        f"WHERE left(id, {_SHORT}) IN (SELECT start FROM n) AND {fitting} GROUP BY id) "
        "SELECT n.id AS id, max_by(h.id, (h.place, h.id = n.id)) AS known FROM n JOIN h USING (key) GROUP BY n.id "
        "HAVING known <> n.id"
    )


def made(account: str, name: str, created: str, zone: str) -> str:
    """Return the expression of the id of a deal that has none: from account, name and the day of its creation in the zone.

    `created` is an instant in UTC, however the file writes it.
    """
    day = f"strftime(timezone({zone}, timezone('UTC', {created})), '%Y-%m-%d')"
    parts = " || chr(31) || ".join(f"coalesce({part}, '')" for part in (account, name, day))
    return f"'{MADE}' || left(md5(lower({parts})), 16)"


def made_known(new: Path, held: Sequence[Path]) -> str:
    """Return as SQL which made ids of the Parquet file `new` files `held` know otherwise, as id and known.

    Before, the day went into an id as the file wrote it. The last of the files counts that has the deal.
    """
    files = " UNION ALL ".join(
        f"SELECT id, account, name, created, {place} AS place FROM read_parquet({literal(file)}) WHERE starts_with(id, '{MADE}')"
        for place, file in enumerate(held)
    )
    same = " AND ".join(
        f"n.{column} IS NOT DISTINCT FROM h.{column}" for column in ("account", "name", "created")
    )
    return (
        f"WITH n AS (SELECT id, lower(account) AS account, lower(name) AS name, created FROM read_parquet({literal(new)}) "
        f"WHERE starts_with(id, '{MADE}') AND id NOT IN (SELECT id FROM read_parquet({literal(held[-1])}))), "
        f"h AS (SELECT id, lower(account) AS account, lower(name) AS name, created, max(place) AS place "
        f"FROM ({files}) GROUP BY ALL) "
        f"SELECT n.id AS id, max_by(h.id, (h.place, h.id = n.id)) AS known FROM n JOIN h ON {same} GROUP BY n.id "
        "HAVING known <> n.id"
    )


def _check(column: str) -> str:
    """Return the expression of the letters that end a long id: one for each five signs, by which of them are in upper case.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/field_types.htm
    """
    parts = []
    for start in range(0, _SHORT, _PART):
        upper = " + ".join(
            f"(ascii(substr({column}, {start + at + 1}, 1)) BETWEEN 65 AND 90)::INTEGER * {1 << at}"
            for at in range(_PART)
        )
        parts.append(f"substr('{_LETTERS}', 1 + {upper}, 1)")
    return f"({' || '.join(parts)})"
