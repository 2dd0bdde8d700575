"""What people say of a report that is to come: it looks right, a deal is wrong, here is context; publish it, or not."""

from __future__ import annotations

from typing import Any

from pydantic import JsonValue

from bot import flows
from bot.agent.remarks import remark_on
from bot.errors import NoSuchDraft
from bot.runs.ports import Steps
from bot.slack import dialogs, previews_shown
from bot.slack import message as m
from bot.slack.brake import stopped
from bot.slack.delivery import deliver
from bot.slack.desk import Answer, Desk, Posted
from bot.slack.feature import Filled
from bot.slack.gate import decides
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.previews_kept import CONTEXT, FIX, Preview, Said, change, hour, preview_of, rights
from bot.slack.previews_word import ask_again
from bot.slack.publishing import Fresh, publish
from bot.slack.request import Request
from bot.slack.standing import show, standing
from bot.slack.telling import mark_of, tell
from bot.store import Revision
from reports import words
from reports.deck import Table
from reports.edits import AddNote
from reports.errors import ReportError
from reports.spec import Note, PersonText

# The fields of both dialogs, and how many letters people write.
DEAL, WORDS, LETTERS = "deal", "words", 300
_OPTIONS = 100
_GONE = "I no longer have the report that this button belongs to."


def right(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Keep that a report looks right to somebody: with the word of who may say so it is published at its hour."""
    told = steps.step("right", lambda: _right(desk, press, known))
    _shown(desk, steps, press.request)
    told_alone(desk, steps, press.request, told)


def now(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Publish a report at once, at the word of who may say so; where others read there by now, show first what they would."""
    told = steps.step("may", lambda: _may_now(desk, press, known))
    if not told:
        draft_id = press.value.partition(":")[0]
        outcome = publish(desk, steps, draft_id, name=known.asker.name, key=press.request.key)
        told = outcome.told
        if (fresh := outcome.fresh) is not None:
            told = f"{told} I did not publish it: look at r{fresh.number}, then press Publish once more."
            _bring(desk, steps, press.request, draft_id, fresh)
    _shown(desk, steps, press.request)
    told_alone(desk, steps, press.request, told)


def drop(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Let a report that was held go this time."""
    told = steps.step("drop", lambda: _dropped(desk, press, known))
    _shown(desk, steps, press.request)
    told_alone(desk, steps, press.request, told)


def asks(desk: Desk, press: Press, known: Known) -> dict[str, Any] | None:
    """Return the dialog of [Fix a deal] or [Add context]; None where it has nothing to be said any more."""
    preview, revision, why = about(desk, press.value, known)
    if preview is None or revision is None or why or not preview.is_open:
        return None
    options = [
        {"text": {"type": "plain_text", "text": words.clip(name, 75)}, "value": deal_id}
        for deal_id, name in deals_on(revision).items()
    ][:_OPTIONS]
    if not options:
        return None
    fix = press.action.partition(":")[0] == FIX
    deal: dict[str, Any] = {"type": "static_select", "options": options}
    text: dict[str, Any] = {"type": "plain_text_input", "multiline": True, "max_length": LETTERS}
    return dialogs.dialog(
        FIX if fix else CONTEXT,
        "Fix a deal" if fix else "Add context",
        [
            dialogs.field(DEAL, "Deal", deal),
            dialogs.field(WORDS, "What is wrong?" if fix else "What should its readers know?", text),
        ],
        about=press.value,
        send="Ask" if fix else "Add",
        note="I ask the deal's owner and the report's. Nothing changes in the CRM."
        if fix
        else "It stands on the deal's row with your name and today's date.",
    )


def unasked(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Tell why a button opened no dialog."""

    def why() -> str:
        preview, _, told = about(desk, press.value, known)
        if told:
            return told
        return (
            preview.told if preview and preview.told else "The report names no deal that it could be about."
        )

    told = steps.step("why", why)
    told_alone(desk, steps, press.request, told)


def wrong(_desk: Desk, filled: Filled) -> dict[str, str]:
    """Return what is missing in either dialog, by field."""
    return {} if filled.values.get(WORDS, "").strip() else {WORDS: "Write a few words."}


def context(desk: Desk, steps: Steps, filled: Filled, known: Known) -> None:
    """Put somebody's context on a deal's row of a report that is to come: its next revision, for all who look it over."""
    request = dialogs.request_of(desk, filled)
    made = steps.step("note", lambda: _noted(desk, filled, known))
    if told := str(made["why"]):
        told_alone(desk, steps, request, told)
        return
    draft_id, fresh = str(made["draft"]), Fresh.model_validate(made["fresh"])
    _bring(desk, steps, request, draft_id, fresh)
    told = f"It stands on {made['deal']}'s row: r{fresh.number}."
    told_alone(desk, steps, request, f"{told} {made['remark']}".strip())
    ask_again(desk, steps, draft_id, name=known.asker.name, key=request.key)


def deals_on(revision: Revision) -> dict[str, str]:
    """Return the deals that a deck names, by id, in the order in which it does."""
    found: dict[str, str] = {}
    tables = (block for slide in revision.deck.slides for block in slide.blocks if isinstance(block, Table))
    for table in tables:
        if table.columns[0].heading == "Deal":
            found |= {
                row.record: row.cells[0].text for row in table.rows if row.record and row.record not in found
            }
    names = {fact.id: fact.text for fact in revision.deck.message.facts}
    for number, decision in enumerate(revision.deck.message.decisions, start=1):
        if decision.deal_id and (name := names.get(f"decision{number}.name")):
            found.setdefault(decision.deal_id, name)
    return found


def about(desk: Desk, value: str, known: Known) -> tuple[Preview | None, Revision | None, str]:
    """Return the preview that a button belongs to, its newest revision, and why the button does nothing; else empty."""
    draft_id = value.partition(":")[0]
    preview = preview_of(desk, draft_id)
    if preview is None:
        return None, None, _GONE
    try:
        revision = desk.revision(draft_id)
    except NoSuchDraft:
        return None, None, _GONE
    if not previews_shown.may_see(known, revision):
        return preview, revision, "By now you may not see all of this report."
    return preview, revision, ""


def _may(desk: Desk, press: Press, known: Known, *, number: bool = True) -> str:
    """Return why somebody may not decide on a report by that button; empty where they may."""
    preview, revision, why = about(desk, press.value, known)
    if preview is None or revision is None or why:
        return why
    if not decides(desk, known, preview.schedule.owner):
        owner = desk.directory.member(preview.schedule.owner).name or "somebody else"
        return f"That is {owner}'s to say."
    shown = press.value.split(":")[1]
    if number and shown != str(revision.number):
        return f"This button belongs to r{shown}; the report is at r{revision.number} by now."
    return ""


def _may_now(desk: Desk, press: Press, known: Known) -> str:
    """Return why somebody may not publish a report at this moment; empty where they may."""
    preview = preview_of(desk, press.value.partition(":")[0])
    if halted := stopped(desk):
        return f"Everything is {halted}; nothing is published before {desk.command} resume."
    if preview is not None and preview.state == "coming" and preview.schedule.paused:
        return f"It is paused: {preview.schedule.paused} Press Resume under {desk.command} schedules first."
    return _may(desk, press, known, number=False)


def _right(desk: Desk, press: Press, known: Known) -> str:
    preview, revision, why = about(desk, press.value, known)
    if preview is None or revision is None or why:
        return why
    mine = decides(desk, known, preview.schedule.owner)
    if preview.state == "unreviewed" and mine:
        return _reviewed(desk, preview, known)
    if preview.state != "coming":
        return preview.told
    shown = press.value.split(":")[1]
    if shown != str(revision.number):
        return f"This button belongs to r{shown}; the report is at r{revision.number} by now."
    if preview.schedule.paused:
        return f"It is paused: {preview.schedule.paused} Once it is resumed you can say so."
    due = hour(preview.schedule, preview.due)
    said = Said(
        user=known.member.id,
        name=known.asker.name,
        what="right",
        number=revision.number,
        at=desk.clock(),
        decides=mine,
    )
    change(desk, preview.draft_id, lambda before: also(before, said))
    where, halted = preview.where, stopped(desk)
    off = f" Everything is {halted}; it comes only after {desk.command} resume." if halted else ""
    if mine:
        return f"It will be published in {where} {due}, with the figures of that moment.{off}"
    owner = desk.directory.member(preview.schedule.owner).name or "its owner"
    return f"{owner} sees that. It is due in {where} {due}.{off}"


def also(preview: Preview, said: Said) -> Preview:
    """Add what somebody said; the same word on the same revision is said once."""
    same = any(
        (one.user, one.what, one.number, one.decides) == (said.user, said.what, said.number, said.decides)
        for one in preview.said
    )
    return preview if same else preview.model_copy(update={"said": (*preview.said, said)})


def _reviewed(desk: Desk, preview: Preview, known: Known) -> str:
    """Say of a report that was posted as not reviewed that it looks right by now."""
    at = f"{desk.clock().astimezone(desk.line.company.zone):%-d %b %H:%M}"
    state = f"posted as not reviewed, looked over by {known.asker.name} {at}"
    posted = standing(desk, preview.draft_id)
    if posted is None or not posted.is_published:
        return preview.told
    if not (verdict := rights(desk, known, posted)).here:
        return verdict.why
    desk.notes.change(
        desk.workspace,
        "posted",
        preview.draft_id,
        lambda note: None if note is None else note | {"state": state},
    )
    told = f"In {preview.where}: r{posted.number}, {state}."
    change(
        desk, preview.draft_id, lambda before: before.model_copy(update={"state": "published", "told": told})
    )
    show(desk, preview.draft_id, key=mark_of(f"{preview.draft_id}:reviewed"))
    return told


def _dropped(desk: Desk, press: Press, known: Known) -> str:
    if why := _may(desk, press, known, number=False):
        return why
    name, draft_id = known.asker.name, press.value.partition(":")[0]

    def dropped(preview: Preview) -> Preview:
        due = hour(preview.schedule, preview.due)
        told = f"Not published {due}: {name} said not this time."
        return (
            preview.model_copy(update={"state": "dropped", "told": told})
            if preview.is_open and not preview.hand
            else preview
        )

    return change(desk, draft_id, dropped).told


def _noted(desk: Desk, filled: Filled, known: Known) -> dict[str, JsonValue]:
    preview, revision, why = about(desk, filled.about, known)
    posted = standing(desk, filled.about.partition(":")[0])
    if preview is None or revision is None or posted is None or why:
        return {"why": why or _GONE}
    if not preview.is_open:
        return {"why": preview.told}
    deal_id, name = filled.values.get(DEAL, ""), deals_on(revision).get(filled.values.get(DEAL, ""), "")
    if not name:
        return {"why": "That deal is no longer in the report."}
    made = _revision(
        desk,
        filled,
        known,
        posted,
        Note(
            deal_id=deal_id,
            deal=name,
            words=PersonText(text=filled.values[WORDS].strip(), by=known.asker.name, at=desk.line.now()),
        ),
    )
    if isinstance(made, str):
        return {"why": made}
    said = Said(
        user=known.member.id, name=known.asker.name, what="context", number=made.number, at=desk.clock()
    )
    change(desk, preview.draft_id, lambda before: also(before, said))
    return {
        "why": "",
        "draft": made.draft_id,
        "fresh": {"number": made.number, "limits": made.limits},
        "deal": name,
        "remark": remark_on(made),
    }


def _revision(desk: Desk, filled: Filled, known: Known, posted: Posted, note: Note) -> Revision | str:
    """Return the revision with a note on a deal's row, for who will read it; else why there is none."""
    verdict = rights(desk, known, posted)
    if not verdict.here:
        return verdict.why
    try:
        return flows.revise(
            desk.under(verdict.access),
            desk.revision(posted.draft_id),
            (AddNote(note=note),),
            author=known.asker.name,
            key=filled.key,
        )
    except ReportError as refusal:
        return f"{refusal}."


def _bring(desk: Desk, steps: Steps, request: Request, draft_id: str, fresh: Fresh) -> None:
    """Bring a new revision to those who look it over."""
    posted = standing(desk, draft_id)
    if posted is not None:
        there = request.model_copy(update={"channel": posted.channel, "thread": posted.thread})
        made = Answer(to="here", draft_id=draft_id, number=fresh.number, limits=fresh.limits)
        deliver(desk, steps, there, made)


def _shown(desk: Desk, steps: Steps, request: Request) -> None:
    draft_id = request.text.partition(":")[0]

    def again() -> bool:
        posted = standing(desk, draft_id)
        number, card = (posted.number, posted.card) if posted else (0, "")
        return previews_shown.show(desk, draft_id, number=number, card=card, key=f"{mark_of(request.key)}r")

    steps.step("show", again)


def told_alone(desk: Desk, steps: Steps, request: Request, told: str) -> None:
    """Tell whoever pressed or wrote what came of it."""
    key = mark_of(request.key)
    steps.step("tell", lambda: tell(desk, request, m.sentence(told), key=key, look=steps.again))
