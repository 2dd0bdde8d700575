"""Whom a message calls, and where it leads: what must be empty for text that nobody at the company wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.fakes.slack.seen import Seen

_PING = re.compile(r"<@([UW]\w+)(?:\|[^>]*)?>|<!(channel|here|everyone|subteam\^\w+)(?:\|[^>]*)?>")
_LINK = re.compile(r"<((?:https?|mailto|slack):[^|>]+)(?:\|[^>]*)?>|(?<![<\w])(https?://[^\s<>|)]+)")
_MARKDOWN_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^\s)>]+)")


def pings_of(*seen: Seen) -> tuple[str, ...]:
    """Return whom this notifies, in order: ids of people, "channel", "here", "everyone"."""
    found = [match[1] or match[2] for text in _formatted(*seen) for match in _PING.finditer(text)]
    for one in seen:
        found += [str(value) for value in _fields(one.blocks, "user_id")]
        found += [str(value) for value in _fields(one.blocks, "range")]
    return tuple(dict.fromkeys(found))


def links_of(*seen: Seen) -> tuple[str, ...]:
    """Return every address that this leads to or that Slack would fetch, in order: links, bare ones, buttons, images."""
    found: list[str] = []
    for text in _formatted(*seen):
        found += [match[1] or match[2] for match in _LINK.finditer(text)]
    for one in seen:
        for text in _fields(one.blocks, "text", of="markdown"):
            found += _MARKDOWN_LINK.findall(text)
        for name in ("url", "image_url", "thumbnail_url", "video_url", "title_url"):
            found += [str(value) for value in _fields(one.blocks, name)]
    return tuple(dict.fromkeys(found))


def _formatted(*seen: Seen) -> Iterator[str]:
    """Yield the texts in which Slack reads <...>: the message's own, mrkdwn and Markdown."""
    for one in seen:
        yield one.text
        yield from _fields(one.blocks, "text", of="mrkdwn")
        yield from _fields(one.blocks, "text", of="markdown")


def _fields(value: Any, name: str, of: str | None = None) -> Iterator[Any]:
    if isinstance(value, dict):
        if isinstance(value.get(name), (str, int)) and of in {None, value.get("type")}:
            yield value[name]
        for inner in value.values():
            yield from _fields(inner, name, of)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _fields(inner, name, of)
