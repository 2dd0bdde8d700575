"""Decks to draw and to check: a weekly review of Larkmoor with every kind of block, and hostile variants of it.

The numbers are those of the demo company's story, so the pictures are those that people will see.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from reports.deck import (
    Block,
    Card,
    CardMove,
    CardStep,
    Cell,
    Chart,
    Column,
    Decision,
    Deck,
    Lines,
    Message,
    NumberFormat,
    Series,
    Slide,
    Table,
    TableRow,
    Tile,
    Tiles,
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


def card(**changes: object) -> Card:
    return Card(
        company="Larkmoor Software",
        headline="Q4 is $0.80M short of $5.80M with 5½ weeks left; EMEA is $0.57M of the gap",
        target=k(5800),
        target_text="$5.80M",
        won=k(3060),
        won_text="$3.06M",
        commit=k(1940),
        commit_text="$1.94M",
        gap_text="$0.80M short",
        bridge_heading="Open Q4 pipeline since Mon 16 Nov",
        bridge=(
            CardStep(label="16 Nov", value=k(6230), text="$6.23M", total=True),
            CardStep(label="Created", value=k(310), text="+$0.31M"),
            CardStep(label="Pulled in", value=k(180), text="+$0.18M"),
            CardStep(label="Increased", value=k(90), text="+$0.09M"),
            CardStep(label="Won", value=k(-420), text="−$0.42M"),
            CardStep(label="Slipped", value=k(-590), text="−$0.59M"),
            CardStep(label="Decreased", value=k(-80), text="−$0.08M"),
            CardStep(label="Lost", value=k(-230), text="−$0.23M"),
            CardStep(label="23 Nov", value=k(5490), text="$5.49M", total=True),
        ),
        moves_heading="Where we can win: $0.86M, odds say $0.45M",
        moves=(
            CardMove(
                label="Ostrander Paper: sponsor call", text="$310k", detail="Dana Whitcombe, by Wed 25 Nov"
            ),
            CardMove(
                label="Brandt & Söhne, Velde: call commit", text="$420k", detail="Jonas Reuter, by Tue 24 Nov"
            ),
            CardMove(label="O'Malley Freight: pull in", text="$130k", detail="Priya Raman, by Fri 27 Nov"),
        ),
        footer="23 Nov 08:30 ET · all regions · definitions v3 · r1, draft",
    ).model_copy(update=changes)


def message() -> Message:
    return Message(
        notification="Q4 $0.80M short of $5.80M, EMEA is $0.57M of it. 3 decisions.",
        headline=words("Q4 is $0.80M short of $5.80M, 5½ weeks left."),
        changed_since="Mon 16 Nov",
        changes=(words("Ostrander Paper $310k left Q4: 18 Dec → 29 Jan."),),
        decisions=(
            Decision(
                letter="A",
                words=words("Sponsor call to Ostrander by Wed"),
                owner="Dana Whitcombe",
                due=date(2026, 11, 25),
            ),
        ),
        grey="23 Nov 08:30 ET · all regions · definitions v3 · r1, draft",
    )


def deck(*slides: Slide, **changes: object) -> Deck:
    """Return a deck of these slides; of the whole weekly review, when there are none."""
    return Deck(
        kind="weekly",
        title="Weekly pipeline review",
        company="Larkmoor Software",
        revision=1,
        as_of=AS_OF,
        period="FY26-Q4",
        scope="all regions",
        currency="USD",
        spec_hash="5" * 64,
        generation="gen-1",
        slides=slides or weekly_slides(),
        message=message(),
        card=card(),
    ).model_copy(update=changes)


def weekly_slides() -> tuple[Slide, ...]:
    return (
        summary(),
        movement(),
        coverage(),
        commit(),
        left_quarter(),
        winnable(),
        next_quarter(),
        appendix(),
    )


def weekly() -> Deck:
    """Return the eight slides of the weekly review."""
    return deck()


def every_block() -> Deck:
    """Return the weekly review and a slide with the marks that it does not use."""
    return deck(*weekly_slides(), stacked())
