"""Tables in letters: as columns where they fit, words kept whole, else a record under a record."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal

from reports.deck import CardStep

_GAP = 2

Wrap = Callable[[str, int], Sequence[str]]


def text_columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for wide signs, none for marks on others."""
    return sum(
        0
        if unicodedata.category(char) in {"Mn", "Me", "Cf"}
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )


def table_lines(
    headings: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int], room: int, wrap: Wrap
) -> list[str]:
    """Return the lines of a table in `room` columns, headings first; without rows, only those.

    `right` are the columns that hold numbers: they are never broken. `wrap` breaks a text into lines of a width.
    """
    columns = list(zip(headings, *rows, strict=True))
    natural = [max(map(text_columns, column)) for column in columns]
    least = [
        width
        if index in right
        else max(text_columns(word) for cell in column for word in cell.split() or [""])
        for index, (column, width) in enumerate(zip(columns, natural, strict=True))
    ]
    free = room - _GAP * (len(columns) - 1)
    if sum(least) > free:
        return _stacked(headings, rows, room, wrap)
    widths = list(natural)
    while sum(widths) > free:
        widest = max((i for i in range(len(widths)) if widths[i] > least[i]), key=lambda i: widths[i])
        widths[widest] -= 1
    return [line for row in (headings, *rows) for line in _row(row, widths, right, wrap)]


def _row(cells: Sequence[str], widths: Sequence[int], right: frozenset[int], wrap: Wrap) -> list[str]:
    broken = [list(wrap(cell, width)) or [""] for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for at in range(max(map(len, broken))):
        parts = []
        for index, (pieces, width) in enumerate(zip(broken, widths, strict=True)):
            piece = pieces[at] if at < len(pieces) else ""
            fill = " " * (width - text_columns(piece))
            parts.append(fill + piece if index in right else piece + fill)
        lines.append((" " * _GAP).join(parts).rstrip())
    return lines


def _stacked(headings: Sequence[str], rows: Sequence[Sequence[str]], room: int, wrap: Wrap) -> list[str]:
    """Return each row as its first cell and, under it, the other cells by name."""
    lines: list[str] = []
    for row in rows:
        lines += wrap(row[0], room)
        said = " · ".join(
            f"{name} {cell}".strip() for name, cell in zip(headings[1:], row[1:], strict=True) if cell
        )
        lines += [f"  {line}" for line in wrap(said, room - 2)] if said else []
    return lines or list(wrap(" · ".join(headings), room))


def bridge_lines(steps: Sequence[CardStep], room: int) -> list[str]:
    """Return a bridge lying down in `room` columns: a row per step with its bar and its amount; empty without steps.

    Only the span that moves is drawn, so totals start at the left edge whatever their size.
    """
    if not steps:
        return []
    spans, level = [], Decimal(0)
    for step in steps:
        start, level = (level, step.value) if step.total else (level, level + step.value)
        spans.append((start, level))
    moved = [point for step, span in zip(steps, spans, strict=True) if not step.total for point in span]
    ends = [end for _, end in spans]
    names = max(text_columns(step.label) for step in steps)
    values = max(text_columns(step.text) for step in steps)
    wide = max(4, room - names - values - 2 * _GAP)
    low, high = min([*moved, *ends]), max([*moved, *ends])
    low -= (high - low) / 4
    scale = (wide / (high - low)) if high > low else Decimal(0)
    lines = []
    for step, (start, end) in zip(steps, spans, strict=True):
        left, right = (
            (0, round((end - low) * scale))
            if step.total
            else sorted(round((p - low) * scale) for p in (start, end))
        )
        left = min(left, wide - 1)
        bar = " " * left + ("█" if step.total else "▒") * max(1, right - left)
        lines.append(f"{step.label.ljust(names)}  {bar.ljust(wide)}  {step.text.rjust(values)}")
    return lines
