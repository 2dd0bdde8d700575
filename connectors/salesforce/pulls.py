"""What a sync asks for: one query an object, over the fields that exist, in the window since the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from connectors.salesforce import soql
from connectors.salesforce.fieldmap import Fields
from connectors.salesforce.shapes import Shape

Describe = Callable[[str], Shape]

# A transaction that ends late shows rows with a stamp before what was read already: each window begins this much earlier.
LOOK_BACK: Final = timedelta(minutes=10)
# Rows of the last moments may still be joined by others of the same stamp: each window ends this much before now.
SETTLE: Final = timedelta(minutes=2)

# A query that takes the org too long is asked for half of its time, and again, down to so little.
SHORTEST: Final = timedelta(minutes=1)
# No record is older than the system.
_BEFORE_ALL: Final = datetime(1999, 1, 1, tzinfo=UTC)
_AT: Final = "%Y%m%dT%H%M%S"
# What says when a row last changed, best first.
STAMPS: Final = ("SystemModstamp", "LastModifiedDate", "CreatedDate")

STAGES: Final = "OpportunityStage"
# Small tables, read whole each time.
WHOLE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        STAGES: (
            *("Id", "MasterLabel", "ApiName", "IsActive", "SortOrder", "IsClosed", "IsWon"),
            *("ForecastCategory", "ForecastCategoryName", "DefaultProbability"),
        ),
        "User": ("Id", "Name", "Email", "IsActive", "ManagerId", "UserType"),
        "Product2": ("Id", "Name", "Family", "IsActive"),
    }
)
# Tables that say what the company is, and nothing of its records: a sync does without them.
ABOUT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Organization": (
            *("Id", "Name", "DefaultCurrencyIsoCode", "TimeZoneSidKey", "FiscalYearStartMonth", "IsSandbox"),
            "UsesStartDateAsFiscalYearName",
        ),
        "CurrencyType": ("Id", "IsoCode", "ConversionRate", "IsCorporate", "IsActive"),
    }
)
# Tables of which only what changed is read.
_CHANGED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Account": ("Id", "Name", "OwnerId", "ParentId", "IsDeleted"),
        "Contact": ("Id", "AccountId", "Name", "Email", "Title", "IsDeleted"),
        "OpportunityContactRole": ("Id", "ContactId", "Role", "IsPrimary", "IsDeleted"),
        "OpportunityHistory": (
            *("Id", "OpportunityId", "StageName", "Amount", "CloseDate", "ForecastCategory", "Probability"),
            *("CurrencyIsoCode", "CreatedDate", "IsDeleted"),
        ),
        "OpportunityFieldHistory": (
            *("Id", "OpportunityId", "Field", "OldValue", "NewValue", "CreatedDate", "IsDeleted"),
        ),
        "Opportunity": (
            *("Id", "Name", "AccountId", "OwnerId", "StageName", "IsClosed", "IsWon", "ForecastCategory"),
            *("CurrencyIsoCode", "CreatedDate", "IsDeleted"),
        ),
        "Task": (
            *("Id", "WhatId", "WhoId", "OwnerId", "Subject", "TaskSubtype", "IsClosed", "ActivityDate"),
            *("CompletedDateTime", "CreatedDate", "IsDeleted"),
        ),
        "Event": (
            *(
                "Id",
                "WhatId",
                "WhoId",
                "OwnerId",
                "Subject",
                "StartDateTime",
                "ActivityDate",
                "IsAllDayEvent",
            ),
            *("CreatedDate", "IsDeleted"),
        ),
    }
)
# Every object that a sync asks for, and its fields beside the mapped ones.
ASKED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({**WHOLE, **_CHANGED})
# What else is read of an org.
READ: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({**ABOUT, **ASKED})
# People who sign in from outside are no people of ours.
_ONLY: Final[Mapping[str, tuple[soql.Condition, ...]]] = MappingProxyType(
    {"User": (soql.compare("UserType", "=", "Standard"),)}
)
# What belongs to a deal, and by which field.
_OF_DEALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "OpportunityHistory": "OpportunityId",
        "OpportunityFieldHistory": "OpportunityId",
        "Opportunity": "Id",
        "Task": "WhatId",
        "Event": "WhatId",
    }
)
DEALS: Final = "Opportunity"
SWEEP: Final = "sweep"
REREAD: Final = "reread"
# What else is asked for by its ids alone each night, by the name of the query.
SWEPT: Final[Mapping[str, str]] = MappingProxyType({"Account": "sweep-Account", "Contact": "sweep-Contact"})
SWEPT_ROLES: Final = "sweep-OpportunityContactRole"
_SWEEPS: Final[Mapping[str, str]] = MappingProxyType({**SWEPT, "OpportunityContactRole": SWEPT_ROLES})
# How often it is asked which deals there are, and all of them are read again.
EVERY: Final = MappingProxyType({SWEEP: timedelta(hours=20), REREAD: timedelta(days=6, hours=20)})
# What says when a record changed that deals take values from, best first: a sign-in alone gives a user another SystemModstamp.
_PARENT_STAMPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"User": ("LastModifiedDate", "SystemModstamp")}
)
# Which parts of the field map belong to which object.
_MAPPED: Final[Mapping[str, str]] = MappingProxyType(
    {"Opportunity": "deal", "Account": "account", "User": "person", "Task": "activity", "Event": "activity"}
)
# Fields of a contact's role that go to its contact: a role may change where the contact does not.
_OF_ROLES: Final = ("AccountId", "Name", "Email", "Title", "IsDeleted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when to when rows have changed, in UTC: `since` None is everything; `until` itself is not in it."""

    since: datetime | None
    until: datetime

    @property
    def start(self) -> datetime | None:
        """Return where the query begins."""
        return None if self.since is None else self.since - LOOK_BACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """One query of a sync: its name, the object, the paths in their order, the conditions, and the field that is its stamp.

    Stamps begin at `since` and end before `until`; None is no bound. What has neither ends at `end` as far as is known.
    """

    name: str
    object: str
    paths: tuple[str, ...]
    stamp: str | None = None
    where: tuple[soql.Condition, ...] = field(default=())
    since: datetime | None = None
    until: datetime | None = None
    end: datetime | None = None

    @property
    def query(self) -> str:
        """Return the query."""
        order = (self.stamp, "Id") if self.stamp else ("Id",)
        return soql.select(self.paths, self.object, where=self._where, order=order)

    @property
    def bulk_query(self) -> str:
        """Return the query without an order: to sort much takes the org longer than it may."""
        return soql.select(self.paths, self.object, where=self._where)

    @property
    def _where(self) -> tuple[soql.Condition, ...]:
        if self.stamp is None:
            return self.where
        begun = () if self.since is None else (soql.compare(self.stamp, ">=", self.since),)
        ended = () if self.until is None else (soql.compare(self.stamp, "<", self.until),)
        return (*self.where, *begun, *ended)

    def halves(self) -> tuple[Pull, ...]:
        """Return two queries for the earlier and the later half of its time; none where it has none, or not two minutes."""
        end = self.until or self.end
        if self.stamp is None or end is None:
            return ()
        since = self.since or _BEFORE_ALL
        middle = since + timedelta(seconds=(end - since) // timedelta(seconds=2))
        if end - since < 2 * SHORTEST:
            return ()
        base = self.name.partition("+")[0]
        return (
            replace(self, name=f"{base}+{since:{_AT}}-{middle:{_AT}}", until=middle),
            replace(self, name=f"{base}+{middle:{_AT}}-{end:{_AT}}", since=middle),
        )


def pulls(
    describe: Describe, fields: Fields, window: Window, *, also: frozenset[str] = frozenset()
) -> tuple[Pull, ...]:
    """Return what to ask for, in the order in which it is told. Objects that this login does not see are left out.

    `also` are `SWEEP`, to ask which deals there are, and `REREAD`, to ask for all of them again. Without that, deals are asked
    for again whose values come from a record that changed, such as their account: they do not change with it themselves.
    """
    found = []
    for shape, paths, stamp in _asked(describe, fields):
        found.append(
            Pull(
                name=shape.name,
                object=shape.name,
                paths=paths,
                stamp=stamp,
                where=_ONLY.get(shape.name, ()),
                since=window.start,
                # Deals come though they have changed since: what they are counts in the next window, that they are in this.
                until=None if shape.name == DEALS else window.until,
                end=window.until,
            )
        )
        there = (soql.compare("IsDeleted", "=", False),)
        if shape.name in _SWEEPS and SWEEP in also:
            found.append(Pull(name=_SWEEPS[shape.name], object=shape.name, paths=("Id",), where=there))
        if shape.name == DEALS and stamp:
            if SWEEP in also:
                sweep = ("Id", stamp)
                found.append(
                    Pull(name=SWEEP, object=DEALS, paths=sweep, stamp=stamp, where=there, end=window.until)
                )
            again = (
                ()
                if REREAD in also or window.start is None
                else _of_parents(describe, shape, paths, window.start)
            )
            if REREAD in also or again:
                found.append(
                    Pull(
                        name=REREAD,
                        object=DEALS,
                        paths=paths,
                        stamp=stamp,
                        where=(*there, *again),
                        until=window.until,
                        end=window.until,
                    )
                )
    return tuple(found)


def _of_parents(
    describe: Describe, shape: Shape, paths: Iterable[str], since: datetime
) -> tuple[soql.Condition, ...]:
    """Return the condition of rows of which a record has changed that one of the paths leads through; none without such."""
    found = dict[str, soql.Condition]()
    for path in paths:
        at, relations = shape, path.split(".")[:-1]
        for number, relation in enumerate(relations, start=1):
            parent = at.parent(relation)
            if parent is None:
                break
            at = describe(parent.targets[0])
            if stamp := next(iter(at.having(_PARENT_STAMPS.get(at.name, STAMPS))), None):
                leading = ".".join((*relations[:number], stamp))
                found.setdefault(leading, soql.compare(leading, ">=", since))
    return (soql.either(found.values()),) if found else ()


def pull_of(describe: Describe, fields: Fields, name: str) -> Pull | None:
    """Return the query of one object over all its records; None where this login does not see the object."""
    for shape, paths, _ in _asked(describe, fields):
        if shape.name == name:
            return Pull(name=name, object=name, paths=paths, where=_ONLY.get(name, ()))
    return None


def pulls_of(describe: Describe, fields: Fields, ids: Sequence[str], *, of: str = DEALS) -> tuple[Pull, ...]:
    """Return what to ask for to know all of some deals: themselves, their history, what was done on them.

    Of accounts and contacts it is themselves.
    """
    found = []
    keys = _OF_DEALS if of == DEALS else {of: "Id"}
    for shape, paths, stamp in _asked(describe, fields):
        if shape.name not in keys:
            continue
        for number, first in enumerate(range(0, len(ids), soql.IDS_AT_ONCE)):
            some = soql.among(keys[shape.name], ids[first : first + soql.IDS_AT_ONCE])
            found.append(
                Pull(
                    name=f"{shape.name}+{number}", object=shape.name, paths=paths, stamp=stamp, where=(some,)
                )
            )
    return tuple(found)


def _asked(describe: Describe, fields: Fields) -> Iterator[tuple[Shape, tuple[str, ...], str | None]]:
    """Yield the objects that there are, the paths to ask for, and the field that is the stamp where one is needed."""
    for name, wanted in ASKED.items():
        shape = describe(name)
        paths = [*shape.having(wanted), *_mapped(name, fields)]
        if "Id" not in paths:
            continue
        if name == "OpportunityContactRole" and shape.parent("Contact"):
            paths += [f"Contact.{field}" for field in describe("Contact").having(_OF_ROLES)]
        stamp = next(iter(shape.having(STAMPS)), None) if name in _CHANGED else None
        if stamp is not None:
            paths.append(stamp)
        yield shape, tuple(dict.fromkeys(paths)), stamp


def _mapped(name: str, fields: Fields) -> list[str]:
    part = fields.get(_MAPPED.get(name, ""), {})
    return [source.path for sources in part.values() for source in sources]
