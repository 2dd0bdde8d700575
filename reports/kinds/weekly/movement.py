"""Slide 2: how the open pipeline moved in a week."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal

from reports import words
from reports.deck import Chart, Lines, Series, Words
from reports.facts import Unit
from reports.kinds import back
from reports.kinds.ledger import Ledger
from reports.kinds.page import UNDATED, Body, LeftOut, Page
from reports.kinds.scene import Scene
from reports.kinds.weekly import exports, titles
from reports.kinds.weekly.win import act_of
from reports.measures import BUCKETS as MEANING
from reports.measures import Bridge, Movement, Step

# What people call the buckets of the bridge, in the order in which they stand.
BUCKETS = {
    "created": "Created",
    "returned": "Came back",
    "reopened": "Reopened",
    "entered_scope": "Came into scope",
    "pulled_in": "Pulled in",
    "pushed_in": "Slipped in",
    "increased": "Increased",
    "won": "Won",
    "pushed_out": "Slipped",
    "pulled_out": "Pulled ahead",
    "decreased": "Decreased",
    "lost": "Lost",
    "left_scope": "Left scope",
    "deleted": "Deleted",
    "closed_undated": "Closed, undated",
}
# What is due before the period is called so by whether none of it has a date any more, or only some has not.
_UNDATED_LABELS = {True: "Lost their date", False: "Ahead or undated"}
# Always drawn, even when nothing happened in them.
ALWAYS = frozenset({"created", "won", "pushed_out", "lost"})
# A few deals explain the slippage when they hold this share of it.
FEW_SHARE = Decimal(2) / Decimal(3)
FEW = 3
# Another bucket is told instead of what slipped where it is so many times as large.
CLEARLY = 2
# A slip rate this close to the usual one is neither more nor less than usual.
POINT = Decimal("0.01")
# The axis is cut when no movement reaches this share of the larger total.
CUT_BELOW = Decimal("0.3")


def build(page: Page) -> Body | LeftOut:
    """Return the waterfall of the week with what it means; left out without an earlier snapshot."""
    scene, ledger = page.scene, page.ledger
    if scene.undated:
        return UNDATED
    found = scene.movement
    if found is None:
        return LeftOut(f"no snapshot a week earlier ({words.day(scene.since_day)}) to compare with")
    if not found.movements:
        return LeftOut(back.plain(scene, f"no pipeline due in {scene.name} moved this week"))
    told = titles.sentence(pipeline_clause(scene, ledger, found), moved_clause(scene, ledger))
    title = ledger.say(back.told(scene, ledger, told))
    return Body(
        title=title,
        blocks=(_waterfall(scene, ledger, found), _so_what(scene, ledger), _action(scene, ledger)),
        remarks=(
            (
                "The bridge compares two snapshots: every deal has at most one way in and one way out; changes of "
                "amount are split out. Opening plus all movements equals closing, exactly."
            ),
            *exports.unseen(scene),
        ),
    )


def pipeline_clause(scene: Scene, ledger: Ledger, found: Bridge) -> str:
    """Bind what the pipeline did and return the clause."""
    ledger.name("period", scene.name, source="fiscal calendar")
    opening, closing = found.opening.value or Decimal(0), found.closing.value or Decimal(0)
    source, definition = f"Bridge of open {scene.name} pipeline", _definition(scene)
    for key, row in (("opening", found.opening), ("closing", found.closing)):
        ledger.money(key, row.value, source=source, definition=definition, records=row.records, n=row.n)
    change = closing - opening
    if scene.scale.round(change) == 0:
        return titles.FLAT
    ledger.money(
        "change",
        abs(change),
        source=source,
        definition=back.plain(scene, "Closing minus opening pipeline of the week"),
    )
    return titles.FELL if change < 0 else titles.ROSE


def largest(scene: Scene) -> Step | None:
    """Return the largest step of the week's bridge where it is clearly larger than what slipped; else None."""
    slipped = scene.step("pushed_out")
    if scene.movement is None or slipped is None:
        return None
    others = [step for step in scene.movement.steps if step.bucket != "pushed_out"]
    most = max(others, key=lambda step: abs(step.value))
    return most if most.value and abs(most.value) >= CLEARLY * abs(slipped.value) else None


