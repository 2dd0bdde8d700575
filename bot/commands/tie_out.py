"""`quarterdeck tie-out FILE` or `--report ID`: a measure of ours beside the company's own report of it."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.flows import pull
from bot.wiring import Installation, day_from, filters_from, installation
from connectors.files import mapping as mappings
from connectors.files.own_report import OwnReport, own_report
from connectors.files.shelf import Shelf
from reports.errors import BadInput
from reports.measures.groups import exact
from reports.tieout import Difference, Reason, TieOut, selection, tie_out
from reports.tieout.said import between, cents, summary
from reports.view.narrow import must_count

_OF_SALESFORCE = "run by Salesforce with this login's rights, so what they do not show is not in it"


def run(arguments: Namespace) -> int:
    """Read the file, compare, and print what differs and why."""
    if (arguments.file is None) == (arguments.report is None):
        raise BadInput("give the file of your own report, or --report with the id of one in Salesforce")
    name = arguments.measure.casefold().replace("-", "_")
    selection(name)
    filters = filters_from(arguments.where)
    with installation(arguments) as opened, pull(opened.line()) as newest:
        view = newest.where(*filters)
        must_count(view.filters, view.company)
        if arguments.as_of:
            view = view.at(view.calendar.end_of(day_from(arguments.as_of)))
        period = view.calendar.parse(arguments.period, view.today) if arguments.period else None
        read, rates = _read(opened, arguments)
        tied = tie_out(read.claims, view, name, period=period, made=read.made)
    converted = any(item.reason is Reason.CURRENCY for item in tied.differences)
    notes = (*read.notes, rates) if rates and converted else read.notes
    if arguments.json:
        sys.stdout.write(json.dumps(as_json(tied, notes), ensure_ascii=False, indent=2) + "\n")
        return 0
    _show(tied, notes, arguments.limit)
    return 0


def _read(opened: Installation, arguments: Namespace) -> tuple[OwnReport, str]:
    """Read the file by the mapping given, else by the one kept at home where it has its columns, else as it is guessed.

    Of a report that Salesforce ran, say beside it which rates of the org are not the company file's.
    """
    home = opened.settings.home
    kept: Path = arguments.map or Shelf(home).map
    mapping = mappings.load(kept) if arguments.map or kept.is_file() else None
    with TemporaryDirectory(prefix=".tie-out-", dir=home) as folder:
        path, rates = (arguments.file, "") if arguments.file else _ran(opened, arguments.report, Path(folder))
        read = own_report(path, opened.company, Path(folder), mapping=mapping, kept=arguments.map is None)
    return read if arguments.file else replace(read, notes=(_OF_SALESFORCE, *read.notes)), rates


def _ran(opened: Installation, report: str, folder: Path) -> tuple[Path, str]:
    """Let Salesforce run one of its reports; return it as a file that is named after it and the day, and its other rates."""
    if opened.settings.crm != "salesforce":
        raise BadInput("--report runs a report of Salesforce; give the file of yours instead")
    from bot.salesforce_company import signed_in
    from connectors.salesforce.about import beside, differing
    from connectors.salesforce.reports import report_id, run_report, write_report

    with signed_in(opened.settings) as (org, said):
        ran = run_report(org, report_id(report))
        day = org.now().astimezone(opened.company.zone).date()
    called = "".join(sign if sign.isalnum() else " " for sign in ran.name).strip()[:80] or "report"
    path = folder / f"{called} {day.isoformat()}.csv"
    write_report(ran, path)
    others = differing(said, opened.company.rates) if said.currency == opened.company.currency else {}
    return (
        path,
        f"it converts by the org's rates, which are not the company file's: {beside(others)}"
        if others
        else "",
    )


def _show(tied: TieOut, notes: tuple[str, ...], limit: int) -> None:
    from bot.terminal import Terminal

    terminal = Terminal()
    terminal.line(f"{tied.label}{f', {tied.period.label}' if tied.period else ''}", "bold")
    terminal.line(summary(tied))
    if tied.shown:
        terminal.line()
        terminal.table(
            ("Difference", "Deal", "Yours", "Ours", "Why"),
            (_row(item) for item in tied.shown[:limit]),
            right=(2, 3),
        )
        if len(tied.shown) > limit:
            terminal.line(f"and {len(tied.shown) - limit} more; --limit shows them", "dim")
        terminal.line()
        terminal.table(("Reason", "deals", f"yours - ours, {tied.currency}"), between(tied), right=(1, 2))
    terminal.line(
        f"{tied.definition} (definitions v{tied.version}, as of {tied.as_of:%Y-%m-%d %H:%M} UTC)", "dim"
    )
    for note in (*notes, *tied.notes):
        terminal.line(f"The file: {note}", "dim")


def _row(item: Difference) -> tuple[str, str, str, str, str]:
    lines = ", ".join(map(str, item.lines[:5]))
    where = f" (line{'s' if len(item.lines) > 1 else ''} {lines})" if lines else ""
    return (
        f"{item.where}: {item.reason}",
        f"{item.name}{where}",
        cents(item.yours),
        cents(item.ours),
        item.detail,
    )


def as_json(tied: TieOut, notes: tuple[str, ...]) -> dict[str, Any]:
    """Return the fixed JSON form: money as decimal strings in `currency`; a period's end is its last day."""
    period = tied.period
    return {
        "measure": tied.measure,
        "definition": tied.definition,
        "currency": tied.currency,
        "as_of": tied.as_of.isoformat(),
        "period": None
        if period is None
        else {"start": period.start.isoformat(), "end": (period.end - timedelta(days=1)).isoformat()},
        "yours": {"value": _text(tied.yours.value), "n": tied.yours.n},
        "ours": {"value": _text(tied.ours.value), "n": tied.ours.n},
        "reasons": [
            {"reason": str(reason), "value": _text(side.value), "n": side.n}
            for reason, side in tied.by_reason()
        ],
        "unexplained": len(tied.unexplained),
        "differences": list(_differences(tied)),
        "summary": summary(tied),
        "notes": [*notes, *tied.notes],
    }


def _differences(tied: TieOut) -> Iterator[dict[str, Any]]:
    for item in tied.differences:
        yield {
            "where": str(item.where),
            "reason": str(item.reason),
            "name": item.name,
            "record": item.deal_id,
            "lines": list(item.lines),
            "yours": None if item.yours is None else _text(item.yours),
            "ours": None if item.ours is None else _text(item.ours),
            "delta": _text(item.delta),
            "n": item.counted,
            "detail": item.detail,
        }


def _text(value: Decimal) -> str:
    """Return an amount as text, exact."""
    return format(exact(value), "f")
