"""A file that another program is still writing: nothing of it is taken in, and the next try takes all of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path, PosixPath
from typing import IO, Any

import pytest

from connectors.errors import TryLater
from connectors.files import raw, raw_large
from connectors.files.guess import guess
from connectors.files.shelf import ORIGINALS, Shelf
from connectors.files.typed import typed

HEADINGS = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date\n"
ROWS = "".join(f"006{number},Deal {number},Negotiation,{number},2026-12-30\n" for number in range(300))


class Growing(PosixPath):
    """A file to which another program adds a row whenever somebody has opened it."""

    def open(self, *args: Any, **options: Any) -> IO[Any]:  # type: ignore[override]
        found = super().open(*args, **options)
        with Path(self).open("a", encoding="utf-8") as end:
            end.write("006late,Late,Negotiation,999999,2026-12-30\n")
        return found


@pytest.mark.parametrize("large", [1, 1 << 30])
def test_a_file_that_grows_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(raw_large, "LARGE", large)
    monkeypatch.setattr(raw_large, "TAIL", 400)
    path = Growing(tmp_path / "deals.csv")
    path.write_text(HEADINGS + ROWS, encoding="utf-8")

    with pytest.raises(
        TryLater, match=r"^deals\.csv is still being written: import it again when all of it is there$"
    ):
        raw.read(path, tmp_path / "raw")


def test_half_of_a_file_is_not_called_broken_while_the_rest_is_being_written(tmp_path: Path) -> None:
    path = Growing(tmp_path / "deals.csv")
    path.write_text("All deals\n", encoding="utf-8")

    with pytest.raises(TryLater, match="still being written"):
        raw.read(path, tmp_path / "raw")


def test_a_file_that_was_written_to_since_it_was_read_is_not_kept(tmp_path: Path) -> None:
    path, shelf = tmp_path / "deals.csv", Shelf(tmp_path / "home")
    path.write_text(HEADINGS + ROWS, encoding="utf-8")
    read = raw.read(path, tmp_path / "raw")
    mapping = guess([read])
    made = typed([read], mapping, tmp_path / "typed")
    path.write_text(HEADINGS + ROWS + ROWS.replace("006", "007"), encoding="utf-8")

    with pytest.raises(TryLater, match="still being written"):
        shelf.take(made, [read], mapping, date(2026, 11, 23))

    assert shelf.snapshots() == ()
    assert list((shelf.folder / ORIGINALS).iterdir()) == []
