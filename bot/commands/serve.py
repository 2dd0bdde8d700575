"""`quarterdeck serve`: the Slack bot, over Socket Mode with an app token, else over HTTP."""

from __future__ import annotations

import os
import sys
import threading
from argparse import Namespace
from pathlib import Path

from bot.errors import BadSetting
from bot.runs.engine import open_runs
from bot.settings import read_settings
from bot.slack.app import build, required
from bot.slack.serving import over_http, over_socket
from bot.wiring import Installation

# Works done at once. More of them keep the listeners from acknowledging (sixteen: half a second, at twenty requests a
# second on two cores); fewer stand still when a few wait until Slack takes the next message.
_WORKERS = 8


def run(arguments: Namespace) -> int:
    """Serve until somebody stops it; what runs then is taken up by the next start."""
    if arguments.role != "all":
        message = f"--role {arguments.role} needs a database that several processes share; this version serves with --role all"
        raise BadSetting(message)
    settings = read_settings(os.environ, folder=Path.cwd(), home=arguments.home)
    with Installation(settings, progress=lambda step: _say(f"… {step}")) as installation:
        runs = open_runs(settings.home, workers=_WORKERS)
        try:
            served = build(installation, runs)
            served.start()
            threading.Thread(target=served.warm, name="warm", daemon=True).start()
            if "SLACK_APP_TOKEN" in settings.values:
                over_socket(
                    served,
                    settings.values["SLACK_APP_TOKEN"],
                    host=arguments.host,
                    port=arguments.port,
                    ready=_say,
                )
            else:
                required(
                    settings,
                    "SLACK_SIGNING_SECRET",
                    "the Signing Secret of your app, or SLACK_APP_TOKEN for Socket Mode",
                )
                over_http(served, host=arguments.host, port=arguments.port, ready=_say)
        finally:
            runs.close()
    return 0


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
