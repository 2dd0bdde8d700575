"""Questions to a measure, and their follow-ups: what nobody said is assumed, said, and offered otherwise."""

from __future__ import annotations

from datetime import date

from bot.agent.intents import Alternative, Ask, FollowUp, Intent, Unread
from bot.agent.lexicon import Lexicon, chosen
from bot.agent.scan import Scan
from reports.facts import Dim, Filter
from reports.spec import Question

# Measures of one instant: a past week or month means the state at its end.
_STANDING = {"open_pipeline", "commit", "best_case", "coverage", "gap"}
_SHORT = 31
_BEST = {"best", "most", "highest", "biggest", "largest", "top"}
_WORST = {"worst", "least", "lowest", "smallest", "behind"}
_ASKED_BARE: tuple[Dim, ...] = ("owner", "region", "segment", "manager", "team", "product", "source", "stage")


def ask(found: Scan, measure: str, filters: tuple[Filter, ...]) -> Ask:
    """Return the question to a measure, with what nobody said filled in from the company's defaults."""
    lexicon = found.said.lexicon
    defaults = lexicon.words.raw["defaults"]
    filters = merged(filters)
    keys = set(found.said.keys)
    best, worst = bool(keys & _BEST), bool(keys & _WORST)
    by: tuple[Dim, ...] = tuple(found.by) or _named_dims(found)
    if not by and "who" in keys and (best or worst or "behind" in keys or "short" in keys):
        by = ("owner",)
    if not by and keys & {"vs", "versus", "compare", "or", "against"}:
        by = tuple(item.dim for item in filters if len(item.values) > 1)[:1]
    assumed = []
    if not by and measure in defaults["by"]:
        dim = defaults["by"][measure]
        narrow = {dim, "owner", "manager", "account"}
        if not any(item.dim in narrow and len(item.values) == 1 for item in filters):
            by = (dim,)
            assumed.append(f"by {dim}")
    period = found.periods[0] if found.periods else None
    as_of = found.as_of
    if period is not None and as_of is None and measure in _STANDING:
        span = lexicon.clock.calendar.parse(period, lexicon.clock.today)
        if span.end <= lexicon.clock.today and (span.end - span.start).days <= _SHORT:
            # How much was open last week asks for that day's state, not for deals due last week.
            as_of, period = date.fromordinal(span.end.toordinal() - 1), None
            assumed.append(f"as of {as_of.day} {as_of:%b}")
    if period is None and as_of is None and found.days:
        day = found.days[0]
        if day <= lexicon.clock.today:
            as_of = day
        else:
            period = f"{lexicon.clock.today.isoformat()}..{day.isoformat()}"
    if period is None:
        default = defaults["period"].get(measure, "this-quarter")
        assumed.insert(0, f"period: {default.replace('-', ' ')}")
    compare = found.compare
    asked = Question(
        measure=measure,
        by=by,
        period=period,
        filters=filters,
        compare=compare,  # type: ignore[arg-type]
        order="asc" if worst else "desc" if found.limit or best else "natural",
        limit=found.limit,
    )
    return Ask(
        question=asked,
        as_of=as_of,
        currency=currency_of(found),
        alternatives=alternatives(asked, lexicon),
        assumed=tuple(assumed),
        unread=found.unread(),
    )


def alternatives(asked: Question, lexicon: Lexicon) -> tuple[Alternative, ...]:
    """Return the two or three likeliest other readings of what nobody said, each in words that read as it."""
    words, scope = asked.measure.replace("_", " "), scope_words(asked.filters)
    by = f" by {' and '.join(asked.by)}" if asked.by else ""
    backward = asked.measure in lexicon.words.raw["defaults"]["backward"]
    found = []
    if asked.measure == "win_rate":
        found.append(Alternative(label="By value", text=f"win rate by value{scope}"))
    if asked.period is None:
        if asked.measure == "open_pipeline":
            found.append(Alternative(label="All open", text=f"{words} all periods{scope}{by}"))
        if backward:
            label, period = (
                ("This quarter", "this quarter")
                if asked.measure.startswith(("win", "average", "sales"))
                else (
                    "Last quarter",
                    "last quarter",
                )
            )
            found.append(Alternative(label=label, text=f"{words} {period}{scope}{by}"))
        else:
            found.append(Alternative(label="Next quarter", text=f"{words} next quarter{scope}{by}"))
    period = (
        f" {asked.period.replace('-', ' ') if asked.period[:1].islower() else asked.period}"
        if asked.period
        else ""
    )
    taken = {item.dim for item in asked.filters if len(item.values) == 1} | set(asked.by)
    for dim, label in (("region", "By region"), ("segment", "By segment"), ("owner", "By rep")):
        if dim not in taken and len(found) < 3:
            found.append(Alternative(label=label, text=f"{words}{period}{scope} by {dim}"))
    return tuple(found[:3])


def follow_up(found: Scan, filters: tuple[Filter, ...], *, previous: bool) -> Intent:
    """Return a change of the previous question; a place or a time alone asks for its open pipeline."""
    by = tuple(found.by)
    said = bool(
        filters or by or found.periods or found.compare or found.currency or found.as_of or found.limit
    )
    if not said:
        return Unread(unread=found.unread())
    if found.compare or previous or found.leads_on or not (filters or found.periods):
        return FollowUp(
            compare=found.compare,  # type: ignore[arg-type]
            filters=merged(filters),
            by=by,
            period=found.periods[0] if found.periods else None,
            currency=currency_of(found),
            as_of=found.as_of,
            limit=found.limit,
            unread=found.unread(),
        )
    if len(found.unknown) > len(found.said.keys) // 2:
        return Unread(unread=found.unread())
    asked = ask(found, "open_pipeline", filters)
    return asked.model_copy(update={"assumed": ("measure: open pipeline", *asked.assumed)})


def currency_of(found: Scan) -> str | None:
    """Return the currency that was named; None for the company's own."""
    return found.currency


def _named_dims(found: Scan) -> tuple[Dim, ...]:
    """Return the dimension that is asked for without `by`: `top 5 reps`, `which region`."""
    for meanings, _, _ in found.hits:
        meaning = chosen(meanings, "dim")
        for dim in _ASKED_BARE:
            if meaning is not None and meaning.value == dim and not chosen(meanings, "value"):
                return (dim,)
    return ()


def is_short(found: Scan) -> bool:
    """Say whether the period that was named is a month or less."""
    clock = found.said.clock
    span = clock.calendar.parse(found.periods[0], clock.today)
    return (span.end - span.start).days <= _SHORT


def merged(filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """Return one filter per dimension and sign: several values of one dimension are alternatives."""
    values_of: dict[tuple[Dim, bool], list[str]] = {}
    for item in filters:
        values = values_of.setdefault((item.dim, item.negate), [])
        values += [value for value in item.values if value not in values]
    return tuple(
        Filter(dim=dim, values=tuple(values), negate=negate) for (dim, negate), values in values_of.items()
    )


def scope_words(filters: tuple[Filter, ...]) -> str:
    """Return filters in words that read as them again: ` region=EMEA segment=ENT`."""
    return "".join(f" {item.dim}={value}" for item in filters if not item.negate for value in item.values)
