"""What somebody said or pressed in Slack, as one frozen value, before anything is looked up."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from bot.agent.intents import Surface
from bot.runs.ports import Work
from reports.facts import Frozen

# What nobody types on purpose: it would hide or turn round what people see.
UNSEEN = re.compile("[\u200b\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_REFERENCE = re.compile(r"<([@#!])([^>|]*)(?:\|([^>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^>|]*)(?:\|([^>]*))?>")
# More than this is not a request; the rest is not read.
LONGEST = 4_000

Place = Literal["channel", "direct"]


class Request(Frozen):
    """One thing that was said to us, or might be.

    Attributes:
        key: the same thing heard twice has the same key.
        channel, thread: where; `thread` is the root of the thread, empty at top level.
        ts: the message itself; empty for a command and for a press of a button.
        surface: how it reached us; only `thread` may be left without an answer.
        public: the answer is for everybody there; else for the person alone.
        response_url: where a private answer goes to, empty where there is no such address.
        people: the ids of those whom the text names with @, but for us, in its order.
        channels: the channels that it names with #, in its order: id to name, which is empty where Slack keeps it back.
        cut: more was said than the first 4,000 letters, which `text` is.
        trigger: opens a dialog, within three seconds; empty for a message.
        scheduled: it came by itself, for `user`; into a channel it is answered under the rights of the named service.
    """

    key: str
    workspace: str
    channel: str
    user: str
    text: str
    surface: Surface
    at: datetime
    ts: str = ""
    thread: str = ""
    public: bool = True
    response_url: str = ""
    trigger: str = ""
    people: tuple[str, ...] = ()
    cut: bool = False
    scheduled: bool = False
    channels: dict[str, str] = Field(default_factory=dict)

    @property
    def direct(self) -> bool:
        """Say whether this is the conversation of one person with us."""
        return self.channel.startswith("D") and self.surface != "slash"

    @property
    def conversation(self) -> str:
        """Return what the answer is remembered under: the thread, the direct messages, or a person's commands here."""
        if self.thread:
            return f"{self.channel}:{self.thread}"
        if self.surface == "mention":
            return f"{self.channel}:{self.ts}"
        return self.channel if self.direct else f"{self.channel}:{self.user}"

    @property
    def lane(self) -> str:
        """Return what is done one after the other: a conversation."""
        return f"{self.workspace}:{self.conversation}"

    def work(self, kind: str) -> Work:
        """Return the work of that kind that this request is, in its lane."""
        return Work(kind=kind, key=self.key, lane=self.lane, payload=self.model_dump(mode="json"))


def from_command(body: Mapping[str, Any], *, at: datetime) -> Request:
    """Return what a slash command says. Its trigger is its only identity."""
    text = plain(str(body.get("text") or ""))
    return Request(
        key=f"command:{body['trigger_id']}",
        workspace=str(body["team_id"]),
        channel=str(body["channel_id"]),
        user=str(body["user_id"]),
        text=text[:LONGEST],
        cut=len(text) > LONGEST,
        surface="slash",
        at=at,
        public=False,
        response_url=str(body.get("response_url") or ""),
        trigger=str(body["trigger_id"]),
        people=named_in(str(body.get("text") or "")),
        channels=channels_in(str(body.get("text") or "")),
    )


def from_message(body: Mapping[str, Any], *, bot: str, at: datetime) -> Request | None:
    """Return what a message or a mention says; None for what is not for us to read.

    A mention comes twice, as a mention and as a message: both give the same key. In a channel, words at top level that
    do not mention us are not read, nor is what a program wrote, what was edited, or what speaks to somebody else.
    """
    event = body["event"]
    if event.get("bot_id") or event.get("subtype") not in (None, "file_share", "thread_broadcast"):
        return None
    if not event.get("user") or event["user"] == bot:
        return None
    text = str(event.get("text") or "")
    mentioned = f"<@{bot}>" in text or f"<@{bot}|" in text
    direct = event.get("channel_type") == "im" or str(event["channel"]).startswith("D")
    thread = str(event.get("thread_ts") or "")
    if not direct and not mentioned and (not thread or _REFERENCE.search(text)):
        return None
    surface: Surface = "direct" if direct else "mention" if mentioned else "thread"
    workspace = str(body.get("team_id") or event.get("team"))
    words = plain(text, bot=bot)
    return Request(
        key=f"message:{event['channel']}:{event['ts']}",
        workspace=workspace,
        channel=str(event["channel"]),
        user=str(event["user"]),
        text=words[:LONGEST],
        cut=len(words) > LONGEST,
        surface=surface,
        at=at,
        ts=str(event["ts"]),
        thread=thread,
        people=named_in(text, bot=bot),
        channels=channels_in(text),
    )


def named_in(text: str, *, bot: str = "") -> tuple[str, ...]:
    """Return the ids of the people whom Slack's text mentions, in its order, but for the bot; empty where there are none."""
    return tuple(found[2] for found in _REFERENCE.finditer(text) if found[1] == "@" and found[2] != bot)


def channels_in(text: str) -> dict[str, str]:
    """Return the channels that Slack's text mentions, in its order: id to name, empty where Slack does not say it."""
    return {found[2]: found[3] or "" for found in _REFERENCE.finditer(text) if found[1] == "#"}


def plain(text: str, *, bot: str = "") -> str:
    """Return Slack's text as people typed it: without its escapes, without mentions of us, without unseen characters.

    A mention of a person or a channel stays as its name after @ or #; a link stays as what was shown of it.
    """

    def named(found: re.Match[str]) -> str:
        sign, target, label = found.groups()
        if sign == "@" and target == bot:
            return " "
        return f"{'#' if sign == '#' else '@'}{label or target.partition('^')[0]}"

    text = _LINK.sub(lambda found: found[2] or found[1], _REFERENCE.sub(named, text))
    return " ".join(UNSEEN.sub("", html.unescape(text)).split(" ")).strip()
