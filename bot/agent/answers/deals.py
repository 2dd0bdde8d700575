"""Answers about deals: a card, a list, the asker's own."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from bot.agent.answers.asking import (
    SHOWN,
    Asking,
    amount,
    deals_grid,
    kind_text,
    more_line,
    name_fact,
    scope_text,
    sentence,
    stamp,
    total,
)
from bot.agent.intents import Choose, DealCard, DealFilter, MyDeals
from bot.agent.reply import Button, Grid, Reply
from bot.agent.tokens import fold
from bot.nudges.book import owner_notes
from bot.sentences import capital
from connectors.records import Status
from reports import words
from reports.errors import BadInput
from reports.facts import Filter
from reports.findings import LAST_SEEN, Finding, find, silence_rule
from reports.kinds.owners import stands, told
from reports.periods import NAMES as PERIODS
from reports.view import Deal, PipelineView, push_count
from reports.view.hygiene import NO_STEPS, knows_steps
from reports.view.narrow import must_count
from reports.view.timeline import Logged, logged


def card(asking: Asking, intent: DealCard) -> Reply:
    """Show one deal: amount, stage, close date and its moves, last buyer touch, next step, owner, findings."""
    view = asking.view.everything()
    found = view.deals(ids=(intent.deal.id,), counted=False)
    if not found:
        return sentence("deal_card", f"I cannot see a deal named {intent.deal.name!r}.")
    deal = found[0]
    moves = view.close_moves((deal.id,)).get(deal.id, ())
    period = view.calendar.quarter(view.today)
    about = [finding for finding in find(view, period) if finding.deal_id == deal.id]
    dates = " → ".join(
        words.day(day, view.today)
        for day in (*(move.old for move in moves[:1]), *(move.new for move in moves))
    )
    close = f"closes {words.day(deal.close, view.today)}"
    if moves:
        close += f" ({dates}; moved {len(moves)} {words.plural(len(moves), 'time')})"
    lines = [
        f"{deal.name}: {amount(deal)}, {deal.stage or 'no stage'}, {deal.category.replace('_', ' ')}, {close}.",
        f"{', '.join(part for part in (deal.owner, deal.account, view.company.label(deal.region or '')) if part)}.",
        _touched(view, deal),
    ]
    if knows_steps(view):
        lines.append(f"Next step: {words.clean(deal.next_step)}" if deal.next_step else "No next step.")
    lines.extend(
        f"{told(note, view)}."
        for note in owner_notes(asking.line.store.notes, asking.line.workspace)
        if note.deal_id == deal.id and stands(note, deal, view)
    )
    lines.extend(
        f"{kind_text(finding).capitalize()}: {'; '.join(item.text for item in finding.evidence)}. Do: {finding.act}."
        for finding in about
    )
    return Reply(
        intent="deal_card",
        private=True,
        lines=tuple(lines),
        small=(stamp(asking), *((deal.url,) if deal.url else ())),
        facts=(name_fact(asking, deal.name), *(fact for finding in about for fact in finding.facts)),
    )


def choose(asking: Asking, intent: Choose) -> Reply:
    """Ask once which of several records is meant, with amount and owner to tell them apart."""
    view = asking.view.everything()
    ids = [candidate.id for candidate in intent.candidates if candidate.what == "deal"]
    known = {deal.id: deal for deal in view.deals(ids=ids, counted=False)} if ids else {}

    def label(candidate_id: str, name: str, detail: str) -> str:
        deal = known.get(candidate_id)
        shown = f"{amount(deal)}, {deal.owner}" if deal else _at_account(view, name) or detail
        return f"{name} ({shown})" if shown else name

    return Reply(
        intent="choose",
        private=True,
        lines=(
            f"Did you mean this, by {intent.name!r}?"
            if len(intent.candidates) == 1
            else f"Several records match {intent.name!r}. Which one?",
        ),
        small=more_line(len(intent.candidates), len(intent.candidates) + intent.more),
        buttons=tuple(
            Button(label=label(item.id, item.name, item.detail), text=intent.text.replace("{}", item.name))
            for item in intent.candidates
        ),
    )


def _at_account(view: PipelineView, name: str) -> str:
    """Return what is open at an account and who owns the largest of it; empty for no account or nothing open."""
    try:
        deals = view.where(Filter(dim="account", values=(name,))).deals(status=Status.OPEN)
    except BadInput:
        return ""
    return f"{total(deals)} open, {deals[0].owner}" if deals else "nothing open"


def listed(asking: Asking, intent: DealFilter) -> Reply:
    """List deals by filter, largest first, with count and sum on top."""
    view = view_of(asking.view, intent)
    if intent.idle_days is not None and logged(view) is Logged.NOTHING:
        return sentence("deal_filter", f"{capital(silence_rule(view))}.")
    if (intent.next_steps or intent.no_next_step) and not knows_steps(view):
        return sentence("deal_filter", NO_STEPS)
    deals = matching(view, intent)
    idle = _idle_days(view, deals)
    asked = ""
    if intent.reason is not None:
        named = reasons(deals)
        asked = ", ".join(name for name in named if fold(intent.reason) in fold(name))
        deals = tuple(deal for deal in deals if fold(intent.reason) in fold(deal.reason or ""))
        if not intent.reason or not deals:
            return _by_reason(asking, view, intent, named)
    deals = _ordered(deals, intent.order, idle)
    scope = scope_text(asking, intent.filters)
    conditions = _conditions(asking, intent) + (f", reason: {asked}" if intent.reason else "")
    return Reply(
        intent="deal_filter",
        private=True,
        lines=(
            (
                f"{len(deals):,} {words.plural(len(deals), 'deal')}, {total(deals)}"
                f"{f', {conditions}' if conditions else ''}{_without_step(intent, deals)}."
            ),
        ),
        grid=deals_grid(deals[: intent.limit or SHOWN], view.today, _column(view, intent, deals, idle))
        if deals
        else None,
        small=(*more_line(min(len(deals), intent.limit or SHOWN), len(deals)), stamp(asking, scope, view)),
        buttons=tuple(Button(label=item.label, text=item.text) for item in intent.alternatives),
    )


def view_of(view: PipelineView, intent: DealFilter) -> PipelineView:
    """Return the view that a list is made in: its filters, and its day where it names one."""
    view = view.where(*intent.filters)
    must_count(view.filters, view.company)
    return view if intent.as_of is None else view.at(view.calendar.end_of(intent.as_of))


def matching(view: PipelineView, intent: DealFilter) -> tuple[Deal, ...]:
    """Return the deals of `view_of` that meet a list's conditions, largest first; the reason of their end is not looked at."""
    due = view.calendar.parse(intent.close, view.today) if intent.close else None
    status = None if intent.status == "any" else Status(intent.status)
    deals = tuple(deal for deal in view.deals(status=status, due=due) if _fits(view, intent, deal))
    if intent.idle_days is not None:
        idle, least = _idle_days(view, deals), intent.idle_days
        known = logged(view) is not Logged.NOTHING
        deals = tuple(deal for deal in deals if known and idle.get(deal.id, least) >= least)
    if intent.pushes is not None:
        moves = view.close_moves(deal.id for deal in deals)
        deals = tuple(deal for deal in deals if push_count(moves.get(deal.id, ())) >= intent.pushes)
    return deals


