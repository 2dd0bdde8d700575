"""`FakeSalesforce`: an org on loopback, with its tokens, its faults, and a log of every call."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import requests

from tests.fakes.salesforce.client import point
from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.faults import LONGEST, Fault, Faults, instead, spoilt
from tests.fakes.salesforce.http import Answer, Handler, Request, refused
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.rest import Rest
from tests.fakes.salesforce.tokens import Tokens

MOST_BYTES = 16_384
_KEPT = frozenset(
    "if-unmodified-since if-modified-since sforce-query-options sforce-auto-assign sforce-duplicate-rule-header "
    "sforce-call-options user-agent content-type accept retry-after".split()
)
_SECRET = frozenset("token code refresh_token access_token assertion client_secret password".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What somebody asked of the server, without secrets; `status` is None where the connection was cut."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    soql: str | None = None
    body: bytes = b""
    status: int | None = None


class FakeSalesforce:
    """A running org. Point a `requests.Session` at it with `point`, or a plain http client at `url`.

    Attributes:
        org: what is in it.
        host, instance_url: under which name the org is known; a session pointed here reaches it under any name.
        tokens: who may come in.
        faults: what is to go wrong.
        calls: what was asked, in order.
        routes: who answers below which path; the longest prefix counts. More can be added.
    """

    def __init__(self, org: Org | None = None, *, host: str = "tiny.my.salesforce.com") -> None:
        self.org = org or Org()
        self.host, self.instance_url = host, f"https://{host}"
        self.tokens, self.faults = Tokens(self.org.id), Faults()
        self.rest = Rest(self.org)
        self.calls: list[Call] = []
        self.failures: list[BaseException] = []
        self.routes: dict[str, Handler] = {
            "/services/data": self.rest,
            "/services/oauth2/userinfo": self.rest.userinfo,
        }
        self._http = _Http(self._answer, self.org)
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, name="salesforce", daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving.

        Raises:
            RuntimeError: the fake itself broke while it served; its cause says how.
        """
        self.faults.clear()
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()
        self._thread.join(5)
        if self.failures:
            raise RuntimeError("the stand-in broke while it served") from self.failures[0]

    def point(self, session: requests.Session) -> requests.Session:
        """Let a session reach this server under any https address, whatever its environment says; return it."""
        return point(session, self.port)

    def session(self, user: str | None = None) -> requests.Session:
        """Return a session of a user (the administrator unless named) that reaches this server."""
        session = self.point(requests.Session())
        session.headers["Authorization"] = f"Bearer {self.tokens.issue(user or self.org.admin)}"
        return session

    def asked(self, path: str, method: str | None = None) -> list[Call]:
        """Return the calls so far whose path contains `path`."""
        return [one for one in self.calls if path in one.path and method in {None, one.method}]

    def _answer(self, request: Request, size: int) -> Answer | None:
        """Return the answer, None to cut the connection."""
        scheme, _, token = (request.header("Authorization") or "").partition(" ")
        user = self.tokens.user_of(token) if scheme.lower() in {"bearer", "oauth"} else None
        request = replace(request, user=user)
        fault = self.faults.take(request)
        answer = self._faulty(request, size, fault)
        with self.org.lock:
            self.calls.append(_logged(request, answer))
        return answer

    def _faulty(self, request: Request, size: int, fault: Fault | None) -> Answer | None:
        if fault is None:
            return self._routed(request, size)
        fault.reached.set()
        if fault.kind == "slow":
            fault.release.wait(LONGEST)
        if fault.kind == "cut_before":
            return None
        early = instead(fault)
        if early is not None:
            return early
        answer = spoilt(fault, self._routed(request, size))
        return None if fault.kind == "cut_after" else answer

    def _routed(self, request: Request, size: int) -> Answer:
        if (
            len(request.path) + sum(len(key) + len(value) + 2 for key, value in request.query.items())
            > MOST_BYTES
        ):
            return refused(ApiError(414, "URI_TOO_LONG", "URI Too Long"))
        if size > MOST_BYTES:
            return refused(
                ApiError(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "Request Header Fields Too Large")
            )
        fitting = [prefix for prefix in self.routes if request.path.startswith(prefix)]
        if not fitting:
            return refused(ApiError(404, "NOT_FOUND", "The requested resource does not exist"))
        handler = self.routes[max(fitting, key=len)]
        try:
            with self.org.lock:
                return handler(request)
        except Exception as error:  # noqa: BLE001 — a defect of the stand-in, told when it is closed
            self.failures.append(error)
            return refused(ApiError(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred"))


def _logged(request: Request, answer: Answer | None) -> Call:
    soql = request.query.get("q")
    if soql is None and request.path.endswith("/jobs/query") and request.body:
        soql = request.json().get("query") if answer and answer.status == 200 else None
    return Call(
        method=request.method,
        path=request.path,
        query={key: value for key, value in request.query.items() if key not in _SECRET},
        user=request.user,
        headers={key: value for key, value in request.headers.items() if key.lower() in _KEPT},
        soql=soql,
        body=request.body if request.path.startswith("/services/data") else b"",
        status=answer.status if answer else None,
    )


class _Http(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def __init__(self, answer: Callable[[Request, int], Answer | None], org: Org) -> None:
        self.answer, self.org = answer, org
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        with self._lock:
            for one in self._open:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client may hang up whenever it likes."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def _serve(self) -> None:
        split = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            path=split.path,
            query=dict(parse_qsl(split.query, keep_blank_values=True)),
            headers=self.headers,
            body=self.rfile.read(length),
        )
        size = len(self.requestline) + sum(len(key) + len(value) + 4 for key, value in self.headers.items())
        answer = self.server.answer(request, size)
        if answer is None:
            self.close_connection = True
            return
        body = answer.content()
        self.send_response_only(answer.status)
        headers = {"Content-Type": answer.kind(), **answer.headers}
        headers |= {
            "Date": format_datetime(self.server.org.clock(), usegmt=True),
            "Content-Length": str(len(body)),
        }
        if answer.status in {204, 304}:
            del headers["Content-Length"], headers["Content-Type"]
        for name, value in headers.items():
            self.send_header(name, value)
        self._headers_buffer.append(b"\r\n")  # type: ignore[attr-defined]
        head = b"".join(self._headers_buffer)  # type: ignore[attr-defined]
        self._headers_buffer = []
        self.wfile.write(head + (b"" if self.command == "HEAD" else body))

    def __getattr__(self, name: str) -> Any:
        """Return what serves a method: the base class looks for do_GET and the like."""
        if name in {f"do_{method}" for method in ("GET", "POST", "PATCH", "DELETE", "PUT", "HEAD")}:
            return self._serve
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
