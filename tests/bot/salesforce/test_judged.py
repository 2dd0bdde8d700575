"""Every query of doctor, setup and the first sync is one for a parser of SOQL that others wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.salesforce_company import signed_in
from bot.settings import Settings
from connectors.salesforce.offers import held, offers
from tests.bot.salesforce.conftest import Run, Serve
from tests.bot.salesforce.test_doctor import as_sync
from tests.bot.salesforce.test_setup import org_of_its_own
from tests.bot.salesforce.test_write_probe import SYNC, own_deal
from tests.fakes.salesforce.rights import Rights
from tests.tools import soql_errors


@pytest.mark.slow
def test_what_is_asked_is_soql(run: Run, serve: Serve, tmp_path: Path):
    org = org_of_its_own()
    org.user("Quarter", "Deck", rights=Rights(view_all=True), Username=SYNC, Department="EMEA")
    server = serve(org)
    own_deal(server)
    run(server, "sync", **as_sync(server))
    run(server, "doctor", "--write-probe", **as_sync(server))
    values = {"SALESFORCE_INSTANCE_URL": server.url, **as_sync(server)}
    with signed_in(Settings(home=tmp_path, crm="salesforce", values=values)) as (opened, _):
        for word in ("amount", "close", "region", "team"):
            assert offers(opened, word, ())
        assert held(opened, "region", ("Vertriebsgebiet__c", "Account.Land__c")).values
        assert held(opened, "amount", ("ARR__c", "Amount")).values

    queries = sorted({call.soql for call in server.calls if call.soql})
    assert any("GROUP BY" in query for query in queries)
    assert any("COUNT(" in query for query in queries)
    wrong = {query: error for query, error in zip(queries, soql_errors(queries), strict=True) if error}
    assert wrong == {}
