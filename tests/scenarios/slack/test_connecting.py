"""Somebody connects Salesforce from Slack as themselves and nobody else, and lets go of it with a word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.slack.gate import SIGN_IN, SIGN_OUT, USER_ME, USER_NOT_ME
from bot.slack.presses import Press
from bot.slack.request import Request
from connectors.mirror import Mirror, open_generation
from connectors.registry import seeing
from connectors.salesforce.vault import Vault
from tests.connectors.salesforce.desk import crm as reading
from tests.connectors.salesforce.signing import CLIENT, app, keys
from tests.connectors.salesforce.test_vault import KEY
from tests.fakes.salesforce.larkmoor import HOST, larkmoor
from tests.fakes.salesforce.oauth import OAuth
from tests.fakes.salesforce.oauth import at as signing_in
from tests.fakes.salesforce.rights import Level
from tests.fakes.salesforce.server import FakeSalesforce
from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.stage import Stage, stage, told

KATRIN, MARCUS, JONAS = "Katrin Vogelsang", "Marcus Bell", "Jonas Adler"
ASKED = "how many open deals this quarter"
UNTOLD = "I do not know yet what you may see in the CRM, so I show nothing of it."
CONNECT, ME, NOT_ME = "Connect Salesforce", "That is me", "Not me"


@dataclass
class Town:
    """A stage, the org behind it, and the vault that keeps who is who there."""

    at: Stage
    org: FakeSalesforce
    oauth: OAuth
    vault: Vault
    ids: dict[str, str]
    names: dict[str, str]
    accounts: frozenset[str]

    def press(self, who: str, what: Seen, button: str) -> str:
        """Press a button and return what is new before that person's eyes, or stands in the place of the button."""
        before = self.at.slack.seen_by(who)
        self.at.clock.forward(60)
        self.at.slack.click(who, what, button)
        self.at.settle()
        return told(*(seen for seen in self.at.slack.seen_by(who) if seen not in before))

    def forge(self, who: str, action: str, value: str) -> str:
        """Press a button that this person was never shown; return what is new before their eyes."""
        before, user = self.at.slack.seen_by(who), self.at.slack.person(who).id
        desk = self.at.served.desk
        request = Request(
            key=f"press:{action}:{value}:{user}",
            workspace=desk.workspace,
            channel=desk.poster.direct(user),
            user=user,
            text=value,
            surface="direct",
            at=self.at.clock(),
        )
        desk.runs.enqueue(Press(request=request, action=action, value=value).work())
        self.at.settle()
        return told(*(seen for seen in self.at.slack.seen_by(who) if seen not in before))

    def last(self, who: str) -> Seen:
        return self.at.slack.seen_by(who)[-1]

    def home(self, who: str) -> Seen:
        """Open the Home tab and return it."""
        self.at.slack.open_home(who)
        self.at.settle()
        return next(seen for seen in self.at.slack.seen_by(who) if seen.kind == "home")

    def connect(self, who: str) -> str:
        """Ask something, press the button under the answer, and say that it is me; return what came of it."""
        self.at.dm(who, ASKED)
        self.press(who, self.last(who), CONNECT)
        return self.press(who, self.last(who), ME)

    def is_connected(self, who: str) -> bool:
        link = self.vault.link("local", self.ids[who])
        return link is not None and link.confirmed_at is not None


@pytest.fixture(scope="module")
def pair() -> tuple[str, bytes]:
    return keys(datetime.now(UTC))


@pytest.fixture
def town(tmp_path: Path, pair: tuple[str, bytes]) -> Iterator[Town]:
    pem, certificate = pair
    with FakeSalesforce(larkmoor(opportunities=60).org, host=HOST) as server:
        users = server.org.tables["User"]
        for number, row in enumerate(users.values()):
            row["Username"] = f"user{number}@salesforce.example"
        ids = {row["Name"]: key for key, row in users.items()}
        names = {row["Name"]: row["Username"] for row in users.values()}
        oauth = signing_in(server, app(certificate=certificate, approved=set(names.values())))
        crm = reading(server, tmp_path)
        generation = Mirror(tmp_path, "local").load(crm)
        # Another user with the same address, who came since and stands first in the list.
        address = users[ids[KATRIN]]["Email"]
        server.org.user("Kay", "Twin", Email=address, Username="a@salesforce.example")
        katrins = set(sorted(server.org.tables["Opportunity"])[::2])
        server.org.sharing = lambda user, of, key: (
            Level.READ if user != ids[KATRIN] or of != "Opportunity" or key in katrins else Level.NONE
        )
        with open_generation(generation) as con:
            accounts = frozenset(name for (name,) in con.execute("SELECT name FROM account").fetchall())
        options = {
            "SALESFORCE_INSTANCE_URL": server.url,
            "SALESFORCE_CLIENT_ID": CLIENT,
            "SALESFORCE_PRIVATE_KEY": pem,
            "SALESFORCE_USERNAME": users[server.org.admin]["Username"],
        }
        asked = seeing(crm, home=tmp_path, options=options, keys=KEY, workspace="local", minutes=60)
        with stage(tmp_path, crm=crm, seeing=asked) as opened:
            opened.confirm(KATRIN, MARCUS, JONAS)
            yield Town(opened, server, oauth, Vault(tmp_path, KEY), ids, names, accounts)


