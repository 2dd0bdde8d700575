"""What a person of an org sees is what the org's own sharing and field security say, asked over the wire as that person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from connectors import demo
from connectors.access import Access, Grant
from connectors.mirror import Mirror, open_generation
from connectors.salesforce.org import Org
from connectors.salesforce.rights import Allowance, Rights
from reports.errors import NotShown
from reports.measures import measure
from reports.view import open_view
from tests.connectors.salesforce.desk import crm, opened
from tests.fakes.salesforce.larkmoor import HOST, larkmoor
from tests.fakes.salesforce.rights import Level
from tests.fakes.salesforce.rights import Rights as Permissions
from tests.fakes.salesforce.server import FakeSalesforce

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)


@dataclass
class Doors:
    """Lets everybody in as themselves."""

    server: FakeSalesforce

    def connected(self, user: str) -> bool:
        return user in self.server.org.rights

    def how(self, user: str) -> str:
        return f"Connect {user} first."

    def org(self, user: str) -> Org:
        return opened(self.server, user=user)


def rights(server: FakeSalesforce, home: Path) -> Rights:
    return Rights(
        home / "sight",
        doors=Doors(server),
        used=crm(server, home).sources,
        now=lambda: NOW,
        minutes=60,
        allowance=Allowance(home / "calls.json", most=lambda: 1000, now=lambda: NOW),
    )


def deal(server: FakeSalesforce, amount: str, owner: str) -> str:
    given = {
        "Name": "Yard",
        "StageName": "Prospecting",
        "CloseDate": "2026-12-31",
        "OwnerId": owner,
        "Amount": amount,
    }
    return server.org.insert("Opportunity", given)


def test_ids_and_hidden_fields_are_those_of_the_person(server: FakeSalesforce, tmp_path: Path):
    ana = server.org.user("Ana", "Rep", rights=Permissions(hidden=["Opportunity.NextStep"]))
    ben = server.org.user("Ben", "Rep", rights=Permissions())
    mine, theirs = deal(server, "100", ana), deal(server, "50", ben)
    server.org.sharing = lambda user, of, key: (
        Level.READ if of != "Opportunity" or (key == mine) == (user == ana) else Level.NONE
    )
    asked = rights(server, tmp_path)
    seen = {user: asked.sight(user) for user in (ana, ben)}

    assert {
        user: duckdb.sql(f"SELECT id FROM '{sight.deals}'").fetchall() for user, sight in seen.items()
    } == {ana: [(mine,)], ben: [(theirs,)]}
    assert "next_step" in seen[ana].hidden
    assert "next_step" not in seen[ben].hidden
    assert not {"amount", "close", "stage", "category", "owner_id"} & seen[ana].hidden


@pytest.fixture
def shared() -> Iterator[FakeSalesforce]:
    """Serve the invented company's org, to be shared as a test says."""
    with FakeSalesforce(larkmoor(opportunities=60).org, host=HOST) as server:
        yield server


def test_two_persons_of_a_synced_org_get_their_own_numbers(shared: FakeSalesforce, larkmoor_home: Path):
    connector = crm(shared, larkmoor_home)
    generation = Mirror(larkmoor_home, "salesforce").load(connector)
    org = shared.org
    ana = org.user("Ana", "Rep", rights=Permissions())
    ben = org.user("Ben", "Rep", rights=Permissions(hidden=["Opportunity.Amount"]))
    even = set(sorted(org.tables["Opportunity"])[::2])
    org.sharing = lambda user, of, key: (
        Level.READ if user != ana or of != "Opportunity" or key in even else Level.NONE
    )
    asked = rights(shared, larkmoor_home)
    with open_generation(generation) as con:
        view = {
            user: open_view(
                con,
                demo.company(),
                Access(workspace="salesforce", asker=Grant(person=user, sight=asked.sight(user))),
            )
            for user in (ana, ben)
        }
        everybody = open_view(con, demo.company(), Access.operator("salesforce"))
        ids = {found.id for found in everybody.deals()}
        whole = sum(found.amount or 0 for found in everybody.deals() if found.id in even)

        assert {found.id for found in view[ana].deals()} == ids & even
        assert sum(found.amount or 0 for found in view[ana].deals()) == whole
        assert {found.id for found in view[ben].deals()} == ids
        with pytest.raises(NotShown, match="amount"):
            measure(view[ben], "open_pipeline")
