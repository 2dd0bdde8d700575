"""Who decides on a change, until when, and how many there may be: what a click is measured by, whoever saw the button."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.approvals.values import Kept
from bot.store.approvals import Caps

# A click that is proposal and approval in one is carried out within that time, or not at all.
AT_ONCE: Final = timedelta(hours=1)
# A card waits so long for its answer.
WAITS: Final = timedelta(days=3)
# What was written can be taken back with a press for so long.
UNDO_WITHIN: Final = timedelta(days=7)
NOT_YOURS: Final = "Only the deal's owner can say that. Nothing was changed."
CAPS: Final = Caps(person=100, everybody=500)


def not_decided(kept: Kept, *, person: str | None, now: datetime) -> str:
    """Return why somebody of the CRM (None: nobody) cannot decide on a proposal now, as a sentence; empty where they can."""
    if person is None or person != kept.proposal.approver:
        return NOT_YOURS
    if not kept.is_genuine:
        return "That is not what was proposed any more, so I leave it. Say it once more, please."
    if kept.decision is not None:
        return "That was answered already."
    if now > kept.proposal.expires_at:
        return "That proposal has expired. Say it once more, please."
    return ""
