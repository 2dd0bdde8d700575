"""A column whose cells repeat is described like one whose cells do not."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import duckdb
import pytest

from connectors.files.profile import Dates, Numbers, profiles

NUMBERS = ("1.234,50", "1,234", "1.234", "7", "12%", "0.125", "9,5", "€ 3,000.25", "2500", "-4")
DATES = ("13/04/2026", "04/13/2026", "03/04/2026", "2026-04-13 08:30", "3.4.2026", "45678", "05/05/2026")
PLACES = {"only_point", "only_comma", "with_point", "with_comma", "day_line", "month_line", "least", "most"}


@pytest.mark.parametrize("cells", [NUMBERS, DATES])
def test_cells_that_stand_there_three_times_count_three_times_and_on_their_first_line(
    tmp_path: Path, cells: tuple[str, ...]
) -> None:
    once, thrice = (described(cells, times, tmp_path / f"{times}.parquet") for times in (1, 3))

    assert once
    assert thrice == {
        name: value if name in PLACES or value is None else 3 * value for name, value in once.items()
    }


def described(cells: tuple[str, ...], times: int, path: Path) -> dict[str, float | None]:
    """Return what is told of a column in which the cells stand so many times, all of them first once."""
    with duckdb.connect() as con:
        con.execute("CREATE TABLE raw (line INTEGER, problem VARCHAR, cell VARCHAR)")
        rows = [(number, None, cell) for number, cell in enumerate(cells * times, start=2)]
        con.executemany("INSERT INTO raw VALUES (?, ?, ?)", rows)
        con.execute(f"COPY raw TO '{path}' (FORMAT parquet)")
    [profile] = profiles(path, ["cell"])
    told = {}
    for part in (profile.numbers, profile.dates):
        if isinstance(part, (Numbers, Dates)):
            told |= {one.name: getattr(part, one.name) for one in fields(part)}
    return told