def _column(
    view: PipelineView, intent: DealFilter, deals: tuple[Deal, ...], idle: dict[str, int]
) -> tuple[str, dict[str, str]]:
    """Return the last column of a list: what was asked about, else the last touch, else the next step."""
    heading = LAST_SEEN.get(logged(view), "")
    if intent.next_steps or not (heading or intent.reason is not None):
        return "Next step", {deal.id: words.line(deal.next_step or "", 60) or "none" for deal in deals}
    if intent.reason is not None:
        return "Reason", {deal.id: words.line(deal.reason or "", 40) for deal in deals}
    return heading, {key: f"{words.days(days)} ago" for key, days in idle.items()}


def _without_step(intent: DealFilter, deals: tuple[Deal, ...]) -> str:
    """Return how many of the deals have no next step, where next steps were asked for."""
    if not intent.next_steps:
        return ""
    return f"; {len([deal for deal in deals if not (deal.next_step or '').strip()]):,} without a next step"


def reasons(deals: tuple[Deal, ...]) -> dict[str, tuple[Deal, ...]]:
    """Return the deals by the reason that was given for their end, most deals first."""
    found: dict[str, list[Deal]] = {}
    for deal in deals:
        found.setdefault(words.line(deal.reason or "", 60) or "no reason given", []).append(deal)
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return {name: tuple(items) for name, items in ordered}


