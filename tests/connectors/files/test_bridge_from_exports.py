"""The bridge from two exports is the bridge from the event history, bucket by bucket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from connectors import demo
from connectors.access import Access
from connectors.demo import DemoCrm
from connectors.files.crm import FilesCrm
from connectors.files.pages import end_of
from connectors.files.shelf import Shelf
from connectors.mirror import Generation, Mirror, open_generation
from connectors.protocol import Batch, Page
from reports.facts import Filter, Frozen
from reports.measures import Bridge, bridge
from reports.view import open_view
from tests.fakes.snapshots import exported, given

COMPANY = demo.company()
SIZE = 4000
# In UTC, without a zone, as the mirror writes it.
MERGED = np.datetime64("2026-10-02T12:00", "us").item()
WEEKS = (
    (date(2026, 11, 15), date(2026, 11, 22)),
    (date(2026, 9, 29), date(2026, 10, 6)),
    (date(2026, 8, 1), date(2026, 11, 22)),
)
SCOPES = ((), *((Filter(dim="region", values=(region,)),) for region in COMPANY.dimensions["region"]))


@dataclass(frozen=True, kw_only=True)
class Both:
    """The same two days, known by all that happened and by two exports alone."""

    first: datetime
    last: datetime
    history: Generation
    exports: Generation


class Merging(DemoCrm):
    """The invented company, in which deals are merged away: each at its instant, by id."""

    def __init__(self, gone: Mapping[str, datetime]) -> None:
        super().__init__(opportunities=SIZE)
        self._gone = gone

    def changes(self, since: str | None) -> Iterator[Page]:
        yield from super().changes(since)
        columns = {
            "id": np.array([f"gone {key}" for key in self._gone], dtype=object),
            "deal_id": np.array(list(self._gone), dtype=object),
            "valid_at": np.array(list(self._gone.values()), dtype="datetime64[us]"),
            "deleted": np.ones(len(self._gone), dtype=bool),
        }
        yield Page(batches=(Batch(table="event", columns=columns),), cursor="merged")


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    """Return the history of a company that merges some deals away two days after they came, and others years later."""
    home = tmp_path_factory.mktemp("past")
    with open_generation(Mirror(home, "plain").load(DemoCrm(opportunities=SIZE))) as con:
        created = con.execute("SELECT id, created_at FROM deal ORDER BY id").fetchall()
    gone = {key: at + timedelta(days=2) for key, at in created[::7]}
    gone |= {key: MERGED for key, at in created[1::9] if at < MERGED}
    return Mirror(home, "past").load(Merging(gone))


@pytest.fixture(params=WEEKS, ids=lambda days: f"{days[0]} to {days[1]}")
def both(past: Generation, tmp_path: Path, request: pytest.FixtureRequest) -> Both:
    first, last = (end_of(day, COMPANY.zone) for day in request.param)
    for day, at in zip(request.param, (first, last), strict=True):
        typed = exported(past.path, at, tmp_path / "typed" / str(day))
        Shelf(tmp_path).take(typed, [given(tmp_path, f"{day}.csv")], "mapping", day)
    exports = Mirror(tmp_path, "files").load(FilesCrm(tmp_path, COMPANY))
    return Both(first=first, last=last, history=past, exports=exports)


def test_every_bucket_of_every_region_is_the_same(both: Both):
    compared = 0
    gone = set()
    for filters in SCOPES:
        for period in ("this-quarter", "next-quarter"):
            known = _bridge(both.history, both, filters, period)
            seen = _bridge(both.exports, both, filters, period)

            assert _plain(seen) == _plain(known)
            compared += sum(step.n for step in known.steps)
            gone |= {move.deal_id for move in known.movements if move.bucket == "deleted"}
    assert compared > 50
    assert bool(gone) == (both.first < MERGED.replace(tzinfo=UTC) < both.last)


def test_what_came_and_went_in_between_is_in_neither_export(both: Both):
    """Deals that were born and deleted between the two days: the history has them, and no bridge does."""
    when = [at.astimezone(UTC).replace(tzinfo=None) for at in (both.first, both.last)]
    with open_generation(both.history) as con:
        passing = {
            row[0]
            for row in con.execute(
                "SELECT deal_id FROM state GROUP BY deal_id HAVING min(valid_from) > $1 AND min(valid_from) <= $2 "
                "AND bool_or(deleted AND valid_from <= $2 AND valid_to > $2)",
                when,
            ).fetchall()
        }
    with duckdb.connect(str(both.exports.path), read_only=True) as con:
        held = {row[0] for row in con.execute("SELECT id FROM deal").fetchall()}
    known = _bridge(both.history, both, (), "this-quarter")

    assert passing
    assert not passing & held
    assert not passing & {move.deal_id for move in known.movements}


def _bridge(generation: Generation, both: Both, filters: tuple[Filter, ...], period: str) -> Bridge:
    with open_generation(generation) as con:
        view = open_view(
            con, COMPANY, Access.operator(generation.workspace), as_of=both.last, filters=filters
        )
        return bridge(view, view.calendar.parse(period, view.today), both.first)


def _plain(found: Bridge) -> dict[str, object]:
    """Return everything but the remarks, which tell of the history's length."""
    parts: dict[str, object] = {
        name: getattr(found, name) for name in ("opening", "steps", "closing", "movements")
    }
    return {name: part.model_dump() if isinstance(part, Frozen) else part for name, part in parts.items()}
