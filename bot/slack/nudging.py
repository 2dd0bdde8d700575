"""Nudges: somebody has the owners of some deals asked about them, sees first whom that would be, and hears what they answered."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.agent.intents import Errand
from bot.agent.reply import Grid, Reply
from bot.nudges.reading import nudge_search
from bot.nudges.scopes import away
from bot.nudges.values import Nudge, Search
from bot.runs.ports import Steps, Work
from bot.schedules.rhythm import dated
from bot.slack import blocks as b
from bot.slack import nudging_answers as answers
from bot.slack import nudging_letters as letters
from bot.slack import nudging_message as n
from bot.slack import nudging_report as reports
from bot.slack import nudging_writes as writes
from bot.slack.desk import Answer, Desk
from bot.slack.feature import Feature
from bot.slack.mentioned import in_names, unknown
from bot.slack.nudging_letters import book, zone_of
from bot.slack.nudging_send import (
    AGAIN,
    LATELY,
    answered,
    asked_since,
    deals_of,
    leads,
    missed,
    owners_of,
    reader,
    send,
)
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.request import Request
from bot.slack.telling import mark_of, private, tell
from connectors.access import Access
from connectors.errors import ConnectorError
from reports import words
from reports.errors import ReportError
from reports.view import Deal

SEND, NO, STOP = "nudge_send", "nudge_no", "nudge_stop"
_LIST = re.compile(
    r"(?:(?:my|the|show|stop|cancel|end|status|of|list)\s+)*nudges?(?:\s+status)?[\s.!?]*"
    r"|who\s+(?:has\s+not|hasn[’']?t|did\s+not|didn[’']?t)\s+answer(?:ed)?(?:\s+yet)?[\s.!?]*",
    re.IGNORECASE,
)
_ONLY_OWN = "You lead nobody by the CRM, so you can ask about your own deals only."
_MOST = 10


def _errand(desk: Desk, request: Request, known: Known, asked: Errand) -> Answer:
    """Return the preview of a nudge, or the list of those that are out; nothing is sent by it."""
    if _LIST.fullmatch(asked.text.strip()):
        return listed(desk, known)
    read = reader(desk, known, about=f"nudge:{request.key}")
    if request.people:
        if why := unknown(desk.directory, request.people):
            return Answer(to="alone", why=why)
        named = read(in_names(desk.directory, asked.text, request.people))
        if not isinstance(named, Errand) or named.kind != "nudge":
            return Answer(to="alone", why="I do not understand whom to ask. Name them as the CRM does.")
        asked = named
    search = nudge_search(asked, read)
    if isinstance(search, str):
        return Answer(to="alone", why=search)
    if why := _somebody_elses(desk, known, search, asked):
        return Answer(to="alone", why=why)
    own = not leads(desk, known)
    return preview(desk, request, known, search.model_copy(update={"own": own}), read_as=asked.read_as)


def _somebody_elses(desk: Desk, known: Known, search: Search, asked: Errand) -> str:
    """Return that a deal is not the one's who was named to be asked about it; empty where it is, or nobody was named."""
    if not search.deals or not asked.people:
        return ""
    try:
        deals = deals_of(desk, known, search)
    except (ReportError, ConnectorError):
        return ""
    named = {person.id for person in asked.people}
    if not deals or deals[0].owner_id in named:
        return ""
    whose = "yours" if known.person and deals[0].owner_id == known.person.id else f"{deals[0].owner}'s"
    name = asked.people[0].name
    return (
        f"{search.words} is {whose}, and a nudge asks the owner of a deal. To have {name} hear of it, say for example: "
        f"remind {name} thursday re {search.words}"
    )


def preview(
    desk: Desk, request: Request, known: Known, search: Search, *, read_as: tuple[str, ...] = ()
) -> Answer:
    """Return whom a nudge would ask about how many deals, with [Send] and [No]; keep it as it was shown."""
    try:
        deals = deals_of(desk, known, search)
    except (ReportError, ConnectorError) as refusal:
        return Answer(to="alone", why=f"{refusal}.")
    about = words.line(search.words, 80)
    lately = answered(desk, known, deals, since=request.at - LATELY)
    deals = tuple(deal for deal in deals if deal.id not in lately)
    again = (
        f"{len(lately)} more {words.plural(len(lately), 'was', 'were')} answered in the last 7 days."
        if lately
        else ""
    )
    if not deals:
        why = " ".join(part for part in (away(search), again, _ONLY_OWN if search.own else "") if part)
        return Answer(to="alone", why=f"No open deal to ask about: {about}. {why}".strip())
    owners = owners_of(desk, deals)
    reached = [owner for owner in owners if owner.user]
    count = (
        f"{len(deals)} {words.plural(len(deals), 'deal')}, {len(owners)} {words.plural(len(owners), 'owner')}"
    )
    to = "" if len(reached) == len(owners) else f", to {len(reached)} of them"
    lines = (
        f"{count}, one direct message each (up to five deals in it){to}.",
        f"Asked about: {about}.",
        *((out,) if (out := away(search)) else ()),
        *((_ONLY_OWN,) if search.own else ()),
        *((again,) if again else ()),
        *_once_more(desk, deals, request.at),
        *missed(owners),
    )
    nudge = Nudge(
        id=mark_of(f"nudge:{request.key}"),
        asker=known.member.id,
        search=search,
        deals=tuple(deal.id for deal in deals),
        made_at=request.at,
        zone=zone_of(desk, known.member.id),
    )
    book(desk).nudges.change(nudge.id, lambda kept: kept or nudge)
    return Answer(
        to="alone",
        reply=Reply(
            intent="nudge",
            private=True,
            read_as=read_as,
            lines=lines,
            grid=Grid(
                headings=("Owner", "Deals"),
                rows=tuple((owner.name, str(len(owner.deals))) for owner in owners),
                right=(1,),
            ),
            small=(n.choices(search.need, desk.writes),),
        ),
        buttons=(("Send", SEND, nudge.id), ("No", NO, nudge.id)) if reached else (),
    )


