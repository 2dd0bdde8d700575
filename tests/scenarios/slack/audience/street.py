"""A season in one town: a Slack with random people and places, the bot's own desk in it, and people who act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from bot.flows import Line
from bot.runs.ports import Payload, Steps, Work
from bot.settings import Settings
from bot.slack.app import desk_of
from bot.slack.conversation import hear
from bot.slack.delivery import deliver
from bot.slack.desk import Answer, Desk
from bot.slack.handlers import failed, handlers
from bot.slack.presses import from_action
from bot.slack.request import Request
from tests.fakes.runs import MemoryRuns
from tests.fakes.slack import BOT_USER, TEAM, Channel, FakeSlack, Message, World
from tests.fakes.slack.api.chat import pictures
from tests.fakes.slack.seen import unpacked
from tests.fakes.slack.shapes import Ephemeral, Version
from tests.scenarios.slack.audience import town as towns
from tests.scenarios.slack.audience.crowd import ALLOWED, any_channel, crowd, team_channel, visibility
from tests.scenarios.slack.audience.rules import Rules, Staff, Stake
from tests.scenarios.slack.audience.town import NOW, Town


class Clock:
    """The wall's clock of a season."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Street:
    """One Slack with the bot in it, and the rules by which it is judged.

    `joined` is when somebody came into a channel that others were in before; `spoke` who said something where, `said`
    what. `between` is called with the channel after an answer is made and before it is posted.
    """

    town: Town
    slack: FakeSlack
    desk: Desk
    rules: Rules
    clock: Clock
    runs: MemoryRuns
    cleared: frozenset[str]
    joined: dict[tuple[str, str], float] = field(default_factory=dict)
    spoke: set[tuple[str, str]] = field(default_factory=set)
    said: dict[str, bytes] = field(default_factory=dict)
    between: Callable[[str], object] = lambda _channel: None
    number: int = 0

    @property
    def world(self) -> World:
        return self.slack.world

    def say(self, user: str, channel: str, text: str, *, thread: str = "", command: bool = False) -> None:
        """Let somebody say something to the bot, and let it do its work."""
        self.number += 1
        direct = channel.startswith("D")
        root = thread or ""
        ts = ""
        if not command:
            with self.world.changed:
                ts = self.world.post(channel, user, text=text, thread_ts=thread or None).ts
        surface = (
            "slash"
            if command
            else "direct"
            if direct
            else "thread"
            if thread and self.number % 2
            else "mention"
        )
        request = Request(
            key=f"said:{self.number}",
            workspace=towns.WORKSPACE,
            channel=channel,
            user=user,
            text=text,
            surface=surface,
            at=self.clock(),
            ts=ts,
            thread=root,
            public=not command,
        )
        if not command:
            self.spoke.add((channel, user))
        self.said[user] = self.said.get(user, b"") + text.casefold().encode() + b" "
        if not command:
            self.said[channel] = self.said.get(channel, b"") + text.casefold().encode() + b" "
        self._do("hear", request)

    def press(self, user: str, message: Message | Ephemeral, button: dict[str, str]) -> None:
        """Let somebody press a button."""
        self.number += 1
        ephemeral = not isinstance(message, Message)
        body = {
            "actions": [button],
            "container": {
                "message_ts": message.ts,
                "channel_id": message.channel,
                "is_ephemeral": ephemeral,
                "thread_ts": message.thread_ts or "",
            },
            "message": {"thread_ts": message.thread_ts or ""},
            "channel": {"id": message.channel},
            "user": {"id": user, "team_id": TEAM},
            "team": {"id": TEAM},
            "trigger_id": f"{self.number}.t",
        }
        press = from_action(body, at=self.clock())
        unique = press.model_copy(
            update={"request": press.request.model_copy(update={"key": f"{press.request.key}:{self.number}"})}
        )
        self.spoke.add((message.channel, user))
        self.runs.enqueue(
            Work(
                kind="press",
                key=unique.request.key,
                lane=unique.request.lane,
                payload=unique.model_dump(mode="json"),
            )
        )
        self.settle()

    def home(self, user: str) -> None:
        """Let somebody open the bot's Home tab."""
        self.number += 1
        self.runs.enqueue(
            Work(kind="home", key=f"home:{self.number}", lane=f"home:{user}", payload={"user": user})
        )
        self.settle()

    def hear(self, steps: Steps, payload: Payload) -> None:
        """Do what the bot does about what was said, and let something happen in the midst of it."""
        request = Request.model_validate(payload)
        kept = steps.step("answer", lambda: hear(self.desk, request).model_dump(mode="json"))
        self.between(request.channel)
        deliver(self.desk, steps, request, Answer.model_validate(kept))

    def settle(self) -> None:
        """Let time pass and the bot work until nothing is due."""
        self.runs.run_due()
        self.clock.forward(25)
        self.runs.run_due()

    def change(self, channel: Channel) -> None:
        """Let a channel be otherwise from now on."""
        with self.world.changed:
            before = self.world.channels[channel.id]
            self.world.put_channel(channel)
            for user in set(channel.members) - set(before.members):
                self.joined[channel.id, user] = self.world.now()

    def leaks(self) -> list[str]:
        """Return every canary that came before somebody who may not see it."""
        found = []
        closed = {BOT_USER} | {key for key, one in self.world.users.items() if one.deleted}
        for message in self.world.messages.values():
            if message.user != BOT_USER:
                continue
            channel = self.world.channels[message.channel]
            for version in message.versions:
                content = self._content(version)
                found += [
                    f"{reader} in {channel.name or channel.id}: {', '.join(sorted(wrong))} in {version.text!r}"
                    for reader in version.readers - closed
                    if self.joined.get((channel.id, reader), 0) <= version.at
                    and (wrong := self._wrong(reader, content, channel))
                ]
        for note in self.world.ephemerals.values():
            for version in note.versions:
                wrong = self._wrong(note.viewer, self._content(version), None)
                found += [f"{note.viewer} in a whisper: {sorted(wrong)} in {version.text!r}"] if wrong else []
        for view in self.world.past_views:
            wrong = self._wrong(view.user, repr(view.body).encode(), None)
            found += [f"{view.user} at home: {sorted(wrong)}"] if wrong else []
        return found

    def _wrong(self, reader: str, content: bytes, channel: Channel | None) -> set[str]:
        public = channel is not None and not channel.is_im
        places = {key for key, one in self.world.channels.items() if reader in one.members}
        spoke = {
            self.rules.readers[user].person
            for where, user in self.spoke
            if (where == channel.id if public and channel else where in places)
        }
        wrong = self.rules.forbidden(
            reader,
            content,
            spoke=frozenset(person for person in spoke if person),
            public=public,
            cleared=channel is not None and channel.name in self.cleared,
        )
        own = self.said.get(channel.id if public and channel else reader, b"")
        return {word for word in wrong if word.casefold().encode() not in own}

    def _content(self, version: Version) -> bytes:
        parts = [version.text.encode(), repr(version.blocks).encode()]
        for key in (*version.files, *pictures(version.blocks, self.world.files)):
            file = self.world.files[key]
            parts += [file.name.encode(), file.title.encode(), file.content, *unpacked(file.content)]
        return b"\n".join(parts)

    def _do(self, kind: str, request: Request) -> None:
        self.runs.enqueue(
            Work(kind=kind, key=request.key, lane=request.lane, payload=request.model_dump(mode="json"))
        )
        self.settle()


