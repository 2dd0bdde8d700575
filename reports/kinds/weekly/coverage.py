"""Slide 3: how far the open pipeline covers what is left to win, by region (by segment inside one region)."""

from __future__ import annotations

from decimal import Decimal

from reports import words
from reports.deck import Cell, Chart, Column, Lines, NumberFormat, Series, Table, TableRow, Tile, Tiles
from reports.facts import Dim, Tone, Unit
from reports.kinds import back
from reports.kinds.ledger import Ledger
from reports.kinds.page import UNDATED, Body, LeftOut, Page
from reports.kinds.scene import Scene
from reports.kinds.weekly import titles
from reports.kinds.weekly.coverage_rows import (
    Covered,
    compared,
    few_of,
    named_of,
    parts,
    ranked,
    row_of,
    shown_of,
)

# A coverage this close below what is needed is a warning, further below it is bad.
NEAR = Decimal("0.9")
DEFINITION = "Coverage of what is left = open pipeline due in the period / (target − won)."
ZERO = Decimal(0)
MONEY = ("target", "bookings", "commit", "gap", "open_pipeline")
# So many bars stand in the chart.
BARS = 8


def build(page: Page) -> Body | LeftOut:
    """Return the heat table of coverage; left out when nothing is open, won or wanted in the scope."""
    scene, ledger = page.scene, page.ledger
    if scene.undated:
        return UNDATED
    dim = compared(scene)
    total = row_of(scene, None, scene.place or "All", dim)
    if not any(total.amounts.values()):
        return LeftOut(f"nothing is targeted, won or open in {scene.name}")
    rows = [row_of(scene, part, scene.company.label(part), dim) for part in parts(scene, dim)]
    _bind(scene, ledger, rows, total, dim)
    title = ledger.say(titles.sentence(_title(scene, ledger, rows, total, dim)))
    full = any(row.amounts["target"] is not None for row in rows)
    shown = shown_of(scene, rows, total, dim)
    blocks = (
        *((_tiles(ledger, total),) if not full else ()),
        _table(page, shown, total, dim, full=full),
        *_chart(page, shown, dim, full=full),
        _definition(scene, ledger, shown if full else [total], full=full),
    )
    return Body(title=title, blocks=blocks, remarks=scene.remarks("open_pipeline", "target", "coverage"))


def _bind(scene: Scene, ledger: Ledger, rows: list[Covered], total: Covered, dim: Dim) -> None:
    """Bind every figure of the table."""
    for row in (*rows, total):
        key = row.part or "total"
        for name in ("target", "bookings", "commit", "open_pipeline", "coverage"):
            measured = scene.measure(name, dim) if row.part else scene.measure(name)
            found = measured.row(row.part) if row.part else measured.rows[0] if measured.rows else None
            if found is not None and found.value is not None:
                text = words.ratio(found.value) if name == "coverage" else None
                ledger.measured(f"{name}.{_id(key)}", measured, row=found, text=text)


def _title(scene: Scene, ledger: Ledger, rows: list[Covered], total: Covered, dim: Dim) -> str:
    need = scene.company.thresholds.required_coverage
    ledger.name("place", scene.place or scene.company.name, source="scope")
    ledger.name("dim", dim, source="dimension")
    if need is not None:
        ledger.value(
            "need", need, Unit.RATIO, words.ratio(need, short=True), source="Required coverage",
            definition="A setting of the company file", n=0,
        )  # fmt: skip
    rated = ranked(rows)
    if len(rated) < 2:
        return _title_of_one(ledger, total, need)
    low, high = rated[0], rated[-1]
    for key, row in (("low", low), ("high", high)):
        ledger.name(key, row.label, source=dim)
        ledger.measured(
            f"{key}_x", scene.measure("coverage", dim), row=scene.measure("coverage", dim).row(row.part),
            text=words.ratio(row.coverage, short=True),
        )  # fmt: skip
    if need is None:
        return titles.COVERS_FREE
    if (low.coverage or 0) >= need:
        return titles.COVERS_ALL
    return titles.COVERS_MIXED if (high.coverage or 0) >= need else titles.COVERS_NONE


def _title_of_one(ledger: Ledger, total: Covered, need: Decimal | None) -> str:
    ledger.money("open", total.amounts["open_pipeline"], source="Open pipeline")
    if total.amounts["target"] is None:
        return titles.COVERS_NO_TARGET
    if total.coverage is None:
        return titles.COVERS_MET
    ledger.value(
        "low_x", total.coverage, Unit.RATIO, words.ratio(total.coverage, short=True), source="Coverage",
        definition=DEFINITION,
    )  # fmt: skip
    if need is None:
        return titles.COVERS_ONE_FREE
    return titles.COVERS_ONE_ENOUGH if total.coverage >= need else titles.COVERS_ONE


