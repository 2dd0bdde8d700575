"""The one way to Slack: paced per channel, patient with limits, careful not to say a thing twice."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.blocks import marked
from bot.slack.message import Outgoing
from bot.slack.web import send

_log = logging.getLogger("quarterdeck")

# Slack takes one message a second in a channel, and a few at once.
BURST, PER_SECOND = 3.0, 1.0
# A message waits no longer for its turn; Slack itself says when that was too soon.
TURN = 15.0
# So many seconds a limit is waited out in all; after that the work fails, and the person hears so.
PATIENCE = 120.0
_TRIES = 3
# A picture that was just uploaded may not be ready to be shown for a moment.
_NOT_READY = 1.0
_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "invalid_attachments"})
_CONNECTION = (OSError, HTTPException)


class UnsureError(Exception):
    """A message may have been posted, and Slack cannot be asked whether it was."""


class Poster:
    """Posts, updates and whispers. `pause` waits, `clock` counts seconds: both are given, so that tests own time."""

    def __init__(
        self,
        client: WebClient,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Use a client; its own retries are switched off: they would post twice."""
        client.retry_handlers = []
        self._client, self._clock, self._pause = client, clock, pause
        self._room: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def call(self, method: str, **arguments: Any) -> Any:
        """Call a method that may be called twice; limits are waited out, broken connections tried again.

        Raises:
            SlackApiError: Slack refuses.
            OSError: Slack cannot be reached.
        """
        return self._tried(lambda: self._client.api_call(method, json=arguments), twice=True)

    def call_form(self, method: str, **arguments: Any) -> Any:
        """Call a method that reads, whose arguments Slack takes as a form only; as `call` otherwise."""
        return self._tried(lambda: self._client.api_call(method, params=arguments), twice=True)

    def users_info(self, *, user: str) -> Any:
        """Return one person's profile."""
        return self.call_form("users.info", user=user)

    def users_list(self, *, limit: int, cursor: str = "") -> Any:
        """Return a page of the profiles of everybody in the workspace."""
        return self.call_form("users.list", limit=limit, cursor=cursor)

    def conversations_info(self, *, channel: str) -> Any:
        """Return a channel's description."""
        return self.call_form("conversations.info", channel=channel)

    def conversations_members(self, *, channel: str, limit: int, cursor: str = "") -> Any:
        """Return a page of a channel's members."""
        return self.call_form("conversations.members", channel=channel, limit=limit, cursor=cursor)

    def post(self, channel: str, message: Outgoing, *, key: str, thread: str = "", look: bool = False) -> str:
        """Post a message and return its `ts`; one that an earlier try under the same key posted is found, not repeated.

        Args:
            channel: where to.
            message: what.
            key: makes this message itself and no other; it stands in the ids of its blocks.
            thread: the root of the thread, empty for the top level.
            look: look first whether it is there: an earlier try may have got through.

        Raises:
            SlackApiError: Slack refuses.
            UnsureError: it may be there already, and we have no right to look.
        """
        for attempt in range(_TRIES):
            if (look or attempt) and (found := self.find(channel, key, thread=thread)):
                return found
            try:
                return self._posted(channel, message, key=key, thread=thread)
            except _CONNECTION as error:
                if attempt + 1 == _TRIES:
                    raise
                _log.warning(
                    "the connection to Slack broke (%s); looking before trying again", type(error).__name__
                )
                self._pause(2.0**attempt)
        raise AssertionError("a try returns or raises")

    def update(self, channel: str, ts: str, message: Outgoing, *, key: str) -> bool:
        """Put another text in place of a message of ours; False when it is gone."""
        try:
            self._shown("chat.update", message, {"channel": channel, "ts": ts}, key=key)
        except SlackApiError as error:
            if error.response["error"] in {"message_not_found", "channel_not_found", "is_archived"}:
                return False
            raise
        return True

    def whisper(self, channel: str, user: str, message: Outgoing, *, key: str, thread: str = "") -> bool:
        """Show a message to one person in a channel; False when that cannot be done there."""
        where = {"channel": channel, "user": user} | ({"thread_ts": thread} if thread else {})
        try:
            self._shown("chat.postEphemeral", message, where, key=key)
        except SlackApiError as error:
            _log.info("cannot whisper there: %s", error.response["error"])
            return False
        return True

    def respond(self, url: str, message: Outgoing, *, replace: bool = False) -> bool:
        """Answer a command or a press privately at the address that came with it; False when it no longer works.

        With `replace` the answer stands in place of what was pressed.
        """
        for blocks in (message.blocks, message.plain, ()):
            body = {"response_type": "ephemeral", "replace_original": replace, "text": message.text}
            body |= {"blocks": list(blocks)} if blocks else {}
            try:
                told = send(url, json.dumps(body).encode(), kind="application/json; charset=utf-8", within=10)
            except OSError:
                return False
            if b"invalid_blocks" not in told:
                return b'"ok":false' not in told.replace(b" ", b"")
        return False

    def direct(self, user: str) -> str:
        """Return the channel of somebody's direct messages with us."""
        return str(self.call("conversations.open", users=user)["channel"]["id"])

    def link(self, channel: str, ts: str) -> str:
        """Return the address of a message; empty when Slack does not tell."""
        try:
            return str(
                self._tried(
                    lambda: self._client.chat_getPermalink(channel=channel, message_ts=ts), twice=True
                )["permalink"]
            )
        except SlackApiError:
            return ""

    def find(self, channel: str, key: str, *, thread: str = "") -> str:
        """Return the `ts` of the message of ours with that key among the newest; empty when it is not there.

        Raises:
            UnsureError: we have no right to look.
        """
        method = "conversations.replies" if thread else "conversations.history"
        arguments: dict[str, Any] = {"channel": channel, "limit": 100}
        if thread:
            arguments["ts"] = thread
        cursor = ""
        while True:
            try:
                page = self.call_form(method, **arguments, cursor=cursor)
            except SlackApiError as error:
                if error.response["error"] in {"missing_scope", "not_in_channel"}:
                    raise UnsureError from error
                raise
            for message in page["messages"]:
                if any(
                    str(block.get("block_id", "")).startswith(f"{key}.")
                    for block in message.get("blocks") or ()
                ):
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor or not thread:
                return ""

    def _posted(self, channel: str, message: Outgoing, *, key: str, thread: str) -> str:
        self._wait_for_room(channel)
        where: dict[str, Any] = {"channel": channel, "unfurl_links": False, "unfurl_media": False}
        where |= {"thread_ts": thread} if thread else {}
        answer = self._shown("chat.postMessage", message, where, key=key, once=True)
        return str(answer["ts"])

    def _shown(
        self, method: str, message: Outgoing, where: Mapping[str, Any], *, key: str, once: bool = False
    ) -> Any:
        """Call a method with the richest blocks that Slack takes: all, all in a moment, the plain ones, none."""
        has_picture = any(block["type"] == "image" for block in message.blocks)
        ladder: list[tuple[Sequence[Mapping[str, Any]], float]] = [(message.blocks, 0.0)]
        if has_picture:
            ladder += [(message.blocks, _NOT_READY), (message.blocks, 2 * _NOT_READY)]
        ladder += [(message.plain, 0.0), ((), 0.0)]
        for number, (blocks, wait) in enumerate(ladder):
            if wait:
                self._pause(wait)
            body = {**where, "text": message.text, "blocks": list(marked(blocks, key))}
            try:
                return self._tried(partial(self._client.api_call, method, json=body), twice=not once)
            except SlackApiError as error:
                if error.response["error"] not in _REFUSED or number + 1 == len(ladder):
                    raise
                _log.info("Slack refused blocks of %s", method)
        raise AssertionError("the last rung returns or raises")

    def _tried(self, call: Callable[[], Any], *, twice: bool) -> Any:
        """Call; wait out limits; where calling twice is no harm, try a broken connection again."""
        waited, attempt = 0.0, 0
        while True:
            try:
                return call()
            except SlackApiError as error:
                if error.response.status_code != 429 and error.response.get("error") != "ratelimited":
                    raise
                pause = float(error.response.headers.get("Retry-After", 1) or 1)
                waited += pause
                if waited > PATIENCE:
                    raise
                self._pause(pause)
            except _CONNECTION:
                attempt += 1
                if not twice or attempt == _TRIES:
                    raise
                self._pause(2.0**attempt)

    def _wait_for_room(self, channel: str) -> None:
        """Wait until the channel takes another message: a few at once, then one a second."""
        with self._lock:
            now = self._clock()
            room, at = self._room.get(channel, (BURST, now))
            room = min(BURST, room + (now - at) * PER_SECOND) - 1
            self._room[channel] = (room, now)
        if room < 0:
            self._pause(min(-room / PER_SECOND, TURN))
