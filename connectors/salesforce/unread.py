"""Values that cannot be what their field means, an amount of thirty digits, a day in the year 0: which, and in which records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from connectors.protocol import Unread
from connectors.quoting import literal, quoted
from connectors.salesforce.pulls import DEALS, REREAD, SWEEP
from connectors.salesforce.typed import amount, day, moment

if TYPE_CHECKING:
    import duckdb

    from connectors.salesforce.told import Raw, Teller

# Which fields of which records hold such a value. Of history it is the deal whose history it is.
EMPTY: Final = "CREATE TABLE unread (object VARCHAR, field VARCHAR, id VARCHAR)"
# So many records of a field are named to whoever may see them.
_NAMED: Final = 1_000
_READ: Final = "SELECT object, field, count(*), list(id ORDER BY id)[:{most}] FROM unread GROUP BY ALL ORDER BY 3 DESC, 1, 2"


def note(con: duckdb.DuckDBPyConnection, name: str, raw: Raw, teller: Teller) -> bool:
    """Note what is unread of the rows of one query, in place of what was noted of these records; say whether that is news."""
    if name == SWEEP:
        return _changed(con, "DELETE FROM unread WHERE id IN (SELECT deal_id FROM missing)")
    parts = tuple(_parts(name, raw, teller))
    if not parts:
        return False
    of = DEALS if name == REREAD else name
    # What history says does not change, and comes once.
    mended = of not in _OF_DEALS and _changed(
        con,
        f"DELETE FROM unread WHERE object = {literal(of)} AND id IN (SELECT {quoted('Id')} FROM {raw.relation})",
    )
    found = _changed(
        con,
        f"INSERT INTO unread SELECT DISTINCT {literal(of)}, field, id FROM ({' UNION ALL '.join(parts)}) "
        "EXCEPT SELECT * FROM unread",
    )
    return mended or found


def _changed(con: duckdb.DuckDBPyConnection, statement: str) -> bool:
    [(rows,)] = con.execute(statement).fetchall()
    return bool(rows)


def told(con: duckdb.DuckDBPyConnection) -> tuple[Unread, ...]:
    """Return what is noted in the table `unread`, the most first."""
    return tuple(
        Unread(object=of, field=field, n=n, records=tuple(records))
        for of, field, n, records in con.execute(_READ.format(most=_NAMED)).fetchall()
    )


def _parts(name: str, raw: Raw, teller: Teller) -> Iterator[str]:
    """Yield queries for the fields, and the ids of records, that hold something that cannot be read."""
    key = _OF_DEALS.get(name, "Id")
    for path, typed in _asked(name, teller):
        if path in raw.paths:
            text = raw.text(path)
            yield (
                f"SELECT {literal(path)} AS field, {quoted(key)} AS id FROM {raw.relation} "
                f"WHERE {text} IS NOT NULL AND {typed(text)} IS NULL AND NOT {raw.yes('IsDeleted')}"
            )
    for word, typed in _TYPED.items() if name == _TRACKED else ():
        if (field := teller.followed.names.get(word)) is not None:
            yield (
                f"SELECT field, deal_id AS id FROM ({teller.followed.rows(raw)}) WHERE field = {literal(field)} AND "
                + " OR ".join(
                    f"({text} IS NOT NULL AND {typed(text)} IS NULL)" for text in ('"OldValue"', '"NewValue"')
                ).join("()")
            )


def _asked(name: str, teller: Teller) -> Iterator[tuple[str, Typed]]:
    """Yield the fields of an object that are no texts, and how they are read."""
    match name:
        case "Opportunity" | "reread":
            for word, typed in _TYPED.items():
                yield from ((source.path, typed) for source in teller.words.get(word, ()))
        case "OpportunityHistory":
            told = {"amount": "Amount", "close": "CloseDate"}
            yield from ((path, _TYPED[word]) for word, path in told.items() if word in teller.in_history)
        case "User":
            yield from ((source.path, day) for source in teller.fields["person"].get("started_on", ()))
        case "Task":
            yield from (("ActivityDate", day), ("CompletedDateTime", moment))
        case "Event":
            yield from (("ActivityDate", day), ("StartDateTime", moment))
        case _:
            return


Typed = Callable[[str], str]
_TYPED: Final[dict[str, Typed]] = {"amount": amount, "close": day}
_TRACKED: Final = "OpportunityFieldHistory"
# Whose history it is says who is named.
_OF_DEALS: Final = {"OpportunityHistory": "OpportunityId", _TRACKED: "OpportunityId"}
