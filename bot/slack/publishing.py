"""Publishing what comes by itself: the newest figures, for who reads there now, posted once; the earlier one is superseded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal, cast

from pydantic import JsonValue
from slack_sdk.errors import SlackApiError

from bot import flows, published
from bot.errors import BotError
from bot.runs.ports import Steps
from bot.slack import held, service
from bot.slack import message as m
from bot.slack.blocks import inert
from bot.slack.conversation import edits_in
from bot.slack.delivery import MENTION, picture, supersede
from bot.slack.desk import Desk, Posted
from bot.slack.poster import UnsureError
from bot.slack.previews_kept import Preview, change, preview_of
from bot.slack.previews_word import other_readers
from bot.slack.spots import GONE
from bot.slack.standing import keep, show, standing
from bot.slack.telling import mark_of
from bot.slack.uploads import bring_deck
from connectors.errors import ConnectorError
from reports.errors import BadInput, ReportError, StalePatch
from reports.facts import Frozen

State = Literal["draft", "published", "unreviewed"]
# The newest published report of a schedule, and the one before it.
_NEWEST = "newest"
# After so long a run that was publishing is taken to have failed.
_STUCK = timedelta(minutes=15)
# So often a refresh begins anew because an edit came between.
_TRIES = 3


class Fresh(Frozen):
    """A revision with the newest figures, and the limits that it was measured under; or `why` there is none.

    `alike` says that it is for the same readers as what stood before, though they may see more deals by now.
    """

    number: int = 0
    limits: str = ""
    alike: bool = False
    why: str = ""


class Outcome(Frozen):
    """Whether a report was posted, by this run or another (`out`), and what a person is told of it.

    `fresh` is what it would have shown, where that is for other readers than what was looked over; else None.
    """

    out: bool
    told: str
    fresh: Fresh | None = None


def publish(desk: Desk, steps: Steps, draft_id: str, *, name: str, key: str) -> Outcome:
    """Post a report that is to come in its channel, once.

    `name` is by whose word it is published; empty for nobody's, and then it is marked as not reviewed. A word is of what
    was shown: where who reads there changed since, nothing is posted. Of two runs at the same time, told apart by `key`,
    one does it.
    """
    hand = steps.step("claim", lambda: _claimed(desk, draft_id, key))
    preview = preview_of(desk, draft_id)
    if preview is None or not hand:
        done = preview.told if preview and not preview.is_open else ""
        return Outcome(out=True, told=done or "It is being published at this moment.")
    made: State = "published" if name else "unreviewed"
    fresh = Fresh.model_validate(
        steps.step("fresh", lambda: refreshed(desk, preview, key=key, state=made).model_dump())
    )
    if fresh.why:
        steps.step("let go", lambda: _let_go(desk, draft_id))
        return Outcome(out=False, told=fresh.why)
    differs = steps.step("differs", lambda: _differs(desk, preview, fresh)) if name else ""
    if differs:
        steps.step("let go", lambda: _let_go(desk, draft_id))
        return Outcome(out=False, told=differs, fresh=fresh)
    revision = desk.revision(draft_id, fresh.number)
    card = steps.step("card", lambda: picture(desk, revision))
    at = steps.step("at", lambda: f"{desk.clock().astimezone(desk.line.company.zone):%-d %b %H:%M}")
    state = f"published by {name} {at} after review" if name else f"posted {at}, not reviewed"
    posted = Posted(
        draft_id=draft_id,
        owner=preview.schedule.owner,
        channel=preview.schedule.channel,
        ts="",
        thread="",
        number=fresh.number,
        card=card,
        limits=fresh.limits,
        state=state,
        published=fresh.number,
    )
    look = steps.again or hand == "taken over"
    put = steps.step("post", lambda: _put(desk, preview, posted, look=look))
    if why := str(put["why"]):
        steps.step("let go", lambda: _let_go(desk, draft_id))
        return Outcome(out=False, told=why)
    posted = posted.model_copy(update={"ts": str(put["ts"]), "thread": str(put["ts"])})
    steps.step("stands", lambda: _stands(desk, preview, posted, reviewed=bool(name)))
    _file(desk, steps, preview, posted)
    steps.step("supersede", lambda: _supersede(desk, preview, posted, at=at))
    return Outcome(out=True, told=f"In {preview.where}: r{posted.number}, {state}.")


def refreshed(desk: Desk, preview: Preview, *, key: str, state: State = "draft") -> Fresh:
    """Make the revision with the newest figures under the rights of who reads in the channel now; once for a key.

    Edits that wait for the next revision are in it.
    """
    seen = service.verdict(desk, preview.schedule.channel)
    if not seen.here:
        return Fresh(why=seen.why)
    line, draft_id = replace(desk.under(seen.access), state=state), preview.draft_id
    posted = standing(desk, draft_id)
    waiting = held.held(desk, draft_id) if posted else ()
    ops = edits_in(desk, line, waiting, posted)[0] if posted else ()
    author = service.asker(desk).name
    for attempt in range(_TRIES):
        try:
            made = flows.revise(
                line, desk.revision(draft_id), ops, author=author, key=f"{key}:fresh", fresh=True
            )
        except (StalePatch, BadInput) as refusal:
            # What waits is told to its authors when it is taken up by itself.
            ops, waiting = ((), ()) if isinstance(refusal, BadInput) else (ops, waiting)
            if attempt + 1 == _TRIES:
                return Fresh(why=f"{refusal}.")
        except (ReportError, ConnectorError, BotError) as refusal:
            return Fresh(why=f"{refusal}.")
        else:
            held.release(desk, draft_id, frozenset(request.key for request in waiting))
            alike = posted is not None and seen.access.still(posted.limits)
            return Fresh(number=made.number, limits=seen.access.limits, alike=alike)
    raise AssertionError("a try returns")


def unfit(desk: Desk, preview: Preview, limits: str) -> str:
    """Return why what was measured under such limits may not stand in its channel at this moment; empty where it may."""
    seen = service.verdict(desk, preview.schedule.channel)
    if not seen.here:
        return seen.why
    if not seen.access.still(limits):
        return f"Who reads in {preview.where}, or what they may see, changed just now; publish it and I measure it anew."
    return ""


def _differs(desk: Desk, preview: Preview, fresh: Fresh) -> str:
    """Return how a report would show something else than what was looked over, as a sentence; empty where it would not."""
    shown = standing(desk, preview.draft_id)
    return "" if shown is None or fresh.alike else other_readers(preview, shown.limits, fresh.limits)


def _claimed(desk: Desk, draft_id: str, key: str) -> str:
    """Take publishing in hand: `mine`, `taken over` from a run that failed, or empty where it is out or in another's hand."""
    now, found = desk.clock(), ""

    def take(preview: Preview) -> Preview:
        nonlocal found
        stuck = preview.hand_at is None or now - preview.hand_at > _STUCK
        free = preview.hand in {"", key}
        found = "" if not preview.is_open else "mine" if free else "taken over" if stuck else ""
        return preview.model_copy(update={"hand": key, "hand_at": now}) if found else preview

    change(desk, draft_id, take)
    return found


