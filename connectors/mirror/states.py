"""From the log to states: for each deal, which values held from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import duckdb

from connectors.mirror.schema import BIT, FIELDS, FOREVER, create_table

# Raise this when the derivation below changes: states derived by another version are derived again.
DERIVATION: Final = 1

# So many events at a time keep the memory bounded, whatever the size of the log; those of deals with a single event are
# only put in order.
EVENTS_AT_A_TIME: Final = 400_000
LONE_AT_A_TIME: Final = 800_000

# The order of rows lets DuckDB skip whole row groups: states that ended before an instant lie together, and so do, of
# those that hold now, the open ones, by close date. States derived later lie behind the others until they are too many.
ORDER: Final = "ORDER BY valid_to, status, close, deal_id"
_BEHIND: Final = 0.2


def derive(con: duckdb.DuckDBPyConnection) -> None:
    """Derive the states of the deals listed in `stale` anew, and empty that list; of all deals while there is no state.

    The caller holds the transaction.

    A deal's events are taken in the order valid_at, learned_at, id. Every field keeps its value until an
    event with its bit set gives it another, NULL included. Events of one instant become one state; a state
    that repeats the one before it is joined to it. So intervals [valid_from, valid_to) of a deal touch, never
    overlap, are never empty, and the last one ends at FOREVER. The outcome depends on the log alone, not on
    the order in which it arrived.
    """
    # Fetched whole: DuckDB refuses other work on a connection while a result has rows left to ask for.
    [(stale, deals, events, before)] = con.execute(
        "SELECT (SELECT count(*) FROM stale), (SELECT count(*) FROM deal), (SELECT count(*) FROM event), "
        "(SELECT count(*) FROM state)"
    ).fetchall()
    if before and not stale:
        return
    if before:
        con.execute("DELETE FROM state WHERE deal_id IN (SELECT deal_id FROM stale)")
        [(before,)] = con.execute("SELECT count(*) FROM state").fetchall()
    else:
        [(stale,)] = con.execute("SELECT count(DISTINCT hash(deal_id)) FROM event").fetchall()
    everything = not before
    wanted = "TRUE" if everything else "deal_id IN (SELECT deal_id FROM stale)"
    lone = _from_one_event(con, wanted, events=events, single=stale == events)
    if lone:
        wanted += " AND deal_id NOT IN (SELECT deal_id FROM lone)"
    share = events - lone if everything else min(events, stale * max(1, events // max(1, deals)))
    parts = max(1, -(-share // EVENTS_AT_A_TIME)) if lone < events else 0
    masks = [mask for (mask,) in con.execute("SELECT DISTINCT fields FROM event").fetchall()] if parts else []
    for part in range(parts):
        own = f"{wanted} AND hash(deal_id) % {parts} = {part}" if parts > 1 else wanted
        con.execute(f"INSERT INTO state {_derived(own, masks)}")
    con.execute("DROP TABLE IF EXISTS lone")
    con.execute("DELETE FROM stale")
    _order(con, before)


def _from_one_event(con: duckdb.DuckDBPyConnection, wanted: str, *, events: int, single: bool) -> int:
    """Put in the states of deals with a single event, list these in `lone`, and return how many they are.

    `single` says that every deal has one, so that nobody need be listed.
    """
    lone = events
    if not single:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE lone AS SELECT deal_id FROM event "
            f"WHERE {wanted} GROUP BY deal_id HAVING count(*) = 1"
        )
        [(lone,)] = con.execute("SELECT count(*) FROM lone").fetchall()
    if lone:
        own = "" if lone == events else "SEMI JOIN lone USING (deal_id)"
        [(last,)] = con.execute("SELECT max(rowid) FROM event").fetchall()
        for first in range(0, last + 1, LONE_AT_A_TIME):
            these = f"WHERE event.rowid >= {first} AND event.rowid < {first + LONE_AT_A_TIME}"
            con.execute(f"INSERT INTO state {_BORN} FROM event {own} {these} {ORDER}")
    return lone


def _order(con: duckdb.DuckDBPyConnection, before: int) -> None:
    """Note how many states lie behind the others, `before` of which were there; lay all out anew if they are too many."""
    [(rows, noted)] = con.execute(
        "SELECT (SELECT count(*) FROM state), (SELECT max(value::BIGINT) FROM meta WHERE key = 'behind')"
    ).fetchall()
    behind = (noted or 0) + rows - before if before else 0
    con.execute("DELETE FROM meta WHERE key = 'behind'")
    if behind > _BEHIND * rows:
        con.execute("ALTER TABLE state RENAME TO unordered")
        con.execute(create_table("state"))
        con.execute(f"INSERT INTO state SELECT * FROM unordered {ORDER}")
        con.execute("DROP TABLE unordered")
    elif behind:
        con.execute("INSERT INTO meta VALUES ('behind', ?)", [str(behind)])


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Drop every state, so that all of them are derived anew."""
    con.execute("DELETE FROM state")


