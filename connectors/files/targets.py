"""A file of targets: a period, an amount, and perhaps a region or an owner in each row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

from connectors.company import Company, Target
from connectors.errors import BadRequest
from connectors.files import raw
from connectors.files.headings import folded
from connectors.files.profile import reader
from connectors.files.raw import Raw, literal, quoted

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
        }.items()
    }
)
_NEEDED: Final = ("period", "amount")
_FISCAL: Final = re.compile(r"(?:FY ?'?(\d{2,4})[ /-]*([QH]\d)|([QH]\d)[ /-]*FY ?'?(\d{2,4}))", re.IGNORECASE)
_CALENDAR: Final = re.compile(r"(?:[QTK](\d)[ /-]*'?(\d{4})|(\d{4})[ /-]*[QTK](\d))", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the file; `line` is counted from 1, the header among them."""

    line: int
    target: Target


def read(path: Path) -> tuple[Target, ...]:
    """Return the targets of a file, in its order.

    Raises:
        BadRequest: the file cannot be read, a column is missing, or an amount is none; the message names the line.
    """
    return tuple(row.target for row in rows(path))


def rows(path: Path) -> tuple[Row, ...]:
    """Return the same with the line of each, so that a complaint can name it.

    Raises:
        BadRequest: as `read`.
    """
    with TemporaryDirectory(prefix="quarterdeck-") as folder:
        table = raw.read(path, Path(folder))
        columns = _columns(table)
        picked = ", ".join(quoted(columns[name]) if name in columns else "NULL" for name in HEADINGS)
        mark = "','" if _comma(table, columns["amount"]) else "'.'"
        with reader() as con:
            found = con.execute(
                f"SELECT line, {picked}, try_cast(number({quoted(columns['amount'])}, {mark}) AS DECIMAL(18,2)) "
                f"FROM read_parquet({literal(str(table.parquet))}) ORDER BY line"
            ).fetchall()
    made = [_row(path, line, cells) for line, *cells in found if any(cells[:-1])]
    if not made:
        raise BadRequest(f"{path.name} has no targets in it")
    return tuple(made)


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
    for row in found:
        at, target = f"{source}, line {row.line}", row.target
        region = _known(at, "region", target.region, regions)
        owner = _known(at, "owner", target.owner, owners)
        try:
            period = quarter(target.period)
        except BadRequest as error:
            raise BadRequest(f"{at}: {error}") from error
        place = (period, region, owner)
        if place in made:
            of = " ".join(part for part in place if part)
            raise BadRequest(f"{at}: {of} has a target on line {made[place][0]} already")
        made[place] = row.line, Target(period=period, amount=target.amount, region=region, owner=owner)
    return tuple(target for _, target in made.values())


def together(held: Iterable[Target], new: Iterable[Target]) -> tuple[Target, ...]:
    """Return the targets that were held, those for the same period, region and owner replaced, then the others."""
    found = {(one.period, one.region, one.owner): one for one in (*held, *new)}
    return tuple(found.values())


def lines(targets: Iterable[Target]) -> tuple[str, ...]:
    """Return targets as lines of the company file."""
    written: list[str] = []
    for target in targets:
        written += ["[[targets]]", f"period = {_toml(target.period)}"]
        written += [f"region = {_toml(target.region)}"] if target.region else []
        written += [f"owner = {_toml(target.owner)}"] if target.owner else []
        written += [f"amount = {_toml(f'{target.amount.normalize():f}')}"]
    return tuple(written)


def period_name(text: str) -> str:
    """Return a period as the company file writes it: `Q4 2026` as 2026-Q4, `Q4 FY2026` as FY26-Q4; else as it is."""
    tidy = " ".join(text.split())
    if found := _FISCAL.fullmatch(tidy):
        year, part = (found[1], found[2]) if found[1] else (found[4], found[3])
        return f"FY{year[-2:]}-{part.upper()}"
    if found := _CALENDAR.fullmatch(tidy):
        number, year = (found[1], found[2]) if found[1] else (found[4], found[3])
        return f"{year}-Q{number}"
    return tidy


def _columns(table: Raw) -> dict[str, str]:
    """Return meaning to column; the first heading that is known counts."""
    by_name = {folded(header): header for header in reversed(table.headers)}
    found = {
        meaning: next(by_name[folded(name)] for name in names if folded(name) in by_name)
        for meaning, names in HEADINGS.items()
        if any(folded(name) in by_name for name in names)
    }
    for meaning in _NEEDED:
        if meaning not in found:
            raise BadRequest(
                f"{table.file} has no column for the {meaning}: call one {HEADINGS[meaning][0]!r}; "
                f"it has {', '.join(table.headers[:20])}"
            )
    return found


def _comma(table: Raw, column: str) -> bool:
    """Say whether a comma stands before decimals; of `1.200` alone the point groups thousands, for money has two decimals."""
    profile = table.profile(column)
    numbers = profile.numbers if profile else None
    if profile is None or numbers is None:
        return False
    if numbers.comma != numbers.point:
        return numbers.comma > numbers.point
    return bool(numbers.doubtful) and any("." in text for text in profile.samples)


def _row(path: Path, line: int, cells: list[str | Decimal | None]) -> Row:
    period, written, region, owner, amount = cells
    if not isinstance(amount, Decimal) or amount < 0:
        raise BadRequest(f"{path.name}, line {line}: the target is {written!r}; write a number like 1200000")
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


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
