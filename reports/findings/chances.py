"""The rules that find money: deals to save, to call higher, and to pull in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from connectors.records import ForecastClass, Status
from reports.findings.evidence import Teller
from reports.findings.finding import Evidence, FindingKind
from reports.findings.harms import contact, silence
from reports.findings.odds import THIN, Odds, Position
from reports.findings.setting import SOON, THIS_WEEK, Setting
from reports.view.signals import Signal
from reports.view.timeline import Logged

# A deal that slipped is dead when its buyer has been silent for longer than so many days.
ALIVE_DAYS = 42


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """One way to make money: odds as it stands and once the act has worked, None where none can be counted."""

    kind: FindingKind
    evidence: tuple[Evidence, ...]
    act: str
    working_days: int
    began: date
    now: Odds | None
    then: Odds | None
    unknown: tuple[str, ...] = ()


def chances(setting: Setting, signal: Signal, told: Callable[[FindingKind], Teller]) -> Iterator[Chance]:
    """Yield the chances in a deal, at most one of each kind; none where the past quarters are too thin to say odds.

    Where history is so young that it shows no past quarter, a chance stands on what the records show, without odds.
    """
    if signal.amount is None or not (setting.odds.quarters or setting.young):
        return
    for kind, (holds, tell) in _RULES.items():
        if holds(setting, signal):
            chance = tell(setting, signal, told(kind))
            if chance.then is None or chance.now is None or chance.then.share > chance.now.share:
                yield chance


def last_stage(setting: Setting) -> int:
    """Return the place of the last open stage."""
    return max((s.order for s in setting.view.company.stages if s.status is Status.OPEN), default=0)


def is_saveable(setting: Setting, signal: Signal) -> bool:
    """Say whether a deal slipped out of the period lately and is alive: late, planned, not gone back, not silent."""
    return (
        signal.slipped_from is not None
        and signal.order >= last_stage(setting) - 1
        and bool((signal.next_step or "").strip())
        and not signal.regress
        and (setting.logged is Logged.NOTHING or signal.idle <= ALIVE_DAYS)
    )


def is_better_than_called(setting: Setting, signal: Signal) -> bool:
    """Say whether a best-case deal behaves as won commits did, and its owner's best case is won as commits are.

    Behaves: as late, as recently touched and as seldom pushed as three quarters of the commits that were won. Won as
    commits are: at least halfway from what everybody else wins of best case to what they win of commit, in the same
    segments, over THIN deals or more.
    """
    position = setting.position(signal)
    profile, odds = setting.profile, setting.odds
    if (
        signal.category != ForecastClass.BEST_CASE
        or position.due != "this"
        or not setting.period.start <= signal.close < setting.period.end
        or profile is None
        or signal.regress
        or signal.stale
        or signal.no_step
        or not profile.fits(position)
    ):
        return False
    best, commit = ForecastClass.BEST_CASE.value, ForecastClass.COMMIT.value
    own = odds.record(signal.owner_id, best)
    low = odds.expected(signal.owner_id, best, as_if=best)
    high = odds.expected(signal.owner_id, best, as_if=commit)
    return own.n >= THIN and high > low and own.share >= (low + high) / 2


def is_ready(setting: Setting, signal: Signal) -> bool:
    """Say whether a deal is in the last stage, due next, its buyer seen lately, and no rule speaks against it.

    A young history that knows only days of activity takes the last of them: no odds stand on it.
    """
    return (
        signal.order == last_stage(setting)
        and setting.position(signal).due == "next"
        and signal.slipped_from is None
        and (setting.touched or setting.young)
        and signal.last_touch is not None
        and signal.idle <= setting.limits.ready_touch_days
        and not signal.harmed
        and bool((signal.next_step or "").strip())
    )


def _save(setting: Setting, signal: Signal, told: Teller) -> Chance:
    position = setting.position(signal)
    back = position._replace(due="this", idle="week" if setting.touched else position.idle)
    now, then = _counted(setting, position, back)
    today, was = setting.today, signal.slipped_from or signal.close
    moved = signal.moves[-1][0] if signal.moves else signal.created
    left = f"left {told.name('period', setting.period_name)}: {told.path('path', (was, signal.close), today)}"
    # How often a date moved before a young history began is not known.
    if not setting.young:
        left += f" ({told.nth('moves', max(len(signal.moves), 1))} move)"
    told_of = [told.tell("left the period", left)]
    if setting.logged is not Logged.NOTHING:
        told_of.append(silence(setting, signal, told))
    told_of += [
        _plan(signal, told),
        *_odds(setting, told, now, then, "back in the period"),
    ]
    return Chance(
        kind=FindingKind.SAVE,
        evidence=tuple(told_of),
        act="Sponsor call",
        working_days=SOON,
        began=setting.day(moved),
        now=now,
        then=then,
    )


def _better(setting: Setting, signal: Signal, told: Teller) -> Chance:
    best, commit = ForecastClass.BEST_CASE.value, ForecastClass.COMMIT.value
    now = setting.odds.called(best, signal.segment, but=signal.owner_id)
    then = setting.odds.now(setting.position(signal)._replace(category=commit))
    own = setting.odds.record(signal.owner_id, best)
    high = setting.odds.expected(signal.owner_id, best, as_if=commit)
    low = setting.odds.expected(signal.owner_id, best, as_if=best)
    who = told.name("owner", signal.owner or signal.owner_id)
    record = (
        f"{who} wins {told.share('own', own.share, own.n)} of best case at this point of the quarter "
        f"(n = {told.count('own_n', own.n)}); others win {told.share('low', low)} of best case "
        f"and {told.share('high', high)} of commit"
    )
    told_of = [told.tell("called low", record)]
    if setting.touched:
        told_of.append(contact(setting, signal, told))
    told_of += [
        told.tell(
            "behaves like commit", f"in {told.name('stage', signal.stage)}, as commits that were won were"
        ),
        _plan(signal, told),
        told.tell(
            "odds",
            f"commit that stands so is won in {told.share('then', then.share, then.n)} of cases "
            f"(n = {told.count('n', then.n)})",
        ),
    ]
    return Chance(
        kind=FindingKind.BETTER_THAN_CALLED,
        evidence=tuple(told_of),
        act="Call it commit, or say what is missing",
        working_days=THIS_WEEK,
        began=setting.day(signal.in_stage_since),
        now=now,
        then=then,
    )


def _ready(setting: Setting, signal: Signal, told: Teller) -> Chance:
    position = setting.position(signal)
    now, then = _counted(setting, position, position._replace(due="this"))
    due = told.day("due", signal.close, setting.today)
    stage = told.name("stage", signal.stage)
    return Chance(
        kind=FindingKind.READY_TO_PULL_IN,
        evidence=(
            told.tell("ready", f"in {stage}, due {due}, nothing against it"),
            contact(setting, signal, told),
            _plan(signal, told),
            *_odds(setting, told, now, then, "dated in the period"),
        ),
        act="Pull the signature forward",
        working_days=THIS_WEEK,
        began=setting.day(signal.in_stage_since),
        now=now,
        then=then,
    )


def _plan(signal: Signal, told: Teller) -> Evidence:
    return told.tell("next step", f"next step: {told.name('step', signal.next_step or '')}")


def _counted(setting: Setting, position: Position, brought: Position) -> tuple[Odds | None, Odds | None]:
    """Return the odds of a deal as it stands and where the act should bring it; None where there is nothing to count."""
    return (None, None) if setting.young else (setting.odds.now(position), setting.odds.now(brought))


def _odds(
    setting: Setting, told: Teller, now: Odds | None, then: Odds | None, when: str
) -> tuple[Evidence, ...]:
    if now is None or then is None:
        return ()
    words = (
        f"{told.share('now', now.share, now.n)} to be won in {told.name('period', setting.period_name)} as it stands, "
        f"{told.share('then', then.share, then.n)} {when} (n = {told.count('n', then.n)})"
    )
    return (told.tell("odds", words),)


_RULES: dict[
    FindingKind, tuple[Callable[[Setting, Signal], bool], Callable[[Setting, Signal, Teller], Chance]]
] = {
    FindingKind.SAVE: (is_saveable, _save),
    FindingKind.BETTER_THAN_CALLED: (is_better_than_called, _better),
    FindingKind.READY_TO_PULL_IN: (is_ready, _ready),
}
