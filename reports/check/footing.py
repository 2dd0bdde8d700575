"""Sums (DECKS.md 5.5): waterfalls foot, totals are the sum of their parts or, for ratios, worked out anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from reports.check.figures import Figure, figures
from reports.check.problem import Problem, error
from reports.deck import Cell, Chart, Deck, NumberFormat, Slide, Table, TableRow
from reports.facts import Unit

ZERO = Decimal(0)
# Money may be off by what exact sums of unrounded amounts lose when a ratio was divided: nothing a person could see.
EXACT = Decimal("0.01")
# What the columns are called from which others follow.
_COLUMNS = {
    "coverage": ("coverage",),
    "open": ("open", "pipeline"),
    "won": ("won", "bookings"),
    "commit": ("commit",),
    "target": ("target",),
    "gap": ("gap",),
}
_MORE = re.compile(r"and ([\d,]+) more")
_AVERAGED = re.compile(r"average|median|mean|typical|usual|\bper\b", re.IGNORECASE)


def footing_problems(deck: Deck) -> tuple[Problem, ...]:
    """Return the sums of a deck that do not come out."""
    found: list[Problem] = []
    for slide in deck.slides:
        where = f"slide {slide.number}"
        for block in slide.blocks:
            if isinstance(block, Chart) and block.mark == "waterfall":
                found += _waterfall(slide, block, where)
            elif isinstance(block, Table):
                found += _table(slide, block, where)
    return tuple(found)


def _waterfall(slide: Slide, block: Chart, where: str) -> Iterator[Problem]:
    """Yield totals that are not what the bars before them come to, exactly and as they are displayed."""
    if len(block.series) != 1 or not block.totals:
        yield error(
            "footing.waterfall",
            where,
            f"the waterfall {block.id!r} has {len(block.series)} series and {len(block.totals)} totals",
        )
        return
    level, shown = ZERO, ZERO
    for index, value in enumerate(block.series[0].values):
        amount = value if value is not None and value.is_finite() else ZERO
        written = _rounded(amount, block.number)
        if index not in block.totals or index == min(block.totals):
            level, shown = level + amount, shown + written
            continue
        name = block.categories[index]
        if abs(level - amount) > EXACT:
            yield error(
                "footing.waterfall",
                where,
                f"{block.id!r}: the bars before {name!r} come to {level}, it stands at {amount}",
            )
        elif shown != written and not _says_rounded(slide, block):
            yield error(
                "footing.rounded",
                where,
                f"{block.id!r}: as displayed the bars come to {shown}, not {written}, and nothing says rounded",
            )
        level, shown = amount, written


def _rounded(value: Decimal, number: NumberFormat) -> Decimal:
    """Return a value as the chart's labels write it."""
    return (value / number.scale).quantize(Decimal(1).scaleb(-number.decimals), rounding=ROUND_HALF_UP)


def _says_rounded(slide: Slide, block: Chart | Table) -> bool:
    texts = [block.heading, block.alt, slide.footer, block.more if isinstance(block, Table) else ""]
    return any("round" in text.casefold() for text in texts)


def _table(slide: Slide, block: Table, where: str) -> Iterator[Problem]:
    parts = [row for row in block.rows if not row.total]
    for total in (row for row in block.rows if row.total):
        for index, cell in enumerate(total.cells):
            if cell.value is not None and cell.unit is not None and parts:
                yield from _total(slide, block, parts, index, cell, where)
    for row in block.rows:
        yield from _recomputed(block, row, where)
    yield from _rest(slide, block, where)


