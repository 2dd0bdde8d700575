"""Targets as a sales leader keeps them: a period, a region or an owner, and an amount."""

from __future__ import annotations

from pathlib import Path

from connectors.company import Company
from tests.fakes.exports.written import Dialect, write_csv, write_xlsx

_HEADING = ("Period", "Region", "Owner", "Target")


def targets_csv(company: Company, path: Path, *, dialect: Dialect | None = None) -> Path:
    """Write the company's targets as text; the company's own rows name neither region nor owner."""
    dialect = dialect or Dialect()
    table = (
        [target.period, target.region or "", target.owner or "", dialect.number(target.amount)]
        for target in company.targets
    )
    return write_csv(path, [_HEADING, *table], dialect)


def targets_xlsx(company: Company, path: Path) -> Path:
    """Write the same as a workbook."""
    table = ([target.period, target.region, target.owner, target.amount] for target in company.targets)
    return write_xlsx(path, "Targets", [_HEADING, *table])
