"""Slide 6: where we can win: the moves, what they are worth against the gap, and what to protect."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from reports import words
from reports.deck import Block, Cell, Column, Lines, Table, TableRow, Tile, Tiles, Words
from reports.facts import Period, Row, Unit
from reports.findings import FindingKind, Move, customers
from reports.kinds.ledger import Ledger
from reports.kinds.page import UNDATED, Body, LeftOut, Page, short_name
from reports.kinds.scene import Scene
from reports.kinds.weekly import titles
from reports.view.timeline import Logged

MOST = 5
# What each kind of move is called.
KIND_WORDS = {
    FindingKind.SAVE: "slipped, not dead",
    FindingKind.BETTER_THAN_CALLED: "better than called",
    FindingKind.READY_TO_PULL_IN: "ready to pull in",
    FindingKind.EXPANSION: "expansion",
    FindingKind.REVIVE: "revive",
}
# Moves that can land inside the period; the others stand below them.
SOON = (FindingKind.SAVE, FindingKind.BETTER_THAN_CALLED, FindingKind.READY_TO_PULL_IN)
# A product is worth protecting when it is in this share of the period's wins without being the most sold one.
PROTECT_SHARE = Decimal("0.25")
PROTECT_MIN_WINS = 5
# And its share has grown by so much since the period before.
RISING = Decimal("0.05")
_ODDS = (
    Column(heading="Odds now", align="right", weight=0.7),
    Column(heading="Peers' odds", align="right", weight=0.7),
    Column(heading="Odds say", align="right", weight=0.8),
)
_ODDS_SAY = "Odds say: value × peers' odds, those of deals that stand where the act should bring it. Rounded."


def build(page: Page) -> Body | LeftOut:
    """Return the moves with value, odds where history gives them, owner, act and date; left out when there is none."""
    scene, ledger = page.scene, page.ledger
    found = soon(scene)
    if scene.undated:
        return UNDATED
    if not found:
        return LeftOut(_why(scene))
    title = ledger.say(titles.sentence(bind_moves(scene, ledger, found)))
    touched = scene.logged is Logged.TOUCHES
    lines = tuple(line for line in (_later(scene, ledger), protect(scene, ledger)) if line is not None)
    blocks: list[Block] = [_tiles(ledger, scene), _table(page, found)]
    if lines:
        blocks.append(Lines(id="also", slot="bottom", heading="Beside them", lines=lines))
    odds = (
        f"Odds now: how often deals called, pushed,{' touched' * touched} and planned alike were won by their "
        "quarter's end. Peers: the same for deals that stand where the act should bring it: dated in the quarter, "
        f"{'buyer seen, ' * touched}called commit. "
        "Odds say: sum of value × peers' odds."
    )
    counted = weighted_of(found) is not None
    return Body(title=title, blocks=tuple(blocks), remarks=(odds, *scene.sampled) if counted else ())


def _why(scene: Scene) -> str:
    """Return why nothing is shown: no deal qualifies, or the past quarters are too thin to take odds from."""
    begins = scene.view.begins
    if scene.judged.odds.quarters or scene.judged.young or begins is None:
        return f"no deal was found that could be moved into {scene.name}"
    day = words.day(scene.view.calendar.day(begins), scene.today)
    return f"odds come from past quarters, and too little of those is known: history begins {day}"


def soon(scene: Scene) -> tuple[Move, ...]:
    """Return the moves that can land in the period, most value first, at most five."""
    found = [move for move in scene.moves if move.kind in SOON]
    return tuple(sorted(found, key=lambda move: (SOON.index(move.kind), -move.value))[:MOST])


def weighted_of(found: Iterable[Move]) -> Decimal | None:
    """Return what odds say the moves bring together; None where history is too young to give odds."""
    weighted = [move.weighted for move in found if move.weighted is not None]
    return sum(weighted, Decimal(0)) if weighted else None


def bind_moves(scene: Scene, ledger: Ledger, found: tuple[Move, ...]) -> str:
    """Bind what the moves are worth together, and return the title's clauses."""
    ids = [deal_id for move in found for deal_id in move.deal_ids]
    value, weighted = sum((move.value for move in found), Decimal(0)), weighted_of(found)
    ledger.number("n", len(found), source="Moves", records=ids)
    ledger.money(
        "value",
        value,
        source="Moves, face value",
        definition="Sum of the amounts of their deals",
        records=ids,
    )
    if weighted is not None:
        ledger.money(
            "weighted", weighted, source="Moves, weighted by odds",
            definition="Sum of amount × peers' odds, measured on past quarters at the same day", records=ids,
            n=sum(move.n for move in found),
        )  # fmt: skip
    clause = _against_gap(scene, ledger, value, one=len(found) == 1)
    return clause if weighted is None else f"{clause}; {titles.ODDS_SAY}"


