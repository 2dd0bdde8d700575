"""`index.html`: the thread, its cards and every slide's content, for a person without PowerPoint. One file, no script."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from bot.page_charts import chart_svg
from reports.deck import Block, Chart, Deck, Lines, Slide, Table, Tiles, Words
from reports.words import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing said in the thread: by whom, the text, and what came with it (file names beside the page)."""

    who: str
    text: str
    card: str | None = None
    file: str | None = None
    changes: tuple[str, ...] = ()
    deck: Deck | None = None


def page(title: str, turns: Iterable[Turn]) -> str:
    """Return the whole page: the thread on the left, every revision's slides below its message."""
    body = "\n".join(_turn(number, turn) for number, turn in enumerate(turns))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(title)}</title><style>{_STYLE}</style></head>\n<body><main>"
        f"<h1>{_text(title)}</h1>\n{body}\n</main></body></html>\n"
    )


def _turn(number: int, turn: Turn) -> str:
    bot = turn.who == "Quarterdeck"
    parts = [
        f'<section class="turn {"bot" if bot else "person"}" id="turn-{number}"><h2>{_text(turn.who)}</h2>'
    ]
    if turn.deck is not None:
        parts.append(_message(turn.deck, turn.card))
    elif turn.text:
        parts.append(f"<p>{_text(turn.text)}</p>")
    if turn.changes:
        parts.append("<ul>" + "".join(f"<li>{_text(change)}</li>" for change in turn.changes) + "</ul>")
    if turn.file:
        parts.append(f'<p class="file"><a href="{escape(turn.file, quote=True)}">{_text(turn.file)}</a></p>')
    if turn.deck is not None:
        slides = "\n".join(_slide(slide) for slide in turn.deck.slides)
        parts.append(
            f"<details{' open' if number <= 1 else ''}><summary>Slides of r{turn.deck.revision}</summary>{slides}</details>"
        )
    return "\n".join([*parts, "</section>"])


def _message(deck: Deck, card: str | None) -> str:
    message = deck.message
    parts = [f"<p><strong>{_text(message.headline.text)}</strong>"]
    if message.lead is not None:
        parts.append(f" {_text(message.lead.text)}")
    parts.append("</p>")
    if card:
        alt = f"{deck.card.headline} {deck.card.gap_text}"
        parts.append(f'<img class="card" src="{escape(card, quote=True)}" alt="{_text(alt)}" width="390">')
    if message.changes:
        items = "".join(f"<li>{_text(words.text)}</li>" for words in message.changes)
        parts.append(f"<h3>{_text(message.changed_since)}</h3><ol>{items}</ol>")
    if message.decisions:
        items = "".join(f"<li>{_text(decision.words.text)}</li>" for decision in message.decisions)
        parts.append(f'<h3>Decide today</h3><ol type="A">{items}</ol>')
    parts.append(f'<p class="grey">{_text(message.grey)}</p>')
    return "".join(parts)


def _slide(slide: Slide) -> str:
    blocks = {slot: [block for block in slide.blocks if block.slot == slot] for slot in _SLOTS}
    columns = "".join(
        f'<div class="{slot}">{"".join(_block(block) for block in blocks[slot])}</div>'
        for slot in ("main", "side", "left", "right")
        if blocks[slot]
    )
    return (
        f'<article class="slide"><h3>{slide.number}. {_text(slide.title.text)}</h3>'
        + "".join(_block(block) for block in blocks["top"])
        + f'<div class="columns">{columns}</div>'
        + "".join(_block(block) for block in blocks["bottom"])
        + f'<p class="grey">{_text(slide.footer)}</p>'
        + f'<details class="notes"><summary>How it was computed</summary><p>{_text(slide.notes)}</p></details></article>'
    )


