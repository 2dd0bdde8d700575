"""What a person sees in Salesforce by their own rights: asked as that person, kept for a while, within an allowance of calls."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol

from connectors.access import Sight
from connectors.disk import write_atomically
from connectors.errors import BadRequest, ConnectorError, NotAllowed, NotConnected
from connectors.mirror import sights

# Rows of one page of a query.
_PAGE: Final = 2000
# With more ids than these a bulk query is cheaper: it takes eight calls or so, at most twenty, and one for each 50,000 ids.
_PAGED, _BULK_CALLS, _BULK_PAGE = 30_000, 20, 50_000
# Ids that nobody uses stay so long for whoever is just reading with them.
_KEPT: Final = timedelta(days=1)
# So many smaller sets of ids are remembered: a month of hours in which people work.
_MOST_INCLUDED: Final = 300
# What every org has, beside the fields of the field map: our word to the paths that it is read from, by object.
_ALWAYS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "Opportunity": {
            "stage": ("StageName",),
            "close": ("CloseDate",),
            "category": ("ForecastCategory",),
            "owner_id": ("OwnerId",),
            "account": ("AccountId", "Account.Name"),
        }
    }
)
# Objects whose records are not there for whoever may not read them.
_OBJECTS: Final = (("Contact", "contact"), ("Task", "activity"))

# Object to our word to the paths of fields from which everybody's records are read.
Used = Mapping[str, Mapping[str, Sequence[str]]]


class Reference(Protocol):
    """A field that leads to a parent record."""

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the objects that it leads to."""
        ...


class Shape(Protocol):
    """An object as one login sees it."""

    @property
    def fields(self) -> Sequence[object]:
        """Return the fields that can be read; none where the object cannot."""
        ...

    def field(self, name: str) -> object | None:
        """Return the field of that name; None where it cannot be read."""
        ...

    def parent(self, relationship: str) -> Reference | None:
        """Return the field by which a relationship leads to one other object."""
        ...


class Org(Protocol):
    """An org, opened with the sign-in of one person."""

    def describe(self, name: str) -> Shape:
        """Return an object as this person sees it."""
        ...

    def query(
        self, soql: str, paths: tuple[str, ...]
    ) -> tuple[int, Iterator[Sequence[Mapping[str, str | None]]]]:
        """Return how many rows a query has, deleted ones with them, and the rows page by page, each with these paths."""
        ...

    def ids_in_bulk(self, soql: str) -> tuple[tuple[str, ...], int]:
        """Return the ids that a query of nothing else has, deleted records' with them, and how many calls that took."""
        ...


class Doors(Protocol):
    """How persons are let into Salesforce."""

    def connected(self, user: str) -> bool:
        """Say whether a user has connected Salesforce; nothing is asked of it."""
        ...

    def how(self, user: str) -> str:
        """Return how this user connects Salesforce, as a sentence to them."""
        ...

    def org(self, user: str) -> Org:
        """Return the org as this user.

        Raises:
            NotConnected: they have disconnected meanwhile.
            TryLater: Salesforce is over its limit or out of reach.
        """
        ...


class Spent(Exception):
    """The calls of the day are used; never leaves this module."""


class Allowance:
    """How many calls asking for rights may take in a day of UTC, over all persons and through restarts."""

    def __init__(self, path: Path, *, most: Callable[[], int], now: Callable[[], datetime]) -> None:
        """Keep the count in a file; `most` is a share of the org's day."""
        self._path, self._most, self._now = path, most, now
        self._lock = threading.Lock()

    def take(self, calls: int = 1) -> None:
        """Take so many calls.

        Raises:
            Spent: that many are not left today.
        """
        with self._lock:
            used = self._used()
            if used + calls > self._most():
                raise Spent
            self._keep(used + calls)

    def took(self, calls: int) -> None:
        """Count calls that were made already."""
        with self._lock:
            self._keep(self._used() + calls)

    def must_hold(self, calls: int) -> None:
        """Do nothing where so many calls are left.

        Raises:
            Spent: they are not.
        """
        with self._lock:
            if self._used() + calls > self._most():
                raise Spent

    def _keep(self, calls: int) -> None:
        told = json.dumps({"day": self._now().date().isoformat(), "calls": calls})
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(self._path, told.encode(), mode=0o600)

    def _used(self) -> int:
        kept = _read(self._path)
        return int(kept["calls"]) if kept.get("day") == self._now().date().isoformat() else 0


