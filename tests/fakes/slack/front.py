"""The ASGI side of the fake: HTTP goes to the desk, WebSockets to the switchboard."""

from __future__ import annotations

import contextlib
import traceback
from typing import Any

from tests.fakes.slack.desk import Desk, Reply, Request
from tests.fakes.slack.sockets import Switchboard


class Front:
    """An ASGI application; `failures` are the tracebacks of what broke in the fake itself."""

    def __init__(self, desk: Desk, switchboard: Switchboard) -> None:
        self.failures: list[str] = []
        self._desk = desk
        self._switchboard = switchboard

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await self._switchboard.connect(scope, receive, send)
            return
        body = b""
        while True:
            part = await receive()
            if part["type"] == "http.disconnect":
                return
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        headers = {key.decode().casefold(): value.decode("latin-1") for key, value in scope["headers"]}
        request = Request(
            path=scope["path"], headers=headers, query=scope["query_string"].decode(), body=body
        )
        try:
            reply = self._desk.answer(request)
        except Exception:  # noqa: BLE001 — whatever it is, it is a defect of the fake and must be heard of
            self.failures.append(traceback.format_exc())
            reply = Reply(status=500, body=self.failures[-1].encode())
        await _send(reply, receive, send)


async def _send(reply: Reply, receive: Any, send: Any) -> None:
    if reply.drop:
        send.__self__.transport.abort()
        with contextlib.suppress(Exception):
            while (await receive())["type"] != "http.disconnect":
                pass
        return
    headers = [(key.encode(), value.encode()) for key, value in reply.headers.items()]
    headers.append((b"content-length", str(len(reply.body)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
