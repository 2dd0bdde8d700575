"""The Socket Mode side: connections of the app, envelopes to one of them, acknowledgements back."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import Future
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.slack.shapes import Json
from tests.fakes.slack.world import APP_ID, World


class Connection:
    """One socket of the app."""

    def __init__(self, number: int, send: Any) -> None:
        self.number = number
        self.send = send
        self.closing = asyncio.Event()


class Switchboard:
    """Sends each envelope to one of the open sockets, in turn, and hands back what acknowledges it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.loop: asyncio.AbstractEventLoop | None = None
        self.connections: list[Connection] = []
        self.known = False
        self._waiting: dict[str, Future[Json]] = {}
        self._turn = count()
        self._numbers = count(1)
        self._lock = threading.Lock()

    async def connect(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one socket until it closes; its ticket is good for one."""
        self.loop = asyncio.get_running_loop()
        await receive()
        ticket = parse_qs(scope["query_string"].decode()).get("ticket", [""])[0]
        with self.world.changed:
            known = ticket in self.world.tickets
            self.world.tickets.discard(ticket)
        if not known:
            await send({"type": "websocket.close", "code": 4001})
            return
        await send({"type": "websocket.accept"})
        connection = Connection(next(self._numbers), send)
        hello = {
            "type": "hello",
            "num_connections": len(self.connections) + 1,
            "debug_info": {"host": "fake", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP_ID},
        }
        await send({"type": "websocket.send", "text": json.dumps(hello)})
        self._enter(connection)
        try:
            await self._listen(connection, receive)
        finally:
            self._leave(connection)

    def deliver(self, envelope: Json, timeout: float) -> Json | None:
        """Send an envelope to one socket; return its acknowledgement, or None when none came in time.

        An app that has lost its sockets is given that time to come back; one that never had any hears nothing.
        """
        with self.world.changed:
            if not self.known:
                return None
            if not self.world.changed.wait_for(lambda: self.connections, timeout):
                return None
            connection = self.connections[next(self._turn) % len(self.connections)]
        answer: Future[Json] = Future()
        with self._lock:
            self._waiting[envelope["envelope_id"]] = answer
        self._send(connection, envelope)
        try:
            return answer.result(timeout)
        except TimeoutError:
            return None
        finally:
            with self._lock:
                self._waiting.pop(envelope["envelope_id"], None)

    def drop(self, *, politely: bool = False) -> None:
        """Break every socket; politely means that a disconnect frame comes first."""
        with self.world.changed:
            dropped = list(self.connections)
        for connection in dropped:
            if politely:
                self._send(
                    connection,
                    {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "fake"}},
                )
            if self.loop is not None:
                self.loop.call_soon_threadsafe(connection.closing.set)

    async def _listen(self, connection: Connection, receive: Any) -> None:
        closing = asyncio.ensure_future(connection.closing.wait())
        while not connection.closing.is_set():
            frame = asyncio.ensure_future(receive())
            done, _ = await asyncio.wait({frame, closing}, return_when=asyncio.FIRST_COMPLETED)
            if frame not in done:
                frame.cancel()
                await connection.send({"type": "websocket.close", "code": 1001})
                return
            part = frame.result()
            if part["type"] == "websocket.disconnect":
                closing.cancel()
                return
            self._heard(part.get("text") or "")

    def _heard(self, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return
        with self._lock:
            waiting = self._waiting.pop(answer.get("envelope_id", ""), None)
        if waiting is not None:
            waiting.set_result(answer)

    def _send(self, connection: Connection, frame: Json) -> None:
        if self.loop is not None:
            sending = connection.send({"type": "websocket.send", "text": json.dumps(frame)})
            asyncio.run_coroutine_threadsafe(sending, self.loop)

    def _enter(self, connection: Connection) -> None:
        with self.world.changed:
            self.connections.append(connection)
            self.known = True
            self.world.changed.notify_all()

    def _leave(self, connection: Connection) -> None:
        with self.world.changed:
            self.connections.remove(connection)
            self.world.changed.notify_all()
