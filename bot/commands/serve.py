"""`quarterdeck serve`: the Slack bot, over Socket Mode with an app token, else over HTTP."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from argparse import Namespace
from pathlib import Path

from bot.errors import BadSetting
from bot.runs.engine import open_runs
from bot.settings import read_settings
from bot.slack.app import Served, build, required
from bot.wiring import Installation

_log = logging.getLogger("quarterdeck")
EVENTS = "/slack/events"


def run(arguments: Namespace) -> int:
    """Serve until somebody stops it; what runs then is taken up by the next start."""
    if arguments.role != "all":
        message = f"--role {arguments.role} needs a database that several processes share; this version serves with --role all"
        raise BadSetting(message)
    settings = read_settings(os.environ, folder=Path.cwd(), home=arguments.home)
    with Installation(settings, progress=lambda step: _say(f"… {step}")) as installation:
        runs = open_runs(settings.home)
        try:
            served = build(installation, runs)
            served.start()
            if "SLACK_APP_TOKEN" in settings.values:
                _socket(served, settings.values["SLACK_APP_TOKEN"])
            else:
                required(
                    settings,
                    "SLACK_SIGNING_SECRET",
                    "the Signing Secret of your app, or SLACK_APP_TOKEN for Socket Mode",
                )
                _http(served, host=arguments.host, port=arguments.port)
        finally:
            runs.close()
    return 0


def _socket(served: Served, app_token: str) -> None:
    """Serve over an outgoing WebSocket; a broken one is opened anew by itself."""
    from slack_bolt.adapter.socket_mode import SocketModeHandler

    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    handler = SocketModeHandler(served.app, app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    _say("Listening to Slack over Socket Mode. Ctrl-C stops it.")
    over.wait()
    handler.close()  # type: ignore[no-untyped-call]


def _http(served: Served, *, host: str, port: int) -> None:
    """Serve Slack's requests on a port of ours."""
    import uvicorn
    from slack_bolt.adapter.asgi import SlackRequestHandler

    _say(f"Listening on http://{host}:{port}{EVENTS}. Ctrl-C stops it.")
    uvicorn.run(
        SlackRequestHandler(served.app, path=EVENTS),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
    )


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
