"""Slide 1: the call: what won, commit and best case come to against target and last week, beside what managers call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from reports import words
from reports.deck import Cell, Column, Lines, Table, TableRow, Tile, Tiles, Words
from reports.facts import Dim, Tone, Unit
from reports.kinds import back
from reports.kinds.forecast import calls as kept
from reports.kinds.forecast import titles
from reports.kinds.forecast.calls import Called, of_region, of_scope
from reports.kinds.ledger import Ledger
from reports.kinds.page import Body, LeftOut, Page, short_name
from reports.kinds.scene import Scene
from reports.kinds.weekly import standing as stand
from reports.kinds.weekly import titles as weekly_titles
from reports.kinds.weekly.coverage_rows import compared, parts

# Rows of the table beside its total, and leaders named in a row.
MOST, LEADERS = 8, 2
AMOUNTS = ("target", "bookings", "won_plus_commit", "won_plus_most_likely", "won_plus_best_case")
HEADINGS = {
    "target": "Target",
    "bookings": "Won",
    "won_plus_commit": "Won + commit",
    "change": "Week on week",
    "gap": "Gap",
    "won_plus_most_likely": "With most likely",
    "won_plus_best_case": "With best case",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: a part of the scope (all of it with no `part`), its amounts, and what a manager calls it."""

    part: str | None
    label: str
    amounts: dict[str, Decimal | None]
    call: Called | None
    led_by: str = ""
    called_by: str = ""


def build(page: Page) -> Body | LeftOut:
    """Return the call; left out when nothing is targeted, won or called in the scope."""
    scene, ledger = page.scene, page.ledger
    found = kept.calls(scene, page.context)
    dim = compared(scene)
    total = _row(scene, None, scene.place or "All", dim, of_scope(scene, found))
    if not any(total.amounts.values()) and not found:
        return LeftOut(f"nothing is targeted, won or called in {scene.name}")
    rows = [
        _row(
            scene,
            part,
            scene.company.label(part),
            dim,
            of_region(scene, found, part) if dim == "region" else None,
        )
        for part in parts(scene, dim)
    ]
    if dim == "region":
        rows = [replace(row, called_by="" if row.call else _parts(found, row.part)) for row in rows]
    rows = [row for row in rows if any(row.amounts.values()) or row.call is not None or row.called_by]
    title = titles.said(ledger, told(scene, ledger, found))
    _bind(scene, ledger, [*rows[:MOST], total], dim)
    return Body(
        title=title,
        blocks=(
            _tiles(scene, ledger, total),
            _table(page, rows, total, dim),
            _said(scene, ledger, found, rows),
        ),
        remarks=(
            (
                "The roll-up is what the records say: won, and open deals by how they are called. It includes what is won. "
                "A call is what a manager said, kept as it was said; it changes nothing in the records."
            ),
            *scene.remarks("won_plus_best_case", "target"),
        ),
    )


def told(scene: Scene, ledger: Ledger, found: tuple[Called, ...]) -> str:
    """Bind how the scope stands and what is called, and return the title's sentence."""
    side = stand.bind(scene, ledger).side
    placed = scene.place is not None
    call = of_scope(scene, found)
    if call is not None:
        kept.bind(scene, ledger, "call", call)
        ledger.name("caller", call.caller, source="call")
    if scene.is_over:
        if side == "no_target" and placed and scene.amount("bookings"):
            return titles.sentence(titles.CLOSED_WITH, titles.CALLED_OVER if call else "")
        closed = stand.told(scene, stand.standing(scene)).title.partition(";")[0].rstrip(".")
        return titles.sentence(closed, titles.CALLED_OVER if call else "")
    known, unrated = scene.amount("won_plus_commit"), scene.unrated("won_plus_commit")
    nothing = weekly_titles.UNVALUED if unrated else titles.NOTHING
    base = titles.ROLLS_UP[side, placed] if known else nothing[placed]
    if unrated:
        return titles.sentence(base, weekly_titles.UNRATED)
    if not scene.amount("bookings"):
        base = base.replace("won and committed,", "committed,")
    if call is not None:
        return titles.sentence(base, titles.CALLED)
    if not scene.amount("won_plus_best_case"):
        return titles.sentence(base)
    ledger.measured("at_best", scene.measure("won_plus_best_case"))
    return titles.sentence(base, titles.AT_BEST)


