"""What doctor says of the records themselves: what is missing, impossible or twice, the most money first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from bot.checkup import Finding
from connectors.mirror.notes import said
from connectors.protocol import Unread
from reports import words
from reports.measures.quality import Fault, Mender, Quality
from reports.view.uncounted import Uncounted

# So many kinds of faults are told, each with so many teams.
MOST, TEAMS = 5, 3
# What a person does about deal types that the company file does not know.
TAKE_IN = (
    "add it to types under [scope] in the company file, or to type under [dimensions] alone to leave it out; "
    "quarterdeck setup shows it"
)
_WHO = {
    Mender.OWNER: "their owners mend them",
    Mender.REVOPS: "RevOps mends them",
    Mender.ADMIN: "the CRM's admin mends them",
}


def told(
    found: Quality, currency: str, names: Mapping[str, str], mends: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Finding]:
    """Yield the largest faults, how many kinds there are besides, and what could not be checked.

    `names` is how deals are called, by id, for the examples; a deal that it does not hold is called by its id. `mends` is
    what to do about a check, by its name, where that is not told by who mends it in a CRM.
    """
    for fault in found.faults[:MOST]:
        do = mends.get(fault.check.name) or _who(fault)
        yield Finding(state="note", what=_what(fault, currency, names), do=do)
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


def uncounted_told(found: Iterable[Uncounted], currency: str) -> tuple[str, ...]:
    """Return how many deals do not count because the company file does not know their type, as sentences."""
    return tuple(
        f"{words.count(each.n)} {words.plural(each.n, 'deal')} "
        f"{f'of type {words.line(each.type, 40)}' if each.type else 'without a type'}"
        f"{'' if each.value is None else f', {words.money(each.value, currency)},'} "
        f"{'does' if each.n == 1 else 'do'} not count: the company file does not know that type."
        for each in found
    )


def scope_told(counted: Iterable[str], found: Iterable[Uncounted], currency: str) -> tuple[str, ...]:
    """Return which types of deals count by the guess of a first import, and what that leaves out, as a sentence."""
    parts = [
        f"{words.count(each.n)} {words.plural(each.n, 'deal')} "
        f"{f'of type {words.line(each.type, 40)}' if each.type else 'without a type'}"
        f"{'' if each.value is None else f' ({words.money(each.value, currency)})'}"
        for each in found
    ]
    if not parts:
        return ()
    return (
        f"Only deals of type {words.joined(list(counted), 'and')} count; left out are {words.joined(parts)}.",
    )


def uncounted_found(found: Iterable[Uncounted], currency: str) -> Iterator[Finding]:
    """Yield the same for doctor, with what to do about it."""
    for told_of in uncounted_told(found, currency):
        yield Finding(state="note", what=f"records: {told_of.removesuffix('.')}", do=TAKE_IN)


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
