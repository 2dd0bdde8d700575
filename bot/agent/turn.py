"""One turn: text → intent → reply. The same for the terminal and for Slack."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot import flows
from bot.agent import intents as i
from bot.agent.answers import deals, drafts, found, origins, plain, questions
from bot.agent.answers.asking import Asker, Asking
from bot.agent.lexicon import Lexicon, lexicon
from bot.agent.reply import Reply
from bot.agent.rules import read
from bot.agent.second import again
from bot.builds import Builds
from bot.flows import Line
from bot.store import Revision, Thread
from bot.store.threads import FACT_CAP
from connectors.errors import ConnectorError
from reports import words
from reports.errors import FailedCheck, ReportError
from reports.view import PipelineView

# Lexicons of the last few companies, days and rights.
_LEXICONS: Builds[Lexicon] = Builds()
# So many letters of the words that were not used are said again.
_UNUSED = 60


def turn(
    line: Line,
    text: str,
    *,
    thread_id: str,
    asker: Asker,
    surface: i.Surface = "direct",
    key: str = "",
    meant: i.Intent | None = None,
) -> tuple[Reply, Revision | None]:
    """Read one message, answer it, and remember what the next one may refer to.

    Every message that addresses us ends in a reply. The revision is the one that this turn made, else None. A turn that
    is taken again under the same `key` makes no second revision; without one, no turn is like another.
    `meant` is what the words mean where somebody has read them already.
    """
    thread = memory(line, thread_id)
    newest = newest_of(line, thread)
    with flows.pull(line) as view:
        if meant is None:
            meant = _read(line, view, text, thread=thread, newest=newest, asker=asker, surface=surface)
        asking = Asking(
            line=line,
            view=view,
            asker=asker,
            thread=thread,
            revision=newest,
            key=key or f"{thread_id}:{thread.turns + 1}",
        )
        try:
            reply, made = _answer(asking, meant)
        except (ReportError, ConnectorError) as refusal:
            reply, made = Reply(intent=meant.type, lines=_refused(refusal), private=True), None
    said = (*meant.read_as, *_unused(meant))
    reply = reply.model_copy(update={"read_as": (*said, *reply.read_as)})
    _remember(line, thread, reply, made)
    return reply, made


def understand(
    line: Line, text: str, *, thread_id: str, asker: Asker, surface: i.Surface = "direct"
) -> i.Intent:
    """Read one message as `turn` would, and do nothing about it."""
    thread = memory(line, thread_id)
    with flows.pull(line) as view:
        return _read(
            line, view, text, thread=thread, newest=newest_of(line, thread), asker=asker, surface=surface
        )


def memory(line: Line, thread_id: str) -> Thread:
    """Return what a conversation remembers; of facts that were read under other rights it says nothing."""
    thread = line.store.thread(line.workspace, thread_id)
    limits = line.access.limits
    if thread.limits == limits:
        return thread
    shown = thread.shown if thread.limits and line.access.still(thread.limits) else ()
    return thread.model_copy(update={"limits": limits, "shown": shown})


def newest_of(line: Line, thread: Thread) -> Revision | None:
    """Return the newest revision of the draft that a conversation is about; None when it is about none."""
    if thread.draft_id is None:
        return None
    head = line.store.draft(line.workspace, thread.draft_id).head
    return line.store.revision(line.workspace, thread.draft_id, head)


def _read(
    line: Line,
    view: PipelineView,
    text: str,
    *,
    thread: Thread,
    newest: Revision | None,
    asker: Asker,
    surface: i.Surface,
) -> i.Intent:
    lexicon_now = _lexicon(line, view)
    meant = read(
        text,
        lexicon_now,
        deck=newest.deck if newest else None,
        spec=newest.spec if newest else None,
        surface=surface,
        asker=asker.name,
        previous=thread.question is not None,
    )
    return again(
        meant,
        text,
        reader=line.reader,
        lexicon=lexicon_now,
        thread=thread,
        newest=newest,
        asker=asker,
        surface=surface,
    )


def _lexicon(line: Line, view: PipelineView) -> Lexicon:
    """Return the words of a company as the view's rights let them be known: made once a day for the same records."""
    now = line.now()
    key = (
        line.mirror.folder.resolve(),
        view.generation,
        repr(line.company),
        view.calendar.day(now),
        line.access.limits,
    )
    known = _LEXICONS.get(key, lambda: lexicon(line.company, view.names(), now=now))
    return replace(known, now=now)


def _answer(asking: Asking, meant: i.Intent) -> tuple[Reply, Revision | None]:  # noqa: C901, PLR0912 — one case an intent
    match meant:
        case i.Report():
            return drafts.report(asking, meant)
        case i.Edits():
            return drafts.edits(asking, meant)
        case i.Undo():
            return drafts.undo(asking, meant)
        case i.FreshData():
            return drafts.fresh(asking, meant)
        case i.AddNote():
            return drafts.note(asking, meant)
        case i.Ask():
            return questions.ask(asking, meant), None
        case i.FollowUp():
            return questions.follow_up(asking, meant), None
        case i.Why():
            return origins.why(asking, meant), None
        case i.Provenance():
            return origins.provenance(asking, meant), None
        case i.DealCard():
            return deals.card(asking, meant), None
        case i.Choose():
            return deals.choose(asking, meant), None
        case i.DealFilter():
            return deals.listed(asking, meant), None
        case i.MyDeals():
            return deals.mine(asking, meant), None
        case i.FindingsAsk():
            return found.found(asking, meant), None
        case i.Publish():
            return drafts.publish(asking, meant), None
        case i.Dispute():
            return drafts.dispute(asking, meant), None
        case i.Menu():
            return plain.menu(asking), None
        case i.Help():
            return plain.help_(asking, meant), None
        case i.Courtesy():
            return plain.courtesy(asking, meant), None
        case i.Errand():
            return plain.errand(asking, meant), None
        case i.Problem():
            return plain.problem(asking, meant), None
        case i.Unread():
            return plain.unread(asking, meant), None
        case i.Nothing():
            return plain.nothing(asking, meant), None


def _refused(refusal: ReportError | ConnectorError) -> tuple[str, ...]:
    """Return why it could not be done, as sentences; of a failed check the first problems."""
    if isinstance(refusal, FailedCheck):
        return ("The deck did not pass its own check, so it is not handed out:", *refusal.problems[:3])
    return (f"{refusal}.",)


def _unused(meant: i.Intent) -> tuple[str, ...]:
    """Return a sentence about the words that played no part, at most 60 letters of them."""
    if not meant.unread or isinstance(meant, i.Nothing | i.Unread):
        return ()
    return (f"Not used: {words.clip(', '.join(meant.unread), _UNUSED)}",)


def _remember(line: Line, thread: Thread, reply: Reply, made: Revision | None) -> None:
    as_of: datetime | None = reply.as_of if reply.question else thread.as_of
    line.store.keep_thread(
        thread.model_copy(
            update={
                "turns": thread.turns + 1,
                "draft_id": made.draft_id if made else thread.draft_id,
                "question": reply.question or thread.question,
                "as_of": as_of,
                "currency": reply.currency if reply.question else thread.currency,
                "shown": (*reply.facts, *thread.shown)[:FACT_CAP],
            }
        )
    )
