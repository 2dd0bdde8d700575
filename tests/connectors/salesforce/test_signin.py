"""Signing in, against the token endpoints of a stand-in on loopback."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs

import jwt
import pytest

from connectors.errors import BadRequest, NotAllowed, TryLater
from connectors.salesforce.errors import SignInRefused
from connectors.salesforce.legacy import Password
from connectors.salesforce.places import place
from connectors.salesforce.signin import App, Attempt, Desk
from connectors.salesforce.tokens import Token
from tests.connectors.salesforce.orgs import NOW
from tests.connectors.salesforce.signing import (
    ATTEMPT,
    BACK,
    CERTIFICATE,
    CLIENT,
    EXPIRED_CERTIFICATE,
    JANE,
    OTHER_PEM,
    PEM,
    SYNC,
    app,
    changed,
    salesforce,
    through_the_browser,
)
from tests.fakes.salesforce.listening import Loopback, Told
from tests.fakes.salesforce.oauth import ORG


def test_an_assertion_lets_a_user_in():
    with salesforce() as (desk, oauth):
        token = desk.jwt_bearer(JANE)

    assert oauth.issued == {token.access: JANE}
    assert token.instance_url == "https://larkmoor.my.salesforce.com"
    assert (token.org_id, token.user_id) == (ORG, oauth.users[JANE])
    assert token.issued_at == NOW
    assert token.refresh is None


@pytest.mark.parametrize(
    "domain, audience",
    [
        ("login", "https://login.salesforce.com"),
        ("test", "https://test.salesforce.com"),
        ("larkmoor", "https://login.salesforce.com"),
        ("larkmoor--dev.sandbox", "https://test.salesforce.com"),
    ],
)
def test_an_assertion_names_user_app_and_audience_and_ends_at_a_number(domain, audience):
    with salesforce(domain=domain, audience=audience) as (desk, oauth):
        desk.jwt_bearer(SYNC)
        form = parse_qs(oauth.server.heard[0].body.decode())

    claims = jwt.decode(form["assertion"][0], options={"verify_signature": False})
    assert claims == {"iss": CLIENT, "sub": SYNC, "aud": audience, "exp": int(NOW.timestamp()) + 180}
    assert jwt.get_unverified_header(form["assertion"][0])["alg"] == "RS256"


def test_a_key_may_come_with_its_line_ends_written_out():
    with salesforce() as (desk, _):
        assert changed(desk, private_key=PEM.replace("\n", "\\n")).jwt_bearer(SYNC).access


@pytest.mark.parametrize("key", ["", "no key", CERTIFICATE.decode()], ids=["none", "text", "certificate"])
def test_what_is_no_private_key_is_said_without_showing_it(key):
    with salesforce() as (desk, _), pytest.raises(BadRequest, match="SALESFORCE_PRIVATE_KEY") as caught:
        changed(desk, private_key=key).jwt_bearer(SYNC)

    assert "no key" not in str(caught.value)
    assert "BEGIN" not in str(caught.value)


def test_the_apps_secret_lets_its_own_user_in():
    with salesforce() as (desk, oauth):
        token = desk.client_credentials()

    assert oauth.issued == {token.access: SYNC}


@pytest.mark.parametrize("domain", ["login", "test"])
def test_the_apps_secret_needs_a_my_domain(domain):
    with salesforce(domain=domain) as (desk, oauth):
        with pytest.raises(BadRequest, match="set SALESFORCE_DOMAIN to your My Domain"):
            desk.client_credentials()

        assert oauth.server.heard == []


@pytest.mark.parametrize(
    "of, world, act, means, mend",
    [
        (
            app(approved={SYNC}),
            {},
            lambda desk: desk.jwt_bearer(JANE),
            f"{JANE} is not approved for the app at larkmoor.my.salesforce.com",
            "a Salesforce administrator assigns the permission set Quarterdeck",
        ),
        (
            app(),
            {"audience": "https://test.salesforce.com"},
            lambda desk: desk.jwt_bearer(SYNC),
            "the assertion is meant for another login address",
            "for a sandbox set SALESFORCE_DOMAIN=test",
        ),
        (
            app(certificate=EXPIRED_CERTIFICATE),
            {},
            lambda desk: changed(desk, private_key=OTHER_PEM).jwt_bearer(SYNC),
            "the certificate of the app has run out",
            "quarterdeck salesforce init --force",
        ),
        (
            app(),
            {},
            lambda desk: changed(desk, private_key=OTHER_PEM).jwt_bearer(SYNC),
            "the key does not belong to the certificate",
            "uploads the certificate",
        ),
        (
            app(),
            {"now": lambda: NOW + timedelta(minutes=10)},
            lambda desk: desk.jwt_bearer(SYNC),
            "the assertion was too old",
            "sets this machine's clock right",
        ),
        (
            app(),
            {},
            lambda desk: desk.jwt_bearer("nobody@larkmoor.example"),
            "there is no active user nobody@larkmoor.example",
            "compares the user name",
        ),
        (
            app(),
            {},
            lambda desk: changed(desk, client_id="3MVG9.other").client_credentials(),
            "does not know the app of SALESFORCE_CLIENT_ID",
            "for a sandbox set SALESFORCE_DOMAIN=test",
        ),
        (
            app(),
            {},
            lambda desk: changed(desk, client_secret="wrong").client_credentials(),
            "the app's secret is not accepted",
            "copies SALESFORCE_CLIENT_SECRET again",
        ),
        (
            app(runs_as=None),
            {},
            lambda desk: desk.client_credentials(),
            "the app may not sign in with its own secret",
            "names the user it runs as",
        ),
        (
            app(),
            {"shared": True},
            lambda desk: desk.client_credentials(),
            "does not know this way of signing in",
            "sets SALESFORCE_DOMAIN to the org's My Domain",
        ),
        (
            app(blocked=True),
            {},
            lambda desk: desk.jwt_bearer(SYNC),
            "the app is blocked in this org",
            "Connected Apps OAuth Usage",
        ),
        (
            app(),
            {},
            lambda desk: desk.refreshed(Token(access="a", instance_url="", issued_at=NOW, refresh="gone")),
            "the sign-in of this person was revoked",
            "connects Salesforce again",
        ),
    ],
)
def test_a_refusal_says_what_it_means_and_who_mends_it(of, world, act, means, mend):
    world = dict(world)
    now = world.pop("now", None)
    with salesforce(of=of, **world) as (desk, oauth):
        oauth.now = now or oauth.now
        with pytest.raises(SignInRefused) as caught:
            act(desk)

    assert means in str(caught.value)
    assert mend in caught.value.mend
    assert mend in str(caught.value)
    assert "app-secret" not in str(caught.value)


@pytest.mark.parametrize(
    "words, means",
    [
        ("invalid_app_access: user is not admin approved to access this app", "is not approved for the app"),
        ("inactive_user: user is inactive", "there is no active user"),
        ("invalid_grant: ip restricted", "may not sign in from this address"),
        ("invalid_grant: authentication failure", "are not accepted"),
        ("OAUTH_EC_APP_NOT_FOUND: External client app is not installed in this org", "does not know the app"),
        ("API_DISABLED_FOR_ORG: API is not enabled for this Organization", "the API is not enabled"),
        ("invalid_scope: the requested scope is not allowed", "lacks an OAuth scope"),
        ("redirect_uri_mismatch: redirect_uri must match configuration", "comes back"),
        ("something_new: nobody has seen this", "Salesforce does not let"),
    ],
)
def test_words_that_the_stand_in_does_not_say_are_known_too(words, means):
    error, _, description = words.partition(": ")
    answer = Told(400, json.dumps({"error": error, "error_description": description}).encode())

    with Loopback(lambda _heard: answer) as server:
        desk = Desk(place("login", server.url), App(client_id=CLIENT, private_key=PEM), now=lambda: NOW)
        with pytest.raises(SignInRefused, match=means) as caught:
            desk.jwt_bearer(JANE)
        desk.close()

    assert words in str(caught.value)


@pytest.mark.parametrize(
    "answer, kind, words",
    [
        (Told(503), TryLater, "cannot sign anybody in now"),
        (
            Told(400, b'{"error":"invalid_grant","error_description":"login rate exceeded"}'),
            TryLater,
            "a few minutes",
        ),
        (Told(404, b"<html>"), NotAllowed, "check SALESFORCE_DOMAIN"),
        (Told(302, headers={"Location": "https://elsewhere.example"}), NotAllowed, "check SALESFORCE_DOMAIN"),
        (Told(cut=True), TryLater, "cannot be reached"),
        (
            Told(200, b'{"access_token":"x","instance_url":"https://evil.example"}'),
            NotAllowed,
            "which is no address of Salesforce's",
        ),
    ],
)
def test_an_answer_that_is_none_is_said_plainly(answer, kind, words):
    with Loopback(lambda _heard: answer) as server:
        desk = Desk(place("login", server.url), App(client_id=CLIENT, private_key=PEM), now=lambda: NOW)
        with pytest.raises(kind, match=words):
            desk.jwt_bearer(JANE)
        desk.close()


def test_the_desk_keeps_nothing_of_one_person_for_the_next():
    body = b'{"access_token":"x","instance_url":"https://larkmoor.my.salesforce.com"}'

    with Loopback(lambda _heard: Told(200, body, {"Set-Cookie": "sid=of-jane; Path=/"})) as server:
        desk = Desk(place("login", server.url), App(client_id=CLIENT, private_key=PEM), now=lambda: NOW)
        desk.place = place("larkmoor")
        for name in (JANE, SYNC):
            desk.jwt_bearer(name)
        desk.close()

    assert [heard.headers["Cookie"] for heard in server.heard] == [None, None]


def test_an_org_other_than_the_one_that_is_set_is_refused():
    with salesforce() as (desk, _):
        desk.place = place("larkmoor", "https://other.my.salesforce.com")
        with pytest.raises(BadRequest, match="SALESFORCE_INSTANCE_URL is 'https://other"):
            desk.jwt_bearer(SYNC)


def test_a_person_agrees_in_the_browser_and_the_sign_in_renews_itself():
    with salesforce(of=app(rotates=True)) as (desk, oauth):
        oauth.agrees = JANE
        token = desk.exchange(through_the_browser(desk, oauth.server, ATTEMPT), ATTEMPT, redirect_uri=BACK)
        again = desk.refreshed(token)
        once_more = desk.refreshed(again)

    assert oauth.issued[token.access] == oauth.issued[once_more.access] == JANE
    assert None not in {token.refresh, again.refresh}
    assert len({token.refresh, again.refresh, once_more.refresh}) == 3


def test_a_refresh_token_that_does_not_change_is_kept():
    with salesforce() as (desk, oauth):
        oauth.agrees = JANE
        token = desk.exchange(through_the_browser(desk, oauth.server, ATTEMPT), ATTEMPT, redirect_uri=BACK)

        assert desk.refreshed(token).refresh == token.refresh


def test_the_way_through_the_browser_is_fresh_each_time():
    drawn: list[int] = []

    def draw(size: int) -> str:
        drawn.append(size)
        return f"drawn-{len(drawn)}"

    attempt = Attempt.draw(draw)

    assert (attempt.state, attempt.verifier, drawn) == ("drawn-1", "drawn-2", [32, 64])


@pytest.mark.parametrize(
    "twist, words",
    [
        (lambda back: {**back, "state": "t" * 43}, "not the one who set out"),
        (
            lambda back: {name: value for name, value in back.items() if name != "state"},
            "not the one who set out",
        ),
        (lambda back: {**back, "code": "used-up"}, "the code from the browser is used up"),
    ],
)
def test_whoever_comes_back_otherwise_is_sent_away(twist, words):
    with salesforce() as (desk, oauth):
        oauth.agrees = JANE
        back = twist(through_the_browser(desk, oauth.server, ATTEMPT))
        with pytest.raises(NotAllowed, match=words):
            desk.exchange(back, ATTEMPT, redirect_uri=BACK)


def test_a_code_is_worth_nothing_without_its_verifier():
    stolen = Attempt(state=ATTEMPT.state, verifier="w" * 86)

    with salesforce() as (desk, oauth):
        oauth.agrees = JANE
        back = through_the_browser(desk, oauth.server, ATTEMPT)
        with pytest.raises(SignInRefused, match="invalid code verifier"):
            desk.exchange(back, stolen, redirect_uri=BACK)


def test_a_person_who_does_not_agree_is_told_so():
    with salesforce() as (desk, oauth):
        back = through_the_browser(desk, oauth.server, ATTEMPT)
        with pytest.raises(SignInRefused, match="did not agree"):
            desk.exchange(back, ATTEMPT, redirect_uri=BACK)


def test_revoking_takes_the_refresh_token_and_says_whether_it_worked():
    with salesforce() as (desk, oauth):
        oauth.agrees = JANE
        token = desk.exchange(through_the_browser(desk, oauth.server, ATTEMPT), ATTEMPT, redirect_uri=BACK)

        assert desk.revoke(token)
        assert oauth.revoked == [token.refresh]
        assert desk.revoke(token), "what Salesforce does not know any more is worth nothing there"


def test_revoking_where_nobody_answers_is_no_failure():
    with salesforce() as (desk, _):
        token = desk.jwt_bearer(JANE)
    away = Desk(place("login", "http://127.0.0.1:1"), desk.app, now=lambda: NOW)

    assert not away.revoke(token)
    away.close()


@pytest.mark.parametrize(
    "value",
    [
        Token(access="canary", instance_url="", issued_at=NOW, refresh="canary"),
        App(client_id=CLIENT, client_secret="canary", private_key="canary"),
        Attempt(state="canary", verifier="canary"),
        Password(username=SYNC, password="canary", security_token="canary"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_secret_is_shown(value):
    assert "canary" not in f"{value!r} {value}"
