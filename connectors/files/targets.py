"""A file of targets: a period, an amount, and perhaps a region, an owner and a currency in each row.

A target for anything else, such as a team, is refused: without its column it would be one for the whole company.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

import duckdb

from connectors.company import Company, Target
from connectors.errors import BadRequest
from connectors.files import raw
from connectors.files.headings import folded
from connectors.files.profile import reader
from connectors.files.raw import Raw
from connectors.quoting import literal, quoted, toml

# What the columns are called, in English, German, French and Spanish.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        meaning: tuple(names.split(", "))
        for meaning, names in {
            "period": "Period, Quarter, Fiscal Period, Fiscal Quarter, Close Quarter, Zeitraum, Quartal, Periode, Période, "
            "Trimestre, Periodo, Período, Trimestre fiscal",
            "amount": "Target, Amount, Quota, Goal, Target Amount, Plan, Ziel, Zielwert, Betrag, Quote, Vorgabe, Objectif, "
            "Montant, Cible, Objetivo, Importe, Cuota, Meta",
            "region": "Region, Territory, Sales Region, Gebiet, Vertriebsregion, Région, Territoire, Región, Territorio",
            "owner": "Owner, Rep, Sales Rep, Person, Name, Email, Opportunity Owner, Deal owner, Inhaber, Verkäufer, "
            "Propriétaire, Commercial, Propietario, Vendedor",
            "currency": "Currency, Currency Code, Currency ISO Code, Währung, Devise, Moneda, Divisa",
        }.items()
    }
)
# What may stand beside a target and says nothing of what it is for.
_REMARKS: Final = frozenset(
    map(
        folded,
        "Notes Note Comment Comments Remark Remarks Description Source Status Notiz Kommentar Bemerkung Commentaire Remarque "
        "Comentario Nota".split(),
    )
)
_NEEDED: Final = ("period", "amount")
_WORD: Final = re.compile(r"[^\W\d_]{2}")
# Whose money `$` alone may be.
_DOLLAR: Final = "$"
_DOLLARS: Final = frozenset(("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS"))
_FISCAL: Final = re.compile(r"(?:FY ?'?(\d{2,4})[ /-]*([QH]\d)|([QH]\d)[ /-]*FY ?'?(\d{2,4}))", re.IGNORECASE)
_CALENDAR: Final = re.compile(
    r"(?:[QTK](\d)[ /-]*'?(\d{4}|\d{2})|(\d{4})[ /-]*[QTK](\d)|(\d)[QTK]'?(\d{4}|\d{2}))", re.IGNORECASE
)
_QUARTER: Final = re.compile(r"[QTK][1-4]", re.IGNORECASE)
# So many bad lines are named, and how many more there are.
_NAMED: Final = 5
# Three digits at the end behind a mark: in money they are thousands, not decimals.
_THOUSANDS: Final = re.compile(r"[.,]\d{3}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the file; `line` is counted from 1, the header among them.

    `currency` is what the file says of it: a code, `$` where that could be several, None where it says nothing.
    """

    line: int
    target: Target
    currency: str | None = None


def read(path: Path) -> tuple[Target, ...]:
    """Return the targets of a file, in its order.

    Raises:
        BadRequest: the file cannot be read, a column is missing, or an amount is none; the message names the line.
    """
    return tuple(row.target for row in rows(path))


def rows(path: Path) -> tuple[Row, ...]:
    """Return the same with the line of each, so that a complaint can name it.

    A table with a column for each quarter gives a row for each of its filled cells.

    Raises:
        BadRequest: as `read`; the first bad lines are named, and how many there are.
    """
    with TemporaryDirectory(prefix="quarterdeck-") as folder:
        table = raw.read(path, Path(folder))
        columns, wide = _columns(table)
        with reader() as con:
            source = f"read_parquet({literal(table.parquet)})"
            named = [(header, quoted(header)) for header in wide] or [("", quoted(columns["amount"]))]
            others = [
                header
                for header in table.headers
                if header not in {*columns.values(), *wide} and folded(header) not in _REMARKS
            ]
            parts = [
                _cells(columns, source, place, header, cell, others)
                for place, (header, cell) in enumerate(named)
            ]
            con.execute(f"CREATE TEMP TABLE cells AS {' UNION ALL '.join(parts)}")
            mark = _mark(path.name, con)
            found = con.execute(
                f"SELECT line, period, region, owner, written, try_cast(number(written, '{mark}') AS DECIMAL(18,2)), "
                f"{_CURRENCY}, beside FROM cells ORDER BY line, place"
            ).fetchall()
    made, bad = [], []
    for line, period, region, owner, written, amount, currency, beside in found:
        if not (period or region or owner or written) or (wide and not written):
            continue
        try:
            if not owner:
                _refuse_narrower(path, line, beside)
            made.append(
                replace(_row(path, line, (period, region, owner, written, amount)), currency=currency)
            )
        except BadRequest as error:
            bad.append(str(error))
    _refuse(bad)
    if not made:
        raise BadRequest(f"{path.name} has no targets in it")
    return tuple(made)


