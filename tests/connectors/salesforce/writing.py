"""What the tests of writing share: an org with a deal, two people who may change it, and a writer that acts as them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.errors import ConnectorError
from connectors.salesforce.allowed import Allowed
from connectors.salesforce.client import client
from connectors.salesforce.journal import Journal
from connectors.salesforce.session import OrgSession
from connectors.salesforce.tokens import Token, Tokens
from connectors.salesforce.write import SalesforceWriter
from connectors.writes import Edit, Update
from tests.connectors.salesforce.orgs import AT_ONCE
from tests.fakes.salesforce.client import LoopbackAdapter
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.server import FakeSalesforce

Before = Callable[[requests.PreparedRequest], None]


class Meddling(LoopbackAdapter):
    """Lets something happen in the org just before a request leaves."""

    def __init__(self, port: int, before: Before) -> None:
        super().__init__(port, max_retries=AT_ONCE)
        self._before = before

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        self._before(request)
        return super().send(request, *args, **options)


@dataclass
class World:
    """Jane approves; John works in Salesforce meanwhile. The org's clock moves only where a test moves it."""

    server: FakeSalesforce
    home: Path
    jane: str
    john: str
    account: str
    contact: str
    deal: str

    @property
    def org(self) -> Org:
        return self.server.org

    def session(self, user: str, *, before: Before = lambda _request: None) -> OrgSession:
        def sign_in(_before: Token | None) -> Token:
            return Token(
                access=self.server.tokens.issue(user),
                instance_url=self.server.instance_url,
                issued_at=datetime.now(UTC),
            )

        return OrgSession(Tokens(sign_in), retry=AT_ONCE, adapter=Meddling(self.server.port, before))

    def writer(
        self, *, allowed: Allowed | None = None, before: Before = lambda _request: None
    ) -> SalesforceWriter:
        """Return a writer whose persons are users of the org; `before` happens before each of its requests."""

        @contextmanager
        def opened(person: str) -> Iterator[Any]:
            with self.session(person, before=before) as session:
                yield client(session)

        return SalesforceWriter(
            allowed or Allowed(),
            Journal(self.home / "salesforce" / "writes"),
            opened,
            pause=self.wait,
        )

    def new_deal(self, **values: Any) -> str:
        given = {
            "Name": "Hallam",
            "AccountId": self.account,
            "StageName": "Qualification",
            "CloseDate": "2026-12-18",
        }
        key = self.org.insert("Opportunity", {**given, "Amount": "48000.00", "NextStep": "Call", **values})
        self.org.clock.advance(5)
        return key

    def held(self, name: str, record: str | None = None) -> Any:
        """Return what the deal holds now."""
        return self.org.tables["Opportunity"][record or self.deal].get(name)

    def foreign(self, record: str | None = None, *, after: float = 1, **values: Any) -> None:
        """Let John change the deal, some seconds later."""
        with self.org.lock:
            self.org.clock.advance(after)
            self.org.update("Opportunity", record or self.deal, values, user=self.john)

    def wait(self, seconds: float) -> None:
        """Let seconds go by in the org."""
        with self.org.lock:
            self.org.clock.advance(seconds)

    def patches(self) -> list[Any]:
        return [call for call in self.server.calls if call.method == "PATCH"]


@contextmanager
def world(home: Path) -> Iterator[World]:
    """Serve the org."""
    org = Org(tracked=("NextStep",))
    jane, john = org.user("Jane", "Rep"), org.user("John", "Rep")
    account = org.insert("Account", {"Name": "Hallam Foods"})
    contact = org.insert("Contact", {"LastName": "Buyer", "AccountId": account})
    with FakeSalesforce(org) as server:
        made = World(server, home, jane, john, account, contact, "")
        made.deal = made.new_deal()
        yield made


def update(
    world: World, key: str = "proposal-1", record: str | None = None, **changes: tuple[Any, Any]
) -> Update:
    """Return the change of a deal's fields, each from a value to another."""
    edits = tuple(Edit(field=name, before=before, after=after) for name, (before, after) in changes.items())
    return Update(key=key, of="deal", record_id=record or world.deal, edits=edits)


STEP = {"NextStep": ("Call", "Send the contract")}
MANY = {
    **STEP,
    "Amount": (Decimal(48000), Decimal("52000.50")),
    "CloseDate": (date(2026, 12, 18), date(2027, 1, 29)),
    "StageName": ("Qualification", "Negotiation/Review"),
}


def refused(world: World, wanted: Update | None = None) -> ConnectorError:
    """Let a change be refused; return the error."""
    with pytest.raises(ConnectorError) as caught:
        world.writer().write(wanted or update(world, **STEP), person=world.jane)
    return caught.value
