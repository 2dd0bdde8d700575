"""Slide 7: what the next period opens with, how that was built, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from reports import words
from reports.deck import Block, Chart, Lines, Series, Slot, Tile, Tiles
from reports.facts import Dim, Period, Unit
from reports.kinds.page import UNDATED, Body, LeftOut, Page
from reports.kinds.scene import Scene
from reports.kinds.weekly import titles
from reports.view.built import Built, built

# Weeks of building that the line shows before the next period begins.
WEEKS = 13
SOURCES = 6
# What was created in so many days is what is being built now.
RECENT_DAYS = 28
# So few days before the period begins nothing is built any more.
LAST_DAYS = 6


def build(page: Page) -> Body | LeftOut:
    """Return the build of the next period's pipeline against its need; left out when nothing is there."""
    scene, ledger = page.scene, page.ledger
    period = scene.next
    if period.start <= scene.today:
        return LeftOut(f"{scene.view.calendar.short(period)} has begun already")
    if scene.undated:
        return UNDATED
    deals = built(scene.view, period, recent=scene.today - timedelta(days=RECENT_DAYS))
    target = scene.measure("target", period=period).value
    if not deals.n and target is None:
        return LeftOut(f"nothing is open or targeted in {scene.view.calendar.short(period)}")
    need = needed(scene, target)
    title = ledger.say(titles.sentence(_title(page, period, target, need)))
    if deals.undated:
        return Body(title=title, blocks=_unbuilt(page, deals, period, need))
    blocks: list[Block] = [_line(page, deals, period, need)]
    if deals.n:
        blocks += _parts(page, period, slot="side")
    return Body(
        title=title,
        blocks=(*blocks, _so_what(page, deals, need)),
        remarks=(
            (
                f"The line adds up the deals that are open and due in {period.label} by the day they were created, "
                "at today's amount: its end is the open pipeline."
            ),
        ),
    )


def _unbuilt(page: Page, deals: Built, period: Period, need: Decimal | None) -> tuple[Block, ...]:
    """Return the same without how it was built: nobody knows when its deals were created."""
    scene, ledger = page.scene, page.ledger
    coarse = coarse_scale(scene, need)
    opened = scene.measure("open_pipeline", period=period).value or Decimal(0)
    texts = {fact.id: fact.text for fact in ledger.facts}
    tiles = [Tile(label="Open", value=texts["open"], fact="open", tone="accent")]
    if need is not None:
        tiles.append(Tile(label="Needed when it begins", value=texts["need"], fact="need"))
        if coarse.round(opened) < coarse.round(need):
            ledger.money(
                "missing", need - opened, source="Missing pipeline", scale=coarse, definition="Needed − open"
            )
            tiles.append(
                Tile(
                    label="Missing",
                    value=words.money(need - opened, scene.currency, coarse),
                    fact="missing",
                    tone="bad",
                )
            )
    whole = ledger.digits("due", deals.n, source="Deals due in the next period")
    lacking_date = f"none of its {whole} open deals has a"
    if deals.undated < deals.n:
        n = ledger.digits(
            "undated", deals.undated, source="Deals due in the next period without a created date"
        )
        lacking_date = f"of its {whole} open deals {n} {'has' if deals.undated == 1 else 'have'} no"
    text = ledger.say(f"How it was built is not known: {lacking_date} created date.")
    return (
        *([Tiles(id="ahead", tiles=tuple(tiles))] if len(tiles) > 1 else []),
        *_parts(page, period, slot="main"),
        Lines(id="so-what", slot="bottom", lines=(text,), tone="warn"),
    )


def coarse_scale(scene: Scene, need: Decimal | None) -> words.Scale:
    """Return the scale of a period that is still ahead: one decimal where amounts are in millions."""
    scale = words.scale_for((need, scene.measure("open_pipeline", period=scene.next).value))
    return words.TENTHS if scale is words.MILLIONS else scale


def needed(scene: Scene, target: Decimal | None) -> Decimal | None:
    """Return the pipeline a period has to open with, target × required coverage; None where one is missing."""
    required = scene.company.thresholds.required_coverage
    return None if target is None or required is None else target * required


def _title(page: Page, period: Period, target: Decimal | None, need: Decimal | None) -> str:
    scene, ledger = page.scene, page.ledger
    coarse = coarse_scale(scene, need)
    ledger.name("next", scene.view.calendar.short(period), source="fiscal calendar")
    opened = scene.measure("open_pipeline", period=period)
    ledger.measured("open", opened, text=words.money(opened.value, scene.currency, coarse))
    if need is not None:
        ledger.money(
            "need", need, source="Needed pipeline", scale=coarse,
            definition="Target of the next period × required coverage, both set in the company file",
        )  # fmt: skip
        return (
            titles.OPENS_ENOUGH
            if coarse.round(opened.value or Decimal(0)) >= coarse.round(need)
            else titles.OPENS_SHORT
        )
    if target is not None:
        ledger.money("target", target, source="Target", scale=coarse)
        return titles.OPENS_TARGET
    return titles.OPENS