def _by_reason(
    asking: Asking, view: PipelineView, intent: DealFilter, told: dict[str, tuple[Deal, ...]]
) -> Reply:
    """Count lost deals by reason: where that is asked for, or where no deal has the reason that was named."""
    count = sum(len(items) for items in told.values())
    whole = tuple(deal for items in told.values() for deal in items)
    said = f"No lost deal has a reason with {intent.reason!r}. " if intent.reason else ""
    asked = _conditions(asking, intent.model_copy(update={"reason": None}))
    scale = words.together(
        sum((deal.amount for deal in items if deal.amount is not None), Decimal(0)) for items in told.values()
    )
    return Reply(
        intent="deal_filter",
        private=True,
        lines=(f"{said}{count:,} {words.plural(count, 'deal')}, {total(whole)}, {asked}, by reason:",),
        grid=Grid(
            headings=("Reason", "Deals", "Amount"),
            rows=tuple((name, f"{len(items):,}", total(items, scale)) for name, items in told.items()),
            right=(1, 2),
        )
        if told
        else None,
        small=(stamp(asking, scope_text(asking, intent.filters), view),),
        buttons=tuple(Button(label=item.label, text=item.text) for item in intent.alternatives),
    )


def mine(asking: Asking, intent: MyDeals) -> Reply:
    """List the asker's own open deals due in the period, worst first, each with its top flag."""
    person = asking.asker.person_id
    if person is None:
        return sentence(
            "my_deals",
            f"I do not know which person in the CRM you are, {asking.asker.name}.",
            "Say who: quarterdeck ask --as NAME my deals",
        )
    view = asking.view.where(*intent.filters)
    period = view.calendar.parse(intent.period or "this-quarter", view.today)
    deals = tuple(deal for deal in view.deals(status=Status.OPEN, due=period) if deal.owner_id == person)
    flags: dict[str, Finding] = {}
    for finding in find(view, period):
        if finding.owner_id == person and not finding.is_chance:
            flags.setdefault(finding.deal_id, finding)
    worst = sorted(
        deals,
        key=lambda deal: (
            -(flags[deal.id].severity.rank if deal.id in flags else -1),
            -(deal.amount or 0),
            deal.id,
        ),
    )
    if not deals:
        return sentence(
            "my_deals",
            f"You own no open deal due in {view.calendar.short(period)}{_where(asking, intent.filters)}.",
            "For everybody's, ask without my: deals due this quarter",
        )
    shown = {key: "; ".join(item.text for item in finding.evidence[:1]) for key, finding in flags.items()}
    return Reply(
        intent="my_deals",
        private=True,
        lines=(
            (
                f"You have {len(deals):,} open {words.plural(len(deals), 'deal')} due in {view.calendar.short(period)}, "
                f"{total(deals)}; {len([deal for deal in deals if deal.id in flags]):,} with a flag."
            ),
        ),
        grid=deals_grid(tuple(worst[:SHOWN]), view.today, ("Flag", shown)),
        small=(*more_line(min(len(deals), SHOWN), len(deals)), stamp(asking)),
    )


