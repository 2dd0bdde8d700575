"""Replies and drafts as Slack messages: the headline is the notification, twelve lines are the message."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.agent.reply import Grid, Reply
from bot.sentences import capital
from bot.slack import blocks as b
from bot.store import Revision
from reports.deck import Decision, Message
from reports.facts import Frozen, Unit
from reports.narrative import tokens

NOTIFICATION = 120
# The message shortcut, and the prompts that a conversation with us begins with.
SHORTCUT = "ask_about_this"
PROMPTS: tuple[tuple[str, str], ...] = (
    ("Weekly review", "weekly"),
    ("My deals", "my deals"),
    ("At risk", "what is at risk this quarter?"),
    ("What changed", "what changed this week?"),
)
# Decimals that a chart's bars are told with.
_PLACES = {Unit.RATIO: 2, Unit.SHARE: 3, Unit.MONEY: 0}
# What a button does when it is pressed; each is the start of an action id.
SAY, DO, DIRECT, LEAVE, HERE, OPEN, TAKE, GIVE, PUBLISH, CSV, LINK = (
    "say",
    "do",
    "direct",
    "leave",
    "here",
    "open",
    "take",
    "give",
    "publish",
    "csv",
    "link",
)
# A record's address among the grey lines: nothing in a text of ours is a link, so it is a button.
_ADDRESS = re.compile(r"https?://\S+")
# The last word of a report's grey line, behind its revision.
_STATE = re.compile(r"(r\d+, )\w+$")
# What is said of a decision's place among the others, and of who owns it where names may be shown.
_PLACED = re.compile(r"\{decision\d+\.owner\}, |decision\d+(?=\.)")
# What the buttons of a private offer do.
_OFFERED = {"Do it": DO, "Answer": DO, "In DM": DIRECT}


class Outgoing(Frozen):
    """A message on its way: `text` is what a notification shows; `plain` replaces `blocks` where those are refused."""

    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()
    plain: tuple[Mapping[str, Any], ...] = ()


def sentence(*lines: str, buttons: tuple[b.Block, ...] = (), rows: tuple[b.Block, ...] = ()) -> Outgoing:
    """Return a message of a few sentences; `rows` are the blocks of what is listed under them."""
    text = " ".join(line for line in lines if line)
    found = (*(b.plain(line) for line in lines if line), *rows, *b.actions(buttons))
    return Outgoing(text=notice(text), blocks=found, plain=found)


def answer(
    reply: Reply, *, why: str = "", here: str = "", thread: str = "", more: Sequence[b.Block] = ()
) -> Outgoing:
    """Return an answer. `why` says first why it is private; `here` is the question that [Post here] asks again.

    The buttons of an offer carry the `thread` that it was made in, for a whisper does not tell where it stands; `more`
    are buttons besides the answer's own.

    Tables and charts are blocks of their own kinds; `plain` has the table in letters and no chart.
    """
    head: list[b.Block] = [*b.grey(reply.read_as), *((b.plain(why),) if why else ())]
    lines = [capital(line) for line in reply.lines]
    if lines:
        head.append(b.bold(lines[0]) if not reply.silent else b.plain(lines[0]))
    head.extend(b.plain("\n".join(part)) for part in _parts(lines[1:]))
    small = () if reply.silent else reply.small
    tail: list[b.Block] = list(b.grey(capital(text) for text in small if not _ADDRESS.fullmatch(text)))
    buttons = [
        b.button(item.label, _OFFERED.get(item.label, LEAVE), f"{thread}|{item.text}")
        if reply.silent
        else b.button(item.label, f"{SAY}:{number}", item.text, url=item.url)
        for number, item in enumerate(reply.buttons)
    ]
    buttons.extend(
        b.button("Open in the CRM", f"{LINK}:{number}", url=text)
        for number, text in enumerate(small)
        if _ADDRESS.fullmatch(text)
    )
    buttons.extend(more)
    if here:
        buttons.append(b.button("Post here", HERE, here))
    tail.extend(b.actions(buttons))
    rich, letters = _grid(reply)
    text = why or (reply.lines[0] if reply.lines else reply.intent)
    return Outgoing(
        text=notice(text),
        blocks=(*head, *rich, *tail)[: b.BLOCKS],
        plain=(*head, *letters, *tail)[: b.BLOCKS],
    )


def draft(
    revision: Revision,
    *,
    card: str = "",
    taken: Mapping[str, str] | None = None,
    state: str = "",
    published: bool = False,
    bare: bool = False,
) -> Outgoing:
    """Return the message that carries a report: headline, card, changes, decisions with buttons, actions.

    `card` is the uploaded picture's id, empty where there is none; `taken` says who took which decision (by `identity`);
    `state` replaces the last words of the grey line once there is more to say; a `published` one is not published again.
    A `bare` one has no buttons.
    """
    told = revision.deck.message
    found: list[b.Block] = [b.bold(told.headline.text)]
    if told.lead is not None:
        found.append(b.plain(told.lead.text))
    head = len(found)
    if told.changes:
        found.append(b.bold(told.changed_since))
        found.append(
            b.plain("\n".join(f"{n}. {words.text}" for n, words in enumerate(told.changes[:3], start=1)))
        )
    if told.decisions:
        found.append(b.bold("Decide today"))
        for item in told.decisions[:3]:
            found.extend(_decision(item, revision, (taken or {}).get(identity(item), ""), bare=bare))
    if told.followed is not None:
        found.append(b.plain(told.followed.text))
    found.extend(b.grey([grey_line(told, state)]))
    found.extend(() if bare else b.actions(_draft_buttons(revision, published=published)))
    alt = f"Phone card: {revision.deck.card.headline}"
    rich = [*found[:head], b.picture(card, alt), *found[head:]] if card else found
    return Outgoing(text=notice(told.notification), blocks=tuple(rich), plain=tuple(found))


def grey_line(told: Message, state: str = "") -> str:
    """Return the grey line; `state` stands in place of its last word, which says what the revision was when it was made."""
    return _STATE.sub(lambda found: f"{found[1]}{state}", told.grey) if state else told.grey


def identity(decision: Decision) -> str:
    """Return what a decision is, whichever letter it has today: the same act on the same deal, at any number and date."""
    said = decision.words.template or decision.words.text
    act = _PLACED.sub("", said) if decision.deal_id else decision.words.text
    return hashlib.sha256(f"{decision.deal_id or ''}|{act}".encode()).hexdigest()[:16]


def notice(text: str) -> str:
    """Return the text of a notification: one line, at most 120 characters, in which nothing is a mention."""
    return b.escaped(" ".join(text.split()), NOTIFICATION)


def _decision(item: Decision, revision: Revision, taken: str, *, bare: bool) -> tuple[b.Block, ...]:
    """Return a decision with its buttons, or with who has it; a bare one has none."""
    words = b.plain(f"{item.letter}. {item.words.text}{f' – {taken}' if taken else ''}")
    if taken or bare:
        return (words,)
    ref = _ref(revision, item.letter)
    labels = (("Take it", TAKE), ("Give to …", GIVE))
    return (words, *b.actions([b.button(label, f"{kind}:{item.letter}", ref) for label, kind in labels]))


def _draft_buttons(revision: Revision, *, published: bool) -> tuple[b.Block, ...]:
    deals = [
        b.button(f"Open deal {item.letter}", f"{OPEN}:{item.letter}", _ref(revision, item.letter))
        for item in revision.deck.message.decisions[:3]
        if item.deal_id
    ]
    publish = [] if published else [b.button("Publish", PUBLISH, _ref(revision), style="primary")]
    return (*publish, b.button("Where from?", f"{SAY}:origin", _origin(revision)), *deals)


def _origin(revision: Revision) -> str:
    """Return the question where the first number of a draft's headline comes from."""
    facts = {fact.id: fact for slide in revision.deck.slides[:1] for fact in slide.facts}
    named = (facts.get(name) for name in tokens(revision.deck.message.headline.template))
    numbers = (
        fact.text for fact in named if fact is not None and fact.unit in {Unit.MONEY, Unit.RATIO, Unit.SHARE}
    )
    return f"where does {next(numbers, 'this')} come from"