def moved_clause(scene: Scene, ledger: Ledger) -> str:
    """Bind what moved most, or what slipped where nothing is clearly larger, and return the clause."""
    step = largest(scene)
    if step is None:
        return slip_clause(scene, ledger)
    source = label_of(scene, step.bucket)
    ledger.money(
        "moved", abs(step.value), source=source, definition=meaning_of(scene, step.bucket), records=step.records, n=step.n
    )  # fmt: skip
    ledger.number("many", step.n, source=source, records=step.records)
    ledger.name("deals", words.plural(step.n, "deal"), source="wording")
    return moved_as(scene, step.bucket)


def label_of(scene: Scene, bucket: str) -> str:
    """Return what people call a bucket of the scene's bridge."""
    return _told(scene, bucket, BUCKETS, exports.LABELS, _UNDATED_LABELS)


def meaning_of(scene: Scene, bucket: str) -> str:
    """Return what a bucket of the scene's bridge means."""
    return _told(scene, bucket, MEANING, exports.MEANING, {})


def moved_as(scene: Scene, bucket: str) -> str:
    """Return the clause that tells of a bucket of the scene's bridge."""
    return _told(scene, bucket, titles.MOVED, exports.MOVED, titles.LOST_DATE)


def _told(
    scene: Scene,
    bucket: str,
    usual: Mapping[str, str],
    exported: Mapping[str, str],
    undated: Mapping[bool, str],
) -> str:
    """Return the words for a bucket: what left the period without a date is called otherwise than what moved ahead of it."""
    if bucket == "pulled_out" and undated:
        dates = [move.new_close for move in scene.moved(bucket)]
        if None in dates:
            return undated[not any(dates)]
    return exported.get(bucket, usual[bucket]) if scene.view.snapshots else usual[bucket]


def slip_clause(scene: Scene, ledger: Ledger) -> str:
    """Bind what slipped, and the few deals that hold most of it, and return the clause."""
    slipped, step = scene.moved("pushed_out"), scene.step("pushed_out")
    if not slipped or step is None:
        return titles.NO_SLIP
    total = -step.value
    source, definition = (
        "Slipped",
        back.plain(scene, "Open deals due in the period a week ago whose close date is now after its end"),
    )
    ids = [move.deal_id for move in slipped]
    ledger.money("slipped", total, source=source, definition=definition, records=ids, n=step.n)
    few = few_of(slipped, total)
    if step.n == 1 or few is None:
        ledger.number("few", step.n, source=source, records=ids)
        ledger.name("deals", words.plural(step.n, "deal"), source="wording")
        if step.n > 1:
            return titles.SLIP
        ledger.name("slipped_deal", _title_name(scene, slipped[0]), source="deal name")
        return titles.SLIP_ONE
    part = -sum((move.value for move in few), Decimal(0))
    ledger.value(
        "part", part / total, Unit.SHARE, words.share_word(part / total), source=source,
        definition="Share of the slipped value", records=[move.deal_id for move in few],
    )  # fmt: skip
    ledger.number("few", len(few), source=source, records=[move.deal_id for move in few])
    ledger.name("deals", words.plural(len(few), "deal"), source="wording")
    places = {deal.region for deal in scene.deals(move.deal_id for move in few).values()}
    place = places.pop() if len(places) == 1 else None
    if place is None or len(scene.values("region")) == 1:
        return titles.SLIP_IN_FEW
    ledger.name("where", scene.company.label(place), source="region of the deals")
    return titles.SLIP_IN_PLACE


def few_of(slipped: tuple[Movement, ...], total: Decimal) -> tuple[Movement, ...] | None:
    """Return the fewest largest movements that hold two thirds of the total; None when that takes many."""
    held = Decimal(0)
    for number, move in enumerate(slipped[:FEW], start=1):
        held -= move.value
        if total and held / total >= FEW_SHARE:
            return slipped[:number] if number < len(slipped) else None
    return None


