"""From recognised words to a question, a report, a list of deals or findings: nobody has to know a grammar."""

from __future__ import annotations

from datetime import date
from typing import get_args

from bot.agent.asks import ask, currency_of, follow_up, is_short, merged, ranked, scope_words
from bot.agent.intents import (
    Alternative,
    Candidate,
    FindingsAsk,
    Intent,
    MyDeals,
    Problem,
    Report,
    Topic,
)
from bot.agent.lexicon import TOPICS, chosen
from bot.agent.listings import conditions, listed, lost, meant_values
from bot.agent.records import one_record
from bot.agent.scan import Scan
from reports.facts import Dim, Filter
from reports.spec import Kind

# Topics whose words also describe a measure: `bookings won`, `pipeline created`.
_SOFT_TOPICS = {"wins", "losses", "created", "opportunities", "changed", "stale", "actions", "expansion"}
# What is measured where a topic is asked for by week, by region, or by who did most of it.
_COUNTED = {"wins": "bookings", "losses": "lost", "created": "pipeline_created", "slipped": "slip_rate"}
_GENERIC = {"attainment"}
# The days of the shortest month: a forecast of less is the one that is made in that week.
_MONTH = 28


def question(found: Scan, *, asker: str | None, previous: bool) -> Intent:  # noqa: C901, PLR0912 — one branch an intent
    """Return what the recognised words ask for; `Unread` when none of them is one.

    `previous` says that a question was asked before, so that `emea?` can be a follow-up of it.
    """
    if found.problems:
        return _no_such_value(found)
    filters = found.filters
    topic, measure = _topic_and_measure(found)
    if measure is None and topic is not None and topic in _COUNTED and _is_counted(found):
        measure, topic = _COUNTED[topic], None
    if measure is None and topic is None and found.by and "deals" in found.nouns and not conditions(found):
        measure = "deal_count"
    if found.reason is not None or "reasons" in found.nouns:
        return lost(found, filters)
    if (
        topic == "changed"
        and measure is None
        and any(named.accounts or named.deals for named, _, _ in found.named)
    ):
        topic = None  # what happened to a deal is on its card
    if found.idle and found.idle_days is None and topic is None and measure is None:
        topic = "stale"
    filters = (*filters, *meant_values(found, topic, measure))
    kinds = found.of("kind")
    if kinds and not (ranked(found) and kinds == ["account"]):
        return _report(found, kinds[0], filters)
    if topic == "decisions":
        return _finding(found, topic, filters, mine=False)
    if topic is None and measure is None and "deals" not in found.nouns and ranked(found):
        return _ranking(found, filters)
    if "mine" in found.nouns:
        return _mine(found, topic, measure, filters, asker)
    named = one_record(found, measured=measure is not None or topic is not None or conditions(found))
    if isinstance(named, Filter):
        filters = (*filters, named)
    elif named is not None:
        return named
    if conditions(found) or ({"deals", "next_steps"} & found.nouns and topic is None and measure is None):
        return listed(found, topic, filters)
    if topic is not None:
        return _finding(found, topic, filters, mine=False)
    if measure == "bridge" and (found.compare == "prior_week" or (found.periods and is_short(found))):
        return _finding(found, "changed", filters, mine=False)
    if measure is not None:
        return ask(found, measure, filters)
    if _names_only_people(filters) and not (found.by or found.compare):
        return listed(found, None, filters)
    return follow_up(found, filters, previous=previous)


def _ranking(found: Scan, filters: tuple[Filter, ...]) -> Intent:
    """Return who or what won most (or least): of `top reps` nobody says by what."""
    named = one_record(found, measured=True)
    if named is not None and not isinstance(named, Filter):
        return named
    (dim,) = ranked(found)
    asked = ask(found, "bookings", (*filters, *((named,) if named is not None else ())))
    question = asked.question.model_copy(
        update={
            "by": tuple(found.by) or (dim,),
            "order": "desc" if asked.question.order == "natural" else asked.question.order,
        }
    )
    return asked.model_copy(update={"question": question, "assumed": ("measure: bookings", *asked.assumed)})


def _is_counted(found: Scan) -> bool:
    """Say whether sums are asked for rather than a list: by month, by region, who lost the most."""
    keys = set(found.said.keys)
    return bool(found.grain or found.by or ("who" in keys and keys & {"most", "least", "best", "worst"}))


def _topic_and_measure(found: Scan) -> tuple[Topic | None, str | None]:
    """Return the topic and the measure that are meant; where words speak of both, one gives way."""
    topics = [topic for topic in TOPICS if topic in found.of("topic")]
    topics.sort(key=found.of("topic").index)
    measures = found.of("measure")
    if len(measures) > 1:
        measures = [name for name in measures if name not in _GENERIC] or measures
    topic: Topic | None = topics[0] if topics else None
    strong = next((item for item in topics if item not in _SOFT_TOPICS), None)
    topic = strong or topic
    if topic == "expansion" and "deals" in found.nouns and _names_value(found, "expansion"):
        topic = None
    both = [
        meanings
        for meanings, _, _ in found.hits
        if chosen(meanings, "topic") and (chosen(meanings, "measure") or chosen(meanings, "value"))
    ]
    if not measures or (topic is not None and measures == ["deal_count"]):
        return topic, None
    if len(measures) > 1 and topic is None and all(_is_value(found, name) for name in measures):
        return None, "open_pipeline"  # `commit and best case` is pipeline of both categories
    if topic == "created" and measures[0] == "open_pipeline":
        return None, "pipeline_created"
    if "changed" in topics and measures[0] == "open_pipeline":
        return "changed", None
    if topic is not None and (topic in _SOFT_TOPICS or both):
        alone = [name for name in measures if not _is_value(found, name)]
        if alone and (alone[0] not in _GENERIC or topic not in {"opportunities", "changed", "actions"}):
            return None, alone[0]
        return topic, None
    if topic is not None:
        return topic, None
    if "deals" in found.nouns and _is_value(found, measures[0]) and len(measures) == 1:
        return None, None
    if conditions(found) and (_is_value(found, measures[0]) or "deals" in found.nouns):
        return None, None
    return None, measures[0]