def uses_most_likely(scene: Scene) -> bool:
    """Say whether any deal of the period is called most likely: else the column would only repeat commit."""
    return scene.measure("most_likely").rows[0].n > 0


def _row(scene: Scene, part: str | None, label: str, dim: Dim, call: Called | None) -> Row:
    def of(name: str, *, then: bool = False) -> Decimal | None:
        return scene.part(name, part, dim, then=then)

    amounts = {name: of(name) or (None if name == "target" else Decimal(0)) for name in AMOUNTS}
    counts = amounts["bookings" if scene.is_over else "won_plus_commit"] or Decimal(0)
    before = of("won_plus_commit", then=True) if scene.has_history else None
    return Row(
        part=part,
        label=label,
        amounts={
            **amounts,
            "gap": None if amounts["target"] is None else counts - amounts["target"],
            "change": (amounts["won_plus_commit"] or Decimal(0)) - (before or 0)
            if scene.has_history
            else None,
        },
        call=call,
        led_by=leaders(scene, part) if dim == "region" else "",
    )


def _parts(found: tuple[Called, ...], region: str | None) -> str:
    """Return who called for a region of which they lead a part, at most LEADERS of them; empty for nobody."""
    names = sorted({short_name(call.caller) for call in found if call.region == region})
    rest = f" and {words.count(len(names) - LEADERS)} more" if len(names) > LEADERS else ""
    return ", ".join(names[:LEADERS]) + rest


def leaders(scene: Scene, region: str | None) -> str:
    """Return who leads people in a region, by name, at most LEADERS of them; empty where nobody is known to."""
    people = scene.view.people.values()
    lead = {person.manager_id for person in people if person.active}
    found = sorted(
        person.name
        for person in people
        if region and person.region == region and person.id in lead and person.active
    )
    rest = f" and {words.count(len(found) - LEADERS)} more" if len(found) > LEADERS else ""
    return ", ".join(short_name(name) for name in found[:LEADERS]) + rest


def _columns(scene: Scene, rows: list[Row]) -> tuple[str, ...]:
    """Return the amounts that the table shows: those of what is still open only while something can be won."""
    target = ("target",) if any(row.amounts["target"] is not None for row in rows) else ()
    gap = ("gap",) if target else ()
    if scene.is_over:
        return (*target, "bookings", *gap)
    likely = ("won_plus_most_likely",) if uses_most_likely(scene) else ()
    won = () if likely or (scene.is_ahead and not scene.amount("bookings")) else ("bookings",)
    return (*target, *won, "won_plus_commit", "change", *gap, *likely, "won_plus_best_case")


def _bind(scene: Scene, ledger: Ledger, rows: list[Row], dim: Dim) -> None:
    """Bind every figure of the table."""
    for row in rows:
        for name in AMOUNTS:
            measured = scene.measure(name, dim) if row.part else scene.measure(name)
            found = measured.row(row.part) if row.part else measured.rows[0] if measured.rows else None
            if found is not None and found.value is not None:
                ledger.measured(f"{name}.{key_of(row.part or 'total')}", measured, row=found)
        if row.call is not None and row.part is not None:
            kept.bind(scene, ledger, f"call.{key_of(row.part)}", row.call)


def _tiles(scene: Scene, ledger: Ledger, total: Row) -> Tiles:
    tiles = [
        _tile(
            scene,
            ledger,
            "bookings" if scene.is_over else "won_plus_commit",
            "Won" if scene.is_over else "Won + commit",
        )
    ]
    if not scene.is_over:
        if uses_most_likely(scene):
            tiles.append(_tile(scene, ledger, "won_plus_most_likely", "With most likely"))
        tiles.append(_tile(scene, ledger, "won_plus_best_case", "With best case"))
    tiles.append(_target(scene, ledger))
    if total.call is not None:
        tiles.append(_call(scene, ledger, total.call))
    return Tiles(id="tiles", tiles=tuple(tiles))


