"""Agent sessions: whether we work, wait for somebody, or are ready. A status that fails never costs an answer."""

from __future__ import annotations

import logging
from http.client import HTTPException
from typing import Literal

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.message import PROMPTS

_log = logging.getLogger("quarterdeck")

Status = Literal["processing", "suspended", "active", "closed"]


class Sessions:
    """Sets the status of threads; where Slack does not know sessions, it stops trying."""

    def __init__(self, client: WebClient) -> None:
        """Use a client."""
        self._client = client
        self._unknown = False

    def say(self, channel: str, thread: str, status: Status) -> None:
        """Set the status of a thread; nothing happens without a thread, or where that cannot be done."""
        if self._unknown or not thread:
            return
        self._try("agents.sessions.setStatus", channel_id=channel, thread_ts=thread, status=status)

    def suggest(self, channel: str) -> None:
        """Offer the prompts to begin with."""
        if self._unknown:
            return
        prompts = [{"title": title, "message": message} for title, message in PROMPTS]
        self._try("assistant.threads.setSuggestedPrompts", channel_id=channel, prompts=prompts)

    def _try(self, method: str, **arguments: object) -> None:
        try:
            self._client.api_call(method, json=arguments)
        except SlackApiError as error:
            told = error.response.get("error", "")
            self._unknown = self._unknown or told in {
                "unknown_method",
                "missing_scope",
                "not_allowed_token_type",
            }
            _log.info("no status in Slack: %s", told)
        except (OSError, HTTPException) as error:
            _log.info("no status in Slack: %s", type(error).__name__)
