"""What a measure that can be tied out adds up: deals that stand so, called so, and due in the period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from connectors.files.claim import Claim
from connectors.records import ForecastClass, Status
from reports.errors import BadInput
from reports.facts import Period
from reports.view import Deal, PipelineView

_OPEN: Final = frozenset({Status.OPEN})
# A report whose lines all lie so near the period was cut by its own calendar; a wider one we cut by ours.
NEAR: Final = timedelta(days=7)
# So large a share of the lines must fit before the file counts as a report of the measure itself.
_MOST: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which deals a measure adds up, for a period (None: all time); `categories` None means open ones of any.

    `overdue` asks for open deals whose close date has passed by `today`.
    """

    statuses: frozenset[Status] = _OPEN
    categories: frozenset[ForecastClass] | None = None
    overdue: bool = False
    money: bool = True
    period: Period | None = None
    today: date | None = None

    def called(self, status: Status | None, category: ForecastClass | None) -> bool:
        """Say whether a deal that stands and is called so is one of those; what is not known does not speak against it."""
        if status is not None and status not in self.statuses:
            return False
        won = status is Status.WON
        return self.categories is None or won or category is None or category in self.categories

    def due(self, close: date | None, *, give: timedelta = timedelta()) -> bool:
        """Say whether a close date lies in the period, or as near to it as `give`."""
        if self.overdue and self.today is not None and close is not None and close >= self.today + give:
            return False
        if self.period is None:
            return True
        return close is not None and self.period.start - give <= close < self.period.end + give

    def deals(self, view: PipelineView) -> tuple[Deal, ...]:
        """Return the deals that the measure adds up in a view."""
        found: list[Deal] = []
        for status in sorted(self.statuses):
            found += view.deals(status=status, due=self.period, overdue=self.overdue)
        return tuple(deal for deal in found if self.called(deal.status, deal.category))


_PIPELINE, _BEST, _LIKELY, _COMMIT = (
    ForecastClass.PIPELINE,
    ForecastClass.BEST_CASE,
    ForecastClass.MOST_LIKELY,
    ForecastClass.COMMIT,
)
_BOTH: Final = frozenset({Status.WON, Status.OPEN})
SELECTIONS: Final[dict[str, Selection]] = {
    "open_pipeline": Selection(),
    "deal_count": Selection(money=False),
    "commit": Selection(categories=frozenset({_COMMIT})),
    "best_case": Selection(categories=frozenset({_BEST})),
    "most_likely": Selection(categories=frozenset({_LIKELY})),
    "pipeline": Selection(categories=frozenset({_PIPELINE})),
    "overdue": Selection(overdue=True),
    "bookings": Selection(statuses=frozenset({Status.WON})),
    "lost": Selection(statuses=frozenset({Status.LOST})),
    "won_plus_commit": Selection(statuses=_BOTH, categories=frozenset({_COMMIT})),
    "won_plus_most_likely": Selection(statuses=_BOTH, categories=frozenset({_COMMIT, _LIKELY})),
    "won_plus_best_case": Selection(statuses=_BOTH, categories=frozenset({_COMMIT, _LIKELY, _BEST})),
}


def selection(name: str) -> Selection:
    """Return what a measure adds up.

    Raises:
        BadInput: it does not add up deals one by one, so there is nothing to compare; the message lists those that do.
    """
    if name not in SELECTIONS:
        raise BadInput.unknown("measure to tie out", name, SELECTIONS)
    return SELECTIONS[name]


def counted(claims: Iterable[Claim], chosen: Selection) -> tuple[tuple[Claim, ...], tuple[str, ...]]:
    """Return the lines that the file counts for the measure, and remarks on those set aside.

    A file most of whose lines fit, or whose lines say nothing of when they are due, is the company's report of the measure
    itself: all its lines count. Of a wider export only the lines that the measure asks for do.
    """
    kept, notes = tuple(claims), list[str]()
    fitting = tuple(claim for claim in kept if chosen.called(claim.status, claim.category))
    if len(fitting) < _MOST * len(kept):
        aside = len(kept) - len(fitting)
        notes.append(f"{aside:,} of its {len(kept):,} lines set aside: not of the status or category")
        kept = fitting
    if kept and (chosen.period or chosen.overdue) and not any(claim.close for claim in kept):
        return kept, (*notes, "none of its lines has a close date: all of them count")
    near = [claim for claim in kept if chosen.due(claim.close, give=NEAR)]
    if len(near) < _MOST * len(kept):
        due = tuple(claim for claim in kept if chosen.due(claim.close))
        notes.append(f"{len(kept) - len(due):,} of its lines set aside: not due in the period")
        kept = due
    return kept, tuple(notes)
