"""Every query that the connector sends is one for a parser of SOQL that others wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.mirror import Mirror
from connectors.salesforce import spool
from tests.connectors.salesforce.desk import crm
from tests.fakes.salesforce.rights import Level
from tests.fakes.salesforce.schema import Field
from tests.fakes.salesforce.server import FakeSalesforce
from tests.tools import soql_errors


@pytest.mark.slow
def test_what_the_connector_asks_is_soql(
    server: FakeSalesforce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First by Bulk 2.0, then windows, a sweep, a deal that is shared later, all deals again, and one live."""
    org = server.org
    org.add_field("Account", Field("Region__c", "string", 40))
    account = org.insert("Account", {"Name": 'O\'Brien \\ "Söhne"', "Region__c": "EMEA"})
    values = {"Name": "Yard", "StageName": "Prospecting", "CloseDate": "2026-12-31", "AccountId": account}
    first, hidden = (org.insert("Opportunity", values) for _ in range(2))
    reader = org.user("Rita", "Rep")
    org.sharing = lambda _user, _object, key: Level.NONE if key == hidden else Level.EDIT
    org.clock.advance(hours=1)
    with monkeypatch.context() as patch:
        patch.setattr(spool, "REST_ROWS", 0)
        Mirror(tmp_path, "salesforce").load(crm(server, tmp_path, user=reader))
    org.sharing = None
    org.clock.advance(days=8)
    reading = crm(server, tmp_path, user=reader)
    Mirror(tmp_path, "salesforce").load(reading)
    assert reading.read(first) is not None
    assert reading.people()

    asked = {call.soql for call in server.calls if call.soql}
    asked |= {json.loads(call.body)["query"] for call in server.asked("jobs/query", "POST")}
    assert len(asked) > 30
    assert any(f"IN ('{hidden}')" in query for query in asked)
    queries = sorted(asked)
    wrong = {query: error for query, error in zip(queries, soql_errors(queries), strict=True) if error}
    assert wrong == {}