def _against_gap(scene: Scene, ledger: Ledger, value: Decimal, *, one: bool) -> str:
    gap = scene.gap
    if gap is None or scene.scale.round(gap) <= 0:
        return titles.WIN_ONE if one else titles.WIN
    ledger.money("gap", gap, source="Gap", definition="Target minus won and commit (open only)")
    if scene.scale.round(value) > scene.scale.round(gap):
        return titles.WIN_MORE_ONE if one else titles.WIN_MORE
    return titles.WIN_LESS_ONE if one else titles.WIN_LESS


def protect(scene: Scene, ledger: Ledger) -> Words | None:
    """Return what to protect: a product newly in many of the period's wins; None when none stands out."""
    won, counts = _wins(scene, scene.period)
    if won < PROTECT_MIN_WINS or len(counts) < 2:
        return None
    previous, before = _wins(scene, scene.view.calendar.previous(scene.period))

    def gain(product: str) -> Decimal:
        past = Decimal(before[product].n) / previous if product in before else Decimal(0)
        return Decimal(counts[product].n) / won - past

    first = max(counts, key=lambda product: counts[product].n)
    rising = [product for product in counts if product != first and counts[product].n >= won * PROTECT_SHARE]
    rising = [product for product in rising if gain(product) >= RISING]
    if not rising:
        return None
    product = max(rising, key=lambda name: (gain(name), name))
    part = Decimal(counts[product].n) / won
    name = ledger.name("product", product.split(" (")[0], source="product")
    text = ledger.value(
        "product_part", part, Unit.SHARE, words.share_word(part), source="Share of the period's wins",
        definition="Won deals with this product / all won deals of the period",
        records=counts[product].records, n=counts[product].n,
    )  # fmt: skip
    return ledger.say(f"{name} is in {text} of our wins.")


def _wins(scene: Scene, period: Period) -> tuple[int, dict[str, Row]]:
    """Return how many deals were won in a period, and those of each product."""
    rows = scene.measure("bookings", "product", period=period).rows
    return sum(row.n for row in rows), {row.by[0][1]: row for row in rows if row.by and row.by[0][1]}


def label_of(move: Move) -> str:
    """Return what a move is called in a table: the account, or how many deals of whom."""
    if len(move.deal_ids) > 1 and move.owner:
        return f"{words.number_word(len(move.deal_ids)).capitalize()} deals of {move.owner}"
    return (move.accounts or move.deals or ("",))[0]


def act_of(ledger: Ledger, key: str, move: Move, scene: Scene) -> str:
    """Bind who and what a move is about, and return the act as the clause of a sentence."""
    name = ledger.name(f"{key}.name", (move.accounts or move.deals or ("",))[0], source="finding", limit=40)
    match move.kind:
        case FindingKind.SAVE:
            return f"{ledger.name(f'{key}.act', move.act, source='finding')} to {name}"
        case FindingKind.BETTER_THAN_CALLED if len(move.deal_ids) > 1 and move.owner:
            who = ledger.name(f"{key}.who", move.owner, source="owner")
            n = ledger.number(
                f"{key}.n", len(move.deal_ids), source="Deals of the move", records=move.deal_ids
            )
            return f"Call {who}'s {n} best-case deals commit, or say what is missing"
        case FindingKind.BETTER_THAN_CALLED:
            return f"Call {name} commit, or say what is missing"
        case FindingKind.READY_TO_PULL_IN:
            period = ledger.name("period", scene.name, source="fiscal calendar")
            return f"Pull {name}'s signature forward into {period}"
        case _:
            return f"{ledger.name(f'{key}.act', move.act, source='finding')}: {name}"


