"""Raw tables and a mapping become the typed tables of `columns.py`, by SQL over the Parquet files.

What cannot be read is a reject with its line, column, value and reason. With `skip_bad` the other rows are taken and the
rejects written; without it, one reject refuses everything.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

import duckdb

from connectors.errors import BadRequest
from connectors.files.columns import COLUMNS, Kind
from connectors.files.headings import KINDS
from connectors.files.ids import short
from connectors.files.mapping import FileMap, Mapping, linked
from connectors.files.profile import reader
from connectors.files.raw import Raw
from connectors.files.totals import totals
from connectors.files.typed_sql import Source, Staged, staged
from connectors.quoting import literal, quoted

FIRST_SHOWN: Final = 5
_KEPT: Final = 1000
_NO_ID: Final = "has no record id, and"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A row that cannot be taken, and why; `column` is empty where the whole row is meant.

    `place` is that of its file among those that were given, from 0: two of them may have one name.
    """

    place: int
    file: str
    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        """Return it as one line for a person."""
        column = f", column {self.column!r}" if self.column else ""
        value = f" = {self.value!r}" if self.value else ""
        return f"line {self.line}{column}{value}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What amounts of one currency are worth in another, by the amounts that stand beside converted ones.

    `rate` is the middle one; `least` and `most` say how far the deals differ. For amounts above 100 only.
    """

    currency: str
    into: str
    deals: int
    rate: Decimal
    least: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """How much of the deals is not there: `deals` of them, `open` ones, and how many of those lack something.

    `created`, `touched` and `owned` are how many deals have a created date, a date of last activity, an owner. `currencies`
    are those of open and won deals, by code.
    """

    deals: int
    open: int
    open_without_amount: int
    open_without_close: int
    created: int
    touched: int
    owned: int
    currencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Typed tables, one Parquet file for each kind that the files have.

    `rejects` are the first thousand of `rejected` complaints; `reject_files` hold all of them as CSV, by the file's place.
    `doubled` are how many rows of deals stand in a file more than once, word for word, and were taken once; `totals` are how
    many rows at the end were sums of those above.
    """

    tables: Map[Kind, Path]
    rows: Map[Kind, int]
    rejects: tuple[Reject, ...] = ()
    rejected: int = 0
    reject_files: Map[int, Path] = field(default_factory=dict)
    converted: tuple[Converted, ...] = ()
    gaps: Gaps | None = None
    doubled: int = 0
    totals: int = 0


def typed(
    raws: Sequence[Raw], mapping: Mapping, into: Path, *, skip_bad: bool = False, repeated: bool = False
) -> Typed:
    """Write the typed tables into the folder `into`; files of one kind go together into one table.

    Of rows of deals that are the same word for word, the first is taken. `repeated` keeps those too, and rows whose record
    id stands there already: a report may list a deal more than once, and may leave out what says which deals are won and
    lost.

    Raises:
        BadRequest: a file or a column of the mapping is not there, a question of it is open, or, without `skip_bad`,
            some rows cannot be taken; the message gives their number and the first of them.
    """
    into.mkdir(parents=True, exist_ok=True)
    asked = mapping.open_questions
    if asked:
        raise BadRequest(f"map.toml: {asked[0].key} is open: {asked[0].text}")
    found = [_source(raw, mapping) for raw in raws]
    if not any(source.file.kind == "deals" for source in found):
        raise BadRequest('the mapping makes no file one of deals: set kind = "deals" for one of them')
    if not repeated:
        refuse_without_status(raws, mapping)
    with reader() as con:
        con.execute(f"SET temp_directory = {literal(into / 'spill')}")
        stages = [staged(con, source, found, mapping, into) for source in found]
        _complain(con, stages)
        sums, doubled = _set_totals_aside(con, stages), 0
        if not repeated:
            doubled = _set_doubled_aside(con, stages)
            _complain_of_repeated(con, stages)
        count, rejects = _rejects(con)
        if count and not skip_bad:
            raise BadRequest(_refusal(count, rejects))
        reject_files = _write_rejects(con, into)
        converted = _converted(con, stages)
        tables: dict[Kind, Path] = {}
        rows: dict[Kind, int] = {}
        for kind in KINDS:
            own = [(place, stage) for place, stage in enumerate(stages) if stage.source.file.kind == kind]
            if own:
                tables[kind] = into / f"{kind}.parquet"
                rows[kind] = _write(con, kind, own, tables[kind])
        if not rows.get("deals"):
            raise BadRequest(f"no deal can be taken: {_refusal(count, rejects)}")
        gaps = _gaps(con, tables["deals"])
    for stage in stages:
        stage.parquet.unlink(missing_ok=True)  # the same file may be given twice
    return Typed(
        tables=tables,
        rows=rows,
        rejects=rejects,
        rejected=count,
        reject_files=reject_files,
        converted=converted,
        gaps=gaps,
        doubled=doubled,
        totals=sums,
    )


