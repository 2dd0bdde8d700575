"""What one person alone is told, so that nobody else sees it."""

from __future__ import annotations

import hashlib

from bot.slack import message as m
from bot.slack.blocks import Block, actions, button, plain
from bot.slack.desk import Answer, Desk
from bot.slack.request import Request


def tell(desk: Desk, request: Request, told: m.Outgoing, *, key: str, look: bool = False) -> bool:
    """Tell one person something where they asked, so that nobody else sees it; else in their direct messages."""
    if request.channel.startswith("D") and not request.response_url:
        desk.poster.post(request.channel, told, key=key, thread=request.thread, look=look)
        return True
    if request.response_url and desk.poster.respond(request.response_url, told):
        return True
    on_home = request.channel == request.user  # pressed on the Home tab, which is no channel to whisper in
    if (
        not on_home
        and request.surface != "slash"
        and desk.poster.whisper(request.channel, request.user, told, key=key, thread=request.thread)
    ):
        return True
    desk.poster.post(desk.poster.direct(request.user), told, key=key, look=look)
    return True


def tell_others(desk: Desk, tells: tuple[tuple[str, str, str], ...]) -> bool:
    """Tell each of these people a sentence directly, the same word once a day; a closed account is passed over."""
    day = desk.clock().date()
    for user, told, same in tells:
        if desk.directory.member(user).gone:
            continue
        direct = desk.poster.direct(user)
        desk.poster.post(direct, m.sentence(told), key=mark_of(f"{same}:{day}:{user}"), look=True)
    return True


def private(answer: Answer, *, thread: str = "") -> m.Outgoing:
    """Return what one person alone is told; `thread` is where."""
    if answer.reply is None:
        return m.sentence(answer.why, buttons=buttons_of(answer), rows=rows_of(answer))
    return m.answer(answer.reply, why=answer.why, here=answer.here, thread=thread, more=buttons_of(answer))


def buttons_of(answer: Answer) -> tuple[Block, ...]:
    """Return the buttons that an answer comes with."""
    links = (
        button(label, f"link:{number}", url=address) for number, (label, address) in enumerate(answer.links)
    )
    return (*links, *(button(label, action, value) for label, action, value in answer.buttons))


def rows_of(answer: Answer) -> tuple[Block, ...]:
    """Return what an answer lists, each with its buttons under it."""
    return tuple(block for text, buttons in answer.rows for block in row(text, buttons))


def row(text: str, buttons: tuple[tuple[str, str, str], ...]) -> tuple[Block, ...]:
    """Return one thing of a list: its text, and its buttons under it."""
    return (plain(text), *actions([button(label, action, value) for label, action, value in buttons]))


def mark_of(key: str) -> str:
    """Return what the blocks of a message are told by: short, and the same for the same request."""
    return f"qd-{hashlib.sha256(key.encode()).hexdigest()[:20]}"
