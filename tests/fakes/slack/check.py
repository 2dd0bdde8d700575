"""Whether Slack would take a message, a modal or a Home tab; refuses as Slack does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.slack.blocks import HOME, MESSAGE, MODAL, BlockCheck
from tests.fakes.slack.elements import check_fields, check_length, check_text
from tests.fakes.slack.shapes import Blocks, File, Json, Refused

LONGEST_TEXT = 40_000
LONGEST_MARKDOWN = 12_000


def checked_blocks(blocks: Any, files: Mapping[str, File]) -> Blocks:
    """Return the blocks of a message.

    Raises:
        Refused: invalid_blocks, with a line for each problem.
    """
    check = _check(MESSAGE, files)
    check.check(blocks)
    for kind, most in (("table", 1), ("data_table", 1), ("data_visualization", 2)):
        if check.kinds.count(kind) > most:
            check.say(f"only {most} {kind} allowed", "/blocks")
    if check.markdown > LONGEST_MARKDOWN:
        check.say(f"all markdown must be less than {LONGEST_MARKDOWN + 1} characters", "/blocks")
    if check.problems:
        raise Refused("invalid_blocks", *check.problems)
    return tuple(blocks)


def checked_text(text: Any, *, other: object) -> str:
    """Return the text of a message; it may be empty when there is something other to show.

    Raises:
        Refused: no_text, msg_too_long.
    """
    text = "" if text is None else str(text)
    if not text.strip() and not other:
        raise Refused("no_text")
    if len(text) > LONGEST_TEXT:
        raise Refused("msg_too_long")
    return text


def checked_markdown(text: Any) -> str:
    """Return Markdown that is short enough.

    Raises:
        Refused: msg_too_long.
    """
    text = "" if text is None else str(text)
    if len(text) > LONGEST_MARKDOWN:
        raise Refused("msg_too_long")
    return text


def checked_view(view: Any, files: Mapping[str, File], *, kind: str) -> Json:
    """Return a modal or a Home tab.

    Raises:
        Refused: invalid_arguments, with a line for each problem.
    """
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", "must be an object [json-pointer:/view]")
    check = _check(MODAL if kind == "modal" else HOME, files)
    common = "type blocks private_metadata callback_id external_id"
    if view.get("type") != kind:
        check.say(f"must be {kind!r}", "/view/type")
    elif kind == "modal":
        known = f"{common} title submit close clear_on_close notify_on_close submit_disabled"
        check_fields(view, "/view", check.say, known=known, required="title blocks")
        for name in ("title", "submit", "close"):
            if name in view:
                check_text(view[name], f"/view/{name}", check.say, most=24, plain=True)
        if "submit" not in view and any(block.get("type") == "input" for block in view.get("blocks", ())):
            check.say("submit is required when an input block is within blocks", "/view/submit")
    else:
        check_fields(view, "/view", check.say, known=common, required="blocks")
    for name, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if name in view:
            check_length(view[name], f"/view/{name}", check.say, most=most)
    check.check(view.get("blocks"), "/view/blocks")
    if check.problems:
        raise Refused("invalid_arguments", *check.problems)
    return dict(view)


def _check(surface: str, files: Mapping[str, File]) -> BlockCheck:
    def is_image(key: str) -> bool:
        file = files.get(key)
        return file is not None and file.state == "complete" and file.mimetype.startswith("image/")

    return BlockCheck(surface, is_image)
