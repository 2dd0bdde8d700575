"""The connector passes the suite that every connector passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.conformance import CrmConformance
from connectors.protocol import Crm
from connectors.salesforce import spool
from tests.connectors.salesforce.desk import crm as reading
from tests.connectors.salesforce.desk import writer
from tests.fakes.salesforce.server import FakeSalesforce


class TestLarkmoor(CrmConformance):
    """The invented company in an org."""

    @pytest.fixture
    def crm(self, larkmoor_server: FakeSalesforce, larkmoor_home: Path) -> Crm:
        return reading(larkmoor_server, larkmoor_home)


class TestByBulk(CrmConformance):
    """The same, with nearly everything by Bulk 2.0."""

    @pytest.fixture
    def crm(
        self, larkmoor_server: FakeSalesforce, larkmoor_home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Crm:
        monkeypatch.setattr(spool, "REST_ROWS", 10)
        return reading(larkmoor_server, larkmoor_home)


class TestPlain(CrmConformance):
    """An org with a handful of deals in which nothing is tracked and little is filled in; changes can be made in it."""

    @pytest.fixture
    def crm(self, server: FakeSalesforce, tmp_path: Path) -> Crm:
        org = server.org
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
        return reading(server, tmp_path, writer=writer(server, tmp_path))
