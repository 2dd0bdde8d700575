"""What doctor finds between us and Slack, against a Slack that is as strict as Slack."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.checkup import Finding
from bot.settings import Settings
from bot.slack.checks import check
from bot.slack.manifest import scopes
from tests.fakes.slack import FakeSlack

BASE = scopes()


def checked(slack: FakeSlack, home: Path, **values: str) -> list[Finding]:
    told = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url, **values}
    settings = Settings(home=home, values={name: value for name, value in told.items() if value})
    return list(check(settings))


def of(found: list[Finding], state: str) -> list[str]:
    return [item.what for item in found if item.state == state]


def test_a_whole_installation_has_nothing_to_mend(tmp_path: Path):
    with FakeSlack(scopes=scopes(threads=True)) as slack:
        found = checked(
            slack,
            tmp_path,
            SLACK_APP_TOKEN=slack.app_token,
            QUARTERDECK_CHANNELS="#sales-leadership, CEMEA",
        )

    assert of(found, "wrong") == of(found, "note") == []
    assert of(found, "ok") == [
        "Slack: signed in as quarterdeck in Larkmoor Software (T0LARKMOOR)",
        f"the token has the {len(BASE)} scopes of the manifest",
        "replies in threads without a mention: heard",
        "reached over Socket Mode: only connections from here to Slack",
        "may post in #emea-sales, and is in it",
        "may post in #sales-leadership, and is in it",
    ]


def test_the_page_for_browsers_is_named_where_it_is_served_beside_socket_mode(tmp_path: Path):
    with FakeSlack(scopes=scopes(threads=True)) as slack:
        values = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_API_URL": slack.api_url,
            "SLACK_APP_TOKEN": slack.app_token,
            "QUARTERDECK_PUBLIC_URL": "https://quarterdeck.example.com",
        }
        found = list(check(Settings(home=tmp_path, crm="salesforce", values=values)))

    assert [item for item in of(found, "ok") if "the one page that browsers come back to" in item]


def test_without_any_setting_one_line_says_how_to_begin(tmp_path: Path):
    (found,) = check(Settings(home=tmp_path, values={}))

    assert found.state == "note"
    assert "quarterdeck manifest" in found.do


def test_a_way_in_without_the_bots_token_is_wrong(tmp_path: Path):
    (found,) = check(Settings(home=tmp_path, values={"SLACK_SIGNING_SECRET": "x"}))

    assert (found.state, found.what) == ("wrong", "SLACK_BOT_TOKEN is not set")


def test_a_token_that_slack_does_not_take_is_named_but_never_shown(tmp_path: Path):
    with FakeSlack() as slack:
        (found,) = checked(slack, tmp_path, SLACK_BOT_TOKEN="xoxb-a-wrong-one")

    assert found.what == "Slack does not take SLACK_BOT_TOKEN (invalid_auth)"
    assert "xoxb-a-wrong-one" not in found.what + found.do


def test_a_slack_that_is_not_there_is_said(tmp_path: Path):
    with FakeSlack() as slack:
        address = slack.api_url
    (found,) = check(Settings(home=tmp_path, values={"SLACK_BOT_TOKEN": "xoxb-x", "SLACK_API_URL": address}))

    assert found.state == "wrong"
    assert found.what.startswith("Slack cannot be reached")


def test_scopes_that_are_missing_and_ones_too_many_are_named(tmp_path: Path):
    with FakeSlack(scopes={*BASE, "channels:join"} - {"files:read"}) as slack:
        found = checked(slack, tmp_path, SLACK_SIGNING_SECRET="s")

    assert of(found, "wrong") == ["the token lacks files:read"]
    assert "the token has more than is used: channels:join" in of(found, "note")
    assert "replies in threads without a mention: not heard, mentions are" in of(found, "note")


@pytest.mark.parametrize(
    "values, what",
    [
        ({}, "neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: Slack has no way to reach us"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "SLACK_APP_TOKEN opens no connection (invalid_auth)"),
    ],
)
def test_no_way_in_is_wrong(tmp_path: Path, values: dict[str, str], what: str):
    with FakeSlack(scopes=BASE) as slack:
        assert of(checked(slack, tmp_path, **values), "wrong") == [what]


@pytest.mark.parametrize(
    "channel, state, what",
    [
        ("sales-leadershop", "wrong", "there is no such channel that the bot can see"),
        ("private-no-bot", "wrong", "there is no such channel that the bot can see"),
        ("public-no-bot", "wrong", "the bot is not in #public-no-bot"),
        ("archived", "note", "#archived is archived"),
        ("customer-shared", "note", "never posts there"),
        ("*", "note", "may post in every channel"),
        ("", "note", "no channel on the list"),
    ],
)
def test_each_channel_on_the_list_is_looked_at(tmp_path: Path, channel: str, state: str, what: str):
    with FakeSlack(scopes=scopes(threads=True)) as slack:
        found = checked(slack, tmp_path, SLACK_SIGNING_SECRET="s", QUARTERDECK_CHANNELS=channel)

    (told,) = of(found, state)
    assert what in told
