"""Serves a function on loopback, in threads: what Salesforce's sign-in, or a scripted org, answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

_VERBS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE")


@dataclass(frozen=True)
class Heard:
    """One request, as it arrived; `path` is without the query."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str] | Message
    body: bytes


@dataclass(frozen=True)
class Told:
    """One answer. `cut` closes the connection instead, before a word; `until` is waited for first, at most a second."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    until: threading.Event | None = None


class Loopback:
    """A server that answers what `answer` says, from when it exists until its context ends; `heard` keeps all requests."""

    def __init__(self, answer: Callable[[Heard], Told]) -> None:
        self.heard: list[Heard] = []
        self._answer = answer
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.host = self.url.removeprefix("http://")
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                path, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                heard = Heard(self.command, path, query, self.headers, body)
                server.heard.append(heard)
                told = server._answer(heard)
                if told.until is not None:
                    told.until.wait(1)
                if told.cut:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(told.status)
                for name, value in told.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(told.body)))
                with suppress(ConnectionError):  # whoever asked may have given up
                    self.end_headers()
                    if self.command != "HEAD":
                        self.wfile.write(told.body)

            def log_message(self, *_: Any) -> None:
                """Say nothing: a test looks at `heard`."""

        for verb in _VERBS:
            setattr(Handler, f"do_{verb}", Handler.handle_one)
        return Handler
