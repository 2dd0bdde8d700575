"""Reports that come by themselves: shown to who answers for them the evening before, and published at the hour."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import cast

from pydantic import JsonValue

from bot.agent.turn import turn
from bot.errors import NoSuchDraft
from bot.runs.ports import Steps
from bot.schedules.schedule import Schedule
from bot.slack import held, previews_shown, service
from bot.slack import message as m
from bot.slack import previews_asked as asked
from bot.slack import previews_said as said
from bot.slack.blocks import Block, bold, button, plain
from bot.slack.delivery import deliver, picture
from bot.slack.desk import Answer, Desk, Posted
from bot.slack.feature import Feature
from bot.slack.people import Known
from bot.slack.places import Verdict
from bot.slack.previews_files import filed
from bot.slack.previews_kept import (
    CONTEXT,
    DROP,
    FIX,
    NOW,
    RIGHT,
    Preview,
    Shown,
    asked_with,
    begin,
    change,
    earlier,
    hour,
    key_of,
    preview_of,
    shown_to,
)
from bot.slack.previews_shown import recipients
from bot.slack.previews_word import no_word
from bot.slack.publishing import Fresh, publish, refreshed
from bot.slack.request import Request
from bot.slack.standing import keep, standing
from bot.slack.telling import mark_of
from bot.slack.uploads import Brought, bring_deck
from bot.store import Revision
from connectors.access import Access
from reports.changes import NOTHING
from reports.facts import Frozen

# What stands beside the deck's file in a preview's thread, and what is told to an owner who may not see all of it.
_COMMENT = "Say here what to change, for example: drop 4."
_BLIND = "Who reads there may see more than you may, so I show you none of it here."
_NOBODY = "nobody whose it is to say had said that it looks right."
# Reports to look over that the Home tab names.
_ON_HOME = 5


class _Word(Frozen):
    """By whose word a report is published; empty for nobody's, and then `why`, empty where nobody said anything."""

    name: str = ""
    why: str = ""


class Made(Frozen):
    """A schedule's report as a draft.

    `why` says why there is none, `report` whether the schedule's words ask for one at all.
    """

    draft_id: str = ""
    number: int = 0
    limits: str = ""
    why: str = ""
    report: bool = True


def evening(desk: Desk, steps: Steps, schedule: Schedule, due: datetime) -> None:
    """Draft a report for who reads in its channel, and show it to who answers for it; what goes to its owner alone is not."""
    if schedule.channel == schedule.owner:
        return
    made = Made.model_validate(steps.step("draft", lambda: drafted(desk, schedule, due).model_dump()))
    if made.why:
        told = f"{_name(desk, schedule)}, due {hour(schedule, due)}, could not be drafted now. {made.why}"
        _tell(desk, steps, schedule, told, key=f"{key_of(schedule, due)}:evening")
    elif made.report:
        steps.step("begin", lambda: begin(desk, made.draft_id, schedule, due).draft_id)
        _send(desk, steps, made.draft_id)


def publish_due(desk: Desk, steps: Steps, schedule: Schedule, due: datetime) -> bool:
    """Publish, hold or post a report at its hour, with the figures of that moment; its owner is told where it is not posted.

    False where the schedule's words ask for no report: then nothing was done.
    """
    key = key_of(schedule, due)
    made = Made.model_validate(steps.step("draft", lambda: drafted(desk, schedule, due).model_dump()))
    if not made.report:
        return False
    if made.why:
        told = f"{_name(desk, schedule)}, due {hour(schedule, due)}, was not posted. {made.why}"
        _tell(desk, steps, schedule, told, key=f"{key}:why")
        return True
    if schedule.channel == schedule.owner:
        _alone(desk, steps, schedule, due, made)
        return True
    kept = steps.step("begin", lambda: begin(desk, made.draft_id, schedule, due).model_dump(mode="json"))
    preview = Preview.model_validate(kept)
    steps.step("earlier", lambda: _close_earlier(desk, preview))
    if preview.state != "coming":
        return True
    word = _Word.model_validate(steps.step("word", lambda: _word(desk, preview).model_dump()))
    if not word.name and schedule.unreviewed == "hold":
        _hold(desk, steps, preview, word.why, key=f"{key}:hold")
        return True
    outcome = publish(desk, steps, made.draft_id, name=word.name, key=f"{key}:hour")
    if outcome.fresh is not None:
        _hold(desk, steps, preview, outcome.told, key=f"{key}:hold")
        return True
    if not outcome.out:
        _refuse(desk, steps, preview, outcome.told, key=f"{key}:refused")
    steps.step("show", lambda: reshow(desk, made.draft_id, key=f"{key}:hour"))
    return True


