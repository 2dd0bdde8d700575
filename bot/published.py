"""What people read last: the published reports of each scope, so that the next one says what changed since then."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from pydantic import JsonValue

from bot.errors import NoSuchDraft
from bot.store import Revision
from connectors.access import limited
from reports.context import Published
from reports.spec import ReportSpec

if TYPE_CHECKING:
    from bot.flows import Line

_KIND = "published"
# So many reports of a scope are remembered: one that is built again as of an earlier time looks behind that time.
_MOST = 50


def keep(line: Line, revision: Revision) -> None:
    """Remember that a revision was published, once."""
    one: dict[str, JsonValue] = {
        "draft": revision.draft_id,
        "number": revision.number,
        "at": revision.deck.as_of.isoformat(),
        "limits": revision.limits,
    }

    def also(note: dict[str, JsonValue] | None) -> dict[str, JsonValue]:
        known = [item for item in _items(note) if item != one]
        return {
            "reports": cast("JsonValue", sorted([*known, one], key=lambda item: str(item["at"]))[-_MOST:])
        }

    line.store.notes.change(line.workspace, _KIND, _scope(revision.spec, revision.limits), also)


def last(line: Line, spec: ReportSpec, *, before: datetime) -> Published | None:
    """Return the newest published report of that scope from before an instant, read under the same rights; None for none.

    More deals may be visible by now than were then.
    """
    note = line.store.notes.read(line.workspace, _KIND, _scope(spec, line.access.limits))
    earlier = [
        item
        for item in _items(note)
        if datetime.fromisoformat(str(item["at"])) < before
        and line.access.sees_still(str(item.get("limits") or ""))
    ]
    if not earlier:
        return None
    try:
        revision = line.store.revision(
            line.workspace, str(earlier[-1]["draft"]), int(cast("int", earlier[-1]["number"]))
        )
    except NoSuchDraft:
        return None
    return _gave(revision)


def _gave(revision: Revision) -> Published | None:
    """Return the totals that a stored report gave; None for a kind that gives no such totals."""
    deck, card = revision.deck, revision.deck.card
    pipeline = next((fact.value for fact in deck.message.facts if fact.id == "open"), None)
    if pipeline is None:
        return None
    return Published(
        at=deck.as_of,
        period=deck.period,
        currency=deck.currency,
        won=card.won,
        commit=card.commit,
        pipeline=Decimal(pipeline),
        gap=None if card.target is None else card.target - card.won - card.commit,
    )


def _scope(spec: ReportSpec, limits: str) -> str:
    """Return what makes reports comparable, as a text: kind, period, filters, currency, and whose deals are declared visible.

    What the system of record itself shows to whom moves with each new deal, so that is compared and not looked up.
    """
    asked = [spec.kind, spec.period, spec.currency, spec.subject]
    filters = [item.model_dump(mode="json") for item in spec.filters]
    scope = [asked, filters, limited(limits)[:2]]
    return hashlib.sha256(json.dumps(scope, sort_keys=True).encode()).hexdigest()[:32]


def _items(note: dict[str, JsonValue] | None) -> list[dict[str, JsonValue]]:
    return cast("list[dict[str, JsonValue]]", (note or {}).get("reports", []))
