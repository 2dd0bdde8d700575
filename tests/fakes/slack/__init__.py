"""A Slack for tests, as strict as Slack.

    with FakeSlack() as slack:                              # Larkmoor's workspace, a server on loopback
        bot = start(SLACK_API_URL=slack.api_url, ...)       # over a socket; set slack.request_url for signed HTTP
        slack.command("Luc", "#emea-sales", "weekly")       # people act: say, mention, dm, click, submit, open_home ...
        slack.wait_for_text("Dana", "short of")             # and see: seen_by, text_of, all_bytes_visible_to
        slack.fault("chat.postMessage", retry_after=1)      # and things go wrong: redeliver, drop_sockets, archive ...

What is refused, and when an error of ours stands for one that Slack's reference does not name, is in api/ and check.py.
"""

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
