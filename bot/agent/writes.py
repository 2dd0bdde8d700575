"""Requests that would change something, and errands: recognised with all they name, carried out by nobody here."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from bot.agent.amounts import amount_at
from bot.agent.brakes import BRAKE
from bot.agent.calls import call
from bot.agent.intents import Candidate, Errand, Intent, Write
from bot.agent.lexicon import chosen
from bot.agent.openings import Opening
from bot.agent.records import candidates
from bot.agent.reminders import reminder
from bot.agent.scan import Scan, scan
from bot.agent.utterance import Utterance
from bot.schedules.asked import comes_again, is_about_kept, is_question
from bot.schedules.watches import watch
from reports.facts import Filter

_FIELDS = {"close", "date", "dates", "amount", "stage", "step", "owner", "category", "forecast"}
_EVERY = {"every", "all", "everything", "each"}
# What a goal counts; without a word of these, `get all deals over 100k` asks for a list.
_COUNTED = {
    "step", "steps", "date", "dates", "due", "overdue", "amount", "amounts", "value", "values", "touch", "touched",
    "activity", "contacted",
}  # fmt: skip
# Verbs that are a request only where a record or a field is named with them.
_NEEDS_RECORD: frozenset[Write] = frozenset(
    {"push", "bump", "update", "call", "share", "email", "chase", "nudge"}
)
_ALWAYS: frozenset[Write] = frozenset({"remind", "stop", "allow", "mute", "schedule", "goal"})


def write(begun: Opening) -> Intent | None:
    """Read a request that would change something, or an errand: recognised, not carried out."""
    if (whole := reminder(begun) or call(begun)) is not None:
        return whole
    said, keys, at = begun.said, begun.said.keys, begun.start
    found = said.lexicon.words.writes.at(keys, at)
    bulk = _bulk(said, at)
    kind: Write | None = found[0] if found else None  # type: ignore[assignment]
    if (by_itself := _by_itself(said, kind)) is not None:
        kind, found = by_itself, None
    elif bulk is not None and (kind is None or kind in _NEEDS_RECORD):
        kind = kind or "update"
        if kind == "share":
            return None
    if kind is None or _means_otherwise(kind, keys, at):
        return None
    read = scan(said, at + (found[1] if found else 0), lean="future")
    deals: list[Candidate] = []
    people: list[Candidate] = []
    for named, _, _ in read.named:
        if named.people and not named.accounts and not named.deals:
            people += named.people[:1] if len(named.people) == 1 else named.people[:5]
        else:
            options = [item for item in candidates(named) if item.id in named.open_ids] or list(
                candidates(named)
            )
            deals += options[:5]
    topic = next(iter(read.of("topic")), None)
    field = bool(_FIELDS & set(keys[at:]))
    if kind in _NEEDS_RECORD and not _is_request(
        kind,
        keys,
        at,
        deals=bool(deals),
        people=bool(people),
        field=field,
        bulk=bulk is not None,
        topic=topic,
    ):
        return None
    if kind not in _NEEDS_RECORD | _ALWAYS and kind != "export":
        return None
    money = _amount(said, at, kind)
    filters = [*read.filters]
    for meanings, _, _ in read.hits:
        value = chosen(meanings, "value")
        if value and value.dim and not any(item.dim == value.dim for item in filters):
            filters.append(Filter(dim=value.dim, values=(value.value,)))
    meant = None if money is None else (money[0] * 1_000 if money[1] else money[0])
    return Errand(
        kind=kind,
        deals=tuple(deals),
        people=tuple(people),
        filters=tuple(filters),
        topic=topic,  # type: ignore[arg-type]
        day=read.days[0] if read.days else _until(read) if kind == "goal" else None,
        amount=meant,
        scaled=bool(money and money[1]),
        limit=read.limit or _count(said, at),
        bulk=bulk is not None or (kind == "nudge" and not deals),
        text=said.text[said.tokens[at].start :].strip() if at < len(said.tokens) else said.text.strip(),
        read_as=(f"Read as: {meant:,.0f}",) if money and money[1] and meant is not None else (),
    )


def _means_otherwise(kind: Write, keys: tuple[str, ...], at: int) -> bool:
    """Say whether the first word asks for something to read here: `update on ostrander`, `get all deals over 100k`."""
    if kind == "goal":
        return keys[at] == "get" and not _COUNTED & set(keys[at:])
    return kind == "update" and keys[at + 1 : at + 2] in {("on",), ("me",), ("us",), ("about",)}


def _is_request(
    kind: Write,
    keys: tuple[str, ...],
    at: int,
    *,
    deals: bool,
    people: bool,
    field: bool,
    bulk: bool,
    topic: str | None,
) -> bool:
    """Say whether a verb that also has other uses asks for a write here."""
    if bulk or deals:
        return True
    match kind:
        case "nudge" | "chase" | "email":
            return True
        case "update" | "bump":
            return (field and keys[at] not in {"close", "create", "log"}) or (
                people and keys[at] in {"assign", "reassign", "transfer"}
            )
        case "push":
            return field or (
                topic is not None and topic != "pulled_in" and len(keys) - at > 2 and "to" in keys[at:]
            )
        case "share":
            return people or "to" in keys[at:] or "with" in keys[at:]
        case "call":
            return any(amount_at(keys, index) for index in range(at + 1, len(keys)))
        case _:
            return False


def _bulk(said: Utterance, at: int) -> int | None:
    """Return where `set every close date …` begins, anywhere in the message: a change of many records."""
    keys = said.keys
    for index in range(at, len(keys)):
        found = said.lexicon.words.writes.at(keys, index)
        if found is None or found[0] not in {"push", "bump", "update", "nudge"}:
            continue
        window = keys[index + found[1] : index + found[1] + 6]
        if any(word in _EVERY for word in window[:2]) and (
            _FIELDS | {"deal", "deals", "opps", "opportunities", "everything"}
        ) & set(window):
            return index
    return None


def _until(read: Scan) -> date | None:
    """Return the last day of `by friday`, which reads as a span that begins today; None where no such span is named."""
    today = read.said.clock.today
    spans = (read.said.clock.calendar.parse(name, today) for name in read.periods if ".." in name)
    return next((span.end - timedelta(days=1) for span in spans if span.start == today), None)


def _by_itself(said: Utterance, kind: Write | None) -> Write | None:
    """Return what a message has to do with what comes by itself: it is scheduled, or all of it stopped; else None."""
    text = said.text[said.tokens[0].start :] if said.tokens else ""
    if is_about_kept(text) or watch(text) is not None:
        return "schedule"
    if kind not in {"remind", "stop"} and _comes(said, text):
        return "schedule"
    return "stop" if BRAKE.fullmatch(text) else None


def _comes(said: Utterance, text: str) -> bool:
    """Say whether a message asks for something that comes again and again, anywhere in it."""
    if is_question(text):
        return False
    return comes_again(text) or any(
        (found := said.lexicon.words.writes.at(said.keys, index)) is not None and found[0] == "schedule"
        for index in range(len(said.keys))
    )


def _amount(said: Utterance, at: int, kind: Write) -> tuple[Decimal, bool] | None:
    """Return the amount of `bump cobalt to 260`, and whether thousands have to be added to it."""
    if kind not in {"bump", "update", "call"}:
        return None
    for index in range(at, len(said.keys)):
        if said.keys[index - 1] not in {"to", "at", "by", "=", "amount", "is", ":"} and kind != "bump":
            continue
        found = amount_at(said.keys, index)
        if found is not None and said.period_at(index) is None and said.day_at(index, "future") is None:
            return found[0].value, found[0].scaled
    return None


def _count(said: Utterance, at: int) -> int | None:
    """Return the 3 of `chase the 3 stalest …`."""
    keys = said.keys
    for index in range(at + 1, min(at + 4, len(keys))):
        counted = keys[index].isascii() and keys[index].isdigit() and len(keys[index]) <= 2
        if (
            counted
            and keys[index - 1] not in {"to", "at", "on", "by"}
            and said.day_at(index, "future") is None
        ):
            return int(keys[index])
    return None
