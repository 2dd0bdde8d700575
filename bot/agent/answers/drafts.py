"""Answers that make or change a deck: a report, edits, undo, fresh data, notes, publishing."""

from __future__ import annotations

from bot import flows
from bot.agent.answers.asking import Asking, sentence
from bot.agent.intents import AddNote, Dispute, Edits, FreshData, Publish, Report, Undo
from bot.agent.reply import Button, Reply
from bot.store import Revision
from reports import words
from reports.edits import AddNote as NoteEdit
from reports.kinds import KINDS
from reports.spec import DEFAULT_PERIOD, Note, PersonText

INSTEAD = (
    Button(label="Weekly deck", text="weekly"),
    Button(label="Where we stand", text="are we going to make it"),
)
NO_DRAFT = ("There is no deck in this thread yet.", "Ask for one first: weekly")


def report(asking: Asking, intent: Report) -> tuple[Reply, Revision | None]:
    """Make a new draft."""
    kind = KINDS.get(intent.kind)
    if kind is None:
        said = sentence("report", f"The {intent.kind} deck is not built yet. There is: {', '.join(KINDS)}.")
        return said.model_copy(update={"buttons": INSTEAD}), None
    calendar = asking.view.calendar
    spec = kind.spec(
        period=calendar.asked(intent.period, intent.as_of or asking.view.today)
        if intent.period
        else DEFAULT_PERIOD,
        as_of=None if intent.as_of is None else calendar.end_of(intent.as_of),
        filters=intent.filters,
        currency=intent.currency,
    )
    made = flows.draft(asking.line, spec, author=asking.asker.name, key=asking.key)
    return _with(made, "report"), made


def edits(asking: Asking, intent: Edits) -> tuple[Reply, Revision | None]:
    """Make the next revision of the thread's deck."""
    if asking.revision is None:
        return sentence("edits", *NO_DRAFT), None
    made = flows.revise(
        asking.line,
        asking.revision,
        intent.patch.ops,
        author=asking.asker.name,
        key=asking.key,
        fresh=intent.fresh,
    )
    return _with(made, "edits"), made


def undo(asking: Asking, intent: Undo) -> tuple[Reply, Revision | None]:
    """Take back the last revision, or go back to a numbered one."""
    if asking.revision is None:
        return sentence("undo", *NO_DRAFT), None
    made = flows.undo(asking.line, asking.revision, to=intent.to, author=asking.asker.name, key=asking.key)
    return _with(made, "undo"), made


def fresh(asking: Asking, _intent: FreshData) -> tuple[Reply, Revision | None]:
    """Make the deck again from the newest records; titles and notes of people stay."""
    if asking.revision is None:
        return sentence("fresh_data", *NO_DRAFT), None
    made = flows.revise(
        asking.line, asking.revision, (), author=asking.asker.name, key=asking.key, fresh=True
    )
    return _with(made, "fresh_data"), made


def note(asking: Asking, intent: AddNote) -> tuple[Reply, Revision | None]:
    """Put a person's context on a deal's row."""
    if asking.revision is None:
        return sentence("add_note", *NO_DRAFT), None
    edit = NoteEdit(
        note=Note(
            deal_id=intent.deal.id,
            deal=intent.deal.name,
            words=PersonText(text=intent.text, by=asking.asker.name, at=asking.line.now()),
        )
    )
    made = flows.revise(asking.line, asking.revision, (edit,), author=asking.asker.name, key=asking.key)
    return _with(made, "add_note"), made


def publish(asking: Asking, _intent: Publish) -> Reply:
    """Say whose the draft is and where it lies: publishing is a click in Slack."""
    if asking.revision is None:
        return sentence("publish", *NO_DRAFT)
    revision = asking.revision
    owner = asking.line.store.draft(revision.workspace, revision.draft_id).owner
    return sentence(
        "publish",
        f"r{revision.number} is a draft of {owner}'s; it is published in Slack by its owner's click, not from here.",
        f"The file: {flows.file_of(asking.line, revision, 'deck')}",
    )


def dispute(asking: Asking, intent: Dispute) -> Reply:
    """Compare what somebody says with the record as it is right now; no number is changed by words."""
    if intent.deal is None:
        return sentence("dispute", "Which deal is it? Name it, and I look at its record as it is now.")
    live = asking.line.crm.read(intent.deal.id)
    if live is None:
        return sentence("dispute", f"The CRM has no deal {intent.deal.name!r} any more. Say: fresh data")
    shown = asking.view.everything().deals(ids=(intent.deal.id,), counted=False)
    close = words.day(live.close, asking.view.today)
    stands = f"{live.name}: the CRM says {live.stage}, {close} ({words.instant(asking.line.crm.now, asking.view.calendar.zone)})."
    moved = bool(shown) and (shown[0].stage, shown[0].close) != (live.stage, live.close)
    return Reply(
        intent="dispute",
        private=True,
        lines=(
            stands,
            "It changed since this deck was made."
            if moved
            else "That is what the deck shows; no number was changed.",
        ),
        buttons=(Button(label="Fresh data", text="fresh data"),) if moved else (),
    )


def _with(made: Revision, intent: str) -> Reply:
    return Reply(intent=intent, revision=made.number, changes=made.changes)
