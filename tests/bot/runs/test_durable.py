"""What only the engine on DBOS does: many threads, one process per home, an orderly end, a file that stays small."""

from __future__ import annotations

import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from dbos import DBOS

from bot.errors import HomeInUse
from bot.runs.engine import open_runs
from bot.runs.lanes import Left
from bot.runs.ledger import Ledger
from bot.runs.sqlite import Clock, open_file
from tests.bot.runs.contract import PATIENCE, Diary, work
from tests.bot.runs.test_engine import DurablePlace


@pytest.fixture
def place(tmp_path):
    place = DurablePlace(tmp_path, workers=4)
    yield place
    place.runs.close(within=PATIENCE)


@pytest.fixture
def diary(place):
    return Diary(place)


@pytest.fixture
def note(diary):
    return lambda steps, payload: steps.step("write", lambda: diary.write(payload["n"]))


@pytest.fixture
def gate():
    """Give an event on which handlers wait; it is open in the end, whatever becomes of the test."""
    gate = threading.Event()
    yield gate
    gate.set()


def held(gate, diary):
    """Return a handler whose step writes `begun`, waits at the gate and writes `ended`."""

    def hold():
        diary.write("begun")
        assert gate.wait(PATIENCE)
        diary.write("ended")

    return lambda steps, _payload: steps.step("hold", hold)


@pytest.fixture
def ledger(tmp_path):
    """Return a function that opens the ledger of the home, which must be closed."""
    opened = []

    def open_ledger(version="runs-1", clock=None):
        file = open_file(tmp_path / "runs.sqlite", connections=2, clock=clock or Clock())
        opened.append((Ledger(file, version=version), file))
        return opened[-1][0]

    yield open_ledger
    for ledger, file in opened:
        ledger.close()
        file.dispose()


def test_fifty_threads_that_ask_for_one_key_get_one_run(place, diary, note):
    place.runs.start({"note": note}, diary.hear)
    with ThreadPoolExecutor(50) as threads:
        asked = [threads.submit(place.runs.enqueue, work("the same", n="once")) for _ in range(50)]
    for each in asked:
        each.result()
    place.runs.enqueue(work("marker", n="end"))
    diary.wait_for(lines=2)

    assert diary.lines == ["once", "end"]


def test_lanes_run_beside_each_other(place, diary):
    together = threading.Barrier(4)

    def meet(_steps, payload):
        together.wait(PATIENCE)
        diary.write(payload["n"])

    place.runs.start({"meet": meet}, diary.hear)
    for n in range(4):
        place.runs.enqueue(work(f"k{n}", kind="meet", lane=f"lane {n}", n=n))
    diary.wait_for(lines=4)

    assert sorted(diary.lines) == [0, 1, 2, 3]


def test_a_long_run_holds_up_its_own_lane_only(place, diary, note, gate):
    place.runs.start({"hold": held(gate, diary), "note": note}, diary.hear)
    place.runs.enqueue(work("long", kind="hold"))
    diary.wait_for(lines=1)
    behind = [f"behind {n}" for n in range(place.workers)]
    for n in behind:
        place.runs.enqueue(work(n, n=n))
    beside = [f"beside {n}" for n in range(3)]
    for n, each in enumerate(beside):
        place.runs.enqueue(work(each, lane=each, n=each))
        diary.wait_for(lines=2 + n)
    gate.set()
    diary.wait_for(lines=2 + len(beside) + len(behind))

    assert diary.lines == ["begun", *beside, "ended", *behind]


def test_no_more_works_run_at_once_than_there_are_workers(tmp_path):
    lock, pair = threading.Lock(), threading.Barrier(2)
    inside, most = 0, 0
    ended = threading.Semaphore(0)

    def meet(steps, _payload):
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        pair.wait(PATIENCE)
        steps.step("write", lambda: None)
        with lock:
            inside -= 1
        ended.release()

    runs = open_runs(tmp_path, workers=2, poll=0.02)
    for n in range(6):
        runs.enqueue(work(f"k{n}", kind="meet", lane=f"lane {n}"))
    runs.start({"meet": meet}, lambda _failure: None)
    try:
        for _ in range(6):
            assert ended.acquire(timeout=PATIENCE)
    finally:
        runs.close()

    assert most == 2


