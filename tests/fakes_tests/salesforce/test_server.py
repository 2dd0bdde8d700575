"""What goes wrong on demand, what is logged, and what lies beside rows and queries."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from urllib3.util import Retry

from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.faults import Kind
from tests.fakes.salesforce.http import Answer, Request
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.reports import Report
from tests.fakes.salesforce.server import FakeSalesforce
from tests.fakes_tests.salesforce.conftest import deal

DATA = "https://any.my.salesforce.com/services/data/v67.0"
QUERY = f"{DATA}/query"
ACCOUNTS = {"q": "SELECT Id, Name FROM Account"}


@pytest.fixture
def session(server: FakeSalesforce):
    with server.session() as made:
        yield made


ANSWERED: dict[Kind, tuple[int, str | None]] = {
    "expired": (401, "INVALID_SESSION_ID"),
    "refused": (401, None),
    "too_many": (429, "TOO_MANY_REQUESTS"),
    "limit": (403, "REQUEST_LIMIT_EXCEEDED"),
    "unavailable": (503, "SERVER_UNAVAILABLE"),
    "locator_expired": (400, "INVALID_QUERY_LOCATOR"),
    "row_lock": (400, "UNABLE_TO_LOCK_ROW"),
}


@pytest.mark.parametrize("kind", ANSWERED)
def test_a_fault_answers_in_place_of_the_work_and_then_is_over(
    kind: Kind, server: FakeSalesforce, session: requests.Session
) -> None:
    server.faults.next(kind, path="/query", retry_after=7)
    status, code = ANSWERED[kind]

    other, faulty, after = (
        session.get(f"{DATA}/limits"),
        session.get(QUERY, params=ACCOUNTS),
        session.get(QUERY, params=ACCOUNTS),
    )

    assert (other.status_code, faulty.status_code, after.status_code) == (200, status, 200)
    if code is None:
        with pytest.raises(requests.JSONDecodeError):
            faulty.json()
    else:
        assert faulty.json()[0]["errorCode"] == code
    assert faulty.headers.get("Retry-After") == ("7" if status in {429, 503} else None)


def test_a_fault_can_be_meant_for_one_query(server: FakeSalesforce, session: requests.Session) -> None:
    error = ApiError(400, "OPERATION_TOO_LARGE", "exceeded 100000 distinct who/what's")
    server.faults.next("refuse", soql="FROM Task", error=error)

    accounts = session.get(QUERY, params=ACCOUNTS)
    tasks = session.get(QUERY, params={"q": "SELECT Id FROM Task"})

    assert accounts.status_code == 200
    assert tasks.json()[0]["errorCode"] == "OPERATION_TOO_LARGE"


@pytest.mark.parametrize("kind, done", [("cut_before", None), ("cut_after", "call")])
def test_a_connection_is_cut_before_or_after_the_work_was_done(
    kind: Kind,
    done: str | None,
    server: FakeSalesforce,
    session: requests.Session,
) -> None:
    key = deal(server.org)
    server.faults.next(kind, method="PATCH")

    with pytest.raises(requests.ConnectionError):
        session.patch(f"{DATA}/sobjects/Opportunity/{key}", json={"NextStep": "call"})

    assert server.org.tables["Opportunity"][key].get("NextStep") == done
    assert server.asked(key)[-1].status is None


def test_a_slow_call_waits_until_it_is_let_go(server: FakeSalesforce, session: requests.Session) -> None:
    fault = server.faults.next("slow", path="/query")
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(session.get(QUERY, params=ACCOUNTS).status_code))
    asking.start()

    assert fault.reached.wait(5)
    assert not answers
    fault.release.set()
    asking.join(5)
    assert answers == [200]


def test_many_threads_are_served_at_once_and_each_change_is_kept(
    server: FakeSalesforce, session: requests.Session
) -> None:
    keys = [deal(server.org, f"Deal {number}") for number in range(8)]

    def work(key: str) -> list[int]:
        address = f"{DATA}/sobjects/Opportunity/{key}"
        return [session.patch(address, json={"NextStep": f"step {step}"}).status_code for step in range(5)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(work, keys))

    assert answers == [[204] * 5] * 8
    assert {row["NextStep"] for row in server.org.tables["Opportunity"].values()} == {"step 4"}
    assert server.rest.used == len(server.calls) == 40


def test_an_answer_can_be_half_of_one(server: FakeSalesforce, session: requests.Session) -> None:
    for number in range(4):
        server.org.load("Account", Name=f"Account {number}")
    server.faults.next("malformed_json", path="/query")
    with pytest.raises(requests.JSONDecodeError):
        session.get(QUERY, params=ACCOUNTS).json()
    made = session.post(f"{DATA}/jobs/query", json={"operation": "query", "query": ACCOUNTS["q"]}).json()[
        "id"
    ]
    for _ in range(2):
        session.get(f"{DATA}/jobs/query/{made}")
    server.faults.next("truncated_csv", path="/results")

    short = session.get(f"{DATA}/jobs/query/{made}/results")
    whole = session.get(f"{DATA}/jobs/query/{made}/results")

    assert (short.headers["Sforce-NumberOfRecords"], short.text.count("\n") - 1) == ("4", 1)
    assert whole.text.count("\n") - 1 == 4


def test_a_session_keeps_its_own_retries(server: FakeSalesforce) -> None:
    retry = Retry(total=2, backoff_factor=0, status_forcelist=(503,), allowed_methods={"GET"})
    server.faults.next("unavailable", count=2)
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=retry))
        server.point(session)
        session.headers["Authorization"] = f"Bearer {server.tokens.issue(server.org.admin)}"

        assert session.get(QUERY, params=ACCOUNTS).status_code == 200
    assert [one.status for one in server.calls] == [503, 503, 200]


def test_a_call_of_more_than_16384_bytes_is_refused(session: requests.Session) -> None:
    long_address = session.get(
        QUERY, params={"q": "SELECT Id FROM Account WHERE Name = '" + "x" * 16_500 + "'"}
    )
    long_headers = session.get(QUERY, params=ACCOUNTS, headers={"X-Long": "x" * 16_500})

    assert (long_address.status_code, long_headers.status_code) == (414, 431)


def test_the_date_is_the_orgs_and_no_token_is_logged(
    server: FakeSalesforce, session: requests.Session
) -> None:
    server.org.clock.advance(hours=1)

    answer = session.get(QUERY, params=ACCOUNTS, headers={"If-Unmodified-Since": "now"})

    assert answer.headers["Date"] == "Mon, 23 Nov 2026 14:30:00 GMT"
    call = server.calls[-1]
    assert (call.user, call.soql, call.status) == (server.org.admin, ACCOUNTS["q"], 200)
    assert call.headers["If-Unmodified-Since"] == "now"
    assert session.headers["Authorization"].split()[-1] not in repr(server.calls)


def test_versions_are_open_to_everybody_and_old_ones_are_gone(
    server: FakeSalesforce, session: requests.Session
) -> None:
    with server.point(requests.Session()) as nobody:
        assert nobody.get("https://any.example/services/data").json()[-1]["version"] == "67.0"
        assert nobody.get(f"{DATA}/limits").status_code == 401
    assert session.get("https://any.example/services/data/v30.0/limits").status_code == 410


def test_whose_token_it_is_can_be_asked(server: FakeSalesforce, session: requests.Session) -> None:
    told = session.get("https://login.salesforce.com/services/oauth2/userinfo").json()

    assert (told["user_id"], told["organization_id"]) == (server.org.admin, server.org.id)
    server.tokens.revoke(server.org.admin)
    assert session.get("https://login.salesforce.com/services/oauth2/userinfo").status_code == 403


def test_more_routes_can_be_added(server: FakeSalesforce, session: requests.Session) -> None:
    def token(request: Request) -> Answer:
        return Answer(body={"asked": request.body.decode()})

    server.routes["/services/oauth2/token"] = token

    assert session.post("https://login.salesforce.com/services/oauth2/token", data="a=b").json() == {
        "asked": "a=b"
    }
    assert server.calls[-1].body == b""


def test_a_defect_of_the_stand_in_is_heard_of(org: Org) -> None:
    def broken(request: Request) -> Answer:
        raise ZeroDivisionError

    server = FakeSalesforce(org)
    server.routes["/broken"] = broken
    with server.session() as session:
        assert session.get("https://any.example/broken").status_code == 500

    with pytest.raises(RuntimeError, match="broke while it served"):
        server.close()


def test_a_page_asked_for_again_is_the_same_and_an_old_locator_is_refused(
    server: FakeSalesforce, session: requests.Session
) -> None:
    for number in range(5):
        server.org.load("Account", Name=f"Account {number}")
    made = session.post(f"{DATA}/jobs/query", json={"operation": "query", "query": ACCOUNTS["q"]}).json()[
        "id"
    ]
    early = session.get(f"{DATA}/jobs/query/{made}/results")
    for _ in range(2):
        session.get(f"{DATA}/jobs/query/{made}")

    def page(locator: str) -> requests.Response:
        return session.get(f"{DATA}/jobs/query/{made}/results", params={"maxRecords": 2, "locator": locator})

    first = page("")
    second, again = page(first.headers["Sforce-Locator"]), page(first.headers["Sforce-Locator"])
    third = page(second.headers["Sforce-Locator"])

    assert (early.status_code, early.json()[0]["errorCode"]) == (400, "INVALIDJOBSTATE")
    assert second.text == again.text
    assert third.headers["Sforce-Locator"] == "null"
    assert page("unknown").status_code == 400
    assert session.delete(f"{DATA}/jobs/query/{made}").status_code == 204
    assert page("").status_code == 404


def test_the_stages_of_a_record_type_are_told(sf: Salesforce) -> None:
    told = sf.restful("ui-api/object-info/Opportunity/picklist-values/012000000000000AAA/StageName")

    won = next(one for one in told["values"] if one["value"] == "Closed Won")
    assert won["attributes"]["won"] is True
    assert len(told["values"]) == 10


def test_a_report_is_a_table_or_has_groups(sf: Salesforce, server: FakeSalesforce) -> None:
    deal(server.org, "A", Amount=100)
    deal(server.org, "B", Amount=None, StageName="Closed Won")
    server.rest.reports["00OQD0000000001AAA"] = Report(
        name="All", columns=("Name", "Amount"), where="Name != 'C'"
    )
    server.rest.reports["00OQD0000000002AAA"] = Report(name="By stage", columns=("Name",), group="StageName")

    table = sf.restful("analytics/reports/00OQD0000000001AAA", params={"includeDetails": "true"})
    groups = sf.restful("analytics/reports/00OQD0000000002AAA?includeDetails=true")

    cells = [row["dataCells"] for row in table["factMap"]["T!T"]["rows"]]
    assert [cell["value"] for _, cell in cells] == [{"amount": 100.0, "currency": "USD"}, None]
    assert [name["label"] for name, _ in cells] == ["A", "B"]
    assert {name["value"] for name, _ in cells} == set(server.org.tables["Opportunity"])
    assert table["reportMetadata"]["reportFormat"] == "TABULAR"
    assert [one["value"] for one in groups["groupingsDown"]["groupings"]] == ["Closed Won", "Prospecting"]
    assert groups["factMap"]["0!T"]["rows"][0]["dataCells"][0]["label"] == "B"
    assert groups["factMap"]["T!T"]["aggregates"] == [{"label": "2", "value": 2}]
