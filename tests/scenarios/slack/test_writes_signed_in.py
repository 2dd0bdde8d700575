"""The whole way of an installation: somebody connects Salesforce by two presses, answers, and Salesforce names them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.settings import read_settings
from bot.wiring import crm_options
from connectors import demo
from connectors.protocol import Crm, Seeing
from connectors.registry import seeing
from connectors.salesforce.opening import WORKSPACE, open_crm
from tests.connectors.salesforce.signing import CLIENT, app, keys
from tests.connectors.salesforce.test_vault import KEY
from tests.fakes.salesforce.oauth import OAuth
from tests.fakes.salesforce.oauth import at as signing_in
from tests.fakes.salesforce.server import FakeSalesforce
from tests.scenarios.slack.stage import told
from tests.scenarios.slack.writing import BRANDT, DANA, JONAS, OSTRANDER, Town
from tests.scenarios.slack.writing import town as opened

UNTOLD = "I do not know yet what you may see in the CRM, so I show nothing of it."


@pytest.fixture
def oauth() -> list[OAuth]:
    return []


@pytest.fixture
def town(tmp_path: Path, oauth: list[OAuth]) -> Iterator[Town]:
    pem, certificate = keys(datetime.now(UTC))

    def signing(server: FakeSalesforce, home: Path) -> tuple[Crm, Seeing | None]:
        names = {row["Username"] for row in server.org.tables["User"].values()}
        oauth.append(signing_in(server, app(certificate=certificate, approved=names)))
        environ = {
            "QUARTERDECK_CRM": "salesforce",
            "QUARTERDECK_WRITES": "on",
            "QUARTERDECK_KEY": KEY,
            "SALESFORCE_INSTANCE_URL": server.url,
            "SALESFORCE_CLIENT_ID": CLIENT,
            "SALESFORCE_PRIVATE_KEY": pem,
            "SALESFORCE_USERNAME": server.org.tables["User"][server.org.admin]["Username"],
        }
        options = crm_options(read_settings(environ, folder=home, home=home))
        crm = open_crm(home, demo.company(), options)
        return crm, seeing(crm, home=home, options=options, keys=KEY, workspace=WORKSPACE, minutes=60)

    with opened(tmp_path, signing=signing) as made:
        yield made


def connect(town: Town, who: str) -> None:
    town.at.dm(who, "pipeline")
    for label in ("Connect Salesforce", "That is me"):
        town.at.clock.forward(60)
        town.at.slack.click(who, town.at.slack.seen_by(who)[-1], label)
        town.at.settle()


def test_who_has_connected_writes_by_their_own_sign_in_and_nobody_elses(town: Town, oauth: list[OAuth]):
    connect(town, DANA)
    connect(town, JONAS)
    town.nudge()
    town.answer("New date", date="2027-01-29")

    assert town.held("CloseDate") == date(2027, 1, 29)
    assert town.held("LastModifiedById") == town.users[JONAS]
    assert {call.user for call in town.patches()} == {town.users[JONAS]}
    assert "6 Nov → 29 Jan, in Salesforce." in told(town.letter())
    assert town.org.tables["User"][town.users[JONAS]]["Username"] in oauth[0].issued.values()


def test_who_has_disconnected_writes_nothing_more_and_cannot_take_back(town: Town):
    connect(town, DANA)
    connect(town, JONAS)
    town.nudge()
    town.answer("New date", date="2027-01-29")
    letter = town.letter()
    town.at.dm(JONAS, "disconnect")
    town.press(JONAS, letter, "Undo")

    assert UNTOLD in told(town.at.slack.seen_by(JONAS)[-1])
    assert town.held("CloseDate", OSTRANDER) == date(2027, 1, 29)
    assert town.held("CloseDate", BRANDT) == date(2026, 11, 13)
    assert len(town.patches()) == 1
