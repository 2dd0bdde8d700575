"""The invented company, loaded once a worker; every test gets the records and a clean slate beside them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.readers import Readers
from bot.settings import Settings
from bot.wiring import Installation
from connectors.access import Access
from connectors.company import Company
from connectors.mirror import Generation
from reports.view.session import Session


def silent(_step: str) -> None:
    """Say nothing about progress."""


@pytest.fixture(scope="session")
def larkmoor_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which Larkmoor Software is loaded; it is only ever copied."""
    home = tmp_path_factory.mktemp("larkmoor")
    with Installation(Settings(home=home, crm="demo", values={}), progress=silent) as opened:
        opened.line()
    return home


class Together(Readers):
    """Lends sessions on the records that each test has a copy of: what one test asks of them, the next finds there."""

    def __init__(self, records: Path) -> None:
        super().__init__()
        self._records = records

    def lend(
        self, generation: Generation, company: Company, access: Access
    ) -> AbstractContextManager[Session]:
        # A generation is called by a fingerprint of its rows.
        same = self._records / "mirror" / generation.workspace / generation.path.name
        return super().lend(replace(generation, path=same) if same.is_file() else generation, company, access)


@pytest.fixture(scope="session")
def together(larkmoor_records: Path) -> Iterator[Readers]:
    """Give the sessions that all tests read Larkmoor with."""
    readers = Together(larkmoor_records)
    yield readers
    readers.close()


@pytest.fixture
def home(larkmoor_records: Path, tmp_path: Path) -> Path:
    """Return a home of this test's own with Larkmoor Software in it."""
    return Path(shutil.copytree(larkmoor_records, tmp_path / "home"))


@pytest.fixture
def installation(home: Path, together: Readers) -> Iterator[Installation]:
    """Give an open installation of this test's own."""
    with Installation(Settings(home=home, crm="demo", values={}), progress=silent) as opened:
        opened.readers = together
        yield opened
