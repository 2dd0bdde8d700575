"""A stage: the real Bolt app over HTTP or a socket, the demo company, and a Slack that is as strict as Slack."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.readers import Readers
from bot.settings import Settings, Writes
from bot.slack.app import Served, build
from bot.slack.manifest import events, scopes
from bot.slack.serving import EVENTS, web
from bot.wiring import Installation
from connectors.protocol import Crm, Seeing
from tests.fakes.runs import MemoryRuns
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.loopback import Loopback
from tests.fakes.slack.seen import Seen, text_of

START = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
CHANNELS = "sales-leadership,emea-sales,all-sales,random,with-guest,customer-shared,customer-pending,private-with-bot,archived"

# The scenarios of one run of tests read the same records: what one asked of them, the next finds there.
_READERS = Readers()


class Clock:
    """The wall's clock of a scenario: it moves when the scenario says so."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Stage:
    """One workspace with the bot in it. What people do goes through `slack`; `settle` lets the bot do its work."""

    def __init__(
        self,
        slack: FakeSlack,
        served: Served,
        runs: MemoryRuns,
        clock: Clock,
        reopen: Callable[[MemoryRuns], Served],
    ) -> None:
        self.slack, self.served, self.runs, self.clock = slack, served, runs, clock
        self._reopen = reopen

    def restart(self) -> None:
        """Go on as the next process would, after this one died: with what was kept, and with nothing else."""
        self.runs = self.runs.reopened()
        self.served = self._reopen(self.runs)
        self.served.start()

    def settle(self, *, failing: bool = False) -> None:
        """Let the bot do all that is due; a work that does not come to its end fails the scenario unless it is about that."""
        self.runs.run_due()
        reasons = [failure.reason for failure in self.runs.failures]
        assert failing or not reasons, reasons

    def confirm(self, *names: str) -> None:
        """Let people be known to the bot, as if each had said so once."""
        for name in names:
            user = self.slack.person(name)
            known = self.served.desk.directory.known(user.id)
            assert known.person is not None, name
            self.served.desk.directory.confirm(user.id, known.person.id)

    def command(self, who: str, where: str, text: str = "") -> tuple[Seen, ...]:
        """Type /sales, let the bot work, and return what is new before that person's eyes."""
        before = self.slack.seen_by(who)
        self.slack.command(who, where, text)
        self.settle()
        return tuple(seen for seen in self.slack.seen_by(who) if seen not in before)

    def mention(self, who: str, where: str, text: str, thread: str | None = None) -> tuple[Seen, ...]:
        """Mention the bot; return what is new before that person's eyes but for the own words."""
        before = self.slack.seen_by(who)
        said = self.slack.mention(who, where, text, thread_ts=thread)
        self.settle()
        return tuple(seen for seen in self.slack.seen_by(who) if seen not in before and seen.ts != said.ts)

    def reply(self, who: str, where: str, text: str, thread: str) -> tuple[Seen, ...]:
        """Say something in a thread; return what is new before that person's eyes but for the own words."""
        before = self.slack.seen_by(who)
        said = self.slack.say(who, where, text, thread_ts=thread)
        self.settle()
        return tuple(seen for seen in self.slack.seen_by(who) if seen not in before and seen.ts != said.ts)

    def dm(self, who: str, text: str) -> tuple[Seen, ...]:
        """Write to the bot directly; return what it answered."""
        before = self.slack.seen_by(who)
        said = self.slack.dm(who, text)
        self.settle()
        return tuple(seen for seen in self.slack.seen_by(who) if seen not in before and seen.ts != said.ts)

    def shown(self, who: str, ts: str) -> Seen:
        """Return a message as somebody sees it now."""
        return next(seen for seen in self.slack.seen_by(who) if seen.ts == ts)

    def draft(self, who: str, where: str, text: str = "weekly") -> Seen:
        """Ask for a report by command and return its message in the channel."""
        found = self.command(who, where, text)
        return next(seen for seen in found if seen.kind == "message" and seen.thread_ts in (None, seen.ts))


@contextmanager
def stage(
    home: Path,
    *,
    transport: Literal["http", "socket"] = "http",
    channels: str = CHANNELS,
    demo: bool = False,
    runs: MemoryRuns | None = None,
    slack: FakeSlack | None = None,
    clock: Clock | None = None,
    crm: Crm | None = None,
    seeing: Seeing | None = None,
    port: int = 0,
    set_too: Mapping[str, str] = MappingProxyType({}),
    writes: Writes = "off",
    **more: object,
) -> Iterator[Stage]:
    """Open a stage on a home that holds a filled mirror. `demo` False: people are who their e-mail addresses say.

    The token may do what the manifest with thread reading asks for, and no more, unless `more` says otherwise. The
    company's clock is that of `crm`, where one is given, and `seeing` tells what everybody sees there; `set_too` is
    settings besides those for Slack, `writes` whether approved changes are carried out. Over HTTP it is reached at `port`,
    any that is free for 0.
    """
    clock = clock or Clock()
    granted = {"scopes": scopes(threads=True), "events": events(threads=True), **more}
    with slack or FakeSlack(**granted) as fake:  # type: ignore[arg-type]
        values = {
            "SLACK_BOT_TOKEN": fake.bot_token,
            "SLACK_API_URL": fake.api_url,
            "SLACK_SIGNING_SECRET": fake.signing_secret,
            "QUARTERDECK_CHANNELS": channels,
            **set_too,
        }
        if transport == "socket":
            values["SLACK_APP_TOKEN"] = fake.app_token
        settings = Settings(home=home, crm="demo", values=values, writes=writes)
        with Installation(settings, progress=lambda _step: None) as installation:
            installation.crm = crm or installation.crm
            installation.readers = _READERS
            if seeing is not None:
                installation.seeing = seeing
            held = runs or MemoryRuns(clock)

            def open_on(runs: MemoryRuns) -> Served:
                return build(installation, runs, clock=clock, pause=clock.forward, pretend=demo)

            served = open_on(held)
            served.start()
            with _reached(fake, served, transport, port):
                yield Stage(fake, served, held, clock, open_on)


@contextmanager
def _reached(fake: FakeSlack, served: Served, transport: str, port: int) -> Iterator[None]:
    if transport == "http":
        with Loopback(web(served), port=port) as server:
            fake.request_url = f"{server.url}{EVENTS}"
            yield
        return
    handler = SocketModeHandler(served.app, fake.app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        fake.wait_for_sockets()
        yield
    finally:
        fake.hang_up(handler.client)


def home_of(filled: Path, folder: Path) -> Path:
    """Return a home of its own with the same mirror: the records are shared, what people do is not."""
    home = folder / "home"
    home.mkdir()
    (home / "mirror").symlink_to(filled / "mirror", target_is_directory=True)
    for name in ("quarterdeck.sqlite", "demo.json"):
        if (filled / name).exists():
            shutil.copy(filled / name, home / name)
    return home


def told(*seen: Seen) -> str:
    """Return the words of what was seen."""
    return text_of(*seen)