def drafted(desk: Desk, schedule: Schedule, due: datetime) -> Made:
    """Make the draft of a schedule's report for one instant, under the rights of who reads where it goes to; once."""
    key = key_of(schedule, due)
    if known := desk.line.store.by_key(desk.workspace, key):
        return Made(draft_id=known.draft_id, number=known.number, limits=known.limits)
    asker = desk.directory.known(schedule.owner).asker
    seen = _verdict(desk, schedule)
    if not seen.here or seen.access.nothing:
        return Made(why=seen.why or "You may see no deal that it is about.")
    reply, made = turn(
        desk.under(seen.access), schedule.text, thread_id=key, asker=asker, surface="slash", key=key
    )
    if made is None:
        report = reply.intent == "report"
        return Made(why=" ".join(reply.lines) if report else "", report=report)
    return Made(draft_id=made.draft_id, number=made.number, limits=seen.access.limits)


def reshow(desk: Desk, draft_id: str, *, key: str) -> bool:
    """Show a preview as it is by now, in the messages of all who have it."""
    posted = standing(desk, draft_id)
    number, card = (posted.number, posted.card) if posted else (desk.revision(draft_id).number, "")
    return previews_shown.show(desk, draft_id, number=number, card=card, key=mark_of(key))


def _send(desk: Desk, steps: Steps, draft_id: str) -> None:
    """Send a preview to each who looks it over, once: the message, and the deck in its thread."""
    users = cast("list[str]", steps.step("who", lambda: cast("JsonValue", _asked(desk, draft_id))))
    number = steps.step("number", lambda: desk.revision(draft_id).number)
    revision = desk.revision(draft_id, number)
    card = steps.step("card", lambda: picture(desk, revision)) if users else ""
    for place_in_line, user in enumerate(users):
        channel = steps.step("direct", partial(desk.poster.direct, user))
        ts = steps.step("post", partial(_post, desk, steps, revision, user, channel=channel, card=card))
        first = place_in_line == 0
        steps.step(
            "keep",
            partial(_keep, desk, revision, user, Shown(channel=channel, ts=ts), card=card, first=first),
        )
        where = {"channel": channel, "thread": ts, "comment": _COMMENT}
        brought = bring_deck(desk, steps, revision, where)
        steps.step("filed", partial(filed, desk, draft_id, user, brought))
        if first:
            steps.step("stands", partial(_filed, desk, draft_id, number, brought))
    preview = preview_of(desk, draft_id)
    if preview is not None and preview.schedule.owner not in users:
        told = f"{_name(desk, preview.schedule)}, due {hour(preview.schedule, preview.due)}, is drafted. {_BLIND}"
        _tell(desk, steps, preview.schedule, told, key=f"{draft_id}:blind")


def _asked(desk: Desk, draft_id: str) -> list[str]:
    preview = preview_of(desk, draft_id)
    return list(recipients(desk, preview, desk.revision(draft_id))) if preview else []


def _post(desk: Desk, steps: Steps, revision: Revision, user: str, *, channel: str, card: str) -> str:
    preview = preview_of(desk, revision.draft_id)
    if preview is None:
        message = f"nothing is kept of the preview of {revision.draft_id!r}"
        raise NoSuchDraft(message)
    told = previews_shown.message(desk, preview, revision, user, card=card)
    return desk.poster.post(channel, told, key=mark_of(f"{revision.draft_id}:{user}"), look=steps.again)


