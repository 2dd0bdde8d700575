"""Agent sessions, suggested prompts, reactions, and what an app asks about itself."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes.slack.methods import Args, joined_channel, method, require_for, seen_channel
from tests.fakes.slack.shapes import Json, Refused, Session
from tests.fakes.slack.wire import bot_json, reactions_json
from tests.fakes.slack.world import APP_ID, BOT_ID, BOT_USER, TEAM, World

STATUSES = {"processing", "active", "suspended", "closed"}


def put_session(world: World, channel: str, thread_ts: str, status: str, title: str | None = None) -> Session:
    """Store the state of the agent's work in a thread.

    Raises:
        Refused: invalid_arguments; there is no such status.
    """
    if status not in STATUSES:
        raise Refused("invalid_arguments", f"status {status!r} must be one of: {', '.join(sorted(STATUSES))}")
    before = world.sessions.get((channel, thread_ts))
    session = Session(
        channel=channel,
        thread_ts=thread_ts,
        status=status,
        title=title if title is not None else before.title if before else "",
    )
    world.sessions[channel, thread_ts] = session
    world.session_log.append(session)
    return session


@method("agents.sessions.setStatus", "assistant:write", "chat:write")
def set_status(world: World, args: Args) -> Json:
    """Say how far the agent is in a thread."""
    channel = joined_channel(world, args.text("channel_id"))
    thread_ts = args.text("thread_ts")
    if (channel.id, thread_ts) not in world.messages:
        raise Refused("invalid_thread_ts")
    session = put_session(world, channel.id, thread_ts, args.text("status"), args.maybe("title"))
    return {"ok": True, "session": {"status": session.status, "title": session.title}}


@method("agents.sessions.rename", "assistant:write", "chat:write")
def rename(world: World, args: Args) -> Json:
    """Give the agent's work in a thread another title."""
    session = world.sessions.get((args.text("channel_id"), args.text("thread_ts")))
    if session is None:
        raise Refused("session_not_found")
    put_session(world, session.channel, session.thread_ts, session.status, args.text("title"))
    return {"ok": True}


@method("assistant.threads.setSuggestedPrompts", "assistant:write")
def suggest(world: World, args: Args) -> Json:
    """Offer up to four things to say."""
    channel = joined_channel(world, args.text("channel_id"))
    prompts = args.data("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
        raise Refused("invalid_arguments", "prompts must have from 1 to 4 items")
    if not all(isinstance(one, dict) and one.get("title") and one.get("message") for one in prompts):
        raise Refused("invalid_arguments", "a prompt has a title and a message")
    world.prompts.append({"channel": channel.id, "prompts": prompts, "title": args.maybe("title")})
    return {"ok": True}


@method("reactions.add", "reactions:write")
def react(world: World, args: Args) -> Json:
    """Put the bot's emoji under a message."""
    channel = joined_channel(world, args.text("channel"))
    message = world.message(channel.id, args.text("timestamp"))
    mark = (args.text("name").strip(":"), BOT_USER)
    if mark in message.reactions:
        raise Refused("already_reacted")
    world.messages[channel.id, message.ts] = replace(message, reactions=(*message.reactions, mark))
    return {"ok": True}


@method("reactions.remove", "reactions:write")
def unreact(world: World, args: Args) -> Json:
    """Take the bot's emoji away."""
    channel = joined_channel(world, args.text("channel"))
    message = world.message(channel.id, args.text("timestamp"))
    mark = (args.text("name").strip(":"), BOT_USER)
    if mark not in message.reactions:
        raise Refused("no_reaction")
    left = tuple(one for one in message.reactions if one != mark)
    world.messages[channel.id, message.ts] = replace(message, reactions=left)
    return {"ok": True}


@method("reactions.get", "reactions:read")
def reactions(world: World, args: Args) -> Json:
    """Return the emoji under a message."""
    channel = seen_channel(world, args.text("channel"))
    require_for(args, channel, "read")
    message = world.message(channel.id, args.text("timestamp"))
    found = reactions_json(message)
    return {
        "ok": True,
        "type": "message",
        "channel": channel.id,
        "message": {"ts": message.ts, "reactions": found},
    }


@method("auth.test")
def auth_test(world: World, _args: Args) -> Json:
    """Return whose token it is."""
    body = {"ok": True, "url": "https://larkmoor.slack.com/", "team": world.name, "team_id": TEAM}
    return {
        **body,
        "user": world.bot.name,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@method("api.test")
def api_test(_world: World, args: Args) -> Json:
    """Return what was sent."""
    return {"ok": True, "args": dict(args.values)}


@method("team.info", "team:read")
def team_info(world: World, _args: Args) -> Json:
    """Return the workspace."""
    return {
        "ok": True,
        "team": {"id": TEAM, "name": world.name, "domain": "larkmoor", "email_domain": "larkmoor.example"},
    }


@method("bots.info", "users:read")
def bots_info(world: World, args: Args) -> Json:
    """Return the bot."""
    if args.text("bot", BOT_ID) != BOT_ID:
        raise Refused("bot_not_found")
    return {"ok": True, "bot": bot_json(world)}


@method("apps.connections.open", "connections:write", token="app")
def open_connection(world: World, _args: Args) -> Json:
    """Return the address of a socket, good for one connection."""
    ticket = world.key("L")
    world.tickets.add(ticket)
    address = world.base_url.replace("http://", "ws://")
    return {"ok": True, "url": f"{address}/link/?ticket={ticket}&app_id={APP_ID}"}
