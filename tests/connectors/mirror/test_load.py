from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.errors import BadRequest, NoData, TryLater
from connectors.mirror import Mirror, live, open_generation
from connectors.mirror.schema import COLUMNS
from connectors.protocol import Page
from tests.fakes.tiny_crm import TinyCrm, batch, deal, event, instant, opening, tiny


def rows(generation, query):
    with open_generation(generation) as con:
        return con.execute(query).fetchall()


@pytest.fixture
def mirror(tmp_path):
    return Mirror(tmp_path, "larkmoor")


def test_a_load_publishes_everything_that_readers_need(mirror):
    generation = mirror.load(tiny())

    assert mirror.current() == generation
    assert (generation.workspace, generation.connector, generation.as_of) == ("larkmoor", "tiny", tiny().now)
    counted = {table: rows(generation, f'SELECT count(*) FROM "{table}"')[0][0] for table in COLUMNS}
    assert counted == {
        "person": 2,
        "account": 1,
        "contact": 1,
        "product": 1,
        "deal": 3,
        "event": 6,
        "activity": 1,
        "state": 6,
        "meta": 7,
    }


def test_what_is_published_is_typed_to_the_cent_and_to_the_day(mirror):
    generation = mirror.load(tiny())

    [state] = rows(
        generation, "SELECT stage, status, amount, close FROM state WHERE deal_id = 'D2' AND status = 'won'"
    )
    assert state[:3] == ("Won", "won", Decimal("99.90"))
    assert state[3].isoformat() == "2026-12-18"


def test_loading_again_with_nothing_new_publishes_nothing(mirror):
    first = mirror.load(tiny())
    before = sorted(path.name for path in mirror.folder.iterdir())

    assert mirror.load(tiny()) == first
    assert sorted(path.name for path in mirror.folder.iterdir()) == before


def test_something_new_gives_a_new_generation_and_the_old_one_stays_for_those_who_use_it(mirror):
    crm = tiny()
    crm.pages = crm.pages[:2]
    old = mirror.load(crm)
    with open_generation(old) as reader:
        new = mirror.load(tiny())

        assert reader.execute("SELECT count(*) FROM deal").fetchall() == [(2,)]
    assert new.name != old.name
    assert mirror.get(old.name) == old
    assert rows(new, "SELECT count(*) FROM deal") == [(3,)]


def test_the_name_of_a_generation_follows_from_what_it_holds_not_from_how_it_came(tmp_path):
    whole, pieces = tiny(), tiny()
    whole.pages = [tuple(batch for page in whole.pages for batch in page)]
    pieces.pages = [(batch,) for page in pieces.pages for batch in page]
    names = set()
    for number, crm in enumerate((whole, pieces)):
        names.add(Mirror(tmp_path / str(number), "larkmoor").load(crm).name)
    one_more = tiny()
    one_more.pages.append((batch("event", [event(7, "D1", instant(20), next_step="x")]),))

    assert len(names) == 1
    assert Mirror(tmp_path / "other", "larkmoor").load(one_more).name not in names


@pytest.mark.parametrize(
    "column, value", [("name", "Renamed"), ("name", None), ("url", "https://tiny.example/elsewhere")]
)
def test_a_changed_reference_row_replaces_the_old_one_in_a_new_generation(mirror, column, value):
    first = mirror.load(tiny())
    crm = tiny()
    crm.pages.append((batch("deal", [{**deal("D1", instant(1)), column: value}]),))
    second = mirror.load(crm)

    assert second.name != first.name
    assert rows(second, f"SELECT {column} FROM deal WHERE id = 'D1'") == [(value,)]


def test_of_two_versions_of_a_row_in_one_load_the_later_counts(mirror):
    crm = tiny()
    crm.pages.append(
        (batch("deal", [{**deal("D1", instant(1)), "name": name} for name in ("Second", "Third")]),)
    )
    generation = mirror.load(crm)

    assert rows(generation, "SELECT name FROM deal WHERE id = 'D1'") == [("Third",)]


def test_time_that_passes_is_a_new_generation_because_facts_are_as_of_an_instant(mirror):
    first = mirror.load(tiny())
    later = mirror.load(replace(tiny(), now=tiny().now + timedelta(days=1)))

    assert later.as_of - first.as_of == timedelta(days=1)


def test_a_full_load_forgets_what_is_no_longer_told(mirror):
    mirror.load(tiny())
    crm = TinyCrm(
        pages=[(batch("deal", [deal("D8", instant(1))]), batch("event", [opening(1, "D8", instant(1))]))]
    )
    generation = mirror.load(crm, full=True)

    assert rows(generation, "SELECT id FROM deal") == [("D8",)]
    assert rows(generation, "SELECT DISTINCT deal_id FROM state") == [("D8",)]


def test_a_rebuild_gives_the_same_generation(mirror):
    generation = mirror.load(tiny())

    assert mirror.rebuild() == generation


