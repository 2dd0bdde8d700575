"""Serves the app until somebody stops it: over an outgoing WebSocket, or as an HTTP server."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable

import uvicorn
from slack_bolt.adapter.asgi import SlackRequestHandler
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.slack.app import Served

EVENTS = "/slack/events"


def over_socket(served: Served, app_token: str, *, ready: Callable[[str], None]) -> None:
    """Serve over Socket Mode until SIGINT or SIGTERM; a connection that breaks is opened anew by itself."""
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    handler = SocketModeHandler(served.app, app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    ready("Listening to Slack over Socket Mode. Ctrl-C stops it.")
    over.wait()
    handler.close()  # type: ignore[no-untyped-call]


def over_http(served: Served, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve Slack's signed requests on a port until SIGINT or SIGTERM."""
    ready(f"Listening on http://{host}:{port}{EVENTS}. Ctrl-C stops it.")
    app = SlackRequestHandler(served.app, path=EVENTS)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)
