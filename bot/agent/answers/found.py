"""Answers about what was found and what moved: at risk, opportunities, slipped, won, lost, created, actions."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from bot.agent.answers.asking import SHOWN, Asking, headline, more_line, scope_text, sentence, stamp
from bot.agent.intents import FindingsAsk
from bot.agent.reply import Button, Grid, Reply
from reports import words
from reports.facts import Filter, Period
from reports.findings import Finding, find
from reports.measures import Movement, bridge
from reports.view import PipelineView

# Which buckets of the bridge a topic means.
BUCKETS: dict[str, tuple[str, ...]] = {
    "slipped": ("pushed_out",),
    "pulled_in": ("pulled_in",),
    "wins": ("won",),
    "losses": ("lost",),
    "created": ("created",),
    "changed": (),
}
_VERBS = {
    "slipped": "slipped out",
    "pulled_in": "pulled in",
    "wins": "won",
    "losses": "lost",
    "created": "created",
    "changed": "moved",
}
_ASKED = {**_VERBS, "slipped": "slipped", "wins": "wins", "losses": "lost deals", "changed": "what changed"}
_WEEKS = {None, "last-week", "this-week"}


def found(asking: Asking, intent: FindingsAsk) -> Reply:
    """Answer a question for findings or for movements."""
    if intent.topic == "actions":
        return actions(asking)
    view = asking.view.where(*intent.filters)
    view = view if intent.as_of is None else view.at(view.calendar.end_of(intent.as_of))
    if intent.topic in BUCKETS:
        return _moved(asking, view, intent)
    return _findings(asking, view, intent)


def actions(asking: Asking) -> Reply:
    """Say what became of what people took on."""
    taken = asking.line.store.actions(asking.line.workspace)
    if not taken:
        return sentence("findings", "Nobody has taken on an action yet.")
    done = [action for action in taken if action.state == "done"]
    return Reply(
        intent="findings",
        lines=(f"{len(done)} of {len(taken)} actions done.",),
        grid=Grid(
            headings=("Action", "Owner", "Due", "State"),
            rows=tuple(
                (action.text, action.owner, words.dated(action.due), action.state) for action in taken
            ),
        ),
    )


def window(view: PipelineView, period: str | None) -> tuple[PipelineView, Period, datetime]:
    """Return the view at the window's end, the fiscal period the bridge is for, and the window's beginning.

    Without a period, or for a week, the window is the seven days before the view's instant.
    """
    calendar = view.calendar
    if period in _WEEKS:
        return view, calendar.quarter(view.today), calendar.back(view.as_of, days=7)
    span = calendar.parse(period or "this-quarter", view.today)
    end = min(view.as_of, calendar.end_of(span.end - timedelta(days=1)))
    whole = span if calendar.quarters(span) else calendar.quarter(span.start)
    return (view if end == view.as_of else view.at(end)), whole, calendar.start_of(span.start)


def _moved(asking: Asking, view: PipelineView, intent: FindingsAsk) -> Reply:
    if intent.mine and asking.asker.person_id is not None:
        view = view.where(Filter(dim="owner", values=(asking.asker.person_id,)))
    at_end, period, since = window(view, intent.period)
    buckets = BUCKETS[intent.topic]
    walk = bridge(at_end, period, since)
    # Steps are whole, movements name only the largest deals of each: count and sum the steps.
    steps = [step for step in walk.steps if not buckets or step.bucket in buckets]
    movements = [item for item in walk.movements if not buckets or item.bucket in buckets]
    movements.sort(key=lambda item: (-abs(item.value), item.deal_id, item.bucket))
    shown = movements[: intent.limit or SHOWN]
    deals = {deal.id: deal for deal in at_end.deals(ids=(item.deal_id for item in shown), counted=False)}
    calendar = view.calendar
    between = f"between {words.dated(calendar.day(since))} and {words.dated(calendar.day(at_end.as_of))}"
    count = sum(step.n for step in steps)
    value = sum((abs(step.value) for step in steps), Decimal(0))
    scope = scope_text(asking, intent.filters)
    what = (
        f"{words.plural(count, 'deal')} {_VERBS[intent.topic]}" if buckets else words.plural(count, "change")
    )
    net = (
        ""
        if buckets
        else f", net {words.money(sum((step.value for step in steps), Decimal(0)), view.currency, signed=True)}"
    )

    def row(item: Movement) -> tuple[str, ...]:
        deal = deals.get(item.deal_id)
        return (
            deal.name if deal else item.deal_id,
            words.money(abs(item.value), view.currency),
            item.bucket.replace("_", " "),
            _dates(item),
            deal.owner if deal else "",
        )

    return Reply(
        intent="findings",
        lines=(
            (
                f"{calendar.short(period)} pipeline{f', {scope}' if scope else ''}: {count:,} {what} "
                f"{between}, {words.money(value, view.currency)}{net}."
            ),
        ),
        grid=Grid(
            headings=("Deal", "Amount", "What", "Close date", "Owner"),
            rows=tuple(row(item) for item in shown),
            right=(1,),
            links=tuple(deals[item.deal_id].url if item.deal_id in deals else None for item in shown),
        )
        if shown
        else None,
        small=(*more_line(len(shown), count), stamp(asking, scope)),
        buttons=_wider(intent, scope),
    )


def _wider(intent: FindingsAsk, scope: str) -> tuple[Button, ...]:
    """Return the same question for the quarter, where nobody said for when."""
    if intent.period is not None:
        return ()
    return (Button(label="This quarter", text=f"{_ASKED[intent.topic]} this quarter {scope}".strip()),)


def _dates(item: Movement) -> str:
    if item.old_close is None or item.new_close is None or item.old_close == item.new_close:
        return words.day(item.new_close or item.old_close)
    return f"{words.day(item.old_close)} → {words.day(item.new_close)}"


def _findings(asking: Asking, view: PipelineView, intent: FindingsAsk) -> Reply:
    period = view.calendar.parse(intent.period or "this-quarter", view.today)
    everything = find(view, period)
    if intent.mine:
        everything = tuple(item for item in everything if item.owner_id == asking.asker.person_id)
    match intent.topic:
        case "at_risk":
            chosen = tuple(item for item in everything if not item.is_chance)
        case "opportunities":
            chosen = tuple(item for item in everything if item.is_chance)
        case topic:
            chosen = tuple(item for item in everything if item.kind == topic)
    first = _one_a_deal(chosen)
    shown = first[: intent.limit or SHOWN // 2]
    scope = scope_text(asking, intent.filters)
    value = sum((item.amount for item in first if item.amount is not None), Decimal(0))
    lines = [
        (
            f"{intent.topic.replace('_', ' ').capitalize()}{f', {scope}' if scope else ''}: {len(first):,} "
            f"{words.plural(len(first), 'deal')}, {words.money(value, view.currency)}."
        )
    ]
    for number, item in enumerate(shown, start=1):
        because = "; ".join(evidence.text for evidence in item.evidence)
        by = f" by {words.day(item.by)}" if item.by else ""
        lines.append(f"{number}. {headline(item)}. {because}. Do: {item.act}{by}.")
    return Reply(
        intent="findings",
        lines=tuple(lines),
        small=(*more_line(len(shown), len(first)), stamp(asking, scope)),
        facts=tuple(fact for item in shown for fact in item.facts),
    )


def _one_a_deal(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the first (worst) finding of every deal, in order."""
    first: dict[str, Finding] = {}
    for item in findings:
        first.setdefault(item.deal_id, item)
    return tuple(first.values())