def steps(scene: Scene, found: Bridge) -> tuple[tuple[str, Decimal], ...]:
    """Return the movements of a bridge as (label, signed value), in display order, without empty buckets."""
    values = {step.bucket: step.value for step in found.steps}
    return tuple(
        (label_of(scene, bucket), values.get(bucket, Decimal(0)))
        for bucket in BUCKETS
        if values.get(bucket) or bucket in ALWAYS
    )


def cut(levels: list[Decimal], largest_move: Decimal) -> Decimal | None:
    """Return where the value axis of a bridge begins when it has to be cut; None when it begins at zero.

    Between large totals small movements would be slivers: then the axis starts at a round number below them.
    """
    low, high = min(levels), max(levels)
    if low <= 0 or largest_move >= high * CUT_BELOW or high == low:
        return None
    step = Decimal(10) ** ((high - low).adjusted()) / 2
    start = ((low - (high - low) / 2) / step).to_integral_value(rounding=ROUND_FLOOR) * step
    return start if start > high * CUT_BELOW else None


def _waterfall(scene: Scene, ledger: Ledger, found: Bridge) -> Chart:
    moved = steps(scene, found)
    opening, closing = found.opening.value or Decimal(0), found.closing.value or Decimal(0)
    names = (words.dated(scene.since_day), *(label for label, _ in moved), words.dated(scene.today))
    values = (opening, *(value for _, value in moved), closing)
    levels = [opening]
    for _, value in moved:
        levels.append(levels[-1] + value)
    records = {step.bucket: step for step in found.steps}
    for bucket in BUCKETS:
        label = label_of(scene, bucket)
        if (step := records.get(bucket)) and step.n:
            ledger.money(
                f"bridge.{bucket}", step.value, source=f"Bridge: {label.lower()}", n=step.n,
                definition=meaning_of(scene, bucket), records=step.records,
            )  # fmt: skip
    spoken = ", ".join(
        f"{name} {words.money(value, scene.currency, scene.scale)}"
        for name, value in zip(names, values, strict=True)
    )
    footing = "" if words.foots(values[:-1], closing, scene.scale) else ", rounded"
    return Chart(
        id="bridge",
        slot="main",
        mark="waterfall",
        heading=f"Open pipeline due in {scene.name}{footing}",
        categories=names,
        series=(Series(name="Open pipeline", values=values, highlight=_told_index(scene, names)),),
        totals=(0, len(values) - 1),
        number=words.chart_format(scene.currency, scene.scale),
        axis_from=cut(levels, max((abs(value) for _, value in moved), default=Decimal(0))),
        alt=back.plain(scene, f"Waterfall of the open {scene.name} pipeline in a week: {spoken}."),
    )


def _told_index(scene: Scene, names: tuple[str, ...]) -> tuple[int, ...]:
    """Return the place of the bar that the title tells of."""
    step = largest(scene)
    label = label_of(scene, step.bucket if step else "pushed_out")
    return tuple(number for number, name in enumerate(names) if name == label)


def _so_what(scene: Scene, ledger: Ledger) -> Lines:
    step = largest(scene)
    lines = [ledger.say(f"Largest movement: {moved_as(scene, step.bucket)}.")] if step else []
    rate = scene.slippage
    if rate is not None:
        ledger.value(
            "rate", rate, Unit.SHARE, words.share(rate, 1), source=back.plain(scene, "Slip rate of the week"),
            definition=back.plain(scene, "Value that slipped out of the period / its open pipeline a week ago"),
            records=[move.deal_id for move in scene.moved("pushed_out")],
        )  # fmt: skip
        usual = scene.usual_slippage
        if usual is None:
            lines.append(
                ledger.say(
                    "Slippage is {{rate}} of the pipeline; there is no history to call that much or little."
                )
            )
        else:
            ledger.value(
                "usual", usual, Unit.SHARE, words.share(usual, 1), source="Usual slip rate",
                definition="Mean of the weekly slip rates of the four weeks before this one", n=4,
            )  # fmt: skip
            ledger.number("weeks", 4, source="weeks in the average")
            lines.append(ledger.say(back.told(scene, ledger, _held_against(rate, usual))))
    lines += [
        _slipped_line(scene, ledger, number, move)
        for number, move in enumerate(scene.moved("pushed_out")[: 1 if step else 2])
    ]
    lines += _good_lines(scene, ledger, told=step.bucket if step else "")
    return Lines(id="so-what", slot="side", heading="What moved it", lines=tuple(lines), tone="neutral")