def _later(scene: Scene, ledger: Ledger) -> Words | None:
    """Return what else could be won, after the period: expansion and revival, one sentence."""
    parts = []
    for kind, noun in ((FindingKind.EXPANSION, "to expand"), (FindingKind.REVIVE, "to revive")):
        found = [item for item in scene.chances if item.kind is kind]
        if not found:
            continue
        best = found[0]
        value = sum((item.amount or Decimal(0) for item in found), Decimal(0))
        n = ledger.number(
            f"{kind}.n", len(found), source=f"Findings: {kind}", records=[item.deal_id for item in found]
        )
        amount = ledger.money(
            f"{kind}.value", value, source=f"Findings: {kind}", records=[item.deal_id for item in found]
        )
        name = ledger.name(f"{kind}.best", best.account or best.deal, source="finding")
        accounts = words.plural(len(found), "account" if kind is FindingKind.EXPANSION else "lost deal")
        capped = kind is FindingKind.EXPANSION and len(found) >= customers.MOST
        parts.append(f"{'The best ' if capped else ''}{n} {accounts} {noun}, worth {amount}, {name} first")
    return ledger.say(". ".join(parts) + ".") if parts else None


def _tiles(ledger: Ledger, scene: Scene) -> Tiles:
    texts = {fact.id: fact.text for fact in ledger.facts}
    tiles = [Tile(label="Face value of the moves", value=texts["value"], fact="value", tone="accent")]
    if "weighted" in texts:
        tiles.append(Tile(label="Odds say", value=texts["weighted"], fact="weighted"))
    if "gap" in texts:
        tiles.append(Tile(label=f"Gap in {scene.name}", value=texts["gap"], fact="gap", tone="bad"))
    return Tiles(id="sums", tiles=tuple(tiles))


def _table(page: Page, found: tuple[Move, ...]) -> Table:
    scene, no_odds = page.scene, page.scene.judged.no_odds
    value, weighted = sum((move.value for move in found), Decimal(0)), weighted_of(found)
    scale = words.deal_scale(item for item in (value, weighted) if item is not None)
    odds = (
        () if weighted is None else (Cell(text=""), Cell(text=""), _amount(scene, weighted, scale, bold=True))
    )
    total = TableRow(
        total=True,
        cells=(
            Cell(text="Together", bold=True),
            _amount(scene, value, scale, bold=True),
            *odds,
            Cell(text=""),
            Cell(text=""),
            Cell(text=""),
        ),
    )
    return Table(
        id="moves",
        slot="main",
        columns=(
            Column(heading="Move", weight=2.4),
            Column(heading="Value", align="right", weight=0.8),
            *(() if weighted is None else _ODDS),
            Column(heading="Owner", weight=1.1),
            Column(heading="Act", weight=2.6),
            Column(heading="By", weight=0.8),
        ),
        rows=(*(_row(page, move, scale) for move in found), total),
        more=f"{no_odds[:1].upper()}{no_odds[1:]}. Rounded." if weighted is None else _ODDS_SAY,
        alt=f"Moves that could win in this period, with value,{' odds,' * (weighted is not None)} owner, act and date.",
    )


def _row(page: Page, move: Move, scale: words.Scale) -> TableRow:
    scene = page.scene
    names = words.joined(dict.fromkeys(words.line(name, 26) for name in (move.accounts or move.deals)))
    what = KIND_WORDS.get(move.kind, str(move.kind))
    kind = what if len(move.deal_ids) == 1 else f"{what}: {names}"
    note = " · ".join(note for note in (page.note(deal_id) for deal_id in move.deal_ids) if note)
    odds = (
        ()
        if move.weighted is None
        else (
            Cell(text=words.share(move.odds_now), value=move.odds_now, unit=Unit.SHARE),
            Cell(text=words.share(move.odds_peer), value=move.odds_peer, unit=Unit.SHARE),
            _amount(scene, move.weighted, scale),
        )
    )
    return TableRow(
        record=move.deal_ids[0] if move.deal_ids else None,
        cells=(
            Cell(
                text=words.clip(words.line(label_of(move)), 44),
                link=move.urls[0] if move.urls else None,
                bold=True,
                note=" · ".join(part for part in (kind, note) if part),
            ),
            _amount(scene, move.value, scale),
            *odds,
            Cell(text=short_name(move.owner)),
            Cell(text=words.line(move.act, 80)),
            Cell(
                text=words.dated(move.by)
                if (move.by - scene.today).days < 7
                else words.day(move.by, scene.today)
            ),
        ),
    )


def _amount(scene: Scene, value: Decimal, scale: words.Scale, *, bold: bool = False) -> Cell:
    text = words.money(value, scene.currency, scale)
    return Cell(text=text, value=value, unit=Unit.MONEY, bold=bold)
