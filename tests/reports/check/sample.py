"""The hand-written sample of DECKS.md 5.5: four good-looking slides that contradict themselves three times.

The coverage table's total reads 2.6x where open / (target − won) is 3.7x; Northwind and Fabrikam slipped to Q1 on slide 1
and are commit deals that close in December on slide 4; slide 4's title says two red flags where its table shows three.
`mended` is the same deck without them.
"""

from __future__ import annotations

from decimal import Decimal

from reports.deck import (
    Block,
    Cell,
    Chart,
    Column,
    Deck,
    Lines,
    NumberFormat,
    Series,
    Slide,
    Table,
    TableRow,
    Tile,
    Tiles,
    Words,
)
from reports.facts import Fact, Unit
from reports.narrative import say
from tests.fakes import decks

FOOTER = "Sample CRM · 23 Nov 2026 08:30 ET · all regions · definitions v3"
MILLIONS = NumberFormat(unit=Unit.MONEY, prefix="$", suffix="M", scale=1_000_000, decimals=1)


def million(tenths: int) -> Decimal:
    return Decimal(tenths) * 100_000


def fact(name: str, unit: Unit, value: object, text: str, *records: str, source: str = "sample") -> Fact:
    return Fact(
        id=name,
        value=str(value),
        unit=unit,
        text=text,
        source=source,
        as_of=decks.AS_OF,
        period="FY26-Q4",
        records=records,
        record_count=len(records),
        n=len(records),
    )


def money(name: str, tenths: int, *records: str, source: str = "sample") -> Fact:
    return fact(name, Unit.MONEY, million(tenths), f"${tenths / 10:.1f}M", *records, source=source)


def name(key: str, text: str) -> Fact:
    return fact(key, Unit.TEXT, text, text)


def slide(number: int, key: str, title: str, blocks: tuple[Block, ...], facts: tuple[Fact, ...]) -> Slide:
    return Slide(
        id=key,
        key=key,
        number=number,
        title=say(title, {item.id: item for item in facts}),
        scope="all regions",
        blocks=blocks,
        footer=FOOTER,
        notes=f"{key}: sums of deals in the mirror.",
        facts=facts,
    )


def said(template: str, *facts: Fact) -> Words:
    return say(template, {item.id: item for item in facts})


def summary() -> Slide:
    facts = (
        money("gap", 17),
        money("target", 120),
        money("called", 103),
        name("n", "Northwind"),
        money("n_x", 8, "d1"),
        name("f", "Fabrikam"),
        money("f_x", 6, "d2"),
        name("next", "Q1"),
    )
    left = Lines(
        id="summary.changes",
        slot="left",
        heading="Changed since Mon 16 Nov",
        lines=(
            said("{{n}} ({{n_x}}) and {{f}} ({{f_x}}) slipped to {{next}}.", *facts),
            said("Commit holds everywhere else."),
        ),
    )
    tiles = Tiles(
        id="summary.tiles",
        tiles=(
            Tile(label="Won + commit", value="$10.3M", fact="called"),
            Tile(label="Target", value="$12.0M", fact="target"),
        ),
    )
    return slide(1, "summary", "The quarter is {{gap}} short of {{target}}", (tiles, left), facts)


def movement() -> Slide:
    facts = (money("change", 9), money("opening", 177), money("closing", 168))
    values = (177, 15, 4, -6, -14, -8, 168)
    names = ("16 Nov", "Created", "Pulled in", "Won", "Slipped", "Lost", "23 Nov")
    bridge = Chart(
        id="movement.bridge",
        mark="waterfall",
        categories=names,
        series=(Series(name="Open pipeline", values=tuple(map(million, values))),),
        totals=(0, 6),
        number=MILLIONS,
        alt="Waterfall from 17.7 to 16.8 million.",
    )
    return slide(2, "movement", "Open pipeline fell {{change}} this week", (bridge,), facts)


def coverage(total: str) -> Slide:
    rows = (("AMER", 70, 46, 86), ("EMEA", 35, 19, 52), ("APAC", 15, 9, 30), ("All", 120, 74, 168))
    table = Table(
        id="coverage.table",
        columns=tuple(
            Column(heading=text, align="right") for text in ("Region", "Target", "Won", "Open", "Coverage")
        ),
        rows=tuple(
            TableRow(
                total=label == "All",
                cells=(
                    Cell(text=label),
                    *(
                        Cell(text=f"${tenths / 10:.1f}M", value=million(tenths), unit=Unit.MONEY)
                        for tenths in (target, won, open_)
                    ),
                    _ratio(total if label == "All" else f"{open_ / (target - won):.1f}x"),
                ),
            )
            for label, target, won, open_ in rows
        ),
        alt="Coverage of what is left, by region.",
    )
    facts = (name("low", "EMEA"), fact("low_x", Unit.RATIO, "3.25", "3.2x"))
    return slide(3, "coverage", "{{low}} covers {{low_x}} of what is left", (table,), facts)


def _ratio(text: str) -> Cell:
    return Cell(text=text, value=Decimal(text[:-1]), unit=Unit.RATIO)


def commit(flags: str, *, slipped: bool) -> Slide:
    deals = (
        ("Northwind" if slipped else "Contoso Mills", "d1" if slipped else "d7", 8, "close moved"),
        ("Fabrikam" if slipped else "Proseware Yards", "d2" if slipped else "d8", 6, ""),
        ("Adatum Cold", "d3", 11, "no next step"),
        ("Litware Docks", "d4", 4, "single contact"),
    )
    table = Table(
        id="commit.table",
        columns=(
            Column(heading="Deal"),
            Column(heading="Amount", align="right"),
            Column(heading="Close"),
            Column(heading="Red flags"),
        ),
        rows=tuple(
            TableRow(
                record=record,
                cells=(
                    Cell(text=label),
                    Cell(text=f"${tenths / 10:.1f}M", value=million(tenths), unit=Unit.MONEY),
                    Cell(text="18 Dec"),
                    Cell(text=flag or "–"),
                ),
            )
            for label, record, tenths, flag in deals
        ),
        alt="Commit deals with amount, close date and red flags.",
    )
    number = {"two": 2, "three": 3}[flags]
    facts = (
        fact("flags", Unit.COUNT, number, flags),
        money("part", 29, *(record for _, record, _, _ in deals)),
    )
    return slide(4, "commit", "Commit holds {{part}}, with {{flags}} red flags", (table,), facts)


def sample() -> Deck:
    """Return the deck with its three contradictions."""
    return decks.deck(summary(), movement(), coverage("2.6x"), commit("two", slipped=True))


def mended() -> Deck:
    """Return the deck without contradictions."""
    return decks.deck(summary(), movement(), coverage("3.7x"), commit("three", slipped=False))
