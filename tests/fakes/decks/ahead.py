"""Slides at the end: the next quarter and the appendix."""

from __future__ import annotations

from decimal import Decimal

from reports.deck import (
    Cell,
    Chart,
    Column,
    Lines,
    NumberFormat,
    Series,
    Slide,
    Table,
    TableRow,
)
from reports.facts import Unit
from tests.fakes.decks.parts import FOOTER, k, slide, words


def next_quarter() -> Slide:
    weeks = tuple(f"W{index}" for index in range(1, 14))
    built = (420, 760, 1040, 1420, 1810, 2350, 2890, 3520, 4100, None, None, None, None)
    needed = tuple(round(8800 * (index + 1) / 13) for index in range(13))
    return slide(
        7,
        "next",
        "Q1 opens with $4.1M of the $8.8M it needs",
        Chart(
            id="next.build",
            mark="line",
            heading="Pipeline due in FY27-Q1, created so far, $M by week of Q4",
            categories=weeks,
            series=(
                Series(
                    name="Created",
                    values=tuple(None if value is None else k(value) for value in built),
                    tone="accent",
                ),
                Series(name="Required", values=tuple(k(value) for value in needed)),
            ),
            number=NumberFormat(unit=Unit.MONEY, prefix="$", suffix="M", scale=1_000_000, decimals=1),
            alt="Created reaches 4.1 million in week 9; the required line stands at 6.1 and ends at 8.8 million.",
        ),
        Chart(
            id="next.source",
            slot="side",
            mark="bar",
            heading="By source, $M",
            categories=("Outbound", "Partner", "Inbound", "Events", "Existing customers"),
            series=(Series(name="Open", values=(k(1380), k(640), k(910), k(320), k(850)), highlight=(0,)),),
            number=NumberFormat(unit=Unit.MONEY, prefix="$", suffix="M", scale=1_000_000, decimals=2),
            alt="By source: outbound 1.38, partner 0.64, inbound 0.91, events 0.32, existing customers 0.85 million.",
        ),
        Lines(
            id="next.sowhat",
            slot="bottom",
            heading="So what",
            lines=(
                words(
                    "At the pace of the last four weeks Q1 opens at $6.1M; $2.7M more needs a source by Christmas."
                ),
            ),
        ),
    )


def appendix() -> Slide:
    hygiene = (
        ("AMER East", 18, "$0.31M", 4, 11),
        ("AMER West", 14, "$0.22M", 2, 9),
        ("DACH", 13, "$0.24M", 5, 12),
        ("UK & Nordics", 11, "$0.20M", 1, 6),
        ("APAC", 8, "$0.13M", 3, 5),
        ("All", 64, "$1.10M", 15, 43),
    )
    actions = (
        ("Exec call with Hartwell Cold Storage", "Marcus Bell", "19 Nov", "done"),
        ("Close plan for Saltmarsh Grocers", "Ana Ortiz", "20 Nov", "done"),
        ("Second contact at Nordhavn", "Lena Vogt", "20 Nov", "open"),
        ("Price list to Kestrel & Vane", "Priya Raman", "18 Nov", "done"),
        ("Clean close dates in DACH", "Jonas Reuter", "20 Nov", "done"),
    )
    return slide(
        8,
        "appendix",
        "Four of five actions done; 64 close dates are past due ($1.1M)",
        Table(
            id="appendix.actions",
            slot="left",
            heading="Actions of last week",
            columns=(
                Column(heading="Action", weight=2.4),
                Column(heading="Owner", weight=1.2),
                Column(heading="Due", align="right"),
                Column(heading="State"),
            ),
            rows=tuple(
                TableRow(
                    cells=(
                        Cell(text=text),
                        Cell(text=owner),
                        Cell(text=due),
                        Cell(text=state, tone="good" if state == "done" else "warn", bold=state != "done"),
                    )
                )
                for text, owner, due, state in actions
            ),
            alt="Five actions: four done, one open.",
        ),
        Table(
            id="appendix.hygiene",
            slot="right",
            heading="Hygiene by team",
            columns=(
                Column(heading="Team", weight=1.4),
                Column(heading="Past due", align="right"),
                Column(heading="Worth", align="right"),
                Column(heading="No amount", align="right"),
                Column(heading="No next step", align="right"),
            ),
            rows=tuple(
                TableRow(
                    total=team == "All",
                    cells=(
                        Cell(text=team),
                        Cell(text=str(due), value=Decimal(due), unit=Unit.COUNT),
                        Cell(text=worth),
                        Cell(text=str(none), value=Decimal(none), unit=Unit.COUNT),
                        Cell(text=str(step), value=Decimal(step), unit=Unit.COUNT),
                    ),
                )
                for team, due, worth, none, step in hygiene
            ),
            more="22 owners have at least one close date in the past.",
            alt="Close dates past due, missing amounts and missing next steps by team; 64 past due in all.",
        ),
        footer=f"{FOOTER} · r1, draft",
    )