def _table(page: Page, shown: list[Covered], total: Covered, dim: Dim, *, full: bool) -> Table:
    scene = page.scene
    names: tuple[str, ...] = MONEY if full else ("bookings", "commit", "open_pipeline")
    if scene.is_over:
        # A commit that is still open counts no more: beside the gap it would seem to be in it.
        names = tuple(name for name in names if name != "commit")
    headings = {
        "target": "Target",
        "bookings": "Won",
        "commit": "Commit, open",
        "gap": "Gap",
        "open_pipeline": f"Open, due in {scene.name}",
    }
    columns = [Column(heading=dim.capitalize(), weight=1.2)]
    columns += [Column(heading=headings[name], align="right") for name in names]
    if full:
        columns.append(Column(heading="Coverage of what is left", align="right", weight=1.2))
    if scene.has_history:
        columns.append(Column(heading=back.plain(scene, "Week on week"), align="right"))
    spoken_of = (*named_of(shown), *ranked(shown)[:1])
    lines = tuple(
        _line(page, row, names, full=full, total=False).model_copy(update={"kept": row in spoken_of})
        for row in shown
    )
    foot = [
        name
        for name in names
        if not words.foots((row.amounts[name] for row in shown), total.amounts[name], scene.scale)
    ]
    if not full and not words.foots((row.open_change for row in shown), total.open_change, scene.scale):
        foot.append("open_change")
    return Table(
        id="coverage",
        slot="main",
        columns=tuple(columns),
        rows=(*lines, _line(page, total, names, full=full, total=True)),
        more="Figures are rounded; the total is exact." if foot else "",
        alt=f"Coverage by {dim}: "
        + "; ".join(
            f"{row.label} {words.ratio(row.coverage)}" for row in (*shown, total) if row.coverage is not None
        )
        + ".",
    )


def _line(page: Page, row: Covered, names: tuple[str, ...], *, full: bool, total: bool) -> TableRow:
    need = page.scene.company.thresholds.required_coverage
    cells = [Cell(text=words.line(row.label, 30), bold=total)]
    for name in names:
        cell = page.amount(row.amounts[name], bold=total)
        cells.append(_gap(page.scene, cell) if name == "gap" else cell)
    if full:
        met = row.coverage is None and row.amounts["target"] is not None
        text = "target met" if met else words.ratio(row.coverage)
        cells.append(
            Cell(
                text=text,
                value=row.coverage,
                unit=Unit.RATIO,
                tone=heat(row.coverage, need, met=met),
                bold=True,
            )
        )
        change = (
            None
            if None in (row.coverage, row.coverage_then)
            else (row.coverage or ZERO) - (row.coverage_then or ZERO)
        )
        if page.scene.has_history:
            cells.append(
                Cell(text=words.ratio(change, signed=True), value=change, unit=Unit.RATIO, tone="muted")
            )
    elif page.scene.has_history:
        text = words.money(row.open_change, page.scene.currency, page.scene.scale, signed=True)
        cells.append(Cell(text=text, value=row.open_change, unit=Unit.MONEY, tone="muted"))
    return TableRow(cells=tuple(cells), total=total)


def _gap(scene: Scene, cell: Cell) -> Cell:
    """Return the cell of a gap with its side said: a sign alone does not tell who is behind; "n/a" without a target."""
    if cell.value is None:
        return cell
    text = words.money(abs(cell.value), scene.currency, scene.scale)
    behind = "to win" if scene.is_ahead else "short"
    side = f"{text} {behind}" if cell.value < 0 else f"{text} ahead" if cell.value else "on target"
    return cell.model_copy(
        update={"text": side, "tone": "bad" if scene.scale.round(cell.value) < 0 else "neutral"}
    )


