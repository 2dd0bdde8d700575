"""Slide 5: the deals that left the period's pipeline without a win, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from reports import words
from reports.deck import Cell, Chart, Column, Lines, Series, Table, TableRow
from reports.facts import Unit
from reports.findings import FindingKind
from reports.kinds import back
from reports.kinds.page import UNDATED, Body, LeftOut, Page, named, short_name
from reports.kinds.scene import Scene
from reports.kinds.weekly import titles
from reports.kinds.weekly.win import act_of
from reports.measures import Movement
from reports.view import Deal
from reports.view.signals import Signal
from reports.view.timeline import Logged

ROWS = 10
NOT_GIVEN, NOT_SHOWN = "no reason given", "reason not shown"
# Silence below so many days explains no slip.
SILENT_DAYS = 10
REASONS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """Deals that left and leave a question: a new date where they `slipped`, else a reason. `n` counts all of them."""

    slipped: bool
    n: int
    value: Decimal
    records: tuple[str, ...]


def build(page: Page) -> Body | LeftOut:
    """Return slipped and lost deals with old and new date and reason; left out when there are none."""
    scene = page.scene
    if scene.undated:
        return UNDATED
    if scene.movement is None:
        return LeftOut(f"no snapshot a week earlier ({words.day(scene.since_day)}) to compare with")
    slipped, lost = scene.moved("pushed_out"), scene.moved("lost")
    if not slipped and not lost:
        return LeftOut(
            back.plain(scene, f"nothing slipped out of {scene.name} and nothing was lost this week")
        )
    deals, why = _looked_up(scene)
    title = page.ledger.say(titles.sentence(_title(page, slipped, lost)))
    moved = (*slipped, *lost)
    return Body(
        title=title,
        blocks=(_table(page, moved, deals, why), *_reasons(page, moved, why), _so_what(page, moved, why)),
        remarks=(
            back.plain(
                scene,
                "Slipped: open and due in the period a week ago, open and due after it now. "
                "Lost: closed lost within the week. A deal stands in one of the two, never in both. "
                "Reason: the one given; for a slip without one, what the record shows.",
            ),
        ),
    )


def unanswered(scene: Scene) -> Unanswered:
    """Return what has to be asked about the deals that left: dates of what slipped before missing reasons."""
    step = scene.step("pushed_out")
    if step is not None and step.n and not any(move.kind is FindingKind.SAVE for move in scene.moves):
        return Unanswered(slipped=True, n=step.n, value=-step.value, records=step.records)
    _, why = _looked_up(scene)
    silent = [move for move in scene.moved("pushed_out", "lost") if why[move.deal_id] == NOT_GIVEN]
    return Unanswered(
        slipped=False,
        n=len(silent),
        value=-sum((move.value for move in silent), Decimal(0)),
        records=tuple(move.deal_id for move in silent),
    )


def _looked_up(scene: Scene) -> tuple[dict[str, Deal], dict[str, str]]:
    """Return the deals that slipped or were lost, and why each left, by id."""
    moved = scene.moved("pushed_out", "lost")
    ids = [move.deal_id for move in moved]
    deals, seen = scene.deals(ids), scene.signals(ids)
    why = {move.deal_id: reason(move, deals.get(move.deal_id), seen.get(move.deal_id)) for move in moved}
    return deals, why


def _title(page: Page, slipped: tuple[Movement, ...], lost: tuple[Movement, ...]) -> str:
    ledger = page.ledger
    total = 0
    for key, bucket, what in (("slipped", "pushed_out", "Slipped"), ("lost", "lost", "Lost")):
        step = page.scene.step(bucket)
        n, value, ids = (step.n, -step.value, step.records) if step else (0, Decimal(0), ())
        definition = "Sum of their amounts when they left, at plan rates"
        ledger.money(key, value, source=what, definition=definition, records=ids, n=n)
        text = words.number_word(n)
        ledger.value(key[0], n, Unit.COUNT, text, source=f"{what} deals", records=ids, n=n)
        total += n
    ledger.value(
        "n", total, Unit.COUNT, words.number_word(total), source="Slipped or lost deals", n=total,
        records=[move.deal_id for move in (*slipped, *lost)],
    )  # fmt: skip
    ledger.name("deals", words.plural(total, "deal"), source="wording")
    if slipped and lost:
        return titles.LEFT_BOTH
    if slipped:
        return titles.LEFT_SLIPPED_ONE if total == 1 else titles.LEFT_SLIPPED
    return titles.LEFT_LOST_ONE if total == 1 else titles.LEFT_LOST


def _beyond(page: Page, seen: tuple[Movement, ...]) -> tuple[int, Decimal]:
    """Return how many deals left besides those seen, and their value; zero where all were seen."""
    steps = [step for step in (page.scene.step("pushed_out"), page.scene.step("lost")) if step]
    value = sum((move.value for move in seen), Decimal(0)) - sum((step.value for step in steps), Decimal(0))
    return sum(step.n for step in steps) - len(seen), value


def _table(page: Page, moved: tuple[Movement, ...], deals: dict[str, Deal], why: dict[str, str]) -> Table:
    scene = page.scene
    largest = sorted(moved, key=lambda move: (-abs(move.value), move.deal_id))[:ROWS]
    shown = tuple(move for move in moved if move in largest)
    rest, value = _beyond(page, shown)
    scale = words.deal_scale(move.value for move in shown)
    more = f"and {words.count(rest)} more, {words.money(value, scene.currency, scale)}" if rest else ""
    return Table(
        id="left",
        slot="main",
        columns=(
            Column(heading="Deal", weight=2.0),
            Column(heading="Owner", weight=1.15),
            Column(heading="Region", weight=0.7),
            Column(heading="Amount", align="right", weight=0.8),
            Column(heading="How", weight=0.75),
            Column(heading="Close date", weight=1.75),
            Column(heading="Reason", weight=1.6),
        ),
        rows=tuple(
            _row(page, move, deals.get(move.deal_id), why[move.deal_id], scale=scale) for move in shown
        ),
        more=more,
        alt=back.plain(
            page.scene, "Deals that slipped or were lost this week, with old and new close date and reason."
        ),
    )


def _row(page: Page, move: Movement, deal: Deal | None, why: str, *, scale: words.Scale) -> TableRow:
    slipped = move.bucket == "pushed_out"
    today = page.scene.today
    # What was not there a week ago has no date of then.
    dates = words.day(move.old_close or move.new_close, today)
    if slipped:
        dates = f"{dates} → {words.day(move.new_close, today)}"
    return TableRow(
        record=move.deal_id,
        cells=(
            named(
                deal.name if deal else move.deal_id,
                link=deal.url if deal else None,
                note=page.note(move.deal_id),
            ),
            Cell(text=short_name(deal.owner if deal else None)),
            Cell(text=words.line(page.scene.company.label(deal.region), 20) if deal and deal.region else "–"),
            page.deal_amount(-move.value, scale),
            Cell(text="slipped" if slipped else "lost", tone="warn" if slipped else "bad"),
            Cell(text=dates),
            Cell(text=why, tone="muted" if why == NOT_GIVEN else "neutral"),
        ),
    )


def reason(move: Movement, deal: Deal | None, signal: Signal | None) -> str:
    """Return why a deal left: the reason given, else for a slip what the record shows; `no reason given`, or not shown."""
    if deal is not None and (deal.reason or "").strip():
        return words.line(deal.reason or "", 40)
    if move.bucket == "pushed_out" and signal is not None:
        if signal.regress:
            return "went back a stage"
        if signal.stale or (
            signal.gap is not None and signal.idle > max(2 * signal.gap, Decimal(SILENT_DAYS))
        ):
            return "buyer silent" if signal.logged is Logged.TOUCHES else "silent"
        if signal.pushes > 1:
            return "date moved again"
    return NOT_SHOWN if deal is not None and "reason" in deal.hidden else NOT_GIVEN


def _reasons(page: Page, moved: tuple[Movement, ...], why: dict[str, str]) -> tuple[Chart, ...]:
    """Return the reasons by value; none where all deals have the same."""
    scene = page.scene
    values: dict[str, Decimal] = defaultdict(Decimal)
    for move in moved:
        values[why[move.deal_id]] -= move.value
    ranked = sorted(values.items(), key=lambda item: (-item[1], item[0]))
    shown = ranked[:REASONS]
    if rest := ranked[REASONS:]:
        shown.append(("other", sum((value for _, value in rest), Decimal(0))))
    unseen, value = _beyond(page, moved)
    if unseen:
        shown.append((f"{words.count(unseen)} smaller {words.plural(unseen, 'deal')}", value))
        page.ledger.digits("largest", len(moved), source="Deals looked at singly, largest first")
        page.ledger.digits("smaller", unseen, source="Deals that left, beside those looked at singly")
    if len(shown) < 2:
        return ()
    scale = words.scale_for(value for _, value in shown)
    scale = (
        words.THOUSANDS if scale is words.MILLIONS and max(value for _, value in shown) < 2_000_000 else scale
    )
    spoken = ", ".join(f"{name} {words.money(value, scene.currency, scale)}" for name, value in shown)
    return (
        Chart(
            id="reasons",
            slot="side",
            mark="bar",
            heading="What the record shows, by value"
            + (f", largest {words.count(len(moved))} deals" if unseen else ""),
            categories=tuple(name for name, _ in shown),
            series=(Series(name="Value", values=tuple(value for _, value in shown), highlight=(0,)),),
            number=words.chart_format(scene.currency, scale),
            alt=f"Reasons by value: {spoken}.",
        ),
    )


def _so_what(page: Page, moved: tuple[Movement, ...], why: dict[str, str]) -> Lines:
    ledger, scene = page.ledger, page.scene
    unseen, _ = _beyond(page, moved)
    silent = [move for move in moved if why[move.deal_id] == NOT_GIVEN]
    step = scene.step("pushed_out")
    alive = 0 if step is None else step.n
    saved = next((move for move in scene.moves if move.kind == "save"), None)
    parts = []
    if saved is not None:
        act_of(ledger, "save", saved, scene)
        by = ledger.day("save.by", saved.by, source="finding", weekday=(saved.by - scene.today).days < 7)
        parts.append(f"{{{{save.name}}}} can still be won in time: {{{{save.act}}}} by {by}")
    elif alive:
        slipped = [move.deal_id for move in moved if move.bucket == "pushed_out"]
        n = ledger.number("alive", alive, source="Slipped deals", records=slipped)
        parts.append(
            f"{n} of them is still open: ask its buyer for a date to keep"
            if alive == 1
            else f"{n} of them are still open: ask each buyer for a date to keep"
        )
    if silent:
        n = ledger.number(
            "silent", len(silent), source="No reason given", records=[move.deal_id for move in silent]
        )
        listed = ledger.digits("seen", len(moved), source="Largest deals that left") if unseen else ""
        among = f" among the {listed} largest" if unseen else ""
        parts.append(f"{n}{among} left without a reason: ask the owner before Friday")
    if not parts and NOT_SHOWN in why.values():
        parts.append("not everybody here may read the reasons: ask who may in the CRM")
    if not parts:
        parts.append("every deal has a reason: look for the reason that repeats")
    text = ". ".join(part if part[0] == "{" else part[0].upper() + part[1:] for part in parts)
    return Lines(id="so-what", slot="bottom", lines=(ledger.say(f"So what: {text}."),), tone="accent")
