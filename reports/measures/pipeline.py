"""Measures of what is open, won and to be won in a period: pipeline, bookings, target, gap, coverage."""

from __future__ import annotations

from decimal import Decimal

from connectors.records import ForecastClass, Status
from reports.measures.asked import NOTHING, Asked, deals, quoted, summed, together
from reports.measures.groups import Group, Key, Line, exact, groups


def open_pipeline(asked: Asked) -> list[Line]:
    """Return the value of open deals due in the period, overdue ones included and disclosed."""
    found = asked.open()
    _disclose_overdue(asked)
    _disclose_undated(asked)
    return summed(found)


def commit(asked: Asked) -> list[Line]:
    """Return the value of open deals called commit, due in the period."""
    return summed(asked.open(ForecastClass.COMMIT))


def best_case(asked: Asked) -> list[Line]:
    """Return the value of open deals called best case, due in the period."""
    return summed(asked.open(ForecastClass.BEST_CASE))


def most_likely(asked: Asked) -> list[Line]:
    """Return the value of open deals called most likely, due in the period."""
    return summed(asked.open(ForecastClass.MOST_LIKELY))


def pipeline(asked: Asked) -> list[Line]:
    """Return the value of open deals in the category pipeline, due in the period."""
    return summed(asked.open(ForecastClass.PIPELINE))


def deal_count(asked: Asked) -> list[Line]:
    """Return how many open deals are due in the period."""
    return [
        Line(key=key, value=Decimal(group.n), n=group.n, records=group.records)
        for key, group in asked.open().items()
    ]


def overdue(asked: Asked) -> list[Line]:
    """Return the value of open deals whose close date has passed."""
    _disclose_undated(asked)
    return summed(
        asked.disclosed(
            f"status = '{Status.OPEN}' AND close < DATE '{asked.view.today}' AND {asked.within()}"
        )
    )


def bookings(asked: Asked) -> list[Line]:
    """Return the value of deals won, by close date."""
    return summed(asked.closed(Status.WON))


def lost(asked: Asked) -> list[Line]:
    """Return the value of deals lost, by close date."""
    return summed(asked.closed(Status.LOST))


def won_plus_commit(asked: Asked) -> list[Line]:
    """Return bookings and open commit of the period together."""
    return summed(_won_and_called(asked))


def won_plus_most_likely(asked: Asked) -> list[Line]:
    """Return bookings, open commit and most likely of the period together."""
    return summed(_won_and_called(asked, ForecastClass.MOST_LIKELY))


def won_plus_best_case(asked: Asked) -> list[Line]:
    """Return bookings, open commit, most likely and best case of the period together."""
    return summed(_won_and_called(asked, ForecastClass.MOST_LIKELY, ForecastClass.BEST_CASE))


def _won_and_called(asked: Asked, *more: ForecastClass) -> dict[Key, Group]:
    called = f"status = '{Status.OPEN}' AND category IN {quoted((ForecastClass.COMMIT, *more))}"
    return asked.disclosed(f"{asked.within()} AND (status = '{Status.WON}' OR ({called}))")


def target(asked: Asked) -> list[Line]:
    """Return the target of the period; None where none is set."""
    known = asked.targets()
    keys = known.keys(asked.by) if asked.by else ((),)
    disclosed = list(asked.notes)
    keys = keys or tuple(asked.closed(Status.WON, Status.OPEN))
    asked.notes[:] = disclosed  # a target says nothing of the deals that only name its rows
    lines = [Line(key=key, value=known.of(asked.by, key), n=0) for key in keys]
    asked.note(*known.why(asked.by, sum(line.value is None for line in lines)))
    return lines


def required_pipeline(asked: Asked) -> list[Line]:
    """Return target times the coverage that the company asks for; None without either."""
    wanted = asked.view.company.thresholds.required_coverage
    if wanted is None:
        asked.note("the company file sets no required_coverage")
    return [
        Line(
            key=line.key,
            value=None if wanted is None or line.value is None else exact(line.value * wanted),
            n=0,
        )
        for line in target(asked)
    ]


def attainment(asked: Asked) -> list[Line]:
    """Return bookings over target; None where no target is set."""
    won = asked.closed(Status.WON)
    lines, known, missing = [], asked.targets(), 0
    for key in together(won, dict.fromkeys(known.keys(asked.by), NOTHING)):
        group, wanted = won.get(key, NOTHING), known.of(asked.by, key)
        missing += wanted is None
        rate = None if not wanted or group.value is None else group.value / wanted
        lines.append(Line(key=key, value=rate, n=group.n, records=group.records))
    asked.note(*known.why(asked.by, missing))
    return lines


def gap(asked: Asked) -> list[Line]:
    """Return target minus what counts toward it: above zero is still to win; None where no target is set.

    Bookings and open commit count; once the period is over, bookings alone.
    """
    over = asked.period.end <= asked.view.today
    found = asked.closed(Status.WON) if over else _won_and_called(asked)
    lines, known, missing = [], asked.targets(), 0
    for key in together(found, dict.fromkeys(known.keys(asked.by), NOTHING)):
        both, wanted = found.get(key, NOTHING), known.of(asked.by, key)
        missing += wanted is None
        short = None if wanted is None or both.value is None else exact(wanted - both.value)
        lines.append(Line(key=key, value=short, n=both.n, records=both.records))
    asked.note(*known.why(asked.by, missing))
    return lines


def coverage(asked: Asked) -> list[Line]:
    """Return open pipeline over what is left of the target; None where it is met, none is set, or bookings are empty."""
    still_open, won = asked.open(), asked.closed(Status.WON)
    _disclose_overdue(asked)
    lines, known, missing, met = [], asked.targets(), 0, []
    for key in together(still_open, won, dict.fromkeys(known.keys(asked.by), NOTHING)):
        group, wanted = still_open.get(key, NOTHING), known.of(asked.by, key)
        missing += wanted is None
        booked = won.get(key, NOTHING).value
        left = None if wanted is None or booked is None else wanted - booked
        if left is not None and left <= 0:
            met.append(key)
        rate = None if left is None or left <= 0 or group.value is None else group.value / left
        lines.append(Line(key=key, value=rate, n=group.n, records=group.records))
    asked.note(*known.why(asked.by, missing))
    if met:
        where = f" in {len(met)} row{'s' if len(met) > 1 else ''}" if asked.by else ""
        asked.note(f"target met{where}: nothing is left to cover, no ratio")
    return lines


def _disclose_overdue(asked: Asked) -> None:
    late = overdue_part(asked)
    if late.n:
        asked.note(
            f"past the close date by now: {deals(late.n)}, {asked.money(late.total)}; "
            "what was due before the period is not counted here"
        )


def _disclose_undated(asked: Asked) -> None:
    undated = groups(asked.view, asked.view.states(), (), f"status = '{Status.OPEN}' AND close IS NULL")[()].n
    if undated:
        said = "deal has no close date and counts" if undated == 1 else "deals have no close date and count"
        asked.note(f"{undated:,} open {said} in no period")


def overdue_part(asked: Asked) -> Group:
    """Return the open deals of the period whose close date has passed already."""
    return groups(
        asked.view,
        asked.view.states(),
        (),
        f"status = '{Status.OPEN}' AND {asked.within()} AND close < DATE '{asked.view.today}'",
    )[()]
