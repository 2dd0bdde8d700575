"""Buttons: what a press means, who may press, and that fifty presses have one effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot import published
from bot.agent import intents as i
from bot.agent.turn import turn
from bot.errors import NoSuchDraft
from bot.runs.ports import Steps, Work
from bot.slack import message as m
from bot.slack.blocks import Block, escaped
from bot.slack.conversation import may_revise, to_publish
from bot.slack.delivery import deliver
from bot.slack.desk import Answer, Desk, Posted
from bot.slack.exports import records
from bot.slack.feature import run_press
from bot.slack.gate import BE, CONNECT, NOT_ME, SIGNING, forget_waiting, gate, later, waiting
from bot.slack.people import Known
from bot.slack.request import Request
from bot.slack.standing import show, standing
from bot.slack.telling import mark_of, tell, tell_others
from bot.slack.uploads import bring
from connectors.access import Access
from reports.facts import Frozen

# A press that says a thing again is one press for so long.
DOUBLE = 10.0


class Press(Frozen):
    """A button that was pressed: what it is, what it carries, and the message that it stands on."""

    request: Request
    action: str
    value: str
    message: str = ""
    whispered: bool = False

    def work(self) -> Work:
        """Return the work that this press is, in the lane of its conversation."""
        return Work(
            kind="press",
            key=self.request.key,
            lane=self.request.lane,
            payload=self.model_dump(mode="json"),
        )


def from_action(body: Mapping[str, Any], *, at: datetime) -> Press:
    """Return what a press says. The same button of the same message, pressed by the same person, has the same key.

    A button that says something else by now, as those of the next revision do, is another button.
    """
    action = body["actions"][0]
    container = body.get("container") or {}
    message = body.get("message") or {}
    channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or body["user"]["id"])
    ts = str(container.get("message_ts") or message.get("ts") or "")
    # Slack says it of the container; other servers of its kind only of the message.
    whispered = bool(container.get("is_ephemeral")) or message.get("subtype") == "ephemeral"
    user = str(body["user"]["id"])
    # The root of a thread names itself as its thread; what is said about it belongs where it stands.
    thread = str(message.get("thread_ts") or container.get("thread_ts") or "")
    value = str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")
    button = f"{action['action_id']}:{mark_of(value)}"
    return Press(
        request=Request(
            key=f"press:{channel}:{ts or body.get('trigger_id', '')}:{button}:{user}",
            workspace=str((body.get("team") or body["user"]).get("id" if body.get("team") else "team_id")),
            channel=channel,
            user=user,
            text=value,
            surface="direct" if channel.startswith("D") else "mention",
            at=at,
            ts=ts,
            thread=thread if thread != ts else "",
            response_url=str(body.get("response_url") or "") if whispered else "",
            trigger=str(body.get("trigger_id") or ""),
        ),
        action=str(action["action_id"]),
        value=value,
        message=ts,
        whispered=whispered,
    )


def act(desk: Desk, steps: Steps, press: Press) -> None:
    """Carry out a press. Who may is decided here, now, whoever was shown the button."""
    kind = press.action.partition(":")[0]
    known = desk.directory.known(press.request.user)
    if kind in {BE, NOT_ME, CONNECT}:
        _identity(desk, steps, press, kind)
        return
    held = press.model_copy(update={"request": later(press.request)})
    heard = replace(known, why="") if kind in SIGNING else known
    stopped = gate(desk, press.request, heard, work=held.work())
    if stopped is not None:
        deliver(desk, steps, press.request, stopped)
        return
    match kind:
        case m.SAY | m.HERE | m.DO | m.DIRECT:
            _say(desk, press, kind)
        case m.OPEN:
            answer = Answer.model_validate(
                steps.step("open", lambda: _open(desk, press, known).model_dump(mode="json"))
            )
            deliver(desk, steps, press.request, answer)
        case m.CSV:
            _csv(desk, steps, press, known)
        case m.PUBLISH:
            told = steps.step("publish", lambda: _publish(desk, press, known))
            _told(desk, steps, press, told)
        case _:
            run_press(desk, steps, press, known)


def _say(desk: Desk, press: Press, kind: str) -> None:
    """Hear a button's words as if they were said: under an answer in its thread, from a whisper to the one person."""
    before = press.request
    update: dict[str, object] = {"key": f"{before.key}:{before.at.timestamp() // DOUBLE:.0f}"}
    if kind in {m.DO, m.DIRECT}:
        thread, _, text = press.value.partition("|")
        update |= {
            "text": text,
            "surface": "mention",
            "public": True,
            "response_url": "",
            "thread": thread,
            "ts": "",
        }
        if kind == m.DIRECT:
            update |= {"channel": desk.poster.direct(before.user), "surface": "direct", "thread": ""}
    elif kind == m.HERE:
        update |= {"surface": "slash", "public": True, "ts": ""}
    elif press.whispered:
        update |= {"surface": "slash", "public": False}
    else:
        update |= {
            "thread": before.thread or ("" if before.channel.startswith("D") else press.message),
            "ts": "",
        }
    request = before.model_copy(update=update)
    desk.runs.enqueue(request.work("hear"))


