"""Fiscal calendars, half-open periods and the ends of days."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.company import Fiscal
from reports.errors import BadInput
from reports.facts import Period
from reports.periods import NAMES, Calendar

TODAY = date(2026, 11, 23)
NEW_YORK = ZoneInfo("America/New_York")
CALENDAR = Calendar(Fiscal(), NEW_YORK)

calendars = st.builds(
    Calendar,
    st.builds(Fiscal, start_month=st.integers(1, 12), named_by=st.sampled_from(["ending", "starting"])),
    st.sampled_from([
        ZoneInfo(name)
        for name in ("UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Beirut")
    ]),
)  # fmt: skip
days = st.dates(date(2001, 1, 1), date(2098, 12, 31))


@dataclass(frozen=True)
class Case:
    name: str
    start: date
    end: date
    label: str
    fiscal: Fiscal = CALENDAR.fiscal


FEBRUARY = Fiscal(start_month=2, named_by="ending")
JULY = Fiscal(start_month=7, named_by="starting")
CASES = (
    Case("this-quarter", date(2026, 10, 1), date(2027, 1, 1), "FY26-Q4"),
    Case("last-quarter", date(2026, 7, 1), date(2026, 10, 1), "FY26-Q3"),
    Case("next-quarter", date(2027, 1, 1), date(2027, 4, 1), "FY27-Q1"),
    Case("this-month", date(2026, 11, 1), date(2026, 12, 1), "Nov 2026"),
    Case("last-month", date(2026, 10, 1), date(2026, 11, 1), "Oct 2026"),
    Case("this-year", date(2026, 1, 1), date(2027, 1, 1), "FY26"),
    Case("last-week", date(2026, 11, 16), date(2026, 11, 23), "week of 16 Nov 2026"),
    Case("trailing-12-months", date(2025, 11, 24), date(2026, 11, 24), "12 months to 23 Nov 2026"),
    Case("FY26-Q3", date(2026, 7, 1), date(2026, 10, 1), "FY26-Q3"),
    Case("fy2026-q3", date(2026, 7, 1), date(2026, 10, 1), "FY26-Q3"),
    Case("FY26", date(2026, 1, 1), date(2027, 1, 1), "FY26"),
    Case("Q2", date(2026, 4, 1), date(2026, 7, 1), "FY26-Q2"),
    Case("H2", date(2026, 7, 1), date(2027, 1, 1), "FY26-H2"),
    Case("2017-Q3", date(2017, 7, 1), date(2017, 10, 1), "2017-Q3"),
    Case("2017-02", date(2017, 2, 1), date(2017, 3, 1), "Feb 2017"),
    Case("2017-07-01..2017-09-30", date(2017, 7, 1), date(2017, 10, 1), "FY17-Q3"),
    Case("2017-07-04..2017-07-05", date(2017, 7, 4), date(2017, 7, 6), "4 Jul 2017 to 5 Jul 2017"),
    Case("2017-07-04", date(2017, 7, 4), date(2017, 7, 5), "4 Jul 2017"),
    Case("this-quarter", date(2026, 11, 1), date(2027, 2, 1), "FY27-Q4", FEBRUARY),
    Case("FY27", date(2026, 2, 1), date(2027, 2, 1), "FY27", FEBRUARY),
    Case("2017-Q3", date(2017, 7, 1), date(2017, 10, 1), "2017-Q3", FEBRUARY),
    Case("this-quarter", date(2026, 10, 1), date(2027, 1, 1), "FY26-Q2", JULY),
    Case("FY26-Q4", date(2027, 4, 1), date(2027, 7, 1), "FY26-Q4", JULY),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} from {case.fiscal.start_month}")
def test_a_name_means_these_days(case):
    found = Calendar(case.fiscal, NEW_YORK).parse(case.name, TODAY)

    assert found == Period(label=case.label, start=case.start, end=case.end)


def test_an_unknown_name_lists_the_nearest_first():
    with pytest.raises(BadInput, match=r"unknown period 'this-quater'; try: this-quarter, "):
        CALENDAR.parse("this-quater", TODAY)


@pytest.mark.parametrize(
    "name", ["FY26-Q5", "2017-Q0", "2017-13", "2017-09-30..2017-07-01", "2017-02-30", "FY26-H3"]
)
def test_days_that_do_not_exist_are_refused_by_name(name):
    with pytest.raises(BadInput, match=name.replace(".", r"\.")):
        CALENDAR.parse(name, TODAY)


@given(calendars, days)
def test_a_fiscal_year_is_four_quarters_that_touch(calendar, day):
    year = calendar.year(day)
    quarters = calendar.quarters(year)

    assert len(quarters) == 4
    assert (quarters[0].start, quarters[-1].end) == (year.start, year.end)
    assert all(earlier.end == later.start for earlier, later in itertools.pairwise(quarters))
    assert [quarter.label for quarter in quarters] == [f"{year.label}-Q{number}" for number in (1, 2, 3, 4)]
    assert year.start <= day < year.end


@given(calendars, days)
def test_a_label_of_a_period_names_that_period(calendar, day):
    for period in (calendar.quarter(day), calendar.year(day)):
        assert calendar.parse(period.label, day) == period


@given(calendars, days)
def test_next_undoes_previous(calendar, day):
    for period in (calendar.quarter(day), calendar.month(day), calendar.year(day), calendar.week(day)):
        assert calendar.next(calendar.previous(period)) == period
        assert calendar.previous(period).end == period.start


@given(calendars, days)
def test_every_day_ends_when_the_next_begins(calendar, day):
    assert calendar.day(calendar.start_of(day)) == day
    assert calendar.day(calendar.end_of(day)) == day
    assert calendar.end_of(day) + timedelta(microseconds=1) == calendar.start_of(day + timedelta(days=1))


def test_days_of_a_clock_change_last_23_and_25_hours():
    for day, hours in ((date(2026, 3, 8), 23), (date(2026, 11, 1), 25)):
        assert CALENDAR.start_of(day + timedelta(days=1)) - CALENDAR.start_of(day) == timedelta(hours=hours)


def test_a_week_back_is_the_same_time_of_day_across_a_clock_change():
    monday = datetime(2026, 11, 2, 13, 30, tzinfo=UTC)

    assert CALENDAR.back(monday, days=7) == datetime(2026, 10, 26, 12, 30, tzinfo=UTC)


@given(calendars, days)
def test_a_normalised_day_lies_from_0_to_89(calendar, day):
    quarter = calendar.quarter(day)

    assert 0 <= calendar.normalised_day(day) <= 89
    assert calendar.normalised_day(quarter.start) == 0
    assert calendar.normalised_day(quarter.end - timedelta(days=1)) in {88, 89}


def test_the_trailing_year_of_a_leap_day_begins_the_day_after_last_february():
    found = CALENDAR.parse("trailing-12-months", date(2028, 2, 28))
    leap = CALENDAR.parse("trailing-12-months", date(2028, 2, 29))

    assert (found.start, found.end) == (date(2027, 2, 28), date(2028, 2, 29))
    assert (leap.start, leap.end) == (date(2027, 3, 1), date(2028, 3, 1))


def test_a_period_that_is_not_whole_quarters_has_none():
    assert CALENDAR.quarters(CALENDAR.month(TODAY)) == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_listed_name_is_known_whatever_its_case(name):
    assert CALENDAR.parse(f" {name.upper()} ", TODAY) == CALENDAR.parse(name, TODAY)
