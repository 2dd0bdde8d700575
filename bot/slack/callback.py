"""Where the browser comes back to after somebody signed in to the system of record: one small page, and a word in Slack."""

from __future__ import annotations

import asyncio
import html
import logging
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from pydantic import TypeAdapter

from bot.runs.ports import Payload, Work
from bot.slack.desk import Desk
from bot.slack.telling import mark_of
from connectors.errors import ConnectorError
from connectors.protocol import Back
from reports.facts import Frozen

_log = logging.getLogger("quarterdeck")

Scope = dict[str, Any]
Receive = Callable[..., Any]
Send = Callable[..., Any]
Served = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]

# The works that tell somebody who came back, and that forget a sign-in to which nobody said yes.
RETURNED, LAPSED = "returned", "lapsed"
# Salesforce sends a code, a state, and a few words at most.
_LONGEST: Final = 4_096
# So many come back at once; more are asked to wait.
_MOST: Final = 4
_HEADERS: Final = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (
        b"content-security-policy",
        b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
)


class Page(Frozen):
    """What the browser shows."""

    status: HTTPStatus
    said: str

    @property
    def body(self) -> bytes:
        """Return it as HTML: no script, no picture, no address."""
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>Quarterdeck</title><h1>Quarterdeck</h1><p>{html.escape(self.said)}</p></html>"
        ).encode()


BACK: Final = Page(
    status=HTTPStatus.OK,
    said="Go back to Slack: Quarterdeck asks you there whether it was you. You can close this page.",
)
NOT_KEPT: Final = Page(
    status=HTTPStatus.FORBIDDEN,
    said="Nobody was connected, and nothing was kept. Whoever asked for the link hears in Slack why. "
    "You can close this page.",
)
STALE: Final = Page(
    status=HTTPStatus.BAD_REQUEST,
    said="This link is used up, too old, or replaced by a later one. Ask Quarterdeck something in Slack, and press Connect "
    "there for a new one.",
)
BUSY: Final = Page(
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    said="Quarterdeck is busy. Ask for a new link in Slack in a minute.",
)


def came_back(desk: Desk, query: str) -> Page:
    """Take in who came back with this query, and return what the browser shows; Slack hears the rest."""
    browser = desk.connecting.browser if desk.connecting is not None else None
    told = dict(parse_qsl(query)) if len(query) <= _LONGEST else {}
    if browser is None or not told.get("state"):
        return STALE
    try:
        back = browser.come_back(told)
    except ConnectorError as error:
        _log.warning("nobody could be taken back from the browser: %s", type(error).__name__)
        return BUSY
    if back is None:
        return STALE
    lane = f"{desk.workspace}:sign-in:{back.user}"
    # The state is used up by now; of what was said with it nothing else is kept.
    key, payload = mark_of(told["state"]), TypeAdapter(Back).dump_python(back, mode="json")
    desk.runs.enqueue(Work(kind=RETURNED, key=f"{RETURNED}:{key}", lane=lane, payload=payload))
    if back.why:
        return NOT_KEPT
    late = Work(kind=LAPSED, key=f"{LAPSED}:{key}", lane=lane, payload=payload)
    desk.runs.enqueue(late, after=back.waits.total_seconds())
    return BACK


def back_of(payload: Payload) -> Back:
    """Return who came back, from the work that tells of it."""
    return TypeAdapter(Back).validate_python(payload)


class Callback:
    """Serves the one page over ASGI, and leaves all else to whoever is behind it."""

    def __init__(self, desk: Desk, path: str, *, otherwise: Served | None = None) -> None:
        """Serve it at `path`; without anybody behind it, everything else is not found."""
        self._desk, self._path, self._otherwise = desk, path, otherwise
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"] == self._path:
            await _show(send, await self._page(scope), head=scope["method"] == "HEAD")
        elif self._otherwise is not None:
            await self._otherwise(scope, receive, send)
        elif scope["type"] == "http":
            await _show(send, Page(status=HTTPStatus.NOT_FOUND, said="There is nothing here."))

    async def _page(self, scope: Scope) -> Page:
        if scope["method"] != "GET":
            return Page(status=HTTPStatus.METHOD_NOT_ALLOWED, said="There is nothing here.")
        if self._inside >= _MOST:
            return BUSY
        self._inside += 1
        try:
            # Salesforce is asked meanwhile, and Slack's requests do not wait for that.
            return await asyncio.to_thread(came_back, self._desk, scope["query_string"].decode("latin-1"))
        finally:
            self._inside -= 1


async def _show(send: Send, page: Page, *, head: bool = False) -> None:
    body = page.body
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": int(page.status), "headers": [*_HEADERS, length]})
    await send({"type": "http.response.body", "body": b"" if head else body})
