"""Fourteen weeks in which everything comes by itself: six zones, clocks that change, a process that dies, two days away."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest

from connectors.demo.standing import fold
from connectors.records import Status
from reports.deck import Deck
from tests.fakes.slack.seen import Seen, text_of
from tests.scenarios.slack.asking import EVERYBODY, letters
from tests.scenarios.slack.conftest import PEOPLE
from tests.scenarios.slack.quarter.expected import instants, weekdays
from tests.scenarios.slack.quarter.played import BEGIN, END, Quarter, quarter

DANA, KATRIN, MARCUS, JONAS, PRIYA = PEOPLE
LEADERS, EMEA = "CLEADERS", "CEMEA"
# While nothing runs: a Monday's weekly is missed in it, a Wednesday's answer comes late. So long after its time it still does.
AWAY, BACK = datetime(2026, 10, 5, 11, tzinfo=UTC), datetime(2026, 10, 7, 11, tzinfo=UTC)
GRACE = timedelta(hours=6)
MONDAYS, WEDNESDAYS, THURSDAYS, SUNDAYS = (weekdays(BEGIN.date(), END.date(), day) for day in (0, 2, 3, 6))
# What Dana does about the weekly of each Monday: in one week of three she says that it looks right the evening before;
# in one she publishes what was held, an hour late; in one she lets it be.
RIGHT, LATER, NOT = "Looks right", "Publish", "Not this time"
WISHES = (RIGHT, LATER, NOT)
_SEED = 4
NUDGED, STARTED = datetime(2026, 9, 8, 14, tzinfo=UTC), datetime(2026, 10, 19, 14, tzinfo=UTC)
GOAL = "get every commit deal a next step by friday"
# What becomes of the action of each week, and the button that says so; an open one is left alone.
OUTCOMES = ("done", "moved", "open", "not mine")
BUTTONS = {"done": "Done", "moved": "Move", "not mine": "Not mine"}
NAMES = tuple(
    "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar".split()
)


@dataclass(frozen=True)
class Wish:
    """A schedule as somebody asked for it, and when it should come by a second reckoning."""

    who: str
    text: str
    zone: str
    days: Collection[date]
    at: time
    channel: str = ""
    holds: str = ""

    def due(self) -> tuple[datetime, ...]:
        return instants(self.zone, self.days, self.at, since=BEGIN, until=END)


WEEKLY = Wish(
    DANA,
    "schedule weekly every monday 08:30 in #sales-leadership",
    "America/New_York",
    MONDAYS,
    time(8, 30),
    LEADERS,
    "short of|ahead of",
)
REGION = Wish(
    KATRIN,
    "schedule weekly emea every monday 08:30 Berlin in #emea-sales even if not reviewed",
    "Europe/Berlin",
    MONDAYS,
    time(8, 30),
    EMEA,
    "EMEA",
)
FORECAST = Wish(
    DANA,
    "schedule forecast every thursday 15:00 Sydney in #sales-leadership even if not reviewed",
    "Australia/Sydney",
    THURSDAYS,
    time(15),
    LEADERS,
    "rolls up to",
)
MINE = Wish(
    JONAS,
    "schedule my deals every monday 07:30 london to me",
    "Europe/London",
    MONDAYS,
    time(7, 30),
    holds="deals",
)
CHANGES = Wish(
    PRIYA,
    "schedule pipeline every wednesday at 12:15 kathmandu to me",
    "Asia/Kathmandu",
    WEDNESDAYS,
    time(12, 15),
    holds="Open pipeline",
)
# On the last Sunday of September the clocks of Chatham leave out 02:45 to 03:45.
GAP = Wish(
    MARCUS,
    "schedule pipeline every sunday 03:15 chatham to me",
    "Pacific/Chatham",
    SUNDAYS,
    time(3, 15),
    holds="Open pipeline",
)
ANSWERS = (MINE, CHANGES, GAP)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    """Play the quarter once for all these tests."""
    with quarter(tmp_path_factory.mktemp("quarter") / "home") as opened:
        opened.at.confirm(*EVERYBODY)
        for wish in (WEEKLY, REGION, FORECAST, *ANSWERS):
            assert "Saved" in text_of(opened.say(wish.who, wish.text, "Save")), wish.text
        _play(opened, random.Random(_SEED))
        yield opened


def _play(q: Quarter, chance: random.Random) -> None:
    """Let the weeks go by: people do what they do, and twice a week the process dies in the middle of something."""
    for at, do in sorted(_timeline(chance), key=lambda item: item[0]):
        q.until(at)
        do(q)
    q.until(END)


def _timeline(chance: random.Random) -> Iterator[tuple[datetime, Callable[[Quarter], object]]]:
    yield BEGIN, lambda q: q.at.dm(KATRIN, "emea commit 1.9 best 2.3")
    yield BEGIN, lambda q: q.at.dm(DANA, "i call q3 at 5.0")
    yield datetime(2026, 9, 7, 15, tzinfo=UTC), lambda q: q.at.dm(KATRIN, "emea commit 1.6")
    yield NUDGED, lambda q: q.say(DANA, "nudge everyone with past due close dates", "Send")
    yield STARTED, lambda q: q.say(DANA, GOAL, "Start")
    yield AWAY, lambda q: q.away(BACK)
    for week, due in enumerate(WEEKLY.due()):
        wish = WISHES[week % 3]
        if wish == RIGHT:
            yield due - timedelta(minutes=30), lambda q: q.press(DANA, _previews(q)[-1], RIGHT)
        elif not AWAY < due < BACK:
            yield (
                due + timedelta(hours=1),
                lambda q, wish=wish: q.press(DANA, q.said(DANA, "is held")[-1], wish),
            )
        yield from _of_week(week, due)
        for day in sorted(chance.sample(range(1, 6), 2)):
            death = due + timedelta(days=day, minutes=chance.randrange(0, 720, 15))
            place = chance.randrange(4)
            yield death, lambda q, place=place: q.die(place)
        yield due + timedelta(days=5, hours=20), lambda q: q.at.restart()


def _of_week(week: int, due: datetime) -> Iterator[tuple[datetime, Callable[[Quarter], object]]]:
    """Yield an action that Jonas gets on a Monday, due on Wednesday, and what he does with it after he was reminded."""
    if AWAY - timedelta(days=1) < due < BACK:
        return
    name, then = NAMES[week], OUTCOMES[week % 4]
    yield due + timedelta(hours=2), lambda q: q.at.dm(DANA, f"remind jonas wednesday to clear {name}")
    if then != "open":
        yield due + timedelta(days=2), lambda q: _answer(q, name, then)


def _answer(q: Quarter, name: str, then: str) -> None:
    reminder = q.said(JONAS, f"Due today: “Clear {name}”")[-1]
    q.press(JONAS, reminder, BUTTONS[then])
    if then == "moved":
        shown = next(seen for seen in q.at.slack.seen_by(JONAS) if seen.kind == "modal")
        friday = q.clock.at.date() + timedelta(days=2)
        q.at.slack.submit(JONAS, shown.view, {"day": friday.isoformat()})
        q.settle()


def _previews(q: Quarter) -> list[Seen]:
    return [one for one in q.said(DANA, "Preview for #sales-leadership") if "rolls up to" not in one.text]


def _posts(q: Quarter, wish: Wish) -> list[datetime]:
    """Return when a schedule's report or answer came, where it was to come."""
    return [
        q.when(one)
        for one in q.said(wish.who)
        if one.kind == "message"
        and one.thread_ts in (None, one.ts)
        and (one.channel == wish.channel if wish.channel else "Comes every" in text_of(one))
        and re.search(wish.holds, one.text)
        and not (wish is WEEKLY and "rolls up to" in one.text)
    ]


