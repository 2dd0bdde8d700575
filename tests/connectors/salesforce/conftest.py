"""Orgs that several tests read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.salesforce.desk import LARKMOOR_FIELDS
from tests.fakes.salesforce.larkmoor import HOST, Company, larkmoor
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.server import FakeSalesforce


@pytest.fixture(scope="session")
def larkmoor_org() -> Company:
    """Return the invented company as an org, which nobody changes."""
    return larkmoor(opportunities=120)


@pytest.fixture(scope="session")
def larkmoor_server(larkmoor_org: Company) -> Iterator[FakeSalesforce]:
    """Serve the invented company's org."""
    with FakeSalesforce(larkmoor_org.org, host=HOST) as server:
        yield server


@pytest.fixture
def larkmoor_home(tmp_path: Path) -> Path:
    """Return a home that says how Larkmoor's org is to be read."""
    (tmp_path / "salesforce.toml").write_text(LARKMOOR_FIELDS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def server() -> Iterator[FakeSalesforce]:
    """Serve a small org of its own, in which a few fields are tracked."""
    org = Org(tracked=("OwnerId", "NextStep", "Type", "LeadSource"))
    with FakeSalesforce(org) as served:
        yield served
