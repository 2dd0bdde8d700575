"""Whether a sandbox takes a guarded change as we send it, tried on one deal of the login's own, which ends as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from connectors.errors import NotAllowed
from connectors.salesforce import soql
from connectors.salesforce.errors import OrgMovedOn
from connectors.salesforce.live import Live

if TYPE_CHECKING:
    from connectors.salesforce.about import About
    from connectors.salesforce.org import Org

_FIELD: Final = "NextStep"
_DEALS: Final = "Opportunity"
# The deal was certainly not as it is for so long.
_LONG_AGO: Final = timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a probe showed.

    Attributes:
        deal_id: the deal it was tried on.
        guarded: whether a change under a guard that does not hold any more was refused.
        same: whether the deal's next step was read back as it had been.
        before, after: when the deal was last changed, before and after the probe.
    """

    deal_id: str
    guarded: bool
    same: bool
    before: datetime
    after: datetime


def write_probe(org: Org, found: About, user_id: str) -> Tried | None:
    """Set the next step of one open deal of the login's own to what it is, first under a guard that has to refuse it.

    Return None where the login owns no open deal: then nothing is tried.

    Raises:
        NotAllowed: it is no sandbox, or the login may not change the field; nothing was changed.
        OutcomeUnknown: the answer was lost; the field holds the same either way.
    """
    if not found.sandbox:
        raise NotAllowed(f"{found.host} is no sandbox, and a probe changes nothing elsewhere")
    live = Live(org.client)
    shape = live.shape(_DEALS)
    field = shape.field(_FIELD)
    if field is None or not field.updateable:
        raise NotAllowed(f"this login may not change {_DEALS}.{_FIELD}, so nothing was tried")
    where = (soql.compare("OwnerId", "=", user_id), soql.compare("IsClosed", "=", False))
    query = soql.select(("Id",), _DEALS, where=where, order=("LastModifiedDate",), limit=1)
    deal_id = next((row["Id"] for row in org.get("query", q=query)["records"]), None)
    if deal_id is None:
        return None
    standing = live.read(shape, deal_id, (_FIELD,))
    held = standing.values[_FIELD]
    same = {_FIELD: None if held is None else str(held)}
    try:
        live.change(_DEALS, deal_id, same, unless_after=standing.changed - _LONG_AGO)
        guarded = False
    except OrgMovedOn:
        guarded = True
        live.change(_DEALS, deal_id, same, unless_after=standing.changed)
    now = live.read(shape, deal_id, (_FIELD,))
    return Tried(
        deal_id=deal_id,
        guarded=guarded,
        same=now.values[_FIELD] == held,
        before=standing.changed,
        after=now.changed,
    )
