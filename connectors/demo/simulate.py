"""What became of the deals, week by week: hidden state in, an event log out. Pure in (deals, seed).

Hazards, harms, decoys, pushes and logging habits after the reference generator; one array per field, one step per week.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connectors.demo import calendar, clock
from connectors.demo.clock import Ints
from connectors.demo.names import NEXT_STEPS, STEPS
from connectors.demo.people import REPS
from connectors.demo.population import REGIONS, SOURCE_PULL, Deals, snap
from connectors.mirror.schema import BIT

OPEN, WON, LOST = 0, 1, 2
# Places in CATEGORIES.
CATEGORIES = ("pipeline", "best_case", "commit", "closed", "omitted")
CLOSED = 3
STAGES = ("Discovery", "Evaluation", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
NEGOTIATION = 3

_ADVANCE = np.array([[0.28, 0.30, 0.32, 0.30], [0.17, 0.18, 0.20, 0.20], [0.10, 0.10, 0.12, 0.13]])
_LOSE = np.array([[0.33, 0.14, 0.10, 0.07], [0.20, 0.085, 0.06, 0.04], [0.115, 0.05, 0.035, 0.025]])
_RUSH = np.array([0.45, 0.5, 0.55, 0.6, 0.65, 0.65, 0.7, 0.75, 0.8, 1.0, 1.3, 1.9, 3.2, 3.2])
# A deal that was pushed twice or more is less likely to move on.
_PUSHED = np.array([1.0, 1.0, 0.75, 0.6])
_TOUCHES = np.array([1.2, 1.6, 2.0, 2.2])
_DEFAULT_CATEGORY = np.array([0, 0, 1, 2])
_STAGE_STEPS = np.array([[STEPS.index(step) for step in steps] for steps in NEXT_STEPS])
# Who calls low can afford it.
_SANDBAGGER_SKILL = 0.45
_NO_STEP = STEPS.index("")
_MASK_STAGE = BIT["stage"] | BIT["category"]
_MASK_END = (
    BIT["stage"]
    | BIT["status"]
    | BIT["category"]
    | BIT["amount"]
    | BIT["close"]
    | BIT["reason"]
    | BIT["next_step"]
)
EVENT_FIELDS = (
    "deal",
    "at",
    "fields",
    "stage",
    "status",
    "category",
    "amount",
    "close",
    "step",
    "reason",
    "deleted",
)
TOUCH_FIELDS = ("deal", "at", "kind", "buyer", "subject")


@dataclass(slots=True)
class Log:
    """Rows that are being written, column by column; `event` and `touch` turn them into arrays."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    touches: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, deal: Ints, at: Ints, fields: int, **values: Any) -> None:
        """Write events of one kind for several deals."""
        if len(deal):
            n = len(deal)
            row = (np.broadcast_to(values.get(name, 0), n) for name in EVENT_FIELDS[3:])
            self.rows.append((deal, at, np.full(n, fields), *row))

    def columns(self) -> dict[str, Ints]:
        """Return all events by column, ordered by deal and instant."""
        return _ordered(EVENT_FIELDS, self.rows)

    def touch_columns(self) -> dict[str, Ints]:
        """Return all activities by column, ordered by deal and instant."""
        return _ordered(TOUCH_FIELDS, self.touches)


@dataclass(frozen=True, slots=True)
class Past:
    """What a simulation leaves behind.

    `events` and `touches` are columns, ordered by deal and instant; `harms` and `decoys` name what was planted, by
    deal; `state` is every deal as it stood in the end.
    """

    deals: Deals
    events: dict[str, Ints]
    touches: dict[str, Ints]
    state: dict[str, Ints]
    harms: dict[str, NDArray[np.bool_]]
    decoys: dict[str, NDArray[np.bool_]]


def past(deals: Deals, *, seed: int, until: int, draws: int = 2) -> Past:
    """Return the history of these deals up to the week `until`; `draws` is the most activities a deal sees in a week."""
    return _Run(deals, np.random.default_rng([seed, 3, deals.first]), draws).to(until)


