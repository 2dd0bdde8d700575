"""What texts call the time that a scene looks back on: a week, or since the day of the snapshot that is compared with."""

from __future__ import annotations

from reports import words
from reports.kinds.ledger import Ledger
from reports.kinds.scene import Scene

_DAY = "looked_back"
# How a text says that it looks back a week, and how it says that of another day.
_SAID = (
    (" this week", " since {}"),
    (" week on week", " since {}"),
    (" in a week", " since {}"),
    (" of the week", " since {}"),
    (" within the week", " since {}"),
    ("Week on week", "Since {}"),
    ("A week ago", "On {}"),
    ("a week ago", "on {}"),
    ("the same time a week before", "{}"),
)


def plain(scene: Scene, text: str) -> str:
    """Return a text as it is where the scene looks back a week, else with the day since when."""
    return text if scene.of_week else _dated(text, words.day(scene.since_day, scene.today))


def told(scene: Scene, ledger: Ledger, template: str) -> str:
    """Return a template as it is where the scene looks back a week, else with the day bound in the ledger."""
    if not scene.of_week:
        ledger.day(_DAY, scene.since_day, source="day of the snapshot compared with")
    return unbound(scene, template)


def unbound(scene: Scene, template: str) -> str:
    """Return the same as `told`, to be said with a ledger in which somebody binds the day."""
    return template if scene.of_week else _dated(template, f"{{{{{_DAY}}}}}")


def _dated(text: str, day: str) -> str:
    for week, since in _SAID:
        text = text.replace(week, since.format(day))
    return text
