"""How Salesforce signs in: its token endpoints, the page where a person agrees, revoking, and the old SOAP login."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

import jwt
from cryptography.x509 import load_pem_x509_certificate

from tests.fakes.salesforce.http import Answer, Request
from tests.fakes.salesforce.listening import Heard, Told
from tests.fakes.salesforce.server import FakeSalesforce

ORG = "00DKM000000LarkYAK"


@dataclass
class ConnectedApp:
    """An app as its administrator set it up. `approved` are the users that its permission set lets in."""

    client_id: str
    secret: str = "app-secret-0123456789"
    certificate: bytes = b""
    approved: set[str] = field(default_factory=set)
    runs_as: str | None = None
    callbacks: tuple[str, ...] = ()
    rotates: bool = False
    blocked: bool = False


class Refusal(Exception):
    """What the token endpoint answers when it lets nobody in."""


class OAuth:
    """The sign-in of one org: give a `Heard` to `answer`, or serve it. `issue` makes a user's access token.

    `shared` is the login address that all orgs share, which knows no client credentials. `agrees` is the person in
    front of the browser. `instance_url` is where the org is reached; tests set it to their server's.
    """

    def __init__(
        self,
        apps: Iterable[ConnectedApp],
        users: Iterable[str],
        *,
        issue: Callable[[str], str] | None = None,
        revoke: Callable[[str], object] = lambda _token: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        audience: str = "https://login.salesforce.com",
        shared: bool = False,
    ) -> None:
        self.apps = {app.client_id: app for app in apps}
        self.users = {name: f"005KM{number:010d}YAG" for number, name in enumerate(users)}
        self.inactive: set[str] = set()
        self.password, self.security_token = "correct horse", "TOK3N"
        self.instance_url = "https://larkmoor.my.salesforce.com"
        self.agrees: str | None = None
        self.audience, self.shared, self.now = audience, shared, now
        self.issued: dict[str, str] = {}
        self.revoked: list[str] = []
        self._numbers = itertools.count(1)
        self._make = issue or (lambda user: f"00D!access.{next(self._numbers)}.{user.partition('@')[0]}")
        self._forget = revoke
        self._refresh: dict[str, tuple[str, str]] = {}
        self._codes: dict[str, dict[str, str]] = {}

    def answer(self, heard: Heard) -> Told | None:
        """Answer what belongs to signing in; None for everything else."""
        form = {name: values[0] for name, values in parse_qs(heard.body.decode()).items()}
        match (heard.method, heard.path):
            case ("POST", "/services/oauth2/token"):
                return self._token(form)
            case ("POST", "/services/oauth2/revoke"):
                return self._revoke(form)
            case ("GET", "/services/oauth2/authorize"):
                return self._agree({name: values[0] for name, values in parse_qs(heard.query).items()})
            case ("POST", path) if path.startswith("/services/Soap/u/"):
                return self._soap(heard.body.decode())
        return None

    def _token(self, form: dict[str, str]) -> Told:
        try:
            match form.get("grant_type"):
                case "urn:ietf:params:oauth:grant-type:jwt-bearer":
                    return self._let_in(self._assertion(form["assertion"]))
                case "client_credentials":
                    return self._let_in(self._credentials(form))
                case "authorization_code":
                    return self._code(form)
                case "refresh_token":
                    return self._renew(form)
            raise Refusal("unsupported_grant_type", "grant type not supported")
        except Refusal as refusal:
            error, description = refusal.args
            return _json(400, {"error": error, "error_description": description})

    def _app(self, client_id: str) -> ConnectedApp:
        if client_id not in self.apps:
            raise Refusal("invalid_client_id", "client identifier invalid")
        if self.apps[client_id].blocked:
            raise Refusal("OAUTH_APP_BLOCKED", "this app is blocked by admin")
        return self.apps[client_id]

    def _assertion(self, text: str) -> str:
        claims = jwt.decode(text, options={"verify_signature": False})
        app = self._app(claims["iss"])
        key = load_pem_x509_certificate(app.certificate)
        if key.not_valid_after_utc < self.now():
            raise Refusal("invalid_grant", "expired certificate")
        try:
            jwt.decode(
                text,
                key.public_key(),
                algorithms=["RS256"],
                options={"verify_aud": False, "verify_exp": False},
            )
        except jwt.InvalidTokenError as error:
            raise Refusal("invalid_grant", "invalid assertion") from error
        if claims["aud"] != self.audience:
            raise Refusal("invalid_grant", "audience is invalid")
        left = claims["exp"] - self.now().timestamp() if isinstance(claims["exp"], int) else -1
        if not 0 < left <= 300:
            raise Refusal("invalid_grant", "assertion is expired or not yet valid")
        if claims["sub"] not in self.users:
            raise Refusal("invalid_grant", "user identity is invalid")
        if claims["sub"] not in app.approved:
            raise Refusal("invalid_grant", "user hasn't approved this consumer")
        return str(claims["sub"])

    def _credentials(self, form: dict[str, str]) -> str:
        if self.shared:
            raise Refusal("invalid_grant", "request not supported on this domain")
        app = self._app(form["client_id"])
        if form.get("client_secret") != app.secret:
            raise Refusal("invalid_client", "invalid client credentials")
        if app.runs_as is None:
            raise Refusal("invalid_grant", "no client credentials user enabled")
        return app.runs_as

    def _agree(self, asked: dict[str, str]) -> Told:
        app = self._app(asked["client_id"])
        if asked["redirect_uri"] not in app.callbacks:
            return _json(400, {"error": "redirect_uri_mismatch"})
        back = {"state": asked["state"]}
        if self.agrees is None:
            back |= {"error": "access_denied", "error_description": "end-user denied authorization"}
        else:
            code = f"aPrx.{next(self._numbers)}"
            self._codes[code] = {**asked, "user": self.agrees}
            back["code"] = code
        return Told(302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    def _code(self, form: dict[str, str]) -> Told:
        asked = self._codes.pop(form["code"], None)
        if asked is None:
            raise Refusal("invalid_grant", "expired authorization code")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            raise Refusal("invalid_grant", "invalid code verifier")
        self._app(form["client_id"])
        return self._let_in(asked["user"], refresh=self._new_refresh(asked["user"], form["client_id"]))

    def _renew(self, form: dict[str, str]) -> Told:
        app = self._app(form["client_id"])
        held = self._refresh.get(form["refresh_token"])
        if held is None or held[1] != app.client_id:
            raise Refusal("invalid_grant", "expired access/refresh token")
        if not app.rotates:
            return self._let_in(held[0])
        del self._refresh[form["refresh_token"]]
        return self._let_in(held[0], refresh=self._new_refresh(held[0], app.client_id))

    def _new_refresh(self, user: str, client_id: str) -> str:
        refresh = f"5Aep.refresh.{next(self._numbers)}"
        self._refresh[refresh] = (user, client_id)
        return refresh

    def _let_in(self, user: str, *, refresh: str | None = None) -> Told:
        if user in self.inactive:
            raise Refusal("inactive_user", "user is inactive")
        access = self._make(user)
        self.issued[access] = user
        told = {
            "access_token": access,
            "instance_url": self.instance_url,
            "id": f"https://login.salesforce.com/id/{ORG}/{self.users[user]}",
            "token_type": "Bearer",
            "issued_at": str(int(self.now().timestamp() * 1000)),
            "scope": "api refresh_token",
        }
        return _json(200, told | ({"refresh_token": refresh} if refresh else {}))

    def _revoke(self, form: dict[str, str]) -> Told:
        token = form.get("token", "")
        if token in self._refresh:
            # With a refresh token go all the access tokens of its user.
            user, _ = self._refresh.pop(token)
            gone = [access for access, whose in self.issued.items() if whose == user]
        elif token in self.issued:
            gone = [token]
        else:
            return _json(400, {"error": "unsupported_token_type", "error_description": "invalid token"})
        self.revoked.append(token)
        for access in gone:
            del self.issued[access]
            self._forget(access)
        return Told(200)

    def _soap(self, envelope: str) -> Told:
        user = re.search(r"<n1:username>(.*?)</n1:username>", envelope)[1]
        given = re.search(r"<n1:password>(.*?)</n1:password>", envelope)[1]
        if user not in self.users or given != self.password + self.security_token:
            fault = (
                '<e xmlns:sf="urn:fault.partner.soap.sforce.com"><sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>'
                "<sf:exceptionMessage>Invalid username, password, security token; or user locked out."
                "</sf:exceptionMessage></e>"
            )
            return Told(500, fault.encode(), {"Content-Type": "text/xml"})
        access = self._make(user)
        self.issued[access] = user
        told = f"<r><serverUrl>{self.instance_url}/services/Soap/u/59.0/{ORG}</serverUrl><sessionId>{access}</sessionId></r>"
        return Told(200, told.encode(), {"Content-Type": "text/xml"})


def at(server: FakeSalesforce, *apps: ConnectedApp, audience: str = "https://login.salesforce.com") -> OAuth:
    """Let the users of an org sign in at its server, by their user names; whoever signs in acts there as that user.

    Under the address that all orgs share it is that one, under any other the org's own; on loopback it stays there.
    """
    users = {row["Username"]: key for key, row in server.org.tables["User"].items()}
    oauth = OAuth(
        apps,
        [],
        issue=lambda name: server.tokens.issue(users[name]),
        revoke=server.tokens.expire,
        audience=audience,
    )
    oauth.users = users

    def answer(request: Request) -> Answer:
        host = request.header("Host") or ""
        oauth.shared = host in {"login.salesforce.com", "test.salesforce.com"}
        oauth.instance_url = f"http://{host}" if host.startswith("127.0.0.1:") else server.instance_url
        heard = Heard(request.method, request.path, urlencode(request.query), request.headers, request.body)
        told = oauth.answer(heard) or Told(404)
        return Answer(status=told.status, body=told.body, headers=told.headers)

    server.routes |= dict.fromkeys(
        (
            "/services/oauth2/token",
            "/services/oauth2/revoke",
            "/services/oauth2/authorize",
            "/services/Soap/u/",
        ),
        answer,
    )
    return oauth


def _json(status: int, value: Any) -> Told:
    return Told(status, json.dumps(value).encode(), {"Content-Type": "application/json"})
