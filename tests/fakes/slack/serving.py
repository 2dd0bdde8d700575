"""An HTTP and WebSocket server on loopback, in a thread of its own, around the desk and the switchboard."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
import traceback
from typing import Any

import uvicorn

from tests.fakes.slack.desk import Desk, Reply, Request
from tests.fakes.slack.sockets import Switchboard


class Serving:
    """A server that can be reached as soon as it exists, until stop()."""

    def __init__(self, desk: Desk, switchboard: Switchboard) -> None:
        self.failures: list[str] = []
        self._desk = desk
        self._switchboard = switchboard
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        config = uvicorn.Config(
            self._app,
            interface="asgi3",
            http="h11",
            ws="websockets-sansio",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            ws_ping_interval=None,
            ws_per_message_deflate=False,
        )
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="fake-slack", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the listener and every connection."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._switchboard.loop = self._loop
        config = self._server.config
        config.load()
        self._server.lifespan = config.lifespan_class(config)
        await self._server.startup(sockets=[self._listener])
        await self._stop.wait()
        for server in self._server.servers:
            server.close()
        self._listener.close()
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()
        tasks = list(self._server.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
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
        await self._send(reply, receive, send)

    async def _send(self, reply: Reply, receive: Any, send: Any) -> None:
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
