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


class OwnerNote(Frozen):
    """What the owner of a deal answered when asked to mend it: it stands on the deal's row until the records move on.

    Attributes:
        owner, owner_id: who answered.
        answer: a new close date, a next step, an amount, that it is lost, or to leave it as it is.
        day: the new close date, for "date" only.
        text: the owner's own words: the step, the amount, why it is lost; empty where there are none.
        was: what the record held then, as `reports.kinds.owners.held` says it.
        at: when, by the company's clock.
        written: whether the CRM has taken it, though the records here are from before that.
    """

    deal_id: str
    owner: str
    owner_id: str
    answer: Literal["date", "step", "amount", "lost", "left"]
    day: date | None = None
    text: str = ""
    was: str = ""
    at: datetime
    written: bool = False


class Published(Frozen):
    """What the last published report of the same scope and rights gave, in its currency.

    Attributes:
        at: the instant of its records.
        period: its period, as people call it.
        gap: what it lacked to the target; None without a target.
    """

    at: datetime
    period: str
    currency: str
    won: Decimal
    commit: Decimal
    pipeline: Decimal
    gap: Decimal | None = None


class Context(Frozen):
    """What is known besides the records.

    Attributes:
        published: the report that people read last; None where none was published before.
        actions: what people took on.
        calls: what managers called, oldest first.
        notes: what owners answered about their deals, the newest of each deal.
    """

    actions: tuple[Action, ...] = ()
    calls: tuple[Call, ...] = ()
    notes: tuple[OwnerNote, ...] = ()
    published: Published | None = None
    revision: int = 1
    state: str = "draft"


NO_CONTEXT = Context()
