"""A chart on a slide: its heading, its key, the native chart with its workbook, and the mark where an axis is cut."""

from __future__ import annotations

from reports.deck import Chart
from reports.render import chartxml as cx
from reports.render.canvas import Canvas, xfrm, zoomed
from reports.render.fonts import LINE, wrapped
from reports.render.formats import shown
from reports.render.grid import INCH, POINT, Box
from reports.render.look import BODY_LEAST, CHART, HEADING, Look
from reports.render.package import Part, Rel
from reports.render.plots import plot, plot_rows, series_colours
from reports.render.room import KEYED, is_line, padded, present, room_of
from reports.render.text import Para, Run, textbox
from reports.render.waterfall import steps, waterfall_plot, waterfall_rows
from reports.render.workbook import Content, workbook
from reports.render.xml import HEAD, REL, A, C, attr, one_line

# Left, top, width and height of a plot area, in shares of the chart.
Place = tuple[float, float, float, float]
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/chartDrawing"
_KIND = "application/vnd.openxmlformats-officedocument"


def draw_chart(canvas: Canvas, block: Chart, box: Box) -> None:
    """Draw the chart and what stands above it into the box; the chart's shape has the block's id as its name.

    Without a single value there is no chart: a box with that name says so.
    """
    head = _head(canvas, block)
    if head:
        wide = box.points[0]
        text = "".join(run.text for run in head)
        lines = min(2, len(wrapped(text, HEADING, wide / canvas.look.stretch, bold=True)))
        high = round((lines * HEADING * LINE + 4) * POINT)
        textbox(canvas, f"{block.id}/heading", box.top(high), [Para(runs=tuple(head))])
        box = box.below(high)
    if not block.categories or not any(
        present(series.values[: len(block.categories)]) for series in block.series
    ):
        nothing = Run(text="Nothing to show", size=HEADING, colour=canvas.look.muted)
        textbox(
            canvas, block.id, box, [Para(runs=(nothing,), align="ctr")], fill=canvas.look.panel, anchor="ctr"
        )
        return
    wide, high_points = box.points
    frame, plot_area, rows = _plotted(canvas, block, wide, high_points)
    key = canvas.relate("chart", _chart_part(canvas, block, plot_area, rows, frame))
    canvas.shapes.append(
        f'<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="{canvas.shape_id()}" name="{attr(block.id)}" descr="{attr(block.alt)}"/>'
        '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
        f'{xfrm(box, "p:xfrm")}<a:graphic><a:graphicData uri="{C}"><c:chart xmlns:c="{C}" r:id="{key}"/></a:graphicData></a:graphic></p:graphicFrame>'
    )


def chart_least(block: Chart) -> int:
    """Return the least height at which a chart is worth drawing, in EMU: bars that lie need less than what stands."""
    inches = 0.75 + 0.2 * len(block.categories) if block.mark == "bar" else 2.1
    return round(min(inches, 1.6 if block.mark == "bar" else inches) * INCH)


def _head(canvas: Canvas, block: Chart) -> list[Run]:
    look = canvas.look
    runs = (
        [Run(text=one_line(block.heading), size=HEADING, colour=look.ink, bold=True)] if block.heading else []
    )
    named = [(series, colour) for series, colour in zip(block.series, series_colours(block, look), strict=True) if not is_line(block, series)]  # fmt: skip
    if block.mark != "waterfall" and 1 < len(named) <= KEYED:
        for series, colour in named:
            runs.append(Run(text="   ■ " if runs else "■ ", size=BODY_LEAST, colour=colour))
            runs.append(Run(text=one_line(series.name), size=BODY_LEAST, colour=look.muted))
    if block.axis_from is not None:
        note = f"axis cut: starts at {shown(block.axis_from, block.number)}"
        runs.append(Run(text=f"   {note}" if runs else note, size=BODY_LEAST, colour=look.muted))
    return runs


def _plotted(
    canvas: Canvas, block: Chart, wide: float, high: float
) -> tuple[Place | None, str, list[list[Content]]]:
    """Return where the plot stands in the chart (a waterfall's only), its XML, and the sheet behind it."""
    if block.mark == "waterfall":
        bars = steps(padded(block, block.series[0]), block.totals)
        pitch = (wide - 8) / max(1, len(block.categories))
        lines = max(
            (len(wrapped(one_line(text), CHART, pitch * 0.96)) for text in block.categories), default=1
        )
        top, bottom = CHART * LINE + 8, min(lines, 3) * CHART * LINE + 10
        place = (4 / wide, top / high, (wide - 8) / wide, max(high - top - bottom, 20) / high)
        return place, waterfall_plot(block, bars, canvas.look, cx.inner(*place)), waterfall_rows(block, bars)
    return None, plot(block, canvas.look, room_of(block, wide, high)), plot_rows(block)


def _chart_part(
    canvas: Canvas, block: Chart, plot_area: str, rows: list[list[Content]], place: Place | None
) -> str:
    """Add the chart with its workbook, and with the mark of a cut axis; return the chart's name."""
    name = canvas.numbers.next("/ppt/charts/chart", ".xml")
    book = canvas.numbers.next("/ppt/embeddings/Microsoft_Excel_Sheet", ".xlsx")
    rels = [Rel(id="rId1", type=f"{REL}/package", target=book)]
    extra = '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData>'
    parts = [Part(name=book, content_type=f"{_KIND}.spreadsheetml.sheet", blob=workbook(rows))]
    if block.axis_from is not None and place is not None:
        marks = canvas.numbers.next("/ppt/drawings/drawing", ".xml")
        rels.append(Rel(id="rId2", type=f"{REL}/chartUserShapes", target=marks))
        extra += '<c:userShapes r:id="rId2"/>'
        parts.append(Part(name=marks, content_type=f"{_KIND}.drawingml.chartshapes+xml", blob=_cut_marks(block, place, canvas.look)))  # fmt: skip
    blob = zoomed(cx.chart_space(plot_area, canvas.look, extra=extra), canvas.zoom).encode()
    canvas.parts += [
        Part(name=name, content_type=f"{_KIND}.drawingml.chart+xml", blob=blob, rels=tuple(rels)),
        *parts,
    ]
    return name


def _cut_marks(block: Chart, place: Place, look: Look) -> bytes:
    """Return the drawing on top of the chart: a wave in the paper's colour through the foot of every total bar."""
    left, top, wide, high = place
    pitch = wide / len(block.categories)
    bar = pitch / 1.4
    shapes = ""
    for count, index in enumerate(sorted(set(block.totals))):
        x = left + pitch * index + (pitch - bar) / 2 - 0.004
        y = top + high * 0.86
        shapes += (
            f"<cdr:relSizeAnchor><cdr:from><cdr:x>{x:.5f}</cdr:x><cdr:y>{y:.5f}</cdr:y></cdr:from><cdr:to><cdr:x>{x + bar + 0.008:.5f}</cdr:x><cdr:y>{y + high * 0.06:.5f}</cdr:y></cdr:to>"
            f'<cdr:sp macro="" textlink=""><cdr:nvSpPr><cdr:cNvPr id="{count + 2}" name="Axis cut {count + 1}"/><cdr:cNvSpPr/></cdr:nvSpPr>'
            f'<cdr:spPr><a:prstGeom prst="wave"><a:avLst/></a:prstGeom>{look.paper.fill}<a:ln><a:noFill/></a:ln></cdr:spPr></cdr:sp></cdr:relSizeAnchor>'
        )
    return f'{HEAD}<c:userShapes xmlns:c="{C}" xmlns:a="{A}" xmlns:cdr="{_DRAWING}">{shapes}</c:userShapes>'.encode()
