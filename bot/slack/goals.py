"""Goals: a condition that deals shall meet by a day. Asked for, started and stopped here; the steps are by themselves."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.agent.answers.asking import total
from bot.agent.intents import Errand
from bot.agent.reply import Reply
from bot.nudges.reading import goal_search, pinned
from bot.nudges.scopes import away
from bot.nudges.values import Goal, Search
from bot.runs.ports import Steps, Work
from bot.schedules.rhythm import dated, instant
from bot.slack import blocks as b
from bot.slack.desk import Answer, Desk
from bot.slack.feature import Feature
from bot.slack.goals_steps import STEP, STOP, ahead, noted, step, work_of
from bot.slack.mentioned import in_names, unknown
from bot.slack.nudging_letters import book, zone_of
from bot.slack.nudging_send import (
    AGAIN,
    Owner,
    deals_of,
    held_back,
    leads,
    missed,
    owners_of,
    reader,
    too_many,
)
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.request import Request
from bot.slack.telling import mark_of, private, tell
from connectors.errors import ConnectorError
from reports import words
from reports.errors import ReportError
from reports.periods import Calendar
from reports.view import Deal

START, NO = "goal_start", "goal_no"
# A goal ends at this time of its last day, on the asker's clock; without a day, after a week; no later than in two months.
ENDS, WEEK, MOST = time(17, 0), 7, 60
_LIST = re.compile(
    r"(?:(?:my|the|show|stop|cancel|end|status|of|list)\s+)*goals?(?:\s+status)?[\s.!?]*", re.IGNORECASE
)
_NONE = "No goal of yours runs. Say for example: get every commit deal a next step by Friday"
_LISTED, _STEPS = 10, 4


def _errand(desk: Desk, request: Request, known: Known, asked: Errand) -> Answer:
    """Return the card of a goal, or the list of those that run; nothing is begun by it."""
    if _LIST.fullmatch(asked.text.strip()):
        return listed(desk, known)
    read = reader(desk, known, about=f"goal:{request.key}")
    if why := unknown(desk.directory, request.people):
        return Answer(to="alone", why=why)
    asked = asked.model_copy(update={"text": in_names(desk.directory, asked.text, request.people)})
    search = goal_search(asked, read)
    if isinstance(search, str):
        return Answer(to="alone", why=search)
    company, now = desk.line.company, desk.line.now()
    today = now.astimezone(company.zone).date()
    zone = zone_of(desk, known.member.id)
    ahead_of_us = (asked.day - today).days if asked.day else WEEK
    if not 0 <= ahead_of_us <= MOST:
        return Answer(to="alone", why=f"A goal ends on a day within the next {MOST} days.")
    # The day is one of the company's calendar; it comes when as many days have passed on ours.
    day = request.at.astimezone(ZoneInfo(zone)).date() + timedelta(days=ahead_of_us)
    goal = Goal(
        id=mark_of(f"goal:{request.key}"),
        asker=known.member.id,
        name=words.line(asked.text, 160),
        search=pinned(search, Calendar(company.fiscal, company.zone), today).model_copy(
            update={"own": not leads(desk, known)}
        ),
        made_at=request.at,
        until=instant(day, ENDS, ZoneInfo(zone)),
        zone=zone,
    )
    if goal.until <= request.at:
        return Answer(to="alone", why="That day is over in an hour or less. Name a later one.")
    return _card(desk, known, goal, named=asked.day is not None)


def _card(desk: Desk, known: Known, goal: Goal, *, named: bool) -> Answer:
    """Return what a goal will do, how it stands now, and [Start] [No]; keep it as it was shown."""
    try:
        deals = deals_of(desk, known, goal.search)
    except (ReportError, ConnectorError) as refusal:
        return Answer(to="alone", why=f"{refusal}.")
    about = words.line(goal.search.words, 100)
    own = "You lead nobody by the CRM, so this is about your own deals only. " if goal.search.own else ""
    if not deals:
        return Answer(to="alone", why=f"{own}Nothing to do: no open deal counts as {about}.")
    owners = owners_of(desk, deals)
    book(desk).goals.change(goal.id, lambda kept: kept or goal)
    return Answer(
        to="alone",
        reply=Reply(
            intent="goal",
            private=True,
            lines=(
                f"Goal: {goal.name.rstrip('.')}.",
                *((own.strip(),) if own else ()),
                _count(deals, owners, about),
                *((out,) if (out := away(goal.search)) else ()),
                *missed(owners),
                *_plan(goal, named=named),
            ),
        ),
        buttons=(("Start", START, goal.id), ("No", NO, goal.id))
        if any(owner.user for owner in owners)
        else (),
    )


def _count(deals: tuple[Deal, ...], owners: tuple[Owner, ...], about: str) -> str:
    number = f"{len(deals)} {words.plural(len(deals), 'deal')}"
    return f"Now: {number}, {total(deals)}, of {len(owners)} {words.plural(len(owners), 'owner')}: {about}."


def _plan(goal: Goal, *, named: bool) -> tuple[str, ...]:
    """Return the steps and the limits of a goal."""
    end = dated(goal.until, goal.zone)
    return (
        (
            f"Steps: find these deals, ask their owners, wait, look again every working day at 08:30, report on {end}"
            f"{'' if named else ' (you named no day)'}."
        ),
        (
            "Limits: one message a person and day with up to five deals in it; no deal is asked about again within "
            f"{AGAIN} days, nor once its owner has answered; nothing is ever written to the CRM; [Stop] ends it at once."
        ),
    )


def _start(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    _tell(desk, steps, press, steps.step("start", lambda: _begin(desk, press, known)))


def _begin(desk: Desk, press: Press, known: Known) -> str:
    """Let a goal run at its asker's word, once; return what the asker is told."""
    at = press.request.at
    goal = book(desk).goals.get(press.value)
    if goal is None or goal.asker != known.member.id:
        return "Only who asked for this goal can start it."
    ours = goal.state == "running" and goal.next_at == at
    if not ours:
        if goal.state != "offered":
            return "That goal was started or let go of already."
        if goal.until <= at:
            return "That goal's day is over. Ask for it anew."
        if why := held_back(desk) or _too_many(desk, known, goal.search, at):
            return why

    def running(note: Goal | None) -> Goal | None:
        offered = note is not None and note.state == "offered"
        begun = {"state": "running", "next_at": at}
        return note.model_copy(update=begun) if note and offered else note

    after = book(desk).goals.change(goal.id, running)
    if after is None or after.next_at != at:
        return "That goal was started or let go of already."
    desk.runs.enqueue(work_of(desk, after))
    return f"Started. It ends on {dated(after.until, after.zone)}; goals shows its steps, with [Stop]."


