"""The thread: who said what, when, and what came with it; the slides of each revision fold out below it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.agent.reply import Reply
from bot.page.markup import attribute, text
from bot.page.slides import grid_html, slide_article, words_html
from bot.page.style import style
from bot.sentences import capital
from reports.deck import Deck, Message

BOT = "Quarterdeck"
_NUMBERED = re.compile(r"\d+\. ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing said in the thread: by whom, when (as it is shown), and either a person's text or the bot's reply.

    `deck` is the revision that the turn made; `card` and `file` are the names of its files beside the page.
    """

    who: str
    text: str = ""
    at: str = ""
    reply: Reply | None = None
    card: str | None = None
    file: str | None = None
    deck: Deck | None = None


def page(title: str, turns: Iterable[Turn], *, note: str = "") -> str:
    """Return the whole page. Only the newest revision's slides are open; files before it are marked superseded."""
    said = tuple(turns)
    newest = max((index for index, turn in enumerate(said) if turn.deck is not None), default=-1)
    head = said[newest].deck if newest >= 0 else None
    body = "\n".join(_turn(index, turn, newest=index == newest, head=head) for index, turn in enumerate(said))
    under = f'<p class="grey">{text(note)}</p>' if note else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{style()}</style></head>\n<body><main>"
        f"<header><h1>{text(title)}</h1>{under}</header>\n{body}\n</main></body></html>\n"
    )


def _turn(index: int, turn: Turn, *, newest: bool, head: Deck | None) -> str:
    bot = turn.who == BOT
    at = f" <time>{text(turn.at)}</time>" if turn.at else ""
    tag = ' <span class="app">APP</span>' if bot else ""
    face = f'<div class="avatar{" bot" if bot else ""}" aria-hidden="true">{_initials(turn.who)}</div>'
    head_line = f'<div class="said"><h2>{text(turn.who)}{tag}{at}</h2>'
    parts = [f'<section class="turn" id="turn-{index}">{face}{head_line}']
    if turn.text:
        parts.append(f"<p>{text(turn.text)}</p>")
    if turn.reply is not None:
        parts.append(_reply(turn.reply, turn))
    elif turn.deck is not None:
        parts.append(_message(turn.deck.message, turn))
    if turn.file:
        old = f' <span class="old">superseded by r{head.revision}</span>' if head and not newest else ""
        card = f' <a class="file" href="{attribute(turn.card)}">Phone card</a>' if turn.card else ""
        parts.append(f'<p><a class="file" href="{attribute(turn.file)}">{text(turn.file)}</a>{card}{old}</p>')
    parts.append("</div></section>")
    if turn.deck is not None:
        deck = turn.deck
        slides = "\n".join(slide_article(slide, deck) for slide in deck.slides)
        left_out = "".join(f'<p class="grey">Left out: {text(reason)}</p>' for reason in deck.omitted)
        parts.append(
            f'<details class="slides"{" open" if newest else ""}><summary>Slides of r{deck.revision}</summary>'
            f"{slides}{left_out}</details>"
        )
    return "\n".join(parts)


def _reply(reply: Reply, turn: Turn) -> str:
    parts = [f'<p class="grey">{text(words)}</p>' for words in reply.read_as]
    if reply.silent:
        reason = " ".join(reply.small)
        parts.append(f'<p class="grey">Nothing is said in the thread. {text(reason)}</p>')
    elif reply.private:
        parts.append('<p class="grey">Only visible to the person who asked</p>')
    if reply.changes:
        items = "".join(f"<li>{text(capital(change))}</li>" for change in reply.changes)
        parts.append(f'<ul class="changes">{items}</ul>')
    elif turn.deck is not None:
        parts.append(_message(turn.deck.message, turn))
    parts += [_line(line, first=index == 0) for index, line in enumerate(reply.lines)]
    if reply.grid is not None:
        parts.append(grid_html(reply.grid.headings, reply.grid.rows, reply.grid.right, reply.grid.links))
    if not reply.silent:
        parts += [f'<p class="grey">{text(capital(words))}</p>' for words in reply.small]
    parts.append(_buttons(*(button.label for button in reply.buttons)))
    return "".join(parts)


def _line(line: str, *, first: bool) -> str:
    """Return a line of an answer; a numbered one hangs under its words."""
    if first:
        return f"<p><strong>{text(capital(line))}</strong></p>"
    hang = ' class="hang"' if _NUMBERED.match(line) else ""
    return f"<p{hang}>{text(line)}</p>"


def _message(message: Message, turn: Turn) -> str:
    lead = f" {words_html(message.lead)}" if message.lead is not None else ""
    parts = [f"<p><strong>{words_html(message.headline)}</strong>{lead}</p>"]
    if turn.card and turn.deck:
        alt = f"Phone card: {turn.deck.card.headline} {turn.deck.card.gap_text}"
        parts.append(
            f'<img class="card" src="{attribute(turn.card)}" alt="{attribute(alt)}" width="1080" height="1350">'
        )
    if message.changes:
        items = "".join(f"<li>{words_html(words)}</li>" for words in message.changes)
        parts.append(f"<h3>{text(message.changed_since)}</h3><ol>{items}</ol>")
    if message.decisions:
        items = "".join(
            f"<li>{words_html(decision.words)} {_buttons('Take it', *(('Open deal',) if decision.deal_id else ()))}</li>"
            for decision in message.decisions
        )
        parts.append(f'<h3>Decide today</h3><ol type="A" class="decisions">{items}</ol>')
    if message.followed is not None:
        parts.append(f"<p>{words_html(message.followed)}</p>")
    parts.append(f'<p class="grey">{text(message.grey)}</p>{_buttons("Publish", "Where from?")}')
    return "".join(parts)


def _buttons(*labels: str) -> str:
    """Return buttons that only show what can be pressed in the chat; empty for none."""
    shown = "".join(f'<button type="button" disabled>{text(label)}</button>' for label in labels)
    return f'<span class="buttons">{shown}</span>' if shown else ""


def _initials(name: str) -> str:
    words = name.split()
    return text("".join(word[0] for word in (words[:1] + words[1:][-1:]) if word)).upper() or "?"
