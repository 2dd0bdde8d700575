"""What schedules of every engine do."""

from __future__ import annotations

import pytest


class SchedulesContract:
    """Mixed into the tests of an engine, beside its other contract."""

    @pytest.mark.slow
    def test_a_schedule_fires_with_its_name_and_the_instant_in_its_zone(self, place, diary):
        place.runs.start({"tick": lambda _steps, payload: diary.write(payload)}, diary.hear)
        place.runs.every("the minute", "* * * * * *", zone="Asia/Kathmandu", kind="tick")
        place.advance(2.0)
        diary.wait_for(lines=2)

        assert {line["name"] for line in diary.lines} == {"the minute"}
        assert all(line["due"].endswith("+05:45") for line in diary.lines)
        assert len({line["due"] for line in diary.lines}) == len(diary.lines)

    @pytest.mark.slow
    def test_a_schedule_ends_with_its_process(self, place, diary, note):
        place.runs.every("old", "* * * * * *", zone="UTC", kind="tick")
        place.reopen()
        place.runs.start({"tick": lambda _steps, payload: diary.write(payload["name"])}, diary.hear)
        place.runs.every("new", "* * * * * *", zone="UTC", kind="tick")
        place.advance(2.0)
        diary.wait_for(lines=2)

        assert set(diary.lines) == {"new"}

    @pytest.mark.slow
    def test_a_schedule_of_the_same_name_replaces_the_first(self, place, diary):
        place.runs.start({"tick": lambda _steps, _: diary.write("second")}, diary.hear)
        place.runs.every("s", "* * * * * *", zone="UTC", kind="first")
        place.runs.every("s", "* * * * * *", zone="UTC", kind="tick")
        place.advance(2.0)
        diary.wait_for(lines=2)

        assert set(diary.lines) == {"second"}
        assert diary.failures == []

    @pytest.mark.slow
    def test_a_schedule_that_is_forgotten_does_not_fire(self, place, diary):
        place.runs.start({"tick": lambda _steps, payload: diary.write(payload["name"])}, diary.hear)
        place.runs.every("gone", "* * * * * *", zone="UTC", kind="tick")
        place.runs.forget("gone")
        place.runs.forget("never there")
        place.runs.every("here", "* * * * * *", zone="UTC", kind="tick")
        place.advance(2.0)
        diary.wait_for(lines=2)

        assert set(diary.lines) == {"here"}

    @pytest.mark.parametrize(
        "cron, zone", [("at eight", "UTC"), ("61 * * * *", "UTC"), ("0 8 * * *", "Atlantis/Poseidonis")]
    )
    def test_a_schedule_that_means_nothing_is_refused_by_name(self, place, cron, zone):
        with pytest.raises(ValueError, match=r"'weekly'.*" + f"{cron[0]}"):
            place.runs.every("weekly", cron, zone=zone, kind="tick")

    @pytest.mark.slow
    def test_a_schedule_outlives_a_meaningless_successor(self, place, diary):
        place.runs.start({"tick": lambda _steps, payload: diary.write(payload["name"])}, diary.hear)
        place.runs.every("weekly", "* * * * * *", zone="UTC", kind="tick")
        with pytest.raises(ValueError, match="at eight"):
            place.runs.every("weekly", "at eight", zone="UTC", kind="tick")
        place.advance(2.0)
        diary.wait_for(lines=2)

        assert set(diary.lines) == {"weekly"}
