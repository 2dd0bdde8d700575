"""The permission sets that Quarterdeck needs in an org, as metadata to deploy: no more than what is read.

`Quarterdeck` lets a user sign in through the app, and gives no record away: it is for everybody. `Quarterdeck_Sync`
is for the one user that reads for everybody: the objects and fields of the mirror, all records, and no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from connectors.salesforce.client import VERSION
from connectors.salesforce.refused import PERMISSION_SET

SYNC_SET: Final = f"{PERMISSION_SET}_Sync"
# Which object each part of the field map is about.
PARTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"deal": ("Opportunity",), "account": ("Account",), "person": ("User",), "activity": ("Task", "Event")}
)
# Objects whose records are read, and whether all of them are (of a product there is nothing to share).
_OBJECTS: Final = (("Account", True), ("Contact", True), ("Opportunity", True), ("Product2", False))
# What is read whatever the field map says; the history of a deal shows what its deal shows.
_ALWAYS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Account": ("ParentId",),
        "Contact": ("AccountId", "Email", "Title"),
        "Opportunity": ("AccountId", "Probability"),
        "Product2": ("Family", "IsActive"),
        "Task": ("WhatId", "WhoId"),
        "Event": ("WhatId", "WhoId"),
    }
)
# Fields that everybody who sees a record sees: a permission set that names one cannot be deployed. Recorded from orgs
# (`permissionable` in describe); of users, it holds for every field that Salesforce brings along.
_OPEN_EVERYWHERE: Final = frozenset(
    "Id IsDeleted Name OwnerId RecordTypeId CurrencyIsoCode CreatedDate CreatedById LastModifiedDate LastModifiedById "
    "SystemModstamp LastActivityDate LastViewedDate LastReferencedDate".split()
)
_OPEN: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "Account": frozenset(
            "MasterRecordId PhotoUrl ns__LinkedAccount__c IsPartner IsCustomerPortal ChannelProgramName "
            "ChannelProgramLevelName JigsawCompanyId".split()
        ),
        "Contact": frozenset(
            "MasterRecordId LastName FirstName Salutation LastCURequestDate LastCUUpdateDate EmailBouncedReason "
            "EmailBouncedDate IsEmailBounced PhotoUrl JigsawContactId IndividualId".split()
        ),
        "Opportunity": frozenset(
            "StageName CloseDate IsClosed IsWon ForecastCategory ForecastCategoryName HasOpportunityLineItem "
            "Pricebook2Id LastStageChangeDate FiscalQuarter FiscalYear Fiscal ContactId HasOpenActivity "
            "HasOverdueTask LastAmountChangedHistoryId LastCloseDateChangedHistoryId".split()
        ),
        "Task": frozenset(
            "Subject ActivityDate Status Priority IsHighPriority IsClosed IsArchived TaskSubtype "
            "CompletedDateTime AccountId RecurrenceActivityId IsRecurrence RecurrenceStartDateTime "
            "RecurrenceEndDateOnly RecurrenceTimeZoneSidKey RecurrenceType RecurrenceInterval "
            "RecurrenceDayOfWeekMask RecurrenceDayOfMonth RecurrenceInstance RecurrenceMonthOfYear "
            "ReminderDateTime IsReminderSet".split()
        ),
        "Event": frozenset(
            "Subject ActivityDateTime ActivityDate DurationInMinutes StartDateTime EndDateTime EndDate AccountId "
            "IsPrivate ShowAs IsChild IsGroupEvent GroupEventType IsArchived RecurrenceActivityId IsRecurrence "
            "RecurrenceStartDateTime RecurrenceEndDateOnly RecurrenceTimeZoneSidKey RecurrenceType "
            "RecurrenceInterval RecurrenceDayOfWeekMask RecurrenceDayOfMonth RecurrenceInstance "
            "RecurrenceMonthOfYear ReminderDateTime IsReminderSet EventSubtype IsRecurrence2Exclusion "
            "Recurrence2PatternText Recurrence2PatternVersion IsRecurrence2 IsRecurrence2Exception "
            "Recurrence2PatternStartDate Recurrence2PatternTimeZone".split()
        ),
    }
)
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE: Final = 'xmlns="http://soap.sforce.com/2006/04/metadata"'

Words = Mapping[str, Mapping[str, tuple[str, ...]]]


def read_fields(words: Words, own: Iterable[tuple[str, str]] = ()) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields that have to be granted as `Object.Field`, in order: those that are sure to be there, and the rest.

    Sure are Salesforce's own fields, and those of the words in `own`, which the org's own file names. The rest are
    custom fields of which an org has some: naming one that is not there would stop the deployment.
    """
    confirmed = frozenset(own)
    sure = {f"{name}.{field}" for name, fields in _ALWAYS.items() for field in fields}
    maybe = set()
    for part, told in words.items():
        for word, paths in told.items():
            found = {field for path in paths for name in PARTS[part] for field in _granted(name, path)}
            ours = {field for field in found if not field.endswith("__c") or (part, word) in confirmed}
            sure |= ours
            maybe |= found - ours
    return tuple(sorted(sure)), tuple(sorted(maybe - sure))


