"""A fake Slack with its workspace, and Slack's own client pointed at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import FakeSlack, larkmoor_world


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 1_795_440_600.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[FakeSlack]:
    with FakeSlack(larkmoor_world(now=clock)) as running:
        yield running


@pytest.fixture
def client(slack: FakeSlack) -> WebClient:
    return client_of(slack)


def client_of(slack: FakeSlack, token: str | None = None) -> WebClient:
    """Return Slack's client without retries, pointed at the fake."""
    return WebClient(token=token or slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def refusal(call: Callable[..., object], **args: object) -> str:
    """Return the error with which a call is refused."""
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    return str(caught.value.response["error"])