def _near(found: list[datetime], due: datetime, within: timedelta = timedelta(minutes=15)) -> int:
    return sum(due <= at <= due + within for at in found)


def _missed(q: Quarter, wish: Wish) -> list[str]:
    """Return the days on which somebody was told that something of theirs did not come."""
    said = wish.text.removeprefix("schedule ").split(" every ")[0]
    lines = [line for one in q.said(wish.who, "This did not come") for line in text_of(one).splitlines()]
    return [
        day
        for line in lines
        if f"“{said}”" in line
        for day in re.findall(r"\d+ [A-Z][a-z]{2} \d\d:\d\d", line)
    ]


def _zone(wish: Wish) -> ZoneInfo:
    return ZoneInfo(wish.zone)


def _shown(wish: Wish, due: datetime) -> str:
    return f"{due.astimezone(_zone(wish)):%-d %b %H:%M}"


def test_the_process_died_in_the_middle_of_things_and_nothing_was_said_twice(played: Quarter):
    assert played.deaths >= 10
    assert played.twice(*PEOPLE) == []


@pytest.mark.parametrize("wish", [REGION, FORECAST, *ANSWERS], ids=lambda wish: wish.zone)
def test_every_one_came_once_at_its_hour_or_was_reported_missed(played: Quarter, wish: Wish):
    found, missed = _posts(played, wish), _missed(played, wish)
    gone = [due for due in wish.due() if AWAY < due < BACK - GRACE]
    late = [due for due in wish.due() if BACK - GRACE <= due < BACK]
    assert len(late) == (wish is CHANGES)
    came = [due for due in wish.due() if due not in gone]

    # The clock goes on in half hours, so what is late comes half an hour after the process is back.
    within = {due: BACK - due + timedelta(minutes=45) for due in late}
    counts = [_near(found, due, within.get(due, timedelta(minutes=15))) for due in came]
    assert counts == [1] * len(came)
    assert len(found) == len(came)
    assert all(at >= BACK for at in found if any(due < at < due + GRACE for due in late))
    assert missed == [_shown(wish, due) for due in gone]