# Of `$1,200` alone nobody knows whose dollars they are.
_CURRENCY: Final = (
    f"coalesce(upper(currency), CASE WHEN contains(written, '{_DOLLAR}') "
    f"AND NOT regexp_matches(written, '[A-Za-z]\\$|[A-Z]{{3}}') THEN '{_DOLLAR}' "
    "WHEN regexp_matches(written, 'MIO|MRD|TSD') THEN NULL ELSE currency_of(written) END)"
)


def _cells(
    columns: Mapping[str, str], source: str, place: int, period: str, amount: str, others: Iterable[str]
) -> str:
    """Return the targets of one column of amounts as SQL; `period` is its heading where that names the quarter.

    `beside` are the cells of the columns `others`, by their headings.
    """

    def cell(meaning: str) -> str:
        return quoted(columns[meaning]) if meaning in columns else "NULL::VARCHAR"

    named = literal(period) if period else cell("period")
    beside = ", ".join(f"{{'of': {literal(header)}, 'is': {quoted(header)}}}" for header in others)
    return (
        f"SELECT line, {place} AS place, {named} AS period, {cell('region')} AS region, "
        f"{cell('owner')} AS owner, {amount} AS written, {cell('currency')} AS currency, "
        f'{f"[{beside}]" if beside else "[]"}::STRUCT("of" VARCHAR, "is" VARCHAR)[] AS beside FROM {source}'
    )


def _refuse_narrower(path: Path, line: int, beside: Iterable[Mapping[str, str | None]]) -> None:
    """Refuse a row in which a column that means nothing here says in words what else the target is for."""
    for cell in beside:
        written = cell["is"]
        if written and _WORD.search(written):
            raise BadRequest(
                f"{path.name}, line {line}: the target is for the {cell['of']} {written!r}, and targets are set for the company, "
                f"a region or an owner; add them up by one of these, or leave the column {cell['of']!r} out"
            )


def _refuse(bad: list[str]) -> None:
    """Raise what is wrong with the first lines, and how many more there are; nothing where nothing is wrong."""
    if not bad:
        return
    once = tuple(dict.fromkeys(bad))
    more = len(once) - _NAMED
    raise BadRequest("; ".join(once[:_NAMED]) + (f"; and {more} more lines like these" if more > 0 else ""))


def placed(
    found: Iterable[Row],
    company: Company,
    people: Iterable[str],
    *,
    quarter: Callable[[str], str],
    source: str,
) -> tuple[Target, ...]:
    """Return the targets as the company file writes them: its regions, known owners, its fiscal quarters.

    `quarter` returns the label of the one fiscal quarter that a period is, and raises BadRequest for any other.

    Raises:
        BadRequest: a region, an owner or a period is not known, or two rows are for the same; the message names the line.
    """
    regions = {_same(name): name for name in company.dimensions.get("region", ())}
    regions |= {_same(company.label(name)): name for name in company.dimensions.get("region", ())}
    owners = {_same(name): name for name in people}
    made: dict[tuple[str, str | None, str | None], tuple[int, Target]] = {}
    bad = []
    for row in found:
        at, target = f"{source}, line {row.line}", row.target
        try:
            _refuse_foreign(at, row.currency, company.currency)
            region = _known(at, "region", target.region, regions)
            owner = _known(at, "owner", target.owner, owners)
            period = _quarter(at, target.period, quarter)
            place = (period, region, owner)
            if place in made:
                of = " ".join(part for part in place if part)
                raise BadRequest(f"{at}: {of} has a target on line {made[place][0]} already")
        except BadRequest as error:
            bad.append(str(error))
            continue
        made[place] = row.line, Target(period=period, amount=target.amount, region=region, owner=owner)
    _refuse(bad)
    return tuple(target for _, target in made.values())


def _refuse_foreign(at: str, currency: str | None, own: str) -> None:
    if currency in (None, own) or (currency == _DOLLAR and own in _DOLLARS):
        return
    raise BadRequest(f"{at}: the target is in {currency}, and the company counts in {own}; write it in {own}")


def _quarter(at: str, name: str, quarter: Callable[[str], str]) -> str:
    try:
        return quarter(name)
    except BadRequest as error:
        raise BadRequest(f"{at}: {error}") from error


def together(held: Iterable[Target], new: Iterable[Target]) -> tuple[Target, ...]:
    """Return the targets that were held, those for the same period, region and owner replaced, then the others."""
    found = {(one.period, one.region, one.owner): one for one in (*held, *new)}
    return tuple(found.values())


