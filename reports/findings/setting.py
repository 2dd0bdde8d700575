"""What every rule is judged against: the period, its landmarks, the floors, and the days by which an act still helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from connectors.company import Thresholds
from reports import words
from reports.facts import Period
from reports.findings.evidence import Teller
from reports.findings.odds import Cell, PeerOdds, Position, Profile, Record, peer_odds, profile
from reports.view import PipelineView
from reports.view.landmarks import IDLE_DAYS, past
from reports.view.session import cross_rates
from reports.view.signals import Signal
from reports.view.sizes import median_amounts
from reports.view.timeline import Logged, logged

# A deal alert is worth nobody's time below this share of the quarter's target.
FLOOR_SHARE = Decimal("0.005")
# Working days until an act is due, by how much it presses.
SOON, THIS_WEEK = 2, 4
# How a column is called that says when somebody was last in touch, by what is known of it; nothing: there is none.
LAST_SEEN = {Logged.TOUCHES: "Last buyer touch", Logged.DAYS: "Last activity"}
_ODD = {"overdue": "this", "later": "this", "next": "this"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One view, one period, and what history says about both.

    Attributes:
        since: the instant since which something is new.
        horizon: the fiscal quarter by whose end odds are told: that of the period, or the running one.
        next_end: first day after the quarter that follows the horizon.
        profile: how commits stood that were won; None with too few of them.
        target: what is to be won in the period, in the view's currency; None where nobody set one.
        medians: median amount of an open deal by segment.
        logged: what is known of activity.
        every: what is measured of past deals was measured on every so-manieth of them.
        young: history shows no past quarter on this day of it, so there is nothing that odds could be counted from.
    """

    view: PipelineView
    period: Period
    since: datetime
    horizon: Period
    next_end: date
    odds: PeerOdds
    profile: Profile | None
    target: Decimal | None
    medians: Mapping[str | None, Decimal]
    logged: Logged
    every: int
    young: bool

    @property
    def touched(self) -> bool:
        """Say whether it is known when the buyer took part."""
        return self.logged is Logged.TOUCHES

    @property
    def no_odds(self) -> str:
        """Return why chances stand without odds, as a sentence without its full stop; empty where history is not young."""
        if not self.young or self.view.begins is None:
            return ""
        begins = words.day(self.day(self.view.begins), self.today)
        return f"odds need at least a quarter of history, and here it begins {begins}"

    @property
    def limits(self) -> Thresholds:
        """Return the company's thresholds."""
        return self.view.company.thresholds

    @property
    def today(self) -> date:
        """Return the day of the view."""
        return self.view.today

    def floor(self, segment: str | None) -> Decimal:
        """Return the least amount that makes a deal alert: half a per cent of the target, or a median deal."""
        return max((self.target or Decimal(0)) * FLOOR_SHARE, self.medians.get(segment, Decimal(0)))

    def position(self, signal: Signal) -> Position:
        """Return where a deal stands, as far as odds go."""
        if signal.close < self.today:
            due = "overdue"
        elif signal.close < self.horizon.end:
            due = "this"
        else:
            due = "next" if signal.close < self.next_end else "later"
        week, month = IDLE_DAYS
        idle = "week" if signal.idle < week else "month" if signal.idle < month else "longer"
        return Position(
            stage=signal.order,
            due=due,
            category=signal.category,
            segment=signal.segment,
            pushes=min(signal.pushes, 2),
            idle=idle if self.touched else "unknown",
            step=not signal.no_step,
        )

    def day(self, instant: datetime) -> date:
        """Return the day of an instant in the organisation's zone."""
        return self.view.calendar.day(instant)

    def by(self, working_days: int, close: date | None) -> date:
        """Return the day so many working days ahead; the last working day before `close` where that lies sooner."""
        day = self.today
        while working_days:
            day += timedelta(days=1)
            working_days -= day.weekday() < 5
        if close is not None and self.today < close <= day:
            day = close - timedelta(days=1)
            while day.weekday() > 4:
                day -= timedelta(days=1)
        return max(day, self.today)

    def teller(self, finding: str, record: str) -> Teller:
        """Return what binds the facts of one finding."""
        return Teller(finding=finding, record=record, as_of=self.view.as_of, currency=self.view.currency)

    def odds_line(self, told: Teller, position: Position) -> tuple[Decimal, Decimal, int, str]:
        """Return odds now, odds of peers, their n, and the sentence that says so (empty where not compared)."""
        now = self.odds.now(position)
        peer = self.odds.peer(position._replace(due=_ODD.get(position.due, position.due)))
        if not self.odds.quarters or peer.n == 0:
            return now.share, peer.share, peer.n, ""
        until = told.name("until", self.horizon_name)
        words = (
            f"{told.share('now', now.share, now.n)} to be won by the end of {until}; similar deals "
            f"{told.share('peer', peer.share, peer.n)} (n = {told.count('n', peer.n)})"
        )
        return now.share, peer.share, peer.n, words

    @property
    def period_name(self) -> str:
        """Return the period as people say it."""
        return self.view.calendar.short(self.period)

    @property
    def horizon_name(self) -> str:
        """Return the quarter of the odds as people say it."""
        return self.view.calendar.short(self.horizon)


def silence_rule(view: PipelineView) -> str:
    """Return how silence is judged where touches are not known, as a sentence without its full stop; empty where they are."""
    days = view.company.thresholds.stale_days
    match logged(view):
        case Logged.TOUCHES:
            return ""
        case Logged.DAYS if days:
            return (
                "only the day of the last activity is known, not who took part, so a deal is silent after "
                f"{words.days(days)} without any"
            )
        case Logged.DAYS:
            return "only the day of the last activity is known, not who took part, and no rule speaks of it"
        case Logged.NOTHING:
            return "there is no activity data, so nothing is told of silence"


def setting(view: PipelineView, period: Period) -> Setting:
    """Return what the findings of a view and period are judged against, worked out once."""
    return view.once(("setting", period), lambda: _setting(view, period))


def _setting(view: PipelineView, period: Period) -> Setting:
    history = past(view, period)
    quarters = len(history.quarters)
    reach = f"{history.quarters[0]} to {history.quarters[-1]}" if quarters else ""
    cells = [Cell(Position(*row[:7]), row[7], row[8]) for row in history.cells]
    odds = peer_odds(
        cells,
        records=[Record(*row) for row in history.owners],
        won=history.won,
        lost=history.lost,
        quarters=quarters,
        reach=reach,
    )
    calendar = view.calendar
    here, target = calendar.quarter(view.today), calendar.quarter(period.start)
    horizon = max(here, target, key=lambda quarter: quarter.start)
    return Setting(
        view=view,
        period=period,
        since=view.back(7),
        horizon=horizon,
        next_end=calendar.next(horizon).end,
        odds=odds,
        profile=profile(cells) if odds.quarters else None,
        target=_target(view, period),
        medians=median_amounts(view),
        logged=logged(view),
        every=history.every,
        young=not quarters,
    )


def _target(view: PipelineView, period: Period) -> Decimal | None:
    """Return the company's target for the period in the view's currency; None where nobody set one."""
    company = view.company
    rate = cross_rates(company, view.currency)[company.currency]
    found = [t.amount for t in company.targets if t.period == period.label and not t.region and not t.owner]
    return found[0] * rate if found else None
