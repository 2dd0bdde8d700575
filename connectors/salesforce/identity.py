"""Who reads from Salesforce for everybody: from the settings to a sign-in that renews itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args

from requests.adapters import BaseAdapter

from connectors.errors import BadRequest
from connectors.salesforce.client import VERSION
from connectors.salesforce.legacy import Password, password_login, session_id
from connectors.salesforce.places import Place, place
from connectors.salesforce.signin import App, Desk
from connectors.salesforce.tokens import Token, Tokens

Auth: TypeAlias = Literal["jwt", "client-credentials", "session", "password"]
# What each way needs, in the order in which one is guessed from what is set.
NEEDS: Final[Mapping[Auth, tuple[str, ...]]] = {
    "jwt": ("SALESFORCE_PRIVATE_KEY", "SALESFORCE_CLIENT_ID", "SALESFORCE_USERNAME"),
    "client-credentials": ("SALESFORCE_CLIENT_SECRET", "SALESFORCE_CLIENT_ID", "SALESFORCE_DOMAIN"),
    "session": ("SALESFORCE_SESSION_ID", "SALESFORCE_INSTANCE_URL"),
    "password": ("SALESFORCE_PASSWORD", "SALESFORCE_USERNAME"),
}
_WHERE: Final = ("SALESFORCE_DOMAIN", "SALESFORCE_INSTANCE_URL")
# Older versions are retired, or lack what we read.
_LEAST_VERSION: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The sign-in that reads for everybody: how, where, with which version of the interface. It shows no secret.

    `desk` is there where an app signs in, so that persons can sign in by the same one.
    """

    auth: Auth
    place: Place
    version: str
    tokens: Tokens
    desk: Desk | None = None


def identity(
    values: Mapping[str, str], *, now: Callable[[], datetime], adapter: BaseAdapter | None = None
) -> Identity:
    """Return the sign-in that the settings (`SALESFORCE_*`) describe; nothing is asked of Salesforce yet.

    `adapter` takes the place of the network, in tests. Where SALESFORCE_INSTANCE_URL is http://127.0.0.1:PORT,
    everything is asked there, the sign-in too.

    Raises:
        BadRequest: a setting is missing or cannot be used; the message says what would work.
    """
    auth = chosen(values)
    where = place(values.get("SALESFORCE_DOMAIN"), values.get("SALESFORCE_INSTANCE_URL"))
    desk = _desk(values, where, now, adapter)
    return Identity(
        auth=auth,
        place=where,
        version=_version(values.get("SALESFORCE_API_VERSION", VERSION)),
        tokens=Tokens(_way(auth, values, where, desk, now=now, adapter=adapter)),
        desk=desk,
    )


def chosen(values: Mapping[str, str]) -> Auth:
    """Return the way to sign in: the one that is set, else the first whose secret is set.

    Raises:
        BadRequest: there is no such way, nothing is set, or something is missing for it.
    """
    named = values.get("SALESFORCE_AUTH")
    auth = next((way for way in get_args(Auth) if way == named), None)
    if named and auth is None:
        raise BadRequest(f"SALESFORCE_AUTH is {named!r}; use {', '.join(NEEDS)}")
    auth = auth or next((way for way, needs in NEEDS.items() if values.get(needs[0])), None)
    if auth is None:
        ways = "; ".join(f"{way}: {', '.join(needs)}" for way, needs in NEEDS.items())
        raise BadRequest(
            f"nothing says how to sign in to Salesforce; set what one way needs ({ways}). "
            "quarterdeck salesforce init prepares jwt"
        )
    missing = [name for name in _needs(auth, values) if not values.get(name)]
    if missing:
        others = [way for way, needs in NEEDS.items() if way != auth and all(map(values.get, needs))]
        instead = f", or SALESFORCE_AUTH={others[0]}, for which all is set" if others else ""
        raise BadRequest(f"signing in by {auth} needs {', '.join(missing)}: set it{instead}")
    return auth


def _needs(auth: Auth, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a way needs; of the org's domain and its own address, one says as much as the other."""
    named = any(map(values.get, _WHERE))
    return tuple(name for name in NEEDS[auth] if not (named and name in _WHERE))


def _desk(
    values: Mapping[str, str], where: Place, now: Callable[[], datetime], adapter: BaseAdapter | None
) -> Desk | None:
    client_id = values.get("SALESFORCE_CLIENT_ID")
    if not client_id:
        return None
    app = App(
        client_id=client_id,
        client_secret=values.get("SALESFORCE_CLIENT_SECRET"),
        private_key=values.get("SALESFORCE_PRIVATE_KEY"),
    )
    return Desk(where, app, now=now, adapter=adapter)


def _way(
    auth: Auth,
    values: Mapping[str, str],
    where: Place,
    desk: Desk | None,
    *,
    now: Callable[[], datetime],
    adapter: BaseAdapter | None,
) -> Callable[[Token | None], Token]:
    """Return how to sign in; `chosen` has seen to it that what the way needs is there."""
    match auth:
        case "jwt" if desk is not None:
            return lambda _before: desk.jwt_bearer(values["SALESFORCE_USERNAME"])
        case "client-credentials" if desk is not None:
            return lambda _before: desk.client_credentials()
        case "session":
            return session_id(where, values["SALESFORCE_SESSION_ID"], now=now)
        case _:
            given = Password(
                username=values["SALESFORCE_USERNAME"],
                password=values["SALESFORCE_PASSWORD"],
                security_token=values.get("SALESFORCE_SECURITY_TOKEN", ""),
            )
            return lambda _before: password_login(where, given, now=now, adapter=adapter)


def _version(text: str) -> str:
    if not re.fullmatch(r"\d\d\.0", text) or float(text) < _LEAST_VERSION:
        raise BadRequest(
            f"SALESFORCE_API_VERSION is {text!r}; write it like {VERSION}, and not below {_LEAST_VERSION}.0"
        )
    return text
