"""Reports as the analytics API runs them: tabular ones, and ones with one grouping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.fakes.salesforce import query
from tests.fakes.salesforce.columns import Column, Scope
from tests.fakes.salesforce.errors import not_found
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.soql import Path
from tests.fakes.salesforce.values import NUMBERS, json_value

MOST_ROWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report over one object: its columns by field, a condition in SOQL, and the field it is grouped by."""

    name: str
    columns: tuple[str, ...]
    object: str = "Opportunity"
    where: str = ""
    group: str | None = None


def answer(org: Org, held: Mapping[str, Report], more: str, user: str, asked: Mapping[str, str]) -> Any:
    """Return the list of reports, or what one says.

    Raises:
        ApiError: there is no such report.
    """
    parts = more.strip("/").split("/")
    if parts[0] != "reports":
        raise not_found()
    if len(parts) == 1:
        return [
            {"id": key, "name": one.name, "url": f"/services/data/v67.0/analytics/reports/{key}"}
            for key, one in held.items()
        ]
    report = next((one for key, one in held.items() if key[:15] == parts[1][:15]), None)
    if report is None:
        raise not_found()
    return _ran(org, parts[1], report, user, details=asked.get("includeDetails", "").lower() == "true")


def _ran(org: Org, key: str, report: Report, user: str, *, details: bool) -> dict[str, Any]:
    names = ", ".join(dict.fromkeys(("Id", *report.columns, *([report.group] if report.group else []))))
    text = f"SELECT {names} FROM {report.object}" + (f" WHERE {report.where}" if report.where else "")
    found = query.run(org, text, user=user)
    scope = Scope(org, user, text, org.entity(report.object))
    columns = {
        f"{report.object}.{name}": scope.column(Path(tuple(name.split(".")), 0)) for name in report.columns
    }
    facts: dict[str, Any] = {}
    groupings = []
    rows = list(found.rows)
    if report.group:
        by = scope.column(Path(tuple(report.group.split(".")), 0))
        values = sorted({by.get(row) for row in rows}, key=lambda value: (value is None, str(value)))
        for place, value in enumerate(values):
            members = [row for row in rows if by.get(row) == value]
            facts[f"{place}!T"] = _fact(org, columns, members, details=details)
            groupings.append(
                {"groupings": [], "key": str(place), "label": _label(value), "value": json_value(value)}
            )
        facts["T!T"] = _fact(org, columns, rows, details=False)
    else:
        facts["T!T"] = _fact(org, columns, rows, details=details)
    sums = [f"s!{name}" for name, column in columns.items() if column.kind in NUMBERS]
    kinds = {
        name: {"dataType": column.kind, "label": column.field.labelled} for name, column in columns.items()
    }
    return {
        "allData": len(rows) <= MOST_ROWS,
        "attributes": {"reportId": key, "reportName": report.name, "type": "Report"},
        "factMap": facts,
        "groupingsAcross": {"groupings": []},
        "groupingsDown": {"groupings": groupings},
        "hasDetailRows": details,
        "reportExtendedMetadata": {
            "detailColumnInfo": kinds,
            "aggregateColumnInfo": {},
            "groupingColumnInfo": {},
        },
        "reportMetadata": {
            "id": key,
            "name": report.name,
            "reportFormat": "SUMMARY" if report.group else "TABULAR",
            "detailColumns": list(columns),
            "aggregates": [*sums, "RowCount"],
            "groupingsDown": [{"name": report.group, "dateGranularity": "None", "sortOrder": "Asc"}]
            if report.group
            else [],
        },
    }


def _fact(org: Org, columns: Mapping[str, Column], rows: list[Any], *, details: bool) -> dict[str, Any]:
    sums: list[Any] = [
        sum((value for row in rows if (value := column.get(row)) is not None), Decimal(0))
        for column in columns.values()
        if column.kind in NUMBERS
    ]
    fact: dict[str, Any] = {
        "aggregates": [{"label": _label(value), "value": json_value(value)} for value in [*sums, len(rows)]]
    }
    if details:
        fact["rows"] = [
            {"dataCells": [_cell(org, column, row) for column in columns.values()]}
            for row in rows[:MOST_ROWS]
        ]
    return fact


def _cell(org: Org, column: Column, row: Any) -> dict[str, Any]:
    value = column.get(row)
    if column.kind == "currency":
        code = row.get("CurrencyIsoCode") or org.currency
        held = None if value is None else {"amount": json_value(value), "currency": code}
        return {"label": "-" if value is None else f"{code} {value:,.2f}", "value": held}
    if column.field.name == "Name" and not column.steps:
        return {"label": _label(value), "value": row["Id"]}
    return {"label": _label(value), "value": json_value(value)}


def _label(value: Any) -> str:
    match value:
        case None:
            return "-"
        case datetime():
            return f"{value.month}/{value.day}/{value.year}, {value:%I:%M %p}"
        case date():
            return f"{value.month}/{value.day}/{value.year}"
        case Decimal():
            return f"{value:,.2f}"
        case _:
            return str(value)
