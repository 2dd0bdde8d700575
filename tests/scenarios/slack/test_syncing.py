"""While the bot serves, the mirror follows Salesforce; the admins hear once when it cannot, and once when it can again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import BadSetting
from bot.settings import Settings
from bot.slack.syncing import PATIENCE
from bot.wiring import Installation
from connectors.mirror import Mirror, open_generation
from tests.connectors.salesforce.desk import crm as reading
from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.larkmoor import HOST, larkmoor
from tests.fakes.salesforce.server import FakeSalesforce
from tests.scenarios.slack.stage import Stage, stage, told

ADMIN = "Marcus Bell"
EVERY = 15
NO_API = ApiError(403, "API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner")


@pytest.fixture
def org() -> Iterator[FakeSalesforce]:
    with FakeSalesforce(larkmoor(opportunities=40).org, host=HOST) as server:
        yield server


@pytest.fixture
def at(tmp_path: Path, org: FakeSalesforce) -> Iterator[Stage]:
    crm = reading(org, tmp_path)
    Mirror(tmp_path, "local").load(crm)
    with stage(tmp_path, crm=crm, set_too={"SALESFORCE_RIGHTS": "declared"}, demo=True) as opened:
        user = opened.slack.person(ADMIN)
        marcus = next(person for person in crm.people() if person.name == ADMIN)
        opened.served.desk.directory.confirm(user.id, marcus.id)
        opened.settle()
        yield opened


def passes(at: Stage, org: FakeSalesforce, syncs: int = 1) -> tuple[str, ...]:
    """Let so many quarters of an hour pass, and return what the admin was told meanwhile."""
    before = at.slack.seen_by(ADMIN)
    for _ in range(syncs):
        at.clock.forward(EVERY * 60)
        org.org.clock.advance(minutes=EVERY)
        at.settle()
    return tuple(told(seen) for seen in at.slack.seen_by(ADMIN) if seen not in before)


def steps(at: Stage) -> set[str | None]:
    mirror = at.served.desk.line.mirror
    with open_generation(mirror.current()) as con:
        return {row[0] for row in con.execute("SELECT DISTINCT next_step FROM state").fetchall()}


def test_what_changes_in_salesforce_is_known_a_quarter_of_an_hour_later(at: Stage, org: FakeSalesforce):
    deal = next(key for key, row in org.org.tables["Opportunity"].items() if not row["IsDeleted"])
    org.org.update("Opportunity", deal, {"NextStep": "Sign on Thursday"})
    assert "Sign on Thursday" not in steps(at)

    assert passes(at, org) == ()
    assert "Sign on Thursday" in steps(at)


def test_a_lost_right_is_told_at_once_and_once_and_so_is_its_return(at: Stage, org: FakeSalesforce):
    last = at.served.desk.line.mirror.current().as_of
    org.faults.next("refuse", count=10_000, error=NO_API)

    (said,) = passes(at, org)
    assert "Records do not come any more" in said
    assert "Reports speak as of" in said
    assert passes(at, org, 5) == ()
    assert at.served.desk.line.mirror.current().as_of == last

    org.faults.clear()
    (said,) = passes(at, org)
    assert said.startswith("Records come again: reports are up to date.")
    assert passes(at, org) == ()
    assert at.served.desk.line.mirror.current().as_of > last


def test_an_org_that_is_out_of_order_for_a_while_is_nobodys_news(at: Stage, org: FakeSalesforce):
    org.faults.next("limit", count=10_000)
    assert passes(at, org, PATIENCE - 1) == ()

    (said,) = passes(at, org)
    assert "REQUEST_LIMIT_EXCEEDED" in said
    assert "Bearer" not in said


@pytest.mark.parametrize("minutes", ["often", "-5", "1.5", "1441"])
def test_minutes_that_cannot_be_used_are_named(tmp_path: Path, minutes: str):
    settings = Settings(home=tmp_path, values={"QUARTERDECK_SYNC_MINUTES": minutes})
    with (
        Installation(settings, progress=lambda _step: None) as opened,
        pytest.raises(BadSetting, match=f"QUARTERDECK_SYNC_MINUTES is '{minutes}'.*0 for never"),
    ):
        opened.syncing()


def test_nothing_is_fetched_for_the_invented_company(tmp_path: Path):
    with Installation(Settings(home=tmp_path, values={}), progress=lambda _step: None) as opened:
        assert opened.syncing() is None
