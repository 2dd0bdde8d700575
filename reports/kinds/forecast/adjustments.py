"""What managers adjust: each call beside what the records come to for the same scope."""

from __future__ import annotations

from reports import words
from reports.deck import Cell, Chart, Column, Lines, Series, Slot, Table, TableRow
from reports.facts import Unit
from reports.kinds.forecast import calls as kept
from reports.kinds.forecast.calls import Called
from reports.kinds.ledger import Ledger
from reports.kinds.page import Page, short_name
from reports.kinds.scene import Scene

# Calls listed.
MOST = 5


def adjustments(page: Page, found: tuple[Called, ...], *, slot: Slot = "right") -> Table:
    """Return each manager's call beside the roll-up of the same scope, and the difference."""
    scene, ledger = page.scene, page.ledger
    shown, rest = kept.listed(scene, found, MOST)
    lines = []
    for number, call in enumerate(shown):
        kept.bind(scene, ledger, f"call{number}", call)
        rolled = kept.rolled_up(scene, call.region)
        apart = call.commit - rolled
        where = scene.company.label(call.region) if call.region else "All"
        lines.append(
            TableRow(
                cells=(
                    Cell(text=kept.signed(scene, call), bold=True),
                    Cell(text=words.line(where, 20)),
                    page.amount(call.commit),
                    page.amount(rolled),
                    Cell(
                        text=words.money(apart, scene.currency, scene.scale, signed=True),
                        value=apart,
                        unit=Unit.MONEY,
                        tone="neutral" if scene.scale.round(apart) == 0 else "warn",
                        bold=True,
                    ),
                )
            )
        )
    return Table(
        id="adjustments",
        slot=slot,
        heading="What managers called" if scene.is_over else "What managers adjust",
        columns=(
            Column(heading="Manager", weight=1.9),
            Column(heading="For", weight=0.8),
            Column(heading="Call", align="right"),
            Column(heading="Ended" if scene.is_over else "Roll-up", align="right"),
            Column(heading="Apart", align="right"),
        ),
        rows=tuple(lines),
        more=f"and {words.count(rest)} more" if rest else "",
        alt="Every manager's call beside what the records come to for the same scope.",
    )


def ends(scene: Scene, found: tuple[Called, ...]) -> tuple[Chart, ...]:
    """Return each call beside what the period ended with, as columns; none for a single call."""
    shown, _ = kept.listed(scene, found, MOST)
    if len(shown) < 2:
        return ()
    pairs = [(call.commit, kept.rolled_up(scene, call.region)) for call in shown]
    names = [scene.company.label(call.region) if call.region else "All" for call in shown]
    spoken = "; ".join(
        f"{call.caller}, {name}: {', '.join(words.money(value, scene.currency, scene.scale) for value in pair)}"
        for call, name, pair in zip(shown, names, pairs, strict=True)
    )
    return (
        Chart(
            id="ends",
            slot="side",
            mark="column",
            heading="Called and ended",
            categories=tuple(
                f"{short_name(call.caller)}, {name}" for call, name in zip(shown, names, strict=True)
            ),
            series=(
                Series(name="Called", values=tuple(pair[0] for pair in pairs), tone="accent"),
                Series(name="Ended", values=tuple(pair[1] for pair in pairs)),
            ),
            number=words.chart_format(scene.currency, scene.scale),
            alt=f"What was called and what {scene.name} ended with: {spoken}.",
        ),
    )


def no_call(scene: Scene, ledger: Ledger) -> Lines:
    """Return that nobody has called, in place of the adjustments."""
    ledger.name("period", scene.name, source="fiscal calendar")
    line = ledger.say("No call is kept for {{period}}: there is no adjustment to show.")
    return Lines(id="adjustments", slot="right", heading="What managers adjust", lines=(line,))
