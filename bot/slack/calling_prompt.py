"""The weekly question to managers what they call, in their own week, once; where the company file asks for it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import cast

from pydantic import JsonValue

from bot.runs.ports import Payload, Steps, Work
from bot.slack import calling_book as book
from bot.slack import message as m
from bot.slack.acting_book import QUIET, zone_of
from bot.slack.blocks import button
from bot.slack.brake import stopped
from bot.slack.desk import Desk
from bot.slack.people import Known
from bot.slack.telling import mark_of
from reports import words

ASK, SAME, CHANGE, MUTE = "call-ask", "call-same", "call-change", "call-mute"
_ASKED, _MUTED = "call-week", "call-muted"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# What was not said for whatever reason is tried again so often, that day.
_AGAIN = timedelta(minutes=5)


def muted(desk: Desk, known: Known, *, on: bool) -> str:
    """Keep that somebody is asked for calls no more, or again; return what they are told."""
    if on:
        desk.notes.write(desk.workspace, _MUTED, known.member.id, {"by": known.asker.name})
        return "I do not ask you for calls any more; “unmute calls” brings it back."
    desk.notes.erase(desk.workspace, _MUTED, known.member.id)
    return (
        "I ask you for calls again."
        if desk.line.company.calls.prompt
        else "The company file has me ask nobody."
    )


def due(desk: Desk, now: datetime) -> tuple[Work, ...]:
    """Return a work for every manager whom it is time to ask."""
    prompt = desk.line.company.calls.prompt
    if prompt is None or not _near(prompt, now):
        return ()
    slot = int(now.timestamp() // _AGAIN.total_seconds())
    users = desk.directory.users_of(book.callers(desk))
    return tuple(
        Work(
            kind=ASK,
            key=f"{ASK}:{user}:{slot}",
            lane=f"{desk.workspace}:{ASK}:{user}",
            payload={"user": user},
        )
        for user in users
        if _week(desk, user, now)
    )


def ask(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Ask one manager for each region that they lead, or for the whole, once in their week."""
    user = str(payload["user"])

    def find() -> dict[str, JsonValue]:
        week = "" if stopped(desk) else _week(desk, user, desk.clock())
        mine = book.reach(desk, desk.directory.known(user).person)
        regions: list[str] = [""] if mine.whole else list(mine.regions)
        return {"week": week, "regions": cast("list[JsonValue]", regions if week else [])}

    found = steps.step("find", find)
    week, regions = str(found["week"]), cast("list[str]", found["regions"])
    for region in regions:
        steps.step(f"ask {region}", lambda region=region: _put(desk, user, week, region or None))  # type: ignore[misc]
    if regions:
        steps.step("asked", lambda: _keep(desk, user, week))


def _put(desk: Desk, user: str, week: str, region: str | None) -> bool:
    known = desk.directory.known(user)
    if stopped(desk) or known.person is None:
        return False
    with book.stood(desk, known, region) as scene:
        ledger = scene.ledger()
        where = ledger.name("where", book.where(desk, region), source="region")
        period = ledger.name("period", scene.name, source="fiscal calendar")
        last = book.last_of(desk, known.person.id, region, scene.period.label)
        before = ""
        if last is not None:
            when = ledger.name(
                "when", words.instant(last.at, scene.company.zone), source="when it was called"
            )
            before = f" Last: {book.bound(desk, last, ledger)} on {when}."
        told = ledger.say(
            f"What do you call for {where}, {period}?{before} By now {book.roll_up(scene, ledger)}."
        )
    buttons = (
        *((button("Same as last week", SAME, last.id),) if last else ()),
        button("Change" if last else "Call it", CHANGE, region or ""),
        button("Mute calls", MUTE, "calls"),
    )
    key = mark_of(f"{ASK}:{user}:{week}:{region}")
    shown = m.sentence(told.text, buttons=buttons)
    return bool(desk.poster.post(desk.poster.direct(user), shown, key=key, look=True))


def _keep(desk: Desk, user: str, week: str) -> bool:
    if not stopped(desk):
        desk.notes.write(desk.workspace, _ASKED, user, {"week": week})
    return True


def _week(desk: Desk, user: str, now: datetime) -> str:
    """Return the week for which it is time to ask somebody; empty where it is not, or was done."""
    prompt = desk.line.company.calls.prompt
    if prompt is None or desk.notes.read(desk.workspace, _MUTED, user) is not None:
        return ""
    day, at = _when(prompt)
    local = now.astimezone(zone_of(desk, user))
    if local.weekday() != day or not at <= local.time() < max(QUIET, at):
        return ""
    week = f"{local:%G-W%V}"
    last = desk.notes.read(desk.workspace, _ASKED, user) or {}
    return "" if last.get("week") == week else week


def _near(prompt: str, now: datetime) -> bool:
    """Say whether it is that day anywhere."""
    day, _ = _when(prompt)
    return any((now + timedelta(hours=hours)).weekday() == day for hours in (-12, 0, 14))


def _when(prompt: str) -> tuple[int, time]:
    day, _, at = prompt.partition(" ")
    return _DAYS.index(day), time.fromisoformat(at)