def _ref(revision: Revision, letter: str = "") -> str:
    """Return what a button carries: which draft and revision, never what is in them."""
    return f"{revision.draft_id}:{revision.number}:{letter}"


def _grid(reply: Reply) -> tuple[tuple[b.Block, ...], tuple[b.Block, ...]]:
    """Return a reply's table as blocks of its own kind, and in letters."""
    grid = reply.grid
    if grid is None or not grid.rows:
        return (), ()
    chart = _chart(reply, grid)
    rich = (b.table(grid.headings, grid.rows, grid.right), *((chart,) if chart else ()))
    return rich, b.table_in_letters(grid.headings, grid.rows, grid.right)


def _chart(reply: Reply, grid: Grid) -> b.Block | None:
    """Return a bar chart of an answer by one dimension; None where the table is the better picture."""
    question = reply.question
    if question is None or len(question.by) != 1:
        return None
    values = {fact.id.rpartition(":")[2]: fact for fact in reply.facts if fact.value is not None}
    rows = [
        (row[0], round(float(values[row[0]].value or 0), _PLACES.get(values[row[0]].unit, 1)))
        for row in grid.rows
        if row[0] in values and row[0] != "All"
    ]
    unit = next((fact.currency or str(fact.unit) for fact in reply.facts), "")
    return b.bars(grid.headings[1] if len(grid.headings) > 1 else reply.intent, rows, unit)


def _parts(lines: list[str]) -> list[list[str]]:
    """Return lines in groups that each fit one paragraph."""
    parts: list[list[str]] = []
    for line in lines:
        if parts and sum(map(len, parts[-1])) + len(parts[-1]) + len(line) <= b.SECTION:
            parts[-1].append(line)
        else:
            parts.append([line])
    return parts
