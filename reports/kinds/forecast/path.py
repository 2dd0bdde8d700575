"""Slide 2: the path to target: won, commit, the gap, and how much of best case it takes; beside it other readings."""

from __future__ import annotations

from decimal import Decimal

from connectors.records import ForecastClass
from reports import words
from reports.deck import Cell, Chart, Column, Lines, Series, Table, TableRow, Words
from reports.facts import Period, Tone, Unit
from reports.findings.odds import THIN
from reports.kinds.forecast import calls as kept
from reports.kinds.forecast import titles
from reports.kinds.forecast.calls import Called, of_scope
from reports.kinds.forecast.record import ENOUGH, Record, record
from reports.kinds.ledger import Ledger
from reports.kinds.page import Body, LeftOut, Page, short_name
from reports.kinds.scene import Scene
from reports.kinds.weekly import standing as stand

# The steps of the path, as they are called.
WON, COMMIT, CALLED, BEST, NOT_CALLED, TARGET, PAST = (
    "Won", "Commit, open", "Won + commit", "Best case needed", "Not called yet", "Target", "Past target",
)  # fmt: skip
NAIVE = "What the last period that is over ended with, taken as the forecast"
REACH = (
    "Won + commit now × what past periods ended with / what they stood at on the same day: lowest and highest"
)


def build(page: Page) -> Body | LeftOut:
    """Return the path to target; left out when the period is over or there is nothing to go from or to."""
    scene, ledger = page.scene, page.ledger
    if scene.is_over:
        return LeftOut(f"{scene.name} is over: nothing is left to win in it")
    found, amounts = kept.calls(scene, page.context), path(scene)
    if not any(value for _, value, _ in amounts):
        return LeftOut(f"nothing is targeted, won or called in {scene.name}")
    if scene.gap is None and not any(scene.scale.round(value) for _, value, total in amounts if not total):
        return LeftOut(f"no target is set for {scene.name}, and nothing open is called commit or best case")
    past = record(scene)
    title = ledger.say(titles.sentence(_title(scene, ledger)))
    return Body(
        title=title,
        blocks=(
            _waterfall(scene, ledger, amounts),
            _readings(scene, ledger, past, of_scope(scene, found)),
            _so_what(scene, ledger, past),
        ),
        remarks=(
            (
                "The naive forecast says: as much as last time. Lowest and highest past ending apply what past periods "
                "made of won + commit by their end to what stands now; they are no probability."
            ),
            *scene.sampled,
        ),
    )


def path(scene: Scene) -> tuple[tuple[str, Decimal, bool], ...]:
    """Return the steps as (name, signed value, whether it is a total); they foot by construction."""
    won, commit = _amount(scene, "bookings"), _amount(scene, "commit")
    best, target = _amount(scene, "won_plus_best_case") - won - commit, scene.amount("target")
    steps = [(WON, won, True), (COMMIT, commit, False)]
    if target is None:
        return (*steps, ("Best case, open", best, False), ("With best case", won + commit + best, True))
    gap = target - won - commit
    steps.append((CALLED, won + commit, True))
    if gap <= 0:
        return (*steps, *(((PAST, gap, False),) if gap else ()), (TARGET, target, True))
    needed = min(gap, best)
    steps += [(BEST, needed, False)] if needed else []
    steps += [(NOT_CALLED, gap - needed, False)] if gap > needed else []
    return (*steps, (TARGET, target, True))


def way(scene: Scene) -> str:
    """Return what the path is called: it leads to the target, or to best case where no target is set."""
    return f"The way of {scene.name} to {'target' if scene.gap is not None else 'best case'}"


def _amount(scene: Scene, name: str) -> Decimal:
    return scene.amount(name) or Decimal(0)


def _title(scene: Scene, ledger: Ledger) -> str:
    side, placed = stand.bind(scene, ledger).side, scene.place is not None
    best = _bind_best(scene, ledger)
    ledger.measured("at_best", scene.measure("won_plus_best_case"))
    gap = scene.gap or Decimal(0)
    if side == "no_target":
        return titles.ADDS_UP[placed]
    if side == "ahead":
        return titles.ENOUGH[placed]
    if side == "even":
        return titles.JUST[placed]
    if not best:
        return titles.NO_BEST[placed]
    if gap > best:
        ledger.money(
            "missing", gap - best, source="Gap beyond best case", definition="Gap minus open best case"
        )
        return titles.NOT_ENOUGH[placed] if scene.scale.round(gap - best) else titles.NEEDS[placed]
    return titles.NEEDS[placed]


