"""From an answer to Slack: each step is kept, looks first when it is taken up again, and goes where it still may."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import cast

from pydantic import JsonValue
from slack_sdk.errors import SlackApiError

from bot import flows
from bot.runs.ports import Steps
from bot.sentences import capital
from bot.slack import held
from bot.slack import message as m
from bot.slack.blocks import button, inert
from bot.slack.desk import Answer, Desk, Posted
from bot.slack.poster import UnsureError
from bot.slack.previews_files import follow
from bot.slack.request import Request
from bot.slack.spots import Spot, put, spot_of, still
from bot.slack.standing import keep, show, shown_now
from bot.slack.telling import buttons_of, mark_of, private, tell, tell_others
from bot.slack.uploads import Brought, bring_deck, retitle
from bot.store import Revision

_log = logging.getLogger("quarterdeck")


# What is said once under a draft, where replies that do not mention us do not reach us.
MENTION = " Mention me here to change it, for example: @quarterdeck drop 4."


_NO_FILE = "The deck's file was deleted before it was shown. Say “fresh data” in the draft's thread and I make it again."


def deliver(desk: Desk, steps: Steps, request: Request, answer: Answer) -> None:
    """Bring an answer to where it belongs. Taken up again after a crash, it brings nothing twice."""
    mark = mark_of(request.key)
    if answer.to == "nobody":
        return
    if answer.draft_id:
        _draft(desk, steps, request, answer, mark)
    elif answer.to == "alone":
        told = private(answer, thread=request.thread)
        steps.step("tell", lambda: tell(desk, request, told, key=mark, look=steps.again))
    else:
        _words(desk, steps, request, answer, mark)
    if answer.tells:
        steps.step("tell others", lambda: tell_others(desk, answer.tells))
    if answer.remark:
        remark = m.sentence(answer.remark)
        steps.step("remark", lambda: tell(desk, request, remark, key=f"{mark}p", look=steps.again))
    desk.sessions.say(
        request.channel, request.thread or request.ts, "suspended" if _asks(answer) else "active"
    )


def _asks(answer: Answer) -> bool:
    """Say whether we wait for the person now: who that is, which record is meant, whether to publish."""
    return bool(answer.buttons) or (answer.reply is not None and answer.reply.intent in {"choose", "publish"})


def _words(desk: Desk, steps: Steps, request: Request, answer: Answer, mark: str) -> None:
    if answer.reply is None:
        return
    shown = m.answer(answer.reply, more=buttons_of(answer))

    def post() -> dict[str, JsonValue]:
        return _put(
            desk, request, spot_of(desk, request, answer), shown, mark, look=steps.again, what="answer"
        )

    kept = steps.step("post", post)
    spot, ts = Spot.model_validate(kept["spot"]), str(kept["ts"])
    if not ts:
        return
    steps.step("remember", lambda: _remember(desk, answer, spot.channel, spot.thread or ts))
    _explain(desk, steps, request, answer, spot, ts, mark)


def _put(
    desk: Desk, request: Request, spot: Spot, shown: m.Outgoing, mark: str, *, look: bool, what: str
) -> dict[str, JsonValue]:
    """Post a message, and return where it stands: no `ts` where nobody can tell, and the person is told that."""
    try:
        spot, ts = put(
            desk, request, spot, shown, mark, look=look, what="the draft" if what == "draft" else "it"
        )
    except UnsureError:
        told = (
            f"I was interrupted while I posted your {what}, and I may not read that channel to see whether it got there. "
            "If it is not there, ask once more."
        )
        desk.poster.post(desk.poster.direct(request.user), m.sentence(told), key=f"{mark}u", look=True)
        ts = ""
    return {"spot": spot.model_dump(), "ts": ts}


def _draft(desk: Desk, steps: Steps, request: Request, answer: Answer, mark: str) -> None:
    revision = desk.revision(answer.draft_id, answer.number)
    before = steps.step(
        "before", lambda: cast("JsonValue", desk.notes.read(desk.workspace, "posted", answer.draft_id))
    )
    card = steps.step("card", lambda: picture(desk, revision))
    posted = (
        _first(desk, steps, request, answer, revision, card, mark)
        if before is None
        else _following(desk, steps, request, answer, revision, Posted.model_validate(before), card, mark)
    )
    if posted is not None and posted.number > 1:
        steps.step("pace", lambda: _pace(desk, posted))


def _first(
    desk: Desk, steps: Steps, request: Request, answer: Answer, revision: Revision, card: str, mark: str
) -> Posted | None:
    """Post the message of a new draft, and its deck in the message's thread."""

    def post() -> dict[str, JsonValue]:
        shown = m.draft(revision, card=card)
        return _put(
            desk, request, spot_of(desk, request, answer), shown, mark, look=steps.again, what="draft"
        )

    kept = steps.step("post", post)
    spot, ts = Spot.model_validate(kept["spot"]), str(kept["ts"])
    if not ts:
        return None
    thread = spot.thread or ts
    posted = Posted(
        draft_id=revision.draft_id,
        owner=request.user,
        channel=spot.channel,
        ts=ts,
        thread=thread,
        number=revision.number,
        card=card,
        limits=answer.limits,
    )
    steps.step("keep", lambda: _keep_new(desk, posted, also=_aliases(request, answer, spot, thread)))
    comment = f"{inert(revision.deck.title)}, r{revision.number}: {len(revision.deck.slides)} slides."
    if not desk.hears and not spot.channel.startswith("D"):
        comment += MENTION
    if not spot.channel.startswith("D") and (
        why := steps.step("place", lambda: still(desk, request, posted, answer))
    ):
        told = m.sentence(f"{why} I left the deck's file out of it.")
        steps.step("tell", lambda: tell(desk, request, told, key=f"{mark}f", look=steps.again))
        return posted
    posted = _file(desk, steps, request, revision, posted, comment, mark)
    _explain(desk, steps, request, answer, spot, ts, mark)
    return posted