def _total(
    slide: Slide, block: Table, parts: Sequence[TableRow], index: int, total: Cell, where: str
) -> Iterator[Problem]:
    heading = block.columns[index].heading
    cells = [row.cells[index] for row in parts if index < len(row.cells)]
    values = [cell.value for cell in cells if cell.value is not None]
    said = total.value
    if said is None or not values:
        return
    if total.unit not in {Unit.MONEY, Unit.COUNT} or _AVERAGED.search(f"{heading} {block.heading}"):
        step = next((figure.step for figure in figures(total.text)), ZERO)
        whole = len(values) == len(cells) and not _MORE.search(block.more)
        if whole and not min(values) - step <= said <= max(values) + step:
            yield error(
                "footing.ratio", where, f"{block.id!r}, {heading!r}: {total.text} lies outside its parts"
            )
        return
    summed = sum(values, ZERO)
    if abs(summed - said) > EXACT:
        if not _MORE.search(block.more):
            yield error(
                "footing.total",
                where,
                f"{block.id!r}, {heading!r}: the parts come to {summed}, the total says {said}",
            )
        return
    written = _written(cells)
    last = _written([total])
    if written is not None and last is not None and sum(item.value for item in written) != last[0].value:
        same = {item.step for item in (*written, *last)}
        if len(same) == 1 and all(value >= 0 for value in values) and not _says_rounded(slide, block):
            yield error(
                "footing.rounded",
                where,
                f"{block.id!r}, {heading!r}: as displayed the parts do not come to {total.text}, and nothing says rounded",
            )


def _written(cells: Sequence[Cell]) -> list[Figure] | None:
    """Return the figure of every cell that has a value; None where one shows none or several."""
    found = []
    for cell in cells:
        if cell.value is None or cell.value == 0:
            continue
        own = list(figures(cell.text))
        if len(own) != 1:
            return None
        found += own
    return found or None


def _recomputed(block: Table, row: TableRow, where: str) -> Iterator[Problem]:
    """Yield coverage and gap that do not follow from the amounts beside them."""
    named = {
        _what(column.heading): cell
        for column, cell in zip(block.columns, row.cells, strict=False)
        if _what(column.heading)
    }
    values = {name: cell.value for name, cell in named.items() if cell.value is not None}
    label = row.cells[0].text if row.cells else ""
    if {"coverage", "open", "target"} <= values.keys():
        left = values["target"] - values.get("won", ZERO)
        meant = values["open"] / left if left > 0 else None
        shown = next(figures(named["coverage"].text), None)
        if meant is None or shown is None or not shown.is_about(meant):
            came = "nothing" if meant is None else f"{meant:.2f}x"
            said = f"coverage reads {named['coverage'].text}, but open / (target − won) is {came}"
            yield error("footing.ratio", where, f"{block.id!r}, {label!r}: {said}")
    if {"gap", "won", "commit", "target"} <= values.keys():
        meant = values["target"] - values["won"] - values["commit"]
        if abs(abs(values["gap"]) - abs(meant)) > EXACT:
            yield error(
                "footing.gap",
                where,
                f"{block.id!r}, {label!r}: the gap reads {named['gap'].text}, but target − won − commit is {meant}",
            )


def _what(heading: str) -> str:
    folded = heading.casefold()
    for name, starts in _COLUMNS.items():
        if folded.startswith(starts):
            return name
    return ""


def _rest(slide: Slide, block: Table, where: str) -> Iterator[Problem]:
    """Yield an "and 16 more, $0.63M" that, with the rows above it, is not the number of any fact of the slide."""
    match = _MORE.search(block.more)
    if match is None or not any(row.record for row in block.rows):
        return
    count = int(match[1].replace(",", "")) + sum(not row.total for row in block.rows)
    known = {fact.record_count for fact in slide.facts} | {fact.n for fact in slide.facts}
    known |= {
        int(Decimal(fact.value)) for fact in slide.facts if fact.unit is Unit.COUNT and fact.value is not None
    }
    if slide.facts and count not in known:
        yield error(
            "footing.more",
            where,
            f"{block.id!r}: shown rows and {block.more!r} make {count}, which no fact of the slide counts",
        )
    amount = next((figure for figure in figures(block.more) if figure.kind == "money"), None)
    shown = [_money(row) for row in block.rows if not row.total]
    if amount is None or None in shown or not slide.facts:
        return
    held = sum((value for value in shown if value is not None), ZERO)
    totals = [
        Decimal(fact.value) for fact in slide.facts if fact.unit is Unit.MONEY and fact.value is not None
    ]
    totals += [part + other for part in totals for other in totals]
    if not any(amount.is_about(abs(total) - held) for total in totals):
        yield error(
            "footing.more",
            where,
            f"{block.id!r}: the rows hold {held}; with {amount.text} more that is no fact of the slide",
        )


def _money(row: TableRow) -> Decimal | None:
    return next((cell.value or ZERO for cell in row.cells if cell.unit is Unit.MONEY), None)
