"""`Page`: what the maker of one slide is given, and `Body`, what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from reports import words
from reports.context import Context
from reports.deck import Block, Cell, Words
from reports.facts import Tone, Unit
from reports.kinds.ledger import Ledger
from reports.kinds.owners import stands, told
from reports.kinds.scene import Scene
from reports.spec import ReportSpec, SlideSpec

# Letters of a name in a table cell.
NAME = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One slide in the making: what is asked, the scene in the slide's scope, and the ledger of its facts.

    `left_out` says which slides were left out so far, `Movement: no snapshot …`; the appendix is made last and names them.
    """

    spec: ReportSpec
    slide: SlideSpec
    scene: Scene
    context: Context
    ledger: Ledger
    left_out: tuple[str, ...] = ()

    def note(self, deal_id: str) -> str:
        """Return what people said about a deal, `Jonas, 23 Nov: legal call Tue`; empty for nothing."""
        zone = self.scene.company.zone
        said = (note.words for note in self.spec.notes if note.deal_id == deal_id)
        typed = (
            f"{words.line(text.by, 40)}, {words.day(text.at.astimezone(zone).date())}: "
            f"{words.line(text.text, 160)}"
            for text in said
        )
        return " · ".join((*typed, *self._answered(deal_id)))

    def _answered(self, deal_id: str) -> tuple[str, ...]:
        """Return what the deal's owner answered when asked about it, as far as the records do not say it by now."""
        notes = [note for note in self.context.notes if note.deal_id == deal_id]
        deal = self.scene.deals((deal_id,)).get(deal_id) if notes else None
        return tuple(
            told(note, self.scene.view) for note in notes if deal and stands(note, deal, self.scene.view)
        )

    def amount(self, value: Decimal | None, *, tone: Tone = "neutral", bold: bool = False) -> Cell:
        """Return a cell with a total, in the scene's scale."""
        text = words.money(value, self.scene.currency, self.scene.scale)
        return Cell(text=text, value=value, unit=Unit.MONEY, tone=tone, bold=bold)

    def deal_amount(self, value: Decimal | None, scale: words.Scale) -> Cell:
        """Return a cell with one deal's amount, in the scale of its column."""
        text = "no amount" if value is None else words.money(value, self.scene.currency, scale)
        return Cell(text=text, value=value, unit=Unit.MONEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a slide says: title, blocks, and remarks for its notes that no fact carries."""

    title: Words
    blocks: tuple[Block, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A slide that the data cannot support, and why."""

    reason: str


# Why slides are left out that show what is due.
UNDATED = LeftOut("no open deal has a close date")


def named(name: str, *, link: str | None = None, note: str = "", bold: bool = False) -> Cell:
    """Return a cell with a name from the records, cut to fit."""
    return Cell(text=words.line(name, NAME) or "(no name)", link=link, note=note, bold=bold)


def short_name(name: str | None) -> str:
    """Return a person's name as a table shows it: `J. Brandt` for `Jonas Brandt`; "nobody" for None."""
    parts = words.line(name or "").split()
    if not parts:
        return "nobody"
    return words.clip(parts[0] if len(parts) == 1 else f"{parts[0][0]}. {' '.join(parts[1:])}", 20)
