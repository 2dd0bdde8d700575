"""A deck as plain text: what a person would read, slide by slide."""

from __future__ import annotations

from reports.deck import Block, Deck, Slide


def deck_text(deck: Deck, *, notes: bool = False) -> str:
    """Return message, card and every slide as text; with `notes` the speaker notes too."""
    parts = [_message(deck), _card(deck), *(slide_text(slide, notes=notes) for slide in deck.slides)]
    if deck.omitted:
        parts.append("LEFT OUT\n" + "\n".join(deck.omitted))
    return "\n\n".join(parts)


def slide_text(slide: Slide, *, notes: bool = False) -> str:
    head = f"== {slide.number} [{slide.id}] {slide.title.text}" + (
        f" (by {slide.title.by})" if slide.title.by else ""
    )
    lines = [head, *(line for block in slide.blocks for line in _block(block)), f"   {slide.footer}"]
    if notes:
        lines += [f"   # {line}" for line in slide.notes.splitlines()]
    return "\n".join(lines)


def _message(deck: Deck) -> str:
    message = deck.message
    lines = [
        f"> {message.notification}  [{len(message.notification)}]",
        f"*{message.headline.text}* {message.lead.text if message.lead else ''}",
        message.changed_since,
        *(f"{number}. {words.text}" for number, words in enumerate(message.changes, start=1)),
        *(f"{decision.letter}. {decision.words.text}" for decision in message.decisions),
        f"_{message.grey}_",
    ]
    return "MESSAGE\n" + "\n".join(lines)


def _card(deck: Deck) -> str:
    card = deck.card
    return "\n".join(
        (
            "CARD",
            f"{card.company} | {card.headline}",
            f"{card.target_text} | {card.won_text} | {card.commit_text} | {card.gap_text}",
            f"{card.bridge_heading}: " + " ; ".join(f"{step.label} {step.text}" for step in card.bridge),
            f"{card.moves_heading}: "
            + " ; ".join(f"{move.label} {move.text} ({move.detail})" for move in card.moves),
            card.footer,
        )
    )


def _block(block: Block) -> list[str]:
    match block.type:
        case "tiles":
            return [
                f" [{block.slot}] "
                + " | ".join(f"{t.label}: {t.value} ({t.detail}; {t.tone})" for t in block.tiles)
            ]
        case "chart":
            shown = [
                f"   {series.name}: "
                + ", ".join(
                    f"{name}={value}" for name, value in zip(block.categories, series.values, strict=True)
                )
                for series in block.series
            ]
            cut = f" cut at {block.axis_from}" if block.axis_from is not None else ""
            return [f" [{block.slot}] {block.mark}: {block.heading}{cut}", *shown, f"   alt: {block.alt}"]
        case "table":
            head = " | ".join(column.heading for column in block.columns)
            rows = [
                "   " + " | ".join(cell.text + (f" «{cell.note}»" if cell.note else "") for cell in row.cells)
                for row in block.rows
            ]
            return [
                f" [{block.slot}] {block.heading}",
                f"   {head}",
                *rows,
                *([f"   {block.more}"] if block.more else []),
            ]
        case _:
            mark = {"1": "1", "A": "A", "": "-"}[block.numbered]
            return [
                f" [{block.slot}] {block.heading} ({block.tone})",
                *(f"   {mark} {line.text}" for line in block.lines),
            ]