def test_the_weekly_is_published_held_or_dropped_as_its_owner_says(played: Quarter):
    posts = _posts(played, WEEKLY)
    told = Counter(
        re.findall(
            r"was due Mon (\d+ \w+) 08:30", "\n".join(one.text for one in played.said(DANA, "is held"))
        )
    )
    dues = [(due, WISHES[week % 3]) for week, due in enumerate(WEEKLY.due()) if not AWAY < due < BACK]

    assert len(dues) == len(WEEKLY.due()) - 1
    assert [_near(posts, due) for due, wish in dues if wish == RIGHT] == [1] * sum(
        wish == RIGHT for _, wish in dues
    )
    assert [_near(posts, due + timedelta(hours=1)) for due, wish in dues if wish == LATER] == [1] * sum(
        wish == LATER for _, wish in dues
    )
    assert len(posts) == sum(wish != NOT for _, wish in dues)
    assert told == {f"{due.astimezone(_zone(WEEKLY)):%-d %b}": 1 for due, wish in dues if wish != RIGHT}
    assert _missed(played, WEEKLY) == [_shown(WEEKLY, due) for due in WEEKLY.due() if AWAY < due < BACK]


def test_each_preview_came_once_on_the_evening_before(played: Quarter):
    found = [played.when(one) for one in _previews(played)]
    _, *later = instants(WEEKLY.zone, MONDAYS, WEEKLY.at, since=BEGIN, until=END + timedelta(days=1))

    assert _near(found, BEGIN, timedelta(hours=1)) == 1
    assert [_near(found, due - timedelta(hours=14, minutes=30)) for due in later] == [1] * len(later)
    assert len(found) == len(later) + 1


