"""What a conversation remembers from one turn to the next."""

from __future__ import annotations

from datetime import datetime

from reports.facts import Fact, Frozen
from reports.spec import Question

# Facts of the last answers that "where does that come from" can point to.
FACT_CAP = 200


class Thread(Frozen):
    """One thread (or one terminal): its draft, the last question, and the facts last shown.

    `limits` are those of the access under which the facts were read: under others nobody is told of them.
    """

    workspace: str
    id: str
    draft_id: str | None = None
    question: Question | None = None
    as_of: datetime | None = None
    currency: str | None = None
    shown: tuple[Fact, ...] = ()
    limits: str = ""
    turns: int = 0