def _open(desk: Desk, press: Press, known: Known) -> Answer:
    """Show the deal that a decision is about, to the one who asked, under that person's rights."""
    try:
        draft_id, number, letter = press.value.split(":")
        revision = desk.revision(draft_id, int(number))
    except (ValueError, NoSuchDraft):
        return Answer(to="alone", why="I no longer have the draft that this button belongs to.")
    decision = next((item for item in revision.deck.message.decisions if item.letter == letter), None)
    if decision is None or decision.deal_id is None:
        return Answer(to="alone", why="That decision is about no single deal.")
    access = Access(workspace=desk.workspace, asker=known.grant)
    conversation = f"{press.request.conversation}:{press.request.user}"
    deal = i.Candidate(what="deal", id=decision.deal_id, name="this deal")
    reply, _ = turn(
        desk.under(access),
        "",
        thread_id=conversation,
        asker=known.asker,
        key=press.request.key,
        meant=i.DealCard(deal=deal),
    )
    return Answer(to="alone", reply=reply, conversation=conversation, limits=access.limits)


def _csv(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Bring the records behind a number to the one who pressed, in the direct messages."""
    conversation, _, fact = press.value.partition("|")
    found = records(desk, known, conversation, fact)
    if found is None:
        _told(
            desk,
            steps,
            press,
            "I no longer have that number. Ask for it once more, then where it comes from.",
        )
        return
    channel = steps.step("direct", lambda: desk.poster.direct(press.request.user))
    where = {"channel": channel, "comment": escaped(found.told)}
    bring(desk, steps, found.data, name=found.name, title=found.name, where=where)
    if channel != press.request.channel:
        _told(desk, steps, press, "I sent you the records directly.")


def _publish(desk: Desk, press: Press, known: Known) -> str:
    """Publish a draft at its owner's word, once; return what the person is told."""
    posted, _, told = posted_of(desk, press)
    if posted is None:
        return told
    if not may_revise(desk, known, posted):
        answer = to_publish(desk, known, posted)
        tell_others(desk, answer.tells)
        return answer.why
    if why := unfit(desk, posted, known):
        return why
    when = f"{desk.clock().astimezone(desk.line.company.zone):%-d %b %H:%M}"

    def publish(note: dict[str, Any] | None) -> dict[str, Any] | None:
        held = Posted.model_validate(note)
        if held.is_published or held.number != posted.number:
            return note
        said = {"state": f"published by {known.asker.name} {when}", "published": held.number}
        return held.model_copy(update=said).model_dump(mode="json")

    after = Posted.model_validate(desk.notes.change(desk.workspace, "posted", posted.draft_id, publish))
    if after.number != posted.number:
        return _stale(str(posted.number), after)
    published.keep(desk.line, desk.revision(after.draft_id, after.published))
    show(desk, after.draft_id, key=f"{mark_of(press.request.key)}r")
    return f"r{after.number} is {after.state}."


def unfit(desk: Desk, posted: Posted, known: Known) -> str:
    """Return why nothing may be said anew about a draft where it stands, to all there or to who pressed; else empty."""
    verdict = desk.places.judge(desk.places.look(posted.channel), known)
    if not verdict.here:
        return verdict.why
    if not verdict.access.covers(desk.revision(posted.draft_id, posted.number).limits):
        return "By now not everybody there may see all of this draft. Ask for it anew, and I measure it for who reads there."
    return ""


def posted_of(desk: Desk, press: Press) -> tuple[Posted | None, str, str]:
    """Return the draft that a button belongs to and its letter; else None and why the button no longer works."""
    draft_id, _, rest = press.value.partition(":")
    number, _, letter = rest.partition(":")
    posted = standing(desk, draft_id)
    if posted is None:
        return None, letter, "I no longer have the draft that this button belongs to."
    if str(posted.number) != number:
        return None, letter, _stale(number, posted)
    return posted, letter, ""


def _stale(number: str, posted: Posted) -> str:
    return f"This button belongs to r{number}; the draft is at r{posted.number} by now."


def _told(desk: Desk, steps: Steps, press: Press, told: str) -> None:
    steps.step(
        "tell",
        lambda: tell(desk, press.request, m.sentence(told), key=mark_of(press.request.key), look=steps.again),
    )


def _identity(desk: Desk, steps: Steps, press: Press, kind: str) -> None:
    """Keep who somebody said they are; what they said before is answered then."""
    user = press.request.user
    if kind == CONNECT:
        told = steps.step("connect", lambda: _connect(desk, press))
        instead(desk, steps, press, told)
        return
    if kind == NOT_ME:
        steps.step("refuse", lambda: desk.directory.refuse(user))
        instead(desk, steps, press, "Then I take you for nobody. An admin can link you to the right person.")
        return
    told = steps.step("confirm", lambda: _confirm(desk, press))
    if told:
        instead(desk, steps, press, told)
        return
    desk.directory.forget(user)
    name = desk.directory.known(user).asker.name
    instead(desk, steps, press, f"Thank you, {name.split()[0]}.")
    _take_up(desk, steps, press)


def _take_up(desk: Desk, steps: Steps, press: Press) -> None:
    """Do what somebody asked for before it was known who that is; what waited too long is only said."""
    user = press.request.user

    def begin() -> str:
        held, now = waiting(desk, user), desk.clock()
        for one in held:
            if not one.is_late(now):
                desk.runs.enqueue(one.work)
        said = [str(one.work.payload.get("text") or "") for one in held if one.is_late(now)]
        return ", ".join(f"“{words}”" if words else "the button that you pressed" for words in said)

    late = steps.step("take up", begin)
    forget_waiting(desk, user)
    if late:
        told = m.sentence(f"Some of what you asked waited too long, and I left it. Say it once more: {late}.")
        key = f"{mark_of(press.request.key)}l"
        steps.step("late", lambda: tell(desk, press.request, told, key=key, look=steps.again))


def instead(desk: Desk, steps: Steps, press: Press, told: str, *, buttons: tuple[Block, ...] = ()) -> None:
    """Tell what came of a choice in place of the question, so that its buttons are gone."""
    request, shown, key = press.request, m.sentence(told, buttons=buttons), mark_of(press.request.key)

    def put() -> bool:
        if request.response_url and desk.poster.respond(request.response_url, shown, replace=True):
            return True
        ours = request.channel.startswith("D") and press.message and not press.whispered
        if ours and desk.poster.update(request.channel, press.message, shown, key=key):
            return True
        return tell(desk, request, shown, key=key, look=steps.again)

    steps.step("tell", put)


def _confirm(desk: Desk, press: Press) -> str:
    """Keep a confirmed link; return why not where it may not be."""
    known = desk.directory.known(press.request.user, fresh=True)
    if known.member.outside or known.member.gone or known.member.program:
        return "I answer the people of this company only."
    offered = known.person.id if known.person is not None else ""
    if not desk.demo and press.value != offered:
        return "That is not the person whom your e-mail address names; an admin can link you."
    if desk.demo:
        desk.directory.pretend(press.request.user, press.value)
    elif not desk.directory.confirm(press.request.user, press.value):
        return "Somebody else in Slack is that person already; an admin can sort it out."
    return ""


def _connect(desk: Desk, press: Press) -> str:
    """Ask the admins to link somebody whom the CRM does not know; return what that person is told."""
    member = desk.directory.member(press.request.user)
    if member.outside:
        return "I answer the people of this company only."
    admins = desk.directory.linked(desk.line.company.roles.get("admin", ()))
    line = f"{desk.command} link {member.id} to NAME"
    asks = f"{member.name or member.id} ({member.email or 'no e-mail address'}) asks to be linked to the CRM. Say: {line}"
    tell_others(desk, tuple((user, asks, f"connect:{member.id}") for user in admins))
    if admins:
        return f"I asked {' and '.join(desk.directory.member(user).name for user in admins)} to link you."
    names = " or ".join(desk.directory.named("admin")) or "your admin"
    return f"No admin has spoken with me yet, so I could ask none. Send {names} this line: {line}"
