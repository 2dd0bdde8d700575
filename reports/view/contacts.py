"""Who buys: the contacts of accounts, with the part that each plays in the decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.view.pipeline import PipelineView


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """A person at an account; `role` is the part played in the decision, None when unknown."""

    name: str
    title: str | None
    role: str | None


def buyers(view: PipelineView, account_ids: Iterable[str]) -> Mapping[str, tuple[Buyer, ...]]:
    """Return the contacts of each account, those with a role first, then by name; none for an account without any.

    Only accounts with a deal that may be seen are looked at, whatever the filters.
    """
    rows = view.rows(
        "SELECT account_id, name, title, role FROM contact "
        "WHERE account_id IN (SELECT unnest($asked::VARCHAR[])) AND account_id IN ("
        f"SELECT d.account_id FROM {view.states(counted=False, chosen=False)} r JOIN deal d ON d.id = r.deal_id) "
        "ORDER BY account_id, role IS NULL, role, name, id",
        asked=sorted(set(account_ids)),
    )
    found: dict[str, list[Buyer]] = {}
    for account_id, name, title, role in rows:
        found.setdefault(account_id, []).append(Buyer(name=name or "", title=title, role=role or None))
    return {key: tuple(people) for key, people in found.items()}
