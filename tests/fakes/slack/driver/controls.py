"""Finding a button or a choice among blocks, and what Slack sends when it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.fakes.slack.driver.base import CannotDo
from tests.fakes.slack.shapes import Json, User

PRESSED = {"button", "icon_button", "workflow_button"}
BY_VALUE = {
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
}
BY_OPTION = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
}


def elements(value: Any, block_id: str = "") -> Iterator[tuple[str, Json]]:
    """Yield each element that can be used, with the id of its block."""
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from elements(inner, block_id)
    elif isinstance(value, dict):
        block_id = value.get("block_id", block_id)
        kind = value.get("type")
        if kind in PRESSED | set(BY_VALUE) | set(BY_OPTION) | {"feedback_buttons"} or str(kind).endswith(
            "_input"
        ):
            yield block_id, value
            return
        for inner in value.values():
            yield from elements(inner, block_id)


def label(element: Json) -> str:
    """Return what an element says: its text, or its placeholder."""
    return str((element.get("text") or element.get("placeholder") or {}).get("text", ""))


def visible(element: Json, user: User) -> bool:
    """Return whether an element is shown to somebody."""
    return user.id in element.get("visible_to_user_ids", [user.id])


def pressed(blocks: Any, user: User, wanted: str, value: str | None) -> Json:
    """Return the action of pressing a button, by action_id or text; value tells two with the same text apart.

    Raises:
        CannotDo: there is none, or more than one.
    """
    found, there = [], []
    for block_id, element in elements(blocks):
        for name, button, text in _buttons(element):
            if not visible(button, user):
                continue
            there.append(text or name)
            if wanted in {name, text} and value in {None, button.get("value")}:
                action = {
                    "type": element["type"],
                    "action_id": name,
                    "block_id": block_id,
                    "text": button.get("text"),
                }
                found.append({**action, "value": button["value"]} if "value" in button else action)
    if len(found) != 1:
        problem = "no button" if not found else f"{len(found)} buttons"
        raise CannotDo(f"{user.name} sees {problem} {wanted!r}; there are: {', '.join(there) or 'none'}")
    return found[0]


def chosen(blocks: Any, wanted: str, value: Any) -> Json:
    """Return the action of choosing a value (an option's text or value, a date, an id) in an element.

    Raises:
        CannotDo: there is no such element or option.
    """
    found = [
        (block_id, one) for block_id, one in elements(blocks) if wanted in {one.get("action_id"), label(one)}
    ]
    if len(found) != 1:
        there = ", ".join(str(one.get("action_id")) for _, one in elements(blocks))
        raise CannotDo(f"there is not one element {wanted!r}; there are: {there or 'none'}")
    block_id, element = found[0]
    state = entered(element, value)
    return {**state, "action_id": element.get("action_id", ""), "block_id": block_id}


def entered(element: Json, value: Any) -> Json:
    """Return the state of an element in which somebody put a value.

    Raises:
        CannotDo: it offers no such option.
    """
    kind = element["type"]
    if kind in BY_VALUE:
        return {"type": kind, BY_VALUE[kind]: value}
    if kind not in BY_OPTION:
        return {"type": kind, "value": None if value is None else str(value)}
    many = BY_OPTION[kind].endswith("s")
    wanted = value if many and isinstance(value, (list, tuple)) else [value] if value is not None else []
    options = [_option(element, one) for one in wanted]
    return {"type": kind, BY_OPTION[kind]: options if many else options[0] if options else None}


def untouched(element: Json) -> Json:
    """Return the state of an element that nobody has touched."""
    kind = element["type"]
    if kind in BY_VALUE:
        name = BY_VALUE[kind]
        return {
            "type": kind,
            name: element.get(name.replace("selected", "initial"), [] if name.endswith("s") else None),
        }
    if kind in BY_OPTION:
        name = BY_OPTION[kind]
        return {
            "type": kind,
            name: element.get(name.replace("selected", "initial"), [] if name.endswith("s") else None),
        }
    return {"type": kind, "value": element.get("initial_value")}


def empty(state: Json) -> bool:
    """Return whether there is nothing in an element's state."""
    return all(value in (None, "", []) for name, value in state.items() if name != "type")


def _buttons(element: Json) -> Iterator[tuple[str, Json, str]]:
    name = str(element.get("action_id", ""))
    if element["type"] == "feedback_buttons":
        for side in ("positive_button", "negative_button"):
            yield name, element[side], label(element[side])
    elif element["type"] in PRESSED:
        yield name, element, label(element)


def _option(element: Json, wanted: Any) -> Json:
    groups = [element.get("options", []), *(group["options"] for group in element.get("option_groups", []))]
    options = [option for group in groups for option in group]
    if element["type"].endswith("external_select") and isinstance(wanted, dict):
        return wanted
    for option in options:
        if wanted in {option.get("value"), option["text"]["text"]}:
            return dict(option)
    raise CannotDo(
        f"there is no option {wanted!r}; there are: {', '.join(one['text']['text'] for one in options)}"
    )
