"""Slide 4: the trajectory: won, commit and best case week by week, last year's beside it; and what past errors were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from reports import words
from reports.deck import Block, Cell, Chart, Column, Lines, Series, Table, TableRow, Words
from reports.facts import Period, Tone, Unit
from reports.kinds.earlier import a_year_before
from reports.kinds.forecast import calls as kept
from reports.kinds.forecast import titles
from reports.kinds.forecast.calls import Called
from reports.kinds.forecast.floor import floor
from reports.kinds.forecast.record import Past, Record, record, same_day, wape
from reports.kinds.ledger import Ledger
from reports.kinds.page import Body, LeftOut, Page
from reports.kinds.scene import Scene
from reports.kinds.weekly import titles as weekly_titles
from reports.measures import measure
from reports.measures.groups import exact
from reports.view.standings import Mark, Stood, standings

# Weeks shown of a period that has not begun, at least, and at most.
AHEAD, LEAST, MOST = 13, 6, 14
CALLERS = 3
# Fewer weeks than these make no line.
LINE = 2
WAPE = "Sum of the distances between forecast and end / sum of the ends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week: its day in this period, what stood then, and what stood on that day a year before (None: not known)."""

    day: date
    now: Stood | None
    year: Stood | None


def build(page: Page) -> Body | LeftOut:
    """Return the trajectory; left out when nothing of the period is known, or only one week of it."""
    scene, ledger = page.scene, page.ledger
    shown = weeks(scene)
    if not any(week.now is not None and week.now.n for week in shown):
        return LeftOut(f"nothing was won or called for {scene.name} in any week")
    if sum(week.now is not None for week in shown) < LINE:
        return LeftOut("history does not reach back a week: there is no line to draw yet")
    past = record(scene)
    calls = told_calls(page, past)
    title = titles.said(ledger, titles.sentence(_title(scene, ledger, shown), _off(scene, ledger, past)))
    blocks: list[Block] = [_chart(scene, shown)]
    if past.told:
        blocks.append(_table(scene, ledger, past))
    blocks.append(_so_what(page, past, calls))
    return Body(
        title=title,
        blocks=tuple(blocks),
        remarks=(
            (
                "Every point is what the records said at the end of that day, for deals due in the period; last year's is "
                "the same day of the period a year before. The naive forecast is what the last period that was over by "
                "that day had ended with."
            ),
        ),
    )


def weeks(scene: Scene) -> tuple[Week, ...]:
    """Return the weeks of the period, today's among them (of one ahead: the weeks up to today), with last year's."""
    view, days = scene.view, week_days(scene.period, scene.today)
    year = a_year_before(view, scene.period)
    now = [
        Mark(at=view.as_of if day == scene.today else view.calendar.end_of(day), period=scene.period)
        for day in days
    ]
    then = [_a_year_ago(scene, year, day) for day in days]
    found = standings(view, [*now, *then])
    return tuple(
        Week(day=day, now=found[place], year=found[len(days) + place]) for place, day in enumerate(days)
    )


