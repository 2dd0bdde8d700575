"""An org on loopback and the connector that reads it, for the tests beside this file."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from connectors import demo
from connectors.company import Company
from connectors.salesforce.allowed import Allowed
from connectors.salesforce.client import client
from connectors.salesforce.crm import SalesforceCrm
from connectors.salesforce.journal import Journal
from connectors.salesforce.org import Budget, Org
from connectors.salesforce.session import OrgSession
from connectors.salesforce.tokens import Token, Tokens
from connectors.salesforce.write import SalesforceWriter
from connectors.writes import Writer
from tests.fakes.salesforce.server import FakeSalesforce

# How Larkmoor's org is to be read: it has a checkbox for whether the buyer took part.
LARKMOOR_FIELDS = '[activity]\nbuyer = "Buyer_Took_Part__c"\n'


def opened(server: FakeSalesforce, *, user: str | None = None, budget: Budget | None = None) -> Org:
    """Return the org as a user reads it, the administrator unless named; nothing waits between two looks at a job."""

    def sign_in(_before: Token | None) -> Token:
        return Token(
            access=server.tokens.issue(user or server.org.admin),
            instance_url=server.instance_url,
            issued_at=datetime.now(UTC),
        )

    session = OrgSession(Tokens(sign_in))
    server.point(session)
    return Org(client(session), pause=lambda _seconds: None, budget=budget)


def crm(
    server: FakeSalesforce,
    home: Path,
    *,
    company: Company | None = None,
    user: str | None = None,
    writer: Writer | None = None,
) -> SalesforceCrm:
    """Return the connector over an org; what it fetched before lies in `home`."""
    return SalesforceCrm(home, company or demo.company(), lambda: opened(server, user=user), writer=writer)


def writer(server: FakeSalesforce, home: Path) -> SalesforceWriter:
    """Return a writer for whom everybody is the org's administrator; its waits move the org's clock."""
    admin = opened(server).session
    return SalesforceWriter(
        Allowed(),
        Journal(home / "writes"),
        lambda _person: nullcontext(client(admin)),
        pause=server.org.clock.advance,
    )
