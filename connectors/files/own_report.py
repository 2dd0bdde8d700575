"""A company's own report as claims: read, guessed or mapped, and typed as an import is, but nothing is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from connectors.company import Company
from connectors.errors import BadRequest, NoSuchSheet
from connectors.files.claim import Claim
from connectors.files.days import day_in_name
from connectors.files.guess import guess
from connectors.files.headings import folded
from connectors.files.mapping import FileMap, Mapping
from connectors.files.profile import reader
from connectors.files.raw import Raw, read
from connectors.files.typed import Typed, typed
from connectors.quoting import literal, quoted
from connectors.records import ForecastClass, Status

_COLUMNS: Final = (
    "line", "id", "name", "account", "owner", "stage", "status", "category", "amount", "currency", "close",
    "created", "type",
)  # fmt: skip
# How columns are called that say which part of a deal a line is.
_SPLIT: Final = ("split", "aufteilung", "fractionnement", "division")
_PERCENT: Final = ("%", "percent", "prozent", "pourcent", "porcent")
# Converted amounts are what a report of several currencies adds up.
_ADDED_UP: Final = {"amount": "amount_converted", "currency": "converted_currency"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReport:
    """The lines of a report, in its order; `notes` say how it was read and what could not be, `made` is the day in its name."""

    claims: tuple[Claim, ...]
    notes: tuple[str, ...]
    made: date | None = None


def own_report(
    path: Path, company: Company, into: Path, *, mapping: Mapping | None = None, kept: bool = False
) -> OwnReport:
    """Read a report in any form that an import takes; working files go into the folder `into`.

    Stages are what the company file says they are. A report's converted amounts count where it has them. A mapping that is
    `kept` was made for exports: a report that lacks a column or the sheet of its entry there is guessed, whatever its name.

    Raises:
        BadRequest: it is no table of deals, it lacks a column of a mapping that is not kept, or it cannot be told how its
            dates or numbers are written.
    """
    raw, mapping = _read(path, into, mapping, kept=kept)
    known = {stage.name: stage.status for stage in company.stages}
    stages = {name: known.get(name, status) for name, status in mapping.stages.items()}
    mapping = replace(mapping, stages={**known, **stages}, zone=company.zone.key)
    file = mapping.file(raw.file, raw.headers)
    if file is not None:
        _refuse_without_deals(raw, file)
    if file is None or "amount_converted" not in file.columns:
        return _report(raw, file, company, typed((raw,), mapping, into, skip_bad=True, repeated=True))
    entered = typed((raw,), mapping, into / "entered", skip_bad=True, repeated=True)
    added_up = typed((raw,), _added_up(mapping, file), into, skip_bad=True, repeated=True)
    return _report(raw, file, company, added_up, entered)


def _read(path: Path, into: Path, mapping: Mapping | None, *, kept: bool) -> tuple[Raw, Mapping]:
    """Return the table and how it is read: by the mapping, or guessed where that says nothing of it."""
    sheet = mapping.sheet(path.name) if mapping else None
    try:
        raw = read(path, into, sheet=sheet)
    except NoSuchSheet:
        if not kept:
            raise
        mapping = None
        raw = read(path, into)
    file = mapping.file(raw.file, raw.headers) if mapping else None
    if mapping and file and not (kept and _lacks_columns(raw, file)):
        return raw, mapping
    if file and sheet:
        raw = read(path, into)
    return raw, guess((raw,))


def _lacks_columns(raw: Raw, file: FileMap) -> bool:
    """Say whether a meaning of the entry has no column here; one of a linked file is not here either."""
    return any(not set(names) & set(raw.headers) for names in file.columns.values())


def _refuse_without_deals(raw: Raw, file: FileMap) -> None:
    have = set(file.columns)
    if not have & {"id", "name"} or not have & {"amount", "amount_converted", "stage", "close"}:
        raise BadRequest(
            f"{raw.file} has no column of record ids or names beside one of amounts, stages or close dates; "
            f"it has: {', '.join(raw.headers[:30])}"
        )


def _added_up(mapping: Mapping, file: FileMap) -> Mapping:
    """Return the mapping in which the converted amount is the amount, without a currency where it names none."""
    columns = {name: found for name, found in file.columns.items() if name not in _ADDED_UP}
    written = {name: how for name, how in file.written.items() if name not in _ADDED_UP}
    for meaning, converted in _ADDED_UP.items():
        if converted in columns:
            columns[meaning] = columns.pop(converted)
        if converted in written:
            written[meaning] = written.pop(converted)
    other = replace(file, columns=columns, written=written)
    return replace(mapping, files=tuple(other if each is file else each for each in mapping.files))


def _report(
    raw: Raw, file: FileMap | None, company: Company, read_: Typed, entered: Typed | None = None
) -> OwnReport:
    with_ids = file is not None and "id" in file.columns
    amounts = {row[0]: (row[8], row[9]) for row in _rows(entered)} if entered else {}
    shares = _shares(raw)
    claims = tuple(
        replace(_claim(row, amounts.get(row[0]), with_ids=with_ids), share=shares.get(row[0]))
        for row in _rows(read_)
    )
    made = day_in_name(raw.file, company.zone)
    return OwnReport(claims=claims, notes=(*raw.remarks, *_unread(read_)), made=made)


def _shares(raw: Raw) -> dict[int, Decimal]:
    """Return which part of a deal each line is, per cent, where a column says so."""
    for header in raw.headers:
        said = folded(header)
        if any(word in said for word in _SPLIT) and any(word in header.casefold() for word in _PERCENT):
            with reader() as con:
                rows = con.execute(
                    f"SELECT line, {quoted(header)} FROM read_parquet({literal(raw.parquet)})"
                ).fetchall()
            return {line: share for line, cell in rows if (share := _percent(cell)) is not None}
    return {}


def _percent(cell: str | None) -> Decimal | None:
    try:
        return Decimal((cell or "").removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        return None


def _rows(read_: Typed) -> Iterator[tuple[Any, ...]]:
    with reader() as con:
        table = literal(read_.tables["deals"])
        yield from con.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM read_parquet({table}) ORDER BY line"
        ).fetchall()


def _claim(
    row: tuple[Any, ...], entered: tuple[Decimal | None, str | None] | None, *, with_ids: bool
) -> Claim:
    line, key, name, account, owner, stage, status, category, amount, currency, close, created, kind = row
    of_day: date | None = close
    at: datetime | None = created
    value, code = entered or (None, None)
    return Claim(
        line=line,
        id=key if with_ids else None,
        name=name or key,
        account=account,
        owner=owner,
        stage=stage,
        status=Status(status) if status else None,
        category=ForecastClass(category) if category else None,
        amount=amount,
        currency=currency,
        entered=None if value is None or code is None else (value, code),
        close=of_day,
        created=None if at is None else at.replace(tzinfo=UTC),
        type=kind,
    )


def _unread(read_: Typed) -> Iterator[str]:
    if read_.totals:
        yield "the sums of the rows above, at its end, do not count"
    if read_.rejected:
        first = read_.rejects[0]
        yield f"{read_.rejected:,} cells of the file could not be read, so their lines do not count; the first: {first}"