def test_a_person_connects_by_two_presses_and_sees_what_they_see_in_salesforce(town: Town):
    (first,) = town.at.dm(KATRIN, ASKED)
    question = town.press(KATRIN, first, CONNECT)
    unconfirmed = town.is_connected(KATRIN)
    said = town.press(KATRIN, town.last(KATRIN), ME)
    answers = {who: told(*town.at.dm(who, ASKED)) for who in (KATRIN, MARCUS)}

    assert told(first).startswith(UNTOLD)
    assert f"I take you for {town.names[KATRIN]}. Is that you?" in question
    assert not unconfirmed
    assert said.splitlines()[0] == f"Connected as {town.names[KATRIN]}: ask again."
    assert "deals that all who read this may see in the CRM" in answers[KATRIN]
    assert UNTOLD in answers[MARCUS]
    assert set(town.oauth.issued.values()) == {
        town.names[KATRIN],
        town.org.org.tables["User"][town.org.org.admin]["Username"],
    }


def test_who_is_not_connected_sees_nothing_of_the_crm_on_the_way(town: Town):
    for text in (ASKED, "weekly", "my deals", "disconnect"):
        town.at.dm(KATRIN, text)
    town.press(KATRIN, town.last(KATRIN), CONNECT)
    seen = told(*town.at.slack.seen_by(KATRIN))
    home = told(town.home(KATRIN))

    assert "$" not in seen + home
    assert not [name for name in town.accounts if name in seen + home]
    assert CONNECT in home
    assert "My drafts" not in home


def test_who_is_not_approved_hears_who_mends_it_and_stays_unconnected(town: Town):
    town.oauth.apps[CLIENT].approved.remove(town.names[KATRIN])
    said = town.connect(KATRIN)

    assert "You are not connected" in said
    assert "a Salesforce administrator assigns the permission set Quarterdeck to that user" in said
    assert "or an admin of Quarterdeck sets QUARTERDECK_PUBLIC_URL" in said
    assert not town.is_connected(KATRIN)

    town.oauth.apps[CLIENT].approved.add(town.names[KATRIN])
    assert "Connected as" in town.connect(KATRIN)


def test_taking_the_permission_set_away_ends_it_and_offers_the_way_back(town: Town):
    town.connect(KATRIN)
    town.oauth.apps[CLIENT].approved.clear()
    for access in tuple(town.oauth.issued):
        town.org.tokens.expire(access)
    (town.vault.path.parent / "sight" / f"{town.ids[KATRIN]}.json").unlink(missing_ok=True)
    said = town.at.dm(KATRIN, ASKED)

    assert "It does not let you in any more: connect it again." in told(*said)
    assert CONNECT in told(*said)


def test_a_button_is_its_owners_alone(town: Town):
    town.at.dm(KATRIN, ASKED)
    town.press(KATRIN, town.last(KATRIN), CONNECT)
    owner = town.at.slack.person(KATRIN).id
    proposed = town.vault.link("local", town.ids[KATRIN])
    said = [
        town.forge(MARCUS, action, value)
        for action, value in (
            (SIGN_IN, owner),
            (USER_ME, f"{owner}:{town.names[KATRIN]}"),
            (USER_NOT_ME, owner),
            (SIGN_OUT, owner),
        )
    ]

    assert all("That button is somebody else's. Nothing was changed." in one for one in said), said
    assert proposed is not None
    assert town.vault.link("local", town.ids[KATRIN]) == proposed
    assert town.vault.link("local", town.ids[MARCUS]) is None


