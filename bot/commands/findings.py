"""`quarterdeck findings`: what is at risk and where money can be won."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from bot.flows import pull
from bot.wiring import day_from, filters_from, installation
from reports.findings import find, setting


def run(arguments: Namespace) -> int:
    """Find, rank by money, and print."""
    filters = filters_from(arguments.where)
    with installation(arguments) as opened, pull(opened.line()) as newest:
        view = newest.where(*filters)
        if arguments.as_of:
            view = view.at(view.calendar.end_of(day_from(arguments.as_of)))
        period = view.calendar.parse(arguments.period or "this-quarter", view.today)
        found = find(view, period)
        no_odds = setting(view, period).no_odds
    if arguments.json:
        shown = [finding.model_dump(mode="json") for finding in found]
        sys.stdout.write(json.dumps({"findings": shown}, ensure_ascii=False, indent=2) + "\n")
        return 0
    from bot.terminal import Terminal

    told = found[: arguments.limit]
    untold = no_odds if any(finding.is_chance and finding.odds_peer is None for finding in told) else ""
    Terminal().findings(told, left_out=max(0, len(found) - arguments.limit), untold=untold)
    return 0
