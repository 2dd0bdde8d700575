"""What Slack asks of each block, wherever it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fakes.slack.elements import (
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    check_element,
    check_fields,
    check_length,
    check_text,
)
from tests.fakes.slack.grids import check_chart, check_data_table, check_table
from tests.fakes.slack.shapes import Json

MESSAGE, MODAL, HOME = "message", "modal", "home"
EVERYWHERE = {MESSAGE, MODAL, HOME}

# kind: where it may stand, required fields, other fields
KINDS: dict[str, tuple[set[str], str, str]] = {
    "section": (EVERYWHERE, "", "text fields accessory expand"),
    "divider": (EVERYWHERE, "", ""),
    "header": (EVERYWHERE, "text", "level"),
    "image": (EVERYWHERE, "alt_text", "image_url slack_file title"),
    "actions": (EVERYWHERE, "elements", ""),
    "context": (EVERYWHERE, "elements", ""),
    "context_actions": ({MESSAGE}, "elements", ""),
    "input": (EVERYWHERE, "label element", "dispatch_action hint optional"),
    "rich_text": (EVERYWHERE, "elements", ""),
    "video": (
        EVERYWHERE,
        "alt_text title thumbnail_url video_url",
        "author_name description provider_icon_url",
    ),
    "markdown": ({MESSAGE}, "text", ""),
    "table": ({MESSAGE}, "rows", "column_settings"),
    "data_table": ({MESSAGE}, "caption rows", "page_size row_header_column_index"),
    "data_visualization": ({MESSAGE}, "title chart", ""),
    "plan": ({MESSAGE}, "title", "tasks"),
    "task_card": ({MESSAGE}, "task_id title status", "details output sources"),
    "alert": ({MODAL}, "text", "level"),
    "card": ({MESSAGE}, "", "hero_image icon title subtitle body actions"),
    "carousel": ({MESSAGE}, "elements", ""),
    "container": (
        EVERYWHERE,
        "child_blocks",
        "title rich_text_title subtitle width icon is_collapsible default_collapsed has_header_divider",
    ),
}


class BlockCheck:
    """Collects what is wrong with blocks; `is_image` says whether a file's id names an image that may be shown."""

    def __init__(self, surface: str, is_image: Callable[[str], bool]) -> None:
        self.surface = surface
        self.is_image = is_image
        self.problems: list[str] = []
        self.kinds: list[str] = []
        self.markdown = 0

    def say(self, problem: str, path: str) -> None:
        self.problems.append(f"{problem} [json-pointer:{path}]")

    def check(self, blocks: Any, path: str = "/blocks") -> None:
        """Check a list of blocks that may not name two the same."""
        if not isinstance(blocks, list):
            self.say("must be an array", path)
            return
        most = 50 if self.surface == MESSAGE else 100
        if len(blocks) > most:
            self.say(f"no more than {most} items allowed", path)
        seen = set()
        for place, block in enumerate(blocks):
            self.block(block, f"{path}/{place}")
            name = block.get("block_id") if isinstance(block, dict) else None
            if name in seen:
                self.say(f"block_id {name!r} already exists", f"{path}/{place}/block_id")
            seen.add(name or object())

    def block(self, block: Any, path: str) -> None:
        """Check one block."""
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in KINDS or self.surface not in KINDS[kind][0]:
            self.say(f"unsupported type: {kind}", f"{path}/type")
            return
        _, required, optional = KINDS[kind]
        self.kinds.append(kind)
        check_fields(block, path, self.say, known=f"type block_id {required} {optional}", required=required)
        if "block_id" in block:
            check_length(block["block_id"], f"{path}/block_id", self.say, most=255)
        if all(name in block for name in required.split()):
            getattr(self, f"_{kind}", _nothing_more)(block, path)

    def _elements(self, block: Json, path: str, *, most: int, allowed: set[str]) -> None:
        elements = block["elements"]
        if not isinstance(elements, list) or not 1 <= len(elements) <= most:
            self.say(f"must have from 1 to {most} items", f"{path}/elements")
            return
        names = [one.get("action_id") for one in elements if isinstance(one, dict) and one.get("action_id")]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.say(f"action_id {name!r} already exists", f"{path}/elements")
        for place, element in enumerate(elements):
            check_element(element, f"{path}/elements/{place}", self.say, allowed=allowed)

    def _section(self, block: Json, path: str) -> None:
        if "text" not in block and "fields" not in block:
            self.say("missing required field: text", path)
        if "text" in block:
            check_text(block["text"], f"{path}/text", self.say, most=3000)
        fields = block.get("fields", [])
        if "fields" in block and not 1 <= len(fields) <= 10:
            self.say("must have from 1 to 10 items", f"{path}/fields")
        for place, field in enumerate(fields):
            check_text(field, f"{path}/fields/{place}", self.say, most=2000)
        if "accessory" in block:
            check_element(block["accessory"], f"{path}/accessory", self.say, allowed=IN_SECTION)
            if block["accessory"].get("type") == "image":
                self._picture(block["accessory"], f"{path}/accessory")

    def _header(self, block: Json, path: str) -> None:
        check_text(block["text"], f"{path}/text", self.say, most=150, plain=True)

    def _image(self, block: Json, path: str) -> None:
        check_length(block["alt_text"], f"{path}/alt_text", self.say, most=2000, least=1)
        if "title" in block:
            check_text(block["title"], f"{path}/title", self.say, most=2000, plain=True)
        self._picture(block, path)

    def _picture(self, value: Json, path: str) -> None:
        if ("image_url" in value) == ("slack_file" in value):
            self.say("exactly one of image_url and slack_file", path)
        elif "image_url" in value:
            check_length(value["image_url"], f"{path}/image_url", self.say, most=3000, least=1)
        elif not self.is_image(str(value["slack_file"].get("id", ""))):
            self.say("invalid slack file", f"{path}/slack_file")

    def _actions(self, block: Json, path: str) -> None:
        self._elements(block, path, most=25, allowed=IN_ACTIONS)

    def _context_actions(self, block: Json, path: str) -> None:
        self._elements(block, path, most=5, allowed=IN_CONTEXT_ACTIONS)

    def _context(self, block: Json, path: str) -> None:
        if not 1 <= len(block["elements"]) <= 10:
            self.say("must have from 1 to 10 items", f"{path}/elements")
        for place, element in enumerate(block["elements"]):
            where = f"{path}/elements/{place}"
            if element.get("type") == "image":
                check_element(element, where, self.say, allowed={"image"})
                self._picture(element, where)
            else:
                check_text(element, where, self.say, most=2000)

    def _input(self, block: Json, path: str) -> None:
        check_text(block["label"], f"{path}/label", self.say, most=2000, plain=True)
        if "hint" in block:
            check_text(block["hint"], f"{path}/hint", self.say, most=2000, plain=True)
        check_element(block["element"], f"{path}/element", self.say, allowed=IN_INPUT)

    def _rich_text(self, block: Json, path: str) -> None:
        for place, element in enumerate(block["elements"]):
            if element.get("type", "").removeprefix("rich_text_") not in {
                "section",
                "list",
                "preformatted",
                "quote",
            }:
                self.say(f"unsupported type: {element.get('type')}", f"{path}/elements/{place}/type")

    def _markdown(self, block: Json, path: str) -> None:
        check_length(block["text"], f"{path}/text", self.say, most=12_000, least=1)
        self.markdown += len(str(block["text"]))

    def _table(self, block: Json, path: str) -> None:
        check_table(block, path, self.say)

    def _data_table(self, block: Json, path: str) -> None:
        check_data_table(block, path, self.say)

    def _data_visualization(self, block: Json, path: str) -> None:
        check_chart(block, path, self.say)

    def _alert(self, block: Json, path: str) -> None:
        check_text(block["text"], f"{path}/text", self.say, most=200)
        if block.get("level", "default") not in {"default", "info", "warning", "error", "success"}:
            self.say("must be one of: default, info, warning, error, success", f"{path}/level")

    def _task_card(self, block: Json, path: str) -> None:
        if block["status"] not in {"pending", "in_progress", "complete", "error"}:
            self.say("must be one of: pending, in_progress, complete, error", f"{path}/status")

    def _card(self, block: Json, path: str) -> None:
        for name, most in (("title", 150), ("subtitle", 150), ("body", 200)):
            if name in block:
                check_text(block[name], f"{path}/{name}", self.say, most=most)
        for place, element in enumerate(block.get("actions", ())):
            check_element(element, f"{path}/actions/{place}", self.say, allowed={"button"})

    def _carousel(self, block: Json, path: str) -> None:
        if not 1 <= len(block["elements"]) <= 10:
            self.say("must have from 1 to 10 items", f"{path}/elements")
        for place, card in enumerate(block["elements"]):
            self.block(card, f"{path}/elements/{place}")

    def _container(self, block: Json, path: str) -> None:
        if "title" not in block and "rich_text_title" not in block:
            self.say("missing required field: title", path)
        if not 1 <= len(block["child_blocks"]) <= 10:
            self.say("must have from 1 to 10 items", f"{path}/child_blocks")
        for place, child in enumerate(block["child_blocks"]):
            self.block(child, f"{path}/child_blocks/{place}")


def _nothing_more(_block: Json, _path: str) -> None:
    """Ask nothing but what every block of its kind needs."""
