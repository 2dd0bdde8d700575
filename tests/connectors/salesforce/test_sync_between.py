"""An org that changes between the queries of a sync, or while one is broken off: nothing stays open, and nothing is lost."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from connectors.errors import TryLater
from connectors.protocol import Page
from connectors.quoting import literal
from connectors.salesforce import org as org_module
from connectors.salesforce import spool, telling
from tests.connectors.salesforce.desk import crm
from tests.connectors.salesforce.test_sync import Synced
from tests.fakes.salesforce.http import Answer, Request
from tests.fakes.salesforce.rights import Level, Rights
from tests.fakes.salesforce.server import FakeSalesforce

OPEN = "SELECT DISTINCT deal_id FROM state WHERE valid_to > DATE '9999-01-01' AND NOT deleted ORDER BY 1"


@pytest.fixture
def synced(server: FakeSalesforce, tmp_path: Path) -> Synced:
    return Synced(server, tmp_path)


def broken_off(synced: Synced, before: str) -> None:
    """Sync up to the query that has this in it."""
    synced.server.faults.next("limit", soql=before, count=1)
    with pytest.raises(TryLater):
        synced.sync()


@pytest.mark.parametrize("first", [True, False])
def test_a_deal_that_is_purged_once_its_history_was_read_is_not_open(synced: Synced, *, first: bool) -> None:
    kept = synced.deal()
    if not first:
        synced.sync()
        synced.org.clock.advance(hours=1)
    purged = synced.deal(Type="New")
    synced.org.update("Opportunity", purged, {"Type": "Existing"})
    broken_off(synced, "FROM Opportunity ")
    synced.org.purge("Opportunity", purged)
    made_meanwhile = synced.deal()
    synced.sync()
    assert synced.rows(f"SELECT count(*) > 0 FROM event WHERE deal_id = '{purged}'") == [(True,)]
    assert (kept,) in synced.rows(OPEN)
    assert (purged,) not in synced.rows(OPEN)

    synced.org.clock.advance(days=1)
    synced.sync()
    assert synced.rows(OPEN) == [(kept,), (made_meanwhile,)]


def test_a_deal_that_is_purged_once_the_sweep_has_found_it_is_not_open(
    server: FakeSalesforce, tmp_path: Path
) -> None:
    synced = Synced(server, tmp_path, user=server.org.user("Rita", "Rep", rights=Rights()))
    kept, purged = synced.deal(), synced.deal()
    server.org.sharing = lambda _user, _object, key: Level.NONE if key == purged else Level.EDIT
    synced.org.clock.advance(hours=1)
    synced.sync()
    server.org.sharing = None
    synced.org.clock.advance(days=1)
    broken_off(synced, f"FROM Opportunity WHERE Id IN ('{purged}')")
    synced.org.purge("Opportunity", purged)
    synced.sync()

    assert synced.rows(OPEN) == [(kept,)]


def test_a_deal_that_was_made_after_the_window_is_not_gone_though_its_history_says_earlier(
    synced: Synced,
) -> None:
    deal = synced.deal()
    synced.org.clock.advance(minutes=4)
    synced.org.settle("Opportunity", deal, CreatedDate=synced.org.clock())
    synced.mirror.load(crm(synced.server, synced.home))
    synced.sync()

    assert synced.rows(OPEN) == [(deal,)]
    assert synced.rows("SELECT count(*) FROM state WHERE deleted") == [(0,)]


def test_a_deal_that_was_hidden_while_it_was_read_comes_back_with_what_it_was(
    server: FakeSalesforce, tmp_path: Path
) -> None:
    synced = Synced(server, tmp_path, user=server.org.user("Rita", "Rep", rights=Rights()))
    deal = synced.deal(Type="New")
    began = synced.now
    synced.org.clock.advance(hours=1)
    broken_off(synced, "FROM Opportunity ")
    server.org.sharing = lambda _user, _object, _key: Level.NONE
    synced.sync()
    assert synced.rows(OPEN) == []

    server.org.sharing = None
    synced.org.clock.advance(days=1)
    synced.sync()
    assert synced.rows(OPEN) == [(deal,)]
    assert synced.states(deal, "type")[0] == (began, "New")


def test_a_page_that_is_fetched_again_in_another_order_loses_no_row(
    synced: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "TOGETHER", 1)
    monkeypatch.setattr(org_module, "BULK_PAGE", 2)
    monkeypatch.setattr(spool, "REST_ROWS", 0)
    for _ in range(8):
        synced.deal()
    synced.org.clock.advance(days=3)
    cut = last_page_cut(synced.server)
    told: set[str] = set()
    cursor = None
    for _ in range(2):
        with suppress(TryLater):
            for page in crm(synced.server, synced.home).changes(cursor):
                told |= events(page)
                cursor = page.cursor
        synced.server.rest.bulk.backwards = True

    assert cut
    assert told >= set(synced.org.tables["OpportunityHistory"])


def last_page_cut(server: FakeSalesforce) -> list[str]:
    """Let the last page of OpportunityHistory be without its last row, once; return the calls where that was so."""
    served, cut = server.routes["/services/data"], []

    def answer(request: Request) -> Answer:
        given = served(request)
        if cut or given.headers.get("Sforce-Locator") != "null" or b'"Probability"' not in given.content():
            return given
        rows = given.content().splitlines(keepends=True)
        if b'"OpportunityId"' not in rows[0]:
            return given
        cut.append(request.path)
        return replace(given, body=b"".join(rows[:-1]))

    server.routes["/services/data"] = answer
    return cut


def events(page: Page) -> set[str]:
    """Return the ids of the events of a page."""
    found: set[str] = set()
    for sheet in page.sheets:
        if sheet.table == "event":
            rows = duckdb.sql(f"SELECT id FROM read_parquet({literal(sheet.path)})").fetchall()
            found |= {key for (key,) in rows}
    return found
