"""From a request to an answer: who asks, who would read it, under whose rights, and only then what."""

from __future__ import annotations

from datetime import timedelta

from bot import flows
from bot.agent import intents as i
from bot.agent.remarks import remark_on
from bot.agent.reply import Reply
from bot.agent.turn import turn, understand
from bot.errors import BotError
from bot.slack import errands, held, settings
from bot.slack import message as m
from bot.slack.bounds import CHANGES, about, by_name, refusal, same, too_long
from bot.slack.desk import Answer, Desk, Posted
from bot.slack.feature import run_errand
from bot.slack.gate import decides, gate
from bot.slack.people import Known
from bot.slack.places import Verdict, directly
from bot.slack.previews_kept import NOW, rights
from bot.slack.request import Request
from bot.slack.standing import standing
from bot.store import Revision
from connectors.access import Access
from connectors.errors import ConnectorError
from reports.edits import Op, Patch, apply
from reports.errors import ReportError
from reports.view.narrow import outside

# One revision in so many seconds and thread; what is said meanwhile joins it.
PACE = timedelta(seconds=20)
_MADE = (i.Report, *CHANGES)


def hear(desk: Desk, request: Request) -> Answer:
    """Return what is said to a request, and where. Nothing is posted by this; a second call makes no second revision."""
    if request.surface == "thread" and not ours(desk, request):
        return Answer(to="nobody")
    known = desk.directory.known(request.user)
    told = (
        errands.leave(desk, request, known)
        or gate(desk, request, known)
        or too_long(request)
        or errands.run(desk, request, known)
    )
    if told is not None:
        return told
    alone = Access(workspace=desk.workspace, asker=known.grant)
    if alone.nothing:
        return Answer(
            to="alone",
            why="The CRM role you have is not given a view of any deal here. An admin can change that.",
        )
    line = desk.under(alone)
    private = _private_memory(desk, request)
    heard = request.conversation if request.public else private
    request, meant = _understood(desk, request, line, known, heard)
    if isinstance(meant, i.Nothing) and meant.offer is None:
        return Answer(to="nobody")
    if why := refusal(desk, request, heard, meant, alone):
        return Answer(to="alone", why=why)
    if done := run_errand(desk, request, known, meant) or _to_publish(desk, request, known, meant):
        return done
    if not _to_all(request, meant):
        return _answered(desk, request, known, alone, private, meant, to="alone")
    posted = posted_in(desk, request.conversation) if isinstance(meant, CHANGES) else None
    verdict = _verdict(desk, request, known, meant, posted)
    if posted and not may_revise(desk, known, posted):
        owner = desk.directory.member(posted.owner).name or "Somebody else"
        return _own_copy(desk, request, known, meant, posted, why=f"{owner} owns this draft.")
    if not verdict.here:
        if posted:
            return _own_copy(desk, request, known, meant, posted, why=verdict.why)
        return _directly(desk, request, known, meant, verdict.why)
    if posted:
        return _revised(desk, request, known, verdict.access, meant, posted)
    return _answered(desk, request, known, verdict.access, request.conversation, None, to="here")


def may_revise(desk: Desk, known: Known, posted: Posted) -> bool:
    """Say whether somebody may change a draft: the one who asked for it, and the owners' list."""
    return decides(desk, known, posted.owner)


def _to_publish(desk: Desk, request: Request, known: Known, meant: i.Intent) -> Answer | None:
    draft = posted_in(desk, request.conversation) if isinstance(meant, i.Publish) else None
    return to_publish(desk, known, draft) if draft else None


def to_publish(desk: Desk, known: Known, posted: Posted) -> Answer:
    """Return the question that whoever may revise a draft is asked before it is published; others only have its owner told."""
    if may_revise(desk, known, posted):
        roster = desk.places.look(posted.bound or posted.channel)
        where = f" to #{roster.name}" if roster.name else ""
        press = NOW if posted.bound else m.PUBLISH
        return Answer(
            to="alone",
            why=f"Publish r{posted.number}{where}?",
            buttons=(
                ("Publish", press, f"{posted.draft_id}:{posted.number}:"),
                ("Not yet", m.LEAVE, ""),
            ),
        )
    member = desk.directory.member(posted.owner)
    owner = member.name or "Somebody else"
    if member.gone:
        return Answer(to="alone", why=f"{owner} owned this draft and has left; an admin can publish it.")
    told = f"{known.asker.name} would publish your draft r{posted.number}; it is yours to say."
    same = f"publish:{posted.draft_id}:{posted.number}:{known.member.id}"
    return Answer(
        to="alone", why=f"{owner} owns this draft; I told {owner}.", tells=((posted.owner, told, same),)
    )


def posted_in(desk: Desk, conversation: str) -> Posted | None:
    """Return where the draft of a conversation stands; None when the conversation is about none."""
    draft_id = desk.thread(conversation).draft_id
    return standing(desk, draft_id) if draft_id else None


