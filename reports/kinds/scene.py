"""`Scene`: everything one scope and period has to show, measured once and kept while the deck is composed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from connectors.company import Company
from reports import words
from reports.errors import NothingThere
from reports.facts import Dim, Filter, Measured, Period
from reports.findings import Finding, Inspection, Move, Setting, find, inspect, moves, setting
from reports.kinds.ledger import Ledger
from reports.measures import Bridge, Movement, Step, bridge, measure
from reports.measures.asked import UNRATED
from reports.view import Deal, PipelineView
from reports.view.hygiene import undated
from reports.view.narrow import rights_told, widest
from reports.view.signals import Signal, open_signals
from reports.view.timeline import Logged

# The comparison of a weekly: the same time of day, so many days earlier.
WEEK = 7
# Weeks whose mean a week is held against.
USUAL_WEEKS = 4
# Of every way to move, so many of the largest are looked up together with what left.
FIRST_OF_BUCKET = 5
# And so many of the largest deals called commit.
LARGEST_CALLED = 8
# A scope whose name is longer than this is called `this scope` in sentences; the footer names it.
PLACE = 36
# In the first so many days of a quarter the weekly opens with how the last one closed.
OPENING_DAYS = 10
# Sums over deals: where no deal is, they are zero.
SUMS = frozenset({"open_pipeline", "bookings", "commit", "best_case", "won_plus_commit"})


@dataclass(frozen=True)
class Scene:
    """A scope (the view's filters) in a period, at the view's instant and a week before, or at `compared` instead.

    `opening` says that the report opens with how the period before closed: nobody asked for a period, and this one has
    just begun. Everything is computed on first use and kept. Money is in the view's currency.
    """

    view: PipelineView
    period: Period
    compared: datetime | None = None
    opening: bool = False

    # The stage: who, when, how it is called

    @property
    def company(self) -> Company:
        """Return the company whose definitions apply."""
        return self.view.company

    @property
    def today(self) -> date:
        """Return the day of the view's instant in the organisation's zone."""
        return self.view.today

    @property
    def currency(self) -> str:
        """Return the currency of every amount."""
        return self.view.currency

    @cached_property
    def since(self) -> datetime:
        """Return the instant a week before, same local time, in UTC; or the one that is compared with instead.

        Of snapshots it is the newest that is five days old or older, else the newest earlier one.
        """
        return self.compared or self.view.back(WEEK)

    @cached_property
    def since_day(self) -> date:
        """Return the day of `since` in the organisation's zone."""
        return self.view.calendar.day(self.since)

    @cached_property
    def of_week(self) -> bool:
        """Say whether the scene looks back a week, or to what was asked for, and not to a snapshot of another day."""
        week_ago = self.view.calendar.back(self.view.as_of, days=WEEK)
        return self.compared is not None or self.since_day == self.view.calendar.day(week_ago)

    @cached_property
    def week(self) -> Period:
        """Return the seven days up to and including today."""
        return self.view.calendar.parse(
            f"{date.fromordinal(self.today.toordinal() - WEEK + 1)}..{self.today}", self.today
        )

    @cached_property
    def stamp(self) -> str:
        """Return the view's instant in words, with its year where the newest records are of another one.

        Between two exports it is said by which of them: what came since is not known. Where the CRM was asked for its
        rights, it is said when.
        """
        newest = self.view.calendar.day(self.view.session.newest())
        told = words.instant(self.view.as_of, self.company.zone, newest)
        held = self.view.snapshot_day
        export = f"by the export of {words.day(held, self.today)}" if held else ""
        return ", ".join(filter(None, (told, export, rights_told(self.view.access, zone=self.company.zone))))

    @property
    def days_left(self) -> int:
        """Return the days from today (counted) to the period's end; 0 or less when it is over."""
        return (self.period.end - self.today).days

    @property
    def is_over(self) -> bool:
        """Say whether the period has ended; one that rolls along with today has."""
        rolling = self.days_left == 1 and self.period.end.day != 1
        return self.days_left <= 0 or rolling

    @property
    def is_ahead(self) -> bool:
        """Say whether the period has not begun."""
        return self.today < self.period.start

    @cached_property
    def name(self) -> str:
        """Return what people call the period: Q4; with the year when it is not the one of today."""
        same = self.view.calendar.year(self.today).label == self.view.calendar.year(self.period.start).label
        just_over = 0 <= (self.today - self.period.end).days < OPENING_DAYS
        short = same or self.is_ahead or just_over
        return self.view.calendar.short(self.period) if short else self.period.label

    @cached_property
    def next(self) -> Period:
        """Return the period of the same length that follows."""
        return self.view.calendar.next(self.period)

    @cached_property
    def scope(self) -> str:
        """Return the scope in words: the values of the filters, else `all regions`, or whose deals a limited view shows."""
        filters = self.view.filters
        return scope_label(filters, self.company) if filters else widest(self.view.access)

    @property
    def place(self) -> str | None:
        """Return the scope as a subject of a sentence; None when everything is in scope."""
        if not self.view.filters:
            return None
        label = self.scope if len(self.scope) <= PLACE else "this scope"
        return label[:1].upper() + label[1:] if label.startswith(("all but", "this")) else label

    def values(self, dim: Dim) -> tuple[str, ...]:
        """Return the dimension's values that are in scope, in the company's order; none where it may not be read."""
        if dim in self.view.access.hidden:
            return ()
        chosen = next((item for item in self.view.filters if item.dim == dim), None)
        known = self.company.dimensions.get(dim, ())
        if chosen is None:
            return known
        if chosen.negate:
            return tuple(value for value in known if value not in chosen.values)
        return chosen.values

    # What is measured

    def measure(
        self,
        name: str,
        *by: Dim,
        then: bool = False,
        period: Period | None = None,
        since: datetime | None = None,
    ) -> Measured:
        """Return a measure for the scene's period (or another), now or a week before; measured once."""
        key = (name, by, then, period or self.period, since)
        if key not in self._measured:
            view = self.before if then else self.view
            self._measured[key] = measure(view, name, period=period or self.period, by=by, since=since)
        return self._measured[key]

    def amount(self, name: str, *, then: bool = False) -> Decimal | None:
        """Return the value of a measure without dimensions; None where there is nothing to say."""
        if then and not self.has_history:
            return None
        return self.measure(name, then=then).value

    def remarks(self, *names: str) -> tuple[str, ...]:
        """Return what these measures disclose (amounts missing, overdue part …), each thing once."""
        said: dict[str, str] = {}
        for name in names:
            measured = self.measure(name)
            for note in measured.notes:
                said.setdefault(note, f"{measured.label}: {note}.")
        return tuple(said.values())

    def unrated(self, name: str) -> bool:
        """Say whether deals that a measure counts are not in its value: their currency has no plan rate."""
        return any(UNRATED in note for note in self.measure(name).notes)

    def change(self, name: str) -> Decimal | None:
        """Return a measure's change in the week; None where either end is missing."""
        now, before = self.amount(name), self.amount(name, then=True)
        return None if now is None or before is None else now - before

    @cached_property
    def gap(self) -> Decimal | None:
        """Return target minus won and commit (won alone once the period is over); None without target."""
        return self._gap()

    def gap_of(self, region: str) -> Decimal | None:
        """Return the gap of one region; None where it has no target."""
        return self._gap(region)

    @cached_property
    def before(self) -> PipelineView:
        """Return the same view a week before."""
        return self.view.at(self.since)

    @cached_property
    def has_history(self) -> bool:
        """Say whether the mirror knows how things stood a week before."""
        return self.movement is not None

    @cached_property
    def known_days(self) -> int:
        """Return for how many days the mirror knows how things stood; 0 for a single snapshot of today."""
        begins = self.view.begins
        return 0 if begins is None else (self.today - self.view.calendar.day(begins)).days

    @cached_property
    def undated(self) -> int:
        """Return how many deals are open where none of them has a close date: what is due is not known. Else 0."""
        return undated(self.view)

    @cached_property
    def movement(self) -> Bridge | None:
        """Return the bridge of the week; None when history does not reach back to its start."""
        try:
            return bridge(self.view, self.period, self.since)
        except NothingThere:
            return None

    def step(self, bucket: str) -> Step | None:
        """Return the whole of one bucket of the week's bridge; None without history."""
        return self.movement.step(bucket) if self.movement else None

    def moved(self, *buckets: str) -> tuple[Movement, ...]:
        """Return the week's largest movements in these buckets, largest first; none without history."""
        found = [
            move for move in (self.movement.movements if self.movement else ()) if move.bucket in buckets
        ]
        return tuple(sorted(found, key=lambda move: (-abs(move.value), move.deal_id)))

    @cached_property
    def usual_slippage(self) -> Decimal | None:
        """Return the mean slip rate of the four weeks before; None when history is shorter."""
        try:
            found = self.measure("slip_rate_average", since=self.since) if self.has_history else None
        except NothingThere:
            return None
        # Between snapshots nothing is known: a week or two of them are no usual.
        few = found is not None and bool(self.view.snapshots) and found.rows[0].n < USUAL_WEEKS
        return None if found is None or few else found.value

    def signals(self, ids: Iterable[str]) -> dict[str, Signal]:
        """Return what is known about these deals, by id; only those that are open."""
        wanted = set(ids)
        if asked := tuple(sorted((wanted | self._told) - self._signals.keys())):
            whole = self.view.everything()
            # Without filters the chances look at the same deals.
            together = whole.filters == self.view.filters
            found = open_signals(whole, self.period, since=self.since, ids=asked, together=together)
            self._signals.update(dict.fromkeys(asked) | {signal.id: signal for signal in found})
        return {key: signal for key in wanted if (signal := self._signals[key]) is not None}

    @cached_property
    def judged(self) -> Setting:
        """Return what findings are judged against: odds, floors, landmarks."""
        return setting(self.view, self.period)

    @property
    def sampled(self) -> tuple[str, ...]:
        """Return the sentence that odds and usual times stand on a part of the deals; empty where on all."""
        if self.judged.every == 1:
            return ()
        which = words.ordinal(self.judged.every)
        return (
            f"Odds and usual days in a stage are measured on every {which} deal of the past, always the same ones.",
        )

    @property
    def logged(self) -> Logged:
        """Return what is known of activity."""
        return self.judged.logged

    def inspected(self, deals: Iterable[Deal]) -> Mapping[str, Inspection]:
        """Return what a look at each open deal shows, by its id."""
        few = tuple(deals)
        known = self.signals(deal.id for deal in few)
        return inspect(self.view, few, period=self.period, judged=self.judged, known=known.values())

    @cached_property
    def chances(self) -> tuple[Finding, ...]:
        """Return the findings of the scope that may bring money, most of it first."""
        return find(self.view, self.period, judged=self.judged, harms_too=False)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Return the ways to win in this period, most money first."""
        return moves(self.view, self.period, self.chances)

    def deals(self, ids: Iterable[str]) -> dict[str, Deal]:
        """Return deals by id, whatever their state at the view's instant."""
        wanted = set(ids)
        if asked := tuple(sorted((wanted | self._told) - self._deals.keys())):
            found = self.view.everything().deals(ids=asked, counted=False)
            self._deals.update(dict.fromkeys(asked) | {deal.id: deal for deal in found})
        return {key: deal for key in wanted if (deal := self._deals[key]) is not None}

    # How it is written

    @cached_property
    def scale(self) -> words.Scale:
        """Return the scale that all totals of the scene share: that of the largest; finer where it hides the target."""
        names = ("target", "won_plus_commit", "open_pipeline")
        opening = self.movement.opening.value if self.movement else None
        scale = words.scale_for((opening, *(self.amount(name) for name in names)))
        target = self.amount("target")
        if target and abs(scale.round(target) * scale.divisor - target) > abs(target) / 20:
            return words.scale_for((target,))
        return scale

    def ledger(self) -> Ledger:
        """Return an empty ledger for a slide of this scene."""
        return Ledger(
            as_of=self.view.as_of,
            currency=self.currency,
            scale=self.scale,
            scope=self.scope,
            period=self.period,
        )

    def _gap(self, region: str | None = None) -> Decimal | None:
        called = "bookings" if self.is_over else "won_plus_commit"
        target, won = self.part("target", region), self.part(called, region)
        return None if target is None else target - (won or 0)

    def part(
        self, name: str, value: str | None, dim: Dim = "region", *, then: bool = False
    ) -> Decimal | None:
        """Return a measure for one value of a dimension (None: the whole scope); None where it has none."""
        if value is None:
            return self.amount(name, then=then)
        if then and not self.has_history:
            return None
        row = self.measure(name, dim, then=then).row(value)
        if row is None:
            return Decimal(0) if name in SUMS else None
        return row.value

    @cached_property
    def slippage(self) -> Decimal | None:
        """Return the week's slip rate; None without history or without pipeline a week ago."""
        return self.measure("slip_rate", since=self.since).value if self.has_history else None

    @cached_property
    def _told(self) -> set[str]:
        """Return the deals that slides look up one after the other: reading them together reads the mirror once."""
        moved = self.movement.movements if self.movement else ()
        places = Counter[str]()
        found = set()
        for move in moved:
            places[move.bucket] += 1
            if move.bucket in {"pushed_out", "lost"} or places[move.bucket] <= FIRST_OF_BUCKET:
                found.add(move.deal_id)
        return found | set(self.measure("commit").rows[0].records[:LARGEST_CALLED])

    @cached_property
    def _signals(self) -> dict[str, Signal | None]:
        return {}

    @cached_property
    def _deals(self) -> dict[str, Deal | None]:
        return {}

    @cached_property
    def _measured(self) -> dict[object, Measured]:
        return {}


def scope_label(filters: tuple[Filter, ...], company: Company) -> str:
    """Return filters in words, `EMEA, Enterprise`; `all regions` when there are none."""
    parts = [
        ("all but " if item.negate else "")
        + words.joined((words.line(company.label(value), 40) for value in item.values), "or")
        for item in filters
    ]
    return ", ".join(parts) if parts else "all regions"