def _held_against(rate: Decimal, usual: Decimal) -> str:
    """Return the sentence that holds the week's slip rate against the usual one."""
    if not rate:
        never = "nor in the {{weeks}} weeks before"
        return f"Nothing slipped this week, {never if not usual else 'against a {{weeks}}-week average of {{usual}}'}."
    if not usual:
        return "Slippage is {{rate}} of the pipeline; in the {{weeks}} weeks before nothing slipped."
    far = "more than" if rate > usual else "less than"
    held = far if abs(rate - usual) >= POINT else "about as"
    return f"Slippage is {{{{rate}}}} of the pipeline, against a {{{{weeks}}}}-week average of {{{{usual}}}}: {held} usual."


def _slipped_line(scene: Scene, ledger: Ledger, number: int, move: Movement) -> Words:
    deal = ledger.name(f"slip{number}.deal", _title_name(scene, move), source="deal name")
    amount = ledger.deal_money(f"slip{number}.amount", -move.value, move.deal_id)
    if move.old_close is None or move.new_close is None:
        return ledger.say(f"{deal} {amount} slipped.")
    old = ledger.day(f"slip{number}.old", move.old_close, source=back.plain(scene, "close date a week ago"))
    new = ledger.day(f"slip{number}.new", move.new_close, source="close date now")
    return ledger.say(f"{deal} {amount} slipped from {old} to {new}.")


def _good_lines(scene: Scene, ledger: Ledger, *, told: str) -> list[Words]:
    """Return what was won, created and pulled in, at most two lines, without the bucket already told."""
    lines = []
    for bucket, verb in (("won", "were won"), ("created", "were created"), ("pulled_in", "were pulled in")):
        step = scene.step(bucket)
        if step is None or not step.n or bucket == told:
            continue
        value, ids = abs(step.value), step.records
        amount = ledger.money(f"{bucket}.value", value, source=BUCKETS[bucket], records=ids, n=step.n)
        n = ledger.number(f"{bucket}.n", step.n, source=BUCKETS[bucket], records=ids)
        noun = words.plural(step.n, "deal")
        lines.append(
            ledger.say(f"{n} {noun} worth {amount} {verb if step.n > 1 else verb.replace('were', 'was')}.")
        )
    return lines[:2]


def _action(scene: Scene, ledger: Ledger) -> Lines:
    save = next((move for move in scene.moves if move.kind == "save"), None)
    if save is None:
        text = (
            ledger.say("Every deal that slipped needs a new date that its buyer has confirmed.")
            if scene.moved("pushed_out")
            else ledger.say("Nothing to win back: keep the dates that buyers have confirmed.")
        )
    else:
        act_of(ledger, "save", save, scene)
        by = ledger.day("save.by", save.by, source="finding", weekday=(save.by - scene.today).days < 7)
        amount = ledger.money(
            "save.value", save.value, source="Move: save", records=save.deal_ids, alone=True
        )
        text = ledger.say(
            f"So what: {{{{save.name}}}} ({amount}) slipped but is not dead. {{{{save.act}}}} by {by}."
        )
    return Lines(id="action", slot="bottom", lines=(text,), tone="accent")


def _title_name(scene: Scene, move: Movement) -> str:
    deal = scene.deals((move.deal_id,)).get(move.deal_id)
    return (deal.account or deal.name) if deal else move.deal_id


def _definition(scene: Scene) -> str:
    since = words.instant(scene.since, scene.company.zone)
    return f"Open deals due in {scene.period.label} at {since} and now, compared deal by deal at plan rates"
