"""From the settings to the sign-in that reads for everybody."""

from __future__ import annotations

import pytest

from bot.settings import NAMES, SECRETS
from connectors.errors import BadRequest, NotAllowed
from connectors.salesforce.client import client
from connectors.salesforce.identity import NEEDS, chosen, identity
from connectors.salesforce.session import OrgSession
from tests.connectors.salesforce.orgs import NOW, told
from tests.connectors.salesforce.signing import CLIENT, PEM, SYNC, app
from tests.fakes.salesforce.listening import Loopback
from tests.fakes.salesforce.oauth import OAuth

WHOLE = {
    "jwt": {"SALESFORCE_PRIVATE_KEY": PEM, "SALESFORCE_CLIENT_ID": CLIENT, "SALESFORCE_USERNAME": SYNC},
    "client-credentials": {
        "SALESFORCE_CLIENT_SECRET": "app-secret-0123456789",
        "SALESFORCE_CLIENT_ID": CLIENT,
        "SALESFORCE_DOMAIN": "larkmoor",
    },
    "session": {"SALESFORCE_SESSION_ID": "00D!given"},
    "password": {
        "SALESFORCE_USERNAME": SYNC,
        "SALESFORCE_PASSWORD": "correct horse",
        "SALESFORCE_SECURITY_TOKEN": "TOK3N",
    },
}


@pytest.mark.parametrize("auth", NEEDS)
def test_every_way_signs_in_at_a_stand_in_by_its_address_alone(auth):
    oauth = OAuth([app()], [SYNC], now=lambda: NOW)

    with Loopback(
        lambda heard: oauth.answer(heard) or told({"DailyApiRequests": {"Max": 5, "Remaining": 4}})
    ) as server:
        oauth.instance_url = server.url
        found = identity({**WHOLE[auth], "SALESFORCE_INSTANCE_URL": server.url}, now=lambda: NOW)
        assert server.heard == []
        with OrgSession(found.tokens) as session:
            assert client(session, version=found.version).limits()["DailyApiRequests"]["Max"] == 5
        if found.desk:
            found.desk.close()

    access = server.heard[-1].headers["Authorization"].removeprefix("Bearer ")
    assert found.auth == auth
    assert access == "00D!given" if auth == "session" else oauth.issued == {access: SYNC}
    assert server.heard[-1].path.startswith("/services/data/v67.0/")


@pytest.mark.parametrize("auth", NEEDS)
def test_the_way_is_told_from_what_is_set(auth):
    assert chosen({**WHOLE[auth], "SALESFORCE_INSTANCE_URL": "https://larkmoor.my.salesforce.com"}) == auth


def test_the_way_that_is_set_counts():
    assert chosen({**WHOLE["jwt"], **WHOLE["password"], "SALESFORCE_AUTH": "password"}) == "password"


@pytest.mark.parametrize(
    "values, words",
    [
        (
            {},
            r"jwt: SALESFORCE_PRIVATE_KEY, SALESFORCE_CLIENT_ID, SALESFORCE_USERNAME; client-credentials: .*init",
        ),
        ({"SALESFORCE_AUTH": "oauth"}, "'oauth'; use jwt, client-credentials, session, password"),
        ({"SALESFORCE_PRIVATE_KEY": PEM}, "by jwt needs SALESFORCE_CLIENT_ID, SALESFORCE_USERNAME: set it$"),
        (
            {"SALESFORCE_AUTH": "jwt", **WHOLE["password"]},
            "or SALESFORCE_AUTH=password, for which all is set",
        ),
        ({"SALESFORCE_CLIENT_SECRET": "x", "SALESFORCE_CLIENT_ID": "y"}, "needs SALESFORCE_DOMAIN: set it"),
        ({"SALESFORCE_SESSION_ID": "x"}, "needs SALESFORCE_INSTANCE_URL"),
    ],
)
def test_what_is_missing_is_named_with_what_would_work(values, words):
    with pytest.raises(BadRequest, match=words):
        chosen(values)


@pytest.mark.parametrize("version", ["67", "v67.0", "30.0", "latest"])
def test_a_version_that_cannot_be_is_refused(version):
    with pytest.raises(BadRequest, match=r"write it like 67\.0"):
        identity({**WHOLE["jwt"], "SALESFORCE_API_VERSION": version}, now=lambda: NOW)


def test_a_session_from_elsewhere_ends_with_a_sentence():
    found = identity(
        {**WHOLE["session"], "SALESFORCE_INSTANCE_URL": "https://larkmoor.my.salesforce.com"}, now=lambda: NOW
    )

    with pytest.raises(NotAllowed, match="SALESFORCE_SESSION_ID has ended"):
        found.tokens.renew(found.tokens.current().access)


def test_every_name_is_a_setting_and_every_secret_is_treated_as_one():
    names = {name for needs in NEEDS.values() for name in needs}
    secret = {
        "SALESFORCE_PRIVATE_KEY",
        "SALESFORCE_CLIENT_SECRET",
        "SALESFORCE_PASSWORD",
        "SALESFORCE_SESSION_ID",
    }

    assert names <= set(NAMES)
    assert secret | {"SALESFORCE_SECURITY_TOKEN"} == {
        name for name in SECRETS if name.startswith("SALESFORCE_")
    }
    assert {name for name in NAMES if name.startswith("SALESFORCE_")} == names | {
        "SALESFORCE_AUTH",
        "SALESFORCE_API_VERSION",
        "SALESFORCE_RIGHTS",
        "SALESFORCE_RIGHTS_MINUTES",
        "SALESFORCE_SECURITY_TOKEN",
    }


@pytest.mark.parametrize("auth", NEEDS)
def test_an_identity_shows_no_secret(auth):
    values = {**WHOLE[auth], "SALESFORCE_INSTANCE_URL": "https://larkmoor.my.salesforce.com"}
    found = identity(values, now=lambda: NOW)

    shown = f"{found!r} {found} {found.tokens!r} {vars(found.desk) if found.desk else ''}"
    assert [name for name in SECRETS if values.get(name) and values[name][:40] in shown] == []
