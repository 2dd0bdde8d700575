"""Signing in without an app: user name, password and security token (legacy), or a session id from elsewhere.

The password way is Salesforce's SOAP login. New orgs have it switched off, it needs the permission "Use Any API
Auth", and Salesforce ends it on 1 June 2027. Use it only where no External Client App can be made yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from simple_salesforce.exceptions import SalesforceAuthenticationFailed
from simple_salesforce.login import SalesforceLogin

from connectors.errors import BadRequest, NotAllowed, TryLater
from connectors.salesforce.places import Loopback, Place, mounted
from connectors.salesforce.refused import refused
from connectors.salesforce.signin import TIMEOUT
from connectors.salesforce.tokens import Token

# What whoever checks an installation says of the password way.
ENDING: Final = (
    "signing in by password is legacy, and Salesforce ends it on 1 June 2027: "
    "use SALESFORCE_AUTH=jwt (quarterdeck salesforce init)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Password:
    """A user's name, password and security token. The secrets are never shown by `repr`."""

    username: str
    password: str = field(repr=False)
    security_token: str = field(default="", repr=False)


def password_login(
    place: Place, given: Password, *, now: Callable[[], datetime], adapter: BaseAdapter | None = None
) -> Token:
    """Return a session by Salesforce's SOAP login, which is legacy and ends on 1 June 2027.

    Raises:
        NotAllowed: the org does not let this user in like that; the message says who changes what.
        TryLater: Salesforce cannot be reached.
    """
    with _Timed() as session:
        mounted(session, adapter or (Loopback(place.login) if place.loopback else HTTPAdapter()))
        try:
            access, host = SalesforceLogin(
                session=session,
                username=given.username,
                password=given.password,
                security_token=given.security_token,
                domain=_domain(place),
            )
        except SalesforceAuthenticationFailed as error:
            raise refused(str(error.code), str(error.message), place=place, who=given.username) from None
        except requests.RequestException:
            # What it says may hold what was sent.
            raise TryLater(
                f"{urlsplit(place.login).netloc} cannot be reached: check SALESFORCE_DOMAIN and the network"
            ) from None
    address = place.instance_url if place.loopback else f"https://{host}"
    return Token(access=access, instance_url=address or "", issued_at=now())


def session_id(place: Place, access: str, *, now: Callable[[], datetime]) -> Callable[[Token | None], Token]:
    """Return how a session id from elsewhere signs in: once. It cannot be renewed.

    Raises:
        BadRequest: the org's own address is not known.
    """
    address = place.instance_url or (place.login if place.my_domain else None)
    if address is None:
        raise BadRequest("a session id needs SALESFORCE_INSTANCE_URL, like https://acme.my.salesforce.com")

    def sign_in(before: Token | None) -> Token:
        if before is not None:
            raise NotAllowed(
                "the session of SALESFORCE_SESSION_ID has ended, and it cannot be renewed: set a new one, "
                "or sign in with SALESFORCE_AUTH=jwt"
            )
        return Token(access=access, instance_url=address, issued_at=now())

    return sign_in


class _Timed(requests.Session):
    """A session that never waits without end, and that keeps to its own credentials."""

    def request(self, method: str, url: str | bytes, *rest: Any, **more: Any) -> requests.Response:
        return super().request(
            method,
            url,
            *rest,
            **{**more, "timeout": TIMEOUT, "auth": lambda prepared: prepared, "allow_redirects": False},
        )


def _domain(place: Place) -> str:
    """Return the domain as the library names it: without `.salesforce.com`. A stand-in takes every address."""
    return (
        "login" if place.loopback else (urlsplit(place.login).hostname or "").removesuffix(".salesforce.com")
    )
