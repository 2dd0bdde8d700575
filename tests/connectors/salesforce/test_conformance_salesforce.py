"""The connector passes the suite that every connector passes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.conformance import CrmConformance
from connectors.mirror.sheets import batched
from connectors.protocol import Crm, Page
from connectors.salesforce import spool
from tests.connectors.salesforce.desk import LARKMOOR_FIELDS, writer
from tests.connectors.salesforce.desk import crm as reading
from tests.fakes.salesforce.server import FakeSalesforce


class Larkmoor(CrmConformance):
    """The suite over the invented company's org, which no test changes: it is read whole once, and each test reads on."""

    @pytest.fixture(scope="class")
    @classmethod
    def crm(cls, larkmoor_server: FakeSalesforce, tmp_path_factory: pytest.TempPathFactory) -> Crm:
        home = tmp_path_factory.mktemp("larkmoor")
        (home / "salesforce.toml").write_text(LARKMOOR_FIELDS, encoding="utf-8")
        return reading(larkmoor_server, home)

    @pytest.fixture(scope="class")
    @classmethod
    def pages(cls, crm: Crm) -> tuple[Page, ...]:
        return tuple(batched(crm.changes(None)))


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
