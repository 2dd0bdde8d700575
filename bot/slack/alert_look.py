"""Looking for what an alert waits for, under its owner's rights: deals that moved, or a number that went beyond a limit."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from bot import flows
from bot.agent import intents as i
from bot.agent.turn import turn, understand
from bot.flows import Line
from bot.schedules.conditions import BUCKETS, Condition
from bot.slack.people import Known
from reports import words
from reports.facts import Fact, Frozen, Unit
from reports.measures import Movement, bridge
from reports.view import PipelineView

_SHOWN = 5
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
        if isinstance(meant, i.DealFilter):
            plain = i.DealFilter(
                filters=meant.filters, amount_min=meant.amount_min, amount_max=meant.amount_max
            )
            left_out = {"read_as", "assumed", "unread", "alternatives"}
            same = meant.model_dump(exclude=left_out) == plain.model_dump(exclude=left_out)
            return "" if same and not meant.unread else _cannot(wanted, meant)
        return (
            "" if isinstance(meant, i.MyDeals | i.DealCard) and not meant.unread else _cannot(wanted, meant)
        )
    return "" if isinstance(meant, i.Ask) and not meant.unread else _cannot(wanted, meant)


def look(line: Line, known: Known, wanted: Condition, since: datetime | None, *, beyond: bool | None) -> Look:
    """Return what is new since the records went as far as `since`; a first look (None) finds nothing and only remembers."""
    if wanted.kind in BUCKETS:
        return _moved(line, known, wanted, since)
    return _crossed(line, known, wanted, beyond=beyond)


def _moved(line: Line, known: Known, wanted: Condition, since: datetime | None) -> Look:
    meant = _meant(line, known, wanted)
    with flows.pull(line) as view:
        if since is None or since >= view.as_of:
            return Look(as_of=view.as_of)
        period = view.calendar.quarter(view.calendar.day(since))
        moves = bridge(view, period, since).moved(BUCKETS[wanted.kind])
        # A deal is what it was before it moved: a commit that slips may be no commit any more.
        then = view if wanted.kind == "created" else view.at(since)
        there = _chosen(then, meant).deals(ids=[one.deal_id for one in moves])
        own = known.person.id if known.person else ""
        chosen = {deal.id for deal in there if not isinstance(meant, i.MyDeals) or deal.owner_id == own}
        found = [one for one in moves if one.deal_id in chosen and _is_sized(meant, one)]
        deals = {deal.id: deal for deal in view.deals(ids=[one.deal_id for one in found], counted=False)}
        lines = [
            _line(view, wanted, one, deals[one.deal_id].name)
            for one in found[:_SHOWN]
            if one.deal_id in deals
        ]
        more = len(found) - len(lines)
        return Look(lines=(*lines, *((f"And {more} more.",) if more > 0 else ())), as_of=view.as_of)


def _crossed(line: Line, known: Known, wanted: Condition, *, beyond: bool | None) -> Look:
    meant = _meant(line, known, wanted)
    with flows.pull(line) as view:
        as_of = view.as_of
    fact = _fact(line, known, meant) if isinstance(meant, i.Ask) else None
    if fact is None or fact.value is None or wanted.limit is None:
        return Look(as_of=as_of, beyond=beyond)
    limit, value = wanted.limit, Decimal(fact.value)
    if fact.unit is Unit.SHARE and not wanted.percent and limit > 1:
        limit /= 100
    now = value < limit if wanted.kind == "below" else value > limit
    crossed = now and beyond is False
    return Look(
        lines=(f"{wanted.scope[:1].upper()}{wanted.scope[1:]} is {fact.text} now.",) if crossed else (),
        as_of=as_of,
        beyond=now,
    )


def _fact(line: Line, known: Known, meant: i.Ask) -> Fact | None:
    """Return the one number that a question is about: the whole of its scope."""
    question = meant.question.model_copy(update={"by": (), "grain": None, "spans": (), "limit": None})
    reply, _ = turn(
        line,
        "",
        thread_id=f"alert:{known.member.id}",
        asker=known.asker,
        meant=meant.model_copy(update={"question": question}),
    )
    return reply.facts[0] if reply.facts else None


def _meant(line: Line, known: Known, wanted: Condition) -> i.Intent:
    return understand(line, wanted.scope, thread_id="alert", asker=known.asker, surface="slash")


def _chosen(view: PipelineView, meant: i.Intent) -> PipelineView:
    """Return the view of the deals that are meant, but for whose they are and which single one."""
    return view.where(*meant.filters) if isinstance(meant, i.DealFilter | i.MyDeals) else view


def _is_sized(meant: i.Intent, move: Movement) -> bool:
    if isinstance(meant, i.DealCard):
        return move.deal_id == meant.deal.id
    if not isinstance(meant, i.DealFilter):
        return True
    amount = abs(move.value)
    return (meant.amount_min is None or amount >= meant.amount_min) and (
        meant.amount_max is None or amount <= meant.amount_max
    )


def _line(view: PipelineView, wanted: Condition, move: Movement, name: str) -> str:
    amount = words.money(abs(move.value), view.currency)
    days = ""
    if move.old_close and move.new_close and move.old_close != move.new_close:
        days = f", {words.day(move.old_close, view.today)} → {words.day(move.new_close, view.today)}"
    return f"{_SAID[wanted.kind]}: {name} {amount}{days}"


def _cannot(wanted: Condition, meant: i.Intent) -> str:
    unread = ", ".join(meant.unread)
    if wanted.kind in BUCKETS:
        return (
            f"I do not understand “{unread or wanted.scope}” as deals to watch. I can watch deals by region, segment, owner, "
            "product, category and amount, your own, or one deal."
        )
    return f"I do not understand “{unread or wanted.scope}” as a number to watch. Say it as you would ask it: coverage of emea."
