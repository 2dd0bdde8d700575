"""From what somebody wants to have come by itself to a schedule drawn up for them to save, or to why it cannot be."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from slack_sdk.errors import SlackApiError

from bot.agent import intents as i
from bot.agent.answers.asking import Asker
from bot.agent.turn import understand
from bot.schedules import Schedule, book
from bot.schedules.rhythm import dated, following, left_out
from bot.schedules.words import Wanted
from bot.slack import alerts, digests, service
from bot.slack import message as m
from bot.slack.bounds import about, by_name, same
from bot.slack.conversation import posted_in
from bot.slack.desk import Answer, Desk
from bot.slack.people import Known
from bot.slack.places import Roster
from bot.slack.request import Request
from bot.slack.schedule_words import rhythm_of, title, where
from connectors.access import Access
from reports import words
from reports.kinds import KINDS
from reports.view.narrow import outside

# So many one person may have; more than that nobody reads.
MOST = 20
NEW = ("New schedule", "schedule_new", "")
EXAMPLE = "schedule weekly emea every monday 08:30"
# What can be said again by itself: it means the same each time.
_READABLE = (i.Report, i.Ask, i.FindingsAsk, i.DealFilter, i.DealCard, i.MyDeals, i.Why)
_LONGEST = 200
_TO_OTHERS = (
    "I can send only to you or to a channel, not to somebody else. "
    "Say “to me”, or name a channel with #; somebody else can ask me for it directly."
)
_LOOKED_OVER = {
    "hold": "You see it the evening before; if nobody has said by the hour that it looks right, it is held and you are told.",
    "post": "You see it the evening before; if nobody has said by the hour that it looks right, it comes marked as not reviewed.",
}


def propose(desk: Desk, request: Request, known: Known, wanted: Wanted) -> Answer:
    """Draw up what somebody wants, and ask whether to save it; else say why it cannot be and what can."""
    if wanted.problem:
        return _no(wanted.problem)
    if wanted.this:
        wanted = _as_drafted(desk, request, wanted)
        if wanted.problem:
            return _no(wanted.problem)
    if wanted.what == "report" and not wanted.text:
        return _no(f"What shall come? Say for example: {desk.command} {EXAMPLE}", NEW)
    if wanted.every is None:
        return _no(
            f"On which days shall “{wanted.text}” come? Say for example: "
            f"{desk.command} schedule {wanted.text} every monday 08:30",
            NEW,
        )
    # What moved is for whoever asks, unless a channel is named.
    place = wanted.place or ("me" if wanted.what == "digest" else "")
    channel, told = _channel(desk, request, known, place)
    if not channel:
        return _no(told)
    wanted = wanted.model_copy(update={"said": (*wanted.said, *((told,) if told else ()))})
    schedule = _drawn(desk, request, known, wanted, channel)
    if why := why_not(desk, known, schedule):
        return _no(why)
    book.draw_up(desk.notes, desk.workspace, schedule)
    return Answer(
        to="alone",
        why="\n".join(
            alerts.card(desk, known, schedule)
            if schedule.what == "alert"
            else _card(desk, known, schedule, wanted)
        ),
        buttons=(("Save", "schedule:save", schedule.id), ("No", m.LEAVE, "")),
    )


def why_not(desk: Desk, known: Known, schedule: Schedule) -> str:
    """Return why somebody may not have such a schedule now; empty where they may."""
    if len(schedule.text) > _LONGEST:
        return f"That is too long to be asked again each time; use {_LONGEST} letters at most."
    mine = [one for one in book.every(desk.notes, desk.workspace) if one.owner == schedule.owner]
    if len(mine) >= MOST:
        return f"You have {MOST} schedules, and that is the most. Delete one first: {desk.command} schedules"
    twin = (schedule.text, schedule.rhythm, schedule.channel, schedule.what)
    if any((one.text, one.rhythm, one.channel, one.what) == twin for one in mine):
        return f"You have that already: {title(schedule)}. {desk.command} schedules shows it."
    if schedule.what == "alert":
        return alerts.why_not(desk, known, schedule)
    if schedule.channel == schedule.owner:
        return reads(desk, known, schedule)
    roster = desk.places.look(schedule.channel)
    verdict = service.verdict_of(desk, roster)
    # What a private channel is called is no news for who is not in it.
    if schedule.owner not in roster.members and (verdict.here or roster.members):
        return "You are not in that channel, so nothing of yours comes there. Join it and say it once more."
    if not verdict.here:
        return f"{verdict.why} I saved nothing; say “to me”, and it comes to you directly."
    return reads(desk, known, schedule, roster)


def reads(desk: Desk, known: Known, schedule: Schedule, roster: Roster | None = None) -> str:
    """Return why the words cannot be asked again by themselves, for the person or for all in a channel; else empty."""
    alone = Access(workspace=desk.workspace, asker=known.grant)
    asked = digests.asked_words(schedule)
    meant = _meant(desk, asked, alone, known.asker)
    if isinstance(meant, i.Problem):
        return meant.message
    if not isinstance(meant, _READABLE):
        return (
            f"I do not understand “{schedule.text}” as a report or a question, so I saved nothing. "
            f"What can come by itself is what you can ask me: weekly emea, coverage by region, at risk."
        )
    if schedule.what == "digest" and (why := digests.why_not(schedule, meant)):
        return why
    if meant.unread:
        return f"I do not understand “{', '.join(meant.unread)}” in “{schedule.text}”, so I saved nothing. Say it in other words."
    if isinstance(meant, i.Report) and meant.kind not in KINDS:
        return f"The {meant.kind} deck is not built yet, so it cannot come. There is: {', '.join(KINDS)}."
    if hidden := outside(about(desk, "schedule", meant), alone):
        return f"You cannot see {', '.join(hidden)} in the CRM, so I do not show it."
    if roster is None:
        return ""
    if isinstance(meant, i.MyDeals) or getattr(meant, "mine", False):
        return "Your own deals come to you alone. Say “to me”."
    if isinstance(meant, i.DealCard | i.DealFilter):
        return "Single deals come to you alone. Say “to me”."
    verdict = service.verdict_of(desk, roster)
    seen = _meant(desk, asked, verdict.access, service.asker(desk))
    hidden = outside(about(desk, "schedule", meant), verdict.access)
    if hidden or not same(seen, meant) or (not verdict.access.names and by_name(meant)):
        return f"Not everybody in #{roster.name} may see this. Say “to me”, and it comes to you directly."
    return ""


def _meant(desk: Desk, text: str, access: Access, asker: Asker) -> i.Intent:
    return understand(desk.under(access), text, thread_id="schedule", asker=asker, surface="slash")


def _drawn(desk: Desk, request: Request, known: Known, wanted: Wanted, channel: str) -> Schedule:
    alone = channel == known.member.id
    company = desk.line.company.zone.key
    zone = known.member.zone if alone and known.member.zone in available_timezones() else company
    now = desk.clock()
    return Schedule(
        id=hashlib.sha256(request.key.encode()).hexdigest()[:12],
        owner=known.member.id,
        what=wanted.what,
        text=wanted.text,
        rhythm=wanted.rhythm(zone),
        channel=channel,
        unreviewed=wanted.unreviewed,
        done_through=now,
        made_at=now,
    )


def _card(desk: Desk, known: Known, schedule: Schedule, wanted: Wanted) -> list[str]:
    """Return what is asked to be saved: what, when, where to, the next two dates, and whatever is not plain about them."""
    rhythm, now, holidays = schedule.rhythm, desk.clock(), desk.line.company.holidays
    coming = tuple(islice(following(rhythm, now, holidays=holidays), 2))
    lines = [
        f"{title(schedule)} {where(desk, schedule)}, {rhythm_of(schedule, now)} ({rhythm.zone}).",
        f"Next: {' and '.join(_full(desk, one, rhythm.zone) for one in coming)}.",
        *wanted.said,
    ]
    if not wanted.zone:
        whose = (
            "your clocks in Slack"
            if schedule.channel == schedule.owner and known.member.zone
            else "the company's clocks"
        )
        lines.append(f"You said no time zone, so I took {whose}.")
    local = {one.astimezone(ZoneInfo(rhythm.zone)).date() for one in coming}
    lines += [
        f"{words.dated(day)} is a holiday; it comes on it all the same, unless you skip it."
        for day in sorted(local & set(holidays))
    ]
    if (gap := left_out(rhythm, now, holidays=holidays)) is not None:
        lines.append(
            f"On {words.dated(gap.date())} clocks leave {rhythm.at:%H:%M} out; it comes at {gap:%H:%M} then."
        )
    if schedule.channel != schedule.owner and schedule.what == "report":
        alone = Access(workspace=desk.workspace, asker=known.grant)
        if isinstance(_meant(desk, schedule.text, alone, known.asker), i.Report):
            lines.append(_LOOKED_OVER[schedule.unreviewed])
    lines += [
        f"The same comes there already, {rhythm_of(one, now)}: {desk.directory.member(one.owner).name} made it."
        for one in book.every(desk.notes, desk.workspace)
        if (one.text, one.channel, one.what) == (schedule.text, schedule.channel, schedule.what)
        and one.owner != schedule.owner
    ]
    lines.append(_under(desk, schedule))
    return lines


def _full(desk: Desk, instant: datetime, zone: str) -> str:
    """Return an instant in the schedule's zone, with the year where it is another than this."""
    local = instant.astimezone(ZoneInfo(zone))
    year = f" {local.year}" if local.year != desk.clock().astimezone(ZoneInfo(zone)).year else ""
    return f"{dated(instant, zone)}{year}"