def test_the_step_of_a_cancelled_run_ends_before_the_next_of_its_lane_begins(place, diary, note, gate):
    place.runs.start({"hold": held(gate, diary), "note": note}, diary.hear)
    place.runs.enqueue(work("long", kind="hold"))
    diary.wait_for(lines=1)

    assert place.runs.cancel("a lane") == 1

    place.runs.enqueue(work("next", n="next"))
    place.runs.enqueue(work("marker", lane="another", n="marker"))
    diary.wait_for(lines=2)
    gate.set()
    diary.wait_for(lines=4)

    assert diary.lines == ["begun", "marker", "ended", "next"]


def test_a_home_is_one_process_s_however_often_another_asks(place):
    for _ in range(2):
        with pytest.raises(
            HomeInUse, match=f"{place.home}' is in use by the process {os.getpid()}; .*--home"
        ):
            open_runs(place.home)


def test_a_process_does_the_works_of_one_home(place, diary, tmp_path):
    place.runs.start({}, diary.hear)
    other = open_runs(tmp_path / "other")
    try:
        with pytest.raises(RuntimeError, match="one home"):
            other.start({}, diary.hear)
    finally:
        other.close()


def test_closing_lets_running_work_come_to_its_end(place, diary, note, gate):
    place.runs.start({"hold": held(gate, diary), "note": note}, diary.hear)
    place.runs.enqueue(work("long", kind="hold"))
    diary.wait_for(lines=1)
    closing = threading.Thread(target=place.runs.close, kwargs={"within": PATIENCE})
    closing.start()
    closing.join(0.5)
    assert closing.is_alive()

    gate.set()
    closing.join()
    place.open()
    place.runs.start({"hold": held(gate, diary), "note": note}, diary.hear)
    place.runs.enqueue(work("marker", n="marker"))
    diary.wait_for(lines=3)

    assert diary.lines == ["begun", "ended", "marker"]


def test_work_that_outlasts_the_closing_keeps_the_home_and_is_taken_up(place, diary, gate):
    threads = []

    def hold():
        threads.append(threading.current_thread())
        diary.write("begun")
        assert gate.wait(PATIENCE)

    def handler(steps, _payload):
        diary.write(("again", steps.again))
        steps.step("hold", hold)
        steps.step("after", lambda: diary.write("after"))

    place.runs.start({"hold": handler}, diary.hear)
    place.runs.enqueue(work("long", kind="hold"))
    diary.wait_for(lines=2)
    place.runs.close(within=0)
    with pytest.raises(HomeInUse):
        place.open()
    gate.set()
    threads[0].join(PATIENCE)
    place.open()
    place.runs.start({"hold": handler}, diary.hear)
    diary.wait_for(lines=5)

    assert diary.lines == [("again", False), "begun", ("again", True), "begun", "after"]
    assert diary.failures == []


def test_closing_twice_is_closing_once(place):
    place.runs.close()
    place.runs.close()
    place.open()


def test_work_of_another_version_is_a_failure_told(tmp_path, ledger):
    ledger("runs-0").add(work("old", n=1))
    told = threading.Event()
    failures = []
    runs = open_runs(tmp_path, version="runs-1", poll=0.02)
    runs.start({}, lambda failure: (failures.append(failure), told.set()))
    try:
        assert told.wait(PATIENCE)
    finally:
        runs.close()

    (failure,) = failures
    assert failure.work == work("old", n=1)
    assert "'runs-0'" in failure.reason
    assert not failure.died


@pytest.mark.slow
def test_schedules_fire_after_a_step_back_to_an_earlier_version(tmp_path):
    fired = threading.Event()
    for version in ("runs-1", "runs-2", "runs-1"):
        runs = open_runs(tmp_path, version=version, poll=0.02)
        runs.start({"tick": lambda _steps, _payload: fired.set()}, lambda _failure: None)
        if version == "runs-1":
            runs.every("s", "* * * * * *", zone="UTC", kind="tick")
            try:
                assert fired.wait(PATIENCE)
            finally:
                fired.clear()
                runs.close()
        runs.close()


def test_a_firing_on_its_way_when_its_schedule_was_forgotten_is_dropped(place, diary):
    place.runs.every("s", "0 8 * * *", zone="Asia/Kathmandu", kind="note")
    forgotten = place.runs._schedules["s"]
    place.runs.forget("s")
    place.runs.every("s", "0 9 * * *", zone="Asia/Kathmandu", kind="note")
    place.runs._fire("2026-11-24T02:15:00.000Z", forgotten)
    place.runs._fire("2026-11-24T03:15:00.000Z", place.runs._schedules["s"])
    place.runs.start({"note": lambda _steps, payload: diary.write(payload)}, diary.hear)
    diary.wait_for(lines=1)

    assert diary.lines == [{"name": "s", "due": "2026-11-24T09:00:00+05:45"}]