def refuse_without_status(raws: Sequence[Raw], mapping: Mapping) -> None:
    """Say where a file of deals has nothing that tells open deals from won and lost ones.

    Raises:
        BadRequest: it has neither stages nor a column that says which deals are closed or won.
    """
    for raw in raws:
        file = mapping.file(raw.file, raw.headers)
        if file is None or file.kind != "deals" or {"stage", "status", "closed", "won"} & file.columns.keys():
            continue
        before = next(
            (other.columns["stage"][0] for other in mapping.files if "stage" in other.columns), None
        )
        had = f", which another export has as {before!r}," if before else " (Stage)"
        raise BadRequest(
            f"{raw.file} has no column of stages{had} and none that says which deals are closed or won: every won and lost "
            "deal would count as open. Add the column to the report and export it again; if it is there under another name, "
            'write stage = "THE NAME" under [files.columns] of a mapping file and give it with --map. '
            f"It has: {', '.join(raw.headers[:30])}"
        )


def _source(raw: Raw, mapping: Mapping) -> Source:
    file = mapping.file(raw.file, raw.headers)
    if file is None:
        names = ", ".join(known.match for known in mapping.files)
        raise BadRequest(f"{raw.file} is none of the files of the mapping, by name or by columns: {names}")
    _refuse_missing(raw, file)
    return Source(raw=raw, file=file)


def _refuse_missing(raw: Raw, file: FileMap) -> None:
    for meaning, columns in file.columns.items():
        missing = [name for name in columns if name not in raw.headers and not linked(name, raw.headers)]
        if len(missing) == len(columns):
            have = ", ".join(raw.headers[:30])
            raise BadRequest(
                f"{raw.file} has no column {missing[0]!r}, which the mapping takes for {meaning}; it has: {have}. Add the "
                f"column to the export; or take the line {meaning} = … out of [files.columns] in map.toml, or give this file "
                "a mapping of its own with --map"
            )


def _complain(con: duckdb.DuckDBPyConnection, stages: Sequence[Staged]) -> None:
    """Make the tables of everything that keeps a row out: what is wrong with it, or that it is no deal of its own."""
    con.execute(
        "CREATE TABLE reject (place INTEGER, file VARCHAR, line INTEGER, col VARCHAR, value VARCHAR, reason VARCHAR)"
    )
    con.execute("CREATE TABLE aside (place INTEGER, line INTEGER)")
    for place, stage in enumerate(stages):
        name = f"{place}, {literal(stage.source.raw.file)}"
        rows = f"read_parquet({literal(stage.parquet)})"
        con.execute(
            f"INSERT INTO reject SELECT {name}, line, '', '', problem FROM "
            f"read_parquet({literal(stage.source.raw.parquet)}) WHERE problem IS NOT NULL"
        )
        for meaning, reason in stage.checks:
            column = literal(stage.source.file.columns.get(meaning, (meaning,))[0])
            con.execute(
                f"INSERT INTO reject SELECT {name}, line, {column}, left({quoted('t ' + meaning)}, 200), {literal(reason)} "
                f"FROM {rows} WHERE {quoted('t ' + meaning)} IS NOT NULL"
            )
        if stage.source.file.kind != "deals" and "name" in stage.source.file.columns:
            con.execute(
                f"INSERT INTO reject SELECT {name}, line, {literal(stage.source.file.columns['name'][0])}, '', 'no name' "
                f"FROM {rows} WHERE name IS NULL"
            )


