"""Fields that the platform fills by itself when a row is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.salesforce.org import Org

Row = dict[str, Any]
CATEGORY = {
    "Omitted": "Omitted",
    "Pipeline": "Pipeline",
    "Best Case": "BestCase",
    "Most Likely": "MostLikely",
    "Commit": "Forecast",
    "Closed": "Closed",
}
_CENT = Decimal("0.01")


def complete(org: Org, entity: str, row: Row, before: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
    """Fill in what follows from the other fields of a row; `before` is empty for a new one."""
    match entity:
        case "Opportunity":
            _opportunity(org, row, before, sent)
        case "Contact" | "User":
            row["Name"] = " ".join(part for part in (row.get("FirstName"), row.get("LastName")) if part)
        case "Task":
            _task(org, row, before)
        case "Event":
            _event(row)
        case "OpportunityLineItem":
            price = (row.get("Quantity") or 0) * (row.get("UnitPrice") or Decimal(0))
            off = 1 - (row.get("Discount") or Decimal(0)) / 100
            row["TotalPrice"] = Decimal(price * off).quantize(_CENT, ROUND_HALF_UP)


def _opportunity(org: Org, row: Row, before: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
    stage = org.stage(row.get("StageName"))
    if row.get("StageName") != before.get("StageName"):
        if sent.get("Probability") is None:
            row["Probability"] = stage["DefaultProbability"]
        if sent.get("ForecastCategoryName") is None:
            row["ForecastCategoryName"] = stage["ForecastCategoryName"]
        if before:
            row["LastStageChangeDate"] = org.clock()
    row["ForecastCategory"] = CATEGORY.get(row.get("ForecastCategoryName") or "Omitted", "Omitted")
    row["IsClosed"], row["IsWon"] = stage["IsClosed"], stage["IsWon"]
    amount, probability = row.get("Amount"), row.get("Probability")
    row["ExpectedRevenue"] = (
        None
        if amount is None or probability is None
        else (amount * probability / 100).quantize(_CENT, ROUND_HALF_UP)
    )
    close = row.get("CloseDate")
    if close is not None:
        months = close.year * 12 + close.month - 1 - (org.fiscal_start - 1)
        year = months // 12 + (1 if org.fiscal_start > 1 and not org.named_by_start else 0)
        row["FiscalYear"], row["FiscalQuarter"] = year, months % 12 // 3 + 1
        row["Fiscal"] = f"{row['FiscalYear']} {row['FiscalQuarter']}"


def _task(org: Org, row: Row, before: Mapping[str, Any]) -> None:
    row["IsClosed"] = row.get("Status") == "Completed"
    row["IsHighPriority"] = row.get("Priority") == "High"
    if row["IsClosed"] and not before.get("IsClosed"):
        row["CompletedDateTime"] = row.get("CompletedDateTime") or org.clock()
    elif not row["IsClosed"]:
        row["CompletedDateTime"] = None
    row["AccountId"] = _account_of(org, row.get("WhatId"))


def _event(row: Row) -> None:
    start: datetime | None = row.get("StartDateTime") or row.get("ActivityDateTime")
    row["StartDateTime"] = row["ActivityDateTime"] = start
    if start is not None:
        row["ActivityDate"] = start.date()
        row["DurationInMinutes"] = row.get("DurationInMinutes") or 60
        row["EndDateTime"] = start + timedelta(minutes=row["DurationInMinutes"])


def _account_of(org: Org, what: str | None) -> str | None:
    if what is None:
        return None
    if what.startswith("001"):
        return what
    deal = org.tables["Opportunity"].get(what)
    return deal.get("AccountId") if deal else None


def roll_up(org: Org, opportunity: str) -> None:
    """Let a deal's amount be the sum of its line items, without moving SystemModstamp."""
    deal = org.tables["Opportunity"].get(opportunity)
    if deal is None:
        return
    lines = [
        line["TotalPrice"]
        for line in org.tables["OpportunityLineItem"].values()
        if line.get("OpportunityId") == opportunity and not line.get("IsDeleted")
    ]
    changed = dict(deal) | {"HasOpportunityLineItem": bool(lines)}
    if lines:
        changed["Amount"] = sum(lines, Decimal(0))
        complete(org, "Opportunity", changed, deal, {})
    org.tables["Opportunity"][opportunity] = changed
