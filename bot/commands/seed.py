"""`quarterdeck seed`: make the invented company anew."""

from __future__ import annotations

import sys
from argparse import Namespace

from bot.wiring import day_from, installation, keep_demo_options
from reports.errors import BadInput

MOST = 5_000_000


def run(arguments: Namespace) -> int:
    """Generate the company, load it into the mirror, and say how much it is."""
    if not 1 <= arguments.opportunities <= MOST:
        message = f"--opportunities is {arguments.opportunities}; use 1 to {MOST}"
        raise BadInput(message)
    options = {
        "opportunities": str(arguments.opportunities),
        "seed": str(arguments.seed),
        "today": day_from(arguments.today).isoformat(),
    }
    with installation(arguments) as opened:
        home = opened.settings.home
        if opened.settings.crm != "demo":
            message = f"seed makes the invented company, but QUARTERDECK_CRM is {opened.settings.crm!r}; unset it first"
            raise BadInput(message)
    home.mkdir(parents=True, exist_ok=True)
    keep_demo_options(home, options)
    with installation(arguments) as opened:
        opened.load(full=True)
        if arguments.truth is not None:
            from connectors.demo import DemoCrm
            from connectors.demo.truth import write_truth

            if isinstance(opened.crm, DemoCrm):
                write_truth(arguments.truth, opened.crm)
        generation = opened.mirror.current()
    sys.stdout.write(
        f"Larkmoor Software, {arguments.opportunities:,} deals, as of {generation.as_of:%Y-%m-%d %H:%M} UTC, in {home}\n"
    )
    return 0
