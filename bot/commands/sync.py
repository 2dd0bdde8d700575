"""`quarterdeck sync`: bring the local copy up to date."""

from __future__ import annotations

import sys
from argparse import Namespace

from bot.wiring import installation


def run(arguments: Namespace) -> int:
    """Load what is new and say up to when the records are known."""
    with installation(arguments) as opened:
        opened.load(full=arguments.full)
        generation = opened.mirror.current()
    sys.stdout.write(f"records known up to {generation.as_of:%Y-%m-%d %H:%M} UTC ({generation.connector})\n")
    if generation.connector == "files":
        sys.stdout.write("files do not come by themselves: quarterdeck import FILE takes in a new export\n")
    return 0