def _line(page: Page, deals: Built, period: Period, need: Decimal | None) -> Chart:
    scene = page.scene
    days = week_ends(scene.today, period.start)
    made = [_cents(deals.value(until=day)) if day <= scene.today else None for day in days]
    series = [Series(name="Open, by day of creation", values=tuple(made), tone="accent", line=True)]
    if need is not None:
        start = made[0] or Decimal(0)
        ramp = [_cents(start + (need - start) * number / (len(days) - 1)) for number in range(len(days))]
        series.append(Series(name="Needed by then", values=tuple(ramp), tone="muted", line=True))
    coarse = coarse_scale(scene, need)
    now = next(value for value in reversed(made) if value is not None)
    short = scene.view.calendar.short(period)
    return Chart(
        id="build",
        slot="main",
        mark="line",
        heading=f"Pipeline due in {short}, cumulative",
        categories=tuple(words.day(day, scene.today) for day in days),
        series=tuple(series),
        number=words.chart_format(scene.currency, coarse),
        alt=f"Line of the pipeline due in {short}, now {words.money(now, scene.currency, coarse)}"
        + (
            f", against {words.money(need, scene.currency, coarse)} needed when it begins."
            if need is not None
            else "."
        ),
    )


def _cents(value: Decimal) -> Decimal:
    """Return an amount for a chart, to the hundredth."""
    return value.quantize(Decimal("0.01"))


def week_ends(today: date, start: date) -> tuple[date, ...]:
    """Return fourteen days, a week apart, with today among them and the last near `start`."""
    ahead = max(min(-(-(start - today).days // 7), WEEKS - 3), 0)
    return tuple(today + timedelta(days=7 * (number - WEEKS + ahead)) for number in range(WEEKS + 1))


def _parts(page: Page, period: Period, *, slot: Slot) -> tuple[Chart, ...]:
    """Return the open pipeline by source, else by region or segment: the first that tells it apart; else none."""
    dims: tuple[Dim, ...] = ("source", "region", "segment")
    return next((chart for dim in dims if (chart := _by(page, period, dim, slot=slot))), ())


def _by(page: Page, period: Period, dim: Dim, *, slot: Slot) -> tuple[Chart, ...]:
    scene = page.scene
    if dim in scene.view.access.hidden:
        return ()
    measured = scene.measure("open_pipeline", dim, period=period)
    rows = [(row.by[0][1] or "not set", row.value or Decimal(0)) for row in measured.rows if row.value]
    rows.sort(key=lambda row: (-row[1], row[0]))
    shown = [(words.line(scene.company.label(name), 24), value) for name, value in rows[:SOURCES]]
    if rest := rows[SOURCES:]:
        shown.append(("other", sum((value for _, value in rest), Decimal(0))))
    if len(shown) < 2:
        return ()
    scale = words.scale_for(value for _, value in shown)
    spoken = ", ".join(f"{name} {words.money(value, scene.currency, scale)}" for name, value in shown)
    return (
        Chart(
            id="sources",
            slot=slot,
            mark="bar",
            heading=f"By {dim}",
            categories=tuple(name for name, _ in shown),
            series=(Series(name="Open pipeline", values=tuple(value for _, value in shown), highlight=(0,)),),
            number=words.chart_format(scene.currency, scale),
            alt=f"Open pipeline due in {scene.view.calendar.short(period)} by {dim}: {spoken}.",
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much a week was added of late, and how much a week it takes; None where nothing more is needed."""

    rate: Decimal
    required: Decimal | None

    @property
    def lacking(self) -> bool:
        """Say whether the pace is not enough."""
        return self.required is not None and self.rate < self.required


def pace_of(scene: Scene, deals: Built, need: Decimal | None) -> Pace:
    """Return the pace at which the next period is built against the pace that it takes."""
    opened = deals.value()
    left = (scene.next.start - scene.today).days
    enough = need is None or need <= opened or left <= LAST_DAYS
    return Pace(
        rate=deals.value(after=scene.today - timedelta(days=RECENT_DAYS)) / 4,
        required=None if enough or need is None else (need - opened) * 7 / left,
    )


def lacking(scene: Scene) -> Decimal | None:
    """Return the pace a week that the next period takes where the present one is not enough; else None."""
    need = needed(scene, scene.measure("target", period=scene.next).value)
    if need is None or scene.next.start <= scene.today or scene.undated:
        return None
    deals = built(scene.view, scene.next, recent=scene.today - timedelta(days=RECENT_DAYS))
    pace = pace_of(scene, deals, need)
    return pace.required if pace.lacking and not deals.undated else None


def _so_what(page: Page, deals: Built, need: Decimal | None) -> Lines:
    scene, ledger = page.scene, page.ledger
    pace = pace_of(scene, deals, need)
    scale = words.together((pace.rate, pace.required))
    ledger.number("weeks", 4, source="weeks in the average")
    rate = ledger.money(
        "pace", pace.rate, source="Pace of building", scale=scale, records=deals.recent, n=deals.recent_n,
        definition="Deals due in the next period created in the last 28 days, per week",
    )  # fmt: skip
    if pace.required is None:
        text = ledger.say(f"Over the last {{{{weeks}}}} weeks {rate} a week was added to it.")
        return Lines(id="so-what", slot="bottom", lines=(text,))
    ask = ledger.money(
        "ask",
        pace.required,
        source="Required pace",
        scale=scale,
        definition="(Needed − open) / weeks until it begins",
    )
    left = (scene.next.start - scene.today).days
    ledger.value("until", left, Unit.DAYS, words.weeks(left), source="days until the next period begins", n=0)
    verb = "is not enough" if pace.lacking else "is enough"
    text = ledger.say(
        f"So what: over the last {{{{weeks}}}} weeks {rate} a week was added; "
        f"it takes {ask} a week for the {{{{until}}}} left. "
        f"That {verb}" + (": decide who creates the rest, and from which source." if pace.lacking else ".")
    )
    return Lines(id="so-what", slot="bottom", lines=(text,), tone="warn" if pace.lacking else "good")
