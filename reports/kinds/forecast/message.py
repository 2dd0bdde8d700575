"""The message of the forecast and its phone card: the call, what changed in it, what to decide."""

from __future__ import annotations

from decimal import Decimal

from reports import words
from reports.context import Context
from reports.deck import Card, CardStep, Message
from reports.kinds.forecast import call as first
from reports.kinds.forecast import calls as kept
from reports.kinds.forecast import changes, path
from reports.kinds.forecast.record import record
from reports.kinds.scene import Scene
from reports.kinds.weekly.decisions import decisions
from reports.kinds.weekly.message import NOTIFICATION, grey
from reports.kinds.weekly.message import card as weekly_card
from reports.kinds.weekly.since import compared, heading, last, since_then


def message(scene: Scene, context: Context) -> Message:
    """Return the message of the report's scope: the call, changes of category, decisions, one grey line."""
    ledger = scene.ledger()
    found = kept.calls(scene, context)
    told = first.told(scene, ledger, found)
    base, _, beside = told.rstrip(".").partition("; ")
    read = last(scene, context)
    back = compared(scene, read)
    changed = changes.told(back, ledger)
    lead = f"{beside[:1].upper()}{beside[1:]}." if beside else ""
    lead = " ".join(part for part in (lead, since_then(scene, read, ledger)) if part)
    # Of a period that is over nothing is left to decide.
    choices = () if scene.is_over else decisions(scene, ledger, owners=False)
    closing = ""
    if choices:
        ledger.digits("decisions", len(choices), source="Decisions of the day")
        closing = f" {{{{decisions}}}} {words.plural(len(choices), 'decision')}."
    texts = [ledger.say(template).text for template in (told + closing, told, f"{base}.")]
    text = next((text for text in texts if len(text) <= NOTIFICATION), texts[-1])
    return Message(
        notification=words.clip(text, NOTIFICATION),
        headline=ledger.say(f"{base}."),
        lead=ledger.say(lead) if lead else None,
        changed_since=heading(back, read) if changes.moved(back) else "No snapshot a week earlier",
        changes=changed,
        decisions=choices,
        grey=grey(scene, context),
        facts=ledger.facts,
    )


def card(scene: Scene) -> Card:
    """Return the phone card: the call against target, the path to it in place of the bridge, and the moves."""
    ledger = scene.ledger()
    base = first.told(scene, ledger, ()).rstrip(".").partition("; ")[0]
    drawn = weekly_card(scene)
    changed = {"headline": ledger.say(f"{base}.").text}
    if scene.is_over:
        return drawn.model_copy(update=changed)
    steps = [*path.path(scene), *_others(scene)]
    return drawn.model_copy(
        update={
            **changed,
            "bridge_heading": path.way(scene),
            "bridge": tuple(
                CardStep(
                    label=name,
                    value=value,
                    text=words.money(value, scene.currency, scene.scale, signed=not total),
                    total=total,
                )
                for name, value, total in steps
            ),
        }
    )


def _others(scene: Scene) -> tuple[tuple[str, Decimal, bool], ...]:
    """Return what else the period may end with, as totals of their own: all of best case, and the naive forecast."""
    best, naive = scene.amount("won_plus_best_case"), record(scene).naive
    shown = [("With best case", best, True)] if best and scene.gap is not None else []
    if naive is not None:
        shown.append((f"As {path.named(scene, naive[0])} (naive)", naive[1], True))
    return tuple(shown)
