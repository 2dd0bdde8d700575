"""Answers to "where does that come from" and "why is it so": provenance and drivers, no invented cause."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.agent.answers.asking import Asking, fact_of, scope_text, sentence, stamp
from bot.agent.answers.questions import definition
from bot.agent.intents import Provenance, Why
from bot.agent.reply import Button, Reply
from reports import words
from reports.errors import NothingThere
from reports.facts import Fact, Unit
from reports.findings import find
from reports.measures import bridge, measure

# Record ids that are printed; the count beside them is the true one.
IDS_SHOWN = 5
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


def provenance(asking: Asking, intent: Provenance) -> Reply:
    """Show the fact behind a number: definition, as-of, scope, records, sum. Without a number, the definition."""
    if intent.number is None:
        if intent.measure is not None:
            return definition(asking, intent.measure)
        last = asking.thread.shown[:1]
    else:
        last = tuple(fact for fact in _known(asking) if _is_it(fact, intent))[:1]
    if not last:
        return sentence(
            "provenance",
            f"I have not shown {intent.number} here."
            if intent.number
            else "I have not shown a number here yet.",
            "Ask for a measure first, for example: pipeline emea",
        )
    fact = last[0]
    return Reply(
        intent="provenance",
        private=True,
        lines=(
            f"{fact.text} is {fact.source}{f', {fact.period}' if fact.period else ''}{f', {fact.scope}' if fact.scope else ''}.",
            fact.definition or "It is taken from the record as it stands.",
            ", ".join(part for part in (_basis(fact), _exact(fact)) if part)
            + f", as of {words.instant(fact.as_of, asking.view.calendar.zone)}.",
        ),
        small=(
            (
                f"Records: {', '.join(fact.records[:IDS_SHOWN])}{' …' if fact.record_count > IDS_SHOWN else ''}",
            )
            if fact.records
            else ()
        ),
        facts=(fact,),
    )


def _basis(fact: Fact) -> str:
    """Return how many records a number is counted from; one that is worked out from other numbers has none of its own."""
    if not fact.record_count and fact.value is not None and fact.definition and fact.unit is Unit.MONEY:
        return "By that definition, without records of its own" if Decimal(fact.value) else "0 records"
    return f"{fact.record_count:,} {words.plural(fact.record_count, 'record')}"


def _exact(fact: Fact) -> str:
    """Return an amount to the cent, as people write it; empty for what is no money."""
    if fact.unit is not Unit.MONEY or not fact.value or not fact.currency:
        return ""
    value = Decimal(fact.value)
    places = 0 if value == value.to_integral_value() else 2
    return f"{words.MINUS if value < 0 else ''}{words.symbol(fact.currency)}{abs(value):,.{places}f} exactly"


def why(asking: Asking, intent: Why) -> Reply:
    """Answer with three drivers that the records show: what slipped, what was created, what covers the rest."""
    view = asking.view.where(*intent.filters)
    calendar = view.calendar
    period = calendar.parse(intent.period or "this-quarter", view.today)
    if intent.deal is not None:
        found = [finding for finding in find(view, period) if finding.deal_id == intent.deal.id]
        seen = tuple(evidence.text for finding in found for evidence in finding.evidence)
        return Reply(
            intent="why",
            lines=seen or (f"Nothing stands out about {intent.deal.name}.",),
            private=True,
        )
    scope = scope_text(asking, intent.filters)
    short, since = calendar.short(period), calendar.back(view.as_of, days=7)
    walk = bridge(view, period, since)
    slipped = next((step for step in walk.steps if step.bucket == "pushed_out"), None)
    created = measure(view, "pipeline_created", period=period)
    days = (view.today - period.start).days
    earlier = calendar.previous(period)
    until = min(earlier.end, earlier.start + (view.today - period.start))
    try:
        before = measure(view.at(calendar.end_of(until)), "pipeline_created", period=earlier).value
        made = words.together((created.value, before))
        against = f", against {words.money(before, view.currency, made)} in the first {days} days of {calendar.short(earlier)}"
    except NothingThere:
        made, against = None, ""
    coverage, gap = measure(view, "coverage", period=period), measure(view, "gap", period=period)
    required = view.company.thresholds.required_coverage

    def text(value: Decimal | None) -> str:
        return words.money(value, view.currency)

    count = slipped.n if slipped else 0
    standing = (
        "has no target"
        if gap.value is None
        else f"is {text(abs(gap.value))} {'short' if gap.value > 0 else 'ahead'}"
    )
    needed = "" if required is None else f", {words.ratio(required, short=True)} needed (company setting)"
    lines = (
        f"{scope or 'The company'} {standing} in {short}. What the records show:",
        (
            f"1. Slipped since {words.dated(calendar.day(since))}: {text(-slipped.value if slipped else Decimal(0))}, "
            f"{count} {words.plural(count, 'deal')} left {short}."
        ),
        f"2. Created in {short} so far: {words.money(created.value, view.currency, made)}{against}.",
        f"3. Coverage of what is left: {words.ratio(coverage.value)}{needed}.",
    )
    return Reply(
        intent="why",
        lines=lines,
        small=("Drivers, not causes: records do not say why people decided.", stamp(asking, scope)),
        buttons=(
            Button(label="What slipped", text=f"what slipped {scope}"),
            Button(label="At risk", text=f"at risk {scope}"),
        ),
        facts=tuple(fact_of(shown, shown.rows[0], scope) for shown in (gap, created, coverage) if shown.rows),
    )


def _known(asking: Asking) -> tuple[Fact, ...]:
    """Return every fact that was shown in this thread: the last answers' first, then the deck's, if all may see it."""
    made = asking.revision
    deck = made.deck.slides if made is not None and asking.line.access.covers(made.limits) else ()
    return (*asking.thread.shown, *(fact for slide in deck for fact in slide.facts))


def _is_it(fact: Fact, intent: Provenance) -> bool:
    """Say whether a fact shows the number that was asked about, at the precision at which it was typed."""
    typed = (intent.number or "").replace(",", "")
    if typed and typed in {digits.replace(",", "") for digits in _DIGITS.findall(fact.text)}:
        return True
    if intent.value is None or fact.value is None or fact.unit is not Unit.MONEY:
        return False
    decimals = len(typed.partition(".")[2])
    scale = intent.value / Decimal(typed) if typed and Decimal(typed) else Decimal(1)
    return bool(abs(Decimal(fact.value) - intent.value) <= scale / (2 * Decimal(10) ** decimals))
