"""Targets of a file go into the company file, by the company's own calendar; what a person wrote there stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from bot.company_file import replace_company
from connectors import company as companies
from connectors.company_edit import amended
from connectors.errors import BadRequest
from connectors.files import targets
from reports.errors import BadInput
from reports.periods import Calendar


def take_targets(path: Path, company_file: Path, people: Iterable[str], *, today: date) -> int:
    """Write the targets of a file into a company file; return how many there are.

    Those for the same period, region and owner are replaced, the others stay. The former file is kept beside it.

    Raises:
        BadRequest: the file cannot be read, or a period, region or owner of it is not known; the message names the line.
    """
    company = companies.load(company_file)
    calendar = Calendar(fiscal=company.fiscal, zone=company.zone)

    def quarter(name: str) -> str:
        try:
            period = calendar.parse(name, today)
        except BadInput as error:
            raise BadRequest(str(error)) from error
        whole = calendar.quarters(period)
        if len(whole) != 1:
            raise BadRequest(
                f"{name!r} is not one fiscal quarter; targets are set by the quarter, like {calendar.quarter(today).label}"
            )
        return whole[0].label

    found = targets.placed(targets.rows(path), company, people, quarter=quarter, source=path.name)
    wanted = targets.together(company.targets, found)
    text = company_file.read_text(encoding="utf-8")
    made = amended(text, {"targets": targets.lines(wanted)}, source=company_file.name)
    replace_company(company_file, made)
    return len(found)
