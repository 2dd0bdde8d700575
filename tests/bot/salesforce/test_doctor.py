"""What `quarterdeck doctor` and `quarterdeck sync` say of an org that is not as it should be, and of one that is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.bot.salesforce.conftest import Run, Serve
from tests.connectors.salesforce.signing import CLIENT, EXPIRED_CERTIFICATE, OTHER_PEM, PEM, app
from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.oauth import ConnectedApp, OAuth, at
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.rights import Level, Rights
from tests.fakes.salesforce.schema import Field
from tests.fakes.salesforce.server import FakeSalesforce

SYNC = "sync@tiny.example"
DEAL = {"Name": "Yard", "StageName": "Prospecting", "CloseDate": "2026-12-31", "Amount": "1000.00"}


def findings(out: str) -> dict[str, list[str]]:
    """Return what doctor says of Salesforce, by its state; each finding is one line."""
    found: dict[str, list[str]] = {"ok": [], "note": [], "WRONG": []}
    for line in out.splitlines():
        state, _, rest = line.partition(" ")
        if "Salesforce: " in rest:
            found[state].append(rest.strip().removeprefix("Salesforce: "))
    return found


def org_with(*, rights: Rights | None = None, deals: int = 3, **more: object) -> Org:
    """Return an org with a user for us and a few deals."""
    org = Org(**more)  # type: ignore[arg-type]
    org.user("Quarter", "Deck", rights=rights or Rights(view_all=True), Username=SYNC)
    for number in range(deals):
        org.insert("Opportunity", DEAL | {"Name": f"Yard {number}"})
    org.clock.advance(minutes=5)  # type: ignore[attr-defined]
    return org


def as_sync(server: FakeSalesforce) -> dict[str, str]:
    """Return the setting that signs in as our user."""
    key = next(key for key, row in server.org.tables["User"].items() if row["Username"] == SYNC)
    return {"SALESFORCE_SESSION_ID": server.tokens.issue(key)}


def by_app(server: FakeSalesforce, **more: str) -> dict[str, str]:
    """Return the settings of a sign-in by the app's key."""
    return {
        "SALESFORCE_CLIENT_ID": CLIENT,
        "SALESFORCE_PRIVATE_KEY": PEM,
        "SALESFORCE_USERNAME": SYNC,
        **more,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A sign-in that fails: the app, what is set instead, and words of what doctor says and who mends it."""

    words: str
    mend: str
    app: ConnectedApp = field(default_factory=lambda: app(approved={SYNC}))
    settings: dict[str, str] = field(default_factory=dict)
    change: Callable[[OAuth], object] = lambda _oauth: None


REFUSED = {
    "wrong secret": Refused(
        words="the app's secret is not accepted",
        mend="copies SALESFORCE_CLIENT_SECRET again",
        settings={"SALESFORCE_AUTH": "client-credentials", "SALESFORCE_CLIENT_SECRET": "wrong"},
    ),
    "wrong key": Refused(
        words="the key does not belong to the certificate",
        mend="uploads the certificate",
        settings={"SALESFORCE_PRIVATE_KEY": OTHER_PEM},
    ),
    "expired certificate": Refused(
        app=app(approved={SYNC}, certificate=EXPIRED_CERTIFICATE),
        words="the certificate of the app has run out",
        mend="quarterdeck salesforce init --force",
    ),
    "a clock that is wrong": Refused(
        words="the assertion was too old when it arrived",
        mend="sets this machine's clock right (NTP)",
        change=lambda oauth: setattr(oauth, "now", lambda: datetime.now(UTC) + timedelta(hours=1)),
    ),
    "production in the place of a sandbox": Refused(
        words="is meant for another login address",
        mend="SALESFORCE_DOMAIN",
        change=lambda oauth: setattr(oauth, "audience", "https://test.salesforce.com"),
    ),
    "unknown user": Refused(
        words="there is no active user nobody@tiny.example",
        mend="in a sandbox ends in the sandbox's name",
        settings={"SALESFORCE_USERNAME": "nobody@tiny.example"},
    ),
    "not approved": Refused(
        app=app(approved=set()), words="is not approved for the app", mend="assigns the permission set"
    ),
    "no domain": Refused(
        words="SALESFORCE_DOMAIN is 'acme.example.com', which is no domain of Salesforce's",
        mend="use login (production), test (sandbox) or your My Domain",
        settings={"SALESFORCE_DOMAIN": "acme.example.com"},
    ),
    "nobody there": Refused(
        words="cannot be reached",
        mend="",
        settings={"SALESFORCE_INSTANCE_URL": "http://127.0.0.1:9"},
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_sign_in_that_fails_is_one_line_with_what_to_do(
    case: Refused, run: Run, serve: Serve, tmp_path: Path
):
    server = serve(org_with())
    case.change(at(server, case.app))
    settings = by_app(server, **case.settings)

    code, out, err = run(server, "doctor", **settings)
    [wrong] = findings(out)["WRONG"]
    assert (code, err) == (1, "")
    assert case.words in wrong
    assert case.mend in wrong

    code, out, err = run(server, "sync", **settings)
    assert code in {1, 2}
    assert err.startswith("quarterdeck: ")
    assert err.count("\n") == 1
    assert case.words in err
    assert not (tmp_path / "home" / "company.toml").exists()


def test_an_org_without_the_api_is_one_line(run: Run, serve: Serve):
    server = serve(org_with(rights=Rights(view_all=True, api=False)))

    code, out, _ = run(server, "doctor", **as_sync(server))
    [wrong] = findings(out)["WRONG"]
    assert code == 1
    assert "API_DISABLED_FOR_ORG" in wrong
    assert "gives this user the permission API Enabled" in wrong

    code, _, err = run(server, "sync", **as_sync(server))
    assert code == 1
    assert "API Enabled" in err


def test_all_is_well(run: Run, serve: Serve):
    server = serve(org_with(tracked=("OwnerId", "NextStep")))
    deal = next(iter(server.org.tables["Opportunity"]))
    server.org.update("Opportunity", deal, {"NextStep": "call"})
    run(server, "sync", **as_sync(server))

    code, out, err = run(server, "doctor", **as_sync(server))
    found = findings(out)
    assert (code, err) == (0, "")
    assert found["WRONG"] == []
    assert f"signed in to Tiny (sandbox, {server.url[7:]}) by session, version 67.0, as {SYNC}" in found["ok"]
    for told in (
        "every object that a sync asks for can be read, with the fields that every org has",
        "one currency, USD, as its locale suggests",
        "changes are kept of NextStep",
        "this login sees all deals, whatever is shared",
        "org and company file have the same 10 stages",
    ):
        assert told in found["ok"]
    assert any("of 10,000 bulk queries" in line for line in found["ok"])
    assert any(
        line.startswith("history of stage, amount, close date and category since 20") for line in found["ok"]
    )
    assert any(
        line.startswith("no field says a deal's product, region, segment and reason")
        for line in found["note"]
    )


def test_an_org_without_deals_and_one_of_persons_and_currencies_are_said(run: Run, serve: Serve):
    rates = {"USD": Decimal(1), "EUR": Decimal("0.8")}
    server = serve(org_with(deals=0, person_accounts=True, rates=rates))

    code, out, _ = run(server, "doctor", **as_sync(server))
    found = findings(out)
    assert code == 0
    assert any(
        line.startswith("this login sees no opportunity, so reports have nothing to tell → enter a first one")
        for line in found["note"]
    )
    assert "accounts may be persons; such a one stands under the person's name" in found["ok"]
    assert "several currencies, EUR and USD; amounts are counted in USD" in found["ok"]


def test_a_field_that_is_not_given_is_named_with_who_gives_it(run: Run, serve: Serve):
    server = serve(
        org_with(rights=Rights(view_all=True, hidden={"Opportunity.Amount", "Contact.Email", "Task"}))
    )

    code, out, _ = run(server, "doctor", **as_sync(server))
    found = findings(out)
    assert code == 1
    [wrong] = found["WRONG"]
    assert wrong == (
        "deals have no amount: Amount cannot be read → a Salesforce administrator gives this login the right to read "
        "Amount, or name another field in salesforce.toml"
    )
    assert (
        "Contact: Email cannot be read → a Salesforce administrator gives this login the right to read it"
        in found["note"]
    )
    assert any(
        line.startswith("Task cannot be read, so calls and e-mails are not known") for line in found["note"]
    )

    code, out, err = run(server, "sync", **as_sync(server))
    assert (code, err) == (0, "")
    assert "amount: no field has amounts, so deals are counted and not valued\n" in out


def test_deals_that_cannot_be_read_are_no_empty_pipeline(run: Run, serve: Serve, tmp_path: Path):
    server = serve(org_with(rights=Rights(view_all=True, hidden={"Opportunity"})))

    code, out, _ = run(server, "doctor", **as_sync(server))
    assert code == 1
    assert any(
        line.startswith("Opportunity cannot be read, so there are no deals")
        for line in findings(out)["WRONG"]
    )

    code, _, err = run(server, "sync", **as_sync(server))
    assert code == 2
    assert "this login does not see Opportunity" in err
    assert not (tmp_path / "home" / "company.toml").exists()


def test_a_field_of_the_own_map_that_is_not_there_is_named_with_those_near_it(
    run: Run, serve: Serve, tmp_path: Path
):
    org = org_with()
    org.add_field("Opportunity", Field("ARR__c", "currency"))
    server = serve(org)
    home = tmp_path / "home"
    home.mkdir()
    (home / "salesforce.toml").write_text('[deal]\namount = "ARRR__c"\n', encoding="utf-8")

    code, out, _ = run(server, "doctor", **as_sync(server))
    [wrong] = findings(out)["WRONG"]
    assert code == 1
    assert "does not have or this login may not read; near it are ARR__c" in wrong

    code, _, err = run(server, "sync", **as_sync(server))
    assert code == 2
    assert "near it are ARR__c" in err


def test_stages_that_only_one_side_has_are_named(run: Run, serve: Serve):
    server = serve(org_with())
    run(server, "sync", **as_sync(server))
    server.org.set_stages([("Prospecting", 10, "Pipeline", "open"), ("Proof", 40, "Best Case", "open")])

    code, out, _ = run(server, "doctor", **as_sync(server))
    found = findings(out)
    assert code == 1
    assert found["WRONG"] == ["the company file lacks the stage Proof → quarterdeck setup adds them"]
    assert any(
        line.startswith("the org does not have the stages Closed Lost, Closed Won,") for line in found["note"]
    )


def test_a_company_file_in_another_currency_zone_and_without_a_rate_is_told(
    run: Run, serve: Serve, tmp_path: Path
):
    server = serve(org_with(rates={"USD": Decimal(1), "EUR": Decimal("0.9")}))
    home = tmp_path / "home"
    home.mkdir()
    (home / "company.toml").write_text(
        'name = "A"\nzone = "Europe/Berlin"\ncurrency = "GBP"\n', encoding="utf-8"
    )

    code, out, _ = run(server, "doctor", **as_sync(server))
    found = findings(out)
    assert code == 1
    assert any(
        line.startswith("the org's currency is USD, the company file's GBP → set currency")
        for line in found["WRONG"]
    )
    assert any(line.startswith("the company file has no plan rate for EUR and USD") for line in found["note"])
    assert any(
        line.startswith("days end by America/New_York in the org, by Europe/Berlin") for line in found["note"]
    )


def test_an_org_without_history_tracking_is_told_and_synced(run: Run, serve: Serve):
    hidden = {"OpportunityFieldHistory", "OpportunityHistory"}
    server = serve(org_with(rights=Rights(view_all=True, hidden=hidden)))

    code, out, _ = run(server, "doctor", **as_sync(server))
    found = findings(out)
    assert code == 0
    assert any(
        line.startswith("OpportunityHistory cannot be read, so history begins") for line in found["note"]
    )
    assert any("switches on field history tracking" in line for line in found["note"])
    assert run(server, "sync", **as_sync(server))[0] == 0


@pytest.mark.parametrize("deals", [0, 2])
@pytest.mark.parametrize("more", [{}, {"person_accounts": True}], ids=["plain", "person accounts"])
def test_an_org_is_read_whatever_it_has(run: Run, serve: Serve, deals: int, more: dict[str, bool]):
    server = serve(org_with(deals=deals, **more))

    code, out, err = run(server, "sync", **as_sync(server))
    assert (code, err) == (0, "")
    assert "company.toml is written" in out
    code, out, _ = run(server, "doctor", **as_sync(server))
    assert code == 0
    assert findings(out)["WRONG"] == []


def test_800_fields_of_an_org_s_own_are_no_hindrance(run: Run, serve: Serve):
    org = org_with()
    for number in range(800):
        org.add_field("Opportunity", Field(f"A_Field_With_A_Long_Name_{number:03}__c", "string", 80))
    server = serve(org)

    assert run(server, "sync", **as_sync(server))[0] == 0
    code, out, _ = run(server, "doctor", **as_sync(server))
    assert code == 0
    assert findings(out)["WRONG"] == []


def test_private_deals_are_told(run: Run, serve: Serve):
    org = org_with(rights=Rights())
    org.tables["Organization"][org.id]["DefaultOpportunityAccess"] = "None"
    org.sharing = lambda _user, _of, _key: Level.NONE
    server = serve(org)

    _, out, _ = run(server, "doctor", **as_sync(server))
    assert any(
        line.startswith(
            "this login sees the deals that are shared with it, and deals are private in this org"
        )
        for line in findings(out)["note"]
    )


def test_one_question_that_fails_does_not_end_the_others(run: Run, serve: Serve):
    server = serve(org_with())
    server.faults.next(
        "refuse", path="/limits", error=ApiError(403, "INSUFFICIENT_ACCESS", "no rights"), count=9
    )

    code, out, err = run(server, "doctor", **as_sync(server))
    found = findings(out)
    assert (code, err) == (1, "")
    assert [line for line in found["WRONG"] if "INSUFFICIENT_ACCESS" in line] == found["WRONG"]
    assert "this login sees all deals, whatever is shared" in found["ok"]


def test_an_org_that_cannot_say_which_fields_it_follows_is_no_fault(run: Run, serve: Serve):
    server = serve(org_with())
    error = ApiError(400, "OPERATION_TOO_LARGE", "exceeded 100000 distinct who/what's")
    server.faults.next("refuse", soql="GROUP BY Field", error=error)

    code, out, _ = run(server, "doctor", **as_sync(server))
    assert code == 0
    assert "changes of owners" not in out


def test_the_key_of_an_app_opens_an_org(run: Run, serve: Serve, tmp_path: Path):
    server = serve(org_with())
    at(server, app(approved={SYNC}))

    code, out, err = run(server, "sync", **by_app(server))
    assert (code, err) == (0, "")
    assert "company.toml is written" in out
    _, out, _ = run(server, "doctor", **by_app(server))
    assert any(f"by jwt, version 67.0, as {SYNC}" in line for line in findings(out)["ok"])
