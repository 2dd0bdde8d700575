"""A small org on loopback, and simple-salesforce pointed at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from simple_salesforce import Salesforce

from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.server import FakeSalesforce


@pytest.fixture
def org() -> Org:
    return Org(tracked=("OwnerId", "NextStep"))


@pytest.fixture
def server(org: Org) -> Iterator[FakeSalesforce]:
    with FakeSalesforce(org) as running:
        yield running


@pytest.fixture
def sf(server: FakeSalesforce) -> Iterator[Salesforce]:
    with client(server) as made:
        yield made


@contextmanager
def client(server: FakeSalesforce, user: str | None = None) -> Iterator[Salesforce]:
    with requests.Session() as session:
        yield Salesforce(
            session_id=server.tokens.issue(user or server.org.admin),
            instance_url=server.instance_url,
            version="67.0",
            session=server.point(session),
        )


def deal(org: Org, name: str = "Deal", **values: object) -> str:
    """Create a deal through the rules and return its id."""
    return org.insert(
        "Opportunity", {"Name": name, "StageName": "Prospecting", "CloseDate": "2026-12-18"} | values
    )