def deployment(fields: Iterable[str]) -> dict[str, str]:
    """Return path to text of what is deployed: a package and its two permission sets, one granting `fields`."""
    return {
        "package.xml": (
            f"{_HEAD}<Package {_NAMESPACE}>\n    <types>\n        <members>{PERMISSION_SET}</members>\n"
            f"        <members>{SYNC_SET}</members>\n        <name>PermissionSet</name>\n    </types>\n"
            f"    <version>{VERSION}</version>\n</Package>\n"
        ),
        f"permissionsets/{PERMISSION_SET}.permissionset": _set(
            PERMISSION_SET,
            "Lets a user sign in to Quarterdeck. It gives no record away: everybody sees there what they see here.",
            permissions=("ApiEnabled",),
        ),
        f"permissionsets/{SYNC_SET}.permissionset": _set(
            SYNC_SET,
            "Reads deals for Quarterdeck's copy of them. Only for its own user; it changes nothing.",
            fields=fields,
            objects=_OBJECTS,
            permissions=("ApiEnabled", "ViewAllUsers"),
        ),
    }


def _granted(name: str, path: str) -> tuple[str, ...]:
    """Return the fields that reading a path from an object needs: the one at its end, on the parent it belongs to."""
    *parents, field = path.split(".")
    if parents:
        name = parents[-1]
    shut = name in _OPEN and field not in _OPEN_EVERYWHERE | _OPEN[name]
    return (f"{name}.{field}",) if shut or field.endswith("__c") else ()


def _set(
    name: str,
    description: str,
    *,
    permissions: Iterable[str],
    fields: Iterable[str] = (),
    objects: Iterable[tuple[str, bool]] = (),
) -> str:
    parts = [_element("fieldPermissions", editable=False, field=field, readable=True) for field in fields]
    rights = [
        _element(
            "objectPermissions",
            allowCreate=False,
            allowDelete=False,
            allowEdit=False,
            allowRead=True,
            modifyAllRecords=False,
            object=each,
            viewAllRecords=everything,
        )
        for each, everything in objects
    ]
    allowed = [_element("userPermissions", enabled=True, name=each) for each in permissions]
    return "".join(
        (
            f"{_HEAD}<PermissionSet {_NAMESPACE}>\n    <description>{description}</description>\n",
            *parts,
            f"    <hasActivationRequired>false</hasActivationRequired>\n    <label>{name.replace('_', ' ')}</label>\n",
            *rights,
            *allowed,
            "</PermissionSet>\n",
        )
    )


def _element(kind: str, **told: str | bool) -> str:
    lines = "".join(
        f"        <{name}>{value if isinstance(value, str) else str(value).lower()}</{name}>\n"
        for name, value in told.items()
    )
    return f"    <{kind}>\n{lines}    </{kind}>\n"
