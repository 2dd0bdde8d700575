"""The first lines of an answer: what was measured, for when, its value, and what makes it complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.agent.answers.asking import Asking, period_name, scale_of, value_text
from bot.sentences import capital
from reports import words
from reports.facts import Dim, Measured, Period, Row, Unit
from reports.kinds.earlier import window
from reports.measures import CATALOGUE, measure
from reports.spec import Question
from reports.view import PipelineView

# Measures whose answer is incomplete without another one beside it.
COMPANIONS: dict[str, tuple[str, str]] = {
    "open_pipeline": ("commit", "commit {} of it"),
    "win_rate": ("win_rate_value", "by value {}"),
    "win_rate_value": ("win_rate", "by count {}"),
    "coverage": ("open_pipeline", "{} open"),
    "slip_rate": ("slip_rate_average", "4-week average before it {}"),
}
# Measures of a week whose companion speaks of weeks too: beside another span it would compare unlike things.
_WEEKLY = {"slip_rate"}
_WEEK_DAYS = range(6, 9)
# A period of more days than this is all there is.
_ALL_DAYS = 5_000
# Measures that stand in every row beside another one.
ALONGSIDE: dict[str, tuple[str, ...]] = {"gap": ("target", "coverage")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What a question looks at: the view at its instant, the period, and since when where it is about change."""

    view: PipelineView
    period: Period | None
    since: datetime | None = None

    def measured(self, name: str, by: tuple[Dim, ...] = ()) -> Measured:
        """Return a measure of what is looked at; another measure than the question's may stand beside it."""
        return measure(self.view, name, period=self.period, by=by, since=self.since)


def looking(view: PipelineView, question: Question) -> Looking:
    """Return what a question looks at in a view of its scope, instant and currency."""
    if CATALOGUE[question.measure].compares:
        at_end, whole, since = window(view, question.period)
        return Looking(view=at_end, period=whole, since=since)
    period = view.calendar.parse(question.period, view.today) if question.period else None
    return Looking(view=view, period=period)


def first_lines(
    asking: Asking, seen: Looking, overall: Measured, scope: str
) -> tuple[tuple[str, ...], tuple[Measured, ...]]:
    """Return the answer in a line or two, and the other measures that are quoted in it."""
    if overall.measure == "gap" and overall.rows and overall.rows[0].value is not None:
        return _standing(asking, seen, overall, scope)
    if overall.measure == "bridge":
        return (_walk(asking, seen, overall, scope),), ()
    row = overall.rows[0] if overall.rows else Row(value=None, n=0)
    if overall.measure == "target" and row.value is None and overall.notes:
        return (f"{capital(overall.notes[0])}.",), ()
    about = [overall.label]
    if overall.period is not None:
        whole = (overall.period.end - overall.period.start).days > _ALL_DAYS
        name = "all close dates" if whole else period_name(asking, overall.period)
        joint = ", " if overall.measure != "open_pipeline" or whole else _closing(name)
        about[0] += f"{joint}{name}"
    about[0] += _when(asking, seen)
    if scope:
        about.append(scope)
    companion = COMPANIONS.get(overall.measure) if _comparable(seen, overall) else None
    quoted = () if companion is None else (seen.measured(companion[0]),)
    scale = scale_of(overall, *quoted)
    parts = [value_text(overall, row.value, scale)]
    if row.record_count and overall.unit is not Unit.COUNT:
        parts.append(f"{row.record_count:,} {words.plural(row.record_count, 'deal')}")
    parts += [
        companion[1].format(value_text(beside, beside.rows[0].value if beside.rows else None, scale))
        for beside in quoted
        if companion is not None
    ]
    return (f"{', '.join(about)}: {', '.join(parts)}.",), quoted


def _comparable(seen: Looking, measured: Measured) -> bool:
    """Say whether a companion speaks of the same span: an average of weeks does beside a week."""
    if measured.measure not in _WEEKLY or seen.since is None:
        return True
    calendar = seen.view.calendar
    return (calendar.day(seen.view.as_of) - calendar.day(seen.since)).days in _WEEK_DAYS


def _closing(name: str) -> str:
    """Return what joins deals to the period they close in: a quarter or month, a week, or days."""
    if name.startswith("week "):
        return " closing in the "
    return " closing " if " to " in name or name.count(" ") == 2 else " closing in "


def _walk(asking: Asking, seen: Looking, bridge: Measured, scope: str) -> str:
    """Return the two ends of a bridge in a line."""
    first, last = bridge.row("opening"), bridge.row("closing")
    about = ", ".join(
        part
        for part in (
            f"Open {period_name(asking, bridge.period)} pipeline" if bridge.period else bridge.label,
            scope,
        )
        if part
    )
    scale = scale_of(bridge)
    ends = " → ".join(value_text(bridge, row.value if row else None, scale) for row in (first, last))
    return f"{about}{_when(asking, seen)}: {ends}."


def _when(asking: Asking, seen: Looking) -> str:
    """Return the window of change, or the day where it is not today: ` as of Mon 16 Nov`; else nothing."""
    view, today = seen.view, asking.view.today
    if seen.since is not None:
        return f", {_dated(view, seen.since, today)} to {_dated(view, view.as_of, today)}"
    return "" if view.as_of == asking.view.as_of else f" as of {_dated(view, view.as_of, today)}"


def _dated(view: PipelineView, instant: datetime, today: date) -> str:
    """Return the day of an instant, `Mon 16 Nov`, with its year where that is not today's."""
    day = view.calendar.day(instant)
    return words.dated(day) + (f" {day.year}" if day.year != today.year else "")


def _standing(
    asking: Asking, seen: Looking, gap: Measured, scope: str
) -> tuple[tuple[str, ...], tuple[Measured, ...]]:
    """Return where a period stands: short or ahead of what, made of what, and how what is left is covered."""
    target, won, commit, coverage = (
        seen.measured(name) for name in ("target", "bookings", "commit", "coverage")
    )
    value, wanted = gap.rows[0].value, target.rows[0].value
    if value is None or wanted is None or gap.period is None:
        return (f"{gap.label}: {words.NOTHING}.",), ()
    currency = gap.currency or ""
    scale = words.scale_for((value, wanted, won.rows[0].value, commit.rows[0].value))
    place = ", ".join(part for part in (period_name(asking, gap.period) + _when(asking, seen), scope) if part)
    side = "short of" if value > 0 else "ahead of"
    by = f"{words.money(abs(value), currency, scale)} {side}" if scale.round(value) else "on"
    made_of = f"won {value_text(won, won.rows[0].value, scale)}"
    if seen.view.today < gap.period.end:
        made_of += f", commit {value_text(commit, commit.rows[0].value, scale)}"
    lines = [f"{place} is {by} {words.money(wanted, currency, scale)}: {made_of}."]
    if coverage.rows and coverage.rows[0].value is not None:
        required = asking.line.company.thresholds.required_coverage
        needed = "" if required is None else f", {words.ratio(required, short=True)} needed (company setting)"
        lines.append(f"Coverage of what is left: {words.ratio(coverage.rows[0].value)}{needed}.")
    return tuple(lines), (target, won, commit, coverage)
