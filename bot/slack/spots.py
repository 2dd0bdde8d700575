"""Where a message goes at this moment: where it was asked for if everybody there may see it, else to the person."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from bot.slack import message as m
from bot.slack import service
from bot.slack.desk import Answer, Desk, Posted
from bot.slack.places import directly
from bot.slack.request import Request
from reports.facts import Frozen

# Why a message cannot stand where it was about to, by Slack's word for it.
GONE = {
    "is_archived": "The channel was archived.",
    "channel_not_found": "I can no longer see that channel.",
    "not_in_channel": "I am no longer in that channel; /invite @quarterdeck brings me back.",
    "thread_not_found": "The message I was to answer was deleted.",
    "message_not_found": "The message I was to answer was deleted.",
    "cannot_reply_to_message": "The message I was to answer was deleted.",
    "restricted_action": "This channel does not let me post.",
}


class Spot(Frozen):
    """Where a message goes: a channel, and a thread in it (empty for the top level). `moved`: not where it was asked."""

    channel: str
    thread: str = ""
    moved: str = ""


def put(
    desk: Desk, request: Request, spot: Spot, shown: m.Outgoing, mark: str, *, look: bool, what: str
) -> tuple[Spot, str]:
    """Post a message; where the place is gone at that moment, the person gets `what` it is directly, and the reason with it."""
    try:
        return spot, desk.poster.post(spot.channel, shown, key=mark, thread=spot.thread, look=look)
    except SlackApiError as error:
        why = GONE.get(str(error.response.get("error")))
        if why is None or spot.channel.startswith("D"):
            raise
    direct = Spot(channel=desk.poster.direct(request.user), moved=directly(why, what))
    return direct, desk.poster.post(direct.channel, shown, key=mark, look=look)


def spot_of(desk: Desk, request: Request, answer: Answer) -> Spot:
    """Return where an answer goes at this moment: to the place where it was asked, if all there may see it by now."""
    if answer.to == "here":
        thread = request.thread or (request.ts if request.surface == "mention" else "")
        if request.direct:
            return Spot(channel=request.channel, thread=request.thread)
        verdict = service.judge(desk, desk.places.look(request.channel), request)
        if verdict.here and verdict.access.limits == answer.limits:
            return Spot(channel=request.channel, thread=thread)
        what = "the draft" if answer.draft_id else "it"
        moved = directly(verdict.why or "Who reads in this channel changed just now.", what)
        return Spot(channel=desk.poster.direct(request.user), moved=moved)
    return Spot(channel=desk.poster.direct(request.user), moved=answer.why)


def still(desk: Desk, request: Request, posted: Posted, answer: Answer) -> str:
    """Return why a revision may not go to where its draft stands; empty when it may."""
    roster = desk.places.look(posted.channel)
    verdict = service.judge(desk, roster, request)
    if not verdict.here:
        return verdict.why
    if roster.kind != "direct" and verdict.access.limits != answer.limits:
        return "Who reads in this channel changed just now; say it once more and I measure anew."
    return ""
