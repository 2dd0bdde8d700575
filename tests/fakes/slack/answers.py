"""What an app answers to an interaction: by its response_url, or in the body of its acknowledgement."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.fakes.slack.api.chat import share_pictures
from tests.fakes.slack.check import checked_blocks, checked_text
from tests.fakes.slack.shapes import Ephemeral, Json, Refused, ResponseUrl
from tests.fakes.slack.world import BOT_USER, World

MOST_USES = 5
LIFE = 1800.0  # seconds
KNOWN = set(
    "text blocks attachments response_type replace_original delete_original thread_ts mrkdwn metadata"
    " unfurl_links unfurl_media".split()
)


def respond(world: World, key: str, body: bytes) -> tuple[int, str]:
    """Carry out what was sent to a response_url; return the HTTP status and text of its answer."""
    right = world.response_urls.get(key)
    if right is None:
        return 404, json.dumps({"ok": False, "error": "no_such_url"})
    if world.now() - right.at > LIFE:
        return 404, json.dumps({"ok": False, "error": "expired_url"})
    if right.uses >= MOST_USES:
        return 404, json.dumps({"ok": False, "error": "used_url"})
    world.response_urls[key] = replace(right, uses=right.uses + 1)
    try:
        answer = json.loads(body)
        place(world, right, answer)
    except ValueError:
        return 400, "invalid_payload"
    except Refused as refusal:
        return 400, json.dumps(refusal.body)
    return 200, "ok"


def place(world: World, right: ResponseUrl, answer: Json) -> None:
    """Show an answer: to the person alone, unless it says in_channel.

    Raises:
        Refused: no_text, invalid_blocks, invalid_payload and the like.
    """
    if not isinstance(answer, dict) or set(answer) - KNOWN:
        raise Refused("invalid_payload")
    if answer.get("delete_original"):
        _delete(world, right)
        return
    blocks = checked_blocks(answer["blocks"], world.files) if answer.get("blocks") else ()
    text = checked_text(answer.get("text"), other=blocks or answer.get("attachments"))
    if answer.get("replace_original") and right.message_ts:
        _replace(world, right, text, blocks)
    elif answer.get("response_type", "ephemeral") == "in_channel":
        thread_ts = answer.get("thread_ts")
        share_pictures(
            world, world.post(right.channel, BOT_USER, text=text, blocks=blocks, thread_ts=thread_ts)
        )
    else:
        thread_ts = answer.get("thread_ts") or right.thread_ts
        note = Ephemeral(
            channel=right.channel,
            ts=world.stamp(),
            viewer=right.user,
            text=text,
            blocks=blocks,
            thread_ts=thread_ts,
        )
        world.put_ephemeral(note)


def _replace(world: World, right: ResponseUrl, text: str, blocks: tuple[Any, ...]) -> None:
    key = (right.channel, str(right.message_ts))
    note, message = world.ephemerals.get(key), world.messages.get(key)
    if note is not None and not note.deleted:
        world.put_ephemeral(replace(note, text=text, blocks=blocks))
    elif message is not None and not message.deleted:
        changed = replace(message, text=text, blocks=blocks, edited=world.now())
        share_pictures(world, world.put_message(changed))
    else:
        raise Refused("message_not_found")


def _delete(world: World, right: ResponseUrl) -> None:
    key = (right.channel, str(right.message_ts))
    if key in world.ephemerals:
        world.put_ephemeral(replace(world.ephemerals[key], deleted=True))
    elif key in world.messages:
        world.put_message(replace(world.messages[key], deleted=True))
    else:
        raise Refused("message_not_found")
