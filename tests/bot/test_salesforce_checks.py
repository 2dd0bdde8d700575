"""What `quarterdeck doctor` says about the sign-in to Salesforce."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import main
from bot.salesforce_checks import check
from bot.settings import read_settings
from tests.connectors.salesforce.signing import CLIENT, PEM, app
from tests.connectors.salesforce.test_vault import KEY
from tests.fakes.salesforce.oauth import OAuth, at
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.rights import Rights
from tests.fakes.salesforce.server import FakeSalesforce

SYNC = "sync@tiny.example"


@pytest.fixture
def server() -> Iterator[FakeSalesforce]:
    org = Org()
    org.user("Quarter", "Deck", rights=Rights(view_all=True), Username=SYNC)
    with FakeSalesforce(org) as running:
        yield running


@pytest.fixture
def oauth(server: FakeSalesforce) -> OAuth:
    oauth = at(server, app(approved={SYNC}))
    oauth.now = server.org.clock
    return oauth


def values(server: FakeSalesforce, **more: str) -> dict[str, str]:
    """Return the settings of an app at the stand-in's address."""
    return {
        "SALESFORCE_INSTANCE_URL": server.url,
        "SALESFORCE_CLIENT_ID": CLIENT,
        "SALESFORCE_PRIVATE_KEY": PEM,
        "SALESFORCE_USERNAME": SYNC,
        "QUARTERDECK_KEY": KEY,
        **more,
    }


def said(server: FakeSalesforce, home: Path, environ: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return what is found: state, what, and what to do."""
    settings = read_settings(environ, folder=home, home=home)
    return [(found.state, found.what, found.do) for found in check(settings, now=server.org.clock)]


def test_all_is_well(server: FakeSalesforce, oauth: OAuth, tmp_path: Path):
    org, calls, *_, persons = said(server, tmp_path, values(server))

    assert org[0] == calls[0] == persons[0] == "ok"
    assert f"Tiny (sandbox, {server.url.removeprefix('http://')}) by jwt, version 67.0, as {SYNC}" in org[1]
    assert "calls of the org's last 24 hours are used" in calls[1]
    assert "kept encrypted" in persons[1]


def test_a_day_that_is_almost_used_up_is_a_note(server: FakeSalesforce, oauth: OAuth, tmp_path: Path):
    server.rest.allowed, server.rest.used = 1000, 900

    _, calls, *_ = said(server, tmp_path, values(server))
    assert (calls[0], calls[2]) == (
        "note",
        "ask the Salesforce administrator which integration takes them",
    )


def test_a_refusal_says_who_mends_it(server: FakeSalesforce, oauth: OAuth, tmp_path: Path):
    oauth.apps[CLIENT].approved.clear()

    (state, what, do), *_ = said(server, tmp_path, values(server))
    assert state == "wrong"
    assert f"{SYNC} is not approved for the app" in what
    assert do.startswith("a Salesforce administrator assigns the permission set Quarterdeck")


def test_what_is_missing_is_wrong(server: FakeSalesforce, tmp_path: Path):
    environ = values(server)
    del environ["SALESFORCE_USERNAME"]

    [(state, what, _)] = said(server, tmp_path, environ)
    assert (state, what) == ("wrong", "Salesforce: signing in by jwt needs SALESFORCE_USERNAME: set it")


def test_a_password_is_called_legacy(server: FakeSalesforce, oauth: OAuth, tmp_path: Path):
    environ = {
        "SALESFORCE_INSTANCE_URL": server.url,
        "SALESFORCE_USERNAME": SYNC,
        "SALESFORCE_PASSWORD": oauth.password,
        "SALESFORCE_SECURITY_TOKEN": oauth.security_token,
    }

    found = said(server, tmp_path, environ)
    assert found[0][0] == "note"
    assert "legacy, and Salesforce ends it on 1 June 2027" in found[0][1]
    assert "persons cannot sign in as themselves" in found[-1][1]


@pytest.mark.parametrize(
    "address, state, words",
    [
        ("", "note", "persons sign in by the app's key alone"),
        ("https://qd.example", "ok", "https://qd.example/salesforce/callback, letter by letter"),
        (
            "http://qd.example",
            "wrong",
            "QUARTERDECK_PUBLIC_URL is 'http://qd.example'; use the https address",
        ),
    ],
)
def test_the_way_by_the_browser_is_told(server, oauth, tmp_path: Path, address, state, words):
    *_, told, _ = said(server, tmp_path, values(server, QUARTERDECK_PUBLIC_URL=address))

    assert told[0] == state
    assert words in told[1]


def test_the_setting_that_opens_the_browser_is_named(server, oauth, tmp_path: Path):
    *_, told, _ = said(server, tmp_path, values(server))

    assert "set QUARTERDECK_PUBLIC_URL" in told[2]


@pytest.mark.parametrize(
    "key, state, words", [("", "note", "is not set"), ("short", "wrong", "QUARTERDECK_KEY is no key")]
)
def test_the_key_of_persons_sign_ins_is_looked_at(server, oauth, tmp_path: Path, key, state, words):
    *_, last = said(server, tmp_path, values(server, QUARTERDECK_KEY=key))

    assert last[0] == state
    assert words in last[1]


def test_where_writing_is_on_it_is_said_what_is_open(server, oauth, tmp_path: Path):
    (tmp_path / "salesforce.toml").write_text('[write]\nContact = []\ncreate = ["task"]\n', encoding="utf-8")

    *_, last = said(server, tmp_path, values(server, QUARTERDECK_WRITES="on"))

    assert last[0] == "ok"
    assert "Open are Opportunity: StageName, CloseDate, Amount" in last[1]
    assert "Contact: nothing; new entries: task" in last[1]
    assert all("Open are" not in what for _, what, _ in said(server, tmp_path, values(server)))


@pytest.mark.parametrize(
    "text, more, words",
    [
        ("[write]\nLead = []", {}, "'Lead' in [write]"),
        (
            "",
            {"SALESFORCE_CLIENT_ID": "", "SALESFORCE_AUTH": "session", "SALESFORCE_SESSION_ID": "x"},
            "need an app",
        ),
    ],
)
def test_writing_that_cannot_be_is_wrong(server, oauth, tmp_path: Path, text, more, words):
    (tmp_path / "salesforce.toml").write_text(text, encoding="utf-8")

    found = said(server, tmp_path, values(server, QUARTERDECK_WRITES="on", **more))
    assert any(state == "wrong" and words in what for state, what, _ in found)


def test_doctor_says_it(
    server: FakeSalesforce,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        os, "environ", {"PATH": os.environ["PATH"], "SALESFORCE_AUTH": "jwt", "COLUMNS": "400"}
    )

    main(["doctor", "--home", str(home)])
    assert "WRONG Salesforce: signing in by jwt needs SALESFORCE_PRIVATE_KEY" in capsys.readouterr().out
