"""`quarterdeck findings`: what is at risk and where money can be won."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from bot.flows import pull
from bot.wiring import day_from, filters_from, installation
from reports.findings import find


def run(arguments: Namespace) -> int:
    """Find, rank by money, and print."""
    filters = filters_from(arguments.where)
    with installation(arguments) as opened, pull(opened.line()) as newest:
        view = newest.where(*filters)
        if arguments.as_of:
            view = view.at(view.calendar.end_of(day_from(arguments.as_of)))
        found = find(view, view.calendar.parse(arguments.period or "this-quarter", view.today))
    if arguments.json:
        shown = [finding.model_dump(mode="json") for finding in found]
        sys.stdout.write(json.dumps({"findings": shown}, ensure_ascii=False, indent=2) + "\n")
        return 0
    from bot.terminal import Terminal

    Terminal().findings(found[: arguments.limit], left_out=max(0, len(found) - arguments.limit))
    return 0
