"""Slides of where the quarter stands: summary, movement, coverage, and a chart with stacked bars."""

from __future__ import annotations

from decimal import Decimal

from reports.deck import (
    Cell,
    Chart,
    Column,
    Lines,
    Series,
    Slide,
    Table,
    TableRow,
    Tile,
    Tiles,
)
from reports.facts import Unit
from tests.fakes.decks.parts import FOOTER, MILLIONS, SHARE, k, money, slide, words


def summary() -> Slide:
    return slide(
        1,
        "summary",
        "Q4 is $0.80M short of $5.80M with 5½ weeks left; EMEA is $0.57M of the gap",
        Tiles(
            id="summary.tiles",
            tiles=(
                Tile(label="Won + commit", value="$5.00M", detail="−$0.31M on the week", tone="bad"),
                Tile(label="Of target", value="86%", detail="92% a week ago"),
                Tile(label="Open, due in Q4", value="$5.49M", detail="−$0.74M on the week"),
                Tile(label="Coverage of what is left", value="2.00x", detail="needs 2.2x", tone="warn"),
                Tile(label="Created this week", value="$0.31M", detail="4-week average $0.42M"),
            ),
        ),
        Lines(
            id="summary.changes",
            slot="left",
            heading="Changed since Mon 16 Nov",
            numbered="1",
            lines=(
                words(
                    "Ostrander Paper $310k left Q4: 18 Dec → 29 Jan. Third move, no buyer touch for 24 days (usual gap: 6)."
                ),
                words(
                    "Saint-Aubin Verrerie $170k left Q4: 4 Dec → 15 Jan. Procurement asked for a second quote."
                ),
                words("Won $420k in six deals; Sense is in a third of this quarter's wins."),
            ),
        ),
        Lines(
            id="summary.decisions",
            slot="right",
            heading="Decide today",
            numbered="A",
            tone="accent",
            lines=(
                words("Sponsor call to Ostrander Paper by Wed 25 Nov: Dana Whitcombe with their COO."),
                words(
                    "Call Brandt & Söhne and Velde Logistics commit: $420k in best case behaves like commit. Jonas Reuter, Tue."
                ),
                words(
                    "Pull O'Malley Freight $130k into Q4: signed in all but date. Priya Raman, Fri 27 Nov."
                ),
            ),
        ),
        footer=f"{FOOTER} · r1, draft",
    )


def movement() -> Slide:
    labels = (
        "Open 16 Nov",
        "Created",
        "Pulled in",
        "Increased",
        "Won",
        "Slipped",
        "Decreased",
        "Lost",
        "Open 23 Nov",
    )
    values = (6230, 310, 180, 90, -420, -590, -80, -230, 5490)
    return slide(
        2,
        "movement",
        "Open Q4 pipeline fell $0.74M this week; $0.59M slipped, four-fifths of it in two EMEA deals",
        Chart(
            id="movement.bridge",
            mark="waterfall",
            heading="Open pipeline due in Q4, $M, 16 to 23 November",
            categories=labels,
            series=(
                Series(name="Open pipeline", values=tuple(k(value) for value in values), highlight=(5,)),
            ),
            totals=(0, 8),
            number=MILLIONS,
            axis_from=k(4500),
            alt="From 6.23 to 5.49 million: created 0.31, pulled in 0.18, increased 0.09, won −0.42, slipped −0.59, "
            "decreased −0.08, lost −0.23.",
        ),
        Lines(
            id="movement.sowhat",
            slot="bottom",
            heading="So what",
            lines=(
                words(
                    "9.5% of open pipeline slipped in one week; the four weeks before averaged 3.8%. "
                    "Ostrander and Saint-Aubin are $0.48M of it, and Ostrander is not dead."
                ),
            ),
        ),
    )