def _tile(scene: Scene, ledger: Ledger, name: str, label: str) -> Tile:
    ledger.measured(f"tile.{name}", scene.measure(name))
    change = scene.change(name)
    text = words.money(scene.amount(name), scene.currency, scene.scale)
    if change is None or change == 0:
        detail = (
            "no snapshot a week earlier" if change is None else back.plain(scene, "unchanged week on week")
        )
        return Tile(label=label, value=text, detail=detail, fact=f"tile.{name}")
    moved = words.money(change, scene.currency, scene.scale, signed=True)
    ledger.value(
        f"change.{name}", change, Unit.MONEY, moved, source=back.plain(scene, f"Change in a week: {label}"),
        definition=back.plain(scene, "Now minus the same time a week before"), n=0,
    )  # fmt: skip
    return Tile(
        label=label,
        value=text,
        detail=back.plain(scene, f"{moved} week on week"),
        tone="good" if change > 0 else "bad",
        fact=f"tile.{name}",
    )


def _target(scene: Scene, ledger: Ledger) -> Tile:
    target, gap = scene.amount("target"), scene.gap
    if target is None or gap is None:
        return Tile(label="Target", value=words.NOTHING, detail="no target for this scope")
    ledger.measured("tile.target", scene.measure("target"))
    shown = scene.scale.round(gap)
    distance = ledger.money("tile.gap", abs(gap), source="Gap", definition=stand.GAP)
    side = "on target" if shown == 0 else f"{distance} short" if shown > 0 else f"{distance} ahead"
    return Tile(
        label="Target",
        value=words.money(target, scene.currency, scene.scale),
        detail=ledger.say(side).text,
        tone="good" if shown <= 0 else "warn",
        fact="tile.target",
    )


def _call(scene: Scene, ledger: Ledger, call: Called) -> Tile:
    kept.bind(scene, ledger, "call", call)
    best = ""
    if call.best is not None:
        best = f"; best {words.money(call.best, scene.currency, scene.scale)}"
        ledger.money("call.best", call.best, source="Best case called", definition=kept.DEFINITION, n=0)
    return Tile(
        label="Called",
        value=words.money(call.commit, scene.currency, scene.scale),
        detail=f"{kept.signed(scene, call)}{best}",
        tone="accent",
        fact="call",
    )


def _table(page: Page, rows: list[Row], total: Row, dim: Dim) -> Table:
    scene = page.scene
    names = _columns(scene, rows)
    called = any(row.call or row.called_by for row in rows)
    shown = rows[:MOST]
    columns = [Column(heading=dim.capitalize(), weight=1.1)]
    columns += [Column(heading=HEADINGS[name], align="right") for name in names]
    if called:
        columns += [Column(heading="Called", align="right"), Column(heading="By", weight=1.5)]
    lines = [_line(page, row, names, called=called) for row in shown]
    rest = rows[MOST:]
    foot = [
        name
        for name in names
        if not words.foots((row.amounts[name] for row in shown), total.amounts[name], scene.scale)
    ]
    more = f"and {words.count(len(rest))} more" if rest else ""
    return Table(
        id="call",
        slot="main",
        columns=tuple(columns),
        rows=(*lines, _total(page, total, rows, names, called=called)),
        more=more or ("Figures are rounded; the total is exact." if foot else ""),
        alt=f"The call by {dim}: "
        + "; ".join(
            f"{row.label} {words.money(row.amounts['won_plus_commit'], scene.currency, scene.scale)}"
            for row in (*shown, total)
        )
        + " won and committed.",
    )


def _line(page: Page, row: Row, names: tuple[str, ...], *, called: bool) -> TableRow:
    scene = page.scene
    cells = [Cell(text=words.line(row.label, 30), note=row.led_by), *_amounts(page, row, names, bold=False)]
    if called and row.call is None:
        told = "for a part of it" if row.called_by else "no call"
        cells += [Cell(text="–", tone="muted"), Cell(text=told, note=row.called_by, tone="muted")]
    elif called and row.call is not None:
        best = row.call.best
        note = "" if best is None else f"best {words.money(best, scene.currency, scene.scale)}"
        cells += [page.amount(row.call.commit), Cell(text=kept.signed(scene, row.call), note=note)]
    return TableRow(cells=tuple(cells))


