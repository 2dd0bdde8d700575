"""Where one signs in to Salesforce, and how a stand-in on this machine is reached instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from connectors.errors import BadRequest

PRODUCTION: Final = "https://login.salesforce.com"
SANDBOX: Final = "https://test.salesforce.com"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
# Whoever is not Salesforce gets neither an assertion nor a secret.
_OURS: Final = re.compile(r"(?i)[a-z0-9][a-z0-9.-]*\.(?:salesforce\.com|salesforce\.mil|sfcrmproducts\.cn)")
_NAME: Final = re.compile(
    r"(?i)[a-z0-9][a-z0-9-]*(?:\.(?:sandbox|develop|scratch|demo|patch|trailblaze|free))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One org's way in: the address that signs in, the audience of assertions, and the org's own address if it is known."""

    login: str
    audience: str
    instance_url: str | None = None

    @property
    def sandbox(self) -> bool:
        """Say whether this is the way into a sandbox."""
        return self.audience == SANDBOX

    @property
    def my_domain(self) -> bool:
        """Say whether one org's own address signs in, and not the one that all share."""
        return self.login not in {PRODUCTION, SANDBOX}

    @property
    def loopback(self) -> bool:
        """Say whether this is a stand-in on this machine."""
        return is_loopback(self.login)


def place(domain: str | None = None, instance_url: str | None = None) -> Place:
    """Return the place of a domain: `login`, `test`, or a My Domain as name, host or address.

    Without a domain it is the org's own address that signs in, and without that, `login`.
    An `instance_url` on loopback, like http://127.0.0.1:8080, is a stand-in for trials: it signs in there, too.
    Only such an address may go without encryption.

    Raises:
        BadRequest: it is no domain of Salesforce's, or an address that is not encrypted.
    """
    own = _own(instance_url) if instance_url else None
    if own is None or is_loopback(own):
        login, audience = _login(domain or "login")
    else:
        login, audience = _login(domain or own)
    return Place(login=own if own and is_loopback(own) else login, audience=audience, instance_url=own)


def is_loopback(address: str) -> bool:
    """Say whether an address leads to this very machine, without encryption."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK and "@" not in parts.netloc


def is_salesforce(address: str) -> bool:
    """Say whether an address is an encrypted one of Salesforce's."""
    parts = urlsplit(address)
    return (
        parts.scheme == "https" and parts.port in {None, 443} and bool(_OURS.fullmatch(parts.hostname or ""))
    )


class Loopback(HTTPAdapter):
    """Speaks to a server on this machine in the place of one that is reached by https.

    simple-salesforce makes every address an https one, so this takes the encryption off again, and leaves no proxy
    and no other machine in between.
    """

    def __init__(self, address: str, **more: Any) -> None:
        """Send everything to the server at `address`.

        Raises:
            BadRequest: that is another machine.
        """
        super().__init__(**more)
        if not is_loopback(address):
            raise BadRequest(f"{address!r} is not an address of this machine: only http://127.0.0.1:PORT is")
        self._address = address.rstrip("/")

    def send(self, request: requests.PreparedRequest, *rest: Any, **more: Any) -> requests.Response:
        """Send a request that was meant for elsewhere to the server on this machine."""
        parts = urlsplit(request.url or "")
        sent = request.copy()
        sent.url = f"{self._address}{parts.path}{f'?{parts.query}' if parts.query else ''}"
        return super().send(sent, *rest, **{**more, "proxies": None})


def mounted(session: requests.Session, adapter: BaseAdapter) -> None:
    """Let a session speak by this adapter and by no other: without encryption, nothing is in its reach.

    It keeps no cookies: who is asking is said in each request, and one session may ask for several.
    """
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.adapters.clear()
    session.mount("https://", adapter)


def _login(domain: str) -> tuple[str, str]:
    """Return address and audience of a domain; a sandbox's My Domain is told from its `--` or `.sandbox`."""
    name = domain.strip().removeprefix("https://").rstrip("/").casefold()
    if name in {"login", "login.salesforce.com"}:
        return PRODUCTION, PRODUCTION
    if name in {"test", "test.salesforce.com"}:
        return SANDBOX, SANDBOX
    name = re.sub(r"\.lightning\.force\.com$", ".my.salesforce.com", name)
    if _NAME.fullmatch(bare := name.removesuffix(".my")):
        name = f"{bare}.my.salesforce.com"
    elif not _OURS.fullmatch(name):
        raise BadRequest(
            f"SALESFORCE_DOMAIN is {domain!r}, which is no domain of Salesforce's; "
            "use login (production), test (sandbox) or your My Domain like acme.my.salesforce.com"
        )
    sandbox = "--" in name or ".sandbox." in name
    return f"https://{name}", SANDBOX if sandbox else PRODUCTION


def _own(address: str) -> str:
    trimmed = address.strip().rstrip("/")
    parts = urlsplit(trimmed)
    bare = f"{parts.scheme}://{parts.netloc}"
    if trimmed == bare and (is_loopback(bare) or is_salesforce(bare)):
        return bare
    raise BadRequest(
        f"SALESFORCE_INSTANCE_URL is {address!r}; use the org's own address like https://acme.my.salesforce.com "
        "(http only for a stand-in at http://127.0.0.1:PORT)"
    )
