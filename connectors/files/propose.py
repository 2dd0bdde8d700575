"""`propose`: from what an import read to the company file that it seems to mean."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from connectors.company import Fiscal
from connectors.files.columns import Kind
from connectors.files.fiscal import fiscal_of
from connectors.files.mapping import COMMA, FileMap, Mapping, linked
from connectors.files.meaning import Known, Plan, proposal
from connectors.files.profile import Mark
from connectors.files.proposal import Proposal
from connectors.files.rates import converted
from connectors.files.raw import Raw
from connectors.files.typed import Converted, Typed

# Rates that differ by more than this share from deal to deal are no plan rates.
STEADY: Final = Decimal("0.01")
# Amounts of two decimals, as large as those that rates are taken from, know a rate about so exactly.
_EXACT: Final = Decimal("0.00005")
_FISCAL: Final = re.compile(
    r"(?:fiscal|close|opportunity|geschäfts|fiskal)\W*.*(?:period|quarter|quartal)|"
    r"p[ée]riode fiscale|per[ií]odo fiscal|trimest\w* fiscal\w*",
    re.IGNORECASE,
)


def propose(typed: Typed, raws: Sequence[Raw], mapping: Mapping, *, today: date) -> Proposal:
    """Return the company file that typed tables seem to mean, with what each guess rests on."""
    files = [(raw, file) for raw in raws if (file := mapping.file(raw.file, raw.headers)) is not None]
    return proposal(
        typed.tables,
        Known(
            origin=tuple(raw.file for raw in raws),
            today=today,
            sources=_sources(files),
            linked=_linked(files),
            zone=mapping.zone or "UTC",
            plan=_plan(typed.converted or _implied(typed, files), _sources(files)),
            fiscal=_fiscal(typed, files),
        ),
    )


def _sources(files: Sequence[tuple[Raw, FileMap]]) -> dict[str, tuple[str, ...]]:
    """Return the columns of each meaning of deals; those of several files one after the other, each once."""
    found: dict[str, tuple[str, ...]] = {}
    for _, file in files:
        if file.kind == "deals":
            for meaning, columns in file.columns.items():
                found[meaning] = tuple(dict.fromkeys((*found.get(meaning, ()), *columns)))
    return found


def _linked(files: Sequence[tuple[Raw, FileMap]]) -> dict[Kind, str]:
    """Return the column with the region of each linked file, as a mapping of deals names it."""
    return {
        file.kind: f"{file.kind}.{columns[0]}"
        for raw, file in files
        if file.kind != "deals" and (columns := file.columns.get("region", ()))
        if linked(columns[0], raw.headers) is None
    }


def _plan(converted: Sequence[Converted], sources: Map[str, tuple[str, ...]]) -> Plan | None:
    """Return what converted amounts say: the currency most are converted into, and the rates into it."""
    if not converted:
        return None
    deals: dict[str, int] = {}
    for one in converted:
        deals[one.into] = deals.get(one.into, 0) + one.deals
    home = max(deals, key=lambda code: (deals[code], code))
    rates = {one.currency: _short(one.rate) for one in converted if one.into == home and one.currency != home}
    odd = [
        f"{one.currency} {_text(one.least)} to {_text(one.most)}"
        for one in converted
        if one.into == home and one.currency != home and one.most - one.least > one.rate * STEADY
    ]
    return Plan(
        currency=home,
        rates=rates,
        sources=sources.get("amount_converted", ())[:1],
        says=f"they differ from deal to deal ({', '.join(odd)}), so the middle one stands here"
        if odd
        else "",
    )


def _implied(typed: Typed, files: Sequence[tuple[Raw, FileMap]]) -> tuple[Converted, ...]:
    """Return what converted amounts say that do not name their currency: it is the one whose amounts stay as they are."""
    deals = [(raw, file) for raw, file in files if file.kind == "deals"]
    if len(deals) != 1:
        return ()
    raw, file = deals[0]
    columns = file.columns.get("amount_converted", ())
    if not columns or "converted_currency" in file.columns:
        return ()
    mark: Mark = "," if file.written.get("amount_converted") == COMMA else "."
    return converted(raw.parquet, columns[0], typed.tables["deals"], mark=mark)


def _short(rate: Decimal) -> Decimal:
    """Return the shortest number that is the rate, as exactly as converted amounts know it."""
    for digits in range(1, 12):
        short = rate.quantize(Decimal(1).scaleb(rate.adjusted() - digits + 1))
        if abs(short - rate) <= rate * _EXACT:
            return short.normalize()
    return rate


def _text(rate: Decimal) -> str:
    return format(_short(rate), "f")


def _fiscal(typed: Typed, files: Sequence[tuple[Raw, FileMap]]) -> tuple[Fiscal, str] | None:
    """Return the fiscal calendar by which periods beside close dates are written, and their column; None without any."""
    deals = [raw for raw, file in files if file.kind == "deals"]
    if len(deals) != 1:
        return None
    for header in deals[0].headers:
        if _FISCAL.search(header):
            fiscal = fiscal_of(deals[0].parquet, header, typed.tables["deals"])
            if fiscal is not None:
                return fiscal, header
    return None
