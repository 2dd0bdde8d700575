"""The resolved deck as a PowerPoint file, and the phone card as a picture: same inputs, same bytes.

How a file is laid out, for whoever reads it back:

- Slide `n` of the deck is slide `n` of the file; `p:cSld/@name` is the slide's id. Every slide has a notes page.
- Shape names: "title", "footer", "number" (the page number), "scope" (a line above the title, where a slide covers
  something else than the deck or a person wrote the title). A block's main shape has the block's id as its name: the
  graphic frame of a chart or table, the text box of lines. What belongs to a block is "<block id>/heading",
  "<block id>/more", and for tiles "<block id>/1", "<block id>/2" … in order.
- Shapes stand in reading order. A text that had to be shortened ends in "…"; its full text is in the notes.
- All is laid out as on a slide 7.5 inches high; on a template of another height lengths and type sizes are scaled.
- White space is one space; "9.5 %" is written with a space that does not break (`reports.render.xml.one_line`).
- A chart without a single value is a text box with the block's id that says "Nothing to show".
- A table has one header row and as many columns as the block. A cell's note is its second paragraph.
- A chart's workbook is one sheet: row 1 headings, column A categories, then one column per series. A waterfall's
  sheet is that of `reports.render.waterfall`: A label, B value, C "total" or "delta", M label position, N label text.
- `docProps/custom.xml` holds "quarterdeck.spec_sha256", ".deck_sha256", ".template_sha256", ".revision" and more.
"""

from __future__ import annotations

from pathlib import Path

from reports.deck import Card, Deck
from reports.errors import BadInput

__all__ = ["card_png", "render"]


def render(deck: Deck, *, template: Path | None = None) -> bytes:
    """Return the deck as the bytes of a .pptx, on the given template (.pptx or .potx) or on our own.

    Raises:
        BadInput: the template cannot be read as a PowerPoint file, or the deck has no slides.
    """
    from reports.render.deck import rendered  # noqa: PLC0415 — python-pptx is slow to import, and a card needs none of it

    if template is None:
        return rendered(deck, None)
    try:
        data = template.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot read the template {str(template)!r}: {error.strerror}; a .pptx or .potx would have worked") from error  # fmt: skip
    return rendered(deck, data)


def card_png(card: Card) -> bytes:
    """Return the phone card as a PNG of 1080 × 1350 pixels."""
    from reports.render.card import drawn  # noqa: PLC0415 — Pillow is only needed here

    return drawn(card)