def _names_value(found: Scan, topic: str) -> bool:
    """Say whether the words of a topic name a value too: expansion is a kind of finding and a type of deal."""
    return any(
        chosen(meanings, "value") is not None
        for meanings, _, _ in found.hits
        for meaning in meanings
        if meaning.sort == "topic" and meaning.value == topic
    )


def _is_value(found: Scan, measure: str) -> bool:
    """Say whether the words of a measure are a value too: `commit` is both a number and a forecast category."""
    return any(
        chosen(meanings, "value") is not None
        for meanings, _, _ in found.hits
        for meaning in meanings
        if meaning.sort == "measure" and meaning.value == measure
    )


def _report(found: Scan, kind: str, filters: tuple[Filter, ...]) -> Intent:
    subject: Candidate | None = None
    named = one_record(found, measured=True)
    if isinstance(named, Filter):
        filters = (*filters, named)
        subject = (
            Candidate(what="account", id=named.values[0], name=named.values[0])
            if named.dim == "account"
            else None
        )
    elif named is not None:
        return named
    period = found.periods[0] if found.periods else None
    short = period is not None and is_short(found)
    as_of = found.as_of or (found.days[0] if found.days and found.days[0] <= found.said.clock.today else None)
    ahead: tuple[str, ...] = ()
    if period is not None and short:
        # The weekly of last week is the one that was made then; its period is still the quarter.
        clock = found.said.clock
        span = clock.calendar.parse(period, clock.today)
        as_of = as_of or (date.fromordinal(span.end.toordinal() - 1) if span.end <= clock.today else None)
        if span.start > clock.today:
            ahead = (f"{clock.calendar.short(span)} has not begun: this is the report of this quarter",)
        elif kind == "forecast" and span.end > clock.today and (span.end - span.start).days >= _MONTH:
            ahead = (f"No forecast of {clock.calendar.short(span)} alone: this is the one of this quarter",)
    return Report(
        kind=_kind(kind),
        period=None if short else period,
        filters=merged(filters),
        as_of=as_of,
        currency=currency_of(found),
        subject=subject,
        assumed=() if period and not short else ("period: this quarter",),
        unread=found.unread(),
        read_as=ahead,
    )


def _kind(name: str) -> Kind:
    for kind in get_args(Kind):
        if kind == name:
            return kind  # type: ignore[no-any-return]
    return "weekly"


def _mine(
    found: Scan, topic: Topic | None, measure: str | None, filters: tuple[Filter, ...], asker: str | None
) -> Intent:
    dim: Dim = "owner" if asker in found.said.lexicon.values["owner"] else "manager"
    own = (*filters, *((Filter(dim=dim, values=(asker,)),) if asker else ()))
    if topic is not None:
        return _finding(found, topic, filters, mine=True)
    if measure is not None and "deals" not in found.nouns:
        if asker is None:
            return MyDeals(
                period=found.periods[0] if found.periods else None,
                filters=merged(filters),
                unread=found.unread(),
            )
        return ask(found, measure, own)
    if asker is not None and (conditions(found) or dim == "manager"):
        deals = listed(found, None, own)
        return deals if deals.close else deals.model_copy(update={"close": "this-quarter"})
    return MyDeals(
        period=found.periods[0] if found.periods else None,
        filters=merged(filters),
        assumed=() if found.periods else ("period: this quarter",),
        unread=found.unread(),
    )


def _finding(found: Scan, topic: Topic, filters: tuple[Filter, ...], *, mine: bool) -> FindingsAsk:
    period = found.periods[0] if found.periods else None
    if period is None and found.days:
        today = found.said.clock.today
        first, last = sorted((found.days[0], today))
        period = f"{first.isoformat()}..{last.isoformat()}"
    words = scope_words(filters)
    alternatives = (
        (Alternative(label="This quarter", text=f"{_topic_words(topic)} this quarter{words}"),)
        if topic in {"wins", "losses"} and period is None
        else ()
    )
    return FindingsAsk(
        topic=topic,
        period=period,
        filters=merged(filters),
        limit=found.limit,
        mine=mine,
        as_of=found.as_of,
        alternatives=alternatives,
        assumed=() if period else ("period: this quarter",),
        unread=(*found.unread(), *(f"by {dim}" for dim in found.by)),
    )


def _names_only_people(filters: tuple[Filter, ...]) -> bool:
    return bool(filters) and all(item.dim in {"owner", "manager", "account"} for item in filters)


def _no_such_value(found: Scan) -> Problem:
    value = found.problems[0]
    known = found.said.lexicon.values.get(value.dim, ())
    shown = ", ".join(known[:12]) or "none"
    return Problem(
        kind="value",
        value=value.value,
        known=tuple(known),
        message=f"There is no {value.dim} {value.value!r}; there is {shown}.",
    )


def _topic_words(topic: Topic) -> str:
    return topic.replace("_", " ")