_NAMES: Final = tuple(name for name, _ in FIELDS)
_ROW: Final = "row(" + ", ".join(f'"{name}"' for name in _NAMES) + ")"
_COLUMNS: Final = ", ".join(f'"{name}"' for name in _NAMES)

# The state of a deal with a single event is that event: most deals of most exports, and no windows are needed.
_BORN: Final = f"SELECT deal_id, valid_at, TIMESTAMP '{FOREVER}' AS valid_to, " + ", ".join(
    f"fields & {BIT[name]} <> 0 AND coalesce(deleted, FALSE) AS deleted"
    if name == "deleted"
    else f'CASE WHEN fields & {BIT[name]} <> 0 THEN "{name}" END AS "{name}"'
    for name in _NAMES
)


def _derived(wanted: str, masks: Iterable[int]) -> str:
    """Return the states of the events of which `wanted` is so, as SQL; `masks` are the values that `fields` has.

    Fields that every event sets together or not at all are carried together: a window for each field alone is dear.
    """
    groups = _groups(masks)
    filled = "".join(
        f", last_value(CASE WHEN fields & {BIT[names[0]]} <> 0 THEN struct_pack({_packed(names)}) END IGNORE NULLS) "
        f"OVER deal_so_far AS together{place}"
        for place, names in enumerate(groups)
    )
    place_of = {name: place for place, names in enumerate(groups) for name in names}
    values = ", ".join(f'{_value(name, kind, place_of.get(name))} AS "{name}"' for name, kind in FIELDS)
    return f"""
        WITH filled AS (
            SELECT deal_id, valid_at, lead(valid_at) OVER deal_so_far AS next_at{filled}
            FROM event
            WHERE {wanted}
            WINDOW deal_so_far AS (PARTITION BY deal_id ORDER BY valid_at, learned_at, id)
        ),
        instants AS (
            SELECT deal_id, valid_at, {values} FROM filled WHERE next_at IS DISTINCT FROM valid_at
        ),
        changes AS (
            SELECT * FROM instants
            WINDOW deal AS (PARTITION BY deal_id ORDER BY valid_at)
            QUALIFY row_number() OVER deal = 1 OR {_ROW} IS DISTINCT FROM lag({_ROW}) OVER deal
        )
        SELECT deal_id, valid_at AS valid_from,
            coalesce(lead(valid_at) OVER (PARTITION BY deal_id ORDER BY valid_at), TIMESTAMP '{FOREVER}') AS valid_to,
            {_COLUMNS}
        FROM changes
        {ORDER}"""


def _groups(masks: Iterable[int]) -> tuple[tuple[str, ...], ...]:
    """Return the fields that some mask sets, those together that the same masks set."""
    together: dict[tuple[bool, ...], list[str]] = {}
    listed = sorted(masks)
    for name in _NAMES:
        together.setdefault(tuple(mask & BIT[name] != 0 for mask in listed), []).append(name)
    return tuple(tuple(names) for by, names in together.items() if any(by))


def _packed(names: Iterable[str]) -> str:
    # A struct tells "set to NULL" (a struct that holds NULL) from "not set" (no struct, skipped).
    return ", ".join(f'"{name}" := "{name}"' for name in names)


def _value(name: str, kind: str, place: int | None) -> str:
    value = f"NULL::{kind}" if place is None else f'together{place}."{name}"'
    return f"coalesce({value}, FALSE)" if name == "deleted" else value