def _bind_best(scene: Scene, ledger: Ledger) -> Decimal:
    """Bind the open best case and what part of it the gap is, and return it."""
    best = _amount(scene, "won_plus_best_case") - _amount(scene, "won_plus_commit")
    rows = [scene.measure(name).rows[0] for name in ("best_case", "most_likely")]
    ledger.money(
        "best", best, source="Best case, open", n=sum(row.n for row in rows),
        definition="Open deals called best case or most likely whose close date lies in the period",
        records=[record for row in rows for record in row.records],
    )  # fmt: skip
    gap = scene.gap
    if gap is not None and best > 0:
        part = min(max(gap, Decimal(0)) / best, Decimal(1))
        ledger.value(
            "part", part, Unit.SHARE, words.share_word(part), source="Best case needed", n=0,
            definition="Gap / open best case",
        )  # fmt: skip
    return best


def _waterfall(scene: Scene, ledger: Ledger, amounts: tuple[tuple[str, Decimal, bool], ...]) -> Chart:
    ledger.measured("path.won", scene.measure("bookings"))
    ledger.measured("path.commit", scene.measure("commit"))
    spoken = ", ".join(
        f"{name} {words.money(value, scene.currency, scene.scale)}" for name, value, _ in amounts
    )
    return Chart(
        id="path",
        slot="main",
        mark="waterfall",
        heading=f"{way(scene)}{_rounded(scene, amounts)}",
        categories=tuple(name for name, _, _ in amounts),
        series=(
            Series(
                name="Path to target",
                values=tuple(value for _, value, _ in amounts),
                highlight=tuple(
                    place for place, (name, _, _) in enumerate(amounts) if name in {BEST, NOT_CALLED}
                ),
            ),
        ),
        totals=tuple(place for place, (_, _, total) in enumerate(amounts) if total),
        number=words.chart_format(scene.currency, scene.scale),
        alt=f"Waterfall of the path to target: {spoken}.",
    )


def _rounded(scene: Scene, amounts: tuple[tuple[str, Decimal, bool], ...]) -> str:
    """Return the word that says so where the displayed steps do not come to a displayed total."""
    shown = Decimal(0)
    for place, (_, value, total) in enumerate(amounts):
        written = scene.scale.round(value)
        if total and place and shown != written:
            return ", rounded"
        shown = written if total else shown + written
    return ""


def _readings(scene: Scene, ledger: Ledger, past: Record, call: Called | None) -> Table:
    """Return what else the period may end with: what is called, the naive forecast, the past's own errors."""
    called = _amount(scene, "won_plus_commit")
    rows = [("Roll-up (won + commit)", called, "")]
    if call is not None:
        kept.bind(scene, ledger, "call", call)
        rows.append((f"Called by {short_name(call.caller)}", call.commit, ""))
    if past.naive is not None:
        period, value = past.naive
        ledger.money("naive", value, source="Naive forecast", definition=NAIVE, n=0)
        rows.append((f"As {named(scene, period)} (naive)", value, ""))
    # Before a period begins next to nothing of it is called, and what the past made of that is no range.
    reach = None if scene.is_ahead else past.reach(called)
    if reach is not None:
        for key, name, value in (("low", "Lowest", reach[0]), ("high", "Highest", reach[1])):
            ledger.money(f"reach.{key}", value, source="Range of own past errors", definition=REACH, n=0)
            rows.append((f"{name} ending from here", value, f"of {_quarters(len(past.pasts))}"))
    target = scene.amount("target")
    columns = [Column(heading="Reading", weight=1.7), Column(heading="Ends with", align="right")]
    if target is not None:
        columns.append(Column(heading="To target", align="right"))
    return Table(
        id="readings",
        slot="side",
        heading=f"What {scene.name} may end with",
        columns=tuple(columns),
        rows=tuple(
            TableRow(cells=tuple(_reading(scene, name, value, note, target))) for name, value, note in rows
        ),
        more="" if reach is not None else _too_few(scene, past),
        alt="What the period may end with: "
        + ", ".join(f"{name} {words.money(value, scene.currency, scene.scale)}" for name, value, _ in rows)
        + ".",
    )


def _reading(scene: Scene, name: str, value: Decimal, note: str, target: Decimal | None) -> list[Cell]:
    text = words.money(value, scene.currency, scene.scale)
    cells = [
        Cell(text=words.line(name, 40), note=note),
        Cell(text=text, value=value, unit=Unit.MONEY, bold=True),
    ]
    if target is not None:
        apart = value - target
        shown = words.money(apart, scene.currency, scene.scale, signed=True)
        tone: Tone = "bad" if scene.scale.round(apart) < 0 else "good"
        cells.append(Cell(text=shown, value=apart, unit=Unit.MONEY, tone=tone))
    return cells


