"""What was decided at Larkmoor in the week before, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from connectors.demo import calendar
from connectors.demo.people import people


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRecord:
    """Something somebody took on in the last meeting; `state` is open or done, `deal_id` None where it is about no deal."""

    id: str
    text: str
    owner: str
    due: date
    state: str
    owner_id: str
    deal_id: str | None = None
    source: str = "Weekly review, 16 Nov"


_ACTIONS = (
    ("Security questionnaire back to Cobalt Cold Storage", "Priya Raman", 3, "done", "d004985"),
    ("Second sponsor at Brandt & Söhne", "Birgit Sommerfeld", 4, "open", "d004958"),
    ("Order form to Marrowgate Produce", "Deshawn Ellery", 2, "done", "d004984"),
    ("Close dates of the AMER Commercial team", "Tom Okafor", 4, "done", None),
    ("Sense price list for partners", "Luc Fournel", 1, "done", None),
)


def actions(today: date = calendar.TODAY) -> tuple[ActionRecord, ...]:
    """Return the five actions of the week before `today`, in the order in which they were taken on."""
    monday = calendar.TODAY + timedelta(days=calendar.shift_for(today)) - timedelta(days=7)
    ids = {person.name: person.id for person in people()}
    return tuple(
        ActionRecord(
            id=f"action-{place}",
            text=text,
            owner=owner,
            owner_id=ids[owner],
            due=monday + timedelta(days=days),
            state=state,
            deal_id=deal_id,
        )
        for place, (text, owner, days, state, deal_id) in enumerate(_ACTIONS, start=1)
    )
