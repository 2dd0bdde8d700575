"""Answers one request to the Web API: token, fault, pace, scope, method; and writes down that it came."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from tests.fakes.slack.answers import respond
from tests.fakes.slack.api import METHODS
from tests.fakes.slack.api.uploads import receive
from tests.fakes.slack.methods import Args, Method, known_scopes
from tests.fakes.slack.rates import Fault, Faults, Pace, TooFast
from tests.fakes.slack.shapes import Call, Json, Refused
from tests.fakes.slack.world import World

# methods for which Slack's reference lists application/x-www-form-urlencoded alone
FORM_ONLY = frozenset(
    "bots.info chat.getPermalink conversations.history conversations.info conversations.list conversations.members"
    " conversations.replies files.getUploadURLExternal files.info reactions.get team.info users.conversations"
    " users.info users.list users.lookupByEmail".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What came over HTTP."""

    path: str
    headers: Mapping[str, str]
    query: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back; drop means that the connection breaks instead."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    drop: bool = False

    @classmethod
    def of(cls, body: Json, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
        """Return a reply that is JSON."""
        kind = {"content-type": "application/json"}
        return cls(status=status, body=json.dumps(body).encode(), headers=kind | dict(headers or {}))


@dataclass(kw_only=True)
class Desk:
    """The side of the server that answers calls. Every answer is given while holding the world."""

    world: World
    bot_token: str
    app_token: str
    scopes: frozenset[str] | None = None
    strict_rates: bool = False
    faults: Faults = field(default_factory=Faults)
    pace: Pace = field(default_factory=Pace)

    def answer(self, request: Request) -> Reply:
        """Answer a request, and wake whoever waits for a change."""
        kind, _, rest = request.path.strip("/").partition("/")
        with self.world.changed:
            match kind:
                case "api":
                    reply = self._call(rest, request)
                case "upload":
                    reply = self._plain(
                        "upload", *receive(self.world, rest.removeprefix("v1/"), request.body)
                    )
                case "response":
                    reply = self._response(rest, request.body)
                case "files-pri":
                    reply = self._download(rest, request)
                case _:
                    reply = Reply(status=404, body=b"not found")
            self.world.changed.notify_all()
        return reply

    def _call(self, name: str, request: Request) -> Reply:
        values = _values(request, form_only=name in FORM_ONLY)
        token = _token(request, values)
        fault = self.faults.take(name)
        try:
            if fault is not None:
                _fail(fault)
            if fault is not None and fault.drop_connection == "before":
                return self._record(name, values, "dropped before", Reply(drop=True))
            body = self._run(name, token, values)
        except TooFast as refusal:
            wait = {"retry-after": str(refusal.retry_after)}
            reply = Reply.of(refusal.body, status=429, headers=wait)
            return self._record(name, values, refusal.error, reply)
        except Refused as refusal:
            return self._record(
                name, values, refusal.error, Reply.of(refusal.body, headers=self._rights(name))
            )
        broken = fault is not None and fault.drop_connection
        reply = Reply(drop=True) if broken else Reply.of(body, headers=self._rights(name))
        return self._record(name, values, None, reply)

    def _run(self, name: str, token: str, values: Json) -> Json:
        found = METHODS.get(name)
        if found is None:
            raise Refused("unknown_method")
        self._admit(found, token)
        args = Args(values, self.scopes if found.token == "bot" else None)
        for scope in found.scopes:
            args.require(scope)
        if self.strict_rates:
            self.pace.spend(name, str(values.get("channel", "")), self.world.now())
        return found.run(self.world, args)

    def _admit(self, found: Method, token: str) -> None:
        if not token:
            raise Refused("not_authed")
        if token not in {self.bot_token, self.app_token}:
            raise Refused("invalid_auth")
        if not self.world.installed:
            raise Refused("account_inactive")
        if (token == self.bot_token) != (found.token == "bot"):
            raise Refused("not_allowed_token_type")

    def _rights(self, name: str) -> dict[str, str]:
        """Return the headers that tell what the token may do, and what the method asks for."""
        granted = known_scopes() if self.scopes is None else self.scopes
        found = METHODS.get(name)
        asked = (
            {"x-accepted-oauth-scopes": ",".join(found.scopes)} if found is not None and found.scopes else {}
        )
        return {"x-oauth-scopes": ",".join(sorted(granted)), **asked}

    def _record(self, name: str, args: Json, error: str | None, reply: Reply) -> Reply:
        kept = {key: value for key, value in args.items() if key != "token"}
        call = Call(method=name, args=kept, at=self.world.now(), ok=error is None, error=error)
        self.world.calls.append(call)
        return reply

    def _plain(self, name: str, status: int, text: str) -> Reply:
        fault = self.faults.take(name)
        if fault is not None and fault.drop_connection:
            return self._record(name, {}, "dropped", Reply(drop=True))
        return self._record(
            name, {}, None if status == 200 else text, Reply(status=status, body=text.encode())
        )

    def _response(self, key: str, body: bytes) -> Reply:
        status, text = respond(self.world, key, body)
        values = json.loads(body) if body.startswith(b"{") else {}
        reply = Reply(status=status, body=text.encode())
        return self._record("response_url", values, None if status == 200 else text, reply)

    def _download(self, rest: str, request: Request) -> Reply:
        key = rest.partition("/")[0].rpartition("-")[2]
        file = self.world.files.get(key)
        if _token(request, {}) != self.bot_token or not self.world.installed:
            return Reply(status=302, headers={"location": f"{self.world.base_url}/?redir=login"})
        if self.scopes is not None and "files:read" not in self.scopes:
            return Reply(status=302, headers={"location": f"{self.world.base_url}/?redir=login"})
        if file is None or file.state != "complete":
            return Reply(status=404, body=b"not found")
        return Reply(body=file.content, headers={"content-type": file.mimetype})


def _fail(fault: Fault) -> None:
    if fault.retry_after is not None:
        raise TooFast(fault.retry_after)
    if fault.error is not None:
        raise Refused(fault.error)


def _values(request: Request, *, form_only: bool) -> Json:
    """Return the arguments of a call, from the query and from a form or JSON body; some methods do not read JSON."""
    values: Json = dict(parse_qsl(request.query, keep_blank_values=True))
    if "json" in request.headers.get("content-type", ""):
        if form_only:
            return values
        try:
            found = json.loads(request.body or b"{}")
        except ValueError:
            found = {}
        return {**values, **found} if isinstance(found, dict) else values
    return {**values, **dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))}


def _token(request: Request, values: Json) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme == "Bearer" else str(values.get("token", ""))