def _once_more(desk: Desk, deals: tuple[Deal, ...], at: datetime) -> tuple[str, ...]:
    """Return that owners were asked about some of these deals lately, as a sentence."""
    asked = asked_since(desk, at - timedelta(days=AGAIN))
    number = sum(deal.id in asked for deal in deals)
    was, them = words.plural(number, "was", "were"), words.plural(number, "owner is", "owners are")
    told = f"{number} of these {was} asked about in the last {AGAIN} days; the {them} asked once more."
    return (told,) if number else ()


def listed(desk: Desk, known: Known) -> Answer:
    """Return the nudges of somebody that are out, each with [Stop]."""
    running = _running(desk, known)
    if not running:
        return Answer(
            to="alone",
            why="No nudge of yours is out. Say for example: nudge everyone with past due close dates",
        )
    lines = tuple(f"{number}. {_line(desk, known, nudge)}" for number, nudge in enumerate(running, start=1))
    count = f"{len(running)} {words.plural(len(running), 'nudge')} of yours {words.plural(len(running), 'is', 'are')} out."
    return Answer(
        to="alone",
        reply=Reply(intent="nudge", private=True, lines=(count, *lines)),
        buttons=tuple(
            (f"Stop {number}", f"{STOP}:{number}", nudge.id) for number, nudge in enumerate(running, start=1)
        ),
    )


def _line(desk: Desk, known: Known, nudge: Nudge) -> str:
    found = reports.count(desk, nudge.id, Access(workspace=desk.workspace, asker=known.grant))
    when = dated(nudge.report_at, nudge.zone) if nudge.report_at else "soon"
    about = words.line(nudge.search.words, 80)
    return f"{about}: {found.answered} of {found.deals} answered, report {when}."


def _running(desk: Desk, known: Known) -> tuple[Nudge, ...]:
    mine = (nudge for nudge in book(desk).nudges.all() if nudge.asker == known.member.id)
    found = sorted((nudge for nudge in mine if nudge.state == "running"), key=lambda nudge: nudge.made_at)
    return tuple(found[-_MOST:])


def _send(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    _tell(desk, steps, press, steps.step("send", lambda: send(desk, known, press.value, at=press.request.at)))


def _no(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    said = steps.step("let go", lambda: _let_go(desk, known, press.value, frozenset({"offered"})))
    _tell(desk, steps, press, said or "That was sent already; nudges lists what is out, with [Stop].")


def _stop(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    said = steps.step("let go", lambda: _let_go(desk, known, press.value, frozenset({"running", "offered"})))
    _tell(desk, steps, press, said or "That nudge is over already.")


def _let_go(desk: Desk, known: Known, nudge_id: str, states: frozenset[str]) -> str:
    """Let go of a nudge in one of these states; return what its asker, or an admin, is told: empty where it is over."""
    nudge = book(desk).nudges.get(nudge_id)
    if nudge is None or not (nudge.asker == known.member.id or desk.directory.is_in("admin", known)):
        return "Only who asked for this nudge, or an admin, can stop it."

    def stopped(note: Nudge | None) -> Nudge | None:
        return note.model_copy(update={"state": "stopped"}) if note and note.state in states else note

    after = book(desk).nudges.change(nudge_id, stopped)
    if after is None or after.state != "stopped":
        return ""
    return (
        "Let go of: nobody was asked."
        if nudge.sent_at is None
        else "Stopped: what was not sent stays unsent, and answers that were given stay."
    )


def _tell(desk: Desk, steps: Steps, press: Press, said: str) -> None:
    told = private(Answer(to="alone", why=said))
    key = mark_of(press.request.key)
    steps.step("tell", lambda: tell(desk, press.request, told, key=key, look=steps.again))


def _due(desk: Desk, now: datetime) -> tuple[Work, ...]:
    """Return the messages that go out now, and the reports that are due."""
    kept = book(desk)
    sends = [
        letters.work_of(desk, one) for one in kept.asked.all() if one.state == "waiting" and one.due <= now
    ]
    told = [
        reports.work_of(desk, nudge)
        for nudge in kept.nudges.all()
        if nudge.state == "running" and nudge.report_at is not None and nudge.report_at <= now
    ]
    return (*sends, *told)


def _home(desk: Desk, known: Known) -> list[b.Block]:
    """Return somebody's nudges that are out, each with [Stop]."""
    running = _running(desk, known)
    found: list[b.Block] = [b.bold("My nudges")] if running else []
    for nudge in running:
        row = b.plain(_line(desk, known, nudge))
        row["accessory"] = b.button("Stop", f"{STOP}:{nudge.id}", nudge.id)
        found.append(row)
    return found


_DIALOGS = (n.DATE, n.STEP, n.AMOUNT, n.LOST, n.CHANGE)
FEATURE = Feature(
    errands={"nudge": _errand},
    presses={
        SEND: _send,
        NO: _no,
        STOP: _stop,
        **dict.fromkeys((*_DIALOGS, n.LEFT), answers.pressed),
    },
    dialogs=dict.fromkeys(_DIALOGS, answers.opened),
    checks=dict.fromkeys(_DIALOGS, answers.wrong),
    filled=dict.fromkeys(_DIALOGS, answers.filled_in),
    works={letters.ASK: letters.send, reports.REPORT: reports.report},
    clock=(_due,),
    settled={"nudge": writes.settle},
    home=_home,
)