def test_an_action_is_due_once_and_stands_in_the_next_weekly_as_it_is(played: Quarter):
    given = [week for week, due in enumerate(WEEKLY.due()) if not AWAY - timedelta(days=1) < due < BACK]
    # The one that says it is theirs, and one on the day that it is due.
    told = [
        sum(one.channel.startswith("D") for one in played.said(JONAS, f"“Clear {NAMES[week]}”"))
        for week in given
    ]
    decks = {deck.as_of.date(): deck for deck in _decks(played, _previews(played))}

    assert told == [3 if OUTCOMES[week % 4] == "moved" else 2 for week in given]
    for week in given:
        after = [
            deck for day, deck in sorted(decks.items()) if day > WEEKLY.due()[week].date() + timedelta(days=3)
        ]
        table = next(block for block in after[0].slides[-1].blocks if block.id == "actions")
        rows = {row.cells[0].text: row.cells[-1].text for row in table.rows}
        wanted = {"not mine": "open"}.get(OUTCOMES[week % 4], OUTCOMES[week % 4])
        assert rows.get(f"Clear {NAMES[week]}") == wanted, (week, rows)


def test_a_nudge_and_a_goal_asked_nobody_twice_a_day_and_reported_once(played: Quarter):
    asked = Counter((who, played.when(one).date()) for who in EVERYBODY for one in letters(played.at, who))
    (report,) = [one for one in played.said(DANA) if re.match(r"\d+ of \d+ answered by", one.text)]
    (over,) = [
        one
        for one in played.said(DANA, f"Goal “{GOAL}” is")
        if "is over" in one.text or "is reached" in one.text
    ]

    assert asked
    assert set(asked.values()) == {1}
    assert played.when(report) == datetime(2026, 9, 9, 12, 30, tzinfo=UTC)
    assert STARTED < played.when(over) <= datetime(2026, 10, 23, 21, 15, tzinfo=UTC)


def test_the_error_of_each_call_is_that_of_a_second_reckoning(played: Quarter):
    """On day 49 of Q4 the deck shows how the calls that stood on day 49 of Q3 did; a later call is no part of that."""
    last = _decks(played, _top(played, LEADERS, "rolls up to"))[-1]
    said = "\n".join(
        line.text
        for slide in last.slides
        for block in slide.blocks
        if block.id == "so-what"
        for line in block.lines
    )
    emea, everywhere = (_won(played, region) for region in ("EMEA", None))

    assert f"Katrin Vogelsang for EMEA: {_share(Decimal(1900000), emea)} in FY26-Q3" in said
    assert f"Dana Whitcombe: {_share(Decimal(5000000), everywhere)} in FY26-Q3" in said


def _won(q: Quarter, region: str | None) -> Decimal:
    """Return what was won in July, August and September, in dollars at plan rates, by the deals' own rows."""
    company = q.at.served.desk.line.company
    deals = fold(batch for page in q.crm.changes(None) for batch in page.batches).values()
    return sum(
        (
            deal.amount.amount * company.rates[deal.amount.currency]
            for deal in deals
            if deal.status is Status.WON
            and deal.amount is not None
            and date(2026, 7, 1) <= deal.close < date(2026, 10, 1)
            and deal.type in company.types_in_scope
            and region in (None, deal.region)
        ),
        Decimal(0),
    )


def _share(call: Decimal, ended: Decimal) -> str:
    percent = ((call - ended) / ended * 100).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{'+' if percent > 0 else '−' if percent < 0 else ''}{abs(percent)} %"


def _top(q: Quarter, channel: str, *words: str) -> list[Seen]:
    return [one for one in q.said(DANA, *words) if one.channel == channel and one.thread_ts in (None, one.ts)]


def _decks(q: Quarter, messages: list[Seen]) -> list[Deck]:
    """Return the decks that messages stand for, as they are now."""
    desk = q.at.served.desk
    drafts = (desk.thread(f"{one.channel}:{one.ts}").draft_id for one in messages)
    return [desk.revision(draft).deck for draft in drafts if draft]
