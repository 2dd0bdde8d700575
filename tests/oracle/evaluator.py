"""The second evaluator. No SQL, no code of the product: loops over events, as the definitions say in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from statistics import median
from typing import Any

from tests.oracle.world import Answer, Asked, State, World

TENTH_DECIMAL = Decimal("0.0000000001")
Key = tuple[Any, ...]
Members = list[tuple[str, State]]


class Evaluator:
    """Answers questions about one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people = {person.id: person for person in world.people}
        self.log: dict[str, list[Any]] = {}
        for event in sorted(world.events, key=lambda e: (e.valid_at, e.learned_at, e.id)):
            self.log.setdefault(event.deal, []).append(event)

    # -- time -------------------------------------------------------------------------------------------------

    def day(self, instant: datetime) -> date:
        return instant.replace(tzinfo=UTC).astimezone(self.world.zone).date()

    def day_ends(self, day: date) -> datetime:
        """Return the first instant after the day, in UTC without a zone."""
        midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=self.world.zone)
        return midnight.astimezone(UTC).replace(tzinfo=None)

    def days_back(self, instant: datetime, days: int) -> datetime:
        local = instant.replace(tzinfo=UTC).astimezone(self.world.zone).replace(tzinfo=None) - timedelta(
            days=days
        )
        return local.replace(tzinfo=self.world.zone).astimezone(UTC).replace(tzinfo=None)

    # -- states -----------------------------------------------------------------------------------------------

    def state(self, deal: str, at: datetime) -> State | None:
        """Return the deal's state; None where it does not exist yet. A deleted one is a state, too."""
        found: State | None = None
        for event in self.log.get(deal, ()):
            if event.valid_at > at:
                break
            found = found or State()
            found.values.update(event.values)
        return found

    def alive(self, deal: str, at: datetime) -> State | None:
        state = self.state(deal, at)
        return None if state is None or state.deleted else state

    def counts(self, state: State | None) -> bool:
        if state is None or state.deleted:
            return False
        if self.world.types and state.type not in self.world.types:
            return False
        return not (state.status == "open" and state.category == "omitted")

    def dim(self, name: str, deal: str, state: State) -> Any:
        """Return the value by which a deal is grouped: an id for people and accounts."""
        owner = self.people.get(state.owner_id)
        match name:
            case "owner":
                return state.owner_id
            case "team":
                return (owner.team or None) if owner else None
            case "manager":
                return owner.manager if owner else None
            case "account":
                return self.world.accounts[deal][0]
            case _:
                return state.values.get(name)

    def shown(self, name: str, value: Any) -> str | None:
        """Return how a grouping value is named."""
        if value is None:
            return None
        if name in {"owner", "manager"}:
            return self.people[value].name
        if name == "account":
            return next(title for key, title in self.world.accounts.values() if key == value)
        return str(value)

    def in_scope(self, deal: str, state: State | None, asked: Asked) -> bool:
        return state is not None and self.counts(state) and self.asked_for(deal, state, asked)

    def asked_for(self, deal: str, state: State, asked: Asked) -> bool:
        """Say whether rights and filters let a deal in by a state, whatever the company counts."""
        if asked.regions is not None and state.region not in asked.regions:
            return False
        if asked.owners is not None and state.owner_id not in asked.owners:
            return False
        for name, values, negate in asked.filters:
            held = self.shown(name, self.dim(name, deal, state)) in values
            if held is negate:
                return False
        return True

    def value(self, state: State, asked: Asked) -> Decimal | None:
        rates = self.world.rates
        if state.amount is None or state.currency not in rates:
            return None
        rate = rates[state.currency]
        if asked.currency != self.world.currency:
            rate = (rate / rates[asked.currency]).quantize(TENTH_DECIMAL, rounding=ROUND_HALF_EVEN)
        return Decimal(state.amount) * rate

    # -- groups -----------------------------------------------------------------------------------------------

    def members(self, asked: Asked, holds: Callable[[State], bool]) -> Members:
        """Return the deals in scope at the instant whose state holds."""
        found = []
        for deal in self.log:
            state = self.alive(deal, asked.at)
            if state is not None and self.in_scope(deal, state, asked) and holds(state):
                found.append((deal, state))
        return found

    def grouped(self, members: Members, asked: Asked) -> dict[Key, Members]:
        groups: dict[Key, Members] = {} if asked.by else {(): []}
        for deal, state in members:
            key = tuple(self.dim(name, deal, state) for name in asked.by)
            groups.setdefault(key, []).append((deal, state))
        return groups

    def named(self, key: Key, asked: Asked) -> tuple[str | None, ...]:
        return tuple(self.shown(name, value) for name, value in zip(asked.by, key, strict=True))

    def total(self, members: Members, asked: Asked) -> Decimal | None:
        values = [value for _, state in members if (value := self.value(state, asked)) is not None]
        return None if members and not values else sum(values, Decimal(0))

    def sums(self, asked: Asked, holds: Callable[[State], bool]) -> list[Answer]:
        return [
            Answer(
                by=self.named(key, asked), value=self.total(group, asked), n=len(group), records=len(group)
            )
            for key, group in self.grouped(self.members(asked, holds), asked).items()
        ]

    # -- what is open, won, lost ------------------------------------------------------------------------------

    def due(self, asked: Asked) -> Callable[[State], bool]:
        return lambda state: state.close is not None and asked.start <= state.close < asked.end

    def is_open(self, asked: Asked, category: str | None = None) -> Callable[[State], bool]:
        due = self.due(asked)
        return lambda s: s.status == "open" and due(s) and (category is None or s.category == category)

    def is_closed(self, asked: Asked, status: str) -> Callable[[State], bool]:
        due = self.due(asked)
        return lambda s: s.status == status and due(s)

    def before_history(self, asked: Asked) -> bool:
        """Say whether the whole period lies before the day of the first state."""
        return asked.end <= self.day(min(event.valid_at for event in self.world.events))

    def known(self, asked: Asked, rows: list[Answer]) -> list[Answer]:
        """Return the rows, those without deals emptied where the period ends before history begins."""
        if not self.before_history(asked):
            return rows
        return [replace(row, value=None) if not row.n else row for row in rows]

    def open_pipeline(self, asked: Asked) -> list[Answer]:
        return self.sums(asked, self.is_open(asked))

    def called(self, asked: Asked, category: str) -> list[Answer]:
        return self.sums(asked, self.is_open(asked, category))

    def deal_count(self, asked: Asked) -> list[Answer]:
        return [
            Answer(by=row.by, value=Decimal(row.n or 0), n=row.n, records=row.records)
            for row in self.open_pipeline(asked)
        ]

    def overdue(self, asked: Asked) -> list[Answer]:
        today = self.day(asked.at)
        return self.sums(asked, lambda s: s.status == "open" and s.close is not None and s.close < today)

    def bookings(self, asked: Asked) -> list[Answer]:
        return self.sums(asked, self.is_closed(asked, "won"))

    def lost(self, asked: Asked) -> list[Answer]:
        return self.sums(asked, self.is_closed(asked, "lost"))

    def won_plus_commit(self, asked: Asked) -> list[Answer]:
        return self.won_plus(asked, "commit")

    def won_plus(self, asked: Asked, *categories: str) -> list[Answer]:
        won, called = self.is_closed(asked, "won"), [self.is_open(asked, name) for name in categories]
        return self.sums(asked, lambda s: won(s) or any(is_called(s) for is_called in called))

    # -- closed deals -----------------------------------------------------------------------------------------

    def closed(self, asked: Asked) -> dict[Key, tuple[Members, Members]]:
        due = self.due(asked)
        groups = self.grouped(self.members(asked, lambda s: s.status in {"won", "lost"} and due(s)), asked)
        return {
            key: ([m for m in group if m[1].status == "won"], [m for m in group if m[1].status == "lost"])
            for key, group in groups.items()
        }

    def win_rate(self, asked: Asked) -> list[Answer]:
        return [
            Answer(
                by=self.named(key, asked),
                value=Decimal(len(won)) / (len(won) + len(lost)) if won or lost else None,
                n=len(won) + len(lost),
            )
            for key, (won, lost) in self.closed(asked).items()
        ]

    def win_rate_value(self, asked: Asked) -> list[Answer]:
        rows = []
        for key, (won, lost) in self.closed(asked).items():
            both, ours = self.total([*won, *lost], asked), self.total(won, asked) or Decimal(0)
            unpriced = bool(lost) and ours == (both or Decimal(0))
            rows.append(
                Answer(
                    by=self.named(key, asked),
                    value=ours / both if both and not unpriced else None,
                    n=len(won) + len(lost),
                )
            )
        return rows

    def average_deal_size(self, asked: Asked) -> list[Answer]:
        won = self.is_closed(asked, "won")
        rows = []
        for key, group in self.grouped(self.members(asked, won), asked).items():
            sizes = [
                value for _, state in group if (value := self.value(state, asked)) is not None and value > 0
            ]
            rows.append(
                Answer(
                    by=self.named(key, asked),
                    value=sum(sizes, Decimal(0)) / len(sizes) if sizes else None,
                    n=len(sizes),
                )
            )
        return [row for row in rows if row.n or not asked.by]

    def sales_cycle(self, asked: Asked) -> list[Answer]:
        won = self.is_closed(asked, "won")
        rows = []
        for key, group in self.grouped(self.members(asked, won), asked).items():
            days = [(state.close - self.day(self.world.created[deal])).days for deal, state in group]
            kept = [Decimal(number) for number in days if number >= 0]
            rows.append(Answer(by=self.named(key, asked), value=median(kept) if kept else None, n=len(kept)))
        return [row for row in rows if row.n or not asked.by]

    # -- created ----------------------------------------------------------------------------------------------

    def pipeline_created(self, asked: Asked) -> list[Answer]:
        members: Members = []
        for deal, events in self.log.items():
            if self.alive(deal, asked.at) is None:
                continue
            first = next((e.valid_at for e in events if self.counts(self.state(deal, e.valid_at))), None)
            if first is None or first > asked.at or not asked.start <= self.day(first) < asked.end:
                continue
            judged = min(self.day_ends(self.day(first)) - timedelta(microseconds=1), asked.at)
            state = self.alive(deal, judged)
            # It was created when it first counted; what becomes of its type or category that day does not undo that.
            if state is not None and self.asked_for(deal, state, asked):
                members.append((deal, state))
        return [
            Answer(
                by=self.named(key, asked), value=self.total(group, asked), n=len(group), records=len(group)
            )
            for key, group in self.grouped(members, asked).items()
        ]

    # -- targets ----------------------------------------------------------------------------------------------

    def target(self, asked: Asked) -> Decimal | None:
        """Return the company currency target of the scope; the period is one fiscal quarter, filters by region only."""
        lines = {region: amount for start, region, amount in self.world.targets if start == asked.start}
        regions = {region for region in lines if region is not None}
        limited = asked.regions is not None or any(name == "region" for name, _, _ in asked.filters)
        if any(name != "region" for name, _, _ in asked.filters) or asked.owners is not None:
            return None
        if not limited:
            whole = lines.get(None)
            chosen = whole if whole is not None else (sum(lines.values(), Decimal(0)) if lines else None)
        else:
            allowed = {"AMER", "EMEA", "APAC"} if asked.regions is None else set(asked.regions)
            for _, values, negate in asked.filters:
                allowed = allowed - set(values) if negate else allowed & set(values)
            chosen = (
                sum((lines[region] for region in allowed), Decimal(0))
                if allowed and allowed <= regions
                else None
            )
        if chosen is None or asked.currency == self.world.currency:
            return chosen
        rate = (self.world.rates[self.world.currency] / self.world.rates[asked.currency]).quantize(
            TENTH_DECIMAL, rounding=ROUND_HALF_EVEN
        )
        return chosen * rate

    def against_target(self, asked: Asked, name: str) -> Decimal | None:
        """Return gap, attainment, coverage or required pipeline of the whole scope."""
        asked = replace(asked, by=())
        target = self.target(asked)
        (won,), (both,) = self.bookings(asked), self.won_plus_commit(asked)
        (open_now,) = self.open_pipeline(asked)
        if target is None:
            return None
        match name:
            case "gap":
                counted = won if asked.end <= self.day(asked.at) else both
                return None if counted.value is None else target - counted.value
            case "attainment":
                return None if won.value is None or target == 0 else won.value / target
            case "coverage":
                if won.value is None or open_now.value is None or target - won.value <= 0:
                    return None
                return open_now.value / (target - won.value)
            case _:
                needed = self.world.required_coverage
                return None if needed is None else target * needed
