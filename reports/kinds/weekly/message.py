"""The message and the phone card: the report for half of the Mondays."""

from __future__ import annotations

from decimal import Decimal

from reports import words
from reports.context import Context, Published
from reports.deck import Card, CardMove, CardStep, Decision, Message
from reports.kinds import back
from reports.kinds.scene import Scene
from reports.kinds.weekly import rollover, rollover_bars, titles
from reports.kinds.weekly.changes import changes
from reports.kinds.weekly.decisions import decisions
from reports.kinds.weekly.movement import steps
from reports.kinds.weekly.rollover import Rolled
from reports.kinds.weekly.since import compared, heading, last, since_then
from reports.kinds.weekly.standing import bind, told
from reports.kinds.weekly.taken import followed
from reports.kinds.weekly.win import KIND_WORDS, bind_moves, label_of, soon, weighted_of

NOTIFICATION = 120
# Movements of the bridge that a phone can show beside its two totals.
CARD_STEPS = 6
NO_MOVE = "No move found that could land in time"


def message(scene: Scene, context: Context) -> Message:
    """Return the message of the report's scope: headline, changes, decisions, one grey line."""
    ledger = scene.ledger()
    found = rollover.rolled(scene)
    templates = rollover.templates(found, ledger) if found else told(scene, bind(scene, ledger))
    read = last(scene, context)
    then = compared(scene, read)
    changed = rollover.lines(found, ledger) if found else changes(then, ledger)
    choices = decisions(scene, ledger, owners=False)
    since = "" if found else since_then(scene, read, ledger)
    lead = " ".join(part for part in (templates.lead, since) if part)
    closing = ""
    if choices:
        ledger.digits("decisions", len(choices), source="Decisions of the day")
        closing = f" {{{{decisions}}}} {words.plural(len(choices), 'decision')}."
    told_short = (templates.notification + closing, templates.notification, templates.headline)
    texts = [ledger.say(template).text for template in told_short]
    text = next((text for text in texts if len(text) <= NOTIFICATION), texts[-1])
    return Message(
        notification=words.clip(text, NOTIFICATION),
        headline=ledger.say(templates.headline),
        lead=ledger.say(lead) if lead else None,
        changed_since=_heading_of(then, read, found),
        changes=changed,
        decisions=choices,
        followed=followed(scene, context, ledger),
        grey=grey(scene, context),
        facts=ledger.facts,
    )


def _heading_of(then: Scene, read: Published | None, found: Rolled | None) -> str:
    if found is not None:
        return rollover.heading(found)
    return heading(then, read) if then.movement else "No snapshot a week earlier"


def grey(scene: Scene, context: Context) -> str:
    """Return the grey line: as-of, scope, definitions, revision and state."""
    return " · ".join(
        (
            scene.stamp,
            scene.scope,
            *((scene.currency,) if scene.currency != scene.company.currency else ()),
            f"definitions v{scene.company.version}",
            f"r{context.revision}, {context.state}",
        )
    )


def card(scene: Scene) -> Card:
    """Return the phone card: target bar, bridge and moves, drawn from the same facts as the message."""
    if (found := rollover.rolled(scene)) is not None:
        return _opening(found)
    ledger = scene.ledger()
    templates = told(scene, bind(scene, ledger))
    target, won, commit = (
        scene.amount("target"),
        scene.amount("bookings") or Decimal(0),
        # A commit that is still open counts no more toward a period that is over.
        Decimal(0) if scene.is_over else scene.amount("commit") or Decimal(0),
    )
    bars = () if scene.undated else _bridge(scene)
    moves = soon(scene)[:3]
    scale = words.together(move.value for move in moves)
    choices = () if moves else tuple(_decided(choice) for choice in decisions(scene, ledger, owners=True))
    return Card(
        company=words.line(scene.company.name, 40),
        headline=ledger.say(templates.headline).text,
        target=target,
        target_text="No target for this scope" if target is None else _money(scene, target),
        won=won,
        won_text=_money(scene, won),
        commit=commit,
        commit_text=words.NOTHING if scene.undated else _money(scene, commit),
        gap_text="" if scene.undated else _gap(scene),
        bridge_heading=_bridge_heading(scene, bars),
        bridge=bars,
        moves_heading=_heading(scene) if moves else "Decide today" if choices else NO_MOVE,
        moves=tuple(
            CardMove(
                label=words.line(label_of(move), 44),
                text=words.money(move.value, scene.currency, scale),
                detail=words.line(
                    f"{KIND_WORDS.get(move.kind, move.kind)}; {move.owner or '?'}, by {words.dated(move.by)}",
                    60,
                ),
            )
            for move in moves
        )
        or choices,
        footer=f"{scene.stamp} · {scene.scope} · definitions v{scene.company.version}",
    )


