"""Slide 1: where the period stands, what changed in a week, what to decide today."""

from __future__ import annotations

from decimal import Decimal

from reports import words
from reports.context import Published
from reports.deck import Decision, Lines, Tile, Tiles, Words
from reports.facts import Tone, Unit
from reports.kinds.ledger import Ledger
from reports.kinds.page import UNDATED, Body, Page
from reports.kinds.scene import USUAL_WEEKS, Scene
from reports.kinds.weekly import rollover
from reports.kinds.weekly.changes import breath, cause, changes
from reports.kinds.weekly.decisions import decisions
from reports.kinds.weekly.rollover import Rolled
from reports.kinds.weekly.since import compared, heading, last
from reports.kinds.weekly.standing import bind, told
from reports.kinds.weekly.win import protect
from reports.measures import measure

USUAL = "Mean of the pipeline created in each of the four weeks before this one"
UNRATED = "without deals that have no plan rate"
UNCHANGED = "unchanged week on week"
NO_SNAPSHOT = "no snapshot a week earlier"


def build(page: Page) -> Body:
    """Return the summary: title, five tiles, changes, decisions, and the way out in one breath."""
    scene, ledger = page.scene, page.ledger
    if (found := rollover.rolled(scene)) is not None:
        return _opening(page, found)
    title = ledger.say(told(scene, bind(scene, ledger)).title)
    # A slide in a scope of its own was not what was published before.
    read = last(scene, page.context) if scene.view.filters == page.spec.filters else None
    back = compared(scene, read)
    then = read if back is not scene else None
    tiles = Tiles(
        id="tiles",
        tiles=(
            _called(scene, ledger, then),
            _attained(scene, ledger, then),
            _open(scene, ledger, then),
            _covered(scene, ledger),
            _created(scene, ledger),
        ),
    )
    changed = changes(back, ledger)
    choices = decisions(scene, ledger, owners=True)
    left = Lines(
        id="changes",
        slot="left",
        heading=heading(back, read),
        lines=changed or (_nothing_changed(back, ledger),),
        numbered="1" if changed else "",
    )
    right = _decided(choices, ledger)
    return Body(
        title=title,
        blocks=(tiles, left, right, *_so_what(scene, ledger)),
        remarks=scene.remarks("open_pipeline", "target"),
    )


def _opening(page: Page, found: Rolled) -> Body:
    """Return the summary of a quarter's first days: how the last one closed, and what this one opens with."""
    scene, ledger = page.scene, page.ledger
    title = ledger.say(rollover.templates(found, ledger).title)
    figures = (
        *rollover.tiles(found, ledger),
        _open(scene, ledger, None),
        _covered(scene, ledger),
        _created(scene, ledger),
    )
    choices = decisions(scene, ledger, owners=True)
    closed = rollover.lines(found, ledger)
    return Body(
        title=title,
        blocks=(
            Tiles(id="tiles", tiles=figures),
            Lines(
                id="changes",
                slot="left",
                heading=rollover.heading(found),
                lines=closed,
                numbered="1" if len(closed) > 1 else "",
            ),
            _decided(choices, ledger),
            rollover.opening(found, ledger),
        ),
        remarks=(
            (
                "Called: won and open commit of the quarter before, on the day that is named. Slipped over: commit then, "
                "and still open or won after the quarter. Won beyond the call: neither won nor commit then."
            ),
            *scene.remarks("open_pipeline", "target"),
        ),
    )


def _decided(choices: tuple[Decision, ...], ledger: Ledger) -> Lines:
    return Lines(
        id="decisions",
        slot="right",
        heading="Decide today",
        lines=tuple(choice.words for choice in choices) or (ledger.say("Nothing has to be decided today."),),
        numbered="A" if choices else "",
        tone="accent" if choices else "neutral",
    )


def _nothing_changed(scene: Scene, ledger: Ledger) -> Words:
    if scene.movement is None:
        return ledger.say("There is no snapshot a week earlier to compare with.")
    return ledger.say("Nothing moved in the pipeline of this period.")


def _change(scene: Scene, name: str, then: Published | None) -> Decimal | None:
    """Return what a measure changed by in the week; or since the report read last, where that is told instead."""
    if then is None:
        return scene.change(name)
    gave = then.pipeline if name == "open_pipeline" else then.won + then.commit
    return (scene.amount(name) or Decimal(0)) - gave


def _called(scene: Scene, ledger: Ledger, then: Published | None) -> Tile:
    name = "bookings" if scene.is_over or scene.undated else "won_plus_commit"
    ledger.measured("called", scene.measure(name))
    change = _change(scene, name, then)
    return Tile(
        label="Won" if name == "bookings" else "Won + commit",
        value=words.money(scene.amount(name), scene.currency, scene.scale),
        detail=UNRATED
        if scene.unrated(name)
        else _weekly(
            ledger,
            "called_change",
            change,
            Unit.MONEY,
            words.money(change, scene.currency, scene.scale, signed=True),
            since=_since(scene, then),
        ),
        tone=_tone(change),
        fact="called",
    )


def _attained(scene: Scene, ledger: Ledger, then: Published | None) -> Tile:
    target = scene.amount("target")
    if not target:
        return Tile(label="Of target", value=words.NOTHING, detail="no target for this scope")
    name = "bookings" if scene.is_over or scene.undated else "won_plus_commit"
    part = (scene.amount(name) or Decimal(0)) / target
    change = _change(scene, name, then)
    moved = None if change is None else change / target
    goal = words.money(target, scene.currency, scene.scale)
    source = "Won + commit against target" if name != "bookings" else "Attainment"
    ledger.share("of_target", part, source=source, definition="(Won + commit, open) / target")
    return Tile(
        label=f"Of target {goal}",
        value=words.share(part),
        detail=_weekly(
            ledger, "of_target_change", moved, Unit.SHARE, words.points(moved), since=_since(scene, then)
        ),
        tone="good" if part >= 1 else "warn",
        fact="of_target",
    )