def test_nobody_confirms_to_be_another_user_than_the_one_they_were_shown(town: Town):
    town.connect(KATRIN)
    town.at.dm(MARCUS, ASKED)
    town.press(MARCUS, town.last(MARCUS), CONNECT)
    said = town.forge(MARCUS, USER_ME, f"{town.at.slack.person(MARCUS).id}:{town.names[KATRIN]}")

    assert f"{town.names[KATRIN]} is not who I asked you about last." in said
    assert not town.is_connected(MARCUS)
    assert town.is_connected(KATRIN)


def test_who_is_linked_to_a_person_by_an_admin_does_not_come_by_the_sign_in_of_another(town: Town):
    town.connect(KATRIN)
    jonas = town.at.slack.person(JONAS).id
    town.at.served.desk.directory.link(jonas, town.ids[KATRIN])

    assert not town.is_connected(KATRIN)
    assert UNTOLD in told(*town.at.dm(JONAS, ASKED))


def test_not_me_connects_nobody(town: Town):
    town.at.dm(KATRIN, ASKED)
    town.press(KATRIN, town.last(KATRIN), CONNECT)
    said = town.press(KATRIN, town.last(KATRIN), NOT_ME)

    assert "Then you stay unconnected." in said
    assert town.vault.link("local", town.ids[KATRIN]) is None


def test_an_old_not_me_changes_nothing_of_a_sign_in_that_was_confirmed(town: Town):
    town.at.dm(KATRIN, ASKED)
    town.press(KATRIN, town.last(KATRIN), CONNECT)
    first = town.last(KATRIN)
    town.connect(KATRIN)
    said = town.press(KATRIN, first, NOT_ME)

    assert f"nothing was changed: you are connected to Salesforce as {town.names[KATRIN]}." in said
    assert town.is_connected(KATRIN)


def test_a_user_who_is_switched_off_in_salesforce_is_nobodys(town: Town):
    town.org.org.tables["User"][town.ids[KATRIN]]["IsActive"] = False
    town.at.dm(KATRIN, ASKED)
    said = town.press(KATRIN, town.last(KATRIN), CONNECT)

    assert "Salesforce has no active user of yours" in said
    assert not town.is_connected(KATRIN)


@pytest.mark.parametrize("way", ["word", "button"])
def test_disconnecting_holds_at_once(town: Town, way: str):
    town.connect(KATRIN)
    town.at.dm(KATRIN, ASKED)
    if way == "word":
        said = told(*town.at.dm(KATRIN, "disconnect"))
    else:
        said = town.press(KATRIN, town.home(KATRIN), "Disconnect Salesforce")

    assert "Disconnected: your sign-in and what you see in Salesforce are forgotten here." in said
    assert town.vault.link("local", town.ids[KATRIN]) is None
    assert not list((town.vault.path.parent / "sight").glob("*.json"))
    assert town.names[KATRIN] not in town.oauth.issued.values()
    assert UNTOLD in told(*town.at.dm(KATRIN, ASKED))


def test_who_is_not_let_in_any_more_disconnects_all_the_same(town: Town):
    town.connect(KATRIN)
    town.oauth.apps[CLIENT].approved.clear()
    for access in tuple(town.oauth.issued):
        town.org.tokens.expire(access)
        del town.oauth.issued[access]
    said = told(*town.at.dm(KATRIN, "disconnect"))

    assert "Disconnected: your sign-in and what you see in Salesforce are forgotten here." in said
    assert "did not confirm" not in said
    assert town.vault.link("local", town.ids[KATRIN]) is None


def test_who_is_nobody_of_the_crm_any_more_disconnects_all_the_same(town: Town):
    town.connect(KATRIN)
    town.at.slack.alter(KATRIN, is_restricted=True)
    said = told(*town.at.dm(KATRIN, "disconnect"))
    after = told(*town.at.dm(KATRIN, "disconnect"))

    assert "Disconnected: your sign-in and what you see in Salesforce are forgotten here." in said
    assert CONNECT not in said
    assert "I answer the people of this company only" in after
    assert town.vault.link("local", town.ids[KATRIN]) is None


def test_when_the_app_is_taken_away_every_sign_in_goes_with_it(town: Town):
    town.connect(KATRIN)
    town.connect(MARCUS)
    town.at.slack.uninstall()
    town.at.settle()

    assert not town.is_connected(KATRIN)
    assert not town.is_connected(MARCUS)
    assert len(town.oauth.revoked) == 2
