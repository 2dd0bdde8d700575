"""A goal's steps, each a short run: find, ask, tell what changed, keep when the next one is; at the end, report."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from pydantic import JsonValue

from bot import flows
from bot.agent.answers.asking import amount
from bot.agent.reply import Grid, Reply
from bot.nudges.asking import REPORT, working
from bot.nudges.finding import in_order
from bot.nudges.limits import tidy
from bot.nudges.values import Entry, Goal, Item
from bot.runs.ports import Payload, Steps, Work
from bot.schedules.rhythm import dated
from bot.slack import message as m
from bot.slack.blocks import ROWS, button
from bot.slack.brake import stopped
from bot.slack.desk import Desk
from bot.slack.nudging_letters import book
from bot.slack.nudging_message import REPORTED
from bot.slack.nudging_send import (
    AGAIN,
    LATELY,
    answered,
    ask_all,
    asked_since,
    deals_of,
    missed,
    owners_of,
    too_many,
)
from bot.slack.people import Known
from bot.slack.telling import mark_of, tell_others
from connectors.access import Access
from connectors.errors import ConnectorError
from reports import words
from reports.errors import ReportError
from reports.facts import Frozen
from reports.kinds.owners import said

STEP, STOP = "goal_step", "goal_stop"
# A step that comes so much later than it was due was held back: by a stop, or because nothing ran.
_LATE = timedelta(hours=2)
_LOGGED, _NAMED = 60, 3


class _Look(Frozen):
    """What a step finds, fixed for all that follows in it.

    Attributes:
        at: when it looked.
        why: why it could not look, or may not any more; empty where it did.
        over: it may not any more: the goal ends.
        last: this is the goal's last step.
        failing: the deals that fail the condition, worst first.
        answered: those of them whose owners have answered.
        ask: those about which somebody is asked now.
        seen: every deal that has failed it so far, and that its asker may still see.
        names: how the open ones are called.
        late: the hour at which it should have looked, where it comes much later.
    """

    at: datetime
    why: str = ""
    over: bool = False
    last: bool = False
    failing: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    late: str = ""

    @property
    def open(self) -> int:
        """Return how many deals fail the condition and were not answered for."""
        return len(self.failing) - len(self.answered)

    @property
    def mended(self) -> int:
        """Return how many deals failed the condition before, and do not any more."""
        return len(set(self.seen) - set(self.failing))

    @property
    def short(self) -> str:
        """Return how the deals stand, in the fewest words."""
        return f"{self.mended} mended, {len(self.answered)} answered, {self.open} open."

    @property
    def counted(self) -> str:
        """Return how the deals stand; the parts add up to all that were seen."""
        open_ones = f"{self.open} open"
        if self.names:
            rest = self.open - len(self.names)
            open_ones += f": {', '.join(self.names)}{f' and {rest} more' if rest else ''}"
        return (
            f"{self.mended} of {len(self.seen)} mended in the CRM, "
            f"{len(self.answered)} answered and not in it yet, {open_ones}."
        )


class _Did(Frozen):
    """What a step did: how many owners it asked about how many deals, how many get it another day, what stood against it."""

    owners: int = 0
    deals: int = 0
    later: int = 0
    missed: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return what was asked; empty for nothing."""
        if not self.owners:
            return ""
        owners, deals = words.plural(self.owners, "owner"), words.plural(self.deals, "deal")
        if not self.later:
            return f"Asked {self.owners} {owners} about {self.deals} {deals}."
        had = f"{self.later} had a message today and {words.plural(self.later, 'gets', 'get')} this with the next"
        return f"{self.owners} {owners} to ask about {self.deals} {deals}: {had}."


def work_of(desk: Desk, goal: Goal) -> Work:
    """Return the work that a goal's next step is; one that did not come to its end is tried again on another day."""
    due = goal.next_at.isoformat() if goal.next_at else ""
    return Work(
        kind=STEP,
        key=f"{STEP}:{goal.id}:{due}:{desk.clock().date()}",
        lane=f"{desk.workspace}:{STEP}:{goal.id}",
        payload={"goal": goal.id, "due": due},
    )


def ahead(goal: Goal) -> str:
    """Return what comes next."""
    end = f"report {dated(goal.until, goal.zone)}"
    if goal.next_at is None or goal.next_at >= goal.until:
        return end
    return f"next look {dated(goal.next_at, goal.zone)}, {end}"


def noted(goal: Goal, at: datetime, text: str) -> tuple[Entry, ...]:
    """Return a goal's log with one more thing in it."""
    return (*goal.log, Entry(at=at, text=text))[-_LOGGED:]