def _chart(page: Page, shown: list[Covered], dim: Dim, *, full: bool) -> tuple[Chart, ...]:
    """Return the coverage (without targets: the open pipeline) of each part as bars; none for fewer than two."""
    scene, need = page.scene, page.scene.company.thresholds.required_coverage
    name = "coverage" if full else "open_pipeline"
    rows = [row for row in shown if row.part and (row.coverage is not None if full else row.amounts[name])]
    found = [(row.label, row.coverage if full else row.amounts[name]) for row in few_of(rows, BARS)]
    valued = [(words.line(label, 24), value) for label, value in found if value is not None]
    if len(valued) < 2:
        return ()
    asked = f", needed {words.ratio(need, short=True)}" if full and need is not None else ""
    number = NumberFormat(unit=Unit.RATIO, suffix="x", decimals=2)
    texts = [
        words.ratio(value) if full else words.money(value, scene.currency, scene.scale) for _, value in valued
    ]
    spoken = ", ".join(f"{label} {text}" for (label, _), text in zip(valued, texts, strict=True))
    needed = (
        (Series(name="Needed", values=(need,) * len(valued), tone="muted", line=True),)
        if full and need is not None
        else ()
    )
    low = min(range(len(valued)), key=lambda place: valued[place][1])
    top = max(range(len(valued)), key=lambda place: valued[place][1])
    heading = f"Coverage of what is left{asked}" if full else f"Open pipeline due in {scene.name}"
    return (
        Chart(
            id="covered",
            # Below the tiles there is no height for a chart and every row of a table.
            slot="main" if full else "side",
            mark="column" if needed else "bar",
            heading=heading,
            categories=tuple(label for label, _ in valued),
            series=(
                Series(
                    name="Coverage" if full else "Open pipeline",
                    values=tuple(value.quantize(Decimal("0.0001")) for _, value in valued),
                    highlight=(low if full else top,),
                ),
                *needed,
            ),
            number=number if full else words.chart_format(scene.currency, scene.scale),
            alt=f"{heading} by {dim}: {spoken}.",
        ),
    )


def heat(coverage: Decimal | None, need: Decimal | None, *, met: bool) -> Tone:
    """Return the tone of a coverage against what is needed; neutral where nothing is needed or known."""
    if met:
        return "good"
    if coverage is None or need is None:
        return "neutral"
    return "good" if coverage >= need else "warn" if coverage >= need * NEAR else "bad"


def _tiles(ledger: Ledger, total: Covered) -> Tiles:
    texts = {fact.id: fact.text for fact in ledger.facts}
    labels = (("target.total", "Target"), ("bookings.total", "Won"), ("commit.total", "Commit, open"))
    tiles = [
        Tile(
            label=label,
            value=texts.get(key, "none set" if label == "Target" else words.NOTHING),
            fact=key if key in texts else "",
        )
        for key, label in labels
    ]
    covered = texts.get(
        "coverage.total", "target met" if total.amounts["target"] is not None else words.NOTHING
    )
    tiles.append(
        Tile(
            label="Coverage of what is left",
            value=covered,
            fact="coverage.total" if "coverage.total" in texts else "",
        )
    )
    return Tiles(id="standing", tiles=tuple(tiles))


def _definition(scene: Scene, ledger: Ledger, shown: list[Covered], *, full: bool) -> Lines:
    need = scene.company.thresholds.required_coverage
    lines = [ledger.say(DEFINITION)]
    if need is not None:
        lines = [ledger.say(f"{DEFINITION} Needed: {{{{need}}}}, set in the company file.")]
    short = [row for row in ranked(shown) if need is not None and (row.coverage or 0) < need]
    if full and any(row.amounts["target"] is None and row.amounts["gap"] is not None for row in shown):
        lines.append(ledger.say("What has no target of its own counts toward the target of all."))
    if short and need is not None:
        worst = short[0]
        left = (worst.amounts["target"] or 0) - (worst.amounts["bookings"] or 0)
        missing = left * need - (worst.amounts["open_pipeline"] or 0)
        if scene.scale.round(missing) > 0:
            ledger.money(
                "missing",
                missing,
                source="Missing pipeline",
                definition="What is left × required − open pipeline",
            )
            ledger.name("worst", worst.label, source="scope")
            lines.append(
                ledger.say(
                    "So what: {{worst}} is {{missing}} of pipeline below what it needs; with the time left "
                    "that is won by saving and pulling in deals, not by creating new ones."
                    if 0 < scene.days_left <= 60
                    else "So what: {{worst}} is {{missing}} of pipeline below what it needs."
                )
            )
    elif not full and any(target.period == scene.period.label for target in scene.company.targets):
        lines.append(ledger.say("Targets are set by region: no smaller part has any."))
    return Lines(id="definition", slot="bottom", lines=tuple(lines))


def _id(value: str) -> str:
    return "".join(char if char.isalnum() and char.isascii() else "_" for char in value)
