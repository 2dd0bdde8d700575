"""Which systems of record are asked for everybody's own rights, and what that takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from connectors.demo import DemoCrm
from connectors.errors import BadRequest, NotConnected
from connectors.protocol import Connecting, Crm, Seeing
from connectors.registry import seeing
from tests.connectors.salesforce.desk import crm
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.server import FakeSalesforce

PASSWORD = {
    "SALESFORCE_USERNAME": "sync@tiny.example",
    "SALESFORCE_PASSWORD": "secret",
    "SALESFORCE_DOMAIN": "login",
}
JWT = {
    "SALESFORCE_USERNAME": "sync@tiny.example",
    "SALESFORCE_CLIENT_ID": "consumer-key",
    "SALESFORCE_PRIVATE_KEY": "key",
    "SALESFORCE_DOMAIN": "login",
}


SECRET = {
    "SALESFORCE_CLIENT_ID": "consumer-key",
    "SALESFORCE_CLIENT_SECRET": "secret",
    "SALESFORCE_DOMAIN": "tiny",
}
REACHED = {"QUARTERDECK_PUBLIC_URL": "https://quarterdeck.example.com/deals/"}


def asked(crm: Crm, home: Path, options: dict[str, str]) -> Seeing | None:
    keys = Fernet.generate_key().decode()
    return seeing(crm, home=home, options=options, keys=keys, workspace="salesforce", minutes=60)


def test_a_system_without_rights_of_its_own_is_not_asked(tmp_path: Path) -> None:
    assert asked(DemoCrm(), tmp_path, {}) is None


def test_persons_who_have_not_connected_are_told_how(tmp_path: Path) -> None:
    with FakeSalesforce(Org()) as server:
        found = asked(crm(server, tmp_path), tmp_path, JWT)

        assert found is not None
        with pytest.raises(NotConnected, match=r"Connect Salesforce first"):
            found.sight("005000000000001AAA")


@pytest.mark.parametrize(
    "options, by_themselves", [(JWT, True), (SECRET, False), (SECRET | REACHED, True), (JWT | REACHED, True)]
)
def test_persons_connect_by_themselves_where_the_app_has_a_key_or_the_browser_a_way_back(
    tmp_path: Path, options: dict[str, str], *, by_themselves: bool
) -> None:
    with FakeSalesforce(Org()) as server:
        found = asked(crm(server, tmp_path), tmp_path, options)

    assert isinstance(found, Connecting) == by_themselves


def test_where_the_app_has_no_key_and_no_address_to_come_back_to_the_settings_are_named(
    tmp_path: Path,
) -> None:
    with FakeSalesforce(Org()) as server:
        found = asked(crm(server, tmp_path), tmp_path, SECRET)

        assert found is not None
        with pytest.raises(NotConnected, match=r"SALESFORCE_PRIVATE_KEY .* or QUARTERDECK_PUBLIC_URL"):
            found.sight("005000000000001AAA")


@pytest.mark.parametrize(
    "address",
    [
        "quarterdeck.example.com",
        "http://quarterdeck.example.com",
        "https://quarterdeck.example.com?x=1",
        "https://quarterdeck.example.com#x",
        "https://me@quarterdeck.example.com",
        "https://",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_no_browser_reaches_encrypted_is_refused(tmp_path: Path, address: str) -> None:
    with FakeSalesforce(Org()) as server, pytest.raises(BadRequest, match="use the https address"):
        asked(crm(server, tmp_path), tmp_path, SECRET | {"QUARTERDECK_PUBLIC_URL": address})


def test_persons_sign_in_by_an_app(tmp_path: Path) -> None:
    with FakeSalesforce(Org()) as server, pytest.raises(BadRequest, match="SALESFORCE_RIGHTS=declared"):
        asked(crm(server, tmp_path), tmp_path, PASSWORD)
