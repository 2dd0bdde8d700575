"""`Preview`: what is kept of a report that comes by itself, from the evening before until it is published or dropped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field, JsonValue

from bot.schedules.rhythm import dated
from bot.schedules.schedule import Schedule
from bot.slack import service
from bot.slack.desk import Desk, Posted
from bot.slack.people import Known
from bot.slack.places import Verdict
from connectors.access import Access
from reports.facts import Frozen

_KIND = "preview"
# What the buttons of a preview do; each is the start of an action id.
RIGHT, FIX, CONTEXT, NOW, DROP = ("previewright", "previewfix", "previewcontext", "previewnow", "previewdrop")


class Shown(Frozen):
    """The message in which somebody sees a preview, and the newest deck in its thread; empty for none."""

    channel: str
    ts: str
    file: str = ""
    file_ts: str = ""


class Said(Frozen):
    """What somebody said of a preview, and of which revision.

    `decides`: it is theirs to say whether the report is published.
    """

    user: str
    name: str
    what: Literal["right", "context", "question"]
    number: int
    at: datetime
    decides: bool = False


class Preview(Frozen):
    """One report that is to come, kept under its draft's id.

    Attributes:
        schedule: what it comes by, as it was when this was last kept.
        due: its hour.
        where: what people call the channel that it is meant for.
        draft_id: the draft.
        shown: in which messages people see it, by person.
        said: what they said of it, oldest first.
        state: what became of it; `unreviewed` is posted without a word of who answers for it, `missed` was not posted at
            its hour because nothing ran, or it was paused, or everything was stopped.
        told: the same as a sentence; empty while it is to come.
        hand, hand_at: the run that is publishing it, and since when; empty and None for none.
    """

    schedule: Schedule
    due: datetime
    where: str
    draft_id: str
    shown: dict[str, Shown] = Field(default_factory=dict)
    said: tuple[Said, ...] = ()
    state: Literal["coming", "held", "published", "unreviewed", "dropped", "refused", "missed"] = "coming"
    told: str = ""
    hand: str = ""
    hand_at: datetime | None = None

    @property
    def is_out(self) -> bool:
        """Say whether it has been posted."""
        return self.state in {"published", "unreviewed"}

    @property
    def is_open(self) -> bool:
        """Say whether somebody can still say something about it before it is posted."""
        return self.state in {"coming", "held", "refused", "missed"}

    @property
    def last_word(self) -> Said | None:
        """Return the newest word of who may say so that it looks right, of whichever revision; None for none."""
        return next((said for said in reversed(self.said) if said.what == "right" and said.decides), None)


def key_of(schedule: Schedule, due: datetime) -> str:
    """Return what a schedule's report for one instant is known by."""
    return f"schedule:{schedule.id}:{due.astimezone(UTC).isoformat()}"


def hour(schedule: Schedule, at: datetime) -> str:
    """Return an instant on the clocks of a schedule, `Tue 24 Nov 08:30 ET`."""
    return dated(at, schedule.rhythm.zone)


def asked_with(value: str) -> tuple[tuple[str, str, str], ...]:
    """Return the buttons by which somebody says what becomes of a report whose hour is past."""
    return (("Publish", NOW, value), ("Not this time", DROP, value))


def preview_of(desk: Desk, draft_id: str) -> Preview | None:
    """Return what is kept of a draft that is to come by itself; None for any other draft."""
    note = desk.notes.read(desk.workspace, _KIND, draft_id)
    return None if note is None else Preview.model_validate(note)


def begin(desk: Desk, draft_id: str, schedule: Schedule, due: datetime) -> Preview:
    """Keep that a draft is to come by a schedule; what is kept of it already stays, by the schedule as it is now."""
    name = desk.places.look(schedule.channel).name
    new = Preview(schedule=schedule, due=due, draft_id=draft_id, where=f"#{name}" if name else "its channel")

    def kept(note: dict[str, JsonValue] | None) -> dict[str, JsonValue]:
        anew = {"schedule": schedule, "where": new.where}
        known = new if note is None else Preview.model_validate(note).model_copy(update=anew)
        return known.model_dump(mode="json")

    note = desk.notes.change(desk.workspace, _KIND, draft_id, kept)
    return Preview.model_validate(note)


def earlier(desk: Desk, preview: Preview) -> tuple[Preview, ...]:
    """Return the reports of the same schedule that were due before and neither posted nor dropped, oldest first."""
    theirs = (one for one in made_by(desk, preview.schedule.id) if one.due < preview.due)
    return tuple(sorted((one for one in theirs if one.is_open), key=lambda one: one.due))


def made_by(desk: Desk, schedule_id: str) -> tuple[Preview, ...]:
    """Return the reports that were drafted by a schedule, whatever became of them, in no order."""
    found = (Preview.model_validate(note) for note in desk.notes.all(desk.workspace, _KIND).values())
    return tuple(one for one in found if one.schedule.id == schedule_id)


def shown_to(desk: Desk, user: str) -> tuple[Preview, ...]:
    """Return the reports that somebody can still say something about, the one that is due first at first."""
    found = (Preview.model_validate(note) for note in desk.notes.all(desk.workspace, _KIND).values())
    return tuple(sorted((one for one in found if one.is_open and user in one.shown), key=lambda one: one.due))


def change(desk: Desk, draft_id: str, to: Callable[[Preview], Preview]) -> Preview:
    """Keep what `to` makes of a preview, and return that, with nobody in between; one that is forgotten is not kept anew."""
    note = desk.notes.change(
        desk.workspace,
        _KIND,
        draft_id,
        lambda note: None if note is None else to(Preview.model_validate(note)).model_dump(mode="json"),
    )
    return Preview.model_validate(note)


def rights(desk: Desk, known: Known, posted: Posted) -> Verdict:
    """Return whether a draft may be measured anew at somebody's word, and under whose rights: for who reads it where it goes.

    One that is to come is measured for the channel that it is meant for, as it will be at its hour.
    """
    if not posted.bound:
        return desk.places.judge(desk.places.look(posted.channel), known)
    meant = service.verdict(desk, posted.bound)
    if not meant.here:
        return meant
    together = (meant.access.asker, *meant.access.audience)
    return Verdict(here=True, access=Access(workspace=desk.workspace, asker=known.grant, audience=together))
