"""From recognised words to a list of deals: by amount, dates, silence, next steps, and why they were lost."""

from __future__ import annotations

from bot.agent.asks import merged
from bot.agent.intents import Alternative, DealFilter, Intent, Topic
from bot.agent.lexicon import Meaning, chosen
from bot.agent.records import one_record
from bot.agent.scan import Scan
from bot.agent.utterance import filters_of
from reports.facts import Dim, Filter

_STATUS = {"wins": "won", "losses": "lost"}


def listed(found: Scan, topic: Topic | None, filters: tuple[Filter, ...]) -> DealFilter:
    """Return the list of deals that is asked for, with what nobody said filled in."""
    nouns, today = found.nouns, found.said.clock.today
    status = next((_STATUS[item] for item in found.of("topic") if item in _STATUS), None)
    if status is None:
        status = next((item for item in ("won", "lost") if item in nouns), "open")
    close = found.periods[0] if found.periods else None
    if close is None and found.days:
        day = found.days[0]
        close = (
            f"{min(day, today).isoformat()}..{max(day, today).isoformat()}"
            if "closing" not in nouns
            else day.isoformat()
        )
    if close is None and "next_steps" in nouns:
        close = "this-quarter"
    created = topic == "created" or ("created" in nouns and "closing" not in nouns)
    kept = tuple(item for item in filters if not (item.dim == "category" and status != "open"))
    kept = tuple(item for item in kept if not (item.dim == "stage" and status != "open"))
    order = "amount"
    if nouns & {"soonest"}:
        order = "close"
    elif found.idle_days is not None or nouns & {"oldest"}:
        order = "idle"
    read_as = []
    for bound, sign in (
        (found.span.least if found.span else None, "over"),
        (found.span.most if found.span else None, "under"),
    ):
        if bound is not None and bound.scaled:
            read_as.append(f"Read as: {sign} {bound.meant:,.0f}")
    return DealFilter(
        filters=merged(kept),
        status=status,  # type: ignore[arg-type]
        close=None if created else close,
        created=close if created else None,
        amount_min=found.amount_min,
        amount_max=found.amount_max,
        idle_days=found.idle_days,
        pushes=found.pushes,
        no_next_step="no_next_step" in found.of("topic"),
        next_steps="next_steps" in nouns,
        no_amount=found.no_amount,
        order=order,  # type: ignore[arg-type]
        limit=found.limit,
        as_of=found.as_of,
        read_as=tuple(read_as),
        assumed=() if found.periods or found.days else (f"close date: {'this quarter' if close else 'any'}",),
        unread=found.unread(),
    )


def lost(found: Scan, filters: tuple[Filter, ...]) -> Intent:
    """Return the deals that were lost for a reason, or how often each reason was given."""
    named = one_record(found, measured=True)
    if named is not None and not isinstance(named, Filter):
        return named
    kept = (*filters, *((named,) if named is not None else ()), *meant_values(found, "losses", None))
    period = found.periods[0] if found.periods else None
    return DealFilter(
        filters=merged(kept),
        status="lost",
        close=period or "this-quarter",
        reason=found.reason or "",
        limit=found.limit,
        as_of=found.as_of,
        assumed=() if period else ("close date: this quarter",),
        alternatives=()
        if period
        else (Alternative(label="Last 12 months", text=f"{found.said.text.strip()} last 12 months"),),
        unread=found.unread(),
    )


def conditions(found: Scan) -> bool:
    """Say whether deals are narrowed by amount, idle days, pushes, or a close date."""
    closing = "closing" in found.nouns and bool(found.periods or found.days or "deals" in found.nouns)
    return bool(
        found.span
        or found.idle_days is not None
        or found.pushes
        or found.no_amount
        or closing
        or (
            found.nouns & {"biggest", "smallest", "oldest", "soonest"}
            and ("deals" in found.nouns or found.limit)
        )
    )


def meant_values(found: Scan, topic: Topic | None, measure: str | None) -> tuple[Filter, ...]:
    """Return as filters the phrases that are values and were not used up as the topic, the measure or a noun."""
    values: dict[Dim, list[str]] = {}
    taken = {(item.dim, value) for item in filters_of(found.values) for value in item.values}
    for meanings, _, _ in found.hits:
        value = chosen(meanings, "value")
        if value is None or value.dim is None or (value.dim, value.value) in taken:
            continue
        if _used(meanings, topic, measure) or chosen(meanings, "kind"):
            continue
        known = values.setdefault(value.dim, [])
        if value.value not in known:
            known.append(value.value)
    return tuple(Filter(dim=dim, values=tuple(named)) for dim, named in values.items())


def _used(meanings: tuple[Meaning, ...], topic: Topic | None, measure: str | None) -> bool:
    return any(
        (meaning.sort == "topic" and meaning.value == topic)
        or (meaning.sort == "measure" and meaning.value == measure)
        for meaning in meanings
    )
