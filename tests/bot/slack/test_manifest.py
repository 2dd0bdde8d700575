"""The manifest asks for what the code uses, and for nothing else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from bot.cli import main
from bot.slack import manifest as m
from bot.slack.message import SHORTCUT

ROOT = Path(__file__).parents[3]
SOURCES = [path for path in (ROOT / "bot" / "slack").glob("*.py") if path.name != "manifest.py"]
# Calls by the client's own method names, and by Slack's.
_CLIENT = re.compile(r"(?:client|_slack|_users)\.((?:auth|chat|conversations|users|views)_[A-Za-z]+)\(")


def called() -> set[str]:
    found: set[str] = set()
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        found |= {name.replace("_", ".", 1) for name in _CLIENT.findall(text)}
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                name = node.value
                if re.fullmatch(
                    r"(agents|assistant|auth|chat|conversations|files|users|views)\.[A-Za-z.]+", name
                ):
                    found.add(name)
    return found


def heard() -> set[str]:
    tree = ast.parse((ROOT / "bot" / "slack" / "listeners.py").read_text(encoding="utf-8"))
    return {
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "event"
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_method_that_is_called_has_its_scopes_and_no_other_has():
    assert called() == set(m.METHODS)


def test_every_event_that_is_heard_is_subscribed_and_no_other_is():
    assert heard() == {name.partition(".")[0] for name in m.events(threads=True)}


def test_every_scope_has_a_reason_and_there_is_no_reason_without_a_scope():
    assert set(m.REASONS) == set(m.scopes(threads=True))


def test_without_threads_no_channel_is_read():
    assert [scope for scope in m.scopes() if scope.endswith(":history")] == ["im:history"]
    assert set(m.scopes(threads=True)) - set(m.scopes()) == {"channels:history", "groups:history"}


def test_the_manifest_in_the_repository_is_the_one_that_the_command_prints(
    capsys: pytest.CaptureFixture[str],
):
    assert main(["manifest"]) == 0
    text = (ROOT / "manifest.yml").read_text(encoding="utf-8")
    assert capsys.readouterr().out == text
    assert yaml.safe_load(text) == m.manifest()


def test_another_command_another_way_and_threads(capsys: pytest.CaptureFixture[str]):
    assert main(["manifest", "--name", "/deals", "--threads", "--http", "https://q.example.com"]) == 0
    found = yaml.safe_load(capsys.readouterr().out)

    assert found["features"]["slash_commands"][0]["command"] == "/deals"
    assert found["features"]["slash_commands"][0]["url"] == "https://q.example.com/slack/events"
    assert found["settings"]["socket_mode_enabled"] is False
    assert "message.channels" in found["settings"]["event_subscriptions"]["bot_events"]
    assert found["features"]["shortcuts"][0]["callback_id"] == SHORTCUT


@pytest.mark.parametrize(
    "words", [["--name", "sales"], ["--name", "/Sales Now"], ["--http", "http://q.example.com"], ["--http"]]
)
def test_what_slack_would_refuse_is_refused_here(words: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(["manifest", *words]) == 2
    assert "example" in capsys.readouterr().err


def test_slack_s_limits_on_a_manifest_hold():
    found = m.manifest()
    assert len(found["display_information"]["description"]) <= 140
    assert len(found["features"]["agent_view"]["agent_description"]) <= 300
    assert len(found["features"]["agent_view"]["suggested_prompts"]) <= 4
    assert all(len(item["description"]) <= 150 for item in found["features"]["shortcuts"])
