from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedules import Rhythm
from bot.schedules.rhythm import dated, due, following, instant, left_out, ordinal, said

ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Chatham",
)
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
STARTS = st.integers(0, 730 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
THANKSGIVING = date(2026, 11, 26)


def daily(at: time, zone: str) -> Rhythm:
    return Rhythm(every="day", at=at, zone=zone)


def first(rhythm: Rhythm, after: datetime, count: int = 1, holidays: tuple[date, ...] = ()) -> list[str]:
    found = islice(following(rhythm, after, holidays=holidays), count)
    return [dated(one, rhythm.zone) for one in found]


@given(zone=st.sampled_from(ZONES), at=TIMES, start=STARTS)
def test_a_daily_rhythm_comes_once_on_each_day_of_a_year(zone: str, at: time, start: datetime):
    found = list(islice(following(daily(at, zone), start), 366))

    days = [one.date() for one in found]
    assert days == [days[0] + timedelta(days=number) for number in range(366)]
    instants = [one.astimezone(UTC) for one in found]
    assert instants[0] > start
    assert instants[0] - start <= timedelta(hours=25)
    assert all(one < other for one, other in pairwise(instants))
    late = [one for one in found if one.time() != at]
    assert all(one.time() > at for one in late)
    assert len(late) <= 2


@given(zone=st.sampled_from(ZONES), at=TIMES, start=STARTS, cut=st.integers(0, 400))
def test_a_year_that_is_looked_at_in_two_parts_holds_each_instant_once(
    zone: str, at: time, start: datetime, cut: int
):
    rhythm, middle, end = daily(at, zone), start + timedelta(days=cut), start + timedelta(days=400)

    whole = due(rhythm, start, end)
    assert due(rhythm, start, middle) + due(rhythm, middle, end) == whole
    assert 399 <= len(whole) <= 401


def test_an_instant_that_is_past_is_not_due_again():
    rhythm, now = daily(time(8, 30), "UTC"), datetime(2026, 11, 23, 8, 30, tzinfo=UTC)

    assert due(rhythm, now, now + timedelta(hours=1)) == ()
    assert due(rhythm, now - timedelta(minutes=1), now) == (now,)


@pytest.mark.parametrize(
    "zone, day, at, after",
    [
        (NEW_YORK, date(2027, 3, 14), time(2, 30), "03:00-0400"),
        (BERLIN, date(2027, 3, 28), time(2, 30), "03:00+0200"),
        ("Australia/Sydney", date(2026, 10, 4), time(2, 0), "03:00+1100"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "02:30+1100"),
        ("Pacific/Chatham", date(2026, 9, 27), time(3, 0), "03:45+1345"),
        ("Asia/Kathmandu", date(2026, 10, 4), time(2, 30), "02:30+0545"),
    ],
)
def test_a_time_that_clocks_leave_out_is_the_first_instant_after_the_gap(
    zone: str, day: date, at: time, after: str
):
    assert f"{instant(day, at, ZoneInfo(zone)):%H:%M%z}" == after


@pytest.mark.parametrize(
    "zone, day, at, offset",
    [
        (NEW_YORK, date(2026, 11, 1), time(1, 30), "-0400"),
        (BERLIN, date(2026, 10, 25), time(2, 30), "+0200"),
        ("Australia/Sydney", date(2026, 4, 5), time(2, 30), "+1100"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "+1100"),
        ("Pacific/Chatham", date(2026, 4, 5), time(3, 0), "+1345"),
    ],
)
def test_a_time_that_clocks_show_twice_is_its_first(zone: str, day: date, at: time, offset: str):
    assert f"{instant(day, at, ZoneInfo(zone)):%H:%M%z}" == f"{at:%H:%M}{offset}"


def test_a_time_of_day_stays_over_the_change_of_clocks():
    mondays = Rhythm(every="week", weekdays=(0,), at=time(8, 30), zone=BERLIN)

    assert first(mondays, datetime(2026, 10, 19, 12, tzinfo=UTC), 2) == [
        "Mon 26 Oct 08:30 CET",
        "Mon 2 Nov 08:30 CET",
    ]
    assert first(mondays, datetime(2026, 10, 18, 12, tzinfo=UTC)) == ["Mon 19 Oct 08:30 CEST"]


def test_the_night_on_which_a_time_is_left_out_is_known_beforehand():
    now = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)

    found = left_out(daily(time(2, 30), NEW_YORK), now)
    assert found is not None
    assert dated(found, NEW_YORK) == "Sun 14 Mar 03:00 ET"
    assert left_out(daily(time(8, 30), NEW_YORK), now) is None