def _set_totals_aside(con: duckdb.DuckDBPyConnection, stages: Sequence[Staged]) -> int:
    """Note the rows of totals, of which nothing is wrong; return how many there are."""
    found = [
        (place, line)
        for place, stage in enumerate(stages)
        if stage.source.file.kind == "deals"
        for line in totals(con, stage.source)
    ]
    for one in found:
        con.execute("INSERT INTO aside VALUES (?, ?)", one)
        con.execute("DELETE FROM reject WHERE place = ? AND line = ?", one)
    return len(found)


def _set_doubled_aside(con: duckdb.DuckDBPyConnection, stages: Sequence[Staged]) -> int:
    """Note the rows that stand on an earlier line of their file word for word; return how many rows stand there again."""
    count = 0
    for place, stage in enumerate(stages):
        if stage.source.file.kind != "deals":
            continue
        rows = f"read_parquet({literal(stage.parquet)})"
        cells = ", ".join(quoted(name) for name in stage.source.raw.headers)
        # Only rows with the id of another can be the same, and those are few.
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE same AS SELECT line, row_number() OVER (PARTITION BY {cells} ORDER BY line) AS n "
            f"FROM read_parquet({literal(stage.source.raw.parquet)}) WHERE problem IS NULL AND line IN (SELECT line FROM {rows} "
            f"WHERE id IN (SELECT id FROM {rows} GROUP BY id HAVING count(*) > 1))"
        )
        con.execute(f"INSERT INTO aside SELECT {place}, line FROM same WHERE n > 1")
        again = con.execute("SELECT count(*) FROM same WHERE n = 2").fetchone()
        count += int(again[0]) if again else 0
    return count


def _complain_of_repeated(con: duckdb.DuckDBPyConnection, stages: Sequence[Staged]) -> None:
    """Add the rows whose id stands on an earlier line."""
    deals = [(place, stage) for place, stage in enumerate(stages) if stage.source.file.kind == "deals"]
    union = " UNION ALL ".join(
        f"SELECT {place} AS place, {literal(stage.source.raw.file)} AS file, "
        f"{literal(stage.source.file.columns.get('id', ('',))[0])} AS col, line, id, made, {short('id')} AS key "
        f"FROM read_parquet({literal(stage.parquet)}) AS s WHERE NOT EXISTS "
        f"(SELECT 1 FROM aside WHERE aside.place = {place} AND aside.line = s.line)"
        for place, stage in deals
    )
    con.execute(
        f"INSERT INTO reject SELECT place, file, line, col, CASE WHEN made THEN '' ELSE id END, CASE WHEN made THEN "
        f"'{_NO_ID} account, name and creation day are those of line ' ELSE 'the id stands on line ' END "
        "|| first_line || CASE WHEN first_place = place THEN '' WHEN first_file = file THEN ' of the other ' || file "
        "ELSE ' of ' || first_file END || ' already' FROM (SELECT *, "
        "row_number() OVER same AS n, first_value(line) OVER same AS first_line, first_value(file) OVER same AS first_file, "
        "first_value(place) OVER same AS first_place "
        f"FROM ({union}) WHERE key IN (SELECT key FROM ({union}) GROUP BY key HAVING count(*) > 1) "
        "WINDOW same AS (PARTITION BY key ORDER BY place, line)) WHERE n > 1"
    )


def _rejects(con: duckdb.DuckDBPyConnection) -> tuple[int, tuple[Reject, ...]]:
    count = con.execute("SELECT count(*) FROM reject").fetchone()
    rows = con.execute(
        f"SELECT place, file, line, col, coalesce(value, ''), reason FROM reject ORDER BY file, place, line, col LIMIT {_KEPT}"
    ).fetchall()
    return int(count[0]) if count else 0, tuple(
        Reject(place=place, file=file, line=line, column=column, value=value, reason=reason)
        for place, file, line, column, value, reason in rows
    )


def _refusal(count: int, rejects: Sequence[Reject]) -> str:
    """Return what is wrong: how many cells, the first of them, and what can be done."""
    if not rejects:
        return "there is no row"
    shown = "\n".join(f"  {reject.file}, {reject}" for reject in rejects[:FIRST_SHOWN])
    more = f"\n  and {count - FIRST_SHOWN:,} more" if count > FIRST_SHOWN else ""
    what = "1 row or cell" if count == 1 else f"{count:,} rows or cells"
    if any(reject.reason.startswith(_NO_ID) for reject in rejects):
        more += "\nTo tell such deals apart, add the record id column (Opportunity ID) to the report"
    return (
        f"{what} cannot be taken, so nothing was imported:\n{shown}{more}\n"
        "Mend the file or map.toml, or use --skip-bad to take the other rows and write these beside the file"
    )


