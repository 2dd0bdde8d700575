"""`Desk`: everything that answering in one workspace stands on, and the values that pass between its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pydantic import Field

from bot.agent.reply import Reply
from bot.approvals.executor import Executor
from bot.flows import Line
from bot.runs.ports import Runs
from bot.slack.feature import Feature
from bot.slack.files import Files
from bot.slack.people import Directory
from bot.slack.places import Places
from bot.slack.poster import Poster
from bot.slack.sessions import Sessions
from bot.store import Notebook, Revision, Thread
from bot.syncing import Syncing
from bot.watched import Watched
from connectors.access import Access
from connectors.protocol import Connecting
from reports.facts import Frozen

# `here` is for everybody in the place; `alone` is shown to the person there; `person` goes to the direct messages.
To = Literal["here", "alone", "person", "nobody"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One workspace: the line, who is who, what a place is, and the ways out to Slack.

    `line` is under the operator's rights: nothing is read by it but through `under`. `now` is the company's clock,
    `clock` the wall's: a demo lives on its own day, but people press buttons on ours. `bot` is our own user;
    `hears` says whether replies in threads reach us that do not mention us; `watched` is the folder whose new exports
    are taken in; `syncing` is how the mirror follows the system of record; `connecting` is how persons connect to it by
    themselves; `executor` carries out changes that somebody approved, None where nothing is proposed; `forget_writes` forgets
    what is kept of writes that are older than an instant; `features` are the parts hooked in.
    """

    workspace: str
    bot: str
    command: str
    line: Line
    notes: Notebook
    directory: Directory
    places: Places
    poster: Poster
    files: Files
    sessions: Sessions
    runs: Runs
    clock: Callable[[], datetime]
    demo: bool = False
    hears: bool = True
    watched: Watched | None = None
    syncing: Syncing | None = None
    connecting: Connecting | None = None
    executor: Executor | None = None
    forget_writes: Callable[[datetime], int] | None = None
    features: tuple[Feature, ...] = ()

    @property
    def writes(self) -> str:
        """Return what people call the system that approved changes are written to; empty where nothing is."""
        return self.executor.label if self.executor is not None and self.executor.writes else ""

    def under(self, access: Access) -> Line:
        """Return the line under somebody's rights."""
        return replace(self.line, access=access)

    def thread(self, conversation: str) -> Thread:
        """Return what a conversation remembers."""
        return self.line.store.thread(self.workspace, conversation)

    def revision(self, draft_id: str, number: int = 0) -> Revision:
        """Return a revision of a draft, the newest for number 0.

        Raises:
            NoSuchDraft: there is none.
        """
        head = number or self.line.store.draft(self.workspace, draft_id).head
        return self.line.store.revision(self.workspace, draft_id, head)


class Answer(Frozen):
    """What shall be said, and where.

    Attributes:
        to: where it goes.
        why: a private sentence to the person besides: why it is not where it was asked for.
        reply: the answer; None with a draft that speaks for itself, or with `why` alone.
        draft_id, number: the revision that goes with it; empty and 0 for none.
        conversation: under what it was remembered.
        limits: whose rights it was made under, as text; a place where people see less must not get it.
        here: the words that [Post here] asks again; empty where there is no such button.
        buttons: label, action and value of what can be pressed besides the answer's own buttons.
        links: label and address of what can be opened in the browser besides.
        rows: what is listed under `why`: each its text and its own buttons.
        remark: a private sentence to the person once the answer is there; empty for none.
        tells: other people, by Slack's id, the sentence that each gets directly, and what makes it the same word: nobody
            gets the same one twice a day.
        card: the change that its buttons decide on; empty for none.
    """

    to: To
    why: str = ""
    reply: Reply | None = None
    draft_id: str = ""
    number: int = 0
    conversation: str = ""
    limits: str = ""
    here: str = ""
    buttons: tuple[tuple[str, str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = ()
    remark: str = ""
    tells: tuple[tuple[str, str, str], ...] = ()
    card: str = ""


class Posted(Frozen):
    """Where a draft stands in Slack, kept under the draft's id.

    Attributes:
        owner: the Slack person whose draft it is.
        channel, ts: the message that carries it.
        thread: the root of the thread that its files go to.
        card: the picture in that message.
        number: the revision that it shows.
        file, file_ts: the newest deck's file, and the message that shows it.
        limits: whose rights the newest revision was made under.
        taken: a decision, by what it is, to who took it.
        state: what became of the revision `published`; empty and 0 while nothing did.
        bound: the channel that a draft which comes by itself is meant for, while people look it over elsewhere.
        superseded: when a later one of the same schedule was published in its place, as words; empty while none was.
    """

    draft_id: str
    owner: str
    channel: str
    ts: str
    thread: str
    number: int
    card: str = ""
    file: str = ""
    file_ts: str = ""
    limits: str = ""
    taken: dict[str, str] = Field(default_factory=dict)
    state: str = ""
    published: int = 0
    bound: str = ""
    superseded: str = ""

    @property
    def is_published(self) -> bool:
        """Say whether the revision that the message shows is the one that was published."""
        return self.published == self.number

    @property
    def stands(self) -> str:
        """Return what the shown revision is: published and by whom, or a draft, and what was published before it."""
        after = f"; superseded {self.superseded}" if self.superseded else ""
        if self.is_published:
            return self.state + after
        return f"draft; r{self.published} was {self.state}{after}" if self.published else "draft"