def lines(targets: Iterable[Target]) -> tuple[str, ...]:
    """Return targets as lines of the company file."""
    written: list[str] = []
    for target in targets:
        written += ["[[targets]]", f"period = {toml(target.period)}"]
        written += [f"region = {toml(target.region)}"] if target.region else []
        written += [f"owner = {toml(target.owner)}"] if target.owner else []
        written += [f"amount = {toml(f'{target.amount.normalize():f}')}"]
    return tuple(written)


def period_name(text: str) -> str:
    """Return a period as the company file writes it: `Q4 2026` as 2026-Q4, `Q4 FY2026` as FY26-Q4; else as it is."""
    tidy = " ".join(text.split())
    if found := _FISCAL.fullmatch(tidy):
        year, part = (found[1], found[2]) if found[1] else (found[4], found[3])
        return f"FY{year[-2:]}-{part.upper()}"
    if found := _CALENDAR.fullmatch(tidy):
        number, year = next(
            (n, y) for n, y in ((found[1], found[2]), (found[4], found[3]), (found[5], found[6])) if n
        )
        return f"{year if len(year) == 4 else f'20{year}'}-Q{number}"
    return tidy


def yearless(text: str) -> bool:
    """Say whether a period is a quarter without its year."""
    return _QUARTER.fullmatch(text.strip()) is not None


def _columns(table: Raw) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return meaning to column, the first heading that is known; and the columns that are a quarter's amounts each."""
    by_name = {folded(header): header for header in reversed(table.headers)}
    found = {
        meaning: next(by_name[folded(name)] for name in names if folded(name) in by_name)
        for meaning, names in HEADINGS.items()
        if any(folded(name) in by_name for name in names)
    }
    if "period" not in found and (
        wide := tuple(header for header in table.headers if period_name(header) != header or yearless(header))
    ):
        return found, wide
    given = [name for name in HEADINGS["amount"] if folded(name) in by_name]
    if len(given) > 1:
        raise BadRequest(
            f"{table.file} has the columns {by_name[folded(given[0])]!r} and {by_name[folded(given[1])]!r}, and either could be "
            "the target; leave one of them out"
        )
    for meaning in _NEEDED:
        if meaning not in found:
            raise BadRequest(
                f"{table.file} has no column for the {meaning}: call one {HEADINGS[meaning][0]!r}; "
                f"it has {', '.join(table.headers[:20])}"
            )
    return found, ()


def _mark(file: str, con: duckdb.DuckDBPyConnection) -> str:
    """Return the mark before the decimals of all amounts; of `1.200` alone the point groups thousands, as money has cents.

    Raises:
        BadRequest: one line can only be read with a point before the decimals, another only with a comma.
    """
    read = con.execute(
        "WITH read AS (SELECT line, place, written, digits_in(written) AS d FROM cells) "
        "SELECT line, written, d, by_point(d), by_comma(d) FROM read WHERE d IS NOT NULL ORDER BY line, place"
    ).fetchall()
    lines: dict[str, tuple[int, str]] = {}
    for line, written, digits, point, comma in read:
        if (point is None and comma is None) or point == comma:
            continue
        if point is not None and comma is not None:
            # Either way of reading it: three digits behind the mark are thousands, unless thousands are what it counts in.
            grouped = _THOUSANDS.search(digits) and not written.rstrip()[-1:].isalpha()
            mark = "," if ("." in digits) == bool(grouped) else "."
        else:
            mark = "." if comma is None else ","
        lines.setdefault(mark, (line, written))
    if len(lines) > 1:
        (point_line, point_text), (comma_line, comma_text) = lines["."], lines[","]
        raise BadRequest(
            f"{file}: {point_text!r} on line {point_line} has a point before the decimals, "
            f"{comma_text!r} on line {comma_line} a comma; write all amounts in one way"
        )
    return next(iter(lines), ".")


def _row(path: Path, line: int, cells: tuple[str | Decimal | None, ...]) -> Row:
    period, region, owner, written, amount = cells
    if not isinstance(amount, Decimal) or amount < 0:
        raise BadRequest(
            f"{path.name}, line {line}: the target is {written!r}; write a number like 1200000 or 1.2M"
        )
    if not period:
        raise BadRequest(f"{path.name}, line {line}: there is no period; write one like FY26-Q4 or 2026-Q4")
    target = Target(
        period=period_name(str(period)),
        amount=amount,
        region=str(region) if region else None,
        owner=str(owner) if owner else None,
    )
    return Row(line=line, target=target)


def _known(at: str, what: str, written: str | None, known: Mapping[str, str]) -> str | None:
    if written is None:
        return None
    if _same(written) not in known:
        names = ", ".join(dict.fromkeys(known.values()))
        raise BadRequest(
            f"{at}: the {what} {written!r} is not known; {f'use one of {names}' if names else 'there are none'}"
        )
    return known[_same(written)]


def _same(text: str) -> str:
    return " ".join(text.casefold().split())
