"""Signing in to Salesforce by OAuth: assertions, client credentials, a person's browser; renewing and revoking.

The service identity signs in with `jwt_bearer` or `client_credentials`. A person signs in with `jwt_bearer` and
their own Salesforce user name, so that no address has to be reachable from outside; where one is, `authorize`
and `exchange` (PKCE) let the person agree in the browser instead.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import jwt
import requests
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from requests.adapters import BaseAdapter, HTTPAdapter

from connectors.errors import BadRequest, NotAllowed, TryLater
from connectors.salesforce.places import Loopback, Place, is_loopback, is_salesforce, mounted
from connectors.salesforce.refused import refused
from connectors.salesforce.tokens import Token

# Seconds to connect, and to wait for an answer.
TIMEOUT: Final = (5.0, 30.0)
# Salesforce takes assertions that live up to three minutes.
LIFE: Final = timedelta(minutes=3)
SCOPES: Final = "api refresh_token"
_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# What Salesforce says of a token that ran out or was revoked before.
_UNKNOWN_TOKEN: Final = re.compile(r"(?i)invalid[_ ]token|already revoked|expired")
_IDENTITY: Final = re.compile(r"/id/(00D\w{12,15})/(005\w{12,15})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The External Client App that an administrator made for Quarterdeck. The secrets are never shown by `repr`."""

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One person's way through the browser: keep it until they come back. The secrets are never shown by `repr`."""

    state: str = field(repr=False)
    verifier: str = field(repr=False)

    @classmethod
    def draw(cls, text: Callable[[int], str]) -> Attempt:
        """Return a fresh attempt; `text` draws so many random bytes as text, as secrets.token_urlsafe does."""
        return cls(state=text(32), verifier=text(64))


