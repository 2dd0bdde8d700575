"""What a column of a raw table looks like: how full it is, samples, its values where they are few, numbers, dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

import duckdb

from connectors.quoting import literal, quoted

First = Literal["day", "month"]
Mark = Literal[".", ","]

MOST_VALUES: Final = 200
_SAMPLED: Final = 2000
_TOGETHER: Final = 40


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
def reader(memory: str = "400MB") -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a database in memory that knows how people write numbers and dates (`written.sql`)."""
    # What does not fit into memory must not be written to the folder that somebody happens to be in.
    folder = TemporaryDirectory(prefix="quarterdeck-")
    con = duckdb.connect(config={"memory_limit": memory, "threads": 2, "temp_directory": folder.name})
    try:
        # Pulled together, the parts of the slow ways of reading would be computed for rows that the fast ways read.
        con.execute("SET disabled_optimizers = 'common_subexpressions'")
        con.execute(resources.files(__package__).joinpath("written.sql").read_text(encoding="utf-8"))
        yield con
    finally:
        con.close()
        folder.cleanup()


def profiles(parquet: Path, headers: Sequence[str]) -> tuple[Profile, ...]:
    """Return a profile of each column of a raw table, in their order."""
    found: list[Profile] = []
    with reader() as con:
        con.execute(f"CREATE VIEW raw AS SELECT * FROM read_parquet({literal(parquet)})")
        for start in range(0, len(headers), _TOGETHER):
            found += _some(con, headers[start : start + _TOGETHER])
    return tuple(found)


def _some(con: duckdb.DuckDBPyConnection, headers: Sequence[str]) -> list[Profile]:
    names = [quoted(header) for header in headers]
    row = con.execute(
        "SELECT count(*), "
        + ", ".join(f"count({name}), approx_count_distinct({name})" for name in names)
        + " FROM raw WHERE problem IS NULL"
    ).fetchone()
    counted = row or (0,) * (1 + 2 * len(names))
    rows = int(counted[0])
    found = []
    for index, (header, name) in enumerate(zip(headers, names, strict=True)):
        filled, distinct = int(counted[1 + 2 * index]), int(counted[2 + 2 * index])
        sample = [
            str(value)
            for (value,) in con.execute(
                f"SELECT {name} FROM raw WHERE {name} IS NOT NULL AND problem IS NULL LIMIT {_SAMPLED}"
            ).fetchall()
        ]
        values: tuple[tuple[str, int], ...] = ()
        if filled and distinct <= MOST_VALUES * 1.2:
            counts = con.execute(
                f"SELECT {name}, count(*) AS n FROM raw WHERE {name} IS NOT NULL AND problem IS NULL "
                f"GROUP BY 1 ORDER BY n DESC, 1 LIMIT {MOST_VALUES + 1}"
            ).fetchall()
            values = tuple((str(value), int(n)) for value, n in counts) if len(counts) <= MOST_VALUES else ()
            distinct = len(counts) if values else distinct
        cells = _cells(name, often=distinct * 2 <= filled)
        found.append(
            Profile(
                name=header,
                rows=rows,
                filled=filled,
                distinct=distinct,
                samples=tuple(dict.fromkeys(sample))[:3],
                values=values,
                numbers=_numbers(con, cells) if _mostly(con, name, "number_like") else None,
                dates=_dates(con, cells) if _mostly(con, name, "date_like") else None,
            )
        )
    return found


def _mostly(con: duckdb.DuckDBPyConnection, name: str, test: str) -> bool:
    """Say whether at least a quarter of the first filled cells pass a test of `written.sql`."""
    row = con.execute(
        f"SELECT count(*), count(*) FILTER ({test}(v)) FROM (SELECT {name} AS v FROM raw "
        f"WHERE {name} IS NOT NULL AND problem IS NULL AND NOT nothing({name}) LIMIT {_SAMPLED})"
    ).fetchone()
    return row is not None and row[0] > 0 and row[1] >= 0.25 * row[0]


def _cells(name: str, *, often: bool) -> str:
    """Return the filled cells of a column as a query: each `v`, the first line on which it stands, and how often it does.

    Where most cells stand there more than once (`often`), each is looked at once, which saves most of the time.
    """
    told = "min(line) AS line, count(*) AS n" if often else "line, 1 AS n"
    group = "GROUP BY v" if often else ""
    return f"SELECT {told}, {name} AS v FROM raw WHERE {name} IS NOT NULL AND problem IS NULL {group}"


def _counted(condition: str) -> str:
    return f"coalesce(sum(n) FILTER ({condition}), 0)::BIGINT"


def _numbers(con: duckdb.DuckDBPyConnection, cells: str) -> Numbers:
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
    row = con.execute(
        f"WITH read AS (SELECT *, digits_in(v) AS d FROM ({cells})), "
        "ways AS (SELECT line, n, v, d, by_point(d) AS a, by_comma(d) AS b, a <> b AND a::DOUBLE <> b::DOUBLE AS doubtful "
        f"FROM read WHERE d IS NOT NULL) SELECT {counts}, "
        "min(line) FILTER (b IS NULL), min(line) FILTER (a IS NULL), "
        "min(line) FILTER (doubtful AND contains(d, '.')), min(line) FILTER (doubtful AND contains(d, ',')), "
        "min(coalesce(a, b)::DOUBLE), max(coalesce(a, b)::DOUBLE), "
        f"{fractions} FROM ways"
    ).fetchone()
    names = [one.name for one in fields(Numbers)]
    told = dict(zip(names, row or (0,) * len(names), strict=True))
    return Numbers(**told)


def _dates(con: duckdb.DuckDBPyConnection, cells: str) -> Dates:
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
    row = con.execute(
        f"WITH start AS (SELECT *, first_numbers(v) AS w FROM ({cells})), "
        "read AS (SELECT line, n, v, nth_number(w, 1) AS a, nth_number(w, 2) AS b FROM start) "
        f"SELECT {counts}, min(line) FILTER ({first}), min(line) FILTER ({second}) FROM read"
    ).fetchone()
    count, day_first, month_first, doubtful, clock, serial, dotted, day_line, month_line = row or (0,) * 9
    return Dates(
        count=count,
        day_first=day_first,
        month_first=month_first,
        doubtful=doubtful,
        clock=clock,
        serial=serial,
        dotted=dotted,
        day_line=day_line,
        month_line=month_line,
    )
