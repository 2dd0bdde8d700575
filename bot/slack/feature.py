"""`Feature`: what one part of the bot adds to what is asked for, pressed, filled in, and begun by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.agent.intents import DealCard, Errand, FindingsAsk, Intent, Problem, Undo
from bot.approvals.values import Outcome, Proposal, Source
from bot.runs.ports import Payload, Steps, Work
from reports.facts import Frozen

if TYPE_CHECKING:
    from bot.slack.blocks import Block
    from bot.slack.desk import Answer, Desk
    from bot.slack.people import Known
    from bot.slack.presses import Press
    from bot.slack.request import Request


class Filled(Frozen):
    """A dialog that somebody filled in and sent.

    Attributes:
        key: the same dialog sent twice has the same key.
        user: who sent it.
        dialog: its callback id.
        about: what the dialog was opened with, as its opener wrote it.
        values: what stands in each field, by its block's id; empty for a field left empty. A date is written
            2026-11-23, a time 08:30, a choice as its value, several choices with commas between.
        at: when it was sent.
    """

    key: str
    user: str
    dialog: str
    about: str
    values: dict[str, str]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One part of the bot.

    Attributes:
        errands: what answers an errand, by its kind; it may read and keep, and posts nothing. None leaves it.
        cards: what answers what reads as a question about one deal, in place of the usual answer; None leaves it.
        topics: what answers a question for findings of a topic in place of the usual answer, by the topic; None leaves it.
        undo: what takes back what was done last where that is said, in place of the deck's; None leaves it.
        presses: what a button does, by the first part of its action's id; who may is decided there.
        dialogs: the dialog that a button opens, by the first part of its action's id; None where it opens none just now,
            and then the press itself is carried out. Slack waits for it: it reads what is kept, and nothing else.
        checks: what is wrong with a dialog that was sent, by its callback id: a sentence by field, none where it is fine.
        filled: what is done with a dialog that was sent, by its callback id; who may is decided there.
        works: what does a work, by its kind.
        settled: what is done once it is known what came of an approved change, by where its proposal came from.
        clock: what is asked once a minute which works are due; their keys make each of them once.
        home: what stands on a person's Home tab, at most twenty blocks.
    """

    errands: Mapping[str, Callable[[Desk, Request, Known, Errand], Answer | None]] = field(
        default_factory=dict
    )
    topics: Mapping[str, Callable[[Desk, Request, Known, FindingsAsk], Answer | None]] = field(
        default_factory=dict
    )
    cards: Callable[[Desk, Request, Known, DealCard], Answer | None] | None = None
    undo: Callable[[Desk, Request, Known], Answer | None] | None = None
    presses: Mapping[str, Callable[[Desk, Steps, Press, Known], None]] = field(default_factory=dict)
    dialogs: Mapping[str, Callable[[Desk, Press, Known], dict[str, Any] | None]] = field(default_factory=dict)
    checks: Mapping[str, Callable[[Desk, Filled], dict[str, str]]] = field(default_factory=dict)
    filled: Mapping[str, Callable[[Desk, Steps, Filled, Known], None]] = field(default_factory=dict)
    works: Mapping[str, Callable[[Desk, Steps, Payload], None]] = field(default_factory=dict)
    settled: Mapping[Source, Callable[[Desk, Steps, Proposal, Outcome], None]] = field(default_factory=dict)
    clock: tuple[Callable[[Desk, datetime], tuple[Work, ...]], ...] = ()
    home: Callable[[Desk, Known], list[Block]] | None = None


def run_errand(desk: Desk, request: Request, known: Known, meant: Intent) -> Answer | None:
    """Return the answer of the part that does such an errand; None where it is no errand, or no part does it."""
    if isinstance(meant, FindingsAsk):
        asked = (feature.topics[meant.topic] for feature in desk.features if meant.topic in feature.topics)
        topic = next(asked, None)
        return topic(desk, request, known, meant) if topic else None
    if isinstance(meant, DealCard):
        cards = (feature.cards for feature in desk.features if feature.cards is not None)
        return next((answer for card in cards if (answer := card(desk, request, known, meant))), None)
    if (isinstance(meant, Undo) and meant.to is None and not meant.unread) or (
        isinstance(meant, Problem) and meant.undo
    ):
        takes_back = (feature.undo for feature in desk.features if feature.undo is not None)
        return next((answer for undo in takes_back if (answer := undo(desk, request, known))), None)
    if not isinstance(meant, Errand):
        return None
    found = (feature.errands[meant.kind] for feature in desk.features if meant.kind in feature.errands)
    do = next(found, None)
    return do(desk, request, known, meant) if do else None


def run_press(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Carry out a press by the part that has such a button; one that no part has any more does nothing."""
    kind = press.action.partition(":")[0]
    for feature in desk.features:
        if do := feature.presses.get(kind):
            do(desk, steps, press, known)
