"""What two exports cannot show: deals that stand in one of them alone, and those that came and went in between."""

from __future__ import annotations

from reports import words
from reports.kinds.scene import Scene

# How buckets of a bridge are called between two exports, and what they mean there.
LABELS = {"returned": "Back in the export", "deleted": "Left the export"}
MEANING = {
    "returned": "was in an earlier export, not in the one compared with, and is in this one again",
    "deleted": "is no longer in the export: deleted, merged away, or left out by its filter",
}
MOVED = {
    "returned": "{{moved}} in {{many}} {{deals}} is back in the export",
    "deleted": "{{moved}} in {{many}} {{deals}} is no longer in the export",
}
# So many of the deals that are in one export alone are named.
_NAMED = 5


def unseen(scene: Scene) -> tuple[str, ...]:
    """Return what the bridge between two exports cannot show, as sentences; none where every change is known."""
    if not scene.view.snapshots or scene.movement is None:
        return ()
    gone, came, back = (scene.movement.step(bucket) for bucket in ("deleted", "created", "returned"))
    then, now = words.dated(scene.since_day), words.dated(scene.view.calendar.day(scene.view.snapshots[-1]))
    said = [
        f"Between the exports of {then} and {now} nothing is known: deals that came and went are in neither."
    ]
    if gone.n:
        deals = scene.before.everything().deals(ids=gone.records[:_NAMED], counted=False)
        names = words.joined(tuple(words.line(deal.name, 40) for deal in deals))
        said.append(f"No longer in the export: {_counted(gone.n, len(deals))}{names}.")
    if back.n:
        known = scene.deals(back.records[:_NAMED])
        deals = tuple(known[identity] for identity in back.records[:_NAMED] if identity in known)
        names = words.joined(tuple(words.line(deal.name, 40) for deal in deals))
        said.append(f"Back in the export, absent from that of {then}: {_counted(back.n, len(deals))}{names}.")
    if came.n:
        said.append(f"In the newer export alone: {words.count(came.n)} {words.plural(came.n, 'deal')}.")
    return tuple(said)


def _counted(n: int, named: int) -> str:
    """Return how many there are, and how many of them are named where that is not all."""
    largest = f", the largest {named}" if n > named else ""
    return f"{words.count(n)} {words.plural(n, 'deal')}{largest}: "
