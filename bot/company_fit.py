"""What doctor says where the company file and the records do not fit: what the file says and no record does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.checkup import Finding
from connectors import company as companies
from connectors.company import Company
from connectors.files import mapping as mappings
from reports import words
from reports.errors import BadInput
from reports.view import PipelineView
from reports.view.strays import LISTED, Stray, by_status, stray_regions, stray_types

# The columns of an export that say whether a deal is open, won or lost before its stage does.
_TELLS: Final = ("status", "won", "closed")


def unfit_rates(company: Company, text: str) -> Iterator[Finding]:
    """Yield that the plan rates in a company file's text are of another currency: that one is 1, and the own is not there."""
    written = companies.rates_written(text)
    others = sorted(code for code, rate in written.items() if rate == 1)
    if company.currency in written or not others:
        return
    own, other = company.currency, others[0]
    yield Finding(
        state="wrong",
        what=f'company file: the currency is {own}, and [rates] has no {own} = "1" but {other} = "1": {other} counts as {own}',
        do=f'write {own} = "1" there, and what one {other} and one of each other is worth in {own}; or set currency back',
    )


def unfit_types(view: PipelineView) -> Iterator[Finding]:
    """Yield the types in scope that no deal has: wrong where one is misspelt or nothing counts at all, else a note."""
    found = stray_types(view)
    nothing = len(found) == len(view.company.types_in_scope)
    for each in found:
        yield Finding(
            state="wrong" if nothing or each.meant is not None else "note",
            what=f"company file: no deal has the type {words.line(each.name, 40)!r}, which [scope] counts"
            f"{', so no deal counts at all' if nothing else ''}; {_known('types', each)}",
            do=_write(each) or "mend types under [scope] in the company file, or empty it to count all",
        )


def unfit_targets(view: PipelineView) -> Iterator[Finding]:
    """Yield the targets that count nowhere: of a region that nobody knows, or for what is not one fiscal quarter."""
    for each in stray_regions(view):
        yield Finding(
            state="wrong",
            what=f"company file: no deal has the region {words.line(each.name, 40)!r} of [[targets]], and [dimensions] does not "
            f"list it, so its targets do not count; {_known('regions', each)}",
            do=_write(each) or "mend the region there, or list it under [dimensions]",
        )
    for period in dict.fromkeys(target.period for target in view.company.targets):
        try:
            quarters = view.calendar.quarters(view.calendar.parse(period, view.today))
        except BadInput as none:
            yield Finding(
                state="wrong", what=f"company file: [[targets]]: {none}", do="mend the period there"
            )
            continue
        if len(quarters) != 1:
            yield Finding(
                state="wrong",
                what=f"company file: {words.line(period, 40)!r} of [[targets]] is not one fiscal quarter of the company, so its "
                "targets do not count",
                do=f"write a quarter like {view.calendar.quarter(view.today).label}",
            )


def unfit_stages(view: PipelineView, mapping: Path) -> Iterator[Finding]:
    """Yield the stages of which the company file says another status than all their deals have by the import's mapping."""
    stands = by_status(view)
    for stage in view.company.stages:
        found = stands.get(stage.name)
        if not found or stage.status in found:
            continue
        n = sum(found.values())
        yield Finding(
            state="wrong",
            what=f"company file: [[stages]] says that {words.line(stage.name, 40)!r} is {stage.status}, and the import read "
            f"{words.count(n)} {words.plural(n, 'deal')} there as {words.joined(sorted(found), 'or')}, which counts",
            do=status_from(mapping),
        )


def status_from(mapping: Path) -> str:
    """Return where somebody changes whether the deals of exports are open, won or lost."""
    return f"status comes from {mapping}: {_said_there(mapping)}, and import the export again"


def _said_there(mapping: Path) -> str:
    files = mappings.load(mapping).files if mapping.is_file() else ()
    deals = next((file for file in files if file.kind == "deals"), None)
    columns = [name for kind in _TELLS if deals is not None for name in deals.columns.get(kind, ())]
    named = words.joined([words.line(name, 40) for name in columns], "or")
    if named:
        return f"it is read from the column {named}, so mend the export, or take that out of columns there"
    return "change [stages] there"


def _known(what: str, found: Stray) -> str:
    if not found.known:
        return f"there are no {what} in the records"
    more = f" and {len(found.known) - LISTED} more" if len(found.known) > LISTED else ""
    return f"the {what} are: {', '.join(words.line(name, 40) for name in found.known[:LISTED])}{more}"


def _write(found: Stray) -> str:
    if found.meant is None:
        return ""
    case = " (upper and lower case matter)" if found.meant.casefold() == found.name.casefold() else ""
    return f"write {words.line(found.meant, 40)!r} there{case}"