class _Run:
    """One simulation: the state of every deal, and the log."""

    def __init__(self, deals: Deals, rng: np.random.Generator, draws: int) -> None:
        n = len(deals)
        self.deals, self.rng, self.draws, self.log = deals, rng, draws, Log()
        self.stage = np.zeros(n, dtype=np.int64)
        self.status = np.zeros(n, dtype=np.int64)
        self.amount = deals.amount.copy()
        self.close = deals.close.copy()
        self.step = np.where(rng.random(n) < 0.35, _NO_STEP, _STAGE_STEPS[0][rng.integers(0, 8, n)])
        self.harm = {
            name: np.zeros(n, dtype=bool) for name in ("stalled", "champion_left", "competitor", "zombie")
        }
        self.harm["no_economic_buyer"] = rng.random(n) < 0.3
        self.pushes = np.zeros(n, dtype=np.int64)
        self.procurement = (deals.segment == 2) & (rng.random(n) < 0.2)
        self.habit = {
            name: np.array([getattr(rep, name) for rep in REPS])[deals.owner]
            for name in ("logging", "hygiene")
        }
        skills = np.random.default_rng(7).normal(0, 0.2, len(REPS))
        skills[[rep.habit == "sandbagger" for rep in REPS]] = _SANDBAGGER_SKILL
        zombie = np.random.default_rng(8).uniform(0.04, 0.22, len(REPS))
        self.skill, self.zombie_share = skills[deals.owner], zombie[deals.owner]
        self.friday = np.array([rep.habit == "friday" for rep in REPS])[deals.owner]
        self.pull = 0.35 * deals.quality + self.skill + SOURCE_PULL[deals.source]

    def to(self, until: int) -> Past:
        deals = self.deals
        self._open()
        born = deals.created_day // 7
        for week in range(int(born.min()) + 1 if len(deals) else until, until):
            active = np.flatnonzero((born < week) & (self.status == OPEN))
            if len(active):
                self._week(week, active)
        state = {
            "stage": self.stage,
            "status": self.status,
            "amount": self.amount,
            "close": self.close,
            "step": self.step,
        }
        decoys = {"procurement": self.procurement, "logs_little": self.habit["logging"] < 0.3}
        return Past(deals, self.log.columns(), self.log.touch_columns(), state, self.harm, decoys)

    def _open(self) -> None:
        every = np.arange(len(self.deals))
        fields = sum(BIT.values()) & ~BIT["reason"]
        missing = self.rng.random(len(every)) < 0.04
        self.log.add(
            every,
            self.deals.created,
            fields,
            amount=np.where(missing, -1, self.amount),
            close=self.close,
            step=self.step,
        )

    def _week(self, week: int, active: Ints) -> None:
        rng, n = self.rng, len(active)
        at = self._instants(week, active)
        awake = ~self.harm["zombie"][active]
        self._plant(active[awake])
        self._touch(week, active)
        stage = self.stage[active]
        up, down = self._hazards(week, active)
        u = rng.random(n)
        advance = awake & (u < up)
        lose = np.where(awake, ~advance & (rng.random(n) < down), rng.random(n) < 1 / 30)
        regress = awake & ~advance & ~lose & (stage > 0) & (rng.random(n) < 0.01)
        win = advance & (stage == NEGOTIATION)
        zombie = lose & awake & (rng.random(n) < self.zombie_share[active])
        self.harm["zombie"][active[zombie]] = True
        lose &= ~zombie
        self._win(week, active[win], at[win])
        self._lose(active[lose], at[lose])
        self._move(active[advance & ~win], at[advance & ~win])
        self.stage[active[regress]] -= 1
        self._stage_event(active[regress], at[regress])
        self._dates(week, active[~win & ~lose], at[~win & ~lose] + 600)
        self._steps(active[~win & ~lose], at[~win & ~lose] + 300)

    def _hazards(self, week: int, active: Ints) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the chances of advancing and of being lost in this week."""
        stage, segment, pull = self.stage[active], self.deals.segment[active], self.pull[active]
        late = stage == NEGOTIATION
        slow = np.where(self.procurement[active] & late, 0.6, 1.0)
        harm = {name: flags[active] for name, flags in self.harm.items()}
        up = (
            _ADVANCE[segment, stage]
            * np.exp(pull)
            * slow
            * np.where(late, _RUSH[_week_of_quarter(week)], 1.0)
        )
        up *= np.where(harm["stalled"], 0.25, 1.0) * np.where(harm["champion_left"], 0.45, 1.0)
        up *= _PUSHED[np.minimum(self.pushes[active], 3)]
        up *= np.where(harm["no_economic_buyer"] & (stage >= 2), 0.6, 1.0)
        down = _LOSE[segment, stage] * np.exp(-pull) * slow * np.where(harm["stalled"], 1.4, 1.0)
        down *= np.where(harm["champion_left"], 2.0, 1.0) * np.where(harm["competitor"], 1.5, 1.0)
        return 1 - np.exp(-1.1 * up), 1 - np.exp(-down)

    def _plant(self, active: Ints) -> None:
        rng, n = self.rng, len(active)
        stage, quality = self.stage[active], self.deals.quality[active]
        stalled = self.harm["stalled"][active]
        enters = ~stalled & (stage > 0) & (rng.random(n) < 0.02 * np.exp(-0.3 * quality))
        leaves = stalled & (rng.random(n) < 0.08)
        self.harm["stalled"][active] = (stalled | enters) & ~leaves
        self.harm["champion_left"][active] |= rng.random(n) < 0.006
        self.harm["competitor"][active] |= (stage > 0) & (rng.random(n) < 0.008)

    def _touch(self, week: int, active: Ints) -> None:
        """Write the activities of a week: fewer on a stalled deal, hardly any on a dead one."""
        rate = (
            _TOUCHES[self.stage[active]]
            * np.exp(0.3 * self.deals.quality[active])
            * self.habit["logging"][active]
        )
        rate *= np.where(self.harm["stalled"][active], 0.1, 1.0) * np.where(
            self.harm["champion_left"][active], 0.5, 1.0
        )
        rate *= np.where(self.harm["zombie"][active], 0.02, 1.0)
        for _ in range(self.draws):
            seen = active[self.rng.random(len(active)) < 1 - np.exp(-rate / self.draws)]
            n = len(seen)
            if n:
                kind, buyer = self.rng.integers(0, 3, n), self.rng.random(n) < 0.85
                at = self._instants(week, seen, bulk=False)
                self.log.touches.append((seen, at, kind, buyer, self.rng.integers(0, 8, n)))

    def _win(self, week: int, won: Ints, at: Ints) -> None:
        last = _week_of_quarter(week) >= 11
        discount = self.rng.beta(2, 12, len(won)) * (1.5 if last else 1.0)
        # Exact to the unit: what was signed, not what was hoped for.
        self.amount[won] = (
            np.maximum(np.rint(self.amount[won] * (1 - discount) / 100).astype(np.int64), 1) * 100
        )
        self.status[won], self.stage[won] = WON, 4
        self.close[won] = clock.company_day(at)
        self._end(won, at, self.rng.integers(5, 8, len(won)))

    def _lose(self, lost: Ints, at: Ints) -> None:
        self.status[lost], self.stage[lost] = LOST, 5
        self.close[lost] = clock.company_day(at)
        self._end(lost, at, self.rng.choice(5, size=len(lost), p=(0.38, 0.2, 0.16, 0.16, 0.1)))

    def _end(self, deal: Ints, at: Ints, reason: Ints) -> None:
        self.log.add(
            deal,
            at,
            _MASK_END,
            stage=self.stage[deal],
            status=self.status[deal],
            category=CLOSED,
            amount=self.amount[deal],
            close=self.close[deal],
            step=_NO_STEP,
            reason=reason,
        )

    def _move(self, deal: Ints, at: Ints) -> None:
        """Advance deals by a stage, sometimes two; half of them are quoted anew when they reach Proposal."""
        before = self.stage[deal]
        skip = (before < 2) & (self.rng.random(len(deal)) < 0.12)
        self.stage[deal] = before + 1 + skip
        self._stage_event(deal, at)
        quoted = (self.stage[deal] == 2) & (self.rng.random(len(deal)) < 0.5)
        if quoted.any():
            chosen = deal[quoted]
            moved = self.amount[chosen] * np.exp(self.rng.normal(-0.03, 0.18, len(chosen)))
            self.amount[chosen] = np.maximum(np.rint(moved / 50_000).astype(np.int64), 1) * 50_000
            self.log.add(chosen, at[quoted] + 60, BIT["amount"], amount=self.amount[chosen])

    def _stage_event(self, deal: Ints, at: Ints) -> None:
        self.log.add(
            deal,
            at,
            _MASK_STAGE,
            stage=self.stage[deal],
            category=called(self.stage[deal], self.deals.lean[deal]),
        )

    def _dates(self, week: int, deal: Ints, at: Ints) -> None:
        """Mend dates that have passed, push early deals ahead of time, pull late-stage ones in."""
        rng, n, today = self.rng, len(deal), (week + 1) * 7
        close, stage, tidy = self.close[deal], self.stage[deal], self.habit["hygiene"][deal]
        tidy = tidy * np.where(self.harm["zombie"][deal], 0.45, 1.0)
        mend = (close < today) & (rng.random(n) < 0.6 * tidy**2)
        ahead = ~mend & (stage < 2) & (close >= today) & (close < today + 14) & (rng.random(n) < 0.5 * tidy)
        pull = (stage == NEGOTIATION) & (close > today + 42) & (rng.random(n) < 0.1)
        weeks = np.where(
            mend, rng.integers(2, 9, n), np.where(ahead, rng.integers(5, 14, n), rng.integers(1, 4, n))
        )
        moved = mend | ahead | pull
        chosen = deal[moved]
        self.pushes[deal[mend | ahead]] += 1
        self.close[chosen] = snap(rng, today + weeks[moved] * 7)
        self.log.add(chosen, at[moved], BIT["close"], close=self.close[chosen])

    def _steps(self, deal: Ints, at: Ints) -> None:
        rewritten = self.rng.random(len(deal)) < 0.12
        chosen = deal[rewritten]
        dull = np.where(self.harm["stalled"][chosen] | self.harm["zombie"][chosen], 0.6, 0.25)
        words = _STAGE_STEPS[self.stage[chosen], self.rng.integers(0, 8, len(chosen))]
        self.step[chosen] = np.where(self.rng.random(len(chosen)) < dull, _NO_STEP, words)
        self.log.add(chosen, at[rewritten], BIT["next_step"], step=self.step[chosen])

    def _instants(self, week: int, deal: Ints, *, bulk: bool = True) -> Ints:
        """Return a moment of that week's office hours for each deal, Fridays most; Friday 16:50 for who does it then."""
        rng, n = self.rng, len(deal)
        days = rng.choice(np.array([1, 2, 3, 4, 4, 4]), size=n) + week * 7
        ends = np.array([calendar.number(date(2024 + i // 12, i % 12 + 1, 1)) - 1 for i in range(1, 40)])
        last = ends[np.searchsorted(ends, week * 7)]
        if last < week * 7 + 5:
            days = np.where(rng.random(n) < 0.5, np.maximum(last, week * 7 + 1), days)
        minutes = rng.integers(10 * 60, 17 * 60, n)
        if bulk:
            late = self.friday[deal]
            days, minutes = np.where(late, week * 7 + 4, days), np.where(late, 16 * 60 + 50, minutes)
        at = np.zeros(n, dtype=np.int64)
        for place, name in enumerate(REGIONS):
            mask = self.deals.region[deal] == place
            at[mask] = clock.instant(days[mask], minutes[mask], calendar.ZONES[name])
        return at + rng.integers(0, 40, n)


def called(stage: Ints, lean: Ints) -> Ints:
    """Return the category a rep gives to a deal in that stage; a lean only shows from Evaluation on."""
    return np.asarray(np.clip(_DEFAULT_CATEGORY[stage] + np.where(stage > 0, lean, 0), 0, 2))


def _week_of_quarter(week: int) -> int:
    """Return 0 to 13: which week of its quarter the Monday of `week` lies in."""
    monday = calendar.day(week * 7 + 3)
    first = date(monday.year, (monday.month - 1) // 3 * 3 + 1, 1)
    return (monday - first).days // 7


def _ordered(names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> dict[str, Ints]:
    columns = (
        [np.concatenate(parts) for parts in zip(*rows, strict=True)]
        if rows
        else [np.zeros(0, dtype=np.int64)] * len(names)
    )
    # One key for both: instants fit into 32 bits.
    order = np.argsort((columns[0] << 32) + columns[1], kind="stable")
    return {name: column[order] for name, column in zip(names, columns, strict=True)}
