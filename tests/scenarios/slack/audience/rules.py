"""The oracle: who may see which deal and which name, in plain words. It shares no code with what it judges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

CANARY = re.compile(rb"zq([a-z])(\d{3})", re.IGNORECASE)


@dataclass(frozen=True)
class Staff:
    """Somebody of the CRM as the oracle needs it; `leader` is whom the person reports to."""

    id: str
    role: str
    region: str
    leader: str | None
    works_here: bool


@dataclass(frozen=True)
class Stake:
    """A deal: number, number of its account, and every (owner, region) that it ever had."""

    number: int
    account: int
    held: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reader:
    """Somebody in Slack: the CRM person behind the account (None for nobody), and whether that is a colleague."""

    id: str
    person: str | None
    outside: bool = False
    program: bool = False


@dataclass
class Rules:
    """What the company file and the CRM say. `leaders` are those whom the records show leading somebody."""

    table: Mapping[str, str]
    staff: Mapping[str, Staff]
    stakes: tuple[Stake, ...]
    leaders: frozenset[str]
    admins: frozenset[str]
    readers: dict[str, Reader] = field(default_factory=dict)

    def deals(self, reader: str, *, now: bool = False) -> frozenset[int]:
        """Return the numbers of the deals that somebody may see, or could see when they were held otherwise."""
        somebody = self._person(reader)
        if somebody is None:
            return frozenset()
        rule = self.table.get(somebody.role, "nothing")
        team = self._under(somebody.id) | {somebody.id}
        found = set()
        for stake in self.stakes:
            for owner, region in stake.held[-1:] if now else stake.held:
                if (
                    rule == "all"
                    or (rule == "region" and somebody.region != "" and region == somebody.region)
                    or (rule == "team" and owner in team)
                    or (rule == "own" and owner == somebody.id)
                ):
                    found.add(stake.number)
        return frozenset(found)

    def common(self, readers: Iterable[str]) -> frozenset[int]:
        """Return the deals that every one of them may see today."""
        views = [self.deals(reader, now=True) for reader in readers]
        return frozenset.intersection(*views) if views else frozenset()

    def names(self, reader: str) -> frozenset[str]:
        """Return the ids of the people whose names somebody may read in private."""
        somebody = self._person(reader)
        if somebody is None:
            return self.admins
        if self.table.get(somebody.role) == "all":
            return frozenset(self.staff)
        seen = self.deals(reader)
        owners = {owner for stake in self.stakes if stake.number in seen for owner, _ in stake.held}
        leaders = {person.leader for person in self.staff.values() if person.id in owners and person.leader}
        return frozenset(owners | leaders | {somebody.id} | self.admins)

    def forbidden(
        self, reader: str, content: bytes, *, spoke: frozenset[str], public: bool, cleared: bool
    ) -> set[str]:
        """Return the canaries in some content that somebody must not read in such a place.

        `spoke` are the people who said something there themselves: they may be named.
        """
        deals, people = self.deals(reader), self.names(reader) | spoke
        accounts = {stake.account for stake in self.stakes if stake.number in deals}
        wrong = set()
        for found in CANARY.finditer(content):
            kind, number = found[1].decode().lower(), int(found[2])
            person = f"P{number:03}"
            if kind in "pse":
                unnamed = public and not cleared and person not in self.leaders | spoke | self.admins
                if person not in people or unnamed:
                    wrong.add(found[0].decode())
            elif number not in (accounts if kind == "a" else deals):
                wrong.add(found[0].decode())
        return wrong

    def _person(self, reader: str) -> Staff | None:
        known = self.readers[reader]
        if known.outside or known.program or known.person is None:
            return None
        person = self.staff.get(known.person)
        return person if person is not None and person.works_here else None

    def _under(self, leader: str) -> set[str]:
        below: set[str] = set()
        grown = True
        while grown:
            more = {
                one.id
                for one in self.staff.values()
                if one.id not in below and one.id != leader and (one.leader == leader or one.leader in below)
            }
            grown, below = bool(more), below | more
        return below
