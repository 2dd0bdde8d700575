"""What people say when they want something to come by itself."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedules.words import POSSIBLE, TOO_OFTEN, read

TODAY = date(2026, 11, 23)
MONDAYS = {"every": "week", "weekdays": (0,)}
NINE = {"at": time(9)}


@pytest.mark.parametrize(
    "text, expected",
    [
        (
            "schedule weekly every monday 08:30 in #emea-sales emea",
            {**MONDAYS, "text": "weekly emea", "place": "#emea-sales"},
        ),
        ("send this every friday to the leads", {"weekdays": (4,), "this": True, "place": "the leads"}),
        ("every friday at 16:00 send this here", {"at": time(16), "this": True, "place": "here"}),
        ("send me pipeline emea every workday at 9", {**NINE, "every": "workday", "place": "me"}),
        ("pipeline emea daily 7am Berlin", {"every": "day", "at": time(7), "zone": "Europe/Berlin"}),
        ("mondays and thursdays at 9: coverage by region", {**NINE, "weekdays": (0, 3)}),
        ("coverage by region on tue, thu & fri at 9", {**NINE, "weekdays": (1, 3, 4)}),
        ("weekly monday to friday 9am sydney", {**NINE, "weekdays": (0, 1, 2, 3, 4), "text": "weekly"}),
        ("schedule weekly monthly on the 1st at 9", {**NINE, "every": "month", "day": 1, "text": "weekly"}),
        ("wins this month every month on the last day at 9", {**NINE, "every": "month", "day": 31}),
        (
            "deals over 100k closing this month every 15th of the month at 9",
            {**NINE, "day": 15, "text": "deals over 100k closing this month"},
        ),
        (
            "weekly on the first working day of each month at 8:15 ET",
            {"every": "first_workday", "at": time(8, 15), "zone": "America/New_York", "text": "weekly"},
        ),
        ("send win rate monthly every monday", {**MONDAYS, "text": "win rate monthly"}),
        ("Weekly Mondays 8:30 pm new york time please", {**MONDAYS, "text": "Weekly", "at": time(20, 30)}),
        ("send weekly to leadership every monday at noon", {"place": "leadership", "at": time(12)}),
        ("weekly every monday at 9 in emea-sales", {**NINE, "place": "emea-sales", "text": "weekly"}),
        ("what slipped last week every friday 4 pm to me", {"text": "what slipped last week", "place": "me"}),
        ("daily digest emea at 9 in #emea-sales", {**NINE, "what": "digest", "every": "day", "text": "emea"}),
        ("tell me when a commit deal slips", {"what": "alert", "text": "a commit deal slips", "place": "me"}),
        ("let me know if coverage of emea drops below 1.5", {"text": "coverage of emea drops below 1.5"}),
        ("weekly every monday at 9 in #x even if not reviewed", {"unreviewed": "post", "text": "weekly"}),
        (
            "can you post weekly emea here every monday morning?",
            {**MONDAYS, "text": "weekly emea", "at": time(8, 30)},
        ),
        ("what slipped every friday afternoon", {"weekdays": (4,), "text": "what slipped", "at": time(18)}),
        ("email me the weekly every monday at 9", {**MONDAYS, **NINE, "text": "weekly", "place": "me"}),
        (
            "I'd like pipeline by region each Monday at 9:00 CET",
            {"zone": "Europe/Berlin", "text": "pipeline by region"},
        ),
        ("monthly forecast on the 15th at 9", {"every": "month", "day": 15, "text": "forecast"}),
        ("schedule: weekly emea | monday 08:30 | #emea-sales", {**MONDAYS, "text": "weekly emea"}),
        ("pipeline every day except weekends at 9", {"every": "workday", "text": "pipeline"}),
        ("tell us what changed every friday at 9", {"place": "", "text": "what changed"}),
        ("schedule weekly emea", {"every": None, "text": "weekly emea"}),
        ("weekly at 9", {**NINE, **MONDAYS, "text": "weekly"}),
    ],
)
def test_words_are_read(text: str, expected: dict[str, object]):
    found = read(text, today=TODAY)

    assert found.problem == ""
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    "text, said",
    [
        ("weekly every monday", ("You said no time, so I took 08:30.",)),
        ("my deals every evening", ("You said no time, so I took 18:00.",)),
        (
            "weekly every week at 9",
            ("You named no day of the week, so I took Monday.",),
        ),
        ("weekly every month at 9", ("You named no day of the month, so I took the 1st.",)),
        ("digest at 9", ("You said no days, so I took every working day.",)),
        ("weekly every monday at 9", ()),
    ],
)
def test_what_was_not_said_is_filled_in_aloud(text: str, said: tuple[str, ...]):
    assert read(text, today=TODAY).said == said


@pytest.mark.parametrize(
    "text, problem",
    [
        ("weekly on the last friday", f"I cannot do “the last friday”. {POSSIBLE}."),
        ("weekly every other monday at 9", f"I cannot do “every other monday”. {POSSIBLE}."),
        ("pipeline quarterly", f"I cannot do “quarterly”. {POSSIBLE}."),
        ("pipeline every minute", TOO_OFTEN),
        ("pipeline every 5 minutes to me", TOO_OFTEN),
        ("hourly pipeline", TOO_OFTEN),
        ("pipeline twice a day", TOO_OFTEN),
        (
            "weekly emea every monday and pipeline every friday",
            "You named days twice. Say one schedule at a time, each with its own days and time.",
        ),
        ("weekly every day at 25:00", "“at 25:00” is no time of day. Write it like 08:30 or 5 pm."),
        (
            "weekly yesterday at 9",
            "“yesterday” is past. Say on which days it shall come from now on, for example “every Monday 08:30”.",
        ),
        (
            "weekly on 1 Nov 2026 at 9",
            "“on 1 Nov 2026” is past. Say on which days it shall come from now on, for example “every Monday 08:30”.",
        ),
        (
            "weekly every monday starting 2026-01-05",
            "“starting 2026-01-05” is past. Say on which days it shall come from now on, for example “every Monday 08:30”.",
        ),
        (
            "weekly on 1 Dec at 9",
            f"I keep what comes again and again, not a single date like “on 1 Dec”. {POSSIBLE}; to get it once, ask for it then.",
        ),
        (
            "weekly every monday from 7 Dec",
            "I keep no “from 7 Dec”: a schedule begins with its next date, and comes until you press Pause or Delete.",
        ),
    ],
)
def test_what_is_not_possible_is_said_with_what_is(text: str, problem: str):
    assert read(text, today=TODAY).problem == problem


@given(st.text(max_size=120) | st.lists(
    st.sampled_from("every weekly monday at 9 08:30 the last first day of month in #x to me on 31 Dec pm ET send".split()),
    max_size=12,
).map(" ".join))  # fmt: skip
def test_any_words_are_read_or_refused_with_a_sentence(text: str):
    found = read(text, today=TODAY)

    assert found.problem or found.rhythm("UTC").zone


@pytest.mark.parametrize(
    "text, at, zone",
    [
        ("weekly every monday 9am IST", time(9), "Asia/Kolkata"),
        ("weekly every monday 9am AEDT", time(9), "Australia/Sydney"),
        ("weekly every monday 9:00 JST", time(9), "Asia/Tokyo"),
        ("weekly every monday 0830", time(8, 30), ""),
        ("weekly every monday at 830", time(8, 30), ""),
        ("weekly every monday at nine", time(9), ""),
        ("weekly every monday at eight pm sgt", time(20), "Asia/Singapore"),
        ("deals over 1500 every monday at 9", time(9), ""),
    ],
)
def test_times_and_zones_are_read_as_people_write_them(text: str, at: time, zone: str):
    found = read(text, today=TODAY)

    assert (found.problem, found.at, found.zone) == ("", at, zone)


@pytest.mark.parametrize(
    "text, told",
    [
        ("weekly every monday 9am UTC+2", "I do not know the time zone “UTC+2”."),
        ("weekly every monday 9am my time", "I do not know the time zone “my time”."),
        ("weekly every monday 9am XST", "I do not know the time zone “XST”."),
        ("weekly every monday 9", "If “9” is the time, write it like “9:00” or “9am”."),
        ("weekly every monday 8.30 in #emea-sales", "If “8.30” is the time, write it like “8:30”"),
    ],
)
def test_a_time_or_a_zone_that_cannot_be_read_is_named_as_the_cause(text: str, told: str):
    assert told in read(text, today=TODAY).problem


@pytest.mark.parametrize(
    "text",
    [
        "every monday at 9 please send the weekly emea .",
        "weekly emea -> every monday at 9",
        "weekly emea every monday at 9 →",
    ],
)
def test_what_is_only_said_around_it_is_no_part_of_its_title(text: str):
    assert read(text, today=TODAY).text == "weekly emea"
