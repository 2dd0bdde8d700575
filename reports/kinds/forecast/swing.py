"""Slide 3: the swing deals: the largest that are still called, why they close now, for how much, who buys, what blocks."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from connectors.records import ForecastClass, Status
from reports import words
from reports.deck import Cell, Column, Lines, Table, TableRow
from reports.facts import Tone
from reports.findings import Inspection, silence_rule
from reports.kinds.forecast import titles
from reports.kinds.page import Body, LeftOut, Page, named, short_name
from reports.kinds.weekly.commitments import habit, signs_of
from reports.view import Deal
from reports.view.contacts import Buyer, buyers
from reports.view.hygiene import knows_steps
from reports.view.signals import Signal

MOST = 8
CALLED = (ForecastClass.COMMIT, ForecastClass.MOST_LIKELY, ForecastClass.BEST_CASE)
WORDS = {
    ForecastClass.COMMIT: "commit",
    ForecastClass.MOST_LIKELY: "most likely",
    ForecastClass.BEST_CASE: "best case",
}
# Who is named of an account; what the role of the one who signs is called.
NAMED = 2
SIGNS = "economic buyer"


def build(page: Page) -> Body | LeftOut:
    """Return the largest deals that are still called; left out when none is, or the period is over."""
    scene, ledger = page.scene, page.ledger
    if scene.is_over:
        return LeftOut(f"{scene.name} is over: no deal can swing it")
    deals = called(page)
    if not deals:
        return LeftOut(f"no deal is called commit or best case in {scene.name}")
    seen = scene.inspected(deals)
    signs = {deal.id: signs_of(seen.get(deal.id)) for deal in deals}
    people = buyers(scene.view, (deal.account_id for deal in deals if deal.account_id))
    title = ledger.say(titles.sentence(_carry(page, deals), _against(page, signs)))
    return Body(
        title=title,
        blocks=(_table(page, deals, seen, signs, people), _so_what(page, deals, signs, people)),
        remarks=(
            (
                "Shown: the largest open deals of the period that are called commit, most likely or best case. "
                f"A warning sign is a rule that speaks against a deal{habit(scene)}. "
                "Who buys: the contacts of the account with their part in the decision, as the CRM has them."
            ),
            *scene.sampled,
        ),
    )


def called(page: Page) -> tuple[Deal, ...]:
    """Return the largest open deals of the period that are called, at most MOST; those without an amount last."""
    view, due = page.scene.view, page.scene.period
    found = [
        deal
        for category in CALLED
        for deal in view.deals(status=Status.OPEN, category=category, due=due, limit=MOST)
    ]
    return tuple(
        sorted(found, key=lambda deal: (deal.amount is None, -(deal.amount or Decimal(0)), deal.id))[:MOST]
    )


def _whole(page: Page) -> tuple[Decimal, int]:
    """Return what all deals that are still called come to, and how many they are."""
    rows = [page.scene.measure(str(category)).rows[0] for category in CALLED]
    return sum((row.value or Decimal(0) for row in rows), Decimal(0)), sum(row.n for row in rows)


def _carry(page: Page, deals: tuple[Deal, ...]) -> str:
    """Bind what the shown deals carry, and return the clause."""
    scene, ledger, ids = page.scene, page.ledger, [deal.id for deal in deals]
    value, n = _whole(page)
    rows = [scene.measure(str(category)).rows[0] for category in CALLED]
    ledger.money(
        "total", value, source="Still called, open", n=n, records=[one for row in rows for one in row.records],
        definition="Open deals called commit, most likely or best case whose close date lies in the period",
    )  # fmt: skip
    ledger.number("n", len(deals), source="Swing deals", records=ids)
    ledger.name("deals", words.plural(len(deals), "deal"), source="wording")
    if len(deals) == n:
        return titles.SWING_ALL_ONE if n == 1 else titles.SWING_ALL
    part = sum((deal.amount or Decimal(0) for deal in deals), Decimal(0))
    ledger.money("part", part, source="Swing deals, amounts", definition="Sum of their amounts", records=ids)
    return titles.SWING_ONE if len(deals) == 1 else titles.SWING


def _against(page: Page, signs: Mapping[str, tuple[str, ...]]) -> str:
    """Bind how many deals have something against them, and return the clause."""
    blocked = [deal_id for deal_id, found in signs.items() if found]
    if not blocked:
        return titles.CLEAR if len(signs) > 1 else titles.CLEAR_ONE
    page.ledger.number("k", len(blocked), source="Swing deals with a warning sign", records=blocked)
    if len(signs) == 1:
        return titles.BLOCKED_ALONE
    return titles.BLOCKED_ONE if len(blocked) == 1 else titles.BLOCKED


def _table(
    page: Page,
    deals: tuple[Deal, ...],
    seen: Mapping[str, Inspection],
    signs: Mapping[str, tuple[str, ...]],
    people: Mapping[str, tuple[Buyer, ...]],
) -> Table:
    scene = page.scene
    value, n = _whole(page)
    rest, more = n - len(deals), ""
    if rest:
        left = value - sum((deal.amount or Decimal(0) for deal in deals), Decimal(0))
        more = f"and {words.count(rest)} more, {words.money(left, scene.currency, scene.scale)}"
    if rule := silence_rule(scene.view):
        more = ". ".join(part for part in (more, f"{rule[:1].upper()}{rule[1:]}.") if part)
    scale = words.deal_scale(deal.amount for deal in deals)
    known = scene.signals(deal.id for deal in deals)
    columns = (
        Column(heading="Deal", weight=2.0),
        Column(heading="Called", weight=0.9),
        Column(heading="Why this number", align="right", weight=1.25),
        Column(heading="Why this quarter" if _is_quarter(page) else "Why now", weight=2.2),
        Column(heading="Who is buying", weight=2.6),
        Column(heading="What blocks it", weight=1.9),
    )
    return Table(
        id="swing",
        slot="main",
        columns=columns,
        rows=tuple(
            TableRow(
                record=deal.id,
                cells=(
                    named(
                        deal.name, link=deal.url, note=page.note(deal.id) or short_name(deal.owner), bold=True
                    ),
                    Cell(text=WORDS[deal.category]),
                    page.deal_amount(deal.amount, scale).model_copy(
                        update={"note": why_this_number(deal, known.get(deal.id), scale)}
                    ),
                    _why_now(page, deal, seen.get(deal.id)),
                    _buying(people.get(deal.account_id or "", ()), by_name=scene.view.session.names),
                    _blocks(deal, signs[deal.id]),
                ),
            )
            for deal in deals
        ),
        more=more,
        alt=f"The {len(deals)} largest deals that are still called, with amount, date, buyers and what blocks them.",
    )


def _is_quarter(page: Page) -> bool:
    return len(page.scene.view.calendar.quarters(page.scene.period)) == 1


def why_this_number(deal: Deal, signal: Signal | None, scale: words.Scale) -> str:
    """Return what is bought and what became of the amount in a month: `Yard, was $200k`; empty for neither."""
    parts = [words.line(deal.product or "", 16)]
    if signal is not None and signal.amount is not None and signal.amount_before is not None:
        before = words.money(signal.amount_before, deal.currency, scale)
        same = scale.round(signal.amount) == scale.round(signal.amount_before)
        parts.append("unchanged" if same else f"was {before}")
    return ", ".join(part for part in parts if part)


def _why_now(page: Page, deal: Deal, look: Inspection | None) -> Cell:
    """Return the close date with what became of it, and the next step below it."""
    today = page.scene.today
    moved = ""
    if look is not None:
        times = {0: _still(page, deal), 1: "moved once", 2: "moved twice"}
        moved = f", {times.get(look.pushes, f'moved {words.number_word(look.pushes)} times')}"
    step = words.line(deal.next_step or "", 44)
    overdue = deal.close is not None and deal.close < today
    return Cell(
        text=f"{words.day(deal.close, today)}{moved}",
        tone="bad" if overdue else "neutral",
        note=step or ("no next step" if knows_steps(page.scene.view) else ""),
    )


def _still(page: Page, deal: Deal) -> str:
    """Return that a date never moved; where the deal is older than what is known of it, since when it did not."""
    view = page.scene.view
    if view.begins is None or deal.created_at >= view.begins:
        return "never moved"
    return f"not moved since {words.day(view.calendar.day(view.begins), page.scene.today)}"


def _buying(people: tuple[Buyer, ...], *, by_name: bool) -> Cell:
    """Return who is known at the account: those with a part in the decision, and whether one of them signs.

    Where reps are not named, buyers are not either: only their parts are.
    """
    if not people:
        return Cell(text="no contact known", tone="muted")
    first = sorted(people, key=lambda buyer: (buyer.role is None, not _is_signing(buyer)))[:NAMED]
    said = ", ".join(
        f"{short_name(buyer.name)} ({_part(buyer)})" if by_name else _part(buyer) for buyer in first
    )
    rest = len(people) - len(first)
    missing = not any(_is_signing(buyer) for buyer in people)
    notes = [f"and {rest} more" if rest else "", f"no {SIGNS} known" if missing else ""]
    return Cell(
        text=words.clip(said, 90),
        note="; ".join(note for note in notes if note),
        tone="warn" if missing else "neutral",
    )


def _part(buyer: Buyer) -> str:
    """Return a buyer's part in the decision, else the title, as the CRM has it."""
    return words.line((buyer.role or "").lower() or buyer.title or "part unknown", 24)


