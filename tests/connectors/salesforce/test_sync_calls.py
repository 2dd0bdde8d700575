"""What a sync costs of an org's calls of the day: few where nothing changed, and few to know what objects are like."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors import demo
from connectors.errors import OtherMeaning
from connectors.mirror import Mirror
from connectors.salesforce.client import client
from connectors.salesforce.crm import SalesforceCrm
from connectors.salesforce.org import Org as Reading
from tests.connectors.salesforce.desk import opened
from tests.fakes.salesforce.rights import Rights
from tests.fakes.salesforce.schema import Field
from tests.fakes.salesforce.server import FakeSalesforce


class Serving:
    """A connector that lives on from sync to sync, as where the bot serves, and a clock that stands still."""

    def __init__(self, server: FakeSalesforce, home: Path, user: str | None = None) -> None:
        self.server, self.org = server, server.org
        self.mirror = Mirror(home, "salesforce")
        self.seconds = 0.0
        self.org_read = Reading(
            client(opened(server, user=user).session), pause=lambda _: None, clock=lambda: self.seconds
        )
        self.crm = SalesforceCrm(home, demo.company(), lambda: self.org_read)

    def sync(self, *, full: bool = False) -> list[str]:
        """Sync a quarter of an hour later; return what was asked for, in order: an object, or a path."""
        self.org.clock.advance(minutes=15)
        before = len(self.server.calls)
        self.mirror.load(self.crm, full=full)
        return [
            call.soql.partition(" FROM ")[2].partition(" ")[0]
            if call.soql
            else call.path.partition("/v67.0/")[2]
            for call in self.server.calls[before:]
        ]


@pytest.fixture
def serving(server: FakeSalesforce, tmp_path: Path) -> Serving:
    server.org.insert("Opportunity", {"Name": "Yard", "StageName": "Prospecting", "CloseDate": "2026-12-31"})
    serving = Serving(server, tmp_path)
    serving.sync()
    return serving


def test_an_empty_sync_asks_each_object_once_and_nothing_else(serving: Serving) -> None:
    assert serving.sync() == [
        "OpportunityStage",
        "User",
        "Product2",
        "Account",
        "Contact",
        "OpportunityContactRole",
        "OpportunityHistory",
        "OpportunityFieldHistory",
        "Opportunity",
        "Task",
        "Event",
    ]


def test_a_day_of_empty_syncs_takes_less_than_a_tenth_of_the_smallest_org(serving: Serving) -> None:
    assert 24 * 4 * len(serving.sync()) + 4 * len(serving.crm._org._shapes) < 15_000 / 10


def test_what_objects_are_like_is_asked_again_after_some_hours(serving: Serving) -> None:
    serving.seconds = 6 * 3600.0

    described = [asked for asked in serving.sync() if asked.endswith("/describe")]
    assert len(described) == len(set(described)) == len(serving.crm._org._shapes)
    assert not any(asked.endswith("/describe") for asked in serving.sync())


def test_a_new_process_describes_each_object_once(serving: Serving, tmp_path: Path) -> None:
    asked = Serving(serving.server, tmp_path).sync()

    assert len(asked) == len(set(asked)) <= 26


def test_a_field_that_may_not_be_read_any_more_is_left_out_at_once(
    server: FakeSalesforce, tmp_path: Path
) -> None:
    reader = server.org.user("Rita", "Rep", rights=Rights(view_all=True))
    server.org.add_field("Opportunity", Field("Region__c", "string", 40))
    serving = Serving(server, tmp_path, user=reader)
    serving.sync()
    server.org.rights[reader].hidden = {"Opportunity.Region__c"}

    with pytest.raises(OtherMeaning, match="have changed"):
        serving.sync()
    serving.sync(full=True)


def test_an_own_field_that_is_made_while_the_bot_serves_is_read_at_once(
    server: FakeSalesforce, tmp_path: Path
) -> None:
    serving = Serving(server, tmp_path)
    serving.sync()
    server.org.add_field("Opportunity", Field("ARR__c", "currency"))
    (tmp_path / "salesforce.toml").write_text('[deal]\namount = "ARR__c"\n', encoding="utf-8")

    serving.sync(full=True)
    assert serving.crm.sources()["Opportunity"]["amount"] == ("ARR__c",)