def join(desk: Desk, requests: tuple[Request, ...], *, draft_id: str, key: str) -> Answer:
    """Return the answer to edits that were held for a moment: one revision with all of them, in the order they came."""
    last = requests[-1]
    posted = standing(desk, draft_id)
    if posted is None:
        return Answer(to="alone", why="I no longer have the draft that this was an edit of.")
    known = desk.directory.known(last.user)
    verdict = rights(desk, known, posted)
    if not verdict.here:
        return Answer(to="alone", why=verdict.why)
    line = desk.under(verdict.access)
    ops, authors = edits_in(desk, line, requests, posted)
    if not ops:
        return Answer(
            to="alone", why="The draft has changed meanwhile, and I can no longer read that as an edit of it."
        )
    try:
        made = flows.revise(line, desk.revision(posted.draft_id), ops, author=" and ".join(authors), key=key)
    except (ReportError, ConnectorError, BotError) as refusal:
        return Answer(to="alone", why=f"{refusal}.")
    return Answer(
        to="here",
        draft_id=made.draft_id,
        number=made.number,
        conversation=last.conversation,
        limits=verdict.access.limits,
        remark=remark_on(made),
    )


def edits_in(
    desk: Desk, line: flows.Line, requests: tuple[Request, ...], posted: Posted
) -> tuple[tuple[Op, ...], tuple[str, ...]]:
    """Return what these words change in a draft, in their order, and the names of those who said so; empty for nothing."""
    ops: list[Op] = []
    authors: list[str] = []
    for request in requests:
        asker = desk.directory.known(request.user).asker
        meant = understand(
            line,
            request.text,
            thread_id=f"{posted.channel}:{posted.thread}",
            asker=asker,
            surface=request.surface,
        )
        if isinstance(meant, i.Edits):
            ops.extend(meant.patch.ops)
            authors.append(asker.name)
    return tuple(ops), tuple(dict.fromkeys(authors))


def _understood(
    desk: Desk, request: Request, line: flows.Line, known: Known, heard: str
) -> tuple[Request, i.Intent]:
    """Return what the words mean; where a channel listens to everything, a question in a thread counts as put to us."""
    meant = understand(line, request.text, thread_id=heard, asker=known.asker, surface=request.surface)
    asks = isinstance(meant, i.Nothing) and meant.offer is not None and not isinstance(meant.offer, i.Edits)
    if not asks or settings.mode_of(desk, request.channel) != "everything":
        return request, meant
    put = request.model_copy(update={"surface": "mention"})
    return put, understand(line, put.text, thread_id=heard, asker=known.asker, surface=put.surface)


def ours(desk: Desk, request: Request) -> bool:
    """Say whether a thread is one that we take part in and may listen to."""
    if settings.mode_of(desk, request.channel) == "mention only":
        return False
    thread = desk.thread(request.conversation)
    return thread.draft_id is not None or thread.turns > 0


def _to_all(request: Request, meant: i.Intent) -> bool:
    """Say whether an answer is for everybody in the place: a report always is, an answer where it was asked aloud."""
    return request.public or isinstance(meant, _MADE)


def _verdict(desk: Desk, request: Request, known: Known, meant: i.Intent, posted: Posted | None) -> Verdict:
    """Return whether the answer may stand where it was asked for; a draft that goes elsewhere, whether it may there.

    The words are read again with the eyes of everybody there: where that gives another meaning, or a part of what was
    asked for is not for all, the answer is not for that place.
    """
    if posted and (posted.bound or posted.channel != request.channel):
        return rights(desk, known, posted)
    roster = desk.places.look(request.channel)
    verdict = desk.places.judge(roster, known)
    if not verdict.here or roster.kind == "direct":
        return verdict
    away = Verdict(
        here=False,
        access=Access(workspace=desk.workspace, asker=known.grant),
        why=f"Not everybody in #{roster.name} may see this.",
    )
    if outside(about(desk, request.conversation, meant), verdict.access) or (
        not verdict.access.names and by_name(meant)
    ):
        return away
    seen = understand(
        desk.under(verdict.access),
        request.text,
        thread_id=request.conversation,
        asker=known.asker,
        surface=request.surface,
    )
    return verdict if same(seen, meant) else away


def _answered(
    desk: Desk,
    request: Request,
    known: Known,
    access: Access,
    conversation: str,
    meant: i.Intent | None,
    *,
    to: str,
    why: str = "",
) -> Answer:
    """Take the turn, and return what it says."""
    reply, made = turn(
        desk.under(access),
        request.text,
        thread_id=conversation,
        asker=known.asker,
        surface=request.surface,
        key=request.key,
        meant=meant,
    )
    if reply.silent:
        return _offer(desk, request, reply_lines=bool(reply.lines), answer=Answer(to="alone", reply=reply))
    posted_here = request.surface == "slash" and request.public and _worth_sharing(reply.intent)
    if to == "here" and reply.private and not request.direct and not posted_here:
        to = "alone"
    asked = (
        request.text if to == "alone" and request.surface == "slash" and _worth_sharing(reply.intent) else ""
    )
    return Answer.model_validate(
        {
            "to": to,
            "why": directly(why, "the draft" if made else "it") if why else "",
            "reply": reply.model_dump() if made is None else None,
            "draft_id": made.draft_id if made else "",
            "number": made.number if made else 0,
            "conversation": conversation,
            "limits": access.limits,
            "here": asked,
            "buttons": _beside(conversation, reply),
            "remark": " ".join(part for part in (*_said(made, reply.read_as), remark_on(made)) if part),
        }
    )


