"""UserRecordAccess: computed by the platform for one user and the records that a query names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.ids import long_id
from tests.fakes.salesforce.rights import Level
from tests.fakes.salesforce.soql import Comparison, Condition, Joined, Text

if TYPE_CHECKING:
    from tests.fakes.salesforce.org import Org


def access_rows(org: Org, where: Condition | None) -> Iterator[dict[str, Any]]:
    """Yield what a user may do with each record named.

    Raises:
        ApiError: the query does not name one user and one to 200 records.
    """
    users, records = list(_named(where, "userid")), list(_named(where, "recordid"))
    if len(users) != 1 or not 1 <= len(records) <= 200 or users[0] not in org.rights:
        raise ApiError(
            400,
            "MALFORMED_QUERY",
            "UserRecordAccess must be filtered by one UserId and up to 200 values of RecordId",
        )
    user = users[0]
    for key in dict.fromkeys(records):
        entity = org.schema.by_prefix(key)
        known = entity is not None and key in org.tables[entity.name]
        seen = known and entity is not None and org.rights[user].sees(entity)
        level = org.level(user, entity, key) if seen and entity is not None else Level.NONE
        edit = level >= Level.EDIT and entity is not None and org.rights[user].writes(entity)
        yield {
            "UserId": user,
            "RecordId": key,
            "HasReadAccess": level >= Level.READ,
            "HasEditAccess": edit,
            "HasDeleteAccess": edit,
            "HasTransferAccess": edit,
            "HasAllAccess": org.rights[user].modify_all,
            "MaxAccessLevel": "Edit" if edit else "Read" if level else "None",
        }


def _named(where: Condition | None, name: str) -> Iterator[str]:
    match where:
        case Joined(word="and"):
            for part in where.parts:
                yield from _named(part, name)
        case Comparison() if str(where.left).lower() == name:
            values = where.value if isinstance(where.value, tuple) else (where.value,)
            for value in values:
                if isinstance(value, Text) and where.sign in {"=", "in"}:
                    yield long_id(value.plain)
