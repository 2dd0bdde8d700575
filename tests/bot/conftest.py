"""The invented company, loaded once a worker; every test gets the records and a clean slate beside them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.wiring import Installation


def silent(_step: str) -> None:
    """Say nothing about progress."""


@pytest.fixture(scope="session")
def larkmoor_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which Larkmoor Software is loaded; it is only ever copied."""
    home = tmp_path_factory.mktemp("larkmoor")
    with Installation(Settings(home=home, crm="demo", values={}), progress=silent) as opened:
        opened.line()
    return home


@pytest.fixture
def home(larkmoor_records: Path, tmp_path: Path) -> Path:
    """Return a home of this test's own with Larkmoor Software in it."""
    return Path(shutil.copytree(larkmoor_records, tmp_path / "home"))


@pytest.fixture
def installation(home: Path) -> Iterator[Installation]:
    """Give an open installation of this test's own."""
    with Installation(Settings(home=home, crm="demo", values={}), progress=silent) as opened:
        yield opened
