"""What comes by itself, when it is due: looked for once a minute, carried out once, paused where it no longer may come."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from pydantic import JsonValue

from bot.agent.turn import turn
from bot.runs.ports import Payload, Steps, Work
from bot.schedules import Schedule, book
from bot.schedules.rhythm import dated, due, following
from bot.slack import digests, previews, previews_after, service
from bot.slack import message as m
from bot.slack.alert_budget import folded, folded_line, tell_folded
from bot.slack.brake import let_go_on, stopped
from bot.slack.delivery import deliver
from bot.slack.desk import Answer, Desk
from bot.slack.people import Known
from bot.slack.previews_kept import asked_with, key_of
from bot.slack.request import Request
from bot.slack.schedule_words import discreet, rhythm_of, title, where
from bot.slack.telling import mark_of, row, tell_others
from connectors.access import Access
from reports import words
from reports.facts import Frozen

RUN, EVENING, MISSED = "scheduled", "scheduled_evening", "scheduled_missed"
# What was missed while nothing ran is still done within so long; it says that it is late from so long on.
GRACE, LATE = timedelta(hours=6), timedelta(minutes=15)
# Works that are due at the same minute begin so many seconds after each other.
APART = 1.0
# A report is shown to who answers for it at this hour of the day before.
_EVE = 18


def clock(desk: Desk, now: datetime) -> tuple[Work, ...]:
    """Take up what is due by now; several at once are begun one after the other."""
    works: list[Work] = []
    lost: dict[str, list[tuple[Schedule, tuple[datetime, ...]]]] = defaultdict(list)
    halted = let_go_on(desk)
    for schedule in book.every(desk.notes, desk.workspace):
        if schedule.paused or schedule.what == "alert":
            continue
        instants = _due(desk, schedule, now)
        if instants and _in_time(instants[-1], now, halted):
            works.append(_work(desk, schedule, instants[-1]))
            instants = instants[:-1]
        if instants:
            lost[schedule.owner].append((schedule, instants))
        works.extend(_evening(desk, schedule, now))
    works.extend(_missed_work(desk, owner, found) for owner, found in lost.items())
    for number, work in enumerate(works):
        desk.runs.enqueue(work, after=number * APART)
    return ()


def now_work(desk: Desk, schedule: Schedule, key: str) -> Work:
    """Return the work that brings a schedule now, whenever it is due; `key` is the press that asked for it."""
    work = _work(desk, schedule, desk.clock())
    mark = hashlib.sha256(key.encode()).hexdigest()[:12]
    return work.model_copy(
        update={"key": f"schedule:{schedule.id}:now:{mark}", "payload": {**work.payload, "now": True}}
    )


def _due(desk: Desk, schedule: Schedule, now: datetime) -> tuple[datetime, ...]:
    holidays = desk.line.company.holidays
    return due(schedule.rhythm, schedule.done_through, now, holidays=holidays, skips=schedule.skips)


def _in_time(instant: datetime, now: datetime, halted: datetime | None) -> bool:
    """Say whether what was due is still done: within the grace time, and not where everything was stopped meanwhile."""
    return now - instant <= GRACE and not (halted is not None and instant <= halted)


def _work(desk: Desk, schedule: Schedule, instant: datetime) -> Work:
    return Work(
        kind=RUN,
        key=f"schedule:{schedule.id}:{instant.isoformat()}",
        lane=f"{desk.workspace}:schedule:{schedule.channel}",
        payload={"id": schedule.id, "owner": schedule.owner, "due": instant.isoformat()},
    )


def _evening(desk: Desk, schedule: Schedule, now: datetime) -> tuple[Work, ...]:
    """Return the work that shows a channel's report to who answers for it, on the evening before it is due."""
    if schedule.what != "report" or schedule.channel == schedule.owner:
        return ()
    holidays = desk.line.company.holidays
    coming = next(following(schedule.rhythm, now, holidays=holidays, skips=schedule.skips), None)
    if coming is None:
        return ()
    eve = (coming - timedelta(days=1)).replace(hour=_EVE, minute=0)
    if not eve <= now < coming:
        return ()
    work = _work(desk, schedule, coming)
    return (
        work.model_copy(update={"kind": EVENING, "key": f"schedule_eve:{schedule.id}:{coming.isoformat()}"}),
    )


def _missed_work(desk: Desk, owner: str, found: list[tuple[Schedule, tuple[datetime, ...]]]) -> Work:
    items: list[JsonValue] = [
        {"id": schedule.id, "dues": [one.isoformat() for one in instants]} for schedule, instants in found
    ]
    mark = hashlib.sha256(repr(items).encode()).hexdigest()[:16]
    return Work(
        kind=MISSED,
        key=f"schedule_missed:{owner}:{mark}",
        lane=f"{desk.workspace}:schedule_missed:{owner}",
        payload={"owner": owner, "items": items, "mark": mark},
    )


