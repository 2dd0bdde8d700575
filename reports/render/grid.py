"""Where things stand: a slide's frame, and slots of a deck mapped to boxes on twelve columns. Lengths are in EMU."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

INCH = 914_400
POINT = 12_700
HIGH = round(7.5 * INCH)
LEAST_WIDE = 10 * INCH  # as seen on a slide of that height; a narrower page is drawn smaller
COLUMNS = 12
GUTTER = round(0.3 * INCH)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a slide, in EMU."""

    x: int
    y: int
    w: int
    h: int

    @property
    def points(self) -> tuple[float, float]:
        """Return width and height in points."""
        return self.w / POINT, self.h / POINT

    def top(self, high: int) -> Box:
        """Return the uppermost `high` EMU of the box."""
        return Box(self.x, self.y, self.w, min(high, self.h))

    def below(self, taken: int) -> Box:
        """Return what is left under the uppermost `taken` EMU."""
        taken = min(taken, self.h)
        return Box(self.x, self.y + taken, self.w, self.h - taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A slide's fixed places, as on a slide 7.5 inches high; `zoom` makes them those of the template.

    `own_title` and `own_footer` are set where the template's places are unusable and ours are written.
    """

    zoom: float
    title: Box
    own_title: bool
    own_footer: bool
    content: Box
    footer: Box
    number: Box


def frame(width: int, height: int, title: Box | None, footer: Box | None) -> Frame:
    """Return the frame of a slide of that size, given where its layout puts title and footer (None: nowhere)."""
    zoom = zoom_of(width, height)
    width, height = round(width / zoom), round(height / zoom)
    title, footer = _unzoomed(title, zoom), _unzoomed(footer, zoom)
    margin = round(width * 0.045)
    usable = (
        title is not None
        and 0 <= title.y < height * 0.25
        and title.h <= height * 0.25
        and title.w >= width * 0.55
        and title.x + title.w <= width
    )
    place = (
        title
        if usable and title
        else Box(margin, round(height * 0.055), width - 2 * margin, round(height * 0.13))
    )
    left = max(place.x, 0)
    right = min(place.x + place.w, width - round(width * 0.02))
    number_wide = round(0.7 * INCH)
    base = Box(left, height - round(0.52 * INCH), right - left - number_wide, round(0.3 * INCH))
    kept = footer is not None and footer.y >= height * 0.9 and footer.w >= width * 0.75
    foot = footer if kept and footer else base
    start = place.y + place.h + round(0.2 * INCH)
    return Frame(
        zoom=zoom,
        title=place,
        own_title=not usable,
        own_footer=not kept,
        content=Box(left, start, right - left, foot.y - round(0.14 * INCH) - start),
        footer=foot,
        number=Box(right - number_wide, foot.y, number_wide, foot.h),
    )


def zoom_of(width: int, height: int) -> float:
    """Return how large a slide is against one 7.5 inches high, on which lengths and type sizes are laid out."""
    return round(max(0.4, min(height / HIGH, width / LEAST_WIDE, 4.0)), 6) if height else 1.0


def _unzoomed(box: Box | None, zoom: float) -> Box | None:
    return Box(*(round(side / zoom) for side in (box.x, box.y, box.w, box.h))) if box else None


def slots(content: Box, used: Collection[str], *, top: int, bottom: int) -> dict[str, Box]:
    """Return a box for every slot in use; `top` and `bottom` are the heights that the strips want."""
    boxes: dict[str, Box] = {}
    middle = content
    if "top" in used:
        boxes["top"] = content.top(top)
        middle = middle.below(top + GUTTER)
    if "bottom" in used:
        boxes["bottom"] = Box(content.x, content.y + content.h - bottom, content.w, bottom)
        middle = middle.top(middle.h - bottom - round(0.2 * INCH))
    main = "main" in used
    pair = [slot for slot in ("left", "right") if slot in used]
    if main and pair:
        upper = round((middle.h - GUTTER) / 2)
        boxes |= {"main": middle.top(upper)}
        middle = middle.below(upper + GUTTER)
    if main and not pair:
        wide = columns(middle, 8) if "side" in used else middle.w
        boxes["main"] = Box(middle.x, middle.y, wide, middle.h)
    if "side" in used:
        wide = columns(middle, 4) if main and not pair else middle.w
        boxes["side"] = Box(middle.x + middle.w - wide, middle.y, wide, middle.h)
    if len(pair) == 2:
        half = columns(middle, 6)
        boxes |= {
            "left": Box(middle.x, middle.y, half, middle.h),
            "right": Box(middle.x + middle.w - half, middle.y, half, middle.h),
        }
    elif pair:
        boxes[pair[0]] = middle
    return boxes


def columns(box: Box, count: int) -> int:
    """Return the width of `count` of the box's twelve columns."""
    one = (box.w - GUTTER * (COLUMNS - 1)) / COLUMNS
    return round(one * count + GUTTER * (count - 1))