def _write_rejects(con: duckdb.DuckDBPyConnection, into: Path) -> dict[int, Path]:
    written = {}
    for (place,) in con.execute("SELECT DISTINCT place FROM reject ORDER BY 1").fetchall():
        written[place] = into / f"rejects-{place}.csv"
        con.execute(
            f'COPY (SELECT line, col AS "column", value, reason FROM reject WHERE place = {place} ORDER BY line) '
            f"TO {literal(written[place])} (FORMAT csv, HEADER)"
        )
    return written


def _write(
    con: duckdb.DuckDBPyConnection, kind: Kind, stages: Sequence[tuple[int, Staged]], parquet: Path
) -> int:
    """Write the rows of one kind that can be taken, and return how many there are.

    A table of which all can be taken is there already, with its further columns behind those of the kind, where nobody asks.
    """
    if len(stages) == 1 and _all_taken(con, stages[0][0]):
        stages[0][1].parquet.replace(parquet)
    else:
        columns = ", ".join(quoted(name) for name, _ in COLUMNS[kind])
        union = " UNION ALL ".join(
            f"SELECT {columns} FROM read_parquet({literal(stage.parquet)}) AS s WHERE NOT EXISTS "
            f"(SELECT 1 FROM reject WHERE reject.place = {place} AND reject.line = s.line) "
            f"AND NOT EXISTS (SELECT 1 FROM aside WHERE aside.place = {place} AND aside.line = s.line)"
            for place, stage in stages
        )
        con.execute(f"COPY ({union}) TO {literal(parquet)} (FORMAT parquet)")
    row = con.execute(f"SELECT count(*) FROM read_parquet({literal(parquet)})").fetchone()
    return int(row[0]) if row else 0


def _all_taken(con: duckdb.DuckDBPyConnection, place: int) -> bool:
    return not con.execute(
        "SELECT 1 FROM reject WHERE place = ? UNION ALL SELECT 1 FROM aside WHERE place = ? LIMIT 1",
        [place, place],
    ).fetchall()


def _gaps(con: duckdb.DuckDBPyConnection, deals: Path) -> Gaps:
    row = con.execute(
        "SELECT count(*), count(*) FILTER (status = 'open'), count(*) FILTER (status = 'open' AND amount IS NULL), "
        "count(*) FILTER (status = 'open' AND close IS NULL), count(created), count(last_activity), count(owner) "
        f"FROM read_parquet({literal(deals)})"
    ).fetchone()
    counts = [int(count) for count in row or (0,) * 7]
    held = con.execute(
        f"SELECT DISTINCT currency FROM read_parquet({literal(deals)}) WHERE status <> 'lost' AND currency IS NOT NULL ORDER BY 1"
    ).fetchall()
    names = ("deals", "open", "open_without_amount", "open_without_close", "created", "touched", "owned")
    return Gaps(**dict(zip(names, counts, strict=True)), currencies=tuple(code for (code,) in held))


def _converted(con: duckdb.DuckDBPyConnection, stages: Sequence[Staged]) -> tuple[Converted, ...]:
    found = []
    for stage in stages:
        if stage.source.file.kind != "deals" or "amount_converted" not in stage.source.file.columns:
            continue
        found += con.execute(
            "SELECT currency, converted_currency, count(*), median(rate), min(rate), max(rate) FROM ("
            "SELECT currency, converted_currency, (amount_converted / amount)::DECIMAL(18,6) AS rate FROM "
            f"read_parquet({literal(stage.parquet)}) WHERE amount > 100 AND amount_converted > 0 "
            "AND currency IS NOT NULL AND converted_currency IS NOT NULL) GROUP BY 1, 2 ORDER BY 3 DESC"
        ).fetchall()
    return tuple(
        Converted(
            currency=a,
            into=b,
            deals=n,
            rate=Decimal(str(r)),
            least=Decimal(str(low)),
            most=Decimal(str(high)),
        )
        for a, b, n, r, low, high in found
    )