def step(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Take a goal's next step, once for each hour it was due at."""
    goal_id, due = str(payload["goal"]), str(payload["due"])
    found = steps.step("look", lambda: cast("JsonValue", _looked(desk, goal_id, due)))
    if found is None:
        return
    look = _Look.model_validate(found)
    if look.over:
        steps.step("end", lambda: _end(desk, goal_id, look))
        steps.step("tell admins", lambda: _tell_admins(desk, goal_id, look))
        return
    did = _Did.model_validate(
        steps.step("ask", lambda: cast("JsonValue", _ask(desk, goal_id, due, look).model_dump(mode="json")))
    )
    steps.step("tell", lambda: _tell(desk, goal_id, due, look, did))
    steps.step("keep", lambda: _keep(desk, goal_id, due, look, did))


def _goal(desk: Desk, goal_id: str, due: str = "") -> Goal | None:
    """Return a goal that runs, and whose next step is the one that was due then; else None."""
    goal = book(desk).goals.get(goal_id)
    if goal is None or goal.state != "running" or goal.next_at is None:
        return None
    return goal if due in {"", goal.next_at.isoformat()} else None


def _looked(desk: Desk, goal_id: str, due: str) -> dict[str, JsonValue] | None:
    """Find what fails a goal's condition now, under its asker's rights; None where this step was taken already."""
    goal = _goal(desk, goal_id, due)
    if goal is None or goal.next_at is None:
        return None
    now = desk.clock()
    late = dated(goal.next_at, goal.zone) if now - goal.next_at > _LATE else ""
    look = _Look(at=now, late=late, seen=goal.seen, failing=goal.failing)
    if stopped(desk):
        held_back = look.model_copy(update={"why": "everything is stopped"})
        return held_back.model_dump(mode="json")
    known = desk.directory.known(goal.asker, fresh=True)
    access = Access(workspace=desk.workspace, asker=known.grant)
    if known.person is None or access.nothing:
        name = known.member.name or "whoever asked for it"
        over = {"over": True, "why": f"{name} has left, or may see no deal any more"}
        return look.model_copy(update=over).model_dump(mode="json")
    try:
        seen = _seen(desk, known, goal, look)
    except (ReportError, ConnectorError) as refusal:
        return look.model_copy(update={"why": f"{refusal}"}).model_dump(mode="json")
    last = now >= goal.until or not seen.failing
    ask = () if last else seen.ask
    return seen.model_copy(update={"last": last, "ask": ask}).model_dump(mode="json")


def _seen(desk: Desk, known: Known, goal: Goal, look: _Look) -> _Look:
    """Return what fails the condition, what of it was answered, and what is to be asked."""
    deals = deals_of(desk, known, goal.search)
    failing = tuple(deal.id for deal in deals)
    told = answered(desk, known, deals, since=goal.made_at - LATELY)
    recent = asked_since(desk, look.at - timedelta(days=AGAIN))
    ever = tuple(dict.fromkeys((*goal.seen, *failing)))
    with flows.pull(desk.under(Access(workspace=desk.workspace, asker=known.grant))) as view:
        seen = tuple(deal.id for deal in in_order(view, ever))
    waiting = [words.line(deal.name, 60) for deal in deals if deal.id not in told]
    return look.model_copy(
        update={
            "failing": failing,
            "answered": tuple(one for one in failing if one in told),
            "ask": tuple(one for one in failing if one not in told and one not in recent),
            "seen": seen,
            "names": tuple(waiting[:_NAMED]),
        }
    )


def _ask(desk: Desk, goal_id: str, due: str, look: _Look) -> _Did:
    """Ask the owners of what is to be asked; somebody may have stopped the goal meanwhile."""
    goal = _goal(desk, goal_id, due)
    if goal is None or look.why or not look.ask:
        return _Did()
    known = desk.directory.known(goal.asker)
    with flows.pull(desk.under(Access(workspace=desk.workspace, asker=known.grant))) as view:
        owners = owners_of(desk, in_order(view, look.ask))
    reached = [owner for owner in owners if owner.user]
    if goal.first is not None and (why := too_many(desk, goal.asker, len(reached), at=look.at)):
        return _Did(missed=(why,))
    item = Item(
        cause=goal.id,
        round=f"{goal.id}:{due}",
        asker=goal.asker,
        words=goal.search.words,
        deal_id="",
        need=goal.search.need,
    )
    outcome = ask_all(desk, owners, item, now=look.at)
    deals = sum(len(owner.deals) for owner in reached)
    later = sum(asked.due > look.at for asked in outcome.asked)
    return _Did(owners=len(reached), deals=deals, later=later, missed=missed(owners))


def _tell(desk: Desk, goal_id: str, due: str, look: _Look, did: _Did) -> bool:
    """Tell a goal's asker what changed, in a line; at the end, the report. Nothing changed: nothing is said."""
    goal = _goal(desk, goal_id, due)
    if goal is None or look.why:
        return False
    begins = goal.first is None
    changed = set(look.failing) != set(goal.failing) or len(look.answered) != goal.answered
    if not (begins or changed or look.last or look.late):
        return False
    told = _report(desk, goal, look) if look.last else _line(goal, look, did, begins=begins)
    direct = desk.poster.direct(goal.asker)
    desk.poster.post(direct, told, key=mark_of(f"{STEP}:{goal.id}:{due}"), look=True)
    return True


def _line(goal: Goal, look: _Look, did: _Did, *, begins: bool) -> m.Outgoing:
    parts = [
        f"Goal “{goal.name}”:",
        *_late(look),
        *(() if begins else (look.counted,)),
        did.text or ("Nobody was asked." if begins else ""),
        *(did.missed if begins else ()),
    ]
    stop = button("Stop", f"{STOP}:{goal.id}", goal.id)
    return m.sentence(" ".join(part for part in parts if part), buttons=(stop,))


def _late(look: _Look) -> tuple[str, ...]:
    if not look.late:
        return ()
    return (f"I did not look on {look.late}, for everything was stopped or I was not running. I go on.",)


def _report(desk: Desk, goal: Goal, look: _Look) -> m.Outgoing:
    """Return what became of a goal: counted, and deal by deal, the open ones first."""
    reached = not look.failing
    joined = len(look.seen) - (goal.first or 0)
    lines = (
        f"Goal “{goal.name}” {'is reached' if reached else 'is over'}: {look.counted}",
        *_late(look),
        *((f"{joined} of them joined after it began.",) if joined > 0 and goal.first is not None else ()),
    )
    more = f"Shown: the first {ROWS - 1} of {len(look.seen)}."
    small = (
        *((more,) if len(look.seen) >= ROWS else ()),
        REPORTED.format(system=desk.writes)
        if desk.writes
        else "Answers are kept here; nothing of them is in the CRM before somebody writes it there.",
    )
    reply = Reply(intent="goal", private=True, lines=lines, grid=_grid(desk, goal, look), small=small)
    return m.answer(reply)


def _grid(desk: Desk, goal: Goal, look: _Look) -> Grid:
    given = book(desk).given
    known = desk.directory.known(goal.asker)
    with flows.pull(desk.under(Access(workspace=desk.workspace, asker=known.grant))) as view:
        deals = in_order(view, look.seen)
        today = view.today
    order = {True: 0, False: 1}
    rows = []
    for deal in sorted(deals, key=lambda one: order[one.id in look.failing and one.id not in look.answered]):
        note = given.get(deal.id)
        stands = "mended in the CRM" if deal.id not in look.failing else "open"
        answer = said(note.note) if note and deal.id in look.answered else stands
        rows.append((deal.name, deal.owner, amount(deal), words.day(deal.close, today), answer))
    return Grid(
        headings=("Deal", "Owner", "Amount", "Close in the CRM", "Stands"), rows=tuple(rows), right=(2,)
    )


def _keep(desk: Desk, goal_id: str, due: str, look: _Look, did: _Did) -> bool:
    """Keep what a step found and did, and when the next one is."""
    text = (
        f"could not look: {look.why}." if look.why else " ".join((look.short, did.text, *did.missed)).strip()
    )
    holidays = desk.line.company.holidays

    def kept(goal: Goal | None) -> Goal | None:
        if goal is None or goal.state != "running" or not goal.next_at or goal.next_at.isoformat() != due:
            return goal
        morning = working(REPORT, goal.zone, look.at, holidays)
        following = min(morning, goal.until) if goal.until > look.at else morning
        after: dict[str, object] = {"log": noted(goal, look.at, text), "next_at": following}
        if not look.why:
            after |= {
                "first": len(look.failing) if goal.first is None else goal.first,
                "failing": look.failing,
                "answered": len(look.answered),
                "seen": look.seen,
            }
        if look.last:
            after |= {"state": "done", "next_at": None}
        return goal.model_copy(update=after)

    book(desk).goals.change(goal_id, kept)
    tidy(book(desk), look.at)
    return True


def _end(desk: Desk, goal_id: str, look: _Look) -> bool:
    def ended(goal: Goal | None) -> Goal | None:
        if goal is None or goal.state != "running":
            return goal
        after = {"state": "ended", "next_at": None, "log": noted(goal, look.at, f"ended: {look.why}.")}
        return goal.model_copy(update=after)

    book(desk).goals.change(goal_id, ended)
    return True


def _tell_admins(desk: Desk, goal_id: str, look: _Look) -> bool:
    """Tell the admins that a goal has ended because nobody is there for it any more."""
    goal = book(desk).goals.get(goal_id)
    admins = desk.directory.linked(desk.line.company.roles.get("admin", ()))
    name = goal.name if goal else "a goal"
    told = f"I ended the goal “{name}”: {look.why}. It asks nobody any more."
    return tell_others(desk, tuple((user, told, f"goal:{goal_id}:left") for user in admins))