def _where(asking: Asking, filters: tuple[Filter, ...]) -> str:
    scope = scope_text(asking, filters)
    return f" in {scope}" if scope else ""


def _fits(view: PipelineView, intent: DealFilter, deal: Deal) -> bool:
    """Say whether a deal meets the conditions that its own record can tell."""
    if intent.created is not None:
        created = view.calendar.parse(intent.created, view.today)
        if not created.start <= deal.created_on < created.end:
            return False
    if intent.amount_min is not None and (deal.amount is None or deal.amount <= intent.amount_min):
        return False
    if intent.amount_max is not None and (deal.amount is None or deal.amount >= intent.amount_max):
        return False
    if intent.age_days is not None and deal.created_on > view.today - timedelta(days=intent.age_days):
        return False
    if intent.no_next_step and (deal.next_step or "").strip():
        return False
    return not (intent.no_amount and deal.amount is not None)


def _idle_days(view: PipelineView, deals: tuple[Deal, ...]) -> dict[str, int]:
    """Return the days since the last touch of the buyer by deal, of anybody where only days are known.

    Deals that never had one are left out.
    """
    by_buyer = logged(view) is Logged.TOUCHES
    touches = view.touches(deal.id for deal in deals)
    last = {key: touch.last_buyer if by_buyer else touch.last for key, touch in touches.items()}
    return {key: (view.today - view.calendar.day(at)).days for key, at in last.items() if at is not None}


def _touched(view: PipelineView, deal: Deal) -> str:
    """Return the sentence that says when somebody was last in touch, and who, as far as it is known."""
    known = logged(view)
    if known is Logged.NOTHING:
        return "No activity data."
    what = "buyer touch" if known is Logged.TOUCHES else "activity"
    idle = _idle_days(view, (deal,)).get(deal.id)
    return f"No {what} is known." if idle is None else f"Last {what} {words.days(idle)} ago."


def _ordered(deals: tuple[Deal, ...], order: str, idle: dict[str, int]) -> tuple[Deal, ...]:
    match order:
        case "close":
            return tuple(sorted(deals, key=lambda deal: (deal.close is None, deal.close, deal.id)))
        case "idle" | "worst":
            return tuple(
                sorted(
                    deals,
                    key=lambda deal: (
                        -idle.get(deal.id, 10**6),
                        deal.created_on if not idle else None,
                        deal.id,
                    ),
                )
            )
        case _:
            return deals


def _conditions(asking: Asking, intent: DealFilter) -> str:
    """Return the conditions in words, so that the person sees what was understood."""
    currency = asking.view.currency
    parts = [scope_text(asking, intent.filters)]
    if intent.status != "any":
        parts.append(intent.status)
    if intent.close:
        verb = "closed" if intent.status in {"won", "lost"} else "closing"
        parts.append(f"{verb} {_period_text(asking, intent.close)}")
    if intent.created:
        parts.append(f"created {_period_text(asking, intent.created)}")
    if intent.amount_min is not None:
        parts.append(f"over {words.money(intent.amount_min, currency)}")
    if intent.amount_max is not None:
        parts.append(f"under {words.money(intent.amount_max, currency)}")
    if intent.idle_days is not None:
        what = "buyer touch" if logged(asking.view) is Logged.TOUCHES else "activity"
        parts.append(f"no {what} for {words.days(intent.idle_days)} or more")
    if intent.age_days is not None:
        parts.append(f"older than {words.days(intent.age_days)}")
    if intent.pushes is not None:
        parts.append(f"moved {intent.pushes} times or more")
    if intent.no_next_step:
        parts.append("no next step")
    if intent.no_amount:
        parts.append("no amount")
    return ", ".join(part for part in parts if part)


def _period_text(asking: Asking, name: str) -> str:
    """Return a period as people say it: `this month` for a relative name, else its label."""
    if name in PERIODS:
        return name.replace("-", " ")
    return asking.view.calendar.parse(name, asking.view.today).label
