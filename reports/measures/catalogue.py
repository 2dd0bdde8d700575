"""The catalogue: every measure by name, with the line that says what it counts. The only arithmetic there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from reports.facts import Unit
from reports.measures import closing, created, pipeline, slipping
from reports.measures.asked import Asked
from reports.measures.groups import Line

_QUARTER: Final = "this-quarter"
_YEAR: Final = "trailing-12-months"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A measure: what it is called, what it counts, in which unit, and for which period unless another is asked.

    `period` is None where all time is meant. `compares` says that it looks at two instants (`since` and the view's).
    `targets` says that it needs a target, `amounts` that it needs amounts of deals. `evaluate` is None for the bridge,
    which has rows of its own.
    """

    name: str
    label: str
    definition: str
    unit: Unit
    period: str | None = _QUARTER
    compares: bool = False
    targets: bool = False
    amounts: bool = True
    evaluate: Callable[[Asked], list[Line]] | None


_ALL: Final = (
    Definition(
        name="open_pipeline",
        label="Open pipeline",
        definition="Sum of amounts of open deals whose close date lies in the period; overdue ones are in it.",
        unit=Unit.MONEY,
        evaluate=pipeline.open_pipeline,
    ),
    Definition(
        name="commit",
        label="Commit, open",
        definition="Sum of amounts of open deals called commit whose close date lies in the period; won is not in it.",
        unit=Unit.MONEY,
        evaluate=pipeline.commit,
    ),
    Definition(
        name="best_case",
        label="Best case, open",
        definition="Sum of amounts of open deals called best case whose close date lies in the period.",
        unit=Unit.MONEY,
        evaluate=pipeline.best_case,
    ),
    Definition(
        name="most_likely",
        label="Most likely, open",
        definition="Sum of amounts of open deals called most likely whose close date lies in the period.",
        unit=Unit.MONEY,
        evaluate=pipeline.most_likely,
    ),
    Definition(
        name="pipeline",
        label="Pipeline, open",
        definition="Sum of amounts of open deals in the category pipeline whose close date lies in the period.",
        unit=Unit.MONEY,
        evaluate=pipeline.pipeline,
    ),
    Definition(
        name="deal_count",
        label="Open deals",
        definition="Number of open deals whose close date lies in the period.",
        unit=Unit.COUNT,
        amounts=False,
        evaluate=pipeline.deal_count,
    ),
    Definition(
        name="overdue",
        label="Past due",
        definition="Sum of amounts of open deals whose close date has passed; all periods unless one is asked.",
        unit=Unit.MONEY,
        period=None,
        evaluate=pipeline.overdue,
    ),
    Definition(
        name="bookings",
        label="Won",
        definition="Sum of amounts of deals that are won and whose close date lies in the period.",
        unit=Unit.MONEY,
        evaluate=pipeline.bookings,
    ),
    Definition(
        name="lost",
        label="Lost",
        definition="Sum of amounts of deals that are lost and whose close date lies in the period.",
        unit=Unit.MONEY,
        evaluate=pipeline.lost,
    ),
    Definition(
        name="won_plus_commit",
        label="Won + commit",
        definition="Bookings of the period plus open commit due in it.",
        unit=Unit.MONEY,
        evaluate=pipeline.won_plus_commit,
    ),
    Definition(
        name="won_plus_most_likely",
        label="Won + commit + most likely",
        definition="Bookings of the period plus open commit and most likely due in it.",
        unit=Unit.MONEY,
        evaluate=pipeline.won_plus_most_likely,
    ),
    Definition(
        name="won_plus_best_case",
        label="Won + commit + best case",
        definition="Bookings of the period plus open commit, most likely and best case due in it.",
        unit=Unit.MONEY,
        evaluate=pipeline.won_plus_best_case,
    ),
    Definition(
        name="target",
        label="Target",
        definition="What the company file says is to be won in the period; without a company line, the regions' sum.",
        unit=Unit.MONEY,
        targets=True,
        amounts=False,
        evaluate=pipeline.target,
    ),
    Definition(
        name="gap",
        label="Gap",
        definition="Target - (bookings + open commit, until the period ends); positive: still to win, negative: ahead.",
        unit=Unit.MONEY,
        targets=True,
        evaluate=pipeline.gap,
    ),
    Definition(
        name="attainment",
        label="Attainment",
        definition="Bookings divided by target.",
        unit=Unit.SHARE,
        targets=True,
        evaluate=pipeline.attainment,
    ),
    Definition(
        name="coverage",
        label="Coverage of what is left",
        definition="Open pipeline divided by (target - bookings); no ratio once the target is met.",
        unit=Unit.RATIO,
        targets=True,
        evaluate=pipeline.coverage,
    ),
    Definition(
        name="required_pipeline",
        label="Pipeline needed",
        definition="Target times the coverage that the company file requires.",
        unit=Unit.MONEY,
        targets=True,
        amounts=False,
        evaluate=pipeline.required_pipeline,
    ),
    Definition(
        name="pipeline_created",
        label="Pipeline created",
        definition="Sum of amounts of deals that first counted in the period, as of the end of that day.",
        unit=Unit.MONEY,
        evaluate=created.pipeline_created,
    ),
    Definition(
        name="bridge",
        label="Pipeline bridge",
        definition="Open pipeline of the period at the start, what entered, came back, changed and left, and at the end.",
        unit=Unit.MONEY,
        compares=True,
        evaluate=None,
    ),
    Definition(
        name="slip_rate",
        label="Slippage",
        definition="Of the value open and due in the period at the start, the share that is open and due later now.",
        unit=Unit.SHARE,
        compares=True,
        evaluate=slipping.slip_rate,
    ),
    Definition(
        name="slip_rate_average",
        label="Slippage, 4-week average",
        definition="Mean of the four weekly slip rates before the start of the comparison.",
        unit=Unit.SHARE,
        compares=True,
        evaluate=slipping.slip_rate_average,
    ),
    Definition(
        name="win_rate",
        label="Win rate",
        definition="Won / (won + lost) by number of deals, by close date.",
        unit=Unit.SHARE,
        period=_YEAR,
        amounts=False,
        evaluate=closing.win_rate,
    ),
    Definition(
        name="win_rate_value",
        label="Win rate by value",
        definition="Amounts won / (amounts won + amounts lost), by close date; none where no lost deal has an amount.",
        unit=Unit.SHARE,
        period=_YEAR,
        evaluate=closing.win_rate_value,
    ),
    Definition(
        name="average_deal_size",
        label="Average deal size",
        definition="Mean amount of won deals above zero, by close date; the median stands beside it.",
        unit=Unit.MONEY,
        period=_YEAR,
        evaluate=closing.average_deal_size,
    ),
    Definition(
        name="sales_cycle",
        label="Sales cycle",
        definition="Median days from creation to close date of won deals that have both, by close date.",
        unit=Unit.DAYS,
        period=_YEAR,
        amounts=False,
        evaluate=closing.sales_cycle,
    ),
)
CATALOGUE: Final[dict[str, Definition]] = {definition.name: definition for definition in _ALL}
