"""What a login may read of an org, asked without reading its records: objects, fields, history, quotas, sharing, limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from connectors.errors import BadRequest, NotAllowed, TryLater
from connectors.salesforce import soql
from connectors.salesforce.pulls import DEALS, READ

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connectors.salesforce.fieldmap import Fields
    from connectors.salesforce.org import Org

# What is lost where an object cannot be read; without the first three there is nothing to tell.
LOST: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Opportunity": "there are no deals",
        "OpportunityStage": "no stage is known",
        "User": "no owner is known",
        "Organization": "zone and fiscal year are guessed",
        "CurrencyType": "no rate is known",
        "Product2": "products have no names",
        "Account": "customers have no names",
        "Contact": "contacts are not known",
        "OpportunityContactRole": "no contact has a role",
        "OpportunityHistory": "history begins with the first sync",
        "OpportunityFieldHistory": "of owners, next steps and regions only the last value is known before the first sync",
        "Task": "calls and e-mails are not known",
        "Event": "meetings are not known",
    }
)
NEEDED: Final = frozenset({"Opportunity", "OpportunityStage", "User"})
# Fields that an org with one currency does not have, and objects that it has no use for.
_OF_CURRENCIES: Final = frozenset({"CurrencyIsoCode", "DefaultCurrencyIsoCode"})
_CURRENCIES: Final = "CurrencyType"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """What of one object cannot be read: these fields, or (none) the whole object."""

    object: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Calls and bulk queries of the org's last 24 hours: how many are used, out of how many."""

    calls: tuple[int, int]
    jobs: tuple[int, int]


def lacking(org: Org) -> Iterator[Lack]:
    """Yield what this login cannot read of what a sync asks for, object by object."""
    several = bool(org.describe(_CURRENCIES).fields)
    for name, wanted in READ.items():
        shape = org.describe(name)
        if not shape.fields:
            if several or name != _CURRENCIES:
                yield Lack(object=name)
            continue
        missing = [
            field
            for field in wanted
            if shape.field(field) is None and (several or field not in _OF_CURRENCIES)
        ]
        if missing:
            yield Lack(object=name, fields=tuple(missing))


def held_by(org: Org, name: str, record_id: str, paths: tuple[str, ...]) -> Mapping[str, str | None]:
    """Return what some fields of a record hold now, as text by path; empty where there is no such record."""
    query = soql.select(paths, name, where=(soql.compare("Id", "=", record_id),))
    for page in org.query(query, paths)[1]:
        for row in page:
            return row
    return {}


def has_deals(org: Org) -> bool | None:
    """Say whether this login sees any deal; None where it cannot read deals at all."""
    if not org.describe(DEALS).fields:
        return None
    return bool(org.get("query", q=soql.select(("Id",), DEALS, limit=1))["totalSize"])


def has_person_accounts(org: Org) -> bool:
    """Say whether accounts of the org may be persons."""
    return org.describe("Account").field("IsPersonAccount") is not None


def unmapped(fields: Fields, words: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the words of a deal that no field of the org stands for."""
    return tuple(word for word in words if word not in fields["deal"])


def limits(org: Org) -> Limits:
    """Return what of the org's day is used."""
    told = org.get("limits")
    return Limits(calls=_used(told, "DailyApiRequests"), jobs=_used(told, "DailyBulkV2QueryJobs"))


def history_since(org: Org) -> date | None:
    """Return the day from which on the org keeps what changed of deals; None where it keeps nothing."""
    if not org.describe("OpportunityHistory").fields:
        return None
    query = soql.select(("CreatedDate",), "OpportunityHistory", order=("CreatedDate",), limit=1)
    for page in org.query(query, ("CreatedDate",))[1]:
        for row in page:
            return date.fromisoformat((row["CreatedDate"] or "")[:10])
    return None


def tracked(org: Org) -> frozenset[str] | None:
    """Return the fields of deals of which the org keeps changes, as far as it has some; None where it cannot tell."""
    if not org.describe("OpportunityFieldHistory").fields:
        return frozenset()
    try:
        rows = org.get("query", q="SELECT Field FROM OpportunityFieldHistory GROUP BY Field")["records"]
    except (BadRequest, TryLater):
        return None
    return frozenset(
        "OwnerId" if row["Field"] == "Owner" else str(row["Field"])
        for row in rows
        if row["Field"] != "created"
    )


def quotas(org: Org) -> int | None:
    """Return how many quotas this login reads; None where it reads none, or the org has no such thing."""
    if not org.describe("ForecastingQuota").fields:
        return None
    return int(org.get("query", q="SELECT COUNT() FROM ForecastingQuota")["totalSize"])


def who(org: Org) -> tuple[str, str]:
    """Return id and user name of the login; empty where the sign-in does not tell them."""
    try:
        told = org.userinfo()
    except (BadRequest, NotAllowed):
        return "", ""
    return str(told.get("user_id") or ""), str(told.get("preferred_username") or "")


def sees_all(org: Org, user_id: str) -> bool | None:
    """Say whether a login sees every deal whatever is shared; None where that cannot be asked."""
    mine = soql.compare("AssigneeId", "=", user_id)
    data = soql.select(
        ("Id",),
        "PermissionSetAssignment",
        where=(mine, soql.compare("PermissionSet.PermissionsViewAllData", "=", True)),
        limit=1,
    )
    owned = soql.select(("PermissionSetId",), "PermissionSetAssignment", where=(mine,))
    deals = soql.select(
        ("Id",),
        "ObjectPermissions",
        where=(
            soql.compare("SobjectType", "=", DEALS),
            soql.compare("PermissionsViewAllRecords", "=", True),
            f"ParentId IN ({owned})",
        ),
        limit=1,
    )
    try:
        return any(org.get("query", q=query)["totalSize"] for query in (data, deals))
    except (BadRequest, NotAllowed):
        return None


def _used(told: Mapping[str, Any], name: str) -> tuple[int, int]:
    day = told.get(name) or {"Max": 0, "Remaining": 0}
    return int(day["Max"]) - int(day["Remaining"]), int(day["Max"])
