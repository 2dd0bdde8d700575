"""Random companies whose records are wrong in many ways, and what is wrong with them, deal by deal, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
from hypothesis import strategies as st

from tests.oracle.evaluator import Evaluator
from tests.oracle.world import Asked, Event, State, World
from tests.oracle.worlds import ACCOUNTS, NOW, STAGES, mirror_of, worlds

OPEN, WON, LOST = "open", "won", "lost"
ANY = {OPEN, WON}
# What dirt may put into an event; a status drawn here pays no heed to the stage.
DIRT: dict[str, st.SearchStrategy[Any]] = {
    "next_step": st.sampled_from([None, "call", "  "]),
    "owner_id": st.sampled_from([None, "", "ghost", "u1", "u2"]),
    "stage": st.sampled_from([None, "Odd", "Proposal", "Won"]),
    "status": st.sampled_from([OPEN, OPEN, WON, LOST]),
    "amount": st.sampled_from([None, Decimal(0), Decimal(-5), Decimal(1000), Decimal("0.50"), Decimal(90_000_000)]),
    "close": st.sampled_from(
        [None, date(2024, 1, 1), date(2026, 11, 22), date(2026, 11, 23), date(2029, 11, 22), date(2031, 1, 1)]
    ),
    "category": st.sampled_from(["closed", "commit", None, "omitted"]),
    "type": st.sampled_from([None, " ", "New"]),
    "region": st.sampled_from([None, "EMEA"]),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Dirty:
    """A world, and what it says of deals and people beyond what a world does."""

    world: World
    titles: dict[str, str | None]
    accounts: dict[str, str | None]
    created: dict[str, datetime | None]
    active: dict[str, bool]


@st.composite
def dirty(draw: st.DrawFn) -> Dirty:
    """Draw a company with wrong records, and up to thirty deals that were won besides."""
    world = draw(worlds())
    events = []
    for event in world.events:
        names = draw(st.lists(st.sampled_from(sorted(DIRT)), max_size=3, unique=True))
        events.append(replace(event, values={**event.values, **{name: draw(DIRT[name]) for name in names}}))
    for number, size in enumerate(draw(st.lists(st.integers(1, 3000), max_size=30))):
        events.append(_won(f"w{number}", Decimal(size)))
    deals = sorted({event.deal for event in events})
    first = {deal: min(event.valid_at for event in events if event.deal == deal) for deal in deals}
    whole = replace(
        world,
        events=tuple(events),
        accounts={deal: world.accounts.get(deal, ACCOUNTS[0]) for deal in deals},
        created=first,
    )
    return Dirty(
        world=whole,
        titles={deal: draw(st.sampled_from(["Pilot", "pilot ", "", None, deal])) for deal in deals},
        accounts={deal: draw(st.sampled_from(["a1", "a1", "a2", None])) for deal in deals},
        created={
            deal: draw(st.sampled_from([None, first[deal], NOW, first[deal] - timedelta(days=400)]))
            for deal in deals
        },
        active={person.id: draw(st.booleans()) for person in world.people},
    )


def _won(deal: str, amount: Decimal) -> Event:
    at = NOW - timedelta(days=100)
    values = {
        "stage": "Won", "status": WON, "category": "closed", "amount": amount, "currency": "USD",
        "close": date(2026, 8, 14), "owner_id": "u1", "type": "New", "region": "AMER", "deleted": False,
    }  # fmt: skip
    return Event(id=f"{deal}-0", deal=deal, valid_at=at, learned_at=at, values=values)


def mirror_of_dirty(case: Dirty) -> duckdb.DuckDBPyConnection:
    """Return a connection to a mirror in memory that holds it."""
    con = mirror_of(case.world)
    for deal, title in case.titles.items():
        con.execute(
            "UPDATE deal SET name = ?, account_id = ?, created_at = ? WHERE id = ?",
            [title, case.accounts[deal], case.created[deal], deal],
        )
    for person, active in case.active.items():
        con.execute("UPDATE person SET active = ? WHERE id = ?", [active, person])
    return con


class Faulty(Evaluator):
    """Finds what is wrong, one deal after the other. No SQL, no code of the product."""

    def __init__(self, case: Dirty) -> None:
        super().__init__(case.world)
        self.case = case

    def faults(self, asked: Asked) -> dict[str, set[str]]:
        """Return the ids of the deals that each check has to find; a check that finds nothing is there too."""
        today = self.day(asked.at)
        rights = replace(asked, filters=())
        held = {deal: state for deal in self.log if (state := self.alive(deal, asked.at)) is not None}
        shown = {deal: state for deal, state in held.items() if self.in_scope(deal, state, rights)}
        middle = self.middle(shown, asked)
        names, worths = self.name_twins(shown), self.worth_twins(shown)
        found: dict[str, set[str]] = {}

        def put(name: str, deal: str, states: set[str], wrong: object) -> None:
            found.setdefault(name, set())
            if wrong and held[deal].status in states:
                found[name].add(deal)

        for deal, s in held.items():
            counted = self.in_scope(deal, s, asked)
            let_in = self.asked_for(deal, s, asked) and not (s.status == OPEN and s.category == "omitted")
            put("no_type", deal, {OPEN}, let_in and not (s.type or "").strip())
            if not counted:
                continue
            value, created = self.value(s, asked), self.case.created[deal]
            born = None if created is None else self.day(created)
            owner = (s.owner_id or "").strip()
            stands = STAGES.get(s.stage)
            put("no_amount", deal, {OPEN}, s.amount is None)
            put("no_close", deal, {OPEN, WON}, s.close is None)
            put("no_owner", deal, {OPEN}, not owner)
            put(
                "no_step",
                deal,
                {OPEN},
                s.stage in {"Proposal", "Won", "Lost"} and not (s.next_step or "").strip(),
            )
            put("no_account", deal, {OPEN}, self.case.accounts[deal] is None)
            put("no_created", deal, {OPEN, WON}, born is None)
            put("no_region", deal, {OPEN}, not (s.region or "").strip())
            put("no_segment", deal, {OPEN}, not (s.segment or "").strip())
            put("overdue", deal, {OPEN}, s.close and s.close < today)
            far = s.close and not today - timedelta(days=365) <= s.close <= today + timedelta(days=3 * 365)
            put("far_close", deal, {OPEN}, far)
            put("won_ahead", deal, {WON}, s.close and s.close > today)
            put("won_early", deal, {WON}, s.close and born and s.close < born)
            put("stage_status", deal, ANY, stands and stands != s.status)
            put(
                "stage_category",
                deal,
                {OPEN, WON},
                s.category and (s.status == OPEN) == (s.category == "closed"),
            )
            put("won_for_nothing", deal, {WON}, not s.amount)
            put("negative", deal, ANY, s.amount is not None and s.amount < 0)
            odd = middle and value and value > 0 and (value > 100 * middle or 1000 * value < middle)
            put("out_of_proportion", deal, {OPEN, WON}, odd)
            put("no_rate", deal, ANY, s.amount is not None and (s.currency or "USD") not in self.world.rates)
            put("unknown_stage", deal, ANY, s.stage is not None and stands is None)
            put("unknown_owner", deal, {OPEN, WON}, owner and owner not in self.people)
            put("owner_left", deal, {OPEN}, owner in self.people and not self.case.active[owner])
            put("same_name", deal, {OPEN}, deal in names)
            put("same_amount", deal, {OPEN, WON}, deal in worths and deal not in names)
        return found

    def middle(self, shown: dict[str, State], asked: Asked) -> Decimal | None:
        """Return the lower median of what was won, all filters aside; None where that was too little."""
        sizes = sorted(
            value
            for state in shown.values()
            if state.status == WON and (value := self.value(state, asked)) is not None and value > 0
        )
        return sizes[(len(sizes) - 1) // 2] if len(sizes) >= 20 else None

    def name_twins(self, shown: dict[str, State]) -> set[str]:
        """Return the open deals of an account and name that an earlier one has, too."""
        keys = {
            deal: (self.case.accounts[deal], (self.case.titles[deal] or "").strip().lower())
            for deal, state in shown.items()
            if state.status == OPEN
        }
        return self.later({deal: key for deal, key in keys.items() if all(key)})

    def worth_twins(self, shown: dict[str, State]) -> set[str]:
        """Return the open and won deals of an account, amount and close date that an earlier one has, too."""
        return self.later(
            {
                deal: (self.case.accounts[deal], state.amount, state.currency, state.close)
                for deal, state in shown.items()
                if state.status != LOST
                and self.case.accounts[deal]
                and (state.amount or 0) > 0
                and state.close
            }
        )

    def later(self, keys: dict[str, Any]) -> set[str]:
        """Return the deals that are not the first with their key."""
        ranked = sorted(keys, key=lambda deal: (self.case.created[deal] or self.world.created[deal], deal))
        first: dict[Any, str] = {}
        return {deal for deal in ranked if first.setdefault(keys[deal], deal) != deal}
