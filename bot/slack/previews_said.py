"""What people say of a report that is to come: it looks right, a deal is wrong, here is context; publish it, or not."""

from __future__ import annotations

from typing import Any, cast

from pydantic import JsonValue

from bot import flows
from bot.agent.remarks import remark_on
from bot.errors import NoSuchDraft
from bot.runs.ports import Steps
from bot.slack import dialogs, previews_shown
from bot.slack import message as m
from bot.slack.delivery import deliver
from bot.slack.desk import Answer, Desk, Posted
from bot.slack.feature import Filled
from bot.slack.gate import decides
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.previews_kept import CONTEXT, FIX, Preview, Said, change, hour, preview_of, rights
from bot.slack.publishing import publish
from bot.slack.request import Request
from bot.slack.standing import show, standing
from bot.slack.telling import mark_of, tell, tell_others
from bot.store import Revision
from connectors.access import Access
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
    _told(desk, steps, press.request, told)


def now(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Publish a report at once, at the word of who may say so."""
    why = steps.step("may", lambda: _may(desk, press, known, number=False))
    if not why:
        draft_id = press.value.partition(":")[0]
        why = publish(desk, steps, draft_id, name=known.asker.name, key=press.request.key).told
    _shown(desk, steps, press.request)
    _told(desk, steps, press.request, why)


def drop(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Let a report that was held go this time."""
    told = steps.step("drop", lambda: _dropped(desk, press, known))
    _shown(desk, steps, press.request)
    _told(desk, steps, press.request, told)


def asks(desk: Desk, press: Press, known: Known) -> dict[str, Any] | None:
    """Return the dialog of [Fix a deal] or [Add context]; None where it has nothing to be said any more."""
    preview, revision, why = _about(desk, press.value, known)
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
        preview, _, told = _about(desk, press.value, known)
        if told:
            return told
        return (
            preview.told if preview and preview.told else "The report names no deal that it could be about."
        )

    told = steps.step("why", why)
    _told(desk, steps, press.request, told)


def wrong(_desk: Desk, filled: Filled) -> dict[str, str]:
    """Return what is missing in either dialog, by field."""
    return {} if filled.values.get(WORDS, "").strip() else {WORDS: "Write a few words."}


def context(desk: Desk, steps: Steps, filled: Filled, known: Known) -> None:
    """Put somebody's context on a deal's row of a report that is to come: its next revision, for all who look it over."""
    request = dialogs.request_of(desk, filled)
    made = steps.step("note", lambda: _noted(desk, filled, known))
    if told := str(made["why"]):
        _told(desk, steps, request, told)
        return
    draft_id, number, limits = str(made["draft"]), int(cast("int", made["number"])), str(made["limits"])
    posted = standing(desk, draft_id)
    if posted is not None:
        there = request.model_copy(update={"channel": posted.channel, "thread": posted.thread})
        deliver(desk, steps, there, Answer(to="here", draft_id=draft_id, number=number, limits=limits))
    name = str(made["deal"])
    told = f"It stands on {name}'s row: r{number}."
    _told(desk, steps, request, f"{told} {made['remark']}".strip())


def question(desk: Desk, steps: Steps, filled: Filled, known: Known) -> None:
    """Ask the owner of a deal and of the report about what somebody finds wrong with it; nothing changes in the CRM."""
    request = dialogs.request_of(desk, filled)
    made = steps.step("question", lambda: _questioned(desk, filled, known))
    tells = tuple(tuple(map(str, one)) for one in cast("list[list[str]]", made["tells"]))
    steps.step("ask", lambda: tell_others(desk, tuple((user, said, same) for user, said, same in tells)))
    draft_id = filled.about.partition(":")[0]
    steps.step("show", lambda: show(desk, draft_id, key=mark_of(f"{request.key}:show")))
    _told(desk, steps, request, str(made["told"]))


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


def _about(desk: Desk, value: str, known: Known) -> tuple[Preview | None, Revision | None, str]:
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
    preview, revision, why = _about(desk, press.value, known)
    if preview is None or revision is None or why:
        return why
    if not decides(desk, known, preview.schedule.owner):
        owner = desk.directory.member(preview.schedule.owner).name or "somebody else"
        return f"That is {owner}'s to say."
    shown = press.value.split(":")[1]
    if number and shown != str(revision.number):
        return f"This button belongs to r{shown}; the report is at r{revision.number} by now."
    return ""


def _right(desk: Desk, press: Press, known: Known) -> str:
    preview, revision, why = _about(desk, press.value, known)
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
    due = hour(preview.schedule, preview.due)
    said = Said(
        user=known.member.id,
        name=known.asker.name,
        what="right",
        number=revision.number,
        at=desk.clock(),
        decides=mine,
    )
    change(desk, preview.draft_id, lambda before: _with(before, said))
    where = preview.where
    if mine:
        return f"It will be published in {where} {due}, with the figures of that moment."
    owner = desk.directory.member(preview.schedule.owner).name or "its owner"
    return f"{owner} sees that. It is due in {where} {due}."


def _with(preview: Preview, said: Said) -> Preview:
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
    preview, revision, why = _about(desk, filled.about, known)
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
    change(desk, preview.draft_id, lambda before: _with(before, said))
    return {
        "why": "",
        "draft": made.draft_id,
        "number": made.number,
        "limits": made.limits,
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


def _questioned(desk: Desk, filled: Filled, known: Known) -> dict[str, JsonValue]:
    preview, revision, why = _about(desk, filled.about, known)
    if preview is None or revision is None or why:
        return {"told": why, "tells": []}
    deal_id = filled.values.get(DEAL, "")
    name = deals_on(revision).get(deal_id, "")
    with flows.pull(desk.under(Access(workspace=desk.workspace, asker=known.grant))) as view:
        found = view.deals(ids=(deal_id,), counted=False)
    if not name or not found:
        return {"told": "That deal is no longer in the report.", "tells": []}
    text = words.line(filled.values[WORDS].strip(), LETTERS)
    asked = f"{known.asker.name} asks about {name}: “{text}” Nothing was changed in the CRM."
    desk.notes.write(
        desk.workspace,
        "deal question",
        filled.key,
        {
            "deal": deal_id,
            "by": known.member.id,
            "words": text,
            "draft": preview.draft_id,
            "at": str(filled.at),
        },
    )
    said = Said(
        user=known.member.id, name=known.asker.name, what="question", number=revision.number, at=desk.clock()
    )
    change(desk, preview.draft_id, lambda before: _with(before, said))
    owner = found[0].owner_id
    emails = [person.email.casefold() for person in desk.line.crm.people() if person.id == owner]
    theirs = [user for user in desk.directory.linked(emails) if _sees(desk, user, deal_id)]
    users = dict.fromkeys((*theirs, preview.schedule.owner))
    reached = " and ".join(desk.directory.member(user).name for user in users if user != known.member.id)
    told = f"I asked {reached}." if reached else "It is kept."
    if not theirs:
        told += f" {found[0].owner} has not spoken with me yet, so I could not ask there."
    return {
        "told": told,
        "tells": [[user, asked, filled.key] for user in users if user != known.member.id],
    }


def _sees(desk: Desk, user: str, deal_id: str) -> bool:
    """Say whether somebody's own rights show a deal."""
    access = Access(workspace=desk.workspace, asker=desk.directory.known(user).grant)
    with flows.pull(desk.under(access)) as view:
        return bool(view.deals(ids=(deal_id,), counted=False))


def _shown(desk: Desk, steps: Steps, request: Request) -> None:
    draft_id = request.text.partition(":")[0]

    def again() -> bool:
        posted = standing(desk, draft_id)
        number, card = (posted.number, posted.card) if posted else (0, "")
        return previews_shown.show(desk, draft_id, number=number, card=card, key=f"{mark_of(request.key)}r")

    steps.step("show", again)


def _told(desk: Desk, steps: Steps, request: Request, told: str) -> None:
    key = mark_of(request.key)
    steps.step("tell", lambda: tell(desk, request, m.sentence(told), key=key, look=steps.again))
