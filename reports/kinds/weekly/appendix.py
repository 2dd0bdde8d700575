"""Slide 8: hygiene by team, what became of last week's actions, and the definitions in force."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from connectors.records import Status
from reports import words
from reports.context import Action
from reports.deck import Cell, Column, Lines, Table, TableRow
from reports.facts import Tone, Unit
from reports.kinds.page import Body, LeftOut, Page, short_name
from reports.kinds.weekly import titles
from reports.measures import CATALOGUE
from reports.view import Deal

TEAMS = 6
ACTIONS = 6
# Stages up to and with this one need no next step yet.
FIRST_STAGE = 1
STATES: dict[str, tuple[str, Tone]] = {
    "done": ("done", "good"),
    "open": ("open", "warn"),
    "moved": ("moved", "neutral"),
    "dropped": ("dropped", "muted"),
}
PRINTED = ("open_pipeline", "coverage", "slip_rate")


@dataclass(slots=True)
class Hygiene:
    """What one team has to mend: deals past due, without an amount, without a next step."""

    overdue: int = 0
    overdue_value: Decimal = Decimal(0)
    no_amount: int = 0
    no_step: int = 0

    def add(self, deal: Deal, *, overdue: bool) -> None:
        """Count one open deal."""
        self.overdue += overdue
        self.overdue_value += (deal.amount or Decimal(0)) if overdue else 0
        self.no_amount += deal.amount is None
        self.no_step += deal.stage_order > FIRST_STAGE and not (deal.next_step or "").strip()

    @property
    def faults(self) -> int:
        """Return how many faults there are."""
        return self.overdue + self.no_amount + self.no_step


def build(page: Page) -> Body | LeftOut:
    """Return hygiene, actions and definitions; left out when nothing is open and nothing was taken on."""
    deals = page.scene.view.deals(status=Status.OPEN)
    if not deals and not recent(page):
        return LeftOut("nothing is open and no action was taken on last week")
    title = page.ledger.say(titles.sentence(*_title(page, deals)))
    blocks = [_hygiene(page, deals)] if deals else []
    if recent(page):
        blocks.append(_actions(page))
    return Body(
        title=title,
        blocks=(*blocks, _definitions(page)),
        remarks=(
            (
                "Past due: open, with a close date before today, whatever the period. "
                "No next step counts from the second stage on. Teams are those of the owners today."
            ),
        ),
    )


def recent(page: Page) -> tuple[Action, ...]:
    """Return the actions that were due in the two weeks before the slide's day, or are still open since then."""
    today = page.scene.today
    return tuple(
        action
        for action in page.context.actions
        if today - timedelta(days=14) < action.due <= today + timedelta(days=7)
    )


def _title(page: Page, deals: tuple[Deal, ...]) -> tuple[str, str]:
    scene, ledger = page.scene, page.ledger
    late = [deal for deal in deals if deal.close is not None and deal.close < scene.today]
    ids = [deal.id for deal in late]
    value = sum((deal.amount or Decimal(0) for deal in late), Decimal(0))
    definition = "Open deals whose close date lies before today, any period"
    ledger.number("overdue", len(late), source="Close dates past due", definition=definition, records=ids)
    coarse = scene.scale.with_decimals(1) if value >= 1_000_000 else words.scale_for([value])
    ledger.money("value", value, source="Value past due", scale=coarse, definition=definition, records=ids)
    dates = titles.PAST_DUE if len(late) > 1 else titles.PAST_DUE_ONE if late else titles.PAST_DUE_NONE
    actions = recent(page)
    if not actions:
        return "", dates[:1].upper() + dates[1:]
    done = [action for action in actions if action.state == "done"]
    ledger.number("done", len(done), source="Actions done")
    ledger.number("all", len(actions), source="Actions of last week")
    return titles.ACTIONS_DONE if len(actions) > 1 or not done else titles.ACTION_DONE_ONE, dates


