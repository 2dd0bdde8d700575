"""The stand-in as judged by programs that others wrote: jsforce, and a parser of SOQL."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.server import FakeSalesforce
from tests.fakes.salesforce.soql import parse
from tests.fakes_tests.salesforce.conftest import deal
from tests.fakes_tests.salesforce.test_soql import REFUSED, WHERE
from tests.tools import jsforce, soql_errors

# Their parser takes these, which the platform refuses; a literal is judged by us only when the query runs.
LAXER = {
    "SELECT Id FROM Opportunity WHERE Name = 'a' AND Name = 'b' OR Name = 'c'",
    "SELECT Id FROM Opportunity WHERE Name = 'a\\q'",
}
LATER = {"SELECT Id FROM Opportunity WHERE CloseDate = LAST_FORTNIGHT"}


@pytest.mark.slow
def test_jsforce_gets_on_with_the_stand_in(org: Org, server: FakeSalesforce) -> None:
    for number in range(2100):
        org.load("Account", Name=f"Account {number:04d}")
    org.load("Account", Name="Glass & Söhne", Industry="Glass", AnnualRevenue=Decimal(12_500_000))
    key = deal(org, "O'Brien", Amount=100)
    deal(org, "Other", Amount=200, StageName="Closed Won")

    told = jsforce(server.url, server.tokens.issue(org.admin), key)

    assert told == {
        "query": {"total": 2101, "records": 2101, "done": True, "owner": "Ada Admin"},
        "nested": ["Prospecting"],
        "found": [100],
        "count": 1,
        "described": False,
        "objects": True,
        "made": True,
        "updated": True,
        "retrieved": "Call",
        "several": ["ok", "INVALID_FIELD_FOR_INSERT_UPDATE"],
        "removed": True,
        "gone": "ENTITY_IS_DELETED",
        "unknown": "INVALID_FIELD",
        "malformed": "MALFORMED_QUERY",
        "bulk": [{"Name": "Glass & Söhne", "AnnualRevenue": "1.25E7"}],
        "bin": 1,
        "limits": 15_000,
        "used": 15_000,
        "userinfo": "Ada Admin",
    }


@pytest.mark.slow
def test_our_grammar_of_soql_and_theirs_agree() -> None:
    queries = [*(f"SELECT Name FROM Opportunity WHERE {where}" for where in WHERE), *REFUSED]

    theirs = {text: error is None for text, error in zip(queries, soql_errors(queries), strict=True)}

    assert {text for text in queries if theirs[text] and not _parses(text)} == LAXER
    assert {text for text in queries if not theirs[text] and _parses(text)} == LATER


def _parses(text: str) -> bool:
    try:
        parse(text)
    except ApiError:
        return False
    return True
