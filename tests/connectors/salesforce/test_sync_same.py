"""An org that people edit at random, synced again and again, ends as one that is read anew."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.mirror import Mirror, open_generation
from tests.connectors.salesforce.desk import crm
from tests.connectors.salesforce.test_sync import Synced
from tests.depth import share
from tests.fakes.salesforce.server import FakeSalesforce

NOW = "SELECT deal_id FROM state WHERE valid_to > DATE '9999-01-01' AND NOT deleted"
# What must be the same: what stands, what was known of the past of what stands, and what is around it. What was deleted was
# seen before it was purged by the one, and by the other not.
QUERIES = {
    "now": "SELECT deal_id, stage, status, category, amount, currency, close, owner_id, type, source, next_step FROM state "
    "WHERE valid_to > DATE '9999-01-01' AND NOT deleted ORDER BY ALL",
    **{
        field: f"SELECT deal_id, valid_from, {field} FROM (SELECT *, row_number() OVER deals AS n, lag({field}) OVER deals AS "
        "before FROM state WINDOW deals AS (PARTITION BY deal_id ORDER BY valid_from)) "
        f"WHERE (n = 1 OR before IS DISTINCT FROM {field}) AND NOT deleted AND deal_id IN ({NOW}) ORDER BY ALL"
        for field in ("stage", "amount", "close", "type")
    },
    "accounts": "SELECT id, name, owner_id FROM account WHERE name IS NOT NULL ORDER BY ALL",
    "contacts": "SELECT id, account_id, name, role FROM contact WHERE name IS NOT NULL ORDER BY ALL",
    "activities": "SELECT id, deal_id, kind, activity.at, subject FROM activity WHERE activity.at IS NOT NULL ORDER BY ALL",
}
EDITS = 60


class People:
    """Who edits an org, at random."""

    def __init__(self, synced: Synced, seed: int) -> None:
        self.org, self.deal = synced.org, synced.deal
        self.random = random.Random(seed)
        self.users = [self.org.user(f"U{number}", "Rep") for number in range(3)]
        self.accounts = [self.org.insert("Account", {"Name": f"A{number}"}) for number in range(3)]
        self.deals: list[str] = []
        self.deleted: list[str] = []
        self.contacts: list[str] = []
        self.roles: list[str] = []
        self.tasks: list[str] = []

    def edit(self) -> None:
        """Do one thing that can be done now."""
        ways: list[tuple[Callable[[], None], object]] = [
            *[(self._sell, True)] * 3,
            *[(self._change, self.deals)] * 3,
            (self._delete, self.deals),
            (self._bring_back, self.deleted),
            (self._purge, self.deleted),
            (self._rename, True),
            (self._meet, True),
            (self._cast, self.deals and self.contacts),
            (self._uncast, self.roles),
            (self._call, self.deals),
            (self._recall, self.tasks and self.deals),
            (self._part, self.contacts),
        ]
        self.random.choice([way for way, possible in ways if possible])()

    def _sell(self) -> None:
        values = {"AccountId": self._one(self.accounts), "Amount": self._amount(), "Type": self._type()}
        self.deals.append(self.deal(**values))

    def _change(self) -> None:
        stage = self._one(["Qualification", "Closed Won", "Closed Lost", "Prospecting"])
        changes: list[dict[str, object]] = [
            {"Amount": self._amount()},
            {"StageName": stage},
            {"CloseDate": f"2027-0{self.random.randrange(1, 9)}-11"},
            {"Type": self._type()},
            {"OwnerId": self._one(self.users)},
            {"NextStep": self.random.choice(["call", "write", None])},
        ]
        self.org.update("Opportunity", self._one(self.deals), self.random.choice(changes))

    def _delete(self) -> None:
        self.deleted.append(self._taken(self.deals))
        self.org.delete("Opportunity", self.deleted[-1])

    def _bring_back(self) -> None:
        self.deals.append(self._taken(self.deleted))
        self.org.undelete("Opportunity", self.deals[-1])

    def _purge(self) -> None:
        self.org.purge("Opportunity", self._taken(self.deleted))
        self.roles = [role for role in self.roles if role in self.org.tables["OpportunityContactRole"]]

    def _rename(self) -> None:
        self.org.update("Account", self._one(self.accounts), {"Name": f"N{self.random.randrange(99)}"})

    def _meet(self) -> None:
        values = {"LastName": f"C{len(self.contacts)}", "AccountId": self._one(self.accounts)}
        self.contacts.append(self.org.insert("Contact", values))

    def _cast(self) -> None:
        values = {"OpportunityId": self._one(self.deals), "ContactId": self._one(self.contacts)}
        role = {"Role": self._one(["Decision Maker", "Evaluator"])}
        self.roles.append(self.org.insert("OpportunityContactRole", values | role))

    def _uncast(self) -> None:
        role = self._taken(self.roles)
        if not self.org.tables["OpportunityContactRole"][role].get("IsDeleted"):
            self.org.delete("OpportunityContactRole", role)

    def _call(self) -> None:
        values = {"Subject": f"T{len(self.tasks)}", "ActivityDate": "2026-11-20", "Status": self._status()}
        self.tasks.append(self.org.insert("Task", values | {"WhatId": self._one(self.deals)}))

    def _recall(self) -> None:
        if self.random.randrange(3):
            values = {"Status": self._status(), "WhatId": self._one(self.deals)}
            self.org.update("Task", self._one(self.tasks), values)
        else:
            self.org.delete("Task", self._taken(self.tasks))

    def _part(self) -> None:
        self.org.delete("Contact", self._taken(self.contacts))

    def _one(self, among: list[str]) -> str:
        return self.random.choice(among)

    def _taken(self, among: list[str]) -> str:
        return among.pop(self.random.randrange(len(among)))

    def _amount(self) -> str:
        return str(self.random.randrange(9999))

    def _type(self) -> str | None:
        return self.random.choice(["New", "Old", None])

    def _status(self) -> str:
        return self._one(["Completed", "Not Started"])


@pytest.mark.parametrize("seed", range(share(2, of=40)))
def test_syncs_of_what_changed_end_as_one_that_reads_everything(
    server: FakeSalesforce, tmp_path: Path, seed: int
) -> None:
    synced = Synced(server, tmp_path / "often")
    people = People(synced, seed)
    for _ in range(EDITS):
        people.edit()
        synced.org.clock.advance(minutes=people.random.choice([0, 0, 0, 1, 20, 60 * 30]))
        if people.random.random() < 0.15:
            synced.sync()
    synced.org.clock.advance(days=8)
    synced.sync()
    once = Mirror(tmp_path / "once", "salesforce")
    once.load(crm(server, tmp_path / "once"))
    with open_generation(once.current()) as con:
        wanted = {name: con.execute(query).fetchall() for name, query in QUERIES.items()}

    assert wanted["now"]
    assert {name: synced.rows(query) for name, query in QUERIES.items()} == wanted
