"""A message under a posted deck, read as edits: all of it, or it is not one."""

from __future__ import annotations

import re
from datetime import datetime

from bot.agent.draft import Drafting, Sure
from bot.agent.intents import Edits, FreshData, Intent, Nothing, Publish, Undo, Unread
from bot.agent.modifiers import modifiers
from bot.agent.slide_edits import slide_edit
from bot.agent.slides import Book
from bot.agent.utterance import Utterance
from reports.edits import Patch, SetCurrency, SetFilter
from reports.spec import ReportSpec, spec_hash

# Somebody may be offered a reading of a message of which at most so many words are not explained.
_OFFER_UNREAD = 3
_REVISION = re.compile(r"r(\d{1,4})")
_BACK_TO = {
    "back",
    "to",
    "go",
    "revert",
    "restore",
    "return",
    "use",
    "undo",
    "roll",
    "revision",
    "version",
    "the",
    "take",
    "us",
    "again",
}


def draft_of(
    said: Utterance,
    posted: Book,
    spec: ReportSpec,
    *,
    author: str,
    addressed: bool,
    now: datetime,
) -> Drafting:
    """Read the message as edits, as far as that goes; never raises."""
    draft = Drafting(said=said, posted=posted, spec=spec, author=author, addressed=addressed, now=now)
    at, last_read = 0, True
    while at < len(draft.keys):
        step = draft.separator(at)
        if step and not (draft.key(at) == "plus" and draft.said.meanings_at(at + 1)):
            if draft.key(at) in {"\n", ".", ";"}:
                draft.targets, draft.verb = (), ""
            at += step
            continue
        end = _clause(draft, at)
        if end is not None and end > at:
            draft.clauses.append(said.raw(at, end))
            at, last_read = end, True
            continue
        polite = draft.polite(at)
        if polite:
            draft.requested = draft.requested or draft.request(at) or draft.key(at) == "instead"
            at += polite
            continue
        if draft.key(at) != "?":
            draft.unread.append(at)
            if last_read:
                draft.targets, draft.verb = (), ""
            last_read = False
        at += 1
    return draft


def verdict(draft: Drafting) -> Intent:
    """Return what the thread message is: edits, undo, fresh data, publish, a problem, or nothing (with an offer)."""
    complete = not draft.unread and (draft.ops or draft.flags or draft.problems or draft.choices)
    if complete and not _talk(draft):
        return _whole(draft)
    if draft.addressed:
        return _partial(draft)
    if not draft.ops and not draft.flags:
        return Nothing(reason="not an edit of this deck")
    if _may_offer(draft):
        offer = _edits(draft)
        return Nothing(
            reason="could be an edit, but not certainly",
            offer=offer,
            offer_words=", ".join(draft.clauses),
        )
    return Nothing(reason="reads in part as an edit, but says something else")


def _clause(draft: Drafting, at: int) -> int | None:
    """Read one edit or command at `at`; return the place behind it, None for none."""
    end = _command(draft, at)
    if end is not None:
        return end
    kept = (len(draft.ops), len(draft.problems), len(draft.choices))
    end = slide_edit(draft, at)
    if end is None:
        del draft.ops[kept[0] :], draft.sure[kept[0] :], draft.problems[kept[1] :], draft.choices[kept[2] :]
        carried = draft.targets if at and draft.clauses else ()
        count = len(draft.ops)
        end = modifiers(draft, at, carried)
        if end is not None and carried and len(draft.ops) > count:
            numbers = ", ".join(str(draft.posted.number_of(slide)) for slide in carried)
            draft.read_as.append(f"Read as: slide {numbers} {draft.said.raw(at, end)}")
    else:
        draft.verb = draft.verb if draft.verb == "add" and _added(draft, kept[0]) else ""
        if not draft.targets or not any(
            isinstance(op, SetFilter | SetCurrency) for op in draft.ops[kept[0] :]
        ):
            draft.targets = draft.targets if _about_slides(draft, kept[0]) else ()
    return end


def _added(draft: Drafting, since: int) -> bool:
    return any(op.op == "add_slide" for op in draft.ops[since:])


def _about_slides(draft: Drafting, since: int) -> bool:
    return any(
        op.op in {"set_filter", "set_period", "set_currency", "clear_filter", "set_mark", "set_breakdown"}
        for op in draft.ops[since:]
    )


