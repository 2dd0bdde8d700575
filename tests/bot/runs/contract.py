"""What every engine that runs work keeps; each is tried in a place of its own, which can be opened again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

import pytest

from bot.runs.ports import Failure, Handler, Runs, Work

ATTEMPTS = 3
PATIENCE = 30.0


class Place(Protocol):
    """Where runs are kept while processes come and go."""

    runs: Runs

    def wait(self, until: Callable[[], bool], changed: threading.Condition) -> None:
        """Let the works be done until that is so; fail when it never is."""

    def advance(self, seconds: float) -> None:
        """Let so much time go by."""

    def die(self) -> None:
        """End the process from inside a handler."""

    def reopen(self) -> None:
        """Let the process end, and another one open the same place."""


class Diary:
    """What happened, in order; written by handlers on any thread."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._changed = threading.Condition()
        self.lines: list[object] = []
        self.failures: list[Failure] = []

    def write(self, line: object) -> None:
        with self._changed:
            self.lines.append(line)
            self._changed.notify_all()

    def hear(self, failure: Failure) -> None:
        with self._changed:
            self.failures.append(failure)
            self._changed.notify_all()

    def wait_for(self, *, lines: int = 0, failures: int = 0) -> None:
        self._place.wait(lambda: len(self.lines) >= lines and len(self.failures) >= failures, self._changed)


def work(key: str, *, kind: str = "note", lane: str = "a lane", **payload: object) -> Work:
    return Work(kind=kind, key=key, lane=lane, payload=payload)


@pytest.fixture
def diary(place: Place) -> Diary:
    return Diary(place)


@pytest.fixture
def note(diary: Diary) -> Handler:
    """Return a handler that writes its payload's `n` into the diary."""
    return lambda steps, payload: steps.step("write", lambda: diary.write(payload["n"]))