def week_days(period: Period, today: date) -> tuple[date, ...]:
    """Return days a week apart, the last of them today, of a period that is over its last day.

    They go back to the period's start, of one that has not begun as far as AHEAD weeks; at least LEAST of them, so that
    a young period shows how it was built, and at most MOST.
    """
    last = min(today, period.end - timedelta(days=1))
    inside = max((last - period.start).days // 7 + 1, LEAST)
    count = AHEAD if today < period.start else min(inside, MOST)
    return tuple(last - timedelta(days=7 * back) for back in range(count - 1, -1, -1))


def _a_year_ago(scene: Scene, year: Period, day: date) -> Mark:
    """Return the end of the same day of the period a year before."""
    same = year.start + (day - scene.period.start)
    return Mark(at=scene.view.calendar.end_of(min(same, year.end - timedelta(days=1))), period=year)


def told_calls(page: Page, past: Record) -> tuple[tuple[Called, Period, Decimal], ...]:
    """Return the calls that stood on this day of past periods, with the period and what it ended with, newest first."""
    scene, found = page.scene, []
    for one in past.pasts:
        mark = same_day(scene.view, scene.period, one.period)
        stood = kept.calls(scene, page.context, period=one.period, at=mark.at)
        for call in kept.in_order(scene, stood):
            ended = one.ended if call.region == kept.scope_region(scene) else _ended(scene, one, call)
            if ended:
                found.append((call, one.period, ended))
    return tuple(found)


def _ended(scene: Scene, past: Past, call: Called) -> Decimal | None:
    row = measure(scene.view, "bookings", period=past.period, by=("region",)).row(call.region)
    return row.value if row else None


def _title(scene: Scene, ledger: Ledger, shown: tuple[Week, ...]) -> str:
    """Bind what stands now and what stood a year ago, and return the clause."""
    ledger.name("period", scene.name, source="fiscal calendar")
    now = next(week for week in reversed(shown) if week.now is not None)
    name = "bookings" if scene.is_over else "won_plus_commit"
    ledger.measured("called", scene.measure(name))
    value = scene.amount(name) or Decimal(0)
    if not value and scene.unrated(name):
        return titles.sentence(weekly_titles.UNVALUED[False], weekly_titles.UNRATED).rstrip(".")
    if now.year is None:
        open_title = titles.NO_YEAR if value else titles.NOTHING_YET
        return titles.OVER_ALONE if scene.is_over else open_title
    then = exact(now.year.won if scene.is_over else now.year.called)
    change = value - then
    ledger.money(
        "year",
        then,
        source="The same day a year before",
        definition="Won by then" if scene.is_over else "Won + commit as they stood then",
        n=now.year.n,
    )
    if not value and not scene.is_over:
        return titles.NOTHING_YEAR if then else titles.NOTHING_YET
    if scene.scale.round(change) == 0:
        return titles.OVER_AS if scene.is_over else titles.AS_YEAR
    ledger.money(
        "year_change",
        abs(change),
        source="Change in a year",
        definition="Now minus the same day a year before",
    )
    if scene.is_over:
        return titles.OVER_ABOVE if change > 0 else titles.OVER_BELOW
    return titles.ABOVE_YEAR if change > 0 else titles.BELOW_YEAR


def _off(scene: Scene, ledger: Ledger, past: Record) -> str:
    """Bind by how much won and commit were off in the past, and return the clause; empty where that says nothing yet."""
    if past.wape is None or scene.is_ahead or not scene.amount("won_plus_commit"):
        return ""
    ledger.share("wape", past.wape, source="Past error of won + commit", definition=WAPE)
    return titles.OFF_BY


def _chart(scene: Scene, shown: tuple[Week, ...]) -> Chart:
    target = scene.amount("target")

    def line(name: str, of: Callable[[Stood], Decimal], tone: Tone, *, year: bool = False) -> Series:
        stood = [week.year if year else week.now for week in shown]
        values = [None if one is None else of(one).quantize(Decimal("0.01")) for one in stood]
        return Series(name=name, values=tuple(values), tone=tone, line=True)

    series = [
        line("With best case", lambda stood: stood.at_best, "neutral"),
        line("Won + commit", lambda stood: stood.called, "accent"),
        line("Won", lambda stood: stood.won, "good"),
    ]
    if any(week.year is not None and week.year.n for week in shown):
        # Last year is held against what the title holds it against: what is won, once the period is over.
        name = "Won, year ago" if scene.is_over else "Year ago"
        series.append(
            line(name, lambda stood: stood.won if scene.is_over else stood.called, "muted", year=True)
        )
    if target is not None:
        series.append(Series(name="Target", values=(target,) * len(shown), tone="bad", line=True))
    now = next(week.now for week in reversed(shown) if week.now is not None)
    spoken = ", ".join(
        f"{name} {words.money(value, scene.currency, scene.scale)}"
        for name, value in (("won", now.won), ("won and commit", now.called), ("with best case", now.at_best))
    )
    return Chart(
        id="weeks",
        slot="main",
        mark="line",
        heading=f"Due in {scene.name}, week by week",
        categories=tuple(words.day(week.day, scene.today) for week in shown),
        series=tuple(series),
        number=words.chart_format(scene.currency, scene.scale),
        alt=f"Lines of what was won and called for {scene.name}, week by week; today {spoken}.",
    )


def _table(scene: Scene, ledger: Ledger, past: Record) -> Table:
    """Return won and commit on this day of past periods, what each ended with, and both errors."""
    rows = []
    for number, one in enumerate(past.told):
        ledger.money(
            f"past{number}.called", one.called, source=f"Won + commit on this day of {one.period.label}", n=0
        )
        ledger.money(f"past{number}.ended", one.ended, source=f"Bookings of {one.period.label}", n=0)
        rows.append(
            TableRow(
                cells=(
                    Cell(text=one.period.label),
                    _money(scene, one.called),
                    _money(scene, one.ended),
                    error_cell(one.error),
                    error_cell(one.naive_error),
                )
            )
        )
    if past.wape is not None:
        ledger.share("wape", past.wape, source="Past error of won + commit", definition=WAPE)
        naive = past.naive_wape
        if naive is not None:
            ledger.share("naive_wape", naive, source="Past error of the naive forecast", definition=WAPE)
        off = [
            Cell(text=words.share(value), value=value, unit=Unit.SHARE, bold=True)
            if value is not None
            else Cell(text=words.NOTHING)
            for value in (past.wape, naive)
        ]
        rows.append(TableRow(cells=(Cell(text="Off by", bold=True), Cell(text=""), Cell(text=""), *off)))
    return Table(
        id="past",
        slot="side",
        heading="On this day of past periods",
        columns=(
            Column(heading="Period", weight=1.25),
            Column(heading="Stood at", align="right"),
            Column(heading="Ended", align="right"),
            Column(heading="Error", align="right", weight=0.9),
            Column(heading="Naive", align="right", weight=0.9),
        ),
        rows=tuple(rows),
        alt="Won and commit on the same day of past periods, what each ended with, and the naive forecast's error.",
    )


def _money(scene: Scene, value: Decimal) -> Cell:
    return Cell(text=words.money(value, scene.currency, scene.scale), value=value, unit=Unit.MONEY)


def error_cell(value: Decimal | None) -> Cell:
    """Return an error as a cell, `+12 %`; above the end is too much, below it too little."""
    if value is None:
        return Cell(text=words.NOTHING, tone="muted")
    return Cell(text=words.share(value, signed=True), value=value, unit=Unit.SHARE)


def _so_what(page: Page, past: Record, calls: tuple[tuple[Called, Period, Decimal], ...]) -> Lines:
    ledger, scene = page.ledger, page.scene
    lines = [] if scene.is_over else [_against_naive(scene, ledger, past), *_noise(scene, ledger)]
    lines += _callers(page, calls)
    if not lines:
        lines.append(
            ledger.say("What stood in each week is what the records said then; later changes do not move it.")
        )
    return Lines(
        id="so-what",
        slot="bottom",
        heading="What it shows" if scene.is_over else "How far to trust it",
        lines=tuple(lines),
    )


def _against_naive(scene: Scene, ledger: Ledger, past: Record) -> Words:
    """Return how won and commit did beside the naive forecast, or how few periods there are."""
    told = past.told
    if past.wape is None:
        if not told:
            return ledger.say(
                "History covers no past period on this day: there is no error to hold against it."
            )
        ledger.number("few", len(told), source="Past periods that history covers")
        noun = words.plural(len(told), "period")
        return ledger.say(
            f"History covers {{{{few}}}} past {noun} on this day: too few to call an error usual."
        )
    ledger.share("wape", past.wape, source="Past error of won + commit", definition=WAPE)
    ledger.digits("periods", len(told), source="Past periods measured")
    if scene.is_ahead:
        return ledger.say(
            "So early won + commit is no forecast yet: on this day before the last {{periods}} periods it was off by {{wape}}."
        )
    bias = sum((one.called - one.ended for one in told), Decimal(0)) / sum(
        (one.ended for one in told), Decimal(0)
    )
    lean = ""
    if abs(bias) >= Decimal("0.005"):
        ledger.share(
            "bias",
            abs(bias),
            source="Bias of won + commit",
            definition="Sum of (stood at − ended) / sum of ended",
        )
        lean = f", on the whole {{{{bias}}}} too {'high' if bias > 0 else 'low'}"
    said = f"On this day of the last {{{{periods}}}} periods won + commit was off by {{{{wape}}}}{lean}"
    if past.naive_wape is None:
        return ledger.say(f"{said}.")
    ledger.share("naive_wape", past.naive_wape, source="Past error of the naive forecast", definition=WAPE)
    better = (
        "better" if past.naive_wape > past.wape else "worse" if past.naive_wape < past.wape else "no better"
    )
    return ledger.say(
        f"{said}; the naive forecast by {{{{naive_wape}}}}. It is {better} than saying the same as last time."
    )


def _noise(scene: Scene, ledger: Ledger) -> tuple[Words, ...]:
    """Return how far the open deals would scatter even with right odds; nothing where history gives no odds."""
    found = floor(scene)
    if found is None:
        return ()
    definition = (
        "sqrt(sum of p × (1 − p) × amount²) / sum of p × amount over the open deals, p the odds of their peers; what is "
        "created and closed later is left out"
    )
    ledger.value(
        "floor", found.share, Unit.SHARE, words.share(found.share), source="Noise floor", definition=definition,
        n=found.n,
    )  # fmt: skip
    ledger.money("scatter", found.scatter, source="Noise floor, in money", definition=definition, n=found.n)
    return (
        ledger.say(
            "Noise floor: even with right odds for every deal, what the open ones bring scatters by {{floor}} ({{scatter}})."
        ),
    )


def _callers(page: Page, calls: tuple[tuple[Called, Period, Decimal], ...]) -> list[Words]:
    """Return each caller's past errors: singly while they are few, together from ENOUGH periods on."""
    scene, ledger = page.scene, page.ledger
    by_caller: dict[tuple[str, str | None], list[tuple[Called, Period, Decimal]]] = {}
    for one in calls:
        by_caller.setdefault((one[0].caller_id or one[0].caller, one[0].region), []).append(one)
    lines = []
    for number, found in enumerate(list(by_caller.values())[:CALLERS]):
        call = found[0][0]
        caller = ledger.name(f"caller{number}", call.caller, source="call")
        where = (
            f" for {ledger.name(f'caller{number}.region', scene.company.label(call.region), source='region')}"
            if call.region
            else ""
        )
        off = wape([(one.commit, ended) for one, _, ended in found])
        if off is not None:
            n = ledger.digits(f"caller{number}.n", len(found), source="Past calls on this day")
            share = ledger.share(
                f"caller{number}.off", off, source=f"Past error of {call.caller}", definition=WAPE
            )
            lines.append(ledger.say(f"{caller}{where} was off by {share} over {n} periods."))
            continue
        parts = []
        for place, (past_call, period, ended) in enumerate(found):
            error = (past_call.commit - ended) / ended
            name = ledger.name(f"caller{number}.period{place}", period.label, source="fiscal calendar")
            text = words.share(error, signed=True)
            share = ledger.value(
                f"caller{number}.error{place}", error, Unit.SHARE, text, source=f"Error of {call.caller} in {period.label}",
                definition="(Call on this day − end) / end", n=0,
            )  # fmt: skip
            parts.append(f"{share} in {name}")
        lines.append(ledger.say(f"{caller}{where}: {words.joined(parts)}; too few calls to call that usual."))
    return lines
