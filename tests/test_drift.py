"""Facts that are written twice are the same in both places."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
EXAMPLE = re.findall(r"^#? ?([A-Z][A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
ADMIN = (ROOT / "docs/for-your-admin.md").read_text()
SLACK = (ROOT / "docs/slack.md").read_text()
MODEL = (ROOT / "docs/model.md").read_text()


def rows(text: str) -> list[tuple[str, str]]:
    """Return name and text of each row of a table whose first cell is a name in code."""
    return re.findall(r"^\| `([A-Za-z_:.]+)` \| (.*) \|$", text, re.MULTILINE)


def test_the_example_names_every_setting():
    settings = pytest.importorskip("bot.settings")

    assert {name.removesuffix("_FILE") for name, _ in EXAMPLE} == set(settings.NAMES)


def test_the_example_names_a_setting_once():
    assert len({name for name, _ in EXAMPLE}) == len(EXAMPLE)


def test_the_example_holds_no_secret():
    settings = pytest.importorskip("bot.settings")

    assert [name for name, value in EXAMPLE if name in settings.SECRETS and value] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_every_make_target_that_is_written_about_exists(name):
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"{name} is not written yet")
    said = re.findall(r"(?:`|^ *|&& )make ([a-z]+)\b", path.read_text(), re.MULTILINE)

    assert said
    assert set(said) <= TARGETS


def test_every_make_target_is_phony():
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split()

    assert set(phony) == TARGETS


def test_ci_runs_all_that_check_runs():
    checks = re.search(r"^check: ([a-z ]+?) ##", MAKEFILE, re.MULTILINE)[1].split()
    ci = (ROOT / ".ci/run").read_text()

    assert [check for check in checks if f"make {check}" not in ci] == []


def test_the_admins_page_gives_each_scope_with_its_reason_and_no_other():
    manifest = pytest.importorskip("bot.slack.manifest")
    base, more = ADMIN.split("## Whom it talks to")[0].split("Two more only if you choose to")

    assert dict(rows(base)) == {scope: manifest.REASONS[scope] for scope in manifest.scopes()}
    assert dict(rows(more)) == {
        scope: manifest.REASONS[scope]
        for scope in manifest.scopes(threads=True)
        if scope not in manifest.scopes()
    }


def test_the_admins_page_says_how_long_ended_work_is_kept():
    engine = pytest.importorskip("bot.runs.engine")
    keep = inspect.signature(engine.open_runs).parameters["keep"].default

    assert f"| {keep.days} days after they ended |" in ADMIN
    assert f"forgotten after {keep.days} days" in (ROOT / "docs/architecture.md").read_text()


def test_the_admins_page_says_how_long_a_profile_is_remembered():
    people = pytest.importorskip("bot.slack.people")

    assert f"| memory | {people.FRESH.seconds // 60} minutes |" in ADMIN
    trusted = f"up to {people.FRESH.seconds // 60} minutes, and for one minute in a channel of up to {people.FEW} people"
    assert trusted in ADMIN
    assert people.SOON.seconds == 60


def test_the_pages_say_the_limits_of_writing_that_hold():
    rules = pytest.importorskip("bot.approvals.rules")
    kept = pytest.importorskip("bot.slack.approving").HELD_KEPT
    page = (ROOT / "docs/salesforce.md").read_text()

    assert f"at most {rules.CAPS.person} changes in 24 hours, all together {rules.CAPS.everybody}" in page
    assert (rules.WAITS.days, rules.UNDO_WITHIN.days) == (3, 7)
    assert "A card waits three days" in page
    assert "with [Undo] for seven days" in page
    assert f"forgotten after {kept.days} days" in page
    assert f"| {kept.days} days; that they happened, until you delete it |" in ADMIN


def test_the_slack_page_names_every_setting_of_slack_and_no_other():
    settings = pytest.importorskip("bot.settings")
    wanted = {name for name in settings.NAMES if name.startswith("SLACK_")}

    assert {name for name, _ in rows(SLACK.split("## Settings")[1].split("## Who is who")[0])} == {
        *wanted,
        "QUARTERDECK_CHANNELS",
        "QUARTERDECK_COMMAND",
    }


def test_the_slack_page_names_every_mode_of_a_channel():
    settings = pytest.importorskip("bot.slack.settings")

    assert set(re.findall(r"`/sales listen to ([a-z ]+)`", SLACK)) == set(settings.MODES)


def test_the_models_page_names_every_setting_of_a_model_and_no_other():
    settings = pytest.importorskip("bot.settings")
    wanted = {name for name in settings.NAMES if name.startswith(("OPENAI_", "QUARTERDECK_MODEL"))}

    assert {name for name, _ in rows(MODEL.split("## What leaves the house")[0])} == wanted
    assert f"else `{settings.SMALL_MODEL}`" in MODEL


def test_the_models_page_says_the_limits_that_hold():
    limits = pytest.importorskip("bot.agent.model.limits")
    reader = pytest.importorskip("bot.agent.model.reader")
    writer = pytest.importorskip("bot.agent.model.writer")
    second = pytest.importorskip("bot.agent.second")
    day = limits.Allowance()

    assert f"messages up to {second._LONGEST:,} letters" in MODEL
    assert (
        f"answers up to {reader.LETTERS:,} for a reading, {writer.LETTERS:,} for a draft's sentences" in MODEL
    )
    assert (
        f"{reader.SECONDS:.0f} seconds for a reading, {writer.SECONDS:.0f} for a draft's sentences" in MODEL
    )
    assert f"| {day.person_requests:,} requests, {day.person_tokens:,} tokens |" in MODEL
    assert f"| {day.requests:,} requests, {day.tokens:,} tokens |" in MODEL
    assert f"left alone for {reader.KEPT_FAILED.seconds} seconds" in MODEL
    assert (reader.KEPT.seconds, "for ten minutes" in MODEL) == (600, True)
    assert f"two requests and {limits.TOKENS_EACH:,} tokens at most" in MODEL


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "docs/slack.md",
        "docs/for-your-admin.md",
        "docs/command-line.md",
        "docs/model.md",
        "docs/your-own-numbers.md",
        "docs/salesforce.md",
    ],
)
def test_every_command_that_is_written_about_exists(name, capsys):
    cli = pytest.importorskip("bot.cli")
    said = set(re.findall(r"(?:`|bin/)quarterdeck ([a-z][a-z-]*)", (ROOT / name).read_text()))
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    offered = set(re.findall(r"^    ([\w-]+) ", capsys.readouterr().out, re.MULTILINE))

    assert said
    assert said <= offered
