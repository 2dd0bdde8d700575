"""The one way in which an org is spoken to, against a server on loopback; the library's proven defects stay cured."""

from __future__ import annotations

import io
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.errors import BadRequest, Conflict, NotAllowed, TryLater
from connectors.salesforce.client import client
from connectors.salesforce.errors import OrgBusy, OrgForbids, OrgMovedOn, OrgRejects, OutcomeUnknown
from connectors.salesforce.session import LONGEST_WAIT, RETRY, TIMEOUT, OrgSession, Usage
from connectors.salesforce.tokens import Tokens
from tests.connectors.salesforce.orgs import AT_ONCE, EXPIRED, Door, headers, org, problem, told
from tests.fakes.salesforce.listening import Loopback, Told

DONE = Told(204)
ROWS = {"totalSize": 1, "done": True, "records": [{"Id": "006", "Amount": 1234.56}]}


def test_a_change_that_is_sent_again_keeps_its_guard_and_its_body():
    guard = {"If-Unmodified-Since": "Mon, 23 Nov 2026 09:30:00 GMT"}

    with org(EXPIRED, DONE) as (session, server, door):
        client(session).Opportunity.update("006", {"NextStep": "Call"}, headers=guard)
        first, second = server.heard

    assert headers(first) == headers(second)
    assert second.headers["If-Unmodified-Since"] == guard["If-Unmodified-Since"]
    assert first.body == second.body == b'{"NextStep": "Call"}'
    assert [heard.headers["Authorization"] for heard in (first, second)] == [
        "Bearer token-1",
        "Bearer token-2",
    ]
    assert door.times == 2


def test_a_query_that_is_sent_again_keeps_its_headers():
    with org(EXPIRED, told(ROWS)) as (session, server, _):
        client(session).query(
            "SELECT Id FROM Opportunity", headers={"Sforce-Query-Options": "batchSize=2000"}
        )

    assert [heard.headers["Sforce-Query-Options"] for heard in server.heard] == ["batchSize=2000"] * 2


@pytest.mark.parametrize(
    "act",
    [
        lambda sf: sf.Opportunity.update("006", {"NextStep": "Call"}),
        lambda sf: sf.query("SELECT Id FROM Opportunity"),
    ],
    ids=["update", "query"],
)
def test_a_lasting_401_costs_two_requests_and_one_renewal(act):
    with (
        org(EXPIRED) as (session, server, door),
        pytest.raises(OrgForbids, match="INVALID_SESSION_ID") as caught,
    ):
        act(client(session))

    assert len(server.heard) == 2
    assert door.times == 2
    assert caught.value.said.code == "INVALID_SESSION_ID"


def test_a_401_that_is_no_json_is_a_refusal_like_any_other():
    page = Told(401, b"<html>Session expired</html>", {"Content-Type": "text/html"})

    with (
        org(page) as (session, server, _),
        pytest.raises(NotAllowed, match="answered 401 without saying why"),
    ):
        client(session).query("SELECT Id FROM Opportunity")

    assert len(server.heard) == 2


def test_every_call_has_a_timeout_and_the_bulk_calls_too():
    hung = threading.Event()

    with org(Told(until=hung), timeout=(1.0, 0.05), retry=RETRY.new(total=0)) as (session, _, _):
        sf = client(session)
        for act in (
            sf.Opportunity.describe,
            lambda: sf.query("SELECT Id FROM Opportunity"),
            lambda: sf.restful("limits"),
            lambda: sf.bulk2.Opportunity.query("SELECT Id FROM Opportunity"),
        ):
            with pytest.raises(TryLater, match="did not answer in time"):
                next(iter(act() or ()))
        hung.set()


def test_nobody_waits_without_end_unless_told_otherwise():
    assert TIMEOUT == (5.0, 135.0)
    assert RETRY.retry_after_max == LONGEST_WAIT == 30


def test_a_read_is_repeated_and_a_change_never():
    busy = Told(503)

    with org(busy, busy, told(ROWS)) as (session, server, _):
        assert client(session).query("SELECT Id FROM Opportunity")["totalSize"] == 1
        assert len(server.heard) == session.calls == 3
    with (
        org(busy) as (session, server, _),
        pytest.raises(OutcomeUnknown, match="may have been carried out or not"),
    ):
        client(session).Opportunity.update("006", {"NextStep": "Call"})

    assert len(server.heard) == 1