class Desk:
    """The sign-in desk of one place, for one app. It speaks by a session of its own, with timeouts."""

    def __init__(
        self,
        place: Place,
        app: App,
        *,
        now: Callable[[], datetime],
        adapter: BaseAdapter | None = None,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        """Ask at `place`; `adapter` takes the place of the network, in tests."""
        self.place = place
        self.app = app
        self._now = now
        self._timeout = timeout
        self._session = requests.Session()
        mounted(self._session, adapter or (Loopback(place.login) if place.loopback else HTTPAdapter()))

    def jwt_bearer(self, username: str) -> Token:
        """Return a token for the user of that name, by an assertion that the app's private key signs.

        Raises:
            BadRequest: there is no private key, or it is none.
            NotAllowed: the org does not let this user in by this app; the message says who changes what.
            TryLater: Salesforce cannot be reached.
        """
        claims = {
            "iss": self.app.client_id,
            "sub": username,
            "aud": self.place.audience,
            # A number of seconds: Salesforce does not read it from a text.
            "exp": int((self._now() + LIFE).timestamp()),
        }
        signed = jwt.encode(claims, private_key(self.app.private_key), algorithm="RS256")
        return self._token({"grant_type": _BEARER, "assertion": signed}, who=username)

    def client_credentials(self) -> Token:
        """Return a token for the user that the app runs as, by the app's secret.

        Raises:
            BadRequest: there is no secret, or no My Domain: the address that all orgs share does not know this way.
            NotAllowed: the org does not let the app in; the message says who changes what.
            TryLater: Salesforce cannot be reached.
        """
        if not self.place.my_domain:
            raise BadRequest(
                f"client credentials work only at an org's own address, and not at {_host(self.place.login)}: "
                "set SALESFORCE_DOMAIN to your My Domain, like acme.my.salesforce.com"
            )
        return self._token(
            {
                "grant_type": "client_credentials",
                "client_id": self.app.client_id,
                "client_secret": _needed(self.app.client_secret, "SALESFORCE_CLIENT_SECRET"),
            },
            who="the user that the app runs as",
        )

    def authorize(self, attempt: Attempt, *, redirect_uri: str, login_hint: str | None = None) -> str:
        """Return the address at which a person agrees in the browser, and from which they come back with a code."""
        digest = hashlib.sha256(attempt.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.app.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPES,
            "state": attempt.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **({"login_hint": login_hint} if login_hint else {}),
        }
        return f"{self.place.login}/services/oauth2/authorize?{urlencode(asked)}"

    def exchange(self, came_back: Mapping[str, str], attempt: Attempt, *, redirect_uri: str) -> Token:
        """Return a token for the person who came back; `came_back` is the query of the address they came back to.

        Raises:
            NotAllowed: this is not the one who set out, they did not agree, or the code is used up.
            TryLater: Salesforce cannot be reached.
        """
        if not hmac.compare_digest(came_back.get("state", "").encode(), attempt.state.encode()):
            raise NotAllowed("whoever came back is not the one who set out: start again from Slack")
        if "code" not in came_back:
            raise refused(
                came_back.get("error", "no_code"),
                came_back.get("error_description", ""),
                place=self.place,
                who="this person",
            )
        return self._token(
            {
                "grant_type": "authorization_code",
                "code": came_back["code"],
                "client_id": self.app.client_id,
                "redirect_uri": redirect_uri,
                "code_verifier": attempt.verifier,
                **({"client_secret": self.app.client_secret} if self.app.client_secret else {}),
            },
            who="this person",
        )

    def refreshed(self, token: Token) -> Token:
        """Return a new token for the same user; it keeps the refresh token unless Salesforce gave another.

        Raises:
            NotAllowed: there is no refresh token, or it was revoked or ran out: the person agrees again.
            TryLater: Salesforce cannot be reached.
        """
        if token.refresh is None:
            raise NotAllowed("this sign-in cannot be renewed: the person connects Salesforce again")
        return self._token(
            {
                "grant_type": "refresh_token",
                "refresh_token": token.refresh,
                "client_id": self.app.client_id,
                **({"client_secret": self.app.client_secret} if self.app.client_secret else {}),
            },
            who="this person",
            before=token,
        )

    def revoke(self, token: Token) -> bool:
        """Make a token worthless at Salesforce, the refresh token where there is one; say whether that is certain.

        One that Salesforce does not know any more is.
        """
        address = f"{token.instance_url}/services/oauth2/revoke"
        try:
            answer = self._post(address, {"token": token.refresh or token.access})
        except TryLater:
            return False
        if answer.status_code == 200:
            return True
        told = _told(answer)
        words = f"{told.get('error', '')}: {told.get('error_description', '')}"
        return answer.status_code == 400 and _UNKNOWN_TOKEN.search(words) is not None

    def close(self) -> None:
        """Let the connections go."""
        self._session.close()

    def _token(self, asked: Mapping[str, str], *, who: str, before: Token | None = None) -> Token:
        answer = self._post(f"{self.place.login}/services/oauth2/token", asked)
        told = _told(answer)
        if answer.status_code == 200 and "access_token" in told:
            return self._read(told, before)
        if answer.status_code >= 500 or answer.status_code == 429:
            raise TryLater(f"{_host(self.place.login)} cannot sign anybody in now ({answer.status_code})")
        if "error" not in told:
            raise NotAllowed(
                f"{_host(self.place.login)} answered {answer.status_code} and signs nobody in: "
                "check SALESFORCE_DOMAIN (login, test or your My Domain)"
            )
        raise refused(str(told["error"]), str(told.get("error_description", "")), place=self.place, who=who)

    def _read(self, told: Mapping[str, Any], before: Token | None) -> Token:
        address = str(told.get("instance_url") or (before.instance_url if before else "")).rstrip("/")
        own = self.place.instance_url
        if not is_salesforce(address) and not (self.place.loopback and is_loopback(address)):
            raise NotAllowed(f"the sign-in leads to {address!r}, which is no address of Salesforce's")
        if own is not None and _host(own) != _host(address):
            raise BadRequest(
                f"SALESFORCE_INSTANCE_URL is {own!r}, but the sign-in leads to {address!r}: "
                "set it to that, or leave it away; for a sandbox set SALESFORCE_DOMAIN too"
            )
        identity = _IDENTITY.search(str(told.get("id", "")))
        issued = str(told.get("issued_at", ""))
        refresh = told.get("refresh_token") or (before.refresh if before else None)
        return Token(
            access=str(told["access_token"]),
            instance_url=address,
            org_id=identity[1] if identity else "",
            user_id=identity[2] if identity else "",
            issued_at=datetime.fromtimestamp(int(issued) / 1000, UTC) if issued.isdigit() else self._now(),
            refresh=str(refresh) if refresh else None,
        )

    def _post(self, address: str, form: Mapping[str, str]) -> requests.Response:
        try:
            return self._session.post(
                # The session speaks https alone; a stand-in's adapter takes it off again.
                re.sub(r"^http:", "https:", address),
                data=dict(form),
                headers={"Accept": "application/json"},
                timeout=self._timeout,
                auth=lambda prepared: prepared,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            why = "does not answer in time" if isinstance(error, requests.Timeout) else "cannot be reached"
            # What it says may hold what was sent.
            raise TryLater(
                f"{_host(address)} {why}: check SALESFORCE_DOMAIN, the network and the proxy"
            ) from None


def _told(answer: requests.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _host(address: str) -> str:
    return urlsplit(address).netloc


def _needed(value: str | None, name: str) -> str:
    if not value:
        raise BadRequest(f"{name} is not set")
    return value


def private_key(text: str | None) -> RSAPrivateKey:
    """Return the key of a PEM text; an environment may hold its line ends as backslash and n.

    Raises:
        BadRequest: there is none, or it is no RSA private key without a password.
    """
    pem = _needed(text, "SALESFORCE_PRIVATE_KEY (or SALESFORCE_PRIVATE_KEY_FILE)").replace("\\n", "\n")
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # What it says may hold a part of the key.
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise BadRequest(
            "SALESFORCE_PRIVATE_KEY is no RSA private key in PEM without a password; "
            "quarterdeck salesforce init makes one"
        )
    return key
