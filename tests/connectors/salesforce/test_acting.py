"""The whole way against an org: signing in, acting as oneself, going on after an expiry, and letting go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.errors import NotAllowed, TryLater
from connectors.salesforce.client import client
from connectors.salesforce.errors import OrgMovedOn, OrgRejects, OutcomeUnknown
from connectors.salesforce.identity import Identity, identity
from connectors.salesforce.people import disconnect, propose, sign_in_of, users_of
from connectors.salesforce.session import OrgSession
from connectors.salesforce.vault import Vault
from tests.connectors.salesforce.orgs import AT_ONCE
from tests.connectors.salesforce.signing import CLIENT, PEM, app
from tests.connectors.salesforce.test_vault import KEY, TEAM
from tests.fakes.salesforce.client import LoopbackAdapter
from tests.fakes.salesforce.oauth import OAuth, at
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.rights import Level, Rights
from tests.fakes.salesforce.server import FakeSalesforce

DEALS = "SELECT Name FROM Opportunity ORDER BY Name"


@dataclass
class World:
    """An org with two reps who see their own deals alone, and the identity that reads for everybody."""

    org: Org
    server: FakeSalesforce
    oauth: OAuth
    sync: Identity
    reader: str
    people: dict[str, str]

    def session(self, tokens) -> OrgSession:
        return OrgSession(
            tokens, retry=AT_ONCE, adapter=LoopbackAdapter(self.server.port, max_retries=AT_ONCE)
        )


@pytest.fixture
def world() -> Iterator[World]:
    org = Org()
    sync = org.user("Quarter", "Deck", rights=Rights(view_all=True), Username="sync@tiny.example")
    people = {name: org.user(name, "Rep") for name in ("Jane", "John")}
    deals = {
        org.insert(
            "Opportunity",
            {
                "Name": f"Deal of {name}",
                "StageName": "Prospecting",
                "CloseDate": "2026-12-18",
                "OwnerId": key,
            },
        ): key
        for name, key in people.items()
    }
    org.sharing = lambda user, _object, record: Level.EDIT if deals.get(record) == user else Level.NONE
    names = {row["Username"] for row in org.tables["User"].values()}
    with FakeSalesforce(org) as server:
        oauth = at(server, app(approved=names))
        values = {
            "SALESFORCE_CLIENT_ID": CLIENT,
            "SALESFORCE_PRIVATE_KEY": PEM,
            "SALESFORCE_USERNAME": org.tables["User"][sync]["Username"],
            "SALESFORCE_DOMAIN": "tiny",
        }
        oauth.now = org.clock
        found = identity(values, now=org.clock, adapter=LoopbackAdapter(server.port))
        yield World(org, server, oauth, found, sync, people)
        found.desk.close()


def link(world: World, vault: Vault, name: str) -> None:
    """Let a person be found by their address and confirm it."""
    with world.session(world.sync.tokens) as session:
        [user] = users_of(session, f"{name}.rep@tiny.example")
    propose(vault, TEAM, name, email=user.email, user=user)
    vault.confirm(TEAM, name, username=user.username, at=world.org.clock())


def deals(session: OrgSession) -> list[str]:
    """Return the names of the deals that this session sees."""
    return [row["Name"] for row in client(session).query(DEALS)["records"]]


def test_everybody_sees_what_their_own_sharing_shows(world: World, tmp_path: Path):
    vault = Vault(tmp_path, KEY)
    seen = {}
    for name in world.people:
        link(world, vault, name)
        with world.session(sign_in_of(vault, world.sync.desk, TEAM, name)) as session:
            seen[name] = deals(session)
    with world.session(world.sync.tokens) as session:
        everything = deals(session)

    assert seen == {"Jane": ["Deal of Jane"], "John": ["Deal of John"]}
    assert everything == ["Deal of Jane", "Deal of John"]


def test_an_expiry_in_the_middle_is_not_noticed(world: World):
    with world.session(world.sync.tokens) as session:
        deals(session)
        world.server.tokens.expire(world.sync.tokens.current().access)

        assert deals(session) == ["Deal of Jane", "Deal of John"]
        assert session.calls == 3
        assert session.usage is not None
    assert len(world.server.asked("/services/oauth2/token")) == 2


def test_a_user_who_is_let_in_no_more_is_told_so(world: World):
    with world.session(world.sync.tokens) as session:
        world.oauth.apps[CLIENT].approved.clear()
        world.server.tokens.expire(world.sync.tokens.current().access)
        with pytest.raises(NotAllowed, match="is not approved for the app"):
            deals(session)


def test_a_guarded_change_is_refused_where_the_deal_changed_since(world: World):
    [key] = [key for key, row in world.org.tables["Opportunity"].items() if row["Name"] == "Deal of Jane"]
    before = {"If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}

    with world.session(world.sync.tokens) as session:
        sf = client(session)
        with pytest.raises(OrgMovedOn):
            sf.Opportunity.update(key, {"NextStep": "Call"}, headers=before)
        with pytest.raises(OrgRejects, match="INVALID_FIELD") as caught:
            sf.query("SELECT Foo FROM Opportunity")

    assert caught.value.said.status == 400
    assert world.org.tables["Opportunity"][key].get("NextStep") is None


@pytest.mark.parametrize("kind, done", [("cut_before", None), ("cut_after", "Call")])
def test_a_change_whose_answer_was_lost_is_in_doubt_and_not_repeated(world: World, kind, done):
    [key] = [key for key, row in world.org.tables["Opportunity"].items() if row["Name"] == "Deal of Jane"]
    world.org.rights[world.reader] = Rights(modify_all=True)
    with world.session(world.sync.tokens) as session:
        world.server.faults.next(kind, path="/sobjects/Opportunity")
        with pytest.raises(OutcomeUnknown):
            client(session).Opportunity.update(key, {"NextStep": "Call"})

    assert len(world.server.asked("/sobjects/Opportunity", "PATCH")) == 1
    assert world.org.tables["Opportunity"][key].get("NextStep") == done


def test_letting_go_ends_the_session_at_salesforce_too(world: World, tmp_path: Path):
    vault = Vault(tmp_path, KEY)
    link(world, vault, "Jane")
    token = sign_in_of(vault, world.sync.desk, TEAM, "Jane").current()
    assert world.server.tokens.user_of(token.access) == world.people["Jane"]

    assert disconnect(vault, world.sync.desk, TEAM, "Jane")
    assert world.server.tokens.user_of(token.access) is None


def test_the_orgs_own_words_about_a_limit_reach_the_caller(world: World):
    with world.session(world.sync.tokens) as session:
        world.server.faults.next("limit", path="/query")
        with pytest.raises(TryLater, match="REQUEST_LIMIT_EXCEEDED"):
            deals(session)
