"""What people decided and did, handed to a report beside the CRM's records."""

from __future__ import annotations

from datetime import date
from typing import Literal

from reports.facts import Frozen


class Action(Frozen):
    """Something somebody took on: text, owner, due date, and how it stands.

    `owner_id` is the owner's id in the records, None where only the name is known; `deal_id` the deal it is about.
    """

    id: str
    text: str
    owner: str
    due: date
    state: Literal["open", "done", "moved", "dropped"] = "open"
    deal_id: str | None = None
    owner_id: str | None = None
    source: str = ""


class Context(Frozen):
    """What is known besides the records: last week's actions, and the asker whom first-person words mean."""

    actions: tuple[Action, ...] = ()
    revision: int = 1
    state: str = "draft"


NO_CONTEXT = Context()