def _under(desk: Desk, schedule: Schedule) -> str:
    if schedule.channel == schedule.owner:
        return "It shows what you may see. Save it?"
    name = service.asker(desk).name
    return f"It comes as {name} and shows what everybody there may see by then. Save it?"


def _as_drafted(desk: Desk, request: Request, wanted: Wanted) -> Wanted:
    """Return what is wanted with the words of the draft that is talked about: its kind and filters."""
    posted = posted_in(desk, request.conversation)
    if posted is None:
        told = f"There is no report in this conversation. Say what shall come, for example: {desk.command} {EXAMPLE}"
        return wanted.model_copy(update={"problem": told})
    spec = desk.revision(posted.draft_id, posted.number).spec
    asked = " ".join(
        [str(spec.kind), *(value for item in spec.filters if not item.negate for value in item.values)]
    )
    told = f"It is “{asked}”, measured anew each time; what was changed by hand in this draft is not in it."
    return wanted.model_copy(update={"text": asked, "said": (*wanted.said, told)})


def _channel(desk: Desk, request: Request, known: Known, place: str) -> tuple[str, str]:
    """Return the channel's id (the person's own for direct messages) and what was filled in; else none, and why."""
    here = known.member.id if request.direct or request.channel == request.user else request.channel
    match place:
        case "me":
            return known.member.id, ""
        case "" | "here":
            return here, ""
        case _ if place.startswith("@"):
            return (known.member.id, "") if _is_asker(request, known, place) else ("", _TO_OTHERS)
        case _ if place.startswith("#"):
            return _by_name(desk, request, known, place.removeprefix("#"))
        case _:
            return _by_sense(desk, known, place)


