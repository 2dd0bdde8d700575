"""One filled mirror for all scenarios; each scenario has a home and a Slack of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.conftest import larkmoor_records
from tests.scenarios.slack.stage import Stage, home_of, stage

__all__ = ["at", "larkmoor_records", "own_home"]

PEOPLE = ("Dana Whitcombe", "Katrin Vogelsang", "Marcus Bell", "Jonas Adler", "Priya Raman")


@pytest.fixture
def own_home(larkmoor_records: Path, tmp_path: Path) -> Path:
    """Return a home for one scenario, with the records and nothing else."""
    return home_of(larkmoor_records, tmp_path)


@pytest.fixture
def at(own_home: Path) -> Iterator[Stage]:
    """Return a stage over HTTP with some people whom the bot knows already."""
    with stage(own_home) as opened:
        opened.confirm(*PEOPLE)
        yield opened


@pytest.fixture(scope="module")
def shared(larkmoor_records: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return one stage for a module's scenarios; where each needs a little of its own, the module has an `at` on it."""
    with stage(home_of(larkmoor_records, tmp_path_factory.mktemp("shared"))) as opened:
        opened.confirm(*PEOPLE)
        yield opened
