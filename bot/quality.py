"""What doctor says of the records themselves: what is missing, impossible or twice, the most money first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.checkup import Finding
from connectors.mirror.notes import said
from connectors.protocol import Unread
from reports import words
from reports.measures.quality import Fault, Mender, Quality

# So many kinds of faults are told, each with so many teams.
MOST, TEAMS = 5, 3
_WHO = {
    Mender.OWNER: "their owners mend them",
    Mender.REVOPS: "RevOps mends them",
    Mender.ADMIN: "the CRM's admin mends them",
}


def told(found: Quality, currency: str, names: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the largest faults, how many kinds there are besides, and what could not be checked.

    `names` is how deals are called, by id, for the examples; a deal that it does not hold is called by its id.
    """
    for fault in found.faults[:MOST]:
        yield Finding(state="note", what=_what(fault, currency, names), do=_who(fault))
    if rest := found.faults[MOST:]:
        kinds = f"{len(rest)} more {words.plural(len(rest), 'kind')} of faults"
        told_of = words.joined(f"{words.count(fault.n)} {fault.check.said(fault.n)}" for fault in rest)
        yield Finding(state="note", what=f"records: {kinds}: {told_of}")
    if not found.faults and found.deals:
        deals = f"{words.count(found.deals)} open or won {words.plural(found.deals, 'deal')}"
        yield Finding(state="ok", what=f"records: nothing wrong was found in {deals}")
    if found.blind:
        yield Finding(
            state="note",
            what=f"records: no {words.joined(found.blind, 'or')} is known, so {len(found.unmade)} of the checks "
            "were not made",
        )


def unread(found: Iterable[Unread]) -> Iterator[Finding]:
    """Yield which values count as missing because they cannot be what their field means."""
    for each in found:
        yield Finding(
            state="note",
            what=f"records: {said(each)}",
            do="mend them in the CRM, or name another field there",
        )


def _what(fault: Fault, currency: str, names: Mapping[str, str]) -> str:
    worth = f", {words.money(fault.value, currency)}" if fault.value is not None else ""
    first = fault.records[0]
    name = words.line(names.get(first, first), 40)
    example = f" (first: {first})" if name == first else f" (first: {name}, {first})"
    return f"records: {words.count(fault.n)} {fault.check.said(fault.n)}{worth}{example}"


def _who(fault: Fault) -> str:
    teams = [f"{words.line(team, 30)} {words.count(n)}" for team, n in fault.teams[:TEAMS]]
    more = len(fault.teams) - TEAMS
    listed = f": {', '.join([*teams, *([f'{more} more'] if more > 0 else [])])}" if teams else ""
    return f"{_WHO[fault.check.mender]}{listed}"