def _hygiene(page: Page, deals: tuple[Deal, ...]) -> Table:
    scene = page.scene
    teams: dict[str, Hygiene] = defaultdict(Hygiene)
    total = Hygiene()
    for deal in deals:
        late = deal.close is not None and deal.close < scene.today
        for part in (teams[deal.team or "no team"], total):
            part.add(deal, overdue=late)
    ranked = sorted(teams.items(), key=lambda item: (-item[1].faults, item[0]))
    shown, rest = ranked[:TEAMS], ranked[TEAMS:]
    if len(rest) > 1:
        other = Hygiene(
            overdue=sum(part.overdue for _, part in rest),
            overdue_value=sum((part.overdue_value for _, part in rest), Decimal(0)),
            no_amount=sum(part.no_amount for _, part in rest),
            no_step=sum(part.no_step for _, part in rest),
        )
        shown.append((f"{len(rest)} other teams", other))
    else:
        shown += rest
    rows = [_hygiene_row(page, name, part, total=False) for name, part in shown]
    feet = words.foots((part.overdue_value for _, part in shown), total.overdue_value, words.THOUSANDS)
    return Table(
        id="hygiene",
        slot="left",
        heading="To mend in the CRM, open deals of any period",
        columns=(
            Column(heading="Team", weight=1.8),
            Column(heading="Past due", align="right", weight=0.8),
            Column(heading="Value", align="right", weight=0.9),
            Column(heading="No amount", align="right", weight=0.9),
            Column(heading="No next step", align="right", weight=1.0),
        ),
        rows=(*rows, _hygiene_row(page, "All", total, total=True)),
        more="" if feet else "Figures are rounded; the total is exact.",
        alt=f"Hygiene by team: {total.overdue} close dates past due, "
        f"{total.no_amount} deals without an amount, {total.no_step} without a next step.",
    )


def _hygiene_row(page: Page, name: str, part: Hygiene, *, total: bool) -> TableRow:
    value = words.money(part.overdue_value, page.scene.currency, words.THOUSANDS)
    return TableRow(
        total=total,
        cells=(
            Cell(text=words.line(name, 28), bold=total),
            _counted(part.overdue, bold=total),
            Cell(text=value if part.overdue else "–", value=part.overdue_value, unit=Unit.MONEY, bold=total),
            _counted(part.no_amount, bold=total),
            _counted(part.no_step, bold=total),
        ),
    )


def _counted(number: int, *, bold: bool) -> Cell:
    return Cell(
        text=words.count(number) if number else "–", value=Decimal(number), unit=Unit.COUNT, bold=bold
    )


def _actions(page: Page) -> Table:
    order = ("open", "moved", "dropped", "done")
    ranked = sorted(recent(page), key=lambda action: (order.index(action.state), action.due, action.id))
    rest = len(ranked) - ACTIONS
    return Table(
        id="actions",
        slot="right",
        heading="Taken on last week",
        columns=(
            Column(heading="Action", weight=3.0),
            Column(heading="Owner", weight=1.1),
            Column(heading="Due", weight=0.8),
            Column(heading="Now", weight=0.7),
        ),
        rows=tuple(
            TableRow(
                record=action.deal_id,
                cells=(
                    Cell(text=words.line(action.text, 60)),
                    Cell(text=short_name(action.owner)),
                    Cell(text=words.day(action.due, page.scene.today)),
                    Cell(text=STATES[action.state][0], tone=STATES[action.state][1], bold=True),
                ),
            )
            for action in ranked[:ACTIONS]
        ),
        more=f"and {rest} more" if rest > 0 else "",
        alt="Actions of last week with owner, due date and state.",
    )


def _definitions(page: Page) -> Lines:
    lines = [page.ledger.say(_defined(page, name)) for name in PRINTED if name in CATALOGUE]
    return Lines(
        id="definitions",
        slot="bottom",
        heading="Definitions in force",
        lines=tuple(lines),
        tone="muted",
    )


def _defined(page: Page, name: str) -> str:
    """Bind a definition of the catalogue, word for word, and return the sentence."""
    found = CATALOGUE[name]
    label = page.ledger.name(f"label.{name}", found.label, source="catalogue of measures")
    text = found.definition.rstrip(".")
    return (
        f"{label}: {page.ledger.name(f'definition.{name}', text, source='catalogue of measures', limit=220)}."
    )
