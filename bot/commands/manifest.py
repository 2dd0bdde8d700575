"""`quarterdeck manifest`: the manifest to create the Slack app from, for this command name and way to be reached."""

from __future__ import annotations

import os
import re
import sys
from argparse import Namespace
from pathlib import Path

from bot.errors import BadSetting
from bot.settings import read_settings
from bot.slack.manifest import as_yaml, manifest

_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")


def run(arguments: Namespace) -> int:
    """Print the manifest as YAML."""
    values = read_settings(os.environ, folder=Path.cwd(), home=arguments.home).values
    command = arguments.name or values.get("QUARTERDECK_COMMAND", "/sales")
    if not _COMMAND.fullmatch(command):
        message = (
            f"{command!r} is not a command name; use a slash and up to 31 small letters, for example /sales"
        )
        raise BadSetting(message)
    url = (
        ""
        if not arguments.http
        else (arguments.http if arguments.http is not True else values.get("QUARTERDECK_PUBLIC_URL", ""))
    )
    if arguments.http and not url.startswith("https://"):
        message = f"--http needs the address that Slack reaches the bot at, like https://quarterdeck.example.com; got {url!r}"
        raise BadSetting(message)
    found = manifest(command=command, url=url.rstrip("/"), threads=arguments.threads)
    sys.stdout.write(as_yaml(found, head=HEAD))
    return 0


HEAD = (
    "The Slack app. Create one from this: api.slack.com/apps, Create New App, From a manifest.",
    "Made by `quarterdeck manifest`; with --threads it also hears replies in threads that do not mention it.",
)
