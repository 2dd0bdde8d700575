"""Print every measurement that has a goal: `python -m tests.bench [commands|imports|model|render|runs|scale|slack|sync]...`."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterable

from tests.bench import commands, imports, model, render, runs, scale, slack, sync

PARTS: dict[str, Callable[[], Iterable[tuple[str, str]]]] = {
    "commands": commands.run,
    "imports": imports.run,
    "model": model.run,
    "render": render.run,
    "runs": runs.run,
    "scale": scale.run,
    "slack": slack.run,
    "sync": sync.run,
}


# These take minutes and are asked for by name.
LONG = ("imports", "slack", "sync")


def main(names: list[str]) -> int:
    """Run the named parts, or all but those that take minutes."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        sys.stderr.write(f"unknown part {unknown[0]!r}; known: {', '.join(PARTS)}\n")
        return 2
    sys.stdout.write(f"Python {platform.python_version()}, {platform.machine()}\n")
    for name in names or [part for part in PARTS if part not in LONG]:
        sys.stdout.write(f"\n{name}\n")
        for what, figure in PARTS[name]():
            sys.stdout.write(f"  {what:<58} {figure}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
