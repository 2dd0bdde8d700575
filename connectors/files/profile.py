"""What a column of a raw table looks like: how full it is, samples, its values where they are few, numbers, dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from importlib import resources
from pathlib import Path
from typing import Final, Literal

import duckdb

from connectors.quoting import literal, quoted
from connectors.scratch import scratch

First = Literal["day", "month"]
Mark = Literal[".", ","]

MOST_VALUES: Final = 200
_SAMPLED: Final = 2000
_SHOWN: Final = 3
_LIKE: Final = 0.25
_TOGETHER: Final = 40
_FEW: Final = 10_000
_MEMORY: Final = "400MB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How numbers are written in a column.

    `count` cells are numbers by some way of writing; `point` and `comma` can be read with that mark before the decimals;
    `doubtful` read differently by either (1,234), `plain` have four digits or more and nothing between them. `only_point`
    and `only_comma` are the lines of the first cells that can be read in one way only, `with_point` and `with_comma` those of
    the first doubtful ones with that mark.
    """

    count: int
    point: int
    comma: int
    doubtful: int
    plain: int
    percent: int
    only_point: int | None
    only_comma: int | None
    with_point: int | None
    with_comma: int | None
    least: float | None
    most: float | None
    fractions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """How dates are written in a column.

    `count` cells are filled; `day_first` and `month_first` cannot be read otherwise, on those lines first; `doubtful` are
    two numbers of which either may be the month; `clock` have a time of day; `serial` are numbers of a workbook's days.
    """

    count: int
    day_first: int
    month_first: int
    doubtful: int
    clock: int
    serial: int
    dotted: int
    day_line: int | None
    month_line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A column: `rows` of the table, `filled` of them; `values` with their counts where there are at most 200 of them."""

    name: str
    rows: int
    filled: int
    distinct: int
    samples: tuple[str, ...]
    values: tuple[tuple[str, int], ...] = ()
    numbers: Numbers | None = None
    dates: Dates | None = None

    @property
    def share(self) -> float:
        """Return the share of rows that is filled, from 0 to 1."""
        return self.filled / self.rows if self.rows else 0.0


@contextmanager
def reader() -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a database in memory that knows how people write numbers and dates (`written.sql`)."""
    # Pulled together, the parts of the slow ways of reading would be computed for rows that the fast ways read.
    apart = "SET disabled_optimizers = 'common_subexpressions';\n"
    written = resources.files(__package__).joinpath("written.sql").read_text(encoding="utf-8")
    with scratch(memory=_MEMORY, prepared=apart + written) as con:
        yield con


def profiles(parquet: Path, headers: Sequence[str]) -> tuple[Profile, ...]:
    """Return a profile of each column of a raw table, in their order.

    Counts are of all rows. Which columns hold numbers or dates is told by the first filled cells; what they hold then, by
    all of them.
    """
    found: list[Profile] = []
    with reader() as con:
        rows = f"FROM read_parquet({literal(parquet)}) WHERE problem IS NULL"
        count = con.execute(f"SELECT count(*) {rows}").fetchone()
        # To find a column in a wide file takes longer than to look at few rows of it.
        copied = count is not None and count[0] <= _FEW
        for start in range(0, len(headers), _TOGETHER):
            some = headers[start : start + _TOGETHER]
            con.execute(
                f"CREATE OR REPLACE {'TABLE' if copied else 'VIEW'} raw AS "
                f"SELECT line, {', '.join(map(quoted, some))} {rows}"
            )
            found += _some(con, some)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """A column, quoted, its place among those that are asked about together, and how many cells it has."""

    place: int
    name: str
    filled: int
    distinct: int

    @property
    def cells(self) -> str:
        """Return the filled cells as a query: each `v`, the first line on which it stands, and how often it does (`n`).

        Where most cells stand there more than once, each is looked at once, which saves most of the time.
        """
        often = self.distinct * 2 <= self.filled
        told = "min(line) AS line, count(*) AS n" if often else "line, 1 AS n"
        return f"SELECT {self.place} AS place, {told}, v FROM ({self.lines}) {'GROUP BY v' if often else ''}"

    @property
    def lines(self) -> str:
        """Return the filled cells as a query, whatever the table's columns are called: the line of each, and `v`."""
        return f"SELECT line, {self.name} AS v FROM raw WHERE {self.name} IS NOT NULL"


def _some(con: duckdb.DuckDBPyConnection, headers: Sequence[str]) -> list[Profile]:
    """Return the profiles of some columns, asking once for all of them: to plan a question takes longer than most answers."""
    names = [quoted(header) for header in headers]
    row = con.execute(
        "SELECT count(*), "
        + ", ".join(f"count({name}), approx_count_distinct({name})" for name in names)
        + " FROM raw"
    ).fetchone()
    counted = row or (0,) * (1 + 2 * len(names))
    columns = [
        _Counted(
            place=place,
            name=name,
            filled=int(counted[1 + 2 * place]),
            distinct=int(counted[2 + 2 * place]),
        )
        for place, name in enumerate(names)
    ]
    values = _values(con, columns)
    columns = [replace(one, distinct=len(values.get(one.place, ())) or one.distinct) for one in columns]
    samples = _samples(con, columns)
    like_numbers, like_dates = _alike(con, columns)
    numbers = _numbers(con, [one for one in columns if one.place in like_numbers])
    dates = _dates(con, [one for one in columns if one.place in like_dates])
    return [
        Profile(
            name=header,
            rows=int(counted[0]),
            filled=one.filled,
            distinct=one.distinct,
            samples=samples.get(one.place, ()),
            values=values.get(one.place, ()),
            numbers=numbers.get(one.place),
            dates=dates.get(one.place),
        )
        for header, one in zip(headers, columns, strict=True)
    ]


