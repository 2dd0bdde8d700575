"""A process that is killed, as the operating system kills it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.runs.child import PLACES, STEPS

ROOT = Path(__file__).parents[3]


@pytest.fixture
def life(tmp_path):
    """Return a function that lets a process live until it ends or is killed, and returns what it did."""
    effects = tmp_path / "effects"

    def live(*death):
        effects.write_text("")
        command = [sys.executable, "-m", "tests.bot.runs.child", str(tmp_path / "home"), str(effects), *death]
        ended = subprocess.run(command, cwd=ROOT, timeout=60, check=False, capture_output=True, text=True)
        assert ended.returncode == (-signal.SIGKILL if death else 0), ended.stderr
        return effects.read_text().splitlines()

    return live


@pytest.mark.slow
def test_a_run_killed_at_every_place_repeats_only_the_step_in_flight(life):
    lives = [life(f"{step}/{place}") for step in STEPS for place in PLACES]

    assert lives == [
        ["begun again: False"],
        ["begun again: True", "plan"],
        ["begun again: True", "plan"],
        ["begun again: True"],
        ["begun again: True", "build"],
        ["begun again: True", "build"],
        ["begun again: True"],
        ["begun again: True", "post"],
        ["begun again: True", "post"],
    ]
    assert life() == ["begun again: True"]


@pytest.mark.slow
def test_a_run_that_kills_every_process_is_given_up_and_told(life):
    for _ in range(len(STEPS) * len(PLACES) + 1):
        assert life("plan/before")[0].startswith("begun")

    assert life() == ["told of k, died: True"]
