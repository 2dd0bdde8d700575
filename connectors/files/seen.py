"""What typed tables hold, column by column: how much is filled, with what, and which stages there are."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, Self, get_args

from connectors.files.columns import COLUMNS, Kind
from connectors.files.stages import status_by_name
from connectors.quoting import literal
from connectors.records import ForecastClass, Status
from connectors.scratch import scratch

# Of a column, so many values are looked at, the most frequent first.
MANY: Final = 200
# A typed table that an import did not write is empty.
Tables = Mapping[Kind, Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a typed table: rows in all, rows that are filled, and its values with their rows, most frequent first."""

    rows: int
    filled: int
    distinct: int
    values: tuple[tuple[str, int], ...]

    @property
    def share(self) -> Decimal:
        """Return the share of rows that are filled, 0 to 1; 0 of an empty table."""
        return Decimal(self.filled) / self.rows if self.rows else Decimal(0)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the values alone, most frequent first."""
        return tuple(value for value, _ in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenStage:
    """A stage as the deals show it: what most of them say, and the deal in the middle.

    `probability` (per cent) and `age_days` (since creation, up to the newest day of the file) are medians, None where
    no deal in it has one; `category` is None where no open deal in it has one.
    """

    name: str
    deals: int
    status: Status
    category: ForecastClass | None
    probability: Decimal | None
    age_days: Decimal | None


class Seen:
    """Typed tables, open to questions: use it as a context manager."""

    def __init__(self, tables: Tables) -> None:
        """Open the tables; nothing is read yet."""
        self._open = ExitStack()
        self._con = self._open.enter_context(scratch())
        kinds: tuple[Kind, ...] = get_args(Kind)
        for kind in kinds:
            if kind in tables:
                self._con.execute(
                    f"CREATE VIEW {kind} AS SELECT * FROM read_parquet({literal(tables[kind])})"
                )
            else:
                held = ", ".join(f'"{name}" {kind_of}' for name, kind_of in COLUMNS[kind])
                self._con.execute(f"CREATE TABLE {kind} ({held})")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what was opened."""
        self._open.close()

    def column(self, kind: Kind, name: str) -> Column:
        """Return what a column of a typed table holds."""
        rows, filled, distinct = self._con.execute(
            f'SELECT count(*), count("{name}"), count(DISTINCT "{name}") FROM {kind}'
        ).fetchall()[0]
        found = self._con.execute(
            f'SELECT "{name}"::VARCHAR AS value, count(*) AS n FROM {kind} WHERE "{name}" IS NOT NULL '
            f"GROUP BY 1 ORDER BY n DESC, value LIMIT {MANY}"
        ).fetchall()
        return Column(rows=rows, filled=filled, distinct=distinct, values=tuple(found))

    def stages(self, *, by_name: bool = False) -> tuple[SeenStage, ...]:
        """Return the stages that deals are in, by name; `by_name`: their deals may be won and lost in any of them."""
        found = self._con.execute(
            """
            SELECT stage, count(*), mode(status), mode(category) FILTER (status = 'open'),
                median(probability), median(date_diff('day', created, (SELECT max(created) FROM deals)))
            FROM deals WHERE stage IS NOT NULL GROUP BY stage ORDER BY stage
            """
        ).fetchall()
        return tuple(
            SeenStage(
                name=name,
                deals=deals,
                status=status_by_name(name) if by_name else Status(status or Status.OPEN),
                category=ForecastClass(category) if category else None,
                probability=None if probability is None else Decimal(str(probability)),
                age_days=None if age is None else Decimal(str(age)),
            )
            for name, deals, status, category, probability, age in found
        )

    def span(self, name: str) -> tuple[str, str] | None:
        """Return the first and the last day in a column of the deals; None where it is empty."""
        first, last = self._con.execute(
            f'SELECT min("{name}")::DATE::VARCHAR, max("{name}")::DATE::VARCHAR FROM deals'
        ).fetchall()[0]
        return None if first is None else (first, last)

    def domain(self) -> str | None:
        """Return the mail domain of most owners; None where no address is known."""
        found = self._con.execute(
            "SELECT mode(lower(split_part(mail, '@', 2))) FROM "
            "(SELECT owner_email AS mail FROM deals UNION ALL SELECT email FROM people) WHERE contains(mail, '@')"
        ).fetchall()
        domain = found[0][0]
        return domain if isinstance(domain, str) else None

    def regions_of(self, kind: Kind, key: str) -> tuple[str, ...]:
        """Return the regions of those accounts or owners whose deals name none, most frequent first."""
        found = self._con.execute(
            f"SELECT linked.region, count(*) AS n FROM deals JOIN {kind} linked ON linked.name = deals.{key} "
            "WHERE deals.region IS NULL AND linked.region IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1"
        ).fetchall()
        return tuple(row[0] for row in found)