def test_a_read_is_given_up_in_the_end_and_says_how_long_to_wait():
    busy = told([{"errorCode": "SERVER_UNAVAILABLE", "message": "busy"}], 503, Retry_After="7200")

    with (
        org(busy) as (session, server, _),
        pytest.raises(OrgBusy, match="SERVER_UNAVAILABLE: busy") as caught,
    ):
        client(session).query("SELECT Id FROM Opportunity")

    assert len(server.heard) == 5
    assert caught.value.after_seconds == 7200


def test_bulk_survives_an_expired_session():
    job = told({"id": "750", "state": "JobComplete"})

    with org(EXPIRED, job) as (session, server, _):
        assert session.get(f"{session.instance_url}/services/data/v67.0/jobs/query/750").json()["id"] == "750"
        assert client(session).bulk2.Opportunity._client.get_job("750", True)["state"] == "JobComplete"

    assert len(server.heard) == 3


def test_money_is_decimal_where_we_read_it():
    with org(told(ROWS)) as (session, _, _):
        sf = client(session)
        queried = sf.query("SELECT Id, Amount FROM Opportunity")["records"][0]["Amount"]
        rest = sf.restful("query", params={"q": "SELECT Amount FROM Opportunity"})["records"][0]["Amount"]

    assert queried == rest == Decimal("1234.56")
    assert isinstance(queried, Decimal)
    assert isinstance(rest, Decimal)


def test_what_is_used_of_the_day_is_known_after_every_kind_of_call():
    usage = {"Sforce-Limit-Info": "api-usage=25/5000; per-app-api-usage=17/250(appName=other)"}

    with org(Told(204, headers=usage)) as (session, _, _):
        assert session.usage is None
        client(session).Opportunity.update("006", {"NextStep": "Call"})

        assert session.usage == Usage(used=25, limit=5000)
        assert session.calls == 1


def test_a_netrc_file_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    with org(told(ROWS)) as (session, server, _):
        client(session).query("SELECT Id FROM Opportunity")

    assert session.trust_env
    assert server.heard[0].headers["Authorization"] == "Bearer token-1"


def test_a_proxy_is_left_aside_on_loopback(monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://192.0.2.1:8080")

    with org(told(ROWS)) as (session, _, _):
        assert client(session).query("SELECT Id FROM Opportunity")["totalSize"] == 1


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/x", "http://{host}/x", "https://{host}.example/x", "https://x@{host}/x"],
)
def test_the_token_goes_to_no_other_host(address):
    with (
        org(DONE) as (session, server, _),
        pytest.raises(ValueError, match="refusing to send this org's token"),
    ):
        session.get(address.format(host=session.host))

    assert server.heard == []


def test_there_is_no_way_without_encryption():
    with org(DONE) as (session, _, _):
        assert list(session.adapters) == ["https://"]


def test_the_token_does_not_follow_a_redirect():
    away = Told(302, headers={"Location": "https://elsewhere.example/x"})

    with org(away) as (session, server, _), pytest.raises(NotAllowed, match="sends us elsewhere"):
        session.get(f"{session.instance_url}/services/data")

    assert len(server.heard) == 1


def test_an_org_that_moved_while_we_renewed_is_not_followed():
    with org(EXPIRED) as (session, server, door):
        door.address = "https://moved.my.salesforce.com"
        with pytest.raises(NotAllowed, match="leads to https://moved"):
            session.get(f"{session.instance_url}/services/data")

    assert len(server.heard) == 1


def test_threads_that_are_refused_together_sign_in_once():
    together = threading.Barrier(4)

    def answer(heard):
        if heard.headers["Authorization"] == "Bearer token-1":
            together.wait(5)
            return EXPIRED
        return told(ROWS)

    with Loopback(answer) as server:
        door = Door(server.url)
        with OrgSession(Tokens(door)) as session, ThreadPoolExecutor(4) as pool:
            address = f"{session.instance_url}/services/data"
            statuses = list(pool.map(lambda _: session.get(address).status_code, range(4)))

    assert statuses == [200] * 4
    assert door.times == 2


