"""What Slack asks of text objects and of the elements inside a block: buttons, selects, inputs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.fakes.slack.shapes import Json

Say = Callable[[str, str], None]  # (what is wrong, where)

SELECTS = {
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
}
PICKERS = {"datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons"}
TYPED = {
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
}
IN_SECTION = {"button", "overflow", "image", "workflow_button"} | SELECTS | PICKERS
IN_ACTIONS = {"button", "overflow", "workflow_button"} | SELECTS | PICKERS
IN_INPUT = TYPED | SELECTS | PICKERS
IN_CONTEXT_ACTIONS = {"feedback_buttons", "icon_button"}

_COMMON = "type action_id"
_FIELDS = {
    "button": "text url value style confirm accessibility_label visible_to_user_ids agent_prompt agent_prompt_display",
    "workflow_button": "text workflow style accessibility_label",
    "overflow": "options confirm",
    "image": "image_url slack_file alt_text",
    "checkboxes": "options initial_options confirm focus_on_load",
    "radio_buttons": "options initial_option confirm focus_on_load",
    "datepicker": "initial_date confirm focus_on_load placeholder",
    "timepicker": "initial_time confirm focus_on_load placeholder timezone",
    "datetimepicker": "initial_date_time confirm focus_on_load",
    "plain_text_input": "initial_value multiline min_length max_length dispatch_action_config focus_on_load placeholder",
    "email_text_input": "initial_value dispatch_action_config focus_on_load placeholder",
    "url_text_input": "initial_value dispatch_action_config focus_on_load placeholder",
    "number_input": "is_decimal_allowed initial_value min_value max_value dispatch_action_config focus_on_load placeholder",
    "rich_text_input": "initial_value dispatch_action_config focus_on_load placeholder",
    "file_input": "filetypes max_files",
    "feedback_buttons": "positive_button negative_button",
    "icon_button": "icon text value confirm accessibility_label visible_to_user_ids",
}
_SELECT_FIELDS = (
    "options option_groups initial_option initial_options min_query_length initial_user initial_users"
    " initial_conversation initial_conversations default_to_current_conversation response_url_enabled filter"
    " initial_channel initial_channels max_selected_items confirm focus_on_load placeholder"
)
_REQUIRED = {
    "button": "text",
    "overflow": "options",
    "image": "alt_text",
    "checkboxes": "options",
    "radio_buttons": "options",
    "number_input": "is_decimal_allowed",
    "feedback_buttons": "positive_button negative_button",
    "icon_button": "icon text",
    "workflow_button": "text workflow",
}
_MOST_OPTIONS = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}


def check_fields(value: Json, path: str, say: Say, *, known: str, required: str = "") -> None:
    """Say which fields are missing, and which Slack does not know."""
    for name in required.split():
        if value.get(name) in (None, "", []):
            say(f"missing required field: {name}", path)
    for name in sorted(set(value) - set(known.split())):
        say(f"no such field: {name}", f"{path}/{name}")


def check_length(value: Any, path: str, say: Say, *, most: int, least: int = 0) -> None:
    """Say where a string is none, too short or too long."""
    if not isinstance(value, str):
        say("must be a string", path)
    elif len(value) > most:
        say(f"must be less than {most + 1} characters", path)
    elif len(value) < least:
        say(f"must be more than {least - 1} characters", path)


def check_text(value: Any, path: str, say: Say, *, most: int, plain: bool = False) -> None:
    """Say what is wrong with a text object."""
    if not isinstance(value, dict):
        say("must be an object", path)
        return
    kind = value.get("type")
    if kind not in ({"plain_text"} if plain else {"plain_text", "mrkdwn"}):
        say(f"unsupported type: {kind}", f"{path}/type")
        return
    check_fields(value, path, say, known="type text emoji" if kind == "plain_text" else "type text verbatim")
    check_length(value.get("text"), f"{path}/text", say, most=most, least=1)


def check_confirm(value: Any, path: str, say: Say) -> None:
    """Say what is wrong with the question a button asks before it acts."""
    if not isinstance(value, dict):
        say("must be an object", path)
        return
    check_fields(value, path, say, known="title text confirm deny style", required="title text confirm deny")
    for name, most, plain in (
        ("title", 100, True),
        ("text", 300, False),
        ("confirm", 30, True),
        ("deny", 30, True),
    ):
        if name in value:
            check_text(value[name], f"{path}/{name}", say, most=most, plain=plain)


def check_element(value: Any, path: str, say: Say, *, allowed: set[str]) -> None:
    """Say what is wrong with an element, and whether it may stand there."""
    if not isinstance(value, dict):
        say("must be an object", path)
        return
    kind = value.get("type", "")
    if kind not in allowed:
        say(f"unsupported type: {kind}", f"{path}/type")
        return
    known = _SELECT_FIELDS if kind in SELECTS else _FIELDS[kind]
    check_fields(value, path, say, known=f"{_COMMON} {known}", required=_REQUIRED.get(kind, ""))
    if "action_id" in value:
        check_length(value["action_id"], f"{path}/action_id", say, most=255, least=1)
    if "confirm" in value:
        check_confirm(value["confirm"], f"{path}/confirm", say)
    if "placeholder" in value:
        check_text(value["placeholder"], f"{path}/placeholder", say, most=150, plain=True)
    if kind in {"button", "icon_button"}:
        _check_button(value, path, say)
    elif kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            check_text(value.get(name, {}).get("text"), f"{path}/{name}/text", say, most=75, plain=True)
    elif kind == "plain_text_input":
        _check_typed(value, path, say)
    else:
        _check_choices(value, path, say)


def _check_button(value: Json, path: str, say: Say) -> None:
    if "text" in value:
        check_text(value["text"], f"{path}/text", say, most=75, plain=True)
    if "value" in value:
        check_length(value["value"], f"{path}/value", say, most=2000)
    if "url" in value:
        check_length(value["url"], f"{path}/url", say, most=3000)
        if not re.match(r"https?://|mailto:|slack://", str(value["url"])):
            say("Invalid URL", f"{path}/url")
    if value.get("style", "primary") not in {"primary", "danger"}:
        say("must be one of: primary, danger", f"{path}/style")


def _check_typed(value: Json, path: str, say: Say) -> None:
    if not 0 <= int(value.get("min_length", 0)) <= 3000:
        say("must be between 0 and 3000", f"{path}/min_length")
    if not 1 <= int(value.get("max_length", 3000)) <= 3000:
        say("must be between 1 and 3000", f"{path}/max_length")
    if "initial_value" in value:
        check_length(
            value["initial_value"], f"{path}/initial_value", say, most=int(value.get("max_length", 3000))
        )


def _check_choices(value: Json, path: str, say: Say) -> None:
    kind = value["type"]
    if kind in {"static_select", "multi_static_select"} and ("options" in value) == (
        "option_groups" in value
    ):
        say("exactly one of options and option_groups", path)
    groups = [(value["options"], f"{path}/options")] if "options" in value else []
    for place, group in enumerate(value.get("option_groups", ())):
        where = f"{path}/option_groups/{place}"
        check_text(group.get("label"), f"{where}/label", say, most=75, plain=True)
        groups.append((group.get("options", []), f"{where}/options"))
    for options, where in groups:
        most = _MOST_OPTIONS.get(kind, 100)
        if not 1 <= len(options) <= most:
            say(f"must have from 1 to {most} items", where)
        for place, option in enumerate(options):
            _check_option(option, f"{where}/{place}", say, plain=kind not in {"checkboxes", "radio_buttons"})
    if kind == "datepicker" and not re.fullmatch(
        r"\d{4}-\d\d-\d\d", str(value.get("initial_date", "2026-01-01"))
    ):
        say("must be a date like 2026-11-23", f"{path}/initial_date")
    chosen = value.get("initial_option")
    offered = [option for options, _ in groups for option in options]
    if chosen is not None and groups and chosen not in offered:
        say("must be one of the options", f"{path}/initial_option")


def _check_option(option: Any, path: str, say: Say, *, plain: bool) -> None:
    if not isinstance(option, dict):
        say("must be an object", path)
        return
    check_fields(option, path, say, known="text value description url", required="text")
    check_text(option.get("text"), f"{path}/text", say, most=75, plain=plain)
    check_length(option.get("value", ""), f"{path}/value", say, most=150)
    if "description" in option:
        check_text(option["description"], f"{path}/description", say, most=75, plain=plain)
