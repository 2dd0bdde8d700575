"""A Slack for tests, as strict as Slack: see `FakeSlack`."""

from tests.fakes.slack.driver.base import CannotDo
from tests.fakes.slack.larkmoor import larkmoor_world
from tests.fakes.slack.loopback import Loopback
from tests.fakes.slack.reach import links_of, pings_of
from tests.fakes.slack.seen import Seen, text_of
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.shapes import Channel, File, Message, User, View
from tests.fakes.slack.world import BOT_ID, BOT_USER, TEAM, World

__all__ = [
    "BOT_ID",
    "BOT_USER",
    "TEAM",
    "CannotDo",
    "Channel",
    "FakeSlack",
    "File",
    "Loopback",
    "Message",
    "Seen",
    "User",
    "View",
    "World",
    "larkmoor_world",
    "links_of",
    "pings_of",
    "text_of",
]
