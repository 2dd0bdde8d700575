"""Who may see and change what: the permissions of a user, and the sharing of records."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.salesforce.schema import Entity, Field


class Level(IntEnum):
    """What a user may do with one record."""

    NONE = 0
    READ = 1
    EDIT = 2


# What everybody sees, whatever is shared, and what is shared as its deal is.
OPEN = frozenset(
    "User UserRole Organization OpportunityStage CurrencyType DatedConversionRate Period Product2 "
    "PermissionSet PermissionSetAssignment ObjectPermissions UserRecordAccess ForecastingQuota".split()
)
INHERITED = dict.fromkeys(
    ("OpportunityHistory", "OpportunityFieldHistory", "OpportunityLineItem", "OpportunityContactRole"),
    "OpportunityId",
)
# (user id, object name, record id) -> what this user may do with this record.
Sharing = Callable[[str, str, str], Level]


def _names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


@dataclass
class Rights:
    """The permissions of one user; changed by tests as an administrator does.

    `hidden` and `read_only` name objects ("Task") and fields ("Opportunity.Amount").
    """

    api: bool = True
    view_all: bool = False
    modify_all: bool = False
    hidden: Iterable[str] = field(default_factory=frozenset)
    read_only: Iterable[str] = field(default_factory=frozenset)

    def sees(self, entity: Entity) -> bool:
        return entity.name.lower() not in _names(self.hidden)

    def sees_field(self, entity: Entity, one: Field) -> bool:
        return f"{entity.name}.{one.name}".lower() not in _names(self.hidden)

    def writes(self, entity: Entity) -> bool:
        return entity.writable and entity.name.lower() not in _names(self.read_only)

    def writes_field(self, entity: Entity, one: Field) -> bool:
        name = f"{entity.name}.{one.name}".lower()
        return name not in _names(self.read_only) and name not in _names(self.hidden)
