"""Facts that are written twice are the same in both places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
EXAMPLE = re.findall(r"^#? ?([A-Z][A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)


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
