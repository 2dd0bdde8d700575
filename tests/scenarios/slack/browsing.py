"""A town whose people connect Salesforce in the browser: the link, the browser in front of it, and the way back."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests

from connectors.mirror import Mirror
from connectors.salesforce.browser import CALLBACK
from connectors.salesforce.opening import open_rights
from connectors.salesforce.vault import Vault
from tests.connectors.salesforce.desk import crm as reading
from tests.connectors.salesforce.signing import CLIENT, app
from tests.connectors.salesforce.test_vault import KEY
from tests.fakes.salesforce.larkmoor import HOST, larkmoor
from tests.fakes.salesforce.oauth import at as signing_in
from tests.fakes.salesforce.rights import Level
from tests.fakes.salesforce.server import FakeSalesforce
from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.stage import Clock, stage
from tests.scenarios.slack.test_connecting import ASKED, CONNECT, JONAS, KATRIN, MARCUS, Town

SIGN_IN, YES, NO = "Sign in to Salesforce", "Yes", "No"


@dataclass
class Wide(Town):
    """A town whose people sign in in the browser; `clock` is the wall's, as Salesforce's side of the bot reads it."""

    back: str
    clock: Clock

    def later(self, minutes: float) -> None:
        """Let so much time pass for what the bot keeps of Salesforce."""
        self.clock.forward(minutes * 60)

    def link(self, who: str) -> str:
        """Ask something, press the button under the answer, and return the address behind the link."""
        self.at.dm(who, ASKED)
        self.press(who, self.last(who), CONNECT)
        return address(self.last(who))

    def browse(self, link: str, who: str | None) -> requests.Response:
        """Open a link as a browser in which `who` is signed in to Salesforce and agrees (None: does not)."""
        self.oauth.agrees = who and self.names[who]
        shown = requests.get(link, timeout=10)
        self.at.settle()
        return shown

    def go(self, who: str) -> str:
        """Get a link, agree as oneself, and say Yes in Slack; return what came of it."""
        self.browse(self.link(who), who)
        return self.press(who, self.last(who), YES)


def address(shown: Seen) -> str:
    (found,) = [
        element["url"]
        for block in shown.blocks
        for element in block.get("elements", ())
        if element.get("text", {}).get("text") == SIGN_IN
    ]
    return str(found)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


@contextmanager
def opened(home: Path, *, pem: str = "", certificate: bytes = b"", transport: str = "http") -> Iterator[Wide]:
    """Open a town whose app has a key, or a secret alone; nobody is approved for it, and each may agree by themselves."""
    port = free_port()
    public = f"http://127.0.0.1:{port}"
    with FakeSalesforce(larkmoor(opportunities=60).org, host=HOST) as server:
        users = server.org.tables["User"]
        for number, row in enumerate(users.values()):
            row["Username"] = f"user{number}@salesforce.example"
        ids = {row["Name"]: key for key, row in users.items()}
        names = {row["Name"]: row["Username"] for row in users.values()}
        admin = users[server.org.admin]["Username"]
        oauth = signing_in(
            server,
            app(
                certificate=certificate,
                approved={admin},
                runs_as=admin,
                callbacks=(f"{public}{CALLBACK}",),
                rotates=True,
            ),
        )
        crm = reading(server, home)
        Mirror(home, "local").load(crm)
        katrins = set(sorted(server.org.tables["Opportunity"])[::2])
        server.org.sharing = lambda user, of, key: (
            Level.READ if user != ids[KATRIN] or of != "Opportunity" or key in katrins else Level.NONE
        )
        options = {
            "SALESFORCE_INSTANCE_URL": server.url,
            "SALESFORCE_CLIENT_ID": CLIENT,
            "QUARTERDECK_PUBLIC_URL": public,
            **(
                {"SALESFORCE_PRIVATE_KEY": pem, "SALESFORCE_USERNAME": admin}
                if pem
                else {"SALESFORCE_CLIENT_SECRET": "app-secret-0123456789"}
            ),
        }
        clock = Clock(datetime.now(UTC))
        asked = open_rights(crm, home, options, keys=KEY, workspace="local", minutes=60, now=clock)
        with stage(home, crm=crm, seeing=asked, port=port, transport=transport) as on:
            on.confirm(KATRIN, MARCUS, JONAS)
            vault = Vault(home, KEY)
            yield Wide(
                on, server, oauth, vault, ids, names, frozenset(), back=f"{public}{CALLBACK}", clock=clock
            )
