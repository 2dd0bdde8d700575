"""A slide's content as HTML: the same blocks in the same places, stacked where the window is narrow."""

from __future__ import annotations

import re

from bot.page.charts import figure
from bot.page.markup import attribute, scrolled, text
from reports.deck import Block, Cell, Chart, Deck, Lines, Slide, Table, Tiles, Words

_SO_WHAT = "so what:"
# Cells (or spans of days) up to this many characters stay on one line, and a day stays beside its month.
_SHORT, _SPAN = 13, 18
# A table of more columns than this takes the whole width; what stands beside it in the deck goes under it.
_NARROW_TABLE = 5
_DATE = re.compile(r"(\d{1,2}) ([A-Z][a-z]{2})\b")
_COLUMNS = ("main", "side", "left", "right")


def slide_article(slide: Slide, deck: Deck) -> str:
    """Return one slide, its footer, and how its numbers were computed (folded)."""
    said = []
    if slide.scope and slide.scope != deck.scope:
        said.append(text(slide.scope))
    if slide.title.by is not None:
        said.append(f"title by {text(slide.title.by)}, not computed")
    over = f'<p class="over">{" · ".join(said)}</p>' if said else ""
    placed = {slot: [_block(block) for block in slide.blocks if block.slot == slot] for slot in _COLUMNS}
    columns = "".join(
        f'<div class="slot-{slot}">{"".join(placed[slot])}</div>' for slot in _COLUMNS if placed[slot]
    )
    broad = any(
        isinstance(block, Table) and block.slot == "main" and len(block.columns) > _NARROW_TABLE
        for block in slide.blocks
    )
    return (
        f'<article class="slide">{over}<h3><span class="number">{slide.number}</span> {text(slide.title.text)}</h3>'
        + "".join(_block(block) for block in slide.blocks if block.slot == "top")
        + (f'<div class="columns{" broad" if broad else ""}">{columns}</div>' if columns else "")
        + "".join(_block(block) for block in slide.blocks if block.slot == "bottom")
        + f'<p class="grey">{text(slide.footer)}</p>'
        + f'<details class="notes"><summary>How its numbers were computed</summary><p>{text(slide.notes)}</p></details>'
        + "</article>"
    )


def words_html(words: Words) -> str:
    """Return a text; one that a person typed says so."""
    mark = f' <small class="by">by {text(words.by)}, not computed</small>' if words.by else ""
    return text(words.text) + mark


def grid_html(
    headings: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    right: tuple[int, ...] = (),
    links: tuple[str | None, ...] = (),
) -> str:
    """Return a table of texts; the first cell of a row carries its link."""
    sides = ["right" if index in right else "left" for index in range(len(headings))]
    head = "".join(
        f'<th scope="col" class="{side}">{text(name)}</th>'
        for side, name in zip(sides, headings, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{side}">{_linked(text(cell), link if index == 0 else None)}</td>'
            for index, (side, cell) in enumerate(zip(sides, row, strict=True))
        )
        + "</tr>"
        for row, link in zip(rows, (*links, *([None] * len(rows)))[: len(rows)], strict=True)
    )
    return scrolled(
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>", "Table of the answer"
    )


def _block(block: Block) -> str:
    match block:
        case Tiles():
            tiles = "".join(
                f'<div class="tile"><small>{text(tile.label)}</small><b class="{tile.tone}">{text(tile.value)}</b>'
                f"<small>{text(tile.detail)}</small></div>"
                for tile in block.tiles
            )
            return f'<div class="tiles">{tiles}</div>'
        case Chart():
            return figure(block)
        case Table():
            return _table(block)
        case Lines() if block.slot == "bottom":
            return _strip(block)
        case Lines():
            return _list(block)


def _list(block: Lines) -> str:
    heading = f"<h4>{text(block.heading)}</h4>" if block.heading else ""
    if len(block.lines) == 1 and not block.numbered:
        body = f"<p>{words_html(block.lines[0])}</p>"
    else:
        tag, kind = ("ol", f' type="{block.numbered}"') if block.numbered else ("ul", "")
        body = f"<{tag}{kind}>{''.join(f'<li>{words_html(words)}</li>' for words in block.lines)}</{tag}>"
    return f'<div class="box on-{block.tone}">{heading}{body}</div>'


def _strip(block: Lines) -> str:
    """Return the so-what: the heading in front of the first line, every line a paragraph."""
    lines = []
    for index, words in enumerate(block.lines):
        shown, lead = words_html(words), ""
        if index == 0 and block.heading:
            lead = f"<strong>{text(block.heading)}</strong> "
        elif words.text.casefold().startswith(_SO_WHAT):
            lead, shown = f"<strong>{shown[: len(_SO_WHAT)]}</strong>", shown[len(_SO_WHAT) :]
        lines.append(f"<p>{lead}{shown}</p>")
    return f'<div class="box strip on-{block.tone}">{"".join(lines)}</div>'


def _table(table: Table) -> str:
    head = "".join(
        f'<th scope="col" class="{column.align}">{text(column.heading)}</th>' for column in table.columns
    )
    rows = []
    for row in table.rows:
        cells = "".join(
            _cell(cell, column.align, total=row.total)
            for column, cell in zip(table.columns, row.cells, strict=True)
        )
        rows.append(f"<tr{' class=total' if row.total else ''}>{cells}</tr>")
    heading = f"<h4>{text(table.heading)}</h4>" if table.heading else ""
    more = f'<p class="grey">{text(table.more)}</p>' if table.more else ""
    body = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f"{heading}{scrolled(body, table.alt)}{more}"


def _cell(cell: Cell, align: str, *, total: bool) -> str:
    note = f"<br><small>{text(cell.note)}</small>" if cell.note else ""
    bold = " bold" if cell.bold or total else ""
    short = " short" if len(cell.text) <= (_SPAN if "→" in cell.text else _SHORT) else ""
    shown = _DATE.sub("\\1\u00a0\\2", text(cell.text))
    return f'<td class="{align} {cell.tone}{bold}{short}">{_linked(shown, cell.link)}{note}</td>'


def _linked(shown: str, link: str | None) -> str:
    if not link or not link.startswith(("https://", "http://")):
        return shown
    return f'<a href="{attribute(link)}">{shown}</a>'
