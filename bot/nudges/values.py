"""What is kept of nudges and goals: who asks whom about which deals, what was answered, what is due next."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from bot.agent.intents import DealFilter, FindingsAsk
from reports.context import OwnerNote
from reports.facts import Frozen

# What a deal's owner is asked to mend.
Need = Literal["date", "step", "amount"]


class Search(Frozen):
    """Which deals are looked for, as a question that was read, and what their owners are asked for.

    Attributes:
        asked: a question for findings, or a list by conditions; None where deals were named.
        deals: the deals that were named, by id.
        overdue, stepless, priceless: besides, only deals whose close date has passed, that have no next step, no amount.
        need: what mends such a deal.
        words: the condition as people say it.
        own: only deals that the asker owns.
        limit: at most so many, worst first.
    """

    asked: FindingsAsk | DealFilter | None = None
    deals: tuple[str, ...] = ()
    overdue: bool = False
    stepless: bool = False
    priceless: bool = False
    need: Need = "date"
    words: str
    own: bool = False
    limit: int | None = None


class Nudge(Frozen):
    """One question to owners about their deals, as somebody asked for it.

    Attributes:
        asker: the Slack person who asks.
        deals: the deals of the preview, worst first; those that were asked about are with the `Asked`.
        state: shown with [Send]; out with the owners; told about; let go of before or after it went out.
        sent_at: when it went out; None before.
        report_at: when its asker is told what was answered.
        zone: where the asker works.
    """

    id: str
    asker: str
    search: Search
    deals: tuple[str, ...]
    state: Literal["offered", "running", "reported", "stopped"] = "offered"
    made_at: datetime
    sent_at: datetime | None = None
    report_at: datetime | None = None
    zone: str


class Entry(Frozen):
    """One thing that a goal did, or could not do."""

    at: datetime
    text: str


class Goal(Frozen):
    """A condition that deals shall meet by a day: found, asked about, waited for, checked and reported, over days.

    Attributes:
        asker: the Slack person whose goal it is.
        name: the words it was asked for with.
        until: the instant at which it ends and is reported.
        next_at: when its next step is due; None while it does not run.
        first: how many deals failed the condition when it began; None before.
        failing: the deals that failed it at the last look.
        answered: how many of its deals had been answered for at the last look.
        seen: every deal that has failed it, in the order in which it was found.
        log: what it did, oldest first.
    """

    id: str
    asker: str
    name: str
    search: Search
    state: Literal["offered", "running", "done", "stopped", "ended"] = "offered"
    made_at: datetime
    until: datetime
    zone: str
    next_at: datetime | None = None
    first: int | None = None
    failing: tuple[str, ...] = ()
    answered: int = 0
    seen: tuple[str, ...] = ()
    log: tuple[Entry, ...] = ()


class Item(Frozen):
    """One deal about which somebody asks.

    Attributes:
        cause: the nudge or the goal that it is asked for.
        round: the occasion on which it was asked: a nudge has one, a goal one a day.
        words: the condition as people say it.
        need: what would mend the deal.
    """

    cause: str
    round: str
    asker: str
    words: str
    deal_id: str
    need: Need


class Asked(Frozen):
    """The one message a day that an owner gets, with all that is asked of that person on it.

    Attributes:
        id: the owner and the day that it was made for.
        owner: the owner's id in the CRM.
        user: the same person in Slack.
        due: when it goes out.
        state: still taking more; being sent; sent; held back by the brake; not to be delivered; nothing left to ask.
        tries: how often it was about to be sent: from the second time on it may be there already.
        channel, ts: where it stands.
        names, closes: how the CRM called each deal when it was asked about, and the close date it gave.
        reasons: why deals are lost here, as the CRM has it, the most frequent first.
        stages: the stages of lost deals, where an owner has to choose one; empty otherwise.
        written: the reasons that can be written with such a stage; they take the place of the others then.
    """

    id: str
    owner: str
    user: str
    due: datetime
    items: tuple[Item, ...] = ()
    state: Literal["waiting", "sealed", "sent", "stopped", "unreachable", "void"] = "waiting"
    tries: int = 0
    channel: str = ""
    ts: str = ""
    sent_at: datetime | None = None
    names: dict[str, str] = Field(default_factory=dict)
    closes: dict[str, str] = Field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    written: tuple[str, ...] = ()


class Given(Frozen):
    """What an owner answered about a deal: the newest answer, kept under the deal's id.

    Attributes:
        note: the answer as it stands in reports.
        at: when, by the wall's clock.
        asked: the message on which it was given.
        number: which answer about this deal it is, from 1.
        proposal: under which id it is written to the CRM; empty where it is not to be.
        told: what became of it there, as sentences; empty while it is a note only. `whole` says that they need no others.
        undo: which proposal can be taken back with a press; empty for none.
    """

    note: OwnerNote
    at: datetime
    asked: str
    number: int = 1
    proposal: str = ""
    told: str = ""
    whole: bool = False
    undo: str = ""
