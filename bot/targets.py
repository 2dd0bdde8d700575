"""Targets of a file go into the company file, by the company's own calendar; what a person wrote there stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.company_file import replace_company
from connectors import company as companies
from connectors.company_edit import amended
from connectors.errors import BadRequest
from connectors.files import targets
from reports import words
from reports.errors import BadInput
from reports.periods import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsTaken:
    """How many targets a file had, and for which quarters its names without a year were taken, as (written, quarter)."""

    many: int
    assumed: tuple[tuple[str, str], ...] = ()

    def told(self, company_file: Path) -> str:
        """Return what was done, as a sentence."""
        said = f"{self.many:,} {'target' if self.many == 1 else 'targets'} written into {company_file}"
        taken = ", ".join(f"{written} was taken for {quarter}" for written, quarter in self.assumed)
        return f"{said}; {taken}." if taken else f"{said}."


def take_targets(path: Path, company_file: Path, people: Iterable[str], *, today: date) -> TargetsTaken:
    """Write the targets of a file into a company file; return how many there are, and what was assumed of them.

    Those for the same period, region and owner are replaced, the others stay. The former file is kept beside it.

    Raises:
        BadRequest: the file cannot be read, or a period, region or owner of it is not known; the message names the line.
    """
    company = companies.load(company_file)
    calendar = Calendar(fiscal=company.fiscal, zone=company.zone)

    assumed: dict[str, str] = {}

    def quarter(name: str) -> str:
        now = calendar.quarter(today).label
        try:
            period = calendar.parse(name, today)
        except BadInput as error:
            raise BadRequest(
                f"the period {name!r} is not known; write a quarter, like {now}, {today.year}-Q4 or Q4 {today.year}"
            ) from error
        whole = calendar.quarters(period)
        if len(whole) != 1:
            each = (
                f": write a line for each of {words.joined([one.label for one in whole])}"
                if whole
                else f", like {now}"
            )
            raise BadRequest(f"{name!r} is not one fiscal quarter; targets are set by the quarter{each}")
        if targets.yearless(name):
            assumed[name] = whole[0].label
        return whole[0].label

    found = targets.placed(targets.rows(path), company, people, quarter=quarter, source=path.name)
    wanted = targets.together(company.targets, found)
    text = company_file.read_text(encoding="utf-8")
    made = amended(text, {"targets": targets.lines(wanted)}, source=company_file.name)
    replace_company(company_file, made)
    return TargetsTaken(many=len(found), assumed=tuple(assumed.items()))