def test_a_firing_on_its_way_when_its_process_died_is_not_lost(place, diary):
    schedule = {"id": "every:s:1", "name": "s", "zone": "UTC", "kind": "note"}
    place.runs._fire("2026-11-24T08:00:00.000Z", schedule)
    place.runs.start({"note": lambda _steps, payload: diary.write(payload["due"])}, diary.hear)
    diary.wait_for(lines=1)

    assert diary.lines == ["2026-11-24T08:00:00+00:00"]


def test_rescue_counts_the_attempts(place, diary, ledger):
    """The engine's private rescue keeps them; its public way to resume would start them anew."""

    def leave(_steps, _payload):
        diary.write("begun")
        raise Left

    for life in range(2):
        place.runs.start({"leave": leave}, diary.hear)
        place.runs.enqueue(work("k", kind="leave"))
        diary.wait_for(lines=life + 1)
        place.reopen()
    place.runs.close()

    assert [(row.workflow_id, row.recovery_attempts) for row in ledger().begun()] == [("do:k", 2)]
    assert callable(DBOS._recover_pending_workflows)


def test_what_ended_long_ago_is_forgotten_and_what_is_open_is_not(place, diary, note, ledger):
    place.runs.start({"note": note}, diary.hear)
    place.runs.enqueue(work("done", n=1))
    place.runs.enqueue(work("waits", n=2), after=3600)
    diary.wait_for(lines=1)
    place.runs.close()
    rows = ledger()
    now = datetime.now(UTC) + timedelta(minutes=1)

    assert rows.forget_ended(now - timedelta(days=1)) == 0
    assert rows.forget_ended(now) >= 1
    assert rows.forget_ended(now) == 0
    assert rows.open_rows("a lane") == ["do:waits"]


@pytest.mark.slow
def test_what_a_clock_fired_can_be_forgotten_alone(place, diary, note, ledger):
    place.runs.start({"note": note, "tick": lambda _steps, payload: diary.write(payload["name"])}, diary.hear)
    place.runs.enqueue(work("done", n=1))
    diary.wait_for(lines=1)
    place.runs.every("clock", "* * * * * *", zone="UTC", kind="tick")
    diary.wait_for(lines=2)
    place.runs.close()
    rows = ledger()
    now = datetime.now(UTC) + timedelta(minutes=1)

    assert rows.forget_ended(now, fired=True) >= 2
    assert rows.forget_ended(now, fired=True) == 0
    assert rows.forget_ended(now) >= 1


def test_a_start_forgets_what_ended_long_ago(place, tmp_path):
    done = threading.Semaphore(0)

    def do(key):
        place.runs.enqueue(work(key, lane="sweep"))
        assert done.acquire(timeout=PATIENCE)

    for life in range(2):
        place.runs.close()
        place.runs = open_runs(tmp_path, keep=timedelta(0), poll=0.02)
        place.runs.start({"note": lambda _steps, _payload: done.release()}, lambda _failure: None)
        # The sweep is the first in its lane, so it is over when this is done.
        do(f"marker {life}")
        do("the same")


def test_the_log_holds_no_payload_and_no_chatter(place, diary, note, caplog):
    caplog.set_level(logging.DEBUG)

    def fail(_steps, _payload):
        raise ValueError("no end")

    place.runs.start({"note": note, "fail": fail}, diary.hear)
    place.runs.enqueue(work("k", n="a secret"))
    place.runs.enqueue(work("f", kind="fail", n="a secret"))
    diary.wait_for(lines=1, failures=1)
    place.runs.close()

    (record,) = [record for record in caplog.records if record.name.startswith(("bot", "dbos"))]
    assert record.getMessage() == f"'f' of kind 'fail' failed, reference {diary.failures[0].reference}"
    assert "a secret" not in caplog.text


def test_the_engine_logs_through_our_handlers(place):
    logger = logging.getLogger("dbos")

    assert logger.propagate
    assert [type(handler) for handler in logger.handlers] == [logging.NullHandler]