def _is_signing(buyer: Buyer) -> bool:
    return (buyer.role or "").casefold() == SIGNS


def _blocks(deal: Deal, signs: tuple[str, ...]) -> Cell:
    tone: Tone = "bad" if len(signs) > 1 else "warn" if signs else "good"
    return Cell(
        text=", ".join(signs) if signs else "nothing seen", tone=tone, note=words.line(deal.stage or "", 24)
    )


def _so_what(
    page: Page,
    deals: tuple[Deal, ...],
    signs: Mapping[str, tuple[str, ...]],
    people: Mapping[str, tuple[Buyer, ...]],
) -> Lines:
    """Return whom to ask first, about the deal with most against it, and how many have nobody known to sign."""
    ledger, parts = page.ledger, []
    worst = max(deals, key=lambda deal: (len(signs[deal.id]), deal.amount or Decimal(0)))
    if signs[worst.id]:
        deal = ledger.name("worst", worst.account or worst.name, source="deal name")
        amount = ledger.deal_money("worst.amount", worst.amount, worst.id)
        owner = ledger.name("worst.owner", worst.owner, source="owner")
        parts.append(f"ask {owner} about {deal} ({amount}) first")
    unsigned = [
        deal.id
        for deal in deals
        if (known := people.get(deal.account_id or "", ())) and not any(map(_is_signing, known))
    ]
    if unsigned:
        n = ledger.number(
            "unsigned", len(unsigned), source="Swing deals without an economic buyer", records=unsigned
        )
        verb = words.plural(len(unsigned), "deal names", "deals name")
        parts.append(f"{n} {verb} no {SIGNS}, find out who signs")
    text = "; ".join(parts) or "nothing speaks against these deals, hold their dates"
    tone: Tone = "warn" if parts else "neutral"
    return Lines(id="so-what", slot="bottom", lines=(ledger.say(f"So what: {text}."),), tone=tone)