def run(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Bring what is due to where it goes, once; where it may not come any more, pause it and say so."""
    instant = datetime.fromisoformat(str(payload["due"]))
    taken = steps.step("take", lambda: _take(desk, payload, instant))
    if taken is None:
        return
    schedule = Schedule.model_validate(taken)
    owner = desk.directory.known(schedule.owner, fresh=True)
    if why := steps.step("may", lambda: obstacle(desk, schedule, owner)):
        steps.step("pause", lambda: pause(desk, schedule, why))
        return
    now = bool(payload.get("now"))
    if not now and steps.step("settled", lambda: previews_after.settled(desk, schedule, instant)):
        return
    late = "" if now else steps.step("late", lambda: _late(desk, schedule, instant))
    # Who presses Run now asks for it there, as by a command; what comes by itself is looked over first.
    if schedule.what == "report" and not now and previews.publish_due(desk, steps, schedule, instant):
        if late:
            told, key = (
                f"{title(schedule)} {where(desk, schedule)}: {late}",
                f"{key_of(schedule, instant)}:late",
            )
            steps.step("tell late", lambda: _tell_owner(desk, schedule, told, key))
        return
    direct = steps.step("direct", lambda: desk.poster.direct(schedule.owner))
    request = _request(desk, schedule, instant, direct=direct)
    kept = steps.step("answer", lambda: _asked(desk, request, schedule, owner, late).model_dump(mode="json"))
    asked = _Asked.model_validate(kept)
    if asked.answer.to == "alone":
        request = request.model_copy(update={"channel": direct, "surface": "direct"})
    deliver(desk, steps, request, asked.answer)
    if asked.as_of is not None and not now:
        as_of = asked.as_of
        steps.step("saw", lambda: digests.saw(desk, schedule, as_of))
    if asked.folded:
        steps.step("folded", lambda: tell_folded(desk, schedule.owner, asked.folded))


def missed(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Tell an owner once what did not come, and let it be past."""
    owner, mark = str(payload["owner"]), str(payload["mark"])
    past = cast("list[list[str]]", steps.step("past", lambda: cast("list[JsonValue]", _past(desk, payload))))
    if not past:
        return
    why = "This did not come, for I was not running or everything was stopped; I do not make up for it."
    drafted = any(draft for _, draft in past)
    more = " Publish posts what you have a preview of, with the figures of that moment." if drafted else ""
    # What was looked over already is published by its own button; the rest is only told.
    told = m.sentence(
        f"{why} Run now under {desk.command} schedules brings it.{more}",
        "\n".join(line for line, draft in past if not draft),
        rows=tuple(block for line, draft in past if draft for block in row(line, asked_with(draft))),
    )

    def say() -> bool:
        if not desk.directory.member(owner).gone:
            desk.poster.post(
                desk.poster.direct(owner), told, key=mark_of(f"missed:{owner}:{mark}"), look=True
            )
        return True

    steps.step("tell", say)


def evening(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Show a report to who answers for it, where it still may come on the next day."""
    schedule = book.read(desk.notes, desk.workspace, str(payload["id"]))
    if schedule is None or schedule.paused or stopped(desk):
        return
    previews.evening(desk, steps, schedule, datetime.fromisoformat(str(payload["due"])))


def obstacle(desk: Desk, schedule: Schedule, owner: Known) -> str:
    """Return why a schedule may not come any more; empty while it may."""
    name = owner.member.name or "Who made it"
    if owner.member.gone:
        return f"{name} is no longer in Slack."
    if owner.member.outside:
        return f"{name} is a guest now."
    if not owner.confirmed:
        return f"{name} is nobody of the CRM any more."
    if Access(workspace=desk.workspace, asker=owner.grant).nothing:
        return f"The CRM role of {name} sees no deal any more."
    if schedule.channel == schedule.owner:
        return ""
    roster = desk.places.look(schedule.channel)
    seen = service.verdict_of(desk, roster)
    if not seen.here:
        return seen.why
    return "" if schedule.owner in roster.members else f"{name} is no longer in #{roster.name}."


def _take(desk: Desk, payload: Payload, instant: datetime) -> JsonValue:
    """Take up an occurrence, once: what is due up to it is past from now on. None where there is nothing to do."""
    schedule_id = str(payload["id"])
    if stopped(desk):
        return None
    schedule = book.read(desk.notes, desk.workspace, schedule_id)
    if schedule is None:
        return None
    if payload.get("now"):
        return schedule.model_dump(mode="json")
    mine = desk.notes.read(desk.workspace, book.TAKEN, schedule_id) == {"due": instant.isoformat()}
    if schedule.paused or (schedule.done_through >= instant and not mine):
        return None
    desk.notes.write(desk.workspace, book.TAKEN, schedule_id, {"due": instant.isoformat()})
    kept = book.change(desk.notes, desk.workspace, schedule_id, partial(_through, instant=instant))
    return None if kept is None else kept.model_dump(mode="json")


def _through(schedule: Schedule, *, instant: datetime) -> Schedule:
    return schedule.model_copy(update={"done_through": max(schedule.done_through, instant)})


def _past(desk: Desk, payload: Payload) -> list[list[str]]:
    """Let what was missed be past, and return a line for each schedule of which that is news, with its draft if there is one.

    What was posted before its hour, or dropped, was not missed.
    """
    lines: list[list[str]] = []
    by = str(payload["mark"])
    for item in cast("list[dict[str, JsonValue]]", payload["items"]):
        dues = [datetime.fromisoformat(str(one)) for one in cast("list[str]", item["dues"])]
        schedule = book.read(desk.notes, desk.workspace, str(item["id"]))
        if schedule is None:
            continue
        note = desk.notes.read(desk.workspace, book.TOLD, schedule.id)
        if note is not None and note["by"] != by and datetime.fromisoformat(str(note["through"])) >= dues[-1]:
            continue
        desk.notes.write(desk.workspace, book.TOLD, schedule.id, {"through": dues[-1].isoformat(), "by": by})
        book.change(desk.notes, desk.workspace, schedule.id, partial(_through, instant=dues[-1]))
        lost = [one for one in dues if not previews_after.settled(desk, schedule, one)]
        if not lost:
            continue
        shown = [dated(one, schedule.rhythm.zone) for one in lost[-3:]]
        more = f"{len(lost) - 3} more and " if len(lost) > 3 else ""
        line = f"{title(schedule)} {where(desk, schedule)}: {more}{words.joined(shown)}"
        lines.append([line, previews_after.missed(desk, schedule, lost)])
    return lines


def pause(desk: Desk, schedule: Schedule, why: str) -> bool:
    """Pause a schedule that may not come any more; tell its owner and the admins once."""
    previews_after.halt(desk, schedule, why)
    after = f"Press Resume under {desk.command} schedules when that is mended."
    admins = desk.directory.linked(desk.line.company.roles.get("admin", ()))
    same = f"paused:{schedule.id}:{schedule.done_through.isoformat()}"
    mine = f"I paused {title(schedule)} {where(desk, schedule)}: {why} {after}"
    others = f"I paused this: {discreet(desk, schedule)}. {why} {after}"
    return tell_others(
        desk,
        (
            (schedule.owner, mine, same),
            *((user, others, same) for user in admins if user != schedule.owner),
        ),
    )


def _late(desk: Desk, schedule: Schedule, instant: datetime) -> str:
    if desk.clock() - instant < LATE:
        return ""
    return f"Late: was due {dated(instant, schedule.rhythm.zone)}."


def _tell_owner(desk: Desk, schedule: Schedule, told: str, key: str) -> bool:
    desk.poster.post(desk.poster.direct(schedule.owner), m.sentence(told), key=mark_of(key), look=True)
    return True


def _request(desk: Desk, schedule: Schedule, instant: datetime, *, direct: str) -> Request:
    """Return what a schedule asks as if its owner had said it where it goes to."""
    alone = schedule.channel == schedule.owner
    return Request(
        key=key_of(schedule, instant),
        workspace=desk.workspace,
        channel=direct if alone else schedule.channel,
        user=schedule.owner,
        text=schedule.text,
        surface="direct" if alone else "slash",
        at=instant,
        scheduled=True,
    )


class _Asked(Frozen):
    """What a schedule's words were answered; of a digest how far it looked, and the counted alerts that it told of."""

    answer: Answer
    as_of: datetime | None = None
    folded: tuple[str, ...] = ()


def _asked(desk: Desk, request: Request, schedule: Schedule, owner: Known, late: str) -> _Asked:
    """Ask the words of a schedule: under the owner's rights for the owner alone, else as the named service for all there."""
    alone = schedule.channel == schedule.owner
    if alone:
        access, asker = Access(workspace=desk.workspace, asker=owner.grant), owner.asker
    else:
        seen = service.verdict(desk, schedule.channel)
        if not seen.here:
            why = f"{title(schedule)} did not come: {seen.why}"
            return _Asked(answer=Answer(to="alone", why=why))
        access, asker = seen.access, service.asker(desk)
    meant, stale, as_of = None, "", None
    if schedule.what == "digest":
        meant, stale, as_of = digests.asks(desk, schedule, access, asker)
    reply, made = turn(
        desk.under(access),
        schedule.text,
        thread_id=request.key,
        asker=asker,
        surface="slash",
        key=request.key,
        meant=meant,
    )
    keys = folded(desk, schedule.owner) if alone and schedule.what == "digest" else ()
    counted = folded_line(desk, schedule.owner, keys)
    comes = f"Comes {rhythm_of(schedule, request.at)} for {owner.asker.name}"
    said = tuple(part for part in (late, comes, stale) if part)
    reply = reply.model_copy(
        update={
            "read_as": (*said, *reply.read_as),
            "lines": (*reply.lines, *((counted,) if counted else ())),
        }
    )
    here = made is not None or not reply.private or request.direct
    answer = Answer(
        to="here" if here else "alone",
        why="" if here else f"{title(schedule)} did not come {where(desk, schedule)}:",
        reply=None if made else reply,
        draft_id=made.draft_id if made else "",
        number=made.number if made else 0,
        conversation=request.key,
        limits=access.limits,
    )
    return _Asked(answer=answer, as_of=as_of, folded=keys)
