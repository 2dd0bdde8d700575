"""What the fake refuses in blocks and views: each limit from below and from above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models import blocks as kit

from tests.fakes_tests.conftest import refusal

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def words(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(number: int = 0, **more: Any) -> Json:
    return {"type": "button", "action_id": f"a{number}", "text": plain("Go"), **more}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": words(text), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def table(rows: int, columns: int) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def data_table(rows: int) -> Json:
    return {**table(rows, 2), "type": "data_table", "caption": "Deals"}


def bars(series: int, categories: int, label: str = "x") -> Json:
    data = [{"label": label, "value": 1}] * categories
    chart = {
        "type": "bar",
        "series": [{"name": label, "data": data}] * series,
        "axis_config": {"categories": [label] * categories},
    }
    return {"type": "data_visualization", "title": "Pipeline", "chart": chart}


def container(children: int) -> Json:
    return {"type": "container", "title": plain("x"), "child_blocks": [section()] * children}


def select(options: int) -> Json:
    rows = [{"text": plain(f"o{place}"), "value": str(place)} for place in range(options)]
    return {"type": "static_select", "action_id": "s", "placeholder": plain("One"), "options": rows}


@dataclass(frozen=True)
class Case:
    """Blocks that Slack takes, blocks that it does not, and what it says about those."""

    name: str
    good: list[Json]
    bad: list[Json]
    says: str


CASES = (
    Case("blocks", [section()] * 50, [section()] * 51, "no more than 50 items"),
    Case("section text", [section("x" * 3000)], [section("x" * 3001)], "less than 3001 characters"),
    Case("empty text", [section(" ")], [section("")], "more than 0 characters"),
    Case("fields", [section(fields=[words("x")] * 10)], [section(fields=[words("x")] * 11)], "from 1 to 10"),
    Case(
        "header",
        [{"type": "header", "text": plain("x" * 150)}],
        [{"type": "header", "text": plain("x" * 151)}],
        "151",
    ),
    Case(
        "header type",
        [{"type": "header", "text": plain("x")}],
        [{"type": "header", "text": words("x")}],
        "mrkdwn",
    ),
    Case("actions", [actions(*map(button, range(25)))], [actions(*map(button, range(26)))], "from 1 to 25"),
    Case("no actions", [actions(button())], [actions()], "missing required field: elements"),
    Case(
        "same action",
        [actions(button(1), button(2))],
        [actions(button(1), button(1))],
        "action_id 'a1' already",
    ),
    Case(
        "context",
        [{"type": "context", "elements": [words("x")] * 10}],
        [{"type": "context", "elements": [words("x")] * 11}],
        "10",
    ),
    Case("value", [actions(button(value="x" * 2000))], [actions(button(value="x" * 2001))], "less than 2001"),
    Case(
        "action_id",
        [actions(button(action_id="x" * 255))],
        [actions(button(action_id="x" * 256))],
        "less than 256",
    ),
    Case(
        "button text",
        [actions(button(text=plain("x" * 75)))],
        [actions(button(text=plain("x" * 76)))],
        "less than 76",
    ),
    Case(
        "button style", [actions(button(style="danger"))], [actions(button(style="loud"))], "primary, danger"
    ),
    Case(
        "button url",
        [actions(button(url="https://x.example"))],
        [actions(button(url="javascript:x"))],
        "Invalid URL",
    ),
    Case("block_id", [section(block_id="x" * 255)], [section(block_id="x" * 256)], "less than 256"),
    Case(
        "same block",
        [section(block_id="a"), section(block_id="b")],
        [section(block_id="a"), section(block_id="a")],
        "'a' already",
    ),
    Case("options", [actions(select(100))], [actions(select(101))], "from 1 to 100"),
    Case("unknown block", [{"type": "divider"}], [{"type": "rainbow"}], "unsupported type: rainbow"),
    Case("unknown field", [section(expand=True)], [section(colour="red")], "no such field: colour"),
    Case(
        "misplaced element",
        [section(accessory=button())],
        [{"type": "context", "elements": [button()]}],
        "unsupported type",
    ),
    Case(
        "alert in a message", [section()], [{"type": "alert", "text": plain("x")}], "unsupported type: alert"
    ),
    Case(
        "Markdown",
        [{"type": "markdown", "text": "x" * 12_000}],
        [{"type": "markdown", "text": "x" * 12_001}],
        "12001",
    ),
    Case(
        "all Markdown",
        [{"type": "markdown", "text": "x" * 6_000}] * 2,
        [{"type": "markdown", "text": "x" * 6_001}] * 2,
        "12001",
    ),
    Case("table rows", [table(100, 1)], [table(101, 1)], "from 1 to 100 rows"),
    Case("table columns", [table(1, 20)], [table(1, 21)], "from 1 to 20 cells"),
    Case("tables", [table(2, 2)], [table(2, 2)] * 2, "only 1 table"),
    Case("data table", [data_table(101)], [data_table(102)], "from 1 to 101 rows"),
    Case("caption", [data_table(2)], [{**data_table(2), "caption": ""}], "missing required field: caption"),
    Case("charts", [bars(1, 1)] * 2, [bars(1, 1)] * 3, "only 2 data_visualization"),
    Case("series", [bars(12, 1)], [bars(13, 1)], "from 1 to 12"),
    Case("categories", [bars(1, 20)], [bars(1, 21)], "20"),
    Case("labels", [bars(1, 1, "x" * 20)], [bars(1, 1, "x" * 21)], "less than 21"),
    Case("container", [container(10)], [container(11)], "from 1 to 10"),
    Case(
        "image",
        [{"type": "image", "alt_text": "x", "image_url": "https://x.example/a.png"}],
        [{"type": "image", "alt_text": "x"}],
        "exactly one of",
    ),
    Case(
        "alt text",
        [{"type": "image", "alt_text": "x", "image_url": "https://x.example/a.png"}],
        [{"type": "image", "image_url": "https://x.example/a.png"}],
        "alt_text",
    ),
    Case(
        "confirm",
        [
            actions(
                button(
                    confirm={
                        "title": plain("x"),
                        "text": plain("x"),
                        "confirm": plain("x"),
                        "deny": plain("x"),
                    }
                )
            )
        ],
        [actions(button(confirm={"title": plain("x")}))],
        "missing required field",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_slack_takes_what_is_within_its_limits_and_says_what_is_not(client, case):
    client.chat_postMessage(channel="CALL", text="x", blocks=case.good)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="CALL", text="x", blocks=case.bad)

    assert caught.value.response["error"] == "invalid_blocks"
    assert case.says in " ".join(caught.value.response["response_metadata"]["messages"])


def test_the_same_limits_hold_for_notes_updates_and_answers(slack, client):
    bad = [{"type": "rainbow"}]
    own = client.chat_postMessage(channel="CALL", text="x")["ts"]

    assert refusal(client.chat_update, channel="CALL", ts=own, text="x", blocks=bad) == "invalid_blocks"
    assert (
        refusal(client.chat_postEphemeral, channel="CALL", user="UU01", text="x", blocks=bad)
        == "invalid_blocks"
    )


def test_slacks_own_models_pass(client):
    blocks = [
        kit.HeaderBlock(text="Pipeline"),
        kit.SectionBlock(text="*x*", accessory=kit.ButtonElement(text="Go", action_id="go", value="1")),
        kit.ContextBlock(elements=[kit.MarkdownTextObject(text="as of today")]),
        kit.DividerBlock(),
        kit.MarkdownBlock(text="**x**"),
        kit.TableBlock(
            rows=[[{"type": "raw_text", "text": "Deal"}], [{"type": "raw_number", "value": 1, "text": "1"}]]
        ),
        kit.ContextActionsBlock(
            elements=[
                kit.FeedbackButtonsElement(
                    action_id="feedback",
                    positive_button=kit.FeedbackButtonObject(text="Good", value="1"),
                    negative_button=kit.FeedbackButtonObject(text="Bad", value="0"),
                )
            ]
        ),
    ]

    assert client.chat_postMessage(channel="CALL", text="x", blocks=blocks)["ok"]


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks)}


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("x"), "blocks": [section()], **more}


INPUT = {"type": "input", "label": plain("x"), "element": {"type": "plain_text_input", "action_id": "x"}}
VIEWS = (
    ("title", modal(title=plain("x" * 24)), modal(title=plain("x" * 25)), "less than 25"),
    ("blocks", modal(blocks=[section()] * 100), modal(blocks=[section()] * 101), "no more than 100"),
    ("metadata", modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001), "less than 3001"),
    ("no table", modal(), modal(blocks=[table(1, 1)]), "unsupported type: table"),
    ("submit", modal(blocks=[INPUT], submit=plain("x")), modal(blocks=[INPUT]), "submit is required"),
    ("unknown", modal(), modal(colour="red"), "no such field: colour"),
    ("type", modal(), home(section()), "must be 'modal'"),
)


@pytest.mark.parametrize("case", VIEWS, ids=lambda case: case[0])
def test_modals_have_limits_of_their_own(slack, client, case):
    _, good, bad, says = case
    with slack.world.changed:
        triggers = [slack.world.trigger("UU01") for _ in range(2)]
    client.views_open(trigger_id=triggers[0], view=good)
    with pytest.raises(SlackApiError) as caught:
        client.views_open(trigger_id=triggers[1], view=bad)

    assert says in " ".join(caught.value.response["response_metadata"]["messages"])


def test_a_home_tab_may_have_100_blocks(client):
    client.views_publish(user_id="UU01", view=home(*[section()] * 100))

    assert refusal(client.views_publish, user_id="UU01", view=home(*[section()] * 101)) == "invalid_arguments"
    assert refusal(client.views_publish, user_id="U404", view=home(section())) == "user_not_found"


def test_a_trigger_opens_one_modal_within_three_seconds(slack, client, clock):
    with slack.world.changed:
        first, late = slack.world.trigger("UU01"), slack.world.trigger("UU01")
    client.views_open(trigger_id=first, view=modal())

    assert refusal(client.views_open, trigger_id=first, view=modal()) == "exchanged_trigger_id"
    assert refusal(client.views_open, trigger_id="1.T", view=modal()) == "invalid_trigger_id"
    clock.at += 3.1
    assert refusal(client.views_open, trigger_id=late, view=modal()) == "expired_trigger_id"


def test_a_modal_is_updated_while_it_is_open_and_unchanged_since(slack, client):
    with slack.world.changed:
        trigger = slack.world.trigger("UU01")
    view = client.views_open(trigger_id=trigger, view=modal())["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=modal(title=plain("new")))

    assert slack.seen_by("Dana")[-1].view.body["title"]["text"] == "new"
    assert (
        refusal(client.views_update, view_id=view["id"], hash=view["hash"], view=modal()) == "hash_conflict"
    )
    slack.close_view("Dana")
    assert refusal(client.views_update, view_id=view["id"], view=modal()) == "not_found"
