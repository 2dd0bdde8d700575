"""Uploads in three steps, cut where a crash may fall: reserve, send and complete, confirm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError

from slack_sdk.errors import SlackApiError

from bot.slack.poster import Poster
from bot.slack.web import send
from reports.facts import Frozen

# Slack's words for a file that is not there.
GONE = frozenset({"file_not_found", "file_deleted"})
# How often, and how long apart, Slack is asked whether a file has arrived where it was sent.
_LOOKS, _APART = 20, 0.25


class Reserved(Frozen):
    """A file that Slack expects: its id, and the address that takes its bytes."""

    id: str
    url: str


class Files:
    """Uploads by way of a poster's patience."""

    def __init__(self, poster: Poster, *, pause: Callable[[float], None]) -> None:
        """`pause` waits between two looks."""
        self._poster, self._pause = poster, pause

    def reserve(self, name: str, size: int, *, alt: str = "") -> Reserved:
        """Tell Slack that a file will come."""
        more = {"alt_txt": alt} if alt else {}
        told = self._poster.call_form("files.getUploadURLExternal", filename=name, length=size, **more)
        return Reserved(id=str(told["file_id"]), url=str(told["upload_url"]))

    def send(self, reserved: Reserved, data: bytes, *, again: bool = False) -> None:
        """Send a file's bytes. An address takes them once: where they may be there already, a refusal says that they are.

        Raises:
            OSError: Slack does not take them.
        """
        for last in (False, True):
            try:
                send(reserved.url, data, kind="application/octet-stream", within=60)
            except HTTPError:
                if not again:
                    raise
            except OSError:
                if last:
                    raise
                again = True
                self._pause(_APART)
                continue
            return

    def complete(
        self, reserved: Reserved, title: str, *, channel: str = "", thread: str = "", comment: str = ""
    ) -> None:
        """Finish an upload, and show the file in a channel where one is named."""
        where: dict[str, Any] = {}
        if channel:
            where = {"channel_id": channel, "initial_comment": comment}
        if thread:
            where["thread_ts"] = thread
        self._poster.call(
            "files.completeUploadExternal", files=[{"id": reserved.id, "title": title}], **where
        )

    def shown(self, file_id: str, channel: str, *, wait: bool = True) -> str | None:
        """Return the `ts` of the message that shows a file in a channel; empty where Slack is slow to list it, None when gone."""
        for look in range(_LOOKS if wait else 1):
            if look:
                self._pause(_APART)
            try:
                told = self._poster.call_form("files.info", file=file_id)["file"]
            except SlackApiError as error:
                if error.response["error"] in GONE:
                    return None
                raise
            shares = told.get("shares") or {}
            for kind in ("public", "private"):
                for share in (shares.get(kind) or {}).get(channel, ()):
                    return str(share["ts"])
        return ""
