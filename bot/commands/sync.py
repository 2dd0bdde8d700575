"""`quarterdeck sync`: bring the local copy up to date."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from bot.settings import Settings, read_settings
from bot.wiring import installation, progress
from connectors.mirror import Generation, open_generation
from connectors.mirror.notes import said, unread_of

# Without these, most numbers are not told.
_SERIOUS = ("amount", "close date", "owner")


def run(arguments: Namespace) -> int:
    """Load what is new and say up to when the records are known."""
    settings = read_settings(os.environ, folder=Path.cwd(), home=arguments.home)
    if settings.crm == "salesforce" and not (settings.home / "company.toml").is_file():
        return _first(settings, full=arguments.full)
    with installation(arguments) as opened:
        opened.load(full=arguments.full)
        _said(opened.mirror.current())
    return 0


def _first(settings: Settings, *, full: bool) -> int:
    """Load an org that nobody has written a company file for, and say where the one that was read from it is."""
    from bot.salesforce_company import first_sync

    done = first_sync(settings, full=full, progress=progress(quiet=False))
    _said(done.records)
    if not done.deals:
        sys.stdout.write(
            "no deal was read: the org has none, or none that this login sees. quarterdeck doctor says which deals it sees; "
            "once there are some, run quarterdeck sync again\n"
        )
    for meaning in _SERIOUS:
        if (guess := done.proposal.guess(meaning)).open:
            sys.stdout.write(f"{guess.meaning}: {guess.says}\n")
    if done.written:
        doubtful = sum(guess.open for guess in done.proposal.guesses)
        sys.stdout.write(
            f"{done.file} is written, read from {', '.join(done.proposal.origin)}: {len(done.proposal.stages)} stages, "
            + (
                f"{len(done.proposal.guesses)} guesses, {doubtful} of them open. Next: quarterdeck setup\n"
                if done.deals
                else "what deals would say is left open. Next: quarterdeck doctor\n"
            )
        )
    return 0


def _said(generation: Generation) -> None:
    sys.stdout.write(f"records known up to {generation.as_of:%Y-%m-%d %H:%M} UTC ({generation.connector})\n")
    with open_generation(generation) as con:
        for unread in unread_of(dict(con.execute("SELECT key, value FROM meta").fetchall())):
            sys.stdout.write(f"{said(unread)}\n")
    if generation.connector == "files":
        sys.stdout.write("files do not come by themselves: quarterdeck import FILE takes in a new export\n")
