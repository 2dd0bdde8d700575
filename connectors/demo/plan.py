"""The last five weeks of every deal that is not in the season: who wins, who slips, who stays, and when.

The simulation stops five weeks before the story's Monday. From there each open deal is given a role, so that the
quarter has as many deals in each place as the story says; the last week moves nothing but what the season moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np

from connectors.demo import calendar, clock, goals
from connectors.demo.fit import DOLLAR
from connectors.demo.names import NEXT_STEPS, SUBJECTS
from connectors.demo.people import REPS, rep_number
from connectors.demo.population import REGIONS
from connectors.demo.simulate import CLOSED, LOST, NEGOTIATION, WON
from connectors.demo.story import Story

FIRST_WEEK = calendar.WEEKS - calendar.PLANNED_WEEKS
LAST_WEEK = calendar.WEEKS - 1
CATEGORY = {"pipeline": 0, "best_case": 1, "commit": 2}
_TODAY = calendar.WEEKS * 7
_STAGE_FOR = {"commit": 3, "best_case": 2, "pipeline": 1}
_PASSED = tuple(
    calendar.number(date(2026, month, day))
    for month, day in ((10, 16), (10, 30), (11, 6), (11, 13), (11, 20))
)
_AHEAD = tuple(
    calendar.number(date(2026, month, day))
    for month, day in ((11, 27), (11, 30), (12, 4), (12, 11), (12, 18), (12, 18), (12, 31), (12, 31))
)
_NEXT = tuple(
    calendar.number(date(2027, month, day))
    for month, day in ((1, 15), (1, 29), (2, 12), (2, 26), (3, 12), (3, 26), (3, 31), (3, 31))
)
_LATER = tuple(
    calendar.number(date(2027, month, day))
    for month, day in ((4, 16), (4, 30), (5, 28), (6, 25), (6, 30), (7, 30))
)
_GAINS = ("Won: fit", "Won: fit", "Won: price", "Won: speed")
_LOSSES = ("No decision", "No decision", "Price", "Timing", "Competitor", "Missing feature")


# What is wanted of each region: how many deals, worth how many dollars.
Wanted = dict[str, list[tuple[int, int]]]


class Pool:
    """Open deals that have no role yet; taking some gives the ones that fit best, always the same ones."""

    def __init__(self, stories: Iterable[Story]) -> None:
        self._left = {
            region: [s for s in stories_in if s.region == region] for region, stories_in in _thrice(stories)
        }

    def take(self, region: int, n: int, *, fit: Any, only: Any = None) -> list[Story]:
        """Return up to `n` deals of a region, those with the highest `fit` first; `only` says which may be taken."""
        able = [story for story in self._left[region] if only is None or only(story)]
        chosen = sorted(able, key=lambda story: (fit(story), story.id), reverse=True)[:n]
        gone = {story.id for story in chosen}
        self._left[region] = [story for story in self._left[region] if story.id not in gone]
        return chosen

    def take_worth(self, region: int, n: int, dollars: int, *, fit: Any, only: Any = None) -> list[Story]:
        """Return `n` deals of a region that fit well and are together worth about `dollars`."""
        able = self.take(region, max(n * 2, n + 6), fit=fit, only=only)
        able.sort(key=lambda story: (story.dollars, story.id))
        sums = np.concatenate([[0], np.cumsum([story.dollars for story in able])])
        starts = max(len(able) - n, 0) + 1
        worth = sums[n : n + starts] - sums[:starts] if len(able) >= n else np.zeros(1)
        start = int(np.argmin(np.abs(worth - dollars * DOLLAR)))
        self._left[region] += able[:start] + able[start + n :]
        return able[start : start + n]

    def drop(self, story: Story) -> None:
        """Take this one deal."""
        self._left[story.region] = [other for other in self._left[story.region] if other.id != story.id]

    def rest(self) -> list[Story]:
        """Return everything that was not taken."""
        return [story for region in sorted(self._left) for story in self._left[region]]


class Plan:
    """Gives every open deal its role and writes its last weeks.

    `wanted` is how many deals, and worth how many dollars, each region still has to win in the planned weeks (`won`)
    and to have open and due in the quarter (by category), without what the season brings.
    """

    def __init__(self, stories: Sequence[Story], *, seed: int, wanted: Wanted) -> None:
        self.rng = np.random.default_rng([seed, 5])
        self.pool = Pool(stories)
        self.blank = [story for story in stories if story.last("amount") is None]
        self.wanted = wanted
        self.won: list[Story] = []
        self.slipped: dict[int, list[Story]] = {week: [] for week in range(FIRST_WEEK, LAST_WEEK)}
        self.open: dict[tuple[str, int], list[Story]] = {}
        self.next_quarter: list[Story] = []
        self.later: list[Story] = []
        self.old_overdue: list[Story] = []
        self.lost: list[Story] = []

    def carry_out(self) -> None:
        """Give out all roles, in the order of what is hardest to find."""
        self._amounts()
        for region in range(len(REGIONS)):
            self._old(region)
            self._winners(region)
            self._open_ones(region)
            self._slips(region)
            self._next(region)
        for story in self.pool.rest():
            self._lose(story)
        for story in (*self._still_open(), *self.won):
            self._keep_in_touch(story)
        self._overdue_owners()

    def _still_open(self) -> list[Story]:
        open_ones = [story for cell in self.open.values() for story in cell]
        slipped = [story for week in self.slipped.values() for story in week]
        return [*open_ones, *slipped, *self.next_quarter, *self.later]

    def _amounts(self) -> None:
        """Let some deals without an amount stay so, far out, and give the others one."""
        for place, story in enumerate(sorted(self.blank, key=lambda s: s.id)):
            if place < goals.WITHOUT_AMOUNT:
                self.pool.drop(story)
                self._date(story, _LATER, at_least=True)
                self.later.append(story)
            else:
                story.rewrite("amount", (5 + place % 9) * 400_000)

    def _old(self, region: int) -> None:
        """Deals that should have closed before the quarter began and were never looked at again."""
        n = goals.OVERDUE_FROM_BEFORE[region]
        for story in self.pool.take(
            region, n, fit=lambda s: -s.last("close"), only=_due_before(calendar.QUARTER, born=-8)
        ):
            self.old_overdue.append(story)

    def _winners(self, region: int) -> None:
        n, dollars = self.wanted["won"][region]
        winners = self.pool.take_worth(
            region, n, dollars, fit=lambda s: (s.last("stage"), s.created % 1000), only=_known(2)
        )
        self.rng.shuffle(winners)
        for place, story in enumerate(winners):
            week = FIRST_WEEK + place % (LAST_WEEK - FIRST_WEEK)
            at = self._at(week, story)
            self._advance(story, NEGOTIATION, before=at)
            day = _company_day(at)
            story.tell(
                at,
                stage=4,
                status=WON,
                category=CLOSED,
                close=day,
                next_step=None,
                reason=str(self.rng.choice(_GAINS)),
                amount=story.last("amount"),
            )
            self.won.append(story)

    def _open_ones(self, region: int) -> None:
        """Deals that are open and due in the quarter."""
        for category in ("commit", "best_case", "pipeline"):
            wanted, dollars = self.wanted[category][region]
            stage = _STAGE_FOR[category]
            overdue = goals.OVERDUE_BY_CATEGORY[category][region]
            chosen = self.pool.take_worth(
                region,
                wanted,
                dollars,
                fit=lambda s, stage=stage: (-abs(s.last("stage") - stage), -s.dollars // 2_000_000_000),
                only=_known(1 if stage > 1 else 0),
            )
            if len(chosen) < wanted:
                raise ValueError(
                    f"{REGIONS[region]}: {len(chosen)} of {wanted} {category} deals; use another seed"
                )
            chosen.sort(key=lambda s: (s.last("close"), s.id))
            for place, story in enumerate(chosen):
                self._settle(story, stage, CATEGORY[category])
                self._date(story, _PASSED if place < overdue else _AHEAD, at_least=place >= overdue)
            self.open[category, region] = chosen

    def _slips(self, region: int) -> None:
        for week in self.slipped:
            for story in self.pool.take(
                region,
                goals.SLIPS_PER_WEEK[region],
                fit=lambda s: (s.last("stage") > 0, s.segment > 0, s.created % 997),
                only=_known(3),
            ):
                self._date(story, _AHEAD, at_least=True)
                at = self._at(week, story)
                story.tell(at, close=int(self.rng.choice(_NEXT)))
                self.slipped[week].append(story)

    def _next(self, region: int) -> None:
        for story in self.pool.take(
            region, goals.NEXT_QUARTER_COUNT[region], fit=lambda s: (s.segment, s.created % 991)
        ):
            self._date(story, _NEXT, at_least=True)
            self._settle(story, min(int(story.last("stage")), 2), None)
            self.next_quarter.append(story)
        for story in self.pool.take(region, goals.LATER_COUNT[region], fit=lambda s: (s.created, s.segment)):
            self._date(story, _LATER, at_least=True)
            self._settle(story, min(int(story.last("stage")), 1), None)
            self.later.append(story)

    def _lose(self, story: Story) -> None:
        week = int(self.rng.integers(FIRST_WEEK, LAST_WEEK))
        while clock.week_start(week) < story.created + calendar.DAY:
            week += 1
        if week >= LAST_WEEK:
            # Opened too late to be lost before the last week: it waits for its turn, far out.
            self._date(story, _LATER, at_least=True)
            self.later.append(story)
            return
        at = self._at(week, story)
        story.tell(
            at,
            stage=5,
            status=LOST,
            category=CLOSED,
            close=_company_day(at),
            next_step=None,
            reason=str(self.rng.choice(_LOSSES)),
            amount=story.last("amount"),
        )
        self.lost.append(story)

    def _settle(self, story: Story, stage: int, category: int | None) -> None:
        """Bring a deal to a stage in the planned weeks, and let its rep call it so."""
        if category is None and story.last("stage") == stage:
            return
        called = _DEFAULT[stage] if category is None else category
        if story.last("stage") < stage:
            self._advance(story, stage, before=clock.week_start(LAST_WEEK), category=called)
        else:
            event = next(e for e in reversed(story.events) if "stage" in e.values)
            event.values |= {"stage": stage if category is None else story.last("stage"), "category": called}
            if event is story.events[0]:
                event.values["stage"] = min(event.values["stage"], stage)

    def _advance(self, story: Story, stage: int, *, before: int, category: int | None = None) -> None:
        if story.last("stage") >= stage:
            return
        at = self._at(int(self.rng.integers(FIRST_WEEK, LAST_WEEK)), story)
        at = min(at, before - calendar.DAY)
        if at <= story.events[-1].at:
            at = story.events[-1].at + 1800
        story.tell(at, stage=stage, category=_DEFAULT[stage] if category is None else category)

    def _date(self, story: Story, days: Sequence[int], *, at_least: bool) -> None:
        """Give a deal one of these close dates, unless its own already lies among them in time."""
        close = int(story.last("close"))
        first = calendar.QUARTER if days is _PASSED else min(days)
        if not at_least or not first <= close <= max(days) or close % 7 > 4:
            story.rewrite("close", int(self.rng.choice(days)))

    def _keep_in_touch(self, story: Story) -> None:
        """Go on with the activities of the planned weeks at the rep's own pace, and rewrite some next steps."""
        sleepy = bool(story.planted.get("stalled") or story.planted.get("zombie"))
        rate = 0.1 if sleepy else (1.2, 1.6, 2.0, 2.2)[min(int(story.last("stage")), 3)]
        rate *= REPS[story.owner].logging
        ends = story.events[-1].at if not story.is_open else clock.week_start(calendar.WEEKS)
        for week in range(FIRST_WEEK, calendar.WEEKS):
            for _ in range(3):
                at = self._at(week, story)
                if self.rng.random() < 1 - np.exp(-rate / 3) and story.created < at < ends:
                    kind = ("email", "call", "meeting")[int(self.rng.integers(0, 3))]
                    subject = SUBJECTS[int(self.rng.integers(0, len(SUBJECTS)))]
                    story.touch(at, kind, subject, buyer=bool(self.rng.random() < 0.85))
        if story.is_open and self.rng.random() < 0.5:
            at = self._at(int(self.rng.integers(FIRST_WEEK, calendar.WEEKS)), story)
            if at > story.created:
                words = NEXT_STEPS[min(int(story.last("stage")), 3)]
                story.tell(at, next_step=words[int(self.rng.integers(0, len(words)))] or None)
        story.touches.sort(key=lambda touch: touch.at)

    def _overdue_owners(self) -> None:
        """Let every rep but the tidy ones own at least one of the deals that are past due."""
        late = [s for s in (*self.old_overdue, *self._still_open()) if s.last("close") < _TODAY]
        tidy = {rep_number(name) for name in goals.TIDY_REPS}
        for region in range(len(REGIONS)):
            owners = [n for n, rep in enumerate(REPS) if rep.region == REGIONS[region] and n not in tidy]
            here = [s for s in late if s.region == region]
            for story, owner in zip(here, owners, strict=False):
                story.owner = owner
            for place, story in enumerate(here):
                if story.owner in tidy:
                    story.owner = owners[place % len(owners)]

    def _at(self, week: int, story: Story) -> int:
        """Return a moment between Tuesday and Friday of that week, in the rep's office hours."""
        day = week * 7 + int(self.rng.choice((1, 2, 3, 4, 4)))
        minutes = int(self.rng.integers(10 * 60, 17 * 60))
        if REPS[story.owner].habit == "friday":
            day, minutes = week * 7 + 4, 16 * 60 + 50
        return clock.at(calendar.day(day), f"{minutes // 60}:{minutes % 60:02d}", REGIONS[story.region])


_DEFAULT = (0, 0, 1, 2)


def _thrice(stories: Iterable[Story]) -> list[tuple[int, list[Story]]]:
    every = list(stories)
    return [(region, every) for region in range(len(REGIONS))]


def _known(weeks: int, *, stage: int = 0) -> Any:
    """Return whether a deal was opened at least so many weeks before the planned ones and has come so far."""
    latest = clock.week_start(FIRST_WEEK - weeks) if weeks else clock.week_start(LAST_WEEK - 1)
    return lambda story: story.created < latest and story.last("stage") >= stage and story.last("amount")


def _due_before(day: int, *, born: int) -> Any:
    latest = clock.week_start(FIRST_WEEK + born)
    return lambda story: story.last("close") < day and story.created < latest and story.last("amount")


def _company_day(at: int) -> int:
    return int(clock.company_day(np.array([at], dtype=np.int64))[0])
