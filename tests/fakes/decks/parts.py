"""What the slides of these decks are made of: numbers, cells, a slide."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from reports.deck import (
    Block,
    Cell,
    NumberFormat,
    Slide,
    Words,
)
from reports.facts import Unit

AS_OF = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)


MILLIONS = NumberFormat(unit=Unit.MONEY, prefix="$", suffix="M", scale=1_000_000, decimals=2)


COUNT = NumberFormat(unit=Unit.COUNT)


SHARE = NumberFormat(unit=Unit.SHARE, decimals=0)


FOOTER = "Demo CRM · 23 Nov 2026 08:30 ET · all regions · USD at plan rates · definitions v3"


def k(thousands: int) -> Decimal:
    return Decimal(thousands * 1000)


def words(text: str, by: str | None = None) -> Words:
    return Words(text=text, template=text, by=by)


def money(thousands: int) -> Cell:
    """Return a cell in millions with the exact value behind it."""
    sign = "−" if thousands < 0 else ""
    return Cell(text=f"{sign}{abs(thousands) / 1000:.2f}", value=k(thousands), unit=Unit.MONEY)


def deal(name: str, number: int, note: str = "") -> Cell:
    return Cell(
        text=name, link=f"https://larkmoor.example/lightning/r/Opportunity/006{number:015d}/view", note=note
    )


def slide(
    number: int,
    key: str,
    title: str,
    *blocks: Block,
    notes: str = "",
    footer: str = FOOTER,
    scope: str = "all regions",
    by: str | None = None,
) -> Slide:
    return Slide(
        id=f"s{number}",
        key=key,
        number=number,
        title=words(title, by),
        scope=scope,
        blocks=blocks,
        footer=footer,
        notes=notes
        or f"{key}: open pipeline is the sum of open deals due in the quarter, at plan rates, as of the instant in the footer.",
    )
