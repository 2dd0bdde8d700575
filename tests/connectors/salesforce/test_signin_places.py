"""Where one signs in: domains as people write them, and a stand-in on this machine alone."""

from __future__ import annotations

import pytest

from connectors.errors import BadRequest, ConnectorError
from connectors.salesforce.places import Loopback as Plain
from connectors.salesforce.places import place


@pytest.mark.parametrize(
    "domain, login, sandbox",
    [
        (None, "https://login.salesforce.com", False),
        ("login", "https://login.salesforce.com", False),
        ("TEST", "https://test.salesforce.com", True),
        ("acme", "https://acme.my.salesforce.com", False),
        ("acme.my", "https://acme.my.salesforce.com", False),
        ("https://acme.my.salesforce.com/", "https://acme.my.salesforce.com", False),
        ("acme.lightning.force.com", "https://acme.my.salesforce.com", False),
        ("acme--dev.sandbox", "https://acme--dev.sandbox.my.salesforce.com", True),
        ("acme--dev.sandbox.my.salesforce.com", "https://acme--dev.sandbox.my.salesforce.com", True),
        ("acme-dev-ed.develop", "https://acme-dev-ed.develop.my.salesforce.com", False),
    ],
)
def test_a_domain_may_be_written_as_people_copy_it(domain, login, sandbox):
    found = place(domain)

    assert (found.login, found.sandbox) == (login, sandbox)


@pytest.mark.parametrize(
    "domain", ["evil.example", "acme.my.salesforce.com.evil.example", "a b", "login/../x", ""]
)
def test_a_domain_that_is_not_salesforces_is_refused(domain):
    if not domain:
        assert place(domain).login == "https://login.salesforce.com"
        return
    with pytest.raises(BadRequest, match="no domain of Salesforce's"):
        place(domain)


@pytest.mark.parametrize(
    "address",
    [
        "http://acme.my.salesforce.com",
        "http://192.0.2.1:80",
        "https://evil.example",
        "https://acme.my.salesforce.com/services",
        "https://127.0.0.1:1",
        "ftp://127.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://x@127.0.0.1",
    ],
)
def test_an_address_without_encryption_must_be_of_this_machine(address):
    with pytest.raises(ConnectorError, match="SALESFORCE_INSTANCE_URL"):
        place("login", address)


def test_a_stand_in_cannot_be_on_another_machine():
    with pytest.raises(BadRequest, match="not an address of this machine"):
        Plain("http://192.0.2.1:80")


def test_the_orgs_own_address_signs_in_where_no_domain_is_set():
    found = place(None, "https://acme--dev.sandbox.my.salesforce.com/")

    assert found.login == found.instance_url == "https://acme--dev.sandbox.my.salesforce.com"
    assert found.sandbox
    assert place("login", "https://acme.my.salesforce.com").login == "https://login.salesforce.com"


def test_a_stand_in_signs_in_where_it_is():
    found = place("acme--dev.sandbox", "http://127.0.0.1:8080/")

    assert (found.login, found.instance_url, found.loopback) == ("http://127.0.0.1:8080",) * 2 + (True,)
    assert found.sandbox