def _directly(desk: Desk, request: Request, known: Known, meant: i.Intent, why: str) -> Answer:
    """Answer to the person's direct messages, under that person's own rights, and say why."""
    if isinstance(meant, i.Nothing) or request.surface == "thread":
        return Answer(to="nobody")
    alone = Access(workspace=desk.workspace, asker=known.grant)
    conversation = f"{request.conversation}:{request.user}"
    return _answered(desk, request, known, alone, conversation, meant, to="person", why=why)


def _own_copy(
    desk: Desk, request: Request, known: Known, meant: i.Intent, posted: Posted, *, why: str
) -> Answer:
    """Give somebody a copy of a draft with the edits, by direct message, under the own rights; the draft stays."""
    if not isinstance(meant, i.Edits):
        return Answer(to="alone", why=f"{why} It stays as it is.")
    before = desk.revision(posted.draft_id)
    spec = apply(before.spec, Patch(base_rev=before.spec_hash, ops=meant.patch.ops))
    alone = Access(workspace=desk.workspace, asker=known.grant)
    try:
        made = flows.draft(desk.under(alone), spec, author=known.asker.name, key=request.key)
    except (ReportError, ConnectorError) as refusal:
        return Answer(to="alone", why=f"{refusal}.")
    return Answer(
        to="person",
        why=f"{why} I sent you a copy of your own with that change.",
        draft_id=made.draft_id,
        number=made.number,
        conversation=f"{request.conversation}:{request.user}",
        limits=alone.limits,
    )


def _revised(
    desk: Desk, request: Request, known: Known, access: Access, meant: i.Intent, posted: Posted
) -> Answer:
    """Revise a draft, or hold the edit for a moment where the last revision is younger than twenty seconds.

    An undo takes back what was said last, be it an edit that is still held.
    """
    if request.surface == "thread":
        held.begin(desk, request)
    if isinstance(meant, i.Undo) and (last := held.take_back(desk, posted.draft_id, undo=request)):
        told = f"{known.asker.name} took back “{last.text}” before it was in the draft."
        tells = ((last.user, told, request.key),) if last.user != request.user else ()
        return Answer(to="alone", why=f"“{last.text}” was not in the draft yet; I left it out.", tells=tells)
    if isinstance(meant, i.Edits) and held.hold(desk, request, posted.draft_id, pace=PACE):
        return Answer(to="nobody")
    return _answered(desk, request, known, access, request.conversation, None, to="here")


def _offer(desk: Desk, request: Request, *, reply_lines: bool, answer: Answer) -> Answer:
    """Offer privately what was not said to us, once per person and thread; else say nothing."""
    if not reply_lines or settings.mode_of(desk, request.channel) == "mention only":
        return Answer(to="nobody")
    first = desk.notes.claim(
        desk.workspace,
        f"offer:{request.conversation}:{request.user}",
        at=desk.clock(),
        within=timedelta(days=3650),
    )
    return answer if first else Answer(to="nobody")


def _private_memory(desk: Desk, request: Request) -> str:
    """Return what a person's private turns are remembered under; it begins with what was last said to all in the thread.

    What was shown to one person must not be in the memory of a thread that others ask about.
    """
    if request.direct or (request.surface == "slash" and not request.thread):
        return request.conversation
    own = f"{request.conversation}:{request.user}"
    shared, mine = desk.thread(request.conversation), desk.thread(own)
    if shared.turns and shared.turns >= mine.turns:
        desk.line.store.keep_thread(shared.model_copy(update={"id": own}))
    elif shared.draft_id is not None and mine.draft_id != shared.draft_id:
        desk.line.store.keep_thread(mine.model_copy(update={"draft_id": shared.draft_id}))
    return own


def _said(made: Revision | None, read_as: tuple[str, ...]) -> tuple[str, ...]:
    """Return how the words of a report or an edit were read, as sentences; other answers say that themselves."""
    return tuple(f"{words.rstrip('.')}." for words in read_as) if made is not None else ()


def _beside(conversation: str, reply: Reply) -> tuple[tuple[str, str, str], ...]:
    """Return the buttons that an answer has in Slack alone.

    Beside where a number comes from, its records, as a file to the person who presses it; in the menu, what comes by itself.
    """
    if reply.intent == "menu":
        return (("Schedules", f"{m.SAY}:schedules", "schedules"),)
    if reply.intent != "provenance" or not any(fact.records for fact in reply.facts):
        return ()
    return (("CSV", m.CSV, f"{conversation}|{reply.facts[0].id}"),)


def _worth_sharing(intent: str) -> bool:
    """Say whether others may want to see an answer that one person got."""
    return intent in {"ask", "follow_up", "findings", "deal_card", "deal_filter", "why"}