def test_working_days_leave_out_weekends_and_holidays():
    rhythm = Rhythm(every="workday", at=time(9), zone=NEW_YORK)

    assert first(rhythm, datetime(2026, 11, 25, 20, tzinfo=UTC), 2, (THANKSGIVING,)) == [
        "Fri 27 Nov 09:00 ET",
        "Mon 30 Nov 09:00 ET",
    ]


def test_a_weekly_rhythm_comes_on_a_holiday_too_unless_that_date_is_skipped():
    rhythm = Rhythm(every="week", weekdays=(3,), at=time(9), zone=NEW_YORK)
    now = datetime(2026, 11, 23, 13, tzinfo=UTC)

    assert first(rhythm, now, 1, (THANKSGIVING,)) == ["Thu 26 Nov 09:00 ET"]
    skipped = next(following(rhythm, now, skips=(THANKSGIVING,)))
    assert dated(skipped, NEW_YORK) == "Thu 3 Dec 09:00 ET"


@pytest.mark.parametrize(
    "rhythm, expected",
    [
        (
            Rhythm(every="month", day=31, at=time(8), zone=BERLIN),
            ["Sun 31 Jan 08:00 CET", "Sun 28 Feb 08:00 CET"],
        ),
        (
            Rhythm(every="month", day=1, at=time(8), zone=BERLIN),
            ["Fri 1 Jan 08:00 CET", "Mon 1 Feb 08:00 CET"],
        ),
        (
            Rhythm(every="first_workday", at=time(8), zone=BERLIN),
            ["Mon 4 Jan 08:00 CET", "Mon 1 Feb 08:00 CET"],
        ),
    ],
)
def test_months_are_as_long_as_they_are(rhythm: Rhythm, expected: list[str]):
    assert first(rhythm, datetime(2026, 12, 31, 12, tzinfo=UTC), 2, (date(2027, 1, 1),)) == expected


def test_a_rhythm_is_said_in_words():
    near = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)

    assert [said(one, near=near) for one in (
        Rhythm(every="week", weekdays=(0, 3), at=time(9), zone=BERLIN),
        Rhythm(every="month", day=31, at=time(9), zone=NEW_YORK),
        Rhythm(every="month", day=22, at=time(9), zone="UTC"),
        Rhythm(every="first_workday", at=time(9), zone=NEW_YORK),
        Rhythm(every="workday", at=time(9), zone=NEW_YORK),
        daily(time(7), NEW_YORK),
    )] == [
        "every Monday and Thursday at 09:00 CET",
        "on the last day of each month at 09:00 ET",
        "on the 22nd of each month at 09:00 UTC",
        "on the first working day of each month at 09:00 ET",
        "every working day at 09:00 ET",
        "every day at 07:00 ET",
    ]  # fmt: skip
    assert [ordinal(number) for number in (1, 2, 3, 11, 12, 13, 21, 23)] == [
        "1st", "2nd", "3rd", "11th", "12th", "13th", "21st", "23rd",
    ]  # fmt: skip


@pytest.mark.parametrize("zone, called", [("Asia/Kathmandu", "Kathmandu"), ("Pacific/Chatham", "Chatham")])
def test_a_zone_without_letters_is_called_by_its_place(zone: str, called: str):
    rhythm = Rhythm(every="day", at=time(9), zone=zone)
    near = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)

    assert said(rhythm, near=near) == f"every day at 09:00 {called}"
    assert dated(near, zone).endswith(f" {called}")