def _let_go(desk: Desk, draft_id: str) -> bool:
    change(desk, draft_id, lambda preview: preview.model_copy(update={"hand": "", "hand_at": None}))
    return True


def _put(desk: Desk, preview: Preview, posted: Posted, *, look: bool) -> dict[str, JsonValue]:
    """Post the report, and return where it stands; or why it does not."""
    if why := unfit(desk, preview, posted.limits):
        return {"ts": "", "why": why}
    revision = desk.revision(posted.draft_id, posted.number)
    shown = m.draft(revision, card=posted.card, state=posted.stands, published=True)
    key = mark_of(f"publish:{posted.draft_id}")
    try:
        return {"ts": desk.poster.post(posted.channel, shown, key=key, look=look), "why": ""}
    except UnsureError:
        where = preview.where
        return {
            "ts": "",
            "why": f"I was interrupted while I posted it, and I may not read {where} to see whether it got there. "
            "If it is not there, publish it once more.",
        }
    except SlackApiError as error:
        gone = GONE.get(str(error.response.get("error")))
        if gone is None:
            raise
        return {"ts": "", "why": gone}


def _stands(desk: Desk, preview: Preview, posted: Posted, *, reviewed: bool) -> bool:
    """Keep that a report stands in its channel, so that its thread is about it, and what its previews say of it."""

    def there(note: dict[str, JsonValue] | None) -> dict[str, JsonValue]:
        kept = None if note is None else Posted.model_validate(note)
        if kept is not None and kept.channel == posted.channel and kept.ts == posted.ts:
            return cast("dict[str, JsonValue]", note)
        return posted.model_dump(mode="json")

    desk.notes.change(desk.workspace, "posted", posted.draft_id, there)
    thread = desk.thread(f"{posted.channel}:{posted.ts}")
    desk.line.store.keep_thread(thread.model_copy(update={"draft_id": posted.draft_id}))
    told = f"In {preview.where}: r{posted.number}, {posted.state}."
    update = {
        "state": "published" if reviewed else "unreviewed",
        "told": told,
        "hand": "",
        "hand_at": None,
    }
    change(desk, posted.draft_id, lambda before: before.model_copy(update=update))
    published.keep(desk.line, desk.revision(posted.draft_id, posted.number))
    return True


def _file(desk: Desk, steps: Steps, preview: Preview, posted: Posted) -> None:
    """Bring the deck into the report's thread, as long as all who read there may still see it."""
    if steps.step("place", lambda: unfit(desk, preview, posted.limits)):
        return
    revision = desk.revision(posted.draft_id, posted.number)
    comment = f"{inert(revision.deck.title)}, r{revision.number}: {len(revision.deck.slides)} slides."
    where = {
        "channel": posted.channel,
        "thread": posted.thread,
        "comment": comment if desk.hears else comment + MENTION,
    }
    brought = bring_deck(desk, steps, revision, where)
    found = posted.model_copy(update={"file": brought.file, "file_ts": brought.ts})
    steps.step("filed", lambda: keep(desk, found))


def _supersede(desk: Desk, preview: Preview, posted: Posted, *, at: str) -> bool:
    """Mark the report that the same schedule published before as superseded: in its message, and beside its file."""
    before = _before(desk, preview.schedule.id, posted.draft_id)
    earlier = standing(desk, before) if before else None
    if earlier is None:
        return False
    desk.notes.change(
        desk.workspace,
        "posted",
        before,
        lambda note: None if note is None else note | {"superseded": str(note.get("superseded") or at)},
    )
    seen = service.verdict(desk, earlier.channel)
    if seen.here and seen.access.covers(earlier.limits):
        show(desk, before, key=f"{mark_of(f'publish:{before}')}s")
    try:
        supersede(desk, earlier, f"the one of {at}")
    except SlackApiError as error:
        if str(error.response.get("error")) not in GONE:
            raise
    return True


def _before(desk: Desk, schedule: str, draft_id: str) -> str:
    """Keep which report of a schedule is its newest, and return the one before; empty for none. The same one, kept again, too."""

    def kept(note: dict[str, JsonValue] | None) -> dict[str, JsonValue]:
        if note is not None and note["draft"] == draft_id:
            return note
        return {"draft": draft_id, "before": "" if note is None else note["draft"]}

    note = desk.notes.change(desk.workspace, _NEWEST, schedule, kept)
    return "" if note is None else str(note["before"])
