"""The rows of history that the platform writes when a deal changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from tests.fakes.salesforce.org import Org
    from tests.fakes.salesforce.schema import Field

WATCHED = ("StageName", "Amount", "Probability", "CloseDate")
_TAKEN = (
    "StageName",
    "Amount",
    "ExpectedRevenue",
    "CloseDate",
    "Probability",
    "ForecastCategory",
    "CurrencyIsoCode",
)
_KINDS = {
    "picklist": "DynamicEnum",
    "currency": "Currency",
    "date": "DateOnly",
    "datetime": "DateTime",
    "boolean": "Boolean",
    "percent": "Percent",
    "double": "Double",
    "int": "Int",
    "textarea": "StringPlusClob",
}


def write(
    org: Org, before: Mapping[str, Any], after: dict[str, Any], user: str, *, at: datetime | None = None
) -> None:
    """Add what the platform keeps of one change, made now unless said otherwise; `before` is empty for a new deal."""
    at = at or org.clock()
    if not before or any(before.get(name) != after.get(name) for name in WATCHED):
        key = opportunity_history(org, after, at=at, user=user, before=before)
        for name in ("Amount", "CloseDate"):
            if before and before.get(name) != after.get(name):
                after[f"Last{name}ChangedHistoryId"] = key
    if not before:
        if org.tracked:
            _field_row(org, after["Id"], ("created", "Text", None, None), at=at, user=user)
        return
    for name in sorted(org.tracked):
        if before.get(name) != after.get(name):
            field_history(org, after["Id"], name, before.get(name), after.get(name), at=at, user=user)


def opportunity_history(
    org: Org, values: Mapping[str, Any], *, at: datetime, user: str, before: Mapping[str, Any] | None = None
) -> str:
    """Add a row with the values after a change; return its id."""
    row = {name: values.get(name) for name in _TAKEN if name != "CurrencyIsoCode" or org.multi_currency}
    for name in ("Amount", "CloseDate"):
        if before and before.get(name) != values.get(name):
            row[f"Prev{name}"] = before.get(name)
    return org.load(
        "OpportunityHistory",
        **row,
        OpportunityId=values["Id"],
        CreatedDate=at,
        CreatedById=user,
        SystemModstamp=at,
        IsDeleted=False,
    )


def field_history(org: Org, key: str, name: str, old: Any, new: Any, *, at: datetime, user: str) -> None:
    """Add what is kept of one tracked field: a reference gets two rows, one of ids and one of names."""
    field = org.entity("Opportunity").get(name)
    if field is None:
        raise ValueError(f"there is no field {name!r} of Opportunity to track")
    if field.type == "reference":
        shown = kept_as(field)
        _field_row(org, key, (shown, "Text", org.name_of(old), org.name_of(new)), at=at, user=user)
        _field_row(org, key, (shown, "EntityId", old, new), at=at, user=user)
        return
    if field.type == "textarea":
        old = new = None
    _field_row(org, key, (field.name, _KINDS.get(field.type, "Text"), old, new), at=at, user=user)


def kept_as(field: Field) -> str:
    """Return what the history calls a field: Owner for OwnerId."""
    return field.name.removesuffix("Id") if field.type == "reference" else field.name


def _field_row(org: Org, key: str, told: tuple[str, str, Any, Any], *, at: datetime, user: str) -> None:
    field, kind, old, new = told
    org.load(
        "OpportunityFieldHistory",
        OpportunityId=key,
        Field=field,
        DataType=kind,
        OldValue=old,
        NewValue=new,
        CreatedDate=at,
        CreatedById=user,
        IsDeleted=False,
    )
