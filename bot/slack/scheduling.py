"""Schedules by words and buttons: drawn up, saved on a click, listed, paused, run, skipped, deleted; on the Home tab too."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.agent.intents import Errand
from bot.runs.ports import Steps
from bot.schedules import Schedule, book
from bot.schedules.asked import is_about_kept
from bot.schedules.rhythm import dated
from bot.schedules.words import read
from bot.slack import alerts, home, previews_after, schedule_dialog
from bot.slack import blocks as b
from bot.slack import message as m
from bot.slack.brake import stopped
from bot.slack.desk import Answer, Desk
from bot.slack.feature import Feature
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.request import Request
from bot.slack.schedule_words import line, next_of, state, title
from bot.slack.scheduled import EVENING, MISSED, RUN, clock, evening, missed, now_work, obstacle, run
from bot.slack.telling import mark_of, row, tell
from bot.slack.wishes import MOST, NEW, propose, today_of, why_not

_NARROW = re.compile(r"schedules\s+(?:(?:of|for|by|from|in)\s+)?#?@?(?P<of>[\w&'’. -]{2,60})", re.IGNORECASE)
# Who may pause, run, skip and delete what others made.
OVERSEERS = ("admin", "weekly_owner")
_ROWS, _ON_HOME = 20, 7
PRESS = "schedule"


def _errand(desk: Desk, request: Request, known: Known, _asked: Errand) -> Answer:
    """Answer a wish for something to come by itself, or list what does."""
    if is_about_kept(request.text):
        return listing(desk, known)
    wanted = read(request.text, today=today_of(desk), people=_called(desk))
    if (narrow := _NARROW.fullmatch(request.text.strip().strip(".!?"))) and wanted.every is None:
        return listing(desk, known, narrow["of"])
    return propose(desk, request, known, wanted)


def _called(desk: Desk) -> frozenset[str]:
    """Return what colleagues are called: their names, and their first names."""
    names = [person.name for person in desk.directory.people()]
    return frozenset((*names, *(name.split()[0] for name in names if name)))


def listing(desk: Desk, known: Known, of: str = "") -> Answer:
    """Return what comes by itself: a person's own, and to who oversees it that of others; `of` names whose, or which."""
    everything = [one for one in book.every(desk.notes, desk.workspace) if _is_named(desk, one, known, of)]
    mine = [one for one in everything if one.owner == known.member.id]
    others = [one for one in everything if one.owner != known.member.id] if _oversees(desk, known) else []
    shown = [*mine, *others][:_ROWS]
    if of and not shown:
        return Answer(to="alone", why=f"Nothing that comes by itself is called “{of}”.", buttons=(NEW,))
    if not shown:
        return Answer(to="alone", why="Nothing of yours comes by itself yet.", buttons=(NEW,))
    more = len(mine) + len(others) - len(shown)
    most = "" if of else f", {MOST} at most"
    head = (
        (f"“{of}”: " if of else "")
        + f"{len(mine)} of yours{most}"
        + (f"; {len(others)} of others" if others else "")
    )
    halted = stopped(desk)
    return Answer(
        to="alone",
        why=f"What comes by itself: {head}."
        + (f" Everything is {halted}." if halted else "")
        + (f" The first {_ROWS} are shown; {_narrower(desk)}." if more else ""),
        rows=tuple((line(desk, one, known.member.id), _buttons(desk, one)) for one in shown),
        buttons=(NEW,),
    )


def _is_named(desk: Desk, schedule: Schedule, known: Known, of: str) -> bool:
    """Say whether a schedule is one of those that were named: by all words, in how it is called to the viewer."""
    called = (
        f"{line(desk, schedule, known.member.id)} {desk.directory.member(schedule.owner).name}".casefold()
    )
    return all(word in called for word in of.casefold().split())


def _narrower(desk: Desk) -> str:
    return f"“{desk.command} schedules NAME” shows those of one person, channel or scope"


def _oversees(desk: Desk, known: Known) -> bool:
    return any(desk.directory.is_in(role, known) for role in OVERSEERS)


def _buttons(desk: Desk, schedule: Schedule) -> tuple[tuple[str, str, str], ...]:
    pause = (
        ("Resume", f"{PRESS}:resume", schedule.id)
        if schedule.paused
        else ("Pause", f"{PRESS}:pause", schedule.id)
    )
    found = [pause]
    coming = next_of(desk, schedule)
    if schedule.what != "alert":
        found.append(("Run now", f"{PRESS}:run", schedule.id))
        if coming is not None:
            found.append(("Skip next", f"{PRESS}:skip", f"{schedule.id}|{coming.isoformat()}"))
    return (*found, ("Delete", f"{PRESS}:delete", schedule.id))