def _too_many(desk: Desk, known: Known, search: Search, at: datetime) -> str:
    try:
        owners = owners_of(desk, deals_of(desk, known, search))
    except ReportError as refusal:
        return f"{refusal}."
    return too_many(desk, known.member.id, sum(bool(owner.user) for owner in owners), at=at)


def _no(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    _tell(
        desk, steps, press, steps.step("let go", lambda: _let_go(desk, press, known, frozenset({"offered"})))
    )


def _stop(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    states = frozenset({"offered", "running"})
    _tell(desk, steps, press, steps.step("stop", lambda: _let_go(desk, press, known, states)))


def _let_go(desk: Desk, press: Press, known: Known, states: frozenset[str]) -> str:
    """End a goal in one of these states at the word of its asker or an admin; return what that person is told."""
    goal = book(desk).goals.get(press.value)
    if goal is None or not (goal.asker == known.member.id or desk.directory.is_in("admin", known)):
        return "Only who asked for this goal, or an admin, can stop it."
    said = f"stopped by {known.asker.name}"

    def stopped(note: Goal | None) -> Goal | None:
        if note is None or note.state not in states:
            return note
        ended = {"state": "stopped", "next_at": None, "log": noted(note, press.request.at, said)}
        return note.model_copy(update=ended)

    after = book(desk).goals.change(goal.id, stopped)
    if after is None or after.state != "stopped":
        return "That goal is over already, or runs: goals shows it, with [Stop]."
    if goal.state == "offered":
        return "Let go of: nothing was begun."
    return "Stopped: it asks nobody any more. Answers that were given stay."


def _tell(desk: Desk, steps: Steps, press: Press, said: str) -> None:
    told = private(Answer(to="alone", why=said))
    key = mark_of(press.request.key)
    steps.step("tell", lambda: tell(desk, press.request, told, key=key, look=steps.again))


def listed(desk: Desk, known: Known) -> Answer:
    """Return the goals that run, somebody's own or an admin's all, with steps done and to come, each with [Stop]."""
    running = _running(desk, known, everybody=desk.directory.is_in("admin", known))
    if not running:
        return Answer(to="alone", why=_NONE)
    lines: list[str] = []
    for number, goal in enumerate(running, start=1):
        whose = "" if goal.asker == known.member.id else f" ({desk.directory.known(goal.asker).asker.name})"
        lines.append(f"{number}. {goal.name}{whose}")
        lines.extend(_lines(goal))
    count = f"{len(running)} {words.plural(len(running), 'goal runs', 'goals run')}."
    return Answer(
        to="alone",
        reply=Reply(intent="goal", private=True, lines=(count, *lines)),
        buttons=tuple(
            (f"Stop {number}", f"{STOP}:{number}", goal.id) for number, goal in enumerate(running, start=1)
        ),
    )


def _lines(goal: Goal) -> list[str]:
    """Return the last steps that a goal did, and those to come."""
    done = [f"✓ {dated(entry.at, goal.zone)}: {entry.text}" for entry in goal.log[-_STEPS:]]
    return [*done, f"→ {ahead(goal)}"]


def _running(desk: Desk, known: Known, *, everybody: bool = False) -> tuple[Goal, ...]:
    goals = (goal for goal in book(desk).goals.all() if goal.state == "running")
    mine = (goal for goal in goals if everybody or goal.asker == known.member.id)
    return tuple(sorted(mine, key=lambda goal: goal.made_at)[-_LISTED:])


def _due(desk: Desk, now: datetime) -> tuple[Work, ...]:
    """Return the next steps of the goals that are due."""
    goals = (goal for goal in book(desk).goals.all() if goal.state == "running")
    return tuple(work_of(desk, goal) for goal in goals if goal.next_at is not None and goal.next_at <= now)


def _home(desk: Desk, known: Known) -> list[b.Block]:
    """Return somebody's goals that run, with what comes next and [Stop]."""
    running = _running(desk, known)
    found: list[b.Block] = [b.bold("My goals")] if running else []
    for goal in running:
        row = b.plain("\n".join((goal.name, *_lines(goal)[-2:])))
        row["accessory"] = b.button("Stop", f"{STOP}:{goal.id}", goal.id)
        found.append(row)
    return found


FEATURE = Feature(
    errands={"goal": _errand},
    presses={START: _start, NO: _no, STOP: _stop},
    works={STEP: step},
    clock=(_due,),
    home=_home,
)