@pytest.mark.parametrize(
    "answer, kind, words",
    [
        (
            problem(400, "INVALID_FIELD", "No such column 'Foo'."),
            OrgRejects,
            "INVALID_FIELD: No such column 'Foo'",
        ),
        (
            problem(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Say why.", fields=["Loss_Reason__c"]),
            OrgRejects,
            "FIELD_CUSTOM_VALIDATION_EXCEPTION: Say why (Loss_Reason__c)",
        ),
        (problem(400, "UNABLE_TO_LOCK_ROW"), OrgBusy, "UNABLE_TO_LOCK_ROW"),
        (problem(400, "ENTITY_IS_DELETED"), OrgMovedOn, "ENTITY_IS_DELETED"),
        (problem(400, "INSUFFICIENT_ACCESS_OR_READONLY"), OrgForbids, "INSUFFICIENT_ACCESS_OR_READONLY"),
        (problem(403, "REQUEST_LIMIT_EXCEEDED"), OrgBusy, "come back over the next 24 hours"),
        (problem(403, "API_DISABLED_FOR_ORG"), OrgForbids, "a Salesforce administrator gives this user"),
        (problem(404, "NOT_FOUND"), OrgRejects, "answered 404: NOT_FOUND"),
        (Told(412), OrgMovedOn, "was changed after the instant"),
        (Told(429), OrgBusy, "429"),
        (told({"error": "x"}, 409), OrgMovedOn, "409: x"),
    ],
)
def test_a_refusal_keeps_salesforces_words_in_our_terms(answer, kind, words):
    with org(answer) as (session, _, _), pytest.raises(kind) as caught:
        client(session).Opportunity.update("006", {"NextStep": "Call"})

    assert words in str(caught.value)
    assert issubclass(kind, BadRequest | Conflict | NotAllowed | TryLater)


def test_not_modified_is_an_answer():
    with org(Told(304)) as (session, _, _):
        assert session.get(f"{session.instance_url}/services/data").status_code == 304


def test_a_connection_that_is_cut_leaves_a_change_in_doubt_and_repeats_a_read():
    cut = Told(cut=True)

    with org(cut) as (session, server, _), pytest.raises(OutcomeUnknown, match="read the record again"):
        client(session).Opportunity.update("006", {"NextStep": "Call"})
    assert len(server.heard) == 1
    with org(cut, told(ROWS)) as (session, server, _):
        assert client(session).query("SELECT Id FROM Opportunity")["totalSize"] == 1


def test_asking_for_a_bulk_query_changes_nothing_in_the_org():
    with org(Told(503)) as (session, _, _), pytest.raises(TryLater):
        session.post(f"{session.instance_url}/services/data/v67.0/jobs/query", json={"operation": "query"})


def test_a_change_that_never_left_is_not_in_doubt():
    with Loopback(lambda _heard: DONE) as server:
        door = Door(server.url)
    with (
        OrgSession(Tokens(door), retry=AT_ONCE) as session,
        pytest.raises(TryLater, match="the connection failed"),
    ):
        session.patch(f"{session.instance_url}/services/data", json={})


def test_a_body_that_is_used_up_by_sending_it_is_refused():
    with org(DONE) as (session, _, _), pytest.raises(TypeError, match="must be text or bytes"):
        session.post(f"{session.instance_url}/services/data", data=io.BytesIO(b"x"))


def test_no_token_and_no_query_reaches_a_log(caplog: pytest.LogCaptureFixture):
    query = "SELECT Id FROM Account WHERE Name = 'Larkmoor Secret'"

    with (
        caplog.at_level(logging.DEBUG, "urllib3.connectionpool"),
        caplog.at_level(logging.DEBUG, "urllib3.util.retry"),
        org(EXPIRED, Told(503), Told(cut=True), told(ROWS)) as (session, _, _),
    ):
        client(session).query(query)

    assert "/services/data/v67.0/query" in caplog.text
    assert "Secret" not in caplog.text
    assert "token-" not in caplog.text


def test_a_cookie_of_the_server_is_not_kept():
    with org(Told(204, headers={"Set-Cookie": "sid=stolen; Path=/"})) as (session, server, _):
        for _ in range(2):
            session.get(f"{session.instance_url}/services/data")

    assert server.heard[1].headers["Cookie"] is None
