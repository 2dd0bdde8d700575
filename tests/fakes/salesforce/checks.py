"""What the platform checks of the values that a client sends, before any rule of the org."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.rights import Rights
from tests.fakes.salesforce.schema import Entity, Field
from tests.fakes.salesforce.values import taken

if TYPE_CHECKING:
    from tests.fakes.salesforce.org import Org


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


def references(org: Org, entity: Entity, values: Mapping[str, Any]) -> None:
    """Refuse references to records that are not there, of another object, or to owners who have left.

    Raises:
        ApiError: the first reference that does not hold.
    """
    for name, key in values.items():
        field = entity.fields[name.lower()]
        targets = [one for target in field.reference_to if (one := org.schema.get(target))]
        if key is None or not targets or len(targets) < len(field.reference_to):
            continue
        found = next((one for one in targets if one.prefix == key[:3]), None)
        if found is None:
            message = f"{field.labelled}: id value of incorrect type: {key}"
            raise ApiError(400, "FIELD_INTEGRITY_EXCEPTION", message, [name])
        row = org.tables[found.name].get(key)
        if row is None:
            raise ApiError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        if row.get("IsDeleted"):
            raise ApiError(400, "ENTITY_IS_DELETED", "entity is deleted", [])
        if name == "OwnerId" and row.get("IsActive") is False:
            message = f"operation performed with inactive user [{key}] as owner of {entity.name.lower()}"
            raise ApiError(400, "INACTIVE_OWNER_OR_USER", message, [])


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
