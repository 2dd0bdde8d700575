from __future__ import annotations

import stat

import pytest

from connectors.errors import NoData, TryLater
from connectors.mirror import Mirror, generations, live, open_generation
from tests.fakes.tiny_crm import batch, deal, event, instant, opening, tiny

DAY = 24 * 3600


@pytest.fixture
def mirror(tmp_path):
    return Mirror(tmp_path, "larkmoor")


def publish_many(folder, count, clock):
    """Publish so many generations, one per tick of the clock; return their names."""
    names = []
    crm = tiny()
    for number in range(count):
        crm.pages.append((batch("event", [event(100 + number, "D1", instant(20), next_step=str(number))]),))
        names.append(Mirror(folder, "larkmoor", clock=lambda: next(clock)).load(crm).name)
    return names


def kept(folder):
    return {path.name for path in (folder / "mirror" / "larkmoor").glob("mirror-*.duckdb")}


def test_old_generations_go_but_for_the_last_few(tmp_path):
    names = publish_many(tmp_path, 8, iter(range(0, 100 * DAY, 2 * DAY)))

    assert kept(tmp_path) == {f"mirror-{name}.duckdb" for name in names[-5:]}


def test_generations_of_the_last_day_stay_however_many_they_are(tmp_path):
    publish_many(tmp_path, 8, iter(range(0, DAY, 3600)))

    assert len(kept(tmp_path)) == 8


def test_a_reader_keeps_what_it_has_open_when_it_is_let_go(tmp_path):
    clock = iter(range(0, 100 * DAY, 2 * DAY))
    publish_many(tmp_path, 1, clock)
    oldest = Mirror(tmp_path, "larkmoor").current()
    with open_generation(oldest) as reader:
        crm = tiny()
        for number in range(6):
            crm.pages.append((batch("event", [event(200 + number, "D2", instant(20), reason=str(number))]),))
            Mirror(tmp_path, "larkmoor", clock=lambda: next(clock)).load(crm, full=True)

        assert not oldest.path.exists()
        assert reader.execute("SELECT count(*) FROM deal").fetchall() == [(3,)]
    with pytest.raises(NoData, match=r"is gone.*quarterdeck"):
        Mirror(tmp_path, "larkmoor").get(oldest.name)


def test_before_the_first_load_one_is_told_what_to_run(mirror):
    with pytest.raises(NoData, match=r"no mirror.*quarterdeck sync.*quarterdeck seed"):
        mirror.current()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"../../../etc/passwd", b"20261123T133000-000000000000", b"mirror-x.duckdb\n"],
)
def test_a_pointer_that_leads_nowhere_says_what_to_run(mirror, content):
    mirror.load(tiny())
    (mirror.folder / "CURRENT").write_bytes(content)

    with pytest.raises(NoData, match="quarterdeck sync"):
        mirror.current()
    assert mirror.load(tiny()) == mirror.current()


@pytest.mark.parametrize("keep", [0, 100, 4096, 300_000])
def test_a_damaged_generation_says_what_to_run_and_the_next_load_makes_it_anew(mirror, keep):
    generation = mirror.load(tiny())
    generation.path.write_bytes(generation.path.read_bytes()[:keep])
    with pytest.raises(NoData, match="quarterdeck sync"):
        mirror.current()

    assert mirror.load(tiny()) == generation == mirror.current()


def test_a_database_that_is_no_mirror_says_so(mirror):
    generation = mirror.load(tiny())
    generation.path.unlink()
    live.duckdb.connect(str(generation.path)).close()

    with pytest.raises(NoData, match="not a complete mirror"):
        mirror.current()


def test_a_generation_of_another_layout_says_so(mirror, monkeypatch):
    mirror.load(tiny())
    monkeypatch.setattr(generations, "LAYOUT", "0")

    with pytest.raises(NoData, match=r"another version.*--full"):
        mirror.current()


def test_a_generation_that_somebody_else_opened_is_not_taken_for_a_damaged_one(mirror):
    generation = mirror.load(tiny())
    generation.path.touch()  # what was read of it is known no longer
    with live.duckdb.connect(str(generation.path)):
        for ask in (mirror.current, lambda: mirror.load(tiny()), lambda: open_generation(generation)):
            with pytest.raises(TryLater, match="close it"):
                ask()

    assert mirror.current() == generation


def test_a_published_generation_cannot_be_written(mirror):
    with (
        open_generation(mirror.load(tiny())) as con,
        pytest.raises(live.duckdb.InvalidInputException, match="read-only"),
    ):
        con.execute("DELETE FROM deal")


def test_only_the_owner_may_read_the_files(mirror):
    mirror.load(tiny())

    for path in mirror.folder.glob("*.duckdb"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(mirror.folder.stat().st_mode) == 0o700


def test_open_deals_that_hold_now_lie_together(mirror):
    with open_generation(mirror.load(tiny())) as con:
        laid = con.execute("SELECT valid_to, status, close, deal_id FROM state ORDER BY rowid").fetchall()

    assert laid == sorted(laid)


@pytest.mark.parametrize("loads", [1, 4])
def test_states_derived_later_lie_behind_the_others_until_they_are_many(tmp_path, loads):
    deals = [f"L{number}" for number in range(30)]
    crm = tiny()
    crm.pages = [
        (
            batch("deal", [deal(name, instant(1)) for name in deals]),
            batch("event", [opening(number, name, instant(1)) for number, name in enumerate(deals)]),
        )
    ]
    mirror = Mirror(tmp_path, "larkmoor")
    mirror.load(crm)
    for number in range(loads):
        # What held before ends, so it belongs in front.
        crm.pages.append((batch("event", [event(90 + number, f"L{number}", instant(2), status="won")]),))
        mirror.load(crm)
    with open_generation(mirror.current()) as con:
        laid = con.execute("SELECT valid_to, status, close, deal_id FROM state ORDER BY rowid").fetchall()

    assert len(laid) == 30 + loads
    assert (laid == sorted(laid)) == (loads == 4)


def test_leftovers_of_an_interrupted_publication_are_swept_away(mirror):
    mirror.load(tiny())
    (mirror.folder / ".mirror-20261123T133000-000000000000.duckdb.tmp").write_bytes(b"half")
    (mirror.folder / ".CURRENT.tmp").write_text("half")
    mirror.load(tiny())

    assert [path.name for path in mirror.folder.iterdir() if path.name.startswith(".")] == []


def test_a_path_with_quotes_and_spaces_is_a_path(tmp_path):
    home = tmp_path / 'it\'s "home" sweet; home'

    assert Mirror(home, "larkmoor").load(tiny()).path.is_file()