@dataclass(slots=True)
class _Counted:
    """An org whose calls are taken from the allowance before they are made."""

    org: Org
    allowance: Allowance
    _shapes: dict[str, Shape] = field(default_factory=dict)

    def describe(self, name: str) -> Shape:
        if name not in self._shapes:
            self.allowance.take()
            self._shapes[name] = self.org.describe(name)
        return self._shapes[name]

    def query(
        self, soql: str, paths: tuple[str, ...]
    ) -> tuple[int, Iterator[Sequence[Mapping[str, str | None]]]]:
        self.allowance.take()
        total, pages = self.org.query(soql, paths)
        return total, self._paid(total, pages)

    def ids(self, soql: str) -> Iterator[str]:
        """Yield the ids that a query of nothing else has: page by page, or in bulk where that takes fewer calls."""
        total, pages = self.query(soql, ("Id",))
        found = self._in_bulk(soql, total) if total > _PAGED else None
        yield from found if found is not None else (row["Id"] or "" for page in pages for row in page)

    def _in_bulk(self, soql: str, total: int) -> tuple[str, ...] | None:
        """Return the ids by a bulk query; None where Salesforce does not do it, or not in time."""
        self.allowance.must_hold(_BULK_CALLS + total // _BULK_PAGE)
        try:
            found, calls = self.org.ids_in_bulk(soql)
        except ConnectorError:
            self.allowance.took(_BULK_CALLS)
            return None
        self.allowance.took(calls)
        return found

    def _paid(
        self, total: int, pages: Iterator[Sequence[Mapping[str, str | None]]]
    ) -> Iterator[Sequence[Mapping[str, str | None]]]:
        self.allowance.must_hold(max(0, total - 1) // _PAGE)
        for page in pages:
            yield page
            if len(page) >= _PAGE:
                self.allowance.take()


class Rights:
    """What persons see, each asked of Salesforce once in a while; threads may share it."""

    def __init__(
        self,
        folder: Path,
        *,
        doors: Doors,
        used: Callable[[], Used],
        now: Callable[[], datetime],
        minutes: int,
        allowance: Allowance,
    ) -> None:
        """Keep everything in `folder`; what was told holds for so many `minutes`. `used` is what records are read from."""
        self._folder, self._doors, self._used, self._now = folder, doors, used, now
        self._fresh, self._allowance = timedelta(minutes=minutes), allowance
        self._known: dict[str, Sight] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def sight(self, user: str) -> Sight:
        """Return what a user sees, as Salesforce told it not long ago; beyond the allowance `declared` says what holds instead.

        Raises:
            NotConnected: they have not connected Salesforce, and nothing may be shown to them; the message says how they do.
            TryLater: Salesforce is over its limit or out of reach.
        """
        if not user.isalnum() or not self._doors.connected(user):
            raise NotConnected(self._doors.how(user))
        with self._lock:
            own = self._locks[user]
        with own:
            kept = self._known.get(user) or self._kept(user)
            if kept is None or not timedelta() <= self._now() - kept.at < self._fresh:
                kept = self._asked(user)
            self._known[user] = kept
            return kept

    def forget(self, user: str) -> None:
        """Ask Salesforce anew the next time, and keep nothing of a user until then."""
        with self._lock:
            self._known.pop(user, None)
            if user.isalnum():
                (self._folder / f"{user}.json").unlink(missing_ok=True)

    def _asked(self, user: str) -> Sight:
        at = self._now()
        try:
            found = told(_Counted(self._doors.org(user), self._allowance), self._used(), self._folder, at=at)
        except Spent:
            return Sight(at=at, declared=True)
        found = replace(found, includes=_included(self._kept(user), found))
        write_atomically(self._folder / f"{user}.json", _written(found).encode(), mode=0o600)
        self._sweep(at)
        return found

    def _kept(self, user: str) -> Sight | None:
        kept = _read(self._folder / f"{user}.json")
        try:
            deals = self._folder / f"{kept['key']}.parquet" if kept["key"] else None
            found = Sight(
                key=kept["key"],
                deals=deals,
                count=kept["count"],
                hidden=frozenset(kept["hidden"]),
                includes=tuple(kept.get("includes", ())),
                at=datetime.fromisoformat(kept["at"]),
            )
        except (KeyError, TypeError, ValueError):
            return None
        return found if deals is None or deals.is_file() else None

    def _sweep(self, at: datetime) -> None:
        used = [_read(path).get("key", "") for path in self._folder.glob("*.json")]
        sights.let_go(self._folder, used=used, before=(at - _KEPT).timestamp())


def told(org: _Counted, used: Used, folder: Path, *, at: datetime) -> Sight:
    """Return what an org says that its user sees; ids of deals are kept in the folder.

    Who has the permission View All Data sees every deal; of everybody else the ids are read, those of deals in the
    recycle bin with them. Contacts are hidden from these where the org keeps them private, for only their accounts are
    looked at.

    Raises:
        Spent: the calls of the day do not suffice.
    """
    hidden = _hidden(org, used)
    if not org.describe("Opportunity").fields:
        key, path, count = sights.keep(folder, ())
        return Sight(key=key, deals=path, count=count, hidden=hidden, at=at)
    if _views_all(org):
        return Sight(hidden=hidden, at=at)
    if not _contacts_follow(org):
        hidden |= {"contact"}
    key, path, count = sights.keep(folder, org.ids("SELECT Id FROM Opportunity"))
    return Sight(key=key, deals=path, count=count, hidden=hidden, at=at)


def _views_all(org: _Counted) -> bool:
    asked = "PermissionsViewAllData"
    try:
        _, pages = org.query("SELECT PermissionsViewAllData FROM UserPermissionAccess", (asked,))
        return any(row.get(asked) == "true" for page in pages for row in page)
    except (BadRequest, NotAllowed):
        return False


def _contacts_follow(org: _Counted) -> bool:
    """Say whether who sees an account sees its contacts: the org's default for contacts is not private."""
    asked = "DefaultContactAccess"
    try:
        _, pages = org.query("SELECT DefaultContactAccess FROM Organization", (asked,))
        return all((row.get(asked) or "None") != "None" for page in pages for row in page)
    except (BadRequest, NotAllowed):
        return False


def _hidden(org: _Counted, used: Used) -> frozenset[str]:
    """Return our words for which some field that is read for everybody cannot be read by this person."""
    hidden = {word for name, word in _OBJECTS if not org.describe(name).fields}
    for source in (_ALWAYS, used):
        for name, words in source.items():
            hidden |= {
                word for word, paths in words.items() if not all(_reads(org, name, path) for path in paths)
            }
    return frozenset(hidden)


def _reads(org: _Counted, name: str, path: str) -> bool:
    *parents, last = path.split(".")
    for step in parents:
        parent = org.describe(name).parent(step)
        if parent is None:
            return False
        name = parent.targets[0]
    return org.describe(name).field(last) is not None


def _included(before: Sight | None, now: Sight) -> tuple[str, ...]:
    """Return the fingerprints of all that somebody saw before and sees still, newest first; none where something is gone."""
    if before is None or before.deals is None or now.deals is None:
        return ()
    if before.key == now.key:
        return before.includes
    return (before.key, *before.includes)[:_MOST_INCLUDED] if sights.within(before.deals, now.deals) else ()


def _written(sight: Sight) -> str:
    return json.dumps(
        {
            "key": sight.key,
            "count": sight.count,
            "hidden": sorted(sight.hidden),
            "includes": sight.includes,
            "at": sight.at.isoformat(),
        }
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        kept: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