def _block(block: Block) -> str:
    match block:
        case Tiles():
            tiles = "".join(
                f'<div class="tile {tile.tone}"><small>{_text(tile.label)}</small><b>{_text(tile.value)}</b>'
                f"<small>{_text(tile.detail)}</small></div>"
                for tile in block.tiles
            )
            return f'<div class="tiles">{tiles}</div>'
        case Chart():
            return f"<figure>{_heading(block.heading)}{chart_svg(block)}</figure>"
        case Table():
            return _table(block)
        case Lines():
            tag, kind = ("ol", f' type="{block.numbered}"') if block.numbered else ("ul", "")
            items = "".join(f"<li>{_words(words)}</li>" for words in block.lines)
            return (
                f'<div class="lines {block.tone}">{_heading(block.heading)}<{tag}{kind}>{items}</{tag}></div>'
            )


def _table(table: Table) -> str:
    head = "".join(f'<th class="{column.align}">{_text(column.heading)}</th>' for column in table.columns)
    rows = []
    for row in table.rows:
        cells = []
        for column, cell in zip(table.columns, row.cells, strict=True):
            shown = _text(cell.text)
            if cell.link:
                shown = f'<a href="{escape(clean(cell.link), quote=True)}">{shown}</a>'
            if cell.note:
                shown += f"<br><small>{_text(cell.note)}</small>"
            bold = " bold" if cell.bold or row.total else ""
            cells.append(f'<td class="{column.align} {cell.tone}{bold}">{shown}</td>')
        rows.append(f"<tr{' class=total' if row.total else ''}>{''.join(cells)}</tr>")
    more = f'<p class="grey">{_text(table.more)}</p>' if table.more else ""
    return (
        f'{_heading(table.heading)}<div class="scroll"><table aria-label="{_text(table.alt)}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>{more}"
    )


def _heading(text: str) -> str:
    return f"<h4>{_text(text)}</h4>" if text else ""


def _words(words: Words) -> str:
    mark = f" <small>({_text(words.by)})</small>" if words.by else ""
    return _text(words.text) + mark


def _text(text: str) -> str:
    return escape(clean(text), quote=True).replace("\n", "<br>")


_SLOTS = ("top", "main", "side", "left", "right", "bottom")
_STYLE = """
:root{--ink:#1b2430;--grey:#5b6673;--line:#d9dee4;--accent:#a63d28;--good:#2e6b44;--warn:#8a5a00;--paper:#fff;--wash:#f4f6f8}
*{box-sizing:border-box}body{margin:0;background:var(--wash);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 16px}h1{font-size:1.3rem}
.turn{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:16px 20px;margin:14px 0}
.turn.person{background:transparent;border-style:dashed}.turn h2{font-size:.9rem;margin:0 0 6px;color:var(--grey)}
.card{max-width:100%;height:auto;border:1px solid var(--line);border-radius:8px;display:block;margin:10px 0}
.grey,small{color:var(--grey);font-size:.85rem}h3{font-size:1rem;margin:14px 0 4px}h4{font-size:.9rem;margin:10px 0 4px}
.slide{border:1px solid var(--line);border-radius:8px;padding:14px 18px;margin:14px 0}.slide h3{font-size:1.15rem;margin-top:0}
.tiles{display:flex;gap:10px;flex-wrap:wrap}.tile{flex:1 1 150px;background:var(--wash);border-radius:8px;padding:8px 12px}

.tile b{display:block;font-size:1.4rem}.tile.bad b,.bad{color:var(--accent)}
.tile.good b,.good{color:var(--good)}.warn{color:var(--warn)}
.columns{display:flex;gap:24px;flex-wrap:wrap}.main{flex:2 1 480px;min-width:0}.side,.left,.right{flex:1 1 300px;min-width:0}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{padding:5px 8px;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--grey);font-weight:600}.left{text-align:left}.right{text-align:right}.center{text-align:center}.bold{font-weight:700}
.lines{padding:2px 0}.lines.accent,.lines.bad,.lines.warn{background:var(--wash);border-radius:8px;padding:6px 14px}
.lines li{color:var(--ink)}figure{margin:0}svg{width:100%;height:auto}summary{cursor:pointer;color:var(--grey)}
""".strip()
