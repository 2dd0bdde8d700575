"""How a number reads, and the Excel format code that writes it the same way."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from reports.deck import NumberFormat
from reports.facts import Unit

MINUS = "−"
_COMMAS = {1: "", 1_000: ",", 1_000_000: ",,", 1_000_000_000: ",,,"}


def shown(value: Decimal, number: NumberFormat, *, signed: bool = False) -> str:
    """Return the value as people read it: "$0.59M", "−$0.59M", with `signed` "+$0.31M"; a share as "24 %"."""
    rounded = (abs(value) * 100 if _share(number) else abs(value) / number.scale).quantize(
        Decimal(1).scaleb(-number.decimals), rounding=ROUND_HALF_UP
    )
    sign = MINUS if value < 0 and rounded else "+" if signed and rounded else ""
    return f"{sign}{number.prefix}{rounded:,}{_suffix(number)}"


def code(number: NumberFormat) -> str:
    """Return the format code for chart and workbook; a scale other than a power of a thousand is shown unscaled."""
    digits = f"#,##0.{'0' * number.decimals}" if number.decimals else "#,##0"
    if _share(number):
        return f'{digits}" "%'
    plain = f"{_quoted(number.prefix)}{digits}{_COMMAS.get(number.scale, '')}{_quoted(_suffix(number))}"
    return f"{plain};{_quoted(MINUS)}{plain}"


def label_formula(cell: str, number: NumberFormat, total: str) -> str:
    """Return a formula for the same text from a cell; FIXED, unlike TEXT, knows no language. `total` is a condition."""
    amount = f"ABS({cell})*100" if _share(number) else f"ABS({cell})/{number.scale}"
    digits = f"ROUND({amount},{number.decimals})"
    sign = f'IF({digits}=0,"",IF({cell}<0,"{MINUS}",IF({total},"","+")))'
    return f"{sign}&{_literal(number.prefix)}&FIXED({amount},{number.decimals})&{_literal(_suffix(number))}"


def _share(number: NumberFormat) -> bool:
    return number.unit is Unit.SHARE


def _suffix(number: NumberFormat) -> str:
    return " %" if _share(number) else number.suffix


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "") + '"' if text else ""


def _literal(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
