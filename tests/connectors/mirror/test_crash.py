"""Kill -9 anywhere and a full disk: what was published stays, and the next load makes it whole."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.errors import NoData
from connectors.mirror import Mirror, live, open_generation
from tests.connectors.mirror.interrupted import DEALS, grown
from tests.fakes.tiny_crm import tiny

pytestmark = pytest.mark.slow

KILLS = 14
# Milliseconds after which the parent kills: some strike inside DuckDB, where no line of ours runs.
DELAYS = (5, 20, 45, 80, 120, 180, 260)
# From too small for a pointer to almost enough for the copy, in bytes.
DISKS = (1, 4_096, 300_000, 600_000, 900_000, 1_200_000)
ROOT = Path(__file__).parents[3]


def child(home: Path, how: str, number: int) -> subprocess.Popen[str]:
    """Start the load that dies."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.connectors.mirror.interrupted", str(home), how, str(number)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """Return a home in which the company was loaded before it grew."""
    home = tmp_path_factory.mktemp("prepared")
    Mirror(home, "larkmoor").load(tiny())
    return home


@pytest.fixture(scope="module")
def after(tmp_path_factory) -> str:
    """Return the name of the generation in which it has grown."""
    return Mirror(tmp_path_factory.mktemp("after"), "larkmoor").load(grown()).name


@pytest.fixture(scope="module")
def lines(prepared, tmp_path_factory) -> int:
    """Return how many lines of the mirror such a load runs."""
    home = tmp_path_factory.mktemp("lines") / "home"
    shutil.copytree(prepared, home)
    out, _ = child(home, "lines", 0).communicate(timeout=60)
    return int(out.split()[-1])


def assert_whole(home: Path, before: str, after: str) -> None:
    """Check that what is current is complete, and that the next load finishes what was begun."""
    mirror = Mirror(home, "larkmoor")
    current = mirror.current()
    assert current.name in {before, after}
    with open_generation(current) as con:
        deals = 3 if current.name == before else 3 + DEALS
        assert con.execute("SELECT count(DISTINCT deal_id) FROM state").fetchall() == [(deals,)]

    assert mirror.load(grown()).name == after
    assert mirror.rebuild().name == after
    assert [
        path.name for path in mirror.folder.iterdir() if ".tmp" in path.name or path.suffix == ".wal"
    ] == []


@pytest.mark.parametrize("share", range(KILLS))
def test_killed_between_any_two_steps_it_leaves_a_whole_mirror(prepared, after, lines, tmp_path, share):
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    before = Mirror(home, "larkmoor").current().name
    # Most of the lines belong to staging, most of the danger lies in the last tenth: look there more often.
    place = lines * share // KILLS if share < KILLS // 2 else lines - (KILLS - share) * lines // 60
    process = child(home, "kill", max(1, place))
    process.communicate(timeout=60)

    assert process.returncode == -signal.SIGKILL
    assert_whole(home, before, after)


@pytest.mark.parametrize("delay", DELAYS)
def test_killed_at_any_moment_it_leaves_a_whole_mirror(prepared, after, tmp_path, delay):
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    before = Mirror(home, "larkmoor").current().name
    process = child(home, "go", 0)
    assert process.stdout is not None
    assert process.stdout.readline() == "go\n"
    try:
        process.wait(timeout=delay / 1000)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate(timeout=60)

    assert_whole(home, before, after)


@pytest.mark.parametrize("size", DISKS)
def test_a_full_disk_is_said_and_leaves_a_whole_mirror(prepared, after, tmp_path, size):
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    before = Mirror(home, "larkmoor").current().name
    process = child(home, "disk", size)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 3, out + err
    assert "could not be written" in out
    assert "published before is unchanged" in out
    assert Mirror(home, "larkmoor").current().name == before
    assert_whole(home, before, after)


def test_the_first_load_on_a_full_disk_leaves_nothing_that_looks_like_a_mirror(tmp_path):
    process = child(tmp_path, "disk", 300_000)
    process.communicate(timeout=60)

    assert process.returncode == 3
    with pytest.raises(NoData, match="no mirror"):
        Mirror(tmp_path, "larkmoor").current()
    assert Mirror(tmp_path, "larkmoor").load(grown()).name


def test_a_writer_in_another_process_is_named_and_its_lock_dies_with_it(tmp_path):
    home = tmp_path
    mirror = Mirror(home, "larkmoor")
    mirror.load(tiny())
    script = (
        "import sys\nfrom pathlib import Path\nfrom connectors import disk\n"
        "with disk.only_writer(Path(sys.argv[1]), of='the mirror'):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(mirror.folder / "writer.lock")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(live.TryLater, match=f"process {process.pid}"):
        mirror.load(tiny())
    process.kill()
    process.communicate(timeout=60)

    assert mirror.load(tiny()) == mirror.current()
