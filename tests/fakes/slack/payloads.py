"""The JSON of what Slack tells an app: events, commands, interactions."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.delivery import Sent
from tests.fakes.slack.shapes import Channel, Json, Message, User
from tests.fakes.slack.wire import message_json
from tests.fakes.slack.world import APP_ID, BOT_USER, TEAM, World

TOKEN = "verification-token"
MESSAGE_EVENTS = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


def event(world: World, body: Json, channel: Channel | None = None) -> Sent:
    """Return an event with an id of its own in its envelope."""
    payload = {
        "token": TOKEN,
        "team_id": TEAM,
        "api_app_id": APP_ID,
        "event": {"event_ts": world.stamp(), **body},
        "type": "event_callback",
        "event_id": world.key("Ev"),
        "event_time": int(world.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": channel is not None and channel.is_ext_shared,
        "event_context": world.key("4-ctx"),
    }
    return Sent(kind="events_api", payload=payload)


def message_event(world: World, message: Message, channel: Channel) -> Sent:
    """Return that somebody wrote something."""
    return event(world, _written(world, message, channel) | {"channel_type": channel.kind}, channel)


def mention_event(world: World, message: Message, channel: Channel) -> Sent:
    """Return that somebody named the bot."""
    body = _written(world, message, channel) | {"type": "app_mention"}
    return event(world, {key: value for key, value in body.items() if key != "parent_user_id"}, channel)


def changed_event(world: World, before: Message, after: Message, channel: Channel) -> Sent:
    """Return that a message says something else now, or is gone."""
    common: Json = {"type": "message", "channel": channel.id, "channel_type": channel.kind, "hidden": True}
    old = message_json(world, before)
    if after.deleted:
        gone = {
            "subtype": "message_deleted",
            "deleted_ts": before.ts,
            "previous_message": old,
            "ts": world.stamp(),
        }
        return event(world, common | gone, channel)
    new = {"subtype": "message_changed", "message": message_json(world, after), "previous_message": old}
    return event(world, common | new | {"ts": world.stamp()}, channel)


def _written(world: World, message: Message, channel: Channel) -> Json:
    body = message_json(world, message, thread=False)
    author = world.users[message.user]
    body |= {"channel": channel.id, "event_ts": message.ts, "team": author.team_id}
    if author.is_bot:
        return body if author.id == BOT_USER else body | {"subtype": "bot_message"}
    body["client_msg_id"] = f"cmid-{message.ts}"
    if author.is_stranger:
        body |= {"user_team": author.team_id, "source_team": author.team_id}
    return body


def command_payload(world: World, user: User, channel: Channel, command: str, text: str) -> Sent:
    """Return that somebody typed a slash command."""
    names = {"im": "directmessage", "group": "privategroup", "mpim": channel.name}
    payload = {
        "token": TOKEN,
        "team_id": TEAM,
        "team_domain": "larkmoor",
        "channel_id": channel.id,
        "channel_name": names.get(channel.kind, channel.name),
        "user_id": user.id,
        "user_name": user.handle,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url(world, channel.id, user.id),
        "trigger_id": world.trigger(user.id),
    }
    return Sent(kind="slash_commands", payload=payload)


def interaction(world: World, kind: str, user: User, *, over: str | None = None, **fields: Any) -> Sent:
    """Return that somebody used a button, a shortcut or a view; over is the modal that is open meanwhile."""
    payload = {
        "type": kind,
        "token": TOKEN,
        "api_app_id": APP_ID,
        "team": {"id": TEAM, "domain": "larkmoor"},
        "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": user.team_id},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": world.trigger(user.id, over),
        **fields,
    }
    return Sent(kind="interactive", payload=payload)


def response_url(
    world: World, channel: str, user: str, message_ts: str | None = None, thread_ts: str | None = None
) -> str:
    """Return an address that takes five answers."""
    return f"{world.base_url}/response/{world.answer_right(channel, user, message_ts, thread_ts)}"
