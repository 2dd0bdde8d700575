"""The connector passes the suite that every connector passes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.conformance import CrmConformance
from connectors.mirror.sheets import batched
from connectors.protocol import Crm, Page
from connectors.salesforce import spool
from tests.connectors.salesforce.desk import LARKMOOR_FIELDS, writer
from tests.connectors.salesforce.desk import crm as reading
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.server import FakeSalesforce


class Once(CrmConformance):
    """The suite over an org that no test changes: it is read whole once, and each test reads on."""

    @pytest.fixture(scope="class")
    @classmethod
    def pages(cls, crm: Crm) -> tuple[Page, ...]:
        return tuple(batched(crm.changes(None)))


class Larkmoor(Once):
    """The suite over the invented company's org."""

    @pytest.fixture(scope="class")
    @classmethod
    def crm(cls, larkmoor_server: FakeSalesforce, tmp_path_factory: pytest.TempPathFactory) -> Crm:
        home = tmp_path_factory.mktemp("larkmoor")
        (home / "salesforce.toml").write_text(LARKMOOR_FIELDS, encoding="utf-8")
        return reading(larkmoor_server, home)


class TestLarkmoor(Larkmoor):
    """The invented company in an org."""


class TestByBulk(Larkmoor):
    """The same, with nearly everything by Bulk 2.0."""

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _by_bulk(cls) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(spool, "REST_ROWS", 10)
            yield


class TestPlain(Once):
    """An org with a handful of deals in which little is tracked and filled in; changes can be made in it."""

    @pytest.fixture(scope="class")
    @classmethod
    def crm(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crm]:
        with FakeSalesforce(Org(tracked=("OwnerId", "NextStep", "Type", "LeadSource"))) as server:
            home = tmp_path_factory.mktemp("plain")
            _filled(server.org)
            yield reading(server, home, writer=writer(server, home))


def _filled(org: Org) -> None:
    account = org.insert("Account", {"Name": "O'Brien & Söhne"})
    for number in range(5):
        deal = org.insert(
            "Opportunity",
            {
                "Name": f"Deal {number}",
                "AccountId": account if number else None,
                "StageName": "Prospecting",
                "CloseDate": "2026-12-31",
                **({"Amount": f"{number}000.50"} if number else {}),
            },
        )
        org.clock.advance(hours=7)
        if number % 2:
            org.update("Opportunity", deal, {"StageName": "Closed Won", "NextStep": "„Ja“\nnext line"})
    org.delete("Opportunity", deal)
    org.clock.advance(hours=1)
