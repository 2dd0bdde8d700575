"""What OpportunityFieldHistory tells, as SQL: the changes of the fields that an org follows, and what they were before.

Rows of one second come in any order, so of several about one field that second ends with the value from which none of them
leads on, and begins with the one to which none leads. Of long texts an org keeps that they changed, and neither value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.mirror.schema import BIT
from connectors.quoting import literal, quoted
from connectors.salesforce.typed import as_field

if TYPE_CHECKING:
    from connectors.salesforce.told import Raw

# Where one field of a deal was changed several times within a second: what it was before and after it.
SECONDS: Final = """
    WITH several AS (SELECT deal_id, field, valid_at FROM history GROUP BY ALL HAVING count(*) > 1),
    sides AS (
        SELECT deal_id, field, valid_at, unnest([{'v': "NewValue", 'n': 1}, {'v': "OldValue", 'n': -1}], recursive := true)
        FROM history SEMI JOIN several USING (deal_id, field, valid_at)
    ),
    ends AS (SELECT deal_id, field, valid_at, v, sum(n) AS n FROM sides GROUP BY ALL HAVING sum(n) <> 0)
    SELECT deal_id, field, valid_at, max(v) FILTER (n < 0) AS before, max(v) FILTER (n > 0) AS after
    FROM ends GROUP BY ALL HAVING count(*) = 2"""
# When a field was changed last of which no values are kept.
BLIND: Final = """
    SELECT deal_id, field, max(valid_at) AS moment FROM history
    WHERE "OldValue" IS NULL AND "NewValue" IS NULL GROUP BY ALL"""
# When the first change of each field is kept of: from then on it certainly was followed.
SINCE: Final = "SELECT field, min(valid_at) AS moment FROM history GROUP BY field"
# What stands among the fields for when everything was read first.
READ_FIRST: Final = "@first"
# So many rows are looked at together where they are grouped by deal.
GROUPED: Final = 500_000
# The rows of `history`.
NO_HISTORY: Final = (
    "CREATE TABLE history (id VARCHAR, deal_id VARCHAR, valid_at TIMESTAMP, field VARCHAR, "
    '"OldValue" VARCHAR, "NewValue" VARCHAR)'
)
_FIELD: Final = """if("Field" = 'Owner', 'OwnerId', "Field")"""


@dataclass(frozen=True, kw_only=True)
class Followed:
    """Which fields may be followed: our word for each to the name that the history gives it.

    Of a `chained` one it tells what the first field of a chain held, and not what the next one did where that is empty.
    """

    names: Mapping[str, str]
    chained: frozenset[str]

    def rows(self, raw: Raw) -> str:
        """Return the rows that are about these fields, owners by their ids."""
        names = ", ".join(map(literal, self.names.values()))
        return f"""
            SELECT {quoted("Id")} AS id, {quoted("OpportunityId")} AS deal_id, {raw.instant("CreatedDate")} AS valid_at,
                {_FIELD} AS field, "OldValue", "NewValue"
            FROM {raw.relation}
            WHERE {_FIELD} IN ({names})
                AND ("Field" NOT IN ('Owner', 'OwnerId') OR coalesce("NewValue", "OldValue") LIKE '005%')"""

    def changes(self, raw: Raw) -> str:
        """Return the events as SQL: each sets the one field that it is about."""
        values = ", ".join(
            f"CASE WHEN field = {literal(name)} THEN {as_field(word, quoted('NewValue'))} END AS {quoted(word)}"
            for word, name in self.names.items()
        )
        bits = " ".join(f"WHEN {literal(name)} THEN {BIT[word]}" for word, name in self.names.items())
        # That the first field of a chain was emptied does not say what the next one held.
        emptied = ", ".join(literal(name) for word, name in self.names.items() if word in self.chained)
        told = f'WHERE "NewValue" IS NOT NULL OR field NOT IN ({emptied})' if emptied else ""
        rows = _in_order(self.rows(raw))
        return f"SELECT id, deal_id, valid_at, CASE field {bits} END AS fields, {values} FROM ({rows}) {told}"

    def no_firsts(self) -> str:
        """Return the statement that makes the empty table of what `firsts` returns."""
        columns = "".join(f', "had_{word}" BOOLEAN, "old_{word}" VARCHAR' for word in self.names)
        return f"CREATE TABLE firsts (deal_id VARCHAR{columns})"

    def firsts(self, part: int, parts: int) -> str:
        """Return, for each deal of `history`, what its fields were before their first change, and whether there was one.

        Of so many `parts` of the deals it is one, for what is grouped like that is held in memory.
        """
        columns = ", ".join(
            f'count(*) FILTER (WHERE field = {literal(name)}) > 0 AS "had_{word}", '
            f'arg_min(struct_pack(v := "OldValue"), (valid_at, id)) FILTER (WHERE field = {literal(name)}).v '
            f'AS "old_{word}"'
            for word, name in self.names.items()
        )
        rows = f"FROM history WHERE hash(deal_id) % {parts} = {part}"
        return f"SELECT deal_id, {columns} FROM ({_in_order(rows)}) GROUP BY deal_id"


def _in_order(rows: str) -> str:
    """Return rows with those of one second saying what their field was before and after it."""
    return f"""
        SELECT r.* REPLACE (
            if(s.deal_id IS NULL, r."OldValue", s.before) AS "OldValue",
            if(s.deal_id IS NULL, r."NewValue", s.after) AS "NewValue")
        FROM ({rows}) r LEFT JOIN seconds s USING (deal_id, field, valid_at)"""
