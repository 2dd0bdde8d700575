"""What the platform checks of the values that a client sends, before any rule of the org."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.rights import Rights
from tests.fakes.salesforce.schema import Entity, Field
from tests.fakes.salesforce.values import taken


def sent(entity: Entity, rights: Rights, values: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
    """Return what a client sent by field, as the org keeps it.

    Raises:
        ApiError: a field is unknown or closed to this user, or a value is none that the field takes.
    """
    kept: dict[str, Any] = {}
    closed = []
    for name, value in values.items():
        field = entity.get(name)
        if field is None or not rights.sees_field(entity, field):
            raise ApiError(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {entity.name}")
        if not (field.createable if new else field.updateable) or not rights.writes_field(entity, field):
            closed.append(field.name)
            continue
        kept[field.name] = taken(field, value)
        _check_choice(field, kept[field.name])
    if closed:
        raise ApiError(
            400,
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            f"Unable to create/update fields: {', '.join(closed)}. Please check the security settings of this "
            "field and verify that it is read/write for your profile or permission set.",
            closed,
        )
    return kept


def complete(entity: Entity, values: Mapping[str, Any]) -> None:
    """Refuse a new row without what it needs.

    Raises:
        ApiError: REQUIRED_FIELD_MISSING.
    """
    _refuse(
        [
            one.name
            for one in entity
            if one.createable and not one.nillable and not one.defaulted and values.get(one.name) is None
        ]
    )


def kept(entity: Entity, values: Mapping[str, Any]) -> None:
    """Refuse to empty what a row needs.

    Raises:
        ApiError: REQUIRED_FIELD_MISSING.
    """
    _refuse(
        [name for name, value in values.items() if value is None and not entity.fields[name.lower()].nillable]
    )


def _refuse(missing: list[str]) -> None:
    if missing:
        message = f"Required fields are missing: [{', '.join(missing)}]"
        raise ApiError(400, "REQUIRED_FIELD_MISSING", message, missing)


def _check_choice(field: Field, value: Any) -> None:
    if value is None or not field.restricted or field.type != "picklist":
        return
    if value not in {one.value for one in field.choices if one.active}:
        raise ApiError(
            400,
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"{field.labelled}: bad value for restricted picklist field: {value}",
            [field.name],
        )