def _press(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Carry out a press of one of these buttons. Who may is decided here, now."""
    act = press.action.partition(":")[2]
    told = steps.step(
        act, lambda: _save(desk, press, known) if act == "save" else _manage(desk, press, known, act)
    )
    key = mark_of(press.request.key)
    steps.step("tell", lambda: tell(desk, press.request, m.sentence(told), key=key, look=steps.again))
    if press.request.channel == press.request.user:
        steps.step("home", lambda: home.publish(desk, press.request.user))


def _save(desk: Desk, press: Press, known: Known) -> str:
    """Keep what was drawn up, once, and say when it comes."""
    kept = book.read(desk.notes, desk.workspace, press.value)
    drawn = kept or book.drawn_up(desk.notes, desk.workspace, press.value)
    if drawn is None:
        return "I no longer have what this button would save. Say it once more."
    if drawn.owner != known.member.id:
        name = desk.directory.member(drawn.owner).name or "who asked for it"
        return f"Only {name} can save that."
    if kept is None:
        if why := why_not(desk, known, drawn):
            return why
        now = desk.clock()
        fresh = drawn.model_copy(update={"done_through": now, "made_at": now})
        kept = book.keep(desk.notes, desk.workspace, fresh)
    return f"Saved: {title(kept)}. {state(desk, kept)} {desk.command} schedules lists what comes by itself."


def _manage(desk: Desk, press: Press, known: Known, act: str) -> str:
    """Do to a schedule what a button of its row says; return what the person is told."""
    schedule_id, _, rest = press.value.partition("|")
    schedule = book.read(desk.notes, desk.workspace, schedule_id)
    if schedule is None:
        return "That does not come any more: it was deleted."
    if schedule.owner != known.member.id and not _oversees(desk, known):
        return "Only who made it, an admin and the owner of the weekly can do that."
    name = line(desk, schedule, known.member.id).partition(". ")[0]
    match act:
        case "pause":
            return _pause(desk, schedule, known, name)
        case "resume":
            return _resume(desk, schedule, name)
        case "skip":
            return _skip(desk, schedule, datetime.fromisoformat(rest), name, by=known.asker.name)
        case "run":
            if halted := stopped(desk):
                return f"Everything is {halted}; nothing runs before {desk.command} resume."
            desk.runs.enqueue(now_work(desk, schedule, press.request.key))
            return f"It comes now: {name}."
        case "delete":
            previews_after.drop(desk, schedule, f"{known.asker.name} deleted what it came by.")
            book.delete(desk.notes, desk.workspace, schedule.id)
            return f"Deleted: {name}."
        case _:
            return "That button no longer does anything."


def _pause(desk: Desk, schedule: Schedule, known: Known, name: str) -> str:
    at = f"{desk.clock().astimezone(desk.line.company.zone):%-d %b %H:%M}"
    previews_after.halt(desk, schedule, f"by {known.asker.name}, {at}.")
    return f"Paused: {name}."


def _resume(desk: Desk, schedule: Schedule, name: str) -> str:
    """Let a schedule come again from now on: what was due while it was paused is past."""
    owner = desk.directory.known(schedule.owner)
    if why := obstacle(desk, schedule, owner):
        return f"It stays paused: {why}"
    if schedule.what == "alert" and schedule.paused:
        alerts.anew(desk, schedule, owner)
    now = desk.clock()

    def go_on(one: Schedule) -> Schedule:
        through = max(one.done_through, now) if one.paused else one.done_through
        return one.model_copy(update={"paused": "", "done_through": through})

    kept = book.change(desk.notes, desk.workspace, schedule.id, go_on)
    if kept is not None:
        previews_after.follow(desk, kept)
    return f"It comes again: {name}. {state(desk, kept) if kept else ''}".strip()


def _skip(desk: Desk, schedule: Schedule, instant: datetime, name: str, *, by: str) -> str:
    """Leave one date out; pressed twice, the same date is left out once. One that is past, or posted already, is not."""
    zone = schedule.rhythm.zone
    if instant <= desk.clock():
        return f"{dated(instant, zone)} is past, so I skipped nothing: {name}. {state(desk, schedule)}"
    day = instant.astimezone(ZoneInfo(zone)).date()
    today = desk.clock().astimezone(ZoneInfo(zone)).date()

    def left_out(one: Schedule) -> Schedule:
        skips = {*(known for known in one.skips if known >= today), day}
        return one.model_copy(update={"skips": tuple(sorted(skips))})

    kept = book.change(desk.notes, desk.workspace, schedule.id, left_out)
    previews_after.drop(desk, schedule, f"{by} skipped it.", due=instant)
    coming = next_of(desk, kept) if kept else None
    after = f" Next: {dated(coming, zone)}." if coming else ""
    return f"Skipped {dated(instant, zone)}: {name}.{after}"


def _home(desk: Desk, known: Known) -> list[b.Block]:
    """Return a person's own schedules for the Home tab."""
    mine = [one for one in book.every(desk.notes, desk.workspace) if one.owner == known.member.id]
    found = [b.bold("What comes by itself")]
    for one in mine[:_ON_HOME]:
        found.extend(row(line(desk, one, known.member.id), _buttons(desk, one)))
    if not mine:
        found.append(b.plain(f"Nothing yet. Say: {desk.command} schedule weekly emea every monday 08:30"))
    if len(mine) > _ON_HOME:
        found.append(b.plain(f"And {len(mine) - _ON_HOME} more: {desk.command} schedules"))
    found.extend(b.actions([b.button(*NEW)]))
    return found


FEATURE = Feature(
    errands={"schedule": _errand, "mute": alerts.errand},
    presses={PRESS: _press, alerts.MUTE: alerts.press},
    dialogs={schedule_dialog.NAME: schedule_dialog.build},
    checks={schedule_dialog.NAME: schedule_dialog.check},
    filled={schedule_dialog.NAME: schedule_dialog.fill},
    works={RUN: run, MISSED: missed, EVENING: evening, alerts.LOOK: alerts.run, alerts.REST: alerts.rest},
    clock=(clock, alerts.clock, alerts.rest_clock),
    home=_home,
)
