"""Who sees what in a random company, by rights that the CRM itself gives: some deals, and not every field."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

import duckdb
from hypothesis import strategies as st

from connectors.access import Access, Grant, Sight
from connectors.visibility import nobody
from tests.oracle.world import Asked, World
from tests.oracle.worlds import NOW, questions, worlds

# Fields that a field-level security can hide while it can still be told what counts.
HIDEABLE = ("amount", "product", "source", "region", "segment", "type", "account")
# How a person stands to the CRM: sees everything, sees some deals, or never signed in there.
KINDS = ("all", "all", "most", "most", "most", "some", "some", "unconnected")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One person: the deals that the CRM shows (None: every one), the fields that it hides; `connected` says it was asked."""

    name: str
    deals: frozenset[str] | None = None
    hidden: frozenset[str] = frozenset()
    connected: bool = True


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """A company, a question, and everybody who will read the answer; who asks comes first."""

    world: World
    asked: Asked
    readers: tuple[Reader, ...]

    def visible(self) -> frozenset[str]:
        """Return the deals that everybody sees, by going through them one after the other."""
        return frozenset(
            deal
            for deal in self.world.accounts
            if all(who.connected and (who.deals is None or deal in who.deals) for who in self.readers)
        )

    def hidden(self) -> frozenset[str]:
        """Return the fields that somebody cannot read."""
        return frozenset(word for word in HIDEABLE if any(word in who.hidden for who in self.readers))

    def seen(self) -> World:
        """Return the company as all of them together know it: other deals never were, and hidden fields never had a value."""
        deals, hidden = self.visible(), self.hidden()
        return replace(
            self.world,
            events=tuple(
                replace(
                    event,
                    values={name: None if name in hidden else value for name, value in event.values.items()},
                )
                for event in self.world.events
                if event.deal in deals
            ),
        )

    def access(self, folder: Path) -> Access:
        """Return the access that the product would read under; ids of sights are written to the folder."""
        first, *others = (grant(who, folder) for who in self.readers)
        return Access(workspace="w", asker=first, audience=tuple(others))


def grant(who: Reader, folder: Path) -> Grant:
    """Return what a person may see, as the product holds it."""
    if not who.connected:
        return nobody(who.name)
    at = NOW.replace(tzinfo=UTC)
    if who.deals is None:
        return Grant(person=who.name, sight=Sight(hidden=who.hidden, at=at))
    key = hashlib.sha256("\n".join(sorted(who.deals)).encode()).hexdigest()
    path = folder / f"{key}.parquet"
    if not path.exists():
        ids = ", ".join(f"('{deal}')" for deal in sorted(who.deals)) or "(NULL)"
        duckdb.sql(f"COPY (SELECT id FROM (VALUES {ids}) AS t(id) WHERE id IS NOT NULL) TO '{path}'")
    return Grant(
        person=who.name,
        sight=Sight(key=key, deals=path, count=len(who.deals), hidden=who.hidden, at=at),
    )


@st.composite
def readers(draw: st.DrawFn, name: str, deals: list[str]) -> Reader:
    """Draw one person."""
    kind = draw(st.sampled_from(KINDS))
    if kind == "unconnected":
        return Reader(name=name, connected=draw(st.sampled_from([True, False])))
    hidden = (
        frozenset(draw(st.lists(st.sampled_from(HIDEABLE), min_size=1, max_size=2)))
        if draw(st.sampled_from([False, False, True]))
        else frozenset()
    )
    if kind == "all":
        return Reader(name=name, hidden=hidden)
    some = draw(st.sets(st.sampled_from(deals), min_size=1, max_size=max(1, len(deals) // 2)))
    return Reader(name=name, deals=frozenset(set(deals) - some if kind == "most" else some), hidden=hidden)


@st.composite
def sharings(draw: st.DrawFn) -> Sharing:
    """Draw a company of up to thirty deals, a question, and one to six people who will read the answer."""
    world = draw(worlds(most=draw(st.sampled_from([6, 14, 30]))))
    number = draw(st.sampled_from([1, 1, 2, 3, 6]))
    deals = sorted(world.accounts)
    return Sharing(
        world=world,
        asked=replace(draw(questions(world)), regions=None, owners=None),
        readers=tuple(draw(readers(f"p{place}", deals)) for place in range(number)),
    )