def coverage() -> Slide:
    rows = (
        ("AMER", 3200, 2010, 1010, -180, 3150, "2.65x", "good", "−0.1x"),
        ("EMEA", 1900, 640, 690, -570, 1760, "1.40x", "bad", "−0.5x"),
        ("APAC", 700, 410, 240, -50, 580, "2.00x", "warn", "+0.1x"),
        ("All", 5800, 3060, 1940, -800, 5490, "2.00x", "warn", "−0.2x"),
    )
    table = tuple(
        TableRow(
            total=name == "All",
            cells=(
                Cell(text=name, bold=name == "EMEA"),
                *(money(value) for value in (target, won, commit)),
                money(gap).model_copy(update={"tone": "bad" if name == "EMEA" else "neutral"}),
                money(pipeline),
                Cell(text=ratio, value=Decimal(ratio[:-1]), unit=Unit.RATIO, tone=tone),
                Cell(text=change),
                Cell(text={"good": "enough", "bad": "short", "warn": "thin"}[tone], tone=tone),
            ),
        )
        for name, target, won, commit, gap, pipeline, ratio, tone, change in rows
    )
    return slide(
        3,
        "coverage",
        "EMEA covers 1.4x of what is left and needs 2.2x; AMER has 2.65x",
        Table(
            id="coverage.table",
            heading="By region, $M",
            columns=(
                Column(heading="Region", weight=1.6),
                *(
                    Column(heading=text, align="right")
                    for text in ("Target", "Won", "Commit", "Gap", "Open Q4")
                ),
                Column(heading="Coverage of what is left", align="right", weight=1.2),
                Column(heading="On the week", align="right"),
                Column(heading="Status"),
            ),
            rows=table,
            more="Coverage of what is left = open pipeline due in Q4 ÷ (target − won). Required: 2.2x (company setting).",
            alt="Coverage by region: AMER 2.65x, EMEA 1.40x, APAC 2.00x, all 2.00x; required 2.2x.",
        ),
        Chart(
            id="coverage.bars",
            mark="bar",
            heading="Gap to target by region, $M",
            categories=("EMEA", "AMER", "APAC"),
            series=(Series(name="Gap", values=(k(570), k(180), k(50)), highlight=(0,)),),
            number=MILLIONS,
            alt="Gap: EMEA 0.57, AMER 0.18, APAC 0.05 million.",
        ),
        Lines(
            id="coverage.sowhat",
            slot="bottom",
            heading="So what",
            lines=(
                words(
                    "EMEA would need another $1.01M of open pipeline to be covered; "
                    "only moves already in sight can close it this quarter."
                ),
            ),
        ),
    )


def stacked() -> Slide:
    quarters = ("Q1 FY26", "Q2 FY26", "Q3 FY26", "Q4 FY26")
    return slide(
        9,
        "measure",
        "Sense is a third of this quarter's wins; a year ago it did not exist",
        Chart(
            id="mix.stack",
            slot="left",
            mark="stacked",
            heading="Won by product, $M",
            categories=quarters,
            series=(
                Series(name="Yard", values=(k(3100), k(2900), k(2700), k(1250))),
                Series(name="Flow", values=(k(900), k(950), k(1020), k(790))),
                Series(name="Sense", values=(None, k(210), k(800), k(1020)), tone="accent"),
            ),
            number=MILLIONS,
            alt="Won by product and quarter; Sense grows from nothing to 1.02 million.",
        ),
        Chart(
            id="mix.columns",
            slot="right",
            mark="column",
            heading="Attainment",
            categories=quarters,
            series=(
                Series(
                    name="Attainment",
                    values=(Decimal("1.01"), Decimal("0.97"), Decimal("1.04"), Decimal("0.53")),
                    highlight=(3,),
                ),
                Series(name="Target", values=(Decimal(1),) * 4, line=True),
            ),
            number=SHARE,
            alt="Attainment: 101, 97, 104 and so far 53 per cent.",
        ),
        Lines(
            id="mix.sowhat",
            slot="bottom",
            heading="So what",
            tone="good",
            lines=(words("Lead with Sense in every Yard renewal this quarter.", by="Dana Whitcombe"),),
        ),
    )
