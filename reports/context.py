"""What people decided and did, handed to a report beside the CRM's records."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from reports.facts import Frozen


class Action(Frozen):
    """Something somebody took on: text, owner, due date, and how it stands.

    `owner_id` is the owner's id in the records, None where only the name is known; `deal_id` the deal it is about.
    A `private` one is its owner's alone: no report and no list for others shows it.
    """

    id: str
    text: str
    owner: str
    due: date
    state: Literal["open", "done", "moved", "dropped"] = "open"
    deal_id: str | None = None
    owner_id: str | None = None
    source: str = ""
    private: bool = False


class Call(Frozen):
    """What a manager calls a fiscal quarter to end with: won and still to be won together, in the company's currency.

    `region` is None for the whole company. A caller's later call for the same quarter and region replaces an earlier one
    from `at` on; the earlier one is kept, so that its error can be told.
    """

    id: str
    caller: str
    caller_id: str
    period: str
    region: str | None = None
    commit: Decimal
    best: Decimal | None = None
    at: datetime


class Context(Frozen):
    """What is known besides the records.

    Attributes:
        actions: what people took on.
        calls: what managers called, oldest first.
    """

    actions: tuple[Action, ...] = ()
    calls: tuple[Call, ...] = ()
    revision: int = 1
    state: str = "draft"


NO_CONTEXT = Context()