def _command(draft: Drafting, at: int) -> int | None:
    """Read `undo`, `fresh data`, `publish`, `back to r2`."""
    end = at
    while draft.key(end) in _BACK_TO and end < at + 5:
        end += 1
    if draft.key(end) == "original" and end > at and draft.key(at) in {"back", "go", "revert", "return"}:
        draft.flags["undo"] = 1
        return end + 1 + (draft.key(end + 1) in {"version", "deck", "one"})
    matched = _REVISION.fullmatch(draft.key(end))
    if matched and end > at and draft.separated(end + 1):
        draft.flags["undo"] = int(matched[1])
        return end + 1
    found = draft.said.lexicon.words.commands.at(draft.keys, at)
    if found is None or found[0] not in {"undo", "fresh", "publish"}:
        return None
    end = at + found[1]
    if draft.keys[at:end] == ("revert",) and len(draft.keys) > 1 and not draft.addressed:
        return None  # `please revert` asks for an answer
    if not draft.separated(end) and found[0] != "fresh":
        return None
    if found[0] == "publish" and matched is None and (number := _REVISION.fullmatch(draft.key(end))):
        del number
        end += 1
    draft.flags[found[0]] = None
    return end


def _talk(draft: Drafting) -> bool:
    """Say whether a message that reads as an edit may still be talk: a question, or nothing certain in it."""
    question = "?" in draft.keys and not draft.requested
    if draft.addressed:
        return False
    first = draft.sure[0] if draft.sure else Sure.CERTAIN
    return question or first < (Sure.ASKED if draft.requested else Sure.CERTAIN)


def _whole(draft: Drafting) -> Intent:
    """Return the intent of a message that was read in full."""
    if draft.problems:
        return draft.problems[0]
    if draft.choices:
        return draft.choices[0]
    if "undo" in draft.flags and not draft.ops and len(draft.flags) == 1:
        return Undo(to=draft.flags["undo"])
    if "publish" in draft.flags and not draft.ops and len(draft.flags) == 1:
        return Publish()
    if "undo" in draft.flags or "publish" in draft.flags:
        if not draft.addressed:
            return Nothing(reason="an edit together with undo or publish")
        return Unread(unread=tuple(draft.clauses))
    if "fresh" in draft.flags and not draft.ops:
        return FreshData()
    return _edits(draft)


def _edits(draft: Drafting) -> Edits:
    return Edits(
        patch=Patch(base_rev=spec_hash(draft.spec), ops=tuple(draft.ops)),
        fresh="fresh" in draft.flags,
        unread=_unread(draft),
        read_as=tuple(draft.read_as),
    )


def _partial(draft: Drafting) -> Intent:
    """Return what a message addressed to us gives where some words were not understood."""
    if draft.problems and not draft.ops:
        return draft.problems[0].model_copy(update={"unread": _unread(draft)})
    if not draft.ops and not draft.flags:
        return Unread(unread=_unread(draft))
    read = len(draft.keys) - len(draft.unread)
    if _negated(draft) or len(draft.unread) > max(1, read // 2):
        return Unread(unread=_unread(draft))
    whole = _whole(draft)
    return whole.model_copy(update={"unread": _unread(draft)})


def _may_offer(draft: Drafting) -> bool:
    """Say whether a private offer is in order: nearly all of it is an edit, and what is left only hedges.

    One clause that is an edit for certain beside another that is not (`only EMEA, and somebody tell finance`) counts
    as well, when it stands apart.
    """
    if _negated(draft) or Sure.CERTAIN not in draft.sure or draft.problems:
        return False
    if any(draft.said.names_at(index).people for index in draft.unread):
        return False
    hedges = draft.said.lexicon.words.hedges
    left = [draft.keys[index] for index in draft.unread]
    if all(word in hedges for word in left) and len(left) <= _OFFER_UNREAD + len(draft.clauses):
        return True
    return _apart(draft) and len(left) <= 2 * _OFFER_UNREAD


def _apart(draft: Drafting) -> bool:
    """Say whether no clause has both words that were read and words that were not."""
    unread = set(draft.unread)
    runs: list[set[bool]] = [set()]
    for index in range(len(draft.keys)):
        if draft.separator(index):
            runs.append(set())
        elif not draft.polite(index):
            runs[-1].add(index in unread)
    return all(len(run) <= 1 for run in runs) and any(run == {False} for run in runs)


def _negated(draft: Drafting) -> bool:
    return any(draft.has("negations", index) for index in draft.unread)


def _unread(draft: Drafting) -> tuple[str, ...]:
    return tuple(draft.said.raw(index, index + 1) for index in draft.unread)
