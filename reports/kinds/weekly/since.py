"""What changed since the last report of the same scope that was published: what people read before this one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from reports import words
from reports.context import Context, Published
from reports.facts import Unit
from reports.kinds.ledger import Ledger
from reports.kinds.scene import Scene

_DEFINITION = "Now minus what that report gave"


def last(scene: Scene, context: Context) -> Published | None:
    """Return the report that people read last where its totals are comparable: same period and currency, an earlier day."""
    found = context.published
    if found is None or (found.period, found.currency) != (scene.period.label, scene.currency):
        return None
    return found if scene.view.calendar.day(found.at) < scene.today else None


def compared(scene: Scene, read: Published | None) -> Scene:
    """Return the scene whose changes are told: since the report read last where that is not a week ago, else since then."""
    if read is None or scene.view.calendar.day(read.at) == scene.since_day:
        return scene
    found = replace(scene, compared=read.at)
    return scene if found.movement is None else found


def heading(shown: Scene, read: Published | None) -> str:
    """Return the heading of the changes that the scene of `compared` shows."""
    since = words.dated(shown.since_day)
    published = read is not None and shown.view.calendar.day(read.at) == shown.since_day
    return f"Changed since the report published {since}" if published else f"Changed since {since}"


def since_then(scene: Scene, read: Published | None, ledger: Ledger) -> str:
    """Return what the totals changed by since the report read last, as a template; empty where there is none."""
    if read is None:
        return ""
    called = Decimal(0) if scene.is_over else scene.amount("commit") or Decimal(0)
    moved = {
        "won": (scene.amount("bookings") or Decimal(0)) - read.won,
        "commit": called - read.commit,
        "open pipeline": (scene.amount("open_pipeline") or Decimal(0)) - read.pipeline,
    }
    parts = [
        f"{name} {_bound(scene, read, ledger, name, change, signed=True)}"
        for name, change in moved.items()
        if scene.scale.round(change)
    ]
    gap = None if scene.gap is None or read.gap is None else scene.gap - read.gap
    behind = gap is not None and scene.gap is not None and scene.gap > 0
    if gap and behind and scene.scale.round(gap):
        # What was won and what is called make the gap: shown beside it, they have to add up to it.
        whole = words.foots((moved["won"], moved["commit"]), -gap, scene.scale)
        verb = "grew" if gap > 0 else "shrank"
        parts.append(f"the gap {verb} by {_bound(scene, read, ledger, 'gap', abs(gap), signed=False)}")
        parts += [] if whole else ["rounded"]
    if not parts:
        return "No total has changed since the last report."
    return f"Since the last report: {', '.join(parts)}."


def _bound(scene: Scene, read: Published, ledger: Ledger, name: str, change: Decimal, *, signed: bool) -> str:
    return ledger.value(
        f"since.{name.replace(' ', '_')}",
        change,
        Unit.MONEY,
        words.money(change, scene.currency, scene.scale, signed=signed),
        source=f"Change of {name} since the report published {words.dated(scene.view.calendar.day(read.at))}",
        definition=_DEFINITION,
        n=0,
    )