def _keep(desk: Desk, revision: Revision, user: str, shown: Shown, *, card: str, first: bool) -> bool:
    """Keep where somebody sees a preview; the first one's message is where the draft stands until it is published."""
    preview = change(
        desk,
        revision.draft_id,
        lambda before: before.model_copy(update={"shown": {**before.shown, user: shown}}),
    )
    thread = desk.thread(f"{shown.channel}:{shown.ts}")
    desk.line.store.keep_thread(thread.model_copy(update={"draft_id": revision.draft_id}))
    if first:
        posted = Posted(
            draft_id=revision.draft_id,
            owner=preview.schedule.owner,
            channel=shown.channel,
            ts=shown.ts,
            thread=shown.ts,
            number=revision.number,
            card=card,
            limits=revision.limits,
            bound=preview.schedule.channel,
        )
        keep(desk, posted)
    return True


def _filed(desk: Desk, draft_id: str, number: int, brought: Brought) -> bool:
    posted = standing(desk, draft_id)
    if posted is None or posted.number != number:
        return False
    return keep(desk, posted.model_copy(update={"file": brought.file, "file_ts": brought.ts}))


def _alone(desk: Desk, steps: Steps, schedule: Schedule, due: datetime, made: Made) -> None:
    """Bring somebody the report that comes for that person alone."""
    channel = steps.step("direct", lambda: desk.poster.direct(schedule.owner))
    request = Request(
        key=key_of(schedule, due),
        workspace=desk.workspace,
        channel=channel,
        user=schedule.owner,
        text=schedule.text,
        surface="direct",
        at=due,
    )
    deliver(
        desk,
        steps,
        request,
        Answer(to="here", draft_id=made.draft_id, number=made.number, limits=made.limits),
    )


def _word(desk: Desk, preview: Preview) -> _Word:
    """Return by whose word a report as it is now may be shown to who reads there now; else why by nobody's."""
    number, seen = desk.revision(preview.draft_id).number, service.verdict(desk, preview.schedule.channel)
    why = no_word(desk, preview, number, seen.access if seen.here else None)
    said = previews_shown.word_of(desk, preview, number)
    if why or said is None:
        return _Word(why=why)
    others = [one.user for one in held.held(desk, preview.draft_id) if one.user != said.user]
    if others:
        name = desk.directory.member(others[-1]).name or "Somebody else"
        return _Word(why=f"{said.name} said that r{said.number} looks right, and {name} changed it just now.")
    return _Word(name=said.name)


def _close_earlier(desk: Desk, preview: Preview) -> int:
    """Let what the same schedule still held go: the next one is here."""
    found = earlier(desk, preview)
    for one in found:
        due = hour(one.schedule, one.due)
        _became(desk, one.draft_id, "dropped", f"Not published {due}: the next one is due.")
        reshow(desk, one.draft_id, key=f"{one.draft_id}:over")
    return len(found)


def _hold(desk: Desk, steps: Steps, preview: Preview, why: str, *, key: str) -> None:
    """Hold a report that nobody said looks right: show it with the newest figures, and ask who answers for it.

    `why` is why a word that there was does not count; empty where there was none.
    """
    fresh = Fresh.model_validate(steps.step("fresh", lambda: refreshed(desk, preview, key=key).model_dump()))
    if fresh.why:
        _refuse(desk, steps, preview, fresh.why, key=key)
        steps.step("show", lambda: reshow(desk, preview.draft_id, key=key))
        return
    due = hour(preview.schedule, preview.due)
    told = f"Held {due}: {why}" if why else f"Held: by {due} {_NOBODY}"
    steps.step("held", lambda: _became(desk, preview.draft_id, "held", told))
    posted = standing(desk, preview.draft_id)
    if not preview.shown or posted is None:
        _send(desk, steps, preview.draft_id)
    elif steps.step("same", lambda: _same(desk, posted, fresh)):
        steps.step("show", lambda: reshow(desk, preview.draft_id, key=key))
    else:
        request = Request(
            key=key,
            workspace=desk.workspace,
            channel=posted.channel,
            user=preview.schedule.owner,
            text="",
            surface="direct",
            at=preview.due,
            thread=posted.thread,
        )
        deliver(
            desk,
            steps,
            request,
            Answer(to="here", draft_id=preview.draft_id, number=fresh.number, limits=fresh.limits),
        )
    asked = f"{_name(desk, preview.schedule)} was due {due} and is held: {why or _NOBODY}"
    _tell(desk, steps, preview.schedule, asked, key=f"{key}:told", asks=f"{preview.draft_id}:{fresh.number}")