def _total(page: Page, total: Row, rows: list[Row], names: tuple[str, ...], *, called: bool) -> TableRow:
    cells = [Cell(text=words.line(total.label, 30), bold=True), *_amounts(page, total, names, bold=True)]
    if called:
        together = [row.call.commit for row in rows if row.call]
        whole = len(together) == len(rows)
        cells.append(
            page.amount(sum(together, Decimal(0)), bold=True) if whole else Cell(text="–", tone="muted")
        )
        cells.append(Cell(text="sum of these calls" if whole else "not all have called", tone="muted"))
    return TableRow(cells=tuple(cells), total=True)


def _amounts(page: Page, row: Row, names: tuple[str, ...], *, bold: bool) -> list[Cell]:
    scale = page.scene.scale
    cells = []
    for name in names:
        value = row.amounts[name]
        tone: Tone = "neutral"
        if name == "gap" and value is not None:
            tone = "bad" if scale.round(value) < 0 else "good" if scale.round(value) > 0 else "neutral"
        if name == "change":
            text = "–" if value == 0 else words.money(value, page.scene.currency, scale, signed=True)
            cells.append(Cell(text=text, value=value, unit=Unit.MONEY, tone="muted", bold=bold))
        else:
            cells.append(page.amount(value, tone=tone, bold=bold))
    return cells


def _said(scene: Scene, ledger: Ledger, found: tuple[Called, ...], rows: list[Row]) -> Lines:
    """Return what the calls come to beside the roll-up, or that there is none; and where the gap sits."""
    lines = [_beside(scene, ledger, found, rows)]
    standing = stand.standing(scene)
    if standing.driver is not None:
        clause = weekly_titles.DRIVER if standing.driver_explains else weekly_titles.DRIVER_ALONE
        lines.append(ledger.say(f"{clause}."))
    if not scene.is_over and not uses_most_likely(scene):
        lines.append(
            ledger.say(
                "Most likely is left out: no deal of {{period}} is called so. Best case includes won and commit."
            )
        )
    return Lines(id="calls", slot="bottom", heading="The call", lines=tuple(lines))


def _beside(scene: Scene, ledger: Ledger, found: tuple[Called, ...], rows: list[Row]) -> Words:
    call = of_scope(scene, found)
    if not found:
        return ledger.say("No call is kept for {{period}}: the figures are the roll-up of the records alone.")
    regional = [row.call for row in rows if row.call]
    parts_said = []
    if call is not None:
        parts_said.append(
            f"{{{{caller}}}} {'called' if scene.is_over else 'calls'} {{{{call}}}}, {distance(scene, ledger, 'call', call)}"
        )
    if regional and len(regional) == len(rows) > 1:
        total = sum((one.commit for one in regional), Decimal(0))
        ledger.money(
            "regional", total, source="Calls of the regions, together", definition=kept.DEFINITION, n=0
        )
        parts_said.append("the regions' calls come to {{regional}}")
    elif regional:
        ledger.digits("callers", len(regional), source="Regions that have called")
        ledger.digits("regions", len(rows), source="Regions")
        verb = "has" if len(regional) == 1 else "have"
        parts_said.append(f"{{{{callers}}}} of {{{{regions}}}} regions {verb} a call")
    text = "; ".join(parts_said) or "Calls are kept for a part of this scope only"
    return ledger.say(f"{text[:1].upper()}{text[1:]}.")


def distance(scene: Scene, ledger: Ledger, key: str, call: Called) -> str:
    """Bind how far a call is from the roll-up, and return it as a clause."""
    apart = call.commit - kept.rolled_up(scene, call.region)
    rolled = "what it ended with" if scene.is_over else "the roll-up"
    if scene.scale.round(apart) == 0:
        return f"as much as {rolled}"
    token = ledger.money(
        f"{key}.apart",
        abs(apart),
        source="Manager's adjustment",
        definition="Call minus roll-up of the same scope",
        n=0,
    )
    return f"{token} {'above' if apart > 0 else 'below'} {rolled}"


def key_of(value: str) -> str:
    """Return a value as a part of a fact's id."""
    return "".join(char if char.isalnum() and char.isascii() else "_" for char in value)