def _opening(found: Rolled) -> Card:
    """Return the card of a quarter's first days: the last one against its target and its call, and what to decide in this."""
    last, scene = found.last, found.scene
    ledger = scene.ledger()
    templates = rollover.templates(found, ledger)
    bars = rollover_bars.bridge(found)
    target = last.amount("target")
    choices = tuple(_decided(choice) for choice in decisions(scene, ledger, owners=True))
    return Card(
        company=words.line(scene.company.name, 40),
        headline=ledger.say(templates.headline).text,
        target=target,
        target_text="No target for this scope" if target is None else _money(last, target),
        won=last.amount("bookings") or Decimal(0),
        won_text=_money(last, last.amount("bookings") or Decimal(0)),
        commit=Decimal(0),
        commit_text="",
        gap_text=_gap(last),
        bridge_heading=rollover_bars.bridge_heading(found, bars),
        bridge=bars,
        moves_heading=ledger.say(templates.lead).text.rstrip("."),
        moves=choices,
        footer=f"{scene.stamp} · {scene.scope} · definitions v{scene.company.version}",
    )


def _decided(choice: Decision) -> CardMove:
    """Return a decision as the card shows it: about what, and below it the act or the day."""
    name, colon, act = choice.words.text.partition(": ")
    if not colon:
        name, _, act = choice.words.text.rpartition(" by ")
        act = f"by {act}"
    return CardMove(label=words.line(name, 60), text="", detail=words.line(act, 90))


def _money(scene: Scene, value: Decimal | None) -> str:
    return words.money(value, scene.currency, scene.scale)


def _gap(scene: Scene) -> str:
    if scene.gap is None:
        return ""
    if scene.is_ahead:
        return f"{_money(scene, scene.gap)} still to win"
    shown = scene.scale.round(scene.gap)
    if shown == 0:
        return "on target"
    return f"{_money(scene, abs(scene.gap))} {'short' if shown > 0 else 'ahead'}"


def _bridge(scene: Scene) -> tuple[CardStep, ...]:
    """Return opening, the largest movements in their order (the rest as one), closing; none without history."""
    found = scene.movement
    if found is None:
        return ()
    moved = [(label, value) for label, value in steps(scene, found) if value]
    if len(moved) > CARD_STEPS:
        kept = sorted(moved, key=lambda item: -abs(item[1]))[: CARD_STEPS - 1]
        rest = sum((value for item in moved if item not in kept for value in item[1:]), Decimal(0))
        moved = [item for item in moved if item in kept] + ([("Other", rest)] if rest else [])
    ends = (found.opening.value or Decimal(0), found.closing.value or Decimal(0))
    return (
        CardStep(label=words.day(scene.since_day), value=ends[0], text=_money(scene, ends[0]), total=True),
        *(
            CardStep(
                label=label, value=value, text=words.money(value, scene.currency, scene.scale, signed=True)
            )
            for label, value in moved
        ),
        CardStep(label=words.day(scene.today), value=ends[1], text=_money(scene, ends[1]), total=True),
    )


def _bridge_heading(scene: Scene, bars: tuple[CardStep, ...]) -> str:
    """Return the heading of the bridge; it says so where the shown figures are rounded and do not add up."""
    if not bars:
        return "No open deal has a close date" if scene.undated else "No snapshot a week earlier"
    footing = words.foots((bar.value for bar in bars[:-1]), bars[-1].value, scene.scale)
    return back.plain(scene, f"Open {scene.name} pipeline in a week{'' if footing else ', rounded'}")


def _heading(scene: Scene) -> str:
    """Return the heading of the moves: how many, worth what."""
    found = soon(scene)
    own = scene.ledger()
    bind_moves(scene, own, found)
    worth = f"{{{{n}}}} {words.plural(len(found), 'move')} worth {{{{value}}}}"
    return own.say(worth if weighted_of(found) is None else f"{worth}; {titles.ODDS_SAY}").text