class RunsContract:
    @pytest.fixture
    def place(self) -> Place:
        raise NotImplementedError

    def test_work_is_done_with_its_payload(self, place, diary):
        payload = {"text": "naïve — ünïcode", "deep": {"list": [1, 2.5, None, True]}}
        place.runs.start({"note": lambda _steps, payload: diary.write(payload)}, diary.hear)
        place.runs.enqueue(Work(kind="note", key="k", lane="l", payload=payload))
        diary.wait_for(lines=1)

        assert diary.lines == [payload]

    def test_work_asked_for_before_the_start_is_done(self, place, diary, note):
        place.runs.enqueue(work("k", n=1))
        place.runs.start({"note": note}, diary.hear)
        diary.wait_for(lines=1)

        assert diary.lines == [1]

    def test_work_that_waits_outlives_its_process(self, place, diary, note):
        place.runs.enqueue(work("k", n=1))
        place.reopen()
        place.runs.start({"note": note}, diary.hear)
        diary.wait_for(lines=1)

        assert diary.lines == [1]

    def test_work_redelivered_is_done_once(self, place, diary, note):
        place.runs.start({"note": note}, diary.hear)
        for n in range(4):
            place.runs.enqueue(work("the same", n=n))
        place.runs.enqueue(work("another", n="end"))
        diary.wait_for(lines=2)

        assert diary.lines == [0, "end"]

    def test_a_key_stays_used_after_its_work_and_its_process_ended(self, place, diary, note):
        place.runs.start({"note": note}, diary.hear)
        place.runs.enqueue(work("the same", n=1))
        diary.wait_for(lines=1)
        place.reopen()
        place.runs.start({"note": note}, diary.hear)
        place.runs.enqueue(work("the same", n=2))
        place.runs.enqueue(work("another", n="end"))
        diary.wait_for(lines=2)

        assert diary.lines == [1, "end"]

    def test_a_lane_keeps_the_order_in_which_works_came(self, place, diary, note):
        count = 60
        for n in range(count // 2):
            place.runs.enqueue(work(f"{count - n:03}", n=n))
        place.runs.start({"note": note}, diary.hear)
        for n in range(count // 2, count):
            place.runs.enqueue(work(f"{count - n:03}", n=n))
        diary.wait_for(lines=count)

        assert diary.lines == list(range(count))

    def test_work_that_a_handler_asks_for_is_done(self, place, diary, note):
        def ask(steps, _payload):
            steps.step("ask", lambda: place.runs.enqueue(work("second", n=2)))
            diary.write(1)

        place.runs.start({"ask": ask, "note": note}, diary.hear)
        place.runs.enqueue(work("first", kind="ask"))
        diary.wait_for(lines=2)

        assert diary.lines == [1, 2]

    def test_a_step_returns_what_json_makes_of_its_result(self, place, diary):
        def handler(steps, _payload):
            diary.write(steps.step("make", lambda: {"pair": (1, 2)}))

        place.runs.start({"make": handler}, diary.hear)
        place.runs.enqueue(work("k", kind="make"))
        diary.wait_for(lines=1)

        assert diary.lines == [{"pair": [1, 2]}]

    def test_a_result_that_is_not_json_is_a_failure(self, place, diary):
        place.runs.start({"make": lambda steps, _: steps.step("make", object)}, diary.hear)
        place.runs.enqueue(work("k", kind="make"))
        diary.wait_for(failures=1)

        assert "object is not JSON serializable" in diary.failures[0].reason

    def test_steps_that_were_done_are_not_repeated_after_a_crash_between_steps(self, place, diary):
        deaths = [place.die]

        def handler(steps, _payload):
            diary.write(("again", steps.again))
            first = steps.step("first", lambda: diary.write("first") or "kept")
            if deaths:
                deaths.pop()()
            steps.step("second", lambda: diary.write(("second", first)))

        place.runs.start({"two": handler}, diary.hear)
        place.runs.enqueue(work("k", kind="two"))
        diary.wait_for(lines=2)
        place.reopen()
        place.runs.start({"two": handler}, diary.hear)
        diary.wait_for(lines=4)

        assert diary.lines == [("again", False), "first", ("again", True), ("second", "kept")]

    def test_the_step_in_flight_is_repeated_after_a_crash(self, place, diary):
        deaths = [place.die]

        def send():
            diary.write("sent")
            if deaths:
                deaths.pop()()

        def handler(steps, _payload):
            steps.step("first", lambda: diary.write("first"))
            steps.step("send", send)
            diary.write("end")

        place.runs.start({"two": handler}, diary.hear)
        place.runs.enqueue(work("k", kind="two"))
        diary.wait_for(lines=2)
        place.reopen()
        place.runs.start({"two": handler}, diary.hear)
        diary.wait_for(lines=4)

        assert diary.lines == ["first", "sent", "sent", "end"]

    def test_work_taken_up_comes_before_what_waits_behind_it(self, place, diary, note):
        deaths = [place.die]

        def die_once(steps, _payload):
            diary.write("begun")
            if deaths:
                deaths.pop()()
            steps.step("write", lambda: diary.write("done"))

        place.runs.start({"die": die_once, "note": note}, diary.hear)
        place.runs.enqueue(work("z first", kind="die"))
        place.runs.enqueue(work("a second", n="second"))
        diary.wait_for(lines=1)
        place.reopen()
        place.runs.start({"die": die_once, "note": note}, diary.hear)
        diary.wait_for(lines=4)

        assert diary.lines == ["begun", "begun", "done", "second"]

    def test_a_handler_that_raises_is_a_failure_told_once_and_the_lane_goes_on(self, place, diary, note):
        def fail(_steps, _payload):
            raise ValueError("the quarter has no end")

        asked = work("k", kind="fail", n=1)
        place.runs.start({"fail": fail, "note": note}, diary.hear)
        place.runs.enqueue(asked)
        place.runs.enqueue(work("next", n=2))
        diary.wait_for(lines=1, failures=1)
        place.reopen()
        place.runs.start({"fail": fail, "note": note}, diary.hear)
        place.runs.enqueue(asked)
        place.runs.enqueue(work("last", n=3))
        diary.wait_for(lines=2)

        assert diary.failures == [Failure.of(asked, "ValueError: the quarter has no end")]
        assert diary.lines == [2, 3]

    def test_a_step_that_raises_is_a_failure(self, place, diary):
        def fail():
            raise LookupError("no such channel")

        asked = work("k", kind="fail")
        place.runs.start({"fail": lambda steps, _: steps.step("look", fail)}, diary.hear)
        place.runs.enqueue(asked)
        diary.wait_for(failures=1)

        assert diary.failures == [Failure.of(asked, "LookupError: no such channel")]

    def test_a_step_that_raised_is_not_tried_again_when_its_process_died_of_something_else(
        self, place, diary
    ):
        deaths = [place.die]

        def fail():
            diary.write("tried")
            raise LookupError("no such channel")

        def handler(steps, _payload):
            try:
                steps.step("look", fail)
            finally:
                if deaths:
                    deaths.pop()()

        asked = work("k", kind="fail")
        place.runs.start({"fail": handler}, diary.hear)
        place.runs.enqueue(asked)
        diary.wait_for(lines=1)
        place.reopen()
        place.runs.start({"fail": handler}, diary.hear)
        diary.wait_for(failures=1)

        assert diary.lines == ["tried"]
        assert diary.failures == [Failure.of(asked, "LookupError: no such channel")]

    def test_work_without_a_handler_is_a_failure(self, place, diary, note):
        place.runs.start({"note": note}, diary.hear)
        place.runs.enqueue(work("k", kind="unheard of"))
        diary.wait_for(failures=1)

        assert "'unheard of'" in diary.failures[0].reason

    @pytest.mark.slow
    def test_a_failure_that_could_not_be_told_is_told_later(self, place, diary):
        refusals = [OSError("Slack is away"), OSError("Slack is away")]

        def hear(failure):
            if refusals:
                raise refusals.pop()
            diary.hear(failure)

        place.runs.start({}, hear)
        place.runs.enqueue(work("k", kind="unheard of"))
        diary.wait_for(failures=1)

        assert len(diary.failures) == 1

    def test_a_failure_whose_telling_died_is_told_by_the_next_process(self, place, diary):
        deaths = [place.die]

        def hear(failure):
            diary.hear(failure)
            if deaths:
                deaths.pop()()

        place.runs.start({}, hear)
        place.runs.enqueue(work("k", kind="unheard of"))
        diary.wait_for(failures=1)
        place.reopen()
        place.runs.start({}, hear)
        diary.wait_for(failures=2)

        assert diary.failures[0] == diary.failures[1]

    def test_work_that_processes_die_of_is_given_up_and_told(self, place, diary, note):
        def die(_steps, _payload):
            diary.write("begun")
            place.die()

        asked = work("poison", kind="die")
        place.runs.enqueue(asked)
        for life in range(ATTEMPTS):
            place.runs.start({"die": die}, diary.hear)
            diary.wait_for(lines=life + 1)
            place.reopen()
        place.runs.start({"die": die, "note": note}, diary.hear)
        place.runs.enqueue(work("next", n="next"))
        diary.wait_for(lines=ATTEMPTS + 1, failures=1)

        assert diary.lines == ["begun"] * ATTEMPTS + ["next"]
        assert diary.failures == [Failure.of(asked, f"the process died of it {ATTEMPTS} times", died=True)]

    @pytest.mark.slow
    def test_work_that_waits_for_its_time_does_not_hold_up_its_lane(self, place, diary, note):
        place.runs.start({"note": note}, diary.hear)
        place.runs.enqueue(work("later", n="later"), after=1.0)
        place.runs.enqueue(work("now", n="now"))
        diary.wait_for(lines=1)
        place.advance(2.0)
        diary.wait_for(lines=2)

        assert diary.lines == ["now", "later"]

    def test_a_cancelled_lane_is_empty_and_other_lanes_are_not(self, place, diary, note):
        place.runs.enqueue(work("1", n=1))
        place.runs.enqueue(work("2", n=2), after=0.1)
        place.runs.enqueue(work("3", lane="another", n=3))

        assert place.runs.cancel("a lane") == 2
        assert place.runs.cancel("a lane") == 0

        place.advance(1.0)
        place.runs.start({"note": note}, diary.hear)
        place.runs.enqueue(work("1", n="the key is used"))
        place.runs.enqueue(work("4", n=4))
        diary.wait_for(lines=2)

        assert set(diary.lines) == {3, 4}
        assert diary.failures == []

    def test_of_a_lane_only_some_works_can_be_cancelled(self, place, diary, note):
        place.runs.enqueue(work("1", n=1))
        place.runs.enqueue(work("2", n=2))

        assert place.runs.cancel("a lane", only=lambda asked: asked.payload["n"] == 1) == 1

        place.runs.start({"note": note}, diary.hear)
        diary.wait_for(lines=1)
        assert diary.lines == [2]

    def test_running_work_that_is_cancelled_stops_at_its_next_step(self, place, diary, note):
        def stop(steps, _payload):
            steps.step("cancel", lambda: diary.write(place.runs.cancel("a lane")))
            steps.step("never", lambda: diary.write("never"))

        place.runs.start({"stop": stop, "note": note}, diary.hear)
        place.runs.enqueue(work("k", kind="stop"))
        diary.wait_for(lines=1)
        place.runs.enqueue(work("next", n="next"))
        diary.wait_for(lines=2)

        assert diary.lines == [1, "next"]
        assert diary.failures == []

    def test_runs_start_once(self, place, diary):
        place.runs.start({}, diary.hear)

        with pytest.raises(RuntimeError, match="started before"):
            place.runs.start({}, diary.hear)
