"""Slides of deals: commit, what left, where we can win."""

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
from tests.fakes.decks.parts import MILLIONS, deal, k, slide, words


def commit() -> Slide:
    deals = (
        (
            "Hartwell Cold Storage",
            "Marcus Bell",
            310,
            "Contract",
            "11 Dec",
            "1.0x",
            "2 d",
            "MSA redlines w/ legal",
            "",
            "neutral",
            "",
        ),
        (
            "Brückner Spedition GmbH",
            "Jonas Reuter",
            240,
            "Proposal",
            "18 Dec",
            "1.9x",
            "19 d",
            "call",
            "no touch, aged, moved 3×",
            "bad",
            "",
        ),
        (
            "Saltmarsh Grocers",
            "Ana Ortiz",
            210,
            "Contract",
            "4 Dec",
            "0.8x",
            "1 d",
            "signature Thu",
            "",
            "neutral",
            "",
        ),
        (
            "Kestrel & Vane Distribution",
            "Priya Raman",
            180,
            "Procurement",
            "18 Dec",
            "1.4x",
            "5 d",
            "waiting on infosec",
            "",
            "neutral",
            "Legal call Tue, by Dana Whitcombe, 23 Nov",
        ),
        (
            "Nordhavn Terminaler",
            "Lena Vogt",
            150,
            "Proposal",
            "21 Dec",
            "1.2x",
            "8 d",
            "pricing to CFO",
            "single contact",
            "warn",
            "",
        ),
        (
            "Wattle Creek Produce",
            "Tom Ashby",
            120,
            "Contract",
            "11 Dec",
            "0.9x",
            "3 d",
            "",
            "no next step",
            "warn",
            "",
        ),
        (
            "Pell Harbour Supply",
            "Marcus Bell",
            100,
            "Proposal",
            "28 Dec",
            "1.1x",
            "6 d",
            "demo for ops lead",
            "",
            "neutral",
            "",
        ),
    )
    rows = tuple(
        TableRow(
            record=f"006-{index}",
            cells=(
                deal(name, index, note),
                Cell(text=owner),
                Cell(text=f"${amount}k", value=k(amount), unit=Unit.MONEY),
                Cell(text=stage),
                Cell(text=close),
                Cell(text=age, tone="bad" if age == "1.9x" else "neutral"),
                Cell(text=touch, tone="bad" if touch == "19 d" else "neutral"),
                Cell(text=step or "none", tone="neutral" if step else "muted"),
                Cell(text=flags or "–", tone=tone if flags else "muted"),
            ),
        )
        for index, (name, owner, amount, stage, close, age, touch, step, flags, tone, note) in enumerate(
            deals
        )
    )
    total = TableRow(
        total=True,
        cells=(
            Cell(text="Seven of 23 commit deals"),
            Cell(text=""),
            Cell(text="$1,310k", value=k(1310), unit=Unit.MONEY),
            *(Cell(text="") for _ in range(6)),
        ),
    )
    return slide(
        4,
        "commit",
        "Seven commit deals carry $1.31M of $1.94M; one shows three warning signs",
        Table(
            id="commit.table",
            columns=(
                Column(heading="Deal", weight=2.4),
                Column(heading="Owner", weight=1.3),
                Column(heading="Amount", align="right"),
                Column(heading="Stage", weight=1.1),
                Column(heading="Close", align="right"),
                Column(heading="Age vs norm", align="right"),
                Column(heading="Buyer touch", align="right"),
                Column(heading="Next step", weight=1.8),
                Column(heading="Watch", weight=1.8),
            ),
            rows=(*rows, total),
            more="and 16 more, $0.63M",
            alt="The seven largest commit deals with owner, amount, stage, close date, age, last buyer touch, "
            "next step and warnings.",
        ),
    )


