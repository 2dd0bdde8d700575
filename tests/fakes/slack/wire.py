"""The JSON that Slack sends for what the workspace holds."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.fakes.slack.shapes import Channel, Ephemeral, File, Json, Message, User, View
from tests.fakes.slack.world import APP_ID, BOT_ID, BOT_USER, TEAM, World


def user_json(world: World, user: User, *, with_email: bool) -> Json:
    """Return a person as users.info gives it; the e-mail only where the token may read it, never a stranger's."""
    first, _, last = user.name.partition(" ")
    profile = {
        "real_name": user.name,
        "real_name_normalized": user.name,
        "display_name": user.handle,
        "first_name": first,
        "last_name": last,
        "team": user.team_id,
    }
    if with_email and user.email and not user.is_stranger:
        profile["email"] = user.email
    at = datetime.fromtimestamp(world.now(), UTC).astimezone(ZoneInfo(user.zone))
    offset = at.utcoffset()
    body: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.handle,
        "real_name": user.name,
        "deleted": user.deleted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "profile": profile,
        "updated": 1_700_000_000,
    }
    if user.is_stranger:
        return {**body, "is_stranger": True}
    if user.deleted:
        return body
    return {
        **body,
        "tz": user.zone,
        "tz_label": at.tzname() or user.zone,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
    }


def channel_json(channel: Channel, *, count: bool = False) -> Json:
    """Return a channel as conversations.info gives it."""
    common: Json = {"id": channel.id, "is_archived": channel.is_archived, "is_im": channel.is_im}
    if channel.is_im:
        other = next((member for member in channel.members if member != BOT_USER), BOT_USER)
        return {
            **common,
            "user": other,
            "is_org_shared": False,
            "is_user_deleted": False,
            "context_team_id": TEAM,
        }
    body: Json = {
        **common,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_mpim": channel.is_mpim,
        "is_private": channel.is_private or channel.is_mpim,
        "is_general": channel.name == "general",
        "is_shared": channel.is_ext_shared or channel.is_org_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": channel.is_org_shared,
        "is_pending_ext_shared": channel.is_pending_ext_shared,
        "is_member": BOT_USER in channel.members,
        "context_team_id": TEAM,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
    return {**body, "num_members": len(channel.members)} if count else body


def message_json(world: World, message: Message, *, thread: bool = True) -> Json:
    """Return a message as conversations.history and events give it."""
    body: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": TEAM,
    }
    if message.blocks:
        body["blocks"] = list(message.blocks)
    if message.subtype:
        body["subtype"] = message.subtype
    if message.bot_id:
        own = {"app_id": APP_ID, "bot_profile": bot_json(world)} if message.bot_id == BOT_ID else {}
        body |= {"bot_id": message.bot_id, **own}
    if message.metadata:
        body["metadata"] = message.metadata
    if message.edited is not None:
        body["edited"] = {"user": message.user, "ts": f"{message.edited:.6f}"}
    if message.files:
        body["files"] = [file_json(world, world.files[key]) for key in message.files]
        body["upload"] = True
    if message.reactions:
        body["reactions"] = reactions_json(message)
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
        root = world.messages.get((message.channel, message.thread_ts))
        if root is not None:
            body["parent_user_id"] = root.user
    elif thread:
        replies = [reply for reply in world.thread(message.channel, message.ts) if reply.ts != message.ts]
        if replies:
            body |= {
                "thread_ts": message.ts,
                "reply_count": len(replies),
                "reply_users": list(dict.fromkeys(reply.user for reply in replies)),
                "latest_reply": replies[-1].ts,
            }
    return body


def reactions_json(message: Message) -> list[Json]:
    """Return the emoji under a message, with who put each there."""
    who: dict[str, list[str]] = {}
    for name, user in message.reactions:
        who.setdefault(name, []).append(user)
    return [{"name": name, "users": users, "count": len(users)} for name, users in who.items()]


def ephemeral_json(note: Ephemeral) -> Json:
    """Return a note for one person as an interaction with it gives it."""
    return {
        "type": "message",
        "subtype": "bot_message",
        "bot_id": BOT_ID,
        "is_ephemeral": True,
        "ts": note.ts,
    }


def bot_json(world: World) -> Json:
    """Return the app's bot."""
    return {
        "id": BOT_ID,
        "app_id": APP_ID,
        "user_id": BOT_USER,
        "name": world.bot.name,
        "deleted": False,
        "team_id": TEAM,
    }


def file_json(world: World, file: File) -> Json:
    """Return a file; where it is shared is left out for as long as Slack is still at it."""
    url = f"{world.base_url}/files-pri/{TEAM}-{file.id}/{file.name}"
    body: Json = {
        "id": file.id,
        "created": int(file.created),
        "timestamp": int(file.created),
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2],
        "size": len(file.content),
        "user": file.user,
        "mode": "hosted",
        "is_external": False,
        "url_private": url,
        "url_private_download": f"{url}?download=1",
        "permalink": f"{world.base_url}/files/{file.user}/{file.id}/{file.name}",
        "shares": {},
        "channels": [],
        "groups": [],
        "ims": [],
    }
    if file.polls_left > 0:
        return body
    for channel_id, ts in file.shares:
        channel = world.channels[channel_id]
        side = "public" if channel.kind == "channel" else "private"
        entry = {"ts": ts, "channel_name": channel.name, "team_id": TEAM}
        body["shares"].setdefault(side, {}).setdefault(channel_id, []).append(entry)
        body["ims" if channel.is_im else "groups" if side == "private" else "channels"].append(channel_id)
    return body


def view_json(view: View) -> Json:
    """Return a view with what Slack adds to what the app sent."""
    return {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "state": {"values": {}},
        **view.body,
        "id": view.id,
        "team_id": TEAM,
        "app_id": APP_ID,
        "bot_id": BOT_ID,
        "hash": view.hash,
        "root_view_id": view.root,
        "previous_view_id": view.previous,
    }
