"""`quarterdeck doctor --write-probe`: a change of nothing, in a sandbox and nowhere else."""

from __future__ import annotations

import pytest

from tests.bot.salesforce.conftest import Run, Serve
from tests.bot.salesforce.test_doctor import DEAL, SYNC, as_sync, findings, org_with
from tests.fakes.salesforce.http import Answer, Request
from tests.fakes.salesforce.rights import Rights
from tests.fakes.salesforce.server import FakeSalesforce


def own_deal(server: FakeSalesforce, **values: str) -> str:
    """Give our user an open deal."""
    key = next(key for key, row in server.org.tables["User"].items() if row["Username"] == SYNC)
    made = server.org.insert("Opportunity", DEAL | {"NextStep": "call Ana", **values}, user=key)
    server.org.clock.advance(minutes=5)  # type: ignore[attr-defined]
    return made


def changes(server: FakeSalesforce) -> list[int | None]:
    return [call.status for call in server.calls if call.method in {"PATCH", "POST", "DELETE", "PUT"}]


def test_a_sandbox_refuses_what_is_guarded_and_keeps_the_same(run: Run, serve: Serve):
    server = serve(org_with())
    deal = own_deal(server)
    before = dict(server.org.tables["Opportunity"][deal])

    _, out, err = run(server, "doctor", "--write-probe", **as_sync(server))
    ok = findings(out)["ok"]
    assert err == ""
    assert "a change of a deal that has moved meanwhile is refused" in ok
    assert any(
        line.startswith(f"the next step of {deal} was set to what it was, and reads the same") for line in ok
    )
    assert changes(server) == [412, 204]
    after = server.org.tables["Opportunity"][deal]
    stamps = {"LastModifiedDate", "SystemModstamp", "LastModifiedById"}
    assert {name: value for name, value in after.items() if name not in stamps} == {
        name: value for name, value in before.items() if name not in stamps
    }


def test_production_is_refused_and_nothing_is_sent(run: Run, serve: Serve):
    server = serve(org_with(sandbox=False))
    own_deal(server)

    _, out, _ = run(server, "doctor", "--write-probe", **as_sync(server))
    assert any(
        "is no sandbox, and a probe changes nothing elsewhere" in line for line in findings(out)["note"]
    )
    assert changes(server) == []


def test_without_the_word_nothing_is_tried(run: Run, serve: Serve):
    server = serve(org_with())
    own_deal(server)

    run(server, "doctor", **as_sync(server))
    assert changes(server) == []


@pytest.mark.parametrize(
    "rights, said",
    [
        (Rights(view_all=True), "this login owns no open deal, so no change was tried"),
        (
            Rights(view_all=True, read_only={"Opportunity.NextStep"}),
            "this login may not change Opportunity.NextStep, so nothing was tried",
        ),
    ],
)
def test_where_nothing_can_be_tried_it_says_so(run: Run, serve: Serve, rights: Rights, said: str):
    server = serve(org_with(rights=rights))

    _, out, _ = run(server, "doctor", "--write-probe", **as_sync(server))
    assert any(line.startswith(said) for line in findings(out)["note"])
    assert changes(server) == []


def test_an_org_that_does_not_heed_the_guard_is_wrong(run: Run, serve: Serve):
    server = serve(org_with())
    own_deal(server)
    asked = server.routes["/services/data"]

    def heedless(request: Request) -> Answer:
        del request.headers["If-Unmodified-Since"]
        return asked(request)

    server.routes["/services/data"] = heedless

    code, out, _ = run(server, "doctor", "--write-probe", **as_sync(server))
    assert code == 1
    assert any("does not heed If-Unmodified-Since" in line for line in findings(out)["WRONG"])
    assert changes(server) == [204]
