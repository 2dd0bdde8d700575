"""The same company read from the demo connector and through Salesforce gives the same records, states and facts."""

from __future__ import annotations

import pytest

from connectors.demo import DemoCrm
from connectors.mirror import Generation, Mirror, open_generation
from connectors.salesforce import spool
from tests.connectors.salesforce.desk import crm as reading
from tests.fakes.salesforce.larkmoor import Company
from tests.fakes.salesforce.server import FakeSalesforce

TABLES = {
    "state": "SELECT {deal_id}, valid_from, valid_to, stage, status, amount, currency, close, {owner_id}, type, product, "
    "source, region, segment, next_step, reason, deleted, if(status = 'lost', '', category) FROM state WHERE {followed}",
    # What next steps were before the org is seen to follow them, nobody knows.
    "early state": "SELECT DISTINCT {deal_id}, stage, status, amount, currency, close, {owner_id}, type, product, "
    "source, region, segment, deleted, if(status = 'lost', '', category) FROM state WHERE NOT {followed}",
    "deal": "SELECT {id}, name, {account_id}, created_at FROM deal",
    "person": "SELECT {id}, name, email, role, team, region, {manager_id}, active, started_on FROM person",
    "account": "SELECT {id}, name, region, segment, industry, {owner_id} FROM account",
    "contact": "SELECT {id}, {account_id}, name, email, title, role FROM contact",
    "product": "SELECT {id}, name, family FROM product",
    "activity": "SELECT {deal_id}, {person_id}, kind, activity.at, buyer, subject FROM activity",
}


@pytest.fixture(scope="module", params=["REST", "Bulk"])
def generations(
    request: pytest.FixtureRequest,
    larkmoor_server: FakeSalesforce,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Generation, Generation]:
    """Return the mirrors of both, once by REST and once by Bulk 2.0."""
    home = tmp_path_factory.mktemp("both")
    (home / "salesforce.toml").write_text('[activity]\nbuyer = "Buyer_Took_Part__c"\n', encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "Bulk":
            patch.setattr(spool, "REST_ROWS", 10)
        theirs = Mirror(home, "salesforce").load(reading(larkmoor_server, home))
    return Mirror(home, "local").load(DemoCrm(opportunities=120)), theirs


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_the_same(
    table: str, generations: tuple[Generation, Generation], larkmoor_org: Company
) -> None:
    ours, theirs = generations
    ids = {theirs: ours for ours, theirs in larkmoor_org.ids.items()}

    query = _query(table, larkmoor_org)
    with open_generation(ours) as con:
        wanted = con.execute(query).fetchall()
    with open_generation(theirs) as con:
        found = con.execute(query).fetchall()

    translated = [
        tuple(ids.get(value, value) if isinstance(value, str) else value for value in row)
        for row in found
        # The org's administrator is nobody of the invented company's.
        if row[0] != larkmoor_org.org.admin
    ]
    assert sorted(map(repr, translated)) == sorted(map(repr, wanted))


def _query(table: str, company: Company) -> str:
    names = ("deal_id", "owner_id", "id", "account_id", "manager_id", "person_id")
    changes = company.org.tables["OpportunityFieldHistory"].values()
    since = min(row["CreatedDate"] for row in changes if row["Field"] == "NextStep").replace(tzinfo=None)
    followed = f"deal_id IN (SELECT id FROM deal WHERE created_at >= TIMESTAMP '{since}')"
    return TABLES[table].format(**{name: name for name in names}, followed=followed)
