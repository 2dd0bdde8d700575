"""The guards in conftest.py hold."""

from __future__ import annotations

import os
import socket
import time
import warnings
from types import SimpleNamespace

import pytest

from tests import conftest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)], ids=["IPv4", "IPv6"])
def test_a_connection_beyond_loopback_is_refused(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET

    with socket.socket(family) as plug, pytest.raises(pytest.fail.Exception, match="reached for the network"):
        plug.connect(address)


def test_a_datagram_beyond_loopback_is_refused():
    with (
        socket.socket(type=socket.SOCK_DGRAM) as plug,
        pytest.raises(pytest.fail.Exception, match="reached for the network"),
    ):
        plug.sendto(b"hello", ("192.0.2.1", 53))


def test_a_name_is_not_looked_up():
    with pytest.raises(pytest.fail.Exception, match="example"):
        socket.create_connection(("crm.example", 443))


def test_loopback_is_open():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_no_setting_of_the_machine_reaches_a_test():
    assert not [
        name for name in os.environ if name.startswith(("OPENAI_", "QUARTERDECK_", "SALESFORCE_", "SLACK_"))
    ]


def test_the_machine_is_far_from_utc():
    assert time.timezone % 3600 != 0


def test_a_warning_is_an_error():
    with pytest.raises(UserWarning):
        warnings.warn("look here", stacklevel=1)


def test_the_longest_modules_begin_first(request):
    asked = ["tests/a.py::one", *(f"{name}::two" for name in reversed(conftest.LONGEST)), "tests/b.py::three"]
    items = [SimpleNamespace(nodeid=one) for one in asked]
    conftest.pytest_collection_modifyitems(items)
    found = [item.nodeid.partition("::")[0] for item in items]

    assert found == [*conftest.LONGEST, "tests/a.py", "tests/b.py"]
    assert [name for name in conftest.LONGEST if not (request.config.rootpath / name).is_file()] == []