def test_states_that_went_wrong_are_mended_by_a_rebuild(mirror):
    generation = mirror.load(tiny())
    states = rows(generation, "SELECT * FROM state ORDER BY ALL")
    with live.duckdb.connect(str(mirror.folder / "live.duckdb")) as con:
        con.execute("DELETE FROM state")
    generation.path.unlink()

    assert rows(mirror.rebuild(), "SELECT * FROM state ORDER BY ALL") == states


def test_another_systems_records_are_not_mixed_in(mirror):
    mirror.load(tiny())

    with pytest.raises(BadRequest, match=r"holds records of 'tiny', not of 'other'.*--full"):
        mirror.load(replace(tiny(), name="other"))
    assert mirror.load(replace(tiny(), name="other"), full=True).connector == "other"


@dataclass
class Interrupted(TinyCrm):
    """A system that is out of reach after so many pages."""

    after: int = 1

    def changes(self, since: str | None) -> Iterator[Page]:
        for page in super().changes(since):
            yield page
            if page.cursor == str(self.after):
                raise TryLater("the system is out of reach")


@dataclass
class Listening(TinyCrm):
    """A system that remembers from where it was asked to go on."""

    asked: list[str | None] = field(default_factory=list)

    def changes(self, since: str | None) -> Iterator[Page]:
        self.asked.append(since)
        return super().changes(since)


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_load_that_was_interrupted_goes_on_where_it_stopped(mirror, tmp_path, monkeypatch, after):
    monkeypatch.setattr(live, "_ROWS_PER_COMMIT", 1)
    with pytest.raises(TryLater, match="out of reach"):
        mirror.load(Interrupted(pages=tiny().pages, after=after))
    rest = Listening(pages=tiny().pages)
    generation = mirror.load(rest)

    assert rest.asked == [str(after)]
    assert generation.name == Mirror(tmp_path / "whole", "larkmoor").load(tiny()).name
    assert rows(generation, "SELECT count(*) FROM state") == [(6,)]


def test_nothing_is_published_by_a_load_that_was_interrupted(mirror):
    crm = tiny()
    crm.pages = crm.pages[:1]
    old = mirror.load(crm)
    with pytest.raises(TryLater):
        mirror.load(Interrupted(pages=tiny().pages, after=3))

    assert mirror.current() == old


def test_a_second_writer_is_asked_to_wait_and_told_for_whom(mirror):
    @dataclass
    class Nosy(TinyCrm):
        def changes(self, since):
            with pytest.raises(TryLater, match=r"being written by process \d+, since 2\d+-.*try again"):
                Mirror(mirror.folder.parents[1], "larkmoor").load(tiny())
            return super().changes(since)

    assert mirror.load(Nosy(pages=tiny().pages)).name


def test_a_program_that_holds_the_live_file_is_asked_to_let_go(mirror):
    mirror.load(tiny())
    path = str(mirror.folder / "live.duckdb")
    with live.duckdb.connect(path, read_only=True), pytest.raises(TryLater, match=r"live.duckdb.*close it"):
        mirror.load(tiny())


def test_a_reload_asks_only_for_what_is_new_and_a_full_load_for_everything(mirror):
    crm = Listening(pages=tiny().pages)
    mirror.load(crm)
    mirror.load(crm)
    mirror.load(crm, full=True)

    assert crm.asked == [None, "3", None]


def test_progress_is_told_in_words(mirror):
    heard: list[str] = []
    mirror.load(tiny(), progress=heard.append)

    assert heard[0] == "reading records"
    assert heard[-2:] == ["working out which values held from when to when", "publishing"]
    assert "reading records: 15 so far" in heard


def test_a_system_without_records_gives_an_empty_mirror(mirror):
    generation = mirror.load(TinyCrm())

    assert rows(generation, "SELECT count(*) FROM state") == [(0,)]


def test_a_clock_without_a_zone_is_refused(mirror):
    with pytest.raises(BadRequest, match="without a zone"):
        mirror.load(replace(tiny(), now=instant(23)))
    with pytest.raises(NoData):
        mirror.current()


@pytest.mark.parametrize("name", ["", "..", "../other", "a/b", ".hidden", "a" * 65, "a\x00b"])
def test_a_workspace_that_cannot_be_a_folder_is_refused(tmp_path, name):
    with pytest.raises(BadRequest, match=re.escape(repr(name))):
        Mirror(tmp_path, name)


def test_a_rebuild_before_anything_was_loaded_says_what_to_do(mirror):
    with pytest.raises(NoData, match="quarterdeck"):
        mirror.rebuild()


def test_a_live_file_that_is_no_database_says_what_to_do_and_a_full_load_mends_it(mirror):
    generation = mirror.load(tiny())
    (mirror.folder / "live.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(NoData, match="--full"):
        mirror.load(tiny())

    assert mirror.current() == generation
    assert mirror.load(tiny(), full=True) == generation
