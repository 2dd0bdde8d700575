"""Serves the app until somebody stops it: over an outgoing WebSocket, or as an HTTP server.

Where persons connect the system of record in the browser, the page they come back to is served either way.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import uvicorn
from slack_bolt.adapter.asgi import SlackRequestHandler
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.errors import BadSetting
from bot.slack import callback
from bot.slack.app import Served

EVENTS = "/slack/events"
# So many seconds somebody who just came back has to be answered when the server stops.
_PATIENCE = 5


def over_socket(
    served: Served, app_token: str, *, host: str, port: int, ready: Callable[[str], None]
) -> None:
    """Serve over Socket Mode until SIGINT or SIGTERM; a connection that breaks is opened anew by itself.

    Raises:
        BadSetting: the page that browsers come back to cannot be served there.
    """
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    path = _path(served)
    with page_alone(served, path, host=host, port=port) if path else nullcontext(port) as bound:
        handler = SocketModeHandler(served.app, app_token)
        handler.connect()  # type: ignore[no-untyped-call]
        if path:
            ready(f"Whoever signs in in the browser comes back to http://{host}:{bound}{path}.")
        ready("Listening to Slack over Socket Mode. Ctrl-C stops it.")
        over.wait()
        handler.close()  # type: ignore[no-untyped-call]


def over_http(served: Served, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve Slack's signed requests on a port until SIGINT or SIGTERM."""
    ready(f"Listening on http://{host}:{port}{EVENTS}. Ctrl-C stops it.")
    uvicorn.run(web(served), host=host, port=port, log_level="warning", access_log=False)


def web(served: Served) -> callback.Served:
    """Return all that is served over HTTP: Slack's requests, and the page that browsers come back to."""
    slack: callback.Served = SlackRequestHandler(served.app, path=EVENTS)
    path = _path(served)
    return callback.Callback(served.desk, path, otherwise=slack) if path else slack


@contextmanager
def page_alone(served: Served, path: str, *, host: str, port: int) -> Iterator[int]:
    """Serve the page that browsers come back to and nothing else, in a thread of its own; give the port.

    Raises:
        BadSetting: the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        message = (
            f"port {port} of {host} cannot be had ({error.strerror}), and QUARTERDECK_PUBLIC_URL is set: "
            "give another with --port, or leave QUARTERDECK_PUBLIC_URL unset"
        )
        raise BadSetting(message) from error
    config = uvicorn.Config(
        callback.Callback(served.desk, path),
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_PATIENCE,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), name="callback", daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _path(served: Served) -> str:
    """Return where browsers come back to; empty where nobody signs in there."""
    connecting = served.desk.connecting
    return connecting.browser.path if connecting is not None and connecting.browser is not None else ""