def left_quarter() -> Slide:
    gone = (
        ("Ostrander Paper", "EMEA", 310, "slipped", "18 Dec", "29 Jan", "sponsor on leave"),
        ("Saint-Aubin Verrerie", "EMEA", 170, "slipped", "4 Dec", "15 Jan", "second quote"),
        ("Cobalt Ridge Foods", "AMER", 60, "slipped", "11 Dec", "8 Jan", "budget freeze"),
        ("Tern & Gale Retail", "AMER", 30, "slipped", "18 Dec", "22 Jan", "–"),
        ("Yarra Bend Pharma", "APAC", 20, "slipped", "27 Nov", "12 Feb", "–"),
        ("Finch Bay Cannery", "AMER", 110, "lost", "11 Dec", "–", "price"),
        ("Molenaar Koeltransport", "EMEA", 60, "lost", "18 Dec", "–", "no decision"),
        ("Dunmore Parts", "AMER", 40, "lost", "4 Dec", "–", "competitor"),
        ("Banksia Freight", "APAC", 20, "lost", "18 Dec", "–", "no decision"),
    )
    return slide(
        5,
        "left",
        "Nine deals left: five slipped ($0.59M), four lost ($0.23M)",
        Table(
            id="left.table",
            columns=(
                Column(heading="Deal", weight=2.0),
                Column(heading="Region"),
                Column(heading="Amount", align="right"),
                Column(heading="What"),
                Column(heading="Was due", align="right"),
                Column(heading="Now", align="right"),
                Column(heading="Reason", weight=1.5),
            ),
            rows=tuple(
                TableRow(
                    record=f"left-{index}",
                    cells=(
                        deal(name, 100 + index),
                        Cell(text=region),
                        Cell(text=f"${amount}k", value=k(amount), unit=Unit.MONEY, bold=index < 2),
                        Cell(text=what, tone="warn" if what == "slipped" else "bad"),
                        Cell(text=was),
                        Cell(text=now),
                        Cell(text=reason, tone="muted" if reason == "–" else "neutral"),
                    ),
                )
                for index, (name, region, amount, what, was, now, reason) in enumerate(gone)
            ),
            alt="Nine deals that left the quarter, with amount, old and new close date and reason.",
        ),
        Chart(
            id="left.reasons",
            slot="side",
            mark="bar",
            heading="By reason, $M",
            categories=(
                "Sponsor on leave",
                "Second quote",
                "Price",
                "No decision",
                "Budget freeze",
                "Not given",
                "Competitor",
            ),
            series=(
                Series(
                    name="Amount",
                    values=(k(310), k(170), k(110), k(80), k(60), k(50), k(40)),
                    highlight=(0, 1),
                ),
            ),
            number=MILLIONS,
            alt="By reason: sponsor on leave 0.31, second quote 0.17, price 0.11, no decision 0.08, budget freeze 0.06, "
            "not given 0.05, competitor 0.04 million.",
        ),
    )


def winnable() -> Slide:
    return slide(
        6,
        "win",
        "Where we can win: three moves are worth $0.86M, more than the gap; odds say $0.45M",
        Tiles(
            id="win.tiles",
            tiles=(
                Tile(label="Gap to target", value="$0.80M", detail="won + commit against target"),
                Tile(
                    label="Face value of three moves", value="$0.86M", detail="covers the gap", tone="accent"
                ),
                Tile(label="At peers' odds", value="$0.45M", detail="leaves $0.35M to find"),
            ),
        ),
        Table(
            id="win.table",
            columns=(
                Column(heading="Move", weight=2.2),
                Column(heading="Why", weight=2.6),
                Column(heading="Value", align="right"),
                Column(heading="Odds of peers", align="right"),
                Column(heading="Act", weight=2.2),
                Column(heading="Owner", weight=1.2),
                Column(heading="By", align="right", weight=0.8),
            ),
            rows=(
                TableRow(
                    record="006-1",
                    cells=(
                        deal("Ostrander Paper", 1),
                        Cell(text="Slipped to 29 Jan, not dead: legal is done, sponsor away until Wed"),
                        Cell(text="$310k", value=k(310), unit=Unit.MONEY),
                        Cell(text="35%", value=Decimal("0.35"), unit=Unit.SHARE),
                        Cell(text="Sponsor call, COO to COO"),
                        Cell(text="Dana Whitcombe"),
                        Cell(text="25 Nov"),
                    ),
                ),
                TableRow(
                    cells=(
                        Cell(text="Better than called: Brandt & Söhne, Velde Logistics"),
                        Cell(text="Best case that behaves like past commits"),
                        Cell(text="$420k", value=k(420), unit=Unit.MONEY),
                        Cell(text="55%", value=Decimal("0.55"), unit=Unit.SHARE),
                        Cell(text="Review with the rep, move to commit"),
                        Cell(text="Jonas Reuter"),
                        Cell(text="24 Nov"),
                    )
                ),
                TableRow(
                    record="006-3",
                    cells=(
                        deal("O'Malley Freight", 3),
                        Cell(text="Due 8 Jan, signed in all but date"),
                        Cell(text="$130k", value=k(130), unit=Unit.MONEY),
                        Cell(text="85%", value=Decimal("0.85"), unit=Unit.SHARE),
                        Cell(text="Offer December start"),
                        Cell(text="Priya Raman"),
                        Cell(text="27 Nov"),
                    ),
                ),
                TableRow(
                    total=True,
                    cells=(
                        Cell(text="Three moves"),
                        Cell(text=""),
                        Cell(text="$860k", value=k(860), unit=Unit.MONEY),
                        Cell(text="$0.45M"),
                        Cell(text=""),
                        Cell(text=""),
                        Cell(text=""),
                    ),
                ),
            ),
            alt="Three moves with value, odds, act, owner and date; sum 860 thousand, 0.45 million at odds.",
        ),
        Lines(
            id="win.protect",
            slot="bottom",
            heading="Beyond Q4",
            lines=(
                words(
                    "Expansion: 14 Yard customers above 90% use own no Sense; their peers paid $38k for it."
                ),
                words("Revive: three deals lost on timing last spring are active again ($0.21M)."),
            ),
        ),
    )