def _is_asker(request: Request, known: Known, place: str) -> bool:
    """Say whether the person who is named as the one to get it is the one who asks."""
    name = place.removeprefix("@").casefold()
    mine = known.asker.name.casefold()
    return request.people == (request.user,) or (
        not request.people and name in {mine, mine.partition(" ")[0]}
    )


def _by_name(desk: Desk, request: Request, known: Known, name: str) -> tuple[str, str]:
    for channel, called in request.channels.items():
        if name.casefold() in {channel.casefold(), called.casefold()}:
            return channel, ""
    found = [
        channel
        for channel, called in _ours(desk, known)
        if name.casefold() in {called.casefold(), channel.casefold()}
    ]
    if found:
        return found[0], ""
    return (
        "",
        f"I see no channel #{name} that both of us are in. Type # and pick it from the list; /invite @quarterdeck there first.",
    )


def _by_sense(desk: Desk, known: Known, said: str) -> tuple[str, str]:
    """Return the channel that somebody calls something, where one alone fits: `the leads` is #sales-leadership."""
    spoken = [
        word for word in said.casefold().split() if word not in {"the", "our", "all", "channel", "team"}
    ]
    stems = [word.removesuffix("s") for word in spoken]
    ours = _ours(desk, known)

    def fits(name: str) -> bool:
        parts = name.casefold().replace("_", "-").split("-")
        return bool(stems) and all(any(part.startswith(stem) for part in parts) for stem in stems)

    exact = [one for one in ours if one[1].casefold() == "-".join(spoken)]
    found = exact or [one for one in ours if fits(one[1])]
    if len(found) == 1:
        return found[0][0], f"I took “{said}” for #{found[0][1]}."
    listed = words.joined((f"#{name}" for _, name in (found or ours)[:8]), "or")
    why = f"Several channels could be “{said}”" if found else f"I know no channel by “{said}”"
    return "", f"{why}. Say which{f': {listed}' if listed else ' with #'}."


def _ours(desk: Desk, known: Known) -> tuple[tuple[str, str], ...]:
    """Return id and name of the channels that both the person and we are in, by name; none where Slack does not tell."""
    try:
        ours, theirs = _conversations(desk, desk.bot), _conversations(desk, known.member.id)
    except SlackApiError:
        return ()
    return tuple(sorted((one for one in ours.items() if one[0] in theirs), key=lambda one: one[1]))


def _conversations(desk: Desk, user: str) -> dict[str, str]:
    found: dict[str, str] = {}
    cursor = ""
    while True:
        page = desk.poster.call_form(
            "users.conversations",
            user=user,
            types="public_channel,private_channel",
            exclude_archived=True,
            limit=200,
            cursor=cursor,
        )
        found |= {str(one["id"]): str(one.get("name", "")) for one in page["channels"]}
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return found


def _no(why: str, *buttons: tuple[str, str, str]) -> Answer:
    return Answer(to="alone", why=why, buttons=buttons)


def today_of(desk: Desk) -> date:
    """Return the day by the wall's clock, on the company's clocks."""
    return desk.clock().astimezone(desk.line.company.zone).date()