@dataclass(kw_only=True)
class _Installed:
    """What the app asks of an installation."""

    town: Town

    @property
    def settings(self) -> Settings:
        return Settings(home=self.town.home, crm="town", values={"QUARTERDECK_CHANNELS": ALLOWED_LIST})

    def line(self) -> Line:
        return self.town.line()

    @property
    def seeing(self) -> None:
        """Return that the company file declares what everybody sees."""

    def watched(self) -> None:
        """Return that no folder is watched."""

    def syncing(self) -> None:
        """Return that nothing is fetched."""

    def executor(self, _now: Callable[[], datetime]) -> None:
        """Return that nothing is written."""

    def forget_writes(self, _before: datetime) -> int:
        """Return that nothing was kept of writes."""
        return 0


ALLOWED_LIST = ",".join(f"{ALLOWED}-{number}" for number in range(40))


@contextmanager
def street(town: Town, dice: Random, *, usual: bool = False) -> Iterator[Street]:
    """Open a season: somebody's visibility, people's careers, a Slack; all of it at random.

    `usual` keeps to companies in which leaders see everything and reps their region, and nobody has moved on.
    """
    table = USUAL if usual else visibility(dice)
    staff = town.staff if usual else towns.reorganised(dice, town.staff)
    users, links, readers = crowd(dice, staff, odds=0.0 if usual else 1.0)
    channels = [
        team_channel(dice, number, users, staff) if usual else any_channel(dice, number, users)
        for number in range(10)
    ]
    cleared = tuple(channel.name for channel in channels if dice.random() < 0.4)
    town.crm.staff = staff
    town.company = towns.company(table, cleared=cleared)
    town.begin()
    rules = Rules(
        table=table,
        staff={
            one.id: Staff(one.id, one.role, one.region or "", one.manager_id, one.active) for one in staff
        },
        stakes=tuple(
            Stake(one.number, one.account, tuple((held.owner, held.region) for held in one.holdings))
            for one in town.deals
        ),
        leaders=frozenset(one.manager_id for one in town.staff if one.manager_id),
        admins=frozenset({"P001"}),
        readers=readers,
    )
    clock = Clock()
    with FakeSlack(World(users, channels)) as slack:
        runs = MemoryRuns(clock)
        desk = desk_of(
            _Installed(town=town),
            runs,
            slack.client(),
            team=TEAM,
            bot=BOT_USER,
            clock=clock,
            pause=clock.forward,
            demo=False,
        )
        for user, person in links.items():
            desk.directory.pretend(user, person)
        at = Street(
            town=town, slack=slack, desk=desk, rules=rules, clock=clock, runs=runs, cleared=frozenset(cleared)
        )
        runs.start({**handlers(desk), "hear": at.hear}, failed(desk))
        yield at


USUAL = {"VP Sales": "all", "Operations": "all", "Manager": "all", "Rep": "region"}
