"""The Web API: importing this package fills the list of methods."""

from tests.fakes.slack.api import agents, chat, conversations, people, streams, uploads, views
from tests.fakes.slack.methods import METHODS

__all__ = ["METHODS", "agents", "chat", "conversations", "people", "streams", "uploads", "views"]
