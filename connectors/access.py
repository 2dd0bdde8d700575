"""Who may read what: every read of deals takes an `Access`."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one person may see. None means no limit on that axis; an empty set means nothing at all.

    A deal is visible when its region is in `regions` and its owner is in `owners`. `names` says whether reps' names
    may stand beside it.
    """

    person: str
    regions: frozenset[str] | None = None
    owners: frozenset[str] | None = None
    names: bool = True


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
    def nothing(self) -> bool:
        """Say whether no deal at all can be seen."""
        return frozenset() in (self.regions, self.owners)

    @property
    def limits(self) -> str:
        """Return what this access does not exceed, as a text that is the same for the same limits; it may be kept."""
        limits = [None if limit is None else sorted(limit) for limit in (self.regions, self.owners)]
        return json.dumps([*limits, self.names])

    def covers(self, limits: str) -> bool:
        """Say whether whatever was read under such limits may be seen under this access; empty stands for no limit."""
        regions, owners, names = limited(limits)
        return _within(regions, self.regions) and _within(owners, self.owners) and (self.names or not names)

    @classmethod
    def operator(cls, workspace: str) -> Access:
        """Return the access of the person at the terminal of the installation: everything, audience nobody else."""
        return cls(workspace=workspace, asker=Grant(person="operator"))


def limited(limits: str) -> tuple[list[str] | None, list[str] | None, bool]:
    """Return what such limits leave: regions and owners, None where all, and whether reps' names may be shown."""
    regions, owners, names = json.loads(limits) if limits else (None, None, True)
    return regions, owners, names


def _within(read: list[str] | None, seen: frozenset[str] | None) -> bool:
    return seen is None or (read is not None and seen.issuperset(read))


def _common(limits: tuple[frozenset[str] | None, ...]) -> frozenset[str] | None:
    """Return the intersection of all limits, None where there is none."""
    common: frozenset[str] | None = None
    for limit in limits:
        if limit is not None:
            common = limit if common is None else common & limit
    return common
