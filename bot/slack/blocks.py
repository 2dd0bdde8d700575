"""Blocks of a message, within Slack's limits. Words of the CRM stand in plain text, where nothing in them is a sign."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.columns import table_lines
from bot.slack.request import UNSEEN
from reports import words

Block = dict[str, Any]

BLOCKS, SECTION, CONTEXT_ELEMENTS, BUTTONS, LABEL, VALUE = 50, 3_000, 10, 25, 75, 2_000
ROWS, COLUMNS = 100, 20
# An address that Slack would make a link of by itself, and fetch to show what is behind it.
_ADDRESS = re.compile(r"\b(https?|ftp|mailto|tel|slack):(?=\S)", re.IGNORECASE)
# What Slack would format: signs around words, and the first colon of an emoji's name.
_SIGN = re.compile(r"[*~`]|(?<!\w)_|_(?!\w)|:(?=[\w+'-]+:)")
_LOOKS = {"*": "∗", "~": "∼", "`": "ˋ", "_": "＿", ":": "∶"}
# Letters that a phone shows in a row of a code block.
_WIDE = 64


def clean(text: str, limit: int = SECTION) -> str:
    """Return foreign text fit for a plain-text field: nothing hidden in it, nothing turned round, not too long."""
    return words.clip(UNSEEN.sub("", words.clean(text)), limit)


def escaped(text: str, limit: int = SECTION) -> str:
    """Return foreign text for a field that knows Slack's signs: mentions and links in it are letters."""
    found = _ADDRESS.sub(r"\1: ", clean(text, limit))
    return found.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inert(text: str, limit: int = SECTION) -> str:
    """Return foreign text for a field where signs are formatting: bold, code and emoji in it are look-alikes of the signs."""
    return _SIGN.sub(lambda found: _LOOKS[found[0]], escaped(text, limit))


def plain(text: str) -> Block:
    """Return a paragraph of plain text."""
    return {"type": "section", "text": {"type": "plain_text", "text": clean(text) or " ", "emoji": False}}


def bold(text: str) -> Block:
    """Return a paragraph in bold; one with signs of its own in it stays plain, so that it reads as it was written."""
    if "\n" in text or _SIGN.search(text):
        return plain(text)
    return {
        "type": "section",
        "text": {"type": "mrkdwn", "text": f"*{escaped(text, SECTION - 2)}*", "verbatim": True},
    }


def grey(lines: Iterable[str]) -> tuple[Block, ...]:
    """Return small grey lines; nothing where there is none."""
    elements = [
        {"type": "plain_text", "text": clean(text, 2_000), "emoji": False} for text in lines if text.strip()
    ]
    return ({"type": "context", "elements": elements[:CONTEXT_ELEMENTS]},) if elements else ()


def button(
    label: str, action: str, value: str = "", *, url: str = "", style: str = "", people: Sequence[str] = ()
) -> Block:
    """Return a button. `people` are the only ones who are shown it; who may press it is decided at the press."""
    found: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": clean(label, LABEL), "emoji": False},
        "action_id": action,
    }
    if value:
        found["value"] = value[:VALUE]
    if url:
        found["url"] = url
    if style:
        found["style"] = style
    if people:
        found["visible_to_user_ids"] = list(people)
    return found


def actions(buttons: Sequence[Block]) -> tuple[Block, ...]:
    """Return a row of buttons; nothing where there is none."""
    return ({"type": "actions", "elements": list(buttons[:BUTTONS])},) if buttons else ()


def picture(file_id: str, alt: str) -> Block:
    """Return a picture that was uploaded before."""
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": clean(alt, 1_900)}


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> Block:
    """Return a table block; columns that hold numbers stand to the right. At most 100 rows and 20 columns."""
    body = [headings, *rows][:ROWS]
    return {
        "type": "table",
        "column_settings": [
            {"align": "right" if number in right else "left", "is_wrapped": number not in right}
            for number in range(min(len(headings), COLUMNS))
        ],
        "rows": [
            [{"type": "raw_text", "text": clean(cell, 500) or "–"} for cell in row[:COLUMNS]] for row in body
        ],
    }


def table_in_letters(
    headings: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]
) -> tuple[Block, ...]:
    """Return the same table as code blocks, for where there is no table block."""
    cells = [[clean(cell, 200) for cell in row] for row in rows[: ROWS - 1]]
    lines = table_lines([clean(name, 60) for name in headings], cells, frozenset(right), _WIDE, _wrapped)
    found: list[Block] = []
    held: list[str] = []
    for line in [*lines, ""]:
        text = escaped(line).replace("`", "ˋ")
        if held and (not line or sum(map(len, held)) + len(held) + len(text) > SECTION - 8):
            found.append(
                {
                    "type": "section",
                    "text": {"type": "mrkdwn", "text": "```" + "\n".join(held) + "```", "verbatim": True},
                }
            )
            held = []
        held.append(text)
    return tuple(found)


def bars(title: str, rows: Sequence[tuple[str, float]], unit: str) -> Block | None:
    """Return a bar chart as a data block; None for what it cannot show well: fewer than two bars, more than twelve."""
    if not 2 <= len(rows) <= 12:
        return None
    labels = [clean(label, 20) or "–" for label, _ in rows]
    return {
        "type": "data_visualization",
        "title": clean(title, 50),
        "chart": {
            "type": "bar",
            "series": [
                {
                    "name": clean(title, 20),
                    "data": [
                        {"label": label, "value": value}
                        for label, (_, value) in zip(labels, rows, strict=True)
                    ],
                }
            ],
            "axis_config": {"categories": labels, "y_label": clean(unit, 20)},
        },
    }


def marked(blocks: Sequence[Mapping[str, Any]], key: str) -> tuple[Block, ...]:
    """Return the blocks, each with an id that tells our own message from any other; at most 50 of them."""
    return tuple({**block, "block_id": f"{key}.{number}"} for number, block in enumerate(blocks[:BLOCKS]))


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width) or [""]
