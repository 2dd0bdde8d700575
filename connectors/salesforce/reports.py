"""One of the org's own reports, run by Salesforce: its rows as a table, like an export of it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from connectors.errors import BadRequest

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.salesforce.org import Org

_ID: Final = re.compile(r"(?<![0-9A-Za-z])00O[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?(?![0-9A-Za-z])")
_DEAL: Final = re.compile(r"006[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?")
# What an export calls the record of a deal, so that it is read as one.
_RECORD: Final = "Opportunity ID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A report as it was run: its name, the headings, and a row a deal in the order in which it shows them."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def report_id(text: str) -> str:
    """Return the id of a report, from the id or from the address at which it opens.

    Raises:
        BadRequest: there is none in it.
    """
    found = _ID.search(text)
    if found is None:
        raise BadRequest(
            f"{text!r} is no report; give its id, like 00O5g000004ABCD, or the address at which it opens"
        )
    return found.group()


def run_report(org: Org, key: str) -> Ran:
    """Run a report, with its rows.

    Raises:
        BadRequest: there is no such report, it is a matrix, shows no rows, or has more than Salesforce gives here.
    """
    told = org.get(f"analytics/reports/{key}", includeDetails="true")
    name = str(told["attributes"]["reportName"])
    if not told.get("allData", False):
        raise BadRequest(
            f"the report {name!r} has more than 2,000 rows, and Salesforce gives no more of them this way: export it "
            "(Export, Details Only, CSV), then quarterdeck tie-out FILE"
        )
    if told["groupingsAcross"]["groupings"]:
        raise BadRequest(
            f"the report {name!r} is a matrix; tie-out takes tabular and summary reports, or an export with details only"
        )
    columns = [
        (str(info["label"]), str(info["dataType"]))
        for info in map(
            told["reportExtendedMetadata"]["detailColumnInfo"].get, told["reportMetadata"]["detailColumns"]
        )
    ]
    groups = _groups(told)
    headings = tuple(
        dict.fromkeys(
            (*groups, *(head for label, kind in columns for head in _headings(label, kind)), _RECORD)
        )
    )
    rows = [
        {**dict(zip(groups, labels, strict=False)), **_row(columns, row["dataCells"])}
        for labels, fact in _facts(told)
        for row in fact.get("rows") or ()
    ]
    if not rows and _counted(told):
        raise BadRequest(f"the report {name!r} shows no rows: switch on its Detail Rows, or export it")
    return Ran(
        name=name,
        headings=headings,
        rows=tuple(tuple(row.get(heading, "") for heading in headings) for row in rows),
    )


def write_report(ran: Ran, path: Path) -> None:
    """Write a report that was run as an export of it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(ran.headings)
        writer.writerows(ran.rows)


def _groups(told: Mapping[str, Any]) -> tuple[str, ...]:
    """Return how the fields are called by which rows are grouped."""
    known = told["reportExtendedMetadata"].get("groupingColumnInfo") or {}
    return tuple(
        str((known.get(each["name"]) or {}).get("label") or each["name"])
        for each in told["reportMetadata"].get("groupingsDown") or ()
    )


def _facts(told: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Yield what there is in each innermost group, under the labels of the groups that it lies in."""

    def inside(
        groups: list[Any], above: tuple[str, ...]
    ) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
        for group in groups:
            labels = (*above, "" if group.get("value") is None else str(group["label"]))
            yield labels, told["factMap"].get(f"{group['key']}!T") or {}
            yield from inside(group.get("groupings") or [], labels)

    yield (), told["factMap"].get("T!T") or {}
    yield from inside(told["groupingsDown"]["groupings"], ())


def _headings(label: str, kind: str) -> tuple[str, ...]:
    return (f"{label} Currency", label) if kind == "currency" else (label,)


def _row(columns: list[tuple[str, str]], cells: list[Mapping[str, Any]]) -> dict[str, str]:
    """Return a row by its headings; behind the name of a record, Salesforce says which record it is."""
    row: dict[str, str] = {}
    for (label, kind), cell in zip(columns, cells, strict=True):
        value = cell.get("value")
        if isinstance(value, Mapping):
            row[f"{label} Currency"], row[label] = str(value.get("currency") or ""), str(value.get("amount"))
        elif isinstance(value, str) and _DEAL.fullmatch(value):
            row[_RECORD] = value
            row.setdefault(label, str(cell.get("label") or ""))
        elif value is None or isinstance(value, bool) or kind in {"string", "picklist", "reference"}:
            row[label] = "" if value is None else str(cell.get("label") or "")
        else:
            row[label] = str(value)
    return row


def _counted(told: Mapping[str, Any]) -> bool:
    """Say whether the report counts rows, though it may not show them."""
    names = told["reportMetadata"].get("aggregates") or ()
    total = (told["factMap"].get("T!T") or {}).get("aggregates") or ()
    return any(name == "RowCount" and cell.get("value") for name, cell in zip(names, total, strict=False))
