"""The demo company as an org: its people, customers and deals, with the history that the platform would have kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from connectors.demo import DemoCrm
from connectors.demo.crm import company
from connectors.mirror.schema import FIELDS
from connectors.protocol import Batch, Column
from connectors.records import Status
from tests.fakes.salesforce import history
from tests.fakes.salesforce.clock import Clock
from tests.fakes.salesforce.derived import CATEGORY, complete
from tests.fakes.salesforce.org import Deletion, Org
from tests.fakes.salesforce.schema import Choice, Field

HOST = "larkmoor.my.salesforce.com"
TRACKED = "OwnerId NextStep Type LeadSource ForecastCategoryName Region__c Segment__c Product__c Loss_Reason__c".split()
# Fields of the mirror, and what the org calls them.
NAMES = {
    "stage": "StageName",
    "category": "ForecastCategoryName",
    "amount": "Amount",
    "currency": "CurrencyIsoCode",
    "close": "CloseDate",
    "owner_id": "OwnerId",
    "type": "Type",
    "product": "Product__c",
    "source": "LeadSource",
    "region": "Region__c",
    "segment": "Segment__c",
    "next_step": "NextStep",
    "reason": "Loss_Reason__c",
}
_CATEGORY = {
    "pipeline": "Pipeline",
    "best_case": "Best Case",
    "commit": "Commit",
    "closed": "Closed",
    "omitted": "Omitted",
}
_CHANCE = {
    "Discovery": 10,
    "Evaluation": 30,
    "Proposal": 50,
    "Negotiation": 80,
    "Closed Won": 100,
    "Closed Lost": 0,
}
_PICKLISTS = ("Type", "LeadSource", "Region__c", "Segment__c", "Product__c", "Loss_Reason__c")
_CENT = Decimal("0.01")


@dataclass(slots=True)
class Company:
    """The org, and under which id it keeps what the demo company calls otherwise."""

    org: Org
    ids: dict[str, str] = field(default_factory=dict)


def larkmoor(*, opportunities: int = 300, seed: int = 59, recorded: bool = True) -> Company:
    """Return the demo company as an org; its clock stands at the instant up to which the demo is known."""
    crm = DemoCrm(opportunities=opportunities, seed=seed)
    tables = _tables(crm)
    what = company()
    rates = {
        code: (1 / Decimal(rate)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
        for code, rate in what.rates.items()
    }
    org = Org(
        clock=Clock(crm.now),
        name=what.name,
        zone=str(what.zone),
        currency=what.currency,
        rates=rates,
        fiscal_start=what.fiscal.start_month,
        tracked=TRACKED,
        recorded=recorded,
    )
    made = Company(org)
    furnish(org)
    _values(org, tables)
    _people(made, tables["person"])
    _customers(made, tables)
    _deals(made, tables)
    _contacts(made, tables)
    _activities(made, tables["activity"])
    return made


def _tables(crm: DemoCrm) -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for page in crm.changes(None):
        for batch in page.batches:
            tables[batch.table] += _rows(batch)
    return tables


def _rows(batch: Batch) -> Iterator[dict[str, Any]]:
    columns = {name: _plain(name, column) for name, column in batch.columns.items()}
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def _plain(name: str, column: Column) -> list[Any]:
    values = column.tolist()
    if column.dtype.kind != "M":
        return [None if one is None else Decimal(one) / 100 for one in values] if name == "amount" else values
    if column.dtype == np.dtype("datetime64[s]"):
        return [None if one is None else one.date() for one in values]
    return [None if one is None else one.replace(tzinfo=UTC, microsecond=0) for one in values]


def furnish(org: Org) -> None:
    """Give an org the company's stages, and the fields that it added to the platform's."""
    for name in ("Region__c", "Segment__c", "Product__c", "Loss_Reason__c"):
        org.add_field("Opportunity", Field(name, "picklist", 255, restricted=True))
    for name in ("Region__c", "Segment__c"):
        org.add_field("Account", Field(name, "picklist", 255))
    org.add_field("User", Field("Started_On__c", "date"))
    for name in ("Task", "Event"):
        org.add_field(name, Field("Buyer_Took_Part__c", "boolean", nillable=False, defaulted=True))
    org.set_stages(stages())


def stages() -> list[tuple[str, int, str, str]]:
    """Return the company's stages: name, default probability, forecast category, and whether open, won or lost."""
    return [
        (
            one.name,
            _CHANCE[one.name],
            "Omitted" if one.status is Status.LOST else _CATEGORY[one.category.value],
            one.status.value,
        )
        for one in company().stages
    ]


