"""What holds for every test: no network, no ambient settings, a strange time zone, steady examples."""

from __future__ import annotations

import ipaddress
import os
import sys
import time

import pytest
from hypothesis import settings

# What takes longest begins first, so that no core waits for one module at the end.
LONGEST = (
    "tests/scenarios/slack/quarter/test_quarter.py",
    "tests/scenarios/slack/test_previews_kill.py",
    "tests/scenarios/slack/audience/test_audience.py",
    "tests/oracle/test_measures_agree.py",
    "tests/scenarios/slack/test_goals.py",
    "tests/scenarios/slack/test_schedules_time.py",
)
AMBIENT = ("OPENAI_", "QUARTERDECK_", "SALESFORCE_", "SLACK_")
PAINT = ("COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR")

for _name in list(os.environ):
    if _name.startswith(AMBIENT) or _name in PAINT:
        del os.environ[_name]

# Far from UTC and not by whole hours, so that code that leans on the machine's zone shows it.
os.environ["TZ"] = "Pacific/Chatham"
time.tzset()

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules first; the others keep their order."""
    order = {module: place for place, module in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.nodeid.partition("::")[0], len(order)))


def _is_loopback(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    if not event.startswith("socket."):
        return
    match event, args:
        case (("socket.connect" | "socket.sendto" | "socket.sendmsg"), (_, (host, *_))):
            pass
        case (("socket.getaddrinfo" | "socket.gethostbyname"), (host, *_)):
            pass
        case _:
            return
    if not _is_loopback(host):
        pytest.fail(f"a test reached for the network: {event} {host!r}", pytrace=True)


sys.addaudithook(_refuse_network)
