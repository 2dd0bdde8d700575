"""A quarter that is played: the clock goes on in half hours, the records come as they came, the bot does what is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.settings import Settings
from bot.slack.manifest import events, scopes
from connectors.demo import DemoCrm
from connectors.mirror import Mirror
from tests.fakes.replay import ReplayCrm
from tests.fakes.runs import Crash
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.larkmoor import larkmoor_world
from tests.fakes.slack.seen import Seen, text_of
from tests.scenarios.slack.stage import Clock, Stage, stage

BEGIN = datetime(2026, 8, 17, 4, 0, tzinfo=UTC)
END = BEGIN + timedelta(weeks=14)
_STEP, _APART = timedelta(minutes=30), 10.0
# The operator has the records loaded at this time of UTC, on working days.
_LOADED_AT, _WEEKEND = (5, 0), 5


class Quarter:
    """Fourteen weeks of Larkmoor: `until` lets time go by."""

    def __init__(self, at: Stage, crm: ReplayCrm) -> None:
        self.at, self.clock, self.crm = at, at.clock, crm
        self.deaths = 0

    def until(self, instant: datetime) -> None:
        """Go on to an instant, in half hours; the bot does what is due at each."""
        while self.clock.at < instant:
            begun = self.clock.at.replace(minute=self.clock.at.minute // 30 * 30, second=0, microsecond=0)
            self.clock.at = min(begun + _STEP, instant)
            if (
                self.clock.at.hour,
                self.clock.at.minute,
            ) == _LOADED_AT and self.clock.at.weekday() < _WEEKEND:
                self.load()
            self.settle()
            # What is due at the same minute is begun some seconds apart.
            self.clock.forward(_APART)
            self.settle()

    def settle(self) -> None:
        """Let the bot do what is due; where its process dies of it, the next one begins at once."""
        try:
            self.at.settle()
        except Crash:
            self.deaths += 1
            self.at.restart()
            self.at.settle()

    def die(self, place: int) -> None:
        """Let the process die at that place of what it does next, counted from 0."""
        self.at.runs.crash_at = place

    def away(self, instant: datetime) -> None:
        """Let time go by while no process runs, then begin again."""
        self.clock.at = instant
        self.at.restart()
        self.settle()

    def say(self, who: str, text: str, *press: str) -> Seen:
        """Say something to the bot directly, press these buttons one after the other, and return its last word."""
        (*_, last) = self.at.dm(who, text)
        for label in press:
            last = self.press(who, last, label)
        return last

    def press(self, who: str, seen: Seen, label: str) -> Seen:
        """Press a button; return the newest that the bot said to that person, or what it made of the message."""
        before = self.at.slack.seen_by(who)
        self.at.slack.click(who, seen, label)
        self.settle()
        return [one for one in self.at.slack.seen_by(who) if one not in before][-1]

    def load(self) -> None:
        """Bring in what came to be known."""
        self.at.served.desk.line.mirror.load(self.crm)

    def said(self, who: str, *words: str) -> list[Seen]:
        """Return what the bot ever said before a person's eyes that holds all these words, in its order."""
        bot = self.at.served.desk.bot
        return [
            seen
            for seen in self.at.slack.seen_by(who)
            if seen.author == bot and all(word in text_of(seen) for word in words)
        ]

    def when(self, seen: Seen) -> datetime:
        """Return when something was said."""
        return datetime.fromtimestamp(seen.at, UTC)

    def twice(self, *people: str) -> list[str]:
        """Return what the bot said to these people in the same words, at the same place, within one day."""
        bot = self.at.served.desk.bot
        heard = {(one.channel, one.ts): one for who in people for one in self.at.slack.seen_by(who)}
        counted = Counter(
            (one.channel, one.thread_ts, self.when(one).date(), text_of(one))
            for one in heard.values()
            if one.author == bot and one.kind == "message"
        )
        return [key[-1] for key, times in counted.items() if times > 1]


@contextmanager
def quarter(home: Path, **more: object) -> Iterator[Quarter]:
    """Open a quarter at its beginning: Monday 17 August 2026, 04:00 UTC."""
    clock = Clock(BEGIN)
    crm = ReplayCrm(DemoCrm(), clock)
    Mirror(home, Settings(home=home, crm="demo", values={}).workspace).load(crm)

    def now() -> float:
        return clock.at.timestamp()

    world = larkmoor_world(now=now)
    slack = FakeSlack(world, scopes=scopes(threads=True), events=events(threads=True))
    with stage(home, slack=slack, clock=clock, crm=crm, **more) as opened:  # type: ignore[arg-type]
        yield Quarter(opened, crm)