def _values(org: Org, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    """Let the picklists hold what the company uses."""
    words = {own: name for name, own in NAMES.items()}
    for name in _PICKLISTS:
        held = sorted({value for row in tables["event"] if (value := row.get(words[name]))})
        org.change_field("Opportunity", name, picklist=tuple(Choice(one, one) for one in held))
    for of, own, name in (("Account", "Region__c", "region"), ("Account", "Segment__c", "segment")):
        held = sorted({row[name] for row in tables["account"] if row.get(name)})
        org.change_field(of, own, picklist=tuple(Choice(one, one) for one in held))
    held = sorted({row["industry"] for row in tables["account"] if row.get("industry")})
    org.change_field("Account", "Industry", picklist=tuple(Choice(one, one) for one in held))
    roles = sorted({row["role"] for row in tables["contact"] if row.get("role")})
    org.change_field("OpportunityContactRole", "Role", picklist=tuple(Choice(one, one) for one in roles))


def _people(made: Company, people: list[dict[str, Any]]) -> None:
    org, roles = made.org, {}
    for row in people:
        first, _, last = row["name"].partition(" ")
        made.ids[row["id"]] = org.user(
            first,
            last or first,
            Email=row["email"],
            Username=row["email"],
            Title=row["role"],
            Department=row["team"],
            Division=row["region"] or None,
            IsActive=bool(row.get("active", True)),
            Started_On__c=row.get("started_on"),
        )
    for row in people:
        user = org.tables["User"][made.ids[row["id"]]]
        name = f"{row['role']}, {row['team']}"
        if name not in roles:
            roles[name] = org.load(
                "UserRole", Name=name, DeveloperName=name.replace(", ", "_").replace(" ", "_")
            )
        user["UserRoleId"] = roles[name]
        if row["manager_id"]:
            user["ManagerId"] = made.ids[row["manager_id"]]
    for row in people:
        user = org.tables["User"][made.ids[row["id"]]]
        boss = org.tables["User"].get(user.get("ManagerId"))
        if boss is not None and boss["UserRoleId"] != user["UserRoleId"]:
            org.tables["UserRole"][user["UserRoleId"]]["ParentRoleId"] = boss["UserRoleId"]


def _customers(made: Company, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    org, start = made.org, made.org.clock() - timedelta(days=900)
    for row in tables["product"]:
        made.ids[row["id"]] = org.load(
            "Product2", Name=row["name"], Family=row["family"], IsActive=True, CreatedDate=start
        )
    for row in tables["account"]:
        owner = made.ids.get(row.get("owner_id") or "", org.admin)
        made.ids[row["id"]] = org.load(
            "Account",
            Name=row["name"],
            Region__c=row.get("region"),
            Segment__c=row.get("segment"),
            Industry=row.get("industry"),
            OwnerId=owner,
            CreatedById=owner,
            CreatedDate=start,
        )


def _contacts(made: Company, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    org, at = made.org, made.org.clock() - timedelta(days=400)
    by_account: dict[str, list[str]] = defaultdict(list)
    for deal in tables["deal"]:
        if deal["account_id"]:
            by_account[deal["account_id"]].append(made.ids[deal["id"]])
    primary: set[str] = set()
    for row in tables["contact"]:
        first, _, last = row["name"].partition(" ")
        key = made.ids[row["id"]] = org.load(
            "Contact",
            FirstName=first,
            LastName=last or first,
            AccountId=made.ids[row["account_id"]],
            Email=row.get("email"),
            Title=row.get("title"),
            CreatedDate=at,
        )
        for deal in by_account[row["account_id"]]:
            org.load(
                "OpportunityContactRole",
                OpportunityId=deal,
                ContactId=key,
                Role=row.get("role"),
                IsPrimary=deal not in primary,
                CreatedDate=max(at, org.tables["Opportunity"][deal]["CreatedDate"]),
                IsDeleted=org.tables["Opportunity"][deal]["IsDeleted"],
            )
            primary.add(deal)


def _deals(made: Company, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    events: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in tables["event"]:
        events[row["deal_id"]].append(row)
    for deal in tables["deal"]:
        told = sorted(events[deal["id"]], key=lambda row: (row["valid_at"], row["learned_at"], row["id"]))
        _deal(made, deal, told)


def _deal(made: Company, deal: Mapping[str, Any], events: list[dict[str, Any]]) -> None:
    org = made.org
    key = made.ids[deal["id"]] = org.load(
        "Opportunity",
        Name=deal["name"],
        AccountId=made.ids.get(deal["account_id"] or ""),
        CreatedDate=deal["created_at"],
    )
    row = org.tables["Opportunity"][key]
    kept = len(org.tables["OpportunityHistory"]), len(org.tables["OpportunityFieldHistory"])
    deleted_at: datetime | None = None
    for place, event in enumerate(events):
        before = dict(row) if place else {}
        changed = _changed(made, event)
        if "deleted" in changed:
            deleted_at = event["valid_at"] if changed.pop("deleted") else None
        row |= changed
        _keep(org, row, before, at=event["valid_at"])
    if events:
        row |= dict.fromkeys(("CreatedById", "LastModifiedById"), row["OwnerId"])
        row |= dict.fromkeys(("LastModifiedDate", "SystemModstamp"), events[-1]["valid_at"])
    if deleted_at is not None:
        row["IsDeleted"] = True
        org.deletions.append(Deletion(object="Opportunity", id=key, at=deleted_at))
        for name, first in zip(("OpportunityHistory", "OpportunityFieldHistory"), kept, strict=True):
            for child in list(org.tables[name].values())[first:]:
                child["IsDeleted"] = True


def _changed(made: Company, event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event set, in the org's words."""
    changed: dict[str, Any] = {}
    for place, (name, _) in enumerate(FIELDS):
        if event["fields"] >> place & 1:
            value = event.get(name)
            if name == "owner_id":
                value = made.ids[value]
            elif name == "category":
                value = _CATEGORY[value]
            if name == "deleted" or name in NAMES:
                changed[NAMES.get(name, name)] = value
    if made.org.stage(changed.get("StageName"))["ForecastCategoryName"] == "Omitted":
        changed["ForecastCategoryName"] = "Omitted"
    return changed


def _keep(org: Org, row: dict[str, Any], before: Mapping[str, Any], *, at: datetime) -> None:
    """Write the history of one change, as the platform does."""
    given = row.get("ForecastCategoryName")
    complete(org, "Opportunity", row, before, {"ForecastCategoryName": given})
    row["ForecastCategory"] = CATEGORY[given or "Pipeline"]
    if before and row.get("StageName") != before.get("StageName"):
        row["LastStageChangeDate"] = at
    history.write(org, before, row, row["OwnerId"], at=at)


def _activities(made: Company, activities: list[dict[str, Any]]) -> None:
    org = made.org
    old = org.clock() - timedelta(days=365)
    for row in sorted(activities, key=lambda one: (one["at"], one["id"])):
        at: datetime = row["at"]
        day: date = at.astimezone(org.zone).date()
        deal = org.tables["Opportunity"][made.ids[row["deal_id"]]]
        common = {
            "WhatId": deal["Id"],
            "OwnerId": made.ids[row["person_id"]],
            "CreatedById": made.ids[row["person_id"]],
            "Subject": row["subject"],
            "Buyer_Took_Part__c": bool(row["buyer"]),
            "ActivityDate": day,
            "CreatedDate": at,
            "IsArchived": at < old,
            "IsDeleted": deal["IsDeleted"],
            "AccountId": deal.get("AccountId"),
        }
        if (deal.get("LastActivityDate") or day) <= day:
            org.settle("Opportunity", deal["Id"], LastActivityDate=day)
        if row["kind"] == "meeting":
            made.ids[row["id"]] = org.load(
                "Event", **common, ActivityDateTime=at, StartDateTime=at, DurationInMinutes=60
            )
            continue
        made.ids[row["id"]] = org.load(
            "Task",
            **common,
            Status="Completed",
            Priority="Normal",
            TaskSubtype=row["kind"].title(),
            CompletedDateTime=at,
        )
