"""Alerts: what somebody wants to be told when it happens; looked for whenever the records are new, within a daily budget."""

from __future__ import annotations

import re
from datetime import datetime
from typing import cast

from pydantic import JsonValue

from bot.agent.intents import Errand
from bot.runs.ports import Payload, Steps, Work
from bot.schedules import Schedule, book
from bot.schedules.conditions import BUCKETS, EXAMPLES, Condition, condition
from bot.schedules.words import MORNING
from bot.slack import message as m
from bot.slack.alert_budget import (
    KINDS,
    PER_DAY,
    folded,
    folded_line,
    muted,
    room,
    set_muted,
    tell_folded,
    waiting,
)
from bot.slack.alert_look import Look, look, standing, unreadable
from bot.slack.blocks import button
from bot.slack.brake import stopped
from bot.slack.desk import Answer, Desk
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.request import Request
from bot.slack.scheduled import obstacle, pause
from bot.slack.telling import mark_of, tell
from connectors.access import Access
from reports import words

LOOK, REST, MUTE = "alert_look", "alert_rest", "alert_mute"
_MUTES = re.compile(
    r"(?P<off>un-?mute|mute|silence|snooze)\b[\s:]*(?:(?:all|the|my|alerts?|kind|when|deals?|about|on|for|that)\s+)*(?P<kind>.*?)"
    r"(?:\s+(?:alerts?|deals?))?",
    re.IGNORECASE,
)
_CALLED = {
    "slipped": "slips", "slip": "slips", "slippage": "slips", "slipping": "slips", "pushed": "slips", "pushes": "slips",
    "pulled": "pulled in", "losses": "lost", "loss": "lost", "wins": "won", "win": "won", "new": "created",
    "coverage": "numbers", "number": "numbers", "limits": "numbers", "thresholds": "numbers",
}  # fmt: skip


def kind_of(wanted: Condition) -> str:
    """Return what an alert is muted by."""
    return wanted.kind if wanted.kind in BUCKETS else "numbers"


def why_not(desk: Desk, known: Known, schedule: Schedule) -> str:
    """Return why an alert cannot be kept; empty where it can."""
    if schedule.channel != schedule.owner:
        return (
            "Alerts come to you alone, in your direct messages. "
            "For a channel I can do a digest: daily digest at 9 in #channel."
        )
    wanted = condition(schedule.text)
    if wanted is None:
        return f"I do not know how to watch for “{schedule.text}”. Say for example {EXAMPLES}."
    return unreadable(desk.under(Access(workspace=desk.workspace, asker=known.grant)), known, wanted)


def card(desk: Desk, known: Known, schedule: Schedule) -> list[str]:
    """Return what is asked to be saved."""
    wanted = condition(schedule.text)
    quiet = wanted is not None and kind_of(wanted) in muted(desk, known.member.id)
    under = desk.under(Access(workspace=desk.workspace, asker=known.grant))
    now = standing(under, known, wanted) if wanted else ""
    return [
        f"I tell you directly when {schedule.text}.",
        *([now] if now else []),
        "I look whenever the records are new, from now on, at what you may see.",
        f"At most {PER_DAY} alerts a day come to you; what is more is counted in your next digest, or else the next morning.",
        *([f"You muted this kind; “unmute {kind_of(wanted)}” lets it come."] if quiet and wanted else []),
        "Save it?",
    ]


def clock(desk: Desk, _now: datetime) -> tuple[Work, ...]:
    """Return the looks that the newest records are due; one for each alert and generation of records."""
    watched = [
        one for one in book.every(desk.notes, desk.workspace) if one.what == "alert" and not one.paused
    ]
    if not watched:
        return ()
    generation = desk.line.mirror.current().name
    seen = desk.notes.all(desk.workspace, book.SEEN)
    return tuple(
        Work(
            kind=LOOK,
            key=f"alert:{one.id}:{generation}",
            lane=f"{desk.workspace}:alert:{one.owner}",
            payload={"id": one.id, "owner": one.owner, "generation": generation},
        )
        for one in watched
        if seen.get(one.id, {}).get("generation") != generation
    )


def rest_clock(desk: Desk, now: datetime) -> tuple[Work, ...]:
    """Return the works that tell people without a digest of their own, on the next morning, how many alerts were only counted."""
    local = now.astimezone(desk.line.company.zone)
    if local.time() < MORNING or stopped(desk):
        return ()
    digests = {
        one.owner
        for one in book.every(desk.notes, desk.workspace)
        if one.what == "digest" and one.channel == one.owner and not one.paused
    }
    return tuple(
        Work(
            kind=REST,
            key=f"alert_rest:{user}:{local.date().isoformat()}",
            lane=f"{desk.workspace}:alert:{user}",
            payload={"owner": user, "day": local.date().isoformat()},
        )
        for user, day in waiting(desk).items()
        if day < local.date() and user not in digests
    )


