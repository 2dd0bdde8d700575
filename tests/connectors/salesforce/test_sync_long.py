"""Queries that take the org too long: they are asked for in halves of their time, down to a minute."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.errors import BadRequest, NotAllowed, TryLater
from connectors.salesforce import crm as crm_module
from connectors.salesforce import spool
from tests.connectors.salesforce.test_sync import Synced
from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.http import Answer, Request, refused
from tests.fakes.salesforce.rights import Level, Rights
from tests.fakes.salesforce.server import FakeSalesforce

TOO_LONG = ApiError(400, "QUERY_TIMEOUT", "Your query request was running for too long.")


@pytest.fixture
def synced(server: FakeSalesforce, tmp_path: Path) -> Synced:
    return Synced(server, tmp_path)


def slow(server: FakeSalesforce, *, most: int) -> list[str]:
    """Let queries on deals by their stamp take too long where they find more than so many; return those that did."""
    served, ended = server.routes["/services/data"], []

    def answer(request: Request) -> Answer:
        query = request.query.get("q", "")
        found = re.search(r"FROM Opportunity (WHERE .*)?ORDER BY SystemModstamp", query)
        if found:
            low, high = (re.search(rf"SystemModstamp {sign} (\S+Z)", query) for sign in (">=", "<"))
            begun = datetime.fromisoformat(low[1]) if low else datetime.min.replace(tzinfo=UTC)
            end = datetime.fromisoformat(high[1]) if high else datetime.max.replace(tzinfo=UTC)
            stamps = [row["SystemModstamp"] for row in server.org.tables["Opportunity"].values()]
            if sum(begun <= stamp < end for stamp in stamps) > most:
                ended.append(query)
                return refused(TOO_LONG)
        return served(request)

    server.routes["/services/data"] = answer
    return ended


def test_a_query_that_takes_too_long_is_asked_in_halves_until_it_does_not(synced: Synced) -> None:
    deals = []
    for _ in range(9):
        deals.append(synced.deal())
        synced.org.clock.advance(days=3)
    ended = slow(synced.server, most=3)
    synced.sync()
    assert ended
    assert [row[0] for row in synced.rows("SELECT id FROM deal ORDER BY id")] == sorted(deals)

    for deal in deals:
        synced.org.clock.advance(minutes=10)
        synced.org.update("Opportunity", deal, {"Amount": "7.00"})
    ended.clear()
    synced.sync()
    assert ended
    assert synced.rows("SELECT count(*) FROM state WHERE amount = 7 AND valid_to > DATE '9999-01-01'") == [
        (9,)
    ]
    assert synced.rows("SELECT count(*) = count(DISTINCT id) FROM event") == [(True,)]


def test_a_load_that_broke_off_between_halves_goes_on(synced: Synced) -> None:
    deals = []
    for _ in range(4):
        deals.append(synced.deal())
        synced.org.clock.advance(days=3)
    slow(synced.server, most=2)
    synced.server.faults.next("limit", soql="FROM Task ", count=1)
    with pytest.raises(TryLater, match="REQUEST_LIMIT_EXCEEDED"):
        synced.sync()
    asked = len([call for call in synced.server.calls if "FROM Opportunity " in (call.soql or "")])
    synced.sync()

    assert [row[0] for row in synced.rows("SELECT id FROM deal ORDER BY id")] == sorted(deals)
    again = [call for call in synced.server.calls if "FROM Opportunity " in (call.soql or "")][asked:]
    assert again == []


def test_more_than_fits_into_a_minute_ends_the_sync_with_the_org_s_words(synced: Synced) -> None:
    for _ in range(3):
        synced.deal()
    ended = slow(synced.server, most=2)

    with pytest.raises(BadRequest, match="QUERY_TIMEOUT"):
        synced.sync()
    low, high = (re.search(rf"SystemModstamp {sign} (\S+Z)", ended[-1]) for sign in (">=", "<"))
    assert low
    assert high
    assert datetime.fromisoformat(high[1]) - datetime.fromisoformat(low[1]) < timedelta(minutes=2)


def test_a_bulk_query_that_takes_too_long_is_asked_in_halves_too(
    synced: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "REST_ROWS", 0)
    deals = [synced.deal() for _ in range(3)]
    synced.server.rest.bulk.breaking["Opportunity"] = (TOO_LONG.code, TOO_LONG.message)
    synced.sync()

    assert [row[0] for row in synced.rows("SELECT id FROM deal ORDER BY id")] == sorted(deals)


def test_a_sweep_in_halves_that_missed_deals_is_asked_again_once_they_are_back(
    server: FakeSalesforce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crm_module, "MOST_MISSING", 1)
    synced = Synced(server, tmp_path, user=server.org.user("Rita", "Rep", rights=Rights()))
    deals = []
    for _ in range(4):
        deals.append(synced.deal())
        synced.org.clock.advance(days=3)
    synced.sync()
    synced.org.clock.advance(days=1)
    ended = slow(server, most=3)
    server.org.sharing = lambda _user, of, key: (
        Level.NONE if of == "Opportunity" and key in deals[1:] else Level.EDIT
    )
    with pytest.raises(NotAllowed, match="does not see 3 of 4 deals any more"):
        synced.sync()
    assert [query for query in ended if query.startswith("SELECT Id, SystemModstamp FROM")]

    server.org.sharing = None
    synced.sync()
    assert synced.rows("SELECT count(*) FROM state WHERE deleted") == [(0,)]