def _open(scene: Scene, ledger: Ledger, then: Published | None) -> Tile:
    if scene.undated:
        return Tile(label=f"Open pipeline, due in {scene.name}", value=words.NOTHING, detail=UNDATED.reason)
    ledger.measured("open", scene.measure("open_pipeline"))
    change = _change(scene, "open_pipeline", then)
    return Tile(
        label=f"Open pipeline, due in {scene.name}",
        value=words.money(scene.amount("open_pipeline"), scene.currency, scene.scale),
        detail=UNRATED
        if scene.unrated("open_pipeline")
        else _weekly(
            ledger,
            "open_change",
            change,
            Unit.MONEY,
            words.money(change, scene.currency, scene.scale, signed=True),
            since=_since(scene, then),
        ),
        tone="neutral",
        fact="open",
    )


def _covered(scene: Scene, ledger: Ledger) -> Tile:
    label, need = "Coverage of what is left", scene.company.thresholds.required_coverage
    covered = scene.amount("coverage")
    if scene.undated:
        return Tile(label=label, value=words.NOTHING, detail=UNDATED.reason)
    if covered is None:
        met = scene.amount("target") is not None
        return Tile(
            label=label,
            value="target met" if met else words.NOTHING,
            detail="" if met else "no target for this scope",
        )
    ledger.measured("coverage", scene.measure("coverage"), text=words.ratio(covered))
    change = scene.change("coverage")
    if need is not None:
        text = words.ratio(need, short=True)
        ledger.value(
            "need",
            need,
            Unit.RATIO,
            text,
            source="Required coverage",
            n=0,
            definition="A setting of the company file",
        )
        label = f"Coverage (needs {text})"
    tone: Tone = "neutral" if need is None else "good" if covered >= need else "warn"
    return Tile(
        label=label,
        value=words.ratio(covered),
        detail=_weekly(
            ledger,
            "coverage_change",
            change,
            Unit.RATIO,
            words.ratio(change, signed=True),
            since=_since(scene, None),
        ),
        tone=tone,
        fact="coverage",
    )


def _created(scene: Scene, ledger: Ledger) -> Tile:
    measured = scene.measure("pipeline_created", period=scene.week)
    usual = _usual_created(scene)
    scale = words.scale_for((measured.value, usual))
    label = "Created, any close date"
    if measured.value is None and not scene.view.session.dated:
        return Tile(label=label, value=words.NOTHING, detail="no created dates in the records")
    ledger.measured(
        "created_week", measured, text=words.money(measured.value or Decimal(0), scene.currency, scale)
    )
    detail = ""
    if usual is not None:
        ledger.money(
            "created_usual", usual, source="Usual week of pipeline created", scale=scale, definition=USUAL
        )
        detail = f"{USUAL_WEEKS}-week average {words.money(usual, scene.currency, scale)}"
    made = measured.value or Decimal(0)
    return Tile(
        label=label,
        value=words.money(made, scene.currency, scale),
        detail=detail,
        tone="neutral" if usual is None or made == usual else "good" if made >= usual else "warn",
        fact="created_week",
    )


def _usual_created(scene: Scene) -> Decimal | None:
    """Return the mean created in the four weeks before; None when history is shorter, or tells no amounts of them."""
    week, made = scene.week, []
    for _ in range(USUAL_WEEKS):
        week = scene.view.calendar.previous(week)
        row = measure(scene.view, "pipeline_created", period=week).rows[0]
        if row.value is None and not row.n:
            return None
        made.append(row.value or Decimal(0))
    valued = scene.view.session.known_from().get("amount")
    if valued is not None and scene.view.calendar.start_of(week.start) < valued:
        return None
    return sum(made, Decimal(0)) / len(made)


def _so_what(scene: Scene, ledger: Ledger) -> tuple[Lines, ...]:
    why, way, kept = cause(scene, ledger), breath(scene, ledger), protect(scene, ledger)
    lines = tuple(line for line in (why, way, kept) if line is not None)
    if not lines:
        return ()
    heading = "The way out" if way is not None else "The cause" if why is not None else "Worth protecting"
    return (
        Lines(id="so-what", slot="bottom", heading=heading, lines=lines, tone="good" if way else "neutral"),
    )


def _since(scene: Scene, then: Published | None) -> str:
    """Return since when a tile's change is told where that is not a week ago, `since 19 Nov`; else empty."""
    if then is None:
        return "" if scene.of_week else f"since {words.day(scene.since_day, scene.today)}"
    return f"since {words.day(scene.view.calendar.day(then.at), scene.today)}"


def _weekly(
    ledger: Ledger, key: str, change: Decimal | None, unit: Unit, text: str, *, since: str = ""
) -> str:
    """Bind what a figure changed by in a week (or `since` then), and return it as the tile's second line."""
    if change is None:
        return NO_SNAPSHOT
    if change == 0:
        return f"unchanged {since}" if since else UNCHANGED
    ledger.value(
        key,
        change,
        unit,
        text,
        source=f"Change {since}" if since else "Change in a week",
        definition="Now minus what the report or snapshot of then gave"
        if since
        else "Now minus the same time a week before",
        n=0,
    )
    return f"{text} {since or 'week on week'}"


def _tone(change: Decimal | None) -> Tone:
    if change is None or change == 0:
        return "neutral"
    return "good" if change > 0 else "bad"