def _too_few(scene: Scene, past: Record) -> str:
    """Return why there is no range of past errors."""
    if not _amount(scene, "won_plus_commit"):
        return ""
    if scene.is_ahead:
        return f"No range of past errors: {scene.name} has not begun."
    return f"No range of past errors: {'only ' if past.pasts else ''}{_quarters(len(past.pasts))} of history."


def _quarters(number: int) -> str:
    return "no period" if not number else f"{words.number_word(number)} {words.plural(number, 'period')}"


def named(scene: Scene, period: Period) -> str:
    """Return a past period as people say it: with its year where it is another one."""
    calendar = scene.view.calendar
    same = calendar.year(scene.today).label == calendar.year(period.start).label
    return calendar.short(period) if same else period.label


def _so_what(scene: Scene, ledger: Ledger, past: Record) -> Lines:
    gap, best = scene.gap, _amount(scene, "won_plus_best_case") - _amount(scene, "won_plus_commit")
    lines: list[Words] = []
    if gap is not None and scene.scale.round(gap) > 0 and best > 0:
        lines.append(_usual(scene, ledger))
    if gap is not None and scene.scale.round(gap) > scene.scale.round(best):
        lines.append(
            ledger.say(
                "So what: calling deals higher will not do; it takes deals that are not called yet, pulled in or created."
            )
        )
    elif gap is not None and scene.scale.round(gap) > 0:
        lines.append(
            ledger.say(
                "So what: decide which best-case deals bring the {{gap}}, and who says by when it is commit."
            )
        )
    elif gap is not None:
        lines.append(
            ledger.say("So what: the target stands on commit; hold its dates before chasing best case.")
        )
    else:
        lines.append(
            ledger.say("No target is set for this scope: there is no gap to close, only what may be won.")
        )
    if (bias := _bias(scene, ledger, past)) is not None:
        lines.append(bias)
    return Lines(id="so-what", slot="bottom", lines=tuple(lines), tone="accent")


def _usual(scene: Scene, ledger: Ledger) -> Words:
    """Return how much of best case it takes, held against how often such deals were won by their quarter's end."""
    said = "It takes {{part}} of the open best case"
    if len(scene.view.calendar.quarters(scene.period)) != 1:
        return ledger.say(f"{said}.")
    odds = scene.judged.odds
    rate = odds.called(str(ForecastClass.BEST_CASE), None)
    if rate.n < THIN or odds.quarters < ENOUGH:
        return ledger.say(f"{said}.")
    ledger.value(
        "usual", rate.share, Unit.SHARE, words.share(rate.share), source="Best case won by the quarter's end", n=rate.n,
        definition=f"Won / all deals called best case on the same day of {odds.reach}, by number, all regions that may be seen",
    )  # fmt: skip
    ledger.digits("usual.quarters", odds.quarters, source="Quarters measured")
    ledger.digits("usual.n", rate.n, source="Deals measured")
    day = "on this day before" if scene.is_ahead else "on this day of"
    return ledger.say(
        f"{said}; {day} the last {{{{usual.quarters}}}} quarters {{{{usual}}}} of the deals called so{_peers(scene)} were won by "
        "their quarter's end (n = {{usual.n}}, by number)."
    )


def _peers(scene: Scene) -> str:
    """Return whose deals a usual share is measured on, where that is more than the scope; empty where it is the scope."""
    view = scene.view
    if not view.filters:
        return ""
    return ", in all that may be seen," if view.access.partial else ", in all regions,"


def _bias(scene: Scene, ledger: Ledger, past: Record) -> Words | None:
    """Return on which side won and commit fell on this day of past periods; None for too few."""
    told = past.told
    if len(told) < ENOUGH:
        return None
    above = sum(1 for one in told if one.ended > one.called)
    ledger.digits("above", above, source="Periods that ended above won + commit on this day")
    ledger.digits("periods", len(told), source="Periods measured")
    noun = words.plural(len(told), "period")
    early = " before it began" if scene.is_ahead else ""
    who = "Each" if above == len(told) else "{{above}}" if above else "None"
    return ledger.say(
        f"{who} of the last {{{{periods}}}} {noun} ended above what won and commit stood at on this day{early}."
    )
