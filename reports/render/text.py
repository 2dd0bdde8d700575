"""Runs, paragraphs and text boxes as XML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports.deck import Words
from reports.render.canvas import Canvas, xfrm
from reports.render.grid import POINT, Box
from reports.render.look import Colour
from reports.render.xml import attr, esc, one_line

# What keeps a text from the edge of a filled box, in points.
INSET = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words in one style; `size` in points, `link` a relationship id."""

    text: str
    size: float
    colour: Colour
    bold: bool = False
    link: str | None = None

    def xml(self) -> str:
        """Return the run element."""
        click = f'<a:hlinkClick r:id="{self.link}"/>' if self.link else ""
        weight = ' b="1"' if self.bold else ' b="0"'
        return (
            f'<a:r><a:rPr lang="en-US" sz="{round(self.size * 100)}"{weight} dirty="0">{self.colour.fill}<a:latin typeface="+mn-lt"/>{click}</a:rPr>'
            f"<a:t>{esc(self.text)}</a:t></a:r>"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Para:
    """A paragraph. `before` in points; `mark` is "", "•", "1" or "A" and hangs `hang` points to the left."""

    runs: tuple[Run, ...]
    align: str = "l"
    before: float = 0
    mark: str = ""
    hang: float = 0
    mark_colour: Colour | None = None

    def xml(self) -> str:
        """Return the paragraph element."""
        hang = round(self.hang * POINT)
        place = f' marL="{hang}" indent="-{hang}"' if self.mark else ' marL="0" indent="0"'
        before = f'<a:spcBef><a:spcPts val="{round(self.before * 100)}"/></a:spcBef>'
        return f'<a:p><a:pPr{place} algn="{self.align}">{before}{self._mark()}</a:pPr>{"".join(run.xml() for run in self.runs)}</a:p>'

    def _mark(self) -> str:
        if not self.mark:
            return "<a:buNone/>"
        colour = f"<a:buClr>{self.mark_colour.xml}</a:buClr>" if self.mark_colour else ""
        if self.mark == "•":
            return f'{colour}<a:buFont typeface="Arial"/><a:buChar char="•"/>'
        kind = "arabicPeriod" if self.mark == "1" else "alphaUcPeriod"
        return f'{colour}<a:buFont typeface="+mj-lt"/><a:buAutoNum type="{kind}"/>'


def textbox(
    canvas: Canvas,
    name: str,
    box: Box,
    paras: Iterable[Para],
    *,
    fill: Colour | None = None,
    anchor: str = "t",
    inset: float = 0,
) -> None:
    """Draw paragraphs into a box, on a ground where `fill` is given; `inset` in points."""
    ground = fill.fill if fill else "<a:noFill/>"
    edge = round(inset * POINT)
    across = ' txBox="1"' if fill is None else ""
    canvas.shapes.append(
        f'<p:sp><p:nvSpPr><p:cNvPr id="{canvas.shape_id()}" name="{attr(name)}"/>'
        f"<p:cNvSpPr{across}/><p:nvPr/></p:nvSpPr>"
        f'<p:spPr>{xfrm(box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{ground}<a:ln><a:noFill/></a:ln></p:spPr>'
        f'<p:txBody><a:bodyPr wrap="square" lIns="{edge}" tIns="{round(edge * 0.8)}" rIns="{edge}" bIns="{round(edge * 0.8)}" rtlCol="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr>'
        f"<a:lstStyle/>{''.join(para.xml() for para in paras)}</p:txBody></p:sp>"
    )


def said(words: Words) -> str:
    """Return the words on one line; a person's are marked as theirs."""
    text = one_line(words.text)
    if words.by is None or "not computed" in text:
        return text
    return f"{text} (by {one_line(words.by)}, not computed)"
