"""The SQL that reads one raw table by its mapping: every meaning as a typed column, beside the text it was read from."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from connectors.errors import BadRequest
from connectors.files.columns import COLUMNS, Kind
from connectors.files.ids import LINKED, short
from connectors.files.ids import made as made_of
from connectors.files.mapping import COMMA, DATES, DAY, MONTH, NUMBERS, FileMap, Mapping, linked
from connectors.files.raw import Raw
from connectors.quoting import literal, quoted

# The meaning of a deal by which a file of another kind is found.
KEYS: Final[Map[Kind, str]] = {"accounts": "account", "people": "owner", "products": "product"}
PARSED: Final = (*NUMBERS, *DATES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A raw table and how it is read."""

    raw: Raw
    file: FileMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A table that was read: the columns of its kind, and behind them what tells which rows cannot be taken.

    `checks` are the meanings whose text must have become a value, each with what is wrong where it did not; where it did
    not, the text is in a column `t NAME`.
    """

    source: Source
    parquet: Path
    checks: tuple[tuple[str, str], ...]


def staged(
    con: duckdb.DuckDBPyConnection, source: Source, sources: Sequence[Source], mapping: Mapping, into: Path
) -> Staged:
    """Read one raw table into a Parquet file in `into`."""
    sql = _Reading(source, sources, mapping)
    parquet = into / f"{source.raw.sha256[:16]}.{source.file.kind}.staged.parquet"
    chosen, checks = sql.deals() if source.file.kind == "deals" else sql.others()
    texts = [f"t {meaning}" for meaning, _ in checks]
    unfit = ", ".join(
        f"CASE WHEN {quoted(name[2:])} IS NULL THEN {quoted(name)} END AS {quoted(name)}" for name in texts
    )
    con.execute(
        f"COPY (SELECT * {f'REPLACE ({unfit})' if unfit else ''} FROM "
        f"(SELECT {', '.join(f'{expression} AS {quoted(name)}' for name, expression in chosen)} FROM ({sql.texts()}) AS t)"
        f") TO {literal(parquet)} (FORMAT parquet)"
    )
    return Staged(source=source, parquet=parquet, checks=checks)


class _Reading:
    """The expressions of one table."""

    def __init__(self, source: Source, sources: Sequence[Source], mapping: Mapping) -> None:
        self.raw = source.raw
        self.file = source.file
        self.sources = sources
        self.mapping = mapping
        self.zone = literal(mapping.zone or "UTC")
        self.have = frozenset(self.file.columns)

    def texts(self) -> str:
        """Return a query with the text of every meaning that is mapped, after value maps, and `line`."""
        own = f"read_parquet({literal(self.raw.parquet)})"
        first: list[str] = ["r.line"]
        later: list[tuple[str, tuple[str, ...]]] = []
        for meaning, columns in self.file.columns.items():
            if any(linked(name, self.raw.headers) for name in columns):
                later.append((meaning, columns))
                # The file's own columns of a chain are carried along under their place.
                first += [
                    f"r.{quoted(name)} AS {quoted(f'{meaning} {place}')}"
                    for place, name in enumerate(columns)
                    if name in self.raw.headers
                ]
            else:
                cells = [f"r.{quoted(name)}" for name in columns if name in self.raw.headers]
                first.append(f"{self._named(meaning, _first_of(cells))} AS {quoted(meaning)}")
        query = f"SELECT {', '.join(first)} FROM {own} AS r WHERE r.problem IS NULL"
        if not later:
            return query
        kinds = list(
            dict.fromkeys(
                found[0] for _, names in later for name in names if (found := linked(name, self.raw.headers))
            )
        )
        picked = ["o.*"]
        for meaning, columns in later:
            cells = []
            for place, name in enumerate(columns):
                found = linked(name, self.raw.headers)
                cells.append(
                    f"{found[0]}.{quoted(found[1])}" if found else f"o.{quoted(f'{meaning} {place}')}"
                )
            picked.append(f"{self._named(meaning, _first_of(cells))} AS {quoted(meaning)}")
        joins = " ".join(self._join(kind) for kind in kinds)
        return f"SELECT {', '.join(picked)} FROM ({query}) AS o {joins}"

    def _join(self, kind: Kind) -> str:
        key = KEYS[kind]
        others = [source for source in self.sources if source.file.kind == kind]
        if not others:
            raise BadRequest(
                f"the mapping of {self.raw.file} takes columns from a file of {kind}, but none was given: give that file too"
            )
        if key not in self.have:
            raise BadRequest(
                f"the mapping of {self.raw.file} needs {key}, by which the file of {kind} is found"
            )
        other = others[0]
        if "name" not in other.file.columns:
            raise BadRequest(f"the mapping of {other.raw.file} needs name, by which it is found")
        wanted = {
            found[1]
            for names in self.file.columns.values()
            for name in names
            if (found := linked(name, self.raw.headers)) and found[0] == kind
        }
        missing = sorted(wanted - set(other.raw.headers))
        if missing:
            have = ", ".join(other.raw.headers[:30])
            raise BadRequest(f"{other.raw.file} has no column {missing[0]!r}; it has: {have}")
        values = ", ".join(f"first({quoted(name)}) AS {quoted(name)}" for name in sorted(wanted))
        name = _named(other.file, "name", _first_of([quoted(cell) for cell in other.file.columns["name"]]))
        return (
            f"LEFT JOIN (SELECT {short(name, LINKED)} AS key_, {values} FROM read_parquet({literal(other.raw.parquet)}) "
            f"WHERE problem IS NULL GROUP BY 1) AS {kind} ON {kind}.key_ = {short(f'o.{quoted(key)}', LINKED)}"
        )

    def _named(self, meaning: str, expression: str) -> str:
        return _named(self.file, meaning, expression)

    def _text(self, meaning: str) -> str:
        return f"t.{quoted(meaning)}" if meaning in self.have else "(NULL::VARCHAR)"

    def deals(self) -> tuple[list[tuple[str, str]], tuple[tuple[str, str], ...]]:
        """Return the columns of deals with their expressions, and the checks."""
        made: dict[str, str] = {name: self._text(name) for name, _ in COLUMNS["deals"]}
        checks: list[tuple[str, str]] = []
        made["line"] = "t.line"
        parsed = {meaning: self._parsed(meaning) for meaning in PARSED}
        made |= parsed
        if "amount_converted" in self.have:
            made["amount"] = (
                f"coalesce({parsed['amount']}, CASE WHEN {self._text('amount')} IS NULL THEN {parsed['amount_converted']} END)"
            )
        own = f"coalesce(upper({self._text('currency')}), currency_of({self._text('amount')}))"
        converted = f"coalesce(upper({self._text('converted_currency')}), currency_of({self._text('amount_converted')}))"
        made["currency"] = (
            own
            if "amount_converted" not in self.have
            else (
                f"CASE WHEN {self._text('amount')} IS NULL THEN coalesce({converted}, {own}) ELSE {own} END"
            )
        )
        made["converted_currency"] = converted
        made["stage"] = self._text("stage")
        made["status"] = self._status()
        for kept, closing, when in (("close", "closed_on", "<> 'open'"), ("amount", "won_amount", "= 'won'")):
            if closing in self.have:
                closed = f"coalesce({made[closing]}, {made[kept]})"
                made[kept] = f"CASE WHEN {made['status']} {when} THEN {closed} ELSE {made[kept]} END"
        made["category"] = (
            f"({_map({name: category.value for name, category in self.mapping.categories.items()})})[{self._text('category')}]"
            if self.mapping.categories
            else "(NULL::VARCHAR)"
        )
        made["made"] = "false" if "id" in self.have else "true"
        made["id"] = (
            self._text("id")
            if "id" in self.have
            else made_of(self._text("account"), self._text("name"), parsed["created"], self.zone)
        )
        if "id" in self.have:
            made["t id"] = f"coalesce({self._text('id')}, '')"
            checks.append(("id", "has no record id"))
        for meaning in PARSED:
            if meaning in self.have:
                made[f"t {meaning}"] = (
                    f"CASE WHEN NOT nothing({self._text(meaning)}) THEN {self._text(meaning)} END"
                )
                checks.append((meaning, self._wrong(meaning)))
        if "status" in self.have:
            made["t status"] = f"coalesce({self._text('status')}, {self._text('stage')})"
            checks.append(
                ("status", "is not open, won or lost: say in [files.values.status] of map.toml what it is")
            )
        elif "stage" in self.have:
            made["t status"] = self._text("stage")
            checks.append(("status", "is not a stage of [stages] in map.toml: add it to open, won or lost"))
        return list(made.items()), tuple(checks)

    def others(self) -> tuple[list[tuple[str, str]], tuple[tuple[str, str], ...]]:
        """Return the columns of accounts, people or products with their expressions; there is nothing to check."""
        made = {name: self._text(name) for name, _ in COLUMNS[self.file.kind]}
        made["line"] = "t.line"
        if "active" in made:
            made["active"] = f"coalesce(yes({self._text('active')}), true)"
        return list(made.items()), ()

    def _parsed(self, meaning: str) -> str:
        text = self._text(meaning)
        if meaning not in self.have:
            kind = (
                "DATE"
                if meaning in {"close", "closed_on", "last_activity"}
                else "TIMESTAMP"
                if meaning == "created"
                else None
            )
            return f"NULL::{kind or 'DECIMAL(18,2)'}"
        how = self.file.written.get(meaning)
        if meaning in DATES:
            first = "'day'" if how == DAY else "'month'" if how == MONTH else "NULL"
            kind = "instant" if meaning == "created" else "day"
            return f"{kind}({text}, {first}, {self.zone})"
        mark = "','" if how == COMMA else "'.'" if how else "NULL"
        number = f"number({text}, {mark})"
        if meaning != "probability":
            return f"try_cast({number} AS DECIMAL(18,2))"
        times = 100 if self._is_share() else 1
        return f"try_cast(try_cast({number} AS DECIMAL(18,6)) * {times} AS DECIMAL(5,2))"

    def _is_share(self) -> bool:
        """Say whether probabilities are written from 0 to 1."""
        profile = self.raw.profile(self.file.columns["probability"][0])
        numbers = profile.numbers if profile else None
        return bool(numbers and not numbers.percent and numbers.most is not None and numbers.most <= 1)

    def _status(self) -> str:
        won, closed = (
            f"yes({self._text(name)})" if name in self.have else "NULL::BOOLEAN" for name in ("won", "closed")
        )
        stages = {stage: str(status) for stage, status in self.mapping.stages.items() if status != "?"}
        by_stage = f"({_map(stages)})[{self._text('stage')}]" if stages else "(NULL::VARCHAR)"
        if not {"stage", "status", "won", "closed"} & self.have:
            return "'open'"
        said = f"lower({self._text('status')})"
        rest = "'open'" if "stage" not in self.have else "(NULL::VARCHAR)"
        return (
            f"CASE WHEN {won} THEN 'won' WHEN {closed} AND {won} IS NOT NULL THEN 'lost' WHEN NOT {closed} THEN 'open' "
            f"WHEN {said} IN ('open', 'won', 'lost') THEN {said} WHEN {said} IS NULL THEN coalesce({by_stage}, {rest}) END"
        )

    def _wrong(self, meaning: str) -> str:
        how = self.file.written.get(meaning)
        if meaning in DATES:
            if how in {DAY, MONTH}:
                return f"is not a date with the {how}"
            return f'is not a date; where day or month come first, add files.written.{meaning} = "{DAY}" to map.toml'
        if meaning == "probability":
            return "is not a number from 0 to 100"
        return f"is not a number written like {how}" if how else "is not a number"


def _first_of(cells: Sequence[str]) -> str:
    """Return the first of some cells that says something; a dash says nothing."""
    said = [f"CASE WHEN {cell} NOT IN ('-', '–', '—') THEN {cell} END" for cell in cells]
    return f"coalesce({', '.join(said)})" if len(said) > 1 else said[0]


def _named(file: FileMap, meaning: str, expression: str) -> str:
    """Return an expression with the values that map.toml names otherwise."""
    values = file.values.get(meaning)
    return f"coalesce(({_map(values)})[{expression}], {expression})" if values else expression


def _map(pairs: Map[str, str]) -> str:
    return (
        "MAP {" + ", ".join(f"{literal(before)}: {literal(after)}" for before, after in pairs.items()) + "}"
    )
