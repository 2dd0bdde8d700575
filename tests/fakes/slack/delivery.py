"""Carries payloads to the bot, as Slack does: signed over HTTP to its request URL, or through a socket."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode, urlsplit

from tests.fakes.slack.shapes import Json
from tests.fakes.slack.sockets import Switchboard
from tests.fakes.slack.world import World

Kind = Literal["events_api", "slash_commands", "interactive"]
PATIENCE = 3.0  # seconds that Slack waits for an acknowledgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A payload on its way to the bot."""

    kind: Kind
    payload: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """What came back for a payload: status None when nothing came in time or the connection broke."""

    sent: Sent
    status: int | None
    body: str = ""
    seconds: float = 0.0
    retry: int = 0

    @property
    def ok(self) -> bool:
        return self.status == 200

    @property
    def json(self) -> Json:
        """Return the body as an object; text stands for {"text": ...}, and an empty body for {}."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {"text": self.body} if self.body.strip() else {}
        return found if isinstance(found, dict) else {"text": str(found)}


class Postman:
    """Delivers to one app; keeps every acknowledgement in `acks`, oldest first."""

    def __init__(
        self, world: World, switchboard: Switchboard, signing_secret: str, wall: Callable[[], float]
    ) -> None:
        self.world = world
        self.switchboard = switchboard
        self.signing_secret = signing_secret
        self.request_url: str | None = None
        self.patience = PATIENCE
        self.wall = wall
        self.acks: list[Ack] = []

    def deliver(self, *items: Sent, retry: int = 0, reason: str = "") -> tuple[Ack, ...]:
        """Deliver payloads at the same time, through the socket where there is no request URL."""
        if len(items) < 2:
            found = [self._deliver(item, retry, reason) for item in items]
        else:
            with ThreadPoolExecutor(len(items)) as pool:
                found = list(pool.map(lambda item: self._deliver(item, retry, reason), items))
        with self.world.changed:
            self.acks.extend(found)
            self.world.changed.notify_all()
        return tuple(found)

    def _deliver(self, item: Sent, retry: int, reason: str) -> Ack:
        start = time.perf_counter()
        carry = self._by_socket if self.request_url is None else self._by_http
        status, body = carry(item, retry, reason)
        return Ack(sent=item, status=status, body=body, seconds=time.perf_counter() - start, retry=retry)

    def _by_socket(self, item: Sent, retry: int, reason: str) -> tuple[int | None, str]:
        with self.world.changed:
            key = self.world.key("E").casefold()
        envelope = {
            "envelope_id": key,
            "type": item.kind,
            "payload": item.payload,
            "accepts_response_payload": item.kind != "events_api",
        }
        if item.kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        answer = self.switchboard.deliver(envelope, self.patience)
        if answer is None:
            return None, ""
        payload = answer.get("payload")
        return 200, payload if isinstance(payload, str) else json.dumps(payload) if payload else ""

    def _by_http(self, item: Sent, retry: int, reason: str) -> tuple[int | None, str]:
        content_type, body = _encoded(item)
        headers = self.signed(body) | {"Content-Type": content_type, "User-Agent": "Slackbot 1.0"}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        return self.send(body, headers)

    def signed(self, body: bytes, at: float | None = None) -> dict[str, str]:
        """Return the headers that prove a body to be Slack's, signed now or at another time."""
        stamp = str(int(self.wall() if at is None else at))
        base = b"v0:" + stamp.encode() + b":" + body
        digest = hmac.new(self.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    def send(self, body: bytes, headers: dict[str, str]) -> tuple[int | None, str]:
        """POST a body to the request URL as it is; return status and text, None where nothing came in time."""
        parts = urlsplit(self.request_url or "")
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=self.patience)
        try:
            connection.request("POST", parts.path or "/", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return None, ""
        finally:
            connection.close()


def _encoded(item: Sent) -> tuple[str, bytes]:
    form = "application/x-www-form-urlencoded"
    match item.kind:
        case "events_api":
            return "application/json", json.dumps(item.payload).encode()
        case "slash_commands":
            return form, urlencode(item.payload).encode()
        case _:
            return form, urlencode({"payload": json.dumps(item.payload)}).encode()