def _same(desk: Desk, posted: Posted, fresh: Fresh) -> bool:
    """Say whether the newest figures leave what stands as it is; taken up again, what stands may be the newest already."""
    if posted.number >= fresh.number:
        return False
    since = (desk.revision(posted.draft_id, number) for number in range(posted.number + 1, fresh.number + 1))
    return fresh.alike and all(revision.changes[:1] == (NOTHING,) for revision in since)


def _refuse(desk: Desk, steps: Steps, preview: Preview, why: str, *, key: str) -> None:
    """Tell who answers for a report why it was not posted; once that is mended it can be published."""
    due = hour(preview.schedule, preview.due)
    steps.step("refused", lambda: _became(desk, preview.draft_id, "refused", f"Not posted {due}. {why}"))
    told = f"{_name(desk, preview.schedule)}, due {due}, was not posted. {why}"
    number = steps.step("number", lambda: desk.revision(preview.draft_id).number)
    _tell(desk, steps, preview.schedule, told, key=f"{key}:told", asks=f"{preview.draft_id}:{number}")


def _became(desk: Desk, draft_id: str, state: str, told: str) -> bool:
    change(
        desk,
        draft_id,
        lambda before: before.model_copy(update={"state": state, "told": told}) if before.is_open else before,
    )
    return True


def _tell(desk: Desk, steps: Steps, schedule: Schedule, told: str, *, key: str, asks: str = "") -> None:
    """Tell the owner of a schedule, or who answers in place of one who has left; `asks` is the draft to say yes or no to."""
    users = cast("list[str]", steps.step("whom", lambda: cast("JsonValue", _answerable(desk, schedule))))
    buttons = tuple(button(*one) for one in asked_with(asks)) if asks else ()
    for user in users:
        channel = steps.step("direct", partial(desk.poster.direct, user))
        shown, mark = m.sentence(told, buttons=buttons), mark_of(f"{key}:{user}")
        steps.step("tell", partial(desk.poster.post, channel, shown, key=mark, look=steps.again))


def _answerable(desk: Desk, schedule: Schedule) -> list[str]:
    """Return who is asked and told about a schedule: its owner; once that person has left, who else may publish it."""
    if not desk.directory.member(schedule.owner).gone:
        return [schedule.owner]
    roles = desk.line.company.roles
    found = (desk.directory.linked(roles.get(role, ())) for role in (previews_shown.OWNERS, "admin"))
    return list(next((users for users in found if users), ()))


def _name(desk: Desk, schedule: Schedule) -> str:
    if schedule.channel == schedule.owner:
        return f"“{schedule.text}”"
    name = desk.places.look(schedule.channel).name
    return f"“{schedule.text}” for {f'#{name}' if name else 'its channel'}"


def _verdict(desk: Desk, schedule: Schedule) -> Verdict:
    if schedule.channel == schedule.owner:
        known = desk.directory.known(schedule.owner)
        return Verdict(here=True, access=Access(workspace=desk.workspace, asker=known.grant))
    return service.verdict(desk, schedule.channel)


def _home(desk: Desk, known: Known) -> list[Block]:
    """Return the reports that somebody may look over, the one that is due first at first: their names, not what is in them."""
    found = shown_to(desk, known.member.id)[:_ON_HOME]
    rows: list[Block] = []
    for preview in found:
        due = hour(preview.schedule, preview.due)
        line = plain(
            f"“{preview.schedule.text}” for {preview.where}, {due}{', held' if preview.state == 'held' else ''}"
        )
        shown = preview.shown[known.member.id]
        if link := desk.poster.link(shown.channel, shown.ts):
            line["accessory"] = button("Open", f"link:{preview.draft_id}", url=link)
        rows.append(line)
    return [bold("To look over"), *rows] if rows else []


FEATURE = Feature(
    home=_home,
    presses={
        RIGHT: said.right,
        NOW: said.now,
        DROP: said.drop,
        FIX: said.unasked,
        CONTEXT: said.unasked,
    },
    dialogs={FIX: said.asks, CONTEXT: said.asks},
    checks={FIX: said.wrong, CONTEXT: said.wrong},
    filled={FIX: asked.question, CONTEXT: said.context},
)
