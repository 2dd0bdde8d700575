"""Who may read what: every read of deals takes an `Access`."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What somebody sees by the rights of the system of record itself, as it was told `at` an instant.

    `deals` is a Parquet file with the ids of all deals that are visible in its column `id`, named by `key`, the
    fingerprint of these ids; None: every deal is. `count` is how many there are. `hidden` are the fields that cannot be
    read, in our words: those of a deal (`amount`, `next_step`), `account` and `industry`, `contact` and `activity`.
    `includes` are fingerprints of smaller sets of ids that are wholly in this one: what was seen before more came to it.
    `declared` says that it could not be asked for want of calls, and that what the company file declares holds instead.
    """

    key: str = ""
    deals: Path | None = None
    count: int | None = None
    hidden: frozenset[str] = frozenset()
    includes: tuple[str, ...] = ()
    declared: bool = False
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one person may see. None means no limit on that axis; an empty set means nothing at all.

    A deal is visible when its region is in `regions` and its owner is in `owners`. `names` says whether reps' names
    may stand beside it. Where the system of record was asked for its own rights, `sight` is what it said, and limits
    besides.
    """

    person: str
    regions: frozenset[str] | None = None
    owners: frozenset[str] | None = None
    names: bool = True
    sight: Sight | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The rights a read happens under: what the asker and everybody who will see the answer may all see."""

    workspace: str
    asker: Grant
    audience: tuple[Grant, ...] = ()

    @property
    def regions(self) -> frozenset[str] | None:
        """Return the regions that everybody may see; None when nobody is limited."""
        return _common(tuple(grant.regions for grant in (self.asker, *self.audience)))

    @property
    def owners(self) -> frozenset[str] | None:
        """Return the deal owners that everybody may see; None when nobody is limited."""
        return _common(tuple(grant.owners for grant in (self.asker, *self.audience)))

    @property
    def names(self) -> bool:
        """Say whether reps' names may be shown: only where everybody's grant allows it."""
        return all(grant.names for grant in (self.asker, *self.audience))

    @property
    def sights(self) -> tuple[Sight, ...]:
        """Return what limits everybody to some deals by the system of record's own rights, each once, by key."""
        told: dict[str, Sight] = {}
        for sight in self._told:
            if sight.deals is not None:
                before = told.get(sight.key)
                known = before.includes if before is not None else ()
                told[sight.key] = replace(sight, includes=tuple(dict.fromkeys((*known, *sight.includes))))
        return tuple(told[key] for key in sorted(told))

    @property
    def hidden(self) -> frozenset[str]:
        """Return the fields that somebody among all these cannot read, in our words."""
        return frozenset().union(*(sight.hidden for sight in self._told))

    @property
    def told_at(self) -> datetime | None:
        """Return when the system of record was asked for the oldest of these rights; None where it was not."""
        return min((sight.at for sight in self._told if not sight.declared), default=None)

    @property
    def declared(self) -> bool:
        """Say whether for somebody what is declared holds because the system of record could not be asked any more."""
        return any(sight.declared for sight in self._told)

    @property
    def _told(self) -> tuple[Sight, ...]:
        return tuple(grant.sight for grant in (self.asker, *self.audience) if grant.sight is not None)

    @property
    def partial(self) -> bool:
        """Say whether there are deals that somebody may not see."""
        return self.regions is not None or self.owners is not None or bool(self.sights)

    @property
    def nothing(self) -> bool:
        """Say whether no deal at all can be seen."""
        return frozenset() in (self.regions, self.owners) or any(sight.count == 0 for sight in self.sights)

    @property
    def limits(self) -> str:
        """Return what this access does not exceed, as a text that is the same for the same limits; it may be kept.

        Of the system of record's rights it holds fingerprints and names of fields, no ids.
        """
        limits = [None if limit is None else sorted(limit) for limit in (self.regions, self.owners)]
        told = [[sight.key for sight in self.sights], sorted(self.hidden)]
        return json.dumps([*limits, self.names, *(told if any(told) else ())])

    def covers(self, limits: str) -> bool:
        """Say whether whatever was read under such limits may be seen under this access; empty stands for no limit.

        Where the system of record says what is visible, what was read within the very same rights is covered, and what
        was read before more deals came to be visible.
        """
        regions, owners, names = limited(limits)
        keys, hidden = told(limits)
        return (
            _within(regions, self.regions)
            and _within(owners, self.owners)
            and (self.names or not names)
            and all(_grew(sight, keys) for sight in self.sights)
            and self.hidden <= hidden
        )

    def still(self, limits: str) -> bool:
        """Say whether what may be shown is what such limits left, but for deals that came to be visible since."""
        return limited(limits) == limited(self.limits) and self.sees_still(limits)

    def sees_still(self, limits: str) -> bool:
        """Say the same of what the system of record itself shows, whatever else such limits hold."""
        keys, hidden = told(limits)
        known = {key for sight in self.sights for key in (sight.key, *sight.includes)}
        return hidden == self.hidden and keys <= known and all(_grew(sight, keys) for sight in self.sights)

    @classmethod
    def operator(cls, workspace: str) -> Access:
        """Return the access of the person at the terminal of the installation: everything, audience nobody else."""
        return cls(workspace=workspace, asker=Grant(person="operator"))


def limited(limits: str) -> tuple[list[str] | None, list[str] | None, bool]:
    """Return what such limits leave: regions and owners, None where all, and whether reps' names may be shown."""
    regions, owners, names = json.loads(limits)[:3] if limits else (None, None, True)
    return regions, owners, names


def told(limits: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return what such limits hold of the system of record's rights: the keys of sights, and the hidden fields."""
    keys, hidden = (json.loads(limits)[3:] if limits else ()) or ((), ())
    return frozenset(keys), frozenset(hidden)


def _grew(sight: Sight, keys: frozenset[str]) -> bool:
    """Say whether a sight shows all that one of these showed."""
    return sight.key in keys or not keys.isdisjoint(sight.includes)


def _within(read: list[str] | None, seen: frozenset[str] | None) -> bool:
    return seen is None or (read is not None and seen.issuperset(read))


def _common(limits: tuple[frozenset[str] | None, ...]) -> frozenset[str] | None:
    """Return the intersection of all limits, None where there is none."""
    common: frozenset[str] | None = None
    for limit in limits:
        if limit is not None:
            common = limit if common is None else common & limit
    return common
