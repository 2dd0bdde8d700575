"""The phone card: the headline, the way to target as one bar, the bridge, the moves. 1080 × 1350 pixels, read at 390.

The smallest text is 26 pixels high. Drawn by Pillow alone with the bundled faces: the same card gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal

from PIL import Image, ImageDraw

from reports.deck import Card, CardMove, CardStep
from reports.render.look import THEME, mixed
from reports.render.pen import Pen

WIDTH, HEIGHT, MARGIN = 1080, 1350, 56
LEAST = 26
_INK, _MUTED, _PAPER = THEME["dk1"], THEME["dk2"], THEME["lt1"]
_ACCENT, _DARK, _GREY = THEME["accent1"], THEME["accent3"], THEME["accent2"]
_TINT = mixed(_ACCENT, _PAPER, 0.10)
_RULE = mixed(_MUTED, _PAPER, 0.28)
_ROW, _ROW_LEAST = 72, 34
# Between the bridge and the moves.
_GAP = 44


def drawn(card: Card) -> bytes:
    """Return the card as a PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), f"#{_PAPER}")
    pen = Pen(ImageDraw.Draw(image))
    inner = WIDTH - 2 * MARGIN
    pen.box((0, 0, WIDTH, 14), _ACCENT)
    pen.text((MARGIN, 44), card.company, 30, _MUTED, room=inner)
    y = 92
    size, lines = _headline(pen, card.headline, inner)
    for line in lines:
        pen.text((MARGIN, y), line, size, _INK, bold=True, room=inner)
        y += round(size * 1.14)
    y = _target(pen, card, y + 30)
    foot = HEIGHT - 72
    moves = card.moves[:3]
    moves_high = 62 + 84 * len(moves) if moves else 0
    end = _bridge(pen, card, y + 40, foot - 28 - moves_high - (_GAP if moves else 0))
    if moves:
        _moves(pen, card.moves_heading, moves, end + _GAP)
    pen.box((MARGIN, foot - 4, WIDTH - MARGIN, foot - 2), _RULE)
    pen.text((MARGIN, foot + 14), card.footer, LEAST, _MUTED, room=inner)
    out = io.BytesIO()
    image.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        out, "PNG", compress_level=6
    )
    return out.getvalue()


def _headline(pen: Pen, text: str, room: int) -> tuple[int, list[str]]:
    for size in (58, 54, 50, 46, 42):
        lines = pen.wrapped(text, size, room, bold=True)
        if len(lines) <= 3:
            return size, lines
    return 42, [*lines[:2], pen.cut(" ".join(lines[2:]), 42, room, bold=True)]


def _target(pen: Pen, card: Card, y: int) -> int:
    """Draw won, commit and the gap as one bar that is as long as the target (or what is called, if that is more)."""
    left, right = MARGIN, WIDTH - MARGIN
    called = card.won + card.commit
    whole = max(card.target or Decimal(0), called, Decimal(1))
    length = right - left
    won = _length(card.won, whole, length)
    commit = _length(card.commit, whole, length)
    high = 64
    target = f"Target {card.target_text}" if card.target is not None else card.target_text or "No target"
    called_text = f"Won {card.won_text}" + (f" + commit {card.commit_text}" if card.commit_text else "")
    pen.text((left, y), called_text, 30, _INK, bold=True, room=length * 0.66)
    pen.text((right, y), target, 30, _MUTED, align="right", room=length * 0.33)
    y += 46
    pen.box((left, y, right, y + high), _TINT if card.target is not None and called < whole else _GREY)
    pen.box((left, y, left + won, y + high), _DARK)
    pen.box((left + won, y, left + won + commit, y + high), _GREY)
    _inside(pen, "Won", (left, left + won), y + 15, _PAPER)
    _inside(pen, "Commit", (left + won, left + won + commit), y + 15, _INK)
    if card.target is not None and card.target > called:
        x = left + won + commit
        pen.box((x, y, x + 6, y + high), _ACCENT)
        pen.box((right - 6, y, right, y + high), _ACCENT)
        pen.box((x, y, right, y + 5), _ACCENT)
        pen.box((x, y + high - 5, right, y + high), _ACCENT)
    if card.gap_text:
        pen.text((right, y + high + 8), card.gap_text, 36, _ACCENT, bold=True, align="right", room=length)
        return y + high + 52
    return y + high


def _inside(pen: Pen, text: str, span: tuple[int, int], y: int, colour: str) -> None:
    if pen.width(text, 28, bold=True) + 28 <= span[1] - span[0]:
        pen.text((span[0] + 14, y), text, 28, colour, bold=True)


