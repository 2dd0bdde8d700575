"""The Slack app's manifest, made from what the code calls and hears: scopes with their reasons, events, command."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.slack.message import PROMPTS, SHORTCUT

# Every method that we call, and the scopes without which Slack refuses it to us.
METHODS: Mapping[str, tuple[str, ...]] = {
    "agents.sessions.setStatus": ("assistant:write", "chat:write"),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "auth.test": (),
    "chat.getPermalink": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("im:history",),
    "conversations.info": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "conversations.list": ("channels:read", "groups:read"),
    "conversations.members": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("im:history",),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "users.conversations": ("channels:read", "groups:read"),
    "users.info": ("users:read", "users:read.email"),
    "users.list": ("users:read", "users:read.email"),
    "views.open": (),
    "views.publish": (),
}
# Every event that we hear, and the scopes without which Slack does not tell us.
EVENTS: Mapping[str, tuple[str, ...]] = {
    "agent_session_stopped": ("assistant:write",),
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "message.im": ("im:history",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}
# What hearing replies in threads without a mention takes besides; an admin may switch it on later.
THREADS: Mapping[str, tuple[str, ...]] = {
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
}
REASONS: Mapping[str, str] = {
    "app_mentions:read": "to hear when somebody mentions it",
    "assistant:write": "to show that it works, and to suggest first questions",
    "channels:history": "to hear replies under its drafts that do not mention it",
    "channels:read": "to know who would read an answer, before it is posted",
    "chat:write": "to answer",
    "commands": "to offer its command and its message shortcut",
    "files:read": "to see that its own deck has arrived",
    "files:write": "to post decks",
    "groups:history": "the same in private channels that it was invited to",
    "groups:read": "the same for private channels that it was invited to",
    "im:history": "to hear what people write to it directly",
    "im:read": "to tell a direct message from a channel",
    "im:write": "to answer one person alone",
    "mpim:read": "to recognise messages between several people, where it never posts",
    "users:read": "to know guests and people from outside",
    "users:read.email": "to find a person in the CRM",
}
_HINT = "weekly | pipeline emea | my deals | help"


def scopes(*, threads: bool = False) -> tuple[str, ...]:
    """Return the scopes that the bot's token needs, sorted."""
    wanted = [*METHODS.values(), *EVENTS.values(), ("commands",), *(THREADS.values() if threads else ())]
    return tuple(sorted({scope for group in wanted for scope in group}))


def events(*, threads: bool = False) -> tuple[str, ...]:
    """Return the events to subscribe to, sorted."""
    return tuple(sorted({**EVENTS, **(THREADS if threads else {})}))


def granted(headers: Mapping[str, str]) -> frozenset[str] | None:
    """Return the scopes that an answer of Slack says a token has; None where it does not say."""
    told = next((value for name, value in headers.items() if name.casefold() == "x-oauth-scopes"), None)
    return None if told is None else frozenset(part.strip() for part in told.split(",") if part.strip())


def hears_threads(scopes_of_token: frozenset[str] | None) -> bool:
    """Say whether replies in threads that do not mention us are told to a token; one that does not say is taken to be."""
    wanted = {scope for group in THREADS.values() for scope in group}
    return scopes_of_token is None or wanted <= scopes_of_token


def manifest(*, command: str = "/sales", url: str = "", threads: bool = False) -> dict[str, Any]:
    """Return the manifest. `url` is where the bot is reached over HTTP, empty for Socket Mode."""
    where = {"url": f"{url}/slack/events"} if url else {}
    request = {"request_url": f"{url}/slack/events"} if url else {}
    return {
        "_metadata": {"major_version": 2},
        "display_information": {"name": "Quarterdeck", "description": "Sales-operations agent"},
        "features": {
            "agent_view": {
                "agent_description": "Explains your pipeline and builds decks with numbers that are right.",
                "suggested_prompts": [{"title": title, "message": message} for title, message in PROMPTS],
            },
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "quarterdeck", "always_online": True},
            "shortcuts": [
                {
                    "type": "message",
                    "name": "Ask Quarterdeck about this",
                    "callback_id": SHORTCUT,
                    "description": "Asks about what stands in a message; the answer comes to you alone.",
                }
            ],
            "slash_commands": [
                {
                    "command": command,
                    "description": "Reports and answers from your CRM",
                    "usage_hint": _HINT,
                    "should_escape": True,
                    **where,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(scopes(threads=threads))}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": list(events(threads=threads))},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def as_yaml(found: Mapping[str, Any], *, head: Sequence[str] = ()) -> str:
    """Return a manifest as YAML, each scope with its reason."""
    return "\n".join((*(f"# {line}" for line in head), *_lines(found, 0))) + "\n"


def _lines(value: Mapping[str, Any], depth: int) -> Iterator[str]:
    pad = "  " * depth
    for key, item in value.items():
        if isinstance(item, Mapping):
            yield f"{pad}{key}:"
            yield from _lines(item, depth + 1)
        elif isinstance(item, list):
            yield f"{pad}{key}:"
            for one in item:
                yield from _item(one, pad)
        else:
            yield f"{pad}{key}: {_scalar(item)}"


def _item(one: Any, pad: str) -> Iterator[str]:
    if isinstance(one, Mapping):
        first, *others = _lines(one, 0)
        yield f"{pad}  - {first}"
        yield from (f"{pad}    {line}" for line in others)
    else:
        reason = REASONS.get(str(one))
        yield f"{pad}  - {_scalar(one)}{f' # {reason}' if reason else ''}"


def _scalar(value: object) -> str:
    """Return a value as YAML: every JSON text is one."""
    text = str(value)
    return (
        text
        if isinstance(value, str) and text.replace(":", "").replace("_", "").replace(".", "").isalnum()
        else json.dumps(value)
    )