def _following(
    desk: Desk,
    steps: Steps,
    request: Request,
    answer: Answer,
    revision: Revision,
    before: Posted,
    card: str,
    mark: str,
) -> Posted | None:
    """Post the next revision's deck with what changed, show it in the message, and mark the older file superseded."""
    verdict = steps.step("place", lambda: still(desk, request, before, answer))
    if verdict:
        told = m.sentence(verdict)
        steps.step("tell", lambda: tell(desk, request, told, key=mark, look=steps.again))
        return None
    posted = before.model_copy(update={"number": revision.number, "card": card, "limits": answer.limits})
    comment = _changes(revision, before.limits, answer.limits)
    posted = _file(desk, steps, request, revision, posted, comment, mark)

    def show_new() -> bool:
        show(desk, posted.draft_id, key=f"{mark}r")
        if before.file != posted.file:
            _quietly(lambda: supersede(desk, before, f"r{revision.number}"))
        return True

    steps.step("show", show_new)
    if posted.bound:
        follow(desk, steps, revision, posted, comment)
    return posted


def _changes(revision: Revision, before: str, after: str) -> str:
    """Return what changed, line by line; under other limits than before no slide is said to be as it was."""
    differs = shown_now(before, after)
    lines = [line for line in revision.changes if not (differs and line.startswith("unchanged:"))]
    told = [f"• {inert(capital(line))}" for line in (differs, *lines) if line]
    return "\n".join([f"*r{revision.number}*", *told])


def supersede(desk: Desk, before: Posted, by: str) -> None:
    """Say beside an older revision's file which one came after it."""
    old = Brought(file=before.file, ts=before.file_ts)
    retitle(desk, old, before.channel, f"r{before.number}, superseded by {by}")


def _file(
    desk: Desk, steps: Steps, request: Request, revision: Revision, posted: Posted, comment: str, mark: str
) -> Posted:
    """Bring the deck into the draft's thread, keep where it stands, and tell where somebody deleted it meanwhile."""
    where = {"channel": posted.channel, "thread": posted.thread, "comment": comment}
    brought = bring_deck(desk, steps, revision, where)
    found = posted.model_copy(update={"file": brought.file, "file_ts": brought.ts})
    steps.step("filed", lambda: keep(desk, found))
    if brought.gone:
        steps.step(
            "gone", lambda: tell(desk, request, m.sentence(_NO_FILE), key=f"{mark}g", look=steps.again)
        )
    return found


def picture(desk: Desk, revision: Revision) -> str:
    """Upload the phone card and return its id; empty when Slack does not take it: the message goes without."""
    data = flows.file_of(desk.line, revision, "card").read_bytes()
    try:
        reserved = desk.files.reserve("card.png", len(data), alt=revision.deck.card.headline)
        desk.files.send(reserved, data)
        desk.files.complete(reserved, "Phone card")
    except (SlackApiError, OSError) as error:
        _log.warning("the phone card could not be uploaded (%s)", type(error).__name__)
        return ""
    return reserved.id


def _explain(
    desk: Desk, steps: Steps, request: Request, answer: Answer, spot: Spot, ts: str, mark: str
) -> None:
    """Tell the person privately why an answer is not where it was asked for, with the way to it."""
    if not spot.moved or (request.channel == spot.channel and not answer.why):
        return

    def explain() -> bool:
        link = desk.poster.link(spot.channel, ts)
        buttons = (button("Open", "link", url=link),) if link else ()
        return tell(desk, request, m.sentence(spot.moved, buttons=buttons), key=f"{mark}w", look=steps.again)

    steps.step("explain", explain)


def _keep_new(desk: Desk, posted: Posted, *, also: tuple[str, ...]) -> bool:
    keep(desk, posted)
    for conversation in also:
        thread = desk.thread(conversation)
        desk.line.store.keep_thread(thread.model_copy(update={"draft_id": posted.draft_id}))
    return True


def _remember(desk: Desk, answer: Answer, channel: str, thread: str) -> bool:
    """Let the thread under an answer remember what the answer does, so that a reply there can go on from it.

    It is not about a draft that the conversation before was about: that one has a thread of its own.
    """
    target = f"{channel}:{thread}"
    if answer.conversation and answer.conversation != target:
        known = desk.thread(answer.conversation)
        desk.line.store.keep_thread(known.model_copy(update={"id": target, "draft_id": None}))
    return True


def _aliases(request: Request, answer: Answer, spot: Spot, thread: str) -> tuple[str, ...]:
    """Return the conversations that talk about a new draft: its thread, and the direct messages where it stands there."""
    found = [f"{spot.channel}:{thread}"]
    if spot.channel.startswith("D"):
        found.append(spot.channel)
    if request.surface == "slash" and not spot.moved:
        found.append(answer.conversation)
    return tuple(found)


def _pace(desk: Desk, posted: Posted) -> bool:
    held.mark(desk, posted.draft_id)
    return True


def _quietly(do: Callable[[], object]) -> None:
    try:
        do()
    except SlackApiError as error:
        _log.info("left as it is: %s", error.response.get("error"))