def _length(value: Decimal, whole: Decimal, length: int) -> int:
    return max(0, min(length, round(value / whole * length)))


def _bridge(pen: Pen, card: Card, top: int, bottom: int) -> int:
    """Draw the bridge lying down, a row per step, its bar between the levels before and after it; return where it ends.

    Its rows are as high as there is room, within reason: few of them leave no hole above the moves.
    """
    if not card.bridge:
        return top
    pen.text((MARGIN, top), card.bridge_heading, 32, _INK, bold=True, room=WIDTH - 2 * MARGIN)
    top += 50
    rows = _fitting(card.bridge, (bottom - top) // _ROW_LEAST)
    high = min(_ROW, (bottom - top) // len(rows))
    inset = max(5, high // 7)
    labels = min(240, max(pen.width(step.label, 28, bold=step.total) for step in rows) + 18)
    values = max(pen.width(step.text, 28, bold=True) for step in rows) + 14
    left, right = MARGIN + round(labels), WIDTH - MARGIN - round(values)
    ends = _levels(rows)
    low, peak = min(min(pair) for pair in ends), max(max(pair) for pair in ends)
    floor = _floor(rows, low, peak)
    worst = _worst(rows)
    scale = (right - left) / float(max(peak - floor, Decimal(1)))
    for index, (step, (start, end)) in enumerate(zip(rows, ends, strict=True)):
        y = top + index * high
        colour = _ACCENT if index == worst else _DARK if step.total else _GREY
        x0 = left + round(float(max(min(start, end), floor) - floor) * scale)
        x1 = left + round(float(max(start, end) - floor) * scale)
        pen.box((x0, y + inset, max(x1, x0 + 4), y + high - inset), colour)
        if step.total and floor > 0:
            pen.slit(left + 22, y + inset - 3, y + high - inset + 3, _PAPER)
        bold = step.total or index == worst
        ink = _ACCENT if index == worst else _INK
        baseline = y + (high - 34) // 2
        pen.text((MARGIN, baseline), step.label, 28, ink, bold=bold, room=labels - 12)
        pen.text((WIDTH - MARGIN, baseline), step.text, 28, ink, bold=bold, align="right", room=values)
    return top + high * len(rows)


def _fitting(steps: Sequence[CardStep], most: int) -> tuple[CardStep, ...]:
    """Return the steps that have room: totals stay, the smallest movements go first."""
    kept = list(steps)
    while len(kept) > max(most, 3):
        small = [step for step in kept if not step.total]
        if not small:
            break
        kept.remove(min(small, key=lambda step: abs(step.value)))
    return tuple(kept)


def _levels(steps: Sequence[CardStep]) -> list[tuple[Decimal, Decimal]]:
    levels: list[tuple[Decimal, Decimal]] = []
    level = Decimal(0)
    for step in steps:
        value = step.value if step.value.is_finite() else Decimal(0)
        start = Decimal(0) if step.total else level
        level = value if step.total else level + value
        levels.append((start, level))
    return levels


def _floor(steps: Sequence[CardStep], low: Decimal, peak: Decimal) -> Decimal:
    """Return where the axis starts: zero, unless movements would be slivers between large totals."""
    least = min(end for _, end in _levels(steps))
    if low < 0:
        return low
    return least * Decimal("0.85") if least > 0 and (peak - least) < peak / 2 else Decimal(0)


def _worst(steps: Sequence[CardStep]) -> int | None:
    """Return the index of the largest loss; what was won has not been lost. None when nothing went down."""
    falls = [(step.value, index) for index, step in enumerate(steps) if not step.total and step.value < 0 and step.label.casefold() != "won"]  # fmt: skip
    return min(falls)[1] if falls else None


def _moves(pen: Pen, heading: str, moves: Sequence[CardMove], y: int) -> None:
    pen.text((MARGIN, y), heading, 32, _INK, bold=True, room=WIDTH - 2 * MARGIN)
    y += 52
    for move in moves:
        pen.box((MARGIN, y + 4, MARGIN + 6, y + 68), _ACCENT)
        right = WIDTH - MARGIN
        value = pen.width(move.text, 34, bold=True)
        pen.text((right, y), move.text, 34, _ACCENT, bold=True, align="right", room=360)
        pen.text(
            (MARGIN + 22, y), move.label, 30, _INK, bold=True, room=right - MARGIN - 22 - min(value, 360) - 20
        )
        pen.text((MARGIN + 22, y + 38), move.detail, LEAST, _MUTED, room=right - MARGIN - 22)
        y += 84
