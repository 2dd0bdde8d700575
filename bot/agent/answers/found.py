"""Answers about what was found and what moved: at risk, opportunities, slipped, won, lost, created, actions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bot.agent.answers.asking import (
    SHOWN,
    Asking,
    headline,
    more_line,
    period_name,
    scope_text,
    sentence,
    stamp,
)
from bot.agent.intents import FindingsAsk
from bot.agent.reply import Button, Grid, Reply
from bot.sentences import capital
from connectors.records import Status
from reports import words
from reports.facts import Filter, Period
from reports.findings import Finding, find, setting, silence_rule
from reports.kinds.earlier import window
from reports.kinds.scene import Scene
from reports.kinds.weekly.decisions import decisions
from reports.kinds.weekly.taken import concerning, owner_name
from reports.measures import Movement, bridge
from reports.view import PipelineView
from reports.view.hygiene import FIRST_STAGE, NO_STEPS, knows_steps
from reports.view.timeline import Logged, logged

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


def found(asking: Asking, intent: FindingsAsk) -> Reply:
    """Answer a question for findings or for movements."""
    if intent.topic == "actions":
        return actions(asking)
    view = asking.view.where(*intent.filters)
    view = view if intent.as_of is None else view.at(view.calendar.end_of(intent.as_of))
    if intent.topic == "decisions":
        return _decided(asking, view, intent)
    if intent.topic in BUCKETS:
        return _moved(asking, view, intent)
    return _findings(asking, view, intent)


def actions(asking: Asking) -> Reply:
    """Say what became of what people took on, as far as the asker and whoever reads along may see what it is about."""
    taken = concerning(asking.view, asking.line.store.actions(asking.line.workspace))
    if not taken:
        return sentence("findings", "Nobody has taken on an action yet.")
    done = [action for action in taken if action.state == "done"]
    return Reply(
        intent="findings",
        lines=(f"{len(done)} of {len(taken)} actions done.",),
        grid=Grid(
            headings=("Action", "Owner", "Due", "State"),
            rows=tuple(
                (action.text, owner_name(asking.view, action), words.dated(action.due), action.state)
                for action in taken
            ),
        ),
    )


def _decided(asking: Asking, view: PipelineView, intent: FindingsAsk) -> Reply:
    """Return the decisions that the weekly of this scope puts first, with who has to act by when."""
    period = view.calendar.parse(intent.period or "this-quarter", view.today)
    scene = Scene(view=view, period=period)
    ledger = scene.ledger()
    choices = decisions(scene, ledger, owners=True)[: intent.limit]
    scope = scope_text(asking, intent.filters)
    count = f"{capital(words.number_word(len(choices)))} {words.plural(len(choices), 'decision')}"
    return Reply(
        intent="findings",
        lines=(
            f"{count} to take for {view.calendar.short(period)}{f', {scope}' if scope else ''}:"
            if choices
            else f"Nothing has to be decided for {view.calendar.short(period)}{f', {scope}' if scope else ''}.",
            *(f"{choice.letter}. {choice.words.text}" for choice in choices),
        ),
        small=("The decisions of the weekly report.", stamp(asking, scope, view)),
        buttons=(Button(label="At risk", text=f"at risk {scope}".strip()),),
        facts=tuple(ledger.facts),
    )


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
    first, last = calendar.day(since), calendar.day(at_end.as_of)
    years = [f" {day.year}" if day.year != view.today.year else "" for day in (first, last)]
    between = f"between {words.dated(first)}{years[0]} and {words.dated(last)}{years[1]}"
    between = f"on {words.dated(first)}{years[0]}" if first == last else between
    count = sum(step.n for step in steps)
    value = sum((abs(step.value) for step in steps), Decimal(0))
    scope = scope_text(asking, intent.filters)
    what = (
        f"{words.plural(count, 'deal')} {_VERBS[intent.topic]}" if buckets else words.plural(count, "change")
    )
    moved = sum((step.value for step in steps), Decimal(0))
    told = words.alone(value) if buckets else words.together((value, moved))
    net = "" if buckets else f", net {words.money(moved, view.currency, told, signed=True)}"
    scale = words.deal_scale(item.value for item in shown)

    def row(item: Movement) -> tuple[str, ...]:
        deal = deals.get(item.deal_id)
        return (
            deal.name if deal else item.deal_id,
            words.money(abs(item.value), view.currency, scale),
            item.bucket.replace("_", " "),
            _dates(item, view.today),
            deal.owner if deal else "",
        )

    return Reply(
        intent="findings",
        lines=(
            (
                f"{period_name(asking, period)} pipeline{f', {scope}' if scope else ''}: {count:,} {what} "
                f"{between}, {words.money(value, view.currency, told)}{net}."
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
        small=(*more_line(len(shown), count), stamp(asking, scope, at_end)),
        buttons=_wider(intent, scope),
    )


def _wider(intent: FindingsAsk, scope: str) -> tuple[Button, ...]:
    """Return the same question for the quarter, where nobody said for when."""
    if intent.period is not None:
        return ()
    return (Button(label="This quarter", text=f"{_ASKED[intent.topic]} this quarter {scope}".strip()),)


def _dates(item: Movement, today: date) -> str:
    """Return the close dates before and after, with the year where it is not plain."""
    if item.old_close is None or item.new_close is None or item.old_close == item.new_close:
        return words.day(item.new_close or item.old_close, today)
    return f"{words.day(item.old_close, today)} → {words.day(item.new_close, today)}"


def _findings(asking: Asking, view: PipelineView, intent: FindingsAsk) -> Reply:
    rule = silence_rule(view) if intent.topic == "stale" else ""
    if rule and logged(view) is Logged.NOTHING:
        return sentence("findings", f"{capital(rule)}.")
    if intent.topic == "no_next_step" and not knows_steps(view):
        return sentence("findings", NO_STEPS)
    period = view.calendar.parse(intent.period or "this-quarter", view.today)
    first = one_a_deal(flagged(view, intent, asking.asker.person_id))
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
        lines.append(f"{number}. {headline(item, view.today)}. {because}. Do: {item.act}{by}.")
    rules = (
        _step_rule(view, period) if intent.topic == "no_next_step" else (f"{capital(rule)}.",) * bool(rule)
    )
    if any(item.is_chance and item.odds_peer is None for item in shown):
        rules += (f"{capital(setting(view, period).no_odds)}.",)
    return Reply(
        intent="findings",
        lines=tuple(lines),
        small=(*rules, *more_line(len(shown), len(first)), stamp(asking, scope, view)),
        facts=tuple(fact for item in shown for fact in item.facts),
    )


def flagged(view: PipelineView, intent: FindingsAsk, person: str | None) -> tuple[Finding, ...]:
    """Return the findings of a topic in the view's scope, worst first; `person` is whose they are where only those count."""
    everything = find(view, view.calendar.parse(intent.period or "this-quarter", view.today))
    if intent.mine:
        everything = tuple(item for item in everything if item.owner_id == person)
    match intent.topic:
        case "at_risk":
            return tuple(item for item in everything if not item.is_chance)
        case "opportunities":
            return tuple(item for item in everything if item.is_chance)
        case topic:
            return tuple(item for item in everything if item.kind == topic)


def _step_rule(view: PipelineView, period: Period) -> tuple[str, ...]:
    """Return which deals a missing next step is counted for: fewer than the hygiene slide, which takes any close date."""
    stages = (stage for stage in view.company.stages if stage.status is Status.OPEN)
    first = next((words.line(stage.name, 24) for stage in stages if stage.order > FIRST_STAGE), "")
    due, later = view.calendar.short(period), f", from {first} on" if first else ""
    return (f"Counted: open deals due by the end of {due}{later}; the hygiene slide counts any close date.",)


def one_a_deal(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the first (worst) finding of every deal, in order."""
    first: dict[str, Finding] = {}
    for item in findings:
        first.setdefault(item.deal_id, item)
    return tuple(first.values())