def rest(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Tell somebody once how many alerts were only counted, and how to see what they were about."""
    owner = str(payload["owner"])
    keys = cast("list[str]", steps.step("counted", lambda: cast("list[JsonValue]", [*folded(desk, owner)])))
    told = steps.step("say", lambda: folded_line(desk, owner, tuple(keys)))
    if not told or desk.directory.member(owner).gone:
        return
    after = f"“{desk.command} what changed” shows what moved; “{desk.command} daily digest at 9 to me” brings it each day."
    direct = steps.step("direct", lambda: desk.poster.direct(owner))
    key = mark_of(f"alert_rest:{owner}:{payload['day']}")
    steps.step("tell", lambda: desk.poster.post(direct, m.sentence(told, after), key=key, look=steps.again))
    steps.step("told", lambda: tell_folded(desk, owner, tuple(keys)))


def anew(desk: Desk, schedule: Schedule, owner: Known) -> None:
    """Let an alert begin with the records as they are: what happened before is no news."""
    wanted = condition(schedule.text)
    if wanted is None:
        return
    line = desk.under(Access(workspace=desk.workspace, asker=owner.grant))
    found = look(line, owner, wanted, None, beyond=None)
    _saw(desk, schedule, found, desk.line.mirror.current().name)


def run(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Look for what an alert waits for; tell its owner, or count it where that was enough for a day."""
    schedule = book.read(desk.notes, desk.workspace, str(payload["id"]))
    if schedule is None or schedule.paused or stopped(desk):
        return
    owner = desk.directory.known(schedule.owner, fresh=True)
    if why := steps.step("may", lambda: obstacle(desk, schedule, owner)):
        steps.step("pause", lambda: pause(desk, schedule, why))
        return
    wanted = condition(schedule.text)
    if wanted is None:
        return
    kept = steps.step("look", lambda: _look(desk, schedule, owner, wanted).model_dump(mode="json"))
    found = Look.model_validate(kept)
    key = f"alert:{schedule.id}:{payload['generation']}"
    if found.lines:
        kind = kind_of(wanted)
        if steps.step("room", lambda: room(desk, schedule.owner, key=key, kind=kind)) == "tell":
            mute = (button("Mute this kind", MUTE, kind),)
            told = m.sentence(f"You asked to be told when {schedule.text}.", *found.lines, buttons=mute)
            told = told.model_copy(update={"text": m.notice(found.lines[0])})
            direct = steps.step("direct", lambda: desk.poster.direct(schedule.owner))
            steps.step("tell", lambda: desk.poster.post(direct, told, key=mark_of(key), look=steps.again))
    steps.step("seen", lambda: _saw(desk, schedule, found, str(payload["generation"])))


def _look(desk: Desk, schedule: Schedule, owner: Known, wanted: Condition) -> Look:
    note = desk.notes.read(desk.workspace, book.SEEN, schedule.id)
    since = None if note is None else datetime.fromisoformat(str(note["as_of"]))
    beyond = None if note is None or note["beyond"] is None else bool(note["beyond"])
    line = desk.under(Access(workspace=desk.workspace, asker=owner.grant))
    return look(line, owner, wanted, since, beyond=beyond)


def _saw(desk: Desk, schedule: Schedule, found: Look, generation: str) -> bool:
    body: dict[str, JsonValue] = {
        "generation": generation,
        "as_of": found.as_of.isoformat(),
        "beyond": found.beyond,
    }
    desk.notes.write(desk.workspace, book.SEEN, schedule.id, body)
    return True


def press(desk: Desk, steps: Steps, press: Press, _known: Known) -> None:
    """Mute the kind of an alert for the one who pressed."""
    user = press.request.user
    kind = press.value if press.value in KINDS else ""

    def mute() -> str:
        if not kind:
            return "That button no longer does anything."
        set_muted(desk, user, (kind,), on=True)
        return f"Muted: {kind}. “unmute {kind}” lets it come again."

    told = steps.step("mute", mute)
    key = mark_of(press.request.key)
    steps.step("tell", lambda: tell(desk, press.request, m.sentence(told), key=key, look=steps.again))


def errand(desk: Desk, request: Request, _known: Known, _asked: Errand) -> Answer:
    """Mute a kind of alert or let it come again, or say which are muted."""
    found = _MUTES.fullmatch(request.text.strip().strip(".!?"))
    now = muted(desk, request.user)
    if found is None:
        return _alone(f"I did nothing. Say “mute” with one of: {', '.join(KINDS)}.")
    said = " ".join(found["kind"].casefold().split())
    kind = said if said in KINDS else _CALLED.get(said, "")
    on = not found["off"].casefold().startswith("un")
    if not said or said in {"all", "everything", "all alerts"}:
        if on and not said:
            listed = words.joined(now) or "nothing"
            return _alone(
                f"Muted now: {listed}. Kinds are: {', '.join(KINDS)}. Say for example “mute slips”."
            )
        after = set_muted(desk, request.user, KINDS, on=on)
        return _alone(
            f"Muted: {', '.join(after)}. “unmute” lets them come again." if on else "No alert is muted now."
        )
    if not kind:
        return _alone(f"I know no kind of alert by “{said}”. Kinds are: {', '.join(KINDS)}.")
    set_muted(desk, request.user, (kind,), on=on)
    return _alone(
        f"Muted: {kind}. “unmute {kind}” lets it come again." if on else f"{kind.capitalize()} come again."
    )


def _alone(why: str) -> Answer:
    return Answer(to="alone", why=why)