def _each(columns: Sequence[_Counted], query: Callable[[_Counted], str]) -> str:
    """Return what a query says of each column, as one: its first column is the place of theirs."""
    return " UNION ALL ".join(f"(FROM ({query(one)}))" for one in columns)


def _values(
    con: duckdb.DuckDBPyConnection, columns: Sequence[_Counted]
) -> dict[int, tuple[tuple[str, int], ...]]:
    """Return the values of columns that have few, most frequent first."""
    few = [one for one in columns if one.filled and one.distinct <= MOST_VALUES * 1.2]
    found: dict[int, list[tuple[str, int]]] = {}
    if few:
        query = _each(
            few,
            lambda one: (
                f"SELECT {one.place}, v, count(*) AS n FROM ({one.lines}) "
                f"GROUP BY v ORDER BY n DESC, v LIMIT {MOST_VALUES + 1}"
            ),
        )
        for place, value, count in con.execute(query).fetchall():
            found.setdefault(place, []).append((str(value), int(count)))
    return {place: tuple(values) for place, values in found.items() if len(values) <= MOST_VALUES}


def _samples(con: duckdb.DuckDBPyConnection, columns: Sequence[_Counted]) -> dict[int, tuple[str, ...]]:
    """Return three different cells of each column, of the first filled ones."""
    query = _each(
        columns,
        lambda one: (
            f"SELECT {one.place}, v FROM ({one.lines} LIMIT {_SAMPLED}) "
            f"GROUP BY v ORDER BY min(line) LIMIT {_SHOWN}"
        ),
    )
    found: dict[int, tuple[str, ...]] = {}
    for place, value in con.execute(query).fetchall():
        found[place] = (*found.get(place, ()), str(value))
    return found


def _alike(con: duckdb.DuckDBPyConnection, columns: Sequence[_Counted]) -> tuple[set[int], set[int]]:
    """Return in which columns at least a quarter of the first filled cells look like numbers, and in which like dates."""
    first = _each(
        columns,
        lambda one: (
            f"SELECT {one.place} AS place, v, count(*) AS n FROM "
            f"({one.lines} AND NOT nothing({one.name}) LIMIT {_SAMPLED}) GROUP BY v"
        ),
    )
    rows = con.execute(
        f"SELECT place, sum(n), {_counted('number_like(v)')}, {_counted('date_like(v)')} FROM ({first}) GROUP BY place"
    ).fetchall()
    numbers = {place for place, count, like, _ in rows if like >= _LIKE * count}
    return numbers, {place for place, count, _, like in rows if like >= _LIKE * count}


def _counted(condition: str) -> str:
    return f"coalesce(sum(n) FILTER ({condition}), 0)::BIGINT"


def _numbers(con: duckdb.DuckDBPyConnection, columns: Sequence[_Counted]) -> dict[int, Numbers]:
    if not columns:
        return {}
    counts = ", ".join(
        map(
            _counted,
            (
                "TRUE",
                "a IS NOT NULL",
                "b IS NOT NULL",
                "doubtful",
                "length(d) > 3 AND a = d AND b = d",
                "suffix(v, '%')",
            ),
        )
    )
    fractions = _counted("contains(d, '.') OR contains(d, ',')")
    rows = con.execute(
        f"WITH read AS (SELECT *, digits_in(v) AS d FROM ({_each(columns, lambda one: one.cells)})), "
        "ways AS (SELECT *, by_point(d) AS a, by_comma(d) AS b, a <> b AND a::DOUBLE <> b::DOUBLE AS doubtful "
        f"FROM read WHERE d IS NOT NULL) SELECT place, {counts}, "
        "min(line) FILTER (b IS NULL), min(line) FILTER (a IS NULL), "
        "min(line) FILTER (doubtful AND contains(d, '.')), min(line) FILTER (doubtful AND contains(d, ',')), "
        "min(coalesce(a, b)::DOUBLE), max(coalesce(a, b)::DOUBLE), "
        f"{fractions} FROM ways GROUP BY place"
    ).fetchall()
    names = [one.name for one in fields(Numbers)]
    return {place: Numbers(**dict(zip(names, told, strict=True))) for place, *told in rows}


def _dates(con: duckdb.DuckDBPyConnection, columns: Sequence[_Counted]) -> dict[int, Dates]:
    if not columns:
        return {}
    first, second = (
        f"{day} BETWEEN 13 AND 31 AND {month} BETWEEN 1 AND 12" for day, month in (("a", "b"), ("b", "a"))
    )
    counts = ", ".join(
        map(
            _counted,
            (
                "TRUE",
                first,
                second,
                "a <= 12 AND b <= 12 AND a <> b",
                "contains(v, ':')",
                "length(v) >= 5 AND try_cast(v AS DOUBLE) IS NOT NULL",
                "b IS NOT NULL AND (v[2] = '.' OR v[3] = '.')",
            ),
        )
    )
    rows = con.execute(
        f"WITH start AS (SELECT *, first_numbers(v) AS w FROM ({_each(columns, lambda one: one.cells)})), "
        "read AS (SELECT place, line, n, v, nth_number(w, 1) AS a, nth_number(w, 2) AS b FROM start) "
        f"SELECT place, {counts}, min(line) FILTER ({first}), min(line) FILTER ({second}) FROM read GROUP BY place"
    ).fetchall()
    names = [one.name for one in fields(Dates)]
    return {place: Dates(**dict(zip(names, told, strict=True))) for place, *told in rows}
