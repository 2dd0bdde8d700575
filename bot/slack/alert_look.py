"""Looking for what an alert waits for, under its owner's rights: deals that moved, or a number that went beyond a limit."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from bot import flows
from bot.agent import intents as i
from bot.agent.answers.asking import amount
from bot.agent.turn import understand
from bot.flows import Line
from bot.schedules.conditions import BUCKETS, Condition
from bot.slack.alert_numbers import is_one, number
from bot.slack.people import Known
from connectors.records import Status
from reports import words
from reports.facts import Frozen, Period
from reports.measures import Movement, bridge
from reports.view import Deal, PipelineView

_SHOWN = 5
# Deals are due within so many years before and after a day.
_YEARS = 10
_RESIZED = {"shrinks", "grows"}
# Sizes that everybody takes for another amount.
_VAGUE = re.compile(r"\b(?:big(?:ger|gest)?|large(?:r|st)?|huge|major)\b", re.IGNORECASE)
_SAID = {
    "slips": "Slipped",
    "lost": "Lost",
    "won": "Won",
    "created": "New",
    "shrinks": "Smaller",
    "grows": "Larger",
    "pulled in": "Pulled in",
}


class Look(Frozen):
    """What a look found: `lines` to tell, how far the records go, and whether a number is beyond its limit."""

    lines: tuple[str, ...] = ()
    as_of: datetime
    beyond: bool | None = None


def unreadable(line: Line, known: Known, wanted: Condition) -> str:
    """Return which words of a condition cannot be watched; empty where all can."""
    meant = _meant(line, known, wanted)
    if isinstance(meant, i.Problem):
        return meant.message
    if wanted.kind in BUCKETS:
        return _unreadable_deals(wanted, meant)
    if not isinstance(meant, i.Ask) or meant.unread or not is_one(meant):
        return _cannot(wanted, meant)
    found = number(line, wanted, meant)
    return found if isinstance(found, str) else ""


def standing(line: Line, known: Known, wanted: Condition) -> str:
    """Return how the number that is watched stands now, as a sentence; empty for a move of deals."""
    meant = _meant(line, known, wanted)
    found = number(line, wanted, meant) if isinstance(meant, i.Ask) and wanted.kind not in BUCKETS else ""
    if isinstance(found, str):
        return found
    if found.beyond:
        return (
            f"{found.name} is {found.text} now, already {wanted.kind} {found.limit}: "
            f"I tell you when it has been back and goes {wanted.kind} it again."
        )
    return f"{found.name} is {found.text} now; the limit is {found.limit}."


def look(line: Line, known: Known, wanted: Condition, since: datetime | None, *, beyond: bool | None) -> Look:
    """Return what is new since the records went as far as `since`; a first look (None) finds nothing and only remembers."""
    if wanted.kind in BUCKETS:
        return _moved(line, known, wanted, since)
    return _crossed(line, known, wanted, beyond=beyond)


def _unreadable_deals(wanted: Condition, meant: i.Intent) -> str:
    if vague := _VAGUE.search(wanted.scope):
        return f"Say “{vague[0]}” as an amount, for example: deals over 200k."
    if not isinstance(meant, i.DealFilter):
        return (
            "" if isinstance(meant, i.MyDeals | i.DealCard) and not meant.unread else _cannot(wanted, meant)
        )
    plain = i.DealFilter(
        filters=meant.filters, amount_min=meant.amount_min, amount_max=meant.amount_max, close=meant.close
    )
    left_out = {"read_as", "assumed", "unread", "alternatives"}
    same = meant.model_dump(exclude=left_out) == plain.model_dump(exclude=left_out)
    return "" if same and not meant.unread else _cannot(wanted, meant)


def _moved(line: Line, known: Known, wanted: Condition, since: datetime | None) -> Look:
    meant = _meant(line, known, wanted)
    with flows.pull(line) as view:
        if since is None or since >= view.as_of:
            return Look(as_of=view.as_of)
        moves = _moves(view, wanted, meant, since)
        # A deal is what it was before it moved: a commit that slips may be no commit any more.
        then = view if wanted.kind == "created" else view.at(since)
        there = _chosen(then, meant).deals(ids=[one.deal_id for one in moves])
        own = known.person.id if known.person else ""
        chosen = {deal.id: deal for deal in there if not isinstance(meant, i.MyDeals) or deal.owner_id == own}
        found = [
            one
            for one in moves
            if one.deal_id in chosen and _is_sized(wanted, meant, one, chosen[one.deal_id])
        ]
        deals = {deal.id: deal for deal in view.deals(ids=[one.deal_id for one in found], counted=False)}
        lines = [
            _line(view, wanted, one, chosen[one.deal_id], deals[one.deal_id])
            for one in found[:_SHOWN]
            if one.deal_id in deals
        ]
        more = len(found) - len(lines)
        return Look(lines=(*lines, *((f"And {more} more.",) if more > 0 else ())), as_of=view.as_of)


def _moves(view: PipelineView, wanted: Condition, meant: i.Intent, since: datetime) -> tuple[Movement, ...]:
    """Return the moves of a kind, each deal once, largest first: of the period that the words name, else of every one."""
    named = meant.close if isinstance(meant, i.DealFilter) else getattr(meant, "period", None)
    day = view.calendar.day(since)
    periods: tuple[Period, ...]
    if named:
        periods = (view.calendar.parse(named, day),)
    elif wanted.kind in {"slips", "pulled in"}:
        periods = _quarters(view, wanted, since)
    else:
        periods = (view.calendar.parse(f"{day.year - _YEARS}-01-01..{day.year + _YEARS}-12-31", day),)
    # What is new is chosen as it is now, so that the bridge, which names the largest moves only, counts no others.
    chosen = _chosen(view, meant) if wanted.kind == "created" else view
    found: dict[str, Movement] = {}
    for period in periods:
        for one in bridge(chosen, period, since).moved(BUCKETS[wanted.kind]):
            found.setdefault(one.deal_id, one)
    return tuple(sorted(found.values(), key=lambda one: (-abs(one.value), one.deal_id)))


def _quarters(view: PipelineView, wanted: Condition, since: datetime) -> tuple[Period, ...]:
    """Return the quarters that deals with another close date than before left, or of what is pulled in, came into."""
    before = {deal.id: deal.close for deal in view.at(since).deals(status=Status.OPEN)}
    after = {deal.id: deal.close for deal in view.deals(ids=before)}
    ends = ((before[key], after[key]) for key in after if before[key] != after[key])
    days = {old if wanted.kind == "slips" else new for old, new in ends}
    quarters = {view.calendar.quarter(day) for day in days if day is not None}
    return tuple(sorted(quarters, key=lambda period: period.start))


def _crossed(line: Line, known: Known, wanted: Condition, *, beyond: bool | None) -> Look:
    meant = _meant(line, known, wanted)
    with flows.pull(line) as view:
        as_of = view.as_of
    found = number(line, wanted, meant) if isinstance(meant, i.Ask) else ""
    if isinstance(found, str):
        return Look(as_of=as_of, beyond=beyond)
    crossed = found.beyond and beyond is False
    return Look(
        lines=(f"{wanted.scope[:1].upper()}{wanted.scope[1:]} is {found.text} now.",) if crossed else (),
        as_of=as_of,
        beyond=found.beyond,
    )


def _meant(line: Line, known: Known, wanted: Condition) -> i.Intent:
    return understand(line, wanted.scope, thread_id="alert", asker=known.asker, surface="slash")


def _chosen(view: PipelineView, meant: i.Intent) -> PipelineView:
    """Return the view of the deals that are meant, but for whose they are and which single one."""
    return view.where(*meant.filters) if isinstance(meant, i.DealFilter | i.MyDeals) else view


def _is_sized(wanted: Condition, meant: i.Intent, move: Movement, deal: Deal) -> bool:
    if isinstance(meant, i.DealCard):
        return move.deal_id == meant.deal.id
    if not isinstance(meant, i.DealFilter):
        return True
    # Of a deal that grows or shrinks its amount before counts, not by how much it changed.
    amount = (deal.amount or Decimal(0)) if wanted.kind in _RESIZED else abs(move.value)
    return (meant.amount_min is None or amount >= meant.amount_min) and (
        meant.amount_max is None or amount <= meant.amount_max
    )


def _line(view: PipelineView, wanted: Condition, move: Movement, before: Deal, now: Deal) -> str:
    if wanted.kind in _RESIZED:
        scale = words.together((before.amount, now.amount))
        return f"{_SAID[wanted.kind]}: {now.name} {amount(before, scale)} → {amount(now, scale)}"
    value = words.money(abs(move.value), view.currency)
    days = ""
    if move.old_close and move.new_close and move.old_close != move.new_close:
        days = f", {words.day(move.old_close, view.today)} → {words.day(move.new_close, view.today)}"
    return f"{_SAID[wanted.kind]}: {now.name} {value}{days}"


def _cannot(wanted: Condition, meant: i.Intent) -> str:
    unread = ", ".join(meant.unread)
    if wanted.kind in BUCKETS:
        return (
            f"I do not understand “{unread or wanted.scope}” as deals to watch. I can watch deals by region, segment, owner, "
            "product, category and amount, your own, or one deal."
        )
    return f"I do not understand “{unread or wanted.scope}” as a number to watch. Say it as you would ask it: coverage of emea."
