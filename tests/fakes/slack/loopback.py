"""Serves an ASGI application on loopback, in a thread of its own: the fake's, or a bot's."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from typing import Any, Self

import uvicorn


class Loopback:
    """A server that can be reached as soon as it exists, until stop()."""

    def __init__(self, app: Any, *, port: int = 0) -> None:
        self._listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        config = uvicorn.Config(
            app,
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
        self._thread = threading.Thread(target=self._run, name="loopback", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Close the listener and break every connection."""
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
        config = self._server.config
        config.load()
        self._server.lifespan = config.lifespan_class(config)
        await self._server.startup(sockets=[self._listener])
        await self._stop.wait()
        for server in self._server.servers:
            server.close()
        self._listener.close()
        await _turns()  # what has just been accepted becomes a connection
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()
        tasks = list(self._server.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _turns()  # a transport closes its socket after it was told to


async def _turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)
