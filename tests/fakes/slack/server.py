"""A Slack for tests: a workspace, its Web API on loopback, and people who act in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Literal, Self

from slack_sdk.socket_mode import SocketModeClient

from tests.fakes.slack.delivery import Postman
from tests.fakes.slack.desk import Desk
from tests.fakes.slack.direct import DirectClient
from tests.fakes.slack.driver.handling import Handling
from tests.fakes.slack.driver.housekeeping import Housekeeping
from tests.fakes.slack.driver.speaking import Speaking
from tests.fakes.slack.driver.watching import Watching
from tests.fakes.slack.front import Front
from tests.fakes.slack.larkmoor import larkmoor_world
from tests.fakes.slack.loopback import Loopback
from tests.fakes.slack.rates import Fault
from tests.fakes.slack.sockets import Switchboard
from tests.fakes.slack.world import World


class FakeSlack(Speaking, Handling, Housekeeping, Watching):
    """A running Slack. Point the bot's SLACK_API_URL at `api_url`; set `request_url` for HTTP, else sockets are used.

    Attributes:
        events: which events the app has subscribed to; None means all.
    """

    bot_token = "xoxb-larkmoor-bot"
    app_token = "xapp-larkmoor-app"
    signing_secret = "larkmoor-signing-secret"

    def __init__(
        self,
        world: World | None = None,
        *,
        request_url: str | None = None,
        scopes: Iterable[str] | None = None,
        events: Iterable[str] | None = None,
        strict_rates: bool = False,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.world = larkmoor_world() if world is None else world
        self.events = None if events is None else frozenset(events)
        self._desk = Desk(
            world=self.world,
            bot_token=self.bot_token,
            app_token=self.app_token,
            scopes=None if scopes is None else frozenset(scopes),
            strict_rates=strict_rates,
        )
        self.switchboard = Switchboard(self.world)
        self.postman = Postman(self.world, self.switchboard, self.signing_secret, wall)
        self.postman.request_url = request_url
        self._front = Front(self._desk, self.switchboard)
        self._loopback = Loopback(self._front)
        self.world.base_url = self._loopback.url
        self.api_url = f"{self.world.base_url}/api/"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving.

        Raises:
            RuntimeError: the fake itself broke while it served; the message is its traceback.
        """
        self._loopback.stop()
        if self._front.failures:
            raise RuntimeError(self._front.failures[0])

    @property
    def scopes(self) -> frozenset[str] | None:
        """What the bot's token may do, which events included; None means everything."""
        return self._desk.scopes

    @scopes.setter
    def scopes(self, scopes: Iterable[str] | None) -> None:
        self._desk.scopes = None if scopes is None else frozenset(scopes)

    @property
    def request_url(self) -> str | None:
        """Where the bot is told what happens; None means through its sockets."""
        return self.postman.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.postman.request_url = url

    def fault(
        self,
        method: str,
        *,
        error: str | None = None,
        retry_after: int | None = None,
        drop_connection: Literal["before", "after"] | None = None,
        times: int = 1,
    ) -> None:
        """Let the next calls of a method ("*" for any, "upload" for the bytes of a file) go wrong."""
        with self.world.changed:
            fault = Fault(error=error, retry_after=retry_after, drop_connection=drop_connection)
            self._desk.faults.add(method, fault, times)

    def wait_for_sockets(self, number: int = 1, timeout: float = 5.0) -> None:
        """Return as soon as the bot holds this many Socket Mode connections."""
        self.wait_for(lambda: len(self.switchboard.connections) >= number, timeout)

    def client(self, token: str | None = None) -> DirectClient:
        """Return Slack's own client that reaches this Slack without a network, some ten times faster, for many calls."""
        return DirectClient(self._desk, token or self.bot_token, self.api_url)

    def hang_up(self, *clients: SocketModeClient) -> None:
        """Close Slack's own socket clients without the seconds for which each would go on listening."""
        for client in clients:
            client.auto_reconnect_enabled = False
        self.drop_sockets()
        for client in clients:
            client.message_processor.event.set()
            client.enqueue_message("")
            client.close()

    def drop_sockets(self, *, politely: bool = False) -> None:
        """Break every Socket Mode connection; politely sends a disconnect frame first."""
        self.switchboard.drop(politely=politely)
